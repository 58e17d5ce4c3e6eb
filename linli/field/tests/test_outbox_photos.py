"""Photos in the outbox: small, upright, with their own time; to the server byte by byte over a line that breaks."""

import hashlib
import io
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image

from linli.field.tests.outbox import FAST, GRID, Phone, Town
from linli.field.tests.proxy import PASS, Action, Asked
from linli.kit.media.inside import exif, jpeg
from linli.kit.media.inside.exif import Hidden

pytestmark = pytest.mark.browser
NewPhone = Callable[..., Phone]
BYTES = """(async () => {
    const record = await outbox.get(given[0]);
    const blob = await outbox.photo(given[0], record.photos[given[1] ?? 0].key);
    const bytes = new Uint8Array(await blob.arrayBuffer());
    let said = "";
    for (let at = 0; at < bytes.length; at += 3000) said += btoa(String.fromCharCode(...bytes.subarray(at, at + 3000)));
    return said;
})()"""
GIVE = """(async () => {
    const bytes = Uint8Array.from(atob(given[1]), (sign) => sign.charCodeAt(0));
    return outbox.addPhoto(given[0], new File([bytes], "image.jpg", { type: given[2] ?? "image/jpeg" }));
})()"""


def camera_photo(orientation: int, *, long: int = 4000, short: int = 3000) -> bytes:
    """As a phone makes it: left half red, right half blue as seen upright, turned, with a time, a place and a serial number."""
    width, height = (long, short) if orientation < 5 else (short, long)
    upright = Image.effect_noise((width, height), 40).convert("RGB")
    upright.paste((220, 0, 0), (0, 0, width // 2, height // 3))
    upright.paste((0, 0, 220), (width // 2, 0, width, height // 3))
    back = {1: None, 3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}
    stored = upright.transpose(back[orientation]) if back[orientation] is not None else upright
    hidden = Image.Exif()
    hidden[0x0112] = orientation
    detail = hidden.get_ifd(0x8769)
    detail[0x9003], detail[0x9011], detail[0xA431] = "2026:11:16 11:58:03", "+08:00", "SERIAL-4711"
    place = hidden.get_ifd(0x8825)
    place[1], place[2], place[3], place[4] = "N", (21.0, 42.0, 3.6), "E", (110.0, 3.0, 0.36)
    out = io.BytesIO()
    stored.save(out, "JPEG", quality=92, exif=hidden)
    return out.getvalue()


def given(phone: Phone, content: bytes, type: str = "image/jpeg") -> tuple[str, Any]:
    """A draft with this photo, scaled; the draft and the photo."""
    draft = phone.draft()
    import base64

    phone.does(GIVE, [draft, base64.b64encode(content).decode(), type])
    done = phone.until(draft, lambda one: one["photos"][0]["sha256"] or one["photos"][0]["problem"])
    return draft, done["photos"][0]


def bytes_of(phone: Phone, record: str, number: int = 0) -> bytes:
    import base64

    return b"".join(base64.b64decode(part) for part in [phone.does(BYTES, [record, number])])


def hidden_in(content: bytes) -> Hidden:
    """As the server reads it."""
    return exif.read(jpeg.walk(content).exif)


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
@pytest.mark.parametrize("by", ["worker", "page"])
def test_a_camera_photo_becomes_small_and_upright_and_keeps_its_time_and_place(
    phone: Phone, orientation: int, by: str
) -> None:
    phone.sign_in("worker").open("worker")
    if by == "page":
        phone.page.evaluate("outbox.photos.hasWorker = false")
    content = camera_photo(orientation)
    draft, photo = given(phone, content)
    small = bytes_of(phone, draft)
    assert photo["type"] == "image/jpeg"
    assert photo["size"] == len(small) <= 400_000 < len(content)
    assert photo["sha256"] == hashlib.sha256(small).hexdigest()
    picture = Image.open(io.BytesIO(small))
    assert max(picture.size) == 2048 or max(picture.size) > 1000
    assert (picture.width > picture.height) == (orientation < 5)
    left, right = (picture.convert("RGB").getpixel((picture.width * at // 8, picture.height // 8)) for at in (1, 7))
    assert left[0] > 150 > left[2]
    assert right[2] > 150 > right[0]
    hidden = hidden_in(small)
    assert (hidden.orientation, hidden.taken_at) == (1, "2026-11-16T11:58:03+08:00")
    assert hidden.position == pytest.approx((110.0501, 21.701), abs=1e-6)
    assert b"SERIAL-4711" not in small


def test_a_small_photo_goes_as_it_is(phone: Phone) -> None:
    phone.open()
    content = camera_photo(6, long=400, short=300)
    _draft, photo = given(phone, content)
    assert photo["sha256"] == hashlib.sha256(content).hexdigest()


def test_residents_send_smaller_ones(phone: Phone) -> None:
    phone.open()
    plain = io.BytesIO()
    Image.new("RGB", (3000, 2000), "green").save(plain, "PNG")
    draft, photo = given(phone, plain.getvalue(), "image/png")
    assert photo["type"] == "image/jpeg"
    assert Image.open(io.BytesIO(bytes_of(phone, draft))).size == (1600, 1067)


def test_what_is_no_photo_is_said_to_be_none_and_the_words_go_all_the_same(phone: Phone, town: Town) -> None:
    phone.open()
    draft, photo = given(phone, b"\xff\xd8\xff\xe0 no photo at all")
    assert photo["problem"]["code"] == "photo_unreadable"
    phone.does("outbox.send(given)", draft)
    held = phone.until(draft, lambda one: one["state"] == "needs_you")
    assert held["problem"] == {"code": "photo_unreadable", "field": "photos"}
    assert held["answer"]["received_at"]
    assert town.kept(draft) == 1
    phone.does("outbox.acknowledge(given)", draft)
    assert phone.get(draft)["state"] == "received"


def test_an_upload_goes_on_from_where_the_line_broke(phone: Phone, town: Town) -> None:
    cuts: list[Asked] = []

    def fault(asked: Asked) -> Action:
        if asked.method == "PUT" and not cuts:
            cuts.append(asked)
            return Action(cut_after=50_000)
        return PASS

    phone.line.fault = fault
    phone.open(settings=FAST | {"slice_bytes": 120_000})
    report = phone.draft()
    assert phone.add_photo(report, 3, 1600, 1200)
    phone.does("outbox.send(given)", report)
    phone.until_received(report)
    size = phone.get(report)["photos"][0]["size"]
    sent = [one for one in phone.line.asked if one.method == "PUT" and one not in cuts]
    assert size > 120_000
    assert any(one.method == "HEAD" for one in phone.line.asked)
    assert sum(len(one.body) for one in sent) == size - 50_000
    assert town.photos(report) == 1


def test_a_photo_leaves_the_phone_only_at_the_servers_word_for_that_very_hash(phone: Phone, town: Town) -> None:
    def fault(asked: Asked) -> Action:
        if asked.method != "PUT":
            return PASS
        told = b'{"id":"%s","sha256":"%s","size":1,"state":"received","received":1}' % (
            asked.path.split("/")[4].encode(),
            b"0" * 64,
        )
        return Action(answer=(201, "application/json", told, {}))

    phone.line.fault = fault
    phone.open(settings=FAST | {"pace": 100})
    report = phone.report(photos=1)
    held = phone.until(report, lambda one: one["answer"] and one["state"] == "waiting")
    assert held["photos"][0]["state"] != "received"
    assert len(bytes_of(phone, report)) == held["photos"][0]["size"]
    phone.line.fault = lambda _asked: PASS
    phone.does("outbox.retry(given)", report)
    phone.until_received(report)
    assert phone.does("outbox.photo(given, 'x')", report) is None
    assert phone.does("outbox.store.all('blobs')") == []
    assert town.photos(report) == 1


def test_a_report_whose_photo_is_still_being_scaled_is_sent_with_it(phone: Phone, town: Town) -> None:
    phone.sign_in("worker").open("worker")
    sent = phone.does(
        """(async () => {
            const draft = await outbox.draft({ text: "三次点按", area: given });
            await outbox.addPhoto(draft.id, await window.drawn(9, 4000, 3000));
            return outbox.send(draft.id);
        })()""",
        GRID,
    )
    phone.until_received(sent["id"])
    assert town.photos(sent["id"]) == 1


def test_from_eighty_percent_on_words_are_kept_and_photos_are_not(phone: Phone) -> None:
    phone.open()
    draft = phone.draft()
    # What the browser says of its room; chromium itself has said 10 GB to everybody since 138.
    phone.page.evaluate("navigator.storage.estimate = async () => ({ usage: 700_000, quota: 1_000_000 })")
    assert phone.add_photo(draft, 2) == "refused: no_space"
    assert phone.get(draft)["photos"] == []
    phone.does("outbox.keep(given, { text: '还能写' })", draft)
    assert phone.does("outbox.space()")["share"] == 0.7
    phone.page.evaluate("navigator.storage.estimate = async () => ({ usage: 100_000, quota: 1_000_000 })")
    assert "key" in phone.add_photo(draft, 2)


def test_a_store_that_is_full_to_the_brim_says_so_and_loses_nothing(phone: Phone, town: Town) -> None:
    quota = phone.context.new_cdp_session(phone.page)
    quota.send("Storage.overrideQuotaForOrigin", {"origin": phone.line.address, "quotaSize": 1_500_000})
    phone.open()
    draft = phone.draft()
    kept = 0
    while "key" in phone.add_photo(draft, kept):
        kept += 1
    assert 0 < kept < 9
    assert len(phone.get(draft)["photos"]) == kept
    quota.send("Storage.overrideQuotaForOrigin", {"origin": phone.line.address})
    phone.does("outbox.send(given)", draft)
    phone.until_received(draft)
    assert town.photos(draft) == kept


def test_not_more_than_nine(phone: Phone) -> None:
    phone.open()
    draft = phone.draft(photos=9)
    assert phone.add_photo(draft, 10) == "refused: too_many_photos"
    key = phone.get(draft)["photos"][0]["key"]
    phone.does("outbox.removePhoto(...given)", [draft, key])
    assert "key" in phone.add_photo(draft, 10)
    assert len(phone.does("outbox.store.all('blobs')")) == 9
