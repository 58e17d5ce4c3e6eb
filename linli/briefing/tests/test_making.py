"""Schedules make one briefing of each period, whatever happens to the worker; by hand there are more editions."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from linli.briefing import actions
from linli.briefing.actions import due_at, end_schedule, make_again, make_now, plan_due, set_schedule, work
from linli.briefing.composing import TooEarly, compose
from linli.briefing.models import Briefing, Schedule
from linli.briefing.rules import Rhythm, State, whole
from linli.events.testing import World, make_event
from linli.journal.models import Entry, Notice
from linli.kit.papers.asking import available
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.notices.about import about
from linli.people.actions import end_appointment
from linli.people.models import Appointment
from linli.statistics import reading
from linli.statistics.counting import follow

COUNTY, TOWNSHIP, GRID = "440881", "440881101", "440881101201005"
#: Mid-October; the Monday on which the month is told of, before and after it is due.
SET_AT = datetime(2026, 10, 15, 2, tzinfo=UTC)
OCTOBER = date(2026, 10, 1), date(2026, 10, 31)
EARLY, LATE = datetime(2026, 11, 2, 2, 29, tzinfo=UTC), datetime(2026, 11, 2, 2, 31, tzinfo=UTC)


def scheduled(world: World, **more: Any) -> Schedule:
    asked: dict[str, Any] = {
        "rhythm": Rhythm.MONTH,
        "language": "zh-hans",
        "office": "",
        "readers": [world.cast.leader],
    }
    area = world.areas[more.pop("area", COUNTY)]
    return set_schedule(area, **{**asked, "by": world.cast.county, "at": SET_AT, **more})


@pytest.fixture
def no_papers(monkeypatch: pytest.MonkeyPatch) -> None:
    """A home without the extra."""
    monkeypatch.setattr(actions, "available", lambda: False)


def test_it_is_made_once_two_hours_after_the_offices_have_opened(world: World, no_papers: None) -> None:
    scheduled(world)
    plan_due(EARLY)
    assert not Briefing.objects.exists()
    assert plan_due(LATE) == 1
    assert plan_due(LATE) == 0
    assert work(LATE)
    assert not work(LATE)
    made = Briefing.objects.get()
    assert (made.first_on, made.last_on, made.edition, made.state) == (
        date(2026, 10, 1),
        date(2026, 10, 31),
        1,
        State.MADE,
    )
    assert made.content["issue"] == "2026年第10期（月报）"
    assert not made.has_files
    assert plan_due(LATE + timedelta(days=20)) == 0


def test_its_readers_are_told_by_a_link_and_no_figures(world: World, no_papers: None) -> None:
    scheduled(world, readers=[world.cast.leader, world.cast.county])
    plan_due(LATE)
    work(LATE)
    entry = Entry.objects.get(verb="briefing.made")
    assert set(Notice.objects.values_list("person__username", flat=True)) == {"leader", "county"}
    said = about(entry)
    assert said is not None
    assert said.words(entry.facts) == "新一期简报已编成，请查阅。"
    assert said.link(entry.on_key) == f"/desk/briefings/read/{Briefing.objects.get().pk}/"


@pytest.mark.parametrize(
    ("rhythm", "day", "due"),
    [
        (Rhythm.MONTH, date(2026, 10, 9), datetime(2026, 11, 2, 2, 30, tzinfo=UTC)),
        # National Day: the third quarter is told of once the offices are open again.
        (Rhythm.QUARTER, date(2026, 9, 1), datetime(2026, 10, 8, 2, 30, tzinfo=UTC)),
        # The week before the Spring Festival of 2026, whose holiday lasts until the 23rd of February.
        (Rhythm.WEEK, date(2026, 2, 14), datetime(2026, 2, 24, 2, 30, tzinfo=UTC)),
        (Rhythm.WEEK, date(2026, 11, 5), datetime(2026, 11, 9, 2, 30, tzinfo=UTC)),
    ],
)
def test_it_is_due_on_the_first_working_day_after_the_period(
    world: World, rhythm: Rhythm, day: date, due: datetime
) -> None:
    assert due_at(whole(rhythm, day)) == due


class Killed(BaseException):
    """What no program catches."""


@contextmanager
def killed_after(statements: int) -> Iterator[None]:
    """The worker ends in the middle, after so many statements."""
    left = statements

    def passing(execute: Callable[..., Any], *arguments: Any) -> Any:
        nonlocal left
        left -= 1
        if left == 0:
            raise Killed
        return execute(*arguments)

    with connection.execute_wrapper(passing):
        yield


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_anywhere_makes_one_and_tells_of_it_once(world: World, no_papers: None) -> None:
    scheduled(world)
    at, kills = LATE, 0
    for statements in range(1, 400, 9):
        try:
            with killed_after(statements):
                plan_due(at)
                work(at)
        except Killed:
            kills += 1
        # A killed process gives nothing back: what it had in hand is free when its lease is over.
        at += actions.LEASE + timedelta(seconds=1)
        Briefing.objects.update(attempts=0)
        if Briefing.objects.filter(state=State.MADE).exists():
            break
    plan_due(at)
    work(at)
    assert kills > 5
    assert Briefing.objects.get().state == State.MADE
    assert Entry.objects.filter(verb="briefing.made").count() == 1
    assert Notice.objects.count() == 1


def test_two_workers_make_one(world: World, no_papers: None) -> None:
    scheduled(world)
    plan_due(LATE)
    assert actions._claimed(LATE) is not None
    assert actions._claimed(LATE) is None
    assert actions._claimed(LATE + actions.LEASE) is not None


@pytest.mark.skipif(not available(), reason="the extra papers is not installed")
def test_what_fails_three_times_is_set_aside_with_what_to_do_and_tried_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    scheduled(world)
    plan_due(LATE)
    monkeypatch.setattr(actions.settings, "MEDIA_ROOT", "/proc/nowhere")
    for _each in range(actions.TRIES):
        with pytest.raises(OSError):
            work(LATE)
    assert not work(LATE)
    briefing = Briefing.objects.get()
    assert (briefing.state, briefing.failure["code"]) == (State.FAILED, "tried_too_often")  # type: ignore[index]
    monkeypatch.undo()
    make_again(briefing, by=world.cast.county, at=LATE)
    assert work(LATE)
    briefing.refresh_from_db()
    assert briefing.state == State.MADE
    assert briefing.has_files


def test_by_hand_a_new_edition_is_made_and_the_older_one_stays(world: World, no_papers: None) -> None:
    scheduled(world)
    plan_due(LATE)
    work(LATE)
    asked = {"rhythm": "month", "day": date(2026, 10, 9), "language": "en", "by": world.cast.county, "at": LATE}
    second = make_now(world.areas[COUNTY], **asked)  # type: ignore[arg-type]
    with pytest.raises(Refused, match="正在编制"):
        make_now(world.areas[COUNTY], **asked)  # type: ignore[arg-type]
    work(LATE)
    assert list(Briefing.objects.order_by("edition").values_list("edition", "language", "state")) == [
        (1, "zh-hans", State.MADE),
        (2, "en", State.MADE),
    ]
    entry = Entry.objects.get(verb="briefing.asked")
    assert (entry.by, entry.on_key, entry.facts["edition"]) == (world.cast.county, str(second.pk), 2)
    assert Notice.objects.filter(person=world.cast.leader).count() == 2


def test_made_by_hand_before_it_is_due_it_is_not_made_again(world: World, no_papers: None) -> None:
    scheduled(world)
    make_now(
        world.areas[COUNTY], rhythm="month", day=date(2026, 10, 1), language="zh-hans", by=world.cast.county, at=EARLY
    )
    work(EARLY)
    assert plan_due(LATE) == 0
    assert Notice.objects.filter(person=world.cast.leader).count() == 1


def test_only_whole_periods_that_are_over_are_made(world: World) -> None:
    with pytest.raises(BadInput, match="尚未结束"):
        make_now(
            world.areas[COUNTY],
            rhythm="month",
            day=date(2026, 11, 1),
            language="zh-hans",
            by=world.cast.county,
            at=LATE,
        )


@pytest.mark.parametrize("rhythm", Rhythm.values)
@pytest.mark.parametrize("day", [date.min, date(26, 10, 1), date(1999, 12, 31), date.max])
def test_of_a_day_that_no_matter_knows_nothing_is_made(world: World, rhythm: str, day: date) -> None:
    with pytest.raises(BadInput) as refused:
        make_now(world.areas[COUNTY], rhythm=rhythm, day=day, language="zh-hans", by=world.cast.county, at=LATE)
    assert refused.value.facts["field"] == "day"
    assert not Briefing.objects.exists()


def test_a_worker_that_stood_still_makes_up_for_the_last_periods(world: World, no_papers: None) -> None:
    scheduled(world, rhythm=Rhythm.WEEK)
    later = datetime(2027, 3, 1, 4, tzinfo=UTC)
    assert plan_due(later) == 3
    assert list(Briefing.objects.order_by("first_on").values_list("first_on", flat=True))[-1] == date(2027, 2, 22)


def test_ended_no_more_are_made(world: World) -> None:
    end_schedule(scheduled(world), by=world.cast.county, at=SET_AT)
    assert plan_due(LATE) == 0
    scheduled(world)
    assert plan_due(LATE) == 1


@pytest.mark.parametrize("who", ["worker", "leader", "handler", "auditor", "system", "nobody", "desk"])
def test_only_the_desk_that_sees_the_area_keeps_its_briefings(world: World, who: str) -> None:
    with pytest.raises(NotYours):
        scheduled(world, by=getattr(world.cast, who))
    with pytest.raises(NotYours):
        make_now(
            world.areas[COUNTY],
            rhythm="month",
            day=date(2026, 10, 1),
            language="zh-hans",
            by=getattr(world.cast, who),
            at=LATE,
        )


def test_nobody_is_told_who_may_not_see_the_area(world: World, no_papers: None) -> None:
    for reader in (world.cast.desk, world.cast.system, world.cast.nobody, world.cast.handler):
        with pytest.raises(BadInput, match="阅读人"):
            scheduled(world, readers=[world.cast.leader, reader])
    scheduled(world, readers=[world.cast.leader, world.cast.county])
    end_appointment(Appointment.objects.get(person=world.cast.leader), on=date(2026, 11, 1))
    plan_due(LATE)
    work(LATE)
    assert list(Notice.objects.values_list("person__username", flat=True)) == ["county"]


def test_a_template_is_tried_while_the_worker_still_counts(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    while follow(SET_AT):
        pass
    make_event(world, at=SET_AT)
    monkeypatch.setattr(reading, "TAIL", 0)
    with pytest.raises(TooEarly):
        compose(Briefing(area=world.areas[COUNTY], rhythm="month", first_on=OCTOBER[0], last_on=OCTOBER[1]), LATE)
    assert actions._trial(world.areas[COUNTY], LATE)["sections"]


def test_a_grid_has_no_briefing(world: World) -> None:
    with pytest.raises(BadInput, match="一个人的工作"):
        scheduled(world, area=GRID)
    assert scheduled(world, area=TOWNSHIP, by=world.cast.desk, readers=[world.cast.desk]).pk
