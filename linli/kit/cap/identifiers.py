"""The national identifier of a warning: `ZZZZZZDDDUUUXX_YYYYMMDDhhmmss_N`, 31 signs (GB/T 35965.1-2018; DB12/T 1128-2022).

Division (6 digits, GB/T 2260), kind of department (3, GB/T 4657), unit (3, 000 where there is none), extension (2, 00), the
moment in China's time, and a number.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

#: What begins so is meant as one.
_MEANT = re.compile(r"(\d{6})(\d{3})(\d{3})(\d{2})_(\d{14})(?:_(.*))?", re.ASCII | re.DOTALL)
_LENGTH = 31
_CHINA = timezone(timedelta(hours=8))
#: First two digits of a division (GB/T 2260); 10 is the country itself, 100000.
_PROVINCES = frozenset(
    map(
        str,
        (
            10,
            *range(11, 16),
            *range(21, 24),
            *range(31, 38),
            *range(41, 47),
            *range(50, 55),
            *range(61, 66),
            71,
            81,
            82,
        ),
    )
)


@dataclass(frozen=True)
class NationalId:
    """Its parts, as digits."""

    division: str
    department: str
    unit: str
    extension: str
    made_at: datetime
    number: str


def national_id(identifier: str) -> NationalId | None:
    """The parts; None for one of another kind, and for one whose parts do not hold."""
    match = _MEANT.fullmatch(identifier)
    if match is None or any(troubles(identifier)):
        return None
    made_at = _moment(match[5])
    assert made_at is not None
    return NationalId(match[1], match[2], match[3], match[4], made_at, match[6])


def troubles(identifier: str) -> Iterator[tuple[str, dict[str, object]]]:
    """What does not hold in an identifier that is meant as a national one, as code and facts; nothing for others."""
    match = _MEANT.fullmatch(identifier)
    if match is None:
        return
    if len(identifier) != _LENGTH:
        yield "id_length", {"count": len(identifier)}
    if match[1][:2] not in _PROVINCES:
        yield "id_division", {"found": match[1]}
    if _moment(match[5]) is None:
        yield "id_time", {"found": match[5]}
    if match[6] is not None and not re.fullmatch(r"\d+", match[6], re.ASCII):
        yield "id_number", {"found": match[6]}


def _moment(digits: str) -> datetime | None:
    try:
        return datetime.strptime(digits, "%Y%m%d%H%M%S").replace(tzinfo=_CHINA)
    except ValueError:
        return None
