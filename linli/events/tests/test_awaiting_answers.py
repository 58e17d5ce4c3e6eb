"""The reporter's answer: asked for until a day, then noted as none; a later one takes its place."""

from datetime import timedelta

import pytest

from linli.chores.running import run_due
from linli.chores.table import CHORES
from linli.events import actions
from linli.events.actions.awaiting_answers import note_silence
from linli.events.actions.verification_rules import set_rule
from linli.events.models import Event
from linli.events.rules import Rating, State, Verification
from linli.events.testing import NOON, World, make_event
from linli.journal.models import Entry
from linli.kit.refusal import BadInput, Refused

DAY = timedelta(days=1)


def closed(world: World, state: str = State.CLOSED) -> Event:
    event = make_event(world, state)
    assert event.answer_by is not None
    return event


@pytest.mark.parametrize("state", [State.CLOSED, State.SELF_HANDLED])
def test_a_closed_matter_waits_seven_days_for_the_answer_where_no_rule_speaks(world: World, state: str) -> None:
    event = closed(world, state)
    # The 23rd of November is a working Monday.
    assert event.answer_by == NOON.replace(hour=9, minute=30) + 7 * DAY
    assert note_silence(event.answer_by - timedelta(seconds=1)) == 0
    assert note_silence(event.answer_by) == 1
    event.refresh_from_db()
    assert (event.rating, event.followed_up_at) == (Rating.NO_ANSWER, None)
    assert note_silence(event.answer_by + DAY) == 0
    assert Entry.objects.filter(on_key=str(event.pk), verb="event.unanswered").count() == 1


def test_the_county_may_give_more_days(world: World) -> None:
    asks = Verification(answer_days=14)
    set_rule(area=world.areas["440881"], category=None, asks=asks, by=world.cast.county, at=NOON)
    assert closed(world).answer_by == NOON.replace(hour=9, minute=30) + 14 * DAY


def test_whoever_has_answered_is_not_noted_as_silent(world: World) -> None:
    event = closed(world)
    actions.follow_up(event, rating="partly", by=None, at=NOON + DAY)
    assert note_silence(NOON + 20 * DAY) == 0
    event.refresh_from_db()
    assert event.rating == "partly"


def test_a_later_answer_takes_the_place_of_none_for_30_days(world: World) -> None:
    event = closed(world)
    note_silence(NOON + 10 * DAY)
    event.refresh_from_db()
    actions.follow_up(event, rating="satisfied", by=None, at=NOON + 29 * DAY)
    assert event.rating == "satisfied"
    with pytest.raises(Refused) as refusal:
        actions.follow_up(event, rating="partly", by=None, at=NOON + 31 * DAY)
    assert refusal.value.code == "too_late_to_answer"


def test_a_reopened_matter_waits_for_no_answer(world: World) -> None:
    event = closed(world)
    actions.reopen(event, text="又堵了", by=None, at=NOON + DAY)
    assert event.answer_by is None
    assert note_silence(NOON + 20 * DAY) == 0


def test_nobody_says_that_nobody_answered(world: World) -> None:
    event = closed(world)
    for by in (None, world.cast.desk):
        with pytest.raises(BadInput):
            actions.follow_up(event, rating=Rating.NO_ANSWER, by=by, at=NOON + DAY)


def test_the_chore_notes_it_and_writes_nothing_when_there_is_none(world: World) -> None:
    event = closed(world)
    works = [work for work in CHORES if work.name == "answers_waited_for"]
    run_due(lambda: NOON + 10 * DAY, works)
    event.refresh_from_db()
    assert event.rating == Rating.NO_ANSWER
    entries = Entry.objects.count()
    run_due(lambda: NOON + 11 * DAY, works)
    assert Entry.objects.count() == entries
