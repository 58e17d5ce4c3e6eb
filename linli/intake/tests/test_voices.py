"""Voice notes at the hatch: named in the words by their type, sent like photos, and heard in the matter."""

import random
from typing import Any

import pytest
from django.utils import timezone

from linli.events.models import Picture, Voice
from linli.events.rules import State
from linli.events.testing import GRID, World
from linli.events.tests.pages import recent
from linli.intake.testing import Door, a_report
from linli.intake.tests.acts import phone_of, residents_phone, taken_in, verbs_of
from linli.intake.tests.media import PHOTO, REPORTS, a_photo, at, digested, hash_of, lies_in_store, named, states
from linli.intake.tests.test_accept import refusal
from linli.journal.models import Entry
from linli.kit.media.inside.limits import MAX_VOICE_BYTES
from linli.kit.media.storing import original, store
from linli.kit.media.testing import video, voice

pytestmark = pytest.mark.django_db(transaction=True)
TYPES = {"chromium.webm": "audio/webm", "aac-fragmented.mp4": "audio/mp4", "opus.ogg": "audio/ogg"}


def noted(content: bytes, type: str = "audio/webm") -> dict[str, Any]:
    return {"sha256": hash_of(content), "size": len(content), "type": type, "role": "voice"}


def said(door: Door, *files: dict[str, Any], **more: Any) -> tuple[int, Any]:
    """Send a report that names these files."""
    return door.post(REPORTS, a_report(random.Random(1), **{"area": GRID, "photos": list(files)} | more))


def spoken(door: Door, content: bytes, type: str = "audio/webm", **more: Any) -> str:
    status, answer = said(door, noted(content, type), **more)
    assert status == 201, answer
    return f"{REPORTS}/{answer['id']}"


@pytest.mark.parametrize("name", TYPES)
def test_a_report_may_be_nothing_but_a_voice(door: Door, name: str) -> None:
    content = voice(name)
    report = spoken(door, content, TYPES[name], text="", title="")
    event = digested()
    assert event.text == ""
    assert event.awaited.get().is_voice
    status, answer = door.put(at(report, content), content)
    assert (status, answer["state"], answer["received"]) == (201, "received", len(content))
    one = event.voices.get()
    assert (one.kind, one.media_type, one.sha256) == ("report", TYPES[name], hash_of(content))
    assert one.entry is not None
    assert one.entry.verb == "event.voice_received"
    assert not event.awaited.exists()
    assert not Picture.objects.exists()
    with store().open(original(hash_of(content))) as file:
        assert file.read() == content


def test_it_goes_on_from_where_the_line_broke(door: Door) -> None:
    content = voice()
    report = spoken(door, content)
    half = len(content) // 2
    first = door.put(at(report, content), content[:half], upload_offset="0", upload_complete="?0")
    assert (first[0], states(door, report)) == (202, [("coming", half)])
    rest = door.put(at(report, content), content[half:], upload_offset=str(half), upload_complete="?1")
    assert rest[0] == 201
    assert digested().voices.count() == 1


def test_it_is_taken_under_the_type_with_its_codec_too(door: Door) -> None:
    report = spoken(door, voice(), "audio/webm;codecs=opus")
    assert door.put(at(report, voice()), voice())[0] == 201
    assert digested().voices.get().media_type == "audio/webm"


def test_two_are_one_too_many_and_nine_photos_fit_beside_one(door: Door) -> None:
    assert refusal(said(door, noted(voice()), noted(voice("opus.ogg")))) == (422, "too_many_voices")
    photos = [{"sha256": f"{number:064x}", "size": 10, "type": "image/jpeg"} for number in range(10)]
    assert refusal(said(door, *photos)) == (422, "too_many_photos")
    assert said(door, *photos[:9], noted(voice()))[0] == 201


@pytest.mark.parametrize("content", [a_photo(94), video(), b"x" * 1000, voice()[:2000]])
def test_what_is_no_voice_is_refused_in_a_sentence_and_remembered(door: Door, content: bytes) -> None:
    report = spoken(door, content)
    status, answer = door.put(at(report, content), content, accept_language="en")
    assert status == 422
    assert answer["error"]["code"] in ("media_no_voice", "media_voice_broken")
    assert answer["error"]["message"].endswith("or write it in words.")
    event = digested()
    assert event.awaited.get().refusal is not None
    assert "voice_refused" in verbs_of(event)
    assert not lies_in_store(content)


def test_one_that_is_too_large_is_refused_before_it_comes(door: Door) -> None:
    content = voice()
    status, answer = said(door, noted(content) | {"size": MAX_VOICE_BYTES + 1})
    assert status == 201
    where = f"{REPORTS}/{answer['id']}/media/{hash_of(content)}"
    status, answer = door.put(where, content, upload_offset="0", upload_complete="?0")
    assert (status, answer["error"]["code"]) == (422, "media_voice_too_large")


def test_a_recording_that_was_named_as_a_photo_is_refused_as_before(door: Door) -> None:
    status, answer = said(door, *named(voice()))
    report = f"{REPORTS}/{answer['id']}"
    status, answer = door.put(at(report, voice()), voice())
    assert (status, answer["error"]["code"]) == (422, "media_kind")


def test_an_act_brings_its_voice_into_the_matter_with_it(door: Door, world: World) -> None:
    event = recent(world, State.HANDLING)
    phone = phone_of(door, world.cast.handler)
    act = phone.acts(event, "submit_result", text="清淤两立方米，水沟已疏通", without="住建局已到场，无需答复")
    act["photos"] = [*named(PHOTO), noted(voice())]
    assert phone.send(act)[0] == 201
    taken_in()
    assert phone.sees(act)["state"] == "waiting_for_photos"
    phone.brings(act, PHOTO, voice())
    taken_in()
    told = phone.sees(act, accept_language="en")
    assert told["outcome"] == "done", told.get("error")
    one = event.voices.get()
    assert one.entry is not None
    assert (one.kind, one.entry.verb) == ("after", "event.result_submitted")
    assert event.pictures.get().entry == one.entry


@pytest.mark.parametrize("step", ["note", "hand_back"])
def test_notes_and_hand_backs_may_be_spoken(door: Door, world: World, step: str) -> None:
    event = recent(world, State.HANDLING)
    phone = phone_of(door, world.cast.handler)
    act = phone.acts(event, step, text="" if step == "note" else "不属于我局管理，请改派住建局处理")
    act["photos"] = [noted(voice())]
    assert phone.send(act)[0] == 201
    phone.brings(act, voice())
    taken_in()
    told = phone.sees(act, accept_language="en")
    assert told["outcome"] == "done", told.get("error")
    assert event.voices.count() == 1


def test_a_resident_adds_a_voice_to_their_own_report(door: Door) -> None:
    phone = residents_phone(door)
    report = phone.reports()
    act = phone.acts(report, "note", text="")
    act["photos"] = [noted(voice())]
    assert phone.send(act)[0] == 201
    phone.brings(act, voice())
    taken_in()
    assert phone.sees(act)["outcome"] == "done"
    assert Voice.objects.get().kind == "report"


def test_nothing_of_it_stands_in_the_journal_but_its_type(door: Door) -> None:
    report = spoken(door, voice())
    door.put(at(report, voice()), voice())
    digested()
    facts = [entry.facts for entry in Entry.objects.filter(verb__startswith="event.voice")]
    assert facts == [{"type": "audio/webm"}]
    assert timezone.now() >= Entry.objects.latest("id").at
