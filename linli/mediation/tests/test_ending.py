"""Every end: with its kind, its why and the ways told; closing, opening again, the archive."""

from datetime import date, timedelta

import pytest
from django.utils.translation import gettext as _

from linli.events.rules import State as EventState
from linli.events.testing import NOON, make_event
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.mediation.actions import ending, performing, registering, screening, sessions, visiting
from linli.mediation.actions.course import steps_for
from linli.mediation.actions.registering import Told
from linli.mediation.models import Clock, Dispute, FollowUp, Obligation, Session
from linli.mediation.rules import ClockKind, Door, Ending, Kind, NotAccepted, ObligationState, SessionState, Side, State
from linli.mediation.testing import APPLICANT, RESPONDENT, WAYS, Mediation, hold, make_dispute, make_mediation, party_of
from linli.mediation.tests.desks import Desk

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(days=40)
DUE = "2026-12-01"


@pytest.mark.parametrize("state", State)
def test_every_state_is_reached_by_acts(state: str) -> None:
    dispute = make_dispute(make_mediation(), state)
    assert dispute.state == state
    assert (dispute.due_at is None) == (state in {State.SETTLED, *(s for s in State if not dispute.is_open)})


def test_an_end_calls_off_what_was_planned_and_stops_all_clocks() -> None:
    here = make_mediation()
    dispute = make_dispute(here, State.MEDIATING)
    from linli.mediation.actions.sessions import plan_session

    plan_session(dispute, planned_at=LATER, place="村委", by=here.mediator, at=NOON + timedelta(hours=5))
    ending.fail(dispute, ending=Ending.REFUSES_TO_SIGN, why="不签", ways=WAYS, by=here.mediator, at=LATER)
    assert Session.objects.get().state == SessionState.CANCELLED
    assert not Clock.objects.running().exists()
    assert (dispute.ending, dispute.concluded_at, dispute.words["why"]) == (Ending.REFUSES_TO_SIGN, LATER, "不签")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"ways": []}, "ways_missing"),
        ({"ways": ["petition"]}, "not_offered"),
        ({"why": " "}, "text_missing"),
        ({"ending": Ending.AGREEMENT}, "not_offered"),
    ],
)
def test_an_end_without_its_reasons_is_refused(changed: dict[str, object], code: str) -> None:
    here = make_mediation()
    dispute = make_dispute(here, State.MEDIATING)
    told = {"ending": Ending.TOO_FAR_APART, "why": "谈不拢", "ways": WAYS, "by": here.mediator, "at": LATER}
    with pytest.raises(BadInput) as refusal:
        ending.fail(dispute, **{**told, **changed})  # type: ignore[arg-type]
    assert refusal.value.code == code


def test_a_term_that_still_runs_is_not_over() -> None:
    here = make_mediation()
    dispute = make_dispute(here, State.MEDIATING)
    over = {"ending": Ending.TERM_OVER, "why": "到期", "ways": WAYS, "by": here.mediator}
    with pytest.raises(Refused) as refusal:
        ending.terminate(dispute, at=NOON + timedelta(days=5), **over)
    assert refusal.value.code == "term_runs"
    ending.terminate(dispute, at=LATER, **over)


def test_a_party_takes_it_back_by_its_own_link_and_not_after_the_agreement() -> None:
    here = make_mediation()
    dispute = make_dispute(here, State.MEDIATING)
    ending.withdraw(dispute, why="不想调了", by=None, at=LATER, party=party_of(dispute))
    assert dispute.state == State.WITHDRAWN
    settled = make_dispute(here, State.SETTLED)
    with pytest.raises(Refused):
        ending.withdraw(settled, why="不想调了", by=None, at=LATER, party=party_of(settled))


# --- closing -------------------------------------------------------------------------------------------------------------


def owed(here: Mediation) -> tuple[Dispute, Obligation]:
    dispute = make_dispute(here, State.SETTLED, due_on=DUE)
    return dispute, Obligation.objects.get(agreement__dispute=dispute)


def visit(here: Mediation, dispute: Dispute) -> None:
    due = FollowUp.objects.to_do().filter(dispute=dispute).first()
    assert due is not None
    visiting.visit(due, by=here.mediator, at=LATER, performed=True, satisfied=True, new_risk=False, words="已经付清")


def test_nothing_owed_it_closes_at_once() -> None:
    here = make_mediation()
    dispute = make_dispute(here, State.SETTLED)
    assert ending.may_close(dispute)
    ending.close(dispute, by=here.mediator, at=LATER)
    assert (dispute.state, dispute.ending) == (State.CLOSED, Ending.AGREEMENT)


def test_the_thirty_days_to_go_to_the_court_together_run_on_until_the_archive() -> None:
    here = make_mediation()
    dispute = make_dispute(here, State.SETTLED)
    ending.close(dispute, by=here.mediator, at=LATER)
    running = Clock.objects.running().filter(dispute=dispute)
    assert [clock.kind for clock in running] == [ClockKind.CONFIRMATION]
    ending.archive(dispute, by=here.head, at=LATER)
    assert not running.all().exists()


def test_it_closes_when_all_was_performed_and_somebody_asked_afterwards() -> None:
    here = make_mediation()
    dispute, obligation = owed(here)
    with pytest.raises(Refused) as still:
        ending.close(dispute, by=here.mediator, at=LATER)
    assert still.value.code == "still_owed"
    proof = performing.claim(obligation, at=LATER, party=party_of(dispute, Side.RESPONDENT), words="已转账")
    performing.confirm(proof, at=LATER, party=party_of(dispute))
    with pytest.raises(Refused) as unvisited:
        ending.close(dispute, by=here.mediator, at=LATER)
    assert unvisited.value.code == "not_visited"
    visit(here, dispute)
    ending.close(dispute, by=here.mediator, at=LATER)
    assert dispute.state == State.CLOSED


def test_what_was_not_kept_closes_with_why_and_the_way_to_court() -> None:
    here = make_mediation()
    dispute, obligation = owed(here)
    performing.note_breach(obligation, at=LATER, by=here.mediator)
    obligation.refresh_from_db()
    assert obligation.state == ObligationState.BREACHED
    visit(here, dispute)
    with pytest.raises(BadInput) as refusal:
        ending.close(dispute, by=here.mediator, at=LATER)
    assert refusal.value.code == "ways_missing"
    ending.close(dispute, why="逾期未付", ways=["court"], by=here.mediator, at=LATER)
    assert dispute.state == State.CLOSED and dispute.ways_told == ["court"]


# --- opening again -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "then"),
    [
        (State.CLOSED, State.MEDIATING),
        (State.SETTLED, State.MEDIATING),
        (State.FAILED, State.MEDIATING),
        (State.TERMINATED, State.MEDIATING),
        (State.WITHDRAWN, State.REGISTERED),
        (State.NOT_ACCEPTED, State.REGISTERED),
    ],
)
def test_it_goes_on_where_it_was(state: str, then: str) -> None:
    here = make_mediation()
    dispute = make_dispute(here, state)
    number, case_no = dispute.number, dispute.case_no
    ending.reopen(dispute, why="又起争执", by=here.head, at=LATER)
    dispute.refresh_from_db()
    assert dispute.state == then and dispute.reopened == 1
    assert (dispute.number, dispute.case_no) == (number, case_no)
    assert dispute.ended_at is None and dispute.ending == "" and dispute.due_at is not None and dispute.due_at > LATER


def test_a_dispute_not_accepted_and_screened_anew_keeps_its_number() -> None:
    here = make_mediation()
    dispute = make_dispute(here, State.NOT_ACCEPTED)
    ending.reopen(dispute, why="对方改变主意", by=here.head, at=LATER)
    screening.offer(dispute, by=here.head, at=LATER)
    screening.not_accept(dispute, reason=NotAccepted.OTHER, why="又不愿意", ways=WAYS, by=here.head, at=LATER)
    assert Dispute.objects.count() == 1


def test_an_event_mediated_anew_is_not_opened_twice() -> None:
    here = make_mediation()
    event = make_event(here.world, EventState.IN_MEDIATION, category=here.world.quarrel)
    told = Told("争执", Kind.NEIGHBOURS, parties=(APPLICANT, RESPONDENT))
    facts = {"area": here.world.grid, "door": Door.EVENT, "by": here.world.cast.desk, "at": NOON, "event": event}
    first = registering.register(told, body=here.township, **facts).dispute
    ending.withdraw(first, why="自行和好", by=here.head, at=NOON)
    second = registering.register(told, body=here.township, **facts).dispute
    with pytest.raises(Refused, match=second.number):
        ending.reopen(first, why="又争起来", by=here.head, at=LATER)


def test_an_archived_dossier_is_kept_as_long_as_its_term_says_and_stays_shut() -> None:
    here = make_mediation()
    dispute = make_dispute(here, State.CLOSED)
    with pytest.raises(NotYours):
        ending.archive(dispute, by=here.mediator, at=LATER)
    ending.archive(dispute, by=here.head, at=LATER)
    assert dispute.retention_until == date(2036, 11, 16)
    with pytest.raises(Refused) as refusal:
        ending.reopen(dispute, why="再看看", by=here.head, at=LATER)
    assert refusal.value.code == "archived"


def test_what_was_said_is_not_written_anew_once_the_dossier_is_in_the_archive() -> None:
    here = make_mediation()
    dispute = make_dispute(here, State.MEDIATING)
    held = hold(here, dispute, dispute.accepted_at + timedelta(hours=3))
    at = LATER + timedelta(days=1)
    written = sessions.write_record(held, text="双方各自陈述。", by=here.mediator, at=at)
    ending.fail(dispute, ending=Ending.TOO_FAR_APART, why="差距大", ways=WAYS, by=here.mediator, at=at)
    assert {"write_record", "keep_sound"} <= set(steps_for(dispute, by=here.mediator, at=at))
    ending.archive(dispute, by=here.head, at=at)
    shut = {"write_record", "keep_sound", "agree_to_record"}
    assert not shut & set(steps_for(dispute, by=here.mediator, at=at))
    assert not shut & set(steps_for(dispute, by=None, party=party_of(dispute), at=at))
    for act in (
        lambda: sessions.write_record(held, text="另有说法。", by=here.mediator, at=at),
        lambda: sessions.agree_to_record(written, party=party_of(dispute), by=None, own=True, at=at),
    ):
        with pytest.raises(Refused) as refusal:
            act()
        assert refusal.value.code == "archived"


def test_opening_again_keeps_why_it_had_ended() -> None:
    here = make_mediation()
    dispute = make_dispute(here, State.FAILED)
    ended = dispute.ended_at
    ending.reopen(dispute, why="愿意再谈", by=here.head, at=LATER)
    ending.fail(dispute, ending=Ending.DECLINED, why="又谈不拢", ways=WAYS, by=here.mediator, at=LATER)
    dispute.refresh_from_db()
    assert dispute.words["why"] == "又谈不拢"
    ending.reopen(dispute, why="再谈一次", by=here.head, at=LATER + timedelta(days=1))
    dispute.refresh_from_db()
    first, second = ending.ends_before(dispute)
    assert (first.how, first.ended_at, first.why) == (Ending.TOO_FAR_APART.label, ended, "金额相差太大")
    assert (first.reopened_at, first.reopened_why) == (LATER, "愿意再谈")
    assert (second.why, second.reopened_why) == ("又谈不拢", "再谈一次")
    desk = Desk(here.head)
    desk.open(dispute)
    page = desk.client.get(f"/mediation/{dispute.pk}/").content.decode()
    for words in ("金额相差太大", "愿意再谈", "又谈不拢", "再谈一次", _("It had ended:")):
        assert words in page


def test_why_it_was_opened_again_is_not_why_it_ended() -> None:
    here = make_mediation()
    dispute = make_dispute(here, State.SETTLED)
    ending.reopen(dispute, why="有一处要改", by=here.head, at=LATER)
    assert dispute.words["why"] == ""
    assert [(one.how, one.why, one.reopened_why) for one in ending.ends_before(dispute)] == [("", "", "有一处要改")]
