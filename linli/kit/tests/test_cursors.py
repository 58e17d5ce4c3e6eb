"""The place where a page ended comes back as it was told, and nothing else is one."""

from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.kit.cursors import cursor, read_cursor


@given(st.datetimes(min_value=datetime(1000, 1, 1), timezones=st.just(UTC)), st.uuids())  # noqa: DTZ001
def test_a_place_comes_back_as_it_was(moment: datetime, key: UUID) -> None:
    assert read_cursor(cursor(moment, key)) == (moment, key)


def test_a_moment_of_another_zone_is_the_same_moment() -> None:
    moment = datetime(2026, 11, 16, 8, 0, 0, 5, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert cursor(moment, UUID(int=1)) == "20261116T000000.000005_" + "0" * 31 + "1"
    assert read_cursor(cursor(moment, UUID(int=1)))[0] == moment


@pytest.mark.parametrize(
    "after", ["", "_", "-_" + "0" * 32, "20261116T000000.000005", "20261116T000000.000005_x", "\0"]
)
def test_nothing_else_is_a_place(after: str) -> None:
    with pytest.raises(ValueError):
        read_cursor(after)
