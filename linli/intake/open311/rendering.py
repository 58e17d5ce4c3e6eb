"""The same answer as XML or as JSON, as GeoReport v2 maps one onto the other."""

import json
import re
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from django.http import HttpResponse

#: The literal types, as a published validator compares them.
CONTENT_TYPES = {"xml": "text/xml; charset=utf-8", "json": "application/json; charset=utf-8"}
#: What an item of a list is called in XML; in JSON lists are bare arrays.
ITEMS = {
    "services": "service",
    "attributes": "attribute",
    "values": "value",
    "service_requests": "request",
    "service_request_updates": "request_update",
    "notes": "note",
    "departments": "department",
    "photos": "photo",
    "endpoints": "endpoint",
    "formats": "format",
    "errors": "error",
}
#: What XML 1.0 cannot hold, not even escaped: phone keyboards and pasted text bring it along.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Answer:
    """What is answered: the name of the XML root, and a list, or a dict for a root with fields."""

    root: str
    content: list[Any] | dict[str, Any]
    status: int = 200


class Problem(Exception):
    """Nothing can be done, and why: one sentence or several, for whoever uses the client."""

    def __init__(self, status: int, *messages: Any) -> None:
        super().__init__(status)
        self.status, self.messages = status, [str(message) for message in messages]

    def answer(self) -> Answer:
        """As an answer in the form of the contract."""
        errors = [{"code": self.status, "description": message} for message in self.messages]
        return Answer("errors", errors, self.status)


def render(answer: Answer, form: str) -> HttpResponse:
    """As a response in `xml` or `json`."""
    content = without_controls(answer.content)
    text = _json(content) if form == "json" else _xml(answer.root, content)
    return HttpResponse(text, status=answer.status, content_type=CONTENT_TYPES[form])


def without_controls(content: Any) -> Any:
    """The same without the characters that XML cannot hold: both forms then say the same."""
    if isinstance(content, str):
        return _NOT_XML.sub("", content)
    if isinstance(content, dict):
        return {name: without_controls(value) for name, value in content.items()}
    if isinstance(content, list):
        return [without_controls(value) for value in content]
    return content


def _json(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def _xml(root: str, content: Any) -> str:
    parts: list[str] = ['<?xml version="1.0" encoding="UTF-8"?>\n']
    _element(root, content, parts)
    return "".join([*parts, "\n"])


def _element(name: str, content: Any, parts: list[str]) -> None:
    if content is None or content == "" or content == []:
        parts.append(f"<{name}/>")
        return
    parts.append(f"<{name}>")
    if isinstance(content, dict):
        for field, value in content.items():
            _element(field, value, parts)
    elif isinstance(content, list):
        for value in content:
            _element(ITEMS[name], value, parts)
    else:
        parts.append(_text(content))
    parts.append(f"</{name}>")


def _text(value: Any) -> str:
    # A bare carriage return would be read back as a line feed.
    return str(value).lower() if isinstance(value, bool) else escape(str(value), {"\r": "&#13;"})
