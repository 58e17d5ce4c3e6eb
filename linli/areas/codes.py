"""All arithmetic with area codes: digits, each level adding its own, so that a code is its own path.

County `440881`, township `440881102`, village `440881102203`, grid `440881102203005`. The digits per level are
chosen once per home (`linli areas numbering`), before the first area.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

#: The names of the levels from the county down, by how many levels a numbering has.
LEVEL_NAMES: dict[int, tuple[str, ...]] = {
    1: ("county",),
    2: ("county", "township"),
    3: ("county", "township", "village"),
    4: ("county", "township", "village", "grid"),
    5: ("city", "county", "township", "village", "grid"),
    6: ("province", "city", "county", "township", "village", "grid"),
}


@dataclass(frozen=True)
class Numbering:
    """How many digits a code has at each level, from the top down, e.g. (6, 9, 12, 15), and the levels' names."""

    widths: tuple[int, ...] = (6, 9, 12, 15)
    levels: tuple[str, ...] = LEVEL_NAMES[4]

    def width(self, level: str) -> int:
        """Digits of a code at this level."""
        return self.widths[self.levels.index(level)]

    def level(self, code: str) -> str | None:
        """The level of a code by its length; None if no level has that length or it is not all digits."""
        if not (code.isascii() and code.isdigit()) or len(code) not in self.widths:
            return None
        return self.levels[self.widths.index(len(code))]


DEFAULT = Numbering()
_current: Numbering | None = None


def numbering() -> Numbering:
    """The numbering of this home, read once per process."""
    global _current
    if _current is None:
        from linli.areas.models import stored_numbering

        _current = stored_numbering()
    return _current


def forget_numbering() -> None:
    """Read the numbering anew at the next call: after it was set, and between tests."""
    global _current
    _current = None


def lineage(code: str, among: Numbering | None = None) -> list[str]:
    """The codes from the top down to this one: `440881102203` gives `440881`, `440881102`, `440881102203`."""
    widths = (among or numbering()).widths
    return [code[:width] for width in widths if width < len(code)] + [code]


def parent_of(code: str, among: Numbering | None = None) -> str | None:
    """The code one level up; None at the top."""
    above = lineage(code, among)[:-1]
    return above[-1] if above else None


def at_level(code: str, level: str, among: Numbering | None = None) -> str | None:
    """The part of a code that names its area at `level`; None if the code is above that level."""
    width = (among or numbering()).width(level)
    return code[:width] if len(code) >= width else None


def contains(outer: str, inner: str) -> bool:
    """Whether `inner` is `outer` itself or lies inside it."""
    return inner.startswith(outer)


def next_sibling(code: str) -> str | None:
    """The smallest code greater than everything inside `code`; None when there is none (`999…`).

    `440881` gives `440882`, `440899` gives `4409`. Only digits are compared, so every collation agrees.
    """
    stripped = code.rstrip("9")
    if not stripped:
        return None
    return stripped[:-1] + str(int(stripped[-1]) + 1)


def within(*codes: str, field: str = "area") -> Q:
    """The areas with these codes and all inside them, as a half-open range which an index serves on both stores.

    No code: nothing. `field` is the column holding the code (`area` for a foreign key, `code` for `Area` itself).
    """
    ranges = [_range(code, field) for code in outermost(codes)]
    if not ranges:
        return Q(pk__in=[])
    condition = ranges[0]
    for one in ranges[1:]:
        condition |= one
    return condition


def _range(code: str, field: str) -> Q:
    end = next_sibling(code)
    start = Q(**{f"{field}__gte": code})
    return start if end is None else start & Q(**{f"{field}__lt": end})


def outermost(codes: Iterable[str]) -> list[str]:
    """The codes without those that lie inside another of them, sorted."""
    kept: list[str] = []
    for code in sorted(set(codes)):
        if not kept or not contains(kept[-1], code):
            kept.append(code)
    return kept


def padded_township(code: str, among: Numbering | None = None) -> str:
    """The township of a code for numbers people read; a county's own matters count under township `000`."""
    chosen = among or numbering()
    if "township" not in chosen.levels:
        return code[: chosen.widths[-1]]
    return code[: chosen.width("township")].ljust(chosen.width("township"), "0")
