"""The work order 派工单 of a matter, for paper: for one department or for all that have a part in it."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from linli.areas.codes import lineage
from linli.areas.models import Area
from linli.events import offices
from linli.events.actions import promise
from linli.events.actions.duties import recommend
from linli.events.models import Clock, Event, Part
from linli.events.rules import ClockKind
from linli.events.sketch import HEIGHT, WIDTH, sketch_of
from linli.events.views.show import seen
from linli.kit.refusal import Refused


@login_required
@require_safe
def order(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One page of A4; `?part=` chooses one department. Who reported it stands on none: the relay does."""
    event, at = seen(request, pk), timezone.now()
    parts = list(event.parts.acting().select_related("department", "under__department"))
    if not parts:
        raise Refused("not_dispatched", _("No department has this matter. Dispatch it, then print the order."))
    chosen = _chosen(parts, request.GET.get("part", ""))
    context = {
        "room": "queue",
        "event": event,
        "parts": parts,
        "chosen": chosen,
        "shown": [chosen] if chosen else parts,
        "now": at,
        "address": request.build_absolute_uri(reverse("events:show", args=[event.pk])),
        "place": _place(event),
        "office": offices.desk_of(event),
        "sketch": sketch_of(event),
        "width": WIDTH,
        "height": HEIGHT,
        **_limits(event, chosen, at),
        **_basis(event, parts, at),
    }
    return render(request, "events/order.html", context)


def _chosen(parts: list[Part], asked: str) -> Part | None:
    if not asked:
        return None
    found = next((part for part in parts if str(part.pk) == asked), None)
    if found is None:
        raise Http404
    return found


def _place(event: Event) -> str:
    names = Area.objects.filter(pk__in=lineage(event.area_id)).order_by("code").values_list("name", flat=True)
    return "".join(names)


def _limits(event: Event, chosen: Part | None, at: datetime) -> dict[str, Any]:
    """The limit as promised, what it counts in, how many working days are left; and the clocks of the parts."""
    calendar = promise.calendar_from(min(at, event.clock_from or at))
    limit = promise.binding(event, calendar) if event.due_at else None
    due_on = timezone.localdate(event.due_at) if event.due_at else None
    today = timezone.localdate(at)
    days = (due_on - today).days if due_on else 0
    left = sum(calendar.is_working(today + timedelta(days=n)) for n in range(1, days + 1)) if days > 0 else 0
    clocks = Clock.objects.unstopped().filter(event=event, part__isnull=False, kind=ClockKind.HANDLE)
    return {"limit": limit, "days_left": left, "part_due": {clock.part_id: clock.due_at for clock in clocks}}


def _basis(event: Event, parts: list[Part], at: datetime) -> dict[str, Any]:
    """On what the duty list rests it, where the department that leads is the one it names."""
    lead = next((part for part in parts if part.leads), None)
    duty = recommend(event, at).duty
    fits = duty is not None and lead is not None and duty.lead_id == lead.department_id
    return {"duty": duty if fits else None, "lead": lead, "may_relay": hasattr(event, "receipt")}
