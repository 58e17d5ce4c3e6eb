"""Who answers for a point or an area, and by when: what the hatch must know without asking the store at every report.

A copy held in the process and renewed beside the hot path: boundaries every second, the rest every twenty.
"""

import time
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from linli.areas import ground
from linli.areas.codes import lineage
from linli.areas.crs import Crs, to_wgs84
from linli.areas.models import ANSWERING, Area
from linli.events.actions.limits import own_limits
from linli.events.actions.promise import end_of
from linli.events.models import Category
from linli.events.rules import ClockKind, OwnLimits, Urgency, clean_position, own_limit
from linli.intake.reports import Report
from linli.kit.refusal import BadInput
from linli.kit.workdays import WorkCalendar, stored_calendar

GROUND_FRESH_S, REST_FRESH_S = 1.0, 20.0


@dataclass(frozen=True, slots=True)
class Answers:
    """An area as its reporter is told of it. `office` is the township (or county) whose desk has the matter."""

    code: str
    name: str
    office: str


@dataclass
class Answering:
    """The copy. `renew` asks the store and belongs in a thread that may wait; the others never do."""

    drawn: ground.Ground | None = None
    areas: dict[str, Answers] = field(default_factory=dict)
    calendar: WorkCalendar = field(default_factory=lambda: WorkCalendar({}))
    #: How soon reports are taken on where the county says so itself.
    limits: OwnLimits = field(default_factory=dict)
    #: Urgency by code, of the pack in use.
    categories: dict[str, str] = field(default_factory=dict)
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo(settings.TIME_ZONE))
    _ground_at: float = -1e9
    _rest_at: float = -1e9

    def is_old(self) -> bool:
        """Whether it should be renewed."""
        now = time.monotonic()
        return now - self._ground_at > GROUND_FRESH_S or now - self._rest_at > REST_FRESH_S

    def is_too_old(self) -> bool:
        """Whether it is no longer to be used: nobody has asked for some time, or the first time is still to come."""
        now = time.monotonic()
        return now - self._ground_at > 2 * GROUND_FRESH_S or now - self._rest_at > 2 * REST_FRESH_S

    def forget(self) -> None:
        """Ask at the next report whether boundaries have changed."""
        self._ground_at = -1e9

    def renew(self) -> None:
        """Ask the store what has changed."""
        now = time.monotonic()
        drawn = ground.current()
        # Where boundaries have changed, areas were opened and closed: the two are renewed together.
        if drawn is not self.drawn or now - self._rest_at > REST_FRESH_S:
            self.areas = _areas()
            self.calendar, self.limits = stored_calendar(), own_limits()
            rows = Category.objects.filter(pack__in_use=True, closed_on__isnull=True)
            self.categories = dict(rows.values_list("code", "urgency"))
            self._rest_at = now
        self.drawn, self._ground_at = drawn, now

    def route(self, report: Report) -> Answers:
        """The area of a report: a point wins over a chosen area, unless that lies deeper inside. Raises `BadInput`."""
        chosen = self._chosen(report.area)
        found = self._located(report)
        if found is None and chosen is None:
            raise _nowhere(has_point=report.lon is not None)
        if found is None or (chosen is not None and chosen.code.startswith(found)):
            assert chosen is not None
            return chosen
        answers = self._answers(found)
        if chosen is not None and not found.startswith(chosen.code):
            raise BadInput(
                "point_elsewhere",
                _("The point lies in %(area)s, but you chose %(chosen)s. Correct one of them."),
                area=answers.name,
                chosen=chosen.name,
                field="area",
            )
        return answers

    def _chosen(self, code: str) -> Answers | None:
        return self._answers(code.strip()) if code.strip() else None

    def _answers(self, code: str) -> Answers:
        answers = self.areas.get(code)
        if answers is None:
            raise BadInput(
                "unknown_area", _("There is no area %(code)s. Choose one of the list."), code=code[:30], field="area"
            )
        return answers

    def _located(self, report: Report) -> str | None:
        position = position_of(report)
        return self.drawn.locate(*position) if position and self.drawn else None

    def promised(self, report: Report, area: str, received_at: datetime) -> datetime:
        """By when it is accepted or turned away: the limit that its event will have."""
        urgency = report.urgency if report.urgency in Urgency.values else self.categories.get(report.category)
        limit = own_limit(ClockKind.ACCEPT, urgency or Urgency.NORMAL, self.limits, lineage(area))
        return end_of(limit, received_at, self.calendar, self.zone)


def position_of(report: Report) -> tuple[float, float] | None:
    """Longitude and latitude in WGS-84, whatever they were sent in. Raises `BadInput`."""
    position = clean_position(report.lon, report.lat)
    if position is None or report.crs == Crs.WGS84:
        return position
    if report.crs not in Crs.values:
        raise BadInput("unknown_crs", _("Coordinates can be wgs84, gcj02 or bd09."), field="crs")
    lon, lat = to_wgs84(*position, report.crs)
    return float(lon), float(lat)


def _nowhere(*, has_point: bool) -> BadInput:
    if has_point:
        return BadInput(
            "outside",
            _("This point lies outside the area we serve. Choose a place inside, or the township by name."),
            field="area",
        )
    return BadInput("where", _("Say where it is: choose a point or an area."), field="area")


def _areas() -> dict[str, Answers]:
    """Every open area that answers, with the township or county whose desk has its matters."""
    rows = Area.objects.open().filter(kind__in=sorted(ANSWERING)).order_by()
    names = dict(rows.values_list("code", "name"))
    return {
        code: Answers(code, name, next((names[one] for one in reversed(lineage(code)[:2]) if one in names), name))
        for code, name in names.items()
    }
