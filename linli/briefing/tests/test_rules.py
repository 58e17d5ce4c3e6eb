"""Periods of every rhythm, and sentences with their numbers."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import translation

from linli.briefing.rules import CAUGHT_UP, Rhythm, over, whole
from linli.briefing.saying import Piece, changes, issue_of, name_of, plain, say
from linli.statistics.changes import Change, Earlier
from linli.statistics.periods import Period
from linli.statistics.rules.comparisons import MONTH, YEAR


@pytest.mark.parametrize("rhythm", Rhythm)
def test_periods_follow_each_other_without_gap_or_overlap_for_years(rhythm: Rhythm) -> None:
    one = whole(rhythm, date(2023, 1, 1))
    for _each in range(120):
        assert whole(rhythm, one.first) == whole(rhythm, one.last) == one
        assert one.after.first == one.last + timedelta(days=1)
        assert one.after.before == one
        one = one.after


@pytest.mark.parametrize(
    ("rhythm", "day", "name", "issue"),
    [
        (Rhythm.WEEK, date(2026, 1, 1), "2026年第1周（12月29日至1月4日）", "2026年第1期（周报）"),
        (Rhythm.WEEK, date(2027, 1, 1), "2026年第53周（12月28日至1月3日）", "2026年第53期（周报）"),
        (Rhythm.MONTH, date(2026, 2, 28), "2026年2月", "2026年第2期（月报）"),
        (Rhythm.QUARTER, date(2026, 9, 30), "2026年第3季度", "2026年第3期（季报）"),
        (Rhythm.HALF_YEAR, date(2026, 7, 1), "2026年下半年", "2026年第2期（半年报）"),
        (Rhythm.YEAR, date(2026, 7, 1), "2026年度", "2026年年报"),
    ],
)
def test_periods_are_named_and_numbered_as_an_office_does(rhythm: Rhythm, day: date, name: str, issue: str) -> None:
    with translation.override("zh-hans"):
        assert name_of(whole(rhythm, day)) == name
        assert issue_of(whole(rhythm, day), 1) == issue
        assert issue_of(whole(rhythm, day), 2) == issue + "第2版"


def test_of_the_periods_that_are_over_the_last_few_are_made_up_for() -> None:
    today = date(2026, 11, 20)
    assert [one.first for one in over(Rhythm.MONTH, today, date(2026, 10, 31))] == [date(2026, 10, 1)]
    assert over(Rhythm.MONTH, today, date(2026, 11, 1)) == []
    long_ago = over(Rhythm.WEEK, today, date(2020, 1, 1))
    assert [one.last for one in long_ago] == [date(2026, 11, 1), date(2026, 11, 8), date(2026, 11, 15)]
    assert len(long_ago) == CAUGHT_UP


def test_numbers_keep_their_address_inside_a_sentence() -> None:
    said = say("%(b)s of %(a)s, 100 %%.", a=Piece("40", "/rows/"), b="12")
    assert said == [Piece("12"), Piece(" of "), Piece("40", "/rows/"), Piece(", 100 %.")]
    assert plain(said) == "12 of 40, 100 %."


def test_changes_are_stated_with_their_direction_and_not_from_few() -> None:
    period = Period(date(2025, 1, 1), date(2025, 1, 31))
    earlier = [Earlier(YEAR, period), Earlier(MONTH, period)]
    down, up = Change(YEAR, Decimal("-44.27")), Change(MONTH, Decimal("3.10"))
    with translation.override("zh-hans"):
        assert changes([down, up], earlier) == "同比下降44.27%，环比上升3.10%"
        assert changes([down], earlier) == "同比下降44.27%，环比基数较少，不作比较"
        assert changes([], earlier) == "同期、上期较少，不作比较"
        assert changes([Change(YEAR, Decimal("0.00"))], earlier[:1]) == "同比持平"
    with translation.override("en"):
        assert changes([down, up], earlier) == "y/y down 44.27 %, m/m up 3.10 %"
