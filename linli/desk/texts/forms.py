"""The form of a ready text."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.areas.models import ANSWERING, Area
from linli.desk.models import ReadyText
from linli.desk.texts.rules import TEXT_STEPS
from linli.events.forms import ACTS, CategoryField
from linli.events.forms import words as words_field
from linli.events.models import Category
from linli.people.rules import KEEPS_REGISTER, Scope


def step_choices() -> list[tuple[str, Any]]:
    """The steps that have texts, in words."""
    return [(name, ACTS[name].label) for name in TEXT_STEPS]


def areas_kept(scope: Scope) -> Any:
    """The areas whose texts this person keeps: those of their own appointments."""
    held = {one.area for one in scope.held if one.role in KEEPS_REGISTER}
    return Area.objects.open().filter(pk__in=held, kind__in=ANSWERING).order_by("code")


class TextForm(forms.Form):
    """For which step, of which area and category, under which title, in which words."""

    area = forms.ModelChoiceField(Area.objects.none(), label=_("Area"), empty_label=None)
    step = forms.ChoiceField(label=_("For which step"), choices=step_choices)
    category = CategoryField(label=_("Category or domain"), required=False)
    title = forms.CharField(label=_("Title"), max_length=80, help_text=_("By which it is found in the list."))
    words = words_field(_("Words"), longest=2000, rows=7)
    words_en = words_field(_("Words in English"), required=False, longest=2000, rows=4)

    def __init__(self, *args: Any, scope: Scope, text: ReadyText | None = None, **kwargs: Any) -> None:
        if text is not None:
            names = ("step", "title", "words", "words_en")
            kwargs["initial"] = {name: getattr(text, name) for name in names} | {"category": text.category_id}
        kwargs["label_suffix"] = ""
        super().__init__(*args, **kwargs)
        open_now = Category.objects.filter(pack__in_use=True, closed_on__isnull=True)
        if text is not None and text.category_id:
            open_now = open_now | Category.objects.filter(pk=text.category_id)
        self.fields["category"].queryset = open_now.order_by("code")  # type: ignore[attr-defined]
        self.fields["category"].empty_label = _("Any category")  # type: ignore[attr-defined]
        if text is None:
            self.fields["area"].queryset = areas_kept(scope)  # type: ignore[attr-defined]
        else:
            del self.fields["area"]
