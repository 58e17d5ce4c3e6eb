"""Areas, categories, departments, the calendar and the words of the interface."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.areas.models import Area
from linli.events.models import Category
from linli.events.testing import World, draw_boundaries
from linli.intake.api.matters import TOLD
from linli.intake.api.tests.asking import answer, ask, make_key
from linli.people.models import Department

pytestmark = pytest.mark.django_db
COUNTY, HERE, NEXT_TOWN, VILLAGE = "440881", "440881101", "440881102", "440881101201"


def codes(rows: list[dict[str, str]]) -> list[str]:
    return [one["code"] for one in rows]


def test_areas_are_those_of_the_key_narrowed_and_in_pages(world: World) -> None:
    key, of_all = make_key(HERE), make_key("", "全部")
    assert codes(ask(key, "areas")["areas"])[:3] == [HERE, VILLAGE, "440881101201005"]
    assert codes(ask(key, "areas", level="village")["areas"]) == [VILLAGE, "440881101202"]
    assert codes(ask(key, "areas", parent=VILLAGE)["areas"]) == ["440881101201005", "440881101201006"]
    assert codes(ask(of_all, "areas", level="township")["areas"]) == [HERE, NEXT_TOWN]
    assert ask(key, "areas", 404, parent=NEXT_TOWN)["error"]["field"] == "parent"
    seen, after = [], {}
    while True:
        page = ask(key, "areas", limit=2, **after)
        seen += codes(page["areas"])
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert seen == codes(ask(key, "areas")["areas"])


def test_a_closed_area_is_there_for_whoever_asks_for_it(world: World) -> None:
    Area.objects.filter(pk="440881101202001").update(valid_to=date(2026, 1, 1))
    key = make_key(HERE)
    assert "440881101202001" not in codes(ask(key, "areas")["areas"])
    assert "440881101202001" in codes(ask(key, "areas", closed="true")["areas"])
    assert ask(key, "areas/440881101202001")["valid_to"] == "2026-01-01"


def test_an_outline_is_geojson_of_areas_of_the_key_alone(world: World) -> None:
    key = make_key(HERE)
    assert ask(key, f"areas/{VILLAGE}/outline", 404)["error"]["code"] == "no_outline"
    draw_boundaries(world)
    told = answer(key, "areas/440881101201005/outline")
    assert told.headers["Content-Type"] == "application/geo+json"
    assert (told.json()["type"], told.json()["geometry"]["type"]) == ("Feature", "Polygon")
    for path in ("areas/440881102201001/outline", f"areas/{NEXT_TOWN}", f"areas/{COUNTY}", "areas/none"):
        assert ask(key, path, 404)["error"]["code"] == "not_found"


def test_categories_are_a_tree_with_limits_in_both_languages(world: World) -> None:
    told = ask(make_key(HERE), "categories")
    rows = {one["code"]: one for one in told["categories"]}
    assert (told["pack"], list(rows)) == ("test", ["A01", "C", "C01", "C02"])
    assert rows["C01"]["name"] == {"zh": "排水管道", "en": "Drains"}
    assert (rows["C01"]["parent"], rows["C01"]["department"], rows["C01"]["is_public"]) == ("C", "water", True)
    assert (rows["C01"]["public_place"], rows["C02"]["public_place"]) == ("exact", "near")
    assert rows["C01"]["limit"] == {"amount": 3, "unit": "working_days"}
    assert rows["C"]["limit"] is None


def test_departments_of_other_places_are_not_told(world: World) -> None:
    Department.objects.create(code="far", name="邻镇办", area=Area.objects.get(pk=NEXT_TOWN))
    Department.objects.create(code="near", name="村办", area=Area.objects.get(pk=VILLAGE))
    assert codes(ask(make_key(HERE), "departments")["departments"]) == ["housing", "near", "water"]
    assert codes(ask(make_key(COUNTY, "县"), "departments")["departments"]) == ["far", "housing", "near", "water"]


def test_the_calendar_counts_working_days_as_limits_do(world: World) -> None:
    # 1 to 8 October 2026: a week off, made up for on Saturdays before and after.
    told = ask(make_key(HERE), "calendar", from_="2026-09-28", to="2026-10-11")
    working = [one["day"] for one in told["days"] if one["is_working"]]
    assert (len(told["days"]), told["working_days"]) == (14, len(working))
    assert "2026-10-01" not in working
    assert "2026-10-10" in working
    assert all(one["is_known"] for one in told["days"])
    assert ask(make_key(HERE, "二"), "calendar", from_="9999-12-31", to="9999-12-31")["days"][0]["is_known"] is False


def test_every_word_of_other_answers_is_told_in_both_languages(world: World) -> None:
    told = ask(make_key(HERE), "codes")
    assert set(codes(told["verbs"])) == TOLD
    states = {one["code"]: one["name"] for one in told["states"]}
    assert states["closed"]["en"] == "Closed"
    assert states["closed"]["zh"] != states["closed"]["en"]
    assert told["levels"] == ["county", "township", "village", "grid"]


def test_registers_take_as_many_questions_for_one_row_as_for_twenty(world: World) -> None:
    key = make_key(COUNTY)
    paths = ("areas", "categories", "departments")

    def questions() -> list[int]:
        found = []
        for path in paths:
            with CaptureQueriesContext(connection) as asked:
                ask(key, path)
            found.append(len(asked))
        return found

    ask(key, "codes")
    few = questions()
    top = Category.objects.get(code="C")
    for n in range(20):
        Area.objects.create(code=f"4408813{n:02d}", name="镇", level="township", kind="township")
        Category.objects.create(pack=top.pack, parent=top, code=f"D{n:02d}", name="类")
        Department.objects.create(code=f"d{n:02d}", name="局", area=world.areas[COUNTY])
    assert questions() == few
