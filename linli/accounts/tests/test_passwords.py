"""Changing a password: what is taken, what was had before, and who is signed out by it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from linli.accounts import actions
from linli.accounts.models import FormerPassword, SignIn
from linli.accounts.passwords import problems
from linli.accounts.rules import REMEMBERED, Factor
from linli.events.testing import World
from linli.kit.refusal import BadInput
from linli.people.testing import PASSWORD

NOON = datetime(2026, 6, 3, 4, tzinfo=UTC)


def test_the_last_five_and_the_one_of_now_are_not_taken_again(world: World) -> None:
    worker = world.cast.worker
    chosen = [f"a sentence number {number}" for number in range(REMEMBERED + 2)]
    for number, password in enumerate(chosen):
        actions.change_password(worker, password, at=NOON + timedelta(days=number))
    assert FormerPassword.objects.filter(person=worker).count() == REMEMBERED
    for password in chosen[1:]:
        with pytest.raises(BadInput):
            actions.change_password(worker, password, at=NOON + timedelta(days=30))
    assert problems(chosen[0], worker) == []


def test_a_common_password_is_not_taken(world: World) -> None:
    assert len(problems("1234567890", world.cast.worker)) == 1
    assert problems("a quiet lane of 7 doors", world.cast.worker) == []


def test_in_production_three_kinds_of_characters_are_asked_for(world: World, settings: Any) -> None:
    assert problems("only small letters", world.cast.worker) == []
    settings.HOSTS = ["linli.example"]
    assert len(problems("only smallletters", world.cast.worker)) == 1
    assert problems("Only small letters", world.cast.worker) == []


def test_a_change_signs_out_everywhere_else(world: World) -> None:
    worker = world.cast.worker
    for number in range(3):
        actions.note_sign_in(
            worker,
            session=f"session{number}",
            agent="",
            factor=Factor.NONE,
            at=NOON,
            ends_at=NOON + timedelta(hours=1),
        )
    assert actions.change_password(worker, "a sentence of my own", session="session1", at=NOON) == 2
    assert [one.session for one in SignIn.objects.all()] == ["session1"]


def test_a_password_is_too_old_only_where_an_age_is_set(world: World, settings: Any) -> None:
    worker, later = world.cast.worker, NOON + timedelta(days=400)
    assert not actions.has_to_change(worker, later)
    actions.change_password(worker, "a sentence of my own", at=NOON)
    assert not actions.has_to_change(worker, later)
    settings.PASSWORD_DAYS = 365
    assert actions.has_to_change(worker, later)
    assert not actions.has_to_change(worker, NOON + timedelta(days=365))
    assert worker.check_password("a sentence of my own") and not worker.check_password(PASSWORD)
