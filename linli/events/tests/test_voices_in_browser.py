"""Voice notes as a desk hears them: in the list, on the page of the matter, from any point on, at either width."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from linli.events import actions
from linli.events.models import Event
from linli.events.rules import State
from linli.events.testing import World, make_event, make_world
from linli.events.tests.pages import page_of
from linli.kit.media.keeping import keep_file
from linli.kit.media.testing import voice

pytestmark = pytest.mark.browser
#: Plays, goes to the middle of it, and says what it knows then: how long it is, and that it went on from there.
PLAYED = """sound => new Promise((done) => {
  setTimeout(() => done("not played"), 10000);
  sound.muted = true;
  const isMeasured = () => Number.isFinite(sound.duration) && sound.duration > 0;
  const goOn = setInterval(() => {
    if (!isMeasured() || sound.seeking) return;
    clearInterval(goOn);
    sound.currentTime = 1.5;
    sound.addEventListener("timeupdate", () => { if (!sound.seeking && sound.currentTime > 1.6) done(sound.duration); });
    sound.play();
  }, 50);
  sound.play().catch(() => {});
})"""


@pytest.fixture
def world(transactional_db: None) -> World:
    return make_world()


def heard(world: World, name: str, folder: Path) -> Event:
    event = make_event(world, State.DISPATCHED, at=timezone.now(), text="村口水沟堵了")
    (folder / name).write_bytes(voice(name))
    actions.receive_picture(event, keep_file(folder / name, as_voice=True), by=None, at=timezone.now())
    return event


@pytest.mark.parametrize("name", ["chromium.webm", "chromium.mp4", "aac-fragmented.mp4", "opus.ogg"])
def test_it_is_played_and_gone_to_the_middle_of(
    world: World, page: Page, sign_in: Callable[[Page, Any], None], tmp_path: Path, name: str
) -> None:
    event = heard(world, name, tmp_path)
    sign_in(page, world.cast.desk)
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.headers.get("range", "")) if one.url.endswith("/voice") else None)
    page.goto(page_of(event))
    assert asked == []
    duration = page.locator("audio").evaluate(PLAYED)
    assert duration == pytest.approx(3, abs=0.2)
    assert asked[0].startswith("bytes=0-")


@pytest.mark.parametrize("width", [390, 1920])
def test_the_list_marks_it_and_the_page_has_its_player(
    world: World,
    open_page: Callable[..., Page],
    sign_in: Callable[[Page, Any], None],
    accessible: Callable[[Page], None],
    tmp_path: Path,
    width: int,
) -> None:
    event = heard(world, "chromium.webm", tmp_path)
    page = open_page(viewport={"width": width, "height": 900})
    sign_in(page, world.cast.desk)
    page.goto("/desk/")
    expect(page.locator(".matters .tag", has_text="语音")).to_be_visible()
    page.goto(page_of(event))
    expect(page.get_by_label("上报时的语音，0:03")).to_be_visible()
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
