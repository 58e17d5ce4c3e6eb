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


@pytest.fixture
def copied(transactional_db: None) -> Iterator[str]:
    """A copy of the store of the tests, in which a table may be cut up for good; its address."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no partitions.")
    wanted = connection.settings_dict
    was, name = wanted["NAME"], f"linli_months_{secrets.token_hex(4)}"
    connection.close()
    with psycopg.connect(postgres._conninfo(dict(wanted) | {"NAME": "postgres"}), autocommit=True) as server:
        server.execute(f'CREATE DATABASE {name} TEMPLATE "{was}"')
        try:
            wanted["NAME"] = name
            yield postgres._address(dict(wanted))
        finally:
            connection.close()
            wanted["NAME"] = was
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _alone(sql: str) -> None:
    with psycopg.connect(postgres._conninfo(dict(connection.settings_dict)), autocommit=True) as store:
        store.execute(sql)
