"""Periods: whole days where the home is, in steps that can be seen at a glance."""

from datetime import UTC, date, datetime

import pytest

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
