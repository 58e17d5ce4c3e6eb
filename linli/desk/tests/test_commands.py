"""Reading a command: in any order, with or without the slash, never raising, and saying what it does not understand."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.desk.rules.bulk import IN_BULK, IN_MACROS, NEVER_IN_BULK
from linli.desk.rules.commands import Command, Known, offers, parse
from linli.desk.rules.names import Named, found_by, initials
from linli.desk.rules.terms import Term, day_of, moment_of, read_term, working_days_of
from linli.desk.rules.verbs import BY_NAME, FIELDS, VERBS, WITHOUT_VERB, Takes
from linli.events.rules import STEP_NAMES

URBAN = Named("cg", "cg", "城市管理和综合执法局", "Urban Management")
WATER = Named("water", "water", "水务局", "Water Bureau")
ROADS = Named("roads", "roads", "公路局")
ROAD_POLICE = Named("police", "police", "公安局")
STALL = Named("5", "B05", "占道经营")
DRAIN = Named("6", "C01", "排水管道")
DAILY = Named("9", "9", "占道日常")
KNOWN = Known((URBAN, WATER, ROADS, ROAD_POLICE), (STALL, DRAIN), (DAILY,))
#: A Monday, in Shanghai.
NOW = datetime(2026, 11, 30, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


def working(day: date) -> bool:
    return day.weekday() < 5


def steps(command: Command) -> str:
    return command.verb.name if command.verb else ""


def test_a_command_is_read_with_or_without_its_slash_and_in_any_order() -> None:
    for line in (
        "/派 城管局 3日",
        "派 城管局 3日",
        " ／派　3日 城管局 ",
        "dispatch cg 3d",
        "派城管局 三日",
        "派单 cgj 3日",
    ):
        found = parse(line, KNOWN)
        assert steps(found) == "dispatch", line
        assert (found.departments, found.term) == ((URBAN,), Term("days", 3)), line
        assert found.is_clear and found.missing == ()


def test_words_follow_a_colon_or_stand_in_quotes() -> None:
    for line in ("催：请尽快", "催 :请尽快", "/催 “请尽快”", '催 "请尽快"'):
        assert (steps(parse(line, KNOWN)), parse(line, KNOWN).text) == ("remind", "请尽快")
    assert parse("吹哨 水务局 14:30 ：墙要倒", KNOWN).term == Term("at", 14 * 60 + 30)


def test_what_may_be_several_things_names_them() -> None:
    found = parse("派 公", KNOWN)
    assert found.ambiguous[0].candidates == ("公路局", "公安局")
    assert not found.departments
    assert not found.is_clear
    verbs = parse("不", KNOWN).verbs
    assert {"reject", "refuse_extension"} <= {verb.name for verb in verbs}


def test_what_is_not_understood_is_said() -> None:
    assert parse("派 火星局 3日", KNOWN).unread == ("火星局",)
    assert parse("跳舞", KNOWN).unread == ("跳舞",)
    assert parse("结 城管局", KNOWN).unread == ("城管局",)


def test_numbers_grades_places_categories_and_macros_are_read() -> None:
    assert parse("并 #12", KNOWN).number == "12"
    assert parse("查 440881101-202611-000001", KNOWN).number == "440881101-202611-000001"
    assert parse("分类 B05 紧急 重大", KNOWN).category == STALL
    assert dict(parse("分类 紧急 重大", KNOWN).grades) == {"urgency": "urgent", "severity": "major"}
    assert parse("转 110：请报警", KNOWN).place == "110"
    assert parse("宏 占道日常", KNOWN).macro == DAILY
    assert parse("占道日常", KNOWN).macro == DAILY


@pytest.mark.parametrize(
    ("word", "term"),
    [
        ("3日", Term("days", 3)),
        ("3工作日", Term("working_days", 3)),
        ("三个工作日", Term("working_days", 3)),
        ("十二天", Term("days", 12)),
        ("24小时", Term("hours", 24)),
        ("2周", Term("days", 14)),
        ("明天", Term("days", 1)),
        ("12-05", Term("on", month=12, day=5)),
        ("12月5日", Term("on", month=12, day=5)),
        ("2027-01-04", Term("on", year=2027, month=1, day=4)),
        ("13-40", None),
        ("25:00", None),
        ("城管局", None),
    ],
)
def test_terms_are_read_as_people_write_them(word: str, term: Term | None) -> None:
    assert read_term(word) == term


def test_a_term_is_a_day_a_number_of_working_days_or_a_moment_as_the_field_wants() -> None:
    assert day_of(Term("working_days", 5), NOW, working) == date(2026, 12, 7)
    assert day_of(Term("on", month=1, day=4), NOW, working) == date(2027, 1, 4)
    assert day_of(Term("hours", 24), NOW, working) is None
    assert working_days_of(Term("days", 3), NOW, working) == 3
    assert working_days_of(Term("on", month=12, day=7), NOW, working) == 5
    assert working_days_of(Term("hours", 24), NOW, working) is None
    assert moment_of(Term("hours", 2), NOW, working, time(17)) == NOW + timedelta(hours=2)
    assert moment_of(Term("on", month=12, day=7), NOW, working, time(17)) == datetime(
        2026, 12, 7, 17, tzinfo=NOW.tzinfo
    )


def test_names_are_found_whole_by_beginning_by_initials_and_shortened() -> None:
    assert initials("城管局") == "cgj"
    assert initials("水务局") == "swj"
    assert initials("廉江A") == ""
    for word in ("水务局", "water", "水", "swj", "务局", "Water"):
        assert found_by(word, KNOWN.departments) == [WATER], word
    assert found_by("城管局", KNOWN.departments) == [URBAN]


TYPED = st.text(max_size=60) | st.lists(
    st.sampled_from(["/", "派", "催", "城管局", "公", "3日", "#12", "：", ":", "“", "紧急", "宏", "\0", "12-05", " "]),
    max_size=12,
).map(" ".join)


@given(TYPED)
def test_no_line_whatever_makes_it_raise(line: str) -> None:
    parse(line, KNOWN)
    assert len(offers(line, KNOWN)) <= 10


@given(TYPED)
def test_what_completion_offers_is_understood_as_it_stands(line: str) -> None:
    before = parse(line, KNOWN)
    for one in offers(line, KNOWN):
        after = parse(one.line, KNOWN)
        assert after.verb is not None, one
        assert len(after.unread) <= len(before.unread), one
        assert len(after.ambiguous) <= len(before.ambiguous), one
        if one.named is not None:
            assert one.named in (*after.departments, after.category, after.macro), one


def test_completion_offers_what_the_verb_takes_and_what_is_still_missing() -> None:
    first = offers("派", KNOWN)[0]
    assert (first.word, first.missing) == ("派", (Takes.DEPARTMENT,))
    assert [one.word for one in offers("/派 城", KNOWN)] == ["城市管理和综合执法局"]
    assert "3日" in [one.word for one in offers("/派 城管局 ", KNOWN)]
    assert offers("/派 城管局：请", KNOWN) == []
    assert [one.word for one in offers("", KNOWN, [BY_NAME["close"]])] == ["结"]


def test_every_step_has_its_verb_or_a_reason_for_none() -> None:
    spoken = {step for verb in VERBS for step in verb.steps}
    assert spoken | WITHOUT_VERB == set(STEP_NAMES)
    assert not spoken & WITHOUT_VERB
    words = [word for verb in VERBS for word in (*verb.words, verb.english)]
    assert len(words) == len(set(words))
    assert set(FIELDS) <= spoken


def test_every_step_is_taken_in_bulk_or_not_and_never_both() -> None:
    alone = {"ask_check", "ask_supplement", "add_part", "escalate", "whistle", "end_whistle", "end_supervision"}
    alone |= {"ask_extension", "refuse_extension"}
    assert set(IN_BULK) | NEVER_IN_BULK | alone == set(STEP_NAMES)
    assert not set(IN_BULK) & NEVER_IN_BULK
    assert not IN_MACROS & NEVER_IN_BULK
