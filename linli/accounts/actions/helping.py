"""What administrators do for others who cannot sign in: a new password by one, a second factor reset by another."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.accounts.actions.factors import forget_factors
from linli.accounts.actions.links import forget_links
from linli.accounts.actions.passwords import set_password
from linli.accounts.actions.signing import area_of, end_sessions
from linli.accounts.passwords import new_password
from linli.accounts.rules import GIVES_PASSWORDS, RESETS_FACTORS, HelpReason, Way
from linli.areas.codes import lineage, outermost, within
from linli.journal.actions import record
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.people.actions import scope_of
from linli.people.models import Appointment, Person
from linli.people.rules import Role


def persons_helped(by: Person, at: datetime, *roles: Role) -> QuerySet[Person]:
    """Whom an administrator with one of these roles may help: all appointments of theirs lie in the administrator's areas.

    Never oneself. Those without any appointment are for the administrators of the whole.
    """
    areas = outermost(one.area for one in scope_of(by, at).held if one.role in roles)
    if not areas:
        return Person.objects.none()
    held = Appointment.objects.filter(person=OuterRef("pk")).valid_on(timezone.localdate(at))
    # Somebody who answers for a larger area is not helped from a smaller one.
    rows = Person.objects.exclude(pk=by.pk).filter(~Exists(held.exclude(within(*areas))))
    if any(lineage(area)[0] == area for area in areas):
        return rows
    return rows.filter(Exists(held))


def may_help(person: Person, by: Person, at: datetime, role: Role) -> bool:
    """Whether this administrator answers for that person."""
    return persons_helped(by, at, role).filter(pk=person.pk).exists()


@transaction.atomic
def give_password(person: Person, *, by: Person | None, at: datetime, reason: str = HelpReason.NEW) -> str:
    """A password for one sign-in, which asks for another; all sessions end. `by` None: the command line.

    Raises `NotYours`, `BadInput`.
    """
    _require(person, by, at, GIVES_PASSWORDS, reason)
    password = new_password()
    set_password(person, password, must_change=True, at=at)
    _note("account.password_given", person, by, at, reason)
    return password


@transaction.atomic
def reset_factors(person: Person, *, by: Person | None, reason: str, at: datetime) -> None:
    """Take all second factors away, with a reason; sessions end, and the next sign-in asks for a new one where it is needed."""
    _require(person, by, at, RESETS_FACTORS, reason)
    forget_factors(person)
    _note("account.factors_reset", person, by, at, reason)


@transaction.atomic
def remove_link(person: Person, *, by: Person | None, reason: str, at: datetime) -> None:
    """Take the link with the provider away, by either administrator, with a reason; sign-ins that came by it end."""
    if by is None or not may_help(person, by, at, GIVES_PASSWORDS):
        _require(person, by, at, RESETS_FACTORS, reason)
    _require_reason(reason)
    if not forget_links(person):
        raise Refused("no_link", _("There is no link any more. Refresh the page."))
    _note("account.unlinked", person, by, at, reason, way=Way.PROVIDER)


@transaction.atomic
def sign_out_everywhere(person: Person, *, by: Person, reason: str, at: datetime) -> None:
    """End all sessions of somebody else, by either administrator, with a reason."""
    if not may_help(person, by, at, GIVES_PASSWORDS):
        _require(person, by, at, RESETS_FACTORS, reason)
    _require_reason(reason)
    _note("account.signed_out_by", person, by, at, reason)


@transaction.atomic
def close_account(person: Person, *, reason: str, at: datetime) -> None:
    """From the command line, for an account that is nobody's: nobody signs in with it any more. What it did stays."""
    _require_reason(reason)
    Person.objects.filter(pk=person.pk).update(is_active=False)
    _note("account.closed", person, None, at, reason)


def _require(person: Person, by: Person | None, at: datetime, role: Role, reason: str) -> None:
    if by is not None and not may_help(person, by, at, role):
        raise NotYours("not_yours", _("None of your appointments includes this act. Ask another administrator."))
    _require_reason(reason)


def _require_reason(reason: str) -> None:
    if reason not in HelpReason.values:
        raise BadInput("reason_needed", _("Choose a reason."), field="reason")


def _note(verb: str, person: Person, by: Person | None, at: datetime, reason: str, way: str = "") -> None:
    sessions = end_sessions(person, at=at, by=by, way=way)
    area = area_of(person, at)
    record(verb, on=person, by=by, at=at, area=area, tell=[person], reason=reason, sessions=sessions)
