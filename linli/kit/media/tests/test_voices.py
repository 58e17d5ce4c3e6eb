"""Voice notes: what recorders of browsers make is taken as it is, everything else refused with a sentence.

The files in `voices`, each of some three seconds. `chromium.webm` and `chromium.mp4`: the fake microphone of Chromium 156 (a beep
a second) by `MediaRecorder` at 24 kbit/s, `audio/webm;codecs=opus` and `audio/mp4;codecs=opus`. The others by FFmpeg 5.1 from
`-f lavfi -i "aevalsrc='0.4*sin(2*PI*(180+40*sin(2*PI*3*t))*t)*(0.5+0.5*sin(2*PI*2*t))':d=3:s=48000" -ac 1 -fflags +bitexact`:
`aac-fragmented.mp4` as Safari has it by `-c:a aac -b:a 24k -movflags frag_keyframe+empty_moov+default_base_moof
-frag_duration 1000000`, `aac.mp4` in one piece by `-c:a aac -b:a 24k`, `opus.ogg` as Firefox has it by `-c:a libopus -b:a 20k`.
"""

import hashlib
import struct
from pathlib import Path

import pytest

from linli.kit.media.checking import File, inspect, inspect_sound
from linli.kit.media.inside.bad import Bad
from linli.kit.media.inside.limits import MAX_VOICE_BYTES
from linli.kit.media.inside.voices import read
from linli.kit.media.keeping import keep_file
from linli.kit.media.storing import original, store
from linli.kit.media.testing import box, picture, video, voice
from linli.kit.refusal import BadInput

ALL = ["aac-fragmented.mp4", "aac.mp4", "chromium.mp4", "chromium.webm", "opus.ogg"]


def looked_at(tmp_path: Path, content: bytes) -> File:
    (tmp_path / "recording").write_bytes(content)
    return inspect(tmp_path / "recording", as_voice=True)


def why(content: bytes) -> str:
    """The code with which it is refused; empty if it is taken."""
    try:
        read(content)
    except Bad as bad:
        return bad.code
    return ""


@pytest.mark.parametrize("name", ALL)
def test_what_recorders_make_is_taken_and_timed(name: str, tmp_path: Path) -> None:
    file = looked_at(tmp_path, voice(name))
    assert file.type == {"webm": "audio/webm", "ogg": "audio/ogg", "mp4": "audio/mp4"}[name.rpartition(".")[2]]
    assert file.duration_s == pytest.approx(3, abs=0.1)
    assert (file.is_voice, file.is_video, file.width, file.height, file.likeness) == (True, False, 0, 0, "")
    assert file.sha256 == hashlib.sha256(voice(name)).hexdigest()


def test_it_is_kept_byte_for_byte(tmp_path: Path) -> None:
    (tmp_path / "recording").write_bytes(voice())
    file = keep_file(tmp_path / "recording", as_voice=True)
    with store().open(original(file.sha256)) as kept:
        assert kept.read() == voice()


@pytest.mark.parametrize("content", [picture(), b"RIFF\x24\0\0\0WAVEfmt ", b"ID3\3" + bytes(60), b"%PDF-1.7", b"x"])
def test_what_is_no_recording_of_ours_is_refused(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(BadInput) as refusal:
        looked_at(tmp_path, content)
    assert refusal.value.code == "media_no_voice"


def test_a_video_is_no_voice_note_and_a_voice_note_no_video(tmp_path: Path) -> None:
    assert why(video()) == "media_no_voice"
    (tmp_path / "recording").write_bytes(voice("aac.mp4"))
    with pytest.raises(BadInput) as refusal:
        inspect(tmp_path / "recording")
    assert refusal.value.code == "media_no_video"


@pytest.mark.parametrize("name", ALL)
def test_one_that_is_cut_off_anywhere_never_passes_for_whole(name: str) -> None:
    content = voice(name)
    whole = read(content).duration_s
    for end in range(1, len(content) - 1, 97):
        refused = why(content[:end])
        # A stream may end between two packets: then it is shorter, and plays.
        assert refused or read(content[:end]).duration_s <= whole


@pytest.mark.parametrize("name", ALL)
def test_bytes_that_were_changed_bring_nothing_down(name: str) -> None:
    content = voice(name)
    for at in range(0, min(len(content), 1500), 7):
        for value in (0, 0x7F, 0xFF):
            assert why(content[:at] + bytes([value]) + content[at + 1 :]) in _EXPECTED


_EXPECTED = {
    *(
        "",
        "media_no_voice",
        "media_voice_broken",
        "media_voice_empty",
        "media_voice_too_long",
        "media_voice_holds_more",
    ),
    "media_polyglot",
}


def test_more_than_a_minute_is_too_long_whatever_it_says_of_itself() -> None:
    content = voice("opus.ogg")
    at = content.rfind(b"OggS") + 6
    assert why(content[:at] + struct.pack("<q", 70 * 48_000) + content[at + 8 :]) == "media_voice_too_long"
    whole = voice("aac.mp4")
    header = whole.index(b"mdhd") + 4
    scale = whole[header + 12 : header + 16]
    longer = struct.pack(">I", 70 * int.from_bytes(scale, "big"))
    assert why(whole[: header + 16] + longer + whole[header + 20 :]) == "media_voice_too_long"


def test_a_slip_of_the_finger_is_no_voice_note() -> None:
    content = voice("opus.ogg")
    at = content.rfind(b"OggS") + 6
    ends = [found + 6 for found in range(len(content)) if content.startswith(b"OggS", found)]
    for end in ends:
        content = content[:end] + struct.pack("<q", min(500, end)) + content[end + 8 :]
    assert at in ends
    assert why(content) == "media_voice_empty"


def test_one_that_is_too_large_is_not_even_opened(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as refusal:
        looked_at(tmp_path, voice() + bytes(MAX_VOICE_BYTES))
    assert refusal.value.code == "media_voice_too_large"
    assert "2 MB" in refusal.value.message


def test_a_place_or_a_cover_picture_in_it_is_refused() -> None:
    content = voice("aac.mp4")
    told = box(b"udta", box(b"\xa9xyz", struct.pack(">HH", 18, 0) + b"+21.6176+110.2845/"))
    assert why(content + told) == "media_voice_holds_more"
    assert why(content + box(b"udta", box(b"covr", picture()))) == "media_voice_holds_more"
    ogg = voice("opus.ogg")
    at = ogg.index(b"OpusTags") + 8
    assert why(ogg[:at] + b"LOCATION"[: len(ogg[at : at + 8])] + ogg[at + 8 :]) == "media_voice_holds_more"


@pytest.mark.parametrize("name", ALL)
def test_another_file_behind_it_is_refused(name: str) -> None:
    for more in (b"PK\3\4" + bytes(40), b"<script>alert(1)</script>", voice(name)):
        assert why(voice(name) + more), (name, more[:8])


def test_a_recording_longer_than_a_note_is_checked_as_strictly() -> None:
    kind, seconds = inspect_sound(voice("aac.mp4"), most_bytes=60_000_000, most_s=36_000)
    assert (kind, round(seconds)) == ("audio/mp4", 3)
    for content, most_bytes, most_s, code in (
        (voice(), len(voice()) - 1, 60, "media_voice_too_large"),
        (voice(), 60_000_000, 0, "media_voice_too_long"),
        (voice("opus.ogg")[:-40], 60_000_000, 60, "media_voice_broken"),
        (b"ID3\3" + bytes(3_000_000), 60_000_000, 60, "media_no_voice"),
    ):
        with pytest.raises(BadInput) as refusal:
            inspect_sound(content, most_bytes=most_bytes, most_s=most_s)
        assert refusal.value.code == code
