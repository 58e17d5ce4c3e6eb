"""The figures once more, slowly and from elsewhere: matter by matter in plain Python, from rows and the journal.

Nothing of what is tested is used here: no query of the figures, no cell, no bit. What happened is taken from the journal
where the journal tells it.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from linli.events.models import Clock, Event, Part, Reopening
from linli.journal.models import Entry

HOME = ZoneInfo("Asia/Shanghai")
ENDED_OTHERWISE = {"rejected", "voided", "referred_out", "in_mediation", "merged"}
OPEN_STATES = (
    *("reported", "checking", "supplement_asked", "accepted", "dispatched", "objected", "signed_for", "handling"),
    *("deferred", "result_submitted", "verified"),
)
ENDED = {"closed", "self_handled"} | ENDED_OTHERWISE


@dataclass
class Matter:
    """One matter with all that is asked about it."""

    event: Event
    clocks: list[Clock]
    verbs: list[str]
    department: str | None

    @property
    def solved(self) -> bool:
        return self.event.state in ("closed", "self_handled")

    @property
    def open(self) -> bool:
        return self.event.state not in ENDED

    def times(self, *verbs: str) -> int:
        return sum(verb in verbs for verb in self.verbs)

    @property
    def dispatch_clock(self) -> Clock | None:
        mine = [one for one in self.clocks if one.kind == "dispatch" and one.part_id is None]
        last = max(mine, key=lambda one: one.pk, default=None)
        return last if last and (last.paused_at is None or last.paused_at >= last.due_at) else None


def all_matters() -> list[Matter]:
    clocks, verbs = defaultdict(list), defaultdict(list)
    for clock in Clock.objects.all():
        clocks[clock.event_id].append(clock)
    for entry in Entry.objects.filter(on_kind="event").order_by("id"):
        verbs[entry.on_key].append(entry.verb)
    leads = {part.event_id: part.department_id for part in Part.objects.filter(leads=True)}
    return [Matter(one, clocks[one.pk], verbs[str(one.pk)], leads.get(one.pk)) for one in Event.objects.all()]


def _in(moment: datetime | None, first: date, last: date) -> bool:
    return moment is not None and first <= moment.astimezone(HOME).date() <= last


def _was_sent(one: Matter) -> bool:
    return one.event.dispatched_at is not None or one.times("event.objected", "event.handed_back") > 0


def _handled(one: Matter) -> bool:
    return one.event.dispatched_at is not None and one.event.handled_at is not None


def _rated(*ratings: str) -> Callable[[Matter], bool]:
    return lambda one: one.solved and one.event.rating in ratings


def _is_at(state: str) -> Callable[[Matter], bool]:
    return lambda one: one.event.state == state


_ANSWERS = ("satisfied", "partly", "not_satisfied")
_REPORTED: dict[str, Callable[[Matter], bool]] = {
    "reported": lambda one: True,
    "accepted": lambda one: one.event.accepted_at is not None,
    "reopened": lambda one: one.times("event.reopened") > 0,
    "reworked": lambda one: one.times("event.rework_asked") > 0,
    "bounced": lambda one: one.times("event.objected", "event.handed_back") > 0,
    "bounced_again": lambda one: one.times("event.objected", "event.handed_back") > 1,
    "without_limit": lambda one: one.event.due_at is None,
    "valid": lambda one: one.event.state not in ("rejected", "voided", "merged"),
    "turned_away": _is_at("rejected"),
    "withdrawn": _is_at("voided"),
    "duplicate": _is_at("merged"),
    "passed_on": lambda one: one.event.state in ("referred_out", "in_mediation"),
    "filed": lambda one: one.event.accepted_at is not None and (_was_sent(one) or one.solved),
    "sent": _was_sent,
    "ended_once": lambda one: not one.open or one.times("event.reopened") > 0,
    **{f"stands_{state}": _is_at(state) for state in OPEN_STATES},
}
_DUE: dict[str, Callable[[Matter], bool]] = {
    "due": lambda one: True,
    "in_time": lambda one: one.solved and one.event.ended_at <= one.event.due_at,  # type: ignore[operator]
    "late": lambda one: one.solved and one.event.ended_at > one.event.due_at,  # type: ignore[operator]
    "due_closed": lambda one: one.solved,
    "due_open": lambda one: one.open,
    "due_otherwise": lambda one: one.event.state in ENDED_OTHERWISE,
    "extended": lambda one: one.event.extensions > 0,
    "to_handle": lambda one: one.event.dispatched_at is not None,
    "handled": _handled,
    "handled_in_time": lambda one: _handled(one) and one.event.handled_at <= one.event.due_at,  # type: ignore[operator]
    "unhandled": lambda one: one.event.dispatched_at is not None and one.event.handled_at is None and one.open,
    "handle_extended": lambda one: one.event.dispatched_at is not None and one.event.extensions > 0,
    "due_reworked": lambda one: one.times("event.rework_asked") > 0,
}
_ENDED: dict[str, Callable[[Matter], bool]] = {
    "closed": lambda one: one.solved,
    "closed_in_time": lambda one: (
        one.solved and one.event.due_at is not None and one.event.ended_at <= one.event.due_at
    ),
    **{state: _is_at(state) for state in ENDED_OTHERWISE - {"voided"}},
    "voided": lambda one: one.event.state == "voided" and one.event.taken_back_at is None,
    "taken_back": lambda one: one.event.state == "voided" and one.event.taken_back_at is not None,
    "asked": lambda one: one.solved and one.event.rating != "",
    "answered": _rated(*_ANSWERS),
    "satisfied": _rated("satisfied"),
    "partly": _rated("partly"),
    "not_satisfied": _rated("not_satisfied"),
    "unknown": _rated("", "unreached"),
    "no_answer": _rated("no_answer"),
}


def _dispatched_in_time(one: Matter) -> bool:
    clock, sent_at = one.dispatch_clock, one.event.dispatched_at
    return clock is not None and sent_at is not None and clock.started_at <= sent_at <= clock.due_at


def figures_of(one: Matter, first: date, last: date, at: datetime) -> set[str]:
    """The codes of all figures that count this matter in the period from the first day to the last."""
    event, found = one.event, set()
    if _in(event.reported_at, first, last):
        found |= {code for code, counts in _REPORTED.items() if counts(one)}
    has_run_out = event.due_at is not None and event.due_at < at
    if has_run_out and _in(event.due_at, first, last) and (not event.paused_at or event.paused_at >= event.due_at):
        found |= {code for code, counts in _DUE.items() if counts(one)}
    if _in(event.ended_at, first, last):
        found |= {code for code, counts in _ENDED.items() if counts(one)}
    clock = one.dispatch_clock
    if clock is not None and clock.due_at < at and _in(clock.due_at, first, last):
        found |= {"to_dispatch"} | ({"dispatched_in_time"} if _dispatched_in_time(one) else set())
    if one.open:
        found |= {"open"} | ({"paused"} if event.paused_at else set())
        found |= {"overdue"} if has_run_out and not event.paused_at else set()
    return found


def table(
    area: str,
    first: date,
    last: date,
    at: datetime,
    key: Callable[[Matter], str] = lambda one: "",
    led_by: str | None = None,
) -> dict[str, dict[str, int]]:
    """How many matters of the area each figure counts, by a key of each matter; noughts left out."""
    sums: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for one in all_matters():
        if one.event.area_id.startswith(area) and led_by in (None, one.department):
            for code in figures_of(one, first, last, at):
                sums[key(one)][code] += 1
    return {name: dict(counts) for name, counts in sums.items()}


def closings(area: str, first: date, last: date) -> dict[str, int]:
    """What became of the matters closed in the period at least once."""
    found: dict[str, int] = defaultdict(int)
    falls = defaultdict(list)
    for row in Reopening.objects.all():
        falls[row.event_id].append(row.closed_at)
    for one in all_matters():
        if not one.event.area_id.startswith(area):
            continue
        fell = any(_in(moment, first, last) for moment in falls[one.event.pk])
        stands = one.solved and _in(one.event.ended_at, first, last)
        in_time = (
            one.event.due_at is not None and one.event.ended_at is not None and one.event.ended_at <= one.event.due_at
        )
        found["closings"] += fell or stands
        found["fell"] += fell
        found["held"] += stands and not fell
        found["held_in_time"] += stands and not fell and in_time
    return found


def by_month(area: str, first: date, last: date, at: datetime) -> dict[str, dict[str, int]]:
    """The same for each month of the period by itself, without what is open now."""
    found, begin = {}, first
    while begin <= last:
        following = date(begin.year + begin.month // 12, begin.month % 12 + 1, 1)
        whole = table(area, begin, min(last, following - timedelta(days=1)), at).get("", {})
        counts = {code: n for code, n in whole.items() if code not in ("open", "paused", "overdue")}
        if counts:
            found[str(begin.replace(day=1))] = counts
        begin = following
    return found


_STEPS = {
    "in_all": ("reported_at", "ended_at"),
    "until_accepted": ("reported_at", "accepted_at"),
    "until_dispatched": ("accepted_at", "dispatched_at"),
    "until_handled": ("dispatched_at", "handled_at"),
    "until_verified": ("handled_at", "verified_at"),
    "until_closed": ("verified_at", "ended_at"),
}


def lengths(
    area: str, first: date, last: date, at: datetime, led_by: str | None = None
) -> dict[str, tuple[int, int, int]]:
    """Of the matters closed in the period: how many have both times, and the hours of the middle one and the ninetieth."""
    found = {}
    for code, (begins, ends) in _STEPS.items():
        hours = []
        for one in all_matters():
            inside = one.event.area_id.startswith(area) and one.solved and _in(one.event.ended_at, first, last)
            begun, ended = getattr(one.event, begins), getattr(one.event, ends)
            inside = inside and led_by in (None, one.department)
            if inside and begun and ended and ended >= begun:
                hours.append(ceil((ended - begun).total_seconds() / 3600))
        if hours:
            hours.sort()
            found[code] = (len(hours), hours[ceil(len(hours) / 2) - 1], hours[ceil(len(hours) * 0.9) - 1])
    return found


def map_of(area: str, times: int) -> dict[tuple[int, int], tuple[int, int]]:
    """How many matters of the area lie in each cell, of so many cells to a degree, and how many of them are open."""
    sums: dict[tuple[int, int], list[int]] = defaultdict(lambda: [0, 0])
    for one in all_matters():
        event = one.event
        if event.area_id.startswith(area) and event.lon is not None and event.lat is not None:
            x = int(event.lon * times // 1)
            y = int(event.lat * times // 1)
            sums[x, y][0] += 1
            sums[x, y][1] += one.open
    return {cell: (n, some) for cell, (n, some) in sums.items()}
