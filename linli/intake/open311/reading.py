"""Which matters a call asks for: only public ones, by all filters of the contract, a page at a time in a firm order."""

import math
import re
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Case, F, FloatField, Q, QuerySet, When
from django.db.models.functions import Floor
from django.utils.translation import gettext as _

from linli.areas.codes import within
from linli.areas.models import Area
from linli.events import search
from linli.events.models import Category, Event
from linli.events.published import LONG_NUMBER, UPDATED, touched_since
from linli.events.rules import CELLS, Source
from linli.intake.open311.parameters import LONGEST, MOST, Parameters
from linli.intake.open311.rendering import Problem

_METRES_PER_DEGREE = 111_195.0
_DEFAULT_RADIUS_M, _LARGEST_RADIUS_M = 100.0, 50_000.0
#: The longest number a matter has; nothing longer needs to be looked for.
LONGEST_NUMBER = 40


class Public:
    """The matters the public may see: those of public categories, in one jurisdiction."""

    def __init__(self, jurisdiction: Area | None) -> None:
        rows = list(Category.objects.filter(is_public=True).values_list("pk", "code", "name", "name_en"))
        #: Code by key. Older packs may have the same code.
        self.categories = {key: code for key, code, _name, _name_en in rows}
        self.names = {key: f"{code}\n{name}\n{name_en}" for key, code, name, name_en in rows}
        self.jurisdiction = jurisdiction

    def events(self, codes: list[str] | None = None) -> QuerySet[Event]:
        """All of them, or those of services with these codes."""
        wanted = [key for key, code in self.categories.items() if codes is None or code in codes]
        events = Event.objects.filter(category__in=wanted)
        return events if self.jurisdiction is None else events.filter(within(self.jurisdiction.code))


def page(sent: Parameters, public: Public, at: datetime) -> list[UUID]:
    """The keys of the page asked for: newest report first, or in the order of change where that is asked for."""
    rows = sent.page()
    numbers = sent.words("service_request_id")
    if len(numbers) > MOST:
        raise Problem(400, _("At most %(most)s ids at once.") % {"most": MOST})
    if numbers:
        found = public.events().filter(number__in=[one for one in numbers if len(one) <= LONGEST_NUMBER])
        return _keys(found.order_by("-reported_at", "-pk"), rows)
    found = _of_status(public.events(sent.words("service_code") or None), sent.words("status"))
    found = _near(_holding(found, sent.text("q"), public), sent)
    reported, updated = sent.window("start_date", "end_date"), sent.window("updated_after", "updated_before")
    if reported is None and updated is None:
        found = found.filter(reported_at__gte=at - LONGEST)
    if reported is not None:
        found = found.filter(reported_at__range=reported)
    if updated is None:
        return _keys(found.order_by("-reported_at", "-pk"), rows)
    # The oldest change first: what changes while somebody turns the pages moves to the end and is not missed.
    changed = touched_since(found, *updated).annotate(updated=UPDATED).filter(updated__range=updated)
    return _keys(changed.order_by("updated", "pk"), rows)


def _keys(events: QuerySet[Any], rows: slice) -> list[UUID]:
    return list(events.values_list("pk", flat=True)[rows])


def _of_status(events: QuerySet[Event], wanted: list[str]) -> QuerySet[Event]:
    unknown = [one for one in wanted if one.lower() not in ("open", "closed")]
    if unknown:
        raise Problem(400, _("status is open, closed or both, not “%(status)s”.") % {"status": unknown[0][:40]})
    chosen = {one.lower() for one in wanted}
    return events.filter(ended_at__isnull="open" in chosen) if len(chosen) == 1 else events


def _holding(events: QuerySet[Event], question: str, public: Public) -> QuerySet[Event]:
    """Those with all these words in what is published of them: never in what is not, nor in a number blotted out."""
    if not question:
        return events
    spoken = search.matching(Event.objects.filter(source=Source.OPEN311), question)
    if re.search(r"\d", question):
        hidden = Q()
        for field in ("title", "text", "place", "outcome"):
            hidden |= Q(**{f"{field}__regex": LONG_NUMBER})
        spoken = spoken.exclude(hidden)
    named = [key for key, name in public.names.items() if search.holds(name, question)]
    return events.filter(Q(pk__in=spoken.values("pk")) | Q(category__in=named) | Q(number=question))


def _near(events: QuerySet[Event], sent: Parameters) -> QuerySet[Event]:
    """Within `radius` metres of `lat`, `long`, on the plane that touches the earth there: exact enough for a town."""
    position, radius = sent.position(), sent.number("radius")
    if position is None:
        return events
    radius = _DEFAULT_RADIUS_M if radius is None else radius
    if not 0 < radius <= _LARGEST_RADIUS_M:
        raise Problem(400, _("radius is in metres, up to %(largest)s.") % {"largest": f"{_LARGEST_RADIUS_M:.0f}"})
    lon, lat = position
    across = _METRES_PER_DEGREE * math.cos(math.radians(lat))
    # The position as it is shown: nobody finds out more by asking often.
    east = (_shown("lon") - lon) * across
    north = (_shown("lat") - lat) * _METRES_PER_DEGREE
    high, wide = radius / _METRES_PER_DEGREE, radius / max(across, 1.0)
    slack = 1 / min(cells.to_degree for cells in CELLS.values())
    box = events.filter(category__public_place__in=list(CELLS)).filter(
        lat__range=(lat - high - slack, lat + high + slack), lon__range=(lon - wide - slack, lon + wide + slack)
    )
    return box.annotate(square=east * east + north * north).filter(square__lte=radius * radius)


def _shown(field: str) -> Any:
    """As `rules.shown_at` reckons it, category by category."""
    whens = [
        When(
            category__public_place=place,
            then=(Floor(F(field) * float(cells.to_degree) + cells.shift, output_field=FloatField()) + 0.5 - cells.shift)
            / float(cells.to_degree),
        )
        for place, cells in CELLS.items()
    ]
    return Case(*whens, output_field=FloatField())


def one(number: str, events: QuerySet[Event]) -> UUID:
    """The key of the matter of this number. Raises `Problem` (404) for any other text."""
    found = events.filter(number=number).values_list("pk", flat=True).first() if _is_number(number) else None
    if found is None:
        raise Problem(404, _("There is no public request with this id."))
    return found


def _is_number(text: str) -> bool:
    return 0 < len(text) <= LONGEST_NUMBER and text.isascii() and text.isprintable()
