"""The figures of a ledger once more, written out plainly over histories: nothing here asks the store."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from math import ceil, floor

from linli.mediation.ledgers.testing import History
from linli.statistics.periods import Period

DAY = timedelta(days=1)
ELSEWHERE = {"out_of_scope", "other_authority", "in_court", "criminal"}


def _in_time(one: History) -> bool:
    return bool(one.applied_at and one.apply_until and one.applied_at <= one.apply_until)


def figures(histories: Iterable[History], area: str, period: Period, at: datetime) -> dict[str, int]:
    here = [one for one in histories if one.area.startswith(area)]

    def within(moment: datetime | None) -> bool:
        return moment is not None and period.start <= moment < period.end

    def count(rows: Sequence[History], is_counted: Callable[[History], object]) -> int:
        return len([one for one in rows if is_counted(one)])

    def over(one: History, days: int) -> bool:
        return one.settled_at is not None and one.settled_at + days * DAY <= at

    def kept(one: History, days: int) -> bool:
        assert one.settled_at is not None
        return over(one, days) and (one.fell_at is None or whole_s(one.settled_at, one.fell_at) >= days * 86400)

    registered = [one for one in here if within(one.registered_at)]
    accepted = [one for one in here if within(one.accepted_at)]
    concluded = [one for one in here if within(one.concluded_at) and one.accepted_at]
    settled = [one for one in here if within(one.settled_at)]
    called = [one for one in here if any(within(made) for _result, made in one.calls)]
    now = [one for one in here if one.ended_at is None]
    promises = [
        promise
        for one in here
        for promise in one.promises
        if promise.due_at and period.start < promise.due_at <= period.end and promise.due_at <= at
    ]
    done = [one for one in promises if one.state == "performed"]
    found = {
        "registered": len(registered),
        "screened_in": count(
            registered,
            lambda one: one.screened_at and one.state != "registered" and one.not_accepted_for not in ELSEWHERE,
        ),
        "engaged": count(registered, lambda one: one.accepted_at),
        "heard": count(registered, lambda one: one.first_session_at),
        "agreed": count(registered, lambda one: one.settled_at),
        "performed": count(registered, lambda one: one.performed_at),
        "not_accepted": count(registered, lambda one: one.state == "not_accepted"),
        "accepted": len(accepted),
        "closed": count(accepted, lambda one: one.ended_at),
        "concluded": len(concluded),
        "settled": count(concluded, lambda one: one.state in ("settled", "closed")),
        "failed": count(concluded, lambda one: one.state in ("failed", "withdrawn", "terminated")),
        "within_30": count(concluded, lambda one: whole_s(one.accepted_at, one.concluded_at) <= 30 * 86400),
        "agreements": len(settled),
        "confirmable": count(settled, lambda one: one.kind != "01"),
        "applied": count(settled, lambda one: one.kind != "01" and one.applied_at),
        "applied_in_time": count(settled, lambda one: one.kind != "01" and _in_time(one)),
        "confirmed": count(settled, lambda one: one.kind != "01" and one.court == "confirmed"),
        "due": len(promises),
        "done_in_time": len([one for one in done if one.due_at and one.state_at <= one.due_at]),
        "done_late": len([one for one in done if one.due_at and one.state_at > one.due_at]),
        "waived": len([one for one in promises if one.state == "waived"]),
        "not_done": len([one for one in promises if one.state in ("owed", "claimed", "breached")]),
        "called": len(called),
        "open": len(now),
        "in_mediation": count(now, lambda one: one.state in ("accepted", "mediating")),
        "overdue": count(now, lambda one: one.due_at and one.due_at < at),
    }
    for result in ("verified", "not_verified", "unreached"):
        found[result] = count(called, lambda one, of=result: (of, True) in [(r, within(m)) for r, m in one.calls])  # type: ignore[misc]
    for days in (90, 180):
        found[f"over_{days}"] = count(registered, lambda one, d=days: one.performed_at and over(one, d))  # type: ignore[misc]
        found[f"held_{days}"] = count(registered, lambda one, d=days: one.performed_at and kept(one, d))  # type: ignore[misc]
        found[f"settled_{days}"] = count(settled, lambda one, d=days: over(one, d))  # type: ignore[misc]
        found[f"kept_{days}"] = count(settled, lambda one, d=days: kept(one, d))  # type: ignore[misc]
    return found


def whole_s(begin: datetime | None, end: datetime | None) -> int:
    """Between two moments, fractions of a second cut off each."""
    assert begin is not None and end is not None
    return floor(end.timestamp()) - floor(begin.timestamp())


def lengths(
    histories: Iterable[History], area: str, period: Period
) -> dict[str, tuple[int, float | None, float | None]]:
    here = [one for one in histories if one.area.startswith(area)]
    heard = [one for one in here if period.start <= one.registered_at < period.end and one.first_session_at]
    concluded = [
        one for one in here if one.accepted_at and one.concluded_at and period.start <= one.concluded_at < period.end
    ]
    return {
        "to_session": _quantiles([whole_s(one.registered_at, one.first_session_at) for one in heard]),
        "to_conclusion": _quantiles([whole_s(one.registered_at, one.concluded_at) for one in concluded]),
    }


def _quantiles(seconds: list[int]) -> tuple[int, float | None, float | None]:
    hours = sorted(ceil(one / 3600) for one in seconds)
    if not hours:
        return 0, None, None
    rank = [hours[max(ceil(share * len(hours)), 1) - 1] for share in (0.5, 0.9)]
    return len(hours), round(rank[0] / 24, 1), round(rank[1] / 24, 1)
