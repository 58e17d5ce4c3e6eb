"""The check of a reply on the form of a step: what must be mended stops it, the rest is looked at and sent as it is."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.translation import gettext as _
from playwright.sync_api import Page, expect

from linli.events.forms import ACTS
from linli.events.models import Event
from linli.events.repeating import repeats_of
from linli.events.rules import ADVICE, Doubt, State
from linli.events.testing import World, make_event, make_world
from linli.events.tests.pages import desk_of, page_of, recent, words_of
from linli.journal.models import Entry


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def test_a_leak_is_never_sent_not_even_with_the_tick(world: World) -> None:
    event, client = recent(world, State.VERIFIED), desk_of(world.cast.desk)
    words = "已与举报人张三联系，水沟清淤两立方米，现水流正常。"
    for tick in ({}, {"as_it_is": "reporter"}):
        answer = client.post(f"{page_of(event)}close", {"text": words, **tick})
        assert answer.status_code == 422
        assert str(ADVICE[Doubt.REPORTER]) in words_of(answer)
        assert "as_it_is" not in words_of(answer)
    event.refresh_from_db()
    assert event.state == State.VERIFIED


def test_what_may_be_sent_is_sent_after_a_look_and_only_its_code_is_kept(world: World) -> None:
    event, client = recent(world, State.VERIFIED), desk_of(world.cast.desk)
    answer = client.post(f"{page_of(event)}close", {"text": "已处理"})
    page = words_of(answer)
    assert answer.status_code == 422 and str(ADVICE[Doubt.EMPTY]) in page
    assert re.search(r'name="as_it_is" value="empty"', page)
    assert client.post(f"{page_of(event)}close", {"text": "已处理", "as_it_is": "empty"}).status_code == 302
    entry = Entry.objects.get(verb="event.closed", on_key=str(event.pk))
    assert entry.facts["as_it_is"] == ["empty"] and "已处理" not in str(entry.facts)
    assert str(Doubt.EMPTY.label) in words_of(client.get(page_of(event)))


def test_a_tick_for_one_thing_does_not_let_another_through(world: World) -> None:
    event, client = recent(world), desk_of(world.cast.desk)
    sent = {"text": "不予受理。", "turn_to": "请拨打12345", "as_it_is": "no_basis"}
    answer = client.post(f"{page_of(event)}reject", sent)
    assert answer.status_code == 422 and str(ADVICE[Doubt.NO_REASON]) in words_of(answer)
    assert str(ADVICE[Doubt.NO_BASIS]) not in words_of(answer)


def test_where_to_turn_is_looked_at_too(world: World) -> None:
    event, client = recent(world), desk_of(world.cast.desk)
    sent = {"text": "因不属本镇职责，依权责清单不予受理。", "turn_to": "找举报人李四，13812345678"}
    assert client.post(f"{page_of(event)}reject", sent).status_code == 422


def test_an_unfilled_text_is_not_sent_to_anybody(world: World) -> None:
    event, client = recent(world, State.SIGNED_FOR), desk_of(world.cast.handler)
    assert client.post(f"{page_of(event)}hand_back", {"text": "应由【建议承办单位】承办"}).status_code == 422


def test_the_fourth_matter_with_the_same_words_is_a_copy(world: World) -> None:
    at = timezone.now() - timedelta(days=1)
    for hour in range(3):
        make_event(world, State.CLOSED, at=at + timedelta(hours=hour))
    event = recent(world, State.VERIFIED)
    assert repeats_of(event, "close", "已 办结") == 3
    answer = desk_of(world.cast.desk).post(f"{page_of(event)}close", {"text": "已办结"})
    assert str(ADVICE[Doubt.REPEATED]) in words_of(answer)


def test_while_writing_only_what_is_wrong_already_is_said(world: World) -> None:
    event, client = recent(world, State.VERIFIED), desk_of(world.cast.desk)
    there = f"{page_of(event)}close/words"
    assert words_of(client.post(there, {"text": "已处"})).strip() == ""
    assert str(ADVICE[Doubt.PLATE]) in words_of(client.post(there, {"text": "粤G12345已拖移"}))
    assert desk_of(world.cast.neighbour).post(there, {"text": "粤G12345"}).status_code == 404


def test_a_message_to_the_reporter_leaks_nothing_either(world: World) -> None:
    event, client = recent(world, State.HANDLING), desk_of(world.cast.desk)
    answer = client.post(f"{page_of(event)}to-reporter", {"text": "请联系13812345678"})
    assert answer.status_code == 422
    assert not event.remarks.filter(text__contains="138").exists()


@pytest.mark.browser
def test_a_reply_is_mended_and_sent_as_it_is(transactional_db: None, page: Page, sign_in: object) -> None:
    world = make_world()
    event = recent(world, State.VERIFIED)
    sign_in(page, world.cast.desk)  # type: ignore[operator]
    page.goto(page_of(event))
    page.get_by_role("link", name=str(ACTS["close"].label), exact=True).click()
    field = page.get_by_label(_("Answer to the reporter"))
    field.fill("")
    field.press_sequentially("请打13812345678")
    expect(page.get_by_text(str(ADVICE[Doubt.TELEPHONE]))).to_be_visible()
    field.fill("")
    field.press_sequentially("已处理")
    expect(page.get_by_text(str(ADVICE[Doubt.TELEPHONE]))).to_be_hidden()
    page.get_by_role("button", name=str(ACTS["close"].label), exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text(str(ADVICE[Doubt.EMPTY]))
    page.get_by_label(_("I have looked at it: send it as it is")).check()
    page.get_by_role("button", name=str(ACTS["close"].label), exact=True).click()
    expect(page.get_by_text(str(State.CLOSED.label)).first).to_be_visible()
    assert Event.objects.get(pk=event.pk).state == State.CLOSED
