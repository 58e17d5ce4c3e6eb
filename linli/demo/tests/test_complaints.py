"""Parties of the demonstration complain where somebody is left to hear it, whoever happens to mediate."""

from datetime import timedelta

import pytest
from django.utils import timezone

from linli.areas.codes import contains
from linli.demo.land import HOME_TOWN
from linli.demo.mediation import _complain
from linli.mediation.actions import assigning
from linli.mediation.models import Complaint, Dispute, Mediator
from linli.mediation.rules import State
from linli.mediation.testing import Mediation, make_dispute, make_mediation
from linli.mediation.tests.desks import days_ago


@pytest.fixture
def here(db: None) -> Mediation:
    return make_mediation()


def mediated_by_its_head(here: Mediation) -> Dispute:
    dispute, at = make_dispute(here, State.ACCEPTED, at=days_ago(6)), days_ago(5)
    assigning.choose(dispute, mediator=here.seat(here.head), by=here.head, at=at)
    assigning.take_on(dispute, declares_none=True, by=here.head, at=at + timedelta(hours=1))
    return dispute


@pytest.mark.parametrize("is_headed_above", [True, False])
def test_nobody_complains_where_nobody_could_hear_it(here: Mediation, is_headed_above: bool) -> None:
    Mediator.objects.filter(person=here.county_head).update(is_head=is_headed_above)
    dispute = mediated_by_its_head(here)
    assert contains(HOME_TOWN, dispute.area_id)
    _complain(timezone.now())
    assert [one.dispute_id for one in Complaint.objects.all()] == ([dispute.pk] if is_headed_above else [])
