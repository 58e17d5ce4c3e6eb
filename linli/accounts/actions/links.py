"""Links between accounts here and at the identity provider: made by one's own hand, or by name where a setting says so."""

from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from linli.accounts.actions.signing import area_of, end_sessions
from linli.accounts.id_tokens import Claims
from linli.accounts.models import Link
from linli.accounts.rules import Way
from linli.journal.actions import record
from linli.journal.models import Entry
from linli.kit.refusal import Refused
from linli.people.models import Person


def digest_of(claims: Claims) -> str:
    """The account at the provider, so that it is known again and nobody can read it back."""
    return salted_hmac("linli.accounts.link", f"{claims.issuer}\0{claims.subject}", algorithm="sha256").hexdigest()


def link_of(person: Person) -> Link | None:
    """Their link with the provider of now."""
    return Link.objects.filter(person=person, issuer=settings.OIDC_ISSUER).first()


def person_linked(claims: Claims, *, at: datetime) -> Person | None:
    """Who has linked this account of the provider; nobody once their account here is closed."""
    link = Link.objects.filter(digest=digest_of(claims), person__is_active=True).select_related("person").first()
    if link is None:
        return None
    Link.objects.filter(pk=link.pk).update(used_at=at)
    person: Person = link.person
    return person


def person_named(claims: Claims) -> Person | None:
    """Whose user name the provider says, to the letter; nobody who ever had a link: who took it away meant it."""
    if not claims.name:
        return None
    person = Person.objects.filter(username=claims.name, is_active=True).first()
    had = Entry.objects.filter(on_kind="person", on_key=str(person.pk), verb="account.linked") if person else None
    return None if had is None or had.exists() else person


@transaction.atomic
def link(person: Person, *, issuer: str, digest: str, at: datetime) -> Link:
    """By their own hand. Raises `Refused` where either of the two is linked already."""
    return _link(person, issuer, digest, by=person, at=at)


@transaction.atomic
def link_by_name(person: Person, claims: Claims, *, at: datetime) -> Link:
    """At the first sign-in, because the names are the same; they are told of it. Raises `Refused` as `link` does."""
    return _link(person, claims.issuer, digest_of(claims), by=None, at=at)


def _link(person: Person, issuer: str, digest: str, *, by: Person | None, at: datetime) -> Link:
    # Two links of one person at once are one after the other.
    Person.objects.select_for_update().get(pk=person.pk)
    if Link.objects.filter(person=person, issuer=issuer).exists():
        raise Refused("has_link", _("Your account is linked already. Remove that link first."))
    used_at = at if by is None else None
    try:
        with transaction.atomic():
            made = Link.objects.create(person=person, issuer=issuer, digest=digest, added_at=at, used_at=used_at)
    except IntegrityError:
        raise Refused(
            "link_taken",
            _(
                "Another account here is linked with it already. Sign in there with your own account, or ask the "
                "system administrator."
            ),
        ) from None
    record("account.linked", on=person, by=by, at=at, area=area_of(person, at), tell=[person])
    return made


@transaction.atomic
def unlink(person: Person, *, session: str, at: datetime) -> None:
    """Take one's own link away; other sign-ins that came by it end. Raises `Refused`."""
    if not forget_links(person):
        raise Refused("no_link", _("There is no link any more. Refresh the page."))
    ended = end_sessions(person, at=at, but=session, way=Way.PROVIDER)
    record("account.unlinked", on=person, by=person, at=at, area=area_of(person, at), sessions=ended)


def forget_links(person: Person) -> int:
    """Take all of them away, those of a provider before this one too; how many there were."""
    return Link.objects.filter(person=person).delete()[0]
