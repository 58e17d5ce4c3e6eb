"""The story end to end, in a browser: from a resident's phone to closed, reopened, closed again, and into the figures."""

import io
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.utils.translation import gettext as _
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from linli.events.forms import ACTS
from linli.events.models import Event
from linli.events.rules import Rating, State
from linli.events.testing import IN_GRID, World, draw_boundaries, make_world
from linli.people.testing import PASSWORD

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
HERE: dict[str, Any] = {
    "geolocation": {"longitude": IN_GRID[0], "latitude": IN_GRID[1], "accuracy": 12},
    "permissions": ["geolocation"],
}
TEXT = "三巷口的水沟堵了，污水流进门口"


def photo(colour: str) -> dict[str, Any]:
    out = io.BytesIO()
    Image.new("RGB", (320, 240), colour).save(out, "JPEG")
    return {"name": f"{colour}.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def label(step: str) -> str:
    return str(ACTS[step].label)


@dataclass
class Staff:
    """Somebody at a desk or with a phone, signed in by the form as people do."""

    page: Page
    name: str

    def sign_in(self) -> None:
        self.page.goto("/")
        self.page.get_by_role("link", name=_("Staff sign-in")).click()
        self.page.get_by_label(_("User name or telephone number")).fill(self.name)
        self.page.get_by_label(_("Password")).fill(PASSWORD)
        self.page.get_by_role("main").get_by_role("button", name=_("Sign in")).click()
        expect(self.page.get_by_role("heading", name=_("Matters"), exact=True)).to_be_visible()

    def find(self) -> None:
        """Find the matter in the list and open it."""
        self.page.goto("/desk/")
        self.page.get_by_role("link", name=re.compile(TEXT)).first.click()
        whole = self.page.get_by_role("link", name=_("Open the whole page"))
        title = self.page.get_by_role("heading", name=_("Next step"))
        expect(whole.or_(title)).to_be_visible()
        if whole.is_visible():
            whole.click()
        expect(title).to_be_visible()

    def take(self, step: str, fill: Callable[[Locator], None] = lambda form: None) -> None:
        """Choose a step, fill in what it asks for, and send it."""
        self.page.get_by_role("link", name=label(step), exact=True).click()
        form = self.page.locator("form").filter(has=self.page.get_by_role("heading", name=label(step)))
        fill(form)
        form.get_by_role("button", name=label(step), exact=True).click()
        expect(self.page.get_by_role("status").get_by_text(label(step))).to_be_visible()

    def state(self) -> str:
        return self.page.locator(".event-marks .state").inner_text()


@dataclass
class Cast:
    worker: Staff
    desk: Staff
    handler: Staff
    verifier: Staff

    def handle(self, done: str, after: str) -> None:
        """From accepted to closed: dispatched, signed for, handled with a photo, checked by another, closed."""
        self.desk.find()
        self.desk.take("dispatch", lambda form: form.locator("#step-lead").select_option("water"))
        self.handler.find()
        self.handler.take("sign_for")
        self.handler.take("submit_result", lambda form: _result(form, done, after))
        expect(self.handler.page.get_by_role("link", name=label("verify"))).to_have_count(0)
        self.verifier.find()
        self.verifier.take("verify", lambda form: form.get_by_label(_("What you saw")).fill("现场看过，水流畅通"))
        self.desk.find()
        self.desk.take("close")
        assert self.desk.state() == State.CLOSED.label


def _result(form: Locator, done: str, after: str) -> None:
    form.get_by_label(_("What was done")).fill(done)
    form.get_by_label(_("Photos taken after")).set_input_files(photo(after))
    expect(form.get_by_role("img", name=f"{after}.jpg")).to_be_visible()


@pytest.fixture
def cast(transactional_db: None, open_page: Callable[..., Page]) -> Cast:
    world: World = make_world()
    draw_boundaries(world)
    staff = Cast(
        worker=Staff(open_page(**PHONE), "worker"),
        desk=Staff(open_page(), "desk"),
        handler=Staff(open_page(), "handler"),
        verifier=Staff(open_page(**PHONE), "verifier"),
    )
    for one in (staff.worker, staff.desk, staff.handler, staff.verifier):
        one.sign_in()
    return staff


def report(page: Page) -> tuple[str, str]:
    """A resident reports from where they stand; number and code of the receipt."""
    page.goto("/")
    page.get_by_role("link", name=_("Report something")).click()
    page.get_by_label(_("In your words")).fill(TEXT)
    page.get_by_label(_("Photos")).set_input_files(photo("brown"))
    page.get_by_role("button", name=_("Use my position")).click()
    expect(page.get_by_text(_("Position found."))).to_be_visible()
    page.get_by_label(_("How can we reach you?")).fill("林阿婆 19900000009")
    page.get_by_role("button", name=_("Send the report")).click()
    expect(page.get_by_role("status").get_by_text(_("Thank you. Your report has arrived."))).to_be_visible()
    number, code = page.locator(".receipt-number").all_inner_texts()
    return number, code


def figures(desk: Staff) -> Counter[str]:
    """What the page of figures of their area says; a number that is none leads nowhere."""
    desk.page.get_by_role("navigation", name=_("Rooms")).get_by_role("link", name=_("Figures")).click()
    expect(desk.page.get_by_role("heading", level=1)).to_contain_text("石城镇")
    found = desk.page.locator("[data-figure]").evaluate_all(
        "links => links.map(link => [link.dataset.figure, Number(link.textContent)])"
    )
    return Counter(dict(reversed(found)))


def test_a_matter_goes_from_a_phone_to_closed_and_reopened_and_closed_again(
    cast: Cast, open_page: Callable[..., Page], accessible: Callable[[Page], None]
) -> None:
    assert figures(cast.desk).total() == 0
    resident = open_page(**PHONE, **HERE)
    number, code = report(resident)
    assert Event.objects.get(number=number).area.name == "上县第五网格"
    resident.get_by_role("link", name=_("To my matter")).click()
    expect(resident.get_by_role("heading", name=_("Your report has arrived."))).to_be_visible()
    accessible(resident)

    cast.worker.find()
    accessible(cast.worker.page)
    cast.worker.take("accept", lambda form: form.get_by_label(_("Category")).select_option(label="　排水管道"))
    resident.reload()
    expect(resident.get_by_role("heading", name=_("It has been accepted."))).to_be_visible()

    cast.handle("清淤两米，水沟已疏通，水流正常", "green")
    resident.reload()
    expect(resident.get_by_role("heading", name=_("It is closed."))).to_be_visible()
    expect(resident.get_by_text("清淤两米，水沟已疏通，水流正常").first).to_be_visible()
    # The photo of the report, and the one taken after.
    expect(resident.locator(".photos img")).to_have_count(2)
    before = figures(cast.desk)
    assert (before["reported"], before["closed"], before["open"], before["reopened"]) == (1, 1, 0, 0)

    # Weeks later, another phone: the code of the receipt opens it.
    other = open_page(**PHONE)
    other.goto("/")
    other.get_by_label(_("Number on your receipt")).fill(number)
    other.get_by_role("button", name=_("Look it up")).click()
    other.get_by_label(_("Code on your receipt")).fill(code)
    other.get_by_role("button", name=_("Show")).click()
    other.get_by_role("button", name=str(Rating.NOT_SATISFIED.label), exact=True).click()
    other.get_by_label(_("What is still wrong?")).fill("一下雨又堵了")
    other.get_by_role("button", name=_("Reopen"), exact=True).click()
    expect(other.get_by_role("heading", name=_("It has been accepted."))).to_be_visible()
    reopened = figures(cast.desk)
    assert (reopened["closed"], reopened["open"], reopened["reopened"]) == (0, 1, 1)

    cast.handle("已更换更粗的排水管，试水正常", "gold")
    other.reload()
    other.get_by_role("button", name=str(Rating.SATISFIED.label), exact=True).click()
    expect(other.get_by_text(str(Rating.SATISFIED.label)).first).to_be_visible()

    after = figures(cast.desk)
    assert (after["reported"], after["closed"], after["open"], after["reopened"]) == (1, 1, 0, 1)
    for name in ("reported", "closed", "reopened"):
        cast.desk.page.locator(f'[data-figure="{name}"]').first.click()
        expect(cast.desk.page.get_by_role("link", name=re.compile(TEXT))).to_have_count(1)
        cast.desk.page.go_back()
