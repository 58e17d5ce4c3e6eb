"""What the pages of areas show: which matters, in which words, which figures, and how often letters go out. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from linli.events.rules import NEW, OPEN, SOLVED, State
from linli.statistics.rules import SMALL, TOO_FEW, follow_from_sum, kept_back

#: Somebody has taken it on, and it was not turned away, voided, merged or passed on: whoever only looks learns of no others.
LISTED = frozenset((OPEN - NEW) | SOLVED)
#: Plain words by state, for people who have no part in the matter.
PLAIN: dict[str, Any] = {
    State.SUPPLEMENT_ASKED: _("Waits for details from whoever reported it"),
    State.ACCEPTED: _("Taken on; it is being sent to a department"),
    State.DISPATCHED: _("Sent to a department"),
    State.OBJECTED: _("It is being settled which department answers"),
    State.SIGNED_FOR: _("A department has taken it on"),
    State.HANDLING: _("Being handled"),
    State.DEFERRED: _("Cannot be solved now; waits for a day of review"),
    State.RESULT_SUBMITTED: _("Done, says the department; somebody else checks it"),
    State.VERIFIED: _("Checked: done"),
    State.CLOSED: _("Closed"),
    State.SELF_HANDLED: _("Handled on the spot"),
}
#: Matters of a page; of a feed of news; of a file when nothing is asked, and at most.
A_PAGE, IN_FEED, IN_FILE, MOST_IN_FILE = 10, 100, 200, 1000
#: Ended matters stay so long on the map, and so many matters are drawn at most.
ON_MAP_FOR, MOST_ON_MAP = timedelta(days=90), 5000
#: What was read is shown again for so long.
HOLDS_S = 60
#: Areas found by a word at once.
MOST_FOUND = 50

COUNT, RATE, DAYS = "count", "rate", "days"


@dataclass(frozen=True)
class Tile:
    """A large number of the page: a figure, a rate or a median of the statistics."""

    code: str
    kind: str
    icon: str
    #: It is of this moment and of no period.
    is_now: bool = False


TILES = (
    Tile("reported", COUNT, "inbox"),
    Tile("open", COUNT, "hourglass", is_now=True),
    Tile("closed", COUNT, "check-check"),
    Tile("on_time", RATE, "clock"),
    Tile("median", DAYS, "calendar-days"),
    Tile("satisfaction", RATE, "smile"),
    Tile("response", RATE, "message-square"),
)
#: Columns of the table of categories.
COLUMNS = ("reported", "open", "closed")
OTHER = "other"


@dataclass(frozen=True)
class Kept:
    """A column as it is shown: None is kept back."""

    whole: int | None
    parts: dict[str, int | None]


def guarded(parts: dict[str, int], other: int) -> Kept:
    """Public categories by key and all others together, without what would tell of a few.

    Small numbers are kept back, and one more where they could be reckoned from the whole; where there is none, the whole. The
    matters of public categories can be counted in the list: so where the others are a few, the whole is kept back too.
    """
    counts = {**parts, OTHER: other}
    back = kept_back(counts)
    whole = sum(counts.values())
    shown = {key: None if key in back else n for key, n in counts.items()}
    hidden = [counts[key] for key in back]
    tells = 0 < whole < SMALL or 0 < other < SMALL or (max(hidden, default=SMALL) < SMALL and follow_from_sum(hidden))
    return Kept(None if tells else whole, shown)


def median_may_be_shown(n: int) -> bool:
    """Whether enough stand behind it: as for a percentage."""
    return n >= TOO_FEW


# --- letters ------------------------------------------------------------------------------------------------------------


class Pace(models.TextChoices):
    """How often whoever follows an area is written to, if there is news."""

    DAILY = "daily", _("Once a day")
    WEEKLY = "weekly", _("Once a week")


EVERY: dict[str, timedelta] = {Pace.DAILY: timedelta(days=1), Pace.WEEKLY: timedelta(days=7)}
#: Asked for and not confirmed, a letter and its address are deleted after this.
UNCONFIRMED_FOR = timedelta(days=2)
#: Letters that ask to confirm, to one address within two days; requests of one sender within an hour.
MOST_ASKED, MOST_REQUESTS = 3, 10
#: What was sent is remembered so long, without the address.
LETTERS_KEPT = timedelta(days=30)
SEND_AT_HOUR = 8
MOST_CATEGORIES = 60


def next_letter(after: datetime, pace: str) -> datetime:
    """When the next one is due, in the local zone: at eight in the morning, of the day or the week that follows."""
    morning = after.replace(hour=SEND_AT_HOUR, minute=0, second=0, microsecond=0)
    if pace == Pace.DAILY and after < morning:
        return morning
    return morning + EVERY[pace]
