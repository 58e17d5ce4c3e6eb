"""A resident's own request: asking, showing that it is about oneself, and reading the answer by its code."""

import json
import time
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from linli.kit.refusal import Refused
from linli.kit.throttle import too_many
from linli.privacy import actions, finding
from linli.privacy.forms import Ask, Code, Digits
from linli.privacy.letters import proving_ways
from linli.privacy.models import PersonRequest
from linli.privacy.rules.requests import REFUSALS, RIGHTS, Kind, State
from linli.privacy.saying import rows_of
from linli.privacy.terms import promise
from linli.web.throttle import sender

#: Requests and codes tried an hour and address: a village may be behind one.
_ASKED, _TRIED = 20, 60
#: The code can be used again without typing it for so long, by the browser that has it.
_KNOWN_FOR_S = 30 * 60
_SESSION = "privacy_request"


@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """The form, and taking the request in."""
    form = Ask(request.POST or None, initial={"kind": request.GET.get("kind", "")})
    if request.method == "GET":
        return _form(request, form, 200)
    # Whatever a program fills into the field people do not see is not kept, and it is not told so.
    if request.POST.get("website"):
        return redirect("home")
    if too_many(f"privacy {sender(request)}", most=_ASKED, within_s=3600):
        form.add_error(None, _("Many came from here within the hour. Wait a while, then send it again."))
        return _form(request, form, 429)
    if not form.is_valid():
        return _form(request, form, 422)
    try:
        made, code = _take_in(form)
    except Refused as refusal:
        field = refusal.facts.get("field")
        form.add_error(field if field in form.fields else None, refusal.message)
        return _form(request, form, 422)
    request.session[_SESSION] = [code, time.time()]
    return redirect("privacy:prove" if made.state == State.UNPROVED else "privacy:answer")


def _take_in(form: Ask) -> tuple[PersonRequest, str]:
    sent = form.cleaned_data
    common: dict[str, Any] = {**form.wish, "language": get_language() or "", "at": timezone.now()}
    if sent["number"]:
        return actions.ask_by_receipt(number=sent["number"], secret=sent["secret"], **common)
    return actions.ask_by_message(reach=sent["reach"], **common)


def _form(request: HttpRequest, form: Ask, status: int) -> HttpResponse:
    context = {
        "form": form,
        "promise": promise(),
        "rights": [{"kind": kind, "article": RIGHTS[kind]} for kind in Kind],
        "sends": bool(proving_ways()),
    }
    return _unstored(render(request, "privacy/ask.html", context, status=status))


@require_http_methods(["GET", "POST"])
def prove(request: HttpRequest) -> HttpResponse:
    """The digits that were sent. Only the browser that asked can type them here."""
    found, code = _known(request)
    if found is None:
        return redirect("privacy:request")
    if found.state != State.UNPROVED:
        return redirect("privacy:answer")
    form = Digits(request.POST if request.method == "POST" else None, label_suffix="")
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                actions.prove(found, code=form.cleaned_data["code"], at=timezone.now())
            except Refused as refusal:
                form.add_error("code", refusal.message)
            else:
                return redirect("privacy:answer")
    return _unstored(render(request, "privacy/prove.html", {"form": form, "code": code}, status=status))


@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest) -> HttpResponse:
    """What became of it: for the browser that asked, and for whoever types the code."""
    form = Code(request.POST if request.method == "POST" else None, label_suffix="")
    status = 200
    if request.method == "POST":
        status = _try(request, form)
        if status == 200:
            return redirect("privacy:answer")
    found, code = _known(request)
    if found is not None and found.state == State.UNPROVED:
        return redirect("privacy:prove")
    context: dict[str, Any] = {"form": form, "found": found, "code": code}
    if found is not None:
        context |= _said(found)
    return _unstored(render(request, "privacy/answer.html", context, status=status))


def _said(found: PersonRequest) -> dict[str, Any]:
    return {
        "words": found.words,
        "article": RIGHTS[Kind(found.kind)],
        "rows": rows_of(found.found, finding.FOUND),
        "reason": REFUSALS.get(found.refused_for),
        "has_copy": _has_copy(found),
    }


def _has_copy(found: PersonRequest) -> bool:
    return found.kind == Kind.SEE and found.state == State.DONE


def _try(request: HttpRequest, form: Code) -> int:
    if too_many(f"privacy code {sender(request)}", most=_TRIED, within_s=3600):
        form.add_error("code", _("Too many tries. Wait an hour, then try again."))
        return 429
    if form.is_valid():
        if actions.find(form.cleaned_data["code"]) is not None:
            request.session[_SESSION] = [form.cleaned_data["code"], time.time()]
            return 200
        form.add_error("code", _("Nothing was asked under this code. Check it; it has ten letters and digits."))
    return 422


@require_POST
def copy(request: HttpRequest) -> HttpResponse:
    """All that is kept of whoever asked, once that was granted: as a page to print, or as a file."""
    found, _code = _known(request)
    if found is None or not _has_copy(found):
        raise Http404
    content = finding.copy_of(found)
    actions.note_copied(found, at=timezone.now())
    if request.POST.get("as") == "json":
        body = json.dumps(content, ensure_ascii=False, indent=1)
        file = HttpResponse(body, content_type="application/json; charset=utf-8")
        file.headers["Content-Disposition"] = 'attachment; filename="linli-copy.json"'
        return _unstored(file)
    return _unstored(render(request, "privacy/copy.html", {"sections": finding.sections_of(content)}))


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Forget the code on this device."""
    request.session.pop(_SESSION, None)
    messages.success(request, _("This browser has forgotten your code."))
    return redirect("privacy:about")


def _known(request: HttpRequest) -> tuple[PersonRequest | None, str]:
    """The request of this browser, and its code; it forgets both after a while."""
    code, at = request.session.get(_SESSION, ["", 0])
    if not code or time.time() - at > _KNOWN_FOR_S:
        return None, ""
    return actions.find(code), code


def _unstored(response: HttpResponse) -> HttpResponse:
    patch_cache_control(response, no_store=True)
    return response
