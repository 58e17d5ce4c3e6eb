"""Sealed files open as they were written, with the same key and under the same name, and in no other way."""

import io
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.kit import sealed_files
from linli.kit.refusal import Refused
from linli.kit.sealed_files import SealedReader, SealedWriter, sealed_size, which

KEY, OTHER = bytes(range(32)), bytes(32)
PIECE = 64


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed_files, "PIECE", PIECE)


def sealed(content: bytes, *, name: str = "photos", steps: int = 50) -> bytes:
    file = io.BytesIO()
    writer = SealedWriter(file, KEY, name)
    for at in range(0, len(content), steps):
        writer.write(content[at : at + steps])
    writer.finish()
    return file.getvalue()


def opened(file: bytes, *, key: bytes = KEY, name: str = "photos") -> bytes:
    return SealedReader(io.BytesIO(file), key, name).readall() or b""


def code(file: bytes, **more: object) -> str:
    with pytest.raises(Refused) as refused:
        opened(file, **more)  # type: ignore[arg-type]
    return refused.value.code


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 5 * PIECE + 7])
def test_what_was_sealed_opens_and_has_the_size_foretold(size: int) -> None:
    content = os.urandom(size)
    file = sealed(content)
    assert opened(file) == content
    assert len(file) == sealed_size(size)
    assert content[:20] not in file or size < 4


def test_two_seals_of_one_content_differ_and_name_no_key() -> None:
    one, two = sealed(b"words"), sealed(b"words")
    assert one != two
    assert KEY not in one
    assert which(KEY) in one


def test_another_key_and_another_name_do_not_open_it() -> None:
    assert code(sealed(b"words"), key=OTHER) == "wrong_key"
    assert code(sealed(b"words"), name="home") == "sealed_damaged"


@given(st.integers(0, 3 * PIECE), st.data())
def test_no_changed_byte_is_overlooked(size: int, data: st.DataObject) -> None:
    file = bytearray(sealed(bytes(size)))
    place = data.draw(st.integers(0, len(file) - 1))
    file[place] ^= 1 << data.draw(st.integers(0, 7))
    assert code(bytes(file)) in ("sealed_damaged", "wrong_key")


@given(st.integers(0, 3 * PIECE), st.data())
def test_no_lost_end_and_nothing_added_is_overlooked(size: int, data: st.DataObject) -> None:
    file = sealed(bytes(size))
    assert code(file[: data.draw(st.integers(0, len(file) - 1))]) == "sealed_damaged"
    assert code(file + bytes(data.draw(st.integers(1, 2 * PIECE)))) == "sealed_damaged"


def test_pieces_that_changed_places_or_are_missing_are_not_overlooked() -> None:
    file = sealed(os.urandom(3 * PIECE))
    head, step = len(file) - 3 * (PIECE + 16), PIECE + 16
    one, two, three = (file[head + step * place : head + step * (place + 1)] for place in range(3))
    for pieces in ((two, one, three), (one, three), (one, two), (one, two, three, three)):
        assert code(file[:head] + b"".join(pieces)) == "sealed_damaged"
