"""Closed matters are drawn by lot, looked at again by somebody who had no hand in them, and opened if it does not hold."""

from collections.abc import Callable
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from linli.chores.table import CHORES
from linli.events import actions
from linli.events.models import Draw, DrawPlan, Event, Reinspection
from linli.events.rules import State
from linli.events.testing import NOON, World, make_event, make_world
from linli.events.tests.pages import page_of, words_of
from linli.journal.models import Entry, Notice
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.people.actions import appoint
from linli.people.rules import Role
from linli.people.testing import FROM

pytestmark = pytest.mark.django_db

#: The matters are closed on Monday the 16th; the week is over on the 23rd.
FIRST, LAST = date(2026, 11, 16), date(2026, 11, 22)
MONDAY = NOON + timedelta(days=7)


@pytest.fixture
def world() -> World:
    return make_world()


def planned(world: World, code: str = "440881", **plan: int) -> DrawPlan:
    return actions.plan_draws(world.areas[code], by=world.cast.county, at=NOON, **plan)


def a_draw(world: World, count: int = 3, share_percent: int = 100) -> Draw:
    planned(world, share_percent=share_percent)
    for _each in range(count):
        make_event(world, State.CLOSED)
    return actions.draw_lots(world.areas["440881"], from_on=FIRST, to_on=LAST, by=world.cast.county, at=MONDAY)


def test_the_share_is_drawn_and_given_to_somebody_who_had_no_hand_in_it(world: World) -> None:
    draw = a_draw(world, count=5, share_percent=40)
    rows = list(draw.reinspections.all())
    assert [row.lot for row in rows] == [1, 2] and len(draw.population) == 5
    assert {row.inspector for row in rows} == {world.cast.verifier}
    assert {row.due_at.date() for row in rows} == {date(2026, 11, 30)}
    told = Notice.objects.filter(entry__verb="event.drawn").values_list("person", flat=True)
    assert list(told) == [world.cast.verifier.pk] * 2


def test_whoever_verified_is_not_given_the_matter(world: World) -> None:
    event = make_event(world, State.RESULT_SUBMITTED)
    actions.verify(event, by=world.cast.verifier, at=NOON + timedelta(hours=1))
    actions.close(event, text="已清理", by=world.cast.desk, at=NOON + timedelta(hours=2))
    planned(world)
    draw = actions.draw_lots(world.areas["440881"], from_on=FIRST, to_on=LAST, by=world.cast.county, at=MONDAY)
    # The desk of the township closed it; the county's is the next.
    assert draw.reinspections.get().inspector is None
    with pytest.raises(NotYours) as refusal:
        actions.reinspect(event, finding="held", text="", by=world.cast.verifier, at=MONDAY)
    assert refusal.value.code == "verified_it"


def test_what_does_not_hold_is_open_again_and_its_finding_counts(world: World) -> None:
    draw = a_draw(world, count=1)
    event = Event.objects.get()
    actions.reinspect(event, finding="not_held", text="水又漫上来了", by=world.cast.verifier, at=MONDAY)
    event.refresh_from_db()
    assert (event.state, event.reopened) == (State.ACCEPTED, 1)
    assert draw.reinspections.get().finding == "not_held"
    verbs = list(Entry.objects.filter(on_key=str(event.pk)).order_by("id").values_list("verb", flat=True))
    assert verbs[-3:] == ["event.drawn", "event.reinspected", "event.reopened"]


@pytest.mark.parametrize("finding", ["held", "not_seen"])
def test_what_holds_or_could_not_be_seen_stays_closed(world: World, finding: str) -> None:
    a_draw(world, count=1)
    event = Event.objects.get()
    actions.reinspect(event, finding=finding, text="大门锁着", by=world.cast.verifier, at=MONDAY)
    event.refresh_from_db()
    assert event.state == State.CLOSED and not Reinspection.objects.waiting().exists()


def test_only_what_was_drawn_can_be_looked_at_again_and_once(world: World) -> None:
    event = make_event(world, State.CLOSED)
    with pytest.raises(Refused) as refusal:
        actions.reinspect(event, finding="held", text="", by=world.cast.verifier, at=MONDAY)
    assert refusal.value.code == "not_drawn"
    planned(world)
    actions.draw_lots(world.areas["440881"], from_on=FIRST, to_on=LAST, by=world.cast.county, at=MONDAY)
    actions.reinspect(event, finding="held", text="", by=world.cast.verifier, at=MONDAY)
    with pytest.raises(Refused):
        actions.reinspect(event, finding="held", text="", by=world.cast.verifier, at=MONDAY)


def test_words_are_needed_unless_it_holds(world: World) -> None:
    a_draw(world, count=1)
    with pytest.raises(BadInput):
        actions.reinspect(Event.objects.get(), finding="not_held", text=" ", by=world.cast.verifier, at=MONDAY)


def test_one_look_answers_the_draws_of_township_and_county(world: World) -> None:
    planned(world, "440881101")
    a_draw(world, count=1)
    actions.draw_lots(world.areas["440881101"], from_on=FIRST, to_on=LAST, by=world.cast.desk, at=MONDAY)
    actions.reinspect(Event.objects.get(), finding="held", text="", by=world.cast.verifier, at=MONDAY)
    assert [row.finding for row in Reinspection.objects.all()] == ["held", "held"]


def test_a_day_is_drawn_of_once(world: World) -> None:
    a_draw(world, count=1)
    with pytest.raises(Refused) as refusal:
        actions.draw_lots(world.areas["440881"], from_on=LAST, to_on=LAST, by=world.cast.county, at=MONDAY)
    assert refusal.value.code == "drawn_already"


def test_a_day_that_is_not_over_is_not_drawn_of(world: World) -> None:
    planned(world)
    with pytest.raises(BadInput) as refusal:
        actions.draw_lots(world.areas["440881"], from_on=FIRST, to_on=NOON.date(), by=world.cast.county, at=NOON)
    assert refusal.value.code == "not_over_yet"


def test_without_a_plan_there_is_no_draw(world: World) -> None:
    with pytest.raises(Refused) as refusal:
        actions.draw_lots(world.areas["440881"], from_on=FIRST, to_on=LAST, by=world.cast.county, at=MONDAY)
    assert refusal.value.code == "no_plan"


def test_a_plan_kept_again_keeps_its_secret(world: World) -> None:
    before = planned(world).commitment
    assert planned(world, share_percent=7).commitment == before
    a_draw(world, count=1)
    assert DrawPlan.objects.get().commitment != before


@pytest.mark.parametrize("who", ["worker", "handler", "verifier", "leader", "neighbour", "nobody", "system"])
def test_only_the_desk_of_the_area_draws(world: World, who: str) -> None:
    with pytest.raises(NotYours):
        actions.plan_draws(world.areas["440881101"], by=getattr(world.cast, who), at=NOON)


def test_the_desk_of_a_township_does_not_draw_for_the_county(world: World) -> None:
    with pytest.raises(NotYours):
        actions.plan_draws(world.areas["440881"], by=world.cast.desk, at=NOON)


def _chore(at: timezone.datetime) -> None:
    next(work for work in CHORES if work.name == "draws").do(at)


def test_the_worker_draws_once_a_week_and_writes_nothing_else(world: World) -> None:
    planned(world)
    make_event(world, State.CLOSED)
    _chore(MONDAY)
    written = Entry.objects.count()
    _chore(MONDAY + timedelta(hours=1))
    _chore(MONDAY + timedelta(days=5))
    assert Draw.objects.count() == 1 and Entry.objects.count() == written
    _chore(MONDAY + timedelta(days=7))
    assert [len(draw.population) for draw in Draw.objects.order_by("from_on")] == [1, 0]


def test_a_draw_as_it_was_is_proved(world: World) -> None:
    draw = a_draw(world)
    said = StringIO()
    call_command("reinspections", "verify", str(draw.pk), stdout=said)
    assert said.getvalue().startswith(f"{draw.pk}\t")
    assert actions.wrong_with(draw) == []


def _another_list(draw: Draw) -> None:
    Draw.objects.filter(pk=draw.pk).update(population=draw.population[1:])


def _another_secret(draw: Draw) -> None:
    Draw.objects.filter(pk=draw.pk).update(secret="00" * 32)


def _another_seed(draw: Draw) -> None:
    Draw.objects.filter(pk=draw.pk).update(seed="00" * 32)


def _another_share(draw: Draw) -> None:
    Draw.objects.filter(pk=draw.pk).update(share_percent=50)


def _one_less(draw: Draw) -> None:
    draw.reinspections.last().delete()  # type: ignore[union-attr]


@pytest.mark.parametrize("change", [_another_list, _another_secret, _another_seed, _another_share, _one_less])
def test_a_draw_that_was_changed_is_told(world: World, change: Callable[[Draw], None]) -> None:
    draw = a_draw(world)
    change(draw)
    draw.refresh_from_db()
    assert actions.wrong_with(draw)
    with pytest.raises(BadInput) as refusal:
        call_command("reinspections", "verify", stdout=StringIO())
    assert refusal.value.code == "draws_changed"


def test_the_secret_was_fixed_in_the_journal_before_the_list_and_stood_nowhere_in_the_open(world: World) -> None:
    plan = planned(world)
    fixed = Entry.objects.get(verb="draw.planned").facts["next"]
    draw = a_draw(world, count=1)
    assert fixed == draw.commitment == plan.commitment
    assert draw.secret not in bytes(DrawPlan.objects.get().secret).hex()


def test_the_page_lists_what_waits_and_the_desk_draws_on_it(world: World, client: Client) -> None:
    client.force_login(world.cast.county)
    plan = {"do": "plan", "plan-area": "440881", "plan-share_percent": 100, "plan-at_most": 9, "plan-working_days": 3}
    assert client.post("/desk/reinspections/", plan).status_code == 302
    today = timezone.localdate()
    make_event(world, State.CLOSED, at=timezone.now() - timedelta(days=3))
    days = {
        "draw-from_on": (today - timedelta(days=5)).isoformat(),
        "draw-to_on": (today - timedelta(days=1)).isoformat(),
    }
    assert client.post("/desk/reinspections/", {"do": "draw", "draw-area": "440881", **days}).status_code == 302
    event, draw = Event.objects.get(), Draw.objects.get()
    assert event.number in words_of(client.get("/desk/reinspections/"))
    assert draw.seed in words_of(client.get(f"/desk/reinspections/{draw.pk}/"))
    assert client.get(f"/desk/reinspections/{draw.pk}/list.txt").content.decode() == f"{event.number}\n"
    again = client.post("/desk/reinspections/", {"do": "draw", "draw-area": "440881", **days})
    assert again.status_code == 422


def test_the_matter_offers_the_look_only_while_it_waits(world: World, client: Client) -> None:
    event = make_event(world, State.CLOSED, at=timezone.now() - timedelta(days=3))
    client.force_login(world.cast.verifier)
    address = f"/desk/events/{event.pk}/reinspect"
    assert address not in client.get(page_of(event)).content.decode()
    planned(world)
    days = [timezone.localdate() - timedelta(days=back) for back in (5, 1)]
    actions.draw_lots(world.areas["440881"], from_on=days[0], to_on=days[1], by=world.cast.county, at=timezone.now())
    assert address in client.get(page_of(event)).content.decode()
    assert client.post(address, {"finding": "held", "text": "水流畅通"}).status_code == 302
    assert address not in client.get(page_of(event)).content.decode()


@pytest.mark.parametrize("who", ["neighbour", "nobody", "handler"])
def test_a_draw_is_not_there_for_whoever_does_not_see_its_area(world: World, client: Client, who: str) -> None:
    draw = a_draw(world, count=1)
    client.force_login(getattr(world.cast, who))
    assert client.get(f"/desk/reinspections/{draw.pk}/").status_code == 404
    assert Event.objects.get().number not in words_of(client.get("/desk/reinspections/"))


def test_a_draw_of_one_quiet_day_does_not_spare_the_others_of_the_week(world: World) -> None:
    event = make_event(world, State.CLOSED)
    planned(world)
    actions.draw_lots(world.areas["440881"], from_on=LAST, to_on=LAST, by=world.cast.county, at=MONDAY)
    _chore(MONDAY)
    drawn = [(draw.from_on, draw.to_on, draw.population) for draw in Draw.objects.order_by("from_on")]
    assert drawn == [(FIRST, LAST - timedelta(days=1), [event.number]), (LAST, LAST, [])]


def test_nobody_else_looks_than_the_lot_chose_until_the_day_is_over(world: World) -> None:
    a_draw(world, count=1)
    event = Event.objects.get()
    # Of another desk, without a hand in the matter.
    other = world.cast.nobody
    appoint(other, role=Role.DESK, area=world.areas["440881"], from_on=FROM)
    with pytest.raises(NotYours) as refusal:
        actions.reinspect(event, finding="held", text="", by=other, at=MONDAY)
    assert refusal.value.code == "drawn_for_another"
    actions.reinspect(event, finding="held", text="", by=other, at=MONDAY + timedelta(days=20))
    assert not Reinspection.objects.waiting().exists()


def test_whoever_closed_it_does_not_look_again(world: World) -> None:
    event = make_event(world, State.RESULT_SUBMITTED)
    actions.verify(event, by=world.cast.verifier, at=NOON + timedelta(hours=1))
    actions.close(event, text="已清理", by=world.cast.desk, at=NOON + timedelta(hours=2))
    planned(world)
    actions.draw_lots(world.areas["440881"], from_on=FIRST, to_on=LAST, by=world.cast.county, at=MONDAY)
    with pytest.raises(NotYours) as refusal:
        actions.reinspect(event, finding="held", text="", by=world.cast.desk, at=MONDAY)
    assert refusal.value.code == "closed_it"


def test_a_matter_reopened_before_anybody_looked_waits_for_nobody(world: World) -> None:
    draw = a_draw(world, count=1)
    actions.reopen(Event.objects.get(), text="没有解决", by=world.cast.desk, at=MONDAY + timedelta(hours=1))
    assert not Reinspection.objects.waiting().exists()
    assert draw.reinspections.get().is_overtaken


def _not_hexadecimal(draw: Draw) -> None:
    Draw.objects.filter(pk=draw.pk).update(secret="none")


def _other_days(draw: Draw) -> None:
    Draw.objects.filter(pk=draw.pk).update(from_on=FIRST - timedelta(days=1))


@pytest.mark.parametrize("change", [_not_hexadecimal, _other_days])
def test_another_secret_or_other_days_are_told(world: World, change: Callable[[Draw], None]) -> None:
    draw = a_draw(world)
    change(draw)
    draw.refresh_from_db()
    assert len(actions.wrong_with(draw)) >= 1


def test_another_inspector_than_was_drawn_is_told(world: World) -> None:
    draw = a_draw(world)
    draw.reinspections.update(inspector=world.cast.desk)
    assert [str(words) for words in actions.wrong_with(draw)] == ["安排的复查人与抽取结果不一致。"]


def test_a_draw_that_was_taken_out_is_told(world: World) -> None:
    draw = a_draw(world)
    draw.reinspections.all().delete()
    key = draw.pk
    draw.delete()
    assert actions.lost_draws() == [key]
    with pytest.raises(BadInput):
        call_command("reinspections", "verify", stdout=StringIO())


def test_only_the_one_the_lot_chose_is_offered_the_look(world: World) -> None:
    a_draw(world, count=1)
    event = Event.objects.get()
    offered = {
        name
        for name in ("desk", "county", "verifier")
        if "reinspect" in actions.steps_for(event, getattr(world.cast, name), MONDAY)
    }
    assert offered == {"verifier"}
    late = Reinspection.objects.get().due_at + timedelta(days=1)
    assert "reinspect" in actions.steps_for(event, world.cast.desk, late)
