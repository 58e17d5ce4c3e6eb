"""`/desk/notices/log`: every delivery with what came of it. One's own; for the system administrator all, by ids alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from linli.notices import actions
from linli.notices.balance import balance
from linli.notices.models import Channel, Decision, Delivery
from linli.notices.rules import UNFINISHED, Decided, Purpose, State
from linli.people.rules import Role

ROWS = 30
_SHOWN: dict[str, tuple[str, ...]] = {
    "waiting": tuple(UNFINISHED),
    "unknown": (State.UNKNOWN,),
    "failed": (State.FAILED,),
    "delivered": (State.DELIVERED,),
}
_TABS = (
    ("", gettext_lazy("All")),
    ("waiting", gettext_lazy("Waiting")),
    ("unknown", gettext_lazy("No answer known")),
    ("failed", gettext_lazy("Failed")),
    ("delivered", gettext_lazy("Delivered")),
)
_MARKS = {
    State.DELIVERED: "closed",
    State.FAILED: "failing",
    State.UNKNOWN: "deferred",
    State.DROPPED: "voided",
}
#: Codes of answers that say something to a person.
_CODES = {
    "outbox": gettext_lazy("laid into the outbox of this home: no gateway is set"),
    "no_answer": gettext_lazy("no answer came"),
    "broke": gettext_lazy("broke on the way"),
    "not_reached": gettext_lazy("not reached"),
    "no_name": gettext_lazy("the name of the host is not known"),
    "forbidden": gettext_lazy("an address that may not be reached from here"),
    "not_safe": gettext_lazy("no trusted certificate"),
    "garbled": gettext_lazy("answered with no HTTP"),
    "no_server": gettext_lazy("no mail server is set"),
    "no_password": gettext_lazy("the file with the password cannot be read"),
    "not_let_in": gettext_lazy("the mail server refused the password"),
    "not_understood": gettext_lazy("an answer that no robot gives"),
    "no_contact": gettext_lazy("no address is left"),
    "seal_broken": gettext_lazy("the address was sealed with another home's key"),
}


@dataclass(frozen=True)
class Line:
    """A delivery as the log shows it."""

    row: Delivery
    way: str
    what: str
    state: str
    why: str
    mark: str
    may_repeat: bool


@login_required
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """`?show=` a state, `?before=` the number of a delivery, `?all=1` for the system administrator."""
    keeps = request.scope.holds(Role.SYSTEM_ADMIN)  # type: ignore[attr-defined]
    sees_all = keeps and request.GET.get("all") == "1"
    rows = Delivery.objects.all() if sees_all else _own(request)
    show = request.GET.get("show", "") if request.GET.get("show", "") in _SHOWN else ""
    found, before = _page(rows, show, request.GET)
    at = timezone.now()
    context = {
        "room": "notices",
        "lines": _lines(found, at),
        "show": show,
        "next": before,
        "sees_all": sees_all,
        "may_see_all": keeps,
        "tabs": [{"show": name, "label": label, "is_shown": name == show} for name, label in _TABS],
        "balance": balance() if sees_all else None,
        "held": 0 if sees_all else Decision.objects.filter(channel__person=request.user, state=Decided.HELD).count(),  # type: ignore[misc]
    }
    return render(request, "notices/log.html", context)


def _own(request: HttpRequest) -> Any:
    mine = Channel.objects.filter(person=request.user)  # type: ignore[misc]
    return Delivery.objects.filter(channel__in=mine)


def _page(rows: Any, show: str, asked: Mapping[str, str]) -> tuple[list[Delivery], int | None]:
    if show:
        rows = rows.filter(state__in=_SHOWN[show])
    before = asked.get("before", "")
    if before.isascii() and before.isdigit() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows.select_related("channel", "reporter_message").order_by("-pk")[: ROWS + 1])
    return found[:ROWS], found[ROWS - 1].pk if len(found) > ROWS else None


def _lines(rows: list[Delivery], at: datetime) -> list[Line]:
    keys = [one.pk for one in rows]
    counts = dict(Decision.objects.filter(delivery__in=keys).order_by().values_list("delivery").annotate(Count("pk")))
    return [_line(one, counts.get(one.pk, 0), at) for one in rows]


def _line(row: Delivery, count: int, at: datetime) -> Line:
    what = str(Purpose(row.purpose).label)
    if row.purpose == Purpose.NOTICES:
        what = ngettext("%(n)s notice", "%(n)s notices", count) % {"n": count}
    is_removed = row.channel is not None and row.channel.closed_at is not None
    return Line(
        row=row,
        way=str(row.channel) if row.channel else row.get_kind_display(),
        what=what,
        state=_state_words(row, at),
        why="" if row.state == State.DELIVERED and row.why not in _CODES else _why_words(row.why),
        mark=_MARKS.get(State(row.state), "reported"),
        may_repeat=row.state in (State.FAILED, State.UNKNOWN) and not is_removed,
    )


def _state_words(row: Delivery, at: datetime) -> str:
    if row.state == State.WAITING and row.tries and row.due_at is not None:
        words = ngettext("Tried %(n)s time, next at %(time)s", "Tried %(n)s times, next at %(time)s", row.tries)
        return words % {"n": row.tries, "time": timezone.localtime(row.due_at).strftime("%H:%M")}
    return str(State(row.state).label)


def _why_words(code: str) -> str:
    if code in _CODES:
        return str(_CODES[code])
    return _("answered %(code)s") % {"code": code} if code else ""


@login_required
@require_POST
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """Send one that failed or stayed unknown once more."""
    sees_all = request.scope.holds(Role.SYSTEM_ADMIN)  # type: ignore[attr-defined]
    rows = Delivery.objects.all() if sees_all else _own(request)
    delivery = get_object_or_404(rows.select_related("channel"), pk=pk)
    actions.send_again(delivery, by=request.user, at=timezone.now())  # type: ignore[arg-type]
    messages.success(request, _("It is sent again, under the same key."))
    return redirect("notices:log")
