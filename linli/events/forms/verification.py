"""The form of a rule of verification."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.areas.models import Area
from linli.events.forms.fields import open_categories
from linli.events.models import ASKED, VerificationRule
from linli.events.rules import ANSWER_DAYS, LEAST_NEAR_M, MOST_ANSWER_DAYS, MOST_NEAR_M, Verification


class _Categories(forms.ModelChoiceField):
    """All categories, a domain, or one of its own."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(open_categories(), empty_label=_("All categories"), **kwargs)

    def label_from_instance(self, row: Any) -> str:
        """Indented below its domain."""
        return f"　{row}" if row.parent_id else str(row)


class AsksForm(forms.Form):
    """What a rule asks."""

    other_unit = forms.BooleanField(
        label=_("Another unit verifies"),
        required=False,
        help_text=_(
            "Whoever belongs to a department that led or co-handled, or to the grid that did, does not verify."
        ),
    )
    result_photo = forms.BooleanField(label=_("The result needs a photo"), required=False)
    check_photo = forms.BooleanField(label=_("The verification needs a photo"), required=False)
    after_dispatch = forms.BooleanField(label=_("Photos should be taken after the dispatch"), required=False)
    near_m = forms.IntegerField(
        label=_("Photos should be taken so near to the place, in metres"),
        required=False,
        min_value=LEAST_NEAR_M,
        max_value=MOST_NEAR_M,
        help_text=_("Place and time are shown as hints and refuse nothing. Empty: nothing is said."),
    )
    answer_days = forms.IntegerField(
        label=_("Days for the reporter's answer"),
        min_value=1,
        max_value=MOST_ANSWER_DAYS,
        initial=ANSWER_DAYS,
        help_text=_(
            "Days by the calendar after closing. Without an answer by then “no answer” is noted, never satisfied."
        ),
    )

    def __init__(self, *args: Any, rule: VerificationRule | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        if rule is not None:
            kwargs["initial"] = {name: getattr(rule, name) for name in ASKED}
        super().__init__(*args, **kwargs)

    def asks(self) -> Verification:
        """What was chosen."""
        return Verification(**{name: self.cleaned_data[name] for name in ASKED})


class NewRuleForm(AsksForm):
    """Where and for what, and what it asks."""

    area = forms.CharField(
        label=_("Area"), max_length=100, help_text=_("Code or whole name of the county, township, village or grid.")
    )
    category = _Categories(label=_("Category or domain"), required=False)
    field_order = ["area", "category"]

    def __init__(self, *args: Any, own: Area | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.suggestions = list(Area.objects.open().children_of(own.pk).order_by("code")[:60]) if own else []
        if own is not None:
            self.fields["area"].initial = f"{own.pk} {own.name}"
        self.fields["area"].widget.attrs["list"] = "areas-near"

    def clean_area(self) -> Area:
        """The area of a code, or of a name that only one open area has."""
        typed = self.cleaned_data["area"].strip()
        code = typed.split(" ")[0]
        found = list(Area.objects.open().filter(pk=code)[:1]) or list(Area.objects.open().filter(name=typed)[:2])
        if len(found) != 1:
            several = _("Several areas have this name. Type the code.")
            raise forms.ValidationError(
                several if found else _("There is no open area of this code or name."), code="no_area"
            )
        return found[0]
