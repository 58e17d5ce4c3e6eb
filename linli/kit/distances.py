"""How far two points of the ground lie apart."""

from math import asin, cos, radians, sin, sqrt

#: Mean radius of the earth, in metres.
_EARTH_M = 6_371_008.8
#: A degree of latitude, in metres.
DEGREE_M = 111_195.0

Point = tuple[float, float]


def distance_m(one: Point, other: Point) -> float:
    """Great-circle distance in metres between two (longitude, latitude) points in degrees, CGCS2000.

    Within 0.6 % of the distance on the ellipsoid. Haversine formula: Sinnott, Sky & Telescope 68 (1984).
    """
    west, south, east, north = map(radians, (*one, *other))
    half = sin((north - south) / 2) ** 2 + cos(south) * cos(north) * sin((east - west) / 2) ** 2
    return 2 * _EARTH_M * asin(min(1.0, sqrt(half)))
