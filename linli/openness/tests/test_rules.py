"""Places and numbers as the public sees them: tables and pure functions."""

from datetime import datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some

from linli.events.rules import CELLS, ENDED, NEW, SOLVED, PublicPlace, State, shown_at
from linli.openness.rules import LISTED, OTHER, PLAIN, Pace, guarded, next_letter
from linli.statistics.rules import SMALL

LON, LAT = some.floats(73, 136), some.floats(3, 54)
GRIDS = some.sampled_from(sorted(CELLS))


@given(GRIDS, LON, LAT)
def test_the_place_lies_in_the_cell_that_is_shown(place: str, lon: float, lat: float) -> None:
    spot = shown_at(place, lon, lat)
    assert spot is not None
    for true, shown in ((lon, spot.lon), (lat, spot.lat)):
        assert abs(true - shown) <= spot.size / 2 * (1 + 1e-6)


@given(GRIDS, LON, LAT, some.floats(0, 0.999), some.floats(0, 0.999))
def test_two_places_in_one_cell_cannot_be_told_apart(place: str, lon: float, lat: float, x: float, y: float) -> None:
    spot = shown_at(place, lon, lat)
    assert spot is not None
    other = shown_at(place, spot.lon + (x - 0.5) * spot.size * 0.999, spot.lat + (y - 0.5) * spot.size * 0.999)
    assert other == spot == shown_at(place, spot.lon, spot.lat)


@given(LON, LAT)
def test_a_wide_cell_holds_near_ones_whole(lon: float, lat: float) -> None:
    """So nobody narrows a place down who saw it before and after the category was edited."""
    near, wide = shown_at(PublicPlace.NEAR, lon, lat), shown_at(PublicPlace.WIDE, lon, lat)
    assert near is not None and wide is not None
    assert shown_at(PublicPlace.WIDE, near.lon, near.lat) == wide


@given(LON, LAT)
def test_where_no_place_is_public_none_is_shown(lon: float, lat: float) -> None:
    assert shown_at(PublicPlace.VILLAGE, lon, lat) is None
    assert shown_at(PublicPlace.NONE, lon, lat) is None
    assert shown_at(PublicPlace.EXACT, None, None) is None


def test_cells_are_as_wide_as_their_names_say() -> None:
    metres = {place: 111_195 / cells.to_degree for place, cells in CELLS.items()}
    assert 10 < metres["exact"] < 12
    assert 100 < metres["near"] < 120
    assert 500 < metres["wide"] < 600


def test_listed_is_what_somebody_has_taken_on_and_nothing_else() -> None:
    assert not LISTED & NEW
    assert not LISTED & (ENDED - SOLVED)
    assert State.MERGED not in LISTED and State.VOIDED not in LISTED and State.IN_MEDIATION not in LISTED
    assert set(PLAIN) == LISTED


COUNTS = some.dictionaries(some.sampled_from("abcdef"), some.integers(0, 40))


@given(COUNTS, some.integers(0, 40))
def test_no_small_number_is_shown_or_can_be_reckoned(parts: dict[str, int], other: int) -> None:
    kept = guarded(parts, other)
    shown = {key: n for key, n in kept.parts.items() if n is not None}
    assert not [n for n in shown.values() if 0 < n < SMALL]
    assert kept.whole is None or not 0 < kept.whole < SMALL
    # The list tells of every public category: the others must not follow from the whole.
    assert kept.whole is None or not 0 < other < SMALL
    hidden = [key for key, n in kept.parts.items() if n is None]
    if kept.whole is not None and hidden:
        assert len(hidden) > 1
        told = [{**parts, OTHER: other}[key] for key in hidden]
        # Other numbers would make up the same whole.
        assert max(told) >= SMALL or len(told) < sum(told) < len(told) * (SMALL - 1)
    assert shown.items() <= {**parts, OTHER: other}.items()


@pytest.mark.parametrize(
    ("pace", "after", "due"),
    [
        (Pace.DAILY, "2026-11-16 07:59", "2026-11-16 08:00"),
        (Pace.DAILY, "2026-11-16 08:00", "2026-11-17 08:00"),
        (Pace.DAILY, "2026-11-16 23:00", "2026-11-17 08:00"),
        (Pace.WEEKLY, "2026-11-16 07:00", "2026-11-23 08:00"),
        (Pace.WEEKLY, "2026-11-16 12:00", "2026-11-23 08:00"),
    ],
)
def test_letters_come_in_the_morning(pace: str, after: str, due: str) -> None:
    assert next_letter(datetime.fromisoformat(after), pace) == datetime.fromisoformat(due)


def test_letters_never_come_closer_than_they_are_wanted() -> None:
    for pace, hours in ((Pace.DAILY, 24), (Pace.WEEKLY, 168)):
        times = [datetime.fromisoformat("2026-11-16 09:00")]
        for _turn in range(5):
            times.append(next_letter(times[-1], pace))
        assert all((later - one).total_seconds() == hours * 3600 for one, later in pairwise(times[1:]))
