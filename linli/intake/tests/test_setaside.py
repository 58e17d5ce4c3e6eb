"""Reports set aside: the county desk sees them with their reason, and takes them in or settles them by hand."""

import json
import random
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from linli.events.models import Contact, Event
from linli.events.testing import GRID, World, make_event
from linli.intake import digest
from linli.intake.accept import Sender, accept
from linli.intake.answering import Answering
from linli.intake.models import Kept, KeptState
from linli.intake.testing import a_report
from linli.journal.models import Entry
from linli.people.models import Person

pytestmark = pytest.mark.django_db
PAGE = "/desk/intake/"


@pytest.fixture
def aside(world: World) -> Kept:
    """A report with a contact, routed to an area that is gone."""
    answering = Answering()
    answering.renew()
    sent = json.dumps(a_report(random.Random(1), area=GRID, text="桥面裂缝", contact="19900000099")).encode()
    row = accept(sent, Sender("public"), answering, received_at=timezone.now(), sent_at=None)
    kept = Kept.objects.create(**row._asdict() | {"area": "440881101201999"})
    digest.digest_all(timezone.now())
    kept.refresh_from_db()
    assert kept.state == KeptState.SET_ASIDE
    return kept


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def post(person: Person, act: str, row: Kept, **given: str) -> Any:
    return signed_in(person).post(reverse(f"intake:{act}", args=[row.pk]), given)


def test_the_desk_sees_what_was_set_aside_and_why(world: World, aside: Kept) -> None:
    page = signed_in(world.cast.county).get(PAGE).content.decode()
    assert "桥面裂缝" in page
    assert "440881101201999" in page
    assert "19900000099" not in page


def test_nobody_else_sees_it(world: World, aside: Kept) -> None:
    for person in (world.cast.worker, world.cast.leader, world.cast.system, world.cast.nobody):
        assert signed_in(person).get(PAGE).status_code == 404
        assert post(person, "retake", aside, area=GRID).status_code == 404


def test_taken_in_elsewhere_it_is_a_matter_like_any_other(world: World, aside: Kept) -> None:
    assert post(world.cast.county, "retake", aside, area=GRID).status_code == 302
    event = Event.objects.get()
    assert (event.pk, event.area_id, event.text) == (aside.pk, GRID, "桥面裂缝")
    assert Contact.objects.filter(event=event).exists()
    aside.refresh_from_db()
    assert (aside.state, aside.area, aside.reason) == (KeptState.DIGESTED, GRID, None)
    assert [(one.verb, one.by) for one in Entry.objects.order_by("id")] == [
        ("event.reported", None), ("report.retaken", world.cast.county),
    ]  # fmt: skip


@pytest.mark.parametrize(("area", "status"), [("", 422), ("7", 422), ("440881101", 302)])
def test_a_retry_that_fails_again_leaves_it_where_it_is(world: World, aside: Kept, area: str, status: int) -> None:
    assert post(world.cast.county, "retake", aside, area=area).status_code == status
    assert Kept.objects.set_aside().count() == (status != 302)
    assert Event.objects.count() == (status == 302)


def test_a_desk_of_a_township_takes_nothing_into_another(world: World, aside: Kept) -> None:
    assert post(world.cast.desk, "retake", aside, area="440881102201001").status_code == 403
    assert Kept.objects.set_aside().count() == 1


def test_entered_by_hand_it_is_settled_with_its_number(world: World, aside: Kept) -> None:
    assert post(world.cast.county, "settle", aside, number="440881101-202611-999999").status_code == 422
    event = make_event(world)
    assert post(world.cast.county, "settle", aside, number=f" {event.number} ").status_code == 302
    aside.refresh_from_db()
    assert (aside.state, bytes(aside.sealed_contact)) == (KeptState.DIGESTED, b"")
    assert aside.why.endswith(f"{event.number}。") or event.number in aside.why
    assert post(world.cast.county, "settle", aside, number=event.number).status_code == 404
    assert Event.objects.count() == 1


def test_an_unreadable_one_is_shown_all_the_same(world: World, aside: Kept) -> None:
    for content in (b"{", b"[1]", "裸字".encode(), b"\xff"):
        Kept.objects.filter(pk=aside.pk).update(content=content)
        assert signed_in(world.cast.county).get(PAGE).status_code == 200
