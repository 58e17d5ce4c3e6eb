"""A worker that is really killed, at each point between two commits: the next one goes on, and nothing is lost or doubled."""

import json
import signal
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

import pytest
from django.db import connection

from linli.intake.proving import Home, on_postgres, on_sqlite

pytestmark = pytest.mark.django_db
POINTS = (
    "before following", "after following", "after bundling", "after claiming", "after sending", "after settling",
)  # fmt: skip
BEGIN = """
import os, sys; os.environ["DJANGO_SETTINGS_MODULE"] = "linli.settings"
import django; django.setup()
import signal
from datetime import timedelta
from linli.events.testing import NOON, make_event, make_world
"""
WORLD = """
from linli.events.models import Category, Pack
from linli.notices.models import Channel
from linli.notices.testing import a_channel
from linli.people.models import Department
for rows in (Category.objects.exclude(parent=None), Category.objects, Pack.objects, Department.objects):
    rows.all().delete()
world = make_world()
a_channel(world.cast.desk, "sms", at=NOON, groups=["to_do"], bundle_minutes=0, most_an_hour=60)
make_event(world, at=NOON)
from linli.notices import making
print(making.has_news())
"""
#: One turn after another, a minute apart; the process kills itself where it is told to.
WORKER = """
from linli.notices.testing import work
from linli.events.models import Event
from linli.journal.actions import record
from linli.people.models import Person
point, turn = sys.argv[1], int(sys.argv[2])
at = NOON + timedelta(minutes=10 + 5 * turn)
if point != "never":
    record("event.dispatched", on=Event.objects.first(), by=None, at=at, tell=[Person.objects.get(username="desk")])
def crash(here):
    if here == point:
        os.kill(os.getpid(), signal.SIGKILL)
work(at, crash=crash)
"""
SUMS = """
import json
from collections import Counter
from linli.notices.balance import balance
from linli.notices.models import Decision, Delivery
sums = balance()
print(json.dumps({
    "faults": sums.faults(), "notices": sums.notices, "given": sums.given, "decided": sums.decided,
    "states": Counter(Delivery.objects.values_list("state", flat=True)),
    "delivered": [one.key.hex for one in Delivery.objects.filter(state="delivered")],
}))
"""


def _run(home: Home, words: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", BEGIN + words, *arguments]
    return subprocess.run(command, env=home.environment, capture_output=True, text=True)


def test_a_worker_killed_anywhere_loses_nothing(tmp_path: Path) -> None:
    is_postgres = connection.vendor == "postgresql"
    with on_postgres(tmp_path, connection.settings_dict) if is_postgres else nullcontext(on_sqlite(tmp_path)) as home:
        home.linli("doctor", may_fail=True)  # any command makes an empty home ready
        made = _run(home, WORLD)
        assert made.stdout.split() == ["True"], made.stderr
        for turn, point in enumerate(POINTS):
            assert _run(home, WORKER, point, str(turn)).returncode == -signal.SIGKILL, point
            sums = json.loads(_run(home, SUMS).stdout)
            assert sums["faults"] == [], point
        for turn in range(len(POINTS), len(POINTS) + 3):
            ended = _run(home, WORKER, "never", str(turn))
            assert ended.returncode == 0, ended.stderr
        sums = json.loads(_run(home, SUMS).stdout)
    assert sums["faults"] == []
    assert sums["given"] == sums["decided"] > 0
    assert set(sums["states"]) == {"delivered"}
    outbox = Path(home.environment["LINLI_HOME"]) / "outbox"
    assert {file.stem for file in outbox.glob("*.json")} == set(sums["delivered"])
