"""Photos and videos as people see them: arriving while the page is open, large, by keyboard, played, and on a phone."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from django.utils.translation import gettext as _
from playwright.sync_api import Page, expect

from linli.events import actions
from linli.events.models import Event
from linli.events.testing import GRID, World, draw_boundaries, make_world
from linli.intake import digest
from linli.intake.testing import Door, a_report
from linli.intake.tests.media import REPORTS, a_photo, at, hash_of

SignIn = Callable[[Page, Any], None]
OpenPage = Callable[..., Page]
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
#: Plays a while from the middle, which asks for a range. A promise of its own has no time limit.
PLAYED = """one => new Promise((done) => {
  setTimeout(() => done("not played"), 8000);
  one.muted = true;
  one.addEventListener("loadedmetadata", () => { one.currentTime = one.duration / 2; });
  one.addEventListener("timeupdate", () => { if (!one.seeking && one.currentTime > one.duration / 2) done("played"); });
  one.play().catch((why) => done(String(why)));
})"""
ONE, OTHER = a_photo(1), a_photo(2)


@pytest.fixture
def world(transactional_db: None) -> World:
    made = make_world()
    draw_boundaries(made)
    return made


@pytest.fixture
def door(world: World) -> Iterator[Door]:
    opened = Door().wait_until_ready()
    yield opened
    opened.close()


def reported(door: Door, *files: tuple[bytes, str]) -> str:
    """A report that announces these files, taken in; the address below which they go."""
    photos = [{"sha256": hash_of(one), "size": len(one), "type": kind} for one, kind in files]
    report = a_report(random.Random(1), area=GRID, photos=photos)
    assert door.post(REPORTS, report)[0] == 201
    digest.digest_all(timezone.now())
    return f"{REPORTS}/{report['id']}"


def page_of(event: Event) -> str:
    return f"/desk/events/{event.pk}/"


def is_loaded(page: Page) -> bool:
    return bool(page.evaluate("[...document.querySelectorAll('.photos img')].every(one => one.naturalWidth > 0)"))


def test_photos_arrive_while_the_matter_is_open_and_are_looked_at_by_keyboard(
    world: World, door: Door, page: Page, sign_in: SignIn, accessible: Callable[[Page], None]
) -> None:
    report = reported(door, (ONE, "image/jpeg"), (OTHER, "image/jpeg"), (a_photo(3), "image/jpeg"))
    event = Event.objects.get()
    sign_in(page, world.cast.desk)
    page.goto(page_of(event))
    gallery = page.get_by_role("region", name=_("Photos, videos and voice notes"))
    expect(gallery).to_contain_text(_("%(here)s of %(all)s received") % {"here": 0, "all": 3})
    accessible(page)
    for one in (ONE, OTHER):
        assert door.put(at(report, one), one)[0] == 201
    page.reload()
    expect(gallery).to_contain_text(_("%(here)s of %(all)s received") % {"here": 2, "all": 3})
    expect(gallery.get_by_text(_("Waits on the phone."))).to_have_count(1)
    accessible(page)
    page.wait_for_load_state("networkidle")
    assert is_loaded(page)
    links = gallery.get_by_role("link")
    links.first.focus()
    page.keyboard.press("Enter")
    box = page.get_by_role("dialog", name=_("Photo"))
    expect(box).to_be_visible()
    accessible(page)
    large = box.get_by_role("img")
    for key, number in (("ArrowRight", 2), ("ArrowRight", 1), ("ArrowLeft", 2)):
        page.keyboard.press(key)
        expect(large).to_have_attribute(
            "src", page.url.partition("/desk")[0] + str(links.nth(number - 1).get_attribute("href"))
        )
    page.keyboard.press("Escape")
    expect(box).to_be_hidden()
    expect(links.nth(1)).to_be_focused()


def test_a_video_is_played_and_the_original_is_handed_out_and_noted(
    world: World, door: Door, page: Page, sign_in: SignIn, shared: Path
) -> None:
    film = (shared / "data" / "video" / "bikes.mp4").read_bytes()
    report = reported(door, (film, "video/mp4"))
    status, answer = door.put(at(report, film), film)
    if status == 422 and answer["error"]["code"] == "media_needs_extra":
        pytest.skip("Videos need the extra `media`.")
    assert status == 201, answer
    event = Event.objects.get()
    sign_in(page, world.cast.desk)
    page.goto(page_of(event))
    video = page.locator("video")
    expect(video).to_have_attribute("preload", "none")
    assert video.evaluate(PLAYED) == "played", video.evaluate(
        "one => [one.networkState, one.readyState, one.error?.message]"
    )
    with page.expect_download() as handed:
        page.get_by_role("button", name=_("Original")).click()
    assert Path(handed.value.path()).read_bytes() == film
    assert handed.value.suggested_filename == f"{event.number}-1.mp4"
    page.reload()
    expect(page.get_by_text(_("opened the original of a photo or video"))).to_have_count(1)


def test_on_a_phone_before_and_after_stand_beside_each_other_and_nothing_runs_off(
    world: World, door: Door, open_page: OpenPage, sign_in: SignIn, accessible: Callable[[Page], None]
) -> None:
    report = reported(door, (ONE, "image/jpeg"), (a_photo(3), "image/jpeg"))
    assert door.put(at(report, ONE), ONE)[0] == 201
    event = Event.objects.get()
    at_once = timezone.now()
    actions.self_handle(event, text="当场清理", photos=[OTHER], by=world.cast.worker, at=at_once)
    page = open_page(**PHONE)
    sign_in(page, world.cast.desk)
    page.goto(page_of(event))
    before, after = (one.bounding_box() for one in page.locator(".photo-sides figure").all())
    assert before is not None
    assert after is not None
    assert before["y"] == after["y"]
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    accessible(page)


def test_the_gallery_works_without_scripts(
    world: World, door: Door, open_page: OpenPage, sign_in: SignIn, watch: Any
) -> None:
    report = reported(door, (ONE, "image/jpeg"))
    assert door.put(at(report, ONE), ONE)[0] == 201
    page = open_page(java_script_enabled=False)
    sign_in(page, world.cast.desk)
    page.goto(page_of(Event.objects.get()))
    page.get_by_role("region", name=_("Photos, videos and voice notes")).get_by_role("link").click()
    page.wait_for_url(f"**/media/{hash_of(ONE)}.jpg*")
    page.wait_for_load_state()
    page.goto("about:blank")  # whatever the page of the picture had to say has been said then
    # Around a picture by itself chromium makes a page, whose styles our policy forbids: it is shown all the same.
    assert all("inline style" in one for one in watch.problems)
    watch.problems.clear()
