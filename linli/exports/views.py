"""The door of every list that is taken away: what for, then the file; and the page of one's own exports."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from linli.areas.codes import within
from linli.exports import actions, files
from linli.exports.actions import Wanted
from linli.exports.models import Export
from linli.exports.rules import FREE_ROWS, KINDS, LASTS, State, needs_approver
from linli.kit.refusal import BadInput

_SHOWN = 50


def door(request: HttpRequest, wanted: Wanted, write: Callable[[Export], Iterable[bytes]]) -> HttpResponse:
    """Answer the address of a list: ask what for; with a reason, or with what was granted, make the file."""
    by: Any = request.user
    if request.method != "POST":
        return _asking(request, wanted)
    granted, at = request.POST.get("export", ""), timezone.now()
    if granted:
        export = get_object_or_404(Export.objects.of(by), pk=_key(granted))
    else:
        try:
            reason, unmasked = request.POST.get("reason", ""), request.POST.get("unmasked") == "1"
            export = actions.ask(wanted, reason=reason, unmasked=unmasked, by=by, at=at)
        except BadInput as refusal:
            return _asking(request, wanted, refusal)
    if export.state == State.WAITING and not granted:
        messages.success(request, _("Asked. Whoever may approve it was told; you are told of the answer."))
    else:
        actions.make(export, wanted, write, at=at)
    return redirect("exports:list")


def wanted_at(request: HttpRequest, **told: Any) -> Wanted:
    """What stands at this address, as it was asked for."""
    return Wanted(path=request.path, query=request.GET.urlencode(), **told)


def _asking(request: HttpRequest, wanted: Wanted, refusal: BadInput | None = None) -> HttpResponse:
    context = {
        "wanted": wanted,
        "kind": KINDS[wanted.kind],
        "waits": needs_approver(wanted.rows, unmasked=False),
        "free": FREE_ROWS,
        "hours": LASTS.seconds // 3600 + LASTS.days * 24,
        "refusal": refusal,
        "reason": request.POST.get("reason", ""),
        "room": "exports",
    }
    response = render(request, "exports/ask.html", context, status=422 if refusal else 200)
    patch_cache_control(response, no_store=True, private=True)
    return response


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


@login_required
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """One's own exports, and those that wait for one's answer."""
    by: Any = request.user
    at, scope = timezone.now(), request.scope  # type: ignore[attr-defined]
    theirs = Q(pk__in=[])
    for name, kind in KINDS.items():
        theirs |= Q(kind=name) & within(*(held.area for held in scope.held if held.role in kind.approvers))
    rows = Export.objects.waiting().filter(theirs).exclude(asked_by=by)
    waiting = rows.select_related("asked_by", "area").order_by("key")[:_SHOWN]
    mine = Export.objects.of(by).select_related("area", "answered_by")[:_SHOWN]
    context = {
        "mine": [(one, one.state == State.MADE and one.expires_at is not None and one.expires_at > at) for one in mine],
        "to_answer": [one for one in waiting if actions.may_answer(one, by, scope)],
        "now": at,
        "room": "exports",
    }
    return render(request, "exports/list.html", context)


@login_required
@require_POST
def answer(request: HttpRequest, key: UUID) -> HttpResponse:
    """Let somebody have a list, or not."""
    by: Any = request.user
    export = get_object_or_404(Export, pk=key)
    if not actions.may_answer(export, by, request.scope):  # type: ignore[attr-defined]
        raise Http404
    actions.answer(export, grant=request.POST.get("answer") == "grant", by=by, at=timezone.now())
    return redirect("exports:list")


@login_required
@require_safe
def fetch(request: HttpRequest, key: UUID) -> HttpResponseBase:
    """The file, for whoever asked for it."""
    by: Any = request.user
    export = get_object_or_404(Export.objects.of(by), pk=key)
    content = files.read(export) if export.stored_as else iter(())
    actions.take(export, by=by, at=timezone.now())
    response = StreamingHttpResponse(content, content_type=export.file_type)
    response.headers["Content-Disposition"] = content_disposition_header(True, export.file_name)
    patch_cache_control(response, no_store=True)
    return response
