"""Whatever an officer of a department opens, nothing tells who reported: every address of the house is walked."""

from datetime import timedelta

import pytest
from django.utils import timezone

from linli.events import actions
from linli.events.models import Contact, Statement
from linli.events.rules import Door
from linli.kit.sealing import seal
from tests.addresses import NAMES
from tests.test_sweeps import Things, address, body, here, signed_in, world

__all__ = ["here", "world"]

NAME, PHONE, OWN = "卖豆腐的王婶", "19900000077", "沟边那盏灯也早就不亮了"


@pytest.fixture
def told(here: Things) -> Things:
    """The matter of the walk was told by telephone, with a contact."""
    event = here.event
    Statement.objects.create(event=event, door=Door.TELEPHONE, words=OWN)
    Contact.objects.create(event=event, sealed=seal(f"{NAME} {PHONE}", bound_to=event.pk.bytes))
    return here


@pytest.mark.parametrize("officer", ["handler", "co_handler"])
@pytest.mark.parametrize("stays_unnamed", [True, False])
def test_no_address_tells_an_officer_who_reported(told: Things, officer: str, stays_unnamed: bool) -> None:
    Statement.objects.update(stays_unnamed=stays_unnamed)
    client = signed_in(getattr(told.world.cast, officer))
    for name in sorted(set(NAMES) - {"sign_out"}):
        for response in (client.get(address(name, told)), client.post(address(name, told), {"reason": "想问"})):
            found = [secret for secret in (NAME, PHONE, OWN) if secret in body(response)]
            assert found == [], name


def test_the_walk_would_find_it(told: Things) -> None:
    client = signed_in(told.world.cast.desk)
    assert OWN in body(client.get(address("events:show", told)))
    assert PHONE in body(client.post(address("events:contact", told), {"reason": "回访"}))


def test_a_grant_of_the_desk_opens_the_contact_and_nothing_else(told: Things) -> None:
    at, officer = timezone.now(), told.world.cast.co_handler
    reveal = actions.ask_reveal(told.event, reason="要进院子", by=officer, at=at - timedelta(minutes=1))
    actions.grant_reveal(reveal, hours=4, by=told.world.cast.desk, at=at)
    client = signed_in(officer)
    assert OWN not in body(client.get(address("events:show", told)))
    assert PHONE in body(client.post(address("events:contact", told), {"reason": "约时间"}))
