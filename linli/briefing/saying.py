"""Sentences made of words and numbers: each number keeps the address of its rows, and is written as an office writes it."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from linli.briefing.rules import Rhythm, Whole
from linli.statistics.changes import Change, Earlier
from linli.statistics.rules import percent
from linli.statistics.sheet import Number, Share


class Piece(NamedTuple):
    """Some words; with an address, they are a number that leads to its rows."""

    text: str
    address: str = ""


Said = list[Piece]
#: Stand in for what is put into a sentence, while it is put together; no sentence has such signs.
_PLACE = re.compile("\ue000(\\d+)\ue001")


def say(words: str, **values: "str | Piece | Said") -> Said:
    """A translated sentence with its values, each in its place and with its address."""
    given = list(values.values())
    whole = words % {name: f"\ue000{place}\ue001" for place, name in enumerate(values)}
    found: Said = []
    for at, part in enumerate(_PLACE.split(whole)):
        found += _pieces(given[int(part)]) if at % 2 else [Piece(part)] if part else []
    return found


def _pieces(value: "str | Piece | Said") -> Said:
    if isinstance(value, Piece):
        return [value]
    return [Piece(value)] if isinstance(value, str) else value


def plain(said: Iterable[Sequence[str]]) -> str:
    """The same as text alone."""
    return "".join(piece[0] for piece in said)


def joined(several: Sequence[Said], between: str) -> Said:
    """One after the other."""
    found: Said = []
    for place, said in enumerate(several):
        found += [Piece(between), *said] if place else said
    return found


def is_english() -> bool:
    """Whether English is spoken here."""
    return (get_language() or "").startswith("en")


def grouped(n: int) -> str:
    """`31,307`."""
    return f"{n:,}"


def counted(number: Number) -> Piece:
    """A count, leading to its rows; a nought leads nowhere."""
    return Piece(grouped(number.n), number.address if number.n else "")


def rate(share: Share) -> Said:
    """`93.2%（12/40）`; where there are too few for a percentage, the two numbers and a word."""
    return ratio(share.numerator, share.denominator)


def ratio(numerator: Number, denominator: Number) -> Said:
    """The same of any two counts."""
    value = percent(numerator.n, denominator.n)
    if not denominator.n:
        return [Piece(_("nothing to reckon it from"))]
    parts = {"numerator": counted(numerator), "denominator": counted(denominator)}
    if value is None:
        return say(_("%(numerator)s of %(denominator)s, too few for a percentage"), **parts)
    return say(_("%(percent)s %% (%(numerator)s/%(denominator)s)"), percent=f"{value:.1f}", **parts)


def changes(found: Iterable[Change], earlier: Iterable[Earlier]) -> str:
    """`同比下降44.27%，环比上升3.10%`; where there were too few before, that nothing is compared."""
    by_code = {one.comparison.code: one.percent for one in found}
    said = [(one, by_code.get(one.comparison.code)) for one in earlier]
    if len(said) > 1 and all(value is None for _one, value in said):
        return _("few in the earlier periods, not compared")
    each = [_change(str(one.comparison.short), value) for one, value in said]
    if len(each) == 2:
        return _("%(of_year)s, %(of_month)s") % {"of_year": each[0], "of_month": each[1]}
    return each[0]


def _change(short: str, value: Decimal | None) -> str:
    if value is None:
        return _("%(short)s few before, not compared") % {"short": short}
    if not value:
        return _("%(short)s unchanged") % {"short": short}
    words = _("%(short)s up %(percent)s %%") if value > 0 else _("%(short)s down %(percent)s %%")
    return words % {"short": short, "percent": f"{abs(value):,.2f}"}


def day(on: date) -> str:
    """`2026年11月2日`."""
    return date_format(on, "j M Y" if is_english() else "Y年n月j日")


def day_of_year(on: date) -> str:
    """`11月2日`."""
    return date_format(on, "j M" if is_english() else "n月j日")


def moment(at: datetime) -> str:
    """`2026年11月2日10:30`."""
    return date_format(timezone.localtime(at), "j M Y, H:i" if is_english() else "Y年n月j日H:i")


def name_of(whole: Whole) -> str:
    """`2026年10月`, `2026年第3季度`, `2026年上半年`, `2026年第44周（10月26日至11月1日）`."""
    facts: dict[str, object] = {"year": whole.year, "number": whole.number}
    if whole.rhythm == Rhythm.WEEK:
        facts |= {"first": day_of_year(whole.first), "last": day_of_year(whole.last)}
        return _("week %(number)s of %(year)s (%(first)s to %(last)s)") % facts
    if whole.rhythm == Rhythm.MONTH:
        return date_format(whole.first, "F Y" if is_english() else "Y年n月")
    if whole.rhythm == Rhythm.QUARTER:
        return _("quarter %(number)s of %(year)s") % facts
    if whole.rhythm == Rhythm.HALF_YEAR:
        return (_("first half of %(year)s") if whole.number == 1 else _("second half of %(year)s")) % facts
    return _("the year %(year)s") % facts


def issue_of(whole: Whole, edition: int) -> str:
    """`2026年第10期（月报）`, and which edition where it is not the first."""
    facts = {"year": whole.year, "number": whole.number, "rhythm": whole.rhythm.label}
    words = _("%(rhythm)s, %(year)s") if whole.rhythm == Rhythm.YEAR else _("No. %(number)s of %(year)s, %(rhythm)s")
    issue = words % facts
    if edition == 1:
        return issue
    return _("%(issue)s, edition %(edition)s") % {"issue": issue, "edition": edition}
