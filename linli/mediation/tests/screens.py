"""What persons do at the pages of mediation in a browser, in the words of the pages: staff read English, parties Chinese.

A story is told with these: each person has a screen; `reads` is what they see, `press` and `follow` what they do.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils import translation
from django.utils.translation import gettext
from playwright.sync_api import Locator, Page, expect

from linli.mediation.models import Dispute
from tests.browser import settled

#: A phone as parties have one.
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def zh(words: str, **facts: Any) -> str:
    """What the pages say in Chinese for these words of the code; the words themselves where none were translated yet."""
    with translation.override("zh-hans"):
        return gettext(words) % facts if facts else gettext(words)


def draw(page: Page) -> None:
    """Sign something into the field with a finger."""
    pad = page.locator("canvas")
    # Away from what sticks to the upper edge and from what is said at the lower one.
    pad.evaluate("one => one.scrollIntoView({ block: 'center' })")
    box = pad.bounding_box()
    assert box
    page.mouse.move(box["x"] + 40, box["y"] + 60)
    page.mouse.down()
    for step in range(1, 10):
        page.mouse.move(box["x"] + 40 + 20 * step, box["y"] + 60 + (step % 3) * 15)
    page.mouse.up()


@dataclass
class Screen:
    """A page before somebody, and what they may rightly expect of every page."""

    page: Page
    accessible: Callable[[Page], None]

    def fits(self) -> None:
        """Nothing stands beyond the edge."""
        assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), self.page.url

    def looks_right(self) -> None:
        """It fits, and whoever sees or hears little can use it."""
        self.fits()
        self.accessible(self.page)

    @property
    def main(self) -> Locator:
        """The page without its frame."""
        return self.page.locator("#main")

    @property
    def problem(self) -> Locator:
        """The sentence that says what is wrong."""
        return self.page.locator(".problem, .field-error").first


class Desk(Screen):
    """Somebody of a committee at their desk."""

    def open_file(self, dispute: Dispute, purpose: str = "To mediate it") -> None:
        """Through the door, saying what for."""
        self.page.goto(f"/mediation/{dispute.pk}/")
        self.page.get_by_label(purpose).check()
        self.page.get_by_role("button", name="Open the file").click()
        expect(self.card("Next step")).to_be_visible()

    def back_to_file(self, dispute: Dispute) -> None:
        """Look at the file again, as others have changed it meanwhile."""
        self.page.goto(f"/mediation/{dispute.pk}/")

    def card(self, title: str) -> Locator:
        """A section of the page by its heading."""
        return self.page.get_by_role("region", name=title, exact=True)

    def begin(self, act: str, of: str = "") -> None:
        """Follow the button of an act, in a section if one is named; behind “More” where it stands there."""
        settled(self.page)  # the page on which it is looked for, and no longer the one before
        where = self.card(of) if of else self.page.locator("#main")
        link = where.get_by_role("link", name=act).first
        if not link.is_visible():
            where.locator("details.menu", has=self.page.locator("a", has_text=act)).first.locator("summary").click()
            link = where.locator("a", has_text=act).first
        link.click()

    def do(self, act: str) -> None:
        """Send the form of an act: its button says what it does."""
        self.page.get_by_role("button", name=act, exact=True).click()

    def was_done(self, act: str) -> None:
        """It is said at the top of the page."""
        expect(self.page.get_by_text(f"Done: {act}.")).to_be_visible()

    def add_clause(self, clause: str) -> None:
        """One more clause in the agreement."""
        self.page.get_by_label("Add a clause").select_option(label=clause)
        self.page.get_by_role("button", name="Add this clause").click()

    def lay_in(self, file: Path) -> None:
        """Choose a file."""
        self.page.locator("input[type=file]").set_input_files(file)


@dataclass
class Phone(Screen):
    """A party at its own page, which it opens by its secret link."""

    address: str = ""

    def open(self) -> None:
        """The own page as it stands now."""
        self.page.goto(self.address)

    def part(self, title: str) -> Locator:
        """A section of the own page by its heading."""
        return self.page.get_by_role("region", name=zh(title), exact=True)

    def press(self, words: str, of: str) -> None:
        """Press a button in a section, which is unfolded if it lies folded."""
        self.part(of).get_by_role("button", name=zh(words)).first.click()

    def unfold(self, words: str, of: str) -> None:
        """Open what lies folded."""
        self.part(of).locator("summary", has_text=zh(words)).click()

    def reads(self, words: str, of: str = "", **facts: Any) -> None:
        """See a sentence, in a section or anywhere on the page."""
        where = self.part(of) if of else self.main
        expect(where.get_by_text(zh(words, **facts)).first).to_be_visible()

    def is_told(self, words: str) -> None:
        """The answer to what was just done."""
        expect(self.page.get_by_text(zh(words))).to_be_visible()

    def has_to(self, words: str) -> None:
        """It stands under what waits for this party."""
        expect(self.part("This waits for you").get_by_text(zh(words))).to_be_visible()
