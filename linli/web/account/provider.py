"""Signing in through the identity provider of the county, and linking one's account with it.

A form may lead to pages of ours alone, and browsers hold that against where its answer redirects too: so one goes to the provider
by a link, never by a form. None of these addresses is there where no provider is set.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linli.accounts import actions, lockout, provider
from linli.accounts.id_tokens import Claims, NotProved
from linli.accounts.rules import Factor, Fault, Way
from linli.kit.refusal import Refused
from linli.people.models import Person
from linli.people.signing_in import person_of
from linli.web import throttle
from linli.web.account import pending
from linli.web.account.needing import opens_sealed
from linli.web.account.views import must_confirm, to_confirm
from linli.web.rooms import first_room
from linli.web.signing import page, refuse, safe_next, too_many_tries

log = logging.getLogger(__name__)
#: Of a session: what must be known again when somebody comes back, and whom the provider named, until they say that it is they.
_FLOW, _NAMED = "provider_flow", "provider_named"
_NAMED_FOR_S = 600
#: Ways begun from one address, behind which a township may be, in so many minutes: each lays a row down until it expires.
_BEGUN, _WITHIN_MIN = 600, 10

Door = Callable[..., HttpResponse]


def _where_set(view: Door) -> Door:
    """Elsewhere the address is not there, whoever asks and however."""

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not provider.is_set():
            raise Http404
        return view(request, *args, **kwargs)

    return asked


@_where_set
@require_GET
def begin(request: HttpRequest) -> HttpResponse:
    """To the provider, to sign in."""
    following = safe_next(request)
    if request.user.is_authenticated:
        return redirect(following or first_room(request.user))  # type: ignore[arg-type]
    if throttle.too_many(f"provider {throttle.sender(request)}", most=_BEGUN, within_s=_WITHIN_MIN * 60):
        return page(request, following, error=too_many_tries(_WITHIN_MIN), status=429)
    return _go(request, {"purpose": "sign_in", "following": following})


@_where_set
@login_required
@require_GET
def begin_link(request: HttpRequest) -> HttpResponse:
    """To the provider, to be named there. It does nothing by itself: another site could send somebody here."""
    if must_confirm(request):
        return redirect("account_link")
    following = reverse("account_link")
    return _go(request, {"purpose": "link", "following": following, "person": person_of(request).pk})


def _go(request: HttpRequest, what: dict[str, Any]) -> HttpResponse:
    try:
        place, flow = provider.begin(request.build_absolute_uri(reverse("sign_in_back")), at=timezone.now())
    except NotProved as refused:
        return _refused(request, refused.fault, refused.why, what)
    request.session[_FLOW] = flow | what
    return HttpResponseRedirect(place, headers={"Cache-Control": "no-store"})


@_where_set
@require_GET
def back(request: HttpRequest) -> HttpResponse:
    """Somebody comes back from the provider. What was begun is forgotten before it is looked at: no answer is taken twice."""
    flow, at = request.session.pop(_FLOW, {}), timezone.now()
    one = lockout.try_provider(throttle.sender(request), at)
    if one.wait is not None:
        return _say(request, too_many_tries(one.wait_min), flow)
    try:
        claims = provider.finish(flow, request.GET.dict(), at=at)
    except NotProved as refused:
        return _refused(request, refused.fault, refused.why, flow)
    one.succeed()
    return _PURPOSES[flow["purpose"]](request, flow, claims, at)


def _sign_in(request: HttpRequest, flow: dict[str, Any], claims: Claims, at: datetime) -> HttpResponse:
    if request.user.is_authenticated:  # in another window, meanwhile
        return redirect(flow["following"] or first_room(request.user))  # type: ignore[arg-type]
    person = actions.person_linked(claims, at=at) or _linked_by_name(claims, at)
    if person is None:
        return _refused(request, Fault.UNKNOWN, "no_link", flow)
    factor = Factor.PROVIDER if claims.has_second_factor else Factor.NONE
    return pending.begin(request, person, following=flow["following"], way=Way.PROVIDER, factor=factor)


def _linked_by_name(claims: Claims, at: datetime) -> Person | None:
    """Who has the name that the provider says, linked now. Never whoever administers or sees what is sealed: whoever names
    people at the provider would open that.
    """
    person = actions.person_named(claims)
    if person is None or opens_sealed(person, at):
        return None
    try:
        actions.link_by_name(person, claims, at=at)
    except Refused:
        return None
    return person


def _take_name(request: HttpRequest, flow: dict[str, Any], claims: Claims, at: datetime) -> HttpResponse:
    if not request.user.is_authenticated or person_of(request).pk != flow["person"]:
        return _refused(request, Fault.STALE, "somebody_else", flow)
    request.session[_NAMED] = {
        "person": flow["person"],
        "issuer": claims.issuer,
        "digest": actions.digest_of(claims),
        "shown": claims.shown,
        "at": at.timestamp(),
    }
    return redirect("account_link")


#: What is done with whom the provider named, by what they went there for.
_PURPOSES: dict[str, Callable[[HttpRequest, dict[str, Any], Claims, datetime], HttpResponse]] = {
    "sign_in": _sign_in,
    "link": _take_name,
}


@_where_set
@login_required
@require_http_methods(["GET", "POST"])
def link(request: HttpRequest) -> HttpResponse:
    """Whom the provider named, to be linked by this person's own hand; before that, the way there."""
    if must_confirm(request):
        return to_confirm(request)
    person, at = person_of(request), timezone.now()
    named = request.session.pop(_NAMED, None) if request.method == "POST" else request.session.get(_NAMED)
    if named and not _holds(named, person, at):
        named = None
    if request.method == "POST" and named:
        return _linked(request, person, named, at)
    if actions.link_of(person) is not None:
        return redirect("account")
    context = {"room": "account", "provider": provider.name(), "named": named, "is_late": request.method == "POST"}
    answer = render(request, "web/account/link.html", context, status=422 if request.method == "POST" else 200)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _holds(named: dict[str, Any], person: Person, at: datetime) -> bool:
    is_fresh = 0 <= at.timestamp() - named["at"] < _NAMED_FOR_S
    return is_fresh and named["person"] == person.pk and named["issuer"] == settings.OIDC_ISSUER


def _linked(request: HttpRequest, person: Person, named: dict[str, Any], at: datetime) -> HttpResponse:
    try:
        actions.link(person, issuer=named["issuer"], digest=named["digest"], at=at)
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        words = _("Linked. From now on %(name)s signs you in, too.")
        messages.success(request, words % {"name": provider.name()})
    return redirect("account")


@_where_set
@login_required
@require_POST
def unlink(request: HttpRequest) -> HttpResponse:
    """Take the link away."""
    if must_confirm(request):
        return to_confirm(request)
    person = person_of(request)
    actions.unlink(person, session=str(request.session.session_key), at=timezone.now())
    messages.success(request, _("The link is removed. Wherever else you came in by it, you are signed out."))
    return redirect("account")


def _refused(request: HttpRequest, fault: Fault, why: str, flow: dict[str, Any]) -> HttpResponse:
    if fault in (Fault.DOWN, Fault.UNTRUSTED):
        log.warning("Single sign-on: %s (%s)", fault.value, why)
    return _say(request, str(fault.label) % {"name": provider.name()}, flow)


def _say(request: HttpRequest, sentence: str, flow: dict[str, Any]) -> HttpResponse:
    """On the page from which they went, whose address holds nothing of the answer."""
    if not request.user.is_authenticated:
        return refuse(request, sentence, str(flow.get("following", "")))
    messages.error(request, sentence)
    return redirect("account")
