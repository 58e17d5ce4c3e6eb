"""Processes that die while photos arrive: at every step, and for real. Nothing acknowledged is lost, nothing comes twice."""

import asyncio
import json
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from itertools import permutations
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from linli.events import actions
from linli.events.models import Event
from linli.events.testing import GRID, World
from linli.intake import digest, media_parts, media_uploads
from linli.intake.accept import Sender
from linli.intake.media_parts import Part
from linli.intake.models import Kept, Upload
from linli.intake.proving import AREA, Home
from linli.intake.testing import Wire, a_report, request_bytes, wire
from linli.intake.tests.media import a_photo, hash_of, named
from linli.journal.models import Entry

pytestmark = pytest.mark.django_db
PUBLIC = Sender("public")


# --- at every step ----------------------------------------------------------------------------------------------------


class Crash(BaseException):
    """The process is gone."""


@contextmanager
def crashing(owner: Any, name: str, *, after: bool) -> Iterator[None]:
    """The process dies right before or after this step."""
    step = getattr(owner, name)

    def dies(*given: Any, **named: Any) -> Any:
        if after:
            step(*given, **named)
        raise Crash

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(owner, name, dies)
        yield


STEPS: tuple[tuple[Any, str], ...] = (
    (Part, "sha256"),
    (media_uploads, "keep_file"),
    (media_uploads, "_received"),
    (media_uploads, "look_again"),
    (media_uploads, "settle"),
    (actions, "receive_picture"),
    (digest, "_take_in"),
    (Part, "drop"),
)


def waiting_report(content: bytes) -> Kept:
    """A report that is kept and whose photo is on the disk, whole and not finished."""
    sent = json.dumps({"id": str(uuid4()), "text": "水沟堵了", "photos": named(content)}).encode()
    row = Kept.objects.create(
        device_id=uuid4(), sender="public", kind="report", area=GRID, digest=b"d", answer=b"{}", content=sent,
        received_at=timezone.now(),
    )  # fmt: skip
    upload = media_uploads.upload_of(row.device_id, hash_of(content), PUBLIC)
    media_uploads.begin(upload, timezone.now())
    Part(row.pk, upload.sha256).append(0, content)
    return row


def doing(row: Kept, content: bytes) -> dict[str, Callable[[], object]]:
    """What the processes do with it, each by itself and in any order."""
    now = timezone.now()
    return {
        "digest": lambda: digest.digest_all(now),
        "finish": lambda: media_uploads.finish(media_uploads.upload_of(row.device_id, hash_of(content), PUBLIC), now),
        "settle": lambda: media_uploads.settle_waiting(now),
    }


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("order", list(permutations(("digest", "finish", "settle"))), ids="-".join)
def test_a_crash_at_any_step_ends_in_one_picture(
    world: World, order: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(media_uploads, "LEFT_BEHIND_S", -1)
    content = a_photo()
    for owner, name in STEPS:
        for after in (False, True):
            row = waiting_report(content)
            do = doing(row, content)
            with crashing(owner, name, after=after):
                for one in order:
                    with suppress(Crash):
                        do[one]()
            # The next process begins where the clock puts it.
            do["digest"]()
            media_uploads.put_in_order(timezone.now())
            do["settle"]()
            event = Event.objects.get(pk=row.pk)
            assert (event.pictures.count(), event.awaited.count()) == (1, 0), (name, after)
            received = Entry.objects.filter(on_key=str(event.pk), verb="event.photo_received")
            assert received.count() == 1, (name, after)
            assert list(media_parts.all_parts()) == [], (name, after)


def test_a_part_that_nobody_adds_to_is_dropped_after_days(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    content = a_photo()
    row = waiting_report(content)
    part = Part(row.pk, hash_of(content))
    part.drop()
    part.append(0, content[:100])
    monkeypatch.setattr(media_uploads, "LEFT_BEHIND_S", -1)
    assert media_uploads.put_in_order(timezone.now()) == 0
    assert part.length() == 100
    monkeypatch.setattr(media_uploads, "ABANDONED_AFTER", timedelta(seconds=-1))
    assert media_uploads.put_in_order(timezone.now()) == 1
    assert part.length() == 0
    assert Upload.objects.get().received == 0


# --- for real ---------------------------------------------------------------------------------------------------------

KILLS, PIECE = 4, 64 * 1024


def put_bytes(where: str, content: bytes, offset: int, key: str, *, more: bool) -> bytes:
    """A PUT as it goes over the wire."""
    said = f"upload-offset: {offset}\r\nupload-complete: {'?0' if more else '?1'}\r\n"
    return request_bytes(where, content, key=key, more=said).replace(b"POST", b"PUT", 1)


def test_a_resumable_upload_survives_kill_after_kill(home: Home) -> None:
    dice = random.Random(11)
    content = a_photo() + dice.randbytes(3_000_000)
    report = a_report(dice, area=AREA, photos=named(content))
    where = f"/intake/v1/reports/{report['id']}/media/{hash_of(content)}"
    acknowledged, lost, kills = 0, [], 0

    async def here(one: Wire) -> int:
        return int(json.loads((await one.ask(asking(where, home.key)))[1])["received"])

    async def send_until_killed(pieces: int) -> None:
        """Go on from where the server says; pull the plug in the middle of a part."""
        nonlocal acknowledged, kills
        with suppress(ConnectionError):
            async with wire(home.port) as one:
                offset = await here(one)
                if offset < acknowledged:
                    lost.append((offset, acknowledged))
                for _piece in range(pieces):
                    piece = content[offset : offset + PIECE]
                    more = offset + len(piece) < len(content)
                    status, body = await one.ask(put_bytes(where, piece, offset, home.key, more=more))
                    assert status in (200, 201, 202), body
                    acknowledged = offset = json.loads(body)["received"]
                whole = put_bytes(where, content[offset:], offset, home.key, more=False)
                asyncio.get_running_loop().call_later(dice.random() / 50, home.kill)
                await one.ask(whole[: dice.randrange(400, 2 * PIECE)])
        kills += 1

    home.start("serve", "work")
    asyncio.run(post(home, report))
    for round in range(KILLS):
        if round:
            home.start("serve", "work")
        asyncio.run(send_until_killed(pieces=2))
        home.reap()
    assert (lost, kills) == ([], KILLS)
    assert acknowledged >= KILLS * PIECE
    home.start("serve", "work")
    asyncio.run(send_rest(home, where, content))
    asyncio.run(until_there(home))
    home.stop()
    assert home.query("SELECT sha256, size FROM events_picture") == [(hash_of(content), len(content))]
    assert home.query("SELECT count(*) FROM events_awaitedpicture") == [(0,)]
    assert "The journal is whole" in home.linli("doctor", may_fail=True)


async def until_there(home: Home) -> None:
    """The worker has taken in the report; a worker that was killed held that for some seconds."""
    async with asyncio.timeout(60):
        while home.query("SELECT count(*) FROM events_picture") == [(0,)]:
            await asyncio.sleep(0.1)


def asking(where: str, key: str) -> bytes:
    return request_bytes(where, b"", key=key).replace(b"POST", b"GET", 1)


async def post(home: Home, report: dict[str, Any]) -> None:
    async with wire(home.port) as one:
        status, body = await one.ask(request_bytes("/intake/v1/reports", json.dumps(report).encode(), key=home.key))
        assert status == 201, body


async def send_rest(home: Home, where: str, content: bytes) -> None:
    """In one piece from the beginning, and once more: whole is whole."""
    async with wire(home.port) as one:
        for expected in (201, 200):
            request = request_bytes(where, content, key=home.key).replace(b"POST", b"PUT", 1)
            status, body = await one.ask(request)
            assert (status, json.loads(body)["state"]) == (expected, "received"), body
