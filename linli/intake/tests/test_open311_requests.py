"""Open311 read: which requests a call finds, in which order, and what the public is told of them."""

import re
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from linli.events import actions
from linli.events.models import Category, Event, Part
from linli.events.rules import State
from linli.events.testing import IN_GRID, World, draw_boundaries, make_event
from linli.intake.tests.open311 import ROOT, ago, ask_questions, file, get, make_key
from linli.kit.keys import new_key


@pytest.fixture
def world(world: World) -> World:
    draw_boundaries(world)
    return world


def utc(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def ids(rows: list[dict[str, Any]]) -> list[str]:
    return [row["service_request_id"] for row in rows]


# --- filters ------------------------------------------------------------------------------------------------------------


def test_only_public_matters_are_told(world: World) -> None:
    shown = make_event(world, at=ago(hours=3))
    hidden = [
        make_event(world, at=ago(hours=2), category=world.quarrel),
        actions.report(text="没有类别", area=world.grid, at=ago(hours=1), source="resident").event,
    ]
    assert ids(get("requests")) == [shown.number]
    for event in hidden:
        get(f"requests/{event.number}", 404)
        assert get("requests", service_request_id=event.number) == []


def test_ids_override_every_other_filter(world: World) -> None:
    old, new = make_event(world, at=ago(days=300)), make_event(world, at=ago(hours=1))
    assert ids(get("requests")) == [new.number]
    query = {"service_request_id": f"{old.number},{new.number},x", "status": "closed", "start_date": utc(ago(days=1))}
    assert ids(get("requests", **query)) == [new.number, old.number]
    (row,) = get(f"requests/{old.number}")
    assert row["service_request_id"] == old.number


def test_codes_and_states_are_lists(world: World) -> None:
    drain = make_event(world, State.CLOSED, at=ago(hours=3))
    wall = make_event(world, at=ago(hours=2), category=world.wall)
    assert ids(get("requests", service_code="C02")) == [wall.number]
    assert ids(get("requests", service_code="C01,C02,C99")) == [wall.number, drain.number]
    assert ids(get("requests", service_code=["C01", "C02"])) == [wall.number, drain.number]
    assert get("requests", service_code="C99") == []
    assert ids(get("requests", status="open")) == [wall.number]
    assert ids(get("requests", status="closed")) == [drain.number]
    assert ids(get("requests", status="open,closed")) == [wall.number, drain.number]
    assert ids(get("requests", status="", service_code="")) == [wall.number, drain.number]
    assert "fixed" in get("requests", 400, status="fixed")[0]["description"]


def test_dates_are_when_it_was_reported_and_both_ends_belong_to_it(world: World) -> None:
    moments = [ago(days=days).replace(microsecond=0) for days in (3, 2, 1)]
    events = [make_event(world, at=at) for at in moments]
    query = {"start_date": utc(moments[0]), "end_date": utc(moments[1])}
    assert ids(get("requests", **query)) == [events[1].number, events[0].number]
    assert ids(get("requests", start_date=utc(moments[2]))) == [events[2].number]
    assert ids(get("requests", end_date=utc(moments[0]))) == [events[0].number]


def test_a_plus_that_arrived_as_a_blank_is_a_plus(world: World) -> None:
    event = make_event(world, at=ago(days=1))
    response = Client().get(f"{ROOT}requests.json?start_date={ago(days=2):%Y-%m-%dT%H:%M:%S}+00:00")
    assert ids(response.json()) == [event.number]


@pytest.mark.parametrize(
    "when",
    ["2026-11-01", "2026-11-01T08:00:00", "yesterday", "2026-13-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9" * 400],
)
def test_a_date_without_zone_or_sense_is_refused(world: World, when: str) -> None:
    for name in ("start_date", "end_date", "updated_after", "updated_before"):
        assert name in get("requests", 400, **{name: when})[0]["description"]


def test_more_than_ninety_days_are_refused_and_one_end_reaches_so_far(world: World) -> None:
    old = make_event(world, at=ago(days=100))
    get("requests", 400, start_date=utc(ago(days=91)), end_date=utc(timezone.now()))
    assert ids(get("requests", start_date=utc(ago(days=120)))) == [old.number]
    assert get("requests", start_date=utc(ago(days=200))) == []


def test_changes_since_are_told_oldest_first_whatever_changed(world: World) -> None:
    quiet = make_event(world, at=ago(days=5))
    closed = make_event(world, State.CLOSED, at=ago(days=4))
    supplemented, reopened = make_event(world, at=ago(days=5)), make_event(world, State.CLOSED, at=ago(days=6))
    actions.supplement(supplemented, text="还在漏", by=world.cast.desk, at=ago(days=1))
    actions.reopen(reopened, text="没修好", by=None, at=ago(hours=2))
    since = utc(ago(days=4.5))
    assert ids(get("requests", updated_after=since)) == [closed.number, supplemented.number, reopened.number]
    assert ids(get("requests", updated_after=since, status="open")) == [supplemented.number, reopened.number]
    assert ids(get("requests", updated_before=since)) == [reopened.number, quiet.number][1:]
    told = {row["service_request_id"]: row["updated_datetime"] for row in get("requests", updated_after=since)}
    closed.refresh_from_db()
    assert datetime.fromisoformat(told[closed.number]) == closed.ended_at.replace(microsecond=0)  # type: ignore[union-attr]


def test_looking_at_a_contact_is_no_change_the_public_hears_of(world: World) -> None:
    event = actions.report(
        text="水沟堵了",
        area=world.grid,
        category=world.drain,
        at=ago(days=3),
        source="resident",
        contact="19900000009",
    ).event
    actions.open_contact(event, by=world.cast.desk, at=ago(days=1), reason="问地点")
    assert get("requests", updated_after=utc(ago(days=2))) == []
    assert len(get("requests", extensions="true")[0]["notes"]) == 1


def test_within_a_radius(world: World) -> None:
    lon, lat = IN_GRID
    near, far, nowhere = (make_event(world, at=ago(hours=hours)) for hours in (1, 2, 3))
    Event.objects.filter(pk=near.pk).update(lon=lon, lat=lat + 0.0008)
    Event.objects.filter(pk=far.pk).update(lon=lon + 0.0015, lat=lat)
    assert ids(get("requests", lat=lat, long=lon, radius=100)) == [near.number]
    assert ids(get("requests", lat=lat, long=lon)) == [near.number]
    assert ids(get("requests", lat=lat, long=lon, radius=160)) == [near.number, far.number]
    assert nowhere.number not in ids(get("requests", lat=lat, long=lon, radius=50_000))
    for radius in ("0", "-1", "1e9", "nan", "far"):
        get("requests", 400, lat=lat, long=lon, radius=radius)


def test_positions_are_told_to_some_ten_metres(world: World) -> None:
    event = make_event(world, at=ago(hours=1))
    Event.objects.filter(pk=event.pk).update(lon=110.0512345, lat=21.7098765)
    (row,) = get("requests")
    assert (row["long"], row["lat"]) == (110.0512, 21.7099)


@pytest.mark.parametrize("wrong", [{"page": "0"}, {"page": "-1"}, {"page": "two"}, {"page_size": "0"}, {"page": "1.5"}])
def test_a_page_is_a_whole_number_from_one(world: World, wrong: dict[str, str]) -> None:
    get("requests", 400, **wrong)


def test_pages_end_in_an_empty_list_and_hold_a_thousand_at_most(world: World) -> None:
    for hours in range(3):
        make_event(world, at=ago(hours=hours + 1))
    assert len(get("requests", page_size=2)) == 2
    assert len(get("requests", page_size=2, page=2)) == 1
    assert get("requests", page_size=2, page=3) == []
    assert get("requests", page=10**17) == []
    clones(Event.objects.earliest("number"), 1100)
    assert len(get("requests")) == len(get("requests", page_size=5000)) == 1000


# --- what is told -------------------------------------------------------------------------------------------------------


def test_words_are_published_only_where_they_were_sent_for_it(world: World) -> None:
    inside = make_event(world, State.CLOSED, at=ago(days=1), text="王小明家门口的水沟堵了")
    outside = file(make_key(), description="水沟堵了，电话 138 1234 5678，身份证 44088119900101123X")
    rows = {row["service_request_id"]: row for row in get("requests")}
    assert rows[inside.number]["description"] is None
    assert rows[inside.number]["status_notes"] == "已结案"
    assert rows[outside]["description"] == "水沟堵了，电话 ***，身份证 ***"


def test_extensions_tell_the_fine_state_the_departments_and_the_course(world: World) -> None:
    ask_questions(world)
    number = file(make_key(), **{"attribute[blocked]": "yes", "attribute[near]": "小学"})
    event = Event.objects.get(number=number)
    actions.accept(event, by=world.cast.county, at=timezone.now())
    actions.dispatch(
        event, lead=world.water, co_handlers=[world.housing], by=world.cast.county, at=timezone.now(), text="内部说明"
    )
    (row,) = get(f"requests/{number}", extensions="true")
    extended = row["extended_attributes"]
    assert (extended["status"], extended["channel"], extended["area"]) == ("dispatched", "open311", event.area_id)
    assert [(one["name"], one["leads"]) for one in extended["departments"]] == [("水务局", True), ("住建局", False)]
    assert [(one["type"], one["summary"]) for one in row["notes"]] == [
        ("submitted", "上报"),
        ("opened", "受理"),
        ("activity", "派遣"),
    ]
    assert "内部说明" not in str(row)
    told = {one["code"]: (one["value"], one["value_name"]) for one in row["attributes"]}
    assert told == {"blocked": ("yes", "是"), "near": ("小学", None)}
    assert "notes" not in get(f"requests/{number}")[0]


def test_free_answers_of_other_doors_are_not_published(world: World) -> None:
    ask_questions(world)
    actions.report(
        text="水沟堵了",
        area=world.grid,
        category=Category.objects.get(pk=world.drain.pk),
        at=ago(hours=1),
        source="resident",
        answers={"blocked": "no", "near": "王小明家"},
    )
    (row,) = get("requests", extensions="true")
    assert [one["code"] for one in row["attributes"]] == ["blocked"]


def test_words_for_the_reporter_are_read_along_where_the_report_was_public(world: World) -> None:
    event = Event.objects.get(number=file(make_key()))
    actions.ask_supplement(event, text="在哪一户门前？请电 0759-6612345", by=world.cast.desk, at=timezone.now())
    (row,) = get("requests", extensions="true")
    assert row["notes"][-1]["description"] == "在哪一户门前？请电 ***"


def test_a_merged_matter_names_the_one_it_went_into(world: World) -> None:
    merged = make_event(world, State.MERGED, at=ago(hours=1))
    (row,) = get(f"requests/{merged.number}", extensions="true")
    merged.refresh_from_db()
    assert row["status"] == "closed"
    assert row["extended_attributes"]["duplicate"] is True
    assert row["extended_attributes"]["parent_service_request_id"] == merged.merged_into.number  # type: ignore[union-attr]


def test_a_matter_merged_into_a_hidden_one_does_not_name_it(world: World) -> None:
    merged = make_event(world, State.MERGED, at=ago(hours=1))
    merged.refresh_from_db()
    Event.objects.filter(pk=merged.merged_into_id).update(category=world.quarrel)
    (row,) = get(f"requests/{merged.number}", extensions="true")
    assert row["extended_attributes"]["parent_service_request_id"] is None


def test_the_address_goes_from_the_grid_up(world: World) -> None:
    make_event(world, at=ago(hours=1))
    (row,) = get("requests")
    assert row["address"] == "上县第五网格，上县村，石城镇，廉江市"
    assert row["address_id"] == world.grid.code


def test_a_home_in_english_answers_in_english(world: World) -> None:
    client = Client()
    client.cookies["linli_language"] = "en"
    with translation.override("en"):
        rows = client.get(f"{ROOT}services.json").json()
    assert rows[0]["service_name"] == "Drains"


def clones(event: Event, count: int) -> list[UUID]:
    """So many more events like this one, straight into the store, each with its departments."""
    made = []
    parts = list(event.parts.all())
    for running in range(count):
        fields = {field.attname: getattr(event, field.attname) for field in Event._meta.concrete_fields}
        made.append(Event(**{**fields, "id": new_key(), "number": f"{event.number}-{running}"}))
    Event.objects.bulk_create(made)
    Part.objects.bulk_create(
        Part(event=one, department=part.department, leads=part.leads) for one in made for part in parts
    )
    return [one.pk for one in made]


@pytest.mark.parametrize("query", ["", "?extensions=true", "?updated_after={since}&extensions=true"])
def test_two_hundred_rows_take_as_many_queries_as_one(world: World, query: str) -> None:
    event = make_event(world, State.HANDLING, at=ago(hours=2))
    address = f"{ROOT}requests.json" + query.format(since=utc(ago(days=1)))

    def queries() -> list[str]:
        with CaptureQueriesContext(connection) as caught:
            assert Client().get(address).status_code == 200
        return [re.sub(r"'[^']*'|\d+", "?", one["sql"]) for one in caught.captured_queries]

    few = queries()
    clones(event, 199)
    assert len(get("requests")) == 200
    assert len(queries()) == len(few)
