"""Numbers from outside."""

import pytest

from linli.kit.numbers import whole_number


@pytest.mark.parametrize(("said", "found"), [("0", 0), ("7", 7), ("07", 7), ("48", 48)])
def test_plain_digits_are_a_number(said: str, found: int) -> None:
    assert whole_number(said, 48) == found


@pytest.mark.parametrize("said", ["", "-1", "+1", " 1", "1.0", "²", "１", "٣", "49", "148", "9" * 5000, "1\n"])
def test_anything_else_is_none(said: str) -> None:
    assert whole_number(said, 48) is None
