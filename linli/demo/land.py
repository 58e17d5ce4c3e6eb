"""Putting the drawn ground into the home: areas, boundaries, natural villages and places."""

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from random import Random

import shapely
from shapely.geometry.base import BaseGeometry

from linli.areas.actions import ground_changed
from linli.areas.geometry import area_m2, to_wkb
from linli.areas.models import Area, Boundary, Kind, Place, PlaceKind, Settlement
from linli.demo.ground import draw
from linli.demo.words import FOLDER, natural_village_name, short, texts

COUNTY = "440881"
#: Townships with less ground than their number of villages suggests: streets and the market town.
_DENSITY = {"440881001": 0.15, "440881002": 0.2, "440881003": 0.25, "440881108": 0.45, "440881401": 3.0}
#: The grid of the demo's grid worker lies here, and so do most eyes.
HOME_TOWN = "440881101"
#: What `--small` keeps: two townships of four villages.
_SMALL_TOWNS = (HOME_TOWN, "440881112")
_SMALL_VILLAGES = 4
OPENED = date(2024, 1, 1)
_NUMERALS = "一二三四五六"


@dataclass
class Spot:
    """A place by which people say where something is."""

    name: str
    lon: float
    lat: float


@dataclass
class Land:
    """The ground as the rest of the demo needs it."""

    areas: dict[str, Area]
    outlines: dict[str, BaseGeometry]
    #: A point inside each grid.
    points: dict[str, tuple[float, float]]
    #: Grid code to the places in and near it.
    spots: dict[str, list[Spot]] = field(default_factory=lambda: defaultdict(list))

    @property
    def grids(self) -> list[str]:
        """Codes of the grids, sorted."""
        return sorted(code for code in self.outlines if len(code) == 15)

    @property
    def villages(self) -> list[str]:
        """Codes of villages and communities, sorted."""
        return sorted(code for code in self.outlines if len(code) == 12)

    @property
    def towns(self) -> list[str]:
        """Codes of townships, sorted."""
        return sorted(code for code in self.outlines if len(code) == 9)


def make_land(rng: Random, *, small: bool) -> Land:
    """Draw the county and keep it. Every area is marked as demo."""
    divisions = _divisions(small)
    grids = {
        code: [f"{code}{number:03d}" for number in range(1, rng.randint(3, 6) + 1)]
        for code in divisions
        if len(code) == 12
    }
    seats = {town: seat for town, seat in _seats().items() if town in divisions}
    shares = {town: _DENSITY.get(town, 1.0) * sum(code.startswith(town) for code in grids) for town in seats}
    drawn = draw(_outline(), seats, shares, grids, rng.randrange(2**31))
    areas = {area.code: area for area in _areas(divisions, grids, rng)}
    Area.objects.bulk_create(areas.values())
    set_boundaries(drawn.outlines)
    land = Land(areas, drawn.outlines, drawn.points)
    _add_natural_villages(land, rng)
    _add_places(land, rng)
    return land


def _divisions(small: bool) -> dict[str, str]:
    """Codes of 6, 9 and 12 digits and their names, parents first."""
    with (FOLDER / "lianjiang.csv").open(encoding="utf-8", newline="") as file:
        rows = {_trimmed(row["code"]): row["name"] for row in csv.DictReader(file)}
    if not small:
        return rows
    kept = [COUNTY, *_SMALL_TOWNS]
    for town in _SMALL_TOWNS:
        kept += [code for code in rows if len(code) == 12 and code.startswith(town)][:_SMALL_VILLAGES]
    return {code: rows[code] for code in sorted(kept, key=lambda code: (len(code), code))}


def _trimmed(national: str) -> str:
    """A national code of twelve digits without the zeros of the levels it does not reach."""
    if national.endswith("000000"):
        return national[:6]
    return national[:9] if national.endswith("000") else national


def _seats() -> dict[str, tuple[float, float]]:
    with (FOLDER / "lianjiang_seats.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: (float(row["lon"]), float(row["lat"])) for row in csv.DictReader(file)}


def _outline() -> BaseGeometry:
    collection = shapely.from_geojson((FOLDER / "lianjiang_outline.geojson").read_text(encoding="utf-8"))
    return shapely.union_all(shapely.get_parts(collection))


def _areas(divisions: dict[str, str], grids: dict[str, list[str]], rng: Random) -> Iterator[Area]:
    levels = {6: "county", 9: "township", 12: "village"}
    for code, name in sorted(divisions.items(), key=lambda row: (len(row[0]), row[0])):
        yield _area(code, name, levels[len(code)], _kind(code, name), code.ljust(12, "0"))
    for village, codes in grids.items():
        place = short(divisions[village])
        special = _special_grid(village, divisions, rng)
        for index, code in enumerate(codes):
            if index == len(codes) - 1 and special:
                yield _area(code, special, "grid", Kind.SPECIAL_GRID)
            else:
                yield _area(code, f"{place}第{_NUMERALS[index]}网格", "grid", Kind.GRID)


def _area(code: str, name: str, level: str, kind: Kind, national: str = "") -> Area:
    above = {6: None, 9: code[:6], 12: code[:9], 15: code[:12]}[len(code)]
    return Area(
        code=code,
        name=name,
        level=level,
        kind=kind,
        parent_id=above,
        national_code=national,
        valid_from=OPENED,
        is_demo=True,
    )


def _kind(code: str, name: str) -> Kind:
    if len(code) == 6:
        return Kind.COUNTY
    if len(code) == 9:
        return Kind.SUBDISTRICT if name.endswith("街道") else Kind.ZONE if name.endswith("区") else Kind.TOWNSHIP
    return Kind.VILLAGE if name.endswith("村委会") else Kind.COMMUNITY


def _special_grid(village: str, divisions: dict[str, str], rng: Random) -> str:
    """The name of a village's special grid, if it has one: the township's market, or a school."""
    first = min(code for code in divisions if len(code) == 12 and code.startswith(village[:9]))
    if village == first:
        return f"{short(divisions[village[:9]])}农贸市场专属网格"
    return f"{short(divisions[village])}小学专属网格" if rng.random() < 0.1 else ""


def set_boundaries(outlines: dict[str, BaseGeometry]) -> None:
    """Keep the outlines as the boundaries now in force."""
    Boundary.objects.bulk_create(
        Boundary(
            area_id=code,
            geometry=to_wkb(outline),
            **dict(zip(("west", "south", "east", "north"), outline.bounds, strict=True)),
            area_m2=area_m2(outline),
            valid_from=OPENED,
            source="示例 demo",
        )
        for code, outline in outlines.items()
    )
    ground_changed()


def _add_natural_villages(land: Land, rng: Random) -> None:
    """One to three natural villages in each village, each in the care of one grid or two."""
    made: list[Area] = []
    links: list[Settlement] = []
    for village in land.villages:
        if land.areas[village].kind != Kind.VILLAGE:
            continue
        grids = [code for code in land.grids if code.startswith(village)]
        names = {natural_village_name(rng) for _one in range(rng.randint(1, 3))}
        for number, name in enumerate(sorted(names), 901):
            made.append(_area(f"{village}{number}", name, "grid", Kind.NATURAL_VILLAGE))
            for grid in rng.sample(grids, rng.randint(1, 2)):
                links.append(Settlement(grid_id=grid, settlement_id=made[-1].code))
                land.spots[grid].append(Spot(name, *land.points[grid]))
    Area.objects.bulk_create(made)
    Settlement.objects.bulk_create(links)


def _add_places(land: Land, rng: Random) -> None:
    made = []
    for area, name, kind in _place_names(land, rng):
        grid = area if len(area) == 15 else rng.choice([code for code in land.grids if code.startswith(area)])
        lon, lat = point_near(land, grid, rng)
        made.append(Place(area_id=grid, name=name, kind=kind, lon=lon, lat=lat))
        land.spots[grid].append(Spot(name, lon, lat))
    Place.objects.bulk_create(made)
    for grid in land.grids:
        if not land.spots[grid]:
            land.spots[grid].append(Spot(f"{short(land.areas[grid[:12]].name)}村口", *land.points[grid]))


def _place_names(land: Land, rng: Random) -> Iterator[tuple[str, str, PlaceKind]]:
    words = texts()
    for town in land.towns:
        place = short(land.areas[town].name)
        centre = min(land.villages, key=lambda code: (not code.startswith(town), code))
        yield centre, f"{place}{rng.choice(words['markets'])}", PlaceKind.MARKET
        yield centre, f"{place}卫生院", PlaceKind.CLINIC
        yield centre, f"{place}{rng.choice(words['parks'])}", PlaceKind.PARK
        yield town, f"{place}{rng.choice(words['factories'])}", PlaceKind.FACTORY
        yield town, f"{place}初级中学", PlaceKind.SCHOOL
        for road in rng.sample(words["roads"], 3):
            yield centre, f"{place}{road}", PlaceKind.ROAD
    for village in land.villages:
        place = short(land.areas[village].name)
        yield village, f"{place}{rng.choice(words['halls'])}", PlaceKind.HALL
        if rng.random() < 0.5:
            yield village, f"{place}{rng.choice(words['waters'])}", PlaceKind.WATER
        if rng.random() < 0.4:
            yield village, f"{place}小学", PlaceKind.SCHOOL
        if rng.random() < 0.4:
            yield village, f"{place}卫生站", PlaceKind.CLINIC


def point_near(land: Land, grid: str, rng: Random, around: tuple[float, float] | None = None) -> tuple[float, float]:
    """A point of the grid near its middle (or `around`), in degrees, to a tenth of a metre."""
    outline, middle = land.outlines[grid], around or land.points[grid]
    for reach in (0.004, 0.002, 0.001, 0.0005):
        lon, lat = round(rng.gauss(middle[0], reach), 6), round(rng.gauss(middle[1], reach), 6)
        if shapely.contains_xy(outline, lon, lat):
            return lon, lat
    inside = outline.representative_point()
    return inside.x, inside.y
