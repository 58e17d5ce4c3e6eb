"""Places that come back: a matter was closed, and soon after there is another of the same category at the same spot.

A place is a spot and a category, never a person: nothing here knows who reported. Disputes have no place at all, since a
place with a quarrel is a household.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from math import cos, floor, radians
from typing import NamedTuple

from linli.kit.distances import DEGREE_M, Point, distance_m

#: So many of the last closed in one square are compared with a new one.
_AT_MOST = 200


class Seen(NamedTuple):
    """A matter at a spot. `closed_at`: None while it is not closed, or where it ended otherwise."""

    key: Hashable
    category: int
    point: Point
    reported_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True)
class Place:
    """Matters of one category that followed each other at one spot, by the time they were reported; how many came after."""

    category: int
    keys: list[Hashable]
    returns: int
    last_at: datetime


def returning(matters: Iterable[Seen], *, radius_m: float, within: timedelta, since: datetime) -> list[Place]:
    """Places to which something came back since a moment, within a time of a closing; those most often first."""
    ordered = sorted(matters, key=lambda one: (one.reported_at, str(one.key)))
    squares = Squares(radius_m, (one.point[1] for one in ordered))
    closed: dict[tuple[int, tuple[int, int]], list[Seen]] = defaultdict(list)
    for one in ordered:
        if one.closed_at is not None:
            closed[one.category, squares.of(one.point)].append(one)
    groups = Groups()
    came_back: dict[Hashable, datetime] = {}
    for one in ordered:
        if one.reported_at < since:
            continue
        near = (closed.get((one.category, square), ())[-_AT_MOST:] for square in squares.around(one.point))
        for other in chain.from_iterable(near):
            if other.key != one.key and follows(one, other, radius_m, within):
                groups.join(other.key, one.key)
                came_back[one.key] = one.reported_at
    return _places(groups, ordered, came_back)


def follows(one: Seen, closed: Seen, radius_m: float, within: timedelta) -> bool:
    """Whether a matter came soon after another was closed, at its spot."""
    if closed.closed_at is None or one.category != closed.category:
        return False
    is_soon = timedelta() <= one.reported_at - closed.closed_at <= within
    return is_soon and distance_m(one.point, closed.point) <= radius_m


class Groups:
    """Things that belong together through each other."""

    def __init__(self) -> None:
        self._head: dict[Hashable, Hashable] = {}

    def top(self, one: Hashable) -> Hashable:
        """What stands for all that belong together with it."""
        self._head.setdefault(one, one)
        while self._head[one] != one:
            self._head[one] = one = self._head[self._head[one]]
        return one

    def join(self, one: Hashable, other: Hashable) -> None:
        """They belong together."""
        self._head[self.top(other)] = self.top(one)

    def members(self) -> dict[Hashable, list[Hashable]]:
        """All that were joined, by what stands for them."""
        found: dict[Hashable, list[Hashable]] = defaultdict(list)
        for one in list(self._head):
            found[self.top(one)].append(one)
        return found


def _places(groups: Groups, ordered: Sequence[Seen], came_back: dict[Hashable, datetime]) -> list[Place]:
    rank = {one.key: place for place, one in enumerate(ordered)}
    found = []
    for keys in groups.members().values():
        keys.sort(key=lambda key: rank[key])
        later = [came_back[key] for key in keys if key in came_back]
        found.append(Place(ordered[rank[keys[0]]].category, keys, len(later), max(later)))
    return sorted(found, key=lambda one: (-one.returns, -one.last_at.timestamp()))


class Squares:
    """Squares of the ground no smaller than a side: what lies within it of a spot is in the same or the next ones."""

    def __init__(self, side_m: float, latitudes: Iterable[float]) -> None:
        # The narrowest row of all serves for all, so that no neighbour is missed.
        farthest = max((abs(one) for one in latitudes), default=0.0)
        self._high = side_m / DEGREE_M
        self._wide = self._high / max(cos(radians(farthest)), 0.01)

    def of(self, point: Point) -> tuple[int, int]:
        """Column and row."""
        return floor(point[0] / self._wide), floor(point[1] / self._high)

    def around(self, point: Point) -> Iterator[tuple[int, int]]:
        """The same and the next ones."""
        x, y = self.of(point)
        return ((x + aside, y + up) for aside in (-1, 0, 1) for up in (-1, 0, 1))
