"""Where a report belongs: the area chosen, or the one the point lies in, with a question where it is near a border."""

from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from linli.areas import ground
from linli.areas.models import Area
from linli.events.rules import clean_position
from linli.kit.refusal import BadInput

#: A border is asked about within the accuracy of the position, within these bounds. Metres.
_NEAREST, _FARTHEST = 5.0, 80.0


@dataclass(frozen=True)
class Placed:
    """The area a report goes to, unless its reporter chooses one of `sides` (two or more, the nearest first)."""

    area: Area
    sides: list[Area] = field(default_factory=list)

    def chosen(self, code: str) -> Area:
        """The side of this code, or the area found."""
        return next((side for side in self.sides if side.code == code), self.area)


def place(code: str, lon: float | None, lat: float | None, accuracy_m: float | None = None) -> Placed:
    """Find the area. A point wins over a chosen area, unless that lies deeper inside. Raises `BadInput`."""
    position = clean_position(lon, lat)
    chosen = _chosen(code)
    found = ground.locate(*position) if position else None
    if position and found is None and chosen is None:
        raise BadInput(
            "outside",
            _("This point lies outside the area we serve. Choose a place inside, or the township by name."),
            field="area",
        )
    if found is None:
        if chosen is None:
            raise BadInput("where", _("Say where it is: choose a point or an area."), field="area")
        return Placed(chosen)
    if chosen is not None and chosen.code.startswith(found):
        return Placed(chosen)
    area = Area.objects.get(pk=found)
    if chosen is not None and not found.startswith(chosen.code):
        raise BadInput(
            "point_elsewhere",
            _("The point lies in %(area)s, but you chose %(chosen)s. Correct one of them."),
            area=area.name,
            chosen=chosen.name,
            field="area",
        )
    return Placed(area, sides(*position, accuracy_m) if position else [])


def sides(lon: float, lat: float, accuracy_m: float | None) -> list[Area]:
    """The areas on the sides of a border that this position may lie on, the nearest first; none away from borders."""
    codes = ground.near_border(lon, lat, min(max(accuracy_m or _NEAREST, _NEAREST), _FARTHEST))
    if len(codes) < 2:
        return []
    areas = Area.objects.select_related("parent").in_bulk(codes[:4])
    return [areas[code] for code in codes[:4] if code in areas]


def _chosen(code: str) -> Area | None:
    if not code.strip():
        return None
    area = Area.objects.filter(pk=code.strip()).first()
    if area is None:
        raise BadInput(
            "unknown_area", _("There is no area %(code)s. Choose one of the list."), code=code[:30], field="area"
        )
    return area
