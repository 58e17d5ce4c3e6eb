"""How closely the public learns where a matter is, category by category, and the one place that is shown of it everywhere."""

from math import floor
from typing import NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _


class PublicPlace(models.TextChoices):
    """How closely the place of matters of a public category is shown."""

    EXACT = "exact", _("To some ten metres")
    NEAR = "near", _("To about 100 metres")
    WIDE = "wide", _("To about 500 metres")
    VILLAGE = "village", _("The village alone")
    NONE = "none", _("The township alone")


class Cells(NamedTuple):
    """A grid over longitude and latitude: cells to a degree, and whether the crossings or the middles are whole numbers."""

    to_degree: int
    #: Added before cutting: a half rounds to the nearest, nought cuts.
    shift: float


#: Cut by the ground and not by chance: however often somebody asks, and of however many matters, they learn of the cell
#: alone. Wide cells hold near ones whole, so that
#: nobody narrows a place down by comparing what was shown before and after a category was edited.
CELLS: dict[str, Cells] = {
    PublicPlace.EXACT: Cells(10_000, 0.5),
    PublicPlace.NEAR: Cells(1_000, 0.0),
    PublicPlace.WIDE: Cells(200, 0.0),
}


class Spot(NamedTuple):
    """What is shown of a place: the middle of a cell and the length of its sides, in degrees, WGS-84 = CGCS2000."""

    lon: float
    lat: float
    size: float


def shown_at(place: str, lon: float | None, lat: float | None) -> Spot | None:
    """The place of a matter as the public sees it; None where none is shown, or none is known."""
    cells = CELLS.get(place)
    if cells is None or lon is None or lat is None:
        return None
    return Spot(_middle(lon, cells), _middle(lat, cells), 1 / cells.to_degree)


def _middle(degrees: float, cells: Cells) -> float:
    return (floor(degrees * cells.to_degree + cells.shift) + 0.5 - cells.shift) / cells.to_degree
