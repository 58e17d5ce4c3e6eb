"""The proof: a worker killed again and again while it delivers leaves no act untold."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from linli.intake.webhooks.testing import Receiver, receiver

KILLS, MATTERS = 3, 16
BEGIN = """
import django; django.setup()
from datetime import timedelta
from django.utils import timezone
from linli.events.testing import make_event
from linli.journal.models import Entry
from linli.intake.webhooks.models import Delivery
from linli.intake.webhooks.testing import a_subscription, work
"""
SUBSCRIBE = """
from linli.kit.new_tables import make_tables
make_tables()
from linli.events.testing import make_world
a_subscription(make_world(), {address!r})
"""
ACT = """
from types import SimpleNamespace
from linli.events.models import Category
from linli.areas.models import Area
from linli.people.models import Department, Person
cast = SimpleNamespace(**{{one.username: one for one in Person.objects.all()}})
world = SimpleNamespace(grid=Area.objects.get(pk="440881101201005"), drain=Category.objects.get(code="C01"), cast=cast)
for _each in range({matters}):
    make_event(world, "accepted", at=timezone.now())
"""
WORK = """
from linli.intake.webhooks.courier import Courier
from linli.intake.webhooks.making import make_deliveries
courier = Courier()
while True:
    make_deliveries(timezone.now(), 5)
    courier.turn(timezone.now())
"""
DRAIN = """
import json
at = timezone.now()
for hours in range(1, 5):
    work(at + timedelta(hours=hours))
begun = Entry.objects.get(verb="webhook.subscribed")
entries = Entry.objects.filter(chain=begun.chain, position__gt=begun.position, on_kind="event").order_by("position")
told = {one.entry_id: one.webhook_id for one in Delivery.objects.all()}
states = list(Delivery.objects.values_list("state", flat=True))
print(json.dumps({"ids": [told.get(one.pk) for one in entries], "states": states}))
"""


class Home:
    """A home of its own on SQLite, and whoever works in it."""

    def __init__(self, folder: Path) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("LINLI_", "DJANGO_"))}
        self.environment = kept | {
            "LINLI_HOME": str(folder / "home"),
            "LINLI_WEBHOOK_NETWORKS": "127.0.0.0/8",
            "DJANGO_SETTINGS_MODULE": "linli.settings",
        }

    def python(self, script: str) -> str:
        ran = subprocess.run(
            [sys.executable, "-c", BEGIN + script], env=self.environment, capture_output=True, text=True, timeout=120
        )
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    def start(self, *words: str) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [sys.executable, *words], env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )


def test_a_worker_killed_at_random_moments_leaves_no_act_untold(tmp_path: Path) -> None:
    dice, home = random.Random(7), Home(tmp_path)
    with receiver() as hook:
        home.python(SUBSCRIBE.format(address=hook.address))
        acting = home.start("-c", BEGIN + ACT.format(matters=MATTERS))
        for _each in range(KILLS):
            _work_until_it_has_sent(home, hook, 3 + dice.randrange(5))
        assert acting.wait(120) == 0
        found: dict[str, Any] = json.loads(home.python(DRAIN).splitlines()[-1])
        heard = set(hook.ids())
    assert len(found["ids"]) == 2 * MATTERS
    assert set(found["ids"]) <= heard
    assert set(found["states"]) == {"delivered"}


def _work_until_it_has_sent(home: Home, hook: Receiver, more: int) -> None:
    """Start a worker, and pull the plug in the middle of a delivery."""
    worker, seen, give_up_at = home.start("-c", BEGIN + WORK), len(hook.got), time.monotonic() + 20
    while len(hook.got) < seen + more and time.monotonic() < give_up_at:
        time.sleep(0.002)
    worker.send_signal(signal.SIGKILL)
    worker.wait(10)
