"""What the tests of the residents' pages share: a photo, a report sent, the code of its receipt."""

import io
import re
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from linli.events.models import Event

TEXT = "村口水沟堵了，污水流到路上"
TOWNSHIP = "440881101"


def photo(colour: str = "teal") -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(out, "JPEG")
    return SimpleUploadedFile("photo.jpg", out.getvalue(), "image/jpeg")


def send(client: Client, **fields: Any) -> Any:
    """Send the report form with the given fields; a place and words unless told otherwise."""
    return client.post("/report", {"text": TEXT, "township": TOWNSHIP, **fields})


def reported(client: Client, **fields: Any) -> tuple[Event, str]:
    """A report taken in: the event and the code shown on its receipt."""
    assert send(client, **fields).headers["Location"] == "/receipt"
    page = client.get("/receipt").content.decode()
    found = re.search(r"[A-Z2-9]{5}-[A-Z2-9]{5}", page)
    assert found
    return Event.objects.latest("received_at"), found.group()


def words_of(response: Any) -> str:
    return response.content.decode()
