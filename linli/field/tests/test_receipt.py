"""What may still be told about a report once it is sent: each by one tap or a short form, each an act of the outbox."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from linli.field.tests.shell import NewPhone, Town, drawn, held, named, received, report, wait_kept
from linli.intake.proving import wait_for

pytestmark = pytest.mark.browser
ASKING = """
from linli.events.models import Category
Category.objects.filter(code="C01").update(questions=[
    {"code": "deep", "ask": "水有多深？", "ask_en": "How deep?", "type": "number", "required": True},
    {"code": "road", "ask": "还能走车吗？", "ask_en": "Can cars pass?", "type": "choice", "required": True,
     "choices": [{"code": "yes", "name": "能", "name_en": "Yes"}, {"code": "no", "name": "不能", "name_en": "No"}]}])
"""
NOTHING_ASKED = "from linli.events.models import Category; Category.objects.update(questions=[])"
ENDED = """
actions.reject(Event.objects.get(number={number!r}), text="不属受理范围", turn_to="请拨打12345",
    by=Person.objects.filter(appointments__role="desk", appointments__area="440881101").first(), at=timezone.now())
"""
ANSWERS = "print(Event.objects.get(number={number!r}).answers)"


@pytest.fixture
def asking(town: Town) -> Any:
    """The town asks two questions about drains, during this test."""
    town.does(ASKING)
    yield town
    town.does(NOTHING_ASKED)


def _number(page: Page) -> str:
    return (named(page, "state").first.text_content() or "").split()[-1]


def test_questions_are_asked_after_sending_and_each_fault_is_told_beside_it(new_phone: NewPhone, asking: Town) -> None:
    page = held(new_phone).page
    report(page)
    received(page)
    form = named(page, "questions_form")
    expect(form).to_be_visible()
    form.get_by_role("button", name="提交回答").click()
    expect(form.get_by_text("请回答这个问题。")).to_have_count(2)
    form.get_by_label("水有多深？").fill("很深")
    form.get_by_label("不能").check()
    form.get_by_role("button", name="提交回答").click()
    expect(form.get_by_text("请填写数字，例如 3 或 0.5。")).to_be_visible()
    form.get_by_label("水有多深？").fill("0.5")
    form.get_by_role("button", name="提交回答").click()
    expect(named(page, "questions")).to_be_hidden()
    expect(named(page, "later_list")).to_contain_text("回答问题")
    number = _number(page)
    wait_for(lambda: "0.5" in asking.does(ANSWERS.format(number=number)), "The answers did not arrive.", 30)


def test_one_tap_says_it_is_this_one(new_phone: NewPhone, town: Town) -> None:
    first = held(new_phone).page
    report(first)
    received(first)
    number = _number(first)
    page = held(new_phone).page
    report(page)
    received(page)
    alike = named(page, "alike")
    expect(alike).to_be_visible(timeout=30_000)
    expect(named(page, "alike_list")).to_contain_text("相距")
    alike.get_by_role("button").first.tap()
    expect(alike).to_be_hidden()
    expect(named(page, "later_list")).to_contain_text("并入已有事件")
    expect(named(page, "later_list")).to_contain_text("已收到", timeout=30_000)
    assert number


def test_near_a_border_one_question_asks_for_the_side(new_phone: NewPhone, town: Town) -> None:
    edge = {"longitude": 110.1, "latitude": 21.7, "accuracy": 40}
    page = held(new_phone, geolocation=edge).page
    report(page)
    received(page)
    sides = named(page, "sides_list")
    expect(sides.get_by_role("button")).to_have_count(2, timeout=30_000)
    sides.get_by_role("button", name="上县第六网格").tap()
    expect(named(page, "sides")).to_be_hidden()
    expect(named(page, "facts")).to_contain_text("上县第六网格", timeout=30_000)


def test_words_and_a_photo_are_added_without_a_network(new_phone: NewPhone, town: Town) -> None:
    page = held(new_phone).page
    wait_kept(page)
    page.context.set_offline(True)
    report(page)
    named(page, "add").locator("summary").click()
    named(page, "add_form").get_by_role("button", name="补充").click()
    expect(named(page, "note_problem")).to_be_visible()
    named(page, "note").fill("水已经漫到门口")
    named(page, "add_form").get_by_role("button", name="补充").click()
    expect(named(page, "later_list")).to_contain_text("补充说明 · 水已经漫到门口")
    page.context.set_offline(False)
    received(page)
    expect(named(page, "later_list")).to_contain_text("已收到", timeout=30_000)


def test_the_place_is_put_right_on_the_map_or_in_words(new_phone: NewPhone, town: Town) -> None:
    page = held(new_phone).page
    report(page)
    received(page)
    number = _number(page)
    named(page, "correct").click()
    drawn(page, "correct")
    expect(named(page, "map")).to_have_attribute("data-ready", "1", timeout=30_000)
    named(page, "save").click()
    expect(named(page, "problem")).to_contain_text("点选地图")
    box = named(page, "map").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.3)
    expect(named(page, "chosen")).to_contain_text("已选定")
    named(page, "place").fill("村委会东边")
    named(page, "save").click()
    drawn(page, "receipt")
    asked = f"print(Event.objects.get(number={number!r}).place)"
    wait_for(lambda: "村委会东边" in town.does(asked), "The place did not arrive.", 30)


def test_what_the_desk_did_meanwhile_is_told_in_words(new_phone: NewPhone, town: Town) -> None:
    page = held(new_phone).page
    report(page)
    received(page)
    number = _number(page)
    wait_kept(page)
    page.context.set_offline(True)
    named(page, "correct").click()
    drawn(page, "correct")
    named(page, "place").fill("其实在村委会东边")
    named(page, "save").click()
    drawn(page, "receipt")
    town.does(ENDED.format(number=number))
    page.context.set_offline(False)
    later = named(page, "later_list")
    expect(later).to_contain_text("需要您处理", timeout=60_000)
    later.get_by_role("link").first.click()
    drawn(page, "conflict")
    expect(named(page, "what")).not_to_be_empty()
    expect(named(page, "meanwhile")).to_contain_text("不予受理")
    expect(named(page, "values")).to_contain_text("其实在村委会东边")
    named(page, "settle").click()
    drawn(page, "outbox")
    expect(page.locator("[data-queue]")).to_be_hidden()
