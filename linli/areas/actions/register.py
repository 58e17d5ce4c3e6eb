"""The register of areas: the numbering of a home, opening, naming and closing areas, and the places in them."""

import secrets
import unicodedata
from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from linli.areas import ground
from linli.areas.codes import LEVEL_NAMES, Numbering, forget_numbering, numbering, parent_of
from linli.areas.models import SETTLEMENTS, Area, GroundVersion, HomeNumbering, Kind, Place, PlaceKind, Settlement
from linli.kit.refusal import BadInput, Refused

EVER = date(1949, 10, 1)
LONGEST_NAME = 100

#: What the last signs of a name say of the kind, level by level; the first that fits wins, else the level's own.
_BY_NAME: dict[str, tuple[tuple[str, Kind], ...]] = {
    "township": (("街道", Kind.SUBDISTRICT), ("街道办事处", Kind.SUBDISTRICT), ("区", Kind.ZONE), ("园", Kind.ZONE)),
    "village": (
        ("社区", Kind.COMMUNITY),
        ("居委会", Kind.COMMUNITY),
        ("居民委员会", Kind.COMMUNITY),
        ("里", Kind.COMMUNITY),
    ),
}


def kind_of(level: str, name: str) -> Kind:
    """The kind an area of this level and name has unless somebody says otherwise."""
    endings = _BY_NAME.get(level, ())
    return next((kind for ending, kind in endings if name.endswith(ending)), Kind(level))


@transaction.atomic
def set_numbering(widths: Sequence[int], levels: Sequence[str] | None = None) -> Numbering:
    """Choose the digits per level, from the top down, once per home and before its first area. Raises `BadInput`, `Refused`."""
    if levels is None:
        if len(widths) not in LEVEL_NAMES:
            raise BadInput("bad_widths", _("A numbering has one to six levels, e.g. 6,9,12,15."))
        levels = LEVEL_NAMES[len(widths)]
    rising = all(first < second for first, second in pairwise(widths))
    if not widths or not rising or widths[0] < 1 or widths[-1] > 30:
        raise BadInput("bad_widths", _("The digits per level must rise, from 1 to 30 at most, e.g. 6,9,12,15."))
    if len(levels) != len(widths) or len(set(levels)) != len(levels) or set(levels) - set(LEVEL_NAMES[6]):
        raise BadInput(
            "bad_levels",
            _("Name as many levels as there are widths, out of: %(levels)s."),
            levels=", ".join(LEVEL_NAMES[6]),
        )
    chosen = Numbering(tuple(widths), tuple(levels))
    if chosen == numbering():
        return chosen
    if Area.objects.exists():
        raise Refused(
            "home_has_areas",
            _("The numbering is chosen before the first area, and this home has areas. Start with an empty home."),
        )
    HomeNumbering.objects.update_or_create(
        id=1, defaults={"widths": ",".join(map(str, widths)), "levels": ",".join(levels)}
    )
    forget_numbering()
    return chosen


def clean_code(given: object, *, what: str = "") -> str:
    """The code in plain digits (full-width ones are turned). Raises `BadInput` for one no level has. `what` says where."""
    if isinstance(given, float) and given.is_integer():
        given = int(given)
    code = unicodedata.normalize("NFKC", str(given)).strip()
    if numbering().level(code) is None:
        raise BadInput(
            "bad_code",
            _("%(what)s: “%(code)s” is no area code here. A code has %(widths)s digits."),
            what=what,
            code=code[:40],
            widths=", ".join(map(str, numbering().widths)),
        )
    return code


#: Signs nobody can read: control characters, halves of a pair.
_NO_TEXT = frozenset({"Cc", "Cs"})


def clean_name(given: object, *, what: str = "") -> str:
    """The name on one line without space around it. Raises `BadInput` if there is none or it is too long."""
    name = " ".join(str(given).split()) if isinstance(given, str | int | float) else ""
    if not name or len(name) > LONGEST_NAME or any(unicodedata.category(sign) in _NO_TEXT for sign in name):
        raise BadInput(
            "bad_area_name",
            _("%(what)s: a name of 1 to %(longest)s characters is needed."),
            what=what,
            longest=LONGEST_NAME,
        )
    return name


@transaction.atomic
def add_area(
    code: str,
    name: str,
    *,
    kind: str | None = None,
    valid_from: date = EVER,
    national_code: str = "",
    is_demo: bool = False,
) -> Area:
    """Open an area under the one its code names as parent. Raises `BadInput`."""
    code = clean_code(code, what=name)
    level = numbering().level(code)
    assert level is not None
    parent = _open_parent(code)
    if Area.objects.filter(pk=code).exists():
        raise BadInput(
            "code_taken", _("The code %(code)s has been used. Codes are never used again; choose another."), code=code
        )
    return Area.objects.create(
        code=code,
        name=clean_name(name, what=code),
        level=level,
        kind=kind or kind_of(level, name),
        parent=parent,
        valid_from=valid_from,
        national_code=national_code,
        is_demo=is_demo,
    )


def _open_parent(code: str) -> Area | None:
    above = parent_of(code)
    if above is None:
        return None
    parent = Area.objects.filter(pk=above).first()
    if parent is None:
        raise BadInput(
            "no_parent", _("There is no area %(parent)s to put %(code)s in. Add it first."), parent=above, code=code
        )
    if not parent.is_open:
        raise BadInput(
            "parent_closed", _("%(parent)s is closed. Open the area under its successor."), parent=parent.name
        )
    return parent


@transaction.atomic
def rename_area(area: Area, name: str) -> None:
    """Give an area another name; its code stays."""
    area.name = clean_name(name, what=area.code)
    area.save(update_fields=["name"])
    ground_changed()


@transaction.atomic
def close_area(area: Area, *, on: date, successor: Area | None = None) -> None:
    """The area exists until the day before `on`. Raises `Refused` while areas inside it are open."""
    if not area.is_open:
        raise Refused("closed_already", _("%(area)s is closed already."), area=area.name)
    if area.children.filter(valid_to__isnull=True).exists():
        raise Refused("children_open", _("%(area)s still has open areas in it. Close those first."), area=area.name)
    if on < area.valid_from:
        raise BadInput(
            "closes_before_opening",
            _("%(area)s cannot close before it opened (%(day)s)."),
            area=area.name,
            day=area.valid_from.isoformat(),
        )
    area.valid_to = on
    area.successor = successor
    area.save(update_fields=["valid_to", "successor"])
    area.boundaries.filter(valid_to__isnull=True).update(valid_to=on)
    ground_changed()


def ground_changed() -> None:
    """Tell every process that the areas on the map are different; part of the transaction that changed them."""
    # 62 bits fit the column on either store.
    version = GroundVersion(id=1, number=secrets.randbits(62))
    GroundVersion.objects.bulk_create([version], update_conflicts=True, unique_fields=["id"], update_fields=["number"])
    transaction.on_commit(ground.look_again)


#: The kinds an area of each level may have, the usual one first.
KINDS_AT: dict[str, tuple[Kind, ...]] = {
    "province": (Kind.PROVINCE,),
    "city": (Kind.CITY,),
    "county": (Kind.COUNTY,),
    "township": (Kind.TOWNSHIP, Kind.SUBDISTRICT, Kind.ZONE),
    "village": (Kind.VILLAGE, Kind.COMMUNITY),
    "grid": (Kind.GRID, Kind.SPECIAL_GRID, Kind.NATURAL_VILLAGE, Kind.VILLAGE_GROUP),
}


def kinds_below(parent: Area) -> tuple[Kind, ...]:
    """The kinds that may be opened in an area; none below the lowest level."""
    levels = numbering().levels
    place = levels.index(parent.level) + 1
    return KINDS_AT[levels[place]] if place < len(levels) else ()


#: The last three digits tell kinds apart. Townships and villages: 统计用区划代码编制规则 (国家统计局), segments three and
#: four; a village's children: our own.
_RUNNING: dict[str, range] = {
    Kind.SUBDISTRICT: range(1, 100),
    Kind.TOWNSHIP: range(100, 400),
    Kind.ZONE: range(400, 600),
    Kind.COMMUNITY: range(1, 200),
    Kind.VILLAGE: range(200, 400),
    Kind.GRID: range(1, 500),
    Kind.SPECIAL_GRID: range(500, 600),
    Kind.NATURAL_VILLAGE: range(600, 900),
    Kind.VILLAGE_GROUP: range(900, 1000),
}


def next_code(parent: Area, kind: str = Kind.GRID) -> str:
    """A code in `parent` that was never used: of the digits kept for its kind, the first; e.g. grids 001–499."""
    chosen = numbering()
    deeper = [width for width in chosen.widths if width > len(parent.code)]
    if not deeper:
        raise BadInput("nothing_below", _("%(area)s is of the lowest level; nothing lies below it."), area=parent.name)
    digits = deeper[0] - len(parent.code)
    used = set(Area.objects.filter(parent=parent).values_list("code", flat=True))
    running = _RUNNING.get(kind, range(1, 10**digits)) if digits == 3 else range(1, 10**digits)
    for number in running:
        code = f"{parent.code}{number:0{digits}d}"
        if code not in used:
            return code
    raise Refused("codes_used_up", _("All codes of this kind in %(area)s have been used."), area=parent.name)


@transaction.atomic
def cover(grid: Area, settlement: Area) -> None:
    """The grid covers (part of) a natural village or villagers' group. Raises `BadInput`."""
    if settlement.kind not in SETTLEMENTS or grid.kind in SETTLEMENTS:
        raise BadInput(
            "not_a_settlement",
            _("A grid covers natural villages and villagers' groups; %(area)s is none."),
            area=settlement.name,
        )
    Settlement.objects.get_or_create(grid=grid, settlement=settlement)


@transaction.atomic
def uncover(grid: Area, settlement: Area) -> None:
    """The grid covers this settlement no longer."""
    Settlement.objects.filter(grid=grid, settlement=settlement).delete()


@transaction.atomic
def add_place(area: Area, name: str, kind: str, *, lon: float | None = None, lat: float | None = None) -> Place:
    """A place people know, in an open area. Raises `BadInput`."""
    if kind not in PlaceKind.values:
        raise BadInput("bad_place_kind", _("Choose what sort of place it is."), field="kind")
    if (lon is None) != (lat is None) or (
        lon is not None and lat is not None and not (-180 <= lon <= 180 and -90 <= lat <= 90)
    ):
        raise BadInput(
            "bad_place_position", _("A position needs longitude and latitude in degrees, longitude first."), field="lon"
        )
    if not area.is_open:
        raise BadInput(
            "area_is_closed", _("%(area)s is closed. Choose the area that follows it."), area=area.name, field="area"
        )
    return Place.objects.create(area=area, name=clean_name(name, what=area.name), kind=kind, lon=lon, lat=lat)


@transaction.atomic
def close_place(place: Place, *, on: date) -> None:
    """The place is no more from that day on."""
    place.closed_on = on
    place.save(update_fields=["closed_on"])
