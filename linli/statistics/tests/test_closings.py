"""A reopened matter counts against its closing, and a bounced one is counted: numbers and their rows."""

from datetime import timedelta

from linli.events import actions
from linli.events.actions.awaiting_answers import note_silence
from linli.events.models import Event
from linli.events.rules import State
from linli.events.testing import World, make_event
from linli.statistics.figures import Moment
from linli.statistics.periods import Period
from linli.statistics.sheet import Sheet, sheet_of
from linli.statistics.tests.test_figures import AFTERWARDS, BEGINS, NOVEMBER, OCTOBER, counted

DAY = timedelta(days=1)
FIGURES = ("closings", "held", "held_in_time", "fell", "closed", "bounced", "bounced_again", "no_answer", "unknown")


def sheet(world: World, period: Period = OCTOBER) -> Sheet:
    found = sheet_of(world.areas["440881"], Moment(period, AFTERWARDS))
    for figure in FIGURES:
        assert found.numbers[figure].n == len(counted(figure, period)), figure
    return found


def close_again(world: World, event: Event, begun: object) -> None:
    desk, at = world.cast.county, begun + timedelta(hours=1)  # type: ignore[operator]
    actions.dispatch(event, lead=world.water, by=desk, at=at)
    actions.sign_for(event, by=world.cast.handler, at=at)
    actions.submit_result(event, text="再次疏通", by=world.cast.handler, at=at)
    actions.verify(event, by=desk, at=at)
    actions.close(event, text="已办结", by=desk, at=at)


def test_closed_reopened_and_closed_again_counts_against_the_first_closing(world: World) -> None:
    event, other = (make_event(world, State.CLOSED, at=BEGINS) for _each in range(2))
    assert counted("held") == counted("held_in_time") == counted("closings") == {event, other}
    assert sheet(world).numbers["fell"].n == 0

    actions.reopen(event, text="又堵了", by=None, at=BEGINS + 2 * DAY)
    assert counted("closings") == {event, other}
    assert counted("held") == counted("held_in_time") == {other}
    assert counted("fell") == {event}
    sheet(world)

    close_again(world, event, BEGINS + 3 * DAY)
    assert counted("closings") == {event, other}
    assert counted("held") == counted("held_in_time") == {other}
    assert counted("fell") == {event}
    share = sheet(world).shares["holding"]
    assert (share.numerator.n, share.denominator.n) == (1, 2)


def test_closed_again_in_the_next_month_it_holds_there_and_fell_here(world: World) -> None:
    event = make_event(world, State.CLOSED, at=BEGINS)
    actions.reopen(event, text="又堵了", by=world.cast.desk, at=BEGINS + 25 * DAY)
    close_again(world, event, BEGINS + 33 * DAY)
    assert (counted("fell"), counted("held")) == ({event}, set())
    assert (counted("fell", NOVEMBER), counted("held", NOVEMBER)) == (set(), {event})
    sheet(world)
    sheet(world, NOVEMBER)


def test_what_was_not_closed_but_voided_does_not_fall(world: World) -> None:
    event = make_event(world, State.VOIDED, at=BEGINS)
    actions.reopen(event, text="误作废", by=world.cast.desk, at=BEGINS + DAY)
    assert counted("fell") == counted("closings") == set()


def test_objections_and_hand_backs_are_bounces(world: World) -> None:
    once = make_event(world, State.OBJECTED, at=BEGINS)
    twice = make_event(world, State.SIGNED_FOR, at=BEGINS)
    actions.hand_back(twice, text="非我局职责", by=world.cast.handler, at=BEGINS + DAY)
    actions.dispatch(twice, lead=world.housing, by=world.cast.county, at=BEGINS + DAY)
    actions.object(twice, basis="权责清单第3项", by=world.cast.co_handler, at=BEGINS + DAY)
    make_event(world, State.CLOSED, at=BEGINS)
    assert counted("bounced") == {once, twice}
    assert counted("bounced_again") == {twice}
    assert sheet(world).numbers["bounced"].n == 2


def test_no_answer_is_counted_apart_and_never_satisfied(world: World) -> None:
    silent, satisfied = (make_event(world, State.CLOSED, at=BEGINS) for _each in range(2))
    actions.follow_up(satisfied, rating="satisfied", by=None, at=BEGINS + DAY)
    assert counted("unknown") == {silent}
    note_silence(BEGINS + 40 * DAY)
    assert counted("no_answer") == {silent}
    assert counted("asked") == {silent, satisfied}
    assert counted("answered") == counted("satisfied") == {satisfied}
    assert counted("unknown") == set()
    sheet(world)
