"""Drawing a county that does not exist: a mesh of grids inside a real outline, in villages, in townships.

Every border is one line shared by both neighbours, so that nothing overlaps and nothing is left out. What is drawn has
nothing to do with the real borders of townships, villages or grids; the seats of the townships are where they are.
"""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPoint, Polygon
from shapely.geometry.base import BaseGeometry

Points = NDArray[np.float64]
#: Coordinates are kept to about a centimetre, so that a shared corner is the same number on both sides.
_STEP = 1e-7
#: Points strewn for each grid to be drawn, inside and outside the outline.
_SAMPLES_EACH = 90
_SAMPLES_LEAST = 12_000
#: How far a border may stray from the straight line, as a share of its length; halved where it would cross another.
_STRAY = 0.16


@dataclass(frozen=True)
class Drawn:
    """What was drawn, by code, and a point inside each grid for placing things."""

    outlines: dict[str, BaseGeometry]
    points: dict[str, tuple[float, float]]


def draw(
    outline: BaseGeometry,
    seats: Mapping[str, tuple[float, float]],
    shares: Mapping[str, float],
    grids: Mapping[str, Sequence[str]],
    seed: int,
) -> Drawn:
    """Outlines of all grids, villages, townships and the county.

    `seats`: township code to (longitude, latitude). `shares`: how much ground each township gets, in proportion.
    `grids`: village code to the codes of its grids.
    """
    rng = np.random.default_rng(seed)
    samples = _samples(outline, max(_SAMPLES_LEAST, _SAMPLES_EACH * sum(map(len, grids.values()))), rng)
    codes, points = _place_grids(samples, seats, shares, grids, rng)
    faces = _faces(outline, points)
    leaves = _by_grid(_strayed(faces, seed), faces, codes, points)
    return Drawn(_with_parents(leaves), dict(zip(codes, map(tuple, points.tolist()), strict=True)))


def _samples(outline: BaseGeometry, count: int, rng: np.random.Generator) -> Points:
    west, south, east, north = outline.bounds
    found = rng.uniform((west, south), (east, north), size=(count, 2))
    return found[shapely.contains_xy(outline, found[:, 0], found[:, 1])]


def _place_grids(
    samples: Points,
    seats: Mapping[str, tuple[float, float]],
    shares: Mapping[str, float],
    grids: Mapping[str, Sequence[str]],
    rng: np.random.Generator,
) -> tuple[list[str], Points]:
    """A point for each grid: townships share out the ground, then villages their township, then grids their village."""
    towns = sorted(seats)
    owner = _share_out(samples, np.array([seats[town] for town in towns]), np.array([shares[town] for town in towns]))
    villages_of: dict[str, list[str]] = defaultdict(list)
    for village in sorted(grids):
        villages_of[village[:9]].append(village)
    codes: list[str] = []
    points: list[Points] = []
    for number, town in enumerate(towns):
        ground = samples[owner == number]
        villages = villages_of[town]
        middles, mine = _spread(ground, len(villages), rng)
        for index, village in enumerate(villages):
            around, _ = _spread(ground[mine == index], len(grids[village]), rng)
            codes += grids[village]
            # Drawn towards the village's middle, its grids touch each other rather than those of the next village.
            points.append(middles[index] + 0.75 * (around - middles[index]))
    return codes, np.vstack(points)


def _share_out(samples: Points, seats: Points, shares: NDArray[np.float64]) -> NDArray[np.intp]:
    """Whose each sample is: the nearest seat, weights moved until everybody has about their share of the ground."""
    squares = ((samples[:, None, :] - seats[None, :, :]) ** 2).sum(axis=2)
    weights = np.zeros(len(seats))
    wanted = shares / shares.sum()
    some = squares[:10_000]
    for _round in range(400):
        got = np.bincount((some - weights).argmin(axis=1), minlength=len(seats)) / len(some)
        weights += 0.02 * (wanted - got)
    return (squares - weights).argmin(axis=1)


def _spread(ground: Points, count: int, rng: np.random.Generator) -> tuple[Points, NDArray[np.intp]]:
    """So many points spread evenly over the samples of some ground (Lloyd 1982), and whose each sample is."""
    middles = ground[rng.choice(len(ground), count, replace=False)]
    owner = np.zeros(len(ground), dtype=np.intp)
    for _round in range(12):
        owner = ((ground[:, None, :] - middles[None, :, :]) ** 2).sum(axis=2).argmin(axis=1)
        middles = np.array(
            [ground[owner == k].mean(axis=0) if (owner == k).any() else middles[k] for k in range(count)]
        )
    return middles, owner


def _faces(outline: BaseGeometry, points: Points) -> list[Polygon]:
    """The plane cut along all borders between nearest points and along the outline, as polygons that share corners."""
    edges = shapely.voronoi_polygons(MultiPoint(points), only_edges=True, extend_to=outline)
    inside = shapely.intersection(edges, outline)
    lines = shapely.union_all([inside, shapely.boundary(outline)], grid_size=_STEP)
    return [face for face in shapely.get_parts(shapely.polygonize([lines])) if outline.covers(face.point_on_surface())]


def _strayed(faces: Sequence[Polygon], seed: int) -> list[Polygon]:
    """The faces with borders that wander, each the same for both its sides; the outline itself stays as it is."""
    corners = [[(float(x), float(y)) for x, y in face.exterior.coords] for face in faces]
    sides: dict[frozenset[tuple[float, float]], list[int]] = defaultdict(list)
    for index, ring in enumerate(corners):
        for one, two in pairwise(ring):
            sides[frozenset((one, two))].append(index)
    stray = {side: _STRAY for side, owners in sides.items() if len(owners) == 2}
    while True:
        drawn = [Polygon(_wander(ring, stray, seed)) for ring in corners]
        crossing = [index for index, face in enumerate(drawn) if not face.is_valid]
        if not crossing:
            return drawn
        for index in crossing:
            for one, two in pairwise(corners[index]):
                side = frozenset((one, two))
                # Below a thousandth it is straight, and straight borders never cross.
                stray[side] = stray[side] / 2 if stray.get(side, 0) > 1e-3 else 0.0


def _wander(
    ring: Sequence[tuple[float, float]], stray: Mapping[frozenset[tuple[float, float]], float], seed: int
) -> list[tuple[float, float]]:
    line: list[tuple[float, float]] = []
    for one, two in pairwise(ring):
        amount = stray.get(frozenset((one, two)), 0.0)
        start, end = (one, two) if one < two else (two, one)
        between = _between(start, end, amount, seed, 3) if amount else []
        line += [one, *(between if one < two else reversed(between))]
    return line


def _between(
    start: tuple[float, float], end: tuple[float, float], stray: float, seed: int, depth: int
) -> list[tuple[float, float]]:
    """Points between two corners, each halfway displaced sideways by chance which only the two corners decide."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    if depth == 0 or dx * dx + dy * dy < 4e-6:
        return []
    chance = int.from_bytes(hashlib.blake2b(f"{seed}{start}{end}".encode(), digest_size=4).digest(), "big") / 2**31 - 1
    middle = (
        round((start[0] + end[0]) / 2 - dy * stray * chance, 7),
        round((start[1] + end[1]) / 2 + dx * stray * chance, 7),
    )
    before = _between(start, middle, stray, seed, depth - 1)
    return [*before, middle, *_between(middle, end, stray, seed, depth - 1)]


def _by_grid(
    drawn: Sequence[Polygon], faces: Sequence[Polygon], codes: Sequence[str], points: Points
) -> dict[str, BaseGeometry]:
    """Each grid's ground. A face cut off from its point goes to the neighbour it shares the longest border with."""
    middles = np.array([(p.x, p.y) for p in shapely.point_on_surface(faces)])
    nearest = [int(((points - middle) ** 2).sum(axis=1).argmin()) for middle in middles]
    holds = [bool(shapely.contains_xy(face, *points[owner])) for face, owner in zip(faces, nearest, strict=True)]
    homeless = set(range(len(points))) - {owner for owner, held in zip(nearest, holds, strict=True) if held}
    tree = shapely.STRtree(faces)
    parts: dict[str, list[Polygon]] = defaultdict(list)
    for index, face in enumerate(faces):
        owner = nearest[index]
        if not holds[index] and owner not in homeless:
            beside = [int(n) for n in tree.query(face, predicate="touches") if holds[n]]
            shared = {n: face.boundary.intersection(faces[n].boundary).length for n in beside}
            if shared:
                owner = nearest[max(shared, key=lambda n: shared[n])]
        parts[codes[owner]].append(drawn[index])
    return {code: shapely.union_all(of_grid) if len(of_grid) > 1 else of_grid[0] for code, of_grid in parts.items()}


def _with_parents(leaves: Mapping[str, BaseGeometry]) -> dict[str, BaseGeometry]:
    """The grids, and villages, townships and county as exactly what their grids cover together."""
    all_of = dict(leaves)
    for width in (12, 9, 6):
        inside: dict[str, list[BaseGeometry]] = defaultdict(list)
        for code, ground in leaves.items():
            inside[code[:width]].append(ground)
        all_of |= {code: shapely.coverage_union_all(parts) for code, parts in inside.items()}
    return all_of
