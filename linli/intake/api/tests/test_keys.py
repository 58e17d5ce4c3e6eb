"""Which keys open the interface, how often, and in what words it says no."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from linli.events.testing import World
from linli.intake import keys
from linli.intake.api import door
from linli.intake.api.operations import OPERATIONS
from linli.intake.api.tests.asking import ROOT, answer, ask, make_key
from linli.intake.models import ApiKey, Purpose
from linli.journal.models import Entry

pytestmark = pytest.mark.django_db
HERE = "440881101"
#: What stands in the place of a parameter of a path.
IN_PATH = {"{matter}": "440881101-202611-000001", "{code}": HERE}


def address(path: str) -> str:
    for name, value in IN_PATH.items():
        path = path.replace(name, value)
    return path


def refusal(response: Any) -> str:
    told = response.json()["error"]
    assert set(told) == {"code", "message", "field"}
    assert told["message"]
    assert response.headers["Content-Type"] == "application/json"
    return str(told["code"])


def test_every_operation_asks_for_a_key(world: World) -> None:
    for one in OPERATIONS:
        for key, code in ((None, "no_key"), ("linli_nonsense", "bad_key"), ("x" * 5000, "bad_key")):
            response = answer(key, address(one.path), 401)
            assert refusal(response) == code, one.name
            assert response.headers["WWW-Authenticate"].startswith('Bearer realm="linli"')


def test_a_key_of_another_door_or_of_the_past_opens_nothing(world: World) -> None:
    at = timezone.now()
    ended, revoked, living = make_key(HERE, "旧"), make_key(HERE, "收回"), make_key(HERE, "新")
    ApiKey.objects.filter(name="旧").update(ends_on=timezone.localdate(at))
    keys.revoke("收回", at=at)
    others = [make_key(HERE, purpose, purpose) for purpose in (Purpose.OPEN311, Purpose.INTAKE)]
    for key in (ended, revoked, *others):
        assert ask(key, "codes", 401)["error"]["code"] == "bad_key"
    ask(living, "codes")
    assert keys.find(living, purpose=Purpose.OPEN311, at=at) is None


def test_a_rotated_key_opens_beside_the_old_one_until_that_ends(world: World) -> None:
    old = make_key(HERE, "平台")
    new = keys.rotate("平台", at=timezone.now())[1]
    ask(old, "codes")
    ask(new, "codes")
    ApiKey.objects.filter(name="平台").update(old_until=timezone.now() - timedelta(seconds=1))
    ask(old, "codes", 401)
    ask(new, "codes")


def test_the_day_of_use_is_noted_and_nothing_else(world: World) -> None:
    key, entries = make_key(HERE), Entry.objects.count()
    before = timezone.localdate()
    ask(key, "codes")
    assert ApiKey.objects.get().last_used_on in (before, timezone.localdate())
    assert Entry.objects.count() == entries


def test_a_session_of_somebody_signed_in_is_no_key(world: World) -> None:
    client = Client()
    client.force_login(world.cast.county)
    assert client.get(f"{ROOT}matters").status_code == 401


def test_whoever_asks_too_often_waits_by_key_and_by_address(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "OF_KEY", 2)
    one, other = make_key(HERE, "甲"), make_key(HERE, "乙")
    for _each in range(2):
        ask(one, "codes")
    response = answer(one, "codes", 429)
    assert (refusal(response), response.headers["Retry-After"]) == ("too_often", "60")
    ask(other, "codes")
    monkeypatch.setattr(door, "OF_ADDRESS", 4)
    assert refusal(answer("linli_guess", "codes", 429)) == "too_often"


def test_other_methods_and_addresses_are_refused_in_the_same_form(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    for method in ("post", "put", "patch", "delete", "options"):
        response = getattr(client, method)(f"{ROOT}matters", headers={"Accept-Language": "en"})
        assert (response.status_code, refusal(response)) == (405, "only_reads")
        assert response.headers["Allow"] == "GET, HEAD"
    for path in ("", "nothing", "matters/", "matters/a/b/c", "matters/%0a", "matters/%00", "%00"):
        response = client.get(ROOT + path)
        assert (response.status_code, refusal(response)) in ((404, "no_such_address"), (401, "no_key"))
    assert client.head(f"{ROOT}matters", headers={"Authorization": f"Bearer {make_key(HERE)}"}).content == b""


def test_more_parameters_than_can_be_read_are_refused_in_the_same_form(world: World) -> None:
    told = ask(make_key(HERE), "matters", 422, **{f"a{number}": "1" for number in range(2000)})
    assert told["error"]["code"] == "unreadable"


def test_it_speaks_the_language_asked_for_and_chinese_otherwise(world: World) -> None:
    spoken = {}
    for asked, code in (("en-GB,zh;q=0.5", "en"), ("zh-CN", "zh-hans"), ("fr, en;q=0.1", "en"), ("en;q=0", "zh-hans")):
        response = answer(None, "matters", 401, language=asked)
        assert response.headers["Content-Language"] == code
        spoken[code] = response.json()["error"]["message"]
    assert spoken["en"].startswith("Send a key")
    assert "Accept-Language" in response.headers["Vary"]


@pytest.mark.parametrize(
    ("path", "query", "code", "field"),
    [
        ("matters", {"limit": "0"}, "bad_value", "limit"),
        ("matters", {"limit": "201"}, "bad_value", "limit"),
        ("matters", {"limit": "５"}, "bad_value", "limit"),
        ("matters", {"limit": ["1", "2"]}, "given_twice", "limit"),
        ("matters", {"state": "gone"}, "bad_value", "state"),
        ("matters", {"reported_from": "2026-11-16"}, "bad_value", "reported_from"),
        ("matters", {"reported_from": "2026-13-16T00:00:00Z"}, "bad_value", "reported_from"),
        ("matters", {"q": "水"}, "unknown_parameter", "q"),
        ("calendar", {"from": "2026-11-01"}, "missing", "to"),
        ("calendar", {"from": "2026-11-31", "to": "2026-12-01"}, "bad_value", "from"),
        ("calendar", {"from": "2026-11-02", "to": "2026-11-01"}, "backwards", "from"),
        ("calendar", {"from": "2020-11-02", "to": "2026-11-01"}, "too_long", "from"),
        ("areas", {"level": "planet"}, "bad_value", "level"),
        ("figures", {"area": HERE, "from": "2026-01-01", "to": "9000-01-01"}, "too_long", "from"),
    ],
)
def test_what_cannot_be_meant_is_said_with_the_parameter(
    world: World, path: str, query: dict[str, Any], code: str, field: str
) -> None:
    told = ask(make_key(HERE), path, 422, **{f"{name}_": value for name, value in query.items()})["error"]
    assert (told["code"], told["field"]) == (code, field)


def test_a_plus_that_came_as_a_blank_is_understood(world: World) -> None:
    key = make_key(HERE)
    response = Client().get(
        f"{ROOT}matters?reported_from=2026-11-16T00:00:00+08:00", headers={"Authorization": f"Bearer {key}"}
    )
    assert response.status_code == 200
