"""A journal that is cut up by month while others write, held up, and killed at any moment; on PostgreSQL alone."""

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection, connections

from linli.chores.backup import postgres
from linli.chores.tests.homes import environment
from linli.journal import months, parting
from linli.journal.models import Entry
from linli.journal.proving import verify_chain
from linli.journal.testing import AT, make_journal, write
from linli.kit.refusal import Refused

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def holding(copied: str) -> Iterator[Callable[[str], int]]:
    """Somebody else who reads a table, and is not done with it; which process that is."""
    with psycopg.connect(postgres._conninfo(dict(connection.settings_dict))) as other:

        def read(table: str) -> int:
            other.rollback()
            other.execute(f"SELECT 1 FROM {table} LIMIT 1")
            return other.info.backend_pid

        yield read
        other.rollback()


@pytest.mark.parametrize("table", ["journal_entry", "events_remark"])
def test_held_up_for_too_long_nothing_is_changed_and_it_is_said_by_whom(
    holding: Callable[[str], int], table: str
) -> None:
    make_journal(2)
    process = holding(table)
    with pytest.raises(Refused, match=str(process)) as refused:
        call_command("journal", "partition", "--wait", "0.1")
    assert (refused.value.code, months.is_parted()) == ("journal_held", False)
    checks = "SELECT conname FROM pg_constraint WHERE conrelid = 'journal_entry'::regclass AND contype = 'c'"
    assert months.rows(checks) == [("journal_entry_position_check",)]
    holding("django_migrations")
    call_command("journal", "partition", "--wait", "30")
    assert months.is_parted()

    holding(table)
    with pytest.raises(Refused) as refused:
        call_command("journal", "partition", "--undo", "--wait", "0.1")
    assert (refused.value.code, months.is_parted()) == ("journal_held", True)


def test_others_write_all_the_while_and_no_act_fails(copied: str) -> None:
    make_journal(2)
    stop, written, failed, done = threading.Event(), threading.Semaphore(0), list[Exception](), [0, 0]

    def go_on(who: int) -> None:
        try:
            while not stop.is_set():
                write(f"{done[who]}", at=AT)
                done[who] += 1
                written.release()
        except Exception as error:
            failed.append(error)
        finally:
            connections.close_all()

    writers = [threading.Thread(target=go_on, args=(who,)) for who in (0, 1)]
    for writer in writers:
        writer.start()
    try:
        parting.cut_up(AT, wait_s=60)
        for month in range(4):
            months.turn(AT + timedelta(days=30 * month), wait_s=60)
            assert all(written.acquire(timeout=60) for _each in range(5))
        parting.put_together(wait_s=60)
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    assert failed == [] and list(verify_chain()) == []
    assert Entry.objects.filter(verb="event.accepted").count() == 2 + sum(done)


#: One process looks after those that cut up: each is a child that kills itself before its n-th statement.
COURSE = """
import django; django.setup()
import json, os, signal, sys
from django.db import connection, connections
from linli.journal import months, parting
from linli.journal.proving import verify_chain
from linli.journal.testing import AT, make_journal, write

def killed_before(last, act):
    counted = 0
    def count(execute, *words):
        nonlocal counted
        counted += 1
        if counted == last:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(*words)
    with connection.execute_wrapper(count):
        act()

def turn(last, act):
    connections.close_all()
    child = os.fork()
    if not child:
        killed_before(last, act)
        connections.close_all()
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

make_journal(2)
turns = []
for wanted, act in ((True, lambda: parting.cut_up(AT, 60)), (False, lambda: parting.put_together(60))):
    for number in range(100):
        code = turn(1 + number * 6, act)
        write(str(number))
        breaks = len(list(verify_chain()))
        turns.append((wanted, code, months.is_parted() == wanted, breaks))
        if months.is_parted() == wanted:
            break
    left = len(months.unproved())
    parting.prove_references()
    turns.append((wanted, left, len(months.unproved()), len(months.parts())))
    if wanted:
        months.turn(AT, 60)
print(json.dumps(turns))
"""


def test_killed_at_any_moment_it_is_one_table_or_cut_up_and_all_of_it_is_there(copied: str, tmp_path: Path) -> None:
    env = environment(tmp_path, LINLI_DATABASE_URL=copied)
    ran = subprocess.run([sys.executable, "-c", COURSE], env=env, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    turns: list[Any] = json.loads(ran.stdout)
    for wanted in (True, False):
        *killed, (_wanted, left, unproved, parts) = [one for one in turns if one[0] == wanted]
        assert {code for _way, code, _is, _breaks in killed} == {-signal.SIGKILL} and len(killed) > 5
        assert {breaks for _way, _code, _is, breaks in killed} == {0}
        assert [is_done for _way, _code, is_done, _breaks in killed] == [*[False] * (len(killed) - 1), True]
        assert left > 0 and unproved == 0 and parts == (4 if wanted else 0)
