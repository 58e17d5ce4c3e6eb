"""`/desk/intake/`: the reports and acts that were kept and could not be taken in, each with its reason and a way out."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from linli.areas.codes import within
from linli.areas.models import Area
from linli.intake import setaside
from linli.intake.acts import stopped
from linli.intake.doors import MailApart
from linli.intake.mail.apart import REASONS
from linli.intake.mail.fetching import APART_IN
from linli.intake.models import Kept
from linli.people.rules import Role, Scope

_SHOWN = 100


@dataclass(frozen=True)
class Line:
    """A row with what can be read of it."""

    row: Kept
    area: Area | None
    text: str
    place: str


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The list, the oldest first."""
    if not request.scope.holds(Role.DESK):  # type: ignore[attr-defined]
        raise Http404
    rows = list(setaside.visible_to(request.scope)[:_SHOWN])  # type: ignore[attr-defined]
    areas = Area.objects.in_bulk({row.area for row in rows})
    lines = [Line(row, areas.get(row.area), *_words(row)) for row in rows]
    mails = [{"row": row, "why": REASONS.get(row.reason, row.reason)} for row in _mails(request.scope)]  # type: ignore[attr-defined]
    context = {"room": "intake", "lines": lines, "mails": mails, "mail_folder": APART_IN}
    context["stopped"] = stopped.seen_by(request.scope)  # type: ignore[attr-defined]
    return render(request, "intake/index.html", context)


def _mails(scope: Scope) -> list[MailApart]:
    """Mails set apart in the areas where they are the desk, the latest first."""
    held = [one.area for one in scope.held if one.role == Role.DESK]
    return list(MailApart.objects.filter(within(*held)).order_by("-id")[:_SHOWN])


def _words(row: Kept) -> tuple[str, str]:
    """What the reporter wrote, as far as it can be read."""
    try:
        sent: Any = msgspec.json.decode(bytes(row.content))
        return str(sent.get("text", "")), str(sent.get("place", ""))
    except (msgspec.MsgspecError, UnicodeDecodeError, AttributeError):
        return bytes(row.content)[:500].decode(errors="replace"), ""


@login_required
@require_POST
def retake(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take it in after all."""
    event = setaside.retake(
        _row(request, pk),
        scope=request.scope,  # type: ignore[attr-defined]
        by=request.user,  # type: ignore[arg-type]
        at=timezone.now(),
        area=request.POST.get("area", ""),
    )
    messages.success(request, _("Taken in as %(number)s.") % {"number": event.number})
    return redirect("intake:index")


@login_required
@require_POST
def settle(request: HttpRequest, pk: UUID) -> HttpResponse:
    """It was entered by hand."""
    event = setaside.settle(
        _row(request, pk),
        scope=request.scope,  # type: ignore[attr-defined]
        by=request.user,  # type: ignore[arg-type]
        at=timezone.now(),
        number=request.POST.get("number", ""),
    )
    messages.success(request, _("Settled: it is %(number)s.") % {"number": event.number})
    return redirect("intake:index")


@login_required
@require_POST
def retry_act(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Have an act from a phone tried again."""
    stopped.retry(_stopped(request, pk), by=request.user, at=timezone.now())  # type: ignore[arg-type]
    messages.success(request, _("It is tried again now. If it does not go, it stands here once more."))
    return redirect("intake:index")


@login_required
@require_POST
def settle_act(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What it was for was done by hand."""
    stopped.settle(_stopped(request, pk), by=request.user, at=timezone.now())  # type: ignore[arg-type]
    messages.success(request, _("Settled. The phone is told that the desk has seen to it."))
    return redirect("intake:index")


def _stopped(request: HttpRequest, pk: UUID) -> stopped.Stopped:
    found = stopped.find(request.scope, pk)  # type: ignore[attr-defined]
    if found is None:
        raise Http404
    return found


def _row(request: HttpRequest, pk: UUID) -> Kept:
    return get_object_or_404(setaside.visible_to(request.scope), pk=pk)  # type: ignore[attr-defined]
