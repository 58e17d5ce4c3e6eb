"""Runs that are cut short, that meet each other, and that are long."""

import os
import signal
import subprocess
import sys
import threading
import tracemalloc
from pathlib import Path

import pytest
from django.db import connection, connections

from linli.events.models import Event, NumberSeries
from linli.events.testing import make_world
from linli.intake import importing
from linli.intake.importing import Report, import_events, read_map
from linli.intake.tests.files import AT, MAP, bring, good, table, write
from linli.journal.models import Entry
from linli.journal.proving import verify_chain


def many(count: int) -> str:
    rows = ({"no": str(number), "where": f"44088110{1 + number % 2}"} for number in range(count))
    return table(*(good(promised="2026-11-05 18:00", **row) for row in rows))


def assert_complete(count: int) -> None:
    """Each matter is there once, has one entry, and the numbers of each series run from 1 to its last."""
    assert Event.objects.count() == Entry.objects.filter(verb="event.imported").count() == count
    for series in NumberSeries.objects.all():
        start = f"{series.township}-{series.month}-"
        numbers = Event.objects.filter(number__startswith=start).values_list("number", flat=True)
        assert sorted(numbers) == [f"{start}{running:06d}" for running in range(1, series.last + 1)]
    assert list(verify_chain()) == []


#: Imports in a process of its own, which is killed while its third batch is written but not yet committed.
KILLED = """
import os, signal, sys
from pathlib import Path
from linli import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
os.environ["DJANGO_SETTINGS_MODULE"] = "linli.settings"
import django
django.setup()
from django.db import connection
from linli.intake import importing
from linli.intake.importing import Report, import_events, read_map
from linli.intake.tests.files import AT

importing.BATCH = 300
batches = 0

def kill_in_the_third(execute, sql, params, many, context):
    global batches
    result = execute(sql, params, many, context)
    batches += sql.startswith("UPDATE") and "chainhead" in sql
    if batches == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return result

with connection.execute_wrapper(kill_in_the_third):
    import_events(Path(sys.argv[2]), read_map(Path(sys.argv[3])), Report(), at=AT)
"""


@pytest.mark.django_db(transaction=True)
def test_a_run_killed_in_the_middle_goes_on_where_it_was(tmp_path: Path) -> None:
    make_world()
    content = many(1000)
    path, map_path = write(tmp_path / "rows.csv", content), write(tmp_path / "map.toml", MAP)
    name = str(connection.settings_dict["NAME"])
    killed = subprocess.run([sys.executable, "-c", KILLED, name, path, map_path], env=os.environ, timeout=120)
    assert killed.returncode == -signal.SIGKILL
    assert Event.objects.count() == 600
    assert_complete(600)
    report, _refused = bring(tmp_path, content)
    assert (report.known, report.new) == (600, 400)
    assert_complete(1000)


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_bring_each_matter_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_world()
    monkeypatch.setattr(importing, "BATCH", 50)
    path, chosen = write(tmp_path / "rows.csv", many(400)), read_map(write(tmp_path / "map.toml", MAP))
    reports = [Report(), Report()]

    def run(number: int) -> None:
        import_events(path, chosen, reports[number], at=AT, refused_to=tmp_path / f"refused-{number}.csv")
        connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert [report.rows for report in reports] == [400, 400]
    assert sum(report.new for report in reports) == 400
    assert_complete(400)


@pytest.mark.django_db
def test_memory_does_not_grow_with_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_world()
    monkeypatch.setattr(importing, "BATCH", 20)
    bring(tmp_path, many(100))  # what is loaded once
    assert _peak(tmp_path, 600) < 1.3 * _peak(tmp_path, 150)


def _peak(folder: Path, count: int) -> int:
    """The most memory that was in use at once while so many new rows came in, in bytes."""
    content = many(count).encode()
    tracemalloc.start()
    try:
        bring(folder, content, MAP.replace("hotline", f"hotline-{count}"))
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
