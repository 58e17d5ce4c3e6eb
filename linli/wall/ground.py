"""The map of the wall: open matters by cell while a whole area is in sight, and one by one from near."""

from dataclasses import dataclass

from django.db.models import Q

from linli.events.models import RUNS_OUT_AT, Event
from linli.statistics.map_cells import Window, cells
from linli.statistics.rules.cubes import ZOOMS
from linli.wall.reading import Waiting, lines_of, of_area
from linli.wall.rules import MOST_NEAR


@dataclass(frozen=True)
class Cluster:
    """The middle of a cell, in degrees, and how many open matters lie in it."""

    lon: float
    lat: float
    n: int


@dataclass(frozen=True)
class Near:
    """One matter and where it is, in degrees."""

    lon: float
    lat: float
    matter: Waiting


def clusters(area: str, window: Window, zoom: int) -> list[Cluster]:
    """The cells of a window where something is open. `zoom`: that of the cells, 0 to 4."""
    half = 0.5 / ZOOMS[zoom]
    found = cells(of_area(area), window, zoom)
    return [Cluster(round(one.lon + half, 6), round(one.lat + half, 6), one.open) for one in found if one.open > 0]


def near(area: str, window: Window) -> list[Near]:
    """The open matters of a window, those first whose clock runs out first; `MOST_NEAR` at most. Keys first, then the rows.

    What is for mediation has no place of its own here: it would be the door of somebody who quarrels.
    """
    west, south, east, north = window
    inside = Event.objects.visible_to(of_area(area)).open()
    inside = inside.filter(lon__gte=west, lon__lte=east, lat__gte=south, lat__lte=north)
    inside = inside.filter(Q(category__isnull=True) | Q(category__for_mediation=False))
    keys = list(inside.order_by(RUNS_OUT_AT.asc(nulls_last=True), "pk").values_list("pk", flat=True)[:MOST_NEAR])
    found = lines_of(inside, keys)
    return [Near(round(event.lon or 0, 6), round(event.lat or 0, 6), line) for event, line in found]
