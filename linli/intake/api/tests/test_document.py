"""The OpenAPI document and the page of the interface: whole, the same for everybody, in both languages."""

import re
import shlex
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import URLPattern

from linli.events.testing import World, draw_boundaries, make_event
from linli.intake.api import urls
from linli.intake.api.operations import OPERATIONS
from linli.intake.api.other_doors import CALLS
from linli.intake.api.pages import MADE_UP, curl
from linli.intake.api.tests.asking import ROOT, ask, make_key


def references(of: Any) -> set[str]:
    if isinstance(of, dict):
        return {of["$ref"]} if "$ref" in of else set().union(*map(references, of.values()))
    return set().union(*map(references, of)) if isinstance(of, list) else set()


@pytest.mark.django_db
def test_the_document_tells_every_operation_and_every_refusal_without_a_key(world: World) -> None:
    told = ask(None, "openapi.json")
    assert told["openapi"] == "3.1.0"
    calls = [call for one in told["paths"].values() for call in one.values()]
    assert sorted(call["operationId"] for call in calls) == sorted(one.name for one in (*OPERATIONS, *CALLS))
    for path, one in told["paths"].items():
        if not path.startswith(ROOT):
            continue
        assert {"200", "304", "401", "404", "422", "429"} == set(one["get"]["responses"]), path
        in_path = {it["name"] for it in one["get"]["parameters"] if it["in"] == "path"}
        assert in_path == set(re.findall(r"\{(\w+)\}", path))
    for ref in references(told):
        found = told
        for step in ref.removeprefix("#/").split("/"):
            found = found[step]
        assert found


@pytest.mark.django_db
def test_every_address_stands_in_the_document(world: World) -> None:
    named = {one.name for one in urls.urlpatterns if isinstance(one, URLPattern)}
    assert named - {"docs", "openapi", "nothing_here"} == {one.name for one in OPERATIONS}


@pytest.mark.django_db
def test_the_page_shows_each_operation_with_an_example_and_each_form(world: World) -> None:
    page = Client().get(f"{ROOT}docs").content.decode()
    forms = ask(None, "openapi.json")["components"]["schemas"]
    for one in OPERATIONS:
        assert f'id="op-{one.name}"' in page
        assert all(f"<code>{it.name}</code>" in page for it in (*one.query, *one.in_path))
    assert all(f"<code>{one.path}</code>" in page for one in CALLS)
    for name, form in forms.items():
        assert f'id="form-{name}"' in page
        assert all(f"<code>{field}</code>" in page for field in form["properties"])
    assert "`" not in page


@pytest.mark.django_db
def test_every_example_is_answered(world: World) -> None:
    draw_boundaries(world)
    event, key = make_event(world), make_key("440881")
    for one in OPERATIONS:
        address = urlsplit(shlex.split(curl(one))[-1].replace(MADE_UP, event.number))
        response = Client().get(f"{address.path}?{address.query}", headers={"Authorization": f"Bearer {key}"})
        assert response.status_code == 200, (one.name, response.content)


@pytest.mark.django_db
def test_the_document_and_the_page_are_the_same_with_and_without_a_session(world: World) -> None:
    client = Client()
    client.force_login(world.cast.county)
    assert client.get(f"{ROOT}openapi.json").content == Client().get(f"{ROOT}openapi.json").content
    english = Client().get(f"{ROOT}openapi.json", headers={"Accept-Language": "en"})
    assert english.json()["info"]["title"] == "linli: programming interface"
    assert english.headers["Content-Language"] == "en"
