"""The world most tests begin in."""

import pytest

from linli.events.testing import World, make_world


@pytest.fixture
def world(db: None) -> World:
    """A county with two townships, departments, categories, and the cast."""
    return make_world()
