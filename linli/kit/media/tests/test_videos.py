"""Videos: taken with duration, time and place; shown by a picture that is not black; played without anything hidden."""

import io
import struct
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from linli.kit.media import renditions
from linli.kit.media.checking import inspect, inspect_bytes
from linli.kit.media.keeping import keep
from linli.kit.media.storing import store
from linli.kit.media.testing import box, shown, video
from linli.kit.refusal import BadInput

av = pytest.importorskip("av")

PLACE = b"+21.6250+110.2833+012.000/"
TURNS = {90: (0, 1, -1, 0), 180: (-1, 0, 0, -1), 270: (0, -1, 1, 0)}


def code_of(content: bytes) -> str:
    with pytest.raises(BadInput) as refusal:
        inspect_bytes(content)
    return refusal.value.code


def with_in_moov(content: bytes, extra: bytes) -> bytes:
    """The film with one more box at the end of its movie box, which stands last."""
    at = content.rindex(b"moov") - 4
    size = int.from_bytes(content[at : at + 4], "big")
    assert at + size == len(content)
    return content[:at] + struct.pack(">I", size + len(extra)) + content[at + 4 :] + extra


def turned(content: bytes, degrees: int) -> bytes:
    at = content.index(b"tkhd") + 4 + 40
    a, b, c, d = (one * 65536 for one in TURNS[degrees])
    return content[:at] + struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 1 << 30) + content[at + 36 :]


def keyed(**texts: str) -> bytes:
    """The keys Apple's telephones write: a QuickTime `meta` box, which has no version."""
    names = [f"com.apple.quicktime.{name.replace('_', '.')}".encode() for name in texts]
    keys = box(b"keys", struct.pack(">II", 0, len(names)) + b"".join(box(b"mdta", name) for name in names))
    values = [
        box(struct.pack(">I", index), box(b"data", struct.pack(">II", 1, 0) + text.encode()))
        for index, text in enumerate(texts.values(), 1)
    ]
    handler = box(b"hdlr", bytes(8) + b"mdta" + bytes(13))
    return box(b"meta", handler + keys + box(b"ilst", b"".join(values)))


def test_a_film_says_how_long_it_is_and_when_it_was_taken() -> None:
    file = inspect_bytes(video(frames=25, tags={"creation_time": "2026-03-01T00:30:00Z"}))
    assert (file.type, file.width, file.height, file.is_video) == ("video/mp4", 64, 48, True)
    assert file.duration_s == pytest.approx(2.5, abs=0.2)
    assert file.taken_at is not None and file.taken_at.isoformat() == "2026-03-01T00:30:00+00:00"


def test_a_film_without_a_clock_says_no_time() -> None:
    assert inspect_bytes(video()).taken_at is None


@pytest.mark.parametrize("format", ["mp4", "mov"])
def test_the_place_of_an_android_telephone_is_read(format: str) -> None:
    extra = box(b"udta", box(b"\xa9xyz", struct.pack(">HH", len(PLACE), 0x15C7) + PLACE))
    assert inspect_bytes(with_in_moov(video(format), extra)).position == pytest.approx((110.2833, 21.625))


def test_the_place_of_an_old_telephone_is_read() -> None:
    where = struct.pack(">ii", int(110.25 * 65536), int(-21.5 * 65536))
    extra = box(b"udta", box(b"loci", b"\0\0\0\0\x55\xc4home\0\0" + where + b"\0\0\0\0earth\0\0"))
    assert inspect_bytes(with_in_moov(video(), extra)).position == pytest.approx((110.25, -21.5))


def test_time_and_place_of_an_iphone_are_read() -> None:
    extra = keyed(location_ISO6709="+21.6250+110.2833+012.000/", creationdate="2026-03-01T08:30:00+0800")
    file = inspect_bytes(with_in_moov(video("mov"), extra))
    assert file.type == "video/quicktime"
    assert file.position == pytest.approx((110.2833, 21.625))
    assert file.taken_at is not None and file.taken_at.isoformat() == "2026-03-01T08:30:00+08:00"


@pytest.mark.parametrize(
    ("words", "position"),
    [
        (b"-21.5-110.25/", (-110.25, -21.5)),
        (b"+2137.5+11017.0/", (110.283333, 21.625)),
        (b"+213730+1101700/", (110.283333, 21.625)),
        (b"+00.0000+000.0000/", None),
        (b"+95.0000+110.0000/", None),
        (b"here", None),
    ],
)
def test_places_are_written_in_several_ways(words: bytes, position: tuple[float, float] | None) -> None:
    extra = box(b"udta", box(b"\xa9xyz", struct.pack(">HH", len(words), 0) + words))
    found = inspect_bytes(with_in_moov(video(), extra)).position
    assert found == (None if position is None else pytest.approx(position, abs=1e-5))


@pytest.mark.parametrize("extra", [box(b"udta", b"\xff" * 30), box(b"meta", b"\0" * 3)])
def test_broken_words_about_a_film_do_not_cost_it(extra: bytes) -> None:
    assert inspect_bytes(with_in_moov(video(), extra)).position is None


@pytest.mark.parametrize("degrees", TURNS)
def test_a_telephone_held_otherwise_is_shown_upright(degrees: int) -> None:
    file = keep(turned(video(), degrees))
    size = (48, 64) if degrees % 180 else (64, 48)
    assert (file.width, file.height) == size
    assert Image.open(io.BytesIO(shown(file.sha256))).size == size
    played = inspect_bytes(store().open(renditions.film(file.sha256)).read())
    assert (played.width, played.height) == size


def test_the_picture_of_a_film_is_not_black() -> None:
    file = keep(video(black=8, frames=20))
    for name in (renditions.view(file.sha256), renditions.thumb(file.sha256)):
        pixel: Any = Image.open(store().open(name)).getpixel((5, 5))
        assert pixel[0] > 150


def test_a_film_that_is_black_throughout_has_a_picture_all_the_same() -> None:
    assert Image.open(io.BytesIO(shown(keep(video(black=10)).sha256))).size == (64, 48)


def test_what_is_played_holds_nothing_hidden() -> None:
    tags = {"creation_time": "2026-03-01T00:30:00Z", "comment": "secret words"}
    sent = with_in_moov(video("mov", tags=tags), keyed(location_ISO6709="+21.6250+110.2833/", make="SecretPhone"))
    file = keep(sent)
    film = store().open(renditions.film(file.sha256)).read()
    assert b"SecretPhone" in sent and b"x264" in sent
    for hidden in (b"SecretPhone", b"secret words", b"110.2833", b"x264", b"Lavf"):
        assert hidden not in film
    assert film.index(b"moov") < film.index(b"mdat")
    played = inspect_bytes(film)
    assert (played.type, played.taken_at, played.position) == ("video/mp4", None, None)
    with av.open(io.BytesIO(film)) as container:
        assert len(list(container.decode(video=0))) == 10
        assert [one.type for one in container.streams] == ["video", "audio"]


def test_a_film_in_fragments_is_taken_and_played() -> None:
    file = keep(video(frames=20, options={"movflags": "frag_keyframe+empty_moov"}))
    assert file.duration_s == pytest.approx(2.0, abs=0.4)
    assert store().size(renditions.film(file.sha256)) > 500


def test_sound_alone_is_refused() -> None:
    assert code_of(video(pictures=False)) == "media_no_video"
    assert code_of(video("ipod", pictures=False)) == "media_no_video"


def test_a_film_too_long_is_refused() -> None:
    content = bytearray(video())
    at = content.index(b"mvhd") + 4
    scale = int.from_bytes(content[at + 12 : at + 16], "big")
    content[at + 16 : at + 20] = struct.pack(">I", 301 * scale)
    assert code_of(bytes(content)) == "media_too_long"


def test_a_brand_that_lies_changes_nothing() -> None:
    content = video()
    for brand in (b"heic", b"M4A ", b"qt  "):
        file = inspect_bytes(content[:8] + brand + content[12:])
        assert file.type == ("video/quicktime" if brand == b"qt  " else "video/mp4")
    assert code_of(box(b"ftyp", b"isom\0\0\0\0isom") + b"\xff\xd8\xff\xe0" + bytes(100)) == "media_broken"
    assert code_of(box(b"ftyp", b"heic\0\0\0\0mif1")) in ("media_truncated", "media_broken")


def test_a_locked_film_is_refused() -> None:
    assert (
        code_of(video().replace(b"avc1", b"encv").replace(b"isomiso2encvmp41", b"isomiso2avc1mp41")) == "media_locked"
    )


def test_a_film_without_its_tables_is_cut_off() -> None:
    content = video()
    assert code_of(content[: content.rindex(b"moov") - 4]) == "media_truncated"


def test_pieces_beyond_the_end_are_cut_off() -> None:
    content = bytearray(video())
    at = content.index(b"stco") + 12
    content[at : at + 4] = struct.pack(">I", len(content) + 1000)
    assert code_of(bytes(content)) in ("media_truncated", "media_broken")


def test_a_film_of_noise_is_refused() -> None:
    content = video(size=(320, 240))
    at, end = content.index(b"mdat") + 4, content.rindex(b"moov") - 4
    assert code_of(content[:at] + bytes(range(256)) * ((end - at) // 256 + 1) + content[end:]) in (
        "media_broken",
        "media_truncated",
    )
    filled = (bytes(range(256)) * (len(content) // 256 + 1))[: end - at]
    assert code_of(content[:at] + filled + content[end:]) == "media_broken"


def test_real_films_are_taken_and_shown(shared: Path) -> None:
    found = {path.name: inspect(path) for path in sorted((shared / "data" / "video").glob("*.mp4"))}
    assert {name: (one.width, one.height, round(one.duration_s or 0, 1)) for name, one in found.items()} == {
        "bikes.mp4": (640, 272, 10.0),
        "car-detection.mp4": (768, 432, 30.2),
        "one-by-one-person-detection.mp4": (768, 432, 139.4),
    }
    assert Image.open(io.BytesIO(shown(keep((shared / "data/video/bikes.mp4").read_bytes()).sha256))).size == (640, 272)
