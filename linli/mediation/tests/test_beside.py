"""Mediation beside a matter that has not gone to mediation: from its page, with what the parties said."""

import uuid
from typing import Any

import pytest
from django.urls import reverse

from linli.events.models import Event
from linli.events.rules import State as EventState
from linli.events.testing import make_event
from linli.journal.models import Entry
from linli.mediation.models import Dispute
from linli.mediation.rules import Door
from linli.mediation.testing import Mediation, make_mediation
from linli.mediation.tests.desks import Desk
from linli.people.models import Person

HOW = "双方电话中都同意"
USUAL = {"kind": "natural", "language": "mandarin"}


@pytest.fixture
def here(db: None) -> Mediation:
    return make_mediation()


def place(event: Event) -> str:
    return f"{reverse('mediation:new')}?door=event&event={event.pk}"


def offer(person: Person, event: Event) -> bool:
    """Whether the page of the matter leads there."""
    page = Desk(person).client.get(reverse("events:show", args=[event.pk]))
    assert page.status_code == 200
    return place(event).replace("&", "&amp;") in page.content.decode()


def sent(event: Event, **changed: Any) -> dict[str, Any]:
    told = {"event": str(event.pk), "area": "440881101201", "kind": "02", "summary": "两家为水沟争执"}
    told |= {"parties_agree": "on", "agreed_how": HOW, "mediation_type": "peoples"}
    told |= {f"{side}_{name}": one for side in ("applicant", "respondent") for name, one in USUAL.items()}
    told |= {"applicant_name": "王小明"}
    return {**told, **changed}


def test_the_desk_opens_a_dispute_beside_a_matter_and_the_matter_goes_on(here: Mediation) -> None:
    event, desk = make_event(here.world, EventState.ACCEPTED), here.world.cast.desk
    assert offer(desk, event)
    client = Desk(desk).client
    form = client.get(place(event)).context["form"]
    assert form.initial["event"] == str(event.pk) and form.initial["summary"] == event.text
    answer = client.post(f"{reverse('mediation:new')}?door=event", sent(event))
    assert answer.status_code == 302, answer.context["form"].errors
    dispute = Dispute.objects.get()
    assert (dispute.event, dispute.door, dispute.words["agreed_how"]) == (event, Door.EVENT, HOW)
    event.refresh_from_db()
    assert event.state == EventState.ACCEPTED
    facts = Entry.objects.get(verb="dispute.registered").facts
    assert facts["beside"] is True and HOW not in str(facts)
    page = client.get(reverse("events:show", args=[event.pk])).content.decode()
    assert dispute.number in page and HOW not in page and not offer(desk, event)


@pytest.mark.parametrize(
    ("changed", "field"), [({"parties_agree": ""}, "parties_agree"), ({"agreed_how": " "}, "agreed_how")]
)
def test_without_the_parties_nothing_is_opened(here: Mediation, changed: dict[str, str], field: str) -> None:
    event = make_event(here.world, EventState.ACCEPTED)
    client = Desk(here.world.cast.desk).client
    answer = client.post(f"{reverse('mediation:new')}?door=event", sent(event, **changed))
    assert answer.status_code == 422 and list(answer.context["form"].errors) == [field]
    assert f'id="id_{field}_error"' in answer.content.decode()
    assert not Dispute.objects.exists()


def test_whoever_may_not_read_the_matter_opens_nothing_beside_it(here: Mediation) -> None:
    event = make_event(here.world, EventState.ACCEPTED)
    for person in (here.stranger, here.world.cast.neighbour):
        client = Desk(person).client
        assert event.number not in client.get(place(event)).content.decode()
        assert client.post(f"{reverse('mediation:new')}?door=event", sent(event)).status_code in (403, 422)
    assert not Dispute.objects.exists()


def test_an_event_nobody_knows_is_no_error(here: Mediation) -> None:
    client = Desk(here.world.cast.desk).client
    for key in (uuid.uuid4(), "nonsense"):
        page = client.get(f"{reverse('mediation:new')}?door=event&event={key}")
        assert page.status_code == 200 and "parties_agree" not in page.context["form"].fields


def test_a_matter_that_went_to_mediation_needs_no_consent_here(here: Mediation) -> None:
    event = make_event(here.world, EventState.IN_MEDIATION, category=here.world.quarrel)
    assert offer(here.world.cast.desk, event)
    form = Desk(here.world.cast.desk).client.get(place(event)).context["form"]
    assert "parties_agree" not in form.fields and form.initial["event"] == str(event.pk)


def test_a_closed_matter_and_a_reader_without_that_door_are_offered_nothing(here: Mediation) -> None:
    closed, open_one = make_event(here.world, EventState.CLOSED), make_event(here.world, EventState.ACCEPTED)
    assert not offer(here.world.cast.desk, closed)
    assert not offer(here.world.cast.worker, open_one) and not offer(here.world.cast.leader, open_one)


def test_the_file_says_that_the_parties_agreed(here: Mediation) -> None:
    event = make_event(here.world, EventState.ACCEPTED)
    Desk(here.world.cast.desk).client.post(f"{reverse('mediation:new')}?door=event", sent(event))
    dispute, desk = Dispute.objects.get(), Desk(here.village_head)
    desk.open(dispute)
    assert HOW in desk.client.get(reverse("mediation:file", args=[dispute.pk])).content.decode()
