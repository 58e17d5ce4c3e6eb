"""Whom the parties name as mediator beyond the proposals (人民调解法 art. 19): together, on their pages or at the committee."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.translation import gettext as _

from linli.events.testing import NOON
from linli.journal.models import Entry, Notice
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.mediation.actions import assigning, parties, screening
from linli.mediation.dossier.reading import read
from linli.mediation.forms.fields import numbered
from linli.mediation.models import Assignment, Dispute
from linli.mediation.rules import AssignmentState, Chosen, Interest, Kind, Language, Side, State, Way
from linli.mediation.testing import APPLICANT, RESPONDENT, Mediation, make_dispute, make_mediation, party_of
from linli.mediation.tests.desks import Desk
from linli.mediation.tests.test_public_own import both

LATER = NOON + timedelta(hours=9)


@pytest.fixture
def here(db: None) -> Mediation:
    return make_mediation()


def at_committee(here: Mediation, dispute: Dispute, *sides: str, way: str = Way.PHONE) -> Assignment:
    """The head writes down that these sides named `third`."""
    said = [party_of(dispute, side) for side in sides]
    return assigning.choose(
        dispute, mediator=here.seat(here.third), by=here.head, at=LATER, named_by=said, way=way if said else ""
    )


def by_link(here: Mediation, dispute: Dispute, side: str, person: str = "third") -> Assignment:
    mediator = here.seat(getattr(here, person))
    return assigning.choose(dispute, mediator=mediator, by=None, at=LATER, party=party_of(dispute, side))


# --- at the committee ---------------------------------------------------------------------------------------------------


def test_the_committee_writes_down_whom_all_sides_named(here: Mediation) -> None:
    dispute = make_dispute(here, State.ACCEPTED)
    asked = at_committee(here, dispute, Side.APPLICANT, Side.RESPONDENT)
    assert (asked.state, asked.chosen) == (AssignmentState.ASKED, Chosen.BY_PARTIES)
    assert asked.named_by == {str(party_of(dispute, side).pk): Way.PHONE for side in ("applicant", "respondent")}
    facts = Entry.objects.get(verb="dispute.mediator_asked").facts
    assert facts["chosen"] == "by_parties" and set(facts["named_by"]) == set(asked.named_by)


def test_without_the_yes_of_one_side_it_is_no_choice_of_the_parties(here: Mediation) -> None:
    dispute = make_dispute(here, State.ACCEPTED)
    with pytest.raises(BadInput) as refusal:
        at_committee(here, dispute, Side.APPLICANT)
    assert (refusal.value.code, refusal.value.facts["field"]) == ("not_all_named", "named_by")
    assert not dispute.assignments.exists()
    assert at_committee(here, dispute).chosen == Chosen.BY_COMMITTEE


def test_how_they_said_so_is_asked_and_nobody_else_speaks_for_them(here: Mediation) -> None:
    dispute, other = make_dispute(here, State.ACCEPTED), make_dispute(here, State.ACCEPTED)
    for way in ("", Way.ONLINE, "by pigeon"):
        with pytest.raises(BadInput) as refusal:
            at_committee(here, dispute, Side.APPLICANT, Side.RESPONDENT, way=way)
        assert refusal.value.facts["field"] == "way"
    with pytest.raises(NotYours):
        strangers = [party_of(other), party_of(other, Side.RESPONDENT)]
        seat = here.seat(here.third)
        assigning.choose(dispute, mediator=seat, by=here.head, at=LATER, named_by=strangers, way=Way.PHONE)


def test_of_the_three_one_party_chooses_and_the_committee_names_as_it_is(here: Mediation) -> None:
    dispute, other = make_dispute(here, State.ACCEPTED), make_dispute(here, State.ACCEPTED)
    for one in (dispute, other):
        assigning.propose(one, by=here.head, at=LATER)
        assert one.assignments.filter(mediator=here.seat(here.second)).exists()
    seat, said = here.seat(here.second), [party_of(dispute)]
    asked = assigning.choose(dispute, mediator=seat, by=here.head, at=LATER, named_by=said, way=Way.IN_PERSON)
    assert (asked.chosen, list(asked.named_by.values())) == (Chosen.PROPOSED, [Way.IN_PERSON])
    itself = assigning.choose(other, mediator=seat, by=here.head, at=LATER)
    assert (itself.chosen, itself.named_by) == (Chosen.BY_COMMITTEE, {})


def test_whom_all_name_declares_ties_and_is_changed_once_as_others_are(here: Mediation) -> None:
    dispute = make_dispute(here, State.ACCEPTED)
    sides = (Side.APPLICANT, Side.RESPONDENT)
    at_committee(here, dispute, *sides)
    with pytest.raises(BadInput):
        assigning.take_on(dispute, declares_none=False, by=here.third, at=LATER)
    assigning.take_on(dispute, declares_none=True, by=here.third, at=LATER)
    assigning.object_to_mediator(party_of(dispute), by=None, at=LATER, own=True)
    with pytest.raises(Refused) as refusal:
        at_committee(here, dispute, *sides)
    assert refusal.value.code == "not_suitable"


def test_whoever_is_tied_or_of_another_body_is_not_the_parties_choice(here: Mediation) -> None:
    here.third.telephone = "13900000001"
    here.third.save(update_fields=["telephone"])
    dispute = make_dispute(here, State.ACCEPTED)
    said = [party_of(dispute), party_of(dispute, Side.RESPONDENT)]
    for person in (here.third, here.stranger):
        with pytest.raises(Refused) as refusal:
            assigning.choose(
                dispute, mediator=here.seat(person), by=here.head, at=LATER, named_by=said, way=Way.IN_PERSON
            )
        assert refusal.value.code == "not_suitable"


def test_the_desk_ticks_who_said_so_and_the_file_says_it(here: Mediation) -> None:
    dispute = make_dispute(here, State.ACCEPTED)
    desk, seat = Desk(here.head), str(here.seat(here.third).pk)
    desk.open(dispute)
    address = reverse("mediation:act", args=[dispute.pk, "choose"])
    one, other = (str(party_of(dispute, side).pk) for side in ("applicant", "respondent"))
    refused = desk.client.post(address, {"mediator": seat, "named_by": [one], "way": "phone"})
    assert (
        refused.status_code == 422
        and _(
            "Beyond the proposals a mediator is the choice of the parties only when every side has named them. Ask the side that "
            "has not, or tick nobody: then the committee names."
        )
        in refused.content.decode()
    )
    desk.do(dispute, "choose", mediator=seat, named_by=[one, other], way="phone")
    shown = desk.client.get(reverse("mediation:file", args=[dispute.pk])).content.decode()
    for words in (
        _("Chosen by the parties"),
        numbered(_("Applicant"), 1),
        numbered(_("Respondent"), 1),
        _("By telephone"),
    ):
        assert words in shown


# --- on their own pages -------------------------------------------------------------------------------------------------


def test_whom_both_name_on_their_pages_is_asked(here: Mediation) -> None:
    dispute = make_dispute(here, State.ACCEPTED)
    named = by_link(here, dispute, Side.APPLICANT)
    assert (named.state, named.chosen) == (AssignmentState.NAMED, "")
    assert not dispute.assignments.in_force().exists()
    assert Notice.objects.filter(entry__verb="dispute.mediator_named").get().person == here.head
    asked = by_link(here, dispute, Side.RESPONDENT)
    assert (asked.pk, asked.state, asked.chosen) == (named.pk, AssignmentState.ASKED, Chosen.BY_PARTIES)
    assert set(asked.named_by.values()) == {Way.ONLINE} and len(asked.named_by) == 2
    assert Notice.objects.filter(entry__verb="dispute.mediator_asked").get().person == here.third


def test_one_page_and_one_call_are_a_choice_of_both(here: Mediation) -> None:
    dispute = make_dispute(here, State.ACCEPTED)
    by_link(here, dispute, Side.APPLICANT)
    asked = at_committee(here, dispute, Side.RESPONDENT)
    assert asked.chosen == Chosen.BY_PARTIES
    assert sorted(asked.named_by.values()) == [Way.ONLINE, Way.PHONE]


def test_a_party_names_one_at_a_time_and_may_take_it_back(here: Mediation) -> None:
    dispute = make_dispute(here, State.ACCEPTED)
    by_link(here, dispute, Side.APPLICANT)
    by_link(here, dispute, Side.APPLICANT, "second")
    assert [one.mediator.person for one in assigning.named(dispute)] == [here.second]
    assert by_link(here, dispute, Side.RESPONDENT).state == AssignmentState.NAMED
    assigning.take_name_back(party_of(dispute), at=LATER)
    assert [one.mediator.person for one in assigning.named(dispute)] == [here.third]
    assert Entry.objects.filter(verb="dispute.mediator_name_taken_back").count() == 1


def test_every_applicant_and_respondent_names_them_and_one_who_left_no_longer_counts(here: Mediation) -> None:
    dispute = make_dispute(here, State.ACCEPTED)
    joined = parties.add_party(
        dispute, replace(RESPONDENT, name="李二力", telephone="13944444444"), by=here.head, at=LATER
    )
    by_link(here, dispute, Side.APPLICANT)
    assert by_link(here, dispute, Side.RESPONDENT).state == AssignmentState.NAMED
    parties.remove_party(joined, by=here.head, at=LATER)
    assert by_link(here, dispute, Side.RESPONDENT).state == AssignmentState.ASKED


def test_a_third_party_need_not_name_anybody(here: Mediation) -> None:
    dispute = make_dispute(here, State.ACCEPTED)
    third = replace(APPLICANT, side=Side.THIRD, name="证人甲", telephone="13944444444")
    parties.add_party(dispute, third, by=here.head, at=LATER)
    assert at_committee(here, dispute, Side.APPLICANT, Side.RESPONDENT).chosen == Chosen.BY_PARTIES


def test_what_was_named_and_proposed_goes_when_another_body_takes_it(here: Mediation) -> None:
    dispute = make_dispute(here, State.ACCEPTED)
    by_link(here, dispute, Side.APPLICANT)
    assigning.propose(dispute, by=here.head, at=LATER)
    assert set(dispute.assignments.values_list("state", flat=True)) == {"named", "proposed"}
    screening.hand_over(dispute, body=here.county, by=here.head, at=LATER)
    assert not dispute.assignments.exists()


def test_the_pages_of_both_sides_lead_to_the_same_mediator(here: Mediation) -> None:
    dispute, own, other = both(here, State.ACCEPTED)
    seat = here.seat(here.third)
    seat.languages = [Language.HAKKA]
    seat.save()
    listed = own.page()
    assert "陈三调" in listed and str(Language.HAKKA.label) in listed and str(Kind.LABOUR.label) in listed
    own.done("choose", mediator=seat.pk)
    assert (
        _("You named %(name)s. The other side has not said yet whether it wants the same.") % {"name": "陈三调"}
        in own.page()
    )
    theirs = other.page()
    assert _("Say whether you want the mediator whom the other side named") in theirs
    # They know each other's names: both have said yes to an accepted mediation.
    assert (
        _("Named by: %(who)s. If you name the same, this is the choice of the parties.") % {"who": "王小明"} in theirs
    )
    other.done("choose", mediator=seat.pk)
    for page in (own.page(), other.page()):
        assert "陈三调" in page and str(Chosen.BY_PARTIES.label) in page
        assert _("Name somebody else of the committee") not in page
    assert dispute.assignments.in_force().get().chosen == Chosen.BY_PARTIES


def test_the_list_is_narrowed_by_name_kind_and_language(here: Mediation) -> None:
    _dispute, own, _other = both(here, State.ACCEPTED)
    for query, there, gone in (
        ("?words=三", "陈三调", "梁二调"),
        (f"?kind={Kind.LABOUR}", "陈三调", "梁二调"),
        (f"?language={Language.CANTONESE}", "梁二调", "陈三调"),
    ):
        page = own.page(query)
        assert there in page and gone not in page
    assert _("Nobody of the committee fits that. Ask for less, or leave it to the committee.") in own.page(
        "?words=无人"
    )


def test_nobody_of_another_body_and_nothing_made_up_is_named(here: Mediation) -> None:
    dispute, own, _other = both(here, State.ACCEPTED)
    assert "邻镇主任" not in own.page()
    for wanted, status in (("", 422), ("x", 422), ("9" * 30, 422), ("999999", 422)):
        assert own.do("choose", mediator=wanted).status_code == status
    assert own.do("choose", mediator=here.seat(here.stranger).pk).status_code == 409
    assert not dispute.assignments.exists()


def test_a_mediator_who_has_a_tie_since_is_offered_to_nobody(here: Mediation) -> None:
    dispute, own, other = both(here, State.ACCEPTED)
    own.done("choose", mediator=here.seat(here.third).pk)
    here.third.telephone = "13811112222"
    here.third.save(update_fields=["telephone"])
    assert "陈三调" not in other.page()
    assert other.do("choose", mediator=here.seat(here.third).pk).status_code == 409
    assert not dispute.assignments.in_force().exists()


# --- on paper -----------------------------------------------------------------------------------------------------------


def test_the_dossier_says_who_chose_and_how(here: Mediation) -> None:
    dispute = make_dispute(here, State.ACCEPTED)
    by_link(here, dispute, Side.APPLICANT)
    at_committee(here, dispute, Side.RESPONDENT)
    assigning.take_on(dispute, declares_none=True, by=here.third, at=LATER)
    (told,) = read(dispute).disclosures
    assert told.chosen == "由当事人选择（王小明，个人办理页面；李大力，电话）"
    assigning.declare_interest(dispute, interest=Interest.STAKE, by=here.third, at=LATER)
    assigning.choose(dispute, mediator=here.seat(here.second), by=here.head, at=LATER)
    assigning.take_on(dispute, declares_none=True, by=here.second, at=LATER)
    assert [one.chosen for one in read(dispute).disclosures][1] == "由本会指定"
