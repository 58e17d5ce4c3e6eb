"""`/live` in the real front: many streams on one process, pages beside them, and an end without waiting."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from linli.intake.proving import Home

pytestmark = pytest.mark.django_db
STREAMS = 300
#: Somebody with an appointment for the county, signed in.
SIGNED_IN = """
import os; os.environ["DJANGO_SETTINGS_MODULE"] = "linli.settings"
import django; django.setup()
from datetime import date
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.conf import settings
from linli.areas.models import Area
from linli.people.actions import add_person, appoint
from linli.people.rules import Role
person = add_person(username="county", name="周县办")
appoint(person, role=Role.DESK, area=Area.objects.get(pk="440881"), from_on=date(2025, 1, 1))
for _each in range(40):
    store = SessionStore()
    store[SESSION_KEY], store[BACKEND_SESSION_KEY] = str(person.pk), settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = person.get_session_auth_hash()
    store.create()
    print(store.session_key)
"""


def _sessions(home: Home) -> list[str]:
    command = [sys.executable, "-c", SIGNED_IN]
    ran = subprocess.run(command, env=home.environment, check=True, capture_output=True, text=True)
    return ran.stdout.split()


@contextmanager
def _streams(home: Home, count: int) -> Iterator[list[socket.socket]]:
    """So many open streams, each with its first message read."""
    sessions, opened = _sessions(home), []
    try:
        for number in range(count):
            one = socket.create_connection(("127.0.0.1", home.port), timeout=30)
            opened.append(one)
            cookie = f"sessionid={sessions[number % len(sessions)]}"
            one.sendall(f"GET /live HTTP/1.1\r\nhost: 127.0.0.1\r\ncookie: {cookie}\r\n\r\n".encode())
        for one in opened:
            _read_until(one, b"event: notices")
        yield opened
    finally:
        for one in opened:
            one.close()


def _read_until(one: socket.socket, sign: bytes) -> bytes:
    got = b""
    while sign not in got:
        part = one.recv(65536)
        assert part, got
        got += part
    return got


def test_told_to_stop_the_front_ends_its_streams_and_itself(home: Home) -> None:
    home.start("serve")
    with _streams(home, STREAMS) as streams:
        assert home.health() == 200
        home.running[0].terminate()
        for one in streams:
            _read_until(one, b"0\r\n\r\n")  # a whole answer, not one cut off
        # The server would kill what does not end within ten seconds.
        assert home.running[0].wait(9) == 0


def test_a_report_is_heard_of_once_the_worker_has_taken_it_in(home: Home) -> None:
    import asyncio
    import json
    import random

    from linli.intake.testing import a_report, request_bytes, wire

    async def send() -> int:
        async with wire(home.port) as one:
            body = json.dumps(a_report(random.Random(1), area="440881101201")).encode()
            return (await one.ask(request_bytes("/intake/v1/reports", body, key=home.key)))[0]

    home.start("serve", "work")
    with _streams(home, 40) as streams:
        assert asyncio.run(send()) == 201
        for one in streams:
            _read_until(one, b'"new":1,"areas":["440881101201"]')
    home.stop()
