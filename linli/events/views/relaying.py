"""The reporter behind the seal: writing to them, asking the desk to open it, saying which department a matter is about."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from linli.events import actions
from linli.events.rules import ADVICE, MUST_MEND, review
from linli.events.views.show import seen
from linli.kit.numbers import whole_number
from linli.kit.refusal import BadInput
from linli.people.models import Department, Person


@login_required
@require_POST
def write(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A message to the reporter."""
    event, words = seen(request, pk), request.POST.get("text", "")
    if must := [one for one in review("write_to_reporter", words) if one in MUST_MEND]:
        raise BadInput(f"reply_{must[0]}", ADVICE[must[0]], field="text")
    actions.write_to_reporter(event, text=words, by=_person(request), at=timezone.now())
    messages.success(request, _("The reporter reads it on the status page."))
    return redirect("events:show", event.pk)


@login_required
@require_POST
def ask(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask the desk to open the contact."""
    event = seen(request, pk)
    actions.ask_reveal(event, reason=request.POST.get("reason", ""), by=_person(request), at=timezone.now())
    messages.success(request, _("The desk has been asked."))
    return redirect("events:show", event.pk)


@login_required
@require_POST
def answer(request: HttpRequest, pk: UUID, reveal: int) -> HttpResponse:
    """The desk's answer: hours, or no."""
    event = seen(request, pk)
    chosen, hours = get_object_or_404(event.reveals, pk=reveal), request.POST.get("hours", "")
    if request.POST.get("answer") == "grant":
        actions.grant_reveal(chosen, hours=whole_number(hours, 10_000) or 0, by=_person(request), at=timezone.now())
        messages.success(request, _("They may open the contact now, each time with a reason."))
    else:
        actions.refuse_reveal(chosen, by=_person(request), at=timezone.now())
        messages.success(request, _("Refused. They may write to the reporter."))
    return redirect("events:show", event.pk)


@login_required
@require_POST
def shield(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The department the matter is about, or none."""
    event, code = seen(request, pk), request.POST.get("department", "")
    department = get_object_or_404(Department, pk=code) if code else None
    actions.shield(event, department=department, by=_person(request), at=timezone.now())
    messages.success(request, _("Noted."))
    return redirect("events:show", event.pk)


def _person(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)
    return request.user
