"""The form of a category: what it may hold, what of it was changed, and what is kept when somebody else was quicker."""

import json
import re
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from linli.events.actions.categories import LARGEST, LONGEST
from linli.events.models import Category, Pack
from linli.events.rules import LIMIT_FIELDS, PublicPlace, Severity, Urgency
from linli.people.models import Department
from linli.web.categories_questions import Editor
from linli.web.categories_told import LABELS

_SPRITE = Path(__file__).parent / "static" / "vendor" / "lucide.svg"
WORKING_DAYS = "limit_working_days"
UNITS = (
    (WORKING_DAYS, _("working days")),
    ("limit_hours", _("hours")),
    ("limit_natural_days", _("natural days")),
    ("limit_shift_hours", _("working hours")),
)


@lru_cache(maxsize=1)
def icons() -> tuple[str, ...]:
    """The names of the icons that come with linli."""
    return tuple(re.findall(r'<symbol id="([a-z0-9-]+)"', _SPRITE.read_text(encoding="utf-8")))


def is_domain(category: Category) -> bool:
    """A domain groups categories and has no limit of its own."""
    return category.parent_id is None and category.limit is None


class CategoryForm(forms.Form):
    """A category, or a domain, which has but names and an icon.

    Every field is sent with what it was when the form was opened (`was-…`), so that saving changes only what this
    person changed.
    """

    name = forms.CharField(label=LABELS["name"], max_length=LONGEST["name"])
    name_en = forms.CharField(label=LABELS["name_en"], max_length=LONGEST["name_en"])
    limit = forms.IntegerField(label=LABELS["limit"], min_value=1)
    unit = forms.ChoiceField(label=_("counted in"), choices=UNITS)
    severity = forms.ChoiceField(label=LABELS["severity"], choices=Severity.choices)
    urgency = forms.ChoiceField(label=LABELS["urgency"], choices=Urgency.choices)
    department = forms.ModelChoiceField(
        Department.objects.none(), label=_("Responsible department"), empty_label=_("Choose")
    )
    gb_code = forms.CharField(label=LABELS["gb_code"], max_length=LONGEST["gb_code"], required=False)
    emergency_call = forms.CharField(
        label=LABELS["emergency_call"],
        max_length=LONGEST["emergency_call"],
        required=False,
        help_text=_("The number to call before anything is typed: 110, 119, 120. Empty for none."),
    )
    is_public = forms.BooleanField(label=_("The public may see matters of this category"), required=False)
    public_place = forms.ChoiceField(
        label=LABELS["public_place"],
        choices=PublicPlace.choices,
        help_text=_("If the public may see them: never more closely than this, on the map and in every file."),
    )
    for_mediation = forms.BooleanField(label=_("A dispute: it may go to mediation"), required=False)
    icon = forms.ChoiceField(label=LABELS["icon"], required=False)

    _OF_LEAVES = (
        *("limit", "unit", "severity", "urgency", "department", "gb_code", "emergency_call"),
        *("is_public", "public_place", "for_mediation"),
    )

    def __init__(self, *args: Any, category: Category | None = None, **kwargs: Any) -> None:
        self.category = category
        kwargs.setdefault("initial", _fields_of(category) if category else {"unit": WORKING_DAYS})
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.fields["department"].queryset = Department.objects.filter(closed_on__isnull=True)  # type: ignore[attr-defined]
        self.fields["icon"].choices = [(one, one) for one in ("", *icons())]  # type: ignore[attr-defined]
        for name in LONGEST:
            self.fields[name].widget.attrs["maxlength"] = LONGEST[name]
        if category is not None and is_domain(category):
            for name in self._OF_LEAVES:
                del self.fields[name]

    @classmethod
    def unchecked(cls, sent: QueryDict, category: Category | None = None) -> "CategoryForm":
        """The form with what was typed, without looking for mistakes yet: only a row of questions was asked for."""
        return cls(category=category, initial={name: sent.get(name, "") for name in cls.base_fields})

    def clean_emergency_call(self) -> str:
        """Digits only, full-width ones made plain."""
        number = unicodedata.normalize("NFKC", self.cleaned_data["emergency_call"])
        if number and not re.fullmatch(r"[0-9]{3,10}", number):
            raise forms.ValidationError(_("Digits only, such as 119."), code="no_number")
        return number

    def clean(self) -> dict[str, Any]:
        """The limit lies within what its unit allows."""
        clean: dict[str, Any] = super().clean() or {}
        limit, unit = clean.get("limit"), clean.get("unit")
        if limit and unit and limit > LARGEST[unit]:
            wrong = _("A time limit is a whole number from 1 to %(largest)s.") % {"largest": LARGEST[unit]}
            self.add_error("limit", wrong)
        return clean

    def was(self) -> dict[str, str]:
        """Every field as it was when the form was opened, as text."""
        if self.is_bound:
            return {name: self.data.get(f"was-{name}", "") for name in self.fields}
        return _fields_of(self.category) if self.category else {}

    def values(self) -> dict[str, Any]:
        """All fields as the actions take them."""
        clean = {name: value for name, value in self.cleaned_data.items() if name in self.fields}
        limit, unit = clean.pop("limit", None), clean.pop("unit", WORKING_DAYS)
        return {**clean, unit: limit} if limit else clean

    def changes(self) -> dict[str, Any]:
        """Of these, what this person changed."""
        was, values = self.was(), self.values()
        touched = {name for name in self.fields if self.data.get(name, "").strip() != was[name]}
        if touched & {"limit", "unit"}:
            touched |= LIMIT_FIELDS.keys()
        return {name: value for name, value in values.items() if name in touched}

    def brought_up(self, category: Category) -> "CategoryForm":
        """This form over what somebody else has stored meanwhile: what was changed here stays, the rest is theirs."""
        was, stored, sent = self.was(), _fields_of(category), dict(self.data.items())
        for name in self.fields:
            if sent.get(name, "").strip() == was[name]:
                sent[name] = stored.get(name, "")
            sent[f"was-{name}"] = stored.get(name, "")
        return CategoryForm(sent, category=category)


class NewCategoryForm(CategoryForm):
    """A category of the county's own: in which domain, under which code."""

    parent = forms.ModelChoiceField(
        Category.objects.none(), label=_("Domain"), required=False, empty_label=_("None: this is a domain itself")
    )
    code = forms.CharField(label=_("Category code"), max_length=20)

    field_order = ("parent", "code")

    def __init__(self, *args: Any, pack: Pack, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        domains = pack.categories.filter(parent__isnull=True, closed_on__isnull=True)
        self.fields["parent"].queryset = domains  # type: ignore[attr-defined]
        if self.is_bound and not self.data.get("parent"):
            for name in ("limit", "unit", "severity", "urgency", "department", "public_place"):
                self.fields[name].required = False

    def values(self) -> dict[str, Any]:
        """What `add_category` takes; a domain has neither limit nor department."""
        values = super().values()
        if values["parent"] is None:
            return {name: values[name] for name in ("parent", "code", "name", "name_en", "icon")}
        return values


def next_code(domain: Category) -> str:
    """A free code for another category of this domain. In the standard 001-079 are its own, 080-999 local (china.md §1.3)."""
    taken = set(Category.objects.filter(pack=domain.pack_id).values_list("code", flat=True))
    width = max((len(one.code) - len(domain.code) for one in domain.children.all()), default=2)
    numbers = range(80 if width == 3 else 1, 10 ** max(width, 1))
    return next((code for n in numbers if (code := f"{domain.code}{n:0{width}d}") not in taken), "")


def questions_were(sent: QueryDict, category: Category) -> list[dict[str, Any]]:
    """The questions as they were when the form was opened; as stored, if it does not say."""
    try:
        were = json.loads(sent.get("was-questions", ""))
    except ValueError:
        return category.questions
    return were if isinstance(were, list) else category.questions


def editor_brought_up(sent: QueryDict, editor: Editor, category: Category) -> Editor:
    """The questions as typed, or, where this person left them alone, as they are stored now."""
    return Editor.stored(category.questions) if editor.values() == questions_were(sent, category) else editor


def _fields_of(category: Category) -> dict[str, str]:
    """A category as the texts its form sends."""
    unit = next((field for field in LIMIT_FIELDS if getattr(category, field) is not None), WORKING_DAYS)
    number = getattr(category, unit)
    return {
        "name": category.name,
        "name_en": category.name_en,
        "icon": category.icon,
        "gb_code": category.gb_code,
        "limit": "" if number is None else str(number),
        "unit": unit,
        "severity": category.severity,
        "urgency": category.urgency,
        "department": category.department_id or "",
        "is_public": "on" if category.is_public else "",
        "public_place": category.public_place,
        "for_mediation": "on" if category.for_mediation else "",
        "emergency_call": category.emergency_call,
    }
