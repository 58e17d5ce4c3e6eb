"""The course of a delivery: claimed by a conditional update, sent, and settled by its answer. The clock is an argument.

Before anything is sent the row says `unknown`, with the attempt beside it. So a worker may be killed at any point: what it
held is due again after the lease, under the same id.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet

from linli.intake.webhooks import signing
from linli.intake.webhooks.models import Arrival, Attempt, Delivery, Standing, Subscription
from linli.intake.webhooks.posting import Parcel
from linli.intake.webhooks.rules import (
    GIVEN_UP_AFTER,
    KEPT_FOR,
    LEASE,
    LONGEST_WAIT,
    RESTS_S,
    Answer,
    Judgement,
    State,
    Verdict,
    judge,
    rest_s,
)
from linli.journal.actions import record
from linli.kit.prepared import Prepared
from linli.kit.timekeeping import is_due

#: Rows given up or forgotten in one slice.
SLICE = 2000


def ready(at: datetime) -> list[Subscription]:
    """The systems that may be told something now and have something due."""
    # A time further ahead than any rest was written before the clock of this machine was set back.
    farthest = at + LONGEST_WAIT
    return [one for one in _due(at, farthest) if one.rest_until is None or not at < one.rest_until <= farthest]


@Prepared
def _due(at: datetime, farthest: datetime) -> QuerySet[Subscription]:
    due = Delivery.objects.unfinished().filter(is_due(at, farthest)).order_by().values_list("subscription").distinct()
    return Subscription.objects.filter(pk__in=due, standing=Standing.ACTIVE)


def due(subscription: Subscription, at: datetime, most: int) -> list[Delivery]:
    """What to send it now, the oldest first, at most so many and one of each matter."""
    rows = Delivery.objects.due_at_moment(at).filter(subscription=subscription)
    return list(rows.select_related("subscription").order_by("pk")[:most])


@transaction.atomic
def claim(delivery: Delivery, at: datetime) -> Parcel | None:
    """Take it for one attempt; None if somebody was quicker. From here on it counts as sent, no answer known."""
    ours = Delivery.objects.filter(pk=delivery.pk, due_at=delivery.due_at, tries=delivery.tries)
    if not ours.update(state=State.UNKNOWN, due_at=at + LEASE, tries=F("tries") + 1):
        return None
    attempt = Attempt.objects.create(delivery=delivery, at=at)
    Delivery.objects.filter(pk=delivery.pk).update(attempt=attempt)
    body = delivery.body.encode()
    secrets = delivery.subscription.secrets_at(at)
    headers = signing.headers(secrets, delivery.webhook_id, at, body)
    return Parcel(delivery.subscription_id, delivery.pk, attempt.pk, delivery.subscription.address, headers, body)


def leave_alone(subscription: Subscription, at: datetime) -> None:
    """Nothing can be signed for it now: this home has not the key its secret was sealed with."""
    Subscription.objects.filter(pk=subscription.pk).update(rest_until=at + timedelta(seconds=RESTS_S[-1]))


@transaction.atomic
def settle(parcel: Parcel, answer: Answer, at: datetime) -> None:
    """Write down what came of an attempt. The late answer of one that was thought lost still counts if it is yes."""
    Attempt.objects.filter(pk=parcel.attempt, ended_at__isnull=True).update(
        ended_at=at, outcome=answer.outcome, status=answer.status, took_ms=answer.took_ms, words=answer.words
    )
    # The subscription first, as everybody who changes both does.
    subscription = Subscription.objects.select_for_update().get(pk=parcel.subscription)
    delivery = Delivery.objects.select_for_update().filter(pk=parcel.delivery).exclude(state=State.DELIVERED).first()
    if delivery is None:
        return
    judgement = judge(answer, tries=delivery.tries, at=at)
    is_ours = delivery.attempt_id == parcel.attempt and not delivery.is_finished
    if judgement.verdict != Verdict.DELIVERED and not is_ours:
        return
    delivery.state, delivery.due_at = judgement.state, judgement.due_at
    delivery.finished_at = None if judgement.due_at else at
    delivery.save(update_fields=["state", "due_at", "finished_at"])
    _tell_subscription(subscription, answer, judgement, at)


def _tell_subscription(subscription: Subscription, answer: Answer, judgement: Judgement, at: datetime) -> None:
    """What the answer says of the receiver: well, down for a while, or gone."""
    was_down = subscription.is_down
    if judgement.verdict == Verdict.GONE:
        _end(subscription, at)
        return
    if judgement.is_down:
        subscription.failures += 1
        subscription.rest_until = at + timedelta(seconds=rest_s(subscription.failures, answer))
    else:
        subscription.failures, subscription.rest_until = 0, None
    if judgement.verdict == Verdict.DELIVERED:
        subscription.last_success_at = at
        if was_down:  # it is back: what waited for it need not wait any longer
            waiting = Delivery.objects.filter(subscription=subscription, state=State.WAITING, due_at__gt=at)
            waiting.update(due_at=at)
    subscription.save(update_fields=["failures", "rest_until", "last_success_at"])


def _end(subscription: Subscription, at: datetime) -> None:
    """The receiver says that it is gone for good (410): nothing is sent any more until somebody takes it up again."""
    if subscription.standing == Standing.GONE:
        return
    if subscription.standing != Standing.CLOSED:
        Subscription.objects.filter(pk=subscription.pk).update(standing=Standing.GONE)
        record("webhook.gone", on=subscription, by=None, at=at)
    give_up(subscription, at)


def give_up(subscription: Subscription, at: datetime) -> int:
    """Give up all that is still to be delivered to it; how many."""
    rows = Delivery.objects.unfinished().filter(subscription=subscription)
    return rows.update(state=State.GIVEN_UP, due_at=None, finished_at=at)


@transaction.atomic
def give_up_old(at: datetime) -> bool:
    """Give up what could not be delivered for a week; whether there may be more. Nothing that is under way."""
    old = (
        Delivery.objects.unfinished()
        .filter(wanted_since__lt=at - GIVEN_UP_AFTER)
        .exclude(pk__in=Delivery.objects.under_way(at).values("pk"))
    )
    keys = list(old.order_by("pk").values_list("pk", flat=True)[:SLICE])
    Delivery.objects.unfinished().filter(pk__in=keys).update(state=State.GIVEN_UP, due_at=None, finished_at=at)
    return len(keys) == SLICE


@transaction.atomic
def forget_old(at: datetime) -> bool:
    """Delete finished deliveries with their attempts after their time; whether there may be more."""
    old = Delivery.objects.filter(finished_at__lt=at - KEPT_FOR).order_by("finished_at")
    keys = list(old.values_list("pk", flat=True)[:SLICE])
    Attempt.objects.filter(delivery__in=keys).delete()
    Delivery.objects.filter(pk__in=keys).delete()
    return len(keys) == SLICE


def forget_old_arrivals(at: datetime) -> bool:
    """Delete what is noted of pushed messages after its time; whether there may be more."""
    keys = list(Arrival.objects.filter(at__lt=at - KEPT_FOR).order_by("pk").values_list("pk", flat=True)[:SLICE])
    Arrival.objects.filter(pk__in=keys).delete()
    return len(keys) == SLICE


def tidy(at: datetime) -> bool:
    """Give up and forget what is too old; whether there may be more."""
    return any([give_up_old(at), forget_old(at), forget_old_arrivals(at)])
