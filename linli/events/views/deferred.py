"""Deferred matters 挂账: the list by next date `/desk/deferred/`, and the milestones of one."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from linli.events import actions
from linli.events.forms.fields import words
from linli.events.models import Deferral, Event, Milestone
from linli.events.rules import MilestoneState
from linli.events.views.show import seen

_ON_A_PAGE = 50


class NoteForm(forms.Form):
    """What became of a milestone."""

    text = words(gettext_lazy("What was done, or why not"), longest=1000, rows=2)
    became = forms.ChoiceField(choices=[("done", "done"), ("missed", "missed")])


@login_required
@require_safe
def deferred(request: HttpRequest) -> HttpResponse:
    """The deferred matters in sight, by their next date, what is overdue first."""
    rows = actions.open_deferrals(Event.objects.visible_to(request.scope))  # type: ignore[attr-defined]
    page = Paginator(rows, _ON_A_PAGE).get_page(request.GET.get("page"))
    context = {"room": "deferred", "page": page, "today": timezone.localdate(), "rows": [_row(one) for one in page]}
    return render(request, "events/deferred.html", context)


def _row(deferral: Deferral) -> dict[str, Any]:
    """The deferral with its next milestone and how many are done."""
    all_of_it = list(deferral.milestones.all())
    ahead = [one for one in all_of_it if one.state in (MilestoneState.WAITING, MilestoneState.MISSED)]
    done = sum(one.state == MilestoneState.DONE for one in all_of_it)
    return {"deferral": deferral, "next": ahead[0] if ahead else None, "done": done, "of": len(all_of_it)}


@login_required
@require_safe
def milestones(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The milestones of a matter that is or was deferred, the latest deferral first."""
    event = seen(request, pk)
    return _page(request, event)


def _page(request: HttpRequest, event: Event, form: NoteForm | None = None, noted: int | None = None) -> HttpResponse:
    deferrals = list(event.deferrals.prefetch_related("milestones__noted_by").order_by("-id"))
    if not deferrals:
        raise Http404
    context = {
        "room": "deferred",
        "event": event,
        "deferrals": deferrals,
        "may_note": actions.may_note(event, request.user, timezone.now()),  # type: ignore[arg-type]
        "today": timezone.localdate(),
        "form": form,
        "noted": noted,
    }
    return render(request, "events/milestones.html", context, status=422 if form else 200)


@login_required
@require_POST
def note(request: HttpRequest, pk: UUID, milestone: int) -> HttpResponse:
    """Say what became of a milestone."""
    event = seen(request, pk)
    row = get_object_or_404(Milestone.objects.select_related("deferral"), pk=milestone, deferral__event=event)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _page(request, event, form, row.pk)
    is_done, person = form.cleaned_data["became"] == "done", request.user
    actions.note_milestone(row, is_done=is_done, text=form.cleaned_data["text"], by=person, at=timezone.now())  # type: ignore[arg-type]
    messages.success(request, _("The milestone is noted."))
    return redirect("events:milestones", event.pk)
