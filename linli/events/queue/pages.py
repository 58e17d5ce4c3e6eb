"""Pages of the queue and the figures of its tabs; the head of the package says how they are read."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q
from django.db.models.functions import Left
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.areas.codes import contains, within
from linli.events import search
from linli.events.models import IS_OPEN, RUNS_OUT_AT, Category, Event, EventQuerySet, Part, Voice
from linli.events.needing import ShownNeed, needs_of, with_questions
from linli.events.queue.filters import Filters, Order, Show
from linli.events.rules import NEW, WITH_DEPARTMENT, PartState, State, due_soon_at
from linli.kit.cursors import cursor, read_cursor
from linli.kit.refusal import BadInput
from linli.people.rules import Role, Scope

PAGE = 50
#: So many index entries are counted and sorted in about a millisecond.
FEW = 2000

#: Whose turn it is in each state. Where nobody of ours has to act, the matter waits for its reporter or its review day.
TURN: dict[State, frozenset[Role]] = {
    State.REPORTED: frozenset({Role.DESK, Role.GRID_WORKER, Role.CADRE}),
    State.CHECKING: frozenset({Role.GRID_WORKER, Role.CADRE, Role.VERIFIER}),
    State.ACCEPTED: frozenset({Role.DESK}),
    State.DISPATCHED: frozenset({Role.HANDLER}),
    State.OBJECTED: frozenset({Role.DESK, Role.LEADER}),
    State.SIGNED_FOR: frozenset({Role.HANDLER}),
    State.HANDLING: frozenset({Role.HANDLER}),
    State.RESULT_SUBMITTED: frozenset({Role.VERIFIER}),
    State.VERIFIED: frozenset({Role.DESK}),
}


@dataclass(frozen=True)
class Row:
    """One line of the queue."""

    event: Event
    is_overdue: bool
    is_due_soon: bool = False
    #: What it still needs, one's own first.
    needs: Sequence[ShownNeed] = ()

    @property
    def joint(self) -> str:
        """How many of the co-handlers have answered, as "2/3"; empty where one department handles it alone."""
        parts = [part for part in self.event.parts.all() if not part.leads and part.state != PartState.DROPPED]
        answered = sum(part.state in (PartState.ANSWERED, PartState.VERIFIED) for part in parts)
        return f"{answered}/{len(parts)}" if parts else ""

    @property
    def lead(self) -> str:
        """The name of the department that leads; empty if none has it."""
        return next((str(part.department) for part in self.event.parts.all() if part.leads), "")


@dataclass(frozen=True)
class QueuePage:
    """A page of the queue; `next_cursor` is the `after` of the following page, empty on the last."""

    rows: list[Row]
    next_cursor: str
    is_first: bool


def page_of(
    scope: Scope, filters: Filters, *, at: datetime, after: str = "", size: int = PAGE, person: int | None = None
) -> QueuePage:
    """One page, by as many queries whatever its length. Raises `BadInput` for an `after` that no page gave.

    `person`: who looks, so that what is asked of them by name is theirs.
    """
    places = places_of(scope, filters, at=at, after=after, size=size + 1)
    rows = _rows(scope, [key for _moment, key in places[:size]], at, person)
    return QueuePage(rows, _cursor(*places[size - 1]) if len(places) > size else "", not after)


def places_of(
    scope: Scope, filters: Filters, *, at: datetime, after: str = "", size: int = PAGE
) -> list[tuple[datetime | None, UUID]]:
    """The first step of a page: places in the order, that is, its moment and the key, from an index alone."""
    order = _order_of(filters)
    events = _narrow(in_sight(scope, filters), scope, filters, at).alias(runs_out_at=RUNS_OUT_AT)
    if after:
        events = events.filter(_beyond(order, *_read_cursor(after)))
    return list(events.order_by(*order.by).values_list(order.moment, "pk")[:size])


def counts(scope: Scope, filters: Filters, *, at: datetime) -> dict[Show, int]:
    """How many matters the tabs would show with these filters, of those still open or ended today. Two queries."""
    anywhere = replace(filters, show=Show.OPEN, state="")
    tabs = [Show.OPEN, Show.MINE, Show.NEW, Show.WITH_DEPARTMENTS, Show.TO_VERIFY, Show.OVERDUE, Show.PAUSED]
    # All of them are counted, so there is nothing to stop early for: by area, however many.
    opened = _narrow(_by_area(scope, anywhere), scope, anywhere, at)
    wanted = {tab.value: Count("pk", filter=_tab(tab, scope, at) or None) for tab in tabs}
    figures = opened.order_by().aggregate(**wanted)
    today = replace(anywhere, show=Show.ENDED_TODAY)
    ended = _narrow(_in_order(scope, today), scope, today, at).order_by().count()
    return {**{tab: figures[tab.value] for tab in tabs}, Show.ENDED_TODAY: ended}


# --- what is in sight -------------------------------------------------------------------------------------------------


def in_sight(scope: Scope, filters: Filters) -> EventQuerySet:
    """The events `visible_to` this scope, put so that the store takes the right index."""
    if connection.vendor != "sqlite" or filters.words or _are_few(scope, filters):
        return _by_area(scope, filters)
    return _in_order(scope, filters)


def _are_few(scope: Scope, filters: Filters) -> bool:
    base = Event.objects.all() if filters.show in (Show.ALL, Show.ENDED, Show.ENDED_TODAY) else Event.objects.open()
    codes = _codes(scope, filters)
    seen = base.filter(within(*codes)).order_by()[: FEW + 1].count() if codes else 0
    if scope.departments and seen <= FEW:
        seen += Part.objects.seen().filter(department__in=scope.departments).order_by()[: FEW + 1].count()
    return seen <= FEW


def _codes(scope: Scope, filters: Filters) -> list[str]:
    """The areas in sight, cut down to the one asked for."""
    mine, area = scope.area_codes, filters.area
    if not area:
        return mine
    return [area] if any(contains(code, area) for code in mine) else [code for code in mine if contains(area, code)]


def _by_area(scope: Scope, filters: Filters) -> EventQuerySet:
    seen = within(*_codes(scope, filters))
    if scope.departments:
        seen |= Q(pk__in=Part.objects.seen().filter(department__in=scope.departments).values("event"))
    if scope.lent_matters:
        seen |= Q(pk__in=scope.lent_matters)
    return Event.objects.filter(seen)


def _in_order(scope: Scope, filters: Filters) -> EventQuerySet:
    """The same events, with conditions that no index on areas or parts serves on SQLite."""
    if connection.vendor != "sqlite":
        return _by_area(scope, filters)
    seen = Q(pk__in=scope.lent_matters)
    for code in _codes(scope, filters):
        seen |= _inside(code)
    if scope.departments:
        seen |= Q(Exists(Part.objects.seen().filter(event=OuterRef("pk"), department__in=scope.departments)))
    return Event.objects.filter(seen)


class _Begins(models.Func):
    """Whether an area code begins with another: `within()` for SQLite where its range must not choose the index."""

    output_field = models.BooleanField()
    template = "(%(expressions)s)"
    arg_joiner = " = "


def _inside(code: str) -> Q:
    return Q(_Begins(Left("area_id", len(code)), models.Value(code)))


# --- what is asked for ------------------------------------------------------------------------------------------------


def _narrow(events: EventQuerySet, scope: Scope, filters: Filters, at: datetime) -> EventQuerySet:
    events = events.filter(_shown(filters.show, scope, at), **_equal(filters))
    if filters.area:
        events = events.filter(_inside(filters.area))
    if filters.category is not None:
        branch = Category.objects.filter(Q(pk=filters.category) | Q(parent=filters.category))
        events = events.filter(category__in=branch.order_by().values("pk"))
    if filters.department:
        events = events.filter(Exists(Part.objects.filter(event=OuterRef("pk"), department=filters.department)))
    if filters.from_on:
        events = events.filter(reported_at__gte=_midnight(filters.from_on))
    if filters.to_on:
        events = events.filter(reported_at__lt=_midnight(filters.to_on + timedelta(days=1)))
    return search.matching(events, filters.words)


def _equal(filters: Filters) -> dict[str, str]:
    asked = {name: getattr(filters, name) for name in ("state", "source", "severity", "urgency")}
    return {name: value for name, value in asked.items() if value}


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _shown(show: Show, scope: Scope, at: datetime) -> Q:
    if show == Show.ALL:
        return Q()
    if show == Show.ENDED:
        return Q(ended_at__isnull=False)
    if show == Show.ENDED_TODAY:
        return Q(ended_at__gte=_midnight(timezone.localdate(at)))
    return IS_OPEN & _tab(show, scope, at)


def _tab(show: Show, scope: Scope, at: datetime) -> Q:
    """Which of the open matters this tab has, told by columns of the partial indexes alone."""
    match show:
        case Show.MINE:
            return _mine(scope, timezone.localdate(at))
        case Show.NEW:
            return Q(state__in=sorted(NEW))
        case Show.WITH_DEPARTMENTS:
            return Q(state__in=sorted(WITH_DEPARTMENT))
        case Show.TO_VERIFY:
            return Q(state=State.RESULT_SUBMITTED)
        case Show.OVERDUE:
            return Q(due_at__lt=at, paused_at__isnull=True)
        case Show.PAUSED:
            return Q(paused_at__isnull=False)
        case _:
            return Q()


def _mine(scope: Scope, today: date) -> Q:
    roles = {one.role for one in scope.held}
    mine = Q(state__in=sorted(state for state, turn in TURN.items() if turn & roles))
    if Role.DESK in roles:
        mine |= Q(extension_asked_until__isnull=False) | Q(state=State.DEFERRED, review_on__lte=today)
    return mine


# --- order and place in it --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Order:
    field: str
    is_descending: bool
    #: Rows without a moment come last: a matter whose clock stands still presses nobody.
    has_gaps: bool = False

    @property
    def moment(self) -> Any:
        return RUNS_OUT_AT if self.has_gaps else F(self.field)

    @property
    def by(self) -> list[Any]:
        if self.is_descending:
            return [F(self.field).desc(), F("pk").desc()]
        return [F(self.field).asc(nulls_last=True), F("pk").asc()]


def _order_of(filters: Filters) -> _Order:
    if filters.show in (Show.ENDED, Show.ENDED_TODAY):
        return _Order("ended_at", is_descending=True)
    if filters.show == Show.ALL or filters.order == Order.NEWEST:
        return _Order("reported_at", is_descending=True)
    return _Order("runs_out_at", is_descending=False, has_gaps=True)


def _beyond(order: _Order, moment: datetime | None, key: UUID) -> Q:
    """The rows after this place. Said twice (from the moment on, and beyond it), so that an index is entered there."""
    if moment is None:
        return Q(**{f"{order.field}__isnull": True, "pk__gt": key})
    if order.is_descending:
        return Q(**{f"{order.field}__lte": moment}) & (Q(**{f"{order.field}__lt": moment}) | Q(pk__lt=key))
    later = Q(**{f"{order.field}__gte": moment}) & (Q(**{f"{order.field}__gt": moment}) | Q(pk__gt=key))
    return later | Q(**{f"{order.field}__isnull": True}) if order.has_gaps else later


_NO_MOMENT = "-"


def _cursor(moment: datetime | None, key: UUID) -> str:
    return cursor(moment, key) if moment else f"{_NO_MOMENT}_{key.hex}"


def _read_cursor(after: str) -> tuple[datetime | None, UUID]:
    moment, _mark, key = after.partition("_")
    try:
        return (None, UUID(hex=key)) if moment == _NO_MOMENT else read_cursor(after)
    except ValueError:
        raise BadInput(
            "bad_page", _("There is no such page of the list. Start again from the first."), field="after"
        ) from None


# --- the rows ---------------------------------------------------------------------------------------------------------

_SHOWN = (
    *(
        "number",
        "state",
        "source",
        "severity",
        "urgency",
        "title",
        "text",
        "place",
        "reported_at",
        "due_at",
        "ended_at",
    ),
    *("lon", "review_on"),
    *("clock_from", "paused_at", "due_is_provisional", "reopened", "extension_asked_until", "is_demo"),
    *("area__name", "area__parent__name", "category__name", "category__name_en", "category__icon"),
)


def _rows(scope: Scope, keys: list[UUID], at: datetime, person: int | None) -> list[Row]:
    """The events of these keys in this order; asked through `visible_to` once more, the one way to a row."""
    parts = Prefetch("parts", Part.objects.select_related("department"))
    events = with_questions(Event.objects.visible_to(scope).filter(pk__in=keys))
    events = events.annotate(has_voice=Exists(Voice.objects.filter(event=OuterRef("pk"))))
    related = events.select_related("area__parent", "category").only(*_SHOWN)
    by_key = {event.pk: event for event in related.order_by().prefetch_related(parts)}
    needs = needs_of(list(by_key.values()), scope, person, at)
    found = [by_key[key] for key in keys if key in by_key]
    return [Row(event, _is_overdue(event, at), _is_due_soon(event, at), needs[event.pk]) for event in found]


def _is_due_soon(event: Event, at: datetime) -> bool:
    if not event.is_open or event.paused_at or event.due_at is None or event.clock_from is None or event.due_at < at:
        return False
    return due_soon_at(event.clock_from, event.due_at) <= at


def _is_overdue(event: Event, at: datetime) -> bool:
    return event.ended_at is None and event.paused_at is None and event.due_at is not None and event.due_at < at
