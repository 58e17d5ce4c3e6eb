"""Finding one's own area: by the list, by a name, by a point."""

from dataclasses import dataclass

from django.db.models import QuerySet

from linli.areas import ground
from linli.areas.codes import lineage
from linli.areas.models import ANSWERING, Area, Settlement
from linli.openness.reading import village_of
from linli.openness.rules import MOST_FOUND
from linli.statistics.facts import kept_widths


@dataclass(frozen=True)
class Found:
    """An area, those it lies in, and the settlement by whose name it was found."""

    area: Area
    above: str
    by: str = ""


def areas_with_pages() -> QuerySet[Area]:
    """From the top down to the village. A grid is where one person works: it has none."""
    return Area.objects.filter(kind__in=ANSWERING)


def has_page(code: str) -> bool:
    """Whether an area of this code could have a page."""
    return code.isascii() and code.isdigit() and len(code) in kept_widths() and village_of(code) == code


def tops() -> list[Area]:
    """The outermost areas of this home."""
    return list(Area.objects.open().filter(parent__isnull=True).order_by("code")[:20])


def below(code: str) -> list[Area]:
    """The areas right below one that have a page."""
    found = Area.objects.open().filter(parent=code, kind__in=ANSWERING).order_by("code")
    return [one for one in found if has_page(one.code)]


def path_to(area: Area) -> list[Area]:
    """The areas it lies in, from the top down."""
    return list(Area.objects.filter(pk__in=lineage(area.code)[:-1]).order_by("code"))


def by_name(words: str) -> list[Found]:
    """Areas of this name, and those that cover a natural village of this name. A constant number of queries."""
    if not words:
        return []
    named = areas_with_pages().filter(valid_to__isnull=True, name__contains=words).order_by("code")[: MOST_FOUND * 4]
    areas = {one.code: one for one in named if has_page(one.code)}
    covering = Settlement.objects.filter(settlement__name__contains=words).order_by("settlement__name")
    by = {village_of(grid): name for grid, name in covering.values_list("grid", "settlement__name")[:MOST_FOUND]}
    wanted = [code for code in by if code not in areas]
    areas |= {one.code: one for one in Area.objects.open().filter(pk__in=wanted)}
    codes = sorted(areas)[:MOST_FOUND]
    names = dict(Area.objects.filter(pk__in={up for code in codes for up in lineage(code)}).values_list("pk", "name"))
    return [
        Found(areas[code], " ".join(names[up] for up in lineage(code)[:-1] if up in names), by.get(code, ""))
        for code in codes
    ]


def by_point(lon: float, lat: float) -> Area | None:
    """The area with a page in which a point lies; None outside of the home."""
    code = ground.locate(lon, lat)
    return Area.objects.open().filter(pk=village_of(code)).first() if code else None
