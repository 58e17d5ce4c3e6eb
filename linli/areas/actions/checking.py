"""What is wrong with the ground: orphans, overlaps between neighbours, gaps between an area and those in it."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from django.utils.translation import gettext as _

from linli.areas.codes import numbering
from linli.areas.geometry import area_m2
from linli.areas.models import ANSWERING, Area, Boundary, Kind

#: Smaller than this is rounding of coordinates, not a mistake. Square metres.
SLIVER_M2 = 100.0


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong. `kind`: `orphan`, `overlap`, `gap`, `outside`; `area_m2` 0 for orphans."""

    kind: str
    codes: tuple[str, ...]
    area_m2: float
    words: str


def check_ground(sliver_m2: float = SLIVER_M2) -> Iterator[Finding]:
    """All that is wrong with the open areas and their current boundaries, in the order of their codes."""
    yield from _orphans()
    outlines = {
        code: shapely.from_wkb(bytes(geometry))
        for code, geometry in Boundary.objects.filter(
            valid_to__isnull=True, area__valid_to__isnull=True, area__kind__in=ANSWERING
        )
        .order_by("area")
        .values_list("area_id", "geometry")
    }
    areas = {area.code: area for area in Area.objects.filter(valid_to__isnull=True).iterator() if area.code in outlines}
    for level in numbering().levels:
        yield from _overlaps([code for code in outlines if areas[code].level == level], outlines, areas, sliver_m2)
    yield from _gaps(outlines, areas, sliver_m2)


def _orphans() -> Iterator[Finding]:
    top = numbering().levels[0]
    for area in Area.objects.open().exclude(level=top).select_related("parent").order_by("code"):
        if area.parent is None:
            yield Finding(
                "orphan",
                (area.code,),
                0.0,
                _("%(code)s %(name)s has no area above it.") % {"code": area.code, "name": area.name},
            )
        elif not area.parent.is_open:
            words = _("%(code)s %(name)s is open, but %(parent)s above it is closed.")
            yield Finding(
                "orphan", (area.code,), 0.0, words % {"code": area.code, "name": area.name, "parent": area.parent.name}
            )


def _overlaps(
    codes: list[str], outlines: dict[str, shapely.Geometry], areas: dict[str, Area], sliver_m2: float
) -> Iterator[Finding]:
    if len(codes) < 2:
        return
    shapes = np.array([outlines[code] for code in codes])
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    each_once = first < second
    for one, other in zip(first[each_once].tolist(), second[each_once].tolist(), strict=True):
        # A special grid lies over another grid on purpose.
        if Kind.SPECIAL_GRID in (areas[codes[one]].kind, areas[codes[other]].kind):
            continue
        common = shapely.intersection(shapes[one], shapes[other])
        size = area_m2(common) if common.area else 0.0
        if size > sliver_m2:
            names = {
                "one": f"{codes[one]} {areas[codes[one]].name}",
                "other": f"{codes[other]} {areas[codes[other]].name}",
                "size": f"{size:,.0f}",
            }
            yield Finding(
                "overlap", (codes[one], codes[other]), size, _("%(one)s and %(other)s overlap by %(size)s m².") % names
            )


def _gaps(outlines: dict[str, shapely.Geometry], areas: dict[str, Area], sliver_m2: float) -> Iterator[Finding]:
    inside: dict[str, list[shapely.Geometry]] = {}
    for code, outline in outlines.items():
        parent = areas[code].parent_id
        if parent in outlines and parent is not None:
            inside.setdefault(parent, []).append(outline)
    for parent, children in sorted(inside.items()):
        union = shapely.union_all(children)
        whole = f"{parent} {areas[parent].name}"
        uncovered_m2 = area_m2(shapely.difference(outlines[parent], union))
        if uncovered_m2 > sliver_m2:
            words = _("%(area)s: %(size)s m² are covered by none of its areas.")
            yield Finding("gap", (parent,), uncovered_m2, words % {"area": whole, "size": f"{uncovered_m2:,.0f}"})
        beyond_m2 = area_m2(shapely.difference(union, outlines[parent]))
        if beyond_m2 > sliver_m2:
            words = _("%(area)s: its areas reach %(size)s m² beyond its outline.")
            yield Finding("outside", (parent,), beyond_m2, words % {"area": whole, "size": f"{beyond_m2:,.0f}"})
