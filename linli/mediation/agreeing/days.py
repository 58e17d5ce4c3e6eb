"""Days as people write them in agreements, read; written; and found in a text."""

import re
import unicodedata
from datetime import date

from django.utils.translation import gettext_lazy as _

from linli.kit.refusal import BadInput

_DIGITS = {sign: str(value) for value, sign in enumerate("〇一二三四五六七八九")} | {"零": "0", "○": "0"}
_CHINESE = r"[〇○零一二三四五六七八九十]"
_DAY = re.compile(
    r"(?<!\d)(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)[日号]?"
    rf"|({_CHINESE}{{4}})年({_CHINESE}{{1,3}})月({_CHINESE}{{1,3}})[日号]"
)


def read_day(text: str) -> date:
    """The day that was written: 2026-12-31, 2026年12月31日, 2026/12/31, 二〇二六年十二月三十一日. Raises `BadInput`."""
    words = unicodedata.normalize("NFKC", text).strip()
    found = _DAY.fullmatch(words)
    day = _day(found) if found else None
    if day is None:
        raise BadInput(
            "day_not_understood",
            _("“%(day)s” is no day of the calendar. Write it as 2026-12-31 or 2026年12月31日."),
            day=text.strip()[:40],
        )
    return day


def in_words(day: date) -> str:
    """2026年12月31日."""
    return f"{day.year}年{day.month}月{day.day}日"


def days_in(text: str) -> list[tuple[int, date]]:
    """Days that stand in a text with their year, each with where it begins."""
    days = ((found.start(), _day(found)) for found in _DAY.finditer(text))
    return [(at, day) for at, day in days if day is not None]


def _day(found: re.Match[str]) -> date | None:
    figures, spoken = found.groups()[:3], found.groups()[3:]
    numbers = [int(one) for one in figures] if figures[0] else [_number(one) for one in spoken]
    try:
        return date(*numbers)
    except (ValueError, TypeError):
        return None


def _number(words: str) -> int:
    tens, ten, ones = words.rpartition("十")
    if ten:
        return int(_figures(tens) or "1") * 10 + int(_figures(ones) or "0")
    return int(_figures(words))


def _figures(words: str) -> str:
    return "".join(_DIGITS.get(sign, "") for sign in words)
