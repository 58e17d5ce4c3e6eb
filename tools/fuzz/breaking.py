"""Breaking what is whole: bytes, values of JSON and fields of forms, each by dice, so that a case can be repeated."""

import io
import json
import random
import re
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

Dice = random.Random
#: No case is larger: what is larger is refused by its length, which tests of their own show.
LARGEST = 1_000_000
#: Words that have broken programs.
NASTY: tuple[str, ...] = (
    *("", " ", "\0", "\r\n", "\ud800", "\ufeff", "\u202e", "\U0010ffff", "%s%n%x", "{{7*7}}", "{% load %}", "'", '"'),
    *("' OR 1=1--", "<script>alert(1)</script>", "=1+1", "@SUM(A1)", "../../etc/passwd", "\\\\host\\share", "null"),
    *("-0", "-1", "0", "1e999", "NaN", "Infinity", "9" * 400, str(2**31), str(2**63), str(2**64), "0x10", "１２", "٣"),
    *("0001-01-01", "9999-12-31", "0001-01-01T00:00", "9999-12-31T23:59"),
    *("0000-00-00", "2026-02-30", "9999-12-31T23:59:60+23:59", "0001-01-01T00:00:00+14:00", "24:00", "1" * 5000),
    *("村" * 3000, "a" * 100_000, "é́́" * 500, "00000000-0000-0000-0000-000000000000", "440881101201005999"),
)
_VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 2**31, 2**63, 2**64, 10**40, 1e308, -1e308, 0.1, [], {}, [[]], {"": {}}, [None] * 500),
)
_NUMBERS = (b"0", b"-1", b"255", b"65536", b"2147483647", b"4294967296", b"9999999999999999999999", b"1e400", b"NaN")
_BYTES = (
    b"\0",
    b"\xff",
    b"\xff\xfe",
    b"\x7f" * 8,
    b"\r",
    b"\n\n",
    b"<!ENTITY a '&a;&a;'>",
    b'"' * 9,
    b"," * 99,
    b"[" * 3000,
    b"<a>" * 3000,
)


def bytes_of(dice: Dice, seeds: Sequence[bytes]) -> bytes:
    """One of the seeds, broken in one to four ways; now and then as it is."""
    content = dice.choice(seeds)
    for _each in range(dice.choice((0, 1, 1, 1, 2, 2, 3, 4))):
        content = dice.choice(_WAYS)(dice, content, seeds)[:LARGEST]
    return content


def _flip(dice: Dice, content: bytes, seeds: Sequence[bytes]) -> bytes:
    broken = bytearray(content)
    for _each in range(dice.choice((1, 1, 2, 8, 64))):
        if broken:
            broken[dice.randrange(len(broken))] ^= 1 << dice.randrange(8)
    return bytes(broken)


def _head(dice: Dice, content: bytes, seeds: Sequence[bytes]) -> bytes:
    """The beginning decides what a file is taken for."""
    broken = bytearray(content)
    for _each in range(dice.choice((1, 2, 4))):
        if broken:
            broken[dice.randrange(min(len(broken), 64))] = dice.choice((0, 255, 127, dice.randrange(256)))
    return bytes(broken)


def _cut(dice: Dice, content: bytes, seeds: Sequence[bytes]) -> bytes:
    return content[: dice.randrange(len(content) + 1)]


def _drop(dice: Dice, content: bytes, seeds: Sequence[bytes]) -> bytes:
    first, last = _span(dice, content)
    return content[:first] + content[last:]


def _repeat(dice: Dice, content: bytes, seeds: Sequence[bytes]) -> bytes:
    first, last = _span(dice, content)
    return content[:first] + content[first:last] * dice.choice((2, 3, 50, 1000)) + content[last:]


def _insert(dice: Dice, content: bytes, seeds: Sequence[bytes]) -> bytes:
    at = dice.randrange(len(content) + 1)
    words = dice.choice(NASTY).encode("utf-8", "surrogatepass")
    return content[:at] + dice.choice((words, dice.choice(_BYTES))) + content[at:]


def _splice(dice: Dice, content: bytes, seeds: Sequence[bytes]) -> bytes:
    other = dice.choice(seeds)
    first, last = _span(dice, other)
    at = dice.randrange(len(content) + 1)
    return content[:at] + other[first:last] + content[at:]


def _number(dice: Dice, content: bytes, seeds: Sequence[bytes]) -> bytes:
    found = list(re.finditer(rb"-?\d+(?:\.\d+)?", content[:LARGEST]))
    if not found:
        return _insert(dice, content, seeds)
    one = dice.choice(found)
    return content[: one.start()] + dice.choice(_NUMBERS) + content[one.end() :]


def _span(dice: Dice, content: bytes) -> tuple[int, int]:
    first = dice.randrange(len(content) + 1)
    return first, min(len(content), first + dice.choice((1, 4, 16, 256, 4096)))


_WAYS: tuple[Callable[[Dice, bytes, Sequence[bytes]], bytes], ...] = (
    *(_flip, _head, _cut, _drop, _repeat, _insert, _splice, _number),
)


def zipped_of(dice: Dice, seeds: Sequence[bytes]) -> bytes:
    """An archive with one of its parts broken and packed anew, so that it is read; now and then broken outside."""
    if dice.random() < 0.3:
        return bytes_of(dice, seeds)
    out, is_bytes = io.BytesIO(), dice.random() < 0.9
    with (
        zipfile.ZipFile(io.BytesIO(dice.choice(seeds))) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as to,
    ):
        names = source.namelist()
        chosen = dice.choice(names)
        for name in names:
            content = source.read(name)
            if name == chosen:
                content = bytes_of(dice, [content]) if is_bytes else b"<a>" * 200_000
            to.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content)
    return out.getvalue()


def word(dice: Dice) -> str:
    """Something that a field does not expect."""
    return dice.choice(NASTY)


def value(dice: Dice) -> Any:
    """Some value of JSON, now and then one nested beyond reason."""
    if dice.random() < 0.05:
        deep: Any = 0
        for _each in range(dice.choice((50, 400))):
            deep = [deep] if dice.random() < 0.5 else {"a": deep}
        return deep
    return dice.choice((dice.choice(_VALUES), word(dice)))


def json_of(dice: Dice, seeds: Sequence[Any]) -> bytes:
    """One of the values, broken somewhere inside, as JSON; now and then its bytes broken too."""
    broken = json.loads(json.dumps(dice.choice(seeds)))
    for _each in range(dice.choice((0, 1, 1, 1, 2, 3))):
        broken = _broken(dice, broken)
    content = json.dumps(broken, ensure_ascii=dice.random() < 0.5).encode("utf-8", "surrogatepass")
    if dice.random() < 0.15:
        content = b"[" * 100_000 if dice.random() < 0.1 else bytes_of(dice, [content])
    return content[:LARGEST]


def _broken(dice: Dice, whole: Any) -> Any:
    """The value with one place in it, chosen on the way down, replaced, left out, doubled or renamed."""
    if not (isinstance(whole, dict | list) and whole) or dice.random() < 0.1:
        return value(dice)
    if isinstance(whole, list):
        at = dice.randrange(len(whole))
        return dice.choice(
            (
                lambda: [*whole[:at], _broken(dice, whole[at]), *whole[at + 1 :]],
                lambda: whole[:at] + whole[at + 1 :],
                lambda: whole * dice.choice((2, 20)),
            )
        )()
    name = dice.choice(list(whole))
    rest = {key: one for key, one in whole.items() if key != name}
    return dice.choice(
        (
            lambda: whole | {name: _broken(dice, whole[name])},
            lambda: whole | {name: value(dice)},
            lambda: rest,
            lambda: rest | {word(dice)[:50]: whole[name]},
        )
    )()


def form_of(dice: Dice, seeds: Sequence[dict[str, str]]) -> dict[str, str]:
    """Fields of a form with some of them replaced, left out or added."""
    form = dict(dice.choice(seeds))
    for _each in range(dice.choice((0, 1, 1, 2, 3))):
        name = dice.choice([*form, word(dice)[:30]])
        if dice.random() < 0.2:
            form.pop(name, None)
        else:
            form[name] = word(dice)
    return form
