"""`/desk/emergency/`: asking for an emergency access, deciding, looking under it, leaving and ending it; the auditor's list."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.administration.actions import emergencies as actions
from linli.administration.forms import Ask
from linli.administration.middleware import SESSION
from linli.administration.models import Access
from linli.administration.rules import A_PAGE, LAPSES_AFTER, MOST_HOURS, State, hands_of, may_ask
from linli.kit.refusal import NotYours, Refused
from linli.people.actions import scope_of
from linli.people.models import Person
from linli.people.rules import ADMINISTERED, Scope
from linli.people.signing_in import person_of

_RELATED = ("person", "area", "event", "security_by", "second_by", "closed_by")
#: How the words of a state are coloured: as states of matters that mean the like.
_MARKS = {State.ASKED: "reported", State.OPEN: "failing", State.ENDED: "closed"}
_OWN = 10


@login_required
@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """One's own, those that wait for this person or are open by their decision, and the form to ask."""
    person, at = person_of(request), timezone.now()
    # Not that of the request: under an access that is the access's own, and this page is about whoever looks.
    scope = scope_of(person, at)
    form = Ask(request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            actions.ask(typed["what"], reason=typed["reason"], hours=typed["hours"], by=person, at=at)
        except NotYours:
            raise
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("Two persons are asked now. You are told when both have granted it."))
            return redirect("administration:emergencies")
    seen = Access.objects.visible_to(scope, person).select_related(*_RELATED)
    own = list(seen.filter(person=person)[:_OWN])
    others = seen.exclude(person=person)
    to_decide = [one for one in [*others.waiting(at), *others.open(at)] if hands_of(scope, one.area_id)]
    context = {
        "room": "emergency",
        "form": form,
        "may_ask": may_ask(scope) and not any(one.state(at) in (State.ASKED, State.OPEN) for one in own),
        "own": [_line(one, scope, person, at) for one in own],
        "to_decide": [_line(one, scope, person, at) for one in to_decide],
        "decides": any(hands_of(scope, one.area) for one in scope.held),
        "sees_all": _sees_all(scope),
        "most_hours": MOST_HOURS,
        "lapses_after_h": int(LAPSES_AFTER.total_seconds() // 3600),
    }
    return render(request, "administration/emergencies.html", context, status=422 if form.errors else 200)


def _line(one: Access, scope: Scope, person: Person, at: datetime) -> dict[str, Any]:
    """One access as it is shown, with what this person can do about it."""
    state = one.state(at)
    is_own, hands = one.person_id == person.pk, hands_of(scope, one.area_id)
    has_decided = person.pk in (one.security_by_id, one.second_by_id)
    open_hands = [hand for hand in hands if one.decided_by(hand) is None]
    return {
        "one": one,
        "state": state,
        "mark": _MARKS.get(state, "voided"),
        "is_own": is_own,
        "can_grant": state == State.ASKED and not is_own and bool(open_hands) and not has_decided,
        "can_refuse": state == State.ASKED and not is_own and bool(hands),
        "can_enter": state == State.OPEN and is_own,
        "can_end": (state == State.OPEN and (is_own or bool(hands))) or (state == State.ASKED and is_own),
    }


def _sees_all(scope: Scope) -> bool:
    return scope.holds(ADMINISTERED["journal"], ADMINISTERED["emergencies"])


@login_required
@require_safe
def all_of_them(request: HttpRequest) -> HttpResponse:
    """Every access of one's areas, the latest first: for the auditor, and for the security administrator."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    if not _sees_all(scope):
        raise Http404
    person, at = person_of(request), timezone.now()
    rows = Access.objects.visible_to(scope, person).select_related(*_RELATED)
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    context = {
        "room": "emergency",
        "page": page,
        "lines": [_line(one, scope, person, at) for one in page.object_list],
        "reads_journal": scope.holds(ADMINISTERED["journal"]),
    }
    return render(request, "administration/emergencies_all.html", context)


_SAID = {
    "grant": gettext_lazy("Your decision is written down."),
    "refuse": gettext_lazy("It is not granted; whoever asked is told."),
    "end": gettext_lazy("It has ended. Nothing is opened with it any more."),
}
_ACTS: dict[str, Callable[..., Access]] = {"grant": actions.grant, "refuse": actions.refuse, "end": actions.end}


def _found(request: HttpRequest, pk: int) -> Access:
    person = person_of(request)
    found: Access = get_object_or_404(Access.objects.visible_to(scope_of(person, timezone.now()), person), pk=pk)
    return found


def _act(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    _ACTS[name](_found(request, pk), by=person_of(request), at=timezone.now())
    messages.success(request, str(_SAID[name]))
    return redirect("administration:emergencies")


@login_required
@require_POST
def grant(request: HttpRequest, pk: int) -> HttpResponse:
    """One of the two decisions."""
    return _act(request, pk, "grant")


@login_required
@require_POST
def refuse(request: HttpRequest, pk: int) -> HttpResponse:
    """Not granted."""
    return _act(request, pk, "refuse")


@login_required
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Ended at once."""
    return _act(request, pk, "end")


@login_required
@require_POST
def enter(request: HttpRequest, pk: int) -> HttpResponse:
    """Look under it from here on, in this browser, until it is left or ends."""
    access = actions.opened(pk, person_of(request), timezone.now())
    if access is None:
        _found(request, pk)
        raise Refused("not_open", _("This emergency access is not open. Refresh the page."))
    request.session[SESSION] = access.pk
    return redirect("events:show", access.event_id) if access.event_id else redirect("desk")


@login_required
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Back to one's own sight; the access stays open until its end."""
    request.session.pop(SESSION, None)
    return redirect("administration:emergencies")
