"""The pages of the figures: every number leads to as many rows as it says."""

import csv
import io
import re
from datetime import datetime, timedelta
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from linli.events import actions
from linli.events.models import Event
from linli.events.rules import Finding, Rating, State
from linli.events.testing import GRID, World, make_drawn, make_event
from linli.exports.testing import taken
from linli.people.actions import appoint, scope_of
from linli.people.models import Person
from linli.people.rules import Role
from linli.people.testing import FROM
from linli.statistics.counting import follow
from linli.statistics.models import Follower
from linli.statistics.rules import BY_CODE, FIGURES, STANDING_AT
from linli.statistics.sheet import Number
from linli.statistics.taking_away import harmless
from linli.statistics.templatetags.figures import grouped, number

COUNTY, TOWNSHIP, VILLAGE = "440881", "440881101", "440881101201"
OTHER_GRID = "440881101202001"
NUMBER = re.compile(r'<a href="([^"]+)" data-figure="(\w+)">(\d+)</a>')


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def page(person: Person, address: str, status: int = 200) -> str:
    answer = signed_in(person).get(address)
    assert answer.status_code == status, address
    return answer.content.decode()


def numbers(html: str) -> list[tuple[str, str, int]]:
    """Every number of a page: its address, its figure, and what it says."""
    return [(unescape(address), figure, int(n)) for address, figure, n in NUMBER.findall(html)]


def count_on(html: str) -> int:
    found = re.search(r'id="count">(\d+)<', html)
    assert found
    return int(found.group(1))


def rows_behind(client: Client, address: str) -> tuple[int, list[str]]:
    """The count printed, and the keys of all rows, page by page, as a person turns them."""
    keys, printed = [], -1
    while address:
        html = client.get(address).content.decode()
        printed = count_on(html)
        keys += re.findall(r'href="/desk/events/([0-9a-f-]{36})/"', html)
        following = re.search(r'rel="next" href="([^"]+)"', html)
        address = unescape(following.group(1)) if following else ""
    return printed, keys


@pytest.fixture
def now() -> datetime:
    """The doors read the clock, so the world is made around the real one."""
    return timezone.now()


@pytest.fixture
def full(world: World, now: datetime) -> World:
    """Matters in every state, of every age, in several areas, classified or not, reopened, reworked, answered."""
    for place, state in enumerate(State):
        make_event(world, state, at=now - timedelta(days=40 + place))
    for state in (State.DISPATCHED, State.VOIDED, State.DEFERRED):
        make_event(world, state, at=now - timedelta(hours=2), area=world.areas[OTHER_GRID], category=world.wall)
    late = make_event(world, at=now - timedelta(days=80))
    actions.self_handle(late, text="清理了", by=world.cast.worker, at=now - timedelta(days=60))
    make_event(world, at=now - timedelta(days=500))
    make_event(world, State.CLOSED, at=now - timedelta(days=200), area=world.areas[TOWNSHIP], category=world.quarrel)
    make_event(world, at=now - timedelta(days=3), area=world.areas["440881102201001"])
    lost = make_event(world, State.SELF_HANDLED, at=now - timedelta(days=9))
    Event.objects.filter(pk=lost.pk).update(category=None, due_at=None)
    Event.objects.filter(pk=make_event(world, at=now - timedelta(days=8)).pk).update(category=world.drain.parent)
    for rating in ("satisfied", "partly", "not_satisfied", "unreached"):
        event = make_event(world, State.CLOSED, at=now - timedelta(days=30))
        actions.follow_up(event, rating=rating, by=world.cast.desk, at=now - timedelta(days=29))
    again = make_event(world, State.CLOSED, at=now - timedelta(days=20))
    actions.reopen(again, text="又堵了", by=None, at=now - timedelta(days=19))
    slip = make_event(world, at=now - timedelta(days=4))
    actions.withdraw_report(slip, by=None, at=now - timedelta(days=4))
    undone = make_event(world, State.RESULT_SUBMITTED, at=now - timedelta(days=20))
    actions.rework(undone, text="没做完", by=world.cast.county, at=now - timedelta(days=19))
    extended = make_event(world, State.SIGNED_FOR, at=now - timedelta(days=60))
    at = now - timedelta(days=59)
    actions.ask_extension(extended, until=at + timedelta(days=20), text="等材料", by=world.cast.handler, at=at)
    actions.extend(extended, by=world.cast.desk, at=at)
    silent = make_event(world, State.CLOSED, at=now - timedelta(days=25))
    Event.objects.filter(pk=silent.pk).update(rating=Rating.NO_ANSWER)
    _bounce_twice(world, now - timedelta(days=15))
    for finding in Finding.values:
        drawn = make_event(world, State.CLOSED, at=now - timedelta(days=10))
        make_drawn(world, drawn)
        actions.reinspect(drawn, finding=finding, text="又堆起来了", by=world.cast.verifier, at=now - timedelta(days=9))
    # All of these are summed, and one more is in the journal behind the sums.
    follow(now)
    while Follower.objects.get().is_walking:
        follow(now)
    make_event(world, State.SIGNED_FOR, at=now - timedelta(days=5))
    return world


def _bounce_twice(world: World, at: datetime) -> None:
    event, desk = make_event(world, State.OBJECTED, at=at), world.cast.county
    actions.uphold_objection(event, by=desk, at=at + timedelta(hours=1))
    actions.dispatch(event, lead=world.housing, by=desk, at=at + timedelta(hours=1))
    actions.object(
        event, next_owner=world.water, basis="权责清单第3项", by=world.cast.co_handler, at=at + timedelta(hours=2)
    )


PAGES = (
    *(f"{COUNTY}/", f"{GRID}/", f"{COUNTY}/?period=last_month", f"{VILLAGE}/?from=2020-01-01&to={{today}}"),
    *("departments/water/", f"departments/water/?area={TOWNSHIP}&period=this_year"),
)


def test_every_number_leads_to_as_many_rows_as_it_says(full: World, now: datetime) -> None:
    client = signed_in(full.cast.county)
    followed = set()
    for page in PAGES:
        html = client.get(f"/desk/statistics/{page.format(today=timezone.localdate(now))}").content.decode()
        for address, figure, n in set(numbers(html)) - followed:
            printed, keys = rows_behind(client, address)
            assert (printed, len(keys), len(set(keys))) == (n, n, n), (figure, address)
            followed.add((address, figure, n))
    assert len(followed) > 200


def test_every_figure_is_shown_and_parts_add_up_to_their_whole(full: World) -> None:
    html = page(full.cast.county, f"/desk/statistics/{COUNTY}/")
    shown = {figure for _address, figure, _n in numbers(html)}
    # A state in which nothing stands has no line.
    assert (
        {figure.code for figure in FIGURES} - set(STANDING_AT.values()) <= shown <= {figure.code for figure in FIGURES}
    )
    whole = {figure: n for address, figure, n in reversed(numbers(html)) if address.count("=") == 2}
    assert whole["in_time"] + whole["late"] + whole["due_otherwise"] + whole["due_open"] == whole["due"]
    assert whole["in_time"] + whole["late"] == whole["due_closed"]
    assert whole["answered"] == whole["satisfied"] + whole["partly"] + whole["not_satisfied"]
    assert whole["answered"] + whole["no_answer"] + whole["unknown"] == whole["closed"]
    states = [n for address, figure, n in numbers(html) if "state=" in address or figure in STANDING_AT.values()]
    ended_so = sum(whole[code] for code in ("turned_away", "withdrawn", "duplicate", "passed_on"))
    assert sum(states) + ended_so == whole["reported"]
    below = [n for address, figure, n in numbers(html) if figure == "reported" and f"/{COUNTY}/" not in address]
    assert sum(below) == whole["reported"]


def test_child_areas_come_in_the_order_of_their_codes(world: World, now: datetime) -> None:
    make_event(world, at=now - timedelta(days=1))
    html = page(world.cast.county, f"/desk/statistics/{COUNTY}/")
    codes = re.findall(r'<th scope="row"><a href="/desk/statistics/(\d+)/', html)
    assert codes == [TOWNSHIP, "440881102"]


def test_what_has_no_category_is_said_to_have_none(world: World, now: datetime) -> None:
    Event.objects.filter(pk=make_event(world, at=now - timedelta(days=1)).pk).update(category=None)
    html = page(world.cast.county, f"/desk/statistics/{COUNTY}/")
    [address] = [
        address for address, figure, _n in numbers(html) if "category=none" in address and figure == "reported"
    ]
    assert count_on(page(world.cast.county, address)) == 1


def test_no_percentage_of_few(world: World, now: datetime) -> None:
    for _each in range(19):
        make_event(world, State.CLOSED, at=now - timedelta(days=30))
    few = page(world.cast.county, f"/desk/statistics/{COUNTY}/")
    assert "<b>100" not in few
    # Nor a bar that shows one.
    assert 'class="parts"' not in few
    make_event(world, State.CLOSED, at=now - timedelta(days=30))
    enough = page(world.cast.county, f"/desk/statistics/{COUNTY}/")
    # Closed of those due, in time of those due; closings that held, and those in time that held; six rates on the way there.
    assert enough.count("<b>100.0</b>") == 10
    assert 'class="parts"' in enough


def test_numbers_are_written_as_in_reports_and_briefings() -> None:
    one = Number(BY_CODE["reported"], 31307, "/desk/statistics/440881/rows/")
    assert ">31,307</a>" in number(one)
    assert (grouped(0), grouped(1234567), grouped(None)) == ("0", "1,234,567", "")


def test_an_area_without_matters_has_a_kind_page(world: World) -> None:
    html = page(world.cast.county, "/desk/statistics/440881102/")
    assert numbers(html) == []
    assert 'class="empty card"' in html


# --- who sees what ----------------------------------------------------------------------------------------------------


def test_everybody_is_led_to_their_own_area(world: World) -> None:
    for person, code in ((world.cast.worker, GRID), (world.cast.desk, TOWNSHIP), (world.cast.leader, COUNTY)):
        answer = signed_in(person).get("/desk/statistics/")
        assert answer.url == f"/desk/statistics/{code}/"


def test_a_department_officer_is_led_to_its_own_figures_and_sees_no_area(world: World, now: datetime) -> None:
    make_event(world, State.SIGNED_FOR, at=now - timedelta(days=1))
    answer = signed_in(world.cast.handler).get("/desk/statistics/")
    assert answer.url == "/desk/statistics/departments/water/"
    found = {figure: n for _address, figure, n in numbers(page(world.cast.handler, answer.url))}
    assert (found["reported"], found["open"]) == (1, 1)
    for address in ("departments/housing/", "departments/housing/rows/?figure=open", f"{COUNTY}/", "departments/none/"):
        page(world.cast.handler, f"/desk/statistics/{address}", status=404)


def test_whoever_sees_an_area_sees_of_a_department_what_lies_in_it(world: World, now: datetime) -> None:
    make_event(world, State.SIGNED_FOR, at=now - timedelta(days=1))
    make_event(world, State.SIGNED_FOR, at=now - timedelta(days=1), area=world.areas["440881102201001"])
    for person, n in ((world.cast.county, 2), (world.cast.desk, 1), (world.cast.neighbour, 1)):
        html = page(person, "/desk/statistics/departments/water/")
        assert next((n for _address, figure, n in numbers(html) if figure == "open"), 0) == n
    page(world.cast.desk, "/desk/statistics/departments/water/?area=440881102", status=404)
    page(world.cast.desk, "/desk/statistics/departments/water/rows/?figure=open&area=440881", status=404)
    for who in ("auditor", "nobody", "mediator"):
        page(getattr(world.cast, who), "/desk/statistics/departments/water/", status=404)


def test_whoever_works_in_two_areas_chooses(world: World) -> None:
    appoint(world.cast.worker, role=Role.CADRE, area=world.areas["440881102201"], department=None, from_on=FROM)
    html = page(world.cast.worker, "/desk/statistics/")
    assert f"/desk/statistics/{GRID}/" in html
    assert "/desk/statistics/440881102201/" in html


@pytest.mark.parametrize("who", ["auditor", "security", "system", "nobody", "mediator"])
def test_whoever_sees_no_area_is_told_so_and_sees_no_figures(world: World, now: datetime, who: str) -> None:
    make_event(world, at=now - timedelta(days=1))
    person = getattr(world.cast, who)
    assert 'class="empty card"' in page(person, "/desk/statistics/")
    for address in (f"/desk/statistics/{COUNTY}/", f"/desk/statistics/{GRID}/rows/?figure=reported"):
        page(person, address, status=404)


@pytest.mark.parametrize("tail", ["", "rows/?figure=reported", "rows.csv?figure=reported"])
def test_a_neighbour_gets_no_figures_of_the_next_village(world: World, now: datetime, tail: str) -> None:
    make_event(world, at=now - timedelta(days=1))
    for code in (GRID, VILLAGE, COUNTY, "4408", "999", "x", "440881102201001٣"):
        page(world.cast.neighbour, f"/desk/statistics/{code}/{tail}", status=404)


def test_whoever_is_not_signed_in_is_asked_to(world: World) -> None:
    answer = Client().get(f"/desk/statistics/{COUNTY}/")
    assert answer.status_code == 302
    assert "/desk/statistics/" not in answer.url.partition("?")[0]


def test_the_numbers_are_those_of_what_one_may_see(full: World, now: datetime) -> None:
    for person, code in ((full.cast.desk, TOWNSHIP), (full.cast.worker, GRID)):
        visible = Event.objects.visible_to(scope_of(person, now)).filter(ended_at__isnull=True).count()
        html = page(person, f"/desk/statistics/{code}/")
        assert next(n for _address, figure, n in numbers(html) if figure == "open") == visible


# --- what was asked wrongly -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query", ["from=x&to=y", "from=2026-02-30&to=2026-03-01", "period=never", "from=2999-01-01&to=2999-01-02"]
)
def test_a_bad_period_is_said_in_words_beside_the_usual_one(world: World, now: datetime, query: str) -> None:
    make_event(world, at=now - timedelta(days=1))
    html = page(world.cast.county, f"/desk/statistics/{COUNTY}/?{query}", status=422)
    assert 'role="alert"' in html
    assert numbers(html)


@pytest.mark.parametrize(
    "query",
    [
        *("", "figure=none", "figure=reported&state=lost", "figure=reported&category=9999", "figure=reported&only=me"),
        *("figure=reported&category=%D9%A3", "figure=reported&after=x", "figure=reported&from=x&to=y"),
        "figure=reported&state=%00",
    ],
)
def test_rows_that_no_page_links_to_are_refused(world: World, now: datetime, query: str) -> None:
    make_event(world, at=now - timedelta(days=1))
    page(world.cast.county, f"/desk/statistics/{COUNTY}/rows/?{query}", status=422)


# --- many and few -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tail", ["", "rows/?figure=reported", "rows/?figure=closed"])
def test_twenty_matters_take_as_many_queries_as_one(world: World, now: datetime, tail: str) -> None:
    client, address = signed_in(world.cast.county), f"/desk/statistics/{COUNTY}/{tail}"
    make_event(world, State.CLOSED, at=now - timedelta(days=30))
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(address)
    for place in range(19):
        grid = list(world.areas.values())[place % len(world.areas)]
        make_event(world, State.CLOSED, at=now - timedelta(days=30), area=grid)
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    assert len(many) == len(few)


def test_numbers_agree_whichever_index_is_taken(full: World, monkeypatch: pytest.MonkeyPatch) -> None:
    by_area = numbers(page(full.cast.county, f"/desk/statistics/{COUNTY}/"))
    monkeypatch.setattr("linli.statistics.figures.FEW", -1)
    assert numbers(page(full.cast.county, f"/desk/statistics/{COUNTY}/")) == by_area


# --- the table to take away -------------------------------------------------------------------------------------------


def test_the_table_holds_just_the_rows_and_no_words_of_people(full: World) -> None:
    Event.objects.update(title="某人电话", place="某人家门口")
    text = taken(signed_in(full.cast.county), f"/desk/statistics/{COUNTY}/rows.csv?figure=reported")
    found = list(csv.DictReader(io.StringIO(text)))
    html = page(full.cast.county, f"/desk/statistics/{COUNTY}/rows/?figure=reported")
    assert len(found) == count_on(html)
    assert {row["编号"] for row in found} <= set(Event.objects.values_list("number", flat=True))
    for words in ("某人", "村口水沟", "已疏通", "又堵了"):
        assert words not in text


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", "＝"])
def test_a_cell_is_never_taken_for_a_formula(world: World, now: datetime, begin: str) -> None:
    assert harmless(f"{begin}1+1") == f"'{begin}1+1"
    type(world.grid).objects.filter(pk=GRID).update(name=f"{begin}cmd")
    make_event(world, at=now - timedelta(days=1))
    text = taken(signed_in(world.cast.county), f"/desk/statistics/{COUNTY}/rows.csv?figure=reported")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert rows[1][2] == f"'{begin}cmd"
