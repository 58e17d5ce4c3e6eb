"""Whom another unit calls back, and what comes of it: by the plan, whose seeds say on whom the lot falls."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from bench.disputes.days import DAY, TICKS, day_of, moment
from bench.disputes.pen import Life
from bench.disputes.plan import UNTIL, YEAR, Plan, Standing
from linli.mediation.agreeing.suspicions import Sign, Suspicion, sample
from linli.mediation.rules import CallBackResult

#: On which day of the month the one before is drawn of, and its parties are called.
DRAWN_ON, CALLED_ON = 1, 9
#: Of nine that were drawn one is never called, and at one nobody is reached.
_LEFT, _UNREACHED, _OF = 4, 7, 9


def seed_of(plan: Plan, last: date) -> str:
    """By what the month that ended on that day is drawn."""
    return f"{plan.seed} {last:%Y-%m}"


def result_of(life: Life, place: int) -> str:
    """What the parties say, by the place in the list of the draw; empty: nobody asks them."""
    if life.course.form == "made_up":
        return str(CallBackResult.NOT_VERIFIED)
    return {_LEFT: "", _UNREACHED: str(CallBackResult.UNREACHED)}.get(place % _OF, str(CallBackResult.VERIFIED))


def called_at(day: date, place: int) -> datetime:
    """When."""
    return moment(day, TICKS[0]) + timedelta(minutes=1 + place % 50, seconds=7)


def standing(plan: Plan, at: datetime) -> list[Standing]:
    """As `Plan.standing`, with what call-backs found by then."""
    found = plan.standing(at)
    by_number = {one.number: one for one in found}
    for drawn_at, numbers in draws(plan):
        for place, number in enumerate(numbers):
            one = by_number.get(number)
            if one is None or drawn_at > at:
                continue
            result, moment_of = result_of(one.life, place), called_at(day_of(drawn_at).replace(day=CALLED_ON), place)
            is_done = result and moment_of <= at
            one.history.calls.append((result, moment_of) if is_done else ("", None))
    return found


def draws(plan: Plan) -> Iterator[tuple[datetime, list[str]]]:
    """When each month is drawn of, and the numbers of whom it falls on, sorted."""
    number_of = {one.life.place: one.number for one in plan.standing(UNTIL)}
    day = date(YEAR, 2, DRAWN_ON)
    while (at := moment(day, TICKS[0])) < UNTIL:
        last = day - DAY
        first = moment(last.replace(day=1), TICKS[0].min)
        among = [life for life in plan.lives if _is_among(life, first, moment(day, TICKS[0].min), at)]
        signs = [Suspicion(number_of[one.place], Sign.SAME_IMAGE) for one in among if one.course.form == "made_up"]
        lots = sample([number_of[one.place] for one in among], signs, seed=seed_of(plan, last))
        yield at, sorted(lot.key for lot in lots)
        day = (day + 31 * DAY).replace(day=DRAWN_ON)


def _is_among(life: Life, first: datetime, end: datetime, at: datetime) -> bool:
    """An agreement that came into force in the month and binds when it is drawn."""
    return any(first <= since < end and (until is None or until > at) for since, until in life.in_force)
