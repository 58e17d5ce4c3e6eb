"""What the tests of pages share: a browser signed in, a matter of this morning, a photo."""

import io
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import ExifTags, Image

from linli.events.models import Event
from linli.events.rules import State
from linli.events.testing import World, make_event
from linli.people.models import Person

TEXT = "村口水沟堵了，污水流到路上"


def photo(colour: str = "teal", *, hidden: bool = False) -> SimpleUploadedFile:
    out = io.BytesIO()
    exif = Image.Exif()
    if hidden:
        exif[ExifTags.Base.Make] = "PhoneMaker"
        exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitudeRef] = "N"
    Image.new("RGB", (64, 48), colour).save(out, "JPEG", exif=exif)
    return SimpleUploadedFile("photo.jpg", out.getvalue(), "image/jpeg")


def desk_of(person: Person) -> Client:
    """A browser in which this person is signed in."""
    client = Client()
    client.force_login(person)
    return client


def words_of(response: Any) -> str:
    return response.content.decode()


def page_of(event: Event) -> str:
    return f"/desk/events/{event.pk}/"


def recent(world: World, state: str = State.REPORTED, **more: Any) -> Event:
    """A matter of today: nothing about it is overdue or too old, and its days count from the same day as the test's."""
    now = timezone.localtime()
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return make_event(world, state, at=max(now - timedelta(hours=1), midnight), **more)
