"""Taking in a report: its number, its clock, its receipt, and its sealed contact."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.areas.codes import padded_township
from linli.areas.models import ANSWERING, Area
from linli.events.actions import clocks, promise
from linli.events.actions.course import Photos, act, people_told, write_beside
from linli.events.actions.relaying import may_open
from linli.events.actions.taking import Taken, code_of, keep_statement, refuse_entered_order
from linli.events.models import Category, Contact, Event, PictureKind, Receipt
from linli.events.rules import (
    EARLIEST_YEAR,
    TOLD,
    Severity,
    Source,
    State,
    Urgency,
    clean_answers,
    clean_position,
    clean_words,
)
from linli.holds.actions import require_not_held
from linli.journal.actions import record
from linli.kit.keys import new_key
from linli.kit.refusal import BadInput, Refused
from linli.kit.sealing import seal, unseal
from linli.kit.workdays import WorkCalendar
from linli.people.models import Person
from linli.people.rules import not_yours

#: No letters or digits that are taken for one another when read aloud or copied by hand.
_SECRET_SIGNS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
_SECRET_LENGTH = 10
_CLOCK_MAY_BE_OFF = timedelta(minutes=10)


@dataclass(frozen=True)
class Reported:
    """What the reporter is given: the event, and once, the secret of its receipt (None for staff)."""

    event: Event
    secret: str | None


@act
def report(
    *,
    text: str,
    area: Area,
    at: datetime,
    source: str,
    by: Person | None = None,
    title: str = "",
    place: str = "",
    lon: float | None = None,
    lat: float | None = None,
    accuracy_m: float | None = None,
    source_crs: str = "wgs84",
    category: Category | None = None,
    severity: str | None = None,
    urgency: str | None = None,
    answers: dict[str, Any] | None = None,
    occurred_at: datetime | None = None,
    received_at: datetime | None = None,
    photos: Photos = (),
    contact: str = "",
    is_demo: bool = False,
    key: UUID | None = None,
    suggested: Sequence[str] = (),
    taken: Taken | None = None,
) -> Reported:
    """Take in a report. `lon`, `lat` in degrees WGS-84; `contact` is sealed. Raises `BadInput`; nothing is stored then.

    A report without an account gets a receipt secret, to follow it and to answer for its reporter. `key` is the key the
    event will have, for doors where the same report may be sent twice: the second is refused as `reported_already`.
    `suggested`: codes of the categories that were offered to whoever typed it. With `taken`, `by` entered it for somebody
    else, who gets a receipt; `Refused` as `order_entered` where the order of the hotline is here already.
    """
    draft = Draft(
        text=text,
        area=area,
        at=at,
        source=source,
        by=None if taken else by,
        title=title,
        place=place,
        lon=lon,
        lat=lat,
        accuracy_m=accuracy_m,
        source_crs=source_crs,
        category=category,
        severity=severity,
        urgency=urgency,
        answers=answers or {},
        occurred_at=occurred_at,
        received_at=received_at,
        has_photos=bool(photos),
        contact=contact,
        is_demo=is_demo,
        key=key or new_key(),
    )
    event = checked(draft)
    event.number = next_number(area.code, at)
    if taken:
        event.external_source, event.external_no = taken.order
        refuse_entered_order(taken)
    _insert(event, taken)
    clocks.first_clocks([event])
    told = people_told(event, TOLD["report"], at)
    facts = facts_of(event) | {"suggested": list(suggested) or None, "door": taken and taken.door}
    entry = record("event.reported", on=event, by=by, at=at, tell=told, **facts)
    write_beside(event, entry, words="", for_reporter=True, photos=photos, kind=PictureKind.REPORT)  # type: ignore[arg-type]
    _seal_contact(event, clean_contact(draft))
    if taken:
        keep_statement(event, taken, by)
        receipt_for(event, code_of(event)).save(force_insert=True)
        return Reported(event, code_of(event))
    return Reported(event, _give_receipt(event) if source == Source.RESIDENT else None)


class Awaited(NamedTuple):
    """A photo or video that will follow: its hash, its bytes, and the kind of file as the device said."""

    sha256: str
    size: int
    media_type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A report before it is checked; see `report`. `secret` is the code of its receipt, if one was promised already."""

    text: str
    area: Area
    at: datetime
    source: str
    key: UUID
    by: Person | None = None
    title: str = ""
    place: str = ""
    lon: float | None = None
    lat: float | None = None
    accuracy_m: float | None = None
    source_crs: str = "wgs84"
    category: Category | None = None
    severity: str | None = None
    urgency: str | None = None
    answers: dict[str, Any] = field(default_factory=dict)
    #: What has to be answered may follow: somebody stood in the rain and had three taps.
    answers_follow: bool = False
    occurred_at: datetime | None = None
    received_at: datetime | None = None
    has_photos: bool = False
    awaited: tuple[Awaited, ...] = ()
    contact: str = ""
    is_demo: bool = False
    secret: str = ""
    #: Facts of how it came that its entry in the journal tells.
    came: dict[str, str] = field(default_factory=dict)


def checked(draft: Draft, calendar: WorkCalendar | None = None) -> Event:
    """The event of a draft with its clock running, without a number, not stored. Raises `BadInput`."""
    words = clean_words(draft.text, field="text")
    if not words and not draft.has_photos:
        raise BadInput("nothing_reported", _("Say in a few words what it is, or add a photo."), field="text")
    area, category = draft.area, draft.category
    require_open(area, category)
    clean_contact(draft)
    position = clean_position(draft.lon, draft.lat)
    event = Event(
        id=draft.key,
        area=area,
        category=category,
        state=State.REPORTED,
        source=draft.source,
        severity=draft.severity or (category.severity if category else Severity.GENERAL),
        urgency=draft.urgency or (category.urgency if category else Urgency.NORMAL),
        title=clean_words(draft.title, field="title", longest=200),
        text=words,
        place=clean_words(draft.place, field="place", longest=300),
        lon=position[0] if position else None,
        lat=position[1] if position else None,
        accuracy_m=draft.accuracy_m,
        source_crs=draft.source_crs,
        answers=clean_answers(category.questions, draft.answers, all_now=not draft.answers_follow) if category else {},
        reported_by=draft.by,
        occurred_at=_clean_time(draft.occurred_at, draft.at),
        reported_at=draft.at,
        received_at=draft.received_at or draft.at,
        is_demo=draft.is_demo,
    )
    promise.start(event, draft.at, calendar)
    return event


def clean_contact(draft: Draft) -> str:
    """How to reach the reporter. Raises `BadInput`."""
    return clean_words(draft.contact, field="contact", longest=200)


def facts_of(event: Event) -> dict[str, Any]:
    """What the journal keeps of a report: codes only."""
    return {"source": event.source, "category": event.category.code if event.category else ""}


def _insert(event: Event, taken: Taken | None = None) -> None:
    try:
        with transaction.atomic():
            event.save(force_insert=True)
    except IntegrityError:
        # A transaction around this one gives the number back.
        if Event.objects.filter(pk=event.pk).exists():
            raise Refused(
                "reported_already", _("This report has arrived already. Look at its receipt or in the list.")
            ) from None
        if taken:  # somebody else was just entering the same order
            refuse_entered_order(taken)
        raise


def require_open(area: Area, category: Category | None) -> None:
    """Raises `BadInput` unless the area exists and answers for matters, and the category is still used."""
    if not area.is_open:
        raise BadInput(
            "area_closed",
            _("%(area)s no longer exists. Choose the area that followed it."),
            area=area.name,
            field="area",
        )
    if area.kind not in ANSWERING:
        raise BadInput(
            "area_answers_not",
            _("%(area)s answers for no matters. Choose the grid that covers it."),
            area=area.name,
            field="area",
        )
    if category is not None and category.closed_on is not None:
        raise BadInput(
            "category_closed",
            _("The category %(category)s is no longer used. Choose another."),
            category=str(category),
            field="category",
        )


def _clean_time(occurred_at: datetime | None, at: datetime) -> datetime | None:
    if occurred_at is None:
        return None
    if occurred_at > at + _CLOCK_MAY_BE_OFF:
        raise BadInput("in_the_future", _("The time it happened lies in the future. Correct it."), field="occurred_at")
    if occurred_at.year < EARLIEST_YEAR:
        raise BadInput(
            "too_long_ago", _("The time it happened lies before the year 2000. Correct it."), field="occurred_at"
        )
    return occurred_at


def next_number(area: str, at: datetime) -> str:
    """The next number of the township and month, e.g. `440881103-202611-000123`; part of the transaction it is called in."""
    township, month = padded_township(area), month_of(at)
    return format_number(township, month, allot_numbers(township, month, 1))


def allot_numbers(township: str, month: str, count: int) -> int:
    """Raise the series by `count` and return the first number of the range. Others wait until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO events_numberseries (township, month, last) VALUES (%s, %s, %s) "
            "ON CONFLICT (township, month) DO UPDATE SET last = events_numberseries.last + excluded.last RETURNING last",
            [township, month, count],
        )
        (last,) = cursor.fetchone()
    return int(last) - count + 1


def month_of(at: datetime) -> str:
    """Year and month by the home's clock, e.g. `202611`."""
    return timezone.localtime(at).strftime("%Y%m")


def format_number(township: str, month: str, running: int) -> str:
    """The number as people read it."""
    return f"{township}-{month}-{running:06d}"


def _give_receipt(event: Event) -> str:
    secret = "".join(secrets.choice(_SECRET_SIGNS) for _sign in range(_SECRET_LENGTH))
    receipt_for(event, secret).save(force_insert=True)
    return f"{secret[:5]}-{secret[5:]}"


def receipt_for(event: Event, secret: str) -> Receipt:
    """A receipt that this secret opens, not stored."""
    return Receipt(event=event, secret_sha256=_digest(event, secret))


def _digest(event: Event, secret: str) -> bytes:
    signs = "".join(sign for sign in secret.upper() if sign.isalnum())
    return hashlib.sha256(event.pk.bytes + signs.encode()).digest()


def open_receipt(number: str, secret: str) -> Event:
    """The event of a receipt. Raises the same `Refused` whether the number or the secret is wrong."""
    wanted = number.replace("\0", "").strip()
    event = Event.objects.select_related("receipt", "category", "area").filter(number=wanted).first()
    receipt = getattr(event, "receipt", None)
    if (
        event is None
        or receipt is None
        or not hmac.compare_digest(bytes(receipt.secret_sha256), _digest(event, secret))
    ):
        raise Refused("no_such_receipt", _("Number and code do not belong together. Check both on your receipt."))
    return event


def _seal_contact(event: Event, words: str) -> None:
    if words:
        Contact.objects.create(event=event, sealed=seal(words, bound_to=event.pk.bytes, place="events.contact.sealed"))


@transaction.atomic
def open_contact(event: Event, *, by: Person, at: datetime, reason: str) -> str:
    """How to reach the reporter. Looking is an act: the reason is kept. Raises `NotYours`, `BadInput`, `Refused`."""
    why = clean_words(reason, field="reason", required=True, longest=200)
    if not may_open(event, by, at):
        raise not_yours()
    contact = Contact.objects.filter(event=event).first()
    if contact is None:
        raise Refused("no_contact", _("The reporter left no contact, or has withdrawn it."))
    entry = record("event.contact_opened", on=event, by=by, at=at)
    write_beside(event, entry, words=why, for_reporter=False, photos=(), kind=PictureKind.REPORT)
    return unseal(bytes(contact.sealed), bound_to=event.pk.bytes, place="events.contact.sealed")


@transaction.atomic
def withdraw_contact(event: Event, *, at: datetime) -> None:
    """The holder of the receipt takes the contact back; it is deleted. Raises `Refused` while it is held."""
    require_not_held(event)
    if Contact.objects.filter(event=event).delete()[0]:
        record("event.contact_withdrawn", on=event, by=None, at=at)


def make_from(parent: Event, text: str, *, by: Person | None, at: datetime) -> Event:
    """A matter split off another: same place, state and clock, words of its own."""
    event = Event(
        **{name: getattr(parent, name) for name in _INHERITED},
        number=next_number(parent.area_id, at),
        text=clean_words(text, field="text", required=True),
        source=Source.SPLIT,
        reported_by=by,
        split_from=parent,
    )
    event.save(force_insert=True)
    clocks.follow(event, at, by)
    return event


_INHERITED: Sequence[str] = (
    *("area_id", "category_id", "state", "severity", "urgency", "place", "lon", "lat", "accuracy_m", "source_crs"),
    *(
        "occurred_at",
        "reported_at",
        "received_at",
        "accepted_at",
        "clock_from",
        "due_at",
        "due_is_provisional",
        "is_demo",
    ),
)
