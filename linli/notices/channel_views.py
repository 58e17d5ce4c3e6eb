"""`/desk/notices/settings` and `/desk/notices/robots`: ways to be reached, what they carry, and when not."""

from datetime import time
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_time
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.areas.codes import within
from linli.areas.models import Area
from linli.kit import throttle
from linli.kit.refusal import BadInput, Refused
from linli.notices import actions
from linli.notices.models import Channel, QuietHours
from linli.notices.rules import BUNDLE_CHOICES, HOURLY_CHOICES, ROBOTS, Group, Kind
from linli.notices.sending.push import public_key
from linli.people.models import Department
from linli.people.rules import KEEPS_REGISTER, Role

#: Codes tried, and messages asked for, by one person.
_TRIES, _SENDS, _WITHIN_S = 10, 6, 900


def _own(request: HttpRequest) -> Any:
    return Channel.objects.kept().filter(person=request.user)  # type: ignore[misc]


@login_required
@require_safe
def settings_page(request: HttpRequest) -> HttpResponse:
    """Their channels with what each carries, quiet hours, and a form for another one."""
    return _settings(request)


def _settings(request: HttpRequest, problem: Refused | None = None, typed: Any = None) -> HttpResponse:
    context = {
        "room": "notices",
        "channels": [_shown(one) for one in _own(request)],
        "groups": Group.choices,
        "bundles": BUNDLE_CHOICES,
        "hourly": HOURLY_CHOICES,
        "kinds": [(kind.value, kind.label) for kind in Kind if kind != Kind.WEB_PUSH],
        "quiet": QuietHours.objects.filter(person=request.user).first(),  # type: ignore[misc]
        "push_key": public_key(),
        "problem": problem,
        "typed": typed or {},
        "keeps_robots": bool(_areas_kept(request)) or bool(request.scope.departments),  # type: ignore[attr-defined]
    }
    return render(request, "notices/settings.html", context, status=problem.status if problem else 200)


def _shown(one: Channel) -> dict[str, Any]:
    waits = one.verified_at is None
    return {"row": one, "waits": waits, "by_code": waits and one.kind in (Kind.MAIL, Kind.SMS)}


@login_required
@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """Another way to be reached."""
    typed = {name: request.POST.get(name, "")[:500] for name in ("kind", "address", "secret", "name")}
    try:
        _slow_down(request, "send", _SENDS)
        channel = actions.add_channel(request.user, at=timezone.now(), **typed)  # type: ignore[arg-type]
    except Refused as refused:
        return _settings(request, refused, typed)
    if channel.kind in (Kind.MAIL, Kind.SMS):
        messages.success(request, _("A code is on its way. Type it below; until then nothing else goes there."))
    else:
        messages.success(request, _("A test is on its way. Once it has arrived, notices follow."))
    return redirect("notices:settings")


def _slow_down(request: HttpRequest, what: str, most: int) -> None:
    """Raises `Refused` for too many tries: each costs somebody a message, or guesses at a code."""
    if throttle.too_many(f"notices {what} {request.user.pk}", most=most, within_s=_WITHIN_S):
        raise Refused("too_often", _("Too many tries. Wait a quarter of an hour."))


@login_required
@require_POST
def add_browser(request: HttpRequest) -> HttpResponse:
    """This browser, as its push service names it; called by the script of the page."""
    given = {name: request.POST.get(name, "")[:1000] for name in ("endpoint", "p256dh", "auth")}
    try:
        actions.add_browser(request.user, at=timezone.now(), **given)  # type: ignore[arg-type]
    except Refused as refused:
        return JsonResponse({"error": {"code": refused.code, "message": refused.message}}, status=refused.status)
    return JsonResponse({"kept": True})


@login_required
@require_POST
def quiet(request: HttpRequest) -> HttpResponse:
    """When to be left alone."""
    try:
        actions.set_quiet(
            request.user,  # type: ignore[arg-type]
            from_time=_time(request.POST.get("from_time", "")),
            to_time=_time(request.POST.get("to_time", "")),
            on_days_off="on_days_off" in request.POST,
            lets_pressing="lets_pressing" in request.POST,
        )
    except Refused as refused:
        return _settings(request, refused)
    messages.success(request, _("Saved."))
    return redirect("notices:settings")


def _time(text: str) -> time | None:
    if not text.strip():
        return None
    try:
        found = parse_time(text.strip()[:8])
    except ValueError:
        found = None
    if found is None:
        raise BadInput("bad_time", _("A time looks like 21:30."), field="from_time")
    return found.replace(tzinfo=None)


@login_required
@require_POST
def rules(request: HttpRequest, pk: int) -> HttpResponse:
    """What one channel carries."""
    channel = get_object_or_404(_kept_by(request), pk=pk)
    try:
        actions.set_rules(
            channel,
            groups=request.POST.getlist("groups")[:20],
            bundle_minutes=_whole(request.POST.get("bundle_minutes", "")),
            most_an_hour=_whole(request.POST.get("most_an_hour", "")),
            is_on="is_on" in request.POST,
        )
    except BadInput as refused:
        return _settings(request, refused)
    messages.success(request, _("Saved."))
    return redirect(_page_of(channel))


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else -1


@login_required
@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """The code that came."""
    channel = get_object_or_404(_own(request), pk=pk)
    try:
        _slow_down(request, "code", _TRIES)
        actions.confirm(channel, code=request.POST.get("code", "")[:20], at=timezone.now())
    except Refused as refused:
        return _settings(request, refused)
    messages.success(request, _("Confirmed. Notices reach you here from now on."))
    return redirect("notices:settings")


@login_required
@require_POST
def test(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a test, or the code anew."""
    channel = get_object_or_404(_kept_by(request), pk=pk)
    _slow_down(request, "send", _SENDS)
    actions.try_out(channel, at=timezone.now())
    messages.success(request, _("On its way. The log says what came of it."))
    return redirect(_page_of(channel))


@login_required
@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a channel."""
    channel = get_object_or_404(_kept_by(request), pk=pk)
    actions.close(channel, by=request.user, at=timezone.now())  # type: ignore[arg-type]
    messages.success(request, _("Removed. Its address is deleted."))
    return redirect(_page_of(channel))


def _page_of(channel: Channel) -> str:
    return "notices:settings" if channel.person_id else "notices:robots"


# --- robots of groups ----------------------------------------------------------------------------------------------------


def _areas_kept(request: HttpRequest) -> list[str]:
    held = request.scope.held  # type: ignore[attr-defined]
    return [one.area for one in held if one.role in KEEPS_REGISTER]


def _kept_by(request: HttpRequest) -> Any:
    """Their own channels, and the robots of groups they keep."""
    return (_own(request) | _robots(request)).distinct()


def _robots(request: HttpRequest) -> Any:
    kept, areas = Channel.objects.kept(), _areas_kept(request)
    of_groups = kept.filter(department__in=request.scope.departments)  # type: ignore[attr-defined]
    if areas:
        of_groups |= kept.filter(within(*areas)) | kept.filter(within(*areas, field="department__area"))
    return of_groups


@login_required
@require_http_methods(["GET", "POST"])
def robots(request: HttpRequest) -> HttpResponse:
    """The robots of groups this person keeps, and a form for another one."""
    departments = _departments(request)
    areas = [one.area for one in request.scope.held if one.role in (Role.DESK, Role.SYSTEM_ADMIN)]  # type: ignore[attr-defined]
    if not departments and not areas:
        raise Http404
    desks = Area.objects.open().filter(pk__in=areas)
    problem, typed = None, {}
    if request.method == "POST":
        typed = {name: request.POST.get(name, "")[:500] for name in ("kind", "address", "secret", "name")}
        try:
            _slow_down(request, "send", _SENDS)
            actions.add_robot(**typed, **_owner(request, desks, departments), by=request.user, at=timezone.now())  # type: ignore[arg-type]
            messages.success(request, _("A test is on its way. Once it has arrived, notices follow."))
            return redirect("notices:robots")
        except Refused as refused:
            problem = refused
    context = {
        "room": "notices",
        "channels": [_shown(one) for one in _robots(request).select_related("area", "department").order_by("pk")],
        "kinds": [(kind.value, kind.label) for kind in ROBOTS],
        "groups": Group.choices,
        "bundles": BUNDLE_CHOICES,
        "hourly": HOURLY_CHOICES,
        "desks": desks,
        "departments": departments,
        "problem": problem,
        "typed": typed,
    }
    return render(request, "notices/robots.html", context, status=problem.status if problem else 200)


def _departments(request: HttpRequest) -> list[Department]:
    rows = Department.objects.filter(closed_on__isnull=True)
    mine = rows.filter(pk__in=request.scope.departments)  # type: ignore[attr-defined]
    if areas := _areas_kept(request):
        mine |= rows.filter(within(*areas))
    return list(mine.order_by("code"))


def _owner(request: HttpRequest, desks: Any, departments: list[Department]) -> dict[str, Any]:
    """Whose group it is: `desk:CODE` or `department:CODE`."""
    which, _colon, code = request.POST.get("owner", "")[:60].partition(":")
    if which == "desk" and (area := next((one for one in desks if one.pk == code), None)):
        return {"area": area}
    if which == "department" and (department := next((one for one in departments if one.pk == code), None)):
        return {"department": department}
    raise BadInput("no_owner", _("Choose whose group it is."), field="owner")
