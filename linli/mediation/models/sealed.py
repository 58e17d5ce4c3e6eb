"""Rows whose words lie behind a seal bound to their key: the store, its backups, lists and search hold nothing readable."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import models

from linli.kit.keys import KeyField, new_key
from linli.kit.sealing import SealedField, seal, unseal


def _by_model_and_key(row: "Sealed") -> bytes:
    return bound_to(type(row), row.key)


class Sealed(models.Model):
    """A row with a key and sealed words, `{name: value}` as JSON."""

    key = KeyField(primary_key=True, default=new_key)
    sealed = SealedField(bound_to=_by_model_and_key)

    class Meta:
        abstract = True

    @property
    def words(self) -> dict[str, Any]:
        """What is behind the seal. Raises `Refused` with another home's key, or for the seal of another row."""
        opened: dict[str, Any] = json.loads(
            unseal(bytes(self.sealed), bound_to=bound_to(type(self), self.key), place=place_of(type(self)))
        )
        return opened

    def with_words(self, **changed: Any) -> bytes:
        """The seal anew with these words changed; nothing is stored."""
        return sealed_words(type(self), self.key, self.words | changed)


class KeptFile(models.Model):
    """A file that lies in the media store as ciphertext, under the SHA-256 of that ciphertext; or none."""

    file_sha256 = models.CharField(max_length=64, blank=True)
    #: Bytes and type of what was sent, before it was sealed.
    file_size = models.PositiveBigIntegerField(default=0)
    file_type = models.CharField(max_length=40, blank=True)

    class Meta:
        abstract = True


def sealed_words(model: type[Sealed], key: UUID, words: Mapping[str, Any]) -> bytes:
    """Words sealed for the row of this model with this key."""
    return seal(json.dumps(words, ensure_ascii=False), bound_to=bound_to(model, key), place=place_of(model))


def place_of(model: type[models.Model], column: str = "sealed") -> str:
    """The place a seal is bound to besides its row; that of a file is `file`."""
    return f"{model._meta.label_lower}.{column}"


def bound_to(model: type[models.Model], key: UUID) -> bytes:
    """What a seal is bound to: the kind of row and its key, so that it opens nowhere else."""
    return f"{model._meta.model_name} ".encode() + key.bytes
