"""Outlines as they come in: what is read, what is repaired, what is refused, and how large it is."""

import math
from typing import Any

import pytest
import shapely

from linli.areas.actions import set_numbering
from linli.areas.geometry import area_m2, as_geojson, clean_outline, joined, polygons_of
from linli.areas.testing import polygon, square
from linli.kit.refusal import BadInput

SQUARE = polygon(square(0, 0))


def band_m2(lon_degrees: float, south: float, north: float) -> float:
    """Between two parallels: the zone of the ellipsoid, summed from narrow ones with their radii of curvature."""
    a, e2 = 6378137.0, 0.00669437999014
    steps = 2000
    total = 0.0
    for step in range(steps):
        phi = math.radians(south + (north - south) * (step + 0.5) / steps)
        w = 1 - e2 * math.sin(phi) ** 2
        total += a * a * (1 - e2) * math.cos(phi) / w**2
    return total * math.radians(north - south) / steps * math.radians(lon_degrees)


@pytest.mark.parametrize(("south", "north"), [(0, 1), (21.5, 21.51), (53, 54), (70, 80), (-34, -33)])
def test_an_area_is_that_of_the_ellipsoid(south: float, north: float) -> None:
    assert area_m2(shapely.box(110, south, 112, north)) == pytest.approx(band_m2(2, south, north), rel=1e-6)


def test_a_hole_is_no_area() -> None:
    whole, hole = clean_outline(SQUARE).outline, clean_outline(polygon(square(0.25, 0.25, 0.5))).outline
    ring = clean_outline(polygon(square(0, 0), square(0.25, 0.25, 0.5))).outline
    assert area_m2(ring) == pytest.approx(area_m2(whole) - area_m2(hole))


def test_a_bow_tie_becomes_both_its_halves_and_that_is_told() -> None:
    bow = [[110.0, 21.0], [110.2, 21.2], [110.2, 21.0], [110.0, 21.2], [110.0, 21.0]]
    cleaned = clean_outline(polygon(bow))
    assert cleaned.outline.is_valid
    assert cleaned.outline.area == pytest.approx(0.02)
    assert "110.1 21.1" in cleaned.repaired


def test_a_valid_outline_is_taken_as_it_is() -> None:
    cleaned = clean_outline(SQUARE)
    assert (cleaned.repaired, as_geojson(cleaned.outline)["coordinates"][0][0]) == ("", [110.25, 21.5])


def test_heights_are_left_out() -> None:
    ring = [[*point, 12.5] for point in square(0, 0)]
    assert not clean_outline(polygon(ring)).outline.has_z


def test_a_ring_left_open_is_closed() -> None:
    assert clean_outline(polygon(square(0, 0)[:-1])).outline.equals(clean_outline(SQUARE).outline)


@pytest.mark.parametrize(
    ("geometry", "code"),
    [
        (None, "not_an_outline"),
        ([], "not_an_outline"),
        ({"type": "Point", "coordinates": [110, 21]}, "not_an_outline"),
        ({"type": "GeometryCollection", "geometries": [SQUARE]}, "not_an_outline"),
        ({"type": "Polygon"}, "bad_rings"),
        ({"type": "Polygon", "coordinates": None}, "empty_outline"),
        ({"type": "Polygon", "coordinates": "abc"}, "bad_rings"),
        ({"type": "Polygon", "coordinates": [[["a", "b"]] * 4]}, "bad_rings"),
        ({"type": "Polygon", "coordinates": [[[110, 21], [111, 21]]]}, "bad_rings"),
        ({"type": "Polygon", "coordinates": [[[110], [111], [112], [110]]]}, "bad_rings"),
        ({"type": "Polygon", "coordinates": [[[110, 21], [111, None], [111, 22], [110, 21]]]}, "bad_rings"),
        ({"type": "Polygon", "coordinates": []}, "empty_outline"),
        ({"type": "MultiPolygon", "coordinates": []}, "empty_outline"),
        (polygon([[110, 21], [math.nan, 21], [111, 22], [110, 21]]), "not_finite"),
        (polygon([[110, 21], [math.inf, 21], [111, 22], [110, 21]]), "not_finite"),
        (polygon([[110, 21], [1e300, 21], [111, 22], [110, 21]]), "off_the_earth_outline"),
        (
            polygon([[12245000, 2451000], [12246000, 2451000], [12246000, 2452000], [12245000, 2451000]]),
            "off_the_earth_outline",
        ),
        (polygon([[lat, lon] for lon, lat in square(0, 0)]), "off_the_earth_outline"),
        (polygon([[30, 85], [31, 85], [31, 86], [30, 85]]), "swapped"),
        (polygon([[110, 21], [111, 21], [112, 21], [110, 21]]), "no_area"),
        (polygon([[110, 21]] * 5), "no_area"),
    ],
)
def test_what_is_no_outline_is_refused(db: None, geometry: Any, code: str) -> None:
    with pytest.raises(BadInput) as refused:
        clean_outline(geometry, what="图 7")
    assert refused.value.code == code
    assert "图 7" in refused.value.message


def test_swapped_coordinates_are_named_as_such(db: None) -> None:
    with pytest.raises(BadInput) as refused:
        clean_outline(polygon([[lat, lon] for lon, lat in square(0, 0)]))
    assert "经纬度" in refused.value.message and "21.5" in refused.value.message


def test_svalbard_is_taken_where_codes_are_not_those_of_china(db: None) -> None:
    set_numbering([4, 7])
    assert clean_outline(polygon([[15, 78], [16, 78], [16, 79], [15, 78]])).repaired == ""


def test_lines_and_points_in_a_geometry_are_no_polygons() -> None:
    mixed = shapely.from_wkt("GEOMETRYCOLLECTION(POINT(1 1),LINESTRING(0 0,1 1),POLYGON((0 0,1 0,1 1,0 0)))")
    found = polygons_of(mixed)
    assert found is not None and found.geom_type == "Polygon"
    assert polygons_of(shapely.Point(1, 1)) is None


def test_outlines_of_one_area_become_one() -> None:
    one, other = clean_outline(SQUARE).outline, clean_outline(polygon(square(1, 0))).outline
    assert joined([one, other]).geom_type == "Polygon"
    assert joined([one]) is one
