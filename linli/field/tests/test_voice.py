"""Voice notes on a phone: three taps and nothing typed, sent as photos are; a sentence where there is no microphone."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from linli.field.tests.proxy import PASS, Action
from linli.field.tests.shell import NewPhone, Phone, Town, drawn, held, named, received, wait_kept
from linli.field.tests.test_shell_looks import TARGETS
from linli.intake.proving import wait_for

pytestmark = pytest.mark.browser
#: The browser says no as it does when its holder has said no, or when there is nothing to say yes to.
WITHOUT = "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', %s) }"


def voice(page: Page) -> Any:
    """The part of the screen that records."""
    return page.locator("main .voice")


def is_now(page: Page, state: str) -> None:
    expect(voice(page)).to_have_attribute("data-state", state, timeout=30_000)


def speak(page: Page, ms: int = 1200) -> None:
    """Tap, say something, tap."""
    named(page, "voice_record").tap()
    is_now(page, "on")
    page.wait_for_timeout(ms)
    named(page, "voice_record").tap()
    is_now(page, "kept")


def begun(phone: Phone, ways: str = "write") -> str:
    """A report begun without a photo; its id."""
    named(phone.page, ways).tap()
    drawn(phone.page, "report")
    return str(phone.page.evaluate("location.hash")).split("/")[1]


def of_matter(town: Town, record: str) -> list[tuple[Any, ...]]:
    """The voice notes of what became of a report: hash, type, bytes, seconds."""
    asked = (
        "SELECT v.sha256, v.media_type, v.size, v.duration_s FROM events_voice v JOIN intake_kept k ON k.id = v.event_id "
        f"WHERE k.device_id = x'{record.replace('-', '')}'"
    )
    return list(town.home.query(asked))


def whole(town: Town, record: str) -> tuple[Any, ...]:
    """Wait until the matter has its voice note, and see that every byte of it is in the store."""
    wait_for(lambda: bool(of_matter(town, record)), "the voice note is with the matter", 60)
    (found,) = of_matter(town, record)
    file = Path(town.home.environment["LINLI_HOME"]) / "media" / "originals" / found[0][:2] / found[0]
    assert hashlib.sha256(file.read_bytes()).hexdigest() == found[0]
    assert file.stat().st_size == found[2]
    return found


def test_three_taps_and_nothing_typed_for_a_report_that_is_a_voice(
    new_phone: NewPhone, town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    phone = held(new_phone)
    page = phone.page
    page.evaluate("sessionStorage.taps = sessionStorage.typed = 0")
    named(page, "speak").tap()
    drawn(page, "report")
    is_now(page, "on")
    page.wait_for_timeout(1500)
    page.locator(".tile", has_text="排水管道").tap()
    made = str(page.evaluate("location.hash")).split("/")[1]
    named(page, "send").tap()
    drawn(page, "receipt")
    counted = page.evaluate("[Number(sessionStorage.taps), Number(sessionStorage.typed)]")
    received(page)
    sha256, kind, size, seconds = whole(town, made)
    with capsys.disabled():
        print(f"\nA report by voice: {counted[0]} taps, {counted[1]} typed; {seconds} s in {size} bytes of {kind}.")
    assert counted == [3, 0]
    assert seconds >= 1
    words = json.loads(next(one.body for one in phone.line.posts() if b'"report"' in one.body))
    assert "text" not in words or words["text"] == ""
    assert [(one["role"], one["sha256"], one["type"]) for one in words["photos"]] == [("voice", sha256, kind)]
    expect(named(page, "heard")).to_contain_text("已收到")
    expect(named(page, "photos_words")).to_be_hidden()


def test_it_is_heard_left_out_and_made_anew_and_lies_in_the_outbox_once(new_phone: NewPhone, town: Town) -> None:
    phone = held(new_phone)
    page = phone.page
    made = begun(phone)
    speak(page)
    first = kept_on(page, made)
    named(page, "voice_play").tap()
    expect(named(page, "voice_play")).to_contain_text("停止播放")
    expect(named(page, "voice_play")).to_contain_text("播放", timeout=10_000)
    named(page, "voice_again").tap()
    is_now(page, "on")
    page.wait_for_timeout(1200)
    named(page, "voice_record").tap()
    is_now(page, "kept")
    second = kept_on(page, made)
    assert len(first) == len(second) == 1
    assert first != second
    named(page, "voice_off").tap()
    is_now(page, "none")
    assert kept_on(page, made) == []


def kept_on(page: Page, record: str) -> list[str]:
    """Keys of what lies on the phone beside a record."""
    asked = """(record) => new Promise((done) => {
      const opening = indexedDB.open("linli-field");
      opening.onsuccess = () => {
        const asking = opening.result.transaction("blobs").objectStore("blobs").index("record").getAllKeys(record);
        asking.onsuccess = () => { opening.result.close(); done(asking.result.map(([, key]) => key)); };
      };
    })"""
    return list(page.evaluate(asked, record))


def test_made_without_a_network_it_is_sent_whole_over_a_line_that_breaks(new_phone: NewPhone, town: Town) -> None:
    phone = held(new_phone)
    page = phone.page
    wait_kept(page)
    page.context.set_offline(True)
    made = begun(phone)
    speak(page, 3000)
    page.locator(".tile", has_text="危墙").tap()
    named(page, "send").tap()
    drawn(page, "receipt")
    expect(named(page, "state").first).to_have_text("等待网络")
    expect(named(page, "heard")).to_contain_text("语音 0:0")
    page.locator("[data-tab=outbox]").tap()
    drawn(page, "outbox")
    expect(page.locator("main")).to_contain_text("语音尚未收到")
    asked = iter(range(1000))
    phone.line.fault = lambda one: Action(drops=True) if "/media/" in one.path and next(asked) % 2 == 0 else PASS
    page.context.set_offline(False)
    _sha256, _kind, _size, seconds = whole(town, made)
    assert seconds >= 2.5
    assert town.kept(made) == 1


def test_it_records_while_the_button_is_held(new_phone: NewPhone) -> None:
    phone = held(new_phone)
    made = begun(phone)
    box = named(phone.page, "voice_record").bounding_box()
    assert box is not None
    phone.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    phone.page.mouse.down()
    is_now(phone.page, "on")
    phone.page.wait_for_timeout(1200)
    phone.page.mouse.up()
    is_now(phone.page, "kept")
    phone.page.wait_for_timeout(500)
    is_now(phone.page, "kept")
    assert len(kept_on(phone.page, made)) == 1


def test_it_is_done_by_keyboard_and_says_so_to_a_screen_reader(new_phone: NewPhone) -> None:
    phone = held(new_phone)
    begun(phone)
    page = phone.page
    page.get_by_role("button", name="录一段语音").focus()
    page.keyboard.press("Enter")
    is_now(page, "on")
    expect(named(page, "voice_said")).to_contain_text("正在录音")
    page.wait_for_timeout(800)
    expect(page.get_by_role("button", name="结束录音")).to_be_focused()
    page.keyboard.press("Space")
    is_now(page, "kept")
    expect(named(page, "voice_said")).to_contain_text("已录好：0:0")
    expect(page.get_by_role("button", name="播放")).to_be_focused()


def test_a_slip_of_the_finger_keeps_nothing_and_says_how(new_phone: NewPhone) -> None:
    phone = held(new_phone)
    made = begun(phone)
    named(phone.page, "voice_record").tap()
    is_now(phone.page, "on")
    named(phone.page, "voice_record").tap()
    expect(named(phone.page, "voice_problem")).to_contain_text("时间太短")
    is_now(phone.page, "none")
    assert kept_on(phone.page, made) == []


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (WITHOUT % "'NotAllowedError'", "没有使用麦克风的权限"),
        (WITHOUT % "'NotFoundError'", "没有麦克风"),
        (WITHOUT % "'NotReadableError'", "麦克风正被占用"),
        ("delete window.MediaRecorder", "这个浏览器不能录音"),
        ("Object.defineProperty(window, 'isSecureContext', { value: false })", "通过 http 打开"),
    ],
)
def test_without_a_microphone_a_sentence_says_why_and_words_are_there(
    new_phone: NewPhone, script: str, words: str
) -> None:
    phone = held(new_phone)
    phone.context.add_init_script(script)
    phone.page.reload()
    drawn(phone.page, "home")
    begun(phone, "speak")
    expect(voice(phone.page)).to_contain_text(words)
    expect(voice(phone.page)).to_contain_text("文字")
    phone.page.locator("summary", has_text="用文字说明").tap() if not named(phone.page, "text").is_visible() else None
    named(phone.page, "text").fill("水沟堵了")
    named(phone.page, "send").tap()
    drawn(phone.page, "receipt")
    received(phone.page)


def test_a_phone_that_is_full_refuses_it_and_takes_the_words(new_phone: NewPhone) -> None:
    phone = held(new_phone)
    phone.context.add_init_script("navigator.storage.estimate = async () => ({ usage: 81, quota: 100 })")
    phone.page.reload()
    drawn(phone.page, "home")
    made = begun(phone)
    named(phone.page, "voice_record").tap()
    is_now(phone.page, "on")
    phone.page.wait_for_timeout(900)
    named(phone.page, "voice_record").tap()
    expect(named(phone.page, "voice_problem")).to_contain_text("存不下更多照片和录音")
    assert kept_on(phone.page, made) == []
    named(phone.page, "text").fill("水沟堵了")
    named(phone.page, "send").tap()
    drawn(phone.page, "receipt")


def test_a_word_may_be_added_by_voice_later(new_phone: NewPhone, town: Town) -> None:
    phone = held(new_phone, "")
    page = phone.page
    made = begun(phone)
    named(page, "text").fill("水沟堵了")
    named(page, "send").tap()
    drawn(page, "receipt")
    received(page)
    page.locator("summary", has_text="补充文字、照片或语音").tap()
    speak(page)
    page.get_by_role("button", name="补充", exact=True).tap()
    expect(page.locator("[data-toasts]")).to_contain_text("已保存", timeout=15_000)
    assert whole(town, made)[3] >= 1


def test_handled_on_the_spot_takes_one_too(new_phone: NewPhone, town: Town) -> None:
    phone = held(new_phone, address="#spot")
    page = phone.page
    drawn(page, "spot")
    expect(named(page, "problem")).to_be_hidden()
    speak(page)
    page.locator(".tile", has_text="排水管道").tap()
    named(page, "send").tap()
    drawn(page, "receipt")
    made = str(page.evaluate("location.hash")).split("/")[1]
    received(page)
    assert whole(town, made)[3] >= 1


#: The numbers to call of which a corner or the middle is not to be seen and tapped.
COVERED = """() => [...document.querySelectorAll(".emergency a")].filter((one) => {
  const { left, right, top, bottom } = one.getBoundingClientRect();
  const points = [[left + 12, top + 12], [right - 12, top + 12], [left + 12, bottom - 4], [right - 12, bottom - 4],
    [(left + right) / 2, (top + bottom) / 2]];
  return points.some(([x, y]) => document.elementFromPoint(x, y) !== one);
}).map((one) => one.textContent)"""


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize(("kind", "least"), [("normal", 44), ("large", 60), ("huge", 60)])
def test_axe_finds_nothing_while_it_records_nor_after(
    new_phone: NewPhone, accessible: Callable[[Page], None], language: str, kind: str, least: int
) -> None:
    page = held(new_phone, address=f"?language={language}#more").page
    page.locator(f"[name=type][value={kind}]").check(force=True)
    page.evaluate("location.hash = '#home'")
    drawn(page, "home")
    accessible(page)
    # Whatever the size, the numbers to call are not covered by the ways to report.
    assert page.evaluate(COVERED) == []
    named(page, "speak").tap()
    drawn(page, "report")
    for state in ("on", "kept"):
        is_now(page, state)
        accessible(page)
        assert [one for one in page.evaluate(TARGETS) if one[0] < least] == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.wait_for_timeout(700)
        if state == "on":
            named(page, "voice_record").tap()
