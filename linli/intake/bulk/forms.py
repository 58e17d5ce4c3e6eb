"""The forms of bringing in a table: the file, and the map, ready, written, or made by choosing columns."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.areas.crs import Crs
from linli.intake.bulk import making
from linli.kit.forbidden import why_forbidden
from linli.kit.tables import TABLE_FILES

_LONGEST_MAP = 200_000


class Upload(forms.Form):
    """The table."""

    table = forms.FileField(
        label=_("The table"),
        help_text=_(
            "A spreadsheet (XLSX, XLS, ODS; up to 100 MB), or CSV, plain or gzipped, UTF-8 or GB18030 (up to 200 MB). "
            "Its first row names the columns."
        ),
        widget=forms.FileInput(attrs={"accept": TABLE_FILES}),
    )


class ReadyMap(forms.Form):
    """A map that lies ready."""

    ready = forms.ChoiceField(label=_("A map that lies ready"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.maps = making.ready()
        self.fields["ready"].choices = [(name, name) for name in self.maps]  # type: ignore[attr-defined]

    def chosen(self) -> tuple[str, str]:
        """Its name and text."""
        path = self.maps[self.cleaned_data["ready"]]
        return path.name, path.read_text("utf-8-sig")


class OwnMap(forms.Form):
    """A map of their own."""

    file = forms.FileField(
        label=_("A map of your own"),
        help_text=_("A TOML file, as docs/import.md describes it."),
        widget=forms.FileInput(attrs={"accept": ".toml"}),
    )

    def clean_file(self) -> Any:
        """Not a table by mistake."""
        file = self.cleaned_data["file"]
        if file.size > _LONGEST_MAP:
            raise forms.ValidationError(_("A map is a small text. Is this the table?"), code="too_large")
        return file

    def chosen(self) -> tuple[str, str]:
        """Its name and text."""
        file = self.cleaned_data["file"]
        return file.name[:120], file.read().decode("utf-8-sig", errors="replace")


class MadeMap(forms.Form):
    """A map made by choosing columns; forbidden ones cannot be chosen."""

    source = forms.RegexField(
        r"^[a-z0-9][a-z0-9_.-]{0,39}$",
        label=_("A name for the source"),
        help_text=_("Small letters and digits, e.g. hotline-2025. The same name finds the same matters again."),
        error_messages={"invalid": _("up to 40 small letters, digits, points and dashes, e.g. hotline-2025.")},
    )
    number = forms.ChoiceField(label=_("Number at its source"))
    reported_at = forms.ChoiceField(label=_("Opened at"))
    title = forms.ChoiceField(label=_("Title"), required=False)
    text = forms.ChoiceField(label=_("Text"), required=False)
    place = forms.ChoiceField(label=_("Place"), required=False)
    category = forms.ChoiceField(label=_("Category"), required=False)
    due_at = forms.ChoiceField(label=_("Limit"), required=False)
    closed_at = forms.ChoiceField(
        label=_("Closed at"),
        required=False,
        help_text=_("Rows with such a time come in as closed, the others as reported."),
    )
    outcome = forms.ChoiceField(label=_("Outcome"), required=False)
    area_by = forms.ChoiceField(
        label=_("How the area is found"),
        choices=[
            ("name", _("By a column of names")),
            ("code", _("By a column of codes")),
            ("point", _("By the position")),
            ("fixed", _("All belong to the county")),
        ],
    )
    area_column = forms.ChoiceField(label=_("Column of the area"), required=False)
    area_otherwise = forms.BooleanField(
        label=_("Rows whose area is not found go to the county"), required=False, initial=True
    )
    lon = forms.ChoiceField(label=_("Longitude"), required=False)
    lat = forms.ChoiceField(label=_("Latitude"), required=False)
    crs = forms.ChoiceField(label=_("Coordinates"), choices=[(one.value, one.value) for one in Crs], required=False)

    _COLUMNS = (
        *("number", "reported_at", "title", "text", "place", "category", "due_at", "closed_at", "outcome"),
        *("area_column", "lon", "lat"),
    )

    def __init__(self, *args: Any, columns: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        usable = [(name, name) for name in columns if name and not why_forbidden(name)]
        for name in self._COLUMNS:
            self.fields[name].choices = [("", "—"), *usable]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """What one choice makes necessary of another."""
        clean = super().clean() or {}
        if not (clean.get("title") or clean.get("text")):
            self.add_error("text", _("Choose a column for the title or the text."))
        if clean.get("area_by") in ("name", "code") and not clean.get("area_column"):
            self.add_error("area_column", _("Choose the column that names the area."))
        if bool(clean.get("lon")) != bool(clean.get("lat")) or (
            clean.get("area_by") == "point" and not clean.get("lon")
        ):
            self.add_error("lon", _("A position needs both columns."))
        return clean

    def chosen(self) -> tuple[str, str]:
        """Its name and text."""
        return f"{self.cleaned_data['source']}.toml", making.map_text(self.cleaned_data)
