"""The limits of the steps: read by everybody, set by the county desk for the county, a township or less. `/desk/limits/`."""

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from linli.areas.models import Area
from linli.events.actions import limits as actions
from linli.events.actions.categories import may_edit
from linli.events.models import StepLimit
from linli.events.rules import LARGEST_LIMIT, STEP_LIMITS, ClockKind, Limit, Unit, Urgency
from linli.journal.models import Entry
from linli.web.categories_told import limit_words

_CHANGES = 12
_ABOVE = "above"
_UNITS = [(unit.value, unit.label) for unit in Unit if unit in LARGEST_LIMIT]


@dataclass(frozen=True)
class Cell:
    """A limit of the table, in words."""

    kind: str
    urgency: str
    words: str
    set_in: str
    is_here: bool


class LimitForm(forms.Form):
    """How long, or as it is above."""

    amount = forms.IntegerField(label=gettext_lazy("How long"), min_value=1, required=False)
    unit = forms.ChoiceField(
        label=gettext_lazy("Unit of the limit"),
        choices=[*_UNITS, (_ABOVE, gettext_lazy("No limit of its own: as above"))],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label=gettext_lazy("Why, or by which notice"), max_length=200)

    def clean(self) -> dict[str, Any]:
        """A number, unless it is as above; within what its unit allows."""
        clean: dict[str, Any] = super().clean() or {}
        amount, unit = clean.get("amount"), clean.get("unit")
        if unit and unit != _ABOVE and "amount" not in self.errors:
            if not amount or amount > LARGEST_LIMIT[unit]:
                wrong = _("A time limit is a whole number from 1 to %(largest)s.") % {"largest": LARGEST_LIMIT[unit]}
                self.add_error("amount", wrong)
        return clean

    def limit(self) -> Limit | None:
        """The limit as it is to be; None: as above."""
        unit, amount = self.cleaned_data["unit"], self.cleaned_data["amount"]
        return None if unit == _ABOVE else Limit(**{unit: amount})


@login_required
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The limits that hold in an area, by step and urgency, each with whose it is."""
    area = _area(request)
    context = {
        "room": "limits",
        "area": area,
        "areas": _areas(area),
        "urgencies": Urgency.choices,
        "rows": _rows(area) if area else [],
        "may_edit": may_edit(request.user, timezone.now()),  # type: ignore[arg-type]
        "edits": [_Edit.of(entry) for entry in _edits()],
    }
    return render(request, "web/limits/list.html", context)


def _area(request: HttpRequest) -> Area | None:
    """The area asked for, else the topmost."""
    asked = request.GET.get("area", "")
    if asked:
        return get_object_or_404(Area.objects.filter(valid_to__isnull=True), pk=asked[:20])
    return Area.objects.filter(parent__isnull=True).order_by("code").first()


def _areas(area: Area | None) -> list[Area]:
    """What may be looked at: the topmost, those below it, those with limits of their own, and this one."""
    if area is None:
        return []
    below = Area.objects.filter(parent__parent__isnull=True, parent__isnull=False, valid_to__isnull=True)
    found = Area.objects.filter(parent__isnull=True) | below
    found |= Area.objects.filter(pk__in=StepLimit.objects.values("area")) | Area.objects.filter(pk=area.pk)
    return list(found.order_by("code")[:200])


def _rows(area: Area) -> list[tuple[Any, list[Cell]]]:
    found = actions.limits_in(area.pk)
    names = dict(Area.objects.filter(pk__in={one.set_in for one in found if one.set_in}).values_list("code", "name"))
    rows = []
    for kind, of_kind in groupby(found, key=lambda one: one.kind):
        cells = [
            Cell(kind, one.urgency, limit_words(one.limit), names.get(one.set_in or "", ""), one.set_in == area.pk)
            for one in of_kind
        ]
        rows.append((ClockKind(kind).label, cells))
    return rows


def _edits() -> Any:
    entries = Entry.objects.filter(on_kind="area", verb="limit.changed").select_related("by")
    return entries.order_by("-id")[:_CHANGES]


@dataclass(frozen=True)
class _Edit:
    """A change as the journal keeps it, in words."""

    entry: Entry
    what: str
    before: str
    after: str

    @classmethod
    def of(cls, entry: Entry) -> "_Edit":
        facts = entry.facts
        what = f"{ClockKind(facts['kind']).label} · {Urgency(facts['urgency']).label}"
        return cls(entry, what, _words(facts["before"]), _words(facts["after"]))


def _words(code: str) -> str:
    amount, _mark, unit = code.partition(":")
    return limit_words(Limit(**{unit: int(amount)})) if unit else _("as above")


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, kind: str, urgency: str) -> HttpResponse:
    """Set one limit for an area: first what it means, then for good."""
    actions.require_keeper(request.user, timezone.now())  # type: ignore[arg-type]
    area = _area(request)
    if area is None or kind not in STEP_LIMITS or urgency not in Urgency.values:
        raise Http404
    own = StepLimit.objects.filter(area=area, kind=kind, urgency=urgency).first()
    holds = next(one for one in actions.limits_in(area.pk) if (one.kind, one.urgency) == (kind, urgency))
    begun = {"amount": holds.limit.amount, "unit": holds.limit.unit if own else _ABOVE}
    form = LimitForm(request.POST or None, initial=begun, label_suffix="")
    context = {
        "room": "limits",
        "area": area,
        "form": form,
        "title": f"{ClockKind(kind).label} · {Urgency(urgency).label}",
        "holds": limit_words(holds.limit),
    }
    if not form.is_valid():
        return render(request, "web/limits/edit.html", context, status=422 if form.is_bound else 200)
    limit = form.limit()
    if request.POST.get("do") != "save":
        context |= {"is_foreseen": True, "running": actions.running_under(kind, urgency, area.pk)}
        context |= {"wanted": limit_words(limit) or _("as above")}
        return render(request, "web/limits/edit.html", context)
    reason = form.cleaned_data["reason"]
    person: Any = request.user
    actions.set_limit(area, kind=kind, urgency=urgency, limit=limit, reason=reason, by=person, at=timezone.now())
    messages.success(request, _("The limit is set. It holds for whatever begins from now on."))
    return redirect(f"{reverse('limits')}?area={area.pk}")
