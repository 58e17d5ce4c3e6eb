"""Which area is this point in? One index per process over the current boundaries, brought up to date without a restart."""

import hashlib
import logging
import math
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID
from zipfile import BadZipFile

import numpy as np
import shapely
from django.conf import settings
from numpy.typing import NDArray

from linli.areas.ground.index import Index
from linli.areas.ground.raster import FORM, Raster
from linli.areas.models import ANSWERING, Boundary, GroundVersion, Kind

__all__ = ["Ground", "Index", "current", "forget", "locate", "locate_leaf", "locate_many", "look_again", "near_border"]

Floats = NDArray[np.float64]
logger = logging.getLogger(__name__)
#: How long a process may go on with an index that another process has made out of date. Seconds.
_LOOK_AGAIN_AFTER_S = 1.0
#: Indexes of earlier boundaries kept on disk, for processes that are just reading them.
_KEPT_FILES = 3


@dataclass(frozen=True)
class Ground:
    """The boundaries of one moment: `leaves` route matters; `coarser` answers where no leaf covers the point."""

    version: int
    leaves: Index | None
    coarser: Index | None

    def locate(self, lon: float, lat: float) -> str | None:
        """As the function of this name; without asking whether boundaries have changed since."""
        found = self.leaves.locate(lon, lat) if self.leaves else None
        return self.coarser.locate(lon, lat) if found is None and self.coarser else found


_current: Ground | None = None
_looked_at = -math.inf
_lock = threading.Lock()


def locate(lon: float, lat: float) -> str | None:
    """The area that answers for a point: the leaf that covers it, else the finest area above that does. WGS-84 degrees."""
    return current().locate(lon, lat)


def locate_leaf(lon: float, lat: float) -> str | None:
    """The leaf that covers a point, border included; None if none does, even where a coarser area would."""
    ground = current()
    return ground.leaves.locate(lon, lat) if ground.leaves else None


def locate_many(
    lons: Sequence[float] | Floats, lats: Sequence[float] | Floats, *, leaves_only: bool = False
) -> list[str | None]:
    """`locate` (or `locate_leaf`) for many points, some hundred times faster than one by one."""
    ground = current()
    lons, lats = np.asarray(lons, float), np.asarray(lats, float)
    nowhere: list[str | None] = [None] * len(lons)
    found = ground.leaves.locate_many(lons, lats) if ground.leaves else nowhere
    if leaves_only or ground.coarser is None:
        return found
    missing = [place for place, code in enumerate(found) if code is None]
    for place, code in zip(missing, ground.coarser.locate_many(lons[missing], lats[missing]), strict=True):
        found[place] = code
    return found


def near_border(lon: float, lat: float, accuracy_m: float) -> list[str]:
    """The leaves that a position of this accuracy may lie in, the nearest first. More than one: ask which side it is."""
    ground = current()
    return ground.leaves.near(lon, lat, accuracy_m) if ground.leaves else []


def current() -> Ground:
    """The ground as it is now. Whether boundaries have changed is asked once a second at most."""
    global _current, _looked_at
    known = _current
    if known is not None and time.monotonic() - _looked_at < _LOOK_AGAIN_AFTER_S:
        return known
    # One thread looks, and builds if it must. Others go on with the old index meanwhile, unless the change was made here:
    # who has drawn a grid must find it.
    if not _lock.acquire(blocking=known is None or _looked_at == -math.inf) and known is not None:
        return known
    try:
        if _current is None or time.monotonic() - _looked_at >= _LOOK_AGAIN_AFTER_S:
            version = _stored_version()
            if _current is None or _current.version != version:
                _current = _load(version)
            _looked_at = time.monotonic()
        return _current
    finally:
        _lock.release()


def look_again() -> None:
    """Ask at the next question whether boundaries have changed: this process has just changed them."""
    global _looked_at
    with _lock:
        _looked_at = -math.inf


def forget() -> None:
    """Be as a new process is: between tests."""
    global _current, _looked_at
    with _lock:
        _current, _looked_at = None, -math.inf


def _stored_version() -> int:
    return GroundVersion.objects.values_list("number", flat=True).first() or 0


@dataclass(frozen=True)
class _Drawn:
    """A current boundary and whose it is."""

    code: str
    parent: str | None
    kind: str
    id: UUID
    geometry: bytes


def _load(version: int) -> Ground:
    drawn = Boundary.objects.filter(valid_to__isnull=True, area__valid_to__isnull=True, area__kind__in=ANSWERING)
    columns = ("area_id", "area__parent_id", "area__kind", "id", "geometry")
    rows = [_Drawn(*row) for row in drawn.order_by("area").values_list(*columns)]
    # A special grid (a school in a village) lies over other areas and wins there; it takes nothing else from its village.
    parents = {row.parent for row in rows if row.kind != Kind.SPECIAL_GRID}
    rows.sort(key=lambda row: (row.kind != Kind.SPECIAL_GRID, -len(row.code), row.code))
    leaves = [row for row in rows if row.code not in parents]
    coarser = [row for row in rows if row.code in parents]
    return Ground(version, _index(leaves), _index(coarser))


def _index(rows: list[_Drawn]) -> Index | None:
    if not rows:
        return None
    codes = [row.code for row in rows]
    polygons = shapely.from_wkb([bytes(row.geometry) for row in rows])
    path = _folder() / f"{_fingerprint(rows)}.npz"
    raster = _stored_raster(path)
    if raster is not None:
        return Index(codes, polygons, raster)
    index = Index.over(codes, polygons)
    _keep(index.raster, path)
    return index


def _fingerprint(rows: list[_Drawn]) -> str:
    """Names just these boundaries in this order, in the form the raster has now: an outline never changes under its key."""
    words = [FORM, *(f"{row.code}={row.id};" for row in rows)]
    return hashlib.sha256("".join(words).encode()).hexdigest()[:32]


def _folder() -> Path:
    return Path(settings.HOME) / "ground"


def _stored_raster(path: Path) -> Raster | None:
    try:
        return Raster.load(path)
    # Not there, or cut short by a crash: it is built again.
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        return None


def _keep(raster: Raster, path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        raster.save(path)
        for old in sorted(path.parent.glob("*.npz"), key=lambda file: file.stat().st_mtime)[: -2 * _KEPT_FILES]:
            old.unlink(missing_ok=True)
    # A full disk must not stop anybody from asking where a point lies.
    except OSError as error:
        logger.warning("The spatial index could not be kept: %s", error.strerror)
