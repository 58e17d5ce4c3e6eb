"""Real workers climb the ladder and are killed in the middle of it: every warning is given once, and none is lost."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pytest

CLOCKS, KILLS = 120, 8
LINLI = [sys.executable, "-m", "linli.command"]
#: A home whose clocks ran out long ago, and what its journal says about them afterwards.
_BUILD = f"""
import django; django.setup()
from datetime import timedelta
from django.utils import timezone
from linli.kit.new_tables import make_tables
make_tables()
from linli.events.testing import make_event, make_world
world, begun = make_world(), timezone.now() - timedelta(days=200)
for number in range({CLOCKS}):
    make_event(world, at=begun + timedelta(minutes=number))
"""
_TELL = """
import django; django.setup()
import json
from linli.events.models import Clock
from linli.journal.proving import verify_chain
from linli.journal.models import Entry, Notice
given = Entry.objects.filter(facts__has_key="rung")
print(json.dumps({
    "given": [[one.facts["clock"], one.facts["rung"], one.facts.get("passed_over", [])] for one in given],
    "told": [Notice.objects.filter(entry=one).count() for one in given],
    "waiting": Clock.objects.filter(next_at__isnull=False).count(),
    "breaks": len(list(verify_chain())),
}))
"""


@pytest.mark.real
def test_killed_workers_give_every_warning_once(tmp_path: Path) -> None:
    environment = os.environ | {"LINLI_HOME": str(tmp_path / "home"), "DJANGO_SETTINGS_MODULE": "linli.settings"}
    environment.pop("LINLI_DATABASE_URL", None)
    subprocess.run([sys.executable, "-c", _BUILD], env=environment, check=True, timeout=120)
    rng = Random(5)
    for _kill in range(KILLS):
        worker = subprocess.Popen([*LINLI, "work"], env=environment, start_new_session=True, stderr=subprocess.DEVNULL)
        time.sleep(1.0 + rng.random() * 0.4)  # a worker needs about a second to begin
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
    _forget_leases(environment)
    subprocess.run([*LINLI, "work", "--once"], env=environment, check=True, timeout=120, stdout=subprocess.DEVNULL)
    found = json.loads(
        subprocess.run([sys.executable, "-c", _TELL], env=environment, check=True, capture_output=True).stdout
    )
    fired = sorted([clock, rung] for clock, last, over in found["given"] for rung in [last, *over])
    clocks = sorted({clock for clock, _rung in fired})
    assert len(clocks) == CLOCKS
    assert fired == [[clock, rung] for clock in clocks for rung in (1, 2, 3, 4)]
    assert all(count > 0 for count in found["told"])
    assert (found["waiting"], found["breaks"]) == (0, 0)


def _forget_leases(environment: dict[str, str]) -> None:
    """As after the minute for which a dead worker holds its chore; a test does not wait for it."""
    free = (
        "import django; django.setup(); from linli.chores.models import Chore; Chore.objects.update(claimed_until=None)"
    )
    subprocess.run([sys.executable, "-c", free], env=environment, check=True, timeout=60)
