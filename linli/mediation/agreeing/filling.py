"""Filling clauses: what was typed becomes typed values, and these are kept as words that read back the same."""

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from linli.kit.refusal import BadInput
from linli.mediation.agreeing.amounts import CENT, read_amount
from linli.mediation.agreeing.clauses import MOST_INSTALMENTS, TEMPLATES, Field, FieldKind, Template
from linli.mediation.agreeing.days import read_day
from linli.mediation.rules.terms import add_months

#: An agreement has no more clauses than this.
MOST_CLAUSES = 40


@dataclass(frozen=True)
class Clause:
    """A filled clause. `values` has what was filled in: str, Decimal, date, int, True, or a tuple of pairs or keys."""

    code: str
    values: Mapping[str, Any]

    @property
    def template(self) -> Template:
        """What it was filled from."""
        return TEMPLATES[self.code]


def read_clauses(sent: Sequence[Mapping[str, Any]], parties: Collection[str]) -> list[Clause]:
    """Clauses as they were kept or sent: [{"code": …, "values": {…}}]. Raises `BadInput`, with the clause's number."""
    if len(sent) > MOST_CLAUSES:
        raise BadInput(
            "too_many_clauses", _("An agreement has 40 clauses at most. Put together what belongs together.")
        )
    clauses = []
    for number, one in enumerate(sent, 1):
        try:
            clauses.append(read_clause(str(one.get("code", "")), one.get("values") or {}, parties))
        except BadInput as refusal:
            refusal.facts.setdefault("clause", number)
            raise
    return clauses


def read_clause(code: str, sent: Mapping[str, Any], parties: Collection[str]) -> Clause:
    """One clause; `sent` are words by field, `parties` the keys of those who may be named.

    Raises `BadInput` with facts: `field` the name of the field that is wrong.
    """
    template = TEMPLATES.get(code)
    if template is None:
        raise BadInput("no_such_clause", _("There is no such clause. Choose one of the list."))
    values = {}
    for field in template.fields:
        typed = str(sent.get(field.name) or "").strip()
        if not typed:
            if field.needed:
                raise BadInput("field_empty", _("Fill in: %(label)s."), label=field.label, field=field.name)
            continue
        try:
            values[field.name] = _READ[field.kind](field, typed, parties)
        except BadInput as refusal:
            refusal.facts.setdefault("field", field.name)
            raise
    _refuse_both_sides(values)
    _refuse_days_out_of_order(values)
    return Clause(code, values)


def kept(clause: Clause) -> dict[str, Any]:
    """The clause as JSON: words by field, which `read_clause` reads back the same."""
    return {"code": clause.code, "values": {name: _as_words(value) for name, value in clause.values.items()}}


def even_plan(total: Decimal, count: int, first_on: date) -> tuple[tuple[date, Decimal], ...]:
    """Instalments a month apart, alike to the fen; what does not divide falls to the last. Raises `BadInput`."""
    if not 1 <= count <= MOST_INSTALMENTS:
        raise BadInput("too_many_instalments", _("From 1 to 60 instalments are possible."), field="count")
    each = (total / count).quantize(CENT, rounding="ROUND_DOWN")
    if each <= 0:
        raise BadInput(
            "amount_too_fine", _("The smallest part of an amount is the fen, 0.01 yuan. Round it."), field="count"
        )
    return (
        *((add_months(first_on, month), each) for month in range(count - 1)),
        (add_months(first_on, count - 1), total - each * (count - 1)),
    )


def _refuse_both_sides(values: Mapping[str, Any]) -> None:
    debtors = {values.get("owed_by"), *(party for party, _amount in values.get("shares", ()))} - {None}
    creditor = values.get("owed_to")
    if creditor is not None and creditor == values.get("owed_by"):
        raise BadInput(
            "same_on_both_sides", _("Who owes and who receives are the same. Choose two parties."), field="owed_to"
        )
    if creditor is not None and debtors == {creditor}:
        raise BadInput(
            "same_on_both_sides", _("Who owes and who receives are the same. Choose two parties."), field="owed_to"
        )


def _refuse_days_out_of_order(values: Mapping[str, Any]) -> None:
    begins, ends = values.get("from_on"), values.get("until_on")
    if begins and ends and begins > ends:
        raise BadInput(
            "days_out_of_order", _("The first day lies after the last. Put them in order."), field="until_on"
        )


# --- one reader for each kind of field ------------------------------------------------------------------------------------


def _words(field: Field, typed: str, parties: Collection[str]) -> str:
    words = clean(typed)
    if len(words) > field.most:
        raise BadInput(
            "words_too_long",
            _("“%(label)s” takes %(most)s characters, these are %(length)s. Say the rest in a further clause."),
            label=field.label,
            most=field.most,
            length=len(words),
        )
    # The sentence goes on after it.
    return words.rstrip("。.；;，,")


def clean(typed: str) -> str:
    """One line: without what no eye sees, every run of blanks one blank."""
    seen = "".join(
        sign if unicodedata.category(sign)[0] != "C" else " " for sign in unicodedata.normalize("NFC", typed)
    )
    return re.sub(r"\s+", " ", seen).strip()


def _amount(field: Field, typed: str, parties: Collection[str]) -> Decimal:
    return read_amount(typed)


def _day(field: Field, typed: str, parties: Collection[str]) -> date:
    return read_day(typed)


def _party(field: Field, typed: str, parties: Collection[str]) -> str:
    if typed not in parties:
        raise BadInput("no_such_party", _("Choose one of the parties of this dispute."))
    return typed


def _parties(field: Field, typed: str, parties: Collection[str]) -> tuple[str, ...]:
    chosen = tuple(dict.fromkeys(_party(field, one, parties) for one in re.split(r"[\s,]+", typed) if one))
    if len(chosen) < 2:
        raise BadInput("two_parties", _("Choose at least two parties."))
    return chosen


def _count(field: Field, typed: str, parties: Collection[str]) -> int:
    figures = unicodedata.normalize("NFKC", typed)
    if not re.fullmatch(r"[0-9]{1,4}", figures) or not 1 <= int(figures) <= field.most:
        raise BadInput("count_out_of_range", _("Write a number from 1 to %(most)s."), most=field.most)
    return int(figures)


def _choice(field: Field, typed: str, parties: Collection[str]) -> str:
    if typed not in {choice.code for choice in field.choices}:
        raise BadInput("no_such_choice", _("Choose one of the list."))
    return typed


def _flag(field: Field, typed: str, parties: Collection[str]) -> bool:
    return True


def _plan(field: Field, typed: str, parties: Collection[str]) -> tuple[tuple[date, Decimal], ...]:
    lines = [_two(line) for line in typed.splitlines() if line.strip()]
    if len(lines) > field.most:
        raise BadInput("too_many_instalments", _("From 1 to 60 instalments are possible."))
    plan = tuple((read_day(day), read_amount(amount)) for day, amount in lines)
    days = [day for day, _amount in plan]
    if days != sorted(set(days)):
        raise BadInput(
            "days_out_of_order", _("Each instalment falls on a later day than the one before. Put them in order.")
        )
    return plan


def _shares(field: Field, typed: str, parties: Collection[str]) -> tuple[tuple[str, Decimal], ...]:
    lines = [_two(line) for line in typed.splitlines() if line.strip()]
    shares = tuple((_party(field, party, parties), read_amount(amount)) for party, amount in lines)
    if len({party for party, _amount in shares}) < len(shares):
        raise BadInput("share_twice", _("A party is named twice. Add its two amounts together."))
    return shares


def _two(line: str) -> tuple[str, str]:
    first, _blank, rest = line.strip().replace("　", " ").replace("\t", " ").partition(" ")
    if not rest.strip():
        raise BadInput(
            "line_needs_amount", _("In “%(line)s” an amount is missing. Leave a blank before it."), line=line[:60]
        )
    return first, rest.strip()


_READ: dict[FieldKind, Callable[[Field, str, Collection[str]], Any]] = {
    FieldKind.WORDS: _words,
    FieldKind.AMOUNT: _amount,
    FieldKind.DAY: _day,
    FieldKind.PARTY: _party,
    FieldKind.PARTIES: _parties,
    FieldKind.COUNT: _count,
    FieldKind.CHOICE: _choice,
    FieldKind.FLAG: _flag,
    FieldKind.PLAN: _plan,
    FieldKind.SHARES: _shares,
}


def _as_words(value: Any) -> str:
    if isinstance(value, tuple):
        pairs = bool(value) and isinstance(value[0], tuple)
        return "\n".join(f"{one[0]} {one[1]}" if pairs else one for one in value)
    return "yes" if value is True else str(value)
