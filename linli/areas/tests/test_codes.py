"""Codes: the path in the digits, ranges, and what every numbering has in common."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.areas import codes
from linli.areas.codes import Numbering, next_sibling, outermost, within
from linli.areas.models import Area

DEFAULT = codes.DEFAULT
TAIWAN = Numbering((5, 8, 11), codes.LEVEL_NAMES[3])
PROVINCE = Numbering((2, 4, 6, 9, 12, 15), codes.LEVEL_NAMES[6])
NUMBERINGS = [DEFAULT, TAIWAN, PROVINCE]

digits = st.text("0123456789", min_size=1, max_size=15)
#: Digits at the edges, where ranges go wrong.
edgy = st.text("0189", min_size=1, max_size=6)


@given(edgy, edgy)
def test_what_lies_inside_is_the_range_up_to_the_next_sibling(outer: str, inner: str) -> None:
    end = next_sibling(outer)
    assert codes.contains(outer, inner) == (outer <= inner and (end is None or inner < end))


@given(digits)
def test_the_next_sibling_is_none_only_for_nines(code: str) -> None:
    assert (next_sibling(code) is None) == (set(code) == {"9"})


def test_the_next_sibling_of_an_end_goes_one_digit_up() -> None:
    assert [next_sibling(code) for code in ("440881", "440899", "449999", "999", "0")] == [
        "440882",
        "4409",
        "45",
        None,
        "1",
    ]


@given(st.lists(edgy, max_size=8))
def test_the_outermost_codes_cover_the_same_and_none_covers_another(given_codes: list[str]) -> None:
    kept = outermost(given_codes)
    assert all(any(codes.contains(outer, code) for outer in kept) for code in given_codes)
    assert set(kept) <= set(given_codes)
    assert not any(one != other and codes.contains(one, other) for one in kept for other in kept)


@pytest.mark.parametrize("numbering", NUMBERINGS, ids=lambda one: ",".join(map(str, one.widths)))
@given(seed=st.text("0123456789", min_size=15, max_size=15))
def test_a_lineage_has_a_code_of_every_level_and_ends_with_itself(numbering: Numbering, seed: str) -> None:
    for level, width in zip(numbering.levels, numbering.widths, strict=True):
        code = seed[:width]
        line = codes.lineage(code, numbering)
        assert line[-1] == code
        assert [numbering.level(one) for one in line] == list(numbering.levels[: len(line)])
        assert codes.parent_of(code, numbering) == (line[-2] if len(line) > 1 else None)
        assert codes.at_level(code, level, numbering) == code
        assert numbering.level(code) == level


@pytest.mark.parametrize("wrong", ["", "4", "44088", "4408811012", "44088a", "４４０８８１", "-40881", "440881 "])
def test_a_code_of_no_level_has_none(wrong: str) -> None:
    assert DEFAULT.level(wrong) is None


def test_a_code_above_a_level_has_no_part_at_it() -> None:
    assert codes.at_level("440881", "village", DEFAULT) is None
    assert codes.at_level("440881101201005", "township", DEFAULT) == "440881101"


@pytest.mark.parametrize(
    ("code", "numbering", "padded"),
    [
        ("440881101201005", DEFAULT, "440881101"),
        ("440881", DEFAULT, "440881000"),
        ("64000130006", TAIWAN, "64000130"),
        ("64000", TAIWAN, "64000000"),
        ("44", PROVINCE, "440000000"),
    ],
)
def test_numbers_people_read_carry_a_township(code: str, numbering: Numbering, padded: str) -> None:
    assert codes.padded_township(code, numbering) == padded


@pytest.fixture
def every_code(db: None) -> list[str]:
    """An area for every code of one to four digits out of 0, 1, 8 and 9."""
    found = ["".join(signs) for length in range(1, 5) for signs in product("0189", repeat=length)]
    Area.objects.bulk_create(Area(code=code, name=code, level="grid", kind="grid") for code in found)
    return found


def test_the_range_finds_what_the_beginning_of_the_code_finds(every_code: list[str]) -> None:
    for code in [code for code in every_code if len(code) < 4]:
        found = set(Area.objects.filter(within(code, field="code")).values_list("pk", flat=True))
        assert found == {one for one in every_code if one.startswith(code)}


@pytest.mark.parametrize("several", [("1", "19"), ("08", "99", "9"), ("0", "1", "8", "9"), ("7",), ("89", "98"), ()])
def test_several_ranges_find_what_their_beginnings_find(every_code: list[str], several: tuple[str, ...]) -> None:
    found = set(Area.objects.filter(within(*several, field="code")).values_list("pk", flat=True))
    assert found == {one for one in every_code if one.startswith(several)}
