"""The schedule and the promise in words."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from linli.privacy.rules.schedule import Keeping


def kept_for(keeping: Keeping, days: int | None, *, is_decided: bool = True) -> str:
    """How long it is kept, in words: a number of days from a moment on, or what ends it. A proposal promises nothing."""
    if not days:
        return str(keeping.since)
    span = _("%(days)s %(since)s") % {"days": days_in_words(days), "since": keeping.since}
    return span if is_decided else _("until the county decides (proposed: %(span)s)") % {"span": span}


def days_in_words(days: int) -> str:
    """So many days; whole years as years."""
    years, left = divmod(days, 365)
    if years and not left:
        return ngettext("%(n)s year", "%(n)s years", years) % {"n": years}
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}


def rows_of(counts: dict[str, Any], words: dict[str, Any]) -> list[tuple[Any, Any]]:
    """Counts with their words, in the order of the words, without those that are 0."""
    return [(said, counts[code]) for code, said in words.items() if counts.get(code)]
