"""What the wall shows, as data: its tiles, the stages of a day, and how old a number may be before it turns grey."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from linli.events.rules import Urgency
from linli.people.rules import ADMINISTERED, Role
from linli.statistics.rules import MATTERS

#: Numbers older than this are grey, and say so.
STALE_AFTER_S = 60
#: Without news the wall asks so often: what becomes due or overdue does so without anybody's act.
ASKS_EVERY_S = 15
#: Nothing done, and no more than this passed: what was told before still holds.
HOLDS_S = 10
#: At most one answer is fetched in this time, however much happens.
COALESCED_S = 1
DUE_SOON = timedelta(hours=24)
#: Matters of the queue that are sent at once, and single matters on the map.
MOST_WAITING, MOST_NEAR = 60, 400
#: The most urgent first; among equals the clock decides.
BY_URGENCY: tuple[str, ...] = (Urgency.IMMEDIATE, Urgency.URGENT, Urgency.NORMAL)
#: Whose names the room may read: those who answer for an area now. Officers and administrators are not among them.
ON_DUTY: tuple[Role, ...] = (Role.LEADER, Role.DESK, Role.VERIFIER, Role.CADRE, Role.GRID_WORKER)
#: In the areas right below, somebody should hold this role; where nobody does, the wall says so.
EXPECTED_BELOW: dict[str, Role] = {"township": Role.DESK, "village": Role.CADRE, "grid": Role.GRID_WORKER}
#: Areas below without anybody that are named; the others are counted.
MOST_EMPTY = 6
#: Who may let a screen show the wall of an area on and on; and who may end one besides, as with phones.
ANSWERS_FOR = frozenset({Role.LEADER, Role.DESK, Role.CADRE})
ENDS_TOO = frozenset({ADMINISTERED["phones"]})
#: How long a screen may go on before somebody renews it: days, and what is offered first.
DAYS: tuple[int, ...] = (7, 30, 90, 365)
USUAL_DAYS = 90
#: Screens of one area, and letters of what one is called.
MOST_SCREENS, LONGEST_NAME = 20, 60
#: How often is noted that a screen is there; how long before its end it is told.
SEEN_EVERY, WARNED_BEFORE = timedelta(hours=1), timedelta(days=7)


class Own(models.TextChoices):
    """What the wall counts beside the figures, each with a page of its rows."""

    DUE_SOON = "due_soon", _("Due in 24 hours")
    ACCEPTED = "accepted", _("Accepted today")
    DISPATCHED = "dispatched", _("Dispatched today")
    HANDLED = "handled", _("Handled today")


MEANING: dict[str, Any] = {
    Own.DUE_SOON: _("Open now, the clock runs, and the limit falls within the next 24 hours."),
    Own.ACCEPTED: _("Accepted since midnight, whenever they were reported."),
    Own.DISPATCHED: _("Given to a department since midnight, the last time where it was more than once."),
    Own.HANDLED: _("A result was submitted since midnight, whether or not it was verified."),
}
#: The time of a matter by which its page lists them.
CLOCK: dict[str, str] = {
    Own.DUE_SOON: "due_at",
    Own.ACCEPTED: "accepted_at",
    Own.DISPATCHED: "dispatched_at",
    Own.HANDLED: "handled_at",
}
#: Those that happen to a matter, whether it is open still or has ended today.
STEPS: tuple[Own, ...] = (Own.ACCEPTED, Own.DISPATCHED, Own.HANDLED)


@dataclass(frozen=True)
class Tile:
    """A large number. `figure` is the figure or rate whose definition it has; empty: the page of its rows says it."""

    key: str
    name: Any
    unit: Any
    figure: str = ""


TILES: tuple[Tile, ...] = (
    Tile("reported", _("Reported today"), MATTERS, "reported"),
    Tile("open", _("Open now"), MATTERS, "open"),
    Tile("overdue", _("Overdue now"), MATTERS, "overdue"),
    Tile(Own.DUE_SOON.value, _("Due in 24 hours"), MATTERS),
    Tile("closed", _("Closed today"), MATTERS, "closed"),
    Tile("on_time", _("On time this month"), _("percent"), "on_time"),
)
#: The course of a day, from report to close.
STAGES: tuple[tuple[str, Any], ...] = (
    ("reported", _("Reported")),
    (Own.ACCEPTED.value, _("Accepted")),
    (Own.DISPATCHED.value, _("Dispatched")),
    (Own.HANDLED.value, _("Handled")),
    ("closed", _("Closed")),
)


def slot(at: datetime) -> int:
    """The stretch of `HOLDS_S` in which a moment lies."""
    return int(at.timestamp()) // HOLDS_S
