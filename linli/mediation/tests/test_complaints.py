"""Complaints about a mediator who heads the committee go one level up; whoever they are about reads them nowhere."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from linli.journal.models import Entry
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.mediation import letters
from linli.mediation.actions import assigning, bodies, complaining, own, parties, reminding_of_complaints
from linli.mediation.actions.parties import make_link
from linli.mediation.models import Body, Complaint, Dispute, Mediator
from linli.mediation.rules import Purpose, Side, State
from linli.mediation.testing import RESPONDENT, Mediation, make_dispute, make_mediation, party_of
from linli.mediation.tests.desks import Desk, days_ago
from linli.notices.models import Letter
from linli.people.models import Person
from linli.people.testing import FROM

WORDS = "调解员偏袒对方，说话难听"
ANSWER = "已听取双方意见，调解员言语不当，已更换调解员"


@pytest.fixture
def here(db: None) -> Mediation:
    return make_mediation()


def mediated_by(here: Mediation, person: Person) -> Dispute:
    """In mediation with this member of the township's committee."""
    dispute, at = make_dispute(here, State.ACCEPTED, at=days_ago(2)), days_ago(1)
    assigning.choose(dispute, mediator=here.seat(person), by=here.head, at=at)
    assigning.take_on(dispute, declares_none=True, by=person, at=at + timedelta(hours=1))
    return dispute


def complain(dispute: Dispute) -> Body | None:
    return own.complain(party_of(dispute), words=WORDS, at=timezone.now())


def told() -> list[Person]:
    return [one.person for one in Entry.objects.get(verb="dispute.complained").notices.all()]


def reads(person: Person, dispute: Dispute) -> bool:
    """On the page of the file, after saying what for."""
    desk = Desk(person)
    desk.client.post(reverse("mediation:look", args=[dispute.pk]), {"purpose": Purpose.COMPLAINT})
    return WORDS in desk.client.get(reverse("mediation:file", args=[dispute.pk])).content.decode()


def test_a_complaint_about_a_head_goes_to_the_head_above(here: Mediation) -> None:
    dispute = mediated_by(here, here.head)
    assert complain(dispute) == here.county
    assert told() == [here.county_head]
    assert reads(here.county_head, dispute)
    assert not reads(here.head, dispute)
    page = Desk(here.county_head).client.get(reverse("mediation:list")).content.decode()
    assert "?show=complaints" in page and dispute.case_no in page
    assert "?show=complaints" not in Desk(here.head).client.get(reverse("mediation:list")).content.decode()


def test_a_complaint_about_anybody_else_stays_with_the_head(here: Mediation) -> None:
    dispute = mediated_by(here, here.mediator)
    assert complain(dispute) is None
    assert told() == [here.head]
    assert reads(here.head, dispute) and not reads(here.mediator, dispute)
    assert Desk(here.county_head).client.get(reverse("mediation:file", args=[dispute.pk])).status_code == 404
    assert "?show=complaints" not in Desk(here.county_head).client.get(reverse("mediation:list")).content.decode()
    assert "?show=complaints" in Desk(here.head).client.get(reverse("mediation:list")).content.decode()


def test_a_party_is_called_the_same_wherever_its_file_speaks_of_it(here: Mediation) -> None:
    dispute, desk = make_dispute(here, at=days_ago(5)), Desk(here.head)
    parties.remove_party(party_of(dispute, Side.RESPONDENT), by=here.head, at=days_ago(4))
    told = replace(RESPONDENT, name="李小力", telephone="13900000009")
    party = parties.add_party(dispute, told, by=here.head, at=days_ago(4))
    own.complain(party, words=WORDS, at=days_ago(3))
    desk.open(dispute)
    file = desk.client.get(reverse("mediation:file", args=[dispute.pk])).context
    (listed,) = [one["name"] for one in file["parties"] if one["row"] == party]
    assert file["from_parties"].complaints[0].party == listed
    assert desk.client.get(reverse("mediation:reveal", args=[dispute.pk, party.pk])).context["whom"] == listed


def test_the_head_beside_them_does_not_judge_it_either(here: Mediation) -> None:
    by, at = here.world.cast.system, days_ago(3)
    bodies.add_mediator(here.township, person=here.world.cast.nobody, from_on=FROM, is_head=True, by=by, at=at)
    dispute = mediated_by(here, here.head)
    complain(dispute)
    assert told() == [here.county_head]
    assert not reads(here.world.cast.nobody, dispute)


def test_a_head_who_takes_it_on_later_reads_what_was_said_of_another(here: Mediation) -> None:
    dispute = mediated_by(here, here.mediator)
    complain(dispute)
    assigning.give_back(dispute, why="换人", by=here.head, at=timezone.now())
    assigning.choose(dispute, mediator=here.seat(here.head), by=here.head, at=timezone.now())
    assigning.take_on(dispute, declares_none=True, by=here.head, at=timezone.now())
    assert reads(here.head, dispute)
    own.complain(party_of(dispute), words="还是不公", at=timezone.now())
    read = own.from_parties(dispute, names={}, by=here.head, at=timezone.now()).complaints
    assert [one.words for one in read] == [WORDS]


def test_why_another_mediator_is_wanted_is_not_read_by_the_one_it_is_about(here: Mediation) -> None:
    dispute = mediated_by(here, here.head)
    own.object_to_mediator(party_of(dispute), words=WORDS, at=timezone.now())
    dispute.refresh_from_db()
    assert dispute.state == State.ACCEPTED and told() == [here.county_head]
    said = own.from_parties(dispute, names={}, by=here.head, at=timezone.now())
    assert not said.objections and not said.complaints
    assert reads(here.county_head, dispute) and not reads(here.head, dispute)
    assert dispute.complaints.get().is_objection


def test_at_the_top_another_committee_reads_it_and_where_there_is_none_the_party_is_told(here: Mediation) -> None:
    by, at = here.world.cast.system, days_ago(3)
    Mediator.objects.filter(person=here.county_head).update(is_head=False)
    dispute = mediated_by(here, here.head)
    with pytest.raises(Refused) as refusal:
        complain(dispute)
    assert refusal.value.code == "nobody_to_complain_to"
    # The mediator is changed all the same; why, nobody reads.
    own.object_to_mediator(party_of(dispute), words=WORDS, at=timezone.now())
    dispute.refresh_from_db()
    assert dispute.state == State.ACCEPTED and not Entry.objects.filter(verb="dispute.complained").exists()
    bodies.add_mediator(here.township, person=here.world.cast.nobody, from_on=FROM, is_head=True, by=by, at=at)
    assert complain(dispute) is None
    assert told() == [here.world.cast.nobody]


def test_the_committee_above_opens_the_file_for_that_and_the_parties_see_it(here: Mediation) -> None:
    dispute = mediated_by(here, here.head)
    complain(dispute)
    desk, place = Desk(here.county_head), reverse("mediation:file", args=[dispute.pk])
    door = desk.client.get(place)
    assert door.context["form"].initial["purpose"] == Purpose.COMPLAINT
    assert WORDS not in door.content.decode()
    desk.client.post(reverse("mediation:look", args=[dispute.pk]), {"purpose": Purpose.COMPLAINT})
    shown = desk.client.get(place)
    assert [one.name for one in shown.context["steps"]] == ["answer_complaint"] and not shown.context["side_steps"]
    assert len(shown.context["needs"]) == 1 and shown.context["reads_complaints"]
    assert dispute.looks.get(person=here.county_head).purpose == Purpose.COMPLAINT
    # A dossier may be laid in the archive before it is answered: the answer is owed all the same.
    Dispute.objects.filter(pk=dispute.pk).update(archived_at=timezone.now())
    assert desk.client.get(place).status_code == 200
    complaining.answer(dispute.complaints.get(), words=ANSWER, by=here.county_head, at=timezone.now())
    assert desk.client.get(place).status_code == 404


def test_once_it_is_answered_the_committee_above_opens_the_file_no_longer(here: Mediation) -> None:
    dispute = mediated_by(here, here.head)
    complain(dispute)
    own.complain(party_of(dispute, Side.RESPONDENT), words=WORDS, at=timezone.now())
    desk, place = Desk(here.county_head), reverse("mediation:file", args=[dispute.pk])
    first, second = dispute.complaints.order_by("at")
    desk.client.post(reverse("mediation:look", args=[dispute.pk]), {"purpose": Purpose.COMPLAINT})
    desk.do(dispute, "answer_complaint", of=first, words=ANSWER)
    assert desk.client.get(place).status_code == 200
    desk.do(dispute, "answer_complaint", of=second, words=ANSWER)
    assert desk.client.get(place).status_code == 404
    own.complain(party_of(dispute), words="又有一事", at=timezone.now())
    assert desk.client.get(place).status_code == 200


# --- the answer ---------------------------------------------------------------------------------------------------------


def test_a_head_answers_by_the_form_and_the_party_reads_it_beside_its_own_words(here: Mediation) -> None:
    dispute = mediated_by(here, here.mediator)
    complain(dispute)
    desk = Desk(here.head)
    desk.open(dispute)
    complaint = dispute.complaints.get()
    form = desk.client.get(reverse("mediation:act_on", args=[dispute.pk, "answer_complaint", complaint.pk]))
    assert WORDS in form.content.decode()
    desk.do(dispute, "answer_complaint", of=complaint, words=ANSWER)
    party = party_of(dispute)
    page = Client().get(f"/mediation/party/{make_link(party, timezone.now())}/").content.decode()
    assert page.index(WORDS) < page.index(ANSWER) and here.head.name in page
    assert ANSWER in desk.client.get(reverse("mediation:file", args=[dispute.pk])).content.decode()
    entry = Entry.objects.get(verb="dispute.complaint_answered")
    assert entry.by == here.head and entry.facts["party"] == str(party.pk)
    assert ANSWER not in str(entry.facts) and not entry.notices.exists()
    assert "?show=complaints" not in desk.client.get(reverse("mediation:list")).content.decode()


def test_neither_the_other_side_nor_whoever_it_is_about_reads_the_answer(here: Mediation) -> None:
    dispute = mediated_by(here, here.mediator)
    complain(dispute)
    complaining.answer(dispute.complaints.get(), words=ANSWER, by=here.head, at=timezone.now())
    other = make_link(party_of(dispute, Side.RESPONDENT), timezone.now())
    assert ANSWER not in Client().get(f"/mediation/party/{other}/").content.decode()
    desk = Desk(here.mediator)
    desk.open(dispute)
    assert ANSWER not in desk.client.get(reverse("mediation:file", args=[dispute.pk])).content.decode()


@pytest.mark.parametrize("who", ["head", "mediator", "stranger", "village_head"])
def test_nobody_it_is_about_and_no_other_committee_answers(here: Mediation, who: str) -> None:
    """It is about the head of the township's committee: that of the county answers."""
    dispute = mediated_by(here, here.head)
    complain(dispute)
    person, complaint = getattr(here, who), dispute.complaints.get()
    with pytest.raises(NotYours) as refusal:
        complaining.answer(complaint, words=ANSWER, by=person, at=timezone.now())
    assert refusal.value.code == "not_yours_to_answer"
    desk = Desk(person)
    desk.client.post(reverse("mediation:look", args=[dispute.pk]), {"purpose": Purpose.COMPLAINT})
    form = desk.client.get(reverse("mediation:act_on", args=[dispute.pk, "answer_complaint", complaint.pk]))
    assert form.status_code in (403, 404) and WORDS not in form.content.decode()


def test_whoever_it_is_about_does_not_answer_it_as_head_of_the_committee_later(here: Mediation) -> None:
    dispute = mediated_by(here, here.mediator)
    complain(dispute)
    Mediator.objects.filter(person=here.mediator).update(is_head=True)
    with pytest.raises(NotYours):
        complaining.answer(dispute.complaints.get(), words=ANSWER, by=here.mediator, at=timezone.now())
    assert not reads(here.mediator, dispute)
    assert "?show=complaints" not in Desk(here.mediator).client.get(reverse("mediation:list")).content.decode()
    assert complaining.readers_of(dispute.complaints.get(), timezone.now()) == [here.head]


def test_an_answer_says_something_and_is_given_once(here: Mediation) -> None:
    dispute = mediated_by(here, here.mediator)
    complain(dispute)
    complaint = dispute.complaints.get()
    with pytest.raises(BadInput) as empty:
        complaining.answer(complaint, words=" ", by=here.head, at=timezone.now())
    complaining.answer(complaint, words=ANSWER, by=here.head, at=timezone.now())
    with pytest.raises(Refused) as twice:
        complaining.answer(complaint, words="另一个答复", by=here.head, at=timezone.now())
    assert (empty.value.code, twice.value.code) == ("text_missing", "answered_already")
    complaint.refresh_from_db()
    assert complaint.words["answer"] == ANSWER


def test_whoever_has_to_answer_is_reminded_shortly_before_its_time_is_over_and_when_it_is(here: Mediation) -> None:
    dispute = mediated_by(here, here.mediator)
    at = days_ago(1)
    own.complain(party_of(dispute), words=WORDS, at=at)
    complaint = dispute.complaints.get()
    end = complaint.due_at
    assert reminding_of_complaints.remind(end - timedelta(days=2, seconds=1)) == 0
    assert reminding_of_complaints.remind(end - timedelta(days=2)) == 1
    assert reminding_of_complaints.remind(end - timedelta(days=1)) == 0
    assert reminding_of_complaints.remind(end) == 1 and reminding_of_complaints.remind(end + timedelta(days=9)) == 0
    told = Entry.objects.filter(verb__in=["dispute.complaint_due", "dispute.complaint_overdue"]).order_by("pk")
    assert [one.verb for one in told] == ["dispute.complaint_due", "dispute.complaint_overdue"]
    assert {notice.person for one in told for notice in one.notices.all()} == {here.head}
    assert WORDS not in "".join(str(one.facts) for one in told)


def test_the_list_says_until_when_and_one_that_is_answered_is_reminded_of_no_more(here: Mediation) -> None:
    dispute = mediated_by(here, here.mediator)
    complain(dispute)
    complaint = dispute.complaints.get()
    Complaint.objects.filter(pk=complaint.pk).update(due_at=days_ago(3))
    page = Desk(here.head).client.get(reverse("mediation:list"), {"show": "complaints"})
    assert [(row.dispute, row.is_late) for row in page.context["rows"]] == [(dispute, True)]
    complaining.answer(complaint, words=ANSWER, by=here.head, at=timezone.now())
    assert not reminding_of_complaints.is_due(timezone.now() + timedelta(days=400))


def test_each_party_may_complain_ten_times_whatever_the_other_did(here: Mediation) -> None:
    dispute = mediated_by(here, here.mediator)
    for _each in range(own.MOST_COMPLAINTS):
        complain(dispute)
    with pytest.raises(Refused) as refusal:
        complain(dispute)
    assert refusal.value.code == "complained_often"
    own.complain(party_of(dispute, Side.RESPONDENT), words=WORDS, at=timezone.now())


def test_a_party_is_told_that_there_is_an_answer_and_not_what_it_says(here: Mediation) -> None:
    dispute = mediated_by(here, here.mediator)
    party = party_of(dispute)
    party.sealed = party.with_words(mail="wang@example.cn")
    party.save(update_fields=["sealed"])
    complain(dispute)
    complaining.answer(dispute.complaints.get(), words=ANSWER, by=here.head, at=timezone.now())
    letter = Letter.objects.get()
    assert letters.Writing().address(letter) == {"to": "wang@example.cn"}
    said = letters.Writing().words(letter).whole
    assert dispute.number in said and ANSWER not in said and WORDS not in said
    assert ANSWER not in str(letter.facts)
