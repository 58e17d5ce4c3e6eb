"""The app as the server hands it out: alike for everybody, in two languages, with all its files named."""

import re

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from linli.events.testing import World
from linli.field import files


def _text(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def test_the_shell_is_the_same_for_everybody(world: World) -> None:
    nobody, worker = Client(), Client()
    worker.force_login(world.cast.worker)
    assert _text(nobody, "/m/") == _text(worker, "/m/")
    assert world.cast.worker.name not in _text(worker, "/m/")
    assert "csrf" not in _text(worker, "/m/")


def test_the_door_of_residents_is_the_same_app_without_what_is_for_the_staff(world: World, client: Client) -> None:
    staff, public = _text(client, "/m/"), _text(client, "/m/report")
    assert 'data-door="public"' in public
    drawn = {
        name: set(re.findall(r'data-screen="(\w+)"', page)) for name, page in (("staff", staff), ("public", public))
    }
    assert drawn["staff"] - drawn["public"] == {"tasks", "task", "grid", "spot"}
    assert drawn["public"] <= drawn["staff"]


@pytest.mark.parametrize(("language", "words"), [("en", "Take a photo and report"), ("zh-hans", "拍照上报")])
def test_an_address_names_its_language_and_it_is_remembered(
    world: World, client: Client, language: str, words: str
) -> None:
    answer = client.get(f"/m/?language={language}")
    assert words in answer.content.decode()
    assert answer.headers["Content-Language"] == language
    assert words in _text(client, "/m/")


def test_a_language_nobody_speaks_is_none(world: World, client: Client) -> None:
    answer = client.get("/m/?language=xx")
    assert answer.headers["Content-Language"] == "zh-hans"
    assert not answer.cookies


def test_the_worker_names_every_file_of_the_app_and_each_is_there(world: World, client: Client) -> None:
    script = _text(client, "/m/sw.js")
    assert client.get("/m/sw.js").headers["Cache-Control"] == "no-cache"
    named = [one.replace("\\u002D", "-") for one in re.findall(r'^  "(/static/.+)",$', script, re.MULTILINE)]
    assert named == files.everything()
    assert [name for name in files.names() if finders.find(name) is None] == []
    page = _text(client, "/m/")
    loaded = set(re.findall(r'(?:href|src)="(/static/[^"#]+)', page))
    assert {one for one in loaded if "maplibre" not in one} <= set(named)


def test_the_worker_keeps_nothing_of_the_desk_of_mediation_or_of_cameras(world: World, client: Client) -> None:
    script = _text(client, "/m/sw.js")
    assert 'const PAGES = ["/m/", "/m/report"];' in script
    assert [name for name in files.everything() if not name.startswith("/static/")] == []


def test_the_version_is_of_all_its_files(world: World, client: Client) -> None:
    version = files.version()
    assert re.fullmatch("[0-9a-f]{12}", version)
    assert f'const VERSION = "{version}";' in _text(client, "/m/sw.js")
    assert f'data-version="{version}"' in _text(client, "/m/")


def test_the_phone_is_told_how_to_put_it_on_its_first_screen(world: World, client: Client) -> None:
    told = client.get("/m/manifest.webmanifest").json()
    assert (told["scope"], told["start_url"], told["display"]) == ("/m/", "/m/", "standalone")
    assert [one["src"] for one in told["icons"] if finders.find(one["src"].removeprefix("/static/")) is None] == []
    assert {one["purpose"] for one in told["icons"]} == {"any", "maskable"}


def test_without_scripts_it_leads_to_pages_that_need_none(world: World, client: Client) -> None:
    without = re.search("<noscript>.*</noscript>", _text(client, "/m/"), re.DOTALL)
    assert without is not None
    assert {'href="/report"', 'href="/desk/"'} <= set(re.findall(r'href="[^"]+"', without[0]))


def test_nothing_opens_another_window(world: World, client: Client) -> None:
    assert "target=" not in _text(client, "/m/")
