"""The wall through its addresses: its numbers are those of the figures, and who may not see an area sees no wall of it."""

from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from linli.areas.models import Area
from linli.events import actions
from linli.events.models import Event
from linli.events.queue import pages
from linli.events.rules import State
from linli.events.testing import GRID, World, make_event
from linli.people.models import Leave, Person
from linli.statistics.counting import begin_anew, follow
from linli.wall import reading, rules
from linli.wall.reading import now_of, rows_of
from tests.addresses import NAMES

COUNTY, TOWNSHIP, NEXT = "440881", "440881101", "440881102"
#: A working Monday, half past two in Shanghai.
AT = datetime(2026, 11, 16, 6, 30, tzinfo=UTC)


@pytest.fixture
def busy(world: World) -> World:
    """Matters in every state, of today and of days before; some of the next township."""
    for place, state in enumerate(State):
        make_event(world, state, at=timezone.now() - timedelta(days=place % 4, minutes=40))
    make_event(world, at=timezone.now() - timedelta(minutes=3), area=world.areas["440881102201001"])
    make_event(world, State.CLOSED, at=timezone.now() - timedelta(minutes=90))
    return world


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def told(client: Client, code: str = COUNTY) -> dict[str, Any]:
    response = client.get(f"/wall/{code}/now.json")
    assert response.status_code == 200
    return dict(response.json())


# --- numbers --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("clock", "hour"),
    [("00:00:00", 0), ("00:59:59", 0), ("01:00:00", 1), ("13:59:59", 13), ("14:00:00", 14), ("14:30:00", 14)],
)
def test_an_hour_of_the_course_begins_with_its_first_second(world: World, clock: str, hour: int) -> None:
    then = timezone.make_aware(datetime.fromisoformat(f"2026-11-16 {clock}"))
    make_event(world, at=then)
    one = make_event(world, State.CLOSED, at=then)
    Event.objects.filter(pk=one.pk).update(reported_at=then - timedelta(days=2), ended_at=then)
    shown = now_of(COUNTY, AT).hours
    assert [place for place, found in enumerate(shown) if found.reported] == [hour]
    assert [(place, found.closed) for place, found in enumerate(shown) if found.closed] == [(hour, 1)]


def test_the_first_hour_of_a_day_has_one_hour(world: World) -> None:
    first = datetime(2026, 11, 15, 16, 30, tzinfo=UTC)
    make_event(world, at=first - timedelta(minutes=20))
    make_event(world, at=first - timedelta(minutes=40))
    assert [hour.reported for hour in now_of(COUNTY, first).hours] == [1] + [0] * 23


def by_hand(area: str, at: datetime) -> dict[str, int]:
    """The numbers of the wall once more: row by row, in plain Python."""
    today = timezone.localdate(at)

    def on(moment: datetime | None) -> bool:
        return moment is not None and timezone.localdate(moment) == today

    mine = [one for one in Event.objects.all() if one.area_id.startswith(area)]
    opened = [one for one in mine if one.ended_at is None]
    running = [one for one in opened if one.paused_at is None]
    return {
        "reported": sum(on(one.reported_at) for one in mine),
        "open": len(opened),
        "overdue": sum(one.due_at is not None and one.due_at < at for one in running),
        "due_soon": sum(one.due_at is not None and at <= one.due_at < at + timedelta(hours=24) for one in running),
        "closed": sum(on(one.ended_at) and one.state in ("closed", "self_handled") for one in mine),
        "accepted": sum(on(one.accepted_at) for one in mine),
        "dispatched": sum(on(one.dispatched_at) for one in mine),
        "handled": sum(on(one.handled_at) for one in mine),
        "waiting": len(running),
    }


@pytest.mark.parametrize("area", [COUNTY, TOWNSHIP, NEXT, GRID])
@pytest.mark.parametrize("is_counted", [True, False])
def test_every_number_is_what_a_count_by_hand_says(busy: World, area: str, is_counted: bool) -> None:
    at = timezone.now()
    if is_counted:
        begin_anew(at)
        while follow(at):
            pass
    for moment in (at, at + timedelta(days=2)):
        now = now_of(area, moment)
        found = {key: number.n for key, number in {**now.tiles, **now.stages}.items()} | {"waiting": now.waiting}
        assert found == by_hand(area, moment)
        assert sum(hour.reported for hour in now.hours) == found["reported"]
        assert sum(hour.closed for hour in now.hours) == found["closed"]


def test_a_step_of_today_counts_whatever_came_before_or_after_it(world: World) -> None:
    """A matter that is sent back is dispatched after it was handled; one brought in has some of its times alone."""
    moments = (None, AT - timedelta(days=1), AT - timedelta(minutes=5))
    steps = list(product(moments, repeat=3))
    for state in (State.HANDLING, State.CLOSED):
        for accepted, dispatched, handled in steps:
            one = make_event(world, state, at=AT - timedelta(days=2))
            times = {"accepted_at": accepted, "dispatched_at": dispatched, "handled_at": handled}
            ended = AT if state == State.CLOSED else None
            Event.objects.filter(pk=one.pk).update(**times, ended_at=ended)
    now = now_of(COUNTY, AT)
    assert [now.stages[step].n for step in rules.STEPS] == [2 * 9] * 3
    for step in rules.STEPS:
        assert rows_of(step, COUNTY, AT).count() == now.stages[step].n == by_hand(COUNTY, AT)[step]


def test_every_number_opens_just_its_rows(busy: World) -> None:
    client = signed_in(busy.cast.county)
    now = told(client)
    numbers = [
        *now["tiles"].values(),
        *now["stages"].values(),
        now["on_time"]["numerator"],
        now["on_time"]["denominator"],
    ]
    for number in numbers:
        page = client.get(number["rows"])
        assert page.status_code == 200
        assert page.context["count"] == number["n"], number
        assert len(page.context["page"].rows) == min(number["n"], 50)


def test_the_numbers_are_those_of_the_figures_page(busy: World) -> None:
    client = signed_in(busy.cast.desk)
    now, today = told(client, TOWNSHIP), timezone.localdate()
    sheet = client.get(f"/desk/statistics/{TOWNSHIP}/?from={today}&to={today}").context["sheet"]
    for key in ("reported", "open", "overdue", "closed"):
        assert now["tiles"][key]["n"] == sheet.numbers[key].n
    month = client.get(f"/desk/statistics/{TOWNSHIP}/?period=this_month").context["sheet"].shares["on_time"]
    assert now["on_time"]["percent"] == month.percent
    assert [now["on_time"][part]["n"] for part in ("numerator", "denominator")] == [
        month.numerator.n,
        month.denominator.n,
    ]


def test_what_is_due_first_stands_first_among_its_rows(busy: World) -> None:
    page = signed_in(busy.cast.county).get(f"/wall/{COUNTY}/rows/due_soon/").context["page"]
    due = [row.event.due_at for row in page.rows]
    assert due == sorted(due)


@pytest.mark.parametrize("few", [2000, 0])
@pytest.mark.parametrize("most", [60, 4, 2, 1])
@pytest.mark.parametrize("area", [COUNTY, TOWNSHIP])
def test_the_queue_goes_by_urgency_and_then_by_the_clock(
    busy: World, monkeypatch: pytest.MonkeyPatch, area: str, most: int, few: int
) -> None:
    """However many there are: by area and sorted, or in the order of the index."""
    monkeypatch.setattr(pages, "FEW", few)
    monkeypatch.setattr(reading, "MOST_WAITING", most)
    waiting = [one for one in Event.objects.order_by("pk") if one.ended_at is None and one.paused_at is None]
    for one, urgency in zip(waiting, ("immediate", "urgent", "immediate", "urgent"), strict=False):
        Event.objects.filter(pk=one.pk).update(urgency=urgency)
    Event.objects.filter(pk=waiting[4].pk).update(due_at=None)
    never = datetime.max.replace(tzinfo=UTC)
    here = [one for one in Event.objects.filter(pk__in=[one.pk for one in waiting]) if one.area_id.startswith(area)]
    here.sort(key=lambda one: (rules.BY_URGENCY.index(one.urgency), one.due_at or never, one.pk))
    now = now_of(area, timezone.now())
    assert [one.number for one in now.queue] == [one.number for one in here[:most]]
    assert now.waiting == len(here)


# --- who sees it ----------------------------------------------------------------------------------------------------------


def test_everybody_is_led_to_the_wall_of_their_own_area(world: World) -> None:
    assert signed_in(world.cast.county).get("/wall/").headers["Location"] == f"/wall/{COUNTY}/"
    assert signed_in(world.cast.desk).get("/wall/").headers["Location"] == f"/wall/{TOWNSHIP}/"
    assert signed_in(world.cast.nobody).get("/wall/").status_code == 200
    assert Client().get(f"/wall/{COUNTY}/").headers["Location"].startswith("/sign-in")


@pytest.mark.parametrize("rest", ["", "now.json", "map.json?box=110,21,111,22&zoom=1", "rows/due_soon/"])
def test_outside_of_ones_scope_there_is_no_wall(busy: World, rest: str) -> None:
    assert signed_in(busy.cast.desk).get(f"/wall/{TOWNSHIP}/{rest}").status_code == 200
    for person in (busy.cast.neighbour, busy.cast.handler, busy.cast.nobody):
        assert signed_in(person).get(f"/wall/{TOWNSHIP}/{rest}").status_code == 404
    for code in (COUNTY, NEXT, "440999", "drop"):
        assert signed_in(busy.cast.desk).get(f"/wall/{code}/{rest}").status_code == 404


def test_what_is_not_counted_has_no_rows(world: World) -> None:
    assert signed_in(world.cast.county).get(f"/wall/{COUNTY}/rows/reporters/").status_code == 404


def test_nothing_of_a_person_is_told(world: World) -> None:
    words = "卖豆腐的王婶说沟堵了"
    at = timezone.now()
    event = actions.report(
        text=words,
        title="王婶的沟",
        place="王婶家门前",
        area=world.grid,
        category=world.drain,
        at=at,
        source="desk",
        by=world.cast.worker,
        lon=110.28,
        lat=21.61,
    ).event
    Person.objects.update(telephone=None)
    Person.objects.filter(pk=world.cast.county.pk).update(telephone="19900000077")
    client = signed_in(world.cast.county)
    answers = [
        client.get(f"/wall/{COUNTY}/{rest}").content.decode()
        for rest in ("", "now.json", "map.json?box=110.2,21.6,110.3,21.7", "map.json?box=110,21,111,22&zoom=1")
    ]
    assert event.number in answers[1] and event.number in answers[2]
    for answer in answers:
        for secret in ("王婶", "豆腐", "19900000077", world.cast.worker.name):
            assert secret not in answer


def test_those_on_duty_are_named_and_those_away_are_not(world: World) -> None:
    desk = world.cast.desk
    assert desk.name in str(now_of(TOWNSHIP, AT).duty)
    appointment = desk.appointments.get(area=TOWNSHIP)
    Leave.objects.create(appointment=appointment, from_at=AT - timedelta(hours=1), to_at=AT + timedelta(hours=1))
    assert desk.name not in str(now_of(TOWNSHIP, AT).duty.posts)
    assert Area.objects.get(pk=TOWNSHIP).name in now_of(COUNTY, AT).duty.empty_names


def test_where_nobody_is_there_the_wall_names_the_desk_above(world: World) -> None:
    posts = now_of(GRID, AT).duty.posts
    assert (posts[0].place, posts[0].names) == ("石城镇", [world.cast.desk.name])


# --- the map --------------------------------------------------------------------------------------------------------------


def place(world: World, area: str, lon: float, lat: float) -> Event:
    at = timezone.now()
    return actions.report(
        text="井盖丢失", area=world.areas[area], category=world.drain, at=at, source="desk", lon=lon, lat=lat
    ).event


def test_the_map_shows_clusters_from_afar_and_matters_from_near(world: World) -> None:
    here, there = place(world, GRID, 110.281, 21.611), place(world, "440881102201001", 110.283, 21.612)
    county, desk = signed_in(world.cast.county), signed_in(world.cast.desk)
    far, close = "map.json?box=110,21.5,110.5,22&zoom=1", "map.json?box=110.27,21.6,110.29,21.62"
    assert [one["n"] for one in county.get(f"/wall/{COUNTY}/{far}").json()["clusters"]] == [2]
    assert [one["n"] for one in desk.get(f"/wall/{TOWNSHIP}/{far}").json()["clusters"]] == [1]
    assert {one["matter"]["number"] for one in county.get(f"/wall/{COUNTY}/{close}").json()["matters"]} == {
        here.number,
        there.number,
    }
    assert [one["matter"]["number"] for one in desk.get(f"/wall/{TOWNSHIP}/{close}").json()["matters"]] == [here.number]


def test_of_a_quarrel_the_wall_tells_the_village_and_no_place(world: World) -> None:
    here, quarrel = place(world, GRID, 110.281, 21.611), place(world, GRID, 110.282, 21.612)
    Event.objects.filter(pk=quarrel.pk).update(category=world.quarrel)
    county = signed_in(world.cast.county)
    near = county.get(f"/wall/{COUNTY}/map.json?box=110.27,21.6,110.29,21.62").json()["matters"]
    assert [one["matter"]["number"] for one in near] == [here.number]
    places = {one["number"]: one["place"] for one in county.get(f"/wall/{COUNTY}/now.json").json()["queue"]}
    assert places == {here.number: world.areas[GRID].name, quarrel.number: world.areas[GRID[:12]].name}


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "1,2,3",
        "a,b,c,d",
        "nan,1,2,3",
        "110,22,111,21",
        "-200,0,0,1",
        "110,21,111,22&zoom=9",
        "110,21,111,22&zoom=x",
    ],
)
def test_what_is_no_window_is_refused_in_words(world: World, sent: str) -> None:
    response = signed_in(world.cast.county).get(
        f"/wall/{COUNTY}/map.json?box={sent}", headers={"Accept": "application/json"}
    )
    assert response.status_code == 422
    assert response.json()["error"]["message"]


# --- asking again ---------------------------------------------------------------------------------------------------------


def test_nothing_is_sent_twice_while_nothing_has_happened(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    client, at = signed_in(world.cast.county), datetime(2026, 11, 16, 6, 30, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: at)
    first = client.get(f"/wall/{COUNTY}/now.json")
    again = {"If-None-Match": first.headers["ETag"]}
    assert client.get(f"/wall/{COUNTY}/now.json", headers=again).status_code == 304
    monkeypatch.setattr(timezone, "now", lambda: at + timedelta(seconds=rules.HOLDS_S + 1))
    assert client.get(f"/wall/{COUNTY}/now.json", headers=again).status_code == 200
    monkeypatch.setattr(timezone, "now", lambda: at)
    make_event(world, at=at)
    assert client.get(f"/wall/{COUNTY}/now.json", headers=again).status_code == 200
    english = Client()
    english.force_login(world.cast.county)
    english.cookies["linli_language"] = "en"
    assert english.get(f"/wall/{COUNTY}/now.json", headers=again).status_code == 200


def test_as_many_queries_for_one_matter_as_for_twenty(world: World) -> None:
    asked = []
    for more in (1, 20):
        for _each in range(more):
            make_event(world, at=timezone.now())
        now_of(COUNTY, timezone.now())
        with CaptureQueriesContext(connection) as queries:
            now_of(COUNTY, timezone.now())
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_all_addresses_of_the_wall_are_walked_by_the_sweeps() -> None:
    assert {name for name in NAMES if name.startswith("wall:")} == {
        "wall:mine",
        "wall:wall",
        "wall:now",
        "wall:map",
        "wall:areas",
        "wall:rows",
        "wall:screen",
        "wall:screens",
        "wall:screen_renew",
        "wall:screen_end",
    }
