"""All that can be done with the ground: the register of areas, their boundaries, imports and checks."""

from linli.areas.actions.boundaries import Piece, boundaries_geojson, ground_changed, outline_of, redraw, set_boundary
from linli.areas.actions.checking import SLIVER_M2, Finding, check_ground
from linli.areas.actions.importing import Imported, import_divisions, import_geojson
from linli.areas.actions.register import (
    EVER,
    add_area,
    add_place,
    close_area,
    close_place,
    cover,
    next_code,
    rename_area,
    set_numbering,
)

__all__ = [
    "EVER",
    "SLIVER_M2",
    "Finding",
    "Imported",
    "Piece",
    "add_area",
    "add_place",
    "boundaries_geojson",
    "check_ground",
    "close_area",
    "close_place",
    "cover",
    "ground_changed",
    "import_divisions",
    "import_geojson",
    "next_code",
    "outline_of",
    "redraw",
    "rename_area",
    "set_boundary",
    "set_numbering",
]
