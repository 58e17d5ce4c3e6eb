"""The calendar of working days is filled from the published notices, and the county's own days stay."""

from datetime import date
from pathlib import Path

import pytest
from django.core.management import call_command

from linli.kit.holidays import load_calendar
from linli.kit.models import CalendarDay
from linli.kit.refusal import BadInput
from linli.kit.workdays import stored_calendar

pytestmark = pytest.mark.django_db


def test_the_shipped_calendar_knows_holidays_and_made_up_working_days() -> None:
    load_calendar()
    calendar = stored_calendar()
    assert calendar.is_working(date(2026, 2, 14)) and date(2026, 2, 14).weekday() == 5
    assert not calendar.is_working(date(2026, 2, 17))
    assert calendar.is_working(date(2026, 10, 10)) and not calendar.is_working(date(2026, 10, 7))
    assert CalendarDay.objects.get(day="2026-10-01").name == "国庆节"


def test_years_without_a_notice_are_not_published() -> None:
    load_calendar()
    years = stored_calendar().published_years
    assert {2007, 2020, 2026} <= years and not {2006, 2027} & years


def test_loading_twice_adds_nothing_and_keeps_what_the_county_entered() -> None:
    assert load_calendar() > 600
    CalendarDay.objects.filter(day="2026-02-17").update(is_working=True)
    assert load_calendar() == 0
    assert CalendarDay.objects.get(day="2026-02-17").is_working
    assert load_calendar(overwrite=True) == 1


@pytest.mark.parametrize(
    "content", ["day\n2026-01-01\n", "day,is_working\n2026-13-01,1\n", "day,is_working\n2026-01-01,yes\n", "\0"]
)
def test_a_wrong_file_is_refused_and_nothing_is_stored(tmp_path: Path, content: str) -> None:
    path = tmp_path / "ours.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(BadInput):
        load_calendar(path)
    assert not CalendarDay.objects.exists()


def test_the_command_says_up_to_which_year_holidays_are_known(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("holidays")
    assert "2026" in capsys.readouterr().out
