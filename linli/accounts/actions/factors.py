"""Second factors: turning them on, using and removing them, and codes on paper for the day they are lost."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from fido2.webauthn import AttestedCredentialData

from linli.accounts import totp
from linli.accounts.actions.signing import area_of
from linli.accounts.models import Authenticator, Passkey, RecoveryCode, seal_secret
from linli.accounts.rules import DIGITS, MOST_PASSKEYS, READABLE, RECOVERY_CODES, Factor
from linli.journal.actions import record
from linli.kit.keys import new_key
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.people.models import Person

_LONGEST_NAME = 60


@dataclass(frozen=True)
class Factors:
    """What somebody has beside the password. Recovery codes alone are none: they are for the day another is lost."""

    authenticator: Authenticator | None
    passkeys: list[Passkey]
    codes_left: int

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.passkeys) + (self.authenticator is not None)

    def __bool__(self) -> bool:
        return self.count > 0


def factors_of(person: Person) -> Factors:
    """What is in use now."""
    return Factors(
        Authenticator.objects.filter(person=person, confirmed_at__isnull=False).first(),
        list(Passkey.objects.filter(person=person)),
        RecoveryCode.objects.filter(person=person, used_at__isnull=True).count(),
    )


@transaction.atomic
def begin_authenticator(person: Person, *, at: datetime) -> Authenticator:
    """A secret for an app, which counts once a code of it was typed; the same until then. Raises `Refused`."""
    _lock(person)
    known = Authenticator.objects.filter(person=person).first()
    if known is not None and known.confirmed_at is not None:
        raise Refused("has_authenticator", _("There is an authenticator already. Remove it first."))
    if known is not None:
        return known
    key = new_key()
    sealed = seal_secret(key, secrets.token_bytes(totp.SECRET_BYTES))
    return Authenticator.objects.create(key=key, person=person, sealed=sealed, added_at=at)


@transaction.atomic
def confirm_authenticator(person: Person, code: str, *, at: datetime) -> None:
    """The first code shows that the app has the secret. Raises `BadInput`."""
    _lock(person)
    one = Authenticator.objects.filter(person=person, confirmed_at__isnull=True).first()
    if one is None or not _use_step(one, code, at):
        raise _wrong_code("code")
    Authenticator.objects.filter(pk=one.pk).update(confirmed_at=at)
    _note("account.factor_added", person, at, factor=Factor.AUTHENTICATOR)


@transaction.atomic
def remove_authenticator(person: Person, *, is_needed: bool, at: datetime) -> None:
    """Turn it off. Raises `Refused` for the last factor where one is needed."""
    _lock(person)
    had = factors_of(person)
    if had.authenticator is None:
        raise Refused("no_authenticator", _("There is no authenticator. Refresh the page."))
    _keep_the_last(had, is_needed)
    Authenticator.objects.filter(person=person).delete()
    _removed(person, Factor.AUTHENTICATOR, at)


@transaction.atomic
def add_passkey(
    person: Person, *, name: str, host: str, credential: AttestedCredentialData, signed: int, at: datetime
) -> Passkey:
    """A passkey that has been proved. Raises `BadInput`, `Refused`."""
    _lock(person)
    name = name.strip()
    if not name or len(name) > _LONGEST_NAME or not name.isprintable():
        raise BadInput("bad_passkey_name", _("Give the passkey a name of at most 60 characters."), field="name")
    if Passkey.objects.filter(person=person).count() >= MOST_PASSKEYS:
        raise Refused("too_many_passkeys", _("You have %(most)s passkeys. Remove one first."), most=MOST_PASSKEYS)
    if Passkey.objects.filter(credential_id=credential.credential_id).exists():
        raise Refused("passkey_known", _("This passkey is in use already. Take another device or stick."))
    one = Passkey.objects.create(
        person=person,
        name=name,
        host=host,
        credential_id=credential.credential_id,
        credential=bytes(credential),
        signed=signed,
        added_at=at,
    )
    _note("account.factor_added", person, at, factor=Factor.PASSKEY, passkey=one.pk)
    return one


@transaction.atomic
def remove_passkey(passkey: Passkey, *, by: Person, is_needed: bool, at: datetime) -> None:
    """Forget it. Raises `Refused` for the last factor where one is needed."""
    if passkey.person_id != by.pk:
        raise NotYours("not_yours", _("This is somebody else's passkey."))
    _lock(by)
    _keep_the_last(factors_of(by), is_needed)
    Passkey.objects.filter(pk=passkey.pk).delete()
    _removed(by, Factor.PASSKEY, at, passkey=passkey.pk)


@transaction.atomic
def make_codes(person: Person, *, at: datetime) -> list[str]:
    """Ten codes for paper, shown this once; those before are good no more. Raises `Refused` without a factor."""
    _lock(person)
    if not factors_of(person):
        raise Refused("no_factor", _("Set up an authenticator or a passkey first."))
    codes = [_new_code() for _number in range(RECOVERY_CODES)]
    RecoveryCode.objects.filter(person=person).delete()
    RecoveryCode.objects.bulk_create([RecoveryCode(person=person, digest=_digest(person, code)) for code in codes])
    _note("account.codes_made", person, at)
    return codes


@transaction.atomic
def check_code(person: Person, typed: str, *, at: datetime) -> Factor:
    """What the typed code was: of the authenticator or from paper; it is used up by this. Raises `BadInput`."""
    code = "".join(sign for sign in typed if sign.isascii() and sign.isalnum()).lower()
    if code.isdecimal() and len(code) == DIGITS:
        one = Authenticator.objects.filter(person=person, confirmed_at__isnull=False).first()
        if one is not None and _use_step(one, code, at):
            return Factor.AUTHENTICATOR
        raise _wrong_code("code")
    fitting = RecoveryCode.objects.filter(person=person, digest=_digest(person, code), used_at__isnull=True)
    if not code or not fitting.update(used_at=at):
        raise _wrong_code("code")
    _note("account.code_used", person, at, left=factors_of(person).codes_left)
    return Factor.RECOVERY


def check_passkey(passkey: Passkey, *, signed: int, at: datetime) -> Factor:
    """Note that a passkey has signed."""
    Passkey.objects.filter(pk=passkey.pk).update(signed=signed, used_at=at)
    return Factor.PASSKEY


def forget_factors(person: Person) -> int:
    """Take all of them away; how many there were."""
    count = factors_of(person).count
    for model in (Authenticator, Passkey, RecoveryCode):
        model.objects.filter(person=person).delete()
    return count


def _use_step(one: Authenticator, code: str, at: datetime) -> bool:
    """Whether the code is valid; it is used up by this, also for whoever types it at the same moment."""
    digits = "".join(sign for sign in code if sign.isascii() and sign.isdecimal())
    step = totp.step_of(digits, one.secret, at.timestamp(), after=one.last_step)
    if step is None:
        return False
    return bool(Authenticator.objects.filter(pk=one.pk, last_step__lt=step).update(last_step=step))


def _keep_the_last(had: Factors, is_needed: bool) -> None:
    if is_needed and had.count <= 1:
        raise Refused("last_factor", _("Your role needs a second factor. Add another one first, then remove this one."))


def _removed(person: Person, factor: Factor, at: datetime, **facts: int) -> None:
    if not factors_of(person):
        RecoveryCode.objects.filter(person=person).delete()
    _note("account.factor_removed", person, at, factor=factor, **facts)


def _lock(person: Person) -> None:
    """Two acts of one person on their factors are one after the other."""
    Person.objects.select_for_update().get(pk=person.pk)


def _new_code() -> str:
    letters = "".join(secrets.choice(READABLE) for _sign in range(10))
    return f"{letters[:5]}-{letters[5:]}"


def _digest(person: Person, code: str) -> str:
    plain = code.replace("-", "")
    return salted_hmac("linli.accounts.recovery", f"{person.pk}\0{plain}", algorithm="sha256").hexdigest()


def _wrong_code(field: str) -> BadInput:
    return BadInput(
        "wrong_code",
        _(
            "This code is not valid, or was used before. Take the one shown now, and check that the phone's clock is right."
        ),
        field=field,
    )


def _note(verb: str, person: Person, at: datetime, **facts: Any) -> None:
    record(verb, on=person, by=person, at=at, area=area_of(person, at), **facts)
