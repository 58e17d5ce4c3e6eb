"""Pictures and measures of areas and places, as pages show them."""

from datetime import date, timedelta

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from linli.areas.models import Kind, PlaceKind

register = template.Library()

KIND_ICONS: dict[str, str] = {
    Kind.PROVINCE: "landmark",
    Kind.CITY: "landmark",
    Kind.COUNTY: "landmark",
    Kind.TOWNSHIP: "building-2",
    Kind.SUBDISTRICT: "building-2",
    Kind.ZONE: "factory",
    Kind.VILLAGE: "home",
    Kind.COMMUNITY: "building",
    Kind.GRID: "map",
    Kind.SPECIAL_GRID: "school",
    Kind.NATURAL_VILLAGE: "trees",
    Kind.VILLAGE_GROUP: "users",
}
PLACE_ICONS: dict[str, str] = {
    PlaceKind.SCHOOL: "school",
    PlaceKind.MARKET: "store",
    PlaceKind.CLINIC: "stethoscope",
    PlaceKind.FACTORY: "factory",
    PlaceKind.PARK: "trees",
    PlaceKind.HALL: "landmark",
    PlaceKind.OFFICE: "building-2",
    PlaceKind.WATER: "waves",
    PlaceKind.ROAD: "route",
    PlaceKind.OTHER: "map-pin",
}


@register.filter
def kind_icon(kind: str) -> str:
    """The icon of a kind of area."""
    return KIND_ICONS.get(kind, "map-pin")


@register.filter
def place_icon(kind: str) -> str:
    """The icon of a kind of place."""
    return PLACE_ICONS.get(kind, "map-pin")


@register.filter
def size(area_m2: float | None) -> str:
    """A size of ground in the unit people use for it: km² from a tenth of one on, else m²."""
    if area_m2 is None:
        return ""
    if abs(area_m2) >= 100_000:
        return _("%(size)s km²") % {"size": number_format(area_m2 / 1e6, 2, force_grouping=True)}
    return _("%(size)s m²") % {"size": number_format(round(area_m2), 0, force_grouping=True)}


@register.filter
def change(area_m2: float | None) -> str:
    """A size with its sign, for what became larger or smaller."""
    if area_m2 is None:
        return ""
    return ("+" if area_m2 >= 0 else "−") + size(abs(area_m2))


@register.filter
def day_before(on: date | None) -> date | None:
    """The last day of a time whose end is stored as the first day after it."""
    return None if on is None else on - timedelta(days=1)
