"""How offices write periods, numbers and changes, read exactly: `31,307，−44.27 %`, `3.13万`, `2026年1—6月`."""

import re
import unicodedata
from calendar import monthrange
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from linli.kit.refusal import BadInput

#: Beyond it nothing is stored; four places are kept behind the point.
MOST, PLACES = Decimal(10) ** 14, Decimal("0.0001")
MOST_CHANGE, CHANGE_PLACES = Decimal(10) ** 7, Decimal("0.01")
FIRST_YEAR, LAST_YEAR = 1949, 2200


class Span(NamedTuple):
    """Whole days, both included."""

    first: date
    last: date


_MONTH, _DASH = r"(1[0-2]|0?[1-9])", r"(?:-|—|–|~|至|到)+"
_YEAR = r"((?:19|20|21)\d\d)"
_QUARTERS = {"一": 1, "二": 2, "三": 3, "四": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_PERIODS: tuple[tuple[re.Pattern[str], int], ...] = tuple(
    (re.compile(pattern), kind)
    for kind, pattern in enumerate(
        (
            rf"{_YEAR}(?:年|年度|年全年)?",
            rf"{_YEAR}(?:年|-|\.|/){_MONTH}月?",
            rf"{_YEAR}年?-?(?:第)?(?:Q|q)?([一二三四1-4])季?度?",
            rf"{_YEAR}年?(上|下)半年",
            rf"{_YEAR}年{_MONTH}月?{_DASH}{_MONTH}月(?:份)?",
            rf"(\d{{4}}-\d\d-\d\d)(?:/|{_DASH})(\d{{4}}-\d\d-\d\d)",
        )
    )
)
_YEARLY, _MONTHLY, _QUARTERLY, _HALVES, _MONTHS, _DAYS = range(6)
_QUARTER_SIGN = re.compile(r"[Qq季]")


def period_of(written: str) -> Span:
    """The days of `2026`, `2026年`, `2026-03`, `2026年3月`, `2026年第一季度`, `2026Q1`, `2026年上半年`, `2026年1—6月`,
    `2026-01-01/2026-06-30`. Raises `BadInput`.
    """
    text = re.sub(r"\s", "", unicodedata.normalize("NFKC", written))
    for pattern, kind in _PERIODS:
        if kind == _QUARTERLY and not _QUARTER_SIGN.search(text):
            continue
        found = pattern.fullmatch(text)
        if found and (span := _span(kind, found.groups())):
            return span
    raise BadInput(
        "bad_period",
        _("“%(value)s” is not a period. Write it as 2026, 2026-03, 2026Q1 or 2026年1—6月."),
        value=written[:40],
        field="period",
    )


def _span(kind: int, parts: tuple[str, ...]) -> Span | None:
    if kind == _DAYS:
        try:
            first, last = (date.fromisoformat(part) for part in parts)
        except ValueError:
            return None
        return Span(first, last) if first <= last and FIRST_YEAR <= first.year and last.year <= LAST_YEAR else None
    year = int(parts[0])
    if kind == _YEARLY:
        months = (1, 12)
    elif kind == _MONTHLY:
        months = (int(parts[1]), int(parts[1]))
    elif kind == _QUARTERLY:
        quarter = _QUARTERS[parts[1]]
        months = (3 * quarter - 2, 3 * quarter)
    elif kind == _HALVES:
        months = (1, 6) if parts[1] == "上" else (7, 12)
    else:
        months = (int(parts[1]), int(parts[2]))
    if months[0] > months[1] or not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    return Span(date(year, months[0], 1), date(year, months[1], monthrange(year, months[1])[1]))


_DAY = re.compile(r"(\d{4})\s*(?:年|[-./])\s*(\d{1,2})\s*(?:月|[-./])\s*(\d{1,2})\s*日?(?:[T\s].*)?")


def day_of(written: str) -> date:
    """`2026-01-20`, `2026/1/20`, `2026年1月20日`, with a time of day or without. Raises `BadInput`."""
    text = unicodedata.normalize("NFKC", written).strip()
    found = _DAY.fullmatch(text)
    try:
        return date(*map(int, found.groups())) if found else date.fromisoformat(text)
    except ValueError:
        words = _("“%(value)s” is not a day. Write it as 2026-11-16.")
        raise BadInput("bad_day", words, value=written[:40], field="published_on") from None


class Reading(NamedTuple):
    """A value, and the change against the year before in percent as it was printed beside it; None where none was."""

    value: Decimal
    change: Decimal | None


_SIGNS = str.maketrans({"−": "-", "–": "-", "—": "-", "﹣": "-", "－": "-", "＋": "+", "，": ",", "％": "%"})
_NUMBER = r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_UNITS = {"": 0, "%": 0, "万": 4, "亿": 8}
_VALUE = re.compile(rf"({_NUMBER})(万|亿|%)?")
#: A value ends where no digit follows: `97.56%` is one number, and not 97.5 with a change of 6 %.
_BOTH = re.compile(rf"({_NUMBER})(万|亿|%)?(?![\d.])(?:[,;(、]|\()*(\D*{_NUMBER}%)\)?")
_CHANGE = re.compile(rf"(同比|比上年|较上年|比上年同期)?(增长|上升|增加|下降|减少|降低)?({_NUMBER})%?")
_DOWN = ("下降", "减少", "降低")
#: Longer, nobody wrote a number; and the pattern of a value with its change would take the square of its length.
_LONGEST = 80


def is_percent(unit: str) -> bool:
    """Whether what is counted in it is a share in percent."""
    return "%" in _plain(unit) or unit.strip().startswith("百分")


def reading_of(written: str, change: str = "", *, unit: str = "") -> Reading:
    """A value in this unit with its change, which may stand in the same cell. Raises `BadInput`."""
    text = _plain(written)
    if len(text) > _LONGEST:
        raise _not_a_number(written, "value")
    found, both = _VALUE.fullmatch(text), None
    if found is None and not change.strip():
        found = both = _BOTH.fullmatch(text)
    if found is None:
        raise _not_a_number(written, "value")
    value = _value(found.group(1), found.group(2), written, is_percent(unit))
    return Reading(value, change_of(both.group(3) if both else change) if both or change.strip() else None)


def change_of(written: str) -> Decimal:
    """A change in percent: `-44.27 %`, `−44.27`, `下降44.27%`. Raises `BadInput`."""
    text = _plain(written)
    found = _CHANGE.fullmatch(text)
    if found is None:
        raise _not_a_number(written, "change")
    size = Decimal(found.group(3).replace(",", ""))
    if not text.endswith("%"):
        _require_no_share(size, written, "change")
    if (found.group(2) and size < 0) or abs(size) >= MOST_CHANGE or size != size.quantize(CHANGE_PLACES):
        raise _not_a_number(written, "change")
    return -size if found.group(2) in _DOWN else size


def _value(number: str, sign: str | None, written: str, in_percent: bool) -> Decimal:
    if sign == "%" and (not in_percent or "," in number):
        raise _not_a_number(written, "value")
    try:
        value = Decimal(number.replace(",", "")).scaleb(_UNITS[sign or ""])
    except InvalidOperation:
        raise _not_a_number(written, "value") from None
    if in_percent and sign != "%":
        _require_no_share(value, written, "value")
    if abs(value) >= MOST or value != value.quantize(PLACES):
        raise _not_a_number(written, "value")
    return value


def _require_no_share(value: Decimal, written: str, field: str) -> None:
    """What a cell shows as 97.56 % a spreadsheet hands over as 0.9756: whether that is meant cannot be seen."""
    if 0 < abs(value) <= 1:
        words = _("“%(value)s” may be a percentage or a share of one. Write it with its sign, as text: 97.56%%.")
        raise BadInput("percent_or_share", words, value=written[:40], field=field)


def _plain(written: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", written.translate(_SIGNS)))


def _not_a_number(written: str, field: str) -> BadInput:
    words = _("“%(value)s” is not a number that can be kept. Write it as 31,307 or −44.27 %%.")
    return BadInput("bad_number", words, value=written[:40], field=field)
