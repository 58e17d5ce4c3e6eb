"""Reporting as people in a village do: three taps and nothing typed, with a network or without, undone within a minute."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from linli.field.tests.shell import PHOTO, NewPhone, Town, drawn, held, named, received, report, shoot, wait_kept
from linli.intake.proving import wait_for

pytestmark = pytest.mark.browser


def test_three_taps_and_no_typing_from_home_to_sent(
    new_phone: NewPhone, town: Town, record_property: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    page = held(new_phone).page
    page.evaluate("sessionStorage.taps = sessionStorage.typed = 0")
    made = report(page)
    counted = page.evaluate("[Number(sessionStorage.taps), Number(sessionStorage.typed)]")
    received(page)
    with capsys.disabled():
        print(f"\nFrom home to sent: {counted[0]} taps, {counted[1]} typed.")
    assert counted == [3, 0]
    assert town.kept(made) == 1
    assert town.photos(made) == 1
    expect(named(page, "facts")).to_contain_text("石城镇")
    expect(named(page, "facts")).to_contain_text("上县第五网格")


def test_a_resident_reports_without_an_account_by_the_same_three_taps(new_phone: NewPhone, town: Town) -> None:
    page = held(new_phone, "").page
    made = report(page)
    received(page)
    assert town.photos(made) == 1
    expect(named(page, "facts")).to_contain_text("查询码")
    named(page, "see").tap()
    page.wait_for_url("**/status/**")


def test_a_report_without_a_photo_weighs_two_kilobytes_at_most(
    new_phone: NewPhone, capsys: pytest.CaptureFixture[str]
) -> None:
    phone = held(new_phone)
    named(phone.page, "write").tap()
    drawn(phone.page, "report")
    named(phone.page, "text").fill("村口小卖部门前的水沟堵了，污水流到路上，孩子上学要绕行。")
    phone.page.locator(".tile").first.tap()
    named(phone.page, "send").tap()
    drawn(phone.page, "receipt")
    received(phone.page)
    sent = next(one for one in phone.line.posts())
    weight = len(sent.body) + sum(len(name) + len(value) + 4 for name, value in sent.headers.items())
    with capsys.disabled():
        print(f"\nA report without a photo: {len(sent.body)} bytes of content, {weight} with its headers.")
    assert weight <= 2048
    assert json.loads(sent.body)["lon"] == pytest.approx(110.05)


def test_a_report_made_without_a_network_is_sent_when_there_is_one(new_phone: NewPhone, town: Town) -> None:
    page = held(new_phone).page
    wait_kept(page)
    page.context.set_offline(True)
    page.reload()
    drawn(page, "home")
    made = report(page)
    expect(named(page, "state").first).to_have_text("等待网络")
    expect(named(page, "number")).to_contain_text("临时编号")
    expect(page.locator("[data-queue]")).to_contain_text("等待网络：1 件")
    page.context.set_offline(False)
    received(page)
    assert town.kept(made) == 1
    expect(page.locator("[data-queue]")).to_be_hidden()


def test_a_report_not_yet_sent_is_a_draft_again_when_it_is_undone(new_phone: NewPhone) -> None:
    page = held(new_phone).page
    wait_kept(page)
    page.context.set_offline(True)
    report(page)
    named(page, "undo").tap()
    drawn(page, "report")
    expect(page.locator("[data-toasts]")).to_contain_text("还没有发出")
    expect(page.locator(".tile", has_text="排水管道").locator("input")).to_be_checked()
    expect(page.locator(".shot img")).to_have_count(1)


def test_a_report_that_has_arrived_is_asked_back_within_a_minute(new_phone: NewPhone, town: Town) -> None:
    page = held(new_phone).page
    report(page)
    received(page)
    named(page, "undo").tap()
    expect(named(page, "undo")).to_be_hidden()
    expect(named(page, "later_list")).to_contain_text("撤回上报")
    expect(named(page, "facts")).to_contain_text("作废", timeout=30_000)


def test_a_phone_that_tells_no_place_sends_to_its_own_grid(new_phone: NewPhone) -> None:
    page = held(new_phone, permissions=[]).page
    shoot(page)
    expect(named(page, "where")).to_contain_text("没有允许定位")
    page.locator(".tile").first.tap()
    named(page, "send").tap()
    drawn(page, "receipt")
    received(page)
    expect(named(page, "facts")).to_contain_text("上县第五网格")


def test_a_resident_without_a_place_is_asked_for_the_area_once(new_phone: NewPhone) -> None:
    page = held(new_phone, "", permissions=[]).page
    shoot(page)
    page.locator(".tile").first.tap()
    named(page, "send").tap()
    expect(named(page, "problem")).to_contain_text("请选择区域")
    named(page, "area").select_option(label="石城镇")
    named(page, "send").tap()
    drawn(page, "receipt")
    received(page)


def test_the_number_to_call_stands_above_the_button_that_sends(new_phone: NewPhone, town: Town) -> None:
    town.does(
        "from linli.events.models import Category; Category.objects.filter(code='C02').update(emergency_call='119')"
    )
    page = held(new_phone).page
    shoot(page)
    named(page, "find").fill("危墙")
    page.get_by_role("radio", name="危墙 公共设施").check()
    call = named(page, "call")
    expect(call).to_be_visible()
    expect(call.get_by_role("link", name="119")).to_have_attribute("href", "tel:119")
    assert call.bounding_box()["y"] < named(page, "send").bounding_box()["y"]


def test_a_residents_photo_of_the_album_is_marked_as_one(new_phone: NewPhone, town: Town, tmp_path: Path) -> None:
    album = tmp_path / "IMG_1.jpg"
    shutil.copy(PHOTO, album)
    os.utime(album, (1_700_000_000, 1_700_000_000))
    page = held(new_phone, "").page
    shoot(page, album)
    page.locator(".tile").first.tap()
    named(page, "send").tap()
    drawn(page, "receipt")
    received(page)
    asked = f"""
from linli.events.models import Picture
from linli.intake.models import Kept
kept = Kept.objects.get(device_id={str(page.evaluate("location.hash")).split("/")[1]!r})
print(*Picture.objects.filter(event=kept.pk, from_album=True))
"""
    # A photo that took too long to check on a machine with much to do is asked for again after a minute.
    wait_for(lambda: town.does(asked) != "", "It is not marked.", within_s=180)


def test_a_draft_left_empty_is_tidied_away_and_one_with_words_is_not(new_phone: NewPhone) -> None:
    page = held(new_phone).page
    for words, left in (("", 0), ("水沟", 1)):
        named(page, "write").tap()
        drawn(page, "report")
        named(page, "text").fill(words)
        named(page, "text").blur()
        page.locator("[data-tab=home]").tap()
        drawn(page, "home")
        expect(named(page, "link")).to_have_count(left)
