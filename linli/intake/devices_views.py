"""`/desk/intake/devices/`: one's own phones, and those of the staff for the system administrator, to be signed out."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.intake import devices
from linli.intake.models import Device, DeviceQuerySet
from linli.people.rules import Role

_A_PAGE, _MOST_VERSIONS = 50, 5
#: A phone that was signed out is shown to its holder for so long, with the reason.
_TOLD_FOR = timedelta(days=30)


class Revoke(forms.Form):
    """Why somebody else's phone is signed out."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Why"),
        widget=forms.RadioSelect,
        choices=[(reason.value, reason.label) for reason in devices.REASONS],
        error_messages={"required": gettext_lazy("Choose why it is signed out.")},
    )


@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """One's own phones, and those signed out of late."""
    at = timezone.now()
    ours = Device.objects.filter(person=request.user)  # type: ignore[misc]
    context = {
        "room": "devices",
        "devices": list(ours.signed_in(timezone.localdate(at)).order_by("-last_used_on", "-pk")),
        "ended": list(ours.filter(revoked_at__gt=at - _TOLD_FOR).order_by("-revoked_at")[:20]),
        "sees_all": request.scope.holds(Role.SYSTEM_ADMIN),  # type: ignore[attr-defined]
    }
    return render(request, "intake/devices.html", context)


@login_required
@require_POST
def sign_out(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign one's own phone out; with it oneself, where this very session is the phone's."""
    device = get_object_or_404(Device, pk=pk, person=request.user)
    is_this_one = device.session and device.session == request.session.session_key
    devices.sign_out(device, by=request.user, at=timezone.now())  # type: ignore[arg-type]
    if is_this_one:
        logout(request)
        return redirect("sign_in")
    messages.success(request, _("%(name)s is signed out.") % {"name": device})
    return redirect("intake:devices")


@login_required
@require_safe
def everybodys(request: HttpRequest) -> HttpResponse:
    """The phones of the staff, by the names of their holders."""
    asked: dict[str, Any] = {
        "q": request.GET.get("q", "").replace("\0", "").strip()[:60],
        "waiting": "waiting" in request.GET,
        "growing": "growing" in request.GET,
    }
    signed_in = _visible(request).signed_in(timezone.localdate())
    found = signed_in.filter(Q(person__name__icontains=asked["q"]) | Q(name__icontains=asked["q"]))
    if asked["waiting"]:
        found = found.filter(waiting__gt=0)
    if asked["growing"]:
        found = found.growing()
    pages = Paginator(found.select_related("person").order_by("person__name", "pk"), _A_PAGE)
    page = pages.get_page(request.GET.get("page"))
    ticked = {name: "1" for name in ("waiting", "growing") if asked[name]}
    kept = {name: value for name, value in {"q": asked["q"], **ticked}.items() if value}
    context: dict[str, Any] = {"room": "devices", "page": page, "asked": asked, "kept": urlencode(kept)}
    context |= {"growing": signed_in.growing().count(), "versions": _versions(signed_in)}
    return render(request, "intake/devices_all.html", context)


def _versions(signed_in: DeviceQuerySet) -> list[dict[str, Any]]:
    """Which versions of the app are in use, on how many phones, the commonest first."""
    known = signed_in.exclude(app="").order_by().values("app").annotate(count=Count("pk"))
    return [dict(one) for one in known.order_by("-count", "-app")[:_MOST_VERSIONS]]


@login_required
@require_http_methods(["GET", "POST"])
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign somebody's phone out at a distance."""
    at = timezone.now()
    signed_in = _visible(request).signed_in(timezone.localdate(at)).select_related("person")
    device = get_object_or_404(signed_in, pk=pk)
    form = Revoke(request.POST or None, label_suffix="")
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        devices.revoke(device, reason=reason, by=request.user, at=at)  # type: ignore[arg-type]
        told: dict[str, Any] = {"name": device, "person": device.person.name}
        messages.success(request, _("%(name)s of %(person)s is signed out.") % told)
        return redirect("intake:all_devices")
    status = 422 if request.method == "POST" else 200
    return render(
        request, "intake/device_revoke.html", {"room": "devices", "device": device, "form": form}, status=status
    )


def _visible(request: HttpRequest) -> DeviceQuerySet:
    if not request.scope.holds(Role.SYSTEM_ADMIN):  # type: ignore[attr-defined]
        raise Http404
    return devices.visible_to(request.user, timezone.now())  # type: ignore[arg-type]
