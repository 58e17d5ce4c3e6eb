"""Joint handling: the page everybody concerned reads the same, and the acts on a part."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from linli.events import actions, sections
from linli.events.forms import PART_FORMS
from linli.events.models import Event
from linli.events.views.show import context_of, seen
from linli.journal import following
from linli.kit.refusal import BadInput


@login_required
@require_safe
def joint(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The shared page of a matter that several departments handle."""
    return page(request, pk)


def page(request: HttpRequest, pk: UUID, status: int = 200, **talk: Any) -> HttpResponse:
    """The shared page with its conversation; `talk`: what is wrong with a message that was sent from it."""
    place = following.spelled(following.place())  # before anything is read: from there on the page listens
    context = {"room": "queue", "live_after": place, **context_of(request, pk)}
    context |= sections.conversation(request, context["event"], talk_page="joint", **talk)
    return render(request, "events/joint.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def act_on_part(request: HttpRequest, pk: UUID, part: int, step: str) -> HttpResponse:
    """The form of an act on a part, and taking it. Raises `Refused` and its kinds, which become a page elsewhere."""
    if step not in PART_FORMS:
        raise Http404
    event, at = seen(request, pk), timezone.now()
    row = get_object_or_404(event.parts.select_related("department"), pk=part)
    act = PART_FORMS[step]
    form = act.form(request.POST, request.FILES, part=row) if request.method == "POST" else act.form(part=row)
    if form.is_bound and form.is_valid():
        try:
            actions.PART_ACTS[step](row, **form.cleaned_data, by=request.user, at=at)
        except BadInput as refusal:
            field = refusal.facts.get("field")
            form.add_error(field if field in form.fields else None, refusal.message)
        else:
            messages.success(request, _("Done: %(act)s") % {"act": act.label})
            if not Event.objects.visible_to(request.scope).filter(pk=event.pk).exists():  # type: ignore[attr-defined]
                return redirect("desk")
            return redirect("events:joint", event.pk)
    context = {"event": event, "part": row, "step": step, "act": act, "form": form, "room": "queue"}
    return render(request, "events/part_act.html", context, status=422 if form.is_bound else 200)
