"""The raster gives the answers of the tree, wherever a point lies and whatever the polygons are like."""

from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon

from linli.areas.ground.index import Index
from linli.areas.ground.raster import SPLIT, Raster, build
from linli.areas.testing import mesh, scattered


def index_over(*polygons: Any) -> Index:
    return Index.over([f"{place:03d}" for place in range(len(polygons))], np.array(polygons, object))


def assert_agrees(index: Index, lons: NDArray[Any], lats: NDArray[Any]) -> None:
    exactly = index.locate_many_exactly(lons, lats)
    assert index.locate_many(lons, lats) == exactly
    few = slice(0, 500)
    points = zip(lons[few].tolist(), lats[few].tolist(), strict=True)
    assert [index.locate(lon, lat) for lon, lat in points] == exactly[few]


def on_grid_lines(index: Index, count: int, dice: np.random.Generator) -> tuple[NDArray[Any], NDArray[Any]]:
    """Points where cells and fine cells meet."""
    grid = index.raster.grid
    column = dice.integers(grid.columns * SPLIT, size=count) / SPLIT
    row = dice.integers(grid.rows * SPLIT, size=count) / SPLIT
    return grid.west + column * grid.side, grid.south + row * grid.side


def star(dice: np.random.Generator, centre: Any, radius: float) -> Polygon:
    """A polygon with up to 40 corners around a centre, sometimes with a hole of the same form."""
    corners = int(dice.integers(3, 40))
    angles = np.sort(dice.uniform(0, 2 * np.pi, corners))
    reach = radius * dice.uniform(0.2, 1, corners)
    ring = np.stack([np.cos(angles) * reach, np.sin(angles) * reach], axis=1)
    hole = [ring[::-1] * 0.4 + centre] if dice.random() < 0.3 else []
    return Polygon(ring + centre, hole)


def a_country(seed: int) -> list[Any]:
    """Large and tiny, overlapping, with islands and holes."""
    dice = np.random.default_rng(seed)
    made = []
    for _each in range(int(dice.integers(1, 25))):
        radius = 10 ** dice.uniform(-6, 0)
        parts = [star(dice, dice.uniform((100, 20), (104, 23)), radius) for _part in range(int(dice.integers(1, 4)))]
        made.append(shapely.make_valid(MultiPolygon(parts) if len(parts) > 1 else parts[0]))
    kept = [one for one in made if one.geom_type in ("Polygon", "MultiPolygon") and one.area > 0]
    return kept or [shapely.box(100, 20, 101, 21)]


@examples(max_examples=40)
@given(st.integers(0, 10_000))
def test_raster_and_tree_agree_on_any_polygons(seed: int) -> None:
    index = index_over(*a_country(seed))
    assert_agrees(index, *scattered(index.polygons, 1500, seed=seed))
    assert_agrees(index, *on_grid_lines(index, 500, np.random.default_rng(seed)))


def test_raster_and_tree_agree_on_villages_that_share_every_corner() -> None:
    index = index_over(*mesh(40, 30, seed=3))
    assert_agrees(index, *scattered(index.polygons, 20_000, seed=4))
    assert_agrees(index, *on_grid_lines(index, 5_000, np.random.default_rng(5)))


def test_a_point_on_a_shared_border_belongs_to_the_first() -> None:
    index = index_over(shapely.box(110, 21, 111, 22), shapely.box(111, 21, 112, 22))
    assert [index.locate(111.0, 21.5), index.locate(110.0, 21.0), index.locate(112.0, 22.0)] == ["000", "000", "001"]


def test_a_hole_is_outside_and_its_rim_inside() -> None:
    index = index_over(Polygon(shapely.box(0, 0, 4, 4).exterior, [shapely.box(1, 1, 2, 2).exterior]))
    assert [index.locate(1.5, 1.5), index.locate(1.0, 1.5), index.locate(0.5, 0.5)] == [None, "000", "000"]


def test_a_polygon_smaller_than_a_fine_cell_is_found() -> None:
    tiny = shapely.box(105.1234567, 25.1234567, 105.1234568, 25.1234568)
    index = index_over(shapely.box(100, 20, 101, 21), tiny)
    assert index.raster.grid.side / SPLIT > 1e-4
    assert index.locate(105.12345675, 25.12345675) == "001"
    assert index.locate(105.1234569, 25.1234567) is None


def test_of_polygons_over_each_other_the_first_wins_everywhere() -> None:
    index = index_over(shapely.box(1, 1, 2, 2), shapely.box(0, 0, 3, 3), shapely.box(0, 0, 3, 3))
    assert [index.locate(1.5, 1.5), index.locate(1.0, 2.0), index.locate(2.5, 2.5)] == ["000", "000", "001"]


def test_land_on_both_sides_of_the_date_line_is_found() -> None:
    both = MultiPolygon([shapely.box(177, -19, 180, -16), shapely.box(-180, -19, -179, -16)])
    index = index_over(both)
    found = [
        index.locate(*point)
        for point in ((180.0, -17.0), (-180.0, -17.0), (178.5, -18.0), (0.0, -17.0), (176.9, -17.0))
    ]
    assert found == ["000", "000", "000", None, None]


@pytest.mark.parametrize(
    "nowhere", [(float("nan"), 21.5), (110.5, float("inf")), (1e300, 21.5), (-181.0, 21.5), (110.5, -5e-324)]
)
def test_what_is_no_place_on_the_map_lies_nowhere(nowhere: tuple[float, float]) -> None:
    index = index_over(shapely.box(110, 21, 111, 22))
    assert index.locate(*nowhere) is None
    assert index.locate_many(np.array([nowhere[0]]), np.array([nowhere[1]])) == [None]


def test_no_points_have_no_answers() -> None:
    assert index_over(shapely.box(110, 21, 111, 22)).locate_many(np.array([]), np.array([])) == []


@pytest.mark.parametrize("size", [1e-9, 1e-5, 20.0])
def test_one_area_alone_is_found_whatever_its_size(size: float) -> None:
    index = index_over(shapely.box(110, 21, 110 + size, 21 + size))
    assert index.locate(110 + size / 2, 21 + size / 2) == "000"
    assert index.locate(110 - size, 21) is None


def test_a_long_thin_area_is_found() -> None:
    index = index_over(shapely.box(110, 21, 111, 21 + 1e-7))
    assert index.locate(110.5, 21 + 5e-8) == "000"
    assert index.locate(110.5, 21 + 2e-7) is None


def test_a_raster_is_read_back_as_it_was_stored(tmp_path: Path) -> None:
    raster = build(mesh(10, 8, seed=1))
    raster.save(tmp_path / "ground.npz")
    again = Raster.load(tmp_path / "ground.npz")
    assert again.grid == raster.grid
    for name in ("cells", "fine", "offsets", "candidates"):
        assert np.array_equal(getattr(again, name), getattr(raster, name))
    assert [file.name for file in tmp_path.iterdir()] == ["ground.npz"]


@pytest.mark.parametrize(
    "damage", [lambda whole: b"", lambda whole: whole[:1000], lambda whole: whole[:-40], lambda whole: b"x" * 99]
)
def test_a_damaged_file_is_known_as_one(tmp_path: Path, damage: Any) -> None:
    path = tmp_path / "ground.npz"
    build(mesh(10, 8, seed=1)).save(path)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises((ValueError, EOFError, BadZipFile)):
        Raster.load(path)
