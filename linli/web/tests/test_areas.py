"""The pages of areas: who sees which, and what of it: people, places, matters, history."""

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

import linli.web
from linli.areas.actions import add_area, add_place, close_area, cover, set_boundary
from linli.areas.geometry import clean_outline
from linli.areas.models import Area, Boundary, Kind, PlaceKind
from linli.events.actions import register
from linli.events.rules import State
from linli.events.testing import GRID, World, make_event
from linli.people.actions import add_leave, add_person, appoint, end_appointment
from linli.people.models import Appointment, Department, Person
from linli.people.rules import Role
from linli.web.templatetags.ground import KIND_ICONS, PLACE_ICONS

COUNTY, TOWN, VILLAGE, OTHER_VILLAGE = "440881", "440881101", "440881101201", "440881101202"
ELSEWHERE = "440881102201001"


def box(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


WHOLE = box(110.0, 21.5, 110.02, 21.52)


def client_of(person: Person) -> Client:
    client = Client()
    person.language = "en"
    person.save(update_fields=["language"])
    client.force_login(person)
    return client


def page(person: Person, code: str = GRID, query: str = "") -> str:
    answer = client_of(person).get(f"/desk/areas/{code}{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def words(html: str) -> str:
    """What is read, without the marks."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def now() -> Any:
    return timezone.now()


@pytest.mark.parametrize(
    ("name", "opens", "shuts"),
    [
        ("worker", [GRID], [VILLAGE, TOWN, COUNTY, ELSEWHERE]),
        ("cadre", [VILLAGE, GRID], [OTHER_VILLAGE, TOWN, ELSEWHERE]),
        ("desk", [TOWN, VILLAGE, GRID], [COUNTY, ELSEWHERE, "440881102"]),
        ("verifier", [TOWN, GRID], [ELSEWHERE]),
        ("county", [COUNTY, TOWN, ELSEWHERE], ["440882", "nonsense"]),
        ("leader", [COUNTY, GRID], []),
        ("system", [COUNTY, GRID, ELSEWHERE], []),
        ("neighbour", [ELSEWHERE], [GRID, VILLAGE]),
        ("auditor", [], [COUNTY, GRID]),
        ("security", [], [COUNTY, GRID]),
        ("handler", [], [COUNTY, GRID]),
        ("nobody", [], [COUNTY, GRID]),
    ],
)
def test_everybody_opens_the_areas_in_their_scope_and_no_other(
    world: World, name: str, opens: list[str], shuts: list[str]
) -> None:
    client = client_of(getattr(world.cast, name))
    assert [client.get(f"/desk/areas/{code}").status_code for code in opens] == [200] * len(opens)
    assert [client.get(f"/desk/areas/{code}").status_code for code in shuts] == [404] * len(shuts)
    assert client.get("/desk/areas/").status_code == 200


def test_areas_above_are_named_but_not_opened(world: World) -> None:
    html = page(world.cast.worker)
    assert "石城镇" in html
    assert f'href="/desk/areas/{TOWN}"' not in html


def test_a_grid_shows_its_open_matters_due_first_and_those_ended(world: World) -> None:
    late = make_event(world, State.ACCEPTED, at=now() - timedelta(days=60), text="很久以前的井盖")
    fresh = make_event(world, at=now() - timedelta(minutes=5), text="刚刚倒下的树")
    ended = make_event(world, State.SELF_HANDLED, at=now() - timedelta(hours=2), text="清走的垃圾")
    html = page(world.cast.worker)
    places = [html.index(str(event.number)) for event in (late, fresh, ended)]
    assert places == sorted(places)
    assert f'href="/desk/?area={GRID}"' in html
    assert "All 2" in words(html)


def test_figures_beside_children_count_open_and_overdue(world: World) -> None:
    make_event(world, State.ACCEPTED, at=now() - timedelta(days=60))
    make_event(world, at=now() - timedelta(minutes=5))
    make_event(world, at=now() - timedelta(minutes=5), area=world.areas["440881101202001"])
    read = words(page(world.cast.desk, TOWN))
    assert re.search(r"上县村 Village 440881101201 2 open 1 overdue", read)
    assert re.search(r"下县村 Village 440881101202 1 open (?!\d+ overdue)", read)


def test_a_system_administrator_sees_the_register_and_no_matter(world: World) -> None:
    event = make_event(world, at=now() - timedelta(minutes=5), text="看不见的事")
    for code in (COUNTY, TOWN, GRID):
        html = page(world.cast.system, code)
        assert str(event.number) not in html and "看不见的事" not in html
        assert not re.search(r"\d+ open|Open matters|map/events", words(html) + html)
        assert "Rename it" in html and "Appoint somebody" not in html
    index = client_of(world.cast.system).get("/desk/areas/").content.decode()
    assert "廉江市" in index and not re.search(r"\d+ open", words(index))


def test_keepers_of_the_register_are_offered_its_acts_and_others_not(world: World) -> None:
    assert f"/desk/areas/{GRID}/appoint" in page(world.cast.desk)
    for person in (world.cast.worker, world.cast.cadre, world.cast.verifier, world.cast.leader):
        assert not re.search(rf"/desk/areas/{GRID}/(?!outline)|appointments/\d+/end", page(person))


def test_leave_puts_the_deputy_on_duty(world: World) -> None:
    before = words(page(world.cast.desk))
    assert re.search(r"陈小禾 on duty", before) and re.search(r"林代班 Deputy stands by", before)
    held = Appointment.objects.get(person=world.cast.worker)
    add_leave(held, from_at=now() - timedelta(hours=1), to_at=now() + timedelta(days=2))
    after = words(page(world.cast.desk))
    assert re.search(r"陈小禾 on leave until", after) and re.search(r"林代班 Deputy stands in now", after)


def test_where_nobody_is_the_page_names_who_is_next_above(world: World) -> None:
    for held in Appointment.objects.filter(area=GRID):
        end_appointment(held, on=timezone.localdate())
    assert "Nobody is here now next above:" not in words(page(world.cast.desk))
    appoint(world.cast.nobody, role=Role.GRID_WORKER, area=world.areas[VILLAGE], from_on=date(2025, 1, 1))
    assert "Nobody is here now next above: 无任职（上县村）" in words(page(world.cast.desk))


def test_no_telephone_number_is_on_any_page(world: World) -> None:
    for address in (f"areas/{GRID}", f"areas/{GRID}/appoint", "areas/", f"areas/{COUNTY}"):
        html = client_of(world.cast.county).get(f"/desk/{address}").content.decode()
        assert "19900000001" not in html


def test_departments_show_their_officers(world: World) -> None:
    read = words(page(world.cast.county, COUNTY))
    assert re.search(r"Water Bureau 吴水务", read)


def test_places_are_shown_by_kind(world: World) -> None:
    add_place(world.grid, "上县小学", PlaceKind.SCHOOL)
    add_place(world.grid, "上县桥", PlaceKind.ROAD)
    assert re.search(r"School 1 上县小学 .*Road or bridge 1 上县桥", words(page(world.cast.worker)))
    assert "上县第五网格" in words(page(world.cast.desk, VILLAGE)).split("School 1")[1]


def test_a_settlement_names_the_grids_that_cover_it(world: World) -> None:
    hamlet = add_area("440881101201601", "下头村", kind=Kind.NATURAL_VILLAGE)
    cover(world.grid, hamlet)
    read = words(page(world.cast.cadre, hamlet.code))
    assert "Natural village" in read and re.search(r"Grids that cover it 上县第五网格", read)
    assert "On duty now" not in read and "Open matters" not in read
    assert re.search(r"Settlements it covers 下头村", words(page(world.cast.worker)))
    assert "下头村" in words(page(world.cast.cadre, VILLAGE))


def test_a_settlement_no_grid_covers_says_what_to_do(world: World) -> None:
    hamlet = add_area("440881101201601", "下头村", kind=Kind.NATURAL_VILLAGE)
    html = page(world.cast.desk, hamlet.code)
    assert "No grid covers it yet" in html and f"/desk/areas/{hamlet.code}/cover" in html


@pytest.mark.parametrize("kind", [Kind.SPECIAL_GRID, Kind.VILLAGE_GROUP, Kind.NATURAL_VILLAGE])
def test_every_kind_has_its_page(world: World, kind: Kind) -> None:
    code = {"special_grid": "501", "village_group": "901", "natural_village": "601"}[kind]
    area = add_area(f"{VILLAGE}{code}", "某处", kind=kind)
    with_label = words(page(world.cast.desk, area.code))
    assert {"special_grid": "Special grid", "village_group": "Villagers&#x27; group"}.get(
        kind, "Natural village"
    ) in with_label


def test_a_closed_area_leads_to_what_came_in_its_place(world: World) -> None:
    close_area(world.grid, on=timezone.localdate(), successor=world.areas["440881101201006"])
    html = page(world.cast.desk)
    assert re.search(r"This area has been closed since .* In its place: 上县第六网格", words(html))
    assert f"/desk/areas/{GRID}/appoint" not in html and "On duty now" not in html
    assert re.search(r"In the place of 上县第五网格", words(page(world.cast.desk, "440881101201006")))
    assert "1 closed area 上县第五网格" in words(page(world.cast.desk, VILLAGE))


def test_the_history_of_the_boundary_is_told(world: World) -> None:
    village = world.areas[VILLAGE]
    set_boundary(village, clean_outline(WHOLE), on=date(2020, 1, 1), source="old.geojson", source_crs="gcj02")
    crossed = box(110.0, 21.5, 110.02, 21.52)
    crossed["coordinates"][0] = [[110, 21.5], [110.02, 21.52], [110.02, 21.5], [110, 21.52], [110, 21.5]]
    set_boundary(village, clean_outline(crossed, what="x"), on=date(2024, 1, 1), source="new.geojson")
    html = page(world.cast.cadre, VILLAGE)
    read = words(html)
    repaired = village.boundaries.get(valid_to__isnull=True).repaired
    assert re.search(r"2\.\d\d km² −2\.\d\d km² since", read) and repaired and repaired in read and "GCJ-02" in read
    former = Boundary.objects.get(valid_to__isnull=False)
    assert f"?outline={former.pk}" in html
    shown = client_of(world.cast.cadre).get(f"/desk/areas/{VILLAGE}/outline.json?outline={former.pk}")
    assert "until" in shown.json()["features"][-1]["properties"]["name"]


def test_the_outline_of_another_place_is_not_shown(world: World) -> None:
    foreign = set_boundary(world.areas["440881102201001"], clean_outline(WHOLE), on=date(2020, 1, 1))
    assert foreign is not None
    client = client_of(world.cast.cadre)
    for key in (foreign.pk, "nonsense", "0" * 32):
        assert client.get(f"/desk/areas/{VILLAGE}/outline.json?outline={key}").status_code == 404
    assert client.get(f"/desk/areas/{TOWN}/outline.json").status_code == 404


def test_acts_on_the_register_stand_in_words(world: World) -> None:
    register.rename_area(world.grid, "新名网格", by=world.cast.desk, at=now())
    register.appoint(
        world.cast.nobody,
        role=Role.GRID_WORKER,
        area=world.grid,
        from_on=date(2026, 1, 1),
        by=world.cast.desk,
        at=now(),
    )
    register.add_place(world.grid, "上县小学", PlaceKind.SCHOOL, by=world.cast.desk, at=now())
    read = words(page(world.cast.worker))
    assert re.search(r"李分拨 added the place 上县小学", read)
    assert re.search(r"李分拨 appointed 无任职 as Grid worker", read)
    assert re.search(r"李分拨 renamed the area", read)


def test_the_tree_begins_with_ones_own_area_and_goes_down_level_by_level(world: World) -> None:
    client = client_of(world.cast.desk)
    index = words(client.get("/desk/areas/").content.decode())
    assert "石城镇" in index and "上县村" in index and "上县第五网格" not in index and "新民镇" not in index
    level = client.get(f"/desk/areas/?in={VILLAGE}", headers={"HX-Request": "true"}).content.decode()
    assert "上县第五网格" in level and "<html" not in level
    assert client.get("/desk/areas/?in=440881102").status_code == 404


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("第六", {"440881101201006"}),
        ("４４０８８１１０１２０２", {OTHER_VILLAGE, "440881101202001"}),
        ("三角山", set()),
    ],
)
def test_an_area_is_found_by_name_or_code_within_scope(world: World, query: str, found: set[str]) -> None:
    html = client_of(world.cast.desk).get("/desk/areas/", {"q": query}).content.decode()
    assert set(re.findall(r'<a href="/desk/areas/(\d+)"><span', html)) == found


def test_strange_words_in_the_search_find_nothing(world: World) -> None:
    client = client_of(world.cast.desk)
    for query in ("\0", "%", "'; --", "😀" * 300, "9" * 500):
        answer = client.get("/desk/areas/", {"q": query, "after": "x\0"})
        assert answer.status_code == 200


@pytest.mark.parametrize("code", ["%00", "%F0%9F%98%80", "４４０８８１", "9" * 300, "-1", "440881101'"])
def test_what_is_no_code_is_not_found(world: World, code: str) -> None:
    client = client_of(world.cast.county)
    for rest in ("", "/rename", "/redraw", "/outline.json"):
        assert client.get(f"/desk/areas/{code}{rest}").status_code == 404
    assert client.get(f"/desk/areas/{GRID}?after=%00&outline=%00").status_code == 200
    assert client.post(f"/desk/areas/{GRID}/settlements/{code}/uncover").status_code == 404


def test_a_long_level_has_a_next_page(world: World) -> None:
    village = world.areas[VILLAGE]
    Area.objects.bulk_create(
        Area(
            code=f"{VILLAGE}{n:03d}",
            name=f"网格{n}",
            level="grid",
            kind=Kind.GRID,
            parent=village,
            valid_from=date(2020, 1, 1),
        )
        for n in range(100, 210)
    )
    client = client_of(world.cast.desk)
    first = client.get(f"/desk/areas/?in={VILLAGE}").content.decode()
    assert "网格197" in first and "网格198" not in first
    after = re.search(r"after=(\d+)", first)
    assert after
    second = client.get(f"/desk/areas/?in={VILLAGE}&after={after.group(1)}").content.decode()
    assert "网格198" in second and "网格209" in second and "网格197" not in second
    found = client.get("/desk/areas/", {"q": "网格"}).content.decode()
    assert 'rel="next"' in found


def _fill(world: World, numbers: range) -> None:
    """So many of everything that a page of an area lists."""
    village, today = world.areas[VILLAGE], timezone.localdate()
    for n in numbers:
        one = add_area(f"{VILLAGE}{100 + n}", f"网格{n}", kind=Kind.GRID)
        cover(world.grid, add_area(f"{VILLAGE}{600 + n}", f"自然村{n}", kind=Kind.NATURAL_VILLAGE))
        person = add_person(username=f"more{n}", name=f"某{n}")
        for area in (world.grid, village):
            add_place(area, f"小学{n}", PlaceKind.SCHOOL)
            made = register.appoint(
                person, role=Role.CADRE, area=area, from_on=date(2025, 1, 1), by=world.cast.county, at=now()
            )
            add_leave(made, from_at=now() + timedelta(days=1), to_at=now() + timedelta(days=2))
        appoint(world.cast.desk, role=Role.VERIFIER, area=one, from_on=date(2025, 1, 1))
        Department.objects.create(code=f"d{n}", name=f"部门{n}", area=village)
        set_boundary(village, clean_outline(box(110, 21.5, 110.02 + n / 1000, 21.52)), on=today)
        make_event(world, at=now() - timedelta(minutes=5), area=one)
        for state in (State.SELF_HANDLED, State.DISPATCHED):
            make_event(world, state, at=now() - timedelta(hours=1))


def test_a_page_asks_as_much_for_twenty_rows_as_for_one(world: World) -> None:
    client = client_of(world.cast.desk)
    pages = [f"areas/{GRID}", f"areas/{VILLAGE}", "areas/", f"areas/?in={VILLAGE}", "areas/?q=网格", "appointments/"]

    def asked(page: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/desk/{page}").status_code == 200
        return len(queries)

    _fill(world, range(1))
    for_one = {page: asked(page) for page in pages}
    _fill(world, range(1, 20))
    assert {page: asked(page) for page in pages} == for_one
    assert max(for_one.values()) <= 45


def test_icons_of_kinds_are_in_the_sprite() -> None:
    sprite = (Path(linli.web.__file__).parent / "static/vendor/lucide.svg").read_text(encoding="utf-8")
    for name in {*KIND_ICONS.values(), *PLACE_ICONS.values()}:
        assert f'<symbol id="{name}"' in sprite
    assert set(KIND_ICONS) == set(Kind) and set(PLACE_ICONS) == set(PlaceKind)
