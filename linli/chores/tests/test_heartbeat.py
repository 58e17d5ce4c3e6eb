"""The outside watcher is called while all is well, and only then; and what the doctor says of the clock and of it."""

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone, translation

from linli.chores import heartbeat, running
from linli.chores.examining import Level
from linli.chores.examining_around import of_clock, of_store_clock, of_watcher
from linli.chores.models import Chore
from linli.chores.table import CHORES
from linli.events.testing import NOON, World, make_event
from linli.intake.models import Kept
from linli.journal import anchors
from linli.kit import last_backup
from linli.kit.keys import new_key


class Watcher(HTTPServer):
    """A watcher of ours; on the same port a front, well or not."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []
        self.status = self.front = 200
        super().__init__(("127.0.0.1", 0), _Answering)
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Answering(BaseHTTPRequestHandler):
    server: Watcher

    def do_POST(self) -> None:
        self.server.heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self._answer(self.server.status)

    def do_GET(self) -> None:
        self._answer(self.server.front)

    def _answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def watcher(world: World, settings: Any, tmp_path: Path) -> Iterator[Watcher]:
    """A home that is well in every way, and its watcher."""
    settings.HOME = tmp_path
    settings.ANCHORS = tmp_path / "anchors"
    listening = Watcher()
    settings.HEARTBEAT_URL, settings.HEARTBEAT_FRONT = f"{listening.address}/ping/secret-key", listening.address
    settings.WEBHOOK_NETWORKS = ["127.0.0.0/8"]
    make_event(world)
    now = timezone.now()
    anchors.anchor(now)
    last_backup.note_good(tmp_path / "backup", at=now, verified=True)
    with translation.override("en"):
        yield listening
    listening.shutdown()
    listening.server_close()


def test_a_well_home_calls_and_tells_nothing_of_the_county(watcher: Watcher) -> None:
    now = timezone.now()
    assert heartbeat.troubles(now) == []
    assert heartbeat.beat(now)
    assert watcher.heard[0].keys() == {"well", "at", "version"}
    assert [one.level for one in of_watcher(now)] == [Level.OK]


def _late_backup(watcher: Watcher, patch: pytest.MonkeyPatch) -> None:
    (Path(last_backup._note())).unlink()


def _old_anchors(watcher: Watcher, patch: pytest.MonkeyPatch) -> None:
    anchors.anchors_path().unlink()


def _waiting_report(watcher: Watcher, patch: pytest.MonkeyPatch) -> None:
    at = timezone.now() - timedelta(minutes=6)
    row = {"sender": "anybody", "kind": "report", "area": "440881101201005", "digest": b"0", "content": b"{}"}
    Kept.objects.create(device_id=new_key(), answer=b"{}", received_at=at, **row)


def _failing_chore(watcher: Watcher, patch: pytest.MonkeyPatch) -> None:
    Chore.objects.create(name="digest", due_at=NOON, failures=3)


def _silent_front(watcher: Watcher, patch: pytest.MonkeyPatch) -> None:
    watcher.front = 503


def _full_disk(watcher: Watcher, patch: pytest.MonkeyPatch) -> None:
    patch.setattr("linli.kit.health._LEAST_FREE_BYTES", 10**18)


@pytest.mark.parametrize(
    ("word", "spoil"),
    [
        ("backup", _late_backup),
        ("anchors", _old_anchors),
        ("digest", _waiting_report),
        ("chores", _failing_chore),
        ("front", _silent_front),
        ("disk", _full_disk),
    ],
)
def test_a_home_that_is_not_well_calls_nobody(
    watcher: Watcher, monkeypatch: pytest.MonkeyPatch, word: str, spoil: Any
) -> None:
    spoil(watcher, monkeypatch)
    now = timezone.now()
    assert heartbeat.troubles(now) == [word]
    assert not heartbeat.beat(now)
    assert watcher.heard == []
    assert word in next(of_watcher(now)).sentence


def test_a_watcher_that_does_not_answer_well_is_told_in_the_log_without_its_address(
    watcher: Watcher, caplog: pytest.LogCaptureFixture
) -> None:
    watcher.status = 404
    chore = next(work for work in CHORES if work.name == heartbeat.NAME)
    assert running.run_once(works=[chore]) == [heartbeat.NAME]
    assert "404" in caplog.text
    assert "secret-key" not in caplog.text
    # That nobody hears is no reason to fall silent.
    Chore.objects.filter(name=heartbeat.NAME).update(failures=9)
    assert heartbeat.troubles(timezone.now()) == []


def test_it_is_sent_nowhere_that_webhooks_are_not(watcher: Watcher, settings: Any) -> None:
    settings.WEBHOOK_NETWORKS = []
    with pytest.raises(heartbeat.Unheard, match="forbidden"):
        heartbeat.beat(timezone.now())
    assert watcher.heard == []


def test_without_a_watcher_nothing_is_done(db: None, settings: Any) -> None:
    settings.HEARTBEAT_URL = ""
    chore = next(work for work in CHORES if work.name == heartbeat.NAME)
    assert chore.waits is not None and not chore.waits()
    settings.HOSTS = ["linli.example"]
    with translation.override("en"):
        assert "LINLI_HEARTBEAT_URL" in next(of_watcher(NOON)).sentence


def test_what_is_said_of_the_clocks() -> None:
    with translation.override("en"):
        assert of_clock(True).level == Level.OK
        assert "cannot be asked" in of_clock(None).sentence
        assert "timedatectl" in of_clock(False).sentence
        assert of_store_clock(-1.9).level == Level.OK
        assert (of_store_clock(31.5).level, "+31.5 s" in of_store_clock(31.5).sentence) == (Level.FAIL, True)
