"""`openapi.json`, and the page for people who connect another system: both without a key, and the same for everybody."""

import re
import shlex
from typing import Any
from urllib.parse import urlencode

import msgspec
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linli.intake.api.declaring import Operation
from linli.intake.api.document import ROOT, document
from linli.intake.api.door import JSON, OF_KEY, guarded, told
from linli.intake.api.operations import OPERATIONS, TAGS
from linli.intake.api.other_doors import CALLS
from linli.intake.api.other_doors import TAGS as OTHERS
from linli.kit.addresses import own_address


def _openapi(request: HttpRequest, _named: dict[str, str]) -> HttpResponseBase:
    return told(request, msgspec.json.encode(document()), JSON)


openapi = guarded(_openapi)
#: Stands in examples, and should be nobody's.
MADE_UP = "440881101-199901-000001"


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Every operation with what may be asked and an example, and the form of every answer."""
    written = document()
    groups = [(words, tag, [_told(one) for one in OPERATIONS if one.tag == tag]) for tag, words in TAGS.items()]
    context = {
        "about": coded(written["info"]["description"]),
        "groups": groups,
        "forms": {name: list(_fields(form)) for name, form in written["components"]["schemas"].items()},
        "refusals": {status: coded(one["description"]) for status, one in written["components"]["responses"].items()},
        "often": OF_KEY,
        "root": own_address(ROOT),
        "others": [(words, [one for one in CALLS if one.tag == tag]) for tag, words in OTHERS.items()],
    }
    return render(request, "intake/api/docs.html", context)


def _told(one: Operation) -> dict[str, Any]:
    asked = [
        {"name": it.name, "is_needed": it.is_needed, "kind": _kind(dict(it.kind.schema))[0], "words": coded(it.words)}
        for it in (*one.in_path, *one.query)
    ]
    told = {"path": ROOT + one.path, "more": coded(one.more), "form": one.answer.__name__, "curl": curl(one)}
    return told | {"one": one, "parameters": asked}


def coded(words: Any) -> SafeString:
    """Words of the document, whose marks of code are those of Markdown, as they stand on a page."""
    return mark_safe(re.sub("`([^`]+)`", r"<code>\1</code>", escape(str(words))))


def curl(one: Operation) -> str:
    """A command that asks it, to be copied into a shell."""
    query = urlencode({it.name: it.example for it in one.query if it.example}, safe=":")
    path = one.path.replace("{matter}", MADE_UP).replace("{code}", "440881101")
    address = own_address(ROOT + path) + (f"?{query}" if query else "")
    return f'curl -H "Authorization: Bearer $LINLI_KEY" {shlex.quote(address)}'


def _fields(form: dict[str, Any]) -> Any:
    for name, schema in form["properties"].items():
        kind, of = _kind(schema)
        yield {"name": name, "kind": kind, "of": of, "words": coded(schema.get("description", ""))}


def _kind(schema: dict[str, Any]) -> tuple[str, str]:
    """What sort of value it is, for people; and the name of the form that it has."""
    if "anyOf" in schema:
        kind, of = _kind(next(one for one in schema["anyOf"] if one.get("type") != "null"))
        return _("%(kind)s or null") % {"kind": kind}, of
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return name, name
    if schema.get("type") == "array":
        kind, of = _kind(schema["items"])
        return _("list of %(kind)s") % {"kind": kind}, of
    if "enum" in schema:
        return " | ".join(schema["enum"]), ""
    names = {
        "string": _("text"),
        "integer": _("whole number"),
        "number": _("number"),
        "boolean": _("true or false"),
        "object": _("object"),
        "date": _("day"),
        "date-time": _("time"),
        "uuid": "UUID",
    }
    return names[schema.get("format") or schema["type"]], ""
