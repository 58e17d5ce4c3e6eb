"""Matters, their course, and what has changed.

Codes and times are told as webhooks tell them, words, places and pictures as the public reads them.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from linli.areas.codes import lineage
from linli.events.models import Category, Event, Part
from linli.events.published import PHOTO_ACTS, area_shown, blotted, speaks, spot_of
from linli.events.released import public_pictures
from linli.intake.api import answers
from linli.intake.api.declaring import Asking, nothing_there, span_of
from linli.intake.webhooks.rules import VERBS, verbs_of
from linli.journal import following
from linli.journal.models import Entry
from linli.kit.cursors import cursor, read_cursor
from linli.kit.refusal import BadInput
from linli.statistics.figures import matters_of as inside

#: Acts that are told: those of webhooks, whatever one subscribes to there.
TOLD = verbs_of(VERBS)
#: Acts by which something changes that stands in a matter. Of the last ones no more is told than that.
CHANGES = TOLD | {*PHOTO_ACTS, "event.own_words_forgotten"}
#: Entries of the journal that are read for one page.
SLICE = 2000
_TIMES = ("reported_at", "accepted_at", "dispatched_at", "handled_at", "verified_at", "ended_at", "due_at")


# --- lists ------------------------------------------------------------------------------------------------------------


def listed(asking: Asking) -> answers.Matters:
    """A page, the latest report first; those of one moment by their keys."""
    # Read before the rows: what changes meanwhile comes after it.
    place = following.spelled(_end(asking))
    area = asking.require_area()
    rows = _narrowed(asking, Event.objects.all() if area is None else inside(area))
    if asking["after"] is not None:
        moment, key = _read(asking["after"])
        rows = rows.filter(Q(reported_at__lt=moment) | Q(pk__lt=key), reported_at__lte=moment)
    limit = asking["limit"]
    found = list(rows.order_by("-reported_at", "-pk").values_list("reported_at", "pk")[: limit + 1])
    shown = matters_of([key for _moment, key in found[:limit]], asking)
    return answers.Matters(shown, cursor(*found[limit - 1]) if len(found) > limit else None, place)


def _narrowed(asking: Asking, rows: QuerySet[Event]) -> QuerySet[Event]:
    span = span_of(asking["reported_from"], asking["reported_before"], ("reported_from", "reported_before"))
    if span is not None:
        rows = rows.filter(reported_at__gte=span[0], reported_at__lt=span[1])
    for name, condition in _FILTERS.items():
        if asking[name] is None:
            continue
        if span is None:
            # Few rows of many would be looked for in all there ever were.
            words = _("%(name)s is asked for together with reported_from or reported_before.")
            raise BadInput("span_needed", words, name=name, field="reported_from")
        rows = rows.filter(condition(asking[name]))
    return rows


_FILTERS: dict[str, Callable[[str], Q]] = {
    "state": lambda state: Q(state=state),
    "category": lambda code: Q(category__in=Category.objects.filter(code=code).order_by().values("pk")),
    "department": lambda code: Q(pk__in=Part.objects.filter(department=code).order_by().values("event")),
}


def _read(after: str) -> tuple[datetime, UUID]:
    try:
        return read_cursor(after)
    except ValueError:
        raise _no_such_place() from None


def _no_such_place() -> BadInput:
    return BadInput("bad_after", _("No answer gave this `after`. Begin again without it."), field="after")


# --- one --------------------------------------------------------------------------------------------------------------


def one(asking: Asking) -> answers.Matter:
    """The matter of this key or number."""
    return matters_of([_key(asking)], asking)[0]


def course(asking: Asking) -> answers.Course:
    """What was done to it, in the order in which it was written down, as far as it was done in the area of the key."""
    acts = Entry.objects.filter(on_key=str(_key(asking)), on_kind="event", verb__in=TOLD)
    if asking["after"] is not None:
        if not asking["after"].isascii() or not asking["after"].isdigit() or len(asking["after"]) > 18:
            raise _no_such_place()
        acts = acts.filter(pk__gt=int(asking["after"]))
    limit = asking["limit"]
    found = list(acts.order_by("id")[: limit + 1])
    shown = [_act(entry) for entry in found[:limit] if _tells(asking, entry.area_id, entry.facts)]
    return answers.Course(shown, str(found[limit - 1].pk) if len(found) > limit else None)


def _key(asking: Asking) -> UUID:
    name = asking["matter"]
    rows = Event.objects.filter(asking.seen())
    try:
        found = rows.filter(pk=UUID(name))
    except ValueError:
        found = rows.filter(number=name)
    key = found.values_list("pk", flat=True).first()
    if key is None:
        raise nothing_there()
    return key


def _act(entry: Entry) -> answers.Act:
    facts = entry.facts
    named = [facts.get("lead"), *(facts.get("co_handlers") or ()), facts.get("department")]
    return answers.Act(
        chain=entry.chain,
        position=entry.position,
        verb=entry.verb,
        at=_utc(entry.at),
        recorded_at=_utc(entry.recorded_at),
        area=entry.area_id or "",
        departments=[code for code in named if isinstance(code, str) and code],
    )


def _tells(asking: Asking, area: str | None, facts: dict[str, Any]) -> bool:
    """Whether it was done in the area of the key, or when a matter left it; as `webhooks.models.Subscription.wants`."""
    return asking.sees(area or "-") or asking.sees(str(facts.get("came_from", "-")))


# --- changes ----------------------------------------------------------------------------------------------------------


def changed(asking: Asking) -> answers.Changes:
    """The matters to which something was done since a place in the journal, each once a page, as they stand now.

    Positions of a chain have no gaps and are seen in their order, so nothing is lost between two pages, nor repeated for
    being of the same moment.
    """
    end = _end(asking)
    place = _place(asking, end)
    found: dict[str, None] = {}
    left = SLICE
    for chain in sorted(end):
        after = place.get(chain, 0)
        until = max(after, min(end[chain], after + left))
        for position, on_key, area, facts in _acts(chain, after, until):
            if _tells(asking, area, facts):
                if on_key not in found and len(found) == asking["limit"]:
                    return _changes(asking, found, place, more=True)
                found[on_key] = None
            place[chain] = position
        place[chain] = until
        left -= until - after
    more = any(place[chain] < length for chain, length in end.items())
    return _changes(asking, found, place, more=more)


def _acts(chain: str, after: int, until: int) -> Iterable[tuple[int, str, str | None, dict[str, Any]]]:
    """Those by which something changes that is told."""
    if until <= after:
        return []
    rows = Entry.objects.filter(chain=chain, position__gt=after, position__lte=until)
    changes = rows.filter(on_kind="event", verb__in=CHANGES).order_by("position")
    return changes.values_list("position", "on_key", "area_id", "facts")


def _changes(asking: Asking, found: Iterable[str], place: following.Place, *, more: bool) -> answers.Changes:
    keys = [UUID(key) for key in found]
    shown = matters_of(keys, asking)
    here = {matter.id for matter in shown}
    return answers.Changes(shown, [key for key in keys if key not in here], following.spelled(place), more)


def _end(asking: Asking) -> following.Place:
    """The ends of the chains of the counties whose matters the key may see; of others it is not told how much is done."""
    known = {chain: length for chain, length in following.place().items() if chain.isdigit()}
    if asking.key.area_id is None:
        return known
    own = lineage(asking.key.area_id)[0]
    return {own: known.get(own, 0)}


def _place(asking: Asking, end: following.Place) -> following.Place:
    """Where to go on. Raises `BadInput` for what no answer of this home can have given to this key."""
    place = following.read(asking["after"]) if asking["after"] else {}
    if place is None or any(position > end.get(chain, -1) for chain, position in place.items()):
        raise _no_such_place()
    return place


# --- as it is told ----------------------------------------------------------------------------------------------------


def matters_of(keys: Sequence[UUID], asking: Asking) -> list[answers.Matter]:
    """These in this order, without those that are not, or no longer, in the area of the key.

    As many queries for one as for two hundred.
    """
    rows = Event.objects.filter(asking.seen(), pk__in=keys).order_by()
    events = {one.pk: one for one in rows.select_related("category", "merged_into").prefetch_related("parts")}
    found = [events[key] for key in keys if key in events]
    photos = public_pictures([one for one in found if one.category and one.category.is_public])
    return [_matter(one, photos.get(one.pk, []), asking) for one in found]


def _matter(event: Any, releases: Sequence[Any], asking: Asking) -> answers.Matter:
    category, into = event.category, event.merged_into
    times: dict[str, Any] = {name: _utc(at) if (at := getattr(event, name)) else None for name in _TIMES}
    return answers.Matter(
        id=event.pk,
        number=event.number,
        area=event.area_id,
        category=category.code if category else None,
        state=event.state,
        severity=event.severity,
        urgency=event.urgency,
        departments=[part.department_id for part in event.parts.all()],
        into=into.number if into and asking.sees(into.area_id) else None,
        **times,
        is_demo=event.is_demo,
        public=_public(event, releases, asking) if category and category.is_public else None,
    )


def _public(event: Event, releases: Sequence[Any], asking: Asking) -> answers.Public:
    spot, is_spoken = spot_of(event), speaks(event)
    return answers.Public(
        area=area_shown(event),
        description=blotted(event.text) if is_spoken else None,
        place=blotted(event.place) if is_spoken and event.place else None,
        answer=blotted(event.outcome) if is_spoken and event.outcome else None,
        lon=spot.lon if spot else None,
        lat=spot.lat if spot else None,
        photos=[_photo(release, asking) for release in releases],
    )


def _photo(release: Any, asking: Asking) -> answers.Photo:
    url = asking.address(reverse("public_photo", args=[release.public_sha256]))
    return answers.Photo(url, release.picture.kind, _utc(release.confirmed_at) if release.confirmed_at else None)


def _utc(at: datetime) -> datetime:
    return at.astimezone(UTC)
