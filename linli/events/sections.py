"""What the sections of a matter's page show to this person: the conversation, and the reporter behind the seal."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from linli.events import actions
from linli.events.models import Event
from linli.events.rules import LONGEST_MESSAGE, RELAYING, REVEAL_HOURS, WITHDRAW_WITHIN, HeardBy, Standing, pieces
from linli.people.models import Department

#: The last so many are shown; in the session of a browser stands how far so many conversations have been read.
_SHOWN, _REMEMBERED = 100, 50


def conversation(request: HttpRequest, event: Event, **more: Any) -> dict[str, Any]:
    """What the section shows. What is new since this browser showed it last is marked; nobody else learns what was read."""
    scope, at = request.scope, timezone.now()  # type: ignore[attr-defined]
    heard = event.messages.heard_by(scope, event.area_id).select_related("by", "department").order_by("-id")  # type: ignore[attr-defined]
    found = list(heard.prefetch_related("mentions__person")[: _SHOWN + 1])
    newest = found[0].pk if found else 0
    read = _read_up_to(request, event, newest)
    last_back = at - WITHDRAW_WITHIN
    talk = [
        {
            "message": one,
            "pieces": pieces(one.words, [mention.person.name for mention in one.mentions.all()]),
            "is_new": one.pk > read and one.by_id != request.user.pk,
            "is_for_me": any(mention.person_id == request.user.pk for mention in one.mentions.all()),
            "may_take_back": one.by_id == request.user.pk and one.withdrawn_at is None and one.at >= last_back,
        }
        for one in reversed(found[:_SHOWN])
    ]
    return {
        "talk": talk,
        "talk_is_cut": len(found) > _SHOWN,
        "talk_version": f"{newest}.{sum(one.withdrawn_at is not None for one in found)}",
        "heard_by": HeardBy.choices,
        "longest_message": LONGEST_MESSAGE,
        **more,
    }


def _read_up_to(request: HttpRequest, event: Event, newest: int) -> int:
    """The key of the last message this browser has shown; from now on `newest`."""
    read: dict[str, int] = request.session.get("conversations", {})
    key = str(event.pk)
    before = read.get(key, 0)
    if newest > before:
        others = {one: up_to for one, up_to in read.items() if one != key}
        request.session["conversations"] = {**dict(list(others.items())[1 - _REMEMBERED :]), key: newest}
    return before


def reporter(request: HttpRequest, event: Event, standing: Standing) -> dict[str, Any]:
    """What the section about the reporter shows to this person."""
    at, me = timezone.now(), request.user
    reveals = list(event.reveals.select_related("asked_by").order_by("-id")[:20])
    mine = next((one for one in reveals if one.asked_by_id == me.pk), None)
    may_grant = bool(RELAYING["grant_reveal"] & standing.roles)
    knows = actions.knows_reporter(event, request.scope)  # type: ignore[attr-defined]
    granted = mine is not None and mine.until is not None and mine.until > at
    return {
        "may_write": hasattr(event, "receipt") and bool(RELAYING["write_to_reporter"] & standing.roles),
        "may_open": knows or granted,
        "times_opened": actions.times_opened(event) if knows or granted else 0,
        "granted_until": mine.until if mine and granted and not knows else None,
        "my_reveal": mine,
        "may_ask": not knows and not granted and bool(RELAYING["ask_reveal"] & standing.roles),
        "asks": [one for one in reveals if one.answered_at is None] if may_grant else [],
        "reveal_hours": REVEAL_HOURS,
        "may_shield": bool(RELAYING["shield"] & standing.roles),
        "about": event.shield.department if hasattr(event, "shield") and knows else None,
        "departments": list(Department.objects.filter(closed_on__isnull=True).order_by("name")) if may_grant else [],
    }
