"""`/desk/notices/`: what a person must know, by matter, unread first; marked as read, and that taken back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.db.models import BooleanField, Case, Count, Max, Q, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from linli.events.models import Event
from linli.events.telling import told
from linli.journal import following
from linli.journal.actions import mark_read, mark_unread
from linli.journal.models import Entry, Notice
from linli.notices.about import KINDS, about
from linli.notices.rules import VERBS, Group

#: Matters on a page.
ROWS = 30
_TABS = (
    ("", _("All")),
    (Group.TO_DO, _("To do")),
    (Group.DUE, Group.DUE.label),
    (Group.MENTIONS, _("Mentions")),
    (Group.SUPERVISED, _("Supervised")),
)
_FOLDED = {str(name) for name, _label in _TABS}
_MOST_PAGES = 1000


@dataclass(frozen=True)
class Row:
    """One matter, or one thing of another kind (`event` is None): the latest act on it, and how much of it is new."""

    event: Event | None
    entry: Entry
    words: str
    unread: int
    count: int
    link: str
    icon: str = ""


@login_required
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """`?show=` a sort, `?page=`, `?marked=` the moment of a marking that may be taken back."""
    # Read before the rows: whatever comes later is told.
    live_after = following.spelled(following.place())
    asked = request.GET.get("show", "")
    show = asked if asked in _FOLDED else ""
    page = _number(request.GET.get("page", ""))
    mine = Notice.objects.filter(person=request.user, entry__on_kind__in=("event", *KINDS))  # type: ignore[misc]
    if show:
        mine = mine.filter(entry__verb__in=VERBS[show])
    found = _matters(mine, page)
    context = {
        "room": "notices",
        "rows": _rows(found[:ROWS], request),
        "tabs": [{"show": name, "label": label, "is_shown": name == show} for name, label in _TABS],
        "show": show,
        "page": page,
        "next": page + 1 if len(found) > ROWS else None,
        "marked": _moment(request.GET.get("marked", "")),
        "live_after": live_after,
    }
    is_part = request.headers.get("HX-Target") == "inbox"
    return render(request, "notices/_inbox.html" if is_part else "notices/inbox.html", context)


def _matters(mine: Any, page: int) -> list[dict[str, Any]]:
    """One row of sums for each matter, those with anything unread first, then the latest."""
    by_matter = mine.order_by().values("entry__on_kind", "entry__on_key")
    sums = by_matter.annotate(
        last=Max("entry"), count=Count("pk"), unread=Count("pk", filter=Q(read_at__isnull=True))
    ).annotate(is_new=Case(When(unread__gt=0, then=Value(True)), default=Value(False), output_field=BooleanField()))
    begin = (page - 1) * ROWS
    return list(sums.order_by("-is_new", "-last")[begin : begin + ROWS + 1])


def _rows(found: list[dict[str, Any]], request: HttpRequest) -> list[Row]:
    """Those in sight by now: a matter that went elsewhere is told no more."""
    entries = Entry.objects.select_related("by").in_bulk([one["last"] for one in found])
    seen = Event.objects.visible_to(request.scope)  # type: ignore[attr-defined]
    keys = [one["entry__on_key"] for one in found if one["entry__on_kind"] == "event"]
    events = {str(event.pk): event for event in seen.filter(pk__in=keys).select_related("area", "category")}
    rows = (_row(entries[one["last"]], one, events) for one in found)
    return [row for row in rows if row is not None]


def _row(entry: Entry, sums: dict[str, Any], events: dict[str, Event]) -> Row | None:
    how_many: dict[str, Any] = {"unread": sums["unread"], "count": sums["count"]}
    if said := about(entry):
        return Row(None, entry, said.words(entry.facts), **how_many, link=said.link(entry.on_key), icon=said.icon)
    event = events.get(entry.on_key) if entry.on_kind == "event" else None
    if event is None:
        return None
    return Row(event, entry, told(entry), **how_many, link=reverse("events:show", args=[event.pk]))


@login_required
@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """Mark all as read, or those of one matter (`matter`, its key), or of one thing of another kind (`kind`)."""
    at = timezone.now()
    entries = None
    if matter := request.POST.get("matter", "")[:40]:
        entries = Notice.objects.filter(
            person=request.user,  # type: ignore[misc]
            entry__on_key=matter,
            entry__on_kind=request.POST.get("kind", "event")[:30],
            read_at__isnull=True,
        ).values_list("entry", flat=True)
    count = mark_read(request.user, at=at, entries=entries)  # type: ignore[arg-type]
    return redirect(_back(request, marked=at.isoformat() if count else ""))


@login_required
@require_POST
def unread(request: HttpRequest) -> HttpResponse:
    """Take a marking back."""
    marked = _moment(request.POST.get("marked", ""))
    if marked is not None:
        mark_unread(request.user, marked_at=marked)  # type: ignore[arg-type]
    return redirect(_back(request))


def _back(request: HttpRequest, **more: str) -> str:
    """The page they came from, as far as it was narrowed."""
    show = request.POST.get("show", "")
    query = {"show": show if show in _FOLDED else "", **more}
    spelled = urlencode({name: value for name, value in query.items() if value})
    return f"{reverse('notices')}?{spelled}" if spelled else reverse("notices")


def _number(text: str) -> int:
    return min(max(int(text), 1), _MOST_PAGES) if text.isascii() and text.isdigit() and len(text) < 6 else 1


def _moment(text: str) -> datetime | None:
    try:
        found = parse_datetime(text[:40])
    except ValueError:
        return None
    return found if found is not None and timezone.is_aware(found) else None
