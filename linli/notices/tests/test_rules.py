"""When a notice goes out, what an answer means, and which sort an act is: tables, without the store."""

from datetime import date, datetime, time, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.events.telling import SENTENCES
from linli.notices.rules import (
    REPEATABLE,
    UNFINISHED,
    VERBS,
    WAITS_S,
    Group,
    Kind,
    Quiet,
    Result,
    State,
    Verdict,
    Why,
    free_at,
    goes_out_at,
    group_of,
    is_pressing,
    judge,
    quiet_until,
    why_skipped,
)

ZONE = ZoneInfo("Asia/Shanghai")
NIGHT = Quiet(time(21), time(7))
#: Thursday 2026-10-01 to Wednesday 10-07 is the national holiday; Saturday 10-10 is worked for it.
HOLIDAYS = {date(2026, 10, day) for day in range(1, 8)}
WORKED = {date(2026, 10, 10)}


def is_working(day: date) -> bool:
    return day in WORKED or (day.weekday() < 5 and day not in HOLIDAYS)


def local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("at", "end"),
    [
        (local(2026, 11, 16, 20, 59), None),
        (local(2026, 11, 16, 21, 0), local(2026, 11, 17, 7)),
        (local(2026, 11, 16, 23, 30), local(2026, 11, 17, 7)),
        (local(2026, 11, 17, 0, 0), local(2026, 11, 17, 7)),
        (local(2026, 11, 17, 7, 0), None),
        (local(2026, 12, 31, 22, 0), local(2027, 1, 1, 7)),
    ],
)
def test_quiet_hours_over_midnight(at: datetime, end: datetime | None) -> None:
    assert quiet_until(at, NIGHT, is_working) == end


def test_quiet_hours_within_a_day_and_none_at_all() -> None:
    noon = Quiet(time(12), time(14))
    assert quiet_until(local(2026, 11, 16, 13), noon, is_working) == local(2026, 11, 16, 14)
    assert quiet_until(local(2026, 11, 16, 11), noon, is_working) is None
    assert quiet_until(local(2026, 11, 16, 3), Quiet(), is_working) is None


def test_days_off_and_nights_follow_each_other_without_a_gap() -> None:
    both = Quiet(time(21), time(7), on_days_off=True)
    assert quiet_until(local(2026, 9, 30, 22), both, is_working) == local(2026, 10, 8, 7)
    assert quiet_until(local(2026, 10, 9, 22), both, is_working) == local(2026, 10, 10, 7), "a worked Saturday"
    assert quiet_until(local(2026, 11, 14, 12), Quiet(on_days_off=True), is_working) == local(2026, 11, 16)


@given(st.integers(0, 365 * 24 * 60), st.times(), st.times(), st.booleans())
def test_the_end_of_quiet_time_is_later_and_not_quiet(minute: int, begin: time, end: time, days_off: bool) -> None:
    quiet, moment = Quiet(begin, end, on_days_off=days_off), local(2026, 1, 1) + timedelta(minutes=minute)
    until = quiet_until(moment, quiet, is_working)
    if until is not None:
        assert until > moment
        assert quiet_until(until, quiet, is_working) is None


def goes(at: datetime, *, pressing: bool = False, on_duty: bool = True, quiet: Quiet = NIGHT) -> datetime:
    return goes_out_at(at, pressing=pressing, is_on_duty=on_duty, bundle_minutes=10, quiet=quiet, is_working=is_working)


def test_what_presses_comes_through_at_once_unless_one_is_away_or_wants_it_otherwise() -> None:
    night, morning = local(2026, 11, 16, 23), local(2026, 11, 17, 7)
    assert goes(night) == morning
    assert goes(night, pressing=True) == night
    assert goes(night, pressing=True, on_duty=False) == morning
    assert goes(night, pressing=True, quiet=Quiet(time(21), time(7), lets_pressing=False)) == morning


def test_others_are_collected_and_what_falls_into_the_night_waits_for_morning() -> None:
    assert goes(local(2026, 11, 16, 9)) == local(2026, 11, 16, 9, 10)
    assert goes(local(2026, 11, 16, 20, 55)) == local(2026, 11, 17, 7)


def test_what_is_immediate_or_supervised_presses() -> None:
    assert is_pressing(Group.TO_DO, "immediate")
    assert is_pressing(Group.SUPERVISED, "normal")
    assert not is_pressing(Group.TO_DO, "urgent")


def test_an_hour_holds_so_many_and_the_next_waits_for_the_oldest_to_leave_it() -> None:
    at = local(2026, 11, 16, 9)
    sent = [at - timedelta(minutes=minutes) for minutes in (50, 40, 10)]
    assert free_at(sent, 4, at) == at
    assert free_at(sent, 3, at) == at + timedelta(minutes=10)
    assert free_at(sent, 2, at) == at + timedelta(minutes=20)


def test_every_act_on_a_matter_has_a_sort_and_no_sort_names_an_act_that_is_not() -> None:
    named = [verb for verbs in VERBS.values() for verb in verbs]
    assert len(named) == len(set(named))
    assert set(named) <= set(SENTENCES)
    assert all(group_of(verb) in Group.values for verb in SENTENCES)
    assert group_of("event.something_new") == Group.OTHER


@pytest.mark.parametrize("verdict", list(Verdict))
def test_every_answer_leads_to_one_state_and_none_goes_on_for_ever(verdict: Verdict) -> None:
    for kind, tries, repeats in product(Kind.values, range(1, len(WAITS_S) + 3), (0, 1)):
        judged = judge(Result(verdict), kind=kind, tries=tries, repeats=repeats)
        assert (judged.again_in_s is not None) == (judged.state in UNFINISHED)
        assert not judged.is_repeat or (kind in REPEATABLE and repeats == 0 and verdict == Verdict.UNKNOWN)
        if verdict == Verdict.UNKNOWN and not judged.is_repeat:
            assert judged.state == State.UNKNOWN
        if tries > len(WAITS_S) and not judged.is_repeat:
            assert judged.state not in UNFINISHED


def test_a_receiver_that_asks_for_patience_gets_it_within_reason() -> None:
    wait = judge(Result(Verdict.AGAIN, retry_after_s=4000), kind=Kind.SMS, tries=1, repeats=0)
    assert wait.again_in_s == 4000
    assert judge(Result(Verdict.AGAIN, retry_after_s=10**9), kind=Kind.SMS, tries=1, repeats=0).again_in_s == 21600


def test_why_a_notice_is_not_sent() -> None:
    well = {"is_on": True, "is_verified": True, "is_here": True}
    assert why_skipped(Group.DUE, [Group.DUE], **well) is None
    assert why_skipped(Group.DUE, [], **well) == Why.NOT_WANTED
    assert why_skipped(Group.DUE, [Group.DUE], **(well | {"is_on": False})) == Why.OFF
    assert why_skipped(Group.DUE, [Group.DUE], **(well | {"is_verified": False})) == Why.NOT_VERIFIED
    assert why_skipped(Group.DUE, [Group.DUE], **(well | {"is_here": False})) == Why.LEFT
