"""Phones with a line that fails, and a town that answers them."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from linli.field.tests import outbox


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[outbox.Town]:
    """One for all tests of a process: phones are new in each, and ids never meet."""
    yield from outbox.make_town(tmp_path_factory.mktemp("town"))


@pytest.fixture
def new_phone(browser: Any, town: outbox.Town) -> Iterator[Callable[..., outbox.Phone]]:
    """Makes phones; a script that fails on one fails the test."""
    phones: list[outbox.Phone] = []
    problems: list[str] = []

    def make(**options: Any) -> outbox.Phone:
        phones.append(outbox.new_phone(browser, town, problems, **options))
        return phones[-1]

    yield make
    for phone in phones:
        phone.context.close()
        phone.line.close()
    assert not problems, "\n".join(problems)


@pytest.fixture
def phone(new_phone: Callable[..., outbox.Phone]) -> outbox.Phone:
    """One phone, nobody signed in, no outbox opened."""
    return new_phone()
