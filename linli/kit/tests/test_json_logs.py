"""Logs for machines: one object a line, ids alone; and what a full disk is called."""

import errno
import io
import json
import logging
import sqlite3
from contextlib import suppress
from typing import Any

from django.db import DatabaseError, OperationalError
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import Resolver404, resolve
from django.utils.log import log_response

from linli.kit.full_disk import is_full
from linli.kit.json_logs import REQUEST, JsonLines
from linli.kit.secret_links import Masked
from linli.kit.timekeeping import is_kept, says_kept


def _lines(say: Any) -> list[dict[str, Any]]:
    """What a logger with our formatter and our filter has written."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonLines())
    handler.addFilter(Masked())
    log = logging.Logger("linli.tests")
    log.addHandler(handler)
    say(log)
    return [json.loads(line) for line in written.getvalue().splitlines()]


def test_a_line_says_when_who_and_for_which_request() -> None:
    token = REQUEST.set("0f3a")
    try:
        line = _lines(lambda log: log.warning("第 %s 次", 2, extra={"facts": {"row": 7}}))[0]
    finally:
        REQUEST.reset(token)
    assert line.pop("at").endswith("+00:00")
    assert line == {"level": "warning", "logger": "linli.tests", "says": "第 2 次", "request": "0f3a", "row": 7}


def test_an_error_is_told_without_its_words() -> None:
    def fail(log: logging.Logger) -> None:
        try:
            try:
                raise sqlite3.IntegrityError("Key (telephone)=(13812345678) exists")
            except sqlite3.IntegrityError as error:
                raise DatabaseError("Key (telephone)=(13812345678) exists") from error
        except DatabaseError:
            log.exception("A chore failed at\n/follow/SECRET")

    lines = _lines(fail)
    assert len(lines) == 1
    assert lines[0]["error"] == "DatabaseError"
    assert lines[0]["where"][-1].endswith(" fail")
    assert "1381234" not in json.dumps(lines)
    assert "SECRET" not in json.dumps(lines)


def test_an_address_is_told_by_its_pattern() -> None:
    def ask(log: logging.Logger) -> None:
        for path in ("/status/张三13812345678", "/没有/13812345678"):
            request = RequestFactory().get(path)
            with suppress(Resolver404):
                request.resolver_match = resolve(path)
            log_response("%s: %s", "Not Found", path, response=HttpResponse(status=404), request=request, logger=log)

    told = [line["says"] for line in _lines(ask)]
    assert told == ["Not Found: /status/<str:number>", "Not Found: (no page)"]


def test_a_full_disk_is_known_by_the_words_of_each_store() -> None:
    store = sqlite3.connect(":memory:")
    store.execute("CREATE TABLE kept (words)")
    pages = store.execute("PRAGMA page_count").fetchone()[0]
    store.execute(f"PRAGMA max_page_count = {pages}")
    try:
        store.execute("INSERT INTO kept VALUES (?)", ("x" * 100_000,))
    except sqlite3.OperationalError as error:
        full = OperationalError(*error.args)
        full.__cause__ = error
    assert is_full(full)
    assert is_full(OSError(errno.ENOSPC, "No space left on device"))
    assert is_full(OperationalError("could not extend file: No space left on device"))
    around = ValueError("while saving")
    around.__cause__ = full
    assert is_full(around)
    assert not is_full(OperationalError("database is locked"))
    assert not is_full(OSError(errno.EACCES, "Permission denied"))
    assert not is_full(ValueError("the disk is full of words"))
    assert not is_full(None)


def test_the_kernel_says_whether_the_clock_is_kept() -> None:
    assert is_kept() in (True, False, None)
    assert says_kept(0x2001)  # as chrony and systemd-timesyncd leave it
    assert not says_kept(0x2041)
