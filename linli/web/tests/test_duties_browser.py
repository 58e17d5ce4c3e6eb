"""The duty list as the county desk keeps it: bring a version in, compare, put it in use, and see what it recommends."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from django.utils.translation import gettext as _
from playwright.sync_api import Page, expect

from linli.events.models import DispatchChoice, DutyList
from linli.events.rules import ChoiceReason
from linli.events.testing import World, make_event
from linli.kit.tests.sheet_files import xlsx
from linli.people.models import Person
from linli.web.tests.test_duties_pages import DUTIES, HEADER, NEW, TOWNSHIP, listed, row
from tests.browser import OpenPage

pytestmark = pytest.mark.django_db(transaction=True)
SignIn = Callable[[Page, Person], None]
Accessible = Callable[[Page], None]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, settings: Any) -> None:
    """A home of this test alone."""
    settings.HOME = tmp_path


def test_a_version_is_brought_in_compared_used_and_recommends(
    world: World, tmp_path: Path, open_page: OpenPage, sign_in: SignIn, accessible: Accessible
) -> None:
    listed(world, row(), row(area=TOWNSHIP, lead="water"))
    event = make_event(world, "accepted", at=timezone.now())
    file = tmp_path / "清单.xlsx"
    file.write_bytes(xlsx(HEADER, *NEW))
    page = open_page()
    sign_in(page, world.cast.county)
    page.goto(DUTIES)
    page.get_by_role("link", name="导入新版本").click()
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_label("版本名称").fill("2027版")
    page.get_by_role("button", name=_("Try it")).click()
    expect(page.get_by_role("heading", name="2 行，全部可以导入")).to_be_visible()
    accessible(page)
    page.get_by_role("button", name="正式导入").click()
    expect(page.get_by_text("1 件事件中，1 件的推荐部门会改变")).to_be_visible()
    accessible(page)
    page.get_by_role("button", name="启用").click()
    expect(page.get_by_role("link", name="2027版")).to_be_visible()
    assert DutyList.objects.in_force_on(timezone.localdate()) == DutyList.objects.get(name="2027版")
    page.get_by_role("link", name="变化").first.click()
    expect(page.locator(".duty-changes")).not_to_have_count(0)
    page.goto(f"/desk/events/{event.pk}/dispatch")
    recommended = page.locator(".recommended")
    expect(recommended).to_contain_text("住建局")
    expect(recommended).to_contain_text("现在为工作时间")
    page.locator("#step-lead").select_option("water")
    page.get_by_label(str(ChoiceReason.AGREED.label)).check()
    page.get_by_role("button", name="派遣").last.click()
    expect(page.locator("h1")).to_be_visible()
    assert DispatchChoice.objects.get().reason == "agreed"
    page.goto(f"{DUTIES}overruled/")
    expect(page.locator(".duty-version")).to_contain_text("1 次派遣中 1 次被改派")


@pytest.mark.parametrize("size", [(390, 844), (1920, 1080)], ids=["phone", "wide"])
def test_the_pages_are_accessible_and_fit_every_screen(
    world: World, open_page: OpenPage, sign_in: SignIn, accessible: Accessible, size: tuple[int, int]
) -> None:
    made = listed(world, row(co_handlers="housing", contact="12345"), row(area=TOWNSHIP, lead="housing"))
    draft = listed(world, row(lead="housing"), name="下一版", in_days=None)
    page = open_page(viewport={"width": size[0], "height": size[1]})
    sign_in(page, world.cast.county)
    one, other = made.duties.order_by("id").first(), draft.duties.get()
    assert one is not None
    for address in (
        *("", "matrix/", "versions/", "overruled/", "import/", f"{one.pk}/", f"{other.pk}/edit"),
        *(
            f"?version={draft.pk}",
            f"compare/?a={made.pk}&b={draft.pk}",
            f"versions/{draft.pk}/use",
            f"versions/{draft.pk}/add",
        ),
    ):
        page.goto(DUTIES + address)
        expect(page.locator("h1")).to_be_visible()
        accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address


def test_the_list_narrows_as_one_types_and_the_matrix_opens_the_line(
    world: World, open_page: OpenPage, sign_in: SignIn
) -> None:
    listed(world, row(), row("C02", TOWNSHIP, "housing"))
    page = open_page()
    sign_in(page, world.cast.desk)
    page.goto(DUTIES)
    page.get_by_label("在权责清单中查找").fill("危墙")
    expect(page.locator("#found")).not_to_contain_text("排水管道")
    expect(page.locator("#found")).to_contain_text("住建局")
    page.get_by_role("link", name="按乡镇").click()
    page.get_by_role("cell", name="住建局").get_by_role("link").click()
    expect(page.locator("h1")).to_contain_text("石城镇")
