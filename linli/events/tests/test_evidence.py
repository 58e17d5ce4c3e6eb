"""Hints at the photos of a result: where and when they were taken, and whether they were sent with another matter before."""

import io
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.utils import timezone, translation
from PIL import ExifTags, Image, ImageFilter

from linli.events import actions
from linli.events.actions.verification_rules import set_rule
from linli.events.evidence import used_before
from linli.events.models import Event, Picture
from linli.events.rules import State, Verification
from linli.events.testing import World
from linli.events.tests.pages import desk_of, page_of, recent, words_of
from linli.people.actions import scope_of
from linli.people.models import Person


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def scene(seed: int, size: tuple[int, int] = (640, 480)) -> Image.Image:
    """A picture with light and dark in it, the same for the same seed."""
    squares = Image.new("L", (8, 6))
    squares.putdata([(seed * 37 + place * place * 91 + place * seed * 53) % 256 for place in range(48)])
    return squares.resize(size, Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(3)).convert("RGB")


def taken(
    seed: int = 1,
    *,
    at: datetime | None = None,
    north_m: float | None = None,
    size: tuple[int, int] = (640, 480),
    quality: int = 88,
) -> bytes:
    """A photo taken then, so many metres north of 110.05 E, 21.70 N; what is not given it does not say."""
    exif = Image.Exif()
    if at is not None:
        local = timezone.localtime(at).strftime("%Y:%m:%d %H:%M:%S")
        exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = local
    if north_m is not None:
        gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
        seconds = 60 * 42 + north_m / 111_195 * 3600
        gps[ExifTags.GPS.GPSLatitudeRef], gps[ExifTags.GPS.GPSLatitude] = "N", (21.0, seconds // 60, seconds % 60)
        gps[ExifTags.GPS.GPSLongitudeRef], gps[ExifTags.GPS.GPSLongitude] = "E", (110.0, 3.0, 0.0)
    out = io.BytesIO()
    scene(seed, size).save(out, "JPEG", quality=quality, exif=exif)
    return out.getvalue()


def with_result(world: World, *photos: bytes, area: str = "") -> Event:
    more = {"area": world.areas[area]} if area else {}
    event = recent(world, State.SIGNED_FOR, **more)
    Event.objects.filter(pk=event.pk).update(lon=110.05, lat=21.70)
    event.refresh_from_db()
    result = {"text": "已疏通", "without": "只作支持", "by": world.cast.handler, "at": timezone.now()}
    actions.submit_result(event, photos=list(photos), **result)
    return event


def page(event: Event, person: Person, step: str = "") -> str:
    client = desk_of(person)
    client.post("/language", {"language": "en"})
    return words_of(client.get(f"{page_of(event)}{step}"))


def test_a_photo_from_the_place_says_how_near_and_when(world: World) -> None:
    event = with_result(world, taken(at=timezone.now(), north_m=35))
    for step in ("", "verify"):
        shown = page(event, world.cast.verifier, step)
        assert "taken 35 m from the place" in shown
        assert f"taken today {timezone.localtime():%H:}" in shown
        assert shown.count('class="good"') == 2


def test_far_away_or_before_the_dispatch_asks_to_look_twice(world: World) -> None:
    event = with_result(world, taken(at=timezone.now() - timedelta(days=3), north_m=2000))
    shown = page(event, world.cast.verifier)
    assert "taken 2 km away" in shown
    assert "taken before it was dispatched" in shown
    assert 'class="good"' not in shown


def test_how_near_is_near_enough_is_the_county_s_to_say(world: World) -> None:
    event = with_result(world, taken(at=timezone.now(), north_m=150))
    assert page(event, world.cast.verifier).count('class="good"') == 2
    asks = Verification(near_m=100)
    set_rule(area=world.areas["440881"], category=None, asks=asks, by=world.cast.county, at=timezone.now())
    assert page(event, world.cast.verifier).count('class="good"') == 1


def test_a_photo_that_knows_neither_says_so_and_refuses_nothing(world: World) -> None:
    event = with_result(world, taken())
    assert "no time or place in the photo" in page(event, world.cast.verifier)
    actions.verify(event, by=world.cast.verifier, at=timezone.now())
    assert event.state == State.VERIFIED


def test_a_photo_of_the_round_before_is_not_said_to_be_from_before_the_dispatch(world: World) -> None:
    event = with_result(world, taken(at=timezone.now(), north_m=5))
    actions.rework(event, text="没做完", by=world.cast.verifier, at=timezone.now())
    actions.dispatch(event, lead=world.water, by=world.cast.desk, at=timezone.now() + timedelta(minutes=1))
    assert "in an earlier round" in page(event, world.cast.verifier)


def test_the_handler_reads_place_and_time_and_not_what_was_used_before(world: World) -> None:
    photo = taken(at=timezone.now(), north_m=35)
    first = with_result(world, photo)
    second = with_result(world, photo)
    assert f"this photo was sent with {first.number} before" in page(second, world.cast.verifier)
    own = page(second, world.cast.handler)
    assert "taken 35 m from the place" in own
    assert "before" not in own.split("photo-hints")[1].split("</ul>")[0]
    assert "photo-hints" not in page(second, world.cast.leader)
    assert "was sent with" not in page(first, world.cast.verifier)


def test_the_same_photo_saved_again_and_smaller_is_known_again(world: World) -> None:
    first = with_result(world, taken(7))
    second = with_result(world, taken(7, size=(400, 300), quality=60), taken(8))
    same, other = Picture.objects.filter(event=second).order_by("pk")
    assert same.sha256 != Picture.objects.get(event=first).sha256
    scope = scope_of(world.cast.verifier, timezone.now())
    assert list(used_before(second, [same, other], scope)) == [same.pk]


def test_of_a_matter_out_of_sight_no_number_is_told(world: World) -> None:
    photo = taken(5)
    there = with_result(world, photo, area="440881102201001")
    here = with_result(world, photo)
    shown = page(here, world.cast.verifier)
    assert there.number not in shown
    assert "this photo was sent with another matter before" in shown
    assert there.number in page(here, world.cast.county)


def test_plain_photos_are_like_nothing_but_themselves(world: World) -> None:
    out = io.BytesIO()
    Image.new("RGB", (640, 480), "navy").save(out, "JPEG")
    first = with_result(world, out.getvalue())
    out = io.BytesIO()
    Image.new("RGB", (640, 480), "teal").save(out, "JPEG")
    second = with_result(world, out.getvalue())
    assert Picture.objects.get(event=first).marks is None
    assert "was sent with" not in page(second, world.cast.verifier)


def test_twenty_photos_and_matters_take_as_many_queries_as_one(world: World, django_assert_num_queries: object) -> None:
    scope = scope_of(world.cast.verifier, timezone.now())
    event = with_result(world, taken(1), taken(2), taken(3))
    for seed in (1, 2, 3):
        with_result(world, taken(seed))
    last = with_result(world, taken(1), taken(2))
    pictures = list(Picture.objects.filter(event=last).select_related("entry"))
    with django_assert_num_queries(2):  # type: ignore[operator]
        found = used_before(last, pictures, scope)
    assert sorted(len(words) for words in found.values()) == [2, 2]
    assert event.number in " ".join(word for words in found.values() for word in words)
