"""The pages of official figures: `/desk/statistics/<area>/official/`, and bringing a table in."""

import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from linli.areas.models import Area
from linli.kit.refusal import BadInput
from linli.kit.tables import TABLE_FILES, sheets_of
from linli.people.rules import Role
from linli.statistics.official import files
from linli.statistics.official.actions import (
    NEEDED,
    Draft,
    Imported,
    Row,
    check_rows,
    import_rows,
    require_importer,
)
from linli.statistics.official.listing import official_of
from linli.statistics.sight import area_in_sight, path_to, scope_of

#: As many rows are shown; so large may a table be; so long a trial may wait to be brought in.
_SHOWN, _LARGEST, _WAITS_S = 200, 2_000_000, 3600


@login_required
@require_safe
def official(request: HttpRequest, code: str) -> HttpResponse:
    """The official series of an area beside our own figures."""
    area, scope = area_in_sight(request, code), scope_of(request)
    page, shown = official_of(scope, area, request.GET.get("page"), at=timezone.now())
    context = {
        "room": "statistics",
        "area": area,
        "path": path_to(request, code),
        "page": page,
        "shown": shown,
        "may_bring": Role.DESK in scope.roles_in(code),
    }
    return render(request, "statistics/official.html", context)


class _Upload(forms.Form):
    """A table of official figures."""

    table = forms.FileField(
        label=gettext_lazy("The table"),
        help_text=gettext_lazy("A spreadsheet (XLSX, XLS, ODS) or CSV. Its first row names the columns."),
        widget=forms.FileInput(attrs={"accept": TABLE_FILES}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)

    def clean_table(self) -> UploadedFile:
        """Not more than is read at once."""
        table: UploadedFile = self.cleaned_data["table"]
        if (table.size or 0) > _LARGEST:
            raise forms.ValidationError(_("The table is too large. Send it in parts."))
        return table


@dataclass(frozen=True)
class _Trial:
    """What bringing a table in would do, and its rows, signed for whoever tried it."""

    imported: Imported | None
    refused: list[tuple[int, BadInput]] = field(default_factory=list)
    good: int = 0
    sheets: list[str] = field(default_factory=list)
    kept: str = ""
    #: The first of the rows, as they were read.
    drafts: list[Draft] = field(default_factory=list)


@login_required
@require_http_methods(["GET", "POST"])
def bring(request: HttpRequest, code: str) -> HttpResponse:
    """Send a table and see what it would do; once it was tried, bring it in."""
    area = area_in_sight(request, code)
    require_importer(request.user, code, timezone.now())  # type: ignore[arg-type]
    if request.method == "POST" and "kept" in request.POST:
        return _bring(request, area)
    form = _Upload(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            trial = _try(request, area, form.cleaned_data["table"])
            return _page(
                request, area, form, 200 if trial.imported else 422, trial=trial, refused=trial.refused[:_SHOWN]
            )
        except BadInput as refusal:
            form.add_error("table", refusal.message)
    return _page(request, area, form, 422 if form.errors else 200)


@login_required
@require_safe
def template(request: HttpRequest, code: str) -> HttpResponse:
    """An empty table to fill in."""
    area_in_sight(request, code)
    headers = {"Content-Disposition": 'attachment; filename="linli-official.csv"'}
    return HttpResponse(files.template(), content_type="text/csv; charset=utf-8", headers=headers)


def _page(request: HttpRequest, area: Area, form: _Upload, status: int, **more: Any) -> HttpResponse:
    columns = [(files.HEADINGS[name][0], name, label, name in NEEDED) for name, label in files.LABELS.items()]
    context = {
        "room": "statistics",
        "area": area,
        "path": path_to(request, area.code),
        "form": form,
        "columns": columns,
        **more,
    }
    return render(request, "statistics/official_bring.html", context, status=status)


def _try(request: HttpRequest, area: Area, table: UploadedFile) -> _Trial:
    """Bring it in and take all of it back, so that what is told is what would be."""
    at = timezone.now()
    rows, sheets = _read(table)
    checked = check_rows(rows, area, at)
    if checked.refused or not checked.good:
        return _Trial(None, checked.refused, len(checked.good), sheets)
    with transaction.atomic():
        imported = import_rows(rows, area=area, by=request.user, at=at)  # type: ignore[arg-type]
        transaction.set_rollback(True)
    kept = signing.dumps(rows, salt=_salt(request, area), compress=True)
    return _Trial(imported, [], len(checked.good), sheets, kept, checked.good[:_SHOWN])


def _read(table: UploadedFile) -> tuple[list[Row], list[str]]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / Path(table.name or "table").name
        path.write_bytes(table.read())
        return list(files.read_table(path)), sheets_of(path)


def _bring(request: HttpRequest, area: Area) -> HttpResponse:
    try:
        rows = signing.loads(request.POST["kept"], salt=_salt(request, area), max_age=_WAITS_S)
    except signing.BadSignature:
        raise BadInput("bad_form", _("The form was not sent whole. Send the table again.")) from None
    done = import_rows([(line, row) for line, row in rows], area=area, by=request.user, at=timezone.now())  # type: ignore[arg-type]
    words = _("New: %(new)s. Corrected: %(corrected)s. Known already: %(known)s.")
    messages.success(request, words % {"new": done.new, "corrected": done.corrected, "known": done.known})
    return redirect("statistics:official", area.code)


def _salt(request: HttpRequest, area: Area) -> str:
    """Rows that one person tried for one area are no rows of another's."""
    return f"official {request.user.pk} {area.code}"
