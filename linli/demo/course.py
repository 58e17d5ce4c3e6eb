"""Writing down, before anything is stored, the course one matter will take: who does which step, when, in which words.

The steps are checked against the table of `events.rules` as they are written down, and taken later by the real actions.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from linli.demo.cast import Cast
from linli.demo.duties import lead_in
from linli.demo.land import Spot
from linli.demo.rhythm import Year
from linli.demo.words import say
from linli.events.actions.promise import end_of
from linli.events.models import Category
from linli.events.rules import ACCEPT_WITHIN, ENDED, NEW, PAUSED, Limit, State, To, limit_for, row_of
from linli.kit.media.checking import File
from linli.people.models import Person

HOUR = 1.0
DAY = 24.0


@dataclass
class Act:
    """One step to be taken; afterwards the matter is in `state`, and `limit_at` is about when its limit runs out."""

    step: str
    by: Person | None
    at: datetime
    below: dict[str, Any]
    state: str
    limit_at: datetime
    #: The matters split off by it.
    children: list["Plan"] = field(default_factory=list)


@dataclass
class Plan:
    """One matter: how it is reported (None for one split off another) and the steps after that."""

    reported_at: datetime
    grid: str
    category: Category
    report: dict[str, Any] | None
    acts: list[Act] = field(default_factory=list)
    accept_by: datetime | None = None
    begins_as: str = State.REPORTED
    spot: Spot | None = None

    @property
    def state(self) -> str:
        """Where it stands after all its steps."""
        return self.acts[-1].state if self.acts else self.begins_as

    @property
    def solved_at(self) -> datetime | None:
        """When it first ends; None if it does not."""
        return next((act.at for act in self.acts if act.state in ENDED), None)

    def drop_after(self, now: datetime) -> None:
        """Leave out what has not happened yet."""
        self.acts = [act for act in self.acts if act.at <= now]


class Course:
    """Walks one matter along, keeping its clock and its state."""

    def __init__(self, plan: Plan, cast: Cast, year: Year, rng: Random) -> None:
        self.plan, self.cast, self.year, self.rng = plan, cast, year, rng
        #: Pictures before and after, for those matters that have any.
        self.pair: tuple[File, File] | None = None
        self.at = plan.reported_at
        self.state: str = plan.state
        self.before = ""
        self.category = plan.category
        self.limit_at = self._runs_out([ACCEPT_WITHIN[self.category.urgency]], self.at)
        plan.accept_by = self.limit_at
        self.urgent = self.category.urgency != "normal"
        town = plan.grid[:9]
        self.desk, self.verifier, self.cadre = cast.desks[town], cast.verifiers[town], cast.cadres[plan.grid[:12]]
        self.lead = lead_in(self.category, plan.grid)
        self.officer = rng.choice(cast.officers[self.lead])
        #: Departments that handle it too and have not answered.
        self.helpers: list[str] = []

    @property
    def worker(self) -> Person:
        """Who is on duty in the grid now."""
        return self.cast.in_field(self.plan.grid, self.at)

    def step(
        self, name: str, by: Person | None, hours: tuple[float, float], *, office: bool = True, **below: Any
    ) -> Act:
        """Take a step some hours later, in office hours unless it is urgent or not `office`."""
        row = row_of(name, self.state)
        if row is None:
            raise ValueError(f"{name} does not start in {self.state}")
        self.at += timedelta(hours=self.rng.uniform(*hours), seconds=self.rng.randrange(60))
        if office and not self.urgent:
            self.at = self.year.office(self.at, self.rng)
        came_from = self.state
        if row.target == To.BACK:
            self.state = self.before
        elif row.target != To.SAME:
            self.state = row.target
        self.before = came_from if self.state in PAUSED else ""
        if name in ("accept", "reopen"):
            self.limit_at = self._runs_out(
                limit_for(self._own(), self.category.severity, self.category.urgency), self.at
            )
        self.plan.acts.append(Act(name, by, self.at, below, self.state, self.limit_at))
        return self.plan.acts[-1]

    def on_part(self, name: str, department: str, by: Person, hours: tuple[float, float], **below: Any) -> None:
        """An act on a department's part some hours later; the matter stays where it is."""
        self.at += timedelta(hours=self.rng.uniform(*hours))
        self.plan.acts.append(Act(name, by, self.at, {"part": department, **below}, self.state, self.limit_at))

    def _own(self) -> Limit:
        return self.category.limit or Limit(working_days=5)

    def _runs_out(self, limits: list[Limit], begun: datetime) -> datetime:
        return min(end_of(limit, begun, self.year.calendar, self.year.zone) for limit in limits)

    def hours_left(self) -> float:
        """Hours from now to the limit."""
        return max((self.limit_at - self.at).total_seconds() / 3600, 0.5)

    def say(self, what: str) -> str:
        """Words for an act."""
        return say(what, self.rng)


def stands(act: Act | None, plan: Plan, now: datetime) -> tuple[str, bool]:
    """The state after this step (None: as reported), and whether its limit has run out by `now`."""
    state = act.state if act else plan.begins_as
    if state in ENDED or state in PAUSED:
        return state, False
    limit_at = plan.accept_by if state in NEW or act is None else act.limit_at
    return state, limit_at is not None and limit_at < now
