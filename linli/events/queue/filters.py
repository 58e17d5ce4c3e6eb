"""What of the queue is asked for: read from the parameters of an address, and written into one."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db import models
from django.utils.translation import gettext_lazy as _

from linli.events.rules import Severity, Source, State, Urgency
from linli.kit.refusal import BadInput


class Show(models.TextChoices):
    """The tabs of the queue."""

    OPEN = "open", _("All open")
    MINE = "mine", _("Mine to do")
    NEW = "new", _("New matters")
    WITH_DEPARTMENTS = "with_departments", _("With departments")
    TO_VERIFY = "to_verify", _("To verify")
    OVERDUE = "overdue", _("Overdue")
    PAUSED = "paused", _("Paused")
    ENDED_TODAY = "ended_today", _("Ended today")
    ENDED = "ended", _("Ended")
    ALL = "all", _("All matters")


class Order(models.TextChoices):
    """The orders of open matters. Ended ones always come last ended first."""

    DUE = "due", _("Due first")
    NEWEST = "newest", _("Newest first")


@dataclass(frozen=True)
class Filters:
    """What of the queue is asked for. Empty means: any."""

    show: Show = Show.OPEN
    state: str = ""
    category: int | None = None
    area: str = ""
    department: str = ""
    source: str = ""
    severity: str = ""
    urgency: str = ""
    #: First and last day of reporting.
    from_on: date | None = None
    to_on: date | None = None
    words: str = ""
    order: Order = Order.DUE

    @classmethod
    def parse(cls, sent: Mapping[str, str]) -> "Filters":
        """From the parameters of an address, those of `PARAMETERS`; others are passed over. Raises `BadInput`."""
        clean = {name: _folded(sent.get(parameter, "")) for name, parameter in PARAMETERS.items()}
        return cls(**{name: _READ[name](clean[name], name) for name in clean if clean[name]})

    def query(self, **changes: Any) -> str:
        """The parameters of an address that asks for this, with changes; what is empty or usual is left out."""
        changed, usual = replace(self, **changes), Filters()
        asked = {parameter: getattr(changed, name) for name, parameter in PARAMETERS.items()}
        return urlencode(
            {
                PARAMETERS[f.name]: asked[PARAMETERS[f.name]]
                for f in fields(self)
                if getattr(changed, f.name) != getattr(usual, f.name)
            }
        )

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the tab and the order is asked for."""
        return replace(self, show=Show.OPEN, order=Order.DUE) != Filters()


#: Field of `Filters` to parameter of the address.
PARAMETERS = {field.name: field.name for field in fields(Filters)} | {"from_on": "from", "to_on": "to", "words": "q"}


def _folded(sent: str) -> str:
    return unicodedata.normalize("NFKC", sent).replace("\0", "").strip()[:200]


def _choice(choices: Any) -> Any:
    def read(sent: str, name: str) -> Any:
        if sent not in choices.values:
            raise _not_possible(sent, name)
        return choices(sent)

    return read


def _code(sent: str, name: str) -> str:
    if not re.fullmatch(r"[0-9]{1,30}", sent):
        raise _not_possible(sent, name)
    return sent


def _key(sent: str, name: str) -> int:
    if not re.fullmatch(r"[0-9]{1,18}", sent):
        raise _not_possible(sent, name)
    return int(sent)


def _day(sent: str, name: str) -> date:
    try:
        day = date.fromisoformat(sent)
    except ValueError:
        raise BadInput(
            "bad_day", _("“%(value)s” is not a day. Write it as 2026-11-16."), value=sent[:40], field=name
        ) from None
    if not 1900 < day.year < 9000:
        raise _not_possible(sent, name)
    return day


def _not_possible(sent: str, name: str) -> BadInput:
    return BadInput(
        "not_a_choice", _("“%(value)s” is not possible here. Choose one of the list."), value=sent[:40], field=name
    )


_READ: dict[str, Any] = {
    "show": _choice(Show),
    "state": _choice(State),
    "category": _key,
    "area": _code,
    "department": lambda sent, name: sent[:40],
    "source": _choice(Source),
    "severity": _choice(Severity),
    "urgency": _choice(Urgency),
    "from_on": _day,
    "to_on": _day,
    "words": lambda sent, name: sent,
    "order": _choice(Order),
}
