"""Real workers count and are killed in the middle of it, again and again: the sums are what the rows say."""

import json
import signal
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

import pytest
from django.db import connection

from linli.intake.proving import Home, on_postgres, on_sqlite

pytestmark = [pytest.mark.django_db, pytest.mark.real]
KILLS = 8
BEGIN = """
import os, sys; os.environ["DJANGO_SETTINGS_MODULE"] = "linli.settings"
import django; django.setup()
import signal
from datetime import timedelta
from linli.events.testing import NOON, make_event, make_world
from linli.statistics.counting import follow
"""
WORLD = """
from linli.events.models import Category, Pack
from linli.people.models import Department
for rows in (Category.objects.exclude(parent=None), Category.objects, Pack.objects, Department.objects):
    rows.all().delete()
world = make_world()
for number, state in enumerate(["reported", "closed", "dispatched", "self_handled", "rejected", "objected"] * 6):
    make_event(world, state, at=NOON - timedelta(days=number))
"""
#: The process ends itself after so many statements of its work.
WORKER = """
from django.db import connection
left = int(sys.argv[1])
def passing(execute, *arguments):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return execute(*arguments)
with connection.execute_wrapper(passing):
    while follow(NOON + timedelta(days=9), slice_size=7, stride=5):
        pass
"""
SUMS = """
import json
from linli.events.models import Event
from linli.statistics.comparing import compare_all
from linli.statistics.models import Cell, Counted
at = NOON + timedelta(days=9)
while follow(at):
    pass
print(json.dumps({
    "differing": compare_all(at),
    "matters": Event.objects.count(),
    "counted": Counted.objects.count(),
    "reported": sum(Cell.objects.filter(kind="m6").values_list("reported", flat=True)),
}))
"""


def _run(home: Home, words: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", BEGIN + words, *arguments]
    return subprocess.run(command, env=home.environment, capture_output=True, text=True)


def test_killed_workers_count_every_matter_once(tmp_path: Path) -> None:
    is_postgres = connection.vendor == "postgresql"
    with on_postgres(tmp_path, connection.settings_dict) if is_postgres else nullcontext(on_sqlite(tmp_path)) as home:
        home.linli("doctor", may_fail=True)  # any command makes an empty home ready
        made = _run(home, WORLD)
        assert made.returncode == 0, made.stderr
        for kill in range(KILLS):
            assert _run(home, WORKER, str(3 + 5 * kill)).returncode == -signal.SIGKILL, kill
        ended = _run(home, SUMS)
        assert ended.returncode == 0, ended.stderr
        sums = json.loads(ended.stdout)
    assert sums["differing"] == 0
    assert sums["matters"] == sums["counted"] == sums["reported"] > 30
