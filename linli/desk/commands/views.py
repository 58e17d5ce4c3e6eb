"""`/desk/commands/`: the command bar as a page, its completion, and the form a line leads to."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from linli.desk.commands.reading import Desk, desk_of, offered, read
from linli.desk.rules.commands import LONGEST, Offer
from linli.desk.rules.names import initials
from linli.desk.rules.verbs import Takes
from linli.events.forms import ACTS
from linli.events.once import form_key

#: What is still missing, in words.
MISSING: dict[Takes, Any] = {
    Takes.DEPARTMENT: _("a department"),
    Takes.TERM: _("a term"),
    Takes.CATEGORY: _("a category, urgency or severity"),
    Takes.PLACE: _("where to"),
    Takes.NUMBER: _("a number"),
    Takes.MACRO: _("the name of a macro"),
    Takes.TEXT: _("a reason after ："),
}


@login_required
@require_safe
def commands(request: HttpRequest) -> HttpResponse:
    """The bar as a page of its own: what a browser without script has, and who comes from the search."""
    desk, typed = _asked(request)
    context: dict[str, Any] = {"room": "queue", "desk": desk, "typed": typed, "offers": _shown(offered(desk, typed))}
    context["events"] = request.GET.getlist("event")
    return render(request, "desk/commands.html", context)


@login_required
@require_safe
def offers(request: HttpRequest) -> HttpResponse:
    """How the line may go on, as options of the list below the bar."""
    desk, typed = _asked(request)
    return render(request, "desk/_offers.html", {"offers": _shown(offered(desk, typed)), "desk": desk})


@login_required
@require_safe
def reading(request: HttpRequest) -> HttpResponse:
    """What a whole line would do, with the form that does it; nothing is done here."""
    desk, typed = _asked(request)
    found = read(desk, typed)
    is_fragment = bool(request.headers.get("HX-Request"))
    if found.opens is not None:
        address = reverse("events:show", args=[found.opens.pk])
        return HttpResponse(headers={"HX-Redirect": address}) if is_fragment else redirect(address)
    context = {"room": "queue", "desk": desk, "typed": typed, "found": found, "back": _back(request)}
    context |= {"missing": [MISSING[one] for one in found.command.missing], "key": form_key()}
    return render(request, "desk/_reading.html" if is_fragment else "desk/reading.html", context)


def _asked(request: HttpRequest) -> tuple[Desk, str]:
    desk = desk_of(request.user, request.scope, timezone.now(), request.GET.getlist("event"))  # type: ignore[arg-type, attr-defined]
    return desk, request.GET.get("q", "")[:LONGEST]


def _back(request: HttpRequest) -> str:
    back = request.GET.get("back", "")[:2000]
    return back if back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None) else ""


def _shown(found: list[Offer]) -> list[dict[str, Any]]:
    return [
        {
            "line": one.line,
            "word": one.word,
            "says": _says(one),
            "missing": [MISSING[kind] for kind in one.missing],
        }
        for one in found
    ]


def _says(offer: Offer) -> Any:
    if offer.named is not None:
        return offer.named.name if offer.named.name != offer.word else initials(offer.named.name) or offer.named.code
    if offer.of is None:
        return ""
    if offer.of.steps:
        return ACTS[offer.of.steps[-1]].label
    return _("Open a matter") if offer.of.name == "open" else _("Run a macro")
