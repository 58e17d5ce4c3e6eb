"""`/live`: who hears what, how soon it ends, and that nothing is missed on the way."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection, connections, transaction
from django.utils import timezone

from linli.areas.codes import forget_numbering
from linli.events import actions
from linli.events.rules import State
from linli.events.testing import World, make_event
from linli.intake.live import hub, news
from linli.intake.testing import Door
from linli.intake.tests.live import Listening, session_of
from linli.journal import following
from linli.journal.actions import mark_read, record
from linli.people.actions import appoint, end_appointment
from linli.people.models import Appointment, Person
from linli.people.rules import Role
from linli.wall.screens import set_up
from linli.wall.watching import COOKIE

pytestmark = pytest.mark.django_db(transaction=True)
Listen = Callable[..., Listening]


@pytest.fixture
def listen(door: Door) -> Iterator[Listen]:
    """`listen(person)` opens a stream of theirs."""
    opened: list[Listening] = []

    def begin(who: Person | str, query: str = "", **headers: str) -> Listening:
        opened.append(Listening(door, who if isinstance(who, str) else session_of(who), query, **headers))
        if opened[-1].status == 200 and not query and not headers:
            assert opened[-1].next().name == "notices"  # the stream stands
        return opened[-1]

    yield begin
    asyncio.run_coroutine_threadsafe(door.front.hub.stop(), door.loop).result(20)


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """What happens is told in less time than people would notice."""
    monkeypatch.setattr(hub, "EVERY_S", 0.05)
    monkeypatch.setattr(hub, "QUIET_S", 0.02)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rights are looked at, and signs of life are given, all the time."""
    monkeypatch.setattr(hub, "CHECK_S", 0.05)
    monkeypatch.setattr(hub, "BEAT_S", 0.05)


def test_a_new_matter_is_heard_of_where_it_may_be_seen(world: World, listen: Listen) -> None:
    desk = listen(world.cast.desk)
    make_event(world)
    told = desk.next("queue").told
    assert told == {"n": 1, "new": 1, "areas": [world.grid.code], "events": {}}


def test_a_step_names_the_matter_and_where_it_stands_and_no_words(world: World, listen: Listen) -> None:
    event = make_event(world)
    desk = listen(world.cast.desk)
    actions.accept(event, by=world.cast.worker, at=timezone.now())
    assert desk.next("queue").told["events"] == {str(event.pk): "accepted"}


def test_a_screen_hears_of_its_area_alone_and_only_as_long_as_it_may_show_it(
    world: World, listen: Listen, quick: None
) -> None:
    _screen, token = set_up(world.areas["440881101"], name="大厅", days=7, by=world.cast.desk, at=timezone.now())
    screen = listen("", "screen=1", cookie=f"{COOKIE}={token}")
    assert screen.status == 200
    make_event(world, area=world.areas["440881102201001"])
    event = make_event(world)
    assert screen.next("queue").told == {"n": 1, "new": 1, "areas": [event.area_id], "events": {}}
    assert listen("", cookie=f"{COOKIE}={token}").status == 401  # as somebody signed in it is nobody
    assert listen("", "screen=1", cookie=f"{COOKIE}=linlis_{'a' * 43}").status == 401
    held = Appointment.objects.get(person=world.cast.desk, area="440881101")
    end_appointment(held, on=timezone.localdate())
    with pytest.raises(EOFError):
        screen.next("queue")


def test_the_stream_says_how_it_is_to_be_treated_on_the_way(world: World, listen: Listen) -> None:
    stream = listen(world.cast.desk)
    assert stream.status == 200
    assert stream.headers["content-type"].startswith("text/event-stream")
    assert stream.headers["x-accel-buffering"] == "no"
    assert stream.headers["cache-control"] == "no-store"


def test_nobody_hears_of_a_matter_they_may_not_see(world: World, listen: Listen) -> None:
    streams = {name: listen(getattr(world.cast, name)) for name in ("neighbour", "nobody", "auditor", "county")}
    make_event(world)
    streams["county"].next("queue")  # by now everybody was told
    elsewhere = make_event(world, area=world.areas["440881102201001"])
    actions.accept(elsewhere, by=world.cast.neighbour, at=timezone.now())
    told = streams["neighbour"].next("queue").told
    assert told["areas"] == ["440881102201001"]
    streams["county"].next("queue")
    for name in ("nobody", "auditor"):
        streams[name].hang_up()
        with pytest.raises(EOFError):
            streams[name].next("queue")


def test_a_department_hears_of_what_it_has_a_part_in_alone(world: World, listen: Listen) -> None:
    theirs, another = make_event(world, State.ACCEPTED), make_event(world, State.ACCEPTED)
    handler, county = listen(world.cast.handler), listen(world.cast.county)
    at = timezone.now()
    actions.classify(another, category=world.wall, by=world.cast.desk, at=at)
    county.next("queue")
    actions.dispatch(theirs, lead=world.water, co_handlers=[], by=world.cast.desk, at=at)
    assert handler.next("queue").told["events"] == {str(theirs.pk): "dispatched"}


def test_a_matter_that_was_moved_away_is_counted_and_not_named(world: World, listen: Listen) -> None:
    event = make_event(world)
    worker = listen(world.cast.worker)
    actions.move(event, area=world.areas["440881102201001"], by=world.cast.county, at=timezone.now())
    assert worker.next("queue").told == {"n": 1, "new": 0, "areas": [], "events": {}}


def test_one_message_is_made_for_all_who_see_the_same(
    world: World, listen: Listen, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Any] = []
    original = news.of_queue
    monkeypatch.setattr(news, "of_queue", lambda *given, **more: made.append(given) or original(*given, **more))
    streams = [listen(world.cast.county) for _each in range(3)] + [listen(world.cast.leader)]
    make_event(world)
    for stream in streams:
        stream.next("queue")
    assert len(made) == 1


def test_what_is_done_in_the_same_moment_is_told_together(world: World, listen: Listen) -> None:
    desk = listen(world.cast.desk)
    with transaction.atomic():
        for _each in range(3):
            make_event(world)
    told = desk.next("queue").told
    assert (told["n"], told["new"]) == (3, 3)


def test_the_badge_follows_the_notices(world: World, listen: Listen, quick: None) -> None:
    worker = Listening(listen(world.cast.desk)._door, session_of(world.cast.worker))
    assert worker.next("notices").told == {"unread": 0}
    make_event(world)
    assert worker.next("notices").told == {"unread": 1}
    mark_read(world.cast.worker, at=timezone.now())
    assert worker.next("notices").told == {"unread": 0}


# --- what was missed --------------------------------------------------------------------------------------------------


def test_whoever_comes_back_is_told_what_was_missed(world: World, listen: Listen) -> None:
    first = listen(world.cast.desk)
    make_event(world)
    heard = first.next("queue")
    first.hang_up()
    event = make_event(world)
    actions.accept(event, by=world.cast.worker, at=timezone.now())
    again = listen(world.cast.desk, last_event_id=heard.id)
    assert again.next("queue").told["n"] == 1
    page = listen(world.cast.desk, f"after={heard.id}")
    assert page.next("queue").told["new"] == 1


def test_a_front_that_has_just_begun_tells_what_was_missed(world: World, listen: Listen) -> None:
    make_event(world)
    forget_numbering()
    assert listen(world.cast.desk, "after=440881.0").next("queue").told["new"] == 1


def test_of_what_was_missed_only_what_may_be_seen_is_told(world: World, listen: Listen) -> None:
    before = following.spelled(following.place())
    make_event(world)
    neighbour = listen(world.cast.neighbour, f"after={before}")
    assert neighbour.next().name == "notices"
    make_event(world, area=world.areas["440881102201001"])
    assert neighbour.next("queue").told["areas"] == ["440881102201001"]


def test_whoever_missed_very_much_is_told_to_ask_anew(
    world: World, listen: Listen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(news, "MOST_AT_ONCE", 2)
    for _each in range(3):
        make_event(world)
    assert listen(world.cast.desk, "after=440881.0").next("queue").told == {"more": True}


@pytest.mark.parametrize("after", ["", "x", "440881.", "440881.-1", ".5", "440881.99999999999999999999", "\xe9.1"])
def test_a_place_that_is_none_is_passed_over(world: World, listen: Listen, after: str) -> None:
    make_event(world)
    from urllib.parse import quote

    stream = listen(world.cast.desk, f"after={quote(after)}")
    stream.next("notices")
    make_event(world)
    assert stream.next("queue").told["n"] == 1


def test_what_is_committed_in_the_wrong_order_is_not_skipped(world: World) -> None:
    """Two counties: the one that wrote first commits last."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer at a time.")
    at, wrote, may_commit = timezone.now(), threading.Event(), threading.Event()

    def slow() -> None:
        try:
            with transaction.atomic():
                record("area.opened", on=world.grid, by=None, at=at, area="440881")
                wrote.set()
                assert may_commit.wait(20)
        finally:
            connections.close_all()

    begun = following.place()
    other = threading.Thread(target=slow)
    other.start()
    assert wrote.wait(20)
    later = record("area.opened", on=world.grid, by=None, at=at, area="440882")
    first, reached = following.since(begun, 100)
    assert [one.pk for one in first] == [later.pk]
    may_commit.set()
    other.join()
    second, reached = following.since(reached, 100)
    assert [one.pk < later.pk for one in second] == [True]
    assert following.since(reached, 100)[0] == []


# --- who may listen ---------------------------------------------------------------------------------------------------


def test_without_signing_in_there_is_nothing_to_hear(world: World, door: Door) -> None:
    assert door.get("/live")[0] == 401
    assert Listening(door, "x" * 32).refusal == "sign_in"
    assert door.ask("POST", "/live", b"")[0] == 405


def test_a_sign_out_ends_the_stream(world: World, listen: Listen, quick: None) -> None:
    session = session_of(world.cast.desk)
    stream = listen(session)
    Session.objects.filter(pk=session).delete()
    assert stream.is_over()


def test_a_new_password_ends_the_stream(world: World, listen: Listen, quick: None) -> None:
    stream = listen(world.cast.desk)
    world.cast.desk.set_password("anders")
    world.cast.desk.save()
    assert stream.is_over()


def test_the_end_of_an_appointment_ends_the_stream(world: World, listen: Listen, quick: None) -> None:
    stream, stays = listen(world.cast.desk), listen(world.cast.county)
    end_appointment(world.cast.desk.appointments.get(), on=date(2025, 6, 1))
    assert stream.is_over()
    make_event(world)
    assert stays.next("queue").told["n"] == 1


def test_a_new_appointment_is_heard_after_coming_again(world: World, listen: Listen, quick: None) -> None:
    stream = listen(world.cast.nobody)
    appoint(world.cast.nobody, role=Role.LEADER, area=world.areas["440881"], from_on=date(2025, 1, 1))
    assert stream.is_over()
    again = listen(world.cast.nobody)
    make_event(world)
    assert again.next("queue").told["n"] == 1


def test_what_else_changes_in_a_session_ends_nothing(world: World, listen: Listen, quick: None) -> None:
    from django.contrib.sessions.backends.db import SessionStore

    session = session_of(world.cast.desk)
    stream = listen(session)
    store = SessionStore(session)
    store["something"] = "else"
    store.save()
    make_event(world)
    assert stream.next("queue").told["n"] == 1
    Session.objects.filter(pk=session).update(expire_date=timezone.now() - timedelta(days=1))
    assert stream.is_over()


def test_a_resident_hears_of_the_matter_whose_receipt_they_hold(world: World, door: Door, listen: Listen) -> None:
    from django.test import Client

    reported = actions.report(text="路灯不亮", area=world.grid, at=timezone.now(), source="resident")
    number = reported.event.number
    browser, other = Client(), Client()
    browser.post(f"/status/{number}", {"key": reported.secret})
    stream = listen(browser.cookies["sessionid"].value, f"number={number}")
    assert stream.status == 200
    make_event(world)
    actions.accept(reported.event, by=world.cast.worker, at=timezone.now())
    assert stream.next().told == {"number": number, "state": "accepted"}
    other.get("/report")
    assert listen(other.cookies["sessionid"].value, f"number={number}").refusal == "no_such_receipt"
    assert listen(session_of(world.cast.county), f"number={number}").status == 404


# --- bounds -----------------------------------------------------------------------------------------------------------


def test_beyond_the_bound_people_are_asked_to_come_back(world: World, door: Door, listen: Listen) -> None:
    listen(world.cast.desk)
    door.front.hub.most = 1
    turned = listen(world.cast.county)
    assert (turned.status, turned.refusal) == (503, "many_listen")
    assert int(turned.headers["retry-after"]) > 0


def test_one_session_does_not_take_every_place(world: World, listen: Listen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "MOST_OF_A_SESSION", 2)
    session = session_of(world.cast.desk)
    first, _second = listen(session), listen(session)
    assert listen(session).status == 503
    first.hang_up()
    assert listen(session).status == 200


def test_whoever_does_not_read_is_let_go_and_holds_up_nobody(
    world: World, door: Door, listen: Listen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("linli.intake.live.streams.MOST_UNREAD", 300)
    slow, quick = listen(world.cast.desk), listen(world.cast.county)
    door.loop.call_soon_threadsafe(slow.reads.clear)
    told = 0
    while not door.front.hub.counts["dropped"]:
        make_event(world)
        told += quick.next("queue").told["n"]
        assert told < 50
    assert door.front.hub.listening == 1


def test_signs_of_life_carry_the_place(world: World, listen: Listen, quick: None) -> None:
    stream = listen(world.cast.nobody)
    begun = stream.last_id
    make_event(world)
    while stream.last_id == begun:
        _heartbeat(stream)
    assert following.read(stream.last_id) == following.place()


def _heartbeat(stream: Listening) -> None:
    part = stream._parts.get(timeout=20)
    assert part is not None
    stream.last_id = part.decode().partition("id: ")[2].partition("\n")[0] or stream.last_id


def test_told_to_stop_all_streams_end_and_none_begins(world: World, door: Door, listen: Listen) -> None:
    streams = [listen(world.cast.desk), listen(world.cast.county)]
    door.loop.call_soon_threadsafe(door.front.hub.end_all)
    assert all(stream.is_over() for stream in streams)
    assert listen(world.cast.desk).status == 503


def test_nobody_asks_the_store_while_nobody_listens(world: World, door: Door, listen: Listen) -> None:
    stream = listen(world.cast.desk)
    stream.hang_up()
    task = door.front.hub._task
    if task is not None:
        asyncio.run_coroutine_threadsafe(asyncio.wait([task]), door.loop).result(20)
    assert door.front.hub._task is None
    assert listen(world.cast.desk).status == 200


def test_the_figures_tell_who_listens(world: World, door: Door, listen: Listen) -> None:
    listen(world.cast.desk)
    figures = door.get("/metrics")[1]
    assert "linli_live_clients 1\n" in figures
    assert "linli_live_opened_total 1\n" in figures
