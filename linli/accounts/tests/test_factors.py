"""Second factors are used once, never lost for good, and reset by administrators with a reason."""

from datetime import UTC, date, datetime, timedelta

import pytest
from fido2.cose import ES256
from fido2.webauthn import Aaguid, AttestedCredentialData

from linli.accounts import actions, totp
from linli.accounts.models import Authenticator, Passkey, RecoveryCode, SignIn
from linli.accounts.rules import Factor, HelpReason
from linli.events.testing import World
from linli.journal.models import Entry
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.people.actions import add_person, appoint
from linli.people.models import Person
from linli.people.rules import Role

NOON = datetime(2026, 6, 3, 4, tzinfo=UTC)


def code(person: Person, at: datetime) -> str:
    return totp.code_at(Authenticator.objects.get(person=person).secret, int(at.timestamp()) // 30).decode()


def with_authenticator(person: Person, at: datetime = NOON) -> Authenticator:
    one = actions.begin_authenticator(person, at=at)
    actions.confirm_authenticator(person, code(person, at), at=at)
    return one


def with_passkey(person: Person, name: str = "stick", number: int = 1) -> Passkey:
    key = ES256({1: 2, 3: -7, -1: 1, -2: bytes([number]) * 32, -3: bytes(32)})
    made = AttestedCredentialData.create(Aaguid.NONE, bytes([number]) * 16, key)
    return actions.add_passkey(person, name=name, host="localhost", credential=made, signed=0, at=NOON)


def verbs(person: Person) -> list[str]:
    rows = Entry.objects.filter(on_kind="person", on_key=str(person.pk), verb__startswith="account.")
    return list(rows.order_by("pk").values_list("verb", flat=True))


def test_an_authenticator_counts_once_its_first_code_was_typed(world: World) -> None:
    worker = world.cast.worker
    begun = actions.begin_authenticator(worker, at=NOON)
    assert not actions.factors_of(worker)
    assert actions.begin_authenticator(worker, at=NOON).secret == begun.secret
    with pytest.raises(BadInput):
        actions.confirm_authenticator(worker, "not a code", at=NOON)
    actions.confirm_authenticator(worker, code(worker, NOON), at=NOON)
    assert actions.factors_of(worker).count == 1
    with pytest.raises(Refused):
        actions.begin_authenticator(worker, at=NOON)


def test_a_code_opens_once(world: World) -> None:
    worker = world.cast.worker
    with_authenticator(worker)
    with pytest.raises(BadInput):
        actions.check_code(worker, code(worker, NOON), at=NOON)
    later = NOON + timedelta(seconds=30)
    spoken = code(worker, later)
    assert actions.check_code(worker, f" {spoken[:3]} {spoken[3:]} ", at=later) == Factor.AUTHENTICATOR
    with pytest.raises(BadInput):
        actions.check_code(worker, spoken, at=later)


def test_the_secret_is_sealed_and_stands_in_no_entry(world: World) -> None:
    one = with_authenticator(world.cast.worker)
    sealed = bytes(Authenticator.objects.get().sealed)
    assert one.secret not in sealed
    assert totp.spelled(one.secret).replace(" ", "") not in str(list(Entry.objects.values_list("facts", flat=True)))


def test_recovery_codes_open_once_each_and_new_ones_end_the_old(world: World) -> None:
    worker = world.cast.worker
    with pytest.raises(Refused):
        actions.make_codes(worker, at=NOON)
    with_authenticator(worker)
    first = actions.make_codes(worker, at=NOON)
    assert len(set(first)) == 10
    assert actions.check_code(worker, f" {first[0].upper()} ", at=NOON) == Factor.RECOVERY
    with pytest.raises(BadInput):
        actions.check_code(worker, first[0], at=NOON)
    assert actions.factors_of(worker).codes_left == 9
    second = actions.make_codes(worker, at=NOON)
    for stale in (first[1], "", "aaaaa-aaaaa"):
        with pytest.raises(BadInput):
            actions.check_code(worker, stale, at=NOON)
    assert actions.check_code(worker, second[1], at=NOON) == Factor.RECOVERY
    assert not set(first + second) & set(RecoveryCode.objects.values_list("digest", flat=True))


def test_a_code_of_somebody_else_opens_nothing(world: World) -> None:
    for person in (world.cast.worker, world.cast.desk):
        with_authenticator(person)
    codes = actions.make_codes(world.cast.desk, at=NOON)
    with pytest.raises(BadInput):
        actions.check_code(world.cast.worker, codes[0], at=NOON)


def test_the_last_factor_stays_where_one_is_needed(world: World) -> None:
    worker = world.cast.worker
    with_authenticator(worker)
    stick = with_passkey(worker)
    actions.make_codes(worker, at=NOON)
    actions.remove_authenticator(worker, is_needed=True, at=NOON)
    with pytest.raises(Refused) as refused:
        actions.remove_passkey(stick, by=worker, is_needed=True, at=NOON)
    assert refused.value.code == "last_factor"
    actions.remove_passkey(stick, by=worker, is_needed=False, at=NOON)
    assert actions.factors_of(worker).codes_left == 0
    assert verbs(worker) == [
        "account.factor_added",
        "account.factor_added",
        "account.codes_made",
        "account.factor_removed",
        "account.factor_removed",
    ]


def test_passkeys_have_names_and_one_device_makes_one(world: World) -> None:
    worker = world.cast.worker
    with_passkey(worker)
    with pytest.raises(Refused):
        with_passkey(world.cast.desk)
    for name in ("", "  ", "x" * 61, "two\nlines"):
        with pytest.raises(BadInput):
            with_passkey(worker, name=name, number=2)
    with pytest.raises(NotYours):
        actions.remove_passkey(Passkey.objects.get(), by=world.cast.desk, is_needed=False, at=NOON)


# --- help -------------------------------------------------------------------------------------------------------------


def signed_in(person: Person, number: int) -> SignIn:
    ends_at = NOON + timedelta(hours=1)
    return actions.note_sign_in(
        person, session=f"session{number}", agent="", factor=Factor.NONE, at=NOON, ends_at=ends_at
    )


def test_the_system_administrator_resets_factors_and_the_security_administrator_gives_passwords(world: World) -> None:
    cast, lost = world.cast, {"reason": HelpReason.LOST, "at": NOON}
    with_authenticator(cast.mediator)
    signed_in(cast.mediator, 1)
    with pytest.raises(NotYours):
        actions.reset_factors(cast.mediator, by=cast.security, **lost)
    with pytest.raises(NotYours):
        actions.give_password(cast.mediator, by=cast.system, at=NOON)
    actions.reset_factors(cast.mediator, by=cast.system, **lost)
    password = actions.give_password(cast.mediator, by=cast.security, at=NOON, reason=HelpReason.FORGOTTEN)
    assert not actions.factors_of(cast.mediator) and not SignIn.objects.exists()
    assert Person.objects.get(pk=cast.mediator.pk).check_password(password)
    assert actions.has_to_change(cast.mediator, NOON)
    assert verbs(cast.mediator)[-2:] == ["account.factors_reset", "account.password_given"]
    assert {notice.person for entry in Entry.objects.all() for notice in entry.notices.all()} == {cast.mediator}
    assert password not in str(list(Entry.objects.values_list("facts", flat=True)))


@pytest.mark.parametrize("who", ["desk", "worker", "auditor", "leader", "nobody"])
def test_nobody_else_helps(world: World, who: str) -> None:
    by = getattr(world.cast, who)
    with pytest.raises(NotYours):
        actions.give_password(world.cast.mediator, by=by, at=NOON)
    with pytest.raises(NotYours):
        actions.reset_factors(world.cast.mediator, by=by, reason=HelpReason.LOST, at=NOON)


def test_administrators_help_neither_themselves_nor_those_of_a_larger_area(world: World) -> None:
    cast, town = world.cast, world.cast.desk.appointments.get().area
    below = add_person(username="townsecurity", name="镇安全")
    appoint(below, role=Role.SECURITY_ADMIN, area=town, from_on=date(2025, 1, 1))
    assert actions.may_help(cast.desk, below, NOON, Role.SECURITY_ADMIN)
    assert actions.may_help(cast.worker, below, NOON, Role.SECURITY_ADMIN)
    for person in (below, cast.leader, cast.security, cast.neighbour, cast.nobody):
        assert not actions.may_help(person, below, NOON, Role.SECURITY_ADMIN), person.username
    assert actions.may_help(cast.nobody, cast.security, NOON, Role.SECURITY_ADMIN)
    assert not actions.may_help(cast.security, cast.security, NOON, Role.SECURITY_ADMIN)


def test_a_reason_is_needed(world: World) -> None:
    with pytest.raises(BadInput):
        actions.reset_factors(world.cast.mediator, by=world.cast.system, reason="because", at=NOON)
