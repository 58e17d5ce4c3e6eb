"""`/audit/`: the auditor's search of the journal, the table of it, and the state of its chains."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.areas.models import Area
from linli.audit import actions
from linli.audit.forms import Question
from linli.audit.rules import Sight, sight_of
from linli.audit.searching import all_of, count_of, find, place_of
from linli.audit.showing import lines_of, table_of
from linli.exports.actions import mark_of
from linli.exports.files import marked_csv
from linli.exports.models import Export
from linli.exports.views import door, wanted_at
from linli.journal.anchors import anchors_path, read_anchors
from linli.journal.models import ChainHead, Verification
from linli.journal.proving import Break
from linli.journal.saying import said
from linli.journal.verifying import KEPT

#: Rows of a table; whoever needs more asks for fewer days.
LONGEST = 100_000
_ANCHORS, _VERIFICATIONS = 60, 10
_View = Callable[..., HttpResponseBase]


def _of_auditors(view: _View) -> _View:
    """Only for auditors, for whom it is not there otherwise; kept by nothing that lies between."""

    @login_required
    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **named: Any) -> HttpResponseBase:
        sight = sight_of(request.scope)  # type: ignore[attr-defined]
        if sight is None:
            raise Http404
        response = view(request, sight, *args, **named)
        patch_cache_control(response, no_store=True, private=True)
        return response

    return asked


@_of_auditors
@require_safe
def search(request: HttpRequest, sight: Sight) -> HttpResponse:
    """The question, and a page of what was found once something was asked."""
    is_asked = "search" in request.GET
    form = Question(request.GET if is_asked else None, label_suffix="")
    last = Verification.objects.exclude(ended_at=None).order_by("-id").first()
    context: dict[str, Any] = {"room": "audit", "form": form, "last": last, "is_asked": is_asked, "rows_most": LONGEST}
    if not is_asked or not form.is_valid():
        return render(request, "audit/search.html", context, status=422 if is_asked else 200)
    before = place_of(request.GET.get("before", ""))
    by, at = request.user, timezone.now()
    found = find(form.asked, sight, before)
    page = before.spelled() if before else ""
    actions.note_search(form.asked, sight, page=page, by=by, at=at)  # type: ignore[arg-type]
    query = urlencode([(name, value) for name, value in request.GET.items() if name != "before"])
    context |= {
        "lines": lines_of(found.entries),
        "more": found.more.spelled() if found.more else "",
        "stopped_at": found.stopped_at,
        "before": page,
        "query": query,
    }
    return render(request, "audit/search.html", context)


@_of_auditors
@require_http_methods(["GET", "HEAD", "POST"])
def export(request: HttpRequest, sight: Sight) -> HttpResponseBase:
    """What was asked for as a table, through the door of exports."""
    form = Question(request.GET, label_suffix="")
    if not form.is_valid():
        return render(request, "audit/search.html", {"room": "audit", "form": form, "is_asked": True}, status=422)
    at = timezone.now()
    wanted = wanted_at(
        request,
        kind="journal",
        area=get_object_or_404(Area, pk=sight.areas[0]),
        title=_("Search of the journal"),
        rows=count_of(form.asked, sight, LONGEST),
        file_name=f"journal-{timezone.localtime(at):%Y%m%d-%H%M}.csv",
        file_type="text/csv; charset=utf-8",
    )

    def write(made: Export) -> Iterable[bytes]:
        actions.note_export(form.asked, sight, by=request.user, at=at)  # type: ignore[arg-type]
        return marked_csv(table_of(all_of(form.asked, sight, LONGEST), masked=not made.unmasked), mark_of(made))

    return door(request, wanted, write)


@_of_auditors
@require_safe
def chains(request: HttpRequest, sight: Sight) -> HttpResponse:
    """Whether the journal holds: the last verifications, what they found, the anchors; alone how far the present one is."""
    under_way = Verification.objects.filter(ended_at__isnull=True).order_by("id").first()
    if request.headers.get("HX-Request"):
        response = render(request, "audit/_progress.html", {"under_way": under_way})
        if under_way is None:
            response["HX-Refresh"] = "true"
        return response
    done = list(Verification.objects.exclude(ended_at=None).select_related("asked_by").order_by("-id")[:_VERIFICATIONS])
    found = read_anchors()
    context = {
        "room": "audit",
        "under_way": under_way,
        "last": done[0] if done else None,
        "done": done,
        "breaks": [said(Break(**one)) for one in done[0].breaks] if done else [],
        "kept": KEPT,
        "chains": ChainHead.objects.order_by("chain")[:200],
        "anchors": found.lines[: -_ANCHORS - 1 : -1],
        "anchors_count": len(found.lines),
        "file": anchors_path(),
    }
    return render(request, "audit/chains.html", context)


@_of_auditors
@require_POST
def verify(request: HttpRequest, sight: Sight) -> HttpResponse:
    """Have it verified."""
    actions.verify(by=request.user, at=timezone.now())  # type: ignore[arg-type]
    messages.success(request, _("The worker verifies the journal. You may leave this page."))
    return redirect("audit:chains")


@_of_auditors
@require_safe
def anchors(request: HttpRequest, sight: Sight) -> HttpResponseBase:
    """The file of anchors, byte for byte."""
    path = anchors_path()
    if not path.is_file():
        raise Http404
    actions.note_anchors_taken(sight, by=request.user, at=timezone.now())  # type: ignore[arg-type]
    return FileResponse(path.open("rb"), as_attachment=True, filename="journal.jsonl", content_type="application/jsonl")
