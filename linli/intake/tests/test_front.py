"""The front: health and figures from itself, everything else from the pages, bodies of any size without memory."""

import asyncio
import hashlib
import io
import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.wsgi import get_wsgi_application
from django.db import connection, connections

from linli.events.testing import GRID, World
from linli.intake import bridge, requests
from linli.intake.models import Kept
from linli.intake.testing import Door, a_report
from linli.intake.turned import Turned

pytestmark = pytest.mark.django_db(transaction=True)
Environ = dict[str, Any]


@pytest.fixture
def opened() -> Iterator[list[Door]]:
    doors: list[Door] = []
    yield doors
    for one in doors:
        one.close()


def over(pages: Any, opened: list[Door]) -> Door:
    opened.append(Door(pages).wait_until_ready())
    return opened[-1]


def closing(application: Any) -> Any:
    """Django's pages, each letting go of its connection, so that the test can empty the store."""

    def answer(environ: Environ, start_response: Any) -> list[bytes]:
        try:
            return [b"".join(application(environ, start_response))]
        finally:
            connections.close_all()

    return answer


def test_pages_come_from_django(world: World, opened: list[Door]) -> None:
    door = over(closing(get_wsgi_application()), opened)
    status, page = door.get("/report?category=1", host="localhost", cookie="linli_language=en")
    assert (status, door.headers["content-language"]) == (200, "en")
    assert "<form" in page
    assert door.get("/媒体/没有", host="localhost")[0] == 404
    status, _page = door.ask("POST", "/sign-in", b"username=worker", host="localhost")
    assert status == 403  # no token


def test_health_and_figures(world: World, opened: list[Door]) -> None:
    door = over(None, opened)
    assert door.get("/healthz") == (200, "ok\n")
    assert door.ask("POST", "/healthz", b"")[0] == 405
    import random

    assert door.post("/intake/v1/reports", a_report(random.Random(1), area=GRID))[0] == 201
    figures = door.get("/metrics")[1]
    assert "linli_intake_rows_total 1\n" in figures
    assert 'linli_intake_answers_total{what="kept"} 1\n' in figures
    names = {line.split(" ")[0] for line in figures.splitlines()}
    assert {"linli_disk_free_bytes", "linli_backup_age_seconds", "linli_anchors_age_seconds"} <= names
    assert {"linli_digest_lag_seconds", "linli_search_lag_acts", 'linli_queue_waiting{queue="notices"}'} <= names
    assert "linli_store_up 1\n" in figures
    assert 'linli_intake_to_digest{state="waiting"} 1\n' in figures
    assert all(re.fullmatch(r'[a-z_]+({[a-z]+="[a-z_]+"})? (-?[0-9.e+-]+|inf)', line) for line in figures.splitlines())
    assert door.get("/metrics", x_forwarded_for="203.0.113.9")[0] == 404


def test_it_is_not_ready_while_nothing_can_be_committed(
    world: World, opened: list[Door], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("linli.kit.health._LEAST_FREE_BYTES", 10**18)
    door = over(None, opened)
    assert door.get("/healthz") == (503, "disk\n")
    door.front.hatch.writer.trouble = "starting"
    assert door.get("/healthz") == (503, "starting\n")


def test_a_sender_who_cannot_be_looked_up_is_asked_to_come_again(world: World, opened: list[Door]) -> None:
    door = over(None, opened)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE intake_apikey RENAME TO lost_apikey")
    try:
        status, answer = door.post("/intake/v1/reports", {}, authorization="Bearer linli_" + "x" * 40)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE lost_apikey RENAME TO intake_apikey")
    assert (status, answer["error"]["code"]) == (503, "store_away")


def test_a_large_body_arrives_whole_and_one_too_large_is_refused(
    opened: list[Door], monkeypatch: pytest.MonkeyPatch
) -> None:
    def digest(environ: Environ, start_response: Any) -> list[bytes]:
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [hashlib.sha256(body).hexdigest().encode()]

    door = over(digest, opened)
    body = bytes(range(256)) * 8000
    files = {"content_type": "multipart/form-data; boundary=x"}
    assert door.ask("POST", "/x", body, **files) == (200, hashlib.sha256(body).hexdigest())
    monkeypatch.setattr(bridge, "MAX_WORDS", 1000)
    assert door.ask("POST", "/x", body, **files)[0] == 200
    assert door.ask("POST", "/x", body)[0] == 413
    monkeypatch.setattr(bridge, "MAX_BODY", 1000)
    assert door.ask("POST", "/x", body, **files)[0] == 413


def test_an_answer_in_parts_is_sent_in_parts_and_closed(opened: list[Door]) -> None:
    closed = threading.Event()

    class Parts:
        def __iter__(self) -> Iterator[bytes]:
            yield from (b"one ", b"two ", b"three")

        def close(self) -> None:
            closed.set()

    def parts(environ: Environ, start_response: Any) -> Parts:
        start_response("200 OK", [("Content-Type", "text/plain"), ("X-Path", environ["PATH_INFO"])])
        return Parts()

    door = over(parts, opened)
    assert door.get("/a/b") == (200, "one two three")
    assert door.headers["x-path"] == "/a/b"
    assert closed.is_set()


def test_a_page_that_breaks_is_answered_with_500(opened: list[Door]) -> None:
    def broken(environ: Environ, start_response: Any) -> list[bytes]:
        raise ZeroDivisionError

    assert over(broken, opened).get("/x")[0] == 500
    assert not Kept.objects.exists()


def test_where_it_came_from_reaches_the_pages(opened: list[Door]) -> None:
    def seen(environ: Environ, start_response: Any) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [environ.get("HTTP_X_FORWARDED_FOR", "-").encode(), b" ", environ["REMOTE_ADDR"].encode()]

    door = over(seen, opened)
    assert door.get("/x", x_forwarded_for="203.0.113.9")[1] == "203.0.113.9 127.0.0.1"


def test_while_too_many_pages_wait_others_are_asked_to_come_back(
    opened: list[Door], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bridge, "MOST_WAITING", 0)
    door = over(lambda environ, start_response: [], opened)
    assert door.get("/x")[0] == 503
    assert door.headers["retry-after"]


def test_whoever_sends_no_more_of_a_body_is_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    async def silent() -> dict[str, Any]:
        await asyncio.Event().wait()
        return {}

    monkeypatch.setattr(requests, "IDLE_S", 0.01)
    with pytest.raises(TimeoutError):
        asyncio.run(bridge._read(silent, io.BytesIO(), 10))


def test_whoever_drips_a_body_is_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    async def dripping() -> dict[str, Any]:
        return {"type": "http.request", "body": b"x", "more_body": True}

    monkeypatch.setattr(requests, "FIRST_S", -1.0)
    with pytest.raises(TimeoutError):
        asyncio.run(bridge._read(dripping, io.BytesIO(), 10**6))


def _here(environ: Environ, start_response: Any) -> list[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"here"]


def test_however_many_send_slowly_whoever_asks_for_a_page_gets_it(
    opened: list[Door], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bridge, "MOST_READING", 0)
    door = over(_here, opened)
    assert door.get("/x") == (200, "here")
    assert door.ask("POST", "/x", b"text=1")[0] == 503


@pytest.mark.parametrize("which", ["IDLE_S", "FIRST_S"])
def test_the_hatch_too_hangs_up_on_whoever_is_silent_or_drips(monkeypatch: pytest.MonkeyPatch, which: str) -> None:
    is_begun = False

    async def dripping() -> dict[str, Any]:
        nonlocal is_begun
        if is_begun and which == "IDLE_S":
            await asyncio.Event().wait()
        is_begun = True
        return {"type": "http.request", "body": b"x", "more_body": True}

    monkeypatch.setattr(requests, which, {"IDLE_S": 0.01, "FIRST_S": -1.0}[which])
    asked = requests.Request({"headers": []}, dripping, dripping)  # type: ignore[arg-type]
    with pytest.raises(Turned) as turned:
        asyncio.run(asked.body(10**6))
    assert (turned.value.status, turned.value.code) == (408, "too_slow")


def test_what_is_sent_to_pages_leaves_the_last_of_the_disk_to_reports(
    opened: list[Door], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bridge, "LEAST_FREE", 1 << 60)
    door = over(_here, opened)
    assert door.ask("POST", "/x", b"x" * 1000)[0] == 200
    status, words = door.ask("POST", "/x", b"x" * 300_000)
    assert status == 507 and "磁盘已满" in words
