"""`/desk/many/`: a step on the matters one has marked: its form, what it would do, doing it, what became of each."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.desk.bulk import runs
from linli.desk.bulk.plans import meant_by
from linli.desk.commands.reading import desk_of, read
from linli.desk.models import MOST_MATTERS, BulkRow, BulkRun, Macro, RowState, RunState
from linli.desk.rules.bulk import IN_BULK
from linli.desk.taking import Planned, query_of, unbound
from linli.desk.telling import sentence
from linli.events import queue
from linli.events.forms import ACTS
from linli.events.models import Event
from linli.events.queue import Filters
from linli.kit.refusal import BadInput

_PER_PAGE = 30
#: Of so many possible matters it is said in a sentence each what would happen; of all others that they go the same way.
_TOLD = 20


@login_required
@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """One's own runs; and choosing matters for another."""
    if request.method == "POST":
        return _choose(request)
    mine = BulkRun.objects.filter(by=request.user).select_related("macro")  # type: ignore[misc]
    page = Paginator(mine, _PER_PAGE).get_page(request.GET.get("page"))
    rows = [{"run": one, "label": _label(one)} for one in page]
    return render(request, "desk/bulk.html", {"room": "queue", "page": page, "rows": rows})


def _choose(request: HttpRequest) -> HttpResponse:
    at, scope = timezone.now(), request.scope  # type: ignore[attr-defined]
    desk = desk_of(request.user, scope, at, request.POST.getlist("event"))  # type: ignore[arg-type]
    if request.POST.get("all"):
        desk.events = _all_of(request, at)
    made = runs.choose(desk.events, by=request.user, at=at)  # type: ignore[arg-type]
    if line := request.POST.get("line", ""):
        _look_by_line(request, made, line)
    return redirect("tools:bulk_run", made.pk)


def _all_of(request: HttpRequest, at: Any) -> list[Event]:
    """All of the list as it was filtered, as far as a run goes."""
    scope = request.scope  # type: ignore[attr-defined]
    filters = Filters.parse(QueryDict(request.POST.get("query", "")))
    keys = [key for _moment, key in queue.places_of(scope, filters, at=at, size=MOST_MATTERS)]
    by_key = {event.pk: event for event in Event.objects.visible_to(scope).filter(pk__in=keys)}
    return [by_key[key] for key in keys if key in by_key]


def _look_by_line(request: HttpRequest, made: BulkRun, line: str) -> None:
    """The bar's line is the form: what it says is tried at once."""
    at, scope = timezone.now(), request.scope  # type: ignore[attr-defined]
    keys = [str(key) for key in made.rows.values_list("event", flat=True)]
    found = read(desk_of(request.user, scope, at, keys), line)  # type: ignore[arg-type]
    if found.macro is not None:
        runs.look(made, macro=found.macro)
    elif found.filled is not None and not found.problems and found.filled.planned.step in IN_BULK:
        planned = found.filled.planned
        runs.look(made, step=planned.step, fields={name: list(values) for name, values in planned.fields.items()})
    else:
        return
    runs.go_on(at, made)


@login_required
@require_safe
def run(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One run, as far as it has come; its progress alone for whoever follows it."""
    found = _run(request, pk)
    if request.headers.get("HX-Request"):
        response = render(request, "desk/_progress.html", _progress(found))
        if not found.is_at_work:
            response["HX-Refresh"] = "true"
        return response
    return _page(request, found)


@login_required
@require_POST
def look(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Try a step, or a macro, with the values of its form."""
    found, step = _run(request, pk), request.POST.get("step", "")
    macro = Macro.objects.usable_by(request.user, request.scope).filter(pk=_number(request.POST.get("macro"))).first()  # type: ignore[arg-type, attr-defined]
    try:
        form = None if macro else _form(request, found, step, request.POST)
        if form is not None and not form.is_valid():
            return _page(request, found, 422, form=form, step=step)
        fields = _said(form, request.POST) if form is not None else {}
        runs.look(found, step=step, macro=macro, fields=fields)
    except BadInput as refusal:
        return _page(request, found, 422, problem=refusal.message)
    runs.go_on(timezone.now(), found)
    return redirect("tools:bulk_run", pk)


def _said(form: Any, sent: QueryDict) -> dict[str, list[str]]:
    """What was filled in; a box that is not ticked says so too."""
    boxes = [name for name, field in form.fields.items() if isinstance(field, forms.BooleanField)]
    filled = {name: sent.getlist(name) for name in form.fields if any(sent.getlist(name))}
    return {**{name: [""] for name in boxes}, **filled}


def _number(said: str | None) -> int:
    return int(said) if said and said.isascii() and said.isdecimal() and len(said) < 10 else 0


@login_required
@require_POST
def do(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Do it where it is possible. A run is begun once, however often this is sent."""
    found, at = _run(request, pk), timezone.now()
    runs.begin(found, at=at)
    runs.go_on(at, found)
    return redirect("tools:bulk_run", pk)


def _run(request: HttpRequest, pk: UUID) -> BulkRun:
    return get_object_or_404(BulkRun.objects.select_related("by", "macro"), pk=pk, by=request.user.pk)


def _label(found: BulkRun) -> str:
    if found.macro is not None:
        return f"{_('Macro')} {found.macro.name}"
    return str(ACTS[found.step].label) if found.step else ""


def _progress(found: BulkRun) -> dict[str, Any]:
    total = found.rows.count()
    waiting = RowState.WAITING if found.state == RunState.LOOKING else RowState.POSSIBLE
    return {"run": found, "total": total, "passed": total - found.rows.filter(state=waiting).count()}


def _page(request: HttpRequest, found: BulkRun, status: int = 200, **more: Any) -> HttpResponse:
    scope = request.scope  # type: ignore[attr-defined]
    visible = (
        Event.objects.visible_to(scope).filter(pk__in=found.rows.values("event")).select_related("category", "area")
    )
    by_key = {event.pk: event for event in visible}
    rows = [{"row": row, "event": by_key.get(row.event_id)} for row in found.rows.all()]
    context: dict[str, Any] = {"room": "queue", "label": _label(found), "rows": rows, **_progress(found)}
    context["sorted"] = _sorted(found, rows)
    if found.state == RunState.LOOKED:
        _say(request, found, context["sorted"]["possible"])
    if found.state in (RunState.CHOSEN, RunState.LOOKED):
        context |= _choices(request, found, **more)
    return render(request, "desk/bulk_run.html", context | more, status=status)


def _sorted(found: BulkRun, rows: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """The rows by what became of them."""
    states = {"possible": RowState.POSSIBLE, "impossible": RowState.IMPOSSIBLE, "done": RowState.DONE}
    states["refused"] = RowState.REFUSED
    return {name: [one for one in rows if one["row"].state == state] for name, state in states.items()}


def _say(request: HttpRequest, found: BulkRun, rows: list[dict[str, Any]]) -> None:
    at, scope = timezone.now(), request.scope  # type: ignore[attr-defined]
    meant = meant_by(found, scope, at)
    for one in rows[:_TOLD]:
        row: BulkRow = one["row"]
        one["says"] = [sentence(outlook) for outlook in runs.outlook_of(row, meant, scope, found.by, at)]


def _choices(request: HttpRequest, found: BulkRun, **more: Any) -> dict[str, Any]:
    """The steps to choose from, and the form of the one that is chosen."""
    step = more.get("step") or request.GET.get("step") or found.step
    form = more.get("form")
    if form is None and step in IN_BULK:
        form = _form(request, found, step)
    macros = Macro.objects.usable_by(request.user, request.scope)  # type: ignore[arg-type, attr-defined]
    return {
        "step": step if step in IN_BULK else "",
        "act": ACTS.get(step),
        "form": form,
        "steps": [(name, ACTS[name]) for name in IN_BULK],
        "macros": list(macros),
    }


def _form(request: HttpRequest, found: BulkRun, step: str, sent: QueryDict | None = None) -> Any:
    """One form for all: what stays empty is what each matter's own form proposes."""
    if step not in IN_BULK:
        raise BadInput("not_in_bulk", _("This step is not taken on many matters at once."), field="step")
    row = found.rows.select_related("event__area", "event__category").first()
    assert row is not None
    scope = request.scope  # type: ignore[attr-defined]
    said = found.fields if found.step == step else {}
    form = unbound(row.event, Planned(step, {}), scope)
    for name, field in form.fields.items():
        proposed = form.get_initial_for_field(field, name)
        field.required = field.required and proposed in (None, "", [])
        field.widget.is_required = field.required
        _offer_nothing(field)
        form.initial[name] = proposed if isinstance(field, forms.BooleanField) else None
    several = {name: values for name, values in said.items() if isinstance(form.fields.get(name), _SEVERAL)}
    form.initial = {**form.initial, **query_of(said).dict(), **several}
    if sent is not None:
        form.is_bound, form.data = True, sent
    return form


_SEVERAL = (forms.MultipleChoiceField, forms.ModelMultipleChoiceField)


def _offer_nothing(field: forms.Field) -> None:
    """A choice that may be left to each matter."""
    if isinstance(field, forms.ModelChoiceField) and not field.required and not isinstance(field, _SEVERAL):
        field.empty_label = _("As proposed for each matter")
        field.widget.choices = field.choices  # type: ignore[attr-defined]
    elif isinstance(field, forms.ChoiceField) and not field.required and not isinstance(field, forms.ModelChoiceField):
        kept = [one for one in field.widget.choices if one[0] != ""]  # type: ignore[attr-defined]
        field.choices = [("", _("As it is with each matter")), *kept]
