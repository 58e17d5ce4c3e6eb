"""Yes-or-no columns kept as the bits of one number."""

from collections.abc import Mapping


def spread(by_bits: Mapping[int, int], width: int) -> list[int]:
    """How many have each of `width` bits, the lowest first, given how many have each set of them."""
    columns = [0] * width
    for bits, n in by_bits.items():
        left = bits if n else 0
        while left:
            lowest = left & -left
            columns[lowest.bit_length() - 1] += n
            left ^= lowest
    return columns
