"""A backup proved: opened, restored into a scratch place, and compared with what it says of itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from django.utils.translation import gettext_lazy as _

from linli.chores.backup import home_files, manifest, photos, postgres, sqlite
from linli.chores.backup.manifest import Manifest, Store
from linli.chores.backup.photos import Photo
from linli.chores.backup.proof import Proof, prove
from linli.kit.refusal import Refused
from linli.kit.sealed_files import SealedReader, reading

#: How each kind of store is saved, laid into a scratch place, and restored.
STORES: dict[str, ModuleType] = {"sqlite": sqlite, "postgresql": postgres}
#: Of the photos that were taken over a night reads every so-manieth, so that each is read once in so many nights.
NIGHTS = 28


@dataclass(frozen=True)
class Checked:
    """What a check has seen. `proof` is `None` when nothing could be opened: a role that may create no database."""

    manifest: Manifest
    photos: list[Photo]
    photos_read: int
    proof: Proof | None

    @property
    def is_whole(self) -> bool:
        """Whether the journal in it holds. One that does not was so in the home: the backup is good, the home is not."""
        return self.proof is None or not self.proof.breaks


def check(folder: Path, key: bytes, scratch: Path, *, fresh: set[str] | None = None, night: int = 0) -> Checked:
    """Restore it into `scratch`, an empty folder. Raises `Refused` for whatever is not as the manifest says.

    `fresh`: the photos to read, beside the share of this night; `None`: all of them.
    """
    known = manifest.read(folder, key)
    listed = photo_list(folder, key, known)
    to_read = {one.name for one in listed if fresh is None or one.name in fresh or _is_turn(one, night)}
    read = photos.check(folder, key, listed, to_read)
    with part(folder, key, known, "home") as file:
        home_files.unpack(file, scratch)
    return Checked(known, listed, read, _proved(folder, key, known, scratch))


def _is_turn(one: Photo, night: int) -> bool:
    return int(one.sha256[:8], 16) % NIGHTS == night % NIGHTS


def _proved(folder: Path, key: bytes, known: Manifest, scratch: Path) -> Proof | None:
    unpacked = STORES[known.store.kind].unpacked
    with (
        part(folder, key, known, "database") as file,
        unpacked(file, known.store.size, scratch, known.home[:12]) as address,
    ):
        if address is None:
            return None
        proof = prove(scratch, address, known.seal)
    require_equal(known.store, proof)
    return proof


def require_equal(store: Store, proof: Proof) -> None:
    """Raises `Refused` unless what was restored has the rows, chains and key it should have."""
    differing = sorted(
        table
        for table in store.counts.keys() | proof.counts.keys()
        if store.counts.get(table) != proof.counts.get(table)
    )
    if differing or store.chains != proof.chains:
        words = _("What was restored differs from what was saved: %(what)s.")
        raise Refused("differs", words, what=", ".join(differing[:5]) or "journal_chainhead")
    if not proof.opens_seals:
        raise Refused("wrong_secret_key", _("The secret key in the backup does not open what this home has sealed."))


@contextmanager
def part(folder: Path, key: bytes, known: Manifest, name: str) -> Iterator[SealedReader]:
    """The content of a part. Raises `Refused` at the end unless it is the one that the manifest means."""
    path = folder / name
    try:
        with reading(path, key, name) as file:
            yield file
            while file.read(1 << 20):
                pass
    except FileNotFoundError:
        if path.exists():
            raise
        raise Refused("part_missing", _("%(file)s is missing: the backup is not whole."), file=str(path)) from None
    said = known.parts[name]
    if (file.sha256, file.size) != (said.sha256, said.size):
        raise Refused("other_part", _("%(file)s belongs to another backup than its manifest."), file=str(path))


def photo_list(folder: Path, key: bytes, known: Manifest) -> list[Photo]:
    """The photos of a backup."""
    with part(folder, key, known, photos.LIST) as file:
        return list(photos.listed(file))
