"""GCJ-02 and BD-09: the published pairs, and back again."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.areas.crs import Crs, from_wgs84, to_wgs84
from linli.areas.ground.index import metres_per_degree

#: Test output of coordtransform (github.com/wandergis/coordtransform, test/app.js), as most converters repeat it.
PUBLISHED = [
    (Crs.GCJ02, (116.404, 39.915), (116.41024449916938, 39.91640428150164)),
    (Crs.BD09, (116.404, 39.915), (116.41662724378733, 39.922699552216216)),
]

china = st.tuples(st.floats(73.6, 135.0), st.floats(3.9, 53.5))


def metres_between(one: tuple[float, float], other: tuple[float, float]) -> float:
    east, north = metres_per_degree(one[1])
    return float(np.hypot((one[0] - other[0]) * east, (one[1] - other[1]) * north))


@pytest.mark.parametrize(("crs", "plain", "shifted"), PUBLISHED)
def test_the_shift_is_the_published_one(crs: str, plain: tuple[float, float], shifted: tuple[float, float]) -> None:
    assert from_wgs84(*plain, crs) == pytest.approx(shifted, abs=1e-9)
    assert metres_between(to_wgs84(*shifted, crs), plain) < 0.001


def test_bd09_is_turned_back_into_gcj02_as_published() -> None:
    # bd09togcj02(116.404, 39.915); the published way back is a first approximation, good to half a metre.
    gcj = (116.39762729119315, 39.90865673957631)
    assert metres_between(to_wgs84(116.404, 39.915, Crs.BD09), to_wgs84(*gcj, Crs.GCJ02)) < 0.6


@pytest.mark.parametrize("crs", Crs.values)
@given(point=china)
def test_there_and_back_is_within_a_tenth_of_a_metre(crs: str, point: tuple[float, float]) -> None:
    assert metres_between(to_wgs84(*from_wgs84(*point, crs), crs), point) < 0.1


@pytest.mark.parametrize("crs", [Crs.GCJ02, Crs.BD09])
@given(point=china)
def test_the_shift_is_some_hundred_metres_and_never_a_kilometre_and_a_half(
    crs: str, point: tuple[float, float]
) -> None:
    assert 20 < metres_between(from_wgs84(*point, crs), point) < 2000


def test_outside_china_nothing_is_shifted() -> None:
    assert to_wgs84(-71.06, 42.36, Crs.GCJ02) == (-71.06, 42.36)


def test_many_points_are_turned_as_each_alone() -> None:
    lons, lats = np.array([110.28, 121.5, -71.06]), np.array([21.61, 25.03, 42.36])
    for crs in Crs.values:
        together = np.stack(to_wgs84(lons, lats, crs), axis=1)
        alone = [to_wgs84(float(lon), float(lat), crs) for lon, lat in zip(lons, lats, strict=True)]
        assert np.allclose(together, np.array(alone), atol=1e-12)
