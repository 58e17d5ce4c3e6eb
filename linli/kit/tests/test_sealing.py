"""Sealed words open only with the same key and for the same row."""

from typing import Any

import pytest

from linli.kit.refusal import Refused
from linli.kit.sealing import seal, unseal


def test_sealed_words_open_again() -> None:
    assert unseal(seal("王女士 19900000099", bound_to=b"one"), bound_to=b"one") == "王女士 19900000099"


def test_two_seals_of_the_same_words_differ() -> None:
    assert seal("同一句话", bound_to=b"one") != seal("同一句话", bound_to=b"one")


def test_another_row_another_key_or_a_changed_byte_opens_nothing(settings: Any) -> None:
    sealed = seal("王女士", bound_to=b"one")
    broken = bytes([*sealed[:-1], sealed[-1] ^ 1])
    for words, row in ((sealed, b"two"), (broken, b"one")):
        with pytest.raises(Refused):
            unseal(words, bound_to=row)
    settings.SECRET_KEY = "another"
    with pytest.raises(Refused):
        unseal(sealed, bound_to=b"one")
