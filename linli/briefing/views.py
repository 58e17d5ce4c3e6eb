"""The pages of the briefings of an area: the list, one to read, its papers, its schedules and its template."""

import io
from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.areas.models import Area
from linli.briefing import actions, papers, showing
from linli.briefing.forms import MakeNow, PutTemplate, SetSchedule
from linli.briefing.models import Briefing, Schedule
from linli.briefing.rules import Rhythm, State, whole
from linli.kit.media.storing import original, store
from linli.kit.papers import asking
from linli.kit.refusal import BadInput
from linli.statistics.sight import area_in_sight, path_to, scope_of

_A_PAGE = 24
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
#: By the ending of a paper: its media type, and the column that names its file.
_KINDS = {"pdf": ("application/pdf", "pdf_sha256"), "docx": (_WORD, "docx_sha256")}


@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """To the briefings of the person's own area; through the figures where they have several or none."""
    codes = scope_of(request).area_codes
    return redirect("briefing:index", codes[0]) if len(codes) == 1 else redirect("statistics:mine")


@login_required
@require_safe
def index(request: HttpRequest, code: str) -> HttpResponse:
    """All periods and editions, and what is made by itself."""
    area = area_in_sight(request, code)
    return _list(request, area, MakeNow(initial=_usual(timezone.now())))


def _usual(at: datetime) -> dict[str, Any]:
    last = whole(Rhythm.MONTH, timezone.localdate(at)).before.last
    return {"rhythm": Rhythm.MONTH, "day": last, "language": settings.LANGUAGE_CODE}


def _list(request: HttpRequest, area: Area, form: MakeNow, status: int = 200) -> HttpResponse:
    of_area = Briefing.objects.filter(area=area).select_related("asked_by").defer("content")
    page = Paginator(of_area, _A_PAGE).get_page(request.GET.get("page"))
    context = _around(request, area) | {
        "page": page,
        "lines": [showing.line_of(one) for one in page.object_list],
        "is_making": any(one.state == State.WAITING for one in page.object_list),
        "schedules": [showing.scheduled(one) for one in _schedules(area)],
        "form": form,
    }
    return render(request, "briefing/index.html", context, status=status)


def _schedules(area: Area) -> Any:
    return Schedule.objects.filter(area=area, ended_at__isnull=True).prefetch_related("readers")


def _around(request: HttpRequest, area: Area) -> dict[str, Any]:
    """What every page of an area shows."""
    return {
        "room": "statistics",
        "area": area,
        "path": path_to(request, area.code),
        "may_keep": actions.may_keep(scope_of(request), area.code) and actions.has_briefings(area),
        "has_papers": asking.available(),
        "now": timezone.now(),
    }


@login_required
@require_POST
def make_now(request: HttpRequest, code: str) -> HttpResponse:
    """Ask for the briefing of a whole period; the worker makes it."""
    area, form = area_in_sight(request, code), MakeNow(request.POST)
    if form.is_valid():
        try:
            actions.make_now(area, **form.cleaned_data, by=request.user, at=timezone.now())  # type: ignore[arg-type]
        except BadInput as refusal:
            form.add_error(refusal.facts.get("field"), refusal.message)
        else:
            messages.success(request, _("It is being made. That takes a minute at most."))
            return redirect("briefing:index", code)
    return _list(request, area, form, 422)


# --- one of them --------------------------------------------------------------------------------------------------------


def _seen(request: HttpRequest, pk: int) -> Briefing:
    """If all matters of its area are in the person's sight; else 404."""
    briefing = get_object_or_404(Briefing.objects.select_related("area", "asked_by"), pk=pk)
    area_in_sight(request, briefing.area_id)
    return briefing


@login_required
@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """The same sentences as in the papers, each number leading to its rows."""
    briefing = _seen(request, pk)
    others = Briefing.objects.filter(area=briefing.area_id, rhythm=briefing.rhythm, first_on=briefing.first_on)
    context = _around(request, briefing.area) | {
        "briefing": briefing,
        "line": showing.line_of(briefing),
        "said": showing.shown(briefing.content) if briefing.content else None,
        "editions": [showing.line_of(one) for one in others.exclude(pk=pk).select_related("asked_by").defer("content")],
    }
    return render(request, "briefing/show.html", context)


@login_required
@require_safe
def paper(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """One of its two files; kept by nothing on the way."""
    briefing = _seen(request, pk)
    if kind not in _KINDS:
        raise Http404
    media_type, column = _KINDS[kind]
    sha256 = getattr(briefing, column)
    if not sha256:
        raise Http404
    try:
        file = store().open(original(sha256))
    except FileNotFoundError:
        raise Http404 from None
    return _sent(file, media_type, f"{showing.file_name(briefing)}.{kind}")


def _sent(file: Any, media_type: str, name: str) -> HttpResponse:
    response = FileResponse(file, content_type=media_type)
    # Both spellings of the name: programs that do not know the second take the first.
    plain = name.encode("ascii", "ignore").decode() or "briefing"
    response.headers["Content-Disposition"] = f"attachment; filename=\"{plain}\"; filename*=utf-8''{quote(name)}"
    patch_cache_control(response, no_store=True, private=True)
    return response  # type: ignore[return-value]


@login_required
@require_POST
def make_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Try again, or make the files that are missing."""
    briefing = _seen(request, pk)
    actions.make_again(briefing, by=request.user, at=timezone.now())  # type: ignore[arg-type]
    return redirect("briefing:show", pk)


# --- schedules ----------------------------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "POST"])
def schedule(request: HttpRequest, code: str) -> HttpResponse:
    """What is made by itself, and who is told."""
    area, at = area_in_sight(request, code), timezone.now()
    actions.require_keeper(request.user, area, at)  # type: ignore[arg-type]
    people = actions.possible_readers(area, at)
    if request.method == "POST":
        form = SetSchedule(request.POST, people=people)
        if form.is_valid():
            actions.set_schedule(area, **_of_form(form), by=request.user, at=at)  # type: ignore[arg-type]
            messages.success(request, _("Kept. It is made after each period is over, and its readers are told."))
            return redirect("briefing:index", code)
    else:
        form = SetSchedule(initial=_as_it_is(area, request.GET.get("rhythm", "")), people=people)
    return render(
        request,
        "briefing/schedule.html",
        _around(request, area) | {"form": form},
        status=422 if form.errors else 200,
    )


def _of_form(form: SetSchedule) -> dict[str, Any]:
    return {**form.cleaned_data, "readers": list(form.cleaned_data["readers"])}


def _as_it_is(area: Area, rhythm: str) -> dict[str, Any]:
    found = _schedules(area).filter(rhythm=rhythm).first() if rhythm in Rhythm.values else None
    if found is None:
        return {"rhythm": rhythm or Rhythm.MONTH, "language": settings.LANGUAGE_CODE}
    return {
        "rhythm": found.rhythm,
        "language": found.language,
        "office": found.office,
        "readers": [one.pk for one in found.readers.all()],
    }


@login_required
@require_POST
def end_schedule(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """No more from now on."""
    area = area_in_sight(request, code)
    one = get_object_or_404(Schedule.objects.select_related("area"), pk=pk, area=area)
    actions.end_schedule(one, by=request.user, at=timezone.now())  # type: ignore[arg-type]
    return redirect("briefing:index", code)


# --- the template of an office ------------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "POST"])
def template(request: HttpRequest, code: str) -> HttpResponse:
    """Take the sample, change it in Word, and send it back; it is tried at once."""
    area, at = area_in_sight(request, code), timezone.now()
    actions.require_keeper(request.user, area, at)  # type: ignore[arg-type]
    form = PutTemplate(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.put_template(area, form.cleaned_data["template"], by=request.user, at=at)  # type: ignore[arg-type]
        except BadInput as refusal:
            form.add_error("template", refusal.message)
        else:
            messages.success(request, _("It renders. Briefings are set by it from now on."))
            return redirect("briefing:template", code)
    context = _around(request, area) | {"form": form, "own": actions.template_of(area.code)}
    return render(request, "briefing/template.html", context, status=422 if form.errors else 200)


@login_required
@require_safe
def template_file(request: HttpRequest, code: str) -> HttpResponse:
    """The template in use here, to be changed."""
    area = area_in_sight(request, code)
    content = actions.template_bytes(area.code) or papers.sample()
    return _sent(io.BytesIO(content), _WORD, f"linli-briefing-{code}.docx")


@login_required
@require_POST
def end_template(request: HttpRequest, code: str) -> HttpResponse:
    """Back to linli's own."""
    area = area_in_sight(request, code)
    actions.end_template(area, by=request.user, at=timezone.now())  # type: ignore[arg-type]
    return redirect("briefing:template", code)
