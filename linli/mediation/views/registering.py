"""Registering a dispute at a door: window, telephone, entrusted, found early, or from an event that went to mediation."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Length
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from linli.areas.codes import lineage, numbering, outermost, within
from linli.areas.models import ANSWERING, Area
from linli.events.models import Event
from linli.events.rules import State as EventState
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.mediation.actions.registering import register
from linli.mediation.forms.registering import Register
from linli.mediation.models import Body, Dispute, Mediator
from linli.mediation.rules import Door
from linli.mediation.rules.doors import REGISTERS
from linli.mediation.views.reaching import person_of, scope_of, sealed_page

#: More events than this wait for nobody; the list shows the latest.
_MOST_EVENTS = 100


def places(request: HttpRequest, door: str, at: datetime) -> list[str]:
    """The outermost areas in which this person may register at this door."""
    held = [one.area for one in scope_of(request).held if one.role in REGISTERS[door] and not one.department]
    serving = Mediator.objects.serving_on(timezone.localdate(at)).filter(person=person_of(request))
    seats = serving.values_list("body__area", flat=True) if door != Door.ONLINE else []
    return outermost([*held, *seats])


def doors_open(request: HttpRequest, at: datetime) -> list[Door]:
    """The doors at which this person may register somewhere."""
    serves = Mediator.objects.serving_on(timezone.localdate(at)).filter(person=person_of(request)).exists()
    return [door for door in Door if door != Door.ONLINE and (serves or scope_of(request).holds(*REGISTERS[door]))]


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """The form, and registering. Whoever may not open the file is told its number."""
    at = timezone.now()
    doors = doors_open(request, at)
    if not doors:
        raise NotYours(
            "not_your_door", _("Disputes of this place are registered by its desk and its mediators. Tell them of it.")
        )
    door = next(
        (one for one in doors if one == request.GET.get("door")), Door.WINDOW if Door.WINDOW in doors else doors[0]
    )
    form = _form(request, door, at)
    if request.method == "POST" and form.is_valid():
        try:
            made = register(form.told(), **form.rows(), door=door, by=person_of(request), at=at)
        except BadInput as refusal:
            form.put(refusal)
        except Refused as refusal:
            form.add_error(None, refusal.message)
        else:
            return _registered(request, made.dispute, at)
    context = {"form": form, "door": door, "doors": doors, "room": "mediation"}
    return sealed_page(render(request, "mediation/new.html", context, status=422 if form.is_bound else 200))


def _registered(request: HttpRequest, dispute: Dispute, at: datetime) -> HttpResponse:
    messages.success(request, _("Registered under %(number)s.") % {"number": dispute.number})
    if dispute.may_intensify:
        messages.success(request, _("Heads of the committee, desk and duty leader were told of the danger."))
    if Dispute.objects.visible_to(person_of(request), at).filter(pk=dispute.pk).exists():
        return redirect("mediation:file", dispute.pk)
    return redirect("mediation:list")


def _form(request: HttpRequest, door: str, at: datetime) -> Register:
    codes = places(request, door, at)
    choices: dict[str, Any] = {
        "door": door,
        "areas": areas_of(codes),
        "bodies": _bodies(codes, at),
        "events": _events(request, codes) if door == Door.EVENT else [],
        "at": at,
    }
    beside = _beside(request, codes) if door == Door.EVENT else None
    if beside is not None:
        choices |= {"events": [(str(beside.pk), _event_line(beside))], "is_beside": True}
    if request.method == "POST":
        return Register(request.POST, request.FILES, **choices)
    given = {name: request.GET.get(name, "") for name in ("area", "event")}
    if door == Door.EVENT and given["event"]:
        given |= _of_event(request, given["event"], codes)
    return Register(initial=given, **choices)


def areas_of(codes: Iterable[str]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Townships with their villages; a grid only where somebody is appointed to it and to nothing wider."""
    levels = numbering()
    deepest = levels.width("village") if "village" in levels.levels else levels.widths[-1]
    wanted = within(*codes, field="code") & (Q(length__lte=deepest) | Q(pk__in=list(codes)))
    rows = Area.objects.open().annotate(length=Length("code")).filter(wanted, kind__in=sorted(ANSWERING))
    groups: dict[str, list[tuple[str, str]]] = {}
    names = dict(
        Area.objects.filter(code__in={row.parent_id for row in rows if row.parent_id}).values_list("code", "name")
    )
    for row in rows.order_by("code"):
        under = row.parent_id if len(row.code) >= deepest else row.code
        name = names.get(under or "", row.name) if under != row.code else row.name
        groups.setdefault(name, []).append((row.code, row.name))
    return list(groups.items())


def _bodies(codes: Iterable[str], at: datetime) -> list[Body]:
    around = {code for one in codes for code in lineage(one)}
    open_ones = Body.objects.open_on(timezone.localdate(at))
    return list(open_ones.filter(Q(area__in=around) | within(*codes)).order_by("area", "pk"))


def _events(request: HttpRequest, codes: Iterable[str]) -> list[tuple[str, str]]:
    """Events that went to mediation and that nobody mediates yet: number, village and day, nothing of what they say."""
    open_ones = Dispute.objects.open().filter(event=OuterRef("pk"))
    rows = Event.objects.filter(within(*codes), ~Exists(open_ones), state=EventState.IN_MEDIATION)
    rows = rows.select_related("area__parent").order_by("-pk")[:_MOST_EVENTS]
    return [(str(one.pk), _event_line(one)) for one in rows]


def _beside(request: HttpRequest, codes: Iterable[str]) -> Event | None:
    """The open event that was asked for, which has not gone to mediation and which they may read; a dispute can be
    mediated beside it where the parties agree.
    """
    key = request.GET.get("event", "") if request.method == "GET" else request.POST.get("event", "")
    mine = Event.objects.visible_to(scope_of(request)).filter(within(*codes)).exclude(state=EventState.IN_MEDIATION)
    try:
        event = mine.select_related("area__parent").filter(pk=key).first() if key else None
    except (ValueError, ValidationError):
        return None
    return event if event is not None and event.is_open else None


def _event_line(event: Event) -> str:
    above = event.area.parent.name if event.area.parent else event.area.name
    return f"{event.number} · {above} · {date_format(timezone.localtime(event.reported_at), 'SHORT_DATE_FORMAT')}"


def _of_event(request: HttpRequest, key: str, codes: Iterable[str]) -> dict[str, str]:
    """What is known of it already; its words only for whoever may read the event itself."""
    try:
        event = Event.objects.filter(within(*codes), pk=key, state=EventState.IN_MEDIATION).first()
    except (ValueError, ValidationError):
        return {}
    event = event or _beside(request, codes)
    if event is None:
        return {}
    levels = numbering()
    village = event.area_id[: levels.width("village")] if "village" in levels.levels else event.area_id
    known = {"event": str(event.pk), "area": village}
    if Event.objects.visible_to(scope_of(request)).filter(pk=event.pk).exists():
        known |= {"summary": event.text, "place": event.place}
    return known
