"""The story of a matter for whoever holds its receipt: the turning points, newest first; and of the one theirs goes with."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from linli.events.models import Event, ReporterMessage
from linli.events.rules import FOLLOWED, SOLVED, TURNING_POINTS, Holder, State, TurningPoint
from linli.journal.models import Entry


@dataclass(frozen=True)
class Line:
    """One turning point. `office`, `promised_at`: as it stood then; `remark`: words that are meant for the reporter."""

    at: datetime
    verb: str
    words: str
    office: str
    is_yours: bool
    promised_at: datetime | None
    review_on: date | None
    if_not: str
    is_aside: bool
    remark: str
    #: Until when the reporter is asked whether it is solved: of the closing that holds.
    answer_by: datetime | None = None


#: The acts at which the reporter is asked.
_ASKING = ("event.closed", "event.self_handled")


def lines(event: Event) -> list[Line]:
    """The turning points of a matter, for its own reporter."""
    remarks = {remark.entry_id: remark.text for remark in event.remarks.filter(for_reporter=True)}
    told = _lines(event, frozenset(TURNING_POINTS), told_to=event, remarks=remarks)
    asked = next((place for place, one in enumerate(told) if one.verb in _ASKING), None)
    if asked is not None and event.answer_by and event.state in SOLVED:
        told[asked] = replace(told[asked], answer_by=event.answer_by)
    deferral = event.deferrals.filter(ended_at__isnull=True).first() if event.state == State.DEFERRED else None
    newest = next((number for number, one in enumerate(told) if one.review_on is not None), None)
    if deferral is not None and newest is not None:
        # What was the next date then is past: the one that is next now.
        told[newest] = replace(told[newest], review_on=deferral.next_on)
    return told


def followed_lines(event: Event, by: Event) -> list[Line]:
    """Those of `event` for the reporter of a matter that goes with it: states, offices and promises, and nobody's words."""
    return _lines(event, FOLLOWED, told_to=by, remarks={})


def _lines(event: Event, verbs: frozenset[str], *, told_to: Event, remarks: dict[int, str]) -> list[Line]:
    entries = Entry.objects.filter(on_key=str(event.pk), on_kind="event", verb__in=verbs).order_by("-id")
    told = {one.entry_id: one for one in ReporterMessage.objects.filter(event=told_to)}
    return [_line(one, TURNING_POINTS[one.verb], told.get(one.pk), remarks.get(one.pk, "")) for one in entries]


def _line(entry: Entry, point: TurningPoint, told: ReporterMessage | None, remark: str) -> Line:
    review_on = entry.facts.get("review_on")
    return Line(
        at=entry.at,
        verb=entry.verb,
        words=str(point.happened),
        office=told.office if told else "",
        is_yours=point.holder == Holder.REPORTER,
        promised_at=told.promised_at if told else None,
        review_on=date.fromisoformat(review_on) if review_on else None,
        if_not=str(point.if_not),
        is_aside=point.is_aside,
        remark=remark,
    )


def sentence(message: ReporterMessage) -> str:
    """What happened, in the language in force: for a message sent outside the page. It names nobody; the link says the rest."""
    return str(TURNING_POINTS[message.entry.verb].happened)


def leading(event: Event) -> Event:
    """The one that goes on for a merged matter; itself for any other."""
    seen = {event.pk}
    while event.merged_into is not None and event.merged_into.pk not in seen:
        event = event.merged_into
        seen.add(event.pk)
    return event


def as_context(event: Event, same: Event | None) -> dict[str, Any]:
    """What the status page shows of it. `same`: the matter its reporter says is the same."""
    other = leading(same or event)
    own = lines(event)
    followed = [] if other.pk == event.pk else followed_lines(other, event)
    # A merged matter stands where the other does; one that is said to be the same still goes its own way.
    standing = followed if event.merged_into else own
    return {"lines": own, "followed": followed, "now": next((one for one in standing if not one.is_aside), None)}
