"""The editor of the extra questions of a category: rows of plain fields that are added and taken away by submitting."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

TYPES = (("choice", _("Choose one")), ("text", _("Words")), ("number", _("A number")))
MOST_QUESTIONS, MOST_CHOICES = 20, 20
_LONGEST = {"ask": 200, "ask_en": 200, "name": 100, "name_en": 100}
_NEEDED = _("Needed.")
_TOO_LONG = _("Too long, or not on one line.")


@dataclass
class ChoiceRow:
    """One answer to choose. `code` is what events store, so it never changes once given."""

    code: str = ""
    name: str = ""
    name_en: str = ""
    problems: dict[str, Any] = field(default_factory=dict)

    @property
    def is_blank(self) -> bool:
        """Nothing was written in it."""
        return not (self.name or self.name_en)


@dataclass
class QuestionRow:
    """One question as it stands in the form."""

    code: str = ""
    ask: str = ""
    ask_en: str = ""
    type: str = "choice"
    required: bool = False
    choices: list[ChoiceRow] = field(default_factory=list)
    problems: dict[str, Any] = field(default_factory=dict)
    is_new: bool = False

    @property
    def is_blank(self) -> bool:
        """Nothing was written in it."""
        return not (self.ask or self.ask_en) and all(one.is_blank for one in self.choices)


class Editor:
    """The questions of one form. Fields are named `q-0-ask`, `q-0-c-1-name`; buttons `do=add`, `drop:0`, …"""

    types = TYPES

    def __init__(self, rows: list[QuestionRow]) -> None:
        self.rows = rows

    @classmethod
    def stored(cls, questions: list[dict[str, Any]]) -> "Editor":
        """As the category has them."""
        return cls(
            [
                QuestionRow(
                    code=one["code"],
                    ask=one["ask"],
                    ask_en=one.get("ask_en", ""),
                    type=one["type"],
                    required=bool(one.get("required")),
                    choices=[ChoiceRow(**choice) for choice in one.get("choices", [])],
                )
                for one in questions
            ]
        )

    @classmethod
    def sent(cls, fields: Mapping[str, str]) -> "Editor":
        """As the form was sent, whatever is wrong with it."""
        rows = [_sent_row(fields, number) for number in _numbers(fields, "q-", MOST_QUESTIONS)]
        _once(rows)
        for row in rows:
            _once(row.choices)
        return cls(rows)

    def apply(self, do: str) -> None:
        """What a button asks for. Unknown words and numbers that point nowhere do nothing."""
        act, *where = do.split(":")
        numbers = [int(one) for one in where if re.fullmatch(r"[0-9]{1,3}", one)]
        row = self.rows[numbers[0]] if numbers and numbers[0] < len(self.rows) else None
        if act == "add" and len(self.rows) < MOST_QUESTIONS:
            self.rows.append(QuestionRow(choices=[ChoiceRow(), ChoiceRow()], is_new=True))
        elif row and act == "drop":
            self.rows.remove(row)
        elif row and act == "up" and numbers[0]:
            self.rows.insert(numbers[0] - 1, self.rows.pop(numbers[0]))
        elif row and act == "choice" and len(row.choices) < MOST_CHOICES:
            row.choices.append(ChoiceRow())
        elif row and act == "drop-choice" and len(numbers) == 2 and numbers[1] < len(row.choices):
            row.choices.pop(numbers[1])

    def is_valid(self) -> bool:
        """Whether the questions can be stored; what is wrong stands in `problems` of each row, by field."""
        self.rows = [row for row in self.rows if not row.is_blank]
        for row in self.rows:
            row.choices = [one for one in row.choices if not one.is_blank] if row.type == "choice" else []
            _check(row, "ask", "ask_en")
            if row.type == "choice" and len(row.choices) < 2:
                row.problems["choices"] = _("A question to choose from needs two answers at least.")
            for choice in row.choices:
                _check(choice, "name", "name_en")
        return not any(row.problems or any(one.problems for one in row.choices) for row in self.rows)

    def values(self) -> list[dict[str, Any]]:
        """What the category stores; new rows get codes made from their English words."""
        taken = {row.code for row in self.rows if row.code}
        return [_value(row, taken) for row in self.rows]


def _numbers(fields: Mapping[str, str], prefix: str, most: int) -> list[int]:
    found = (re.match(rf"{re.escape(prefix)}([0-9]{{1,3}})-", name) for name in fields)
    return sorted({int(match.group(1)) for match in found if match})[:most]


def _sent_row(fields: Mapping[str, str], number: int) -> QuestionRow:
    prefix = f"q-{number}-"
    kind = fields.get(prefix + "type", "choice")
    return QuestionRow(
        code=_code(fields.get(prefix + "code", "")),
        ask=fields.get(prefix + "ask", "").strip(),
        ask_en=fields.get(prefix + "ask_en", "").strip(),
        type=kind if kind in dict(TYPES) else "choice",
        required=bool(fields.get(prefix + "required")),
        choices=[
            ChoiceRow(
                code=_code(fields.get(f"{prefix}c-{one}-code", "")),
                name=fields.get(f"{prefix}c-{one}-name", "").strip(),
                name_en=fields.get(f"{prefix}c-{one}-name_en", "").strip(),
            )
            for one in _numbers(fields, f"{prefix}c-", MOST_CHOICES)
        ],
    )


def _once(rows: Sequence[QuestionRow | ChoiceRow]) -> None:
    """No form of ours sends a code twice; of one that does, the second counts as new."""
    seen: set[str] = set()
    for row in rows:
        row.code = "" if row.code in seen else row.code
        seen.add(row.code)


def _code(sent: str) -> str:
    return sent if re.fullmatch(r"[\w-]{1,40}", sent) else ""


def _check(row: QuestionRow | ChoiceRow, *names: str) -> None:
    for name in names:
        text = getattr(row, name)
        if not text:
            row.problems[name] = _NEEDED
        elif len(text) > _LONGEST[name] or not text.isprintable():
            row.problems[name] = _TOO_LONG


def _value(row: QuestionRow, taken: set[str]) -> dict[str, Any]:
    given = {one.code for one in row.choices if one.code}
    return {
        "code": row.code or _new_code(row.ask_en, "question", taken),
        "ask": row.ask,
        "ask_en": row.ask_en,
        "type": row.type,
        "choices": [
            {"code": one.code or _new_code(one.name_en, "choice", given), "name": one.name, "name_en": one.name_en}
            for one in row.choices
        ],
        "required": row.required,
    }


def _new_code(words: str, otherwise: str, taken: set[str]) -> str:
    """A code of small letters that none of `taken` is, and from now is one of them."""
    stem = re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")[:30].strip("_") or otherwise
    code = next(one for one in (stem, *(f"{stem}_{n}" for n in range(2, 1000))) if one not in taken)
    taken.add(code)
    return code
