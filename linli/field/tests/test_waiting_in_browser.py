"""Waiting work on a phone: a matter is handled where there is no network, and each act is done once, or told why not."""

import pytest
from playwright.sync_api import Page, expect

from linli.field.tests.outbox import Town
from linli.field.tests.waiting import (
    NewPhone,
    app_of,
    at_once,
    journal,
    matter,
    meanwhile,
    own_acts,
    pictures,
    said,
    screen,
    take_photo,
)
from linli.intake.proving import wait_for

pytestmark = pytest.mark.browser

#: How many reports and acts lie on the phone.
RECORDS = """() => new Promise((told) => {
  const opened = indexedDB.open("linli-field");
  opened.onsuccess = () => {
    const counted = opened.result.transaction("records").objectStore("records").count();
    counted.onsuccess = () => (opened.result.close(), told(counted.result));
  };
})"""


def sign_and_submit(page: Page, words: str, seed: int, *, alone: bool = True) -> None:
    """Both acts, one after the other, as somebody on the spot does them."""
    page.get_by_role("button", name="签收").click()
    said(page, ["签收"])
    form = page.locator("[data-step=submit_result]")
    form.get_by_text("提交结果").first.click()
    form.get_by_label("办理情况").fill(words)
    if alone:
        form.get_by_label("不再等待").fill("住建局无需到场")
    take_photo(page, form.locator("input[capture]"), seed)
    expect(form.get_by_role("img", name="您的照片")).to_be_visible()
    form.get_by_role("button", name="提交结果").click()


def test_a_matter_is_signed_for_and_its_result_submitted_without_network(new_phone: NewPhone, town: Town) -> None:
    made = matter(town, "dispatched", "小学门口井盖松动，踩上去会翻")
    phone = app_of(new_phone, "handler")
    page = phone.page
    screen(page, "tasks")
    expect(page.get_by_text(made.number)).to_be_visible()
    phone.context.set_offline(True)

    page.get_by_role("link", name="井盖松动").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("井盖松动")
    sign_and_submit(page, "已更换井盖，现场已恢复", 11)
    said(page, ["等待网络", "等待网络"])
    assert "signed_for" not in journal(town, made.event)
    screen(page, "tasks")
    expect(page.get_by_role("link", name="井盖松动")).to_contain_text("本机有 2 项尚未送达")

    phone.context.set_offline(False)
    screen(page, "task", made.event)
    said(page, ["已完成", "已完成"])
    verbs = journal(town, made.event)
    assert [verbs.count(one) for one in ("signed_for", "result_submitted")] == [1, 1]
    assert pictures(town, made.event) == ["after"]


def test_what_others_did_meanwhile_is_told_in_words_and_nothing_is_lost(new_phone: NewPhone, town: Town) -> None:
    made = matter(town, "dispatched", "河堤边护栏断了一截")
    phone = app_of(new_phone, "handler")
    page = phone.page
    screen(page, "task", made.event)
    phone.context.set_offline(True)
    sign_and_submit(page, "已焊好护栏", 12)
    said(page, ["等待网络", "等待网络"])
    meanwhile(
        town,
        made,
        "actions.sign_for(event, by=cast.handler, at=at)",
        "actions.submit_result(event, text='同事已修好', without='住建局无需到场', by=cast.handler, at=at)",
    )

    phone.context.set_offline(False)
    said(page, ["已记为备注", "已记为备注"])
    expect(own_acts(page).nth(1)).to_contain_text("记为备注")
    verbs = journal(town, made.event)
    assert [verbs.count(one) for one in ("signed_for", "result_submitted")] == [1, 1]
    assert len(pictures(town, made.event)) == 1
    own_acts(page).nth(1).get_by_role("link", name="查看如何处理").click()
    expect(page.get_by_text("已焊好护栏", exact=True)).to_be_visible()


def test_what_is_refused_is_mended_and_sent_again_with_its_photos(new_phone: NewPhone, town: Town) -> None:
    made = matter(town, "dispatched", "排水渠盖板缺失")
    page = app_of(new_phone, "handler").page
    screen(page, "task", made.event)
    sign_and_submit(page, "已补装排水渠盖板，恢复通行", 15, alone=False)
    said(page, ["已完成", "无法办理"])
    expect(own_acts(page).nth(1)).to_contain_text("尚未反馈：住建局")
    own_acts(page).nth(1).get_by_role("button", name="修改后重新发送").click()
    form = page.locator("[data-step=submit_result]")
    expect(form.get_by_label("办理情况")).to_have_value("已补装排水渠盖板，恢复通行")
    form.get_by_label("不再等待").fill("住建局无需到场")
    form.get_by_role("button", name="提交结果").click()
    said(page, ["已完成", "无法办理", "已完成"])
    assert pictures(town, made.event) == ["after"]


def test_what_is_only_asked_about_is_sent_as_it_is(new_phone: NewPhone, town: Town) -> None:
    made = matter(town, "dispatched", "指示牌被树枝遮住")
    page = app_of(new_phone, "handler").page
    screen(page, "task", made.event)
    sign_and_submit(page, "已修剪", 16)
    said(page, ["已完成", "无法办理"])
    expect(own_acts(page).nth(1)).to_contain_text("请写明处置措施")
    own_acts(page).nth(1).get_by_role("button", name="仍按原样发送").click()
    said(page, ["已完成", "无法办理", "已完成"])
    assert pictures(town, made.event) == ["after"]


def test_words_being_typed_stay_when_the_act_before_them_gets_through(new_phone: NewPhone, town: Town) -> None:
    made = matter(town, "dispatched", "垃圾桶翻倒")
    phone = app_of(new_phone, "handler")
    page = phone.page
    screen(page, "task", made.event)
    phone.context.set_offline(True)
    page.get_by_role("button", name="签收").click()
    said(page, ["等待网络"])
    form = page.locator("[data-step=submit_result]")
    form.get_by_text("提交结果").first.click()
    form.get_by_label("办理情况").press_sequentially("已扶")
    phone.context.set_offline(False)
    said(page, ["已完成"])
    expect(form.get_by_label("办理情况")).to_have_value("已扶")
    expect(form.get_by_label("办理情况")).to_be_focused()


def test_words_are_kept_while_they_are_typed(new_phone: NewPhone, town: Town) -> None:
    made = matter(town, "signed_for", "路牌脱落")
    page = app_of(new_phone, "handler").page
    screen(page, "task", made.event)
    form = page.locator("[data-step=submit_result]")
    form.get_by_text("提交结果").first.click()
    form.get_by_label("办理情况").press_sequentially("已重新安装")
    # The phone ends the app while somebody still holds the field.
    wait_for(lambda: page.evaluate(RECORDS) == 1, "nothing of what was typed is kept")
    page.goto("about:blank")
    page.go_back()
    screen(page, "task", made.event)
    expect(form.get_by_label("办理情况")).to_have_value("已重新安装")
    # Left by hand in the middle of a word.
    form.get_by_label("办理情况").press_sequentially("牢固")
    screen(page, "tasks")
    screen(page, "task", made.event)
    expect(form.get_by_label("办理情况")).to_have_value("已重新安装牢固")


def test_words_and_photo_of_the_moment_it_is_sent_go_with_it(new_phone: NewPhone, town: Town) -> None:
    made = matter(town, "signed_for", "护栏松动")
    phone = app_of(new_phone, "handler")
    page = phone.page
    screen(page, "task", made.event)
    phone.context.set_offline(True)
    form = page.locator("[data-step=submit_result]")
    form.get_by_text("提交结果").first.click()
    form.get_by_label("不再等待").evaluate("(field) => { field.value = '住建局无需到场' }")
    at_once(page, "[data-step=submit_result] form", {"textarea": "已加固护栏，现场已恢复"}, "input[capture]", 17)
    said(page, ["等待网络"])
    expect(own_acts(page)).to_have_count(1)
    phone.context.set_offline(False)
    said(page, ["已完成"])
    expect(own_acts(page)).to_have_count(1)
    assert pictures(town, made.event) == ["after"]


def test_an_act_is_taken_back_within_the_minute_and_goes_on_as_it_was(new_phone: NewPhone, town: Town) -> None:
    made = matter(town, "signed_for", "路口反光镜碎了")
    phone = app_of(new_phone, "handler")
    page = phone.page
    screen(page, "task", made.event)
    phone.context.set_offline(True)
    form = page.locator("[data-step=submit_result]")
    form.get_by_text("提交结果").first.click()
    form.get_by_role("button", name="提交结果").click()
    expect(form.get_by_text("此项必填。")).to_be_visible()
    form.get_by_label("办理情况").fill("已更换反光镜")
    form.get_by_label("不再等待").fill("住建局无需到场")
    take_photo(page, form.locator("input[capture]"), 13)
    form.get_by_role("button", name="提交结果").click()
    said(page, ["等待网络"])
    page.locator(".toast").get_by_role("button", name="撤销").click()
    expect(own_acts(page)).to_have_count(0)
    expect(form.get_by_label("办理情况")).to_have_value("已更换反光镜")
    expect(form.get_by_role("img", name="您的照片")).to_be_visible()
    assert "result_submitted" not in journal(town, made.event)


def test_what_was_begun_is_there_when_the_phone_killed_the_app(new_phone: NewPhone, town: Town) -> None:
    made = matter(town, "signed_for", "公交站牌歪了")
    phone = app_of(new_phone, "handler")
    screen(phone.page, "task", made.event)
    form = phone.page.locator("[data-step=submit_result]")
    form.get_by_text("提交结果").first.click()
    form.get_by_label("办理情况").fill("已扶正")
    take_photo(phone.page, form.locator("input[capture]"), 14)
    expect(form.get_by_role("img", name="您的照片")).to_be_visible()
    phone.context.set_offline(True)
    phone.page.reload()
    expect(form.get_by_label("办理情况")).to_have_value("已扶正")
    expect(form.get_by_role("img", name="您的照片")).to_be_visible()


def test_tasks_are_found_by_their_words(new_phone: NewPhone, town: Town) -> None:
    for number in range(4):
        matter(town, "dispatched", f"第{number}处路灯不亮")
    page = app_of(new_phone, "handler").page
    screen(page, "tasks")
    page.get_by_label("搜索我的任务").fill("第2处 路灯")
    expect(page.locator(".waiting-row")).to_have_count(1)
    page.get_by_label("搜索我的任务").fill("没有这样的")
    page.get_by_role("button", name="显示全部任务").click()
    assert page.locator(".waiting-row").count() >= 4


def test_the_way_to_the_place_opens_in_the_map_of_the_phone(new_phone: NewPhone, town: Town) -> None:
    made = matter(town, "dispatched", "水管漏水")
    town.does(f"Event.objects.filter(pk={made.event!r}).update(lon=110.05, lat=21.7)")
    page = app_of(new_phone, "handler").page
    screen(page, "task", made.event)
    page.get_by_text("前往该地点").click()
    links = {one.inner_text(): one.get_attribute("href") for one in page.locator(".route a").all()}
    assert list(links) == ["手机自带地图", "高德地图", "百度地图", "腾讯地图"]
    assert links["手机自带地图"] == "geo:21.700000,110.050000?q=21.700000,110.050000"
    # What a map is told names neither the matter nor who looks.
    assert not any(made.number in str(link) or "水管" in str(link) for link in links.values())


def test_what_was_handled_on_the_spot_is_a_matter_that_is_done(new_phone: NewPhone, town: Town) -> None:
    phone = app_of(new_phone, "worker")
    page = phone.page
    phone.context.set_offline(True)
    page.get_by_role("link", name="当场办结").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("当场办结")
    take_photo(page, page.locator("[data-role=before] input"), 21)
    take_photo(page, page.locator("[data-role=after] input"), 22)
    for role in ("before", "after"):
        expect(page.locator(f"[data-role={role}] img")).to_be_visible()
        expect(page.locator(f"[data-role={role}][aria-busy]")).to_have_count(0)
    page.get_by_role("button", name="按已处置发送").click()
    expect(page.get_by_text("请选择是什么事项。")).to_be_visible()
    page.get_by_text("排水管道").click()
    page.get_by_role("button", name="按已处置发送").click()
    expect(page.locator("html")).to_have_attribute("data-drawn", "receipt")
    expect(page.get_by_text("自行处置")).to_be_visible()
    report = page.url.rpartition("/")[2]
    assert town.kept(report) == 0

    phone.context.set_offline(False)
    act = page.get_by_role("link", name="自行处置")
    expect(act).to_contain_text("440881101-", timeout=40_000)
    asked = """
event = Event.objects.latest("reported_at")
print(event.pk, event.state, event.category.code, event.area_id, event.outcome)
"""
    event, state, category, area, outcome = town.does(asked).split()
    assert (state, category, area) == ("self_handled", "C01", "440881101201005")
    assert outcome == "巡查中发现，已当场处理完毕。"
    assert pictures(town, event) == ["report", "after"]
    assert journal(town, event).count("self_handled") == 1


def test_a_photo_of_the_moment_the_spot_is_sent_goes_with_it(new_phone: NewPhone, town: Town) -> None:
    page = app_of(new_phone, "worker").page
    screen(page, "spot")
    page.get_by_text("排水管道").click()
    at_once(page, "main form", {}, "[data-role=before] input", 23)
    expect(page.locator("html")).to_have_attribute("data-drawn", "receipt")
    expect(page.get_by_role("link", name="自行处置")).to_contain_text("440881101-", timeout=40_000)
    event = town.does('print(Event.objects.latest("reported_at").pk)').strip()
    assert pictures(town, event) == ["report"]


def test_the_spot_is_there_again_when_the_camera_killed_the_app(new_phone: NewPhone) -> None:
    phone = app_of(new_phone, "worker")
    page = phone.page
    screen(page, "spot")
    take_photo(page, page.locator("[data-role=before] input"), 31)
    expect(page.locator("[data-role=before][aria-busy]")).to_have_count(0)
    phone.context.set_offline(True)
    page.reload()
    expect(page.locator("[data-role=before] img")).to_be_visible()
    page.get_by_role("button", name="移除处置前照片").click()
    expect(page.locator("[data-role=before] img")).to_be_hidden()


def test_the_grid_is_read_without_network_and_its_map_when_there_was_one(new_phone: NewPhone, town: Town) -> None:
    made = matter(town, "accepted", "电线垂到路面")
    phone = app_of(new_phone, "worker")
    page = phone.page
    screen(page, "grid")
    expect(page.get_by_text(made.number).first).to_be_visible()
    phone.context.set_offline(True)
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("我的网格")
    expect(page.get_by_text(made.number).first).to_be_visible()
    expect(page.get_by_text("网格员").first).to_be_visible()
    phone.context.set_offline(False)
    page.get_by_role("button", name="显示地图").click()
    expect(page.locator(".ground-map[data-ready]")).to_be_visible(timeout=30_000)
    phone.context.set_offline(True)
    page.reload()
    page.get_by_role("button", name="显示地图").click()
    expect(page.locator(".ground-map[data-ready]")).to_be_visible(timeout=30_000)
