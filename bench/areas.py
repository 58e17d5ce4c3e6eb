"""Point → area: the raster against the STRtree that is its oracle, one by one and in bulk, on villages and on a mesh."""

import gzip
import json
import os
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

POINTS = int(os.environ.get("LINLI_BENCH_POINTS", "200000"))
#: One by one is slow; this many are enough for a mean.
_SINGLE = 20_000
_TAIWAN = Path(__file__).resolve().parents[2] / "shared" / "data" / "boundaries" / "tw_villages.geojson.gz"

Points = tuple[NDArray[np.float64], NDArray[np.float64]]


def run(say: Callable[[str], None]) -> None:
    """Both grounds: real villages where there are any, and a generated mesh of 20,000."""
    from linli.areas.testing import mesh

    if _TAIWAN.is_file():
        _measure(say, "7,701 villages of Taiwan", _villages())
    else:
        _measure(say, "a mesh of 7,701", mesh(151, 51, seed=1))
    _measure(say, "a mesh of 20,000", mesh(160, 125, seed=2))


def _villages() -> NDArray[Any]:
    from linli.areas.geometry import clean_outline

    features = json.loads(gzip.decompress(_TAIWAN.read_bytes()))["features"]
    return np.array([clean_outline(one["geometry"]).outline for one in features], object)


def _measure(say: Callable[[str], None], name: str, polygons: NDArray[Any]) -> None:
    from linli.areas.ground import Index
    from linli.areas.ground.raster import build
    from linli.areas.testing import scattered

    raster, build_s = _timed(lambda: build(polygons))
    say(f"{name}, {shapely.get_num_coordinates(polygons).sum():,} corners")
    say(f"  built in {build_s:.1f} s, at most {_peak_mb(lambda: build(polygons)):,.0f} MB while at it; {_kept(raster)}")
    index = Index([str(place) for place in range(len(polygons))], polygons, raster)
    index.tree.query(shapely.Point(0, 0))
    _compare(say, "near villages and their borders", index, scattered(polygons, POINTS, seed=3))
    west, south, east, north = shapely.total_bounds(polygons)
    dice = np.random.default_rng(4)
    _compare(say, "anywhere", index, (dice.uniform(west, east, POINTS), dice.uniform(south, north, POINTS)))


def _compare(say: Callable[[str], None], where: str, index: Any, points: Points) -> None:
    lons, lats = points
    ours, our_s = _timed(lambda: index.locate_many(lons, lats))
    theirs, their_s = _timed(lambda: index.locate_many_exactly(lons, lats))
    wrong = sum(one != other for one, other in zip(ours, theirs, strict=True))
    say(
        f"  {len(lons):,} points {where}: {len(lons) / our_s:,.0f}/s   STRtree {len(lons) / their_s:,.0f}/s"
        f"   {their_s / our_s:.1f} x   {wrong} mismatches"
    )
    # Spread over all, so that every sort of point is among them.
    some = np.linspace(0, len(lons) - 1, _SINGLE).astype(int)
    pairs = list(zip(lons[some].tolist(), lats[some].tolist(), strict=True))
    ours, our_s = _timed(lambda: [index.locate(lon, lat) for lon, lat in pairs])
    theirs, their_s = _timed(lambda: [index.locate_exactly(lon, lat) for lon, lat in pairs])
    wrong = sum(one != other for one, other in zip(ours, theirs, strict=True))
    say(
        f"  one by one: {our_s / len(pairs) * 1e6:.1f} µs   STRtree {their_s / len(pairs) * 1e6:.1f} µs"
        f"   {their_s / our_s:.1f} x   {wrong} mismatches"
    )


def _kept(raster: Any) -> str:
    from linli.areas.ground.raster import Raster

    with tempfile.TemporaryDirectory(prefix="linli-bench-") as folder:
        path = Path(folder) / "ground.npz"
        _none, save_s = _timed(lambda: raster.save(path))
        _again, load_s = _timed(lambda: Raster.load(path))
        size_mb = path.stat().st_size / 1e6
    return f"stored in {save_s * 1e3:.0f} ms, {size_mb:.0f} MB on disk as in memory, loaded in {load_s * 1e3:.0f} ms"


def _timed(work: Callable[[], Any], times: int = 3) -> tuple[Any, float]:
    """The result, and the quickest of a few runs in seconds of this process's CPU."""
    seconds = []
    for _run in range(times):
        start = time.process_time()
        result = work()
        seconds.append(time.process_time() - start)
    return result, max(min(seconds), 1e-9)


def _peak_mb(work: Callable[[], Any]) -> float:
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()
