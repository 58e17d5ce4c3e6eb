"""An alert as it is used: every element of CAP 1.2, in types. What a file does not have or cannot mean is empty or None.

Names are those of the field; the element of the standard stands beside where it differs. Words come from outside: they are as
long and as strange as `shape.py` lets them be, and pages escape them as they do all that people typed.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from linli.kit.distances import Point

#: The language of an `info` that names none (CAP 1.2, 3.2.2 language).
DEFAULT_LANGUAGE = "en-US"
#: The four colours of warnings (突发事件应对法 art. 63, 2024) in what a headline or a severity says.
COLOURS = {"红": "red", "橙": "orange", "黄": "yellow", "蓝": "blue"}
_COLOUR = re.compile("([红橙黄蓝])色(?:预警|预报|信号)")


@dataclass(frozen=True)
class Named:
    """A value under the name of the list it is from: `eventCode`, `parameter`, `geocode`."""

    name: str = ""
    value: str = ""


@dataclass(frozen=True)
class Circle:
    """Around (longitude, latitude) in WGS-84."""

    center: Point
    radius_km: float


@dataclass(frozen=True)
class Area:
    """Where: `description` (areaDesc) and shapes; all shapes and codes together are the area.

    A polygon is its points as (longitude, latitude) in WGS-84, the last the same as the first; the file has latitude first.
    """

    description: str = ""
    polygons: tuple[tuple[Point, ...], ...] = ()
    circles: tuple[Circle, ...] = ()
    geocodes: tuple[Named, ...] = ()
    altitude_ft: float | None = None
    ceiling_ft: float | None = None


@dataclass(frozen=True)
class Resource:
    """A picture, sound or page beside the words. `content` (derefUri) is base64 as it came."""

    description: str = ""
    mime_type: str = ""
    size: int | None = None
    uri: str = ""
    content: str = ""
    digest: str = ""


@dataclass(frozen=True)
class Info:
    """What is expected, in one language or for one part of it."""

    language: str = DEFAULT_LANGUAGE
    categories: tuple[str, ...] = ()
    event: str = ""
    response_types: tuple[str, ...] = ()
    urgency: str = ""
    severity: str = ""
    certainty: str = ""
    audience: str = ""
    event_codes: tuple[Named, ...] = ()
    effective_at: datetime | None = None
    onset_at: datetime | None = None
    expires_at: datetime | None = None
    sender_name: str = ""
    headline: str = ""
    description: str = ""
    instruction: str = ""
    web: str = ""
    contact: str = ""
    parameters: tuple[Named, ...] = ()
    resources: tuple[Resource, ...] = ()
    areas: tuple[Area, ...] = ()

    @property
    def colour(self) -> str:
        """`red`, `orange`, `yellow` or `blue` where headline or event name one of the four; else empty."""
        found = _COLOUR.search(self.headline) or _COLOUR.search(self.event)
        return COLOURS[found[1]] if found else ""


@dataclass(frozen=True)
class Reference:
    """An earlier message: the three words by which every message is known."""

    sender: str
    identifier: str
    sent_at: datetime


@dataclass(frozen=True)
class Alert:
    """One message. `version` is that of the standard: `1.1` or `1.2`; `message_type` is msgType.

    `is_signed`: there is a signature in it, which nobody here has verified.
    """

    version: str
    identifier: str
    sender: str
    sent_at: datetime
    status: str
    message_type: str
    scope: str
    source: str = ""
    restriction: str = ""
    addresses: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    note: str = ""
    references: tuple[Reference, ...] = ()
    incidents: tuple[str, ...] = ()
    infos: tuple[Info, ...] = ()
    is_signed: bool = False

    @property
    def is_real(self) -> bool:
        """Neither exercise, test, draft nor a message between systems."""
        return self.status == "Actual"

    @property
    def languages(self) -> tuple[str, ...]:
        """Each once, as they come."""
        return tuple(dict.fromkeys(info.language for info in self.infos))

    @property
    def expires_at(self) -> datetime | None:
        """When the last of it is over; None where some of it names no end."""
        ends = [info.expires_at for info in self.infos]
        known = [end for end in ends if end is not None]
        return max(known) if known and len(known) == len(ends) else None
