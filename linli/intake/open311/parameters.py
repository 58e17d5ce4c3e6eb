"""The parameters of a call, read as the contract allows them and refused in words where they cannot be meant."""

import math
import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from linli.areas.models import Area
from linli.intake.open311.rendering import Problem, without_controls

#: What is sent and asked for at once reaches over so long at most.
LONGEST = timedelta(days=90)
MOST = 1000
_LAST_PAGE = 1_000_000
_EARLIEST, _LATEST = 1970, 2200


class Parameters:
    """What was sent: of the body first, else of the address. Empty is the same as absent."""

    def __init__(self, request: HttpRequest) -> None:
        self._sources: list[QueryDict] = [request.POST, request.GET] if request.method == "POST" else [request.GET]

    def names(self) -> Iterable[str]:
        """All names that were sent."""
        return dict.fromkeys(name for source in self._sources for name in source)

    def every(self, name: str) -> list[str]:
        """Every value that is not empty."""
        for source in self._sources:
            found = [text for one in source.getlist(name) if (text := without_controls(one).strip())]
            if found:
                return found
        return []

    def text(self, name: str, longest: int = 300) -> str:
        """The value; empty if absent. More than `longest` signs are refused."""
        text = next(iter(self.every(name)), "")
        if len(text) > longest:
            raise Problem(
                400,
                _("%(name)s has %(length)s characters; %(longest)s at most.")
                % {"name": name, "length": len(text), "longest": longest},
            )
        return text

    def words(self, name: str) -> list[str]:
        """The values of a list with commas, which may also be sent several times."""
        return [word for one in self.every(name) for part in one.split(",") if (word := part.strip())]

    def truth(self, name: str) -> bool:
        """Whether it was sent as true."""
        return self.text(name).lower() in ("true", "1", "yes")

    def number(self, name: str) -> float | None:
        """A finite number, or None if absent."""
        text = self.text(name)
        if not text:
            return None
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        # Python reads 1_0 as ten; nobody who writes it means that.
        if not math.isfinite(value) or "_" in text:
            raise Problem(400, _("%(name)s is no number: %(text)s") % {"name": name, "text": text[:40]})
        return value

    def position(self) -> tuple[float, float] | None:
        """Longitude and latitude in degrees, from `long` and `lat`; None if both are absent."""
        lon, lat = self.number("long"), self.number("lat")
        if lon is None and lat is None:
            return None
        if lon is None or lat is None:
            raise Problem(400, _("A position needs both lat and long."))
        if not (-180 <= lon <= 180 and -90 <= lat <= 90):
            raise Problem(
                400,
                _("lat %(lat)s, long %(lon)s lies off the earth. They may be swapped.")
                % {"lat": f"{lat:g}", "lon": f"{lon:g}"},
            )
        return lon, lat

    def moment(self, name: str) -> datetime | None:
        """A time with its zone, or None if absent. A blank where the sign of the zone stands was a plus on its way."""
        text = self.text(name)
        if not text:
            return None
        try:
            found = parse_datetime(re.sub(r"[ ](?=\d\d:?\d\d\Z)", "+", text))
        except ValueError:
            found = None
        if found is None or found.tzinfo is None or not _EARLIEST <= found.year <= _LATEST:
            raise Problem(
                400,
                _("%(name)s needs date, time and zone, such as 2026-11-01T08:00:00Z or 2026-11-01T08:00:00+08:00.")
                % {"name": name},
            )
        return found

    def window(self, first: str, last: str) -> tuple[datetime, datetime] | None:
        """From when to when, both included; what is missing of it lies 90 days from the other. None if both are."""
        start, end = self.moment(first), self.moment(last)
        if start is None and end is None:
            return None
        if start is not None and end is not None and end - start > LONGEST:
            raise Problem(
                400,
                _("From %(first)s to %(last)s there may be 90 days at most. Ask several times.")
                % {"first": first, "last": last},
            )
        if start is None:
            assert end is not None
            start = end - LONGEST
        return start, end or start + LONGEST

    def page(self) -> slice:
        """The rows of the page asked for."""
        size = min(self._count("page_size", MOST), MOST)
        start = (self._count("page", 1) - 1) * size
        return slice(start, start + size)

    def _count(self, name: str, default: int) -> int:
        text = self.text(name)
        if not text:
            return default
        if not re.fullmatch("[0-9]{1,18}", text) or int(text) == 0:
            raise Problem(400, _("%(name)s is a whole number from 1.") % {"name": name})
        return min(int(text), _LAST_PAGE)

    def attributes(self) -> dict[str, str]:
        """The answers to the questions of a service: `attribute[CODE]`, or `attribute[CODE][]` for several."""
        found: dict[str, str] = {}
        for name in self.names():
            if match := re.fullmatch(r"attribute\[([^\[\]]{1,60})\](?:\[\])?", name):
                found[match[1]] = ",".join(self.every(name))
        return found


def jurisdiction(sent: Parameters) -> Area | None:
    """The topmost area a call is about; None where the home has one only, whatever was sent."""
    tops = {area.code: area for area in Area.objects.open().filter(parent__isnull=True)}
    if len(tops) < 2:
        return None
    wanted = sent.text("jurisdiction_id")
    if not wanted:
        raise Problem(400, _("jurisdiction_id is needed here. It is one of: %(known)s") % {"known": _some(tops)})
    if wanted not in tops:
        raise Problem(404, _("There is no such jurisdiction_id. It is one of: %(known)s") % {"known": _some(tops)})
    return tops[wanted]


def _some(codes: Iterable[Any]) -> str:
    return ", ".join(sorted(codes)[:20])
