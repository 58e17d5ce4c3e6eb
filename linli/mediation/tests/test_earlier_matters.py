"""Earlier matters of a mediator with one of the sides: known to the house, told by number to that mediator alone."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from linli.journal.models import Entry
from linli.mediation.actions import assigning, parties
from linli.mediation.models import Assignment, Dispute
from linli.mediation.rules import Interest, Side, State
from linli.mediation.rules.parties import Particulars
from linli.mediation.rules.proposing import Candidate, Wanted, propose
from linli.mediation.testing import APPLICANT, RESPONDENT, Mediation, make_dispute, make_mediation, party_of
from linli.mediation.tests.desks import Desk, days_ago

STRANGERS = {
    "applicant": Particulars(Side.APPLICANT, "赵一", telephone="13900000091"),
    "respondent": Particulars(Side.RESPONDENT, "钱二", telephone="13900000092"),
}


@pytest.fixture
def here(db: None) -> Mediation:
    return make_mediation()


def searched(dispute: Dispute) -> list[dict[str, int]]:
    entries = Entry.objects.filter(verb="dispute.earlier_searched", on_key=str(dispute.pk)).order_by("pk")
    return [entry.facts for entry in entries]


def asked(here: Mediation, dispute: Dispute) -> Assignment:
    return assigning.choose(dispute, mediator=here.seat(here.mediator), by=here.head, at=timezone.now())


def test_the_mediator_is_told_the_number_and_may_declare_it(here: Mediation) -> None:
    # The one who answers there applies here: a side is a side.
    turned = replace(RESPONDENT, side=Side.APPLICANT)
    before = make_dispute(here, State.CLOSED, at=days_ago(90))
    dispute = make_dispute(here, State.ACCEPTED, at=days_ago(2), applicant=turned, respondent=STRANGERS["respondent"])
    assert asked(here, dispute).earlier == [before.number]
    desk = Desk(here.mediator)
    desk.open(dispute)
    pages = [reverse("mediation:file", args=[dispute.pk]), reverse("mediation:act", args=[dispute.pk, "take_on"])]
    assert all(before.number in desk.client.get(page).content.decode() for page in pages)
    desk.do(dispute, "declare_interest", interest=Interest.EARLIER)
    assert dispute.assignments.get().interest == Interest.EARLIER
    assert here.seat(here.mediator) not in assigning.suitable(dispute, timezone.now())


def test_whoever_takes_it_on_all_the_same_was_told_and_the_journal_says_so(here: Mediation) -> None:
    make_dispute(here, State.CLOSED, at=days_ago(90))
    dispute = make_dispute(here, State.ACCEPTED, at=days_ago(2))
    asked(here, dispute)
    assigning.take_on(dispute, declares_none=True, by=here.mediator, at=timezone.now())
    assert Entry.objects.get(verb="dispute.taken_on", on_key=str(dispute.pk)).facts["earlier"] == 1


def test_the_head_sees_that_there_is_one_and_not_which(here: Mediation) -> None:
    before = make_dispute(here, State.CLOSED, at=days_ago(90))
    dispute = make_dispute(here, State.ACCEPTED, at=days_ago(2))
    assigning.propose(dispute, by=here.head, at=timezone.now())
    desk = Desk(here.head)
    desk.open(dispute)
    shown = desk.client.get(reverse("mediation:file", args=[dispute.pk]))
    against = {one["row"].mediator.person: bool(one["against"]) for one in shown.context["mediator"]["proposals"]}
    assert against == {here.mediator: True, here.second: False, here.head: False}
    choosing = desk.client.get(reverse("mediation:act", args=[dispute.pk, "choose"]))
    assert all(before.number not in page.content.decode() for page in (shown, choosing))


def test_each_look_stands_in_the_journal_without_a_number_or_a_name(here: Mediation) -> None:
    make_dispute(here, State.CLOSED, at=days_ago(90))
    dispute = make_dispute(here, State.ACCEPTED, at=days_ago(2))
    assigning.propose(dispute, by=here.head, at=timezone.now())
    asked(here, dispute)
    # The head of the committee mediates too.
    assert searched(dispute) == [{"mediators": 4, "found": 1}, {"mediators": 1, "found": 1}]


def test_nothing_is_found_of_others_of_a_party_that_left_or_of_what_was_only_offered(here: Mediation) -> None:
    other = make_dispute(here, State.CLOSED, at=days_ago(90))
    Assignment.objects.filter(dispute=other).update(mediator=here.seat(here.second))
    offered = make_dispute(here, State.ACCEPTED, at=days_ago(50))
    asked(here, offered)
    assigning.decline(offered, why="没空", by=here.mediator, at=timezone.now())
    wrong = make_dispute(here, State.MEDIATING, at=days_ago(40), respondent=STRANGERS["respondent"])
    party = party_of(wrong)
    parties.add_party(wrong, told=STRANGERS["applicant"], by=here.head, at=days_ago(30))
    type(party).objects.filter(pk=party.pk).update(left_at=days_ago(29))
    dispute = make_dispute(here, State.ACCEPTED, at=days_ago(2))
    assert asked(here, dispute).earlier == []


def test_a_name_alone_is_no_person(here: Mediation) -> None:
    nameless = {"applicant": replace(APPLICANT, telephone="", address="")}
    make_dispute(here, State.CLOSED, at=days_ago(90), **nameless, respondent=STRANGERS["respondent"])
    dispute = make_dispute(here, State.ACCEPTED, at=days_ago(2), **nameless)
    assert asked(here, dispute).earlier == []


def test_the_search_asks_as_often_for_many_as_for_one(here: Mediation) -> None:
    dispute = make_dispute(here, State.ACCEPTED, at=days_ago(2))
    seats = list(assigning.suitable(dispute, timezone.now()))
    counts = []
    for _more in range(2):
        with CaptureQueriesContext(connection) as queries:
            assigning.look_for_earlier(dispute, seats, by=here.head, at=timezone.now())
        counts.append(len(queries))
        for days in (90, 80, 70):
            make_dispute(here, State.CLOSED, at=days_ago(days) + timedelta(hours=1))
    assert counts[0] == counts[1]


def test_of_those_who_suit_alike_the_one_without_an_earlier_matter_comes_first() -> None:
    wanted = Wanted("02", frozenset(), "440881101201", "440881101")

    def one(key: int, *earlier: str, skills: tuple[str, ...] = ()) -> Candidate:
        return Candidate(key, frozenset(skills), frozenset(), "440881101", 0, tuple(earlier))

    found = propose([one(1, "n1"), one(2), one(3, "n2", skills=("02",))], wanted)
    assert [(proposal.mediator, bool(proposal.against)) for proposal in found] == [(3, True), (2, False), (1, True)]
