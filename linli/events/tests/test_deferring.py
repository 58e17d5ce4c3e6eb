"""Deferral: never without end, milestones on the way, each missed one told once, and the next date for the reporter."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from linli.events import actions, story
from linli.events.actions.reminding import end_pauses
from linli.events.models import Deferral, Event, Milestone
from linli.events.rules import MilestoneState, Planned, State
from linli.events.testing import NOON, World, make_event
from linli.events.tests.pages import desk_of, words_of
from linli.journal.models import Entry, Notice
from linli.kit.refusal import BadInput, NotYours, Refused

TODAY = NOON.date()
DAY = timedelta(days=1)


def deferred(world: World, *, at: datetime = NOON, end: int = 40, first: int = 10, **more: Any) -> Event:
    event = make_event(world, State.HANDLING, at=at)
    today = timezone.localdate(at)
    actions.defer(
        event,
        review_on=today + end * DAY,
        what="全线通水",
        milestones=[Planned(today + first * DAY, "施工单位进场")],
        text="等雨季过后",
        by=world.cast.desk,
        at=at + timedelta(hours=1),
        **more,
    )
    return event


def first_of(event: Event) -> Milestone:
    return Milestone.objects.filter(deferral__event=event).order_by("due_on")[0]


def told(event: Event, verb: str) -> list[Entry]:
    return list(Entry.objects.filter(on_key=str(event.pk), verb=f"event.{verb}"))


def test_a_deferral_has_its_milestones_and_the_last_is_its_end(world: World) -> None:
    event = deferred(world)
    deferral = Deferral.objects.get(event=event)
    assert [(one.due_on, one.what) for one in deferral.milestones.all()] == [
        (TODAY + 10 * DAY, "施工单位进场"),
        (TODAY + 40 * DAY, "全线通水"),
    ]
    assert (deferral.next_on, deferral.ends_on, event.review_on) == (
        TODAY + 10 * DAY,
        TODAY + 40 * DAY,
        deferral.ends_on,
    )


@pytest.mark.parametrize(
    ("end", "first", "urgency", "code"),
    [
        (0, 0, "normal", "review_day"),
        (367, 10, "normal", "deferred_too_long"),
        (190, 10, "urgent", "deferred_too_long"),
        (61, 10, "immediate", "deferred_too_long"),
        (40, 40, "normal", "milestones_in_order"),
        (40, 0, "normal", "milestones_in_order"),
    ],
)
def test_none_is_without_end_or_longer_than_its_urgency_allows(
    world: World, end: int, first: int, urgency: str, code: str
) -> None:
    event = make_event(world, State.ACCEPTED, at=NOON)
    Event.objects.filter(pk=event.pk).update(urgency=urgency)
    event.refresh_from_db()
    plan = [Planned(TODAY + first * DAY, "进场")]
    with pytest.raises(BadInput) as refused:
        actions.defer(event, review_on=TODAY + end * DAY, milestones=plan, text="以后", by=world.cast.desk, at=NOON)
    assert refused.value.code == code and str(refused.value.message)
    assert not Deferral.objects.exists()


def test_the_lead_or_the_desk_notes_a_milestone_and_nobody_else(world: World) -> None:
    event = deferred(world)
    note: dict[str, Any] = {"is_done": True, "text": "已进场", "at": NOON + DAY}
    for person in (world.cast.co_handler, world.cast.worker, world.cast.neighbour):
        with pytest.raises(NotYours):
            actions.note_milestone(first_of(event), by=person, **note)
    actions.note_milestone(first_of(event), by=world.cast.handler, **note)
    assert first_of(event).state == MilestoneState.DONE
    assert Deferral.objects.get(event=event).next_on == TODAY + 40 * DAY
    assert Notice.objects.filter(entry=told(event, "milestone_done")[0], person=world.cast.desk).exists()
    with pytest.raises(Refused):
        actions.note_milestone(first_of(event), by=world.cast.desk, **note)
    with pytest.raises(BadInput):
        last = Milestone.objects.filter(deferral__event=event).latest("due_on")
        actions.note_milestone(last, by=world.cast.desk, is_done=False, text=" ", at=NOON + DAY)


def test_a_missed_milestone_is_told_once_and_may_still_be_done(world: World) -> None:
    event = deferred(world)
    assert not actions.days_have_come(NOON + 10 * DAY)
    before = Entry.objects.count()
    assert actions.follow_deferrals(NOON + 10 * DAY) == 0 and Entry.objects.count() == before
    late = NOON + 11 * DAY
    assert actions.days_have_come(late)
    assert (actions.follow_deferrals(late), actions.follow_deferrals(late)) == (1, 0)
    assert len(told(event, "milestone_missed")) == 1 and first_of(event).state == MilestoneState.MISSED
    assert {notice.person for notice in Notice.objects.filter(entry=told(event, "milestone_missed")[0])} >= {
        world.cast.desk,
        world.cast.handler,
    }
    actions.note_milestone(first_of(event), is_done=True, text="迟了两天", by=world.cast.desk, at=late)
    assert first_of(event).state == MilestoneState.DONE


def test_the_desk_is_reminded_to_look_at_it_every_so_often_and_not_past_the_end(world: World) -> None:
    event = deferred(world, end=40, first=39, review_every=14)
    for day in range(1, 39):
        actions.follow_deferrals(NOON + day * DAY)
    assert [entry.facts["review_on"] for entry in told(event, "review_due")] == ["2026-11-30", "2026-12-14"]
    assert Deferral.objects.get(event=event).review_on is None


def test_what_comes_after_an_early_end_is_no_longer_waited_for(world: World) -> None:
    event = deferred(world)
    actions.resume(event, by=world.cast.desk, at=NOON + 5 * DAY)
    assert set(Milestone.objects.values_list("state", flat=True)) == {MilestoneState.DROPPED}
    assert not actions.days_have_come(NOON + 60 * DAY)
    actions.defer(event, review_on=TODAY + 50 * DAY, text="又等", by=world.cast.desk, at=NOON + 6 * DAY)
    assert Deferral.objects.filter(event=event).count() == 2


def test_at_its_end_the_matter_runs_on_and_what_was_not_done_is_told(world: World) -> None:
    event = deferred(world)
    actions.note_milestone(first_of(event), is_done=True, text="已进场", by=world.cast.desk, at=NOON + DAY)
    end_pauses(NOON + 41 * DAY)
    event.refresh_from_db()
    assert event.state == State.HANDLING and Deferral.objects.get(event=event).ended_at is not None
    actions.follow_deferrals(NOON + 41 * DAY)
    assert len(told(event, "milestone_missed")) == 1


def test_the_story_says_the_next_date(world: World) -> None:
    event = deferred(world)
    assert story.lines(event)[0].review_on == TODAY + 10 * DAY
    actions.note_milestone(first_of(event), is_done=True, text="已进场", by=world.cast.desk, at=NOON + DAY)
    assert story.lines(event)[0].review_on == TODAY + 40 * DAY


def test_the_form_takes_milestones_and_says_what_is_wrong_with_a_line(world: World) -> None:
    event = make_event(world, State.ACCEPTED, at=timezone.now() - timedelta(hours=1))
    client, today = desk_of(world.cast.desk), timezone.localdate()
    address = f"/desk/events/{event.pk}/defer"
    sent = {
        "review_on": today + 40 * DAY,
        "what": "通水",
        "text": "正值雨季，水位过高无法施工，雨季过后再办。",
        "review_every": "14",
    }
    wrong = client.post(address, sent | {"milestones": "下月 进场"})
    assert wrong.status_code == 422 and not Deferral.objects.exists()
    lines = f"{today + 10 * DAY} 进场\n{today + 20 * DAY} 开挖"
    assert client.post(address, sent | {"milestones": lines}).status_code == 302
    assert Deferral.objects.get().milestones.count() == 3 and Deferral.objects.get().review_every == 14


def test_the_list_is_by_next_date_within_sight_and_in_as_many_queries(
    world: World, django_assert_max_num_queries: Any
) -> None:
    now = timezone.now()
    client = desk_of(world.cast.desk)
    assert "empty" in words_of(client.get("/desk/deferred/"))
    late = deferred(world, at=now - 30 * DAY)
    actions.follow_deferrals(now)
    soon = deferred(world, at=now, first=5)
    page = words_of(client.get("/desk/deferred/"))
    assert page.index(late.number) < page.index(soon.number) and "due-late" in page
    assert late.number not in words_of(desk_of(world.cast.neighbour).get("/desk/deferred/"))
    few = _queries(client)
    for _n in range(6):
        deferred(world, at=now)
    assert _queries(client) == few


def _queries(client: Any) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        client.get("/desk/deferred/")
    return len(queries)


def test_a_milestone_is_noted_on_its_page(world: World) -> None:
    event = deferred(world, at=timezone.now() - 2 * DAY)
    address = f"/desk/events/{event.pk}/milestones"
    client = desk_of(world.cast.handler)
    assert "施工单位进场" in words_of(client.get(address))
    note = f"{address}/{first_of(event).pk}"
    assert client.post(note, {"became": "done", "text": ""}).status_code == 422
    assert client.post(note, {"became": "done", "text": "已进场"}).status_code == 302
    assert desk_of(world.cast.neighbour).get(address).status_code == 404
    assert "已进场" in words_of(client.get(address))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [390, 1440])
def test_a_milestone_is_noted_in_the_browser(
    open_page: Any, world: World, sign_in: Any, accessible: Any, width: int
) -> None:
    event = deferred(world, at=timezone.now() - 2 * DAY)
    page = open_page(viewport={"width": width, "height": 900})
    sign_in(page, world.cast.desk)
    page.goto("/desk/deferred/")
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.locator(f'a[href="/desk/events/{event.pk}/milestones"]').click()
    accessible(page)
    page.locator("textarea").first.fill("已进场")
    page.locator("button[value=done]").first.click()
    page.wait_for_selector("text=已进场")
    assert first_of(event).state == MilestoneState.DONE


def test_a_day_counts_to_its_end(world: World) -> None:
    event = deferred(world)
    assert first_of(event).due_on == date(2026, 11, 26)
    assert not actions.days_have_come(datetime(2026, 11, 26, 15, 59, tzinfo=NOON.tzinfo))
    assert actions.days_have_come(datetime(2026, 11, 26, 16, 1, tzinfo=NOON.tzinfo))
