"""The front, with the world of the events behind it; and a home of its own for whole processes."""

from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest
from django.db import connection

from linli.events.testing import World, draw_boundaries
from linli.intake.proving import Home, on_postgres, on_sqlite
from linli.intake.testing import Door


@pytest.fixture
def door(transactional_db: None, world: World) -> Iterator[Door]:
    """A front over a county with outlines."""
    draw_boundaries(world)
    opened = Door().wait_until_ready()
    yield opened
    opened.close()


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """A county of three areas in a home of its own on the kind of store under test, with a key."""
    is_postgres = connection.vendor == "postgresql"
    with on_postgres(tmp_path, connection.settings_dict) if is_postgres else nullcontext(on_sqlite(tmp_path)) as one:
        one.furnish(tmp_path)
        try:
            yield one
        finally:
            if one.group is not None:
                one.reap()
