"""A year of matters as plans: where, what, by whom reported, and by which course; some left open at the end."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from linli.demo.cast import Cast
from linli.demo.course import Course, Plan, stands
from linli.demo.courses import Album, take_course
from linli.demo.land import HOME_TOWN, Land, Spot, point_near
from linli.demo.rhythm import Year, category_on
from linli.demo.words import say, texts
from linli.events.models import Category
from linli.events.rules import ENDED, State

#: Of a thousand matters, so many stand open at the end in each state, their limits not run out.
_OPEN = {
    State.REPORTED: 10,
    State.CHECKING: 2,
    State.SUPPLEMENT_ASKED: 3,
    State.ACCEPTED: 9,
    State.DISPATCHED: 9,
    State.OBJECTED: 2,
    State.SIGNED_FOR: 8,
    State.HANDLING: 11,
    State.DEFERRED: 5,
    State.RESULT_SUBMITTED: 5,
    State.VERIFIED: 2,
}
_OVERDUE = 10
#: In the grid of the worker who signs in: reported so many hours ago, what, by whom, and what the desk asked since.
_IN_THE_FIELD = (
    (0.7, "C01", "resident", "", ""),
    (2.5, "D01", "resident", "", ""),
    (4.0, "C02", "resident", "ask_check", "check"),
    (21.0, "D02", "grid", "ask_supplement", "ask_supplement"),
)
#: How long a matter may have waited in a state where no clock runs.
_WAITS = {State.SUPPLEMENT_ASKED: 12, State.OBJECTED: 5, State.DEFERRED: 120}
_OVERDUE_WITHIN = timedelta(days=24)
_TWICE = 0.03
_SOURCES = {
    "A": (30, 30, 40),
    "F": (25, 45, 30),
    "H": (10, 70, 20),
}


def make_plans(
    land: Land, cast: Cast, year: Year, album: Album, categories: dict[str, Category], rng: Random, count: int
) -> list[Plan]:
    """So many matters, those reported twice included."""
    leaves = sorted(texts()["reports"])
    grids = land.grids
    count -= len(_IN_THE_FIELD)
    home = next(grid for grid in grids if grid.startswith(HOME_TOWN))
    weights = [_weight(grid, home) for grid in grids]
    plans: list[Plan] = []
    for at in year.moments(round(count / (1 + _TWICE)), rng):
        day = at.astimezone(year.zone).date()
        category = categories[category_on(day, year, leaves, rng)]
        plan = plan_matter(land, cast, at, rng.choices(grids, weights)[0], category, album, rng)
        take_course(Course(plan, cast, year, rng), album)
        plans.append(plan)
    plans += _twice(plans, land, cast, year, album, rng, count - len(plans))
    children = [child for plan in plans for act in plan.acts for child in act.children]
    every = plans + children
    _leave_open(every, year.now, rng, count)
    return every + _in_the_field(land, cast, year, album, categories, rng)


def _in_the_field(
    land: Land, cast: Cast, year: Year, album: Album, categories: dict[str, Category], rng: Random
) -> list[Plan]:
    """What waits on the phone of the grid worker who signs in, whatever the year has left open elsewhere."""
    home = next(grid for grid, person in cast.workers.items() if person.username == "worker")
    plans = []
    for hours, code, source, step, words in _IN_THE_FIELD:
        at = year.now - timedelta(hours=hours)
        plan = plan_matter(land, cast, at, home, categories[code], album, rng)
        assert plan.report is not None
        plan.report |= {"source": source, "by": cast.workers[home] if source == "grid" else None}
        if step:
            course = Course(plan, cast, year, rng)
            course.step(step, course.desk, (0.1, 0.5), office=False, text=course.say(words))
        plans.append(plan)
    return plans


def _weight(grid: str, home: str) -> float:
    """The demo's own town and grid get more, so that whoever signs in there finds something to do."""
    return 60.0 if grid == home else 3.5 if grid.startswith(HOME_TOWN) else 1.0


def plan_matter(
    land: Land,
    cast: Cast,
    at: datetime,
    grid: str,
    category: Category,
    album: Album,
    rng: Random,
    spot: Spot | None = None,
) -> Plan:
    """A matter as it is reported: by whom, in which words, where. `spot`: a certain one of the grid's places."""
    source = rng.choices(("grid", "resident", "desk"), _SOURCES.get(category.code[0], (58, 30, 12)))[0]
    spot = spot or rng.choice(land.spots[grid])
    words = texts()["reports"][category.code]
    by = {"grid": cast.in_field(grid, at), "desk": cast.desks[grid[:9]]}.get(source)
    text = rng.choice(words["grid" if source == "grid" else "resident"])
    report: dict[str, Any] = {
        "source": source,
        "by": by,
        "text": text.format(place=spot.name),
        "title": max(words["titles"], key=lambda title: _shared(title, text)),
        "place": say("places", rng).format(place=spot.name),
        "category": None if source == "resident" and rng.random() < 0.15 else category,
        "contact": f"19900000{rng.randrange(1000):03d}" if source != "grid" and rng.random() < 0.4 else "",
    }
    if report["category"] is not None:
        report["answers"] = _answers(category, rng)
    if rng.random() < 0.85:
        _put_at(report, land, grid, spot, source, rng)
    if source != "desk" and rng.random() < 0.3:
        report["photos"] = [rng.choice(album.pairs[category.code[0]])[0]]
    if rng.random() < 0.3:
        report["occurred_at"] = at - timedelta(minutes=rng.randint(10, 600))
    return Plan(at, grid, category, report, spot=spot)


def _shared(title: str, text: str) -> float:
    """How much of a title's pairs of characters occur in a text: it should be about the same thing."""
    pairs = {title[start : start + 2] for start in range(len(title) - 1)}
    return sum(pair in text for pair in pairs) / len(pairs) + sum(sign in text for sign in title) / 100


def _answers(category: Category, rng: Random) -> dict[str, str]:
    """Answers to the extra questions that need one, and to some others."""
    answers = {}
    for question in category.questions:
        if not question["required"] and rng.random() < 0.5:
            continue
        if question["type"] == "choice":
            answers[question["code"]] = rng.choice(question["choices"])["code"]
        elif question["type"] == "number":
            answers[question["code"]] = str(rng.choice((5, 8, 12, 20, 30, 45, 60)))
    return answers


def _put_at(report: dict[str, Any], land: Land, grid: str, spot: Spot, source: str, rng: Random) -> None:
    report["lon"], report["lat"] = point_near(land, grid, rng, (spot.lon, spot.lat))
    report["accuracy_m"] = float(rng.randint(4, 15) if source == "grid" else rng.randint(8, 60))


def _twice(
    plans: Sequence[Plan], land: Land, cast: Cast, year: Year, album: Album, rng: Random, count: int
) -> list[Plan]:
    """Matters which a second person reports while the first is still open: merged, now and then wrongly."""
    lasting = [plan for plan in plans if _lasts(plan, year)]
    found = []
    for first in rng.sample(lasting, min(count, len(lasting))):
        at = first.reported_at + timedelta(hours=rng.uniform(0.2, 3))
        plan = plan_matter(land, cast, at, first.grid, first.category, album, rng, first.spot)
        course = Course(plan, cast, year, rng)
        course.step("merge", course.desk, (0.1, 1), office=False, into=first, text=course.say("merge"))
        if rng.random() < 0.12:
            course.before = State.REPORTED
            course.step("separate", course.desk, (0.5, 5), text=course.say("separate"))
            take_course(course, album)
        found.append(plan)
    return found


def _lasts(plan: Plan, year: Year) -> bool:
    """Whether it stays open for some hours after it was reported, and these are over."""
    ends = plan.solved_at or year.now
    return timedelta(hours=5) < min(ends, year.now) - plan.reported_at


def _leave_open(plans: Sequence[Plan], now: datetime, rng: Random, count: int) -> None:
    """Drop what has not happened yet, and stop so many matters on their way that the desks have work."""
    room: dict[str, int] = {state: round(share * count / 1000) or 1 for state, share in _OPEN.items()}
    room["overdue"] = round(_OVERDUE * count / 1000) or 1
    for plan in plans:
        plan.drop_after(now)
        if plan.state not in ENDED:
            state, is_overdue = stands(plan.acts[-1] if plan.acts else None, plan, now)
            room["overdue" if is_overdue else state] -= 1
    recent = [plan for plan in plans if plan.state in ENDED and plan.reported_at > now - timedelta(days=125)]
    for plan in sorted(recent, key=lambda plan: plan.reported_at, reverse=True):
        _stop_somewhere(plan, room, now, rng)


def _stop_somewhere(plan: Plan, room: dict[str, int], now: datetime, rng: Random) -> None:
    """Stop one matter at a state there is still room for, if it passes through one that fits today."""
    if any(act.step in ("merge", "split") for act in plan.acts) or plan.report is None:
        return
    for index in _rare_first(plan, rng):
        last = plan.acts[index - 1] if index else None
        state, is_overdue = stands(last, plan, now)
        waited = now - (last.at if last else plan.reported_at)
        if state in ENDED or waited > timedelta(days=_WAITS.get(State(state), 30)):
            continue
        kind = "overdue" if is_overdue else state
        if room[kind] <= 0 or (is_overdue and (waited > _OVERDUE_WITHIN or rng.random() > 0.15)):
            continue
        room[kind] -= 1
        plan.acts = plan.acts[:index]
        return


def _rare_first(plan: Plan, rng: Random) -> list[int]:
    """After how many steps it could stop, those first that lead to a state few matters pass through."""
    states = [plan.begins_as, *(act.state for act in plan.acts[:-1])]
    return sorted(range(len(states)), key=lambda index: (_OPEN.get(State(states[index]), 0), rng.random()))
