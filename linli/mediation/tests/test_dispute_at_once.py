"""Many at once, each with a connection of its own: numbers have no gaps, one wins, the journal stays whole."""

from datetime import timedelta

import pytest

from linli.events.testing import NOON
from linli.journal.models import Entry
from linli.journal.proving import verify_chain
from linli.kit.testing import together
from linli.mediation.actions import assigning, clocks, registering, screening
from linli.mediation.actions.registering import Told
from linli.mediation.models import Dispute
from linli.mediation.rules import AssignmentState, Chosen, Door, Kind, Side, State
from linli.mediation.testing import APPLICANT, RESPONDENT, make_dispute, make_mediation, party_of

pytestmark = pytest.mark.django_db(transaction=True)
LATER = NOON + timedelta(hours=9)
AT_ONCE = 4


def test_disputes_registered_and_accepted_at_once_have_numbers_without_gaps() -> None:
    here = make_mediation()
    told = Told("争水", Kind.NEIGHBOURS, parties=(APPLICANT, RESPONDENT))

    def register_some(_number: int) -> None:
        for _n in range(3):
            registering.register(told, area=here.world.grid, door=Door.WINDOW, by=here.world.cast.desk, at=NOON)

    together(AT_ONCE, register_some)
    numbers = sorted(Dispute.objects.values_list("number", flat=True))
    assert numbers == [f"440881101-2026-{running:05d}" for running in range(1, 3 * AT_ONCE + 1)]
    make_dispute(here, State.ACCEPTED)
    offered = [make_dispute(here, State.OFFERED) for _n in range(AT_ONCE)]
    for dispute in offered:
        dispute.parties.update(consent="agreed", consent_at=NOON)
    together(AT_ONCE, lambda number: screening.accept(offered[number], by=here.head, at=LATER))
    given = Dispute.objects.exclude(case_no="").values_list("case_no", flat=True)
    assert sorted(given) == [f"(2026)石人调字第{running}号" for running in range(1, AT_ONCE + 2)]
    assert list(verify_chain()) == []


def test_of_four_who_accept_at_once_one_wins_and_no_number_is_lost() -> None:
    here = make_mediation()
    dispute = make_dispute(here, State.OFFERED)
    dispute.parties.update(consent="agreed", consent_at=NOON)
    seen = [Dispute.objects.get(pk=dispute.pk) for _n in range(AT_ONCE)]
    answers = together(AT_ONCE, lambda number: screening.accept(seen[number], by=here.head, at=LATER))
    assert sorted(map(str, answers)) == ["None", *["moved_on"] * (AT_ONCE - 1)]
    assert make_dispute(here, State.ACCEPTED).case_no == "(2026)石人调字第2号"


def test_of_four_who_ask_a_mediator_at_once_one_is_asked() -> None:
    here = make_mediation()
    dispute = make_dispute(here, State.ACCEPTED)
    seen = [Dispute.objects.get(pk=dispute.pk) for _n in range(AT_ONCE)]
    seats = [here.seat(who) for who in (here.mediator, here.second, here.third, here.head)]
    answers = together(
        AT_ONCE,
        lambda number: assigning.choose(seen[number], mediator=seats[number], by=here.head, at=LATER).mediator_id,
    )
    assert sorted(map(str, answers))[1:] == ["mediator_is_asked"] * (AT_ONCE - 1)
    assert dispute.assignments.filter(state=AssignmentState.ASKED).count() == 1


def test_both_sides_who_name_the_same_at_once_have_them_asked() -> None:
    here = make_mediation()
    dispute = make_dispute(here, State.ACCEPTED)
    seen = [Dispute.objects.get(pk=dispute.pk) for _n in range(2)]
    sides, seat = (Side.APPLICANT, Side.RESPONDENT), here.seat(here.third)
    answers = together(
        2,
        lambda number: (
            assigning.choose(
                seen[number], mediator=seat, by=None, at=LATER, party=party_of(seen[number], sides[number])
            ).state
        ),
    )
    assert sorted(map(str, answers)) == [AssignmentState.ASKED, AssignmentState.NAMED]
    assert dispute.assignments.get().chosen == Chosen.BY_PARTIES


def test_workers_at_once_give_each_warning_once() -> None:
    here = make_mediation()
    for _n in range(3):
        make_dispute(here, State.MEDIATING)
    together(AT_ONCE, lambda _number: clocks.climb(NOON + timedelta(days=25)))
    assert Entry.objects.filter(verb="dispute.term_ends_soon").count() == 3
    assert list(verify_chain()) == []
