"""Draws of call-backs: those there were, one by hand, and whether a draw is as it was drawn. For heads of committees."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models.functions import Length
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from linli.areas.codes import numbering, within
from linli.areas.models import Area
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.mediation.actions.bodies import seats_of
from linli.mediation.actions.calling_back import as_lines, draw_call_backs
from linli.mediation.actions.proving_draws import is_laid_open, opens_at, wrong_with
from linli.mediation.forms.draws import DrawByHand
from linli.mediation.forms.fields import put_refusal
from linli.mediation.models import CallBackDraw
from linli.mediation.models.afterwards import CallBackDrawQuerySet
from linli.mediation.rules import CallBackResult
from linli.mediation.views.reaching import person_of, sealed_page

_A_PAGE = 20
_LOTS = 50
#: Of fewer no percentage is shown: one more or less would change it too much.
_FEWEST_FOR_A_SHARE = 20


@dataclass(frozen=True)
class Outcome:
    """How many call-backs of a draw came out so; `percent` of those that were made, None where they are too few."""

    code: str
    label: Any
    count: int
    percent: int | None


@login_required
@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """The draws there were, and one by hand."""
    areas = _areas(request)
    if not areas:
        raise Http404
    month = (timezone.localdate().replace(day=1) - timedelta(days=1)).replace(day=1)
    days = {"from_on": month, "to_on": timezone.localdate().replace(day=1) - timedelta(days=1)}
    form = DrawByHand(request.POST if request.method == "POST" else None, areas=areas, initial=days)
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            made = draw_call_backs(**form.values(), by=person_of(request), at=timezone.now())
        except BadInput as refusal:
            put_refusal(form, refusal)
        except NotYours:
            raise
        except Refused as refusal:
            form.add_error(None, refusal.message)
            status = 409
        else:
            told = {"drawn": made.call_backs.count(), "count": len(made.population)}
            messages.success(request, _("Drawn: %(drawn)s of %(count)s agreements.") % told)
            return redirect("mediation:draw", made.pk)
    rows = _draws(request).counted().select_related("area").order_by("-to_on", "-id")
    page = Paginator(rows, _A_PAGE).get_page(request.GET.get("page"))
    shown = [{"draw": one, "count": len(one.population), "outcomes": outcomes_of(one)} for one in page.object_list]
    context = {"rows": shown, "page": page, "form": form, "room": "mediation"}
    return sealed_page(render(request, "mediation/draws.html", context, status=status))


@login_required
@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """One draw: whether it is as it was drawn, what came of it, and, once the parties were asked, all it was drawn from."""
    draw, at = _draw(request, pk), timezone.now()
    is_open = is_laid_open(draw, at)
    calls = draw.call_backs.select_related("dispute", "body").order_by("dispute__number")
    context: dict[str, Any] = {
        "draw": draw,
        "count": len(draw.population),
        "outcomes": outcomes_of(draw),
        "wrong": wrong_with(draw),
        "is_open": is_open,
        "opens_at": opens_at(draw),
        "page": Paginator(calls if is_open else calls.none(), _LOTS).get_page(request.GET.get("page")),
        "now": at,
        "room": "mediation",
    }
    return sealed_page(render(request, "mediation/draw.html", context))


@login_required
@require_safe
def population(request: HttpRequest, pk: int) -> HttpResponse:
    """The list as it was hashed; not before the parties were asked."""
    draw = _draw(request, pk)
    if not is_laid_open(draw, timezone.now()):
        raise Refused(
            "not_laid_open",
            _("The parties are still being asked. The list is laid open when the time to call is over."),
        )
    answer = HttpResponse(as_lines(draw.population), content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="call-backs-{draw.pk}.txt"'
    return sealed_page(answer)


def outcomes_of(draw: Any) -> list[Outcome]:
    """What came of a counted draw, in the order of the results."""
    counts = {result: getattr(draw, str(result)) for result in CallBackResult}
    made = sum(counts.values())
    return [
        Outcome(result, result.label, n, round(100 * n / made) if made >= _FEWEST_FOR_A_SHARE else None)
        for result, n in counts.items()
    ]


def _draws(request: HttpRequest) -> CallBackDrawQuerySet:
    return CallBackDraw.objects.overseen_by(person_of(request), timezone.now())


def _draw(request: HttpRequest, pk: int) -> CallBackDraw:
    """A draw of an area whose committee they head, or of one within; 404 for any other."""
    return get_object_or_404(_draws(request).counted().select_related("area", "drawn_by"), pk=pk)


def _areas(request: HttpRequest) -> list[Area]:
    """Those of the committees they head, and townships within."""
    own = [seat.body.area_id for seat in seats_of(person_of(request), timezone.now()) if seat.is_head]
    levels = numbering()
    deepest = levels.width("township") if "township" in levels.levels else levels.widths[-1]
    rows = Area.objects.open().annotate(length=Length("code")).filter(within(*own, field="code"))
    found = rows.filter(length__lte=deepest) | rows.filter(pk__in=own)
    return list(found.order_by("length", "code"))
