"""Coordinates at the edge: WGS-84 (for our purposes CGCS2000) from and to the shifted GCJ-02 and BD-09 of map providers.

The shift is the published approximation used by every open converter (Krasovsky 1940 ellipsoid, sums of sines); it is
turned round by iteration to well below 0.1 m. Outside China maps are not shifted. All functions take single numbers or
arrays, longitude first, in degrees.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from django.db import models
from django.utils.translation import gettext_lazy as _
from numpy.typing import NDArray

Degrees = float | NDArray[np.float64]
Pair = tuple[Any, Any]


class Crs(models.TextChoices):
    """The coordinate systems people send."""

    WGS84 = "wgs84", _("WGS-84 / CGCS2000")
    GCJ02 = "gcj02", _("GCJ-02 (Amap, Tencent)")
    BD09 = "bd09", _("BD-09 (Baidu)")


_A = 6378245.0
_EE = 0.00669342162296594323
_BD = np.pi * 3000.0 / 180.0


def to_wgs84(lon: Degrees, lat: Degrees, crs: str) -> Pair:
    """Turn coordinates of `crs` into WGS-84."""
    return _INTO[Crs(crs)](lon, lat)


def from_wgs84(lon: Degrees, lat: Degrees, crs: str) -> Pair:
    """Turn WGS-84 into coordinates of `crs`."""
    return _OUT[Crs(crs)](lon, lat)


def in_china(lon: Degrees, lat: Degrees) -> Any:
    """Whether providers shift the map there: their rough box, not a border."""
    return (lon >= 72.004) & (lon <= 137.8347) & (lat >= 0.8293) & (lat <= 55.8271)


def _wgs84_to_gcj02(lon: Degrees, lat: Degrees) -> Pair:
    shift_lon, shift_lat = _shift(lon, lat)
    inside = in_china(lon, lat)
    return lon + shift_lon * inside, lat + shift_lat * inside


def _shift(lon: Degrees, lat: Degrees) -> Pair:
    x, y = np.asarray(lon) - 105.0, np.asarray(lat) - 35.0
    root = np.sqrt(np.abs(x))
    common = (20.0 * np.sin(6.0 * x * np.pi) + 20.0 * np.sin(2.0 * x * np.pi)) * 2.0 / 3.0
    d_lat = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + common
    d_lat += (20.0 * np.sin(y * np.pi) + 40.0 * np.sin(y / 3.0 * np.pi)) * 2.0 / 3.0
    d_lat += (160.0 * np.sin(y / 12.0 * np.pi) + 320.0 * np.sin(y * np.pi / 30.0)) * 2.0 / 3.0
    d_lon = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + common
    d_lon += (20.0 * np.sin(x * np.pi) + 40.0 * np.sin(x / 3.0 * np.pi)) * 2.0 / 3.0
    d_lon += (150.0 * np.sin(x / 12.0 * np.pi) + 300.0 * np.sin(x / 30.0 * np.pi)) * 2.0 / 3.0
    radians = np.radians(lat)
    magic = 1 - _EE * np.sin(radians) ** 2
    root_magic = np.sqrt(magic)
    d_lat = d_lat * 180.0 / ((_A * (1 - _EE)) / (magic * root_magic) * np.pi)
    d_lon = d_lon * 180.0 / (_A / root_magic * np.cos(radians) * np.pi)
    return d_lon, d_lat


def _inverse(forward: Callable[[Any, Any], Pair]) -> Callable[[Degrees, Degrees], Pair]:
    """Turn a shift round: the shift changes so slowly that six corrections leave less than a millimetre."""

    def backward(lon: Degrees, lat: Degrees) -> Pair:
        guess_lon, guess_lat = lon, lat
        for _round in range(6):
            there_lon, there_lat = forward(guess_lon, guess_lat)
            guess_lon, guess_lat = guess_lon + lon - there_lon, guess_lat + lat - there_lat
        return guess_lon, guess_lat

    return backward


def _gcj02_to_bd09(lon: Degrees, lat: Degrees) -> Pair:
    radius = np.sqrt(np.square(lon) + np.square(lat)) + 0.00002 * np.sin(np.asarray(lat) * _BD)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(np.asarray(lon) * _BD)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006


def _wgs84_to_bd09(lon: Degrees, lat: Degrees) -> Pair:
    return _gcj02_to_bd09(*_wgs84_to_gcj02(lon, lat))


def _unchanged(lon: Degrees, lat: Degrees) -> Pair:
    return lon, lat


_gcj02_to_wgs84 = _inverse(_wgs84_to_gcj02)
_bd09_to_gcj02 = _inverse(_gcj02_to_bd09)


def _bd09_to_wgs84(lon: Degrees, lat: Degrees) -> Pair:
    return _gcj02_to_wgs84(*_bd09_to_gcj02(lon, lat))


_INTO: dict[str, Callable[[Any, Any], Pair]] = {
    Crs.WGS84: _unchanged,
    Crs.GCJ02: _gcj02_to_wgs84,
    Crs.BD09: _bd09_to_wgs84,
}
_OUT: dict[str, Callable[[Any, Any], Pair]] = {
    Crs.WGS84: _unchanged,
    Crs.GCJ02: _wgs84_to_gcj02,
    Crs.BD09: _wgs84_to_bd09,
}
