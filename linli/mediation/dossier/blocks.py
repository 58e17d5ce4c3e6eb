"""What a paper is built of, the same for PDF and DOCX: titles, paragraphs, forms of labels and words, tables, places to sign.

Every block is a plain mapping, so that it reaches typst as JSON and nothing in it is read as markup.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from linli.mediation.dossier.parts import Head, Party, Scan, Sign, Stamp

Block = dict[str, Any]
#: What stands where nothing was said.
NOTHING = "（无）"
_BLANK_DAY = "　　　　年　　月　　日"


def title(words: str, below: str = "") -> Block:
    """The name of the paper, and its number below."""
    return {"is": "title", "words": words, "below": below}


def heading(words: str) -> Block:
    """一、……"""
    return {"is": "heading", "words": words}


def text(words: str, *, indent: bool = True, spaced: bool = False) -> Block:
    """Running words; each line is a paragraph. `spaced`: lines are far apart, to be read at arm's length."""
    lines = [one.strip() for one in words.splitlines() if one.strip()]
    return {"is": "text", "lines": lines or [NOTHING], "indent": indent, "spaced": spaced}


def small(words: str) -> Block:
    """A remark below."""
    return {"is": "small", "words": words}


def tick(words: str, on: bool) -> Block:
    """A box with a tick or without."""
    return {"is": "tick", "words": words, "on": on}


def label(words: str) -> Block:
    """A cell that names what stands beside it."""
    return {"words": words, "label": True, "span": 1, "tall": 0}


def cell(words: str, *, span: int = 1, tall: int = 0) -> Block:
    """A cell to read. `tall`: millimetres it has at least."""
    return {"words": words, "label": False, "span": span, "tall": tall}


def form(columns: Sequence[float], rows: Iterable[Sequence[Block]]) -> Block:
    """A ruled form; `columns` are shares of the width."""
    return {"is": "form", "columns": list(columns), "rows": [list(row) for row in rows]}


def pairs(*rows: tuple[str, str] | tuple[str, str, str, str]) -> Block:
    """A ruled form of one or two labels a row."""
    made = [
        [label(row[0]), cell(row[1]), label(row[2]), cell(row[3])]
        if len(row) == 4
        else [label(row[0]), cell(row[1], span=3)]
        for row in rows
    ]
    return form((1.05, 2.95, 1.05, 1.95), made)


def table(columns: Sequence[str], widths: Sequence[float], rows: Iterable[Sequence[str]]) -> Block:
    """A table with a head that is repeated on each page."""
    return {"is": "table", "columns": list(columns), "widths": list(widths), "rows": [list(row) for row in rows]}


def signs(fields: Iterable[Sign]) -> Block:
    """Places to sign, two beside each other."""
    return {"is": "signs", "fields": [_sign(one) for one in fields]}


def _sign(one: Sign) -> Block:
    note = f"{one.way}\n{moment(one.at) if one.at else ''}".rstrip() if one.is_signed else _BLANK_DAY
    return {"label": one.role, "name": one.name, "picture": one.picture, "note": note, "signed": one.is_signed}


def scans(of: Iterable[Scan | None]) -> list[Block]:
    """Files that belong to the paper, each page on one of its own; no block where there is none."""
    found = [{"name": one.name, "picture": one} for one in of if one]
    return [{"is": "scans", "pages": found}] if found else []


def stamped(stamp: Stamp) -> Block:
    """The committee, its seal, and the day."""
    note = "（已盖章）" if stamp.at else "（盖章）"
    return {"is": "stamp", "body": stamp.body, "note": note, "day": day(stamp.at) if stamp.at else _BLANK_DAY}


# --- words --------------------------------------------------------------------------------------------------------------


def day(on: date | datetime | None) -> str:
    """2026年11月9日; the places for it where there is none."""
    if on is None:
        return _BLANK_DAY
    if isinstance(on, datetime):
        on = timezone.localtime(on).date()
    return f"{on.year}年{on.month}月{on.day}日"


def moment(at: datetime | None) -> str:
    """2026年11月9日15时05分, in the time of the home."""
    if at is None:
        return _BLANK_DAY
    local = timezone.localtime(at)
    return f"{day(at)}{local.hour}时{local.minute:02d}分"


def span(began: datetime, ended: datetime) -> str:
    """2026年11月9日15时05分至16时00分."""
    last = timezone.localtime(ended)
    same = timezone.localtime(began).date() == last.date()
    return f"{moment(began)}至" + (f"{last.hour}时{last.minute:02d}分" if same else moment(ended))


def or_nothing(words: str) -> str:
    """The words, or that there are none."""
    return words.strip() or NOTHING


def yes(value: bool | None, on: str, off: str) -> str:
    """Two ways an answer goes, the one that was given ticked."""
    return f"{_box(value is True)}{on}　　{_box(value is False)}{off}"


def _box(on: bool) -> str:
    return "√ " if on else "□ "


def numbered(items: Iterable[str]) -> str:
    """One a line, counted in Chinese."""
    return "\n".join(f"{number}．{one.strip()}" for number, one in enumerate(items, 1))


_SECTION = re.compile("[一二三四五六七八九十]+、")


def worded(words: str) -> list[Block]:
    """A text with sections of its own, word for word: 一、…… are its headings."""
    made: list[Block] = []
    for line in (one.strip() for one in words.splitlines() if one.strip()):
        is_heading = _SECTION.match(line) and len(line) < 30
        made.append(heading(line) if is_heading else text(line))
    return made or [text("")]


def parties(head: Head) -> Block:
    """All sides in one table."""
    return table(
        ("身份", "姓名或名称", "类别", "联系电话", "住所"),
        (1.1, 1.6, 1.0, 1.8, 2.9),
        [
            (str(one.side), named(one), one.kind, one.telephone or NOTHING, one.address or NOTHING)
            for one in head.parties
        ],
    )


def named(party: Party) -> str:
    """The name, with who speaks for it or for how many it speaks."""
    more = []
    if party.stands_for:
        more.append(f"{party.stands_for}人推选的代表：{party.representative}")
    elif party.representative:
        more.append(f"法定代表人（负责人）：{party.representative}")
    return party.name + (f"（{'；'.join(more)}）" if more else "")


def introduced(party: Party) -> str:
    """A party in one sentence, as agreements begin with it."""
    said = [f"{party.side}：{named(party)}", party.kind]
    if party.id_number:
        said.append(f"证件号码：{party.id_number}")
    if party.address:
        said.append(f"住所：{party.address}")
    if party.telephone:
        said.append(f"联系电话：{party.telephone}")
    return "，".join(said) + "。"
