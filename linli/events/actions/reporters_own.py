"""What a reporter does about their own report afterwards, at once or an hour later: take it back, put its place right, answer.

`by` is somebody on the staff, or `None` for whoever holds the receipt or the token of the report: then the caller has proved it.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from linli.areas.models import Area
from linli.events import placing
from linli.events.actions.course import act, comes_of, people_told, standing_of
from linli.events.models import Event
from linli.events.rules import (
    BEFORE_DISPATCH,
    TOLD,
    Audience,
    State,
    clean_answers,
    clean_position,
    clean_words,
    moved_on,
)
from linli.journal.actions import record
from linli.journal.models import Entry
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.people.models import Person
from linli.people.rules import Role

#: A slip is noticed at once. What is regretted later the desk voids, and says why.
TAKE_BACK_WITHIN = timedelta(minutes=10)
#: Until a department has it, the place may be put right.
_PLACE_OPEN = BEFORE_DISPATCH | {State.SUPPLEMENT_ASKED}
#: Whoever may put right or answer what somebody else reported: it is their ground, or their work.
_MAY_PLACE = frozenset({Role.GRID_WORKER, Role.CADRE, Role.DESK})
_MAY_ANSWER = _MAY_PLACE | {Role.VERIFIER, Role.HANDLER}


@act
def withdraw_report(event: Event, *, by: Person | None, at: datetime, said_at: datetime | None = None) -> None:
    """The reporter takes back, within ten minutes, what nobody has acted on yet: voided, and counted apart from the desk's.

    `said_at`: when they said so by our clock, where that was not now. Raises `Refused` (somebody was quicker, or too late).
    """
    _require_reporter(event, by)
    _lock(event)
    if event.state != State.REPORTED or _others_acted(event, by):
        raise Refused(
            "moved_on", _("Somebody is acting on it already, so it can no longer be taken back. Tell the desk.")
        )
    if (said_at or at) > event.received_at + TAKE_BACK_WITHIN:
        raise Refused("too_late_to_withdraw", _("Ten minutes have passed. Ask the desk to void it, and say why."))
    event.state, event.ended_at = State.VOIDED, max(at, event.reported_at)
    event.taken_back_at = event.ended_at
    _save(event, "state", "ended_at", "taken_back_at")
    record("event.taken_back", on=event, by=by, at=at, tell=people_told(event, TOLD["report"], at), **comes_of())


def _others_acted(event: Event, by: Person | None) -> bool:
    """Somebody else has done something about it. Looking is none, and of the clock nobody did it."""
    acts = Entry.objects.filter(on_key=str(event.pk), on_kind="event", by__isnull=False)
    return acts.exclude(by=by).exclude(verb__in=_LOOKING).exists()


_LOOKING = ("event.reported", "event.original_opened", "event.contact_opened", "emergency.looked")


@act
def correct_place(
    event: Event,
    *,
    by: Person | None,
    at: datetime,
    area: str = "",
    lon: float | None = None,
    lat: float | None = None,
    accuracy_m: float | None = None,
    source_crs: str = "wgs84",
    place: str | None = None,
) -> None:
    """Say better where it is: a point, one of the sides of a border that it lies near (`area`, a code), or the place in words.

    Those who answer for another area are told. Raises `Refused` once a department has it.
    """
    _require(event, by, at, _MAY_PLACE)
    words = event.place if place is None else clean_words(place, field="place", longest=300)
    position = clean_position(lon, lat)
    _lock(event)
    if event.state not in _PLACE_OPEN:
        raise moved_on()
    found = _found(event, area.strip(), position, accuracy_m)
    if found.code == event.area_id and position is None and words == event.place:
        raise BadInput("nothing_changed", _("It lies there already. Choose another place."), field="area")
    came_from, event.area, event.place = event.area_id, found, words
    if position:
        event.lon, event.lat, event.accuracy_m, event.source_crs = *position, accuracy_m, source_crs
    _save(event, "area", "place", "lon", "lat", "accuracy_m", "source_crs")
    moved = came_from != found.code
    told = people_told(event, TOLD["move"] if moved else (Audience.DESK,), at)
    facts = {"came_from": came_from, "to": found.code} if moved else {}
    record("event.place_corrected", on=event, by=by, at=at, tell=told, **facts, **comes_of())


def _found(event: Event, area: str, position: tuple[float, float] | None, accuracy_m: float | None) -> Area:
    if position:
        return placing.place("", *position, accuracy_m).chosen(area)
    if not area:
        return event.area
    if event.lon is None or event.lat is None:
        return placing.place(area, None, None).area
    sides = placing.place("", event.lon, event.lat, event.accuracy_m).sides
    chosen = next((one for one in sides if one.code == area), None)
    if chosen is None:
        raise BadInput("point_elsewhere", _("The place lies on no border of this area. Correct the place on the map."))
    return chosen


@act
def add_answers(event: Event, *, answers: Mapping[str, Any], by: Person | None, at: datetime) -> None:
    """Answer extra questions of the category afterwards; what was answered before is replaced. Raises `BadInput`."""
    _require(event, by, at, _MAY_ANSWER)
    _lock(event)
    if not event.is_open:
        raise moved_on()
    asked = [one for one in (event.category.questions if event.category else []) if answers.get(one["code"])]
    if not asked:
        raise BadInput("no_such_question", _("Nothing of that is asked of this category now. Write it as a detail."))
    cleaned = clean_answers(asked, dict(answers))
    event.answers = event.answers | cleaned
    _save(event, "answers")
    told = people_told(event, (Audience.DESK, Audience.HANDLERS), at)
    record("event.answered", on=event, by=by, at=at, tell=told, questions=sorted(cleaned), **comes_of())


def require_reporter(event: Event, by: Person | None) -> None:
    """Raises `NotYours` unless they reported it; who holds the receipt (`None`) did."""
    _require_reporter(event, by)


def _require_reporter(event: Event, by: Person | None) -> None:
    if by is not None and event.reported_by_id != by.pk:
        raise NotYours("not_your_report", _("Only whoever reported it can do this. Ask the desk that has the matter."))


def _require(event: Event, by: Person | None, at: datetime, roles: frozenset[Role]) -> None:
    if by is None or event.reported_by_id == by.pk or roles & standing_of(event, by, at).roles:
        return
    _require_reporter(event, by)


def _lock(event: Event) -> None:
    event.refresh_from_db(
        from_queryset=Event.objects.select_for_update(of=("self",)).select_related("area", "category")
    )


def _save(event: Event, *fields: str) -> None:
    event.save(update_fields=fields)
