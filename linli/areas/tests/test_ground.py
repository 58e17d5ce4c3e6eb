"""Where a point lies, now: levels, special grids, changes of boundaries, the index kept on disk, and borders nearby."""

import math
import resource
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings
from django.db import connection

from linli.areas import ground
from linli.areas.actions import close_area, set_boundary
from linli.areas.actions.register import EVER
from linli.areas.geometry import clean_outline
from linli.areas.ground.raster import NOTHING, Raster
from linli.areas.models import Boundary, GroundVersion, Kind
from linli.areas.testing import SIDE, SOUTH, WEST, draw, middle, polygon, square

pytestmark = pytest.mark.django_db
VILLAGE, FIRST, SECOND = "440881101201", "440881101201001", "440881101201002"


@pytest.fixture
def two_grids() -> None:
    """A village three squares wide: two grids, and a third that nobody has drawn."""
    draw(VILLAGE, polygon([*square(0, 0)[:1], *square(2, 0)[1:3], *square(0, 0)[3:]]))
    draw(FIRST, polygon(square(0, 0)))
    draw(SECOND, polygon(square(1, 0)))


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "HOME", tmp_path)


def kept_files() -> list[Path]:
    return sorted((Path(settings.HOME) / "ground").glob("*"))


def test_a_point_lies_in_its_grid_else_in_the_village(two_grids: None) -> None:
    points = [middle(0, 0), middle(1, 0), middle(2, 0), middle(5, 5)]
    assert [ground.locate(*point) for point in points] == [FIRST, SECOND, VILLAGE, None]
    assert [ground.locate_leaf(*point) for point in points] == [FIRST, SECOND, None, None]
    lons, lats = zip(*points, strict=True)
    assert ground.locate_many(lons, lats) == [FIRST, SECOND, VILLAGE, None]
    assert ground.locate_many(lons, lats, leaves_only=True) == [FIRST, SECOND, None, None]


def test_no_points_have_no_answers(two_grids: None) -> None:
    assert ground.locate_many([], []) == []


def test_without_boundaries_every_point_lies_nowhere() -> None:
    assert (
        ground.locate(110.25, 21.5),
        ground.locate_many([110.25], [21.5]),
        ground.near_border(110.25, 21.5, 50),
    ) == (
        None,
        [None],
        [],
    )


def test_a_county_alone_answers_for_its_ground() -> None:
    draw("440881", polygon(square(0, 0)))
    assert ground.locate_leaf(*middle(0, 0)) == "440881"


def test_a_special_grid_wins_over_the_grid_beneath(two_grids: None) -> None:
    draw("440881101201500", polygon(square(0.9, 0.4, 0.2)), kind=Kind.SPECIAL_GRID)
    assert ground.locate(WEST + 0.95 * SIDE, SOUTH + 0.5 * SIDE) == "440881101201500"
    assert ground.locate(*middle(0, 0)) == FIRST


def test_a_special_grid_alone_leaves_the_rest_to_its_village() -> None:
    draw(VILLAGE, polygon(square(0, 0)))
    draw("440881101201500", polygon(square(0.4, 0.4, 0.2)), kind=Kind.SPECIAL_GRID)
    assert ground.locate_leaf(WEST + 0.1 * SIDE, SOUTH + 0.1 * SIDE) == VILLAGE
    assert ground.locate_leaf(*middle(0, 0)) == "440881101201500"


def test_a_natural_village_answers_for_nothing(two_grids: None) -> None:
    draw("440881101201600", polygon(square(0, 0)), kind=Kind.NATURAL_VILLAGE)
    assert ground.locate(*middle(0, 0)) == FIRST


def test_a_closed_grid_is_located_no_longer(two_grids: None) -> None:
    assert ground.locate(*middle(0, 0)) == FIRST
    close_area(Boundary.objects.get(area=FIRST).area, on=EVER)
    ground.look_again()
    assert ground.locate(*middle(0, 0)) == VILLAGE


def test_what_this_process_changes_it_sees_at_once(two_grids: None, django_capture_on_commit_callbacks) -> None:  # type: ignore[no-untyped-def]
    assert ground.locate(*middle(2, 0)) == VILLAGE
    with django_capture_on_commit_callbacks(execute=True):
        set_boundary(Boundary.objects.get(area=SECOND).area, clean_outline(polygon(square(2, 0))), on=EVER)
    assert [ground.locate(*middle(2, 0)), ground.locate(*middle(1, 0))] == [SECOND, VILLAGE]


def test_what_another_process_changes_is_seen_at_the_next_look(two_grids: None) -> None:
    before = ground.current()
    # As another process leaves it: rows and a version, and no word to this one.
    outline = bytes(Boundary.objects.get(area=FIRST).geometry)
    Boundary.objects.filter(area=FIRST).update(valid_to=EVER)
    Boundary.objects.filter(area=SECOND).update(geometry=outline)
    GroundVersion.objects.update(number=7)
    assert ground.current() is before
    ground.look_again()
    assert ground.locate(*middle(1, 0)) == VILLAGE


def test_a_look_that_finds_no_change_keeps_the_index(two_grids: None) -> None:
    before = ground.current()
    ground.look_again()
    assert ground.current() is before


def test_the_version_is_another_after_every_change(two_grids: None) -> None:
    seen = {GroundVersion.objects.get().number}
    for step in range(3):
        set_boundary(
            Boundary.objects.filter(area=FIRST).first().area, clean_outline(polygon(square(0, step + 2))), on=EVER
        )  # type: ignore[union-attr]
        seen.add(GroundVersion.objects.get().number)
    assert len(seen) == 4


def test_a_kept_index_is_read_and_not_built_again(two_grids: None) -> None:
    ground.current()
    for file in kept_files():
        raster = Raster.load(file)
        replace(raster, cells=np.full_like(raster.cells, NOTHING)).save(file)
    ground.forget()
    # The emptied index answers: it was read.
    assert ground.locate(*middle(0, 0)) is None


def test_a_damaged_index_is_built_again(two_grids: None) -> None:
    ground.current()
    whole = [file.read_bytes() for file in kept_files()]
    for file in kept_files():
        file.write_bytes(file.read_bytes()[:-500])
    ground.forget()
    assert ground.locate(*middle(0, 0)) == FIRST
    assert [len(file.read_bytes()) for file in kept_files()] == [len(one) for one in whole]


@contextmanager
def no_room_for(size: int) -> Iterator[None]:
    """No file may grow beyond so many bytes, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_leaves_no_rest_and_stops_nobody(two_grids: None) -> None:
    GroundVersion.objects.get()
    with no_room_for(10_000):
        assert ground.locate(*middle(0, 0)) == FIRST
    assert kept_files() == []


def test_only_the_last_few_indexes_are_kept(two_grids: None) -> None:
    grid = Boundary.objects.get(area=FIRST).area
    for step in range(10):
        set_boundary(grid, clean_outline(polygon(square(0, step))), on=EVER)
        ground.look_again()
        ground.current()
    assert len(kept_files()) <= 6


def test_one_question_a_second_asks_the_store(two_grids: None, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    ground.current()
    with django_assert_num_queries(0):
        for _each in range(50):
            ground.locate(*middle(0, 0))
    ground.look_again()
    with django_assert_num_queries(1):
        ground.locate(*middle(0, 0))


@pytest.mark.django_db(transaction=True)
def test_many_threads_may_ask_while_the_ground_changes(two_grids: None) -> None:
    wrong: list[object] = []

    def ask() -> None:
        try:
            wrong.extend(found for _each in range(60) if (found := ground.locate(*middle(0, 0))) != FIRST)
        except Exception as error:
            wrong.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _each in range(6)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        ground.forget()
        ground.look_again()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_while_one_thread_builds_the_others_go_on_with_what_was(
    two_grids: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ground.locate(*middle(0, 0)) == FIRST
    # A second has passed, and another thread is at it.
    monkeypatch.setattr(ground, "_looked_at", ground.time.monotonic() - 2)
    found: list[str | None] = []
    with ground._lock:
        asking = threading.Thread(target=lambda: found.append(ground.locate(*middle(0, 0))), daemon=True)
        asking.start()
        asking.join(timeout=20)
    assert found == [FIRST]


# --- near a border ------------------------------------------------------------------------------------------------------


def metres(east: float, north: float, lat: float) -> float:
    """How long a small step in degrees is on WGS-84, by the radii of curvature."""
    a, e2 = 6378137.0, 0.00669437999014
    phi = math.radians(lat)
    w = 1 - e2 * math.sin(phi) ** 2
    return math.hypot(
        math.radians(east) * a * math.cos(phi) / math.sqrt(w), math.radians(north) * a * (1 - e2) / w**1.5
    )


def test_in_the_middle_only_one_side_is_near(two_grids: None) -> None:
    assert ground.near_border(*middle(0, 0), 30) == [FIRST]


def test_near_a_border_both_sides_are_named_the_own_one_first(two_grids: None) -> None:
    border = WEST + SIDE
    assert ground.near_border(border - 0.0001, SOUTH + 0.005, 30) == [FIRST, SECOND]
    assert ground.near_border(border + 0.0001, SOUTH + 0.005, 30) == [SECOND, FIRST]


@pytest.mark.parametrize("lat", [0.5, 21.6, 53.4, 70.0])
@pytest.mark.parametrize(("east", "north"), [(0.001, 0.0), (0.0, 0.001), (0.001, 0.002), (0.0003, 0.0001)])
def test_distances_are_those_on_the_ground(lat: float, east: float, north: float) -> None:
    draw(FIRST, polygon([[110, lat], [110.01, lat], [110.01, lat + 0.01], [110, lat + 0.01], [110, lat]]))
    true_m = metres(east, north, lat)
    assert ground.near_border(110 - east, lat - north, true_m * 1.01) == [FIRST]
    assert ground.near_border(110 - east, lat - north, true_m * 0.99) == []


def test_the_nearest_point_is_sought_in_metres_not_in_degrees() -> None:
    # A slanting edge in the north, where a degree of longitude is a third of one of latitude.
    draw(FIRST, polygon([[110, 70], [110.02, 70.01], [110.02, 70], [110, 70]]))
    plane = metres(1, 0, 70.005), metres(0, 1, 70.005)
    edge = np.array([0.02, 0.01]) * plane
    to_point = np.array([0.009, 0.0055]) * plane
    true_m = abs(edge[0] * to_point[1] - edge[1] * to_point[0]) / np.hypot(*edge)
    assert ground.near_border(110.009, 70.0055, true_m * 1.01) == [FIRST]
    assert ground.near_border(110.009, 70.0055, true_m * 0.99) == []


def test_the_other_side_of_the_date_line_is_near() -> None:
    draw(FIRST, polygon([[179.99, 0], [180, 0], [180, 0.01], [179.99, 0.01], [179.99, 0]]))
    assert ground.near_border(-179.9999, 0.005, 30) == [FIRST]
