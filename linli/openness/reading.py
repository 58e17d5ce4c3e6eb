"""The matters that everybody may see, a page at a time: those of public categories that somebody has taken on.

No word of a reporter, no name, contact or address is read into what is given out. The place is that of
`events.published`, the same at every door.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from linli.areas.codes import numbering, within
from linli.areas.models import Area
from linli.events.models import IS_OPEN, Category, Event, Part
from linli.events.published import UPDATED, area_shown, blotted, cut, speaks, spot_of, touched_since
from linli.events.released import public_pictures
from linli.events.rules import PublicPlace, Spot, State, shown_at
from linli.openness.places import read_place, sealed_place
from linli.openness.rules import IN_FILE, LISTED, MOST_ON_MAP, ON_MAP_FOR, PLAIN


@dataclass(frozen=True)
class Matter:
    """A matter as anybody may know it."""

    number: str
    category: str
    category_code: str
    icon: str
    area: str
    area_name: str
    state: str
    words: str
    is_open: bool
    reported_on: date
    due_on: date | None
    ended_on: date | None
    is_late: bool
    department: str
    spot: Spot | None
    #: What an official answered, where it was written for the public.
    answer: str
    #: Paths of pictures that somebody has looked at and confirmed.
    photos: tuple[str, ...]
    #: The day on which what is public of it changed last.
    updated_on: date


@dataclass(frozen=True)
class Asked:
    """Which matters: of an area and all inside it, of some categories, changed since; and from where on."""

    area: str
    #: Codes; none: all public ones.
    categories: tuple[str, ...] = ()
    #: The beginning of a day.
    since: datetime | None = None
    #: The place at which the page before ended (`places`), or the number of its last matter.
    after: str = ""
    size: int = IN_FILE
    #: The size of whoever does not ask for another.
    usual: int = IN_FILE

    @property
    def is_plain(self) -> bool:
        """What most ask for: it is worth keeping for a minute."""
        return not (self.categories or self.since or self.after) and self.size == self.usual

    @property
    def order(self) -> str:
        """The column of moments by which they come."""
        return "reported_at" if self.since is None else "updated"

    @property
    def query(self) -> str:
        """As the parameters of an address."""
        since = {"since": str(timezone.localdate(self.since))} if self.since else {}
        given = {"category": list(self.categories), **since, "after": self.after}
        size = {} if self.size == self.usual else {"limit": self.size}
        return urlencode({name: value for name, value in (given | size).items() if value}, doseq=True)


@dataclass(frozen=True)
class Page:
    """Some of them, and how to ask for the rest; None: that was all."""

    matters: list[Matter]
    following: Asked | None


def public_categories(codes: Sequence[str] = ()) -> QuerySet[Category]:
    """The categories whose matters everybody may see."""
    found = Category.objects.filter(is_public=True)
    return found.filter(code__in=codes) if codes else found


def listed(area: str, categories: Sequence[str] = ()) -> QuerySet[Event]:
    """The matters that are shown of an area: none where the place of its category is not shown so closely."""
    # Their keys are few, and with them an index serves; a join would be read for every row.
    found = public_categories(categories)
    if len(area) > len(cut(area, "township")):
        found = found.exclude(public_place=PublicPlace.NONE)
    taken_on = Q(accepted_at__isnull=False) | Q(state=State.SELF_HANDLED)
    keys = list(found.values_list("pk", flat=True))
    return Event.objects.filter(within(area), taken_on, category__in=keys, state__in=sorted(LISTED))


def page_of(asked: Asked, at: datetime) -> Page:
    """The page asked for: the latest report first; with `since` the oldest change first, so that what changes while somebody
    turns the pages moves to the end and is not missed.
    """
    events, last = listed(asked.area, asked.categories), _last(asked)
    if asked.since is None:
        if last is not None:
            beyond = Q(reported_at__lt=last[0]) | Q(pk__lt=last[1])
            events = events.filter(beyond, reported_at__lte=last[0])
        ordered = events.order_by("-reported_at", "-pk")
    else:
        since = asked.since if last is None else max(last[0], asked.since)
        changed = touched_since(events, since).annotate(updated=UPDATED).filter(updated__gte=since)
        if last is not None:
            changed = changed.filter(Q(updated__gt=last[0]) | Q(pk__gt=last[1]))
        ordered = changed.order_by("updated", "pk")
    rows = list(ordered.values_list("pk", asked.order)[: asked.size + 1])
    matters = matters_of([key for key, _moment in rows[: asked.size]], at)
    if len(rows) <= asked.size:
        return Page(matters, None)
    key, moment = rows[asked.size - 1]
    return Page(matters, replace(asked, after=sealed_place(moment, key, asked.order)))


def _last(asked: Asked) -> tuple[datetime, UUID] | None:
    """The place after which the page begins; that of a matter is read where its number stands. Of one that was never public
    nothing is told, not even where it stood.
    """
    if not asked.after:
        return None
    place = read_place(asked.after, asked.order)
    if place is None:
        known: Any = Event.objects.filter(number=asked.after, category__is_public=True).annotate(updated=UPDATED)
        place = known.values_list(asked.order, "pk").first()
    return place


def matters_of(keys: Sequence[UUID], at: datetime) -> list[Matter]:
    """These in this order. As many queries for one as for a thousand."""
    leads = Prefetch("parts", Part.objects.filter(leads=True).select_related("department"))
    # Asked once more: one may have been voided, or its category closed to the public, since the keys were read.
    still = Event.objects.filter(pk__in=keys, state__in=sorted(LISTED), category__is_public=True)
    fetched: Any = still.annotate(updated=UPDATED).order_by()
    events = {one.pk: one for one in fetched.select_related("category__department").prefetch_related(leads)}
    found = [events[key] for key in keys if key in events]
    areas = {area_shown(one) for one in found} | {village_of(area_shown(one)) for one in found}
    names = dict(Area.objects.filter(pk__in=areas).values_list("pk", "name"))
    photos = {key: [one.public_sha256 or "" for one in some] for key, some in public_pictures(found).items()}
    return [_matter(one, names, photos.get(one.pk, []), at) for one in found]


def _matter(event: Any, names: dict[str, str], photos: Sequence[str], at: datetime) -> Matter:
    department = next((part.department for part in event.parts.all()), event.category.department)
    area = village_of(area_shown(event))
    due = event.due_at if event.is_open else None
    return Matter(
        number=event.number,
        category=str(event.category),
        category_code=event.category.code,
        icon=event.category.icon or "circle-dot",
        area=area,
        area_name=names.get(area, area),
        state=event.state,
        words=str(PLAIN[event.state]),
        is_open=event.is_open,
        reported_on=timezone.localdate(event.reported_at),
        due_on=timezone.localdate(due) if due else None,
        ended_on=timezone.localdate(event.ended_at) if event.ended_at else None,
        is_late=bool(due and due < at and event.paused_at is None),
        department=str(department) if department else "",
        spot=spot_of(event),
        answer=blotted(event.outcome) if speaks(event) and not event.is_open else "",
        photos=tuple(reverse("public_photo", args=[one]) for one in photos),
        updated_on=timezone.localdate(event.updated),
    )


def village_of(code: str) -> str:
    """The area that has a page: grids have none."""
    return cut(code, "village") if "village" in numbering().levels else code


# --- the map ------------------------------------------------------------------------------------------------------------


@dataclass
class Cell:
    """Where matters lie, as closely as it is shown, and how many. Those of different closeness have cells of their own."""

    spot: Spot
    open: int
    ended: int
    categories: dict[str, int]


def cells_of(area: str, at: datetime) -> list[Cell]:
    """What is open and what ended lately, cell by cell; the latest `MOST_ON_MAP` of each. A constant number of queries."""
    categories = {one.pk: one for one in public_categories()}
    placed = listed(area).filter(lon__isnull=False)
    lately = placed.filter(ended_at__gte=at - ON_MAP_FOR).order_by("-ended_at")
    cells: dict[Spot, Cell] = {}
    for rows in (placed.filter(IS_OPEN).order_by("-reported_at"), lately):
        for key, lon, lat, ended_at in rows.values_list("category", "lon", "lat", "ended_at")[:MOST_ON_MAP]:
            category = categories.get(key)
            spot = shown_at(category.public_place, lon, lat) if category else None
            if category is None or spot is None:
                continue
            cell = cells.setdefault(spot, Cell(spot, 0, 0, {}))
            cell.open += ended_at is None
            cell.ended += ended_at is not None
            name = str(category)
            cell.categories[name] = cell.categories.get(name, 0) + 1
    return [cells[spot] for spot in sorted(cells)]
