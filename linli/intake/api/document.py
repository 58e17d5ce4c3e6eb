"""The interface as an OpenAPI 3.1 document, made of the table of operations and of the forms of the answers."""

from functools import cache
from typing import Any

import msgspec
from django.utils.translation import get_language, gettext

from linli import __version__
from linli.intake.api import answers, other_doors
from linli.intake.api.answers import FORM
from linli.intake.api.declaring import Operation, Parameter
from linli.intake.api.operations import OPERATIONS, TAGS

ROOT = "/api/v1/"


def document() -> dict[str, Any]:
    """In the language of whoever reads."""
    return _document(get_language() or "")


@cache
def _document(_language: str) -> dict[str, Any]:
    return {
        "openapi": "3.1.0",
        "info": {
            "title": gettext("linli: programming interface"),
            "version": __version__,
            "description": gettext(
                "To read, by a key of the purpose `api`, limited to an area. Codes and times of matters, words and places of "
                "those that are public; never a name, a contact, or who did something."
            ),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "tags": [{"name": name, "description": str(words)} for name, words in (TAGS | other_doors.TAGS).items()],
        "paths": {ROOT + one.path: {"get": _operation(one)} for one in OPERATIONS} | other_doors.paths(),
        "components": {
            "schemas": _forms(),
            "responses": _refusals(),
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": gettext("A key: linli_…")}},
        },
        "security": [{"key": []}],
    }


def _operation(one: Operation) -> dict[str, Any]:
    form = {"schema": {"$ref": FORM + one.answer.__name__}}
    etag = {"ETag": {"schema": {"type": "string"}, "required": True}}
    return {
        "operationId": one.name,
        "tags": [one.tag],
        "summary": str(one.words),
        "description": str(one.more),
        "parameters": [_parameter(it, "path") for it in one.in_path] + [_parameter(it, "query") for it in one.query],
        "responses": {
            "200": {"description": gettext("The answer."), "headers": etag, "content": {one.content_type: form}},
            "304": {"description": gettext("As it was, see If-None-Match."), "headers": etag},
            **{status: {"$ref": f"#/components/responses/{status}"} for status in _refusals()},
        },
    }


def _parameter(one: Parameter, place: str) -> dict[str, Any]:
    told = {
        "name": one.name,
        "in": place,
        "required": one.is_needed,
        "description": str(one.words),
        "schema": dict(one.kind.schema),
    }
    return told | ({"example": one.example} if one.example else {})


def _refusals() -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": FORM + "Refusal"}}}
    told = {
        "401": (gettext("No key, or one that opens nothing here."), {"WWW-Authenticate": {"type": "string"}}),
        "404": (gettext("Nothing of this name lies in the area of the key."), {}),
        "422": (gettext("What was asked cannot be meant; `field` says where."), {}),
        "429": (gettext("Too many calls within a minute."), {"Retry-After": {"type": "integer"}}),
    }
    return {
        status: {
            "description": words,
            "headers": {name: {"schema": schema, "required": True} for name, schema in headers.items()},
            "content": content,
        }
        for status, (words, headers) in told.items()
    }


def _forms() -> dict[str, Any]:
    """The forms of all answers by name; the words beside their fields in the language of whoever reads."""
    kinds = [*(one.answer for one in OPERATIONS), answers.Refusal, *other_doors.FORMS]
    _refs, forms = msgspec.json.schema_components(kinds, ref_template=FORM + "{name}")
    for form in forms.values():
        # Of whoever reads the source.
        form.pop("description", None)
        for told in form.get("properties", {}).values():
            if words := told.get("description"):
                told["description"] = gettext(words)
    return forms
