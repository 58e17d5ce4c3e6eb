"""The pages of notes between shifts: how it stands now, handing over, a note, and the rows its figures count."""

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.areas.models import Area
from linli.desk.models import Handover, ShiftQuestion
from linli.desk.shifts import actions
from linli.desk.shifts.figures import KEPT, Figure, Times, counted, rows_of
from linli.events.models import Event
from linli.kit.refusal import BadInput, Refused
from linli.people.rules import Scope, not_yours

_PAGE, _BLANK_PINS = 20, 4
#: When shifts usually change; the next one that is some hours away is offered as the end of the next shift.
_CHANGES, _SHORTEST = (time(8), time(20)), timedelta(hours=4)


def late_handovers(scope: Scope, at: datetime) -> list[Handover]:
    """Notes of one's own desks that nobody has taken over in time."""
    mine = Handover.objects.overdue_at(at).filter(area__in=actions.desks_of(scope))
    return list(mine.select_related("area").order_by("take_by")[:5])


@login_required
@require_http_methods(["GET", "POST"])
def listing(request: HttpRequest) -> HttpResponse:
    """How the desk of an area stands now, with the form that hands it over; and the notes before."""
    area, at = _area(request), timezone.now()
    if request.method == "POST":
        return _handed_over(request, area, at)
    return _page(request, area, at, {"next_until": _usual_end(at), "pins": []})


def _area(request: HttpRequest) -> Area:
    """Of one's desks the one asked for, or the first. Raises `NotYours` for whoever works at none."""
    codes = actions.desks_of(request.scope)  # type: ignore[attr-defined]
    if not codes:
        raise not_yours()
    asked = request.POST.get("area") or request.GET.get("area") or codes[0]
    if asked not in codes:
        raise Http404
    return get_object_or_404(Area, pk=asked)


def _usual_end(at: datetime) -> datetime:
    days = [timezone.localdate(at) + timedelta(days=n) for n in range(3)]
    changes = (timezone.make_aware(datetime.combine(day, change)) for day in days for change in _CHANGES)
    return next(one for one in changes if one - at >= _SHORTEST)


def _handed_over(request: HttpRequest, area: Area, at: datetime) -> HttpResponse:
    numbers, remarks = request.POST.getlist("number"), request.POST.getlist("remark")
    pins = [actions.Pinned(one, why) for one, why in zip(numbers, remarks, strict=False) if one.strip() or why.strip()]
    sent: dict[str, Any] = {"words": request.POST.get("words", ""), "pins": pins}
    try:
        sent["next_until"] = _moment(request.POST.get("next_until", ""))
        note = actions.hand_over(area, **sent, by=request.user, at=at)  # type: ignore[arg-type]
    except Refused as refusal:
        if refusal.status == 403:
            raise
        sent.setdefault("next_until", _usual_end(at))
        problem = {"problem": refusal.message, "problem_field": refusal.facts.get("field", "")}
        return _page(request, area, at, sent | problem, refusal.status)
    messages.success(request, _("Handed over. Your successor takes it over."))
    return redirect("tools:shift", note.pk)


def _moment(sent: str) -> datetime:
    try:
        read = parse_datetime(sent)
    except ValueError:
        read = None
    if read is None:
        raise BadInput("bad_moment", _("Say until when the next shift lasts."), field="next_until")
    return timezone.make_aware(read) if timezone.is_naive(read) else read


def _page(request: HttpRequest, area: Area, at: datetime, form: dict[str, Any], status: int = 200) -> HttpResponse:
    scope = request.scope  # type: ignore[attr-defined]
    times = Times(actions.since_of(area.code, at), at, max(form["next_until"], at))
    notes = Handover.objects.visible_to(scope).filter(area=area).select_related("handed_by", "taken_by", "area")
    pressing = rows_of(Figure.DUE, scope, area.code, times).only("number", "title", "text")[:30]
    context = {
        "room": "shifts",
        "area": area,
        "desks": list(Area.objects.filter(pk__in=actions.desks_of(scope)).order_by("code")),
        "figures": _figures(counted(scope, area.code, times)),
        "since": times.since,
        "waiting": notes.waiting().first(),
        "notes": Paginator(notes, _PAGE).get_page(request.GET.get("page")),
        "form": form,
        "blank": range(_BLANK_PINS),
        "pressing": pressing,
    }
    return render(request, "desk/shifts/list.html", context, status=status)


def _figures(found: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"name": one.value, "label": one.label, "count": found[one.value]["count"]}
        for one in Figure
        if one.value in found
    ]


def _seen(request: HttpRequest, pk: int) -> Handover:
    notes = Handover.objects.visible_to(request.scope).select_related("area", "handed_by", "taken_by")  # type: ignore[attr-defined]
    return get_object_or_404(notes, pk=pk)


@login_required
@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """One note as it was handed over."""
    note, scope = _seen(request, pk), request.scope  # type: ignore[attr-defined]
    sight = Event.objects.visible_to(scope)
    is_desk = note.area_id in actions.desks_of(scope)
    is_waiting = note.taken_at is None and note.withdrawn_at is None
    context = {
        "room": "shifts",
        "note": note,
        "figures": _figures(note.figures),
        "pins": note.pins.filter(event__in=sight).select_related("event__area", "event__category"),
        "questions": note.questions.select_related("asked_by", "answered_by"),
        "may_take_over": is_waiting and is_desk and note.handed_by_id != request.user.pk,
        "may_take_back": is_waiting and note.handed_by_id == request.user.pk,
        "is_desk": is_desk,
        "is_late": is_waiting and note.take_by < timezone.now(),
    }
    return render(request, "desk/shifts/show.html", context)


@login_required
@require_safe
def rows_now(request: HttpRequest) -> HttpResponse:
    """The matters a figure counts now."""
    area, at, figure = _area(request), timezone.now(), _figure(request)
    times = Times(actions.since_of(area.code, at), at, _until(request, at))
    rows = rows_of(figure, request.scope, area.code, times).select_related("area", "category")  # type: ignore[attr-defined]
    return _rows(request, figure, area, rows, {"now": at})


@login_required
@require_safe
def rows_then(request: HttpRequest, pk: int) -> HttpResponse:
    """The matters a figure of a note counted, of those still in sight, as they stand now."""
    note, figure = _seen(request, pk), _figure(request)
    keys = [UUID(key) for key in note.figures.get(figure.value, {}).get("keys", [])]
    rows = Event.objects.visible_to(request.scope).filter(pk__in=keys).select_related("area", "category")  # type: ignore[attr-defined]
    return _rows(request, figure, note.area, rows.order_by("due_at", "pk"), {"note": note, "now": timezone.now()})


def _figure(request: HttpRequest) -> Figure:
    asked = request.GET.get("figure", Figure.OPEN.value)
    if asked not in Figure.values:
        raise Http404
    return Figure(asked)


def _until(request: HttpRequest, at: datetime) -> datetime:
    try:
        return max(_moment(request.GET.get("until", "")), at)
    except BadInput:
        return _usual_end(at)


def _rows(request: HttpRequest, figure: Figure, area: Area, rows: Any, more: dict[str, Any]) -> HttpResponse:
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    context = {"room": "shifts", "figure": figure, "area": area, "page": page, "kept": KEPT, **more}
    return render(request, "desk/shifts/rows.html", context)


@login_required
@require_POST
def take_over(request: HttpRequest, pk: int) -> HttpResponse:
    """The successor confirms."""
    actions.take_over(_seen(request, pk), by=request.user, at=timezone.now())  # type: ignore[arg-type]
    messages.success(request, _("You have taken over."))
    return redirect("tools:shift", pk)


@login_required
@require_POST
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Whoever handed it over goes on."""
    actions.take_back(_seen(request, pk), by=request.user, at=timezone.now())  # type: ignore[arg-type]
    messages.success(request, _("Taken back. You go on."))
    return redirect("tools:shifts")


@login_required
@require_POST
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """A question about a note."""
    actions.ask(_seen(request, pk), words=request.POST.get("words", ""), by=request.user, at=timezone.now())  # type: ignore[arg-type]
    return redirect("tools:shift", pk)


@login_required
@require_POST
def answer(request: HttpRequest, pk: int, question: int) -> HttpResponse:
    """The answer to it."""
    asked = get_object_or_404(
        ShiftQuestion.objects.select_related("handover"), pk=question, handover=_seen(request, pk)
    )
    actions.answer(asked, words=request.POST.get("words", ""), by=request.user, at=timezone.now())  # type: ignore[arg-type]
    return redirect("tools:shift", pk)
