"""Notes between shifts: what shows by itself, handing over, taking over, questions, and what is not said of anybody."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import gettext as _
from playwright.sync_api import Page, expect

from linli.desk.models import Handover, Pin, ShiftQuestion
from linli.desk.shifts import actions
from linli.desk.shifts.actions import Pinned
from linli.desk.shifts.figures import Figure, Times, counted
from linli.events.actions import object as object_to
from linli.events.actions import supervise
from linli.events.models import Event
from linli.events.rules import State
from linli.events.testing import GRID, World, make_event, make_world
from linli.events.tests.pages import desk_of, recent, words_of
from linli.journal.models import Entry
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.people.actions import add_person, appoint, scope_of
from linli.people.models import Person
from linli.people.rules import Role
from linli.people.testing import FROM, PASSWORD

TOWNSHIP = "440881101"


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def successor(world: World) -> Person:
    person = add_person(username="next", name="接班人", password=PASSWORD)
    appoint(person, role=Role.DESK, area=world.areas[TOWNSHIP], from_on=FROM)
    return person


def note_of(world: World, *, pins: tuple[Pinned, ...] = (), at: object = None) -> Handover:
    moment = at or timezone.now()
    return actions.hand_over(
        world.areas[TOWNSHIP],
        next_until=moment + timedelta(hours=10),  # type: ignore[operator]
        words="三号路口排水泵已借调，明早八点还。",
        pins=pins,
        by=world.cast.desk,
        at=moment,  # type: ignore[arg-type]
    )


def test_the_figures_show_by_themselves_what_the_next_shift_meets(world: World) -> None:
    now = timezone.now()
    soon, late = recent(world, State.HANDLING), recent(world, State.ACCEPTED)
    Event.objects.filter(pk=soon.pk).update(due_at=now + timedelta(hours=3))
    Event.objects.filter(pk=late.pk).update(due_at=now - timedelta(hours=3))
    supervise(soon, supervisor=world.cast.leader, text="超期", by=world.cast.leader, at=now)
    object_to(recent(world, State.DISPATCHED), next_owner=world.housing, basis="第1项", by=world.cast.handler, at=now)
    make_event(world, State.ACCEPTED, at=now - timedelta(days=20))
    recent(world, State.CLOSED)
    recent(world, area=world.areas["440881102201001"])
    times = Times(now - timedelta(hours=12), now, now + timedelta(hours=10))
    found = counted(scope_of(world.cast.county, now), TOWNSHIP, times)
    figures = {name: one["count"] for name, one in found.items()}
    assert figures["due"] == 1 and figures["supervised"] == 1 and figures["objections"] == 1
    assert figures["overdue"] == 2 and figures["new"] == 3 and figures["open"] == 4 and figures["whistles"] == 0
    assert found["due"]["keys"] == [str(soon.pk)]


def test_handing_over_and_taking_over_are_recorded_by_whom_and_when(world: World) -> None:
    event, after = recent(world), timezone.now() + timedelta(minutes=9)
    note = note_of(world, pins=(Pinned(event.number, "等供电局到场"),))
    with pytest.raises(Refused) as refused:
        actions.take_over(note, by=world.cast.desk, at=after)
    assert refused.value.code == "own_note"
    with pytest.raises(NotYours):
        actions.take_over(note, by=world.cast.worker, at=after)
    actions.take_over(note, by=(who := successor(world)), at=after)
    note.refresh_from_db()
    assert (note.taken_by, note.taken_at) == (who, after)
    verbs = Entry.objects.filter(on_kind="handover").order_by("id")
    assert [one.verb for one in verbs] == ["shift.handed_over", "shift.taken_over"]
    assert "排水泵" not in str([one.facts for one in verbs])
    with pytest.raises(Refused):
        actions.take_over(note, by=who, at=after)


def test_one_note_waits_at_a_time_and_can_be_taken_back(world: World) -> None:
    note = note_of(world)
    with pytest.raises(Refused) as refused:
        note_of(world)
    assert refused.value.code == "not_taken_over"
    with pytest.raises(NotYours):
        actions.take_back(note, by=successor(world), at=timezone.now())
    actions.take_back(note, by=world.cast.desk, at=timezone.now())
    assert note_of(world).pk != note.pk


def test_the_next_note_counts_from_the_one_before(world: World) -> None:
    first = note_of(world, at=timezone.now() - timedelta(hours=5))
    actions.take_over(first, by=successor(world), at=timezone.now())
    assert note_of(world).since == first.handed_at


def test_a_pin_names_a_matter_in_sight_and_says_why(world: World) -> None:
    far = recent(world, area=world.areas["440881102201001"])
    for pins in ((Pinned(far.number, "看"),), (Pinned("1", "看"),), (Pinned(recent(world).number, " "),)):
        with pytest.raises(BadInput):
            note_of(world, pins=pins)
    assert not Handover.objects.exists() and not Pin.objects.exists()
    with pytest.raises(NotYours):
        actions.hand_over(
            world.areas["440881"], next_until=timezone.now(), words="", pins=(), by=world.cast.desk, at=timezone.now()
        )


def test_the_successor_asks_and_the_one_before_answers_once(world: World) -> None:
    note, now = note_of(world), timezone.now()
    asked = actions.ask(note, words="泵还给谁？", by=successor(world), at=now)
    actions.answer(asked, words="还给水务局", by=world.cast.desk, at=now)
    asked.refresh_from_db()
    assert (asked.answer, asked.answered_by) == ("还给水务局", world.cast.desk)
    with pytest.raises(Refused):
        actions.answer(asked, words="改", by=world.cast.desk, at=now)


def test_a_note_nobody_takes_over_stands_at_the_top_of_the_queue(world: World, settings: object) -> None:
    who = desk_of(successor(world))
    note = note_of(world)
    assert f"/desk/shifts/{note.pk}/" not in words_of(who.get("/desk/"))
    Handover.objects.update(handed_at=note.handed_at - timedelta(hours=1), since=note.since - timedelta(hours=1))
    Handover.objects.update(take_by=timezone.now() - timedelta(minutes=1))
    assert f"/desk/shifts/{note.pk}/" in words_of(who.get("/desk/"))
    assert f"/desk/shifts/{note.pk}/" not in words_of(desk_of(world.cast.county).get("/desk/"))
    who.post(f"/desk/shifts/{note.pk}/take-over")
    assert f"/desk/shifts/{note.pk}/" not in words_of(who.get("/desk/"))


def test_the_pages_are_for_desks_and_their_leaders(world: World) -> None:
    note = note_of(world)
    there = f"/desk/shifts/{note.pk}/"
    assert desk_of(world.cast.leader).get(there).status_code == 200
    for person in (world.cast.worker, world.cast.neighbour, world.cast.handler, world.cast.nobody):
        assert desk_of(person).get(there).status_code == 404
        assert desk_of(person).get("/desk/shifts/").status_code == 403
    assert desk_of(world.cast.desk).get("/desk/shifts/?area=440881102").status_code == 404


def test_every_figure_opens_its_rows_now_and_as_counted_then(world: World) -> None:
    event, client = recent(world, State.HANDLING, text="要交的一件"), desk_of(world.cast.desk)
    note = note_of(world)
    for figure in Figure:
        assert client.get(f"/desk/shifts/rows?figure={figure}&until=2099-01-01T08:00").status_code == 200
    assert "要交的一件" in words_of(client.get("/desk/shifts/rows?figure=open"))
    Event.objects.filter(pk=event.pk).update(area=world.areas["440881102201001"])
    assert "要交的一件" not in words_of(client.get(f"/desk/shifts/{note.pk}/rows?figure=open"))
    assert client.get("/desk/shifts/rows?figure=best_worker").status_code == 404


def test_what_is_wrong_with_a_note_is_said_and_nothing_typed_is_lost(world: World) -> None:
    client = desk_of(world.cast.desk)
    sent = {"next_until": "x", "words": "三号路口", "number": ["9"], "remark": ["看一下"]}
    answer = client.post("/desk/shifts/", sent)
    assert answer.status_code == 422
    assert all(word in words_of(answer) for word in ("三号路口", "看一下", _("Say until when the next shift lasts.")))


def test_many_notes_and_matters_cost_as_many_queries_as_few(world: World) -> None:
    client, asked = desk_of(world.cast.desk), []
    for more in (2, 20):
        for number in range(more):
            recent(world, (State.REPORTED, State.HANDLING)[number % 2])
            note = note_of(world, at=timezone.now() - timedelta(minutes=30 - number))
            actions.take_back(note, by=world.cast.desk, at=timezone.now())
        for where in ("/desk/shifts/", f"/desk/shifts/{note.pk}/", "/desk/shifts/rows?figure=open"):
            client.get(where)
            with CaptureQueriesContext(connection) as queries:
                client.get(where)
            asked.append(len(queries))
    assert asked[:3] == asked[3:]


@pytest.mark.browser
def test_a_shift_is_handed_over_asked_about_and_taken_over(
    transactional_db: None, open_page: object, sign_in: object
) -> None:
    world = make_world()
    event, who = recent(world, State.HANDLING), successor(world)
    assert event.area_id == GRID
    page: Page = open_page()  # type: ignore[operator]
    sign_in(page, world.cast.desk)  # type: ignore[operator]
    page.goto("/desk/")
    page.get_by_role("link", name=_("Shifts")).first.click()
    page.get_by_label(_("What the next shift should know")).fill("泵已借调")
    page.get_by_label(_("Number")).first.fill(event.number)
    page.get_by_label(_("Why"), exact=True).first.fill("等供电局到场")
    page.get_by_role("button", name=_("Hand over")).click()
    expect(page.get_by_text("等供电局到场")).to_be_visible()
    other: Page = open_page(viewport={"width": 390, "height": 844})  # type: ignore[operator]
    sign_in(other, who)  # type: ignore[operator]
    other.goto("/desk/shifts/")
    other.get_by_role("link", name=_("Look at the note")).click()
    other.get_by_label(_("Your question")).fill("泵还给谁？")
    other.get_by_role("button", name=_("Ask it")).click()
    expect(other.get_by_text("泵还给谁？")).to_be_visible()
    other.get_by_role("button", name=_("Take over")).click()
    expect(other.get_by_role("status").get_by_text(_("You have taken over."))).to_be_visible()
    note = Handover.objects.get()
    assert note.taken_by == who and ShiftQuestion.objects.get().asked_by == who
