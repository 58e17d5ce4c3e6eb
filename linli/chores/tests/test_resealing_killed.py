"""The worker that seals anew is really killed, again and again, before ever other statements: all of it opens at every moment."""

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
#: One process makes the home and looks after its workers: each is a child that kills itself before its n-th statement.
COURSE = """
import os; os.environ["DJANGO_SETTINGS_MODULE"] = "linli.settings"
import django; django.setup()
import json, signal
from datetime import timedelta
from django.db import connection, connections
from linli.chores import resealing
from linli.events import actions
from linli.events.models import Category, Contact, Pack
from linli.events.rules import Source
from linli.events.testing import NOON
from linli.kit import key_ring
from linli.mediation.actions import proving
from linli.mediation.actions.files import open_sealed
from linli.mediation.models import Evidence
from linli.mediation.rules import State
from linli.mediation.testing import make_dispute, make_mediation, party_of
from linli.people.models import Department

LATER = NOON + timedelta(days=2)
TOLD = [f"1398760000{number}" for number in range(9)]
PAPERS = [b"%PDF-1.7 words", b"%PDF-1.7 more words"]
resealing.SLICE = 2

def begin():
    for rows in (Category.objects.exclude(parent=None), Category.objects, Pack.objects, Department.objects):
        rows.all().delete()
    here = make_mediation()
    for told in TOLD:
        place = {"area": here.world.grid, "category": here.world.drain, "at": NOON}
        actions.report(text="水沟堵了", source=Source.RESIDENT, contact=told, **place)
    party = party_of(make_dispute(here, State.MEDIATING))
    for paper in PAPERS:
        proving.add_evidence(party, name="借条", content=paper, by=here.mediator, at=LATER)
    resealing.rotate(at=LATER)
    return here.world.cast.desk

def opened(desk):
    contacts = [
        actions.open_contact(one.event, by=desk, at=LATER, reason="回电") for one in Contact.objects.order_by("event_id")
    ]
    return sorted(contacts) == TOLD and sorted(open_sealed(one) for one in Evidence.objects.all()) == sorted(PAPERS)

def killed_before(last):
    counted = 0
    def count(execute, *words):
        nonlocal counted
        counted += 1
        if counted == last:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(*words)
    with connection.execute_wrapper(count):
        while resealing.waits():
            resealing.go_on(LATER)

def turn(last):
    connections.close_all()
    child = os.fork()
    if not child:
        killed_before(last)
        connections.close_all()
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

desk = begin()
turns = []
for number in range(400):
    # Nine to thirty-one statements: some die before a first commit, some after several.
    code = turn(9 + number * 5 % 23)
    turns.append((code, opened(desk)))
    if code == 0:
        break
hanging = resealing.all_hanging()
print(json.dumps({"turns": turns, "hanging": list(hanging), "current": key_ring.ring().current.id}))
"""


def test_killed_again_and_again_it_comes_to_its_end_and_nothing_is_lost(tmp_path: Path) -> None:
    is_postgres = connection.vendor == "postgresql"
    with on_postgres(tmp_path, connection.settings_dict) if is_postgres else nullcontext(on_sqlite(tmp_path)) as home:
        home.linli("doctor", may_fail=True)  # any command makes an empty home ready
        ran = subprocess.run([sys.executable, "-c", COURSE], env=home.environment, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    course = json.loads(ran.stdout)
    *killed, last = [code for code, _whole in course["turns"]]
    assert (set(killed), last) == ({-signal.SIGKILL}, 0) and len(killed) > 10
    assert all(whole for _code, whole in course["turns"])
    assert course["hanging"] == [course["current"]]
