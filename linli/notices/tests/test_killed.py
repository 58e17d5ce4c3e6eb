"""A worker that is really killed, at each point between two commits: the next one goes on, and nothing is lost or doubled."""

import json
import signal
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

import pytest
from django.db import connection

from linli.intake.proving import on_postgres, on_sqlite

pytestmark = pytest.mark.django_db
POINTS = (
    "before following", "after following", "after bundling", "after claiming", "after sending", "after settling",
)  # fmt: skip
#: One process makes the world and looks after its workers: each is a child that is killed, or ends, while nobody holds the store.
COURSE = """
import os, sys; os.environ["DJANGO_SETTINGS_MODULE"] = "linli.settings"
import django; django.setup()
import json, signal
from collections import Counter
from datetime import timedelta
from django.db import connections
from linli.events.models import Category, Event, Pack
from linli.events.testing import NOON, make_event, make_world
from linli.journal.actions import record
from linli.notices import making
from linli.notices.balance import balance
from linli.notices.models import Channel, Decision, Delivery
from linli.notices.testing import a_channel, work
from linli.people.models import Department, Person

def begin():
    for rows in (Category.objects.exclude(parent=None), Category.objects, Pack.objects, Department.objects):
        rows.all().delete()
    world = make_world()
    a_channel(world.cast.desk, "sms", at=NOON, groups=["to_do"], bundle_minutes=0, most_an_hour=60)
    make_event(world, at=NOON)
    return making.has_news()

def turn_of(number, point):
    # One turn after another, a minute apart; the process kills itself where it is told to.
    at = NOON + timedelta(minutes=10 + 5 * number)
    if point != "never":
        record("event.dispatched", on=Event.objects.first(), by=None, at=at, tell=[Person.objects.get(username="desk")])
    def crash(here):
        if here == point:
            os.kill(os.getpid(), signal.SIGKILL)
    work(at, crash=crash)

def ended(number, point):
    connections.close_all()
    child = os.fork()
    if not child:
        turn_of(number, point)
        connections.close_all()
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

def sums():
    found = balance()
    return {
        "faults": found.faults(), "given": found.given, "decided": found.decided,
        "states": Counter(Delivery.objects.values_list("state", flat=True)),
        "delivered": [one.key.hex for one in Delivery.objects.filter(state="delivered")],
    }

has_news = begin()
turns = [(point, ended(number, point), sums()) for number, point in enumerate(sys.argv[1:])]
print(json.dumps({"has_news": has_news, "turns": turns}))
"""


def test_a_worker_killed_anywhere_loses_nothing(tmp_path: Path) -> None:
    is_postgres = connection.vendor == "postgresql"
    with on_postgres(tmp_path, connection.settings_dict) if is_postgres else nullcontext(on_sqlite(tmp_path)) as home:
        home.linli("doctor", may_fail=True)  # any command makes an empty home ready
        command = [sys.executable, "-c", COURSE, *POINTS, *["never"] * 3]
        ran = subprocess.run(command, env=home.environment, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    course = json.loads(ran.stdout)
    assert course["has_news"]
    for point, code, sums in course["turns"]:
        assert code == (0 if point == "never" else -signal.SIGKILL), point
        assert sums["faults"] == [], point
    sums = course["turns"][-1][2]
    assert sums["given"] == sums["decided"] > 0
    assert set(sums["states"]) == {"delivered"}
    outbox = Path(home.environment["LINLI_HOME"]) / "outbox"
    assert {file.stem for file in outbox.glob("*.json")} == set(sums["delivered"])
