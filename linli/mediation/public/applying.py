"""Applying for mediation: what it is, the form, and the page that shows the secret link, once."""

import time
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from linli.areas.models import ANSWERING, Area
from linli.events import once
from linli.kit.refusal import BadInput
from linli.kit.sealing import seal_for_session, unseal_from_session
from linli.kit.senders import sender
from linli.kit.throttle import too_many
from linli.mediation.actions import own
from linli.mediation.models import Dispute
from linli.mediation.public.doors import secret
from linli.mediation.public.forms import Apply
from linli.mediation.qr import picture_of
from linli.mediation.rules import Kind

_AN_HOUR = 20
#: The link can be seen again for so long, by the browser that applied: for a page that did not load, a print that failed.
_SHOWN_FOR_S = 15 * 60
_SESSION = "applied_for_mediation"
#: A picture for each kind, for those who read little.
ICONS = {
    Kind.FAMILY: "heart",
    Kind.NEIGHBOURS: "users-round",
    Kind.HOUSING: "house",
    Kind.CONTRACT: "file-pen",
    Kind.BUSINESS: "store",
    Kind.DAMAGES: "wrench",
    Kind.FOREST_LAND: "trees",
    Kind.DEMOLITION: "construction",
    Kind.POLLUTION: "droplets",
    Kind.LABOUR: "hard-hat",
    Kind.TOURISM: "camera",
    Kind.CONSUMER: "shopping-bag",
    Kind.MEDICAL: "stethoscope",
    Kind.ROAD: "car",
    Kind.PROPERTY_MANAGEMENT: "building-2",
    Kind.INTELLECTUAL: "lightbulb",
    Kind.INTERNET: "wifi",
    Kind.OTHER: "circle-help",
}


@require_http_methods(["GET", "POST"])
def apply(request: HttpRequest) -> HttpResponse:
    """The form, and taking the application in. What was typed is kept whatever is wrong."""
    form = Apply(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _form(request, form, 200)
    # Whatever a program fills into the field people do not see is not kept, and it is not told so.
    if request.POST.get("website"):
        return redirect("home")
    sent = request.POST.get("form", "")
    if once.key_of(sent) and request.session.get(_SESSION, {}).get("form") == sent:
        # The answer was lost on the way, and the same form was sent again.
        return redirect("mediation_public:applied")
    if too_many(f"apply {sender(request)}", most=_AN_HOUR, within_s=3600):
        form.add_error(
            None, _("Many applications have come from here within the hour. Wait a while, then send it again.")
        )
        return _form(request, form, 429)
    if not form.is_valid():
        return _form(request, form, 422)
    try:
        made = own.apply(form.told, area=form.cleaned_data["where"], at=timezone.now(), helper=form.helper)
    except BadInput as refusal:
        field = refusal.facts.get("field")
        form.add_error(field if field in form.fields else None, refusal.message)
        return _form(request, form, 422)
    sealed = seal_for_session(made.secret, bound_to=made.dispute.number.encode())
    request.session[_SESSION] = {"form": sent, "number": made.dispute.number, "secret": sealed, "at": time.time()}
    return redirect("mediation_public:applied")


def _form(request: HttpRequest, form: Apply, status: int) -> HttpResponse:
    township = form.data.get("township", "") if form.is_bound else ""
    context = {
        "form": form,
        "form_key": once.form_key(request.POST.get("form", "")),
        "kinds": [(value, label, ICONS[Kind(value)]) for value, label in Kind.choices],
        "townships": _answering(Area.objects.open().filter(parent__parent__isnull=True, parent__isnull=False)),
        "villages": _answering(Area.objects.open().filter(parent=township)) if township.isdecimal() else [],
    }
    return render(request, "mediation/public/apply.html", context, status=status)


def _answering(areas: Any) -> list[Area]:
    return list(areas.filter(kind__in=ANSWERING).order_by("code")[:600])


@require_safe
def applied(request: HttpRequest) -> HttpResponse:
    """Number and secret link, right after applying; shown here, for a quarter of an hour, and nowhere again."""
    kept = request.session.get(_SESSION, {})
    if not kept or time.time() - kept["at"] > _SHOWN_FOR_S:
        return redirect("mediation_public:apply")
    dispute = Dispute.objects.get(number=kept["number"])
    token = unseal_from_session(kept["secret"], bound_to=dispute.number.encode())
    link = request.build_absolute_uri(reverse("mediation_public:party", args=[token]))
    context = {"dispute": dispute, "link": link, "qr": picture_of(link)}
    return secret(render(request, "mediation/public/applied.html", context))
