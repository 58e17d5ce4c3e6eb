"""The side ways: objection, extension, deferral, supplement, another class or place, and the exits that are no closing."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.areas.models import ANSWERING, Area
from linli.events.actions import clocks, promise
from linli.events.actions.course import Photos, act, note_hand, people_told, sent_as, standing_of, take_step
from linli.events.actions.handling import set_class
from linli.events.models import Category, Event, PictureKind
from linli.events.rules import TOLD, ReferredTo, clean_position
from linli.kit.refusal import BadInput
from linli.people.models import Person
from linli.people.rules import Role

LONGEST_EXTENSION = timedelta(days=90)


@act
def ask_supplement(event: Event, *, text: str, by: Person | None, at: datetime) -> None:
    """Ask the reporter for what is missing; the clock stands still until it comes."""
    take_step(event, "ask_supplement", by=by, at=at, text=text, reason_needed=True, for_reporter=True)


@act
def supplement(event: Event, *, text: str, by: Person | None, at: datetime, photos: Photos = ()) -> None:
    """Add words and photos to an open event; answers a question that was asked."""
    take_step(
        event,
        "supplement",
        by=by,
        at=at,
        text=text,
        reason_needed=not photos,
        for_reporter=by is None,
        photos=photos,  # type: ignore[arg-type]
        picture_kind=PictureKind.REPORT,
    )
    if Role.HANDLER in standing_of(event, by, at).roles:
        note_hand(event, by)


@act
def ask_extension(event: Event, *, until: datetime, text: str, by: Person | None, at: datetime) -> None:
    """The lead asks for a later limit, before the present one runs out (延期)."""
    if event.due_at and at > event.due_at:
        raise BadInput(
            "too_late_to_extend",
            _("The limit has run out; it can no longer be extended. Say what holds it up instead."),
            field="until",
        )
    _later_than_now(event, until)

    def asked(event: Event) -> None:
        event.extension_asked_until = until

    take_step(event, "ask_extension", by=by, at=at, text=text, reason_needed=True, set_before=asked, until=until)


def _later_than_now(event: Event, until: datetime) -> None:
    if event.due_at and until <= event.due_at:
        raise BadInput("extension_not_later", _("The new limit must lie after the present one."), field="until")
    if event.due_at and until > event.due_at + LONGEST_EXTENSION:
        raise BadInput(
            "extension_too_long",
            _("A limit can be extended by 90 days at most. Defer the matter with a review date instead."),
            field="until",
        )


@act
def extend(event: Event, *, by: Person | None, at: datetime, text: str = "", until: datetime | None = None) -> None:
    """The desk grants the extension asked for, or another one, before the limit runs out: what has passed has passed."""
    if event.due_at and at > event.due_at:
        raise BadInput(
            "too_late_to_extend",
            _("The limit has run out; it can no longer be extended. Say what holds it up instead."),
            field="text",
        )
    if until is not None:
        _later_than_now(event, until)

    def granted(event: Event) -> None:
        event.due_at = until or event.extension_asked_until
        event.due_is_provisional = False
        event.extension_asked_until = None
        event.extensions += 1

    take_step(
        event,
        "extend",
        by=by,
        at=at,
        text=text,
        for_reporter=True,
        set_before=granted,
        until=until or event.extension_asked_until,
    )


@act
def refuse_extension(event: Event, *, text: str, by: Person | None, at: datetime) -> None:
    """The desk says why the limit stands."""

    def refused(event: Event) -> None:
        event.extension_asked_until = None

    take_step(event, "refuse_extension", by=by, at=at, text=text, reason_needed=True, set_before=refused)


@act
def resume(event: Event, *, by: Person | None, at: datetime, text: str = "") -> None:
    """Take up a deferred matter where it was; its clock runs on."""

    def taken_up(event: Event) -> None:
        event.review_on = None

    take_step(event, "resume", by=by, at=at, text=text, set_before=taken_up)


@act
def classify(
    event: Event,
    *,
    by: Person | None,
    at: datetime,
    category: Category | None = None,
    severity: str | None = None,
    urgency: str | None = None,
    text: str = "",
    suggested: Sequence[str] = (),
) -> None:
    """Correct category, severity or urgency; the limit follows, reckoned from when its clock began.

    `suggested`: codes of the categories that were offered.
    """
    before = (event.category_id, event.severity, event.urgency)

    def classed(event: Event) -> None:
        set_class(event, category, severity, urgency)
        if (event.category_id, event.severity, event.urgency) == before:
            raise BadInput(
                "nothing_changed",
                _("Nothing would change. Choose another category, severity or urgency."),
                field="category",
            )
        if not event.extensions:
            promise.reckon(event)

    take_step(
        event,
        "classify",
        by=by,
        at=at,
        text=text,
        set_before=classed,
        category=category.code if category else "",
        severity=severity or "",
        urgency=urgency or "",
        suggested=list(suggested) or None,
    )
    clocks.reckon_steps(event)


@act
def move(
    event: Event,
    *,
    area: Area,
    by: Person | None,
    at: datetime,
    text: str = "",
    lon: float | None = None,
    lat: float | None = None,
) -> None:
    """It lies in another area: those who answer there are told."""
    position = clean_position(lon, lat)
    if area.code == event.area_id and position is None:
        raise BadInput("nothing_changed", _("It lies there already. Choose another area."), field="area")
    if not area.is_open or area.kind not in ANSWERING:
        raise BadInput(
            "area_closed",
            _("%(area)s no longer exists. Choose the area that followed it."),
            area=area.name,
            field="area",
        )
    came_from = event.area_id

    def moved(event: Event) -> None:
        event.area = area
        if position:
            event.lon, event.lat = position

    there = Event(area=area)
    take_step(
        event,
        "move",
        by=by,
        at=at,
        text=text,
        set_before=moved,
        tell=people_told(there, TOLD["move"], at),
        came_from=came_from,
        to=area.code,
    )


@act
def void(event: Event, *, text: str, by: Person | None, at: datetime, as_it_is: Sequence[str] = ()) -> None:
    """It was no matter at all (a slip, a trial): voided with a reason, and counted apart."""

    def voided(event: Event) -> None:
        event.outcome = text.strip()

    facts = sent_as(as_it_is)
    take_step(event, "void", by=by, at=at, text=text, reason_needed=True, for_reporter=True, set_before=voided, **facts)


@act
def refer_out(
    event: Event, *, to: str, text: str, by: Person | None, at: datetime, as_it_is: Sequence[str] = ()
) -> None:
    """It belongs elsewhere (110, 119, 120, 12345, court …): say where, and what the reporter does next."""
    if to not in ReferredTo.values:
        raise BadInput("referred_nowhere", _("Choose where it is referred to."), field="to")

    def sent(event: Event) -> None:
        event.referred_to = to
        event.outcome = text.strip()

    facts = {"to": to, **sent_as(as_it_is)}
    take_step(
        event, "refer_out", by=by, at=at, text=text, reason_needed=True, for_reporter=True, set_before=sent, **facts
    )


@act
def to_mediation(event: Event, *, by: Person | None, at: datetime, text: str = "") -> None:
    """A dispute for the mediators: it leaves the course of events here, marked as such."""
    take_step(event, "to_mediation", by=by, at=at, text=text, for_reporter=True)


def review_days_come(at: datetime) -> list[Event]:
    """Deferred events whose day of review has come."""
    deferred = Event.objects.open().filter(state="deferred", review_on__lte=timezone.localdate(at))
    return list(deferred.order_by("review_on", "id"))
