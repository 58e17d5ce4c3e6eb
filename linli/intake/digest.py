"""Kept reports become matters: in the order of their arrival, each once, whatever crashes in between.

The mark on the kept row and the event are written in one transaction, and the event has the key of the row. What cannot be
taken in is set aside with its reason, for the desk to see, and holds up nothing.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, InterfaceError, OperationalError, transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from linli.areas import ground
from linli.areas.models import Area
from linli.events import actions
from linli.events.models import Category, Event
from linli.events.rules import Door, Source, Urgency
from linli.intake.accept import receipt_code
from linli.intake.acts import KIND as ACT
from linli.intake.acts import taking
from linli.intake.answering import position_of
from linli.intake.mail.keeping import KIND as MAIL
from linli.intake.mail.keeping import attached
from linli.intake.models import SKEW_TOLD, Kept, KeptState, SenderKind, estimated
from linli.intake.reports import Report, read
from linli.intake.webhooks import incoming
from linli.kit.refusal import BadInput, Refused, to_keep
from linli.kit.sealing import unseal
from linli.kit.workdays import WorkCalendar, stored_calendar
from linli.people.actions import scope_of
from linli.people.models import Person
from linli.people.rules import Role

log = logging.getLogger(__name__)
#: Rows of one transaction: while reports arrive few, as the hatch waits for it on SQLite; many when none do.
BATCH, BATCH_BESIDE_THE_HATCH = 200, 25
#: So long after the last report it is taken that more will follow.
_ARRIVING = timedelta(seconds=1)
#: The store is away or full. That is no fault of a row.
_STORE_AWAY = (OperationalError, InterfaceError)


class Overtaken(Exception):
    """Another worker was quicker with a row of this batch."""


@dataclass(frozen=True)
class Lasting:
    """What changes seldom: read once for all the batches that are digested in one go."""

    categories: dict[str, Category]
    calendar: WorkCalendar

    @classmethod
    def read(cls) -> "Lasting":
        """As it is now."""
        categories = Category.objects.filter(pack__in_use=True, closed_on__isnull=True)
        return cls({one.code: one for one in categories}, stored_calendar())


@dataclass(frozen=True)
class Around:
    """What the rows of a batch refer to, read once for all of them."""

    lasting: Lasting
    areas: dict[str, Area]
    persons: dict[int, Person]
    sources: dict[int, str]
    #: Who is told of a matter by area. Asked beforehand: nobody should wait for that with the store locked.
    told: dict[str, set[int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Ready:
    """A row that can be taken in, and what it becomes."""

    row: Kept
    draft: actions.Draft
    event: Event
    told: set[int]


@dataclass(frozen=True)
class Kind:
    """What becomes of one kind of row: read and check it without writing, then write many together."""

    prepare: Callable[[Kept, Around], Ready]
    take_in: Callable[[Sequence[Ready]], None]


def digest_all(at: datetime, most: int = 1000) -> int:
    """Digest what is waiting, some `most` rows; how many were taken in or set aside.

    While reports are arriving it rests half of the time: keeping them is more urgent than taking them in.
    """
    done, lasting = 0, Lasting.read()
    while done < most:
        begun = time.monotonic()
        is_beside = are_arriving(at)
        count = digest_some(at, BATCH_BESIDE_THE_HATCH if is_beside else BATCH, lasting)
        if count == 0:
            break
        done += count
        if is_beside:
            time.sleep(time.monotonic() - begun)
    return done


def are_arriving(at: datetime) -> bool:
    """Whether the hatch is at work, so that whoever writes on SQLite should do so in short transactions."""
    latest = Kept.objects.order_by("-id").values_list("received_at", flat=True).first()
    return latest is not None and latest > at - _ARRIVING


def digest_some(at: datetime, most: int = BATCH, lasting: Lasting | None = None) -> int:
    """Digest one batch of what is waiting; how many rows were taken in or set aside."""
    rows = list(Kept.objects.waiting()[:most])
    together = [row for row in rows if row.kind not in SINGLY]
    if together:
        _digest_together(together, at, lasting)
    for row in rows:
        if row.kind in SINGLY:
            _digest_singly(row, at)
    return len(rows)


def _digest_singly(row: Kept, at: datetime) -> None:
    try:
        if not SINGLY[row.kind](row, at):
            log.warning("Another worker is digesting the same reports; it goes on.")
    except _STORE_AWAY:
        raise
    except Exception:
        log.exception("What was kept as %s cannot be taken in.", row.pk)
        set_aside(row, _unforeseen())


def _digest_together(rows: Sequence[Kept], at: datetime, lasting: Lasting | None) -> None:
    around = _around(rows, lasting)
    ready = [one for row in rows if (one := _prepared(row, around, at)) is not None]
    try:
        _take_in(ready, at)
    except Overtaken:
        log.warning("Another worker is digesting the same reports; it goes on.")
    except _STORE_AWAY:
        raise
    except Exception:
        # One of them is the cause. Each by itself, so that only that one stays behind.
        for one in ready:
            _alone(one, at)


def digest_one(row: Kept, at: datetime) -> None:
    """Take in one row now. Raises `Refused` with the reason if it cannot be."""
    one = _prepare(row, _around([row]))
    try:
        _take_in([one], at)
    except (Overtaken, IntegrityError):
        raise Refused("moved_on", _("Somebody was quicker. Refresh the page.")) from None


def _prepared(row: Kept, around: Around, at: datetime) -> Ready | None:
    try:
        return _prepare(row, around)
    except Refused as refused:
        set_aside(row, refused)
    except _STORE_AWAY:
        raise
    except Exception:
        log.exception("The kept report %s cannot be read.", row.pk)
        set_aside(row, _unforeseen())
    return None


def _prepare(row: Kept, around: Around) -> Ready:
    kind = KINDS.get(row.kind)
    if kind is None:
        raise Refused("unknown_kind", _("This kind of report is not known here. A newer linli may know it."))
    return kind.prepare(row, around)


@transaction.atomic
def _take_in(ready: Sequence[Ready], at: datetime) -> None:
    """The marks first: who finds one of them gone was overtaken, and nothing is written. Then the events."""
    keys = [one.row.pk for one in ready]
    waiting = Kept.objects.filter(pk__in=keys, digested_at__isnull=True)
    if waiting.update(state=KeptState.DIGESTED, digested_at=at, reason=None, sealed_contact=b"") != len(keys):
        raise Overtaken
    for name, kind in KINDS.items():
        of_kind = [one for one in ready if one.row.kind == name]
        if of_kind:
            kind.take_in(of_kind)
    taking.wake_about([one.row for one in ready])


def _alone(one: Ready, at: datetime) -> None:
    try:
        _take_in([one], at)
    except (Overtaken, *_STORE_AWAY):
        raise
    except IntegrityError:
        if Event.objects.filter(
            pk=one.row.pk
        ).exists():  # a restored backup, say: the event came back, the mark did not
            Kept.objects.filter(pk=one.row.pk).update(state=KeptState.DIGESTED, digested_at=at, sealed_contact=b"")
            return
        log.exception("The kept report %s cannot be taken in.", one.row.pk)
        set_aside(one.row, _unforeseen())
    except Exception:
        log.exception("The kept report %s cannot be taken in.", one.row.pk)
        set_aside(one.row, _unforeseen())


def set_aside(row: Kept, refused: Refused) -> None:
    """Leave it for the desk, with the reason."""
    Kept.objects.filter(pk=row.pk, state=KeptState.WAITING).update(state=KeptState.SET_ASIDE, reason=to_keep(refused))


def give_reason(row: Kept, refused: Refused) -> None:
    """It stays set aside, for another reason."""
    Kept.objects.set_aside().filter(pk=row.pk).update(reason=to_keep(refused))


def _unforeseen() -> Refused:
    return Refused(
        "unforeseen",
        _("Something nobody foresaw stands in its way; the log of the worker tells what. Tell your administrator."),
    )


# --- reports ----------------------------------------------------------------------------------------------------------


def _around(rows: Sequence[Kept], lasting: Lasting | None = None) -> Around:
    persons = Person.objects.in_bulk({row.sender_key for row in rows if row.sender == SenderKind.PERSON})
    return Around(
        lasting=lasting or Lasting.read(),
        areas=Area.objects.in_bulk({row.area for row in rows}),
        persons=persons,
        sources={pk: _source_of(person, rows[-1].received_at) for pk, person in persons.items()},
    )


def _source_of(person: Person, at: datetime) -> str:
    scope = scope_of(person, at)
    return Source.GRID if scope.holds(Role.GRID_WORKER) and not scope.holds(Role.DESK) else Source.DESK


def _report(row: Kept, around: Around) -> Ready:
    report, _sent = read(bytes(row.content))
    category = around.lasting.categories.get(report.category)
    draft = _draft(row, report, category, around)
    try:
        return _ready(row, draft, around)
    except BadInput as refused:
        if category is None or not str(refused.code).startswith("answer_"):
            raise
    # A form of another edition: its answers do not fit this category's questions. The desk classifies it.
    return _ready(row, _draft(row, report, None, around), around)


def _ready(row: Kept, draft: actions.Draft, around: Around) -> Ready:
    event = actions.checked(draft, around.lasting.calendar)
    if event.area_id not in around.told:
        around.told.update(actions.told_of([event]))
    return Ready(row, draft, event, around.told[event.area_id])


def _draft(row: Kept, report: Report, category: Category | None, around: Around) -> actions.Draft:
    position = position_of(report) or (None, None)
    is_person = row.sender == SenderKind.PERSON
    return actions.Draft(
        key=row.pk,
        text=report.text,
        title=report.title,
        place=report.place,
        area=_area(row, report, around),
        # The promise of the receipt ran from its arrival; so does the clock.
        at=row.received_at,
        received_at=row.received_at,
        occurred_at=_occurred_at(row, report),
        came=_came(row),
        source=around.sources[row.sender_key] if is_person else _SOURCES.get(row.kind, Source.RESIDENT),
        by=around.persons[row.sender_key] if is_person else None,
        lon=position[0],
        lat=position[1],
        accuracy_m=report.accuracy_m,
        source_crs=report.crs,
        category=category,
        urgency=report.urgency if report.urgency in Urgency.values else None,
        answers=dict(report.answers),
        answers_follow=True,
        # A mail with nothing in it is not kept.
        has_photos=bool(report.photos) or row.kind == MAIL,
        awaited=tuple({one.sha256: actions.Awaited(one.sha256, one.size, one.type) for one in report.photos}.values()),
        contact=unseal(bytes(row.sealed_contact), bound_to=row.pk.bytes, place="intake.kept.sealed_contact")
        if row.sealed_contact
        else "",
        secret="" if is_person else receipt_code(row.pk),
    )


def _area(row: Kept, report: Report, around: Around) -> Area:
    """The area it was routed to; if that was closed since, where the point lies now, or what followed it."""
    area = around.areas.get(row.area)
    if area is None:
        raise BadInput("unknown_area", _("There is no area %(code)s. Choose one of the list."), code=row.area)
    if area.is_open:
        return area
    position = position_of(report)
    code = (ground.locate(*position) if position else None) or area.successor_id
    return Area.objects.filter(pk=code).first() or area


def _occurred_at(row: Kept, report: Report) -> datetime | None:
    """When it happened by our clock, as far as can be told; never after its arrival."""
    moment = estimated(report.occurred_at or report.made_at, row.sent_at, row.received_at)
    return min(moment, row.received_at) if moment else None


def _came(row: Kept) -> dict[str, str]:
    """For the journal: when it was made, where that was well before its arrival; how far the phone's clock was off."""
    made_at = row.made_at_estimated
    is_late = made_at is not None and row.received_at - made_at > SKEW_TOLD
    return ({"made_at": made_at.isoformat(timespec="seconds")} if made_at and is_late else {}) | row.clock_off()


def _store(ready: Sequence[Ready]) -> None:
    told = {one.event.area_id: one.told for one in ready}
    actions.store_reports([one.draft for one in ready], [one.event for one in ready], told)


def _pushed(row: Kept, around: Around) -> Ready:
    """A message of another system that could not be read as it came: perhaps the mapping was mended since."""
    report = incoming.as_report(row)
    if report.area not in around.areas:
        around.areas.update(Area.objects.in_bulk([report.area]))
    return _report(report, around)


def _store_mails(ready: Sequence[Ready]) -> None:
    """As reports; beside them the photos that came along, and what the field for words could not hold."""
    _store(ready)
    for one in ready:
        _report_again, sent = read(bytes(one.row.content))
        if sent.get("words"):
            actions.keep_statement(one.event, actions.Taken(Door.MAIL, sent["words"]), None)
        left = int(sent.get("left", 0))
        with translation.override(settings.LANGUAGE_CODE):
            words = str(_LEFT) % {"count": left} if left else ""
        actions.keep_beside(one.event, words=words, photos=attached(sent))


_LEFT = _("Attachments that were not taken over: %(count)s. They are with the mail in its mailbox.")
#: Whose door is told by the kind of row.
_SOURCES = {MAIL: Source.MAIL}
#: Everything that is kept, and what becomes of it.
KINDS: dict[str, Kind] = {
    "report": Kind(_report, _store),
    incoming.KIND: Kind(_pushed, _store),
    MAIL: Kind(_report, _store_mails),
}
#: What is taken in one by one, each in a transaction of its own, as it does many things; False where another was quicker.
SINGLY: dict[str, Callable[[Kept, datetime], bool]] = {ACT: taking.take}
