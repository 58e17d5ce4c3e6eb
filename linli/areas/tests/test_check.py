"""What is wrong with the ground, against cases drawn by hand with sizes known."""

from datetime import date
from typing import Any

import pytest

from linli.areas.actions import Finding, add_area, check_ground, import_geojson
from linli.areas.geometry import area_m2, clean_outline
from linli.areas.models import Area, Kind
from linli.areas.testing import draw, feature, polygon, square, write_geojson

pytestmark = pytest.mark.django_db
VILLAGE, FIRST, SECOND, THIRD = "440881101201", "440881101201001", "440881101201002", "440881101201003"


def rectangle(column: float, row: float, width: float, height: float = 1) -> dict[str, Any]:
    west, south = square(column, row)[0]
    east, north = square(column + width, row + height)[0]
    return polygon([[west, south], [east, south], [east, north], [west, north], [west, south]])


def size_m2(geometry: dict[str, Any]) -> float:
    return area_m2(clean_outline(geometry).outline)


def found(sliver_m2: float = 100.0) -> list[tuple[str, tuple[str, ...], float]]:
    return [(one.kind, one.codes, one.area_m2) for one in check_ground(sliver_m2)]


def only() -> Finding:
    findings = list(check_ground())
    assert len(findings) == 1, findings
    return findings[0]


def test_grids_that_fill_their_village_are_right() -> None:
    draw(VILLAGE, rectangle(0, 0, 2))
    draw(FIRST, rectangle(0, 0, 1))
    draw(SECOND, rectangle(1, 0, 1))
    assert found() == []


def test_an_overlap_is_told_with_its_size_and_where() -> None:
    draw(FIRST, rectangle(0, 0, 1))
    draw(SECOND, rectangle(0.9, 0, 1))
    finding = only()
    assert (finding.kind, finding.codes) == ("overlap", (FIRST, SECOND))
    assert finding.area_m2 == pytest.approx(size_m2(rectangle(0.9, 0, 0.1)), rel=1e-6)
    assert f"{finding.area_m2:,.0f}" in finding.words and "110.259500,21.505000" in finding.words


def test_a_gap_is_told_with_its_size() -> None:
    draw(VILLAGE, rectangle(0, 0, 2))
    draw(FIRST, rectangle(0, 0, 1))
    draw(SECOND, rectangle(1, 0, 0.75))
    finding = only()
    assert (finding.kind, finding.codes) == ("gap", (VILLAGE,))
    assert finding.area_m2 == pytest.approx(size_m2(rectangle(1.75, 0, 0.25)), rel=1e-6)


def test_a_grid_beyond_its_village_is_told() -> None:
    draw(VILLAGE, rectangle(0, 0, 1))
    draw(FIRST, rectangle(0, 0, 1.5))
    finding = only()
    assert (finding.kind, finding.codes) == ("outside", (FIRST, VILLAGE))
    assert finding.area_m2 == pytest.approx(size_m2(rectangle(1, 0, 0.5)), rel=1e-6)


def test_a_hole_between_areas_without_an_outline_above_is_a_gap() -> None:
    ring = polygon(square(0, 0, 3), square(1, 1))
    draw(FIRST, ring)
    finding = only()
    assert (finding.kind, finding.codes) == ("gap", (FIRST,))
    assert finding.area_m2 == pytest.approx(size_m2(polygon(square(1, 1))), rel=1e-6)


def test_an_enclave_is_no_gap() -> None:
    draw(FIRST, polygon(square(0, 0, 3), square(1, 1)))
    draw(THIRD, polygon(square(1, 1)))
    assert found() == []


def test_a_sliver_is_no_finding_unless_asked_for() -> None:
    draw(FIRST, rectangle(0, 0, 1))
    draw(SECOND, rectangle(0.99999, 0, 1))
    assert found() == []
    assert [kind for kind, _codes, _size in found(1.0)] == ["overlap"]


def test_areas_that_only_touch_do_not_overlap() -> None:
    draw(FIRST, polygon(square(0, 0)))
    draw(SECOND, polygon(square(1, 1)))
    assert found(0.0) == []


def test_a_special_grid_may_lie_over_others() -> None:
    draw(VILLAGE, rectangle(0, 0, 1))
    draw(FIRST, rectangle(0, 0, 1))
    draw("440881101201500", rectangle(0.2, 0.2, 0.2, 0.2), kind=Kind.SPECIAL_GRID)
    assert found() == []


def test_a_special_grid_need_not_fill_its_village() -> None:
    draw(VILLAGE, rectangle(0, 0, 1))
    draw("440881101201500", rectangle(0.2, 0.2, 0.2, 0.2), kind=Kind.SPECIAL_GRID)
    assert found() == []


def test_levels_are_not_measured_against_each_other() -> None:
    draw("440881", rectangle(0, 0, 1))
    draw(VILLAGE, rectangle(0, 0, 1))
    assert found() == []


def test_an_open_area_under_a_closed_one_is_an_orphan() -> None:
    draw(FIRST, rectangle(0, 0, 1))
    Area.objects.filter(pk=VILLAGE).update(valid_to=date(2026, 1, 1))
    assert (only().kind, only().codes) == ("orphan", (FIRST,))


def test_an_area_without_one_above_is_an_orphan() -> None:
    add_area("440881", "廉江市")
    add_area("440881101", "石城镇")
    Area.objects.filter(pk="440881101").update(parent=None)
    assert (only().kind, only().codes) == ("orphan", ("440881101",))


def test_a_parent_made_for_an_import_is_told_until_it_is_imported(tmp_path: Any) -> None:
    path = write_geojson(tmp_path, feature(rectangle(0, 0, 1), code="440881101", name="石城镇"))
    import_geojson(path, code_field="code", name_field="name")
    assert (only().kind, only().codes) == ("orphan", ("440881",))
    path = write_geojson(tmp_path, feature(rectangle(0, 0, 1), code="440881", name="廉江市"))
    import_geojson(path, code_field="code", name_field="name")
    assert found() == []


def test_an_empty_home_has_nothing_wrong() -> None:
    assert found() == []


def test_a_check_reads_the_ground_in_few_questions(django_assert_max_num_queries: Any) -> None:
    for number in range(1, 20):
        draw(f"{VILLAGE}{number:03d}", rectangle(number, 0, 1))
    with django_assert_max_num_queries(5):
        assert found() == []
