"""Tokens of residents' phones: they cannot be made up, and no other home knows them."""

from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from linli.intake import tokens

NOW = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)


def test_a_token_says_when_it_was_made_and_nothing_of_anybody() -> None:
    first, second = tokens.read(tokens.mint(NOW)), tokens.read(tokens.mint(NOW))
    assert first is not None and second is not None
    assert first.number != second.number
    assert first.made_in_hour == second.made_in_hour == int(NOW.timestamp()) // 3600
    assert first.key_for(UUID(int=1)) == first.key_for(UUID(int=1)) != second.key_for(UUID(int=1))
    assert 0 < first.key_for(UUID(int=1)) < 2**63


def test_another_home_does_not_know_it(settings: Any) -> None:
    made = tokens.mint(NOW)
    assert tokens.read(made)
    settings.SECRET_KEY = "of another home"
    tokens._key.cache_clear()
    assert tokens.read(made) is None
    tokens._key.cache_clear()


@given(st.binary(max_size=40), st.text(max_size=50))
def test_nothing_made_up_is_taken(noise: bytes, words: str) -> None:
    assert tokens.read(words) is None
    assert tokens.read(tokens.PREFIX + words) is None
    assert tokens.read(tokens.PREFIX + urlsafe_b64encode(noise).decode()) is None


@given(st.integers(0, 35), st.sampled_from("ABCXYZabcxyz0189-_"))
def test_a_token_with_one_sign_changed_is_none(place: int, sign: str) -> None:
    made = tokens.mint(NOW)
    at = len(tokens.PREFIX) + place
    changed = made[:at] + sign + made[at + 1 :]
    assert (tokens.read(changed) is None) == (changed != made)
