"""Putting an agreement together: clauses chosen and filled field by field, in plain forms that keep what was typed.

Each clause has a place `n`; its fields are named `c<n>-<field>`. A button says what to do: add, take out, move, or save.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from linli.kit.numbers import whole_number
from linli.kit.refusal import BadInput
from linli.mediation.actions.agreeing import LONGEST_STORY, Story, story_of
from linli.mediation.agreeing.clauses import NOT_ORAL, TEMPLATES, USUAL, FieldKind, Part, Template
from linli.mediation.agreeing.clauses import Field as ClauseField
from linli.mediation.agreeing.filling import MOST_CLAUSES
from linli.mediation.forms.fields import day, line, party_choices, several, text_box
from linli.mediation.models import Agreement, Dispute

PARTS = {
    Part.PERFORMANCE: _("What is to be done"),
    Part.ORDER: _("How it is secured"),
    Part.CLOSING: _("What closes it"),
}


@dataclass
class Box:
    """One field of a clause on the page. `value` as typed; of shares, amounts by party."""

    field: ClauseField
    name: str
    value: Any
    parties: list[tuple[str, Any]]
    error: str = ""

    @property
    def id(self) -> str:
        """For its label."""
        return f"id_{self.name}"

    @property
    def kind(self) -> str:
        """How it is asked for."""
        return str(self.field.kind.value)

    @property
    def ticked(self) -> list[str]:
        """Parties ticked, of a field that takes several."""
        return str(self.value or "").split()

    @property
    def shares(self) -> list[tuple[str, Any, str]]:
        """Party, what it is called, its amount."""
        given = dict(one.partition(" ")[::2] for one in str(self.value or "").splitlines() if one.strip())
        return [(key, name, given.get(key, "")) for key, name in self.parties]


@dataclass
class Block:
    """One clause on the page."""

    place: int
    template: Template
    boxes: list[Box]
    error: str = ""


class StoryForm(forms.Form):
    """What stands beside the clauses (art. 29)."""

    facts = text_box(_("Main facts of the dispute"), longest=LONGEST_STORY, rows=5)
    disputed = text_box(_("What is disputed"), longest=LONGEST_STORY, rows=3, required=False)
    responsibility = text_box(_("Who is responsible for what"), longest=LONGEST_STORY, rows=3, required=False)
    place = line(_("Where it was agreed"), longest=200, required=False)
    made_on = day(_("On which day"), required=False)

    def story(self) -> Story:
        """As the action takes it."""
        return Story(**self.cleaned_data)


class AgreedBy(forms.Form):
    """Who said yes to an oral agreement."""

    agreed_by = several(_("Who has said yes to exactly this"))

    def __init__(self, *args: Any, dispute: Dispute, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["agreed_by"].choices = party_choices(dispute)  # type: ignore[attr-defined]


@dataclass
class Editor:
    """Clauses as they are typed just now: `[{"code": …, "values": {…}}]`."""

    dispute: Dispute
    is_oral: bool
    clauses: list[dict[str, Any]] = field(default_factory=list)
    problem: BadInput | None = None

    @classmethod
    def fresh(cls, dispute: Dispute, last: Agreement | None, *, is_oral: bool) -> "Editor":
        """From the version before, or with what every agreement has."""
        if last is not None:
            kept = [dict(one) for one in last.words["clauses"]]
            return cls(dispute, is_oral, [one for one in kept if not (is_oral and one["code"] in NOT_ORAL)])
        copies = str(dispute.parties.present().count() + 1)
        usual = [code for code in USUAL if not (is_oral and code in NOT_ORAL)]
        return cls(dispute, is_oral, [{"code": code, "values": {"copies": copies}} for code in usual])

    @classmethod
    def sent(cls, dispute: Dispute, data: QueryDict, *, is_oral: bool) -> "Editor":
        """As it was typed, in the order of the page."""
        parties = [key for key, _name in party_choices(dispute)]
        clauses = []
        for place in data.getlist("place_of")[: MOST_CLAUSES + 1]:
            template = TEMPLATES.get(data.get(f"c{place}-code", ""))
            if template is not None:
                values = {one.name: _typed(data, f"c{place}-{one.name}", one, parties) for one in template.fields}
                clauses.append({"code": template.code, "values": values})
        return cls(dispute, is_oral, clauses)

    def do(self, what: str, code: str) -> bool:
        """Add, take out or move a clause; whether it was one of these, so that nothing is saved yet."""
        verb, _dash, where = what.partition("-")
        place = -1 if (found := whole_number(where, MOST_CLAUSES)) is None else found
        if verb == "add":
            if code in TEMPLATES and len(self.clauses) < MOST_CLAUSES:
                self.clauses.insert(self._place_for(TEMPLATES[code].part), {"code": code, "values": {}})
        elif verb == "remove" and 0 <= place < len(self.clauses):
            del self.clauses[place]
        elif verb == "up" and 0 < place < len(self.clauses):
            self.clauses.insert(place - 1, self.clauses.pop(place))
        return verb in ("add", "remove", "up")

    def _place_for(self, part: Part) -> int:
        """After the last clause of its part: what is performed stands before what secures and closes it."""
        parts = list(Part)
        upto = parts.index(part)
        fitting = [n for n, one in enumerate(self.clauses, 1) if parts.index(TEMPLATES[one["code"]].part) <= upto]
        return max(fitting, default=0)

    @property
    def blocks(self) -> list[Block]:
        """The clauses with their fields, and what is wrong beside the field."""
        parties = party_choices(self.dispute)
        wrong = self.problem.facts if self.problem else {}
        blocks = []
        for place, one in enumerate(self.clauses):
            is_here = self.problem is not None and wrong.get("clause") == place + 1
            template = TEMPLATES[one["code"]]
            boxes = [
                Box(
                    field=each,
                    name=f"c{place}-{each.name}",
                    value=one["values"].get(each.name, ""),
                    parties=parties,
                    error=self.problem.message if is_here and self.problem and wrong.get("field") == each.name else "",
                )
                for each in template.fields
            ]
            said = any(box.error for box in boxes)
            error = self.problem.message if is_here and self.problem and not said else ""
            blocks.append(Block(place, template, boxes, error))
        return blocks

    @property
    def offered(self) -> list[tuple[Any, list[Template]]]:
        """The clauses that can be added, by part."""
        fitting = [one for one in TEMPLATES.values() if not (self.is_oral and one.code in NOT_ORAL)]
        return [(label, [one for one in fitting if one.part == part]) for part, label in PARTS.items()]


def _typed(data: QueryDict, name: str, one: ClauseField, parties: Sequence[str]) -> str:
    if one.kind == FieldKind.PARTIES:
        return " ".join(data.getlist(name))
    if one.kind == FieldKind.SHARES:
        typed = {key: data.get(f"{name}-{key}", "").strip() for key in parties}
        return "\n".join(f"{key} {amount}" for key, amount in typed.items() if amount)
    return str(data.get(name, ""))


def story_before(dispute: Dispute, last: Agreement | None, today: date) -> Mapping[str, Any]:
    """What the story begins with: the version before, or what was told when the dispute was registered."""
    if last is not None:
        before = story_of(last)
        return {name: getattr(before, name) for name in ("facts", "disputed", "responsibility", "place", "made_on")}
    told = dispute.words
    return {"facts": told["summary"], "disputed": told["claims"], "made_on": today}
