"""Bringing a version in by page: the table is tried first, and what it would change is shown; then it is brought in, or not."""

import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from linli.events import actions, duty_files
from linli.events.actions.categories import require_editor
from linli.events.actions.duties import NEEDED
from linli.events.models import DutyList
from linli.kit.keys import new_key
from linli.kit.refusal import BadInput, Refused
from linli.kit.tables import sheets_of
from linli.people.models import Person
from linli.web.duties import told
from linli.web.duties.comparing import Comparison, compare
from linli.web.duties.forms import Tried, Upload

#: As many refused rows are shown.
_SHOWN = 200


@dataclass(frozen=True)
class Trial:
    """What bringing a table in would do."""

    good: int = 0
    refused: list[tuple[int, BadInput]] = field(default_factory=list)
    comparison: Comparison | None = None
    sheets: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        """It can be brought in."""
        return bool(self.good) and not self.refused


@login_required
@require_http_methods(["GET", "POST"])
def bring(request: HttpRequest) -> HttpResponse:
    """Send a table and see what it would do; once it was tried, bring it in."""
    require_editor(request.user, timezone.now())  # type: ignore[arg-type]
    if request.method == "POST" and "kept" in request.POST:
        return _bring(request)
    form = Upload(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _try(request, form)
        except BadInput as refusal:
            form.add_error("name" if refusal.facts.get("field") == "name" else "table", refusal.message)
    return _page(request, form, status=422 if form.errors else 200)


def _page(request: HttpRequest, form: Any, status: int = 200, **more: Any) -> HttpResponse:
    columns = [(duty_files.HEADINGS[name][0], name, label, name in NEEDED) for name, label in duty_files.LABELS.items()]
    context = {"room": "duties", "form": form, "columns": columns, **more}
    return render(request, "web/duties/bring.html", context, status=status)


def _try(request: HttpRequest, form: Upload) -> HttpResponse:
    table = form.cleaned_data["table"]
    key = new_key()
    path = _path(key, request.user)  # type: ignore[arg-type]
    _keep(table.file, path)
    about = {name: form.cleaned_data[name] for name in ("name", "source", "valid_from")}
    try:
        trial = _trial(request, path, about)
    except BadInput as refusal:
        path.unlink(missing_ok=True)
        if "file" in refusal.facts:
            refusal.facts["file"] = Path(table.name).name
        raise
    if not trial.is_good:
        path.unlink(missing_ok=True)
    tried = Tried(initial={**about, "kept": key})
    return _page(request, form, 200 if trial.is_good else 422, trial=trial, tried=tried, shown=trial.refused[:_SHOWN])


def _trial(request: HttpRequest, path: Path, about: dict[str, Any]) -> Trial:
    """Bring it in and take all of it back, so that what is told is what would be."""
    rows, sheets = list(duty_files.read_list(path)), sheets_of(path)
    checked = actions.check_rows(rows)
    if checked.refused:
        return Trial(len(checked.good), checked.refused, sheets=sheets)
    at = timezone.now()
    now = DutyList.objects.in_force_on(timezone.localdate(at))
    with transaction.atomic():
        made = actions.load_list(rows, by=request.user, at=at, **about)  # type: ignore[arg-type]
        comparison = compare(told.lines_of(now) if now else [], told.lines_of(made))
        transaction.set_rollback(True)
    return Trial(len(checked.good), [], comparison, sheets)


def _bring(request: HttpRequest) -> HttpResponse:
    form = Tried(request.POST)
    if not form.is_valid():
        raise BadInput("bad_form", _("The form was not sent whole. Send the table again."))
    about = dict(form.cleaned_data)
    path = _path(about.pop("kept"), request.user)  # type: ignore[arg-type]
    if not path.exists():
        raise Refused("file_gone", _("The file of this run is gone. Send it again."))
    by: Person = request.user  # type: ignore[assignment]
    made = actions.load_list(duty_files.read_list(path), by=by, at=timezone.now(), **about)
    path.unlink(missing_ok=True)
    messages.success(request, _("%(name)s is brought in. Look at it, then put it in use.") % {"name": made})
    return redirect("duty_use", made.pk)


def _path(key: UUID, person: Person) -> Path:
    """Where a table lies between trial and bringing in, for who sent it alone.

    By its name and place it is a table of the import, whose forgotten files are deleted after a day.
    """
    folder = Path(settings.HOME) / "imports"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder / f"{key.hex}-{person.pk}.table"


def _keep(content: IO[bytes], path: Path) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        shutil.copyfileobj(content, file)
