"""Matters: what of them is told, in which order, and to which key."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from linli.events.models import Category
from linli.events.rules import Source, State
from linli.events.testing import NOON, World, make_event
from linli.intake.api.tests.asking import answer, ask, make_key

pytestmark = pytest.mark.django_db
HERE, NEXT_TOWN = "440881101", "440881102"


def test_a_matter_is_told_in_codes_and_times_alone(world: World) -> None:
    event = make_event(world, State.CLOSED, category=world.quarrel, text="王大毛 13800138000 又吵了")
    key = make_key(HERE)
    told = ask(key, f"matters/{event.number}")
    assert told == ask(key, f"matters/{event.pk}")
    assert set(told) == {
        *(
            "id",
            "number",
            "area",
            "category",
            "state",
            "severity",
            "urgency",
            "departments",
            "into",
            "is_demo",
            "public",
        ),
        *("reported_at", "accepted_at", "dispatched_at", "handled_at", "verified_at", "ended_at", "due_at"),
    }
    assert (told["id"], told["state"], told["category"]) == (str(event.pk), "closed", "A01")
    assert (told["departments"], told["public"]) == (["water", "housing"], None)
    assert told["reported_at"] == "2026-11-16T04:00:00Z"


def test_words_and_places_are_told_only_where_the_public_reads_them(world: World) -> None:
    ours = make_event(world, State.CLOSED, text="水沟 13800138000")
    public = make_event(world, text="井盖丢了，电话 13800138000", source=Source.OPEN311)
    type(public).objects.filter(pk__in=[ours.pk, public.pk]).update(lon=110.123456, lat=21.654321)
    key = make_key(HERE)
    told = ask(key, f"matters/{ours.number}")["public"]
    assert (told["description"], told["place"], told["answer"]) == (None, None, None)
    assert (told["lon"], told["lat"]) == (110.1235, 21.6543)
    assert told["area"] == "440881101201005"
    assert ask(key, f"matters/{public.number}")["public"]["description"] == "井盖丢了，电话 ***"
    Category.objects.filter(pk=world.drain.pk).update(is_public=False)
    assert ask(key, f"matters/{public.number}")["public"] is None


def test_a_key_sees_its_own_area_and_all_else_is_not_there(world: World) -> None:
    event = make_event(world)
    neighbour, county, all_of_it = make_key(NEXT_TOWN, "邻镇"), make_key("440881", "县"), make_key("", "全部")
    assert ask(neighbour, "matters/%00", 404)["error"]["code"] == "not_found"
    for path in (f"matters/{event.pk}", f"matters/{event.number}", f"matters/{event.pk}/course"):
        assert ask(neighbour, path, 404)["error"]["code"] == "not_found"
        for key in (county, all_of_it):
            ask(key, path)
    assert ask(neighbour, "matters")["matters"] == []
    assert ask(neighbour, "matters", 404, area=HERE)["error"]["field"] == "area"
    assert [one["id"] for one in ask(county, "matters", area=HERE)["matters"]] == [str(event.pk)]


def test_pages_hold_every_matter_once_in_one_order_also_those_of_one_moment(world: World) -> None:
    made = {str(make_event(world, at=NOON + timedelta(hours=n // 3)).pk) for n in range(7)}
    key, seen, after = make_key(HERE), [], {}
    while True:
        page = ask(key, "matters", limit=2, **after)
        seen += [one["id"] for one in page["matters"]]
        # One more on top changes nothing of what follows.
        make_event(world, at=NOON + timedelta(days=1))
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert (len(seen), set(seen)) == (7, made)


def test_filters(world: World) -> None:
    open_one = make_event(world)
    closed = make_event(world, State.CLOSED, category=world.wall, at=NOON + timedelta(days=2))
    key, since = make_key(HERE), {"reported_from": "2026-11-01T00:00:00+08:00"}

    def found(**asked: str) -> list[str]:
        return [one["number"] for one in ask(key, "matters", **asked)["matters"]]

    assert found() == [closed.number, open_one.number]
    assert found(state="closed", **since) == [closed.number]
    assert found(category="C01", **since) == [open_one.number]
    assert found(department="water", **since) == [closed.number]
    assert found(area="440881101201", **since) == [closed.number, open_one.number]
    assert found(reported_before="2026-11-17T00:00:00Z") == [open_one.number]
    told = ask(key, "matters", 422, state="closed")["error"]
    assert (told["code"], told["field"]) == ("span_needed", "reported_from")
    told = ask(key, "matters", 422, reported_from="2020-01-01T00:00:00Z", reported_before="2026-11-17T00:00:00Z")
    assert told["error"]["code"] == "too_long"


def test_the_course_tells_acts_and_departments_and_nobody(world: World) -> None:
    event = make_event(world, State.CLOSED)
    key = make_key(HERE)
    acts = ask(key, f"matters/{event.pk}/course")["acts"]
    assert [one["verb"] for one in acts][:3] == ["event.reported", "event.accepted", "event.dispatched"]
    assert acts[2]["departments"] == ["water", "housing"]
    assert set(acts[0]) == {"chain", "position", "verb", "at", "recorded_at", "area", "departments"}
    first = ask(key, f"matters/{event.pk}/course", limit=2)
    rest = ask(key, f"matters/{event.pk}/course", after=first["next"])
    assert first["acts"] + rest["acts"] == acts


def test_as_many_questions_of_the_store_for_one_matter_as_for_twenty(world: World) -> None:
    key = make_key(HERE)

    def questions(path: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            ask(key, path)
        return len(asked)

    make_event(world, State.CLOSED, source=Source.OPEN311)
    # The first call of a day notes it.
    ask(key, "codes")
    few = [questions(path) for path in ("matters", "changes")]
    for _each in range(5):
        make_event(world, State.CLOSED, source=Source.OPEN311)
    assert [questions(path) for path in ("matters", "changes")] == few
    assert max(few) < 14


def test_a_cursor_nobody_gave_is_refused_with_what_to_do(world: World) -> None:
    key = make_key(HERE)
    for path in ("matters", "changes"):
        for after in ("nonsense", "20261116T040000.000000_zz", "440882.1", "440881.99999", "-.1"):
            told = ask(key, path, 422, after=after)["error"]
            assert (told["code"], told["field"]) == ("bad_after", "after")


def test_the_same_again_is_told_in_a_word(world: World) -> None:
    make_event(world)
    key = make_key(HERE)
    first = answer(key, "matters")
    headers = {"Authorization": f"Bearer {key}", "If-None-Match": first.headers["ETag"]}
    again = Client().get("/api/v1/matters", headers=headers)
    assert (again.status_code, again.content) == (304, b"")
    assert "private" in first.headers["Cache-Control"]
    assert UUID(first.json()["matters"][0]["id"])
