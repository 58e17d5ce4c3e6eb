"""What the page of hot spots shows in the demo county: roads that break after the typhoon's rain, a drain, and a bin."""

from datetime import timedelta
from random import Random

from linli.demo.cast import Cast
from linli.demo.course import Course, Plan
from linli.demo.courses import Album, take_course
from linli.demo.land import HOME_TOWN, Land
from linli.demo.plans import plan_matter
from linli.demo.rhythm import Year
from linli.events.models import Category
from linli.events.rules import SOLVED

#: Reported more than usual of late; one for so many of the year's matters.
_RISING, _ONE_IN, _DAYS = "C03", 100, (1.5, 24)
#: At one spot, so many days ago: cleared each time, and blocked again.
_RETURNS, _AGO = "C04", (71, 45, 18)
#: So many hours ago, in nearly the same words: what nobody has looked for among the others yet.
_ALIKE, _HOURS = "D02", (29, 26.5, 22, 5)
#: A course is drawn anew until it ends as it has to: nearly all do.
_DRAWN = 50


def make_hot_spots(
    land: Land, cast: Cast, year: Year, album: Album, categories: dict[str, Category], rng: Random, count: int
) -> list[Plan]:
    """Some matters beside those of a year of `count`, all in the town where the demo's people work."""
    making = _Making(land, cast, year, album, categories, rng)
    return [*making.rising(count // _ONE_IN), *making.returning(), *making.alike()]


class _Making:
    def __init__(
        self, land: Land, cast: Cast, year: Year, album: Album, categories: dict[str, Category], rng: Random
    ) -> None:
        self.land, self.cast, self.year, self.album, self.rng = land, cast, year, album, rng
        self.categories = categories
        self.grids = [grid for grid in land.grids if grid.startswith(HOME_TOWN)]

    def rising(self, count: int) -> list[Plan]:
        return [self._matter(_RISING, self.rng.uniform(*_DAYS), self.rng.choice(self.grids)) for _one in range(count)]

    def returning(self) -> list[Plan]:
        """Always at the same spot, and always solved before it comes again."""
        grid = self.rng.choice(self.grids)
        spot = self.rng.randrange(len(self.land.spots[grid]))
        return [self._solved(_RETURNS, days, grid, spot) for days in _AGO]

    def alike(self) -> list[Plan]:
        grid = self.rng.choice(self.grids)
        spot = self.rng.randrange(len(self.land.spots[grid]))
        plans = [self._matter(_ALIKE, hours / 24, grid, spot, walked=False) for hours in _HOURS]
        for plan in plans:
            assert plan.report is not None and plans[0].report is not None
            same = {name: plans[0].report[name] for name in ("text", "title", "place")}
            plan.report |= same | {"category": plan.category}
        return plans

    def _solved(self, code: str, days: float, grid: str, spot: int) -> Plan:
        for _one in range(_DRAWN):
            plan = self._matter(code, days, grid, spot)
            if plan.state in SOLVED and plan.acts[-1].at < plan.reported_at + timedelta(days=12):
                return plan
        return plan

    def _matter(self, code: str, days: float, grid: str, spot: int | None = None, *, walked: bool = True) -> Plan:
        place = None if spot is None else self.land.spots[grid][spot]
        at = self.year.now - timedelta(days=days)
        plan = plan_matter(self.land, self.cast, at, grid, self.categories[code], self.album, self.rng, place)
        if place is not None:
            assert plan.report is not None
            plan.report |= {"lon": place.lon, "lat": place.lat, "accuracy_m": 8.0}
        if walked:
            take_course(Course(plan, self.cast, self.year, self.rng), self.album)
            plan.drop_after(self.year.now)
        return plan
