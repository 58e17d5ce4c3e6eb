"""Acts on the register of one area: a form page each, one address for all, and nothing stored before it is sent."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from linli.areas.actions import kinds_below
from linli.areas.codes import lineage
from linli.areas.models import SETTLEMENTS, Area, Kind
from linli.events.actions import register
from linli.events.models import Event
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.people.actions import scope_of
from linli.people.models import Person
from linli.people.rules import KEEPS_APPOINTMENTS, KEEPS_REGISTER, Role, Scope, not_yours
from linli.web import areas_forms
from linli.web.areas.sight import clean, seen, sight_of
from linli.web.areas_forms import AreaForm

#: Does the act and gives the area whose page comes next.
Do = Callable[[Area, dict[str, Any], Person, datetime], Area]


@dataclass(frozen=True)
class Act:
    """One act: its words, its form, for which areas it is, and what it does."""

    name: str
    label: Any
    icon: str
    form: type[AreaForm]
    fits: Callable[[Area], bool]
    do: Do
    #: The roles of which one is needed in the area.
    by: frozenset[Role] = KEEPS_REGISTER


def _rename(area: Area, values: dict[str, Any], by: Person, at: datetime) -> Area:
    register.rename_area(area, values["name"], by=by, at=at)
    return area


def _open(area: Area, values: dict[str, Any], by: Person, at: datetime) -> Area:
    file = values.pop("file")
    return register.open_area(area, values.pop("name"), outline=file, by=by, at=at, **values)


def _draw(area: Area, values: dict[str, Any], by: Person, at: datetime) -> Area:
    register.draw(area, values["file"], crs=values["crs"], source=values["source"], by=by, at=at)
    return area


def _add_place(area: Area, values: dict[str, Any], by: Person, at: datetime) -> Area:
    register.add_place(area, values.pop("name"), values.pop("kind"), by=by, at=at, **values)
    return area


def _cover(area: Area, values: dict[str, Any], by: Person, at: datetime) -> Area:
    grid, settlement = (values["other"], area) if area.kind in SETTLEMENTS else (area, values["other"])
    register.cover(grid, settlement, by=by, at=at)
    return area


def _appoint(area: Area, values: dict[str, Any], by: Person, at: datetime) -> Area:
    register.appoint(values.pop("person"), area=area, by=by, at=at, **values)
    return area


def _close(area: Area, values: dict[str, Any], by: Person, at: datetime) -> Area:
    register.close_area(area, successor=values["successor"], by=by, at=at)
    return area


def _answers(area: Area) -> bool:
    return area.kind not in SETTLEMENTS


_REDRAW = "redraw"
#: In the order in which the page offers them. Redrawing has a page of its own, with a preview.
ACTS: dict[str, Act] = {
    act.name: act
    for act in (
        Act(
            "appoint",
            gettext_lazy("Appoint somebody"),
            "user-plus",
            areas_forms.Appoint,
            _answers,
            _appoint,
            KEEPS_APPOINTMENTS,
        ),
        Act("place", gettext_lazy("Add a place"), "map-pin", areas_forms.AddPlace, _answers, _add_place),
        Act(
            "open",
            gettext_lazy("Open an area in it"),
            "circle-plus",
            areas_forms.Open,
            lambda area: bool(kinds_below(area)),
            _open,
        ),
        Act(
            "cover",
            gettext_lazy("Settlement and grid"),
            "link",
            areas_forms.Cover,
            lambda area: area.kind in SETTLEMENTS | {Kind.GRID, Kind.SPECIAL_GRID},
            _cover,
        ),
        Act(
            "draw",
            gettext_lazy("Draw its outline"),
            "pencil",
            areas_forms.Draw,
            lambda area: not register.needs_redraw(area),
            _draw,
        ),
        Act("rename", gettext_lazy("Rename it"), "type", areas_forms.Rename, lambda area: True, _rename),
        Act(
            "close",
            gettext_lazy("Close the area"),
            "archive",
            areas_forms.Close,
            lambda area: area.parent_id is not None,
            _close,
        ),
    )
}


def acts_on(area: Area, scope: Scope) -> list[dict[str, Any]]:
    """What a keeper of the register can do with this area by their roles; nothing with a closed one."""
    if not area.is_open:
        return []
    offered = [
        {"label": act.label, "icon": act.icon, "address": reverse("area_act", args=[area.code, act.name])}
        for act in ACTS.values()
        if act.fits(area) and scope.roles_in(area.code) & act.by
    ]
    if register.needs_redraw(area):
        label = gettext_lazy("Redraw the grid") if area.level == "grid" else gettext_lazy("Redraw the area")
        redrawing = {"label": label, "icon": "split", "address": reverse("area_redraw", args=[area.code])}
        offered.insert(0, redrawing)
    return offered


def kept(request: HttpRequest, code: str, by: frozenset[Role] = KEEPS_REGISTER) -> Area:
    """The area if this person keeps it by one of these roles. 404 if they may not even see it; else raises `NotYours`."""
    area = seen(request, code)
    if not scope_of(request.user, timezone.now()).roles_in(area.code) & by:  # type: ignore[arg-type]
        raise not_yours()
    return area


@login_required
@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, code: str, name: str) -> HttpResponse:
    """The form of an act, and doing it. What the rules refuse is said in the form; `NotYours` becomes a page."""
    if name not in ACTS:
        raise Http404
    wanted, at = ACTS[name], timezone.now()
    area = kept(request, code, wanted.by)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = wanted.form(*sent, area=area, scope=request.scope)  # type: ignore[attr-defined]
    if request.method == "GET":
        return _page(request, area, wanted, form)
    if not form.is_valid():
        return _page(request, area, wanted, form, status=422)
    try:
        values = form.values() | ({"source": _source(request)} if "file" in form.fields else {})
        following = wanted.do(area, values, request.user, at)  # type: ignore[arg-type]
    except NotYours:
        raise
    except Refused as refusal:
        say_no(form, refusal)
        return _page(request, area, wanted, form, status=refusal.status)
    messages.success(request, _("Done: %(act)s") % {"act": wanted.label})
    return redirect("area", following.code)


def _source(request: HttpRequest) -> str:
    """The name of the file an outline came in."""
    file = request.FILES.get("file")
    return str(getattr(file, "name", "") or "")[:200]


def say_no(form: Any, refusal: Refused) -> None:
    """Put a refusal beside the field it is about, else at the head of the form."""
    field = refusal.facts.get("field") if isinstance(refusal, BadInput) else None
    form.add_error(field if field in form.fields else None, refusal.message)


def _page(request: HttpRequest, area: Area, act: Act, form: AreaForm, status: int = 200) -> HttpResponse:
    context = {"room": "areas", "area": area, "act": act, "form": form, "path": path_of(request, area)}
    if act.name == "close" and sight_of(request).shows_matters(area.code):
        context["open_count"] = Event.objects.visible_to(request.scope).open().filter(area=area).count()  # type: ignore[attr-defined]
    return render(request, "web/areas/act.html", context, status=status)


def path_of(request: HttpRequest, area: Area) -> list[dict[str, Any]]:
    """The areas from the top down to this one; those above their own are names without a link."""
    sight = sight_of(request)
    rows = Area.objects.filter(pk__in=lineage(area.code)).order_by("code")
    return [{"area": one, "is_open_to_them": sight.covers(one.code)} for one in rows]


@login_required
@require_POST
def uncover(request: HttpRequest, code: str, settlement: str) -> HttpResponse:
    """The grid covers a settlement no longer."""
    grid = kept(request, code)
    other = get_object_or_404(sight_of(request).areas(), pk=clean(settlement))
    register.uncover(grid, other, by=request.user, at=timezone.now())  # type: ignore[arg-type]
    messages.success(request, _("%(grid)s no longer covers %(settlement)s.") % {"grid": grid, "settlement": other})
    return redirect("area", grid.code)
