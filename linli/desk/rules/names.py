"""Finding what a word names among departments, categories and macros: whole, by its beginning, by initials, shortened."""

import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass

#: The first character of GB 2312's first level (3,755 characters, ordered by pinyin) that begins with each letter.
_FIRST = (
    *((0xB0A1, "a"), (0xB0C5, "b"), (0xB2C1, "c"), (0xB4EE, "d"), (0xB6EA, "e"), (0xB7A2, "f"), (0xB8C1, "g")),
    *((0xB9FE, "h"), (0xBBF7, "j"), (0xBFA6, "k"), (0xC0AC, "l"), (0xC2E8, "m"), (0xC4C3, "n"), (0xC5B6, "o")),
    *((0xC5BE, "p"), (0xC6DA, "q"), (0xC8BB, "r"), (0xC8F6, "s"), (0xCBFA, "t"), (0xCDDA, "w"), (0xCEF4, "x")),
    *((0xD1B9, "y"), (0xD4D1, "z")),
)
_STARTS = [start for start, _letter in _FIRST]
_LAST = 0xD7F9


@dataclass(frozen=True)
class Named:
    """Something that may be named: its code, its names, and where it belongs. `key` is what a form field takes."""

    key: str
    code: str
    name: str
    other: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Its names, folded as what is typed is."""
        return tuple(unicodedata.normalize("NFKC", one).casefold() for one in (self.name, self.other) if one)


def initials(name: str) -> str:
    """The pinyin initials of a name, e.g. `cgj` for 城管局; empty if a character is not of GB 2312's first level.

    A character that is read in two ways has the reading by which the standard orders it.
    """
    letters = [_initial(sign) for sign in name]
    return "".join(letters) if all(letters) else ""


def _initial(sign: str) -> str:
    try:
        code = int.from_bytes(sign.encode("gb2312"), "big")
    except UnicodeEncodeError:
        return ""
    if not _STARTS[0] <= code <= _LAST:
        return ""
    return _FIRST[bisect_right(_STARTS, code) - 1][1]


def _is_shortened(word: str, name: str) -> bool:
    """城管局 is 城市管理和综合执法局 shortened: it begins with the same character and keeps the order."""
    rest = iter(name)
    return len(word) > 1 and word[:1] == name[:1] and all(sign in rest for sign in word)


#: From the surest to the loosest: the first that finds anything decides.
_LEVELS: tuple[Callable[[str, Named], bool], ...] = (
    lambda word, one: word in one.names,
    lambda word, one: word == one.code.casefold(),
    lambda word, one: any(name.startswith(word) for name in one.names),
    lambda word, one: word == initials(one.name),
    lambda word, one: len(word) > 1 and initials(one.name).startswith(word),
    lambda word, one: _is_shortened(word, one.name.casefold()),
    lambda word, one: len(word) > 1 and any(word in name for name in one.names),
    lambda word, one: word.isascii() and _is_shortened(word, initials(one.name)),
)
#: Up to here a word names it: whole, or by its code.
_EXACT = 2


def found_by(word: str, among: Sequence[Named], *, exactly: bool = False) -> list[Named]:
    """Those that a word names, by the surest way that finds any."""
    folded = word.casefold()
    if not folded:
        return []
    for names in _LEVELS[:_EXACT] if exactly else _LEVELS:
        if found := [one for one in among if names(folded, one)]:
            return found
    return []


def all_by(word: str, among: Sequence[Named]) -> list[Named]:
    """All that a word may become, the surest first; all there are for none."""
    folded = word.casefold()
    if not folded:
        return list(among)
    found = [one for names in _LEVELS for one in among if names(folded, one)]
    return list(dict.fromkeys(found))


def spelled(one: Named, among: Sequence[Named]) -> str:
    """How completion writes it, so that it is read as this one and no other: its name, else its code."""
    plain = (
        one.name
        and unicodedata.normalize("NFKC", one.name) == one.name
        and not any(sign.isspace() or sign in _MARKS for sign in one.name)
    )
    return one.name if plain and found_by(one.name, among) == [one] else one.code


#: With these, a name would be read as something else.
_MARKS = "：:“”\"'#＃/‘’「」"
