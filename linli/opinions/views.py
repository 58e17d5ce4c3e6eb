"""Leaving a complaint or suggestion about linli, reading its answer by code, and the administrator's list."""

import time
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from linli.kit.refusal import BadInput
from linli.kit.senders import sender
from linli.kit.throttle import too_many
from linli.opinions import actions
from linli.opinions.forms import Answer, Code, Leave
from linli.opinions.models import Opinion, OpinionQuerySet
from linli.people.rules import Role

_A_PAGE = 30
#: Opinions and codes tried an hour and address: a village may be behind one.
_LEFT, _TRIED = 20, 60
#: The code can be seen again for so long, by the browser that left the opinion.
_SHOWN_FOR_S = 15 * 60
_SESSION = "opinion_left"


@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest) -> HttpResponse:
    """The form, and keeping what was written."""
    if request.method != "POST":
        form = Leave(initial={"page": request.GET.get("page", "")[:200]}, label_suffix="")
        return _form_page(request, form)
    form = Leave(request.POST, label_suffix="")
    if form.is_valid() and too_many(f"opinion {sender(request)}", most=_LEFT, within_s=3600):
        form.add_error(None, _("Many came from here within the hour. Wait a while, then send it again."))
        return _form_page(request, form, 429)
    if not form.is_valid():
        return _form_page(request, form, 422)
    person = request.user if request.user.is_authenticated else None
    _opinion, code = actions.leave(**form.cleaned_data, by=person, at=timezone.now())  # type: ignore[arg-type]
    request.session[_SESSION] = [code, time.time()]
    return redirect("opinions:status")


def _form_page(request: HttpRequest, form: Leave, status: int = 200) -> HttpResponse:
    return render(request, "opinions/leave.html", {"form": form, "room": "opinions"}, status=status)


@require_http_methods(["GET", "POST"])
def look_up(request: HttpRequest) -> HttpResponse:
    """What became of it: for whoever has just left it, and for whoever types its code."""
    form = Code(request.POST if request.method == "POST" else None, label_suffix="")
    left, at = request.session.get(_SESSION, ["", 0])
    code = left if time.time() - at < _SHOWN_FOR_S else ""
    context: dict[str, Any] = {
        "form": form,
        "code": code,
        "room": "opinions",
        "opinion": actions.find(code) if code else None,
    }
    status = 200
    if request.method == "POST":
        context |= {"code": "", "opinion": None}
        status = _try(request, form, context)
    answer = render(request, "opinions/status.html", context, status=status)
    patch_cache_control(answer, no_store=True)
    return answer


def _try(request: HttpRequest, form: Code, context: dict[str, Any]) -> int:
    if too_many(f"opinion code {sender(request)}", most=_TRIED, within_s=3600):
        form.add_error("code", _("Too many tries. Wait an hour, then try again."))
        return 429
    if form.is_valid():
        context["opinion"] = actions.find(form.cleaned_data["code"])
        if context["opinion"] is not None:
            return 200
        form.add_error("code", _("Nothing was left under this code. Check it; it has ten letters and digits."))
    return 422


@login_required
@require_safe
def all_of_them(request: HttpRequest) -> HttpResponse:
    """For the administrator all, those without an answer first; for others what they left themselves."""
    waiting_only = "waiting" in request.GET
    seen = _seen(request)
    rows = (seen.waiting() if waiting_only else seen).select_related("by", "answered_by")
    page = Paginator(rows.order_by("-id"), _A_PAGE).get_page(request.GET.get("page"))
    context = {"room": "opinions", "page": page, "waiting_only": waiting_only, "sees_all": _sees_all(request)}
    return render(request, "opinions/list.html", context | {"waiting": seen.waiting().count()})


@login_required
@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """One of them with its answer; and answering it."""
    opinion = get_object_or_404(_seen(request).select_related("by", "answered_by"), pk=pk)
    form = Answer(request.POST if request.method == "POST" else None, label_suffix="")
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                actions.answer(opinion, **form.cleaned_data, by=request.user, at=timezone.now())  # type: ignore[arg-type]
            except BadInput as refusal:
                form.add_error("words", refusal.message)
            else:
                messages.success(request, _("The answer is there for whoever wrote it."))
                return redirect(reverse("opinions:list"))
    context = {"room": "opinions", "opinion": opinion, "form": form, "sees_all": _sees_all(request)}
    return render(request, "opinions/show.html", context, status=status)


def _sees_all(request: HttpRequest) -> bool:
    return bool(request.scope.holds(Role.SYSTEM_ADMIN))  # type: ignore[attr-defined]


def _seen(request: HttpRequest) -> OpinionQuerySet:
    return Opinion.objects.visible_to(request.scope, request.user)  # type: ignore[attr-defined, arg-type]
