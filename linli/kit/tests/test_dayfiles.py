"""Files of days off: lists and calendars, real ones that are odd or broken, and what is not clear is never taken."""

from datetime import date
from pathlib import Path

import pytest

from linli.kit.dayfiles import MAX_BYTES, Reading, read_days
from linli.kit.refusal import BadInput

EVENT = "BEGIN:VEVENT\r\nUID:{n}\r\n{lines}\r\nEND:VEVENT\r\n"


def ical(tmp_path: Path, *events: str) -> Path:
    rows = "".join(EVENT.format(n=n, lines=lines) for n, lines in enumerate(events))
    path = tmp_path / "days.ics"
    path.write_text(f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{rows}END:VCALENDAR\r\n", encoding="utf-8", newline="")
    return path


def read(tmp_path: Path, *events: str) -> Reading:
    """Beside a day that is clear, so that the file is not refused."""
    return read_days(ical(tmp_path, "DTSTART;VALUE=DATE:20270101\r\nSUMMARY:元旦（休）", *events))


@pytest.mark.parametrize(
    ("lines", "is_working"),
    [
        ("SUMMARY:国庆节（休）", False),
        ("SUMMARY:国庆节（班）", True),
        ("SUMMARY:国庆节 补班", True),
        ("SUMMARY:春节调休上班", True),
        ("SUMMARY:中秋节放假", False),
        ("SUMMARY:National Day (Public Holiday)", False),
        ("SUMMARY:Special working day", True),
        ("SUMMARY:Special non-working day", False),
        ("SUMMARY:国庆节\r\nX-APPLE-SPECIAL-DAY:WORK-HOLIDAY", False),
        ("SUMMARY:国庆节\r\nX-APPLE-SPECIAL-DAY:ALTERNATE-WORKDAY", True),
        ("SUMMARY:国庆节\r\nCATEGORIES:休", False),
        ("SUMMARY:国庆节\r\nCATEGORIES:Holidays,China", False),
        ("SUMMARY:国庆节\r\nDESCRIPTION:公众假期", False),
    ],
)
def test_the_signs_that_chinese_calendars_use(tmp_path: Path, lines: str, is_working: bool) -> None:
    found = read(tmp_path, f"DTSTART;VALUE=DATE:20271001\r\nDTEND;VALUE=DATE:20271003\r\n{lines}")
    assert {day: one.is_working for day, one in found.days.items() if day.month == 10} == {
        date(2027, 10, 1): is_working,
        date(2027, 10, 2): is_working,
    }


@pytest.mark.parametrize(
    "lines",
    [
        "DTSTART;VALUE=DATE:20270312\r\nSUMMARY:植树节",
        "DTSTART;VALUE=DATE:20270312\r\nSUMMARY:植树节\r\nTRANSP:TRANSPARENT",
        "DTSTART;VALUE=DATE:20270312\r\nSUMMARY:植树节\r\nDESCRIPTION:Observance",
        "DTSTART;VALUE=DATE:20270312\r\nSUMMARY:春节（休）（班）",
        "DTSTART;VALUE=DATE:20270312\r\nSUMMARY:放假\r\nRRULE:FREQ=SECONDLY;COUNT=999999999",
        "DTSTART:20270312T080000Z\r\nSUMMARY:放假",
        "DTSTART;TZID=Asia/Shanghai:20270312T000000\r\nSUMMARY:放假",
        "DTSTART;VALUE=DATE:20270312\r\nDTEND;VALUE=DATE:20280312\r\nSUMMARY:放假",
        "DTSTART;VALUE=DATE:00010101\r\nSUMMARY:放假",
        "DTSTART;VALUE=DATE:20270312\r\nDURATION:PT5H\r\nSUMMARY:放假",
        "DTSTART;VALUE=DATE:20271399\r\nSUMMARY:放假",
        "DTSTART;VALUE=DATE:20270312\r\nSUMMARY:放假\r\nSTATUS:CANCELLED",
        "SUMMARY:放假",
    ],
)
def test_what_is_not_clear_is_told_and_not_taken(tmp_path: Path, lines: str) -> None:
    found = read(tmp_path, lines)
    assert list(found.days) == [date(2027, 1, 1)]
    assert len(found.unclear) == 1 and str(found.unclear[0].why)


def test_a_day_that_is_called_both_is_neither(tmp_path: Path) -> None:
    day = "DTSTART;VALUE=DATE:20270312\r\nSUMMARY:春节"
    found = read(tmp_path, f"{day}（休）", f"{day}（班）")
    assert date(2027, 3, 12) not in found.days and len(found.unclear) == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.ics", b""),
        ("deep.ics", b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * 50_000),
        ("long.ics", b"BEGIN:VCALENDAR\r\nSUMMARY:" + b"x" * 1_000_000),
        ("many.ics", b"BEGIN:VCALENDAR\r\n" + b"\r\n" * 70_000),
        ("deep.json", b"[" * 100_000),
        ("large.csv", b"day,is_working\n" + b"2026-01-01,1\n" * (MAX_BYTES // 12)),
        ("text.json", b'{"days": "2026-01-01"}'),
        ("early.json", b'{"days": [{"date": "0001-01-01", "isOffDay": true}]}'),
        ("word.json", b'{"days": [{"date": "2026-01-01", "isOffDay": "yes"}]}'),
        ("picture.ics", b"\x89PNG\r\n\x1a\n\x00\x00"),
        ("utf16.csv", "day,is_working\n2026-01-01,1\n".encode("utf-16")),
    ],
)
def test_a_file_that_is_no_calendar_is_refused_in_words(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(BadInput) as refused:
        read_days(path)
    assert name in refused.value.message


def test_no_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none", Path("a\0b")):
        with pytest.raises(BadInput):
            read_days(path)


def test_the_lists_and_the_json_say_the_same(tmp_path: Path) -> None:
    ours, passed_on, year = tmp_path / "a.csv", tmp_path / "b.csv", tmp_path / "c.json"
    ours.write_text("day,is_working,name\n2026-10-01,0,国庆节\n2026-10-10,1,国庆节\n", encoding="utf-8")
    passed_on.write_text("date,name,kind,paper\n2026-10-01,国庆节,休,p\n2026-10-10,国庆节,班,p\n", encoding="gb18030")
    days = (
        '[{"name":"国庆节","date":"2026-10-01","isOffDay":true},{"name":"国庆节","date":"2026-10-10","isOffDay":false}]'
    )
    year.write_text(f'{{"year": 2026, "days": {days}}}', encoding="utf-8")
    assert read_days(ours) == read_days(passed_on) == read_days(year)


@pytest.mark.real
def test_every_real_file_is_read_or_refused_in_words(shared: Path) -> None:
    files = sorted((shared / "data" / "icalendar").glob("*.ics"))
    assert len(files) > 80
    for path in files:
        try:
            assert read_days(path).days
        except BadInput as refusal:
            assert path.name in refusal.message
    found = read_days(shared / "data" / "holidays" / "cn_holidays_2007_2027.csv")
    assert (found.off, found.working) == (545, 133)
