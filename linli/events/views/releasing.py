"""Making a photo public: `/desk/events/<pk>/photos/<picture>/public`."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from linli.events import actions, released
from linli.events.actions.course import standing_of
from linli.events.actions.releasing import draft_name
from linli.events.models import Event, Picture, Release
from linli.events.rules import RELEASING, require_releasing
from linli.events.views.show import seen
from linli.kit.media.faces import Box
from linli.kit.media.storing import store
from linli.kit.refusal import BadInput

_SIDES = ("x", "y", "width", "height")
#: Rows to type boxes into, for browsers that run no scripts.
_ROWS = 3


@login_required
@require_http_methods(["GET", "POST"])
def release(request: HttpRequest, pk: UUID, picture: UUID) -> HttpResponse:
    """The page, and the acts on it. While the worker prepares, a fragment asks whether it is done."""
    event, chosen = _seen(request, pk, picture)
    if request.method == "POST":
        return _act(request, event, chosen)
    row = Release.objects.filter(pk=chosen.pk).first()
    if "waiting" in request.GET:
        return _still_waiting(row)
    return _page(request, event, chosen, row)


@login_required
@require_safe
def draft(request: HttpRequest, pk: UUID, picture: UUID, sha256: str) -> FileResponse:
    """The draft as it is now, for those who decide about it."""
    _event, chosen = _seen(request, pk, picture)
    if not Release.objects.filter(pk=chosen.pk, draft_sha256=sha256).exists():
        raise Http404
    try:
        response = FileResponse(store().open(draft_name(sha256)), content_type="image/jpeg")
    except FileNotFoundError:
        raise Http404 from None
    patch_cache_control(response, no_store=True)
    return response


def _seen(request: HttpRequest, pk: UUID, picture: UUID) -> tuple[Event, Picture]:
    event = seen(request, pk)
    chosen = get_object_or_404(event.pictures, pk=picture)
    require_releasing("withdraw_release", standing_of(event, request.user, timezone.now(), request.scope))  # type: ignore[arg-type, attr-defined]
    return event, chosen


def _act(request: HttpRequest, event: Event, chosen: Picture) -> HttpResponse:
    try:
        done = _ACTS[request.POST.get("act", "")](request, chosen)
    except KeyError:
        raise Http404 from None
    except BadInput as refusal:
        row = Release.objects.filter(pk=chosen.pk).first()
        return _page(request, event, chosen, row, problem=refusal.message, rows=_typed(request.POST))
    messages.success(request, done)
    return redirect("events:release", event.pk, chosen.pk)


def _prepare(request: HttpRequest, chosen: Picture) -> str:
    actions.prepare_release(chosen, by=request.user, at=timezone.now())  # type: ignore[arg-type]
    return _("A draft is being prepared.")


def _cover(request: HttpRequest, chosen: Picture) -> str:
    boxes = _boxes(request.POST)
    actions.cover(chosen, seen=request.POST.get("draft", ""), boxes=boxes, by=request.user, at=timezone.now())  # type: ignore[arg-type]
    return _("Covered. Look at it again.")


def _confirm(request: HttpRequest, chosen: Picture) -> str:
    if _boxes(request.POST):
        raise BadInput("not_covered", _("Some boxes are not covered yet. Cover them, then look at it again."))
    if request.POST.get("looked") != "yes":
        raise BadInput("not_looked", _("First say that you have looked at it."), field="looked")
    actions.confirm_release(chosen, seen=request.POST.get("draft", ""), by=request.user, at=timezone.now())  # type: ignore[arg-type]
    return _("This photo is public now.")


def _withdraw(request: HttpRequest, chosen: Picture) -> str:
    actions.withdraw_release(chosen, by=request.user, at=timezone.now())  # type: ignore[arg-type]
    return _("This photo is not public.")


_ACTS = {"prepare": _prepare, "cover": _cover, "confirm": _confirm, "withdraw": _withdraw}


def _typed(sent: QueryDict) -> list[dict[str, str]]:
    """The boxes as they were sent, in percent; rows in which nothing stands are none."""
    found = zip(*(sent.getlist(side) for side in _SIDES), strict=False)
    return [dict(zip(_SIDES, row, strict=True)) for row in found if any(one.strip() for one in row)]


def _boxes(sent: QueryDict) -> list[Box]:
    try:
        return [Box(*(float(row[side]) / 100 for side in _SIDES)) for row in _typed(sent)]
    except ValueError:
        raise BadInput(
            "box_no_number", _("A box needs four numbers: from the left, from the top, width and height.")
        ) from None


def _still_waiting(row: Release | None) -> HttpResponse:
    if row is not None and row.wanted_at:
        return HttpResponse(status=204)
    return HttpResponse(status=204, headers={"HX-Refresh": "true"})


def _page(request: HttpRequest, event: Event, chosen: Picture, row: Release | None, **more: Any) -> HttpResponse:
    standing = standing_of(event, request.user, timezone.now(), request.scope)  # type: ignore[arg-type, attr-defined]
    typed = more.get("rows", [])
    context = {
        "room": "queue",
        "event": event,
        "picture": chosen,
        "release": row,
        "stage": released.standing(row)[0],
        "stage_words": released.standing(row)[1],
        "may_prepare": bool(RELEASING["prepare_release"] & standing.roles),
        "is_public_matter": event.category is not None and event.category.is_public,
        **more,
        "rows": [*typed, *[dict.fromkeys(_SIDES, "")] * max(0, _ROWS - len(typed))],
    }
    return render(request, "events/release.html", context, status=422 if "problem" in more else 200)
