"""The course of a delivery: claimed by a conditional update, sent, settled by its result. The clock is an argument.

Before anything is sent the row says so. A worker killed meanwhile leaves it at that; when its claim has run out nobody knows
whether it was sent: it is told once more under the same key where that does no harm, else it stays unknown, to be seen.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from linli.kit.prepared import Prepared, PreparedUpdate
from linli.kit.refusal import Refused
from linli.kit.timekeeping import is_due
from linli.notices import reporters
from linli.notices.letters import WRITERS, Words
from linli.notices.models import Channel, Decision, Delivery
from linli.notices.rules import (
    CODE_DIGITS,
    LEASE,
    LONGEST_WAIT,
    ROBOTS,
    UNFINISHED,
    Kind,
    Purpose,
    Result,
    State,
    Verdict,
    judge,
)
from linli.notices.wording import compose

SLICE = 500


@dataclass(frozen=True)
class Parcel:
    """Everything needed to send one attempt, without asking the store. `address` is unsealed: it goes into no log."""

    delivery: int
    tries: int
    key: str
    kind: str
    address: dict[str, str]
    words: Words
    at: datetime
    is_pressing: bool = False


def kinds_due(at: datetime) -> list[str]:
    """The ways by which something is to be sent, or was lost, now."""
    found = set(_kinds_due(at, at + LONGEST_WAIT))
    return [one for one in Kind.values if one in found]


@Prepared
def _kinds_due(at: datetime, farthest: datetime) -> QuerySet[Any, str]:
    due = Delivery.objects.unfinished().filter(_is_its_time(at, farthest))
    return due.order_by().values_list("kind", flat=True).distinct()


def _is_its_time(at: datetime, farthest: datetime) -> Q:
    """What is dated too far ahead is due, but for a letter: it may be written days before, and waits for its day."""
    return Q(due_at__lte=at) | (is_due(at, farthest) & ~Q(purpose=Purpose.LETTER, tries=0))


def due(kind: str, at: datetime, most: int) -> list[Delivery]:
    """What is to be sent now by one way, the oldest first."""
    return _oldest(most)(kind, at, at + LONGEST_WAIT)


@cache
def _oldest(most: int) -> Prepared[[str, datetime, datetime], Delivery]:
    def due(kind: str, at: datetime, farthest: datetime) -> QuerySet[Delivery]:
        rows = Delivery.objects.filter(_is_its_time(at, farthest), kind=kind, state=State.WAITING)
        related = rows.select_related("channel__person", "reporter_message__entry", "reporter_message__event", "letter")
        return related.order_by("due_at", "pk")[:most]

    return Prepared(due)


def code_of(channel: Channel) -> str:
    """The code that was sent last. It is stored nowhere: it follows from the key of this home and the moment of asking."""
    asked = channel.code_asked_at.timestamp() if channel.code_asked_at else 0
    words = f"linli code {channel.key.hex} {asked:.6f}".encode()
    digest = hmac.digest(settings.SECRET_KEY.encode(), words, hashlib.sha256)
    return f"{int.from_bytes(digest[:8], 'big') % 10**CODE_DIGITS:0{CODE_DIGITS}d}"


@transaction.atomic
def claim(delivery: Delivery, at: datetime) -> Parcel | None:
    """Take it for one attempt; None if somebody was quicker, it is not needed any more, or has no address."""
    assert delivery.due_at is not None
    if not _is_needed(delivery):
        ours = Delivery.objects.filter(pk=delivery.pk, state=State.WAITING, due_at=delivery.due_at)
        ours.filter(tries=delivery.tries).update(state=State.DROPPED, due_at=None, finished_at=at)
        return None
    tries = delivery.tries + 1
    if not _take(delivery.pk, delivery.due_at, delivery.tries, at + LEASE, tries):
        return None
    address, why = _address(delivery)
    if address is None:
        settle(delivery.pk, tries, Result(Verdict.REFUSED, why), at)
        return None
    code = code_of(delivery.channel) if delivery.channel and delivery.purpose == Purpose.CODE else ""
    carried = decisions_of(delivery.pk) if delivery.purpose == Purpose.NOTICES else []
    presses = delivery.purpose != Purpose.NOTICES or any(one.is_pressing for one in carried)
    words = compose(delivery, code, [one.entry for one in carried])
    return Parcel(delivery.pk, tries, delivery.key.hex, delivery.kind, address, words, at, presses)


@PreparedUpdate
def _take(
    pk: int, due_at: datetime, tries: int, until: datetime, next_try: int
) -> tuple[QuerySet[Delivery], dict[str, Any]]:
    waiting = Delivery.objects.filter(pk=pk, state=State.WAITING, due_at=due_at, tries=tries)
    return waiting, {"state": State.SENDING, "due_at": until, "tries": next_try}


@Prepared
def decisions_of(delivery: int) -> QuerySet[Decision]:
    """What it carries, with the entries."""
    return Decision.objects.filter(delivery=delivery).select_related("entry").order_by("pk")


def _is_needed(delivery: Delivery) -> bool:
    if delivery.letter is not None:
        return True
    if delivery.reporter_message is not None:
        return delivery.reporter_message.read_at is None
    channel = delivery.channel
    return channel is not None and channel.closed_at is None and (channel.is_on or delivery.purpose != Purpose.NOTICES)


def _address(delivery: Delivery) -> tuple[dict[str, str] | None, str]:
    """Where it goes, or why that is not known."""
    try:
        if delivery.letter is not None:
            return WRITERS[delivery.letter.topic].address(delivery.letter), "no_contact"
        if delivery.reporter_message is not None:
            return reporters.address_of(delivery.reporter_message), "no_contact"
        return (delivery.channel.address if delivery.channel else None), "no_contact"
    except Refused as refused:
        return None, refused.code


@transaction.atomic
def settle(pk: int, tries: int, result: Result, at: datetime) -> None:
    """Write down what came of an attempt. The late answer of one that was thought lost still counts if it is yes."""
    delivery = _locked.one(pk)
    if delivery is None:
        return
    is_ours = delivery.tries == tries and delivery.state == State.SENDING
    if not is_ours and result.verdict != Verdict.DELIVERED:
        return
    judgement = judge(result, kind=delivery.kind, tries=tries, repeats=delivery.repeats)
    delivery.state, delivery.why, delivery.took_ms = judgement.state, result.why[:60], result.took_ms
    delivery.repeats += judgement.is_repeat
    is_over = judgement.state not in UNFINISHED
    delivery.due_at = None if is_over else at + timedelta(seconds=judgement.again_in_s or 0)
    delivery.finished_at = at if is_over else None
    _write(
        pk,
        state=delivery.state,
        why=delivery.why,
        took_ms=delivery.took_ms,
        repeats=delivery.repeats,
        due_at=delivery.due_at,
        finished_at=delivery.finished_at,
    )
    _tell(delivery, result, at)


@Prepared
def _locked(pk: int) -> QuerySet[Delivery]:
    rows = Delivery.objects.select_for_update(of=("self",)).select_related("channel", "reporter_message", "letter")
    return rows.filter(pk=pk).exclude(state__in=(State.DELIVERED, State.DROPPED))


@PreparedUpdate
def _write(pk: int, **values: Any) -> tuple[QuerySet[Delivery], dict[str, Any]]:
    return Delivery.objects.filter(pk=pk), values


def _tell(delivery: Delivery, result: Result, at: datetime) -> None:
    """What the result says of the channel, of the message to a reporter, or to whoever had the letter written."""
    if delivery.reporter_message is not None:
        reporters.note(delivery.reporter_message, delivery.state, at)
    if delivery.letter is not None and delivery.is_finished:
        WRITERS[delivery.letter.topic].settled(delivery.letter, delivery.state, delivery.why, at)
    channel = delivery.channel
    if channel is None:
        return
    if result.verdict == Verdict.GONE:
        Channel.objects.filter(pk=channel.pk, closed_at__isnull=True).update(**_given_up(channel, at))
    elif delivery.state == State.DELIVERED and delivery.purpose == Purpose.TEST:
        Channel.objects.filter(pk=channel.pk, verified_at__isnull=True).update(verified_at=at)


def _given_up(channel: Channel, at: datetime) -> dict[str, Any]:
    """What is left of a channel whose address is gone. What is held is skipped when it is due.

    A browser gave its address up: nobody is behind it any more. The robot of a group may be set up again: its channel
    stays, to be confirmed by a test, and says so where it is kept.
    """
    if channel.kind in ROBOTS:
        return {"verified_at": None}
    return {"closed_at": at, "sealed": b"", "is_on": False}


def give_up_lost(at: datetime) -> bool:
    """Settle what was claimed by a worker that never came back; whether there may be more."""
    rows = _lost(at, at + LONGEST_WAIT)
    for pk, tries in rows:
        settle(pk, tries, Result(Verdict.UNKNOWN, "no_answer"), at)
    return len(rows) == SLICE


@Prepared
def _lost(at: datetime, farthest: datetime) -> QuerySet[Any, Any]:
    lost = Delivery.objects.filter(is_due(at, farthest), state=State.SENDING).order_by("due_at")
    return lost.values_list("pk", "tries")[:SLICE]
