"""The register: numbering, codes never used again, closing, redrawing, and the history of boundaries."""

from datetime import date
from typing import Any

import pytest

from linli.areas import ground
from linli.areas.actions import (
    Piece,
    add_area,
    add_place,
    close_area,
    next_code,
    outline_of,
    redraw,
    rename_area,
    set_boundary,
    set_numbering,
)
from linli.areas.actions.boundaries import boundaries_geojson
from linli.areas.actions.register import EVER
from linli.areas.codes import forget_numbering, numbering
from linli.areas.geometry import clean_outline
from linli.areas.models import Area, Boundary, Kind
from linli.areas.testing import draw, middle, polygon, square
from linli.kit.refusal import BadInput, Refused

pytestmark = pytest.mark.django_db
VILLAGE, GRID = "440881101201", "440881101201001"
DAY, LATER = date(2026, 11, 16), date(2026, 12, 1)


def piece(name: str, column: float, row: float, side: float = 1) -> Piece:
    return Piece(name, clean_outline(polygon(square(column, row, side))))


@pytest.fixture
def grid() -> Area:
    """A grid two squares wide and high."""
    return draw(GRID, polygon(square(0, 0, 2)))


def quarters() -> list[Piece]:
    return [piece(f"第{number}网格", number % 2, number // 2) for number in range(4)]


# --- numbering ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("widths", [[6, 9, 12, 15], [5, 8, 11], [6], [2, 4, 6, 9, 12, 15], [1, 30]])
def test_any_rising_widths_may_be_chosen(widths: list[int]) -> None:
    set_numbering(widths)
    forget_numbering()
    assert list(numbering().widths) == widths


def test_levels_may_be_named() -> None:
    assert set_numbering([2, 5], ["city", "village"]).level("12345") == "village"


@pytest.mark.parametrize(
    ("widths", "levels", "code"),
    [
        ([], None, "bad_widths"),
        ([6, 6], None, "bad_widths"),
        ([9, 6], None, "bad_widths"),
        ([0, 3], None, "bad_widths"),
        ([6, 31], None, "bad_widths"),
        ([1, 2, 3, 4, 5, 6, 7], None, "bad_widths"),
        ([6, 9], ["county"], "bad_levels"),
        ([6, 9], ["county", "county"], "bad_levels"),
        ([6, 9], ["county", "hamlet"], "bad_levels"),
    ],
)
def test_other_widths_and_levels_are_refused(widths: list[int], levels: list[str] | None, code: str) -> None:
    with pytest.raises(BadInput) as refused:
        set_numbering(widths, levels)
    assert refused.value.code == code


def test_the_numbering_is_chosen_before_the_first_area_only() -> None:
    add_area("440881", "廉江市")
    assert set_numbering([6, 9, 12, 15]).widths == (6, 9, 12, 15)
    with pytest.raises(Refused) as refused:
        set_numbering([5, 8, 11])
    assert refused.value.code == "home_has_areas"


# --- opening, naming, closing -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "name", "reason"),
    [
        ("440881101201002", "", "bad_area_name"),
        ("440881101201002", "甲\0", "bad_area_name"),
        ("44088110120100", "甲", "bad_code"),
        (GRID, "甲", "code_taken"),
        ("440881101202001", "甲", "no_parent"),
    ],
)
def test_what_cannot_be_opened_is_refused(grid: Area, code: str, name: str, reason: str) -> None:
    with pytest.raises(BadInput) as refused:
        add_area(code, name)
    assert refused.value.code == reason


def test_nothing_opens_in_a_closed_area(grid: Area) -> None:
    close_area(grid, on=DAY)
    close_area(Area.objects.get(pk=VILLAGE), on=DAY)
    with pytest.raises(BadInput) as refused:
        add_area(VILLAGE + "002", "第二网格")
    assert refused.value.code == "parent_closed"


def test_an_area_with_open_ones_in_it_is_not_closed(grid: Area) -> None:
    with pytest.raises(Refused) as refused:
        close_area(Area.objects.get(pk=VILLAGE), on=DAY)
    assert refused.value.code == "children_open"


def test_an_area_is_closed_once(grid: Area) -> None:
    close_area(grid, on=DAY)
    with pytest.raises(Refused) as refused:
        close_area(grid, on=LATER)
    assert refused.value.code == "closed_already"


def test_a_closed_area_exists_until_the_day_before(grid: Area) -> None:
    close_area(grid, on=DAY)
    assert list(Area.objects.valid_on(date(2026, 11, 15)).filter(pk=GRID)) == [grid]
    assert not Area.objects.valid_on(DAY).filter(pk=GRID).exists()
    assert not Boundary.objects.filter(area=grid, valid_to__isnull=True).exists()


def test_a_new_name_is_on_the_map_at_once(grid: Area) -> None:
    assert boundaries_geojson([GRID])["features"][0]["properties"]["name"] == grid.name
    rename_area(grid, "东街网格")
    ground.look_again()
    assert boundaries_geojson([GRID])["features"][0]["properties"]["name"] == "东街网格"


# --- codes --------------------------------------------------------------------------------------------------------------


def test_a_code_once_used_is_never_given_again(grid: Area) -> None:
    village = Area.objects.get(pk=VILLAGE)
    assert next_code(village) == VILLAGE + "002"
    close_area(grid, on=DAY)
    assert next_code(village) == VILLAGE + "002"


@pytest.mark.parametrize(
    ("kind", "digits"),
    [(Kind.GRID, "002"), (Kind.SPECIAL_GRID, "500"), (Kind.NATURAL_VILLAGE, "600"), (Kind.VILLAGE_GROUP, "900")],
)
def test_the_digits_tell_a_villages_children_apart(grid: Area, kind: str, digits: str) -> None:
    assert next_code(Area.objects.get(pk=VILLAGE), kind) == VILLAGE + digits


def test_codes_may_be_used_up(grid: Area) -> None:
    village = Area.objects.get(pk=VILLAGE)
    rows = [
        Area(code=f"{VILLAGE}{n}", name="校园", level="grid", kind=Kind.SPECIAL_GRID, parent=village)
        for n in range(500, 600)
    ]
    Area.objects.bulk_create(rows)
    with pytest.raises(Refused) as refused:
        next_code(village, Kind.SPECIAL_GRID)
    assert refused.value.code == "codes_used_up"


def test_nothing_lies_below_the_lowest_level(grid: Area) -> None:
    with pytest.raises(BadInput) as refused:
        next_code(grid)
    assert refused.value.code == "nothing_below"


# --- redrawing ----------------------------------------------------------------------------------------------------------


def test_a_redrawn_grid_closes_and_others_open_with_fresh_codes(grid: Area) -> None:
    made = redraw(grid, quarters(), on=DAY)
    grid.refresh_from_db()
    assert [one.code for one in made] == [f"{VILLAGE}{number:03d}" for number in (2, 3, 4, 5)]
    assert (grid.valid_to, made[0].valid_from, made[0].kind) == (DAY, DAY, Kind.GRID)
    ground.look_again()
    assert [ground.locate(*middle(column, row)) for row in (0, 1) for column in (0, 1)] == [one.code for one in made]


def test_the_largest_piece_is_the_successor(grid: Area) -> None:
    wide = Piece(
        "宽", clean_outline(polygon([*square(0, 0, 2)[:2], *square(0, 1, 2)[1:2], *square(0, 1)[:1], square(0, 0)[0]]))
    )
    made = redraw(grid, [piece("左上", 0, 1), wide, piece("右上", 1, 1)], on=DAY)
    grid.refresh_from_db()
    assert grid.successor == made[1]
    assert list(made[1].predecessors.all()) == [grid]


def test_the_outlines_of_former_days_are_kept(grid: Area) -> None:
    before = outline_of(grid)
    set_boundary(grid, piece("", 0, 0, 2.01).cleaned, on=DAY)
    redraw(grid, [piece("东网格", 0, 0, 2.01)], on=LATER)
    spans = grid.boundaries.order_by("valid_from").values_list("valid_from", "valid_to")
    assert list(spans) == [(EVER, DAY), (DAY, LATER)]
    assert outline_of(grid).area > before.area


def test_the_same_outline_again_is_no_change(grid: Area) -> None:
    assert set_boundary(grid, piece("", 0, 0, 2).cleaned, on=DAY) is None
    assert Boundary.objects.filter(area=grid).count() == 1


@pytest.mark.parametrize(
    ("pieces", "code"),
    [
        ([], "no_pieces"),
        ([piece("甲", 0, 0)], "pieces_differ"),
        ([piece("甲", 0, 0, 3)], "pieces_differ"),
        ([piece("甲", 5, 5, 2)], "pieces_differ"),
        ([piece("甲", 0, 0, 2), piece("乙", 0, 0)], "pieces_overlap"),
        ([piece("", 0, 0, 2)], "bad_area_name"),
    ],
)
def test_pieces_that_do_not_fit_are_refused(grid: Area, pieces: list[Piece], code: str) -> None:
    with pytest.raises(BadInput) as refused:
        redraw(grid, pieces, on=DAY)
    assert refused.value.code == code
    assert Area.objects.filter(parent=VILLAGE).count() == 1


def test_only_the_lowest_areas_are_redrawn(grid: Area) -> None:
    with pytest.raises(BadInput) as refused:
        redraw(Area.objects.get(pk=VILLAGE), quarters(), on=DAY)
    assert refused.value.code == "not_a_leaf"


# --- places -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ({"kind": "castle"}, "bad_place_kind"),
        ({"lon": 110.2}, "bad_place_position"),
        ({"lon": 110.2, "lat": 121.5}, "bad_place_position"),
        ({"name": ""}, "bad_area_name"),
    ],
)
def test_a_place_needs_a_name_a_kind_and_a_whole_position(grid: Area, how: dict[str, Any], code: str) -> None:
    with pytest.raises(BadInput) as refused:
        add_place(grid, **{"name": "小学", "kind": "school", **how})
    assert refused.value.code == code
