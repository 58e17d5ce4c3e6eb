"""Photos and videos of a matter: how they are shown, what is still to come, and who opens an original."""

import io
import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from PIL import ExifTags, Image

from linli.events import actions
from linli.events.models import AwaitedPicture, Event, Picture
from linli.events.rules import State
from linli.events.testing import World
from linli.events.tests.pages import desk_of, page_of, photo, recent, words_of
from linli.journal.models import Entry
from linli.kit.media.checking import File
from linli.kit.media.keeping import keep
from linli.kit.ranges import ranged
from linli.kit.refusal import BadInput, to_keep

#: What a telephone writes into a photo and nobody else should read.
MAKER = "SecretMaker"


def telling_photo() -> bytes:
    """A photo whose hidden data says who made it, when and where: 110.05 E, 21.70 N."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = MAKER
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2026:11:16 11:58:00"
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    gps[ExifTags.GPS.GPSLatitudeRef], gps[ExifTags.GPS.GPSLatitude] = "N", (21.0, 42.0, 0.0)
    gps[ExifTags.GPS.GPSLongitudeRef], gps[ExifTags.GPS.GPSLongitude] = "E", (110.0, 3.0, 0.0)
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(out, "JPEG", exif=exif)
    return out.getvalue()


def with_photo(world: World, state: str = State.DISPATCHED) -> tuple[Event, Picture]:
    event = recent(world, state)
    Event.objects.filter(pk=event.pk).update(lon=110.05, lat=21.701)
    actions.receive_picture(event, keep(telling_photo()), by=None, at=timezone.now())
    event.refresh_from_db()
    return event, event.pictures.get()


def awaiting(event: Event, **more: Any) -> AwaitedPicture:
    known = {"sha256": f"{event.awaited.count():064d}", "size": 3_400_000, "media_type": "image/jpeg"}
    return AwaitedPicture.objects.create(event=event, **known | more)


def content(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def address_of(event: Event, picture: Picture) -> str:
    return f"{page_of(event)}originals/{picture.pk}"


# --- the gallery ------------------------------------------------------------------------------------------------------


def test_the_gallery_says_what_each_photo_is_and_keeps_its_place(world: World) -> None:
    event, picture = with_photo(world)
    page = words_of(desk_of(world.cast.handler).get(page_of(event)))
    image = re.search(rf'<img src="/media/{picture.sha256}/small.jpg"[^>]*>', page)
    assert image is not None
    assert 'width="64" height="48"' in image[0]
    assert "2026-11-16 11:58" in image[0]
    assert f'href="/media/{picture.sha256}.jpg"' in page


def test_only_handlers_read_when_and_how_far_away_it_was_taken(world: World) -> None:
    event, _picture = with_photo(world)
    handler, reader = (words_of(desk_of(one).get(page_of(event))) for one in (world.cast.handler, world.cast.leader))
    assert "111" in handler.split('class="photo-facts"')[1].split("</p>")[0]
    assert "photo-facts" not in reader
    assert "/originals/" not in reader


def test_far_away_is_told_in_kilometres(world: World) -> None:
    event, _picture = with_photo(world)
    Event.objects.update(lat=22.701)
    client = desk_of(world.cast.desk)
    client.post("/language", {"language": "en"})
    assert "111 km from the place" in words_of(client.get(page_of(event)))


def test_before_and_after_stand_beside_each_other(world: World) -> None:
    event, _picture = with_photo(world, State.SIGNED_FOR)
    reader = desk_of(world.cast.desk)
    assert "photo-sides both" not in words_of(reader.get(page_of(event)))
    actions.submit_result(
        event,
        text="已疏通",
        without="只作支持",
        photos=[photo("plum").read()],
        by=world.cast.handler,
        at=timezone.now(),
    )
    assert "photo-sides both" in words_of(reader.get(page_of(event)))


def test_a_matter_without_photos_says_so(world: World) -> None:
    client = desk_of(world.cast.desk)
    client.post("/language", {"language": "en"})
    assert "No photos or videos." in words_of(client.get(page_of(recent(world))))


def test_what_is_still_to_come_is_told_with_its_state(world: World) -> None:
    event, _picture = with_photo(world)
    awaiting(event)
    awaiting(event, received=1_200_000, media_type="video/mp4")
    awaiting(event, refusal=to_keep(BadInput("x", "This file is not a whole photo, %(why)s.", why="cut")))
    client = desk_of(world.cast.desk)
    client.post("/language", {"language": "en"})
    page = words_of(client.get(page_of(event)))
    for words in (
        "1 of 4 received",
        "The rest follows",
        "Waits on the phone",
        "1.1\xa0MB here",
        "not a whole photo, cut.",
    ):
        assert words in page, words
    AwaitedPicture.objects.filter(refusal__isnull=True).delete()
    page = words_of(client.get(page_of(event)))
    assert "1 of 2 received" in page
    assert "The rest follows" not in page


def test_a_supplement_does_not_count_as_one_that_was_awaited(world: World) -> None:
    event = recent(world)
    awaiting(event)
    actions.supplement(event, text="", photos=[photo("plum").read()], by=None, at=timezone.now())
    client = desk_of(world.cast.desk)
    client.post("/language", {"language": "en"})
    assert "0 of 1 received" in words_of(client.get(page_of(event)))


# --- a picture comes ----------------------------------------------------------------------------------------------------


def test_a_picture_is_received_once_however_often_it_comes(world: World) -> None:
    event, picture = with_photo(world)
    awaiting(event, sha256=picture.sha256)
    actions.receive_picture(event, keep(telling_photo()), by=None, at=timezone.now())
    assert (event.pictures.count(), event.awaited.count()) == (1, 0)
    assert Entry.objects.filter(verb="event.photo_received").count() == 1


def test_a_refused_picture_may_still_come(world: World) -> None:
    """The phone made it smaller, say, and a newer server takes what this one did not."""
    event = recent(world)
    file = keep(telling_photo())
    awaiting(event, sha256=file.sha256)
    reason = to_keep(BadInput("too_large", "Too large."))
    for _again in range(2):
        actions.refuse_picture(event, file.sha256, reason=reason, by=None, at=timezone.now())
    assert Entry.objects.filter(verb="event.photo_refused").count() == 1
    actions.receive_picture(event, file, by=None, at=timezone.now())
    assert (event.pictures.count(), event.awaited.count()) == (1, 0)


# --- originals ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["handler", "desk", "county"])
def test_handlers_open_the_original_and_each_look_is_written_down(world: World, name: str) -> None:
    event, picture = with_photo(world)
    person = getattr(world.cast, name)
    for looks in (1, 2):
        response = desk_of(person).post(address_of(event, picture), {"reason": "核对拍摄地点"})
        assert content(response) == telling_photo()
        assert "no-store" in response.headers["Cache-Control"]
        assert response.headers["Content-Disposition"] == f'attachment; filename="{event.number}-1.jpg"'
        entries = Entry.objects.filter(verb="event.original_opened")
        assert [(one.by, one.facts, one.remark.text) for one in entries] == [
            (person, {"picture": str(picture.pk)}, "核对拍摄地点")
        ] * looks


@pytest.mark.parametrize(
    ("name", "status"),
    [
        *(("leader", 403), ("verifier", 403), ("worker", 403), ("cadre", 403)),
        *(("neighbour", 404), ("nobody", 404), ("auditor", 404), ("system", 404), ("security", 404)),
    ],
)
def test_nobody_else_opens_an_original(world: World, name: str, status: int) -> None:
    event, picture = with_photo(world)
    response = desk_of(getattr(world.cast, name)).post(address_of(event, picture))
    assert (response.status_code, MAKER.encode() in content(response)) == (status, False)
    assert not Entry.objects.filter(verb="event.original_opened").exists()


def test_an_original_is_not_opened_by_a_link_nor_under_another_matter_nor_without_sign_in(
    world: World, client: Client
) -> None:
    event, picture = with_photo(world)
    other = recent(world, State.DISPATCHED)
    assert desk_of(world.cast.handler).get(address_of(event, picture)).status_code == 405
    assert desk_of(world.cast.handler).post(address_of(other, picture)).status_code == 404
    assert client.post(address_of(event, picture)).status_code == 302
    assert not Entry.objects.filter(verb="event.original_opened").exists()


def test_no_ordinary_address_carries_hidden_data(world: World, client: Client) -> None:
    event, picture = with_photo(world)
    served = {}
    for address in (f"/media/{picture.sha256}.jpg", f"/media/{picture.sha256}/small.jpg"):
        served[address] = content(desk_of(world.cast.handler).get(address))
    for address, file in served.items():
        assert MAKER.encode() not in file, address
        assert not Image.open(io.BytesIO(file)).getexif(), address
        assert b"Exif" not in file, address
        assert b"2026:11:16" not in file, address
    assert MAKER.encode() in telling_photo()
    pages = [page_of(event), "/desk/"]
    assert all(MAKER not in words_of(desk_of(world.cast.handler).get(one)) for one in pages)


# --- ranges -------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "status", "told", "came"),
    [
        ("", 200, None, b"0123456789"),
        ("bytes=0-3", 206, "bytes 0-3/10", b"0123"),
        ("bytes=4-", 206, "bytes 4-9/10", b"456789"),
        ("bytes=-2", 206, "bytes 8-9/10", b"89"),
        ("bytes=-20", 206, "bytes 0-9/10", b"0123456789"),
        ("bytes=8-99", 206, "bytes 8-9/10", b"89"),
        ("bytes=10-", 416, "bytes */10", b""),
        ("bytes=5-4", 416, "bytes */10", b""),
        ("bytes=-0", 416, "bytes */10", b""),
        ("bytes=0-1,4-5", 200, None, b"0123456789"),
        ("bytes=-", 200, None, b"0123456789"),
        ("lines=1-2", 200, None, b"0123456789"),
    ],
)
def test_a_player_gets_the_range_it_asks_for(rf: Any, asked: str, status: int, told: str | None, came: bytes) -> None:
    request = rf.get("/", headers={"Range": asked} if asked else {})
    file = io.BytesIO(b"0123456789")
    response = ranged(request, file, "video/mp4")
    assert (response.status_code, response.headers.get("Content-Range")) == (status, told)
    assert content(response) == came
    assert response.headers["Accept-Ranges"] == "bytes"
    response.close()
    assert file.closed


def a_video() -> File:
    return File("a" * 64, "video/mp4", 640, 360, 12345, 3.5, None, None)


def test_a_video_is_played_from_its_rendition_and_loads_nothing_before(world: World) -> None:
    event = recent(world)
    actions.receive_picture(event, a_video(), by=None, at=timezone.now())
    page = words_of(desk_of(world.cast.desk).get(page_of(event)))
    video = page.split("<video")[1].split("</video>")[0]
    assert 'controls preload="none"' in video
    assert f'<source src="/media/{"a" * 64}.mp4" type="video/mp4">' in video
    assert f'poster="/media/{"a" * 64}/small.jpg"' in video
    assert event.pictures.get().duration_s == 3.5


# --- the reporter -------------------------------------------------------------------------------------------------------


def test_the_holder_of_a_receipt_sees_their_photos_and_what_is_still_to_come(world: World, client: Client) -> None:
    reported = actions.report(text="水沟堵了", area=world.grid, at=timezone.now(), source="resident")
    event = reported.event
    actions.receive_picture(event, keep(telling_photo()), by=None, at=timezone.now())
    picture = event.pictures.get()
    awaiting(event)
    where = f"/status/{event.number}"
    client.post("/language", {"language": "en"})
    for address in (f"{where}/photos/{picture.sha256}.jpg", f"{where}/photos/{picture.sha256}/small.jpg"):
        assert client.get(address).status_code == 404
    client.post(where, {"key": reported.secret})
    page = words_of(client.get(where))
    assert "1 of 2 received" in page
    assert "Waits on the phone" in page
    assert "/originals/" not in page
    for address in (f"{where}/photos/{picture.sha256}.jpg", f"{where}/photos/{picture.sha256}/small.jpg"):
        assert address in page
        assert MAKER.encode() not in content(client.get(address))
