"""What tests of backups and of upgrades share: databases of their own beside the one that all tests have."""

import secrets
from collections.abc import Callable, Iterator

import psycopg
import pytest
from django.db import connection

from linli.chores.backup import postgres


@pytest.fixture
def alone() -> Callable[[str], None]:
    """Says something to the server of the tests that stands in no transaction."""
    return _alone


@pytest.fixture
def new_url() -> Iterator[Callable[[], str]]:
    """Addresses of new, empty databases; on SQLite none is needed."""
    made: list[str] = []

    def make_one() -> str:
        if connection.vendor == "sqlite":
            return ""
        made.append(f"linli_new_{secrets.token_hex(4)}")
        _alone(f"CREATE DATABASE {made[-1]} TEMPLATE template0")
        return postgres._address(dict(connection.settings_dict) | {"NAME": made[-1]})

    yield make_one
    for name in made:
        _alone(f"DROP DATABASE {name} WITH (FORCE)")


def _alone(sql: str) -> None:
    with psycopg.connect(postgres._conninfo(dict(connection.settings_dict)), autocommit=True) as store:
        store.execute(sql)
