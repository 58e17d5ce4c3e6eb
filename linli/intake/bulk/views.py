"""`/desk/import/`: send a table, choose a map, see what it would do, bring it in, and follow it."""

from itertools import islice
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.events.models import Event
from linli.intake import bulk
from linli.intake.bulk import forms, making
from linli.intake.doors import ImportRun, RunState
from linli.intake.importing import map_of
from linli.kit.forbidden import why_forbidden
from linli.kit.refusal import BadInput, Refused, in_words
from linli.kit.tables import columns_of, read_rows, sheets_of

_SHOWN, _SAMPLE = 30, 3
#: To a map: one that lies ready, one of their own, one made by choosing columns.
_WAYS = ("ready", "own", "made")


@login_required
@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """What was sent lately, and sending another."""
    area = bulk.required_area(request.scope)  # type: ignore[attr-defined]
    form = forms.Upload(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        table = form.cleaned_data["table"]
        try:
            run = bulk.send(table.name, table.file, area=area, by=request.user, at=timezone.now())  # type: ignore[arg-type]
            return redirect("bulk:run", run.pk)
        except BadInput as refusal:
            form.add_error("table", refusal.message)
    runs = bulk.visible_to(request.scope).select_related("by")[:_SHOWN]  # type: ignore[attr-defined]
    context = {"room": "import", "form": form, "runs": runs, "area": area}
    return render(request, "intake/bulk/index.html", context, status=422 if form.errors else 200)


@login_required
@require_safe
def run(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One table, as far as it has come; its progress alone for whoever follows it."""
    found = _run(request, pk)
    if request.headers.get("HX-Request"):
        return _progress(request, found)
    return _page(request, found)


@login_required
@require_POST
def look(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Have it tried by a map."""
    found = _run(request, pk)
    name = request.POST.get("how", "")
    chosen = _forms(request, found).get(name)
    if chosen is None:
        raise Http404
    if chosen.is_valid():
        try:
            map_name, map_text = chosen.chosen()  # type: ignore[attr-defined]
            bulk.look(found, map_name=map_name, map_text=map_text)
            return redirect("bulk:run", pk)
        except BadInput as refusal:
            chosen.add_error(None, refusal.message)
    return _page(request, found, 422, **{name: chosen})


@login_required
@require_POST
def begin(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Bring it in."""
    bulk.begin(_run(request, pk), by=request.user, at=timezone.now())  # type: ignore[arg-type]
    return redirect("bulk:run", pk)


@login_required
@require_POST
def cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Stop it."""
    bulk.cancel(_run(request, pk), by=request.user, at=timezone.now())  # type: ignore[arg-type]
    return redirect("bulk:run", pk)


@login_required
@require_safe
def refused(request: HttpRequest, pk: UUID) -> FileResponse:
    """The list of refused rows: line, number, reason."""
    found = _run(request, pk)
    path = bulk.refused_path_of(found)
    if not found.refused_bytes or not path.exists():
        raise Http404
    name = f"{found.source}.refused.csv"
    return FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type="text/csv; charset=utf-8")


def _run(request: HttpRequest, pk: UUID) -> ImportRun:
    bulk.required_area(request.scope)  # type: ignore[attr-defined]
    return get_object_or_404(bulk.visible_to(request.scope).select_related("by"), pk=pk)  # type: ignore[attr-defined]


def _progress(request: HttpRequest, found: ImportRun) -> HttpResponse:
    response = render(request, "intake/bulk/_progress.html", {"run": found})
    if not found.is_at_work:
        response["HX-Refresh"] = "true"
    return response


def _page(request: HttpRequest, found: ImportRun, status: int = 200, **more: Any) -> HttpResponse:
    context: dict[str, Any] = {
        "room": "import",
        "run": found,
        "first_refused": [one | {"why": in_words(one)} for one in found.first_refused],
        "notes": found.notes.get(translation.get_language() or "", []),
        "matters": _matters(request, found) if found.state == RunState.DONE else [],
    }
    if found.state in (RunState.SENT, RunState.LOOKED):
        context |= _file(found) | _forms(request, found, is_sent=False) | more
    return render(request, "intake/bulk/run.html", context, status=status)


def _file(found: ImportRun) -> dict[str, Any]:
    """The columns of the table, those nobody may read with the reason, and the first rows of the others."""
    path = bulk.path_of(found)
    try:
        columns = columns_of(path)
        unread = {name: why for name in columns if (why := why_forbidden(name))}
        usable = [name for name in columns if name not in unread]
        rows = [[row[name] for name in usable] for _line, row in islice(read_rows(path), _SAMPLE)]
        return {"columns": usable, "forbidden": unread, "sample": rows, "sheets": sheets_of(path)}
    except Refused as refusal:
        return {"columns": [], "forbidden": {}, "sample": [], "file_problem": refusal.message}


def _forms(request: HttpRequest, found: ImportRun, *, is_sent: bool = True) -> dict[str, django_forms.Form]:
    """The three ways to a map; the one that was sent is bound."""
    how = request.POST.get("how", "") if is_sent else ""
    nothing: dict[str, Any] = {}
    sent = {name: {"data": request.POST, "files": request.FILES} if name == how else nothing for name in _WAYS}
    try:
        columns = columns_of(bulk.path_of(found))
    except Refused:
        columns = []
    initial: dict[str, Any] = {"source": making.source_from(found.file_name)}
    if found.map_text:
        initial = making.chosen_of(map_of(found.map_text.encode(), found.map_name))
    return {
        "ready": forms.ReadyMap(**sent["ready"], auto_id="ready-%s"),
        "own": forms.OwnMap(**sent["own"], auto_id="own-%s"),
        "made": forms.MadeMap(**sent["made"], auto_id="made-%s", columns=columns, initial=initial),
    }


def _matters(request: HttpRequest, found: ImportRun) -> list[Event]:
    """Some of the matters of its source that this person may see."""
    ours = Event.objects.visible_to(request.scope).filter(external_source=found.source).exclude(external_no="")  # type: ignore[attr-defined]
    return list(ours.order_by("external_no")[:20])
