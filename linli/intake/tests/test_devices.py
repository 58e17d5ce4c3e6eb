"""Phones of staff: a queue is sent under its holder's name though the session is over, and until it is signed out."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from linli.accounts import actions as accounts
from linli.accounts.models import SignIn
from linli.administration.actions import persons
from linli.events.testing import World
from linli.intake import devices
from linli.intake.models import ENDS_UNUSED, Device, Ending, Kept
from linli.intake.testing import Door
from linli.intake.tests.test_accept import BATCH, OURS, REPORTS, cookie_of, refusal, report
from linli.journal.models import Entry
from linli.journal.proving import verify_chain
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.kit.testing import together
from linli.people.models import Person
from linli.people.testing import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)
DEVICES = "/intake/v1/devices"
PHONE, OTHER_PHONE = (str(UUID(int=number, version=4)) for number in (1, 2))
Headers = dict[str, str]


def registered(door: Door, person: Person, installation: str = PHONE, **more: str) -> Headers:
    """Sign a person in on a phone; the header with which it sends from now on."""
    sent = {"installation": installation} | more
    status, told = door.post(DEVICES, sent, cookie=cookie_of(person), **OURS)
    assert (status, told["person"]) == (201, person.pk)
    return {"authorization": f"Bearer {told['token']}"}


def is_out(door: Door, phone: Headers) -> bool:
    """Whether the phone is told to sign in again, without the few seconds in which it is still known."""
    door.front.hatch.senders.forget()
    status, code = door.post(REPORTS, report(99), **phone)
    if status == 401:
        assert refusal((status, code)) == (401, "sign_in_again")
    return status == 401


def test_a_phone_sends_for_its_holder_when_the_session_is_over(door: Door, world: World) -> None:
    phone = registered(door, world.cast.worker)
    Session.objects.all().delete()
    assert door.post(REPORTS, report(by=world.cast.worker.pk), **phone)[0] == 201
    assert door.post(REPORTS, report(2), cookie="sessionid=over", **phone)[0] == 201
    assert {(row.sender, row.sender_key) for row in Kept.objects.all()} == {("person", world.cast.worker.pk)}


def test_by_session_or_by_token_it_is_the_same_report(door: Door, world: World) -> None:
    phone, cookie = registered(door, world.cast.worker), cookie_of(world.cast.worker)
    first = door.post(REPORTS, report(), cookie=cookie, **OURS)
    assert door.post(REPORTS, report(), **phone) == (200, first[1])
    assert door.get(first[1]["see"], **phone) == door.get(first[1]["see"], cookie=cookie)
    assert Kept.objects.count() == 1


def test_on_a_shared_phone_everybody_sends_their_own(door: Door, world: World) -> None:
    worker, deputy = registered(door, world.cast.worker), registered(door, world.cast.deputy)
    assert worker != deputy
    assert door.post(REPORTS, report(by=world.cast.worker.pk), **worker)[0] == 201
    assert refusal(door.post(REPORTS, report(2, by=world.cast.worker.pk), **deputy)) == (401, "sign_in_again")
    assert door.post(REPORTS, report(2, by=world.cast.worker.pk), **worker)[0] == 201


def test_only_our_own_pages_and_a_session_register_a_phone(door: Door, world: World) -> None:
    cookie, wish = cookie_of(world.cast.worker), {"installation": PHONE}
    assert refusal(door.post(DEVICES, wish)) == (401, "sign_in_again")
    assert refusal(door.post(DEVICES, wish, cookie=cookie)) == (403, "foreign_page")
    phone = registered(door, world.cast.worker)
    assert refusal(door.post(DEVICES, {"installation": OTHER_PHONE}, **phone)) == (401, "sign_in_again")
    assert refusal(door.post(DEVICES, wish, cookie=cookie, **phone, **OURS)) == (401, "sign_in_again")
    assert Device.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "not_json"),
        (b"\xff", "not_json"),
        (b"{}", "bad_installation"),
        (b'{"installation": "mine"}', "bad_installation"),
        (b'{"installation": "%s", "name": "%s"}' % (PHONE.encode(), b"x" * 61), "bad_device_name"),
        (b'{"installation": "%s", "name": "a\\u0000b"}' % PHONE.encode(), "bad_device_name"),
    ],
)
def test_a_registration_that_cannot_be_read_is_refused_in_words(
    door: Door, world: World, body: bytes, code: str
) -> None:
    assert refusal(door.post(DEVICES, body, cookie=cookie_of(world.cast.worker), **OURS)) == (422, code)
    assert not Device.objects.exists()


def test_of_a_token_only_its_hash_is_kept_and_it_is_told_once(door: Door, world: World) -> None:
    token = registered(door, world.cast.worker, name="值班手机")["authorization"].removeprefix("Bearer ")
    row = Device.objects.values().get()
    assert token not in str(row)
    assert (row["name"], row["last_used_on"]) == ("值班手机", timezone.localdate())
    assert [(entry.verb, entry.by, entry.facts) for entry in Entry.objects.all()] == [
        ("device.registered", world.cast.worker, {}),
    ]


def test_registered_again_the_token_is_another_and_the_phone_the_same(door: Door, world: World) -> None:
    first = registered(door, world.cast.worker, name="旧名")
    second = registered(door, world.cast.worker)
    assert is_out(door, first)
    assert not is_out(door, second)
    assert Device.objects.get().name == "旧名"


def test_a_phone_signs_itself_out(door: Door, world: World) -> None:
    phone, other = registered(door, world.cast.worker), registered(door, world.cast.worker, OTHER_PHONE)
    assert door.ask("DELETE", DEVICES, b"", **phone) == (200, {"state": "signed_out"})
    assert refusal(door.ask("DELETE", DEVICES, b"", **phone)) == (401, "sign_in_again")
    assert refusal(door.ask("DELETE", DEVICES, b"")) == (401, "sign_in_again")
    assert is_out(door, phone)
    assert not is_out(door, other)
    assert refusal(door.get(DEVICES, **other)) == (405, "wrong_method")


def test_signed_out_at_a_distance_the_reports_stay_on_the_phone(door: Door, world: World) -> None:
    cookie = cookie_of(world.cast.worker)
    token = door.post(DEVICES, {"installation": PHONE}, cookie=cookie, **OURS)[1]["token"]
    phone = {"authorization": f"Bearer {token}"}
    assert not is_out(door, phone)
    devices.revoke(Device.objects.get(), reason=Ending.LOST, by=world.cast.system, at=timezone.now())
    door.front.hatch.senders.forget()
    status, told = door.post(REPORTS, report(3), accept_language="en", **phone)
    assert (status, told["error"]["code"]) == (401, "sign_in_again")
    assert "stay on the phone" in told["error"]["message"]
    # The session with which it was registered is over as well.
    assert refusal(door.post(REPORTS, report(4, by=world.cast.worker.pk), cookie=cookie, **OURS))[0] == 401
    assert Client(headers={"cookie": cookie}).get("/desk/").status_code == 302
    entry = Entry.objects.get(verb="device.revoked")
    assert (entry.by, entry.facts) == (world.cast.system, {"person": world.cast.worker.pk, "reason": "lost"})


@pytest.mark.parametrize("act", ["give_password", "reset_factors", "sign_out_everywhere", "close"])
def test_whoever_is_signed_out_everywhere_is_signed_out_on_phones_too(door: Door, world: World, act: str) -> None:
    cast, at = world.cast, timezone.now()
    phone, other = registered(door, cast.worker), registered(door, cast.desk)
    by = cast.system if act == "reset_factors" else cast.security
    more = {} if act == "close" else {"reason": "misuse"}
    getattr(persons if act == "close" else accounts, act)(cast.worker, by=by, at=at, **more)
    assert Device.objects.get(person=cast.worker).ended_for == Ending.EVERYWHERE
    assert Entry.objects.get(verb="device.revoked").by == by
    if act == "close":  # opened again, the account opens nothing by what was on the phone
        persons.reopen(cast.worker, by=by, at=at)
    assert (is_out(door, phone), is_out(door, other)) == (True, False)


def test_a_new_password_signs_out_on_other_phones_and_not_on_the_one_in_ones_hand(door: Door, world: World) -> None:
    worker = world.cast.worker
    for installation, session in ((PHONE, "here"), (OTHER_PHONE, "elsewhere")):
        devices.register(worker, UUID(installation), name="", session=session, at=timezone.now())
    accounts.change_password(worker, "A lane of 7 doors", session="here", at=timezone.now())
    assert Device.objects.get(revoked_at=None).session == "here"


def test_after_a_new_password_too_the_session_ends_with_the_phone(world: World) -> None:
    at, phone, worker = timezone.now(), Client(), world.cast.worker
    phone.post("/sign-in", {"username": "worker", "password": PASSWORD})
    session = str(phone.session.session_key)
    device, _token = devices.register(worker, UUID(PHONE), name="", session=session, at=at)
    password = "a sentence of my own"
    changed = phone.post("/account/password", {"password": password, "again": password})
    assert changed.status_code == 302 and phone.get("/account/").status_code == 200
    device.refresh_from_db()
    devices.revoke(device, reason=Ending.LOST, by=world.cast.system, at=at)
    assert phone.get("/account/").status_code == 302 and not SignIn.objects.filter(person=worker).exists()


def test_signed_out_at_a_distance_somebody_can_sign_in_anew(door: Door, world: World) -> None:
    phone = registered(door, world.cast.worker)
    devices.revoke(Device.objects.get(), reason=Ending.UNSAFE, by=world.cast.system, at=timezone.now())
    again = registered(door, world.cast.worker)
    assert is_out(door, phone)
    assert not is_out(door, again)
    assert Device.objects.count() == 2


def test_whose_account_is_closed_sends_no_more(door: Door, world: World) -> None:
    phone = registered(door, world.cast.worker)
    Person.objects.filter(pk=world.cast.worker.pk).update(is_active=False)
    assert is_out(door, phone)


def test_a_phone_not_used_for_long_is_signed_out(door: Door, world: World) -> None:
    phone = registered(door, world.cast.worker)
    day = timezone.localdate()
    Device.objects.update(last_used_on=day - ENDS_UNUSED)
    assert not is_out(door, phone)
    Device.objects.update(last_used_on=day - ENDS_UNUSED - timedelta(days=1))
    assert is_out(door, phone)
    assert Device.objects.get().ends_on == day
    assert not is_out(door, registered(door, world.cast.worker))


def test_a_token_that_was_never_given_opens_nothing(door: Door) -> None:
    for made_up in (devices.PREFIX, devices.PREFIX + "x" * 43, devices.PREFIX + "x" * 500):
        assert is_out(door, {"authorization": f"Bearer {made_up}"})


@pytest.mark.parametrize(
    ("said", "kept"), [("3", 3), ("0", 0), ("", None), ("-1", None), ("many", None), ("9999999", None), ("²", None)]
)
def test_what_is_still_on_the_phone_is_noted_and_of_its_use_the_day(
    door: Door, world: World, said: str, kept: int | None
) -> None:
    phone = registered(door, world.cast.worker)
    Device.objects.update(last_used_on=timezone.localdate() - timedelta(days=3))
    assert door.post(REPORTS, report(), linli_waiting=said.encode().decode("latin-1"), **phone)[0] == 201
    door.settle()
    device = Device.objects.get()
    assert (device.waiting, device.last_used_on) == (kept, timezone.localdate())


def test_the_last_word_about_the_queue_counts(door: Door, world: World) -> None:
    phone = registered(door, world.cast.worker)
    for left in (2, 1, 0):
        door.post(REPORTS, report(left), linli_waiting=str(left), **phone)
    door.post(REPORTS, report(9), **phone)
    door.settle()
    assert Device.objects.get().waiting == 0


def test_a_phone_known_already_asks_the_store_for_nothing_but_to_keep(door: Door, world: World) -> None:
    phone = registered(door, world.cast.worker)
    door.post(REPORTS, report(), **phone)
    asked: list[Any] = []
    ask = door.front.hatch.senders.ask
    door.front.hatch.senders.ask = lambda what: asked.append(what) or ask(what)  # type: ignore[assignment]
    for seed in range(2, 6):
        assert door.post(REPORTS, report(seed), linli_waiting=str(seed), **phone)[0] == 201
    assert len(door.post(BATCH, [report(seed) for seed in range(6, 30)], **phone)[1]) == 24
    assert asked == []


def test_many_phones_are_written_down_together(world: World) -> None:
    from linli.intake.devices_noting import _write
    from linli.intake.devices_told import Told

    today, at = timezone.localdate(), timezone.now()
    made = [devices.register(world.cast.worker, UUID(int=n), name="", session="", at=at)[0].pk for n in range(9)]
    with CaptureQueriesContext(connection) as nothing_new:
        _write(dict.fromkeys(made, Told()), at)
    assert len(nothing_new) == 1
    _write({pk: Told(pk % 4) for pk in made}, at - timedelta(days=1))
    rows = {row.pk: (row.waiting, row.last_used_on) for row in Device.objects.all()}
    assert rows == {pk: (pk % 4, today) for pk in made}


def test_a_person_is_signed_in_on_a_few_phones_only(world: World) -> None:
    at = timezone.now()
    for number in range(devices.MOST_DEVICES):
        devices.register(world.cast.worker, UUID(int=number), name="", session="", at=at)
    with pytest.raises(Refused) as refused:
        devices.register(world.cast.worker, UUID(int=77), name="", session="", at=at)
    assert refused.value.code == "too_many_devices"
    devices.register(world.cast.worker, UUID(int=3), name="", session="", at=at)
    devices.register(world.cast.deputy, UUID(int=77), name="", session="", at=at)


def test_of_six_registrations_of_one_phone_at_once_one_token_stays(world: World) -> None:
    at = timezone.now()

    def register(_number: int) -> str:
        return devices.register(world.cast.worker, UUID(int=1), name="", session="", at=at)[1]

    given = together(6, register)
    assert Device.objects.count() == 1
    assert len(set(given)) == 6
    assert len([token for token in given if devices.find(token, at)]) == 1
    assert list(verify_chain()) == []


def test_an_app_that_registers_at_every_start_is_asked_to_wait(door: Door, world: World) -> None:
    cookie = cookie_of(world.cast.worker)
    statuses = [door.post(DEVICES, {"installation": PHONE}, cookie=cookie, **OURS)[0] for _each in range(31)]
    assert statuses == [201] * 30 + [429]


def device_of(person: Person, number: int = 1) -> Device:
    return devices.register(person, UUID(int=number), name="", session="", at=timezone.now())[0]


def test_nobody_signs_out_what_is_not_theirs(world: World) -> None:
    at, phone = timezone.now(), device_of(world.cast.worker)
    for other in (world.cast.deputy, world.cast.system):
        with pytest.raises(NotYours):
            devices.sign_out(phone, by=other, at=at)
    for other in (world.cast.worker, world.cast.county, world.cast.security, world.cast.auditor, world.cast.nobody):
        with pytest.raises(NotYours):
            devices.revoke(phone, reason=Ending.LOST, by=other, at=at)
    for no_reason in ("", "own", "because"):
        with pytest.raises(BadInput):
            devices.revoke(phone, reason=no_reason, by=world.cast.system, at=at)
    assert not Device.objects.filter(revoked_at__isnull=False).exists()


def test_what_is_signed_out_is_signed_out_once(world: World) -> None:
    at, phone = timezone.now(), device_of(world.cast.worker)
    devices.sign_out(phone, by=world.cast.worker, at=at)
    for again in (
        lambda: devices.sign_out(phone, by=world.cast.worker, at=at),
        lambda: devices.revoke(phone, reason=Ending.LOST, by=world.cast.system, at=at),
    ):
        with pytest.raises(Refused) as refused:
            again()
        assert refused.value.code == "signed_out_already"
    assert Device.objects.get().ended_for == Ending.OWN


def test_an_administrator_sees_the_phones_of_their_area(world: World) -> None:
    from datetime import date

    from linli.people.actions import add_person, appoint, end_appointment
    from linli.people.rules import Role

    at, cast = timezone.now(), world.cast
    for person in (cast.worker, cast.neighbour, cast.county, cast.nobody):
        device_of(person)
    town = add_person(username="town", name="镇管理")
    appoint(town, role=Role.SYSTEM_ADMIN, area=world.areas["440881101"], from_on=date(2025, 1, 1))

    def seen_by(person: Person) -> set[str]:
        return {device.person.username for device in devices.visible_to(person, at).select_related("person")}

    assert seen_by(cast.system) == {"worker", "neighbour", "county", "nobody"}
    assert seen_by(town) == {"worker"}
    end_appointment(cast.worker.appointments.get(), on=timezone.localdate())
    assert seen_by(town) == {"worker"}
    appoint(cast.worker, role=Role.CADRE, area=world.areas["440881102"], from_on=timezone.localdate())
    assert seen_by(town) == set()
    for other in (cast.worker, cast.county, cast.security, cast.auditor, cast.nobody):
        assert seen_by(other) == set()
