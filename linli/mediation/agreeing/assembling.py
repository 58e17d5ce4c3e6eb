"""From clauses to the text of an agreement, and to what is owed as data; and whether an edited text still says the same.

The parts of the text follow 人民调解法 art. 29: the parties; facts, disputed matters and responsibility; what was agreed;
manner, place and term of performance.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from linli.mediation.agreeing.amounts import amounts_in, in_both, in_figures, written_twice
from linli.mediation.agreeing.clauses import NOT_ORAL, FieldKind, Part
from linli.mediation.agreeing.days import days_in, in_words
from linli.mediation.agreeing.filling import Clause
from linli.mediation.rules.kinds import ObligationKind, ProofKind


@dataclass(frozen=True)
class Named:
    """A party as the text names it. `details` are pairs of label and words, Chinese both: 住址, 联系电话."""

    key: str
    side: str
    name: str
    details: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Facts:
    """What an agreement says besides its clauses."""

    case_no: str
    parties: tuple[Named, ...]
    facts: str = ""
    disputed: str = ""
    responsibility: str = ""
    body: str = ""
    is_oral: bool = False
    place: str = ""
    made_on: date | None = None


@dataclass(frozen=True)
class Owed:
    """One promise. `clause` is the number of its clause; `due_on` None: at signing, or from then on for what is left be."""

    number: int
    clause: int
    owed_by: str
    owed_to: str | None
    kind: ObligationKind
    what: str
    amount: Decimal | None
    due_on: date | None
    proof: ProofKind
    place: str = ""


#: What stands before the things agreed; where it is gone from an edited text, the whole text is looked through.
AGREED = "自愿达成如下协议："
_NUMERALS = "一二三四五六七八九十"


def assemble(facts: Facts, clauses: Sequence[Clause]) -> str:
    """The text of the agreement, up to the signatures."""
    names = names_of(facts)
    owed = obligations(clauses, names)
    head = ["口头协议登记表" if facts.is_oral else "人民调解协议书"]
    head += [f"编号：{facts.case_no}"] if facts.case_no else []
    sections = [
        ("当事人", [_party_line(party) for party in facts.parties]),
        ("纠纷的主要事实", _paragraphs(facts.facts)),
        ("争议事项", _paragraphs(facts.disputed)),
        ("各方当事人的责任", _paragraphs(facts.responsibility)),
        ("协议内容", _agreed(facts, clauses, names)),
        ("履行的方式、地点和期限", [performance(one, names) for one in owed]),
    ]
    lines = head
    for numeral, (heading, words) in zip(_NUMERALS, (one for one in sections if one[1]), strict=False):
        lines += ["", f"{numeral}、{heading}", *words]
    return "\n".join(lines) + "\n"


def names_of(facts: Facts) -> dict[str, str]:
    """Names by key, as the text has them: where two have the same name, the side stands before it."""
    all_names = [party.name for party in facts.parties]
    return {
        party.key: f"{party.side}{party.name}" if all_names.count(party.name) > 1 else party.name
        for party in facts.parties
    }


def _party_line(party: Named) -> str:
    return (
        "，".join([f"{party.side}：{party.name}", *(f"{label}：{words}" for label, words in party.details if words)])
        + "。"
    )


def _paragraphs(words: str) -> list[str]:
    return [line.strip() for line in words.splitlines() if line.strip()]


def _agreed(facts: Facts, clauses: Sequence[Clause], names: Mapping[str, str]) -> list[str]:
    at = f"于{in_words(facts.made_on)}" if facts.made_on else ""
    where = f"在{facts.place}" if facts.place else ""
    by = f"经{facts.body}{at}{where}调解" if facts.body else f"经{at}{where}调解"
    ordered = in_order(clauses, is_oral=facts.is_oral)
    lines = [f"{number}. {in_text(clause, names)}" for number, clause in enumerate(ordered, 1)]
    return [f"{by}，各方当事人{AGREED}", *lines] if lines else []


def in_order(clauses: Sequence[Clause], *, is_oral: bool = False) -> list[Clause]:
    """What is performed first, then how it is secured, then what closes it; within each as they were put."""
    parts = list(Part)
    kept = [clause for clause in clauses if not (is_oral and clause.code in NOT_ORAL)]
    return sorted(kept, key=lambda clause: parts.index(clause.template.part))


# --- one clause ----------------------------------------------------------------------------------------------------------


def in_text(clause: Clause, names: Mapping[str, str]) -> str:
    """The clause as the agreement says it."""
    return _filled(clause.template.words, _shown(clause, names))


def _shown(clause: Clause, names: Mapping[str, str]) -> dict[str, str]:
    shown = {"when": when(clause.values.get("due_on"))}
    for one in clause.template.fields:
        value = clause.values.get(one.name)
        if value is None:
            continue
        if one.kind == FieldKind.CHOICE:
            value = next(choice.words for choice in one.choices if choice.code == value)
        shown[one.name] = _SHOW[one.kind](value, names)
        if one.kind in (FieldKind.PLAN, FieldKind.SHARES):
            shown |= {"count": str(len(value)), "total": in_both(total_of(clause))}
    return shown


def when(due_on: date | None) -> str:
    """Until when, as the text says it."""
    return f"于{in_words(due_on)}前（含当日）" if due_on else "于签订本协议时当场"


def total_of(clause: Clause) -> Decimal:
    """All that a clause says is to be paid; 0 for none."""
    lines = clause.values.get("plan") or clause.values.get("shares")
    return sum((amount for _which, amount in lines), Decimal(0)) if lines else clause.values.get("amount") or Decimal(0)


_SHOW: dict[FieldKind, Callable[[Any, Mapping[str, str]], str]] = {
    FieldKind.WORDS: lambda value, names: str(value),
    FieldKind.CHOICE: lambda value, names: str(value),
    FieldKind.COUNT: lambda value, names: str(value),
    # It opens its brackets and says nothing itself.
    FieldKind.FLAG: lambda value, names: "",
    FieldKind.AMOUNT: lambda value, names: in_both(value),
    FieldKind.DAY: lambda value, names: in_words(value),
    FieldKind.PARTY: lambda value, names: names[value],
    FieldKind.PARTIES: lambda value, names: "、".join(names[one] for one in value),
    FieldKind.PLAN: lambda value, names: "；".join(
        f"第{number}期于{in_words(day)}前（含当日）支付{in_figures(amount)}"
        for number, (day, amount) in enumerate(value, 1)
    ),
    FieldKind.SHARES: lambda value, names: "、".join(
        f"{names[party]}承担{in_figures(amount)}" for party, amount in value
    ),
}


def _filled(words: str, shown: Mapping[str, str]) -> str:
    """The words with their fields; what is in brackets only where all its fields are there."""
    kept = re.sub(r"\[([^\]]*)\]", lambda piece: piece[1] if _all_there(piece[1], shown) else "", words)
    return re.sub(r"\{(\w+)\}", lambda found: shown.get(found[1], ""), kept)


def _all_there(words: str, shown: Mapping[str, str]) -> bool:
    return all(name in shown for name in re.findall(r"\{(\w+)\}", words))


# --- what is owed --------------------------------------------------------------------------------------------------------


def obligations(clauses: Sequence[Clause], names: Mapping[str, str]) -> tuple[Owed, ...]:
    """What is owed, in the order of the text, numbered from 1."""
    found = [(number, draft) for number, clause in enumerate(in_order(clauses), 1) for draft in _drafts(clause, names)]
    return tuple(
        Owed(
            number,
            clause,
            draft.owed_by,
            draft.owed_to,
            draft.kind,
            draft.what,
            draft.amount,
            draft.due_on,
            draft.proof,
            draft.place,
        )
        for number, (clause, draft) in enumerate(found, 1)
    )


@dataclass(frozen=True)
class _Draft:
    owed_by: str
    owed_to: str | None
    kind: ObligationKind
    what: str
    amount: Decimal | None
    due_on: date | None
    proof: ProofKind
    place: str = ""


def _drafts(clause: Clause, names: Mapping[str, str]) -> Iterator[_Draft]:
    template, values = clause.template, clause.values
    if template.kind is None:
        return
    kind, proof, place = template.kind, template.proof, values.get("place", "")
    what, to, due_on = _filled(template.what, _shown(clause, names)), values.get("owed_to"), values.get("due_on")
    if plan := values.get("plan"):
        for number, (day, amount) in enumerate(plan, 1):
            yield _Draft(values["owed_by"], to, kind, f"{what}（第{number}期）", amount, day, proof, place)
    elif shares := values.get("shares"):
        for party, amount in shares:
            # Nobody owes a share to themselves: it is their own.
            if party != to:
                yield _Draft(party, to, kind, what, amount, due_on, proof, place)
    elif parties := values.get("parties"):
        for party in parties:
            other = next((one for one in parties if one != party), None) if len(parties) == 2 else None
            yield _Draft(party, other, kind, what, None, None, proof)
    else:
        yield _Draft(values["owed_by"], to, kind, what, values.get("amount"), due_on, proof, place)
    if until := values.get("later_until"):
        yield _Draft(values["owed_by"], to, kind, "凭票据支付后续治疗费用", None, until, proof, place)


def performance(owed: Owed, names: Mapping[str, str]) -> str:
    """One promise as the part on performance says it."""
    to = f"向{names[owed.owed_to]}" if owed.owed_to and owed.kind != ObligationKind.REFRAIN else ""
    until = "自本协议生效之日起" if owed.kind == ObligationKind.REFRAIN else when(owed.due_on)
    amount = f"，金额{in_figures(owed.amount)}" if owed.amount is not None else ""
    place = f"，地点：{owed.place}" if owed.place else ""
    return f"（{owed.number}）{names[owed.owed_by]}{until}{to}履行：{owed.what}{amount}{place}，以{_PROOFS[owed.proof]}为证。"


_PROOFS = {
    ProofKind.WORD: "对方确认",
    ProofKind.RECEIPT: "收条",
    ProofKind.TRANSFER: "转账凭证",
    ProofKind.PHOTO: "照片",
}


# --- whether an edited text still says it ----------------------------------------------------------------------------------


class Differs(models.TextChoices):
    """In what a text and its obligations differ."""

    AMOUNT_ONLY_IN_TEXT = "amount_only_in_text", _("This amount stands in the text, and no obligation has it")
    AMOUNT_ONLY_OWED = "amount_only_owed", _("This amount is owed, and the text does not say it")
    DAY_ONLY_IN_TEXT = "day_only_in_text", _("This day stands in the text, and no obligation has it")
    DAY_ONLY_OWED = "day_only_owed", _("This day is the last of an obligation, and the text does not say it")
    CAPITALS_DIFFER = (
        "capitals_differ",
        _("Figures and capitals of this amount do not say the same: one of them was changed"),
    )
    CAPITALS_NOT_READ = "capitals_not_read", _("One of the two ways in which this amount is written cannot be read")
    PARTY_ONLY_OWED = "party_only_owed", _("This party owes or receives, and the text does not name it")


@dataclass(frozen=True)
class Difference:
    """One difference. `value` is what differs, in words; `at` where it stands in the text, None if only in the data."""

    code: Differs
    value: str
    at: int | None = None


def differences(text: str, clauses: Sequence[Clause], names: Mapping[str, str]) -> list[Difference]:
    """Where an edited text and the obligations no longer agree: amounts that contradict themselves, then what only the text
    says, each in their order, then what only the data say.
    """
    # What stands before tells what was claimed, and when and where it was mediated.
    begin = max(text.find(AGREED), 0)
    agreed, owed = text[begin:], obligations(clauses, names)
    # Totals, penalties and the like are said by a clause and owed by nobody yet.
    own_words = "\n".join(in_text(clause, names) for clause in clauses)
    amounts = {one.amount for one in owed if one.amount is not None}
    days = {one.due_on for one in owed if one.due_on is not None}
    seen_amounts, seen_days = amounts_in(agreed), days_in(agreed)
    may_stand = (
        amounts | {amount for _at, amount in amounts_in(own_words)},
        days | {day for _at, day in days_in(own_words)},
    )
    in_text_only = [
        (at, Differs.AMOUNT_ONLY_IN_TEXT, in_figures(amount))
        for at, amount in seen_amounts
        if amount not in may_stand[0]
    ]
    twice = [
        (one.at, Differs.CAPITALS_DIFFER if one.second is not None else Differs.CAPITALS_NOT_READ, one.words)
        for one in written_twice(text)
        if not one.agrees
    ]
    in_text_only += [(at, Differs.DAY_ONLY_IN_TEXT, in_words(day)) for at, day in seen_days if day not in may_stand[1]]
    # Below one yuan amounts are not looked for in a text.
    lost_amounts = sorted(one for one in amounts - {amount for _at, amount in seen_amounts} if one >= 1)
    lost_days = sorted(days - {day for _at, day in seen_days})
    needed = dict.fromkeys(names[key] for one in owed for key in _named(one) if key)
    return [
        *(Difference(code, value, at) for at, code, value in sorted(twice)),
        *(Difference(code, value, begin + at) for at, code, value in sorted(in_text_only)),
        *(Difference(Differs.AMOUNT_ONLY_OWED, in_figures(amount)) for amount in lost_amounts),
        *(Difference(Differs.DAY_ONLY_OWED, in_words(day)) for day in lost_days),
        *(Difference(Differs.PARTY_ONLY_OWED, name) for name in needed if name not in agreed),
    ]


def _named(owed: Owed) -> tuple[str | None, ...]:
    # Before whom something is left be need not be said.
    return (owed.owed_by,) if owed.kind == ObligationKind.REFRAIN else (owed.owed_by, owed.owed_to)
