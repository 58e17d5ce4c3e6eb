"""The plan of a year of disputes: drawn from a seed, act by act, and what the ledgers must say of it at any moment.

Nothing here asks the store. What is expected is reckoned from the plan alone, so that a year that was lived by it can be held
against it: every figure, every table, every line of a ledger, and every day on which somebody had to be told.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from random import Random
from typing import Any

from bench.disputes import courses, opening, settling
from bench.disputes.courses import Course, shares
from bench.disputes.days import DAY, day_of, drawn, midnight_after, published
from bench.disputes.pen import Act, Life, Pen
from linli.mediation.ledgers.narrowing import LARGE_FROM
from linli.mediation.ledgers.testing import History, Promise
from linli.mediation.rules import ClockKind, Ending

YEAR = 2025
COUNTY = "440881"
#: Until when it is lived: every dispute of the year that is to be closed is closed by then.
UNTIL = midnight_after(date(2026, 6, 30))


@dataclass(frozen=True)
class Ground:
    """How many townships, villages in each, grids in each of these."""

    townships: int = 22
    villages: int = 4
    grids: int = 1

    def grids_of(self) -> list[str]:
        """Their codes, as `bench.year.county` gives them."""
        return [
            f"{COUNTY}{town}{village}{grid:03}"
            for town in range(101, 101 + self.townships)
            for village in range(201, 201 + self.villages)
            for grid in range(1, 1 + self.grids)
        ]


@dataclass
class Plan:
    """Everything that shall happen. `lives` in the order in which they were drawn."""

    ground: Ground
    seed: int
    lives: list[Life] = field(default_factory=list)

    def acts(self) -> list[tuple[Life, Act]]:
        """Of all lives, in the order of time."""
        found = [(act.at, life.place, number, life, act) for life in self.lives for number, act in enumerate(life.acts)]
        return [(life, act) for *_order, life, act in sorted(found, key=lambda one: one[:3])]

    def standing(self, at: datetime) -> list["Standing"]:
        """What is known of each dispute registered by then, in the order of registration."""
        found = sorted((life for life in self.lives if life.changes[0][0] <= at), key=lambda one: one.changes[0][0])
        return list(_numbered(found, at))

    def histories(self, at: datetime) -> list[History]:
        """The same, as the slow computation of ledgers takes it."""
        return [one.history for one in self.standing(at)]


@dataclass
class Standing:
    """One dispute as it stands at a moment."""

    life: Life
    number: str
    history: History
    case_no: str = ""
    body: str = ""


def plan_of(accepted: int, ground: Ground, seed: int) -> Plan:
    """A year with so many accepted, and in their share those that were not."""
    draw, days, plan = Random(f"{seed} plan"), published(), Plan(ground, seed)
    slots: set[tuple[Any, ...]] = set()
    for life, month in _lives(accepted, ground, draw):
        begins = drawn(draw, days.from_(date(YEAR, month, draw.randint(2, 13 if month == 12 else 28))))
        pen = Pen(life, Random(f"{seed} {life.place}"), days, begins, slots)
        _write(pen)
        pen.finish(UNTIL)
        plan.lives.append(life)
    return plan


def _lives(accepted: int, ground: Ground, draw: Random) -> Iterator[tuple[Life, int]]:
    """What each is, by the shares: course, place, kind, door, level, how many people; and in which month it begins."""
    closed, still_open, outside = courses.courses(accepted)
    everything = [*closed, *still_open, *outside]
    count = len(everything)
    months = _months(everything, draw)
    grids, kinds, doors = (
        _shuffled(shares(weights, count), draw) for weights in (_towns(ground, draw), courses.KINDS, courses.DOORS)
    )
    large = _large(closed, still_open, accepted, draw)
    levels = _levels(everything, len(closed), draw)
    for place, course in enumerate(everything):
        people = LARGE_FROM + draw.randrange(60) if place in large else 2
        yield Life(place, course, grids[place], kinds[place], doors[place], levels[place], people), months[place]


def _shuffled(found: list[Any], draw: Random) -> list[Any]:
    draw.shuffle(found)
    return found


def _towns(ground: Ground, draw: Random) -> dict[str, float]:
    """Some places have many, some few."""
    return {grid: draw.choice((1, 2, 3, 5)) for grid in ground.grids_of()}


def _months(everything: list[Course], draw: Random) -> list[int]:
    """Long ones begin early in the year; the shares of the months hold for all of them together."""
    months = _shuffled(shares(courses.MONTHS, len(everything)), draw)
    early = [month for month in months if month <= courses.LAST_MONTH_OF_LONG]
    rest = [month for month in months if month > courses.LAST_MONTH_OF_LONG]
    found: list[int] = [0] * len(everything)
    for place in sorted(range(len(everything)), key=lambda one: (not everything[one].is_long, draw.random())):
        take = early if early and (everything[place].is_long or not rest or draw.random() < 0.5) else rest
        found[place] = take.pop()
    return found


def _large(closed: list[Course], still_open: list[Course], accepted: int, draw: Random) -> set[int]:
    """Places of the larger ones: so many closed by agreement, so many open."""
    large = round(accepted * courses.LARGE / courses.ACCEPTED)
    solved = large * courses.SOLVED // courses.LARGE
    may = [place for place, course in enumerate(closed) if course.large]
    left = draw.sample(range(len(closed), len(closed) + len(still_open)), large - solved)
    return {*draw.sample(may, solved), *left}


def _levels(everything: list[Course], closed: int, draw: Random) -> list[str]:
    """The county's own are twelve, all closed; of the others one in four is a village's."""
    found = ["village" if draw.random() < 0.25 else "township" for _course in everything]
    settled = [place for place, course in enumerate(everything[:closed]) if course.large and not course.mediator]
    for place in draw.sample(settled, courses.OF_COUNTY):
        found[place] = "county"
    return found


# --- one life -----------------------------------------------------------------------------------------------------------


def _write(pen: Pen) -> None:
    course = pen.life.course
    opening.register(pen)
    if course.end == "open_registered":
        return
    if course.end.startswith("not:"):
        opening.not_accept(pen, course.end.removeprefix("not:"))
        return
    if course.end == "withdraw_early":
        opening.withdraw_early(pen)
        return
    if course.before == "refused":
        opening.not_accept(pen, "refused")
        opening.opened_again_at_the_door(pen)
    opening.offer(pen)
    if course.end == "open_offered":
        return
    opening.accept(pen)
    if course.end == "open_accepted":
        return
    opening.find_mediator(pen)
    if course.end == "unreachable":
        _end(pen, "terminate", "terminated", Ending.UNREACHABLE)
        return
    opening.tell_rights(pen)
    opening.asides(pen)
    opening.meet(pen)
    for _each in range(course.extended):
        _extend(pen)
    _ENDS[course.end](pen)


def _extend(pen: Pen) -> None:
    """More time, agreed by all who must; asked for by a party, or written down by the mediator."""
    due = day_of(pen.running(ClockKind.TERM).due)
    pen.on(due - pen.draw.randint(1, 9) * DAY)
    if pen.chance(20):
        pen.act("ask_extension", until=due, party=None, refused="not_later")
        pen.soon()
    until, asks = due + pen.draw.randint(3, 40) * DAY, pen.draw.choice((None, 0, 1))
    pen.act("ask_extension", until=until, party=asks)
    for party in (0, 1):
        if party != asks:
            pen.soon()
            pen.act("agree_to_extension", party=party, own=pen.chance(50))
    pen.extend(until)
    if pen.chance(50):
        opening.meet(pen)


def _end(pen: Pen, name: str, state: str, ending: str, *, party: int | None = None) -> None:
    pen.later(1, 6)
    pen.act(name, ending=ending, party=party)
    pen.know(state=state, ending=ending, concluded_at=pen.at, ended_at=pen.at, due_at=None)
    pen.stop()


def _settled(pen: Pen) -> None:
    """An agreement, and what becomes of it, until it is closed; some are opened again then."""
    course = pen.life.course
    if course.again == "fail":
        _end(pen, "fail", "failed", Ending.TOO_FAR_APART)
        settling.open_again(pen)
        opening.meet(pen)
    _agree(pen)
    _close(pen)
    if course.again == "close":
        settling.open_again(pen)
        opening.meet(pen)
        if course.end == "open_again":
            return
        _agree(pen)
        _close(pen)
    settling.look_again(pen, UNTIL)


def _agree(pen: Pen) -> None:
    course = pen.life.course
    pen.later(0, 5)
    settling.settle(pen, course.form, course.promise)
    if course.court:
        settling.go_to_court(pen, course.court)
    settling.perform(pen, course.promise)


def _close(pen: Pen) -> None:
    pen.later(0, 8)
    settling.close(pen, kept=pen.life.course.promise != "breach")


def _stays_settled(pen: Pen) -> None:
    _agree(pen)
    pen.pass_mornings(pen.at)


def _term_over(pen: Pen) -> None:
    due = pen.running(ClockKind.TERM).due
    pen.later(0, 1)
    if pen.at < due:
        pen.act("terminate", ending=Ending.TERM_OVER, party=None, refused="term_runs")
    pen.on(day_of(due))
    pen.at = max(pen.at, due)
    _end(pen, "terminate", "terminated", Ending.TERM_OVER)


def _unsigned(pen: Pen) -> None:
    """One signs, the other will not: nothing comes into force."""
    pen.later(0, 4)
    pen.act("draft", clauses=[("pay", day_of(pen.at) + 20 * DAY)])
    pen.soon()
    pen.act("offer_agreement")
    pen.soon()
    pen.act("sign", party=0, way="phone")
    pen.soon()
    pen.act("stamp", refused="unsigned")
    _end(pen, "fail", "failed", Ending.REFUSES_TO_SIGN)


_ENDS = {
    "close": _settled,
    "open_again": _settled,
    "open_settled": _stays_settled,
    "open_mediating": lambda pen: None,
    "fail": lambda pen: _end(pen, "fail", "failed", Ending.TOO_FAR_APART),
    "fail_unsigned": _unsigned,
    "withdraw": lambda pen: _end(pen, "withdraw", "withdrawn", Ending.OTHER, party=0),
    "own_settlement": lambda pen: _end(pen, "withdraw", "withdrawn", Ending.OWN_SETTLEMENT),
    "term_over": _term_over,
}


# --- what is known at a moment --------------------------------------------------------------------------------------------


def _numbered(lives: list[Life], at: datetime) -> Iterator[Standing]:
    """Numbers run by township in the order of registration; case numbers by body in that of acceptance."""
    cases = _case_numbers(lives)
    running: dict[str, int] = defaultdict(int)
    for life in lives:
        running[life.town] += 1
        one = Standing(life, f"{life.town}-{YEAR}-{running[life.town]:05}", _history(life))
        for since, name, value in sorted(life.changes, key=lambda change: change[0]):
            if since <= at:
                _change(one, name, value)
        one.case_no = cases[life.place] if one.history.accepted_at else ""
        yield one


def _history(life: Life) -> History:
    return History(life.area, life.kind, None, life.changes[0][0], life.door)


def _change(one: Standing, name: str, value: Any) -> None:
    if name == "body":
        one.body = value
    elif name == "promises":
        one.history.promises = [Promise(due_at, "owed", since) for due_at, since in value]
    elif name == "promise":
        place, state, since = value
        due_at = one.history.promises[place].due_at
        one.history.promises[place] = Promise(due_at, state, since)
    else:
        setattr(one.history, name, value)


def _case_numbers(lives: list[Life]) -> dict[int, str]:
    accepted = sorted(
        (act.at, life.place) for life in lives for act in life.acts if act.name == "accept" and not act.refused
    )
    by_place = {life.place: life for life in lives}
    running: dict[str, int] = defaultdict(int)
    found = {}
    for at, place in accepted:
        body = _body_at(by_place[place], at)
        running[body] += 1
        found[place] = f"({YEAR}){prefix(body)}第{running[body]}号"
    return found


def _body_at(life: Life, at: datetime) -> str:
    return str([value for since, name, value in life.changes if name == "body" and since < at][-1])


def prefix(body: str) -> str:
    """The words of a body in its case numbers."""
    return f"{body[len(COUNTY) :] or '县'}调字"


def area_name(code: str) -> str:
    """As `bench.year.county` calls it."""
    if len(code) <= len(COUNTY):
        return "廉江市"
    return f"镇{code[6:9]}" if len(code) == 9 else f"村{code[6:9]}-{code[9:12]}"
