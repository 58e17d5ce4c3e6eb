"""What is wrong with the ground: orphans, overlaps between neighbours, gaps between an area and those in it."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from django.db.models import Count, F
from django.utils.translation import gettext as _

from linli.areas.codes import numbering
from linli.areas.geometry import Outline, area_m2
from linli.areas.models import ANSWERING, Area, Boundary, Kind

#: Smaller than this is rounding of coordinates, not a mistake. Square metres.
SLIVER_M2 = 100.0


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong. `kind`: `orphan`, `overlap`, `gap`, `outside`; `area_m2` 0 for orphans.

    An orphan is an area without one above it: closed, or made under its code because a file did not bring it.
    """

    kind: str
    codes: tuple[str, ...]
    area_m2: float
    words: str


@dataclass(frozen=True)
class _Ground:
    """What is looked at: open areas that answer for matters, with the outlines they have."""

    areas: dict[str, Area]
    outlines: dict[str, Outline]

    def name(self, code: str) -> str:
        return f"{code} {self.areas[code].name}"

    def outlined_parent(self, code: str) -> str | None:
        parent = self.areas[code].parent_id
        return parent if parent in self.outlines else None


def check_ground(sliver_m2: float = SLIVER_M2) -> Iterator[Finding]:
    """All that is wrong with the open areas and their current boundaries: orphans, then level by level, by code."""
    yield from _orphans()
    ground = _read()
    for level in numbering().levels:
        yield from _overlaps(ground, level, sliver_m2)
    yield from _gaps(ground, sliver_m2)
    for level in numbering().levels:
        yield from _holes(ground, level, sliver_m2)


def _read() -> _Ground:
    drawn = Boundary.objects.filter(valid_to__isnull=True, area__valid_to__isnull=True, area__kind__in=ANSWERING)
    rows = drawn.order_by("area").values_list("area_id", "geometry")
    outlines = {code: shapely.from_wkb(bytes(geometry)) for code, geometry in rows}
    return _Ground({area.code: area for area in Area.objects.open().iterator() if area.code in outlines}, outlines)


def _orphans() -> Iterator[Finding]:
    top = numbering().levels[0]
    for area in Area.objects.open().exclude(level=top).select_related("parent").order_by("code"):
        if area.parent is None:
            words = _("%(code)s %(name)s has no area above it.")
        elif not area.parent.is_open:
            words = _("%(code)s %(name)s is open, but %(parent)s above it is closed.")
        else:
            continue
        above = area.parent.name if area.parent else ""
        yield Finding("orphan", (area.code,), 0.0, words % {"code": area.code, "name": area.name, "parent": above})
    made = Area.objects.open().filter(name=F("code")).annotate(inside=Count("children")).order_by("code")
    for code, count in made.values_list("code", "inside"):
        words = _("%(code)s was made for the %(count)s areas in it, which came without it. Import it.")
        yield Finding("orphan", (code,), 0.0, words % {"code": code, "count": count})


def _overlaps(ground: _Ground, level: str, sliver_m2: float) -> Iterator[Finding]:
    # A special grid lies over another grid on purpose.
    codes = [code for code, area in ground.areas.items() if area.level == level and area.kind != Kind.SPECIAL_GRID]
    codes.sort()
    shapes = np.array([ground.outlines[code] for code in codes], object)
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = np.unique(np.stack([first, second], axis=1)[first < second], axis=0)
    for one, other in pairs.tolist():
        common = shapely.intersection(shapes[one], shapes[other])
        size_m2 = area_m2(common) if common.area else 0.0
        if size_m2 > sliver_m2:
            words = _("%(one)s and %(other)s overlap by %(size)s m², near %(place)s.")
            facts = {"one": ground.name(codes[one]), "other": ground.name(codes[other]), **_size(common, size_m2)}
            yield Finding("overlap", (codes[one], codes[other]), size_m2, words % facts)


def _gaps(ground: _Ground, sliver_m2: float) -> Iterator[Finding]:
    """Between an area's outline and those of the areas in it."""
    inside: dict[str, list[str]] = {}
    for code in ground.outlines:
        parent = ground.outlined_parent(code)
        if parent is not None:
            inside.setdefault(parent, []).append(code)
    for parent, children in sorted(inside.items()):
        whole, parts = ground.outlines[parent], [ground.outlines[code] for code in children]
        gap, gap_m2 = _beyond(whole, shapely.union_all(parts))
        only_special = all(ground.areas[code].kind == Kind.SPECIAL_GRID for code in children)
        if gap_m2 > sliver_m2 and not only_special:
            words = _("%(area)s: %(size)s m² are covered by none of its areas, near %(place)s.")
            yield Finding("gap", (parent,), gap_m2, words % {"area": ground.name(parent), **_size(gap, gap_m2)})
        for code, part in zip(children, parts, strict=True):
            out, out_m2 = _beyond(part, whole)
            if out_m2 > sliver_m2:
                words = _("%(area)s reaches %(size)s m² beyond %(above)s, near %(place)s.")
                facts = {"area": ground.name(code), "above": ground.name(parent), **_size(out, out_m2)}
                yield Finding("outside", (code, parent), out_m2, words % facts)


def _holes(ground: _Ground, level: str, sliver_m2: float) -> Iterator[Finding]:
    """Between areas of one level where the area above has no outline to measure them by."""
    on_level = [code for code, area in ground.areas.items() if area.level == level]
    free = [code for code in on_level if ground.outlined_parent(code) is None]
    holes = _holes_in(shapely.union_all([ground.outlines[code] for code in free]))
    every = np.array([ground.outlines[code] for code in on_level], object)
    tree = shapely.STRtree(every)
    for hole in holes:
        gap, gap_m2 = _beyond(hole, shapely.union_all(every[tree.query(hole, predicate="intersects")]))
        if gap_m2 > sliver_m2:
            around = sorted(on_level[at] for at in tree.query(gap, predicate="intersects").tolist())
            words = _("%(size)s m² between %(areas)s are covered by none, near %(place)s.")
            names = ", ".join(ground.name(code) for code in around[:4])
            yield Finding("gap", tuple(around), gap_m2, words % {"areas": names, **_size(gap, gap_m2)})


def _holes_in(outline: Outline) -> list[Outline]:
    return [shapely.Polygon(ring) for part in shapely.get_parts(outline) for ring in part.interiors]


def _beyond(one: Outline, other: Outline) -> tuple[Outline, float]:
    """What of `one` the other leaves uncovered, and its square metres."""
    if shapely.covers(other, one):
        return shapely.Polygon(), 0.0
    rest = shapely.difference(one, other)
    return rest, area_m2(rest)


def _size(where: Outline, size_m2: float) -> dict[str, str]:
    """How large it is, and a place in the largest part of it, where one may look."""
    parts = shapely.get_parts(where)
    place = shapely.point_on_surface(parts[int(np.argmax(shapely.area(parts)))])
    return {"size": f"{size_m2:,.0f}", "place": f"{place.x:.6f},{place.y:.6f}"}
