"""How the front is started."""

import os
from typing import Any

import pytest
from django.db import connection

from linli.chores import serving


@pytest.mark.django_db
@pytest.mark.parametrize("wanted", [0, 1, 3])
def test_there_are_as_many_fronts_as_set_or_what_suits_the_store(settings: Any, wanted: int) -> None:
    settings.FRONTS = wanted
    command = serving.web_command()
    by_itself = 1 if connection.vendor == "sqlite" else max(1, (os.cpu_count() or 2) // 2)
    assert command[command.index("--workers") + 1] == str(wanted or by_itself)
