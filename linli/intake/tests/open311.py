"""Talking Open311 as a client does, for tests: a key, a call, and both forms read back into Python."""

import io
import json
from datetime import datetime, timedelta
from typing import Any
from xml.etree import ElementTree

from django.test import Client
from django.utils import timezone
from PIL import Image

from linli.events.actions.categories import edit_category
from linli.events.models import Event
from linli.events.testing import IN_GRID, World
from linli.intake import keys
from linli.intake.models import Purpose

ROOT = "/open311/v2/"
LISTS = {
    *("services", "attributes", "values", "service_requests", "notes", "departments", "photos", "endpoints"),
    *("formats", "errors", "service_request_updates"),
}


QUESTIONS = [
    {
        "code": "blocked",
        "ask": "完全堵死了吗？",
        "ask_en": "Is it blocked?",
        "type": "choice",
        "choices": [{"code": "yes", "name": "是", "name_en": "Yes"}, {"code": "no", "name": "否", "name_en": "No"}],
        "required": True,
    },
    {"code": "width", "ask": "多宽（米）？", "ask_en": "How wide?", "type": "number", "choices": [], "required": False},
    {
        "code": "near",
        "ask": "旁边是什么？",
        "ask_en": "What is near?",
        "type": "text",
        "choices": [],
        "required": False,
    },
]


def ask_questions(world: World) -> None:
    """Give the drains of the world questions of each type."""
    edit_category(world.drain, by=world.cast.county, at=timezone.now(), questions=QUESTIONS)


def ago(**length: float) -> datetime:
    """A moment so long before now."""
    return timezone.now() - timedelta(**length)


def filed(number: str) -> Event:
    """The event of this number."""
    return Event.objects.get(number=number)


def make_key(name: str = "FixMyStreet", area: str = "") -> str:
    """The text of a new key."""
    return keys.create(name, purpose=Purpose.OPEN311, area=area, at=timezone.now())[1]


def get(path: str, status: int = 200, /, **query: Any) -> Any:
    """What a call answers in JSON."""
    response = Client().get(f"{ROOT}{path}.json", query)
    assert response.status_code == status, response.content.decode()
    assert response.headers["Content-Type"] == "application/json; charset=utf-8"
    return json.loads(response.content)


def get_xml(path: str, status: int = 200, /, **query: Any) -> Any:
    """What a call answers in XML, read as the contract maps it onto JSON; every leaf is text, or None if empty."""
    response = Client().get(f"{ROOT}{path}.xml", query)
    assert response.status_code == status, response.content.decode()
    assert response.headers["Content-Type"] == "text/xml; charset=utf-8"
    return spark(ElementTree.fromstring(response.content))


def spark(element: ElementTree.Element) -> Any:
    """An element as the JSON of the contract has it."""
    assert not element.attrib
    if element.tag in LISTS:
        return [spark(child) for child in element]
    if len(element):
        return {child.tag: spark(child) for child in element}
    return element.text or None


def as_text(content: Any) -> Any:
    """JSON with every leaf as XML writes it."""
    if isinstance(content, dict):
        return {name: as_text(value) for name, value in content.items()}
    if isinstance(content, list):
        return [as_text(value) for value in content]
    if content is None or content == "":
        return None
    return str(content).lower() if isinstance(content, bool) else str(content)


def post(key: str, status: int = 201, /, path: str = "requests", client: Client | None = None, **form: Any) -> Any:
    """What a report answers in JSON; by default a drain in the worker's grid."""
    lon, lat = IN_GRID
    default = {"service_code": "C01", "lat": str(lat), "long": str(lon), "description": "村口水沟堵了"}
    sent = {"api_key": key, **(default if path == "requests" else {}), **form}
    sent = {name: value for name, value in sent.items() if value is not None}
    response = (client or Client()).post(f"{ROOT}{path}.json", sent)
    assert response.status_code == status, response.content.decode()
    return json.loads(response.content)


def file(key: str, **form: Any) -> str:
    """The id of a new report."""
    return str(post(key, **form)[0]["service_request_id"])


def photo(shade: int = 90, kind: str = "JPEG") -> io.BytesIO:
    """A small photo of this shade, as a file to be sent."""
    out = io.BytesIO()
    Image.new("RGB", (8, 8), (shade, 90, 90)).save(out, kind)
    out.seek(0)
    out.name = f"{shade}.{kind.lower()}"
    return out
