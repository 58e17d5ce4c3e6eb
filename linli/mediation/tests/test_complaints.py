"""Complaints about a mediator who heads the committee go one level up; whoever they are about reads them nowhere."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from linli.journal.models import Entry
from linli.kit.refusal import Refused
from linli.mediation.actions import assigning, bodies, own
from linli.mediation.models import Body, Dispute, Mediator
from linli.mediation.rules import Purpose, State
from linli.mediation.testing import Mediation, make_dispute, make_mediation, party_of
from linli.mediation.tests.desks import Desk, days_ago
from linli.people.models import Person
from linli.people.testing import FROM

WORDS = "调解员偏袒对方，说话难听"


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


def test_a_complaint_about_anybody_else_stays_with_the_head(here: Mediation) -> None:
    dispute = mediated_by(here, here.mediator)
    assert complain(dispute) is None
    assert told() == [here.head]
    assert reads(here.head, dispute) and not reads(here.mediator, dispute)
    assert Desk(here.county_head).client.get(reverse("mediation:file", args=[dispute.pk])).status_code == 404
    assert "?show=complaints" not in Desk(here.county_head).client.get(reverse("mediation:list")).content.decode()


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
    read = own.from_parties(dispute, by=here.head, at=timezone.now()).complaints
    assert [one.words for one in read] == [WORDS]


def test_why_another_mediator_is_wanted_is_not_read_by_the_one_it_is_about(here: Mediation) -> None:
    dispute = mediated_by(here, here.head)
    own.object_to_mediator(party_of(dispute), words=WORDS, at=timezone.now())
    dispute.refresh_from_db()
    assert dispute.state == State.ACCEPTED and told() == [here.county_head]
    assert not own.from_parties(dispute, by=here.head, at=timezone.now()).objections
    assert reads(here.county_head, dispute) and not reads(here.head, dispute)


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
    assert not shown.context["steps"] and not shown.context["side_steps"]
    assert len(shown.context["needs"]) == 1 and shown.context["reads_complaints"]
    assert dispute.looks.get(person=here.county_head).purpose == Purpose.COMPLAINT
    Dispute.objects.filter(pk=dispute.pk).update(archived_at=timezone.now())
    assert desk.client.get(place).status_code == 404
