"""The annex: what every figure and rate of a briefing means, and what is left out, in the words of the definitions."""

from typing import Any

from django.utils.translation import gettext as _

from linli.briefing.saying import is_english
from linli.statistics.rules import BY_CODE, COMPARISONS, HOW_COMPARED, INTERVALS, RATE_BY_CODE

_FIGURES = (
    *("reported", "accepted", "closed", "closed_in_time", "due", "in_time", "late", "due_open", "due_otherwise"),
    *(
        "turned_away",
        "withdrawn",
        "duplicate",
        "passed_on",
        "answered",
        "satisfied",
        "fell",
        "open",
        "overdue",
        "paused",
    ),
)
_RATES = (
    *("acceptance", "on_time", "closing", "response", "satisfaction", "on_time_dispatch", "on_time_handling"),
    *("bouncing", "extension", "rework", "reopening", "holding", "overdue_backlog"),
)


def meanings() -> list[dict[str, str]]:
    """Name and words of each."""
    found = [_meaning(BY_CODE[code]) for code in _FIGURES] + [_meaning(RATE_BY_CODE[code]) for code in _RATES]
    found.append({**_meaning(INTERVALS[0]), "name": _("Hours of the steps")})
    found += [{"name": str(one.name), "words": str(one.formula)} for one in COMPARISONS]
    found.append({"name": _("Changes against earlier periods"), "words": str(HOW_COMPARED)})
    found.append(
        {
            "name": _("More than chance"),
            "words": _(
                "Outside the range in which the exact binomial distribution leaves 998 of 1000 units like all together."
            ),
        }
    )
    return found


def _meaning(one: Any) -> dict[str, str]:
    left_out = _("Left out: %(what)s") % {"what": one.left_out} if one.left_out else ""
    words = [_ended(str(part)) for part in (one.formula, left_out, getattr(one, "note", "")) if part]
    return {"name": str(one.name), "words": (" " if is_english() else "").join(words)}


def _ended(words: str) -> str:
    """A formula stands in a sentence of its own."""
    return words if words.endswith((".", "。", "）")) else words + ("." if is_english() else "。")
