"""What is sent to this room: a period to be made, a schedule, a template."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from linli.briefing.rules import Rhythm
from linli.kit.papers.templates import LARGEST
from linli.people.models import Person


class _Form(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)


class MakeNow(_Form):
    """A whole period, by any of its days."""

    rhythm = forms.ChoiceField(label=_("Kind"), choices=Rhythm.choices)
    day = forms.DateField(
        label=_("A day of the period"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)


class SetSchedule(_Form):
    """A rhythm, and who is told."""

    rhythm = forms.ChoiceField(label=_("Kind"), choices=Rhythm.choices)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    office = forms.CharField(
        label=_("Office that gives it out"),
        max_length=60,
        required=False,
        help_text=_("It stands at the head. Without one, the governance centre of the area."),
    )
    readers = forms.ModelMultipleChoiceField(
        label=_("Who is told"),
        queryset=Person.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Of those who may see all matters of the area. They get a notice with a link, and no figures."),
    )

    def __init__(self, *args: Any, people: list[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        readers = self.fields["readers"]
        assert isinstance(readers, forms.ModelMultipleChoiceField)
        readers.queryset = Person.objects.filter(pk__in=[one.pk for one in people]).order_by("name", "pk")


class PutTemplate(_Form):
    """A Word document."""

    template = forms.FileField(
        label=_("The template"),
        help_text=_("A Word document (.docx) up to 2 MB with the words in braces that the sample has."),
        widget=forms.FileInput(attrs={"accept": ".docx"}),
    )

    def clean_template(self) -> bytes:
        """Not more than is read at once."""
        sent: UploadedFile = self.cleaned_data["template"]
        if (sent.size or 0) > LARGEST:
            raise forms.ValidationError(_("The template is larger than 2 MB. Make its pictures smaller."))
        return sent.read()
