"""Periods: whole days where the home is, in steps that can be seen at a glance."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from linli.kit.refusal import BadInput
from linli.statistics.periods import Named, Period

TODAY = date(2026, 11, 16)


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        (Named.THIS_MONTH, "2026-11-01", "2026-11-16"),
        (Named.LAST_MONTH, "2026-10-01", "2026-10-31"),
        (Named.THIS_QUARTER, "2026-10-01", "2026-11-16"),
        (Named.THIS_YEAR, "2026-01-01", "2026-11-16"),
        (Named.LAST_12_MONTHS, "2025-12-01", "2026-11-16"),
    ],
)
def test_a_named_period_has_its_days(name: Named, first: str, last: str) -> None:
    period = Period.parse({"period": name.value}, TODAY)
    assert (str(period.first), str(period.last)) == (first, last)
    assert Period.parse(period.asked, TODAY) == period


def test_in_january_the_last_month_is_december() -> None:
    period = Period.named(Named.LAST_MONTH, date(2026, 1, 31))
    assert (period.first, period.last) == (date(2025, 12, 1), date(2025, 12, 31))


def test_the_last_twelve_months_are_asked_for_when_nothing_is() -> None:
    assert Period.parse({}, TODAY).name == Named.LAST_12_MONTHS


def test_days_begin_at_midnight_in_shanghai() -> None:
    period = Period.parse({"from": "2026-10-01", "to": "2026-10-31"}, TODAY)
    assert period.start == datetime(2026, 9, 30, 16, tzinfo=UTC)
    assert period.end == datetime(2026, 10, 31, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({"from": "2026-13-01", "to": "2026-11-01"}, "bad_day"),
        ({"from": "gestern", "to": "2026-11-01"}, "bad_day"),
        ({"from": "2026-11-01"}, "day_missing"),
        ({"to": "2026-11-01"}, "day_missing"),
        ({"from": "2026-11-02", "to": "2026-11-01"}, "period_backwards"),
        ({"from": "2026-11-01", "to": "2026-11-17"}, "period_to_come"),
        ({"from": "1970-01-01", "to": "2026-11-01"}, "day_too_early"),
        ({"from": "2026-11-01", "to": "9999-12-31"}, "period_to_come"),
        ({"period": "last_century"}, "not_a_choice"),
    ],
)
def test_days_that_make_no_period_are_refused_in_words(sent: dict[str, str], code: str) -> None:
    with pytest.raises(BadInput) as refusal:
        Period.parse(sent, TODAY)
    assert refusal.value.code == code
    assert "%" not in refusal.value.message


@pytest.mark.parametrize(
    ("first", "last", "steps"),
    [("2026-11-01", "2026-11-16", 16), ("2026-01-15", "2026-11-16", 11), ("2020-02-01", "2026-11-16", 7)],
)
def test_steps_cover_the_period_without_gap_or_overlap(first: str, last: str, steps: int) -> None:
    period = Period(date.fromisoformat(first), date.fromisoformat(last))
    found = period.steps()
    assert len(found) == steps
    assert found[0].start == period.start
    assert found[-1].end == period.end
    assert all(one.end == following.start for one, following in zip(found, found[1:], strict=False))


def days(period: Period | None) -> tuple[str, str] | None:
    return (str(period.first), str(period.last)) if period else None


@pytest.mark.parametrize(
    ("first", "last", "year_before", "one_before"),
    [
        # A month, cut off or whole; whole months stay whole.
        ("2026-11-01", "2026-11-16", ("2025-11-01", "2025-11-16"), ("2026-10-01", "2026-10-16")),
        ("2026-10-01", "2026-10-31", ("2025-10-01", "2025-10-31"), ("2026-09-01", "2026-09-30")),
        ("2026-03-01", "2026-03-31", ("2025-03-01", "2025-03-31"), ("2026-02-01", "2026-02-28")),
        ("2026-02-01", "2026-02-28", ("2025-02-01", "2025-02-28"), ("2026-01-01", "2026-01-31")),
        # Leap days.
        ("2025-02-01", "2025-02-28", ("2024-02-01", "2024-02-29"), ("2025-01-01", "2025-01-31")),
        ("2024-02-01", "2024-02-29", ("2023-02-01", "2023-02-28"), ("2024-01-01", "2024-01-31")),
        ("2024-02-29", "2024-02-29", ("2023-02-28", "2023-02-28"), ("2024-01-29", "2024-01-29")),
        ("2024-03-01", "2024-03-29", ("2023-03-01", "2023-03-29"), ("2024-02-01", "2024-02-29")),
        # The last days of a month that the other has not.
        ("2026-03-31", "2026-03-31", ("2025-03-31", "2025-03-31"), ("2026-02-28", "2026-02-28")),
        ("2026-04-30", "2026-04-30", ("2025-04-30", "2025-04-30"), ("2026-03-30", "2026-03-30")),
        # Over a turn of the year; more than a month goes back as far as it is long.
        ("2026-01-10", "2026-01-16", ("2025-01-10", "2025-01-16"), ("2025-12-10", "2025-12-16")),
        ("2026-09-29", "2026-11-12", ("2025-09-29", "2025-11-12"), ("2026-07-29", "2026-09-12")),
        ("2026-07-01", "2026-09-30", ("2025-07-01", "2025-09-30"), ("2026-04-01", "2026-06-30")),
        ("2026-01-01", "2026-11-16", ("2025-01-01", "2025-11-16"), ("2025-02-01", "2025-12-16")),
        # A year and its months before are the same; of more than a year there is no year over year.
        ("2025-12-01", "2026-11-16", ("2024-12-01", "2025-11-16"), ("2024-12-01", "2025-11-16")),
        ("2025-01-01", "2026-12-31", None, ("2023-01-01", "2024-12-31")),
    ],
)
def test_a_period_is_compared_with_the_same_days_before(
    first: str, last: str, year_before: tuple[str, str] | None, one_before: tuple[str, str]
) -> None:
    period = Period(date.fromisoformat(first), date.fromisoformat(last))
    assert days(period.year_before) == year_before
    assert days(period.one_before) == one_before


@given(some.dates(date(1995, 1, 1), date(2030, 1, 1)), some.integers(0, 900))
def test_no_period_is_compared_with_a_part_of_itself(first: date, length: int) -> None:
    period = Period(first, first + timedelta(days=length))
    for earlier in filter(None, (period.year_before, period.one_before)):
        assert earlier.first <= earlier.last < period.first


@given(some.dates(date(1995, 1, 1), date(2030, 1, 1)), some.integers(0, 900))
def test_months_and_days_cover_a_period_once(first: date, length: int) -> None:
    period = Period(first, first + timedelta(days=length))
    for parts in (period.months(), period.days()):
        covered = [
            part.first + timedelta(days=one) for part in parts for one in range((part.last - part.first).days + 1)
        ]
        assert covered == [first + timedelta(days=one) for one in range(length + 1)]
