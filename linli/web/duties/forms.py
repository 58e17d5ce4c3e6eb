"""The forms of the duty list: a table with its name, a day, the name of a copy, one line."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.areas.models import Area
from linli.events.actions import LineDraft
from linli.events.actions.duties import LONGEST
from linli.events.duty_files import LABELS
from linli.events.forms.fields import CategoryField
from linli.events.models import Category, Duty
from linli.kit.tables import TABLE_FILES
from linli.people.models import Department


class _Form(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)


def _day(**more: Any) -> forms.DateField:
    return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **more)


class Named(_Form):
    """What a version is called."""

    name = forms.CharField(label=_("Name of the version"), max_length=100, help_text=_("E.g. 2026, second edition."))


class About(Named):
    """Where a version comes from."""

    source = forms.CharField(
        label=_("Where it was published"), max_length=300, required=False, help_text=_("The document and its number.")
    )
    valid_from = _day(label=_("Valid from, by its own words"), required=False)


class Upload(About):
    """A table with what it is called."""

    table = forms.FileField(
        label=_("The table"),
        help_text=_("A spreadsheet (XLSX, XLS, ODS) or CSV. Its first row names the columns."),
        widget=forms.FileInput(attrs={"accept": TABLE_FILES}),
    )
    field_order = ("table", "name", "source", "valid_from")


class Tried(About):
    """A table that was tried and is kept."""

    kept = forms.UUIDField(widget=forms.HiddenInput)


class FromDay(_Form):
    """From which day."""

    from_on = _day(label=_("Use it from this day on"))


class LineForm(_Form):
    """What a line says."""

    lead = forms.ModelChoiceField(Department.objects.none(), label=LABELS["lead"], empty_label=_("Choose"))
    basis = forms.CharField(
        label=LABELS["basis"],
        max_length=LONGEST["basis"],
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The law, rule or agreement it rests on, with its article."),
    )
    hours = forms.CharField(
        label=LABELS["hours"],
        max_length=LONGEST["hours"],
        required=False,
        help_text=_("E.g. 8:30-12:00, 14:30-17:30; Monday to Friday where nothing is said. Or 24小时."),
    )
    contact = forms.CharField(
        label=LABELS["contact"],
        max_length=LONGEST["contact"],
        required=False,
        help_text=_("Of the office, never of a person."),
    )
    co_handlers = forms.ModelMultipleChoiceField(
        Department.objects.none(),
        label=LABELS["co_handlers"],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, duty: Duty | None = None, **kwargs: Any) -> None:
        if duty is not None:
            kwargs["initial"] = {
                "lead": duty.lead_id,
                "co_handlers": [one.pk for one in duty.co_handlers.all()],
                "basis": duty.basis,
                "hours": duty.hours,
                "contact": duty.contact,
            }
        super().__init__(*args, **kwargs)
        departments = Department.objects.filter(closed_on__isnull=True)
        self.fields["lead"].queryset = departments  # type: ignore[attr-defined]
        self.fields["co_handlers"].queryset = departments  # type: ignore[attr-defined]

    def draft(self) -> LineDraft:
        """The line as the actions take it."""
        clean = self.cleaned_data
        return LineDraft(clean["lead"], tuple(clean["co_handlers"]), clean["basis"], clean["hours"], clean["contact"])


class NewLineForm(LineForm):
    """A new line: of which category, where."""

    category = CategoryField(label=LABELS["category"])
    area = forms.CharField(
        label=LABELS["area"], max_length=100, help_text=_("Code or whole name; the line holds for all inside it.")
    )

    field_order = ("category", "area")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        categories = Category.objects.filter(pack__in_use=True, closed_on__isnull=True).select_related("parent")
        self.fields["category"].queryset = categories  # type: ignore[attr-defined]

    def clean_area(self) -> Area:
        """The open area of a code, or of a name that only one has."""
        typed = self.cleaned_data["area"].strip()
        found = list(Area.objects.open().filter(pk=typed)[:1]) or list(Area.objects.open().filter(name=typed)[:2])
        if len(found) != 1:
            several = _("Several areas have this name. Type the code.")
            raise forms.ValidationError(
                several if found else _("There is no open area of this code or name."), code="no_area"
            )
        return found[0]
