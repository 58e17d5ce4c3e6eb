"""Voice notes with a matter: heard by whoever sees it, marked in the list, and never where the public looks."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from linli.events import actions
from linli.events.actions.verification_rules import set_rule
from linli.events.gallery import gallery_of
from linli.events.models import AwaitedPicture, Event, PictureKind, Voice
from linli.events.rules import Source, State, Verification
from linli.events.testing import NOON, World, make_event
from linli.events.tests.pages import desk_of, page_of, photo, recent, words_of
from linli.journal.models import Entry
from linli.kit.media.checking import File
from linli.kit.media.keeping import keep, keep_file
from linli.kit.media.testing import voice
from linli.kit.refusal import BadInput


@pytest.fixture
def recording(tmp_path: Path) -> File:
    """A voice note in the store."""
    (tmp_path / "recording").write_bytes(voice())
    return keep_file(tmp_path / "recording", as_voice=True)


def heard(world: World, recording: File, state: str = State.DISPATCHED) -> Event:
    event = recent(world, state)
    actions.receive_picture(event, recording, by=None, at=timezone.now())
    return event


def address(recording: File) -> str:
    return f"/media/{recording.sha256}/voice"


def content(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


# --- with the matter ------------------------------------------------------------------------------------------------------


def test_it_arrives_once_and_is_told_in_the_journal_as_what_it_is(world: World, recording: File) -> None:
    event = heard(world, recording)
    actions.receive_picture(event, recording, by=None, at=timezone.now())
    one = event.voices.get()
    assert (one.kind, one.media_type, one.size) == ("report", "audio/webm", len(voice()))
    assert one.duration_s == pytest.approx(2.96)
    assert [entry.facts for entry in Entry.objects.filter(verb="event.voice_received")] == [{"type": "audio/webm"}]
    assert not event.pictures.exists()


def test_one_that_cannot_be_taken_says_so_as_a_voice_note(world: World) -> None:
    event = recent(world)
    awaited = {"sha256": "a" * 64, "size": 100, "media_type": "audio/webm;codecs=opus"}
    AwaitedPicture.objects.create(event=event, **awaited)
    assert (gallery_of(event).named, gallery_of(event).coming[0].is_voice) == (0, True)
    reason = {"code": "media_voice_broken", "words": "This recording is damaged", "facts": {}}
    actions.refuse_picture(event, "a" * 64, reason=reason, by=None, at=timezone.now())
    assert Entry.objects.filter(verb="event.voice_refused").count() == 1
    page = words_of(desk_of(world.cast.desk).get(page_of(event)))
    assert "语音" in page.split('class="coming"')[1].split("</ul>")[0]


def test_a_note_may_be_a_voice_alone(world: World, recording: File) -> None:
    event = recent(world, State.HANDLING)
    actions.note(event, photos=[recording], by=world.cast.handler, at=timezone.now())
    one = event.voices.get()
    assert one.entry is not None
    assert (one.kind, one.entry.verb) == ("before", "event.noted")


def test_a_voice_is_no_photo_where_one_is_needed(world: World, recording: File) -> None:
    asks = Verification(result_photo=True)
    set_rule(area=world.areas["440881"], category=None, asks=asks, by=world.cast.county, at=NOON)
    event = recent(world, State.HANDLING)
    with pytest.raises(BadInput) as refusal:
        actions.submit_result(
            event, text="清淤两立方米", photos=[recording], without="无", by=world.cast.handler, at=timezone.now()
        )
    assert refusal.value.code == "photo_missing"


def test_nine_photos_and_a_voice_fit_into_one_act(world: World, recording: File) -> None:
    event = recent(world, State.HANDLING)
    photos = [keep(photo(f"#0{number}0{number}00").read()) for number in range(9)]
    actions.note(event, photos=[*photos, recording], by=world.cast.handler, at=timezone.now())
    assert (event.pictures.count(), event.voices.count()) == (9, 1)


# --- who hears it ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["worker", "desk", "handler", "county", "leader"])
def test_whoever_sees_the_matter_hears_it(world: World, recording: File, name: str) -> None:
    event, person = heard(world, recording), getattr(world.cast, name)
    page = words_of(desk_of(person).get(page_of(event)))
    assert f'src="{address(recording)}"' in page
    assert 'preload="none"' in page.split("<audio")[1].split(">")[0]
    answer = desk_of(person).get(address(recording))
    assert content(answer) == voice()
    assert answer.headers["Content-Type"] == "audio/webm"
    assert "private" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("name", ["neighbour", "nobody", "auditor", "system", "security", None])
def test_for_nobody_else_it_is_there(world: World, recording: File, client: Client, name: str | None) -> None:
    heard(world, recording)
    asking = desk_of(getattr(world.cast, name)) if name else client
    assert asking.get(address(recording)).status_code == 404


def test_a_player_gets_the_piece_it_asks_for(world: World, recording: File) -> None:
    heard(world, recording)
    answer = desk_of(world.cast.desk).get(address(recording), headers={"Range": "bytes=100-199"})
    assert (answer.status_code, content(answer)) == (206, voice()[100:200])
    assert answer.headers["Content-Range"] == f"bytes 100-199/{len(voice())}"
    assert answer.headers["Accept-Ranges"] == "bytes"


@pytest.mark.parametrize("where", ["/media/{}.jpg", "/media/{}/small.jpg", "/media/{}.mp4", "/photos/{}.jpg"])
def test_it_is_no_picture_at_any_address(world: World, recording: File, where: str) -> None:
    heard(world, recording)
    assert desk_of(world.cast.desk).get(where.format(recording.sha256)).status_code == 404


def test_the_list_marks_a_matter_that_has_one(world: World, recording: File) -> None:
    heard(world, recording)
    recent(world)
    page = words_of(desk_of(world.cast.desk).get("/desk/"))
    assert page.count("#mic") == 1


# --- the public -----------------------------------------------------------------------------------------------------------


def test_nothing_that_the_public_reads_tells_of_it(world: World, recording: File, client: Client) -> None:
    event = heard(world, recording)
    asked = [f"/open311/v2/requests/{event.number}.json", "/open311/v2/requests.json", "/", "/open311/v2/requests.xml"]
    for one in asked:
        answer = client.get(one)
        assert answer.status_code == 200
        assert recording.sha256 not in words_of(answer)
    assert client.get(f"/status/{event.number}/voices/{recording.sha256}").status_code == 404


def test_its_reporter_hears_what_came_with_the_report_and_nothing_of_those_who_handle_it(
    world: World, recording: File, client: Client, tmp_path: Path
) -> None:
    reported = actions.report(text="", photos=[recording], area=world.grid, at=timezone.now(), source=Source.RESIDENT)
    event = reported.event
    (tmp_path / "other").write_bytes(voice("opus.ogg"))
    note = keep_file(tmp_path / "other", as_voice=True)
    actions.note(event, photos=[note], by=world.cast.desk, at=timezone.now())
    client.post(f"/status/{event.number}", {"key": reported.secret})
    page = words_of(client.get(f"/status/{event.number}"))
    where = f"/status/{event.number}/voices"
    assert f'src="{where}/{recording.sha256}"' in page
    assert note.sha256 not in page
    assert content(client.get(f"{where}/{recording.sha256}")) == voice()
    assert client.get(f"{where}/{note.sha256}").status_code == 404
    assert Client().get(f"{where}/{recording.sha256}").status_code == 404


def test_it_goes_with_the_matter(world: World, recording: File) -> None:
    event = make_event(world)
    Voice.objects.create(
        event=event,
        kind=PictureKind.REPORT,
        sha256=recording.sha256,
        media_type=recording.type,
        size=recording.size,
        duration_s=recording.duration_s or 0,
    )
    Event.objects.filter(pk=event.pk).delete()
    assert not Voice.objects.exists()
