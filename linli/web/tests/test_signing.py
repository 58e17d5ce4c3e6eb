"""Signing in and out, and the language of the pages."""

import json
import re
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from linli.events.testing import World
from linli.journal.models import Entry
from linli.people.models import Person
from linli.people.testing import PASSWORD


def sign_in(client: Client, username: str, password: str = PASSWORD, **more: Any) -> Any:
    return client.post("/sign-in", {"username": username, "password": password, **more})


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


@pytest.mark.parametrize(
    "typed",
    ["worker", " worker ", "ｗｏｒｋｅｒ", "19900000001", "199 0000 0001", "１９９０００００００１", "199-0000-0001"],
)
def test_people_sign_in_by_user_name_or_telephone_number_however_it_is_typed(
    world: World, client: Client, typed: str
) -> None:
    assert sign_in(client, typed).headers["Location"] == "/desk/"
    assert client.session["_auth_user_id"] == str(world.cast.worker.pk)


@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("worker", "wrong"),
        ("worker", PASSWORD.upper()),
        ("worker", ""),
        ("", PASSWORD),
        ("nobody at all", PASSWORD),
        ("19900000002", PASSWORD),
        ("\0", PASSWORD),
        ("worker", "\0"),
        ("w" * 5000, "p" * 5000),
        ("😀", "😀"),
    ],
)
def test_what_does_not_belong_together_is_refused_in_words(
    world: World, client: Client, username: str, password: str
) -> None:
    response = sign_in(client, username, password)
    assert response.status_code == 422
    assert response.context["error"] in response.content.decode()
    assert not is_signed_in(client)


def test_the_refusal_does_not_tell_whether_the_name_exists(world: World, client: Client) -> None:
    told = [
        re.sub(r'value="[^"]*"', "", sign_in(client, name, "wrong").content.decode()) for name in ("worker", "worker9")
    ]
    assert told[0] == told[1]


def test_the_user_name_typed_is_kept_the_password_is_not(world: World, client: Client) -> None:
    page = sign_in(client, "worker", "a wrong secret").content.decode()
    assert 'value="worker"' in page
    assert "a wrong secret" not in page


def test_after_five_wrong_tries_the_name_waits_and_others_do_not(world: World, client: Client) -> None:
    for _time in range(5):
        assert sign_in(client, "worker", "wrong").status_code == 422
    for spelled in ("worker", "Worker", " ｗorker"):
        response = sign_in(client, spelled)
        assert response.status_code == 429
        assert response.context["error"] in response.content.decode()
    assert sign_in(client, "desk").status_code == 302


def test_a_number_spelled_in_ever_other_ways_is_one_name(world: World, client: Client) -> None:
    spelled = ["19900000001", "199 0000 0001", "199-0000-0001", "(199)00000001", "1.9.900000001"]
    for typed in spelled:
        assert sign_in(client, typed, "wrong").status_code == 422
    assert sign_in(client, "+ 199 00 000 001", "wrong").status_code == 429


def test_a_name_nobody_has_waits_just_as_long_in_the_same_words(world: World, client: Client) -> None:
    told = {}
    for name in ("worker", "nobody-of-this-name"):
        for _time in range(5):
            sign_in(client, name, "wrong")
        told[name] = sign_in(client, name, "wrong").context["error"]
    assert told["worker"] == told["nobody-of-this-name"]


def test_signing_in_rightly_forgets_the_wrong_tries(world: World) -> None:
    for _round in range(3):
        for _time in range(4):
            sign_in(Client(), "worker", "wrong")
        assert sign_in(Client(), "worker").status_code == 302


def test_a_name_that_has_to_wait_is_told_to_its_holder_and_the_journal(world: World, client: Client) -> None:
    for _time in range(5):
        sign_in(client, "worker", "wrong")
    (entry,) = Entry.objects.filter(verb="account.locked")
    assert (entry.on_key, entry.facts) == (str(world.cast.worker.pk), {"door": "password"})
    assert [notice.person for notice in entry.notices.all()] == [world.cast.worker]


def test_somebody_who_left_cannot_sign_in_and_is_out_at_once(world: World, client: Client) -> None:
    sign_in(client, "worker")
    Person.objects.filter(username="worker").update(is_active=False)
    assert client.get("/desk/").headers["Location"].startswith("/sign-in")
    assert sign_in(Client(), "worker").status_code == 422


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [
        ("/desk/map/", "/desk/map/"),
        ("/desk/?show=all&q=%E6%B0%B4", "/desk/?show=all&q=%E6%B0%B4"),
        ("https://elsewhere.example/", ""),
        ("//elsewhere.example/", ""),
        ("/\\elsewhere.example/", ""),
        ("javascript:alert(1)", ""),
        ("", ""),
    ],
)
def test_after_signing_in_one_is_where_one_wanted_to_go_but_nowhere_else(
    world: World, client: Client, wanted: str, reached: str
) -> None:
    page = client.get("/sign-in", {"next": wanted})
    assert page.context["next"] == reached
    assert sign_in(client, "worker", next=wanted).headers["Location"] == (reached or "/desk/")
    assert client.get("/sign-in", {"next": wanted}).headers["Location"] == (reached or "/desk/")


def test_a_session_begun_before_signing_in_gets_another_key(world: World, client: Client) -> None:
    client.get("/report")
    before = client.cookies[settings.SESSION_COOKIE_NAME].value
    sign_in(client, "worker")
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != before
    stolen = Client()
    stolen.cookies[settings.SESSION_COOKIE_NAME] = before
    assert stolen.get("/desk/").status_code == 302


def test_the_cookie_of_the_session_is_out_of_reach_of_scripts_and_other_sites(world: World, client: Client) -> None:
    sign_in(client, "worker")
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_only_a_post_signs_out(world: World, client: Client) -> None:
    sign_in(client, "worker")
    assert client.get("/sign-out").status_code == 405
    assert is_signed_in(client)
    assert client.post("/sign-out").headers["Location"] == "/"
    assert not is_signed_in(client)
    assert client.get("/desk/").status_code == 302


def test_forms_without_their_token_are_refused_in_words(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    for address in ("/sign-in", "/report", "/language", "/sign-out"):
        response = client.post(address, {"username": "worker", "password": PASSWORD})
        assert response.status_code == 403
        assert "邻里" in response.content.decode()
    assert not is_signed_in(client)


def test_a_form_with_its_token_is_taken(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    page = client.get("/sign-in").content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert token
    assert sign_in(client, "worker", csrfmiddlewaretoken=token.group(1)).status_code == 302


def test_the_logins_of_a_demonstration_are_shown_and_no_others(
    world: World, client: Client, settings: Any, tmp_path: Any
) -> None:
    settings.HOME = tmp_path
    assert client.get("/sign-in").context["logins"] == []
    one = {"username": "worker", "password": PASSWORD, "role": "grid_worker", "name": "陈小禾", "area": "上县第五网格"}
    (tmp_path / "demo_logins.json").write_text(json.dumps([one]), "utf-8")
    page = client.get("/sign-in").content.decode()
    assert "上县第五网格" in page
    assert "网格员" in page
    for broken in ("{broken", "[1]", '[{"role": "king"}]'):
        (tmp_path / "demo_logins.json").write_text(broken, "utf-8")
        assert client.get("/sign-in").context["logins"] == []


# --- the language -----------------------------------------------------------------------------------------------------


def test_pages_speak_chinese_whatever_the_browser_asks_for(world: World, client: Client) -> None:
    response = client.get("/", headers={"Accept-Language": "en-GB"})
    assert response.headers["Content-Language"] == "zh-hans"
    assert '<html lang="zh-hans">' in response.content.decode()


def test_english_once_chosen_stays_and_one_is_back_where_one_was(world: World, client: Client) -> None:
    response = client.post("/language", {"language": "en", "next": "/report"})
    assert response.headers["Location"] == "/report"
    for address in ("/", "/report", "/sign-in"):
        assert '<html lang="en">' in client.get(address).content.decode()
    client.post("/language", {"language": "zh-hans"})
    assert '<html lang="zh-hans">' in client.get("/").content.decode()


def test_the_language_follows_the_person_to_another_browser(world: World, client: Client) -> None:
    sign_in(client, "worker")
    client.post("/language", {"language": "en"})
    other = Client()
    sign_in(other, "worker")
    assert other.get("/sign-in", follow=False).headers["Content-Language"] == "en"


@pytest.mark.parametrize("wanted", ["", "fr", "../../etc", "en\0", "zh"])
def test_a_language_nobody_speaks_changes_nothing(world: World, client: Client, wanted: str) -> None:
    client.post("/language", {"language": wanted})
    assert settings.LANGUAGE_COOKIE_NAME not in client.cookies
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = wanted.replace("\0", "")
    assert client.get("/").headers["Content-Language"] == ("en" if wanted == "en\0" else "zh-hans")


def test_choosing_a_language_leads_nowhere_else(world: World, client: Client) -> None:
    response = client.post("/language", {"language": "en", "next": "https://elsewhere.example/"})
    assert response.headers["Location"] == "/"
