"""What is kept of whoever reported goes: their contact, their own words; or it is put right. The matter itself stays.

The clock does it when the time of the schedule is over, the office for privacy when a person asks; what is held stays.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.db import transaction

from linli.areas.codes import within
from linli.events.models import Contact, Event, Statement
from linli.events.rules import clean_words
from linli.holds.actions import require_not_held
from linli.journal.actions import record
from linli.kit.refusal import Refused
from linli.kit.sealing import seal, unseal
from linli.people.models import Person

_PLACE = "events.contact.sealed"
_LONGEST = 200
#: Shorter runs of digits are no telephone number: a house, a floor.
_TELEPHONE = re.compile(r"\d{5,15}")
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[ \-](?=\d)")


def matters_of(reach: str, *, under: str | None) -> list[UUID]:
    """The matters in an area (its code; None: anywhere) whose reporter left this telephone number or mailbox.

    Contacts lie behind seals, and nothing beside them tells whose they are: each is opened, and forgotten at once.
    """
    wanted = reaches_in(reach)
    return [contact.event_id for contact in _contacts(under) if wanted & reaches_in(words_of(contact))]


def _contacts(under: str | None) -> Iterator[Contact]:
    rows = Contact.objects.order_by("pk")
    return (rows.filter(within(under, field="event__area")) if under else rows).iterator(chunk_size=500)


def reaches_in(words: str) -> set[str]:
    """Telephone numbers and mailboxes in what somebody left, each written one way."""
    plain = _BETWEEN_DIGITS.sub("", words)
    numbers = {number[-11:] for number in _TELEPHONE.findall(plain)}
    return numbers | {part.casefold() for part in re.split(r"[\s,;，；、]+", words) if "@" in part}


def words_of(contact: Contact) -> str:
    """What is behind the seal; empty if it cannot be opened with the keys of this home."""
    try:
        return unseal(bytes(contact.sealed), bound_to=contact.event_id.bytes, place=_PLACE)
    except Refused:
        return ""


@transaction.atomic
def correct_contact(event: Event, *, words: str, by: Person, at: datetime) -> bool:
    """Put another contact in the place of the one that is there; whether there was one. Raises `Refused` if held."""
    clean = clean_words(words, field="reach", required=True, longest=_LONGEST)
    require_not_held(event)
    sealed = seal(clean, bound_to=event.pk.bytes, place=_PLACE)
    if not Contact.objects.filter(event=event).update(sealed=sealed):
        return False
    record("event.contact_corrected", on=event, by=by, at=at)
    return True


@transaction.atomic
def forget_contact(event: Event, *, by: Person | None, at: datetime) -> bool:
    """Delete the contact; whether there was one. `by` None: its time was over. Raises `Refused` if held."""
    require_not_held(event)
    if not Contact.objects.filter(event=event).delete()[0]:
        return False
    record("event.contact_forgotten", on=event, by=by, at=at)
    return True


@transaction.atomic
def forget_own_words(event: Event, *, by: Person | None, at: datetime) -> bool:
    """Delete the reporter's own words as somebody wrote them down; whether there were any. Raises `Refused` if held."""
    require_not_held(event)
    if not Statement.objects.filter(event=event).exclude(words="").update(words=""):
        return False
    record("event.own_words_forgotten", on=event, by=by, at=at)
    return True
