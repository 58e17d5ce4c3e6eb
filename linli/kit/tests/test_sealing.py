"""Sealed words open only with a key of the ring, and for the same row and place."""

import ast
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from linli.kit import key_ring
from linli.kit.refusal import BadInput, Refused
from linli.kit.sealing import (
    _oldest_key,
    head_of,
    key_named_by,
    seal,
    seal_for_session,
    sealed_columns,
    unseal,
    unseal_from_session,
)

AT = datetime(2026, 11, 28, 9, tzinfo=UTC)
#: Columns of bytes that hold nothing of a person, or only what opens nothing.
NOT_SEALED = {
    "areas.boundary.geometry": "outlines of areas",
    "events.receipt.secret_sha256": "a digest",
    "mediation.party.secret_sha256": "a digest",
    "journal.chainhead.digest": "a digest",
    "journal.entry.digest": "a digest",
    "intake.kept.digest": "a digest",
    "intake.kept.content": "what was sent, without the contact",
    "accounts.passkey.credential_id": "what a browser names its passkey by",
    "accounts.passkey.credential": "the public half of a passkey",
    "intake.kept.answer": "what was answered, without the code of the receipt",
}


@pytest.fixture(autouse=True)
def home(settings: Any, tmp_path: Path) -> Iterator[Path]:
    """A home of its own, in which there is no ring yet."""
    settings.HOME = tmp_path
    settings.SEALING = "aes-256-gcm"
    return tmp_path


@pytest.fixture(params=sorted(key_ring.METHODS))
def method(request: Any, settings: Any) -> str:
    settings.SEALING = request.param
    return str(request.param)


def as_before(words: str, bound_to: bytes) -> bytes:
    """Sealed as before there was a ring."""
    return bytes(12) + AESGCM(_oldest_key()).encrypt(bytes(12), words.encode(), bound_to)


def test_sealed_words_open_again_with_each_method(method: str) -> None:
    sealed = seal("王女士 19900000099", bound_to=b"one", place="a.b.c")
    assert unseal(sealed, bound_to=b"one", place="a.b.c") == "王女士 19900000099"
    assert key_ring.ring().current.method.name == method
    assert sealed.startswith(head_of(key_ring.ring().current))


def test_two_seals_of_the_same_words_differ() -> None:
    assert seal("同一句话", bound_to=b"one") != seal("同一句话", bound_to=b"one")


def test_another_row_another_place_or_a_changed_byte_opens_nothing(method: str) -> None:
    sealed = seal("王女士", bound_to=b"one", place="a.b.c")
    for place in range(len(sealed)):
        broken = bytes([*sealed[:place], sealed[place] ^ 1, *sealed[place + 1 :]])
        with pytest.raises(Refused):
            unseal(broken, bound_to=b"one", place="a.b.c")
    for row, where in ((b"two", "a.b.c"), (b"one", "a.b.d"), (b"one", "")):
        with pytest.raises(Refused):
            unseal(sealed, bound_to=row, place=where)


@pytest.mark.parametrize("length", [0, 1, 11, 12, 13, 23, 24, 30, 39])
def test_what_is_cut_short_is_refused_and_breaks_nothing(method: str, length: int) -> None:
    with pytest.raises(Refused):
        unseal(seal("王", bound_to=b"one")[:length], bound_to=b"one")


def test_what_was_sealed_with_the_secret_key_still_opens() -> None:
    assert unseal(as_before("王女士", b"one"), bound_to=b"one", place="a.b.c") == "王女士"
    assert key_named_by(as_before("王女士", b"one")) == ""


def test_a_session_hangs_on_no_key_of_the_ring() -> None:
    sealed = seal_for_session("钥匙", bound_to=b"JB-1")
    assert key_named_by(bytes.fromhex(sealed)) == ""
    assert unseal_from_session(sealed, bound_to=b"JB-1") == "钥匙"


def test_a_new_key_seals_and_the_old_one_goes_on_opening(settings: Any) -> None:
    old = seal("旧", bound_to=b"one")
    settings.SEALING = "sm4-gcm"
    made = key_ring.rotate("sm4-gcm", at=AT)
    fresh = seal("新", bound_to=b"one")
    assert key_named_by(fresh) == made.id != key_named_by(old)
    assert (unseal(old, bound_to=b"one"), unseal(fresh, bound_to=b"one")) == ("旧", "新")
    key_ring.drop(key_named_by(old))
    with pytest.raises(Refused) as refusal:
        unseal(old, bound_to=b"one")
    assert refusal.value.code == "seal_key_missing"


def test_the_current_key_is_not_dropped() -> None:
    with pytest.raises(Refused) as refusal:
        key_ring.drop(key_ring.ring().current.id)
    assert refusal.value.code == "key_is_current"


def test_the_ring_is_for_its_owner_alone_and_says_nothing_of_its_keys_elsewhere(home: Path) -> None:
    kept = key_ring.ring()
    assert (home / "vault_keys").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in home.iterdir()] == ["vault_keys"]
    assert json.loads((home / "vault_keys").read_text())["current"] == kept.current.id


def test_a_lost_ring_comes_back_beside_the_one_made_meanwhile(home: Path, tmp_path_factory: Any) -> None:
    lost = seal("旧", bound_to=b"one")
    saved = tmp_path_factory.mktemp("saved") / "vault_keys"
    (home / "vault_keys").rename(saved)
    fresh = seal("新", bound_to=b"one")
    with pytest.raises(Refused):
        unseal(lost, bound_to=b"one")
    assert len(key_ring.take(saved)) == 1
    assert key_ring.take(saved) == []
    assert (unseal(lost, bound_to=b"one"), unseal(fresh, bound_to=b"one")) == ("旧", "新")
    assert key_named_by(seal("x", bound_to=b"")) == key_named_by(fresh)


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"current": "aa", "keys": []}', '{"current": 1, "keys": [{"id": 1}]}']
)
def test_a_damaged_ring_is_refused_and_never_overwritten(home: Path, text: str) -> None:
    (home / "vault_keys").write_text(text)
    for act in (lambda: seal("x", bound_to=b""), lambda: key_ring.rotate("aes-256-gcm", at=AT)):
        with pytest.raises(Refused) as refusal:
            act()
        assert refusal.value.code == "bad_key_ring"
    assert (home / "vault_keys").read_text() == text


def test_a_method_that_is_none_is_refused() -> None:
    with pytest.raises(BadInput):
        key_ring.rotate("rot13", at=AT)


def test_every_column_of_bytes_is_sealed_or_named_here_as_not() -> None:
    from django.apps import apps
    from django.db.models import BinaryField

    sealed = {column.place for column in sealed_columns()}
    bytes_ = {
        f"{model._meta.label_lower}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, BinaryField)
    }
    assert bytes_ - sealed - set(NOT_SEALED) == set()
    assert {"events.contact.sealed", "mediation.party.sealed", "intake.kept.sealed_contact"} <= sealed


def _name(path: Path) -> str:
    """Of the module in a file."""
    return ".".join(path.relative_to(Path(key_ring.__file__).parents[2]).with_suffix("").parts)


def test_whoever_seals_names_a_sealed_column_as_the_place() -> None:
    """So that sealing anew, which walks the columns, opens what they sealed."""
    places = {column.place for column in sealed_columns()} | {"backup"}
    wrong = []
    for path in sorted(Path(key_ring.__file__).parents[1].rglob("*.py")):
        text = path.read_text("utf-8")
        if "linli.kit.sealing import" not in text or path == Path(__file__):
            continue
        for call in ast.walk(ast.parse(text)):
            if isinstance(call, ast.Call) and ast.unparse(call.func) in (
                "seal",
                "unseal",
                "seal_bytes",
                "unseal_bytes",
            ):
                place = {one.arg: one.value for one in call.keywords}.get("place")
                is_known = isinstance(place, ast.Constant) and place.value in places
                # A constant, of this module or taken from another.
                is_named = isinstance(place, ast.Name) and getattr(import_module(_name(path)), place.id, "") in places
                # Of the rows of disputes the model names the column, and the test of the round trip sees that it is this one.
                is_of_model = isinstance(place, ast.Call) and ast.unparse(place.func) == "place_of"
                if not (is_known or is_named or is_of_model) and path.name != "sealing.py":
                    wrong.append(f"{path.parent.name}/{path.name}:{call.lineno}")
    assert wrong == []


def test_every_sealed_column_knows_what_its_seals_are_bound_to() -> None:
    assert [column.place for column in sealed_columns() if column._bound_to is None] == []
