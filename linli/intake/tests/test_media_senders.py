"""Who may send the photos and videos of a report, and how many at once."""

from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from linli.events.testing import World
from linli.intake import devices, media, tokens
from linli.intake.keys import create
from linli.intake.models import Purpose
from linli.intake.testing import Door
from linli.intake.tests.media import PHOTO, REPORTS, a_photo, at, digested, hash_of, reported
from linli.kit import throttle

pytestmark = pytest.mark.django_db(transaction=True)


def test_only_who_sent_the_report_sends_its_photos(door: Door, world: World) -> None:
    made = [create(name, purpose=Purpose.INTAKE, by=None, at=timezone.now())[1] for name in ("one", "other")]
    ours, theirs = ({"authorization": f"Bearer {key}"} for key in made)
    report = reported(door, PHOTO, **ours)
    for headers in (theirs, {}):
        for method in ("PUT", "GET", "HEAD"):
            assert door.ask(method, at(report, PHOTO), PHOTO if method == "PUT" else b"", **headers)[0] == 404
    assert door.put(at(report, PHOTO), PHOTO, authorization="Bearer linli_wrong")[0] == 401
    assert door.put(at(report, PHOTO), PHOTO, **ours)[0] == 201


def test_a_person_signed_in_sends_photos_from_our_own_pages_only(door: Door, world: World) -> None:
    client = Client()
    client.force_login(world.cast.worker)
    session = {"cookie": f"sessionid={client.cookies['sessionid'].value}"}
    ours = {**session, "origin": "http://testserver"}
    report = reported(door, PHOTO, **ours)
    foreign = door.put(at(report, PHOTO), PHOTO, **session, origin="http://elsewhere.example")
    assert (foreign[0], foreign[1]["error"]["code"]) == (403, "foreign_page")
    assert door.put(at(report, PHOTO), PHOTO)[0] == 404  # signed out, it is nobody's report
    assert door.put(at(report, PHOTO), PHOTO, **ours, content_type="image/jpeg")[0] == 201
    event = digested()
    assert event.pictures.get().entry.by == world.cast.worker  # type: ignore[union-attr]


def test_a_phone_of_staff_sends_the_photos_of_its_report_with_its_token(door: Door, world: World) -> None:
    made = [
        devices.register(one, UUID(int=1), name="", session="", at=timezone.now())[1]
        for one in (world.cast.worker, world.cast.neighbour)
    ]
    phone, other = ({"authorization": f"Bearer {token}"} for token in made)
    report = reported(door, PHOTO, **phone)
    assert door.put(at(report, PHOTO), PHOTO, **other)[0] == 404
    assert door.put(at(report, PHOTO), PHOTO, **phone)[0] == 201
    assert digested().pictures.get().entry.by == world.cast.worker  # type: ignore[union-attr]


def test_only_what_the_report_named_is_taken(door: Door) -> None:
    report = reported(door, PHOTO)
    other = a_photo(2)
    assert door.put(at(report, other), other)[1]["error"]["code"] == "not_named"
    assert door.put(f"{report}/media/{'0' * 63}", other)[0] == 404
    assert door.put(f"{REPORTS}/nothing/media/{hash_of(PHOTO)}", PHOTO)[0] == 404
    assert door.ask("DELETE", at(report, PHOTO), b"")[0] == 405


@pytest.mark.parametrize(
    ("limit", "with_token"), [("PER_ADDRESS_BARE", False), ("PER_PHONE", True), ("PER_ADDRESS", True)]
)
def test_a_phone_and_an_address_without_an_account_are_slowed_down(
    door: Door, monkeypatch: pytest.MonkeyPatch, limit: str, with_token: bool
) -> None:
    throttle.forget()
    monkeypatch.setattr(media, limit, 1)
    headers = {"authorization": f"Bearer {tokens.mint(timezone.now())}"} if with_token else {}
    one, other = PHOTO, a_photo(2)
    report = reported(door, one, other, **headers)
    assert door.put(at(report, one), one, **headers)[0] == 201
    status, answer = door.put(at(report, other), other, **headers)
    assert (status, answer["error"]["code"], door.headers["retry-after"]) == (429, "too_many", "300")
    throttle.forget()
    assert door.put(at(report, other), other, **headers)[0] == 201


def test_while_too_many_arrive_others_are_asked_to_come_back(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(media, "MOST_AT_ONCE", 0)
    status, answer = door.put(at(reported(door, PHOTO), PHOTO), PHOTO)
    assert (status, answer["error"]["code"], door.headers["retry-after"]) == (503, "uploads_full", "5")
