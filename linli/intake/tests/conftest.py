"""The front, with the world of the events behind it."""

from collections.abc import Iterator

import pytest

from linli.events.testing import World, draw_boundaries
from linli.intake.testing import Door


@pytest.fixture
def door(transactional_db: None, world: World) -> Iterator[Door]:
    """A front over a county with outlines."""
    draw_boundaries(world)
    opened = Door().wait_until_ready()
    yield opened
    opened.close()
