"""Categories in words: the limit, and what was edited by whom, from what to what."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from linli.events.models import Category
from linli.events.rules import LIMIT_FIELDS, Limit, PublicPlace, Severity, Unit, Urgency
from linli.journal.models import Entry
from linli.people.models import Department
from linli.web.templatetags.page import in_language

LABELS: dict[str, Any] = {
    "name": _("Chinese name"),
    "name_en": _("English name"),
    "icon": _("Icon"),
    "gb_code": _("Code in the standard"),
    "limit": _("Limit"),
    "severity": _("Severity"),
    "urgency": _("Urgency"),
    "department_id": _("Department"),
    "is_public": _("Public"),
    "public_place": _("Place shown to the public"),
    "for_mediation": _("For mediation"),
    "emergency_call": _("Call first"),
    "questions": _("Extra questions"),
}
_YES_NO = {"True": _("Yes"), "False": _("No")}
_VALUES: dict[str, dict[str, Any]] = {
    "severity": dict(Severity.choices),
    "urgency": dict(Urgency.choices),
    "is_public": _YES_NO,
    "public_place": dict(PublicPlace.choices),
    "for_mediation": _YES_NO,
}
_NONE = "-"
_TURNS = {"+": _("added: %(question)s"), "-": _("dropped: %(question)s"), "~": _("changed: %(question)s")}


@dataclass(frozen=True)
class Changed:
    """One field that was changed; both values empty where the journal keeps only that it was."""

    label: str
    before: str = ""
    after: str = ""
    #: Of the questions: which were added, dropped, changed, in words.
    turns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Edit:
    """One edit of a category. `act` is `added`, `edited` or `closed`."""

    act: str
    edition: int
    by: str
    at: datetime
    changes: list[Changed]


#: How each unit is said with a number.
_COUNTED: dict[str, Callable[[int], str]] = {
    Unit.WORKING_DAYS: lambda n: ngettext("%(n)s working day", "%(n)s working days", n),
    Unit.HOURS: lambda n: ngettext("%(n)s hour", "%(n)s hours", n),
    Unit.NATURAL_DAYS: lambda n: ngettext("%(n)s natural day", "%(n)s natural days", n),
    Unit.SHIFT_HOURS: lambda n: ngettext("%(n)s working hour", "%(n)s working hours", n),
}


def limit_words(limit: Limit | None) -> str:
    """The limit as people say it; empty for none, as domains have."""
    return "" if limit is None else _COUNTED[limit.unit](limit.amount) % {"n": limit.amount}


def history(category: Category) -> list[Edit]:
    """The edits of a category from the journal, the newest first. Two queries."""
    entries = Entry.objects.filter(on_kind="category", on_key=str(category.pk), verb="category.edited")
    departments = {one.pk: one for one in Department.objects.all()}
    asked = {one["code"]: one for one in category.questions}
    return [_edit(entry, departments, asked) for entry in entries.select_related("by").order_by("-id")]


def _edit(entry: Entry, departments: dict[str, Department], asked: dict[str, Any]) -> Edit:
    fields = entry.facts.get("fields", [])
    act = "added" if "code" in fields else "closed" if fields == ["closed_on"] else "edited"
    return Edit(
        act=act,
        edition=entry.facts.get("edition", 0),
        by=entry.by.name if entry.by else "",
        at=entry.at,
        changes=_changes(entry.facts, departments, asked) if act == "edited" else [],
    )


def _changes(facts: dict[str, Any], departments: dict[str, Department], asked: dict[str, Any]) -> list[Changed]:
    told = {field: values for field, _mark, values in (one.partition(":") for one in facts.get("changed", []))}
    found = [_limit(told)] if LIMIT_FIELDS.keys() & told.keys() else []
    for field in LABELS:
        if field in told:
            before, _mark, after = told[field].partition(">")
            found.append(
                Changed(str(LABELS[field]), _value(field, before, departments), _value(field, after, departments))
            )
        elif field == "questions" and field in facts.get("fields", []):
            found.append(Changed(str(LABELS[field]), turns=tuple(_turn(one, asked) for one in facts.get(field, []))))
        elif field in facts.get("fields", []):
            # Written before the journal kept the values of this field.
            found.append(Changed(str(LABELS[field])))
    return found


def _limit(told: dict[str, str]) -> Changed:
    """The columns of the limit as one: a new limit clears the others."""
    sides = {unit: told.get(field, ">").partition(">") for field, unit in LIMIT_FIELDS.items()}
    before, after = (_one_of({unit: two[side] for unit, two in sides.items()}) for side in (0, 2))
    return Changed(str(LABELS["limit"]), before, after)


def _one_of(amounts: dict[Unit, str]) -> str:
    given = ((unit, int(amount)) for unit, amount in amounts.items() if amount.isdecimal())
    return next((limit_words(Limit(**{unit: amount})) for unit, amount in given), _NONE)


def _value(field: str, value: str, departments: dict[str, Department]) -> str:
    if field == "department_id" and value in departments:
        return in_language(departments[value])
    return str(_VALUES.get(field, {}).get(value, value))


def _turn(turn: str, asked: dict[str, Any]) -> str:
    mark, code = turn[:1], turn[1:]
    question = in_language(asked[code]) if code in asked else code
    return str(_TURNS.get(mark, "%(question)s")) % {"question": question}
