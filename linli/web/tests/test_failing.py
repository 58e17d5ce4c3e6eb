"""What people read when the disk is full or the store is away, and by which id a request is found in the logs."""

import json
import logging
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from linli.events.testing import World, make_event
from linli.kit import health
from linli.people.testing import PASSWORD

SIGN_IN = {"username": "worker", "password": PASSWORD}


@pytest.fixture
def visitor(world: World) -> Client:
    """Somebody whose page shows what went wrong, as in production."""
    return Client(raise_request_exception=False)


@contextmanager
def no_room() -> Iterator[None]:
    """No file of this process may grow: what a write to a full disk comes to."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.django_db(transaction=True)
def test_signing_in_on_a_full_disk_says_so_and_works_again_with_room(visitor: Client) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("The disk of a database server cannot be filled from here.")
    with no_room():
        answer = visitor.post("/sign-in", SIGN_IN)
        told = visitor.post("/sign-in", SIGN_IN, HTTP_ACCEPT="application/json")
        read = visitor.get("/sign-in")
    assert answer.status_code == 507
    assert "磁盘已满" in answer.content.decode()
    assert "Tell the system administrator to make room" in answer.content.decode()
    assert (told.status_code, told.json()["error"]["code"]) == (507, "disk_full")
    assert read.status_code == 200
    assert visitor.post("/sign-in", SIGN_IN).status_code == 302


def test_a_nul_in_what_was_typed_is_refused_and_breaks_nothing(visitor: Client, world: World) -> None:
    event = make_event(world)
    visitor.force_login(world.cast.desk)
    answer = visitor.post(f"/desk/events/{event.pk}/shield", {"department": "a\0b"})
    assert answer.status_code == (422 if connection.vendor == "postgresql" else 404)


@pytest.mark.django_db(transaction=True)
def test_a_store_that_is_away_is_said_to_be(visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("The server of the tests is not stopped.")
    # The file that this process knows lies elsewhere now, and a table of the one here is gone.
    monkeypatch.setitem(health._seen, str(connection.settings_dict["NAME"]), (0, 0))
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE django_session RENAME TO lost_session")
    try:
        answer = visitor.post("/sign-in", SIGN_IN)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE lost_session RENAME TO django_session")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert "数据库" in answer.content.decode()


def test_any_other_failure_is_a_failure(visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("linli.web.signing.render")
    answer = visitor.get("/sign-in", HTTP_X_REQUEST_ID="proxy-00000042")
    assert answer.status_code == 500
    assert "出错了" in answer.content.decode()
    assert answer.headers["X-Request-Id"] == "proxy-00000042"


def test_a_line_names_the_pattern_of_the_address_and_no_words_of_it(
    visitor: Client, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "linli.requests")
    answer = visitor.get("/status/440881101-202611-000001?key=SECRET", HTTP_X_REQUEST_ID="a b\x00")
    facts = caplog.records[-1].__dict__["facts"]
    assert (facts["method"], facts["status"]) == ("GET", answer.status_code)
    assert facts["route"].startswith("/status/<")
    assert "SECRET" not in json.dumps(facts)
    assert "000001" not in json.dumps(facts)
    # What a stranger calls a request is no name for it unless it is one.
    assert len(answer.headers["X-Request-Id"]) == 16
