"""Leaving a complaint or suggestion as people do: from the page it is about, and reading the answer by its code."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from linli.events.testing import World, make_world
from linli.opinions import actions
from linli.opinions.models import Opinion
from tests.browser import OpenPage

SignIn = Callable[[Page, Any], None]
Accessible = Callable[[Page], None]


@pytest.fixture
def world(transactional_db: None) -> World:
    return make_world()


@pytest.mark.browser
def test_from_the_public_page_to_the_answer(
    world: World, page: Page, open_page: OpenPage, accessible: Accessible
) -> None:
    page.goto("/report")
    page.get_by_role("link", name="投诉与建议").click()
    accessible(page)
    page.get_by_role("button", name="提交").click()
    page.get_by_label("建议").check()
    page.get_by_label("想反映什么？").fill("地图上的字太小")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_text("谢谢，意见已收到。")).to_be_visible()
    accessible(page)
    code = page.locator(".receipt-number").inner_text()
    opinion = Opinion.objects.get()
    assert opinion.page == "/report"
    actions.answer(opinion, words="下一版放大", by=world.cast.system, at=timezone.now())
    other = open_page()
    other.goto("/opinion/status")
    other.get_by_label("查询码").fill(code)
    other.get_by_role("button", name="查看").click()
    expect(other.get_by_text("下一版放大")).to_be_visible()


@pytest.mark.browser
def test_the_administrator_reads_and_answers(world: World, page: Page, sign_in: SignIn, accessible: Accessible) -> None:
    actions.leave(kind="complaint", words="登录太麻烦", page="/m/", by=None, at=timezone.now())
    sign_in(page, world.cast.system)
    page.goto("/desk/notices/")
    page.get_by_text("有人对本系统提出了投诉或建议。").click()
    accessible(page)
    page.get_by_label("答复内容").fill("已改为一次登录长期有效")
    page.get_by_role("button", name="提交答复").click()
    expect(page.get_by_text("答复已提交，提出人可以查看。")).to_be_visible()
    expect(page.get_by_text("已答复")).to_be_visible()
    accessible(page)
