"""The mediator: proposed with reasons, chosen, free of ties, changed once for each party."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client

from linli.events.testing import NOON
from linli.journal.models import Entry, Notice
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.mediation.actions import assigning, parties
from linli.mediation.models import Assignment, Dispute
from linli.mediation.rules import AssignmentState, Chosen, Interest, Kind, Language, Side, State, Suits
from linli.mediation.rules.proposing import Candidate, Wanted, propose
from linli.mediation.testing import APPLICANT, Mediation, make_dispute, make_mediation, party_of
from linli.notices.about import about
from linli.people.actions import appoint
from linli.people.rules import Role
from linli.people.testing import FROM

LATER = NOON + timedelta(hours=9)
WANTED = Wanted(Kind.NEIGHBOURS, frozenset({Language.CANTONESE}), "440881101201005", "440881101")


def candidate(mediator: int, **facts: object) -> Candidate:
    told = {"skills": frozenset(), "languages": frozenset(), "area": "440881", "load": 9}
    return Candidate(mediator, **{**told, **facts})  # type: ignore[arg-type]


def test_three_are_proposed_each_with_the_reasons() -> None:
    knows = candidate(1, skills=frozenset({Kind.NEIGHBOURS}))
    speaks = candidate(2, languages=frozenset({Language.CANTONESE, Language.MANDARIN}))
    near = candidate(3, area="440881101", load=0)
    found = propose([candidate(4), near, speaks, knows], WANTED)
    assert [one.mediator for one in found] == [3, 1, 2]
    assert [one.reasons for one in found] == [(Suits.LOAD, Suits.PLACE), (Suits.SKILL,), (Suits.LANGUAGE,)]


def test_the_next_township_is_not_near() -> None:
    (found,) = propose([candidate(1, area="440881102")], WANTED)
    assert found.reasons == ()


@pytest.mark.django_db
class TestChoosing:
    """On the database."""

    def test_the_parties_choose_from_three_and_the_mediator_takes_it_on(self) -> None:
        here = make_mediation()
        dispute = make_dispute(here, State.ACCEPTED)
        proposed = assigning.propose(dispute, by=here.head, at=LATER)
        assert len(proposed) == 3
        assert proposed[0].mediator.person == here.mediator
        assert Suits.SKILL in proposed[0].reasons
        chosen = assigning.choose(dispute, mediator=here.seat(here.second), by=None, at=LATER, party=party_of(dispute))
        assert chosen.chosen == Chosen.PROPOSED and chosen.chosen_by == party_of(dispute)
        assert Dispute.objects.visible_to(here.second, LATER).exists()
        assigning.take_on(dispute, declares_none=True, by=here.second, at=LATER)
        assert dispute.state == State.MEDIATING
        assert assigning.assigned_to(dispute).mediator.person == here.second  # type: ignore[union-attr]
        assert not dispute.assignments.filter(state=AssignmentState.PROPOSED).exists()

    def test_nobody_takes_it_on_without_declaring(self) -> None:
        here = make_mediation()
        dispute = asked(here)
        with pytest.raises(BadInput) as refusal:
            assigning.take_on(dispute, declares_none=False, by=here.mediator, at=LATER)
        assert refusal.value.code == "not_declared"
        with pytest.raises(NotYours):
            assigning.take_on(dispute, declares_none=True, by=here.second, at=LATER)

    def test_a_tie_declared_before_or_after_brings_somebody_else(self) -> None:
        here = make_mediation()
        dispute = asked(here)
        assigning.declare_interest(dispute, interest=Interest.RELATIVE, by=here.mediator, at=LATER)
        assert not Dispute.objects.visible_to(here.mediator, LATER).exists()
        with pytest.raises(Refused) as refusal:
            assigning.choose(dispute, mediator=here.seat(here.mediator), by=here.head, at=LATER)
        assert refusal.value.code == "not_suitable"
        assigning.choose(dispute, mediator=here.seat(here.second), by=here.head, at=LATER)
        assigning.take_on(dispute, declares_none=True, by=here.second, at=LATER)
        assigning.declare_interest(dispute, interest=Interest.STAKE, by=here.second, at=LATER)
        assert dispute.state == State.ACCEPTED
        assert proposed_to(here, dispute) == {here.head, here.third}

    def test_each_party_may_have_the_mediator_changed_once(self) -> None:
        here = make_mediation()
        dispute = make_dispute(here, State.MEDIATING)
        one, other = party_of(dispute), party_of(dispute, Side.RESPONDENT)
        assigning.object_to_mediator(one, by=None, at=LATER, own=True)
        assert dispute.state == State.ACCEPTED
        assigning.choose(dispute, mediator=here.seat(here.second), by=here.head, at=LATER)
        with pytest.raises(Refused) as refusal:
            assigning.object_to_mediator(one, by=None, at=LATER, own=True)
        assert refusal.value.code == "changed_once"
        assigning.object_to_mediator(other, by=here.head, at=LATER)
        with pytest.raises(Refused) as nobody:
            assigning.object_to_mediator(other, by=here.head, at=LATER)
        assert nobody.value.code == "nobody_asked"
        assert Assignment.objects.filter(state=AssignmentState.OBJECTED).count() == 2

    def test_a_party_of_another_dispute_objects_to_nobody_here(self) -> None:
        here = make_mediation()
        dispute, other = make_dispute(here, State.MEDIATING), make_dispute(here, State.ACCEPTED)
        with pytest.raises(NotYours):
            assigning.choose(other, mediator=here.seat(here.second), by=None, at=LATER, party=party_of(dispute))

    def test_whoever_is_of_the_same_unit_as_a_party_is_not_proposed(self) -> None:
        here = make_mediation()
        appoint(
            here.second, role=Role.HANDLER, area=here.world.areas["440881"], department=here.world.water, from_on=FROM
        )
        dispute = make_dispute(here, State.ACCEPTED, applicant=replace(APPLICANT, department="water"))
        assert here.second not in proposed_to(here, dispute)

    def test_whoever_is_a_party_by_their_telephone_is_not_proposed(self) -> None:
        here = make_mediation()
        here.third.telephone = "13900000001"
        here.third.save(update_fields=["telephone"])
        dispute = make_dispute(here, State.ACCEPTED)
        assert proposed_to(here, dispute) == {here.head, here.mediator, here.second}

    def test_a_mediator_with_many_disputes_is_proposed_with_their_number(self) -> None:
        here = make_mediation()
        for _n in range(2):
            make_dispute(here, State.MEDIATING)
        make_dispute(here, State.WITHDRAWN)
        dispute = make_dispute(here, State.ACCEPTED)
        loads = {one.mediator.person: one.load for one in assigning.propose(dispute, by=here.head, at=LATER)}
        assert loads[here.mediator] == 2

    def test_declining_says_why_to_nobody_but_their_own_notes(self) -> None:
        here = make_mediation()
        dispute = asked(here)
        assigning.decline(dispute, why="家中有事", by=here.mediator, at=LATER)
        assert "家中" not in str(list(Entry.objects.values_list("facts", flat=True)))
        assert not dispute.assignments.in_force().exists()

    def test_the_head_takes_it_from_somebody_who_is_away(self) -> None:
        here = make_mediation()
        dispute = make_dispute(here, State.MEDIATING)
        assigning.give_back(dispute, why="病假", by=here.head, at=LATER)
        assert dispute.state == State.ACCEPTED
        parties.add_party(dispute, replace(APPLICANT, name="王大明", telephone="13944444444"), by=here.head, at=LATER)


def asked(here: Mediation) -> Dispute:
    """The mediator is asked, and has not answered."""
    dispute = make_dispute(here, State.ACCEPTED)
    assigning.choose(dispute, mediator=here.seat(here.mediator), by=here.head, at=LATER)
    return dispute


def proposed_to(here: Mediation, dispute: Dispute) -> set[object]:
    return {one.mediator.person for one in assigning.propose(dispute, by=here.head, at=LATER)}


@pytest.mark.django_db
@pytest.mark.parametrize("act", ["objected", "taken_back"])
def test_whoever_mediates_no_longer_is_told_by_number_with_a_link_that_opens(act: str) -> None:
    here = make_mediation()
    dispute = make_dispute(here, State.MEDIATING)
    if act == "objected":
        assigning.object_to_mediator(party_of(dispute), by=None, at=LATER, own=True)
    else:
        assigning.give_back(dispute, why="病假", by=here.head, at=LATER)
    latest = Notice.objects.filter(person=here.mediator).latest("entry_id").entry
    said = about(latest)
    assert said is not None and dispute.number in said.words(latest.facts)
    client = Client()
    client.force_login(here.mediator)
    assert client.get(said.link(latest.on_key)).status_code == 200
    # Who is to ask somebody else is told so, and opens the file.
    theirs = Notice.objects.filter(person=here.head).latest("entry_id").entry if act == "objected" else None
    assert theirs is None or theirs.verb == "dispute.mediator_objected"
    assert not Entry.objects.filter(verb="dispute.mediator_released", notices__person=here.head).exists()


@pytest.mark.django_db
def test_whoever_gives_it_back_needs_not_be_told() -> None:
    here = make_mediation()
    dispute = make_dispute(here, State.MEDIATING)
    assigning.give_back(dispute, why="病假", by=here.mediator, at=LATER)
    assert not Entry.objects.filter(verb="dispute.mediator_released").exists()
