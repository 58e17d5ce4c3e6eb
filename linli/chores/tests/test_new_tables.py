"""A new home has the tables, columns, conditions and indexes that Django's own steps would have given it, on either store."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from linli.chores.tests.homes import environment

PLAINLY = 'from django.core.management import call_command; call_command("migrate", verbosity=0)'
QUICKLY = "from linli.kit.new_tables import make_tables; make_tables()"
_TELL = """
import json
from django.db import connection
ASKED = {
    "sqlite": ["SELECT name, sql FROM sqlite_master"],
    "postgresql": [
        "SELECT table_name, column_name, data_type, column_default, is_nullable, character_maximum_length, "
        "collation_name, identity_generation FROM information_schema.columns WHERE table_schema = 'public'",
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid > 0 "
        "AND connamespace = 'public'::regnamespace",
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    ],
}
with connection.cursor() as cursor:
    found = [(cursor.execute(sql), cursor.fetchall())[1] for sql in ASKED[connection.vendor]]
    cursor.execute("SELECT app_label, model FROM django_content_type")
    found.append(cursor.fetchall())
print(json.dumps([sorted(map(list, rows), key=str) for rows in found]))
"""


def made(how: str, home: Path, url: str) -> Any:
    """What the store of a new home is like."""
    ran = subprocess.run(
        [sys.executable, "-c", f"import django; django.setup()\n{how}\n{_TELL}"],
        env=environment(home, LINLI_DATABASE_URL=url),
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


@pytest.mark.django_db(transaction=True)
def test_a_new_home_has_the_tables_of_djangos_own_steps(tmp_path: Path, new_url: Callable[[], str]) -> None:
    plainly, quickly = made(PLAINLY, tmp_path / "a", new_url()), made(QUICKLY, tmp_path / "b", new_url())
    assert len(plainly[0]) > 400
    assert quickly == plainly
