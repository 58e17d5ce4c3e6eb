"""Sealing anew under the current key of the vault, in the background: every sealed column and file, a few rows at a time.

Where it is stands in the store, written with the rows themselves: a worker that was killed is followed by another that goes on
from there. A row changed meanwhile by somebody else is left to them; what they sealed with an older key the next round finds.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.db.models import BinaryField, Q
from django.db.models.functions import Substr
from django.utils.translation import gettext_lazy as _

from linli.chores.backup.folders import only_one
from linli.chores.models import Resealing
from linli.journal.actions import Act, record_many
from linli.kit import key_ring
from linli.kit.key_ring import Key
from linli.kit.media.keeping import NotKept
from linli.kit.refusal import Refused
from linli.kit.sealing import HEAD, SIGN, SealedField, head_of, key_named_by, sealed_columns
from linli.mediation.actions.files import beginning_of, seal_anew
from linli.mediation.models import KeptFile, Sealed

SLICE = 200
#: Files are up to 20 MB each.
SLICE_OF_FILES = 4
#: A process that had read the ring before has ended its transaction long since.
RESTS = timedelta(hours=1)
#: The key for which this process knows that all is done.
_done_for: str | None = None


@dataclass(frozen=True)
class Place:
    """Where seals lie. `head` reads how a row's seal begins, `move` seals it anew; `left` counts what another key has sealed."""

    name: str
    rows: Callable[[], models.QuerySet[Any]]
    head: Callable[[Any], bytes]
    move: Callable[[Any], bool]
    keys: Callable[[], dict[str, int]]
    slice: int


def places() -> list[Place]:
    """All of them, found by walking the models."""
    return [*(_column(field) for field in sealed_columns()), *(_files(model) for model in _models_with_files())]


# --- the worker ---------------------------------------------------------------------------------------------------------


def waits() -> bool:
    """Whether anything is to be sealed anew. A home from before there were keys is moved by itself."""
    global _done_for
    current = key_ring.ring().current.id
    if _done_for == current:
        return False
    done = set(Resealing.objects.filter(key_id=current, done_at__isnull=False).values_list("place", flat=True))
    if {place.name for place in places()} <= done:
        _done_for = current
        return False
    return True


def go_on(at: datetime) -> bool:
    """Do the next rows of the next place; whether more is waiting."""
    current = key_ring.ring().current
    known = {one.place: one for one in Resealing.objects.filter(key_id=current.id)}
    for place in places():
        course = known.get(place.name) or _begin(place, current)
        if course.done_at is None:
            _next_rows(place, course, current, at)
            return True
    return False


def _begin(place: Place, current: Key) -> Resealing:
    fresh = {"key_id": current.id, "after": "", "seen": 0, "moved": 0, "broken": 0, "done_at": None}
    course, _new = Resealing.objects.update_or_create(place=place.name, defaults=fresh)
    return course


@transaction.atomic
def _next_rows(place: Place, course: Resealing, current: Key, at: datetime) -> None:
    rows = place.rows().order_by("pk")
    if course.after:
        rows = rows.filter(pk__gt=rows.model._meta.pk.to_python(course.after))
    found = list(rows[: place.slice])
    wanted = head_of(current)
    for row in found:
        if place.head(row) != wanted:
            _move(place, row, course)
    course.seen += len(found)
    if found:
        course.after = str(found[-1].pk)
    else:
        _end_round(place, course, current, at)
    course.save()


def _move(place: Place, row: Any, course: Resealing) -> None:
    try:
        course.moved += place.move(row)
    except NotKept:  # the store of files is away: the chore is tried again
        raise
    except Refused:
        course.broken += 1


def _end_round(place: Place, course: Resealing, current: Key, at: datetime) -> None:
    """The end, unless somebody sealed with an older key meanwhile; what does not open stays and is told of."""
    left = sum(count for key, count in place.keys().items() if key != current.id)
    if left > course.broken:
        course.after, course.broken = "", 0
    else:
        course.done_at = at


# --- the acts -----------------------------------------------------------------------------------------------------------


def rotate(*, at: datetime) -> Key:
    """A new key seals from now on, and the worker moves everything under it. Raises `BadInput`, `Refused`."""
    made = key_ring.rotate(settings.SEALING, at=at)
    _record("vault.rotated", made.id, at, method=made.method.name)
    return made


def take(file: Path, *, at: datetime) -> list[Key]:
    """Bring the keys of another ring, from a backup; what did not open is tried again. Raises `Refused`."""
    fresh = key_ring.take(file)
    for key in fresh:
        _record("vault.key_taken", key.id, at, method=key.method.name)
    if fresh:
        walk_again()
    return fresh


def retire(key_id: str, *, at: datetime) -> Key:
    """Delete an old key. Raises `Refused` while anything hangs on it, a backup is made, or it was in use a moment ago."""
    ring = key_ring.ring()
    key = key_ring.named(ring, key_id)
    if key != ring.current and at - ring.current.made_at < RESTS:
        words = _("Another key took its place within the hour. Programs may use it still: retire it later.")
        raise Refused("key_rests", words)
    with only_one(Path(settings.HOME)):
        hanging = hanging_on(key.id) if key != ring.current else 0
        if hanging:
            walk_again()
            words = _("%(count)s seals hang on this key still. The worker moves them: see “linli vault status”.")
            raise Refused("key_in_use", words, count=hanging)
        key_ring.drop(key.id)
    _record("vault.retired", key.id, at)
    return key


def hanging_on(key_id: str) -> int:
    """How many seals name this key, counted in the store; empty: how many were made with the secret key."""
    return sum(place.keys().get(key_id, 0) for place in places())


def all_hanging() -> dict[str, int]:
    """The same of every key that is named anywhere."""
    found: dict[str, int] = {}
    for place in places():
        for key, count in place.keys().items():
            found[key] = found.get(key, 0) + count
    return found


def walk_again() -> None:
    """Let the worker look at every place once more."""
    global _done_for
    _done_for = None
    Resealing.objects.all().delete()


def _record(verb: str, key_id: str, at: datetime, **facts: str) -> None:
    record_many([Act(verb, "vault", key_id, None, None, at, facts)])


# --- the two kinds of places --------------------------------------------------------------------------------------------


def _column(field: SealedField) -> Place:
    model, name = field.model, field.attname

    def head(row: Any) -> bytes:
        return bytes(getattr(row, name))[:HEAD]

    def move(row: Any) -> bool:
        old = bytes(getattr(row, name))
        fresh = field.seal(row, field.open(row))
        return bool(model._base_manager.filter(pk=row.pk, **{name: old}).update(**{name: fresh}))

    def keys() -> dict[str, int]:
        begins = rows().annotate(sign=Substr(name, 1, len(SIGN), output_field=BinaryField())).order_by()
        heads = begins.filter(sign=SIGN).annotate(head=Substr(name, 1, HEAD, output_field=BinaryField()))
        found = _by_key(heads.values_list("head").annotate(n=models.Count("pk")))
        with_secret_key = begins.exclude(sign=SIGN).count()
        return found | ({"": with_secret_key} if with_secret_key else {})

    def rows() -> models.QuerySet[Any]:
        return model._base_manager.exclude(**{name: b""})

    return Place(field.place, rows, head, move, keys, SLICE)


def _by_key(counted: Iterable[tuple[Any, int]]) -> dict[str, int]:
    """Counts by the number of the key; empty: the secret key."""
    found: dict[str, int] = {}
    for head, count in counted:
        key = key_named_by(bytes(head))
        found[key] = found.get(key, 0) + count
    return found


def _models_with_files() -> Iterator[type[Any]]:
    return (model for model in apps.get_models() if issubclass(model, KeptFile) and issubclass(model, Sealed))


def _files(model: type[Any]) -> Place:
    def rows() -> models.QuerySet[Any]:
        return model._base_manager.filter(~Q(file_sha256=""))

    def head(row: Any) -> bytes:
        return beginning_of(row, HEAD)

    def move(row: Any) -> bool:
        return seal_anew(row)

    def keys() -> dict[str, int]:
        heads = (beginning_of(row, HEAD) for row in rows().only("file_sha256").iterator(500))
        return _by_key([(one, 1) for one in heads if one])

    return Place(f"{model._meta.label_lower}.file", rows, head, move, keys, SLICE_OF_FILES)
