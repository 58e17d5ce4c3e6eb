"""Files of a dispute: checked, sealed for their row, and kept as ciphertext under the SHA-256 of that ciphertext."""

import hashlib
import os
from dataclasses import dataclass
from functools import partial
from typing import IO
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from linli.kit.media import bounded
from linli.kit.media.keeping import NotKept
from linli.kit.media.storing import original, store
from linli.kit.refusal import BadInput, Refused
from linli.kit.sealing import seal_bytes, unseal_bytes
from linli.mediation.models import KeptFile, Sealed, bound_to, place_of

#: A scan of some sixty pages. It is sealed whole, so it has to fit into memory with its copy.
MOST_BYTES = 20_000_000
#: Pixels of the longer side: a page of A4 can be read.
SIDE_FOR_OTHERS = 3000
#: By the signs a file begins with: what it says of itself counts for nothing.
_TYPES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "application/pdf"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
)


@dataclass(frozen=True)
class SealedFile:
    """What the row keeps of a file."""

    sha256: str
    size: int
    type: str

    @property
    def fields(self) -> dict[str, object]:
        """As the columns of `KeptFile`."""
        return {"file_sha256": self.sha256, "file_size": self.size, "file_type": self.type}


def type_of(content: bytes, *, most: int = MOST_BYTES) -> str:
    """PDF, JPEG or PNG. Raises `BadInput` for anything else, for nothing, and for too much."""
    if len(content) > most:
        raise BadInput(
            "file_too_large",
            _("This file has %(size)s MB; %(most)s MB at most. Scan it in grey at 200 dpi, or in parts."),
            field="file",
            size=round(len(content) / 1_000_000),
            most=most // 1_000_000,
        )
    if not content:
        raise BadInput("file_empty", _("This file is empty. Choose another."), field="file")
    for signs, kind in _TYPES:
        if content.startswith(signs):
            return kind
    raise BadInput("file_type", _("Only PDF, JPEG and PNG are kept here. Save it as one of these."), field="file")


def keep_sealed(content: bytes, *, model: type[Sealed], key: UUID, most: int = MOST_BYTES) -> SealedFile:
    """Check and keep a file for the row with this key; it opens for no other. Raises `BadInput`, `NotKept`."""
    return seal_and_store(content, type_of(content, most=most), model=model, key=key)


def seal_and_store(content: bytes, kind: str, *, model: type[Sealed], key: UUID) -> SealedFile:
    """The same for a file whose type is known and allowed. Raises `NotKept`."""
    ciphertext = seal_bytes(content, bound_to=_file_of(model, key), place=place_of(model, "file"))
    sha256 = hashlib.sha256(ciphertext).hexdigest()
    try:
        store().put(original(sha256), ciphertext)
    except OSError as error:
        words = _("Files cannot be stored just now. Send it again in a few minutes.")
        raise NotKept("media_not_kept", words) from error
    return SealedFile(sha256, len(content), kind)


def open_sealed(row: KeptFile) -> bytes:
    """The file of a row as it was sent. Raises `Refused` when there is none, or it is not in the store."""
    assert isinstance(row, Sealed)
    if not row.file_sha256:
        raise Refused("no_file", _("There is no file here."))
    try:
        ciphertext = _stored(row.file_sha256)
    except FileNotFoundError:
        ciphertext = _sealed_anew(row)
    return unseal_bytes(ciphertext, bound_to=_file_of(type(row), row.key), place=place_of(type(row), "file"))


def open_for_others(row: KeptFile) -> bytes:
    """The file of a row for another party than the one that gave it. A picture is drawn anew, as JPEG, without what its camera
    wrote into it: where somebody lives would stand there. Raises `Refused`, also where it cannot be drawn.
    """
    content = open_sealed(row)
    if not row.file_type.startswith("image/"):
        return content
    with _in_memory(content) as source, _in_memory() as out:
        try:
            bounded.ask("picture", source, out, seconds=bounded.DRAW_S, longest_side=SIDE_FOR_OTHERS)
        except BadInput:
            words = _("This picture cannot be shown here as it is. Ask the mediator to show it to you.")
            raise Refused("picture_not_shown", words) from None
        out.seek(0)
        return out.read()


def _in_memory(content: bytes = b"") -> IO[bytes]:
    """A file that other processes can be given, and that lies on no disk."""
    file = os.fdopen(os.memfd_create("sealed"), "w+b")
    file.write(content)
    file.seek(0)
    return file


def seal_anew(row: KeptFile) -> bool:
    """Seal the file of a row with the current key; whether it was. Raises `Refused`, `NotKept`, and then all is as it was."""
    assert isinstance(row, Sealed)
    old = row.file_sha256
    sealed = seal_and_store(open_sealed(row), row.file_type, model=type(row), key=row.key)
    changed = type(row)._base_manager.filter(pk=row.pk, file_sha256=old).update(file_sha256=sealed.sha256)
    if changed:  # the old one goes only when the row surely names the new one
        transaction.on_commit(partial(store().delete, original(old)))
    else:
        store().delete(original(sealed.sha256))
    return bool(changed)


def beginning_of(row: KeptFile, length: int) -> bytes:
    """The first bytes of the ciphertext: which key it was sealed with. Nothing if it is not in the store."""
    try:
        with store().open(original(row.file_sha256)) as file:
            return file.read(length)
    except FileNotFoundError:
        return b""


def _stored(sha256: str) -> bytes:
    with store().open(original(sha256)) as file:
        return file.read()


def _sealed_anew(row: KeptFile) -> bytes:
    """The ciphertext of a row that is not there under the name we read: perhaps it was sealed anew just then."""
    before = row.file_sha256
    row.refresh_from_db(fields=["file_sha256"])
    try:
        if row.file_sha256 not in ("", before):
            return _stored(row.file_sha256)
    except FileNotFoundError:
        pass
    raise Refused("file_lost", _("This file is not in the store. Restore the folder media from the backup."))


def _file_of(model: type[Sealed], key: UUID) -> bytes:
    return bound_to(model, key) + b" file"
