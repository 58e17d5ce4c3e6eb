"""The log of deliveries as pages show it: a page of rows with their words, attempts, and the matter where one may see it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from linli.intake.webhooks import telling
from linli.intake.webhooks.models import Arrival, Attempt, Delivery, Pusher, Subscription
from linli.intake.webhooks.rules import UNFINISHED, State

ROWS = 25
_SHOWN: dict[str, tuple[str, ...]] = {
    "waiting": tuple(UNFINISHED),
    "delivered": (State.DELIVERED,),
    "given_up": (State.GIVEN_UP,),
}
_MARKS = {State.DELIVERED: "closed", State.GIVEN_UP: "failing"}


@dataclass(frozen=True)
class Line:
    """A delivery as the log shows it."""

    row: Delivery
    act: str
    words: str
    mark: str
    is_under_way: bool
    #: The page of the matter is open to whoever reads.
    attempts: list[tuple[Attempt, str]] = field(default_factory=list)

    @property
    def last(self) -> Attempt | None:
        """The latest attempt."""
        return self.attempts[-1][0] if self.attempts else None


@dataclass(frozen=True)
class Page:
    """Some deliveries, the latest first; `before` leads to the next page, empty on the last."""

    lines: list[Line]
    show: str
    before: int | None
    is_first: bool


def page_of(subscription: Subscription, asked: Mapping[str, str], at: datetime) -> Page:
    """The page that was asked for."""
    show = asked.get("show", "") if asked.get("show", "") in _SHOWN else ""
    rows = Delivery.objects.filter(subscription=subscription).select_related("subscription", "attempt")
    if show:
        rows = rows.filter(state__in=_SHOWN[show])
    before = asked.get("before", "")
    is_first = not (before.isascii() and before.isdigit() and len(before) < 19)
    if not is_first:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows.order_by("-pk")[: ROWS + 1])
    return Page(_lines(found[:ROWS], at), show, found[ROWS - 1].pk if len(found) > ROWS else None, is_first)


def _lines(rows: list[Delivery], at: datetime) -> list[Line]:
    attempts: dict[int, list[tuple[Attempt, str]]] = {}
    for one in Attempt.objects.filter(delivery__in=rows).order_by("pk"):
        attempts.setdefault(one.delivery_id, []).append((one, telling.attempt_words(one)))
    return [
        Line(
            row,
            telling.act_words(row),
            telling.state_words(row, at),
            _MARKS.get(State(row.state), "deferred" if row.tries else "reported"),
            telling.is_under_way(row, at),
            attempts.get(row.pk, []),
        )
        for row in rows
    ]


def tabs(shown: str, waiting: int, given_up: int) -> list[dict[str, Any]]:
    """What the log may be narrowed to, with how many there are where that says something."""
    rows = (
        ("", _("All"), None),
        ("waiting", _("Still to be delivered"), waiting),
        ("given_up", _("Given up"), given_up),
        ("delivered", _("Received"), None),
    )
    known = shown if shown in _SHOWN else ""
    return [{"show": show, "label": label, "count": count, "is_shown": show == known} for show, label, count in rows]


def last_arrivals(pushers: list[Pusher]) -> list[dict[str, Any]]:
    """Those who push, each with the last thing that came, in words."""
    latest = Arrival.objects.filter(pusher__in=pushers).order_by().values("pusher").annotate(last=Max("pk"))
    arrivals = {one.pusher_id: one for one in Arrival.objects.filter(pk__in=[row["last"] for row in latest])}
    return [
        {"row": one, "last": (last := arrivals.get(one.pk)), "words": telling.arrival_words(last) if last else ""}
        for one in pushers
    ]
