"""Photos and videos follow the words: whole or in parts, again and again, and each arrives once."""

import errno
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest
from django.utils import timezone

from linli.events import actions
from linli.events.models import AwaitedPicture, Picture
from linli.events.testing import GRID, World, make_event
from linli.intake import media, media_parts, media_uploads
from linli.intake.models import Kept, Upload
from linli.intake.testing import Door, a_report
from linli.intake.tests.media import (
    PHOTO,
    REPORTS,
    a_photo,
    at,
    digested,
    hash_of,
    lies_in_store,
    mounted,
    named,
    reported,
    states,
)
from linli.journal.models import Entry
from linli.kit.media.keeping import NotKept
from linli.kit.media.storing import original, store
from linli.kit.media.why import refused

pytestmark = pytest.mark.django_db(transaction=True)

# --- one file ---------------------------------------------------------------------------------------------------------


def test_a_photo_sent_whole_becomes_a_picture_of_the_matter(door: Door) -> None:
    report = reported(door, PHOTO)
    event = digested()
    assert event.awaited.get().size == len(PHOTO)
    status, answer = door.put(at(report, PHOTO), PHOTO)
    assert (status, answer["state"], answer["sha256"]) == (201, "received", hash_of(PHOTO))
    assert report.endswith(answer["id"])
    assert (door.headers["upload-complete"], door.headers["upload-offset"]) == ("?1", str(len(PHOTO)))
    picture = event.pictures.get()
    assert (picture.sha256, picture.media_type, picture.width, picture.kind) == (
        hash_of(PHOTO),
        "image/jpeg",
        160,
        "report",
    )
    assert picture.entry is not None
    assert picture.entry.verb == "event.photo_received"
    assert not event.awaited.exists()
    with store().open(original(hash_of(PHOTO))) as file:
        assert file.read() == PHOTO
    assert list(media_parts.all_parts()) == []


def test_a_photo_that_comes_before_its_report_was_digested_waits_for_the_matter(door: Door) -> None:
    report = reported(door, PHOTO)
    assert door.put(at(report, PHOTO), PHOTO)[0] == 201
    assert not Picture.objects.exists()
    event = digested()
    assert event.pictures.get().sha256 == hash_of(PHOTO)
    assert not event.awaited.exists()
    assert Upload.objects.get().found is None  # where it was taken is kept with the picture alone


def test_a_photo_of_the_album_is_marked_as_one(door: Door) -> None:
    other = a_photo(2)
    album, taken = named(PHOTO), named(other)
    report = a_report(random.Random(1), area=GRID, photos=[album[0] | {"source": "album"}, *taken])
    assert door.post(REPORTS, report)[0] == 201
    event = digested()
    for photo in (PHOTO, other):
        assert door.put(at(f"{REPORTS}/{report['id']}", photo), photo)[0] == 201
    marks = dict(event.pictures.values_list("sha256", "from_album"))
    assert marks == {hash_of(PHOTO): True, hash_of(other): False}


def test_the_same_file_sent_again_is_answered_the_same_and_nothing_comes_twice(door: Door) -> None:
    report = reported(door, PHOTO)
    digested()
    first = door.put(at(report, PHOTO), PHOTO)[1]
    for body, headers in ((PHOTO, {}), (PHOTO[100:], {"upload_offset": "100"}), (b"", {"upload_offset": "5"})):
        assert door.put(at(report, PHOTO), body, **headers) == (200, first)
    assert Picture.objects.count() == 1
    assert Entry.objects.filter(verb="event.photo_received").count() == 1


def test_parts_go_on_from_where_the_one_before_ended(door: Door) -> None:
    report = reported(door, PHOTO)
    where = at(report, PHOTO)
    assert states(door, report) == [("expected", 0)]
    status, answer = door.put(where, PHOTO[:1000], upload_offset="0", upload_complete="?0")
    assert (status, answer["state"], answer["received"], door.headers["upload-complete"]) == (202, "coming", 1000, "?0")
    assert (door.ask("HEAD", where, b""), door.headers["upload-offset"]) == ((200, ""), "1000")
    assert door.headers["upload-length"] == str(len(PHOTO))
    assert states(door, report) == [("coming", 1000)]
    assert door.put(where, PHOTO[1000:3000], upload_offset="1000")[0] == 202
    assert door.put(where, PHOTO[3000:], upload_offset="3000", upload_complete="?1")[0] == 201
    assert states(door, report) == [("received", len(PHOTO))]
    assert lies_in_store(PHOTO)


@pytest.mark.parametrize("offset", ["0", "999", "1001", "-1", "x"])
def test_a_wrong_offset_is_told_the_right_one_and_harms_nothing(door: Door, offset: str) -> None:
    where = at(reported(door, PHOTO), PHOTO)
    door.put(where, PHOTO[:1000], upload_offset="0")
    status, answer = door.put(where, b"other bytes", upload_offset=offset)
    assert (status, answer["error"]["code"], door.headers["upload-offset"]) == (409, "wrong_offset", "1000")
    assert door.put(where, PHOTO[1000:], upload_offset="1000")[0] == 201


def test_a_connection_that_breaks_leaves_what_arrived(door: Door) -> None:
    where = at(reported(door, PHOTO), PHOTO)
    event = digested()
    door.break_off(where, PHOTO, after=2500)
    assert door.get(where)[1]["received"] == 2500
    assert event.awaited.get().received == 2500
    door.break_off(where, PHOTO[2500:], after=700, upload_offset="2500")
    assert door.get(where)[1]["received"] == 3200
    # Whole from the beginning is as good: what is here already is passed over.
    assert door.put(where, PHOTO)[0] == 201
    assert event.pictures.count() == 1


def test_two_connections_that_bring_the_same_file_do_not_harm_each_other(door: Door) -> None:
    content = a_photo() + b"\0" * 600_000
    where = at(reported(door, content), content)
    digested()
    answers: list[int] = []
    both = [threading.Thread(target=lambda: answers.append(door.put(where, content)[0])) for _each in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert set(answers) <= {200, 201}
    assert len(answers) == 2
    assert (Picture.objects.count(), Entry.objects.filter(verb="event.photo_received").count()) == (1, 1)
    assert list(media_parts.all_parts()) == []


def test_who_is_overtaken_at_the_very_end_is_told_that_it_is_here(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    where = at(reported(door, PHOTO), PHOTO)
    note = media_uploads.note

    def overtaken(upload: Upload, received: int, moment: datetime) -> None:
        note(upload, received, moment)
        media_uploads.finish(Upload.objects.get(pk=upload.pk), moment)

    monkeypatch.setattr(media_uploads, "note", overtaken)
    assert door.put(where, PHOTO)[1]["state"] == "received"


def test_what_was_changed_on_the_way_is_dropped_and_can_begin_again(door: Door) -> None:
    where = at(reported(door, PHOTO), PHOTO)
    digested()
    changed = PHOTO[:-2] + b"!!"
    status, answer = door.put(where, changed)
    assert (status, answer["error"]["code"]) == (422, "hash_differs")
    assert (door.get(where)[1]["state"], door.get(where)[1]["received"]) == ("expected", 0)
    assert door.put(where, PHOTO)[0] == 201


@pytest.mark.parametrize("change", [lambda photo: photo[:-1], lambda photo: photo + b"x"])
def test_another_size_than_was_named_is_refused(door: Door, change: Callable[[bytes], bytes]) -> None:
    where = at(reported(door, PHOTO), PHOTO)
    for headers in ({}, {"upload_offset": "0", "upload_complete": "?1"}):
        status, answer = door.put(where, change(PHOTO), **headers)
        assert (status, answer["error"]["code"]) == (422, "size_differs")
    # Not told before: noticed on the way.
    for headers in ({"content_length": ""}, {"content_length": "", "upload_offset": "0", "upload_complete": "?1"}):
        status, answer = door.put(where, change(PHOTO), **headers)
        assert (status, answer["error"]["code"]) == (422, "size_differs")
    assert list(media_parts.all_parts()) == []
    assert door.put(where, PHOTO)[0] == 201


# --- refused ----------------------------------------------------------------------------------------------------------


def test_what_is_no_photo_is_refused_once_and_for_all_with_the_reason_for_the_desk_to_see(door: Door) -> None:
    content = b"%PDF-1.7 no photo" * 50
    report = reported(door, content)
    event = digested()
    status, answer = door.put(at(report, content), content, accept_language="en")
    assert (status, answer["error"]["code"]) == (422, "media_kind")
    assert door.put(at(report, content), content, accept_language="en") == (422, answer)
    assert door.get(at(report, content), accept_language="en")[1]["error"] == {
        "code": "media_kind",
        "message": answer["error"]["message"],
    }
    assert not lies_in_store(content)
    awaited = event.awaited.get()
    assert awaited.refusal is not None
    assert awaited.refusal["code"] == "media_kind"
    assert list(Entry.objects.filter(verb="event.photo_refused").values_list("facts", flat=True)) == [
        {"why": "media_kind"}
    ]
    assert list(media_parts.all_parts()) == []


def test_a_refusal_before_the_report_was_digested_reaches_the_matter(door: Door) -> None:
    content = b"GIF89a" * 50
    report = reported(door, content)
    assert door.put(at(report, content), content)[0] == 422
    awaited = digested().awaited.get()
    assert awaited.refusal is not None


def test_what_is_too_large_is_refused_before_its_first_byte(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(media_uploads.MOST, "photo", 1000)
    where = at(reported(door, PHOTO), PHOTO)
    status, answer = door.put(where, PHOTO)
    assert (status, answer["error"]["code"]) == (422, "media_photo_too_large")
    assert door.get(where)[1]["state"] == "refused"


def test_without_room_nothing_is_kept_by_half_and_it_goes_on_later(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    where = at(reported(door, PHOTO), PHOTO)
    door.put(where, PHOTO[:1000], upload_offset="0")
    with monkeypatch.context() as patched:
        patched.setattr(media_parts, "LEFT_FREE", 10**18)
        status, answer = door.put(where, PHOTO[1000:], upload_offset="1000")
        assert (status, answer["error"]["code"], door.headers["retry-after"]) == (507, "disk_full", "60")
        assert door.post(REPORTS, a_report(random.Random(9), area=GRID))[0] == 201  # words still come in
    assert door.get(where)[1]["received"] == 1000
    assert door.put(where, PHOTO[1000:], upload_offset="1000")[0] == 201


def test_a_disk_that_fills_up_while_a_photo_arrives_keeps_what_was_acknowledged_and_no_more(
    door: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with mounted(tmp_path / "small", 2) as small:
        monkeypatch.setattr(media_parts, "LEFT_FREE", 0)
        monkeypatch.setattr(media_parts, "require_room", lambda more: None)  # somebody else fills it meanwhile
        monkeypatch.setattr(media_parts, "folder", lambda: small)
        content = PHOTO * 400
        report = reported(door, content)
        where = at(report, content)
        assert door.put(where, content[:300_000], upload_offset="0")[0] == 202
        (small / "ballast").write_bytes(b"x" * 1_200_000)
        status, answer = door.put(where, content[300_000:], upload_offset="300000")
        assert (status, answer["error"]["code"]) == (507, "disk_full")
        here = door.get(where)[1]["received"]
        assert 300_000 <= here < 1_000_000
        (small / "ballast").unlink()
        assert door.put(where, content[here : here + 1000], upload_offset=str(here))[0] == 202
        (part,) = small.iterdir()
        assert part.read_bytes() == content[: here + 1000]


@contextmanager
def keeping_raises(why: Exception) -> Iterator[None]:
    """What the kit does with files is its own; here it fails."""

    def raises(path: Path, *, as_voice: bool) -> None:
        raise why

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(media_uploads, "keep_file", raises)
        yield


def test_what_took_too_long_to_check_has_a_second_try_and_no_third(door: Door) -> None:
    where = at(reported(door, PHOTO), PHOTO)
    end = {"upload_offset": str(len(PHOTO))}
    with keeping_raises(refused("media_too_slow")):
        assert door.put(where, PHOTO)[0] == 503
        assert (door.headers["retry-after"], door.get(where)[1]["state"]) == ("60", "coming")
        assert door.put(where, b"", **end)[0] == 422
    assert door.put(where, PHOTO)[0] == 422


@pytest.mark.parametrize(("cause", "status"), [(errno.ENOSPC, 507), (errno.EIO, 503)])
def test_when_the_store_cannot_take_it_the_part_waits(door: Door, cause: int, status: int) -> None:
    where = at(reported(door, PHOTO), PHOTO)
    away = NotKept("media_not_kept", "Cannot be stored.")
    away.__cause__ = OSError(cause, "no")
    with keeping_raises(away):
        assert door.put(where, PHOTO)[0] == status
        assert door.headers["retry-after"] == "60"
    assert door.put(where, b"", upload_offset=str(len(PHOTO)))[0] == 201


def test_what_was_refused_for_want_of_a_program_is_taken_once_that_is_there(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = at(reported(door, PHOTO), PHOTO)
    event = digested()
    with keeping_raises(refused("media_needs_extra", kind="HEIC")):
        assert door.put(where, PHOTO)[0] == 422
    monkeypatch.setattr(media_uploads, "is_complete", lambda: False)
    assert door.put(where, PHOTO)[0] == 422
    monkeypatch.setattr(media_uploads, "is_complete", lambda: True)
    assert door.put(where, PHOTO)[0] == 201
    assert (event.pictures.count(), event.awaited.count()) == (1, 0)


# --- whatever became of the matter ------------------------------------------------------------------------------------


def test_a_matter_that_has_ended_or_was_merged_still_gets_its_photos(door: Door, world: World) -> None:
    one, other = PHOTO, a_photo(2)
    report = reported(door, one, other)
    event = digested()
    goes_on = make_event(world)
    actions.merge(event, into=goes_on, by=world.cast.county, at=timezone.now())
    assert door.put(at(report, one), one)[0] == 201
    actions.separate(event, by=world.cast.county, at=timezone.now())
    actions.void(event, text="误报", by=world.cast.county, at=timezone.now())
    assert door.put(at(report, other), other)[0] == 201
    assert event.pictures.count() == 2


def test_photos_of_a_report_entered_by_hand_go_to_that_matter(door: Door, world: World) -> None:
    report = reported(door, PHOTO)
    event = make_event(world)
    Kept.objects.update(
        state="digested",
        digested_at=timezone.now(),
        reason={"code": "by_hand", "words": "x", "facts": {"number": event.number}},
    )
    assert door.put(at(report, PHOTO), PHOTO)[0] == 201
    assert event.pictures.get().sha256 == hash_of(PHOTO)


def test_the_status_of_a_report_lists_its_photos_also_when_its_content_is_no_longer_kept(door: Door) -> None:
    one, other = PHOTO, a_photo(2)
    report = reported(door, one, other)
    digested()
    assert door.put(at(report, one), one)[0] == 201
    assert states(door, report) == [("received", len(one)), ("expected", 0)]
    Kept.objects.update(content=b"")
    assert sorted(states(door, report)) == [("expected", 0), ("received", len(one))]
    assert door.put(at(report, other), other)[0] == 201
    assert not AwaitedPicture.objects.exists()


def test_a_photo_that_came_by_another_door_too_is_one_photo(door: Door, world: World) -> None:
    report = reported(door, PHOTO)
    event = digested()
    actions.supplement(event, text="照片", photos=[PHOTO], by=None, at=timezone.now())
    assert door.put(at(report, PHOTO), PHOTO)[0] == 201
    assert event.pictures.count() == 1
    assert not event.awaited.exists()


def test_a_connection_that_broke_gives_its_place_back(door: Door) -> None:
    where = at(reported(door, PHOTO), PHOTO)
    for _each in range(media.MOST_AT_ONCE + 1):
        door.break_off(where, PHOTO, after=10)
    assert door.put(where, PHOTO)[0] == 201
