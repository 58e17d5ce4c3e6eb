"""Deliveries in words: what a person reads in the log, in the language of whoever reads."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from linli.events.telling import SENTENCES
from linli.intake.webhooks.models import Arrival, Attempt, Delivery, Standing, Subscription
from linli.intake.webhooks.rules import TEST, Outcome, State


def act_words(delivery: Delivery) -> str:
    """What was done."""
    return _("A test, about no matter") if delivery.verb == TEST else str(SENTENCES.get(delivery.verb, delivery.verb))


def state_words(delivery: Delivery, at: datetime) -> str:
    """How far it has come, and what happens next."""
    if delivery.state == State.DELIVERED:
        return _("Received")
    if delivery.state == State.GIVEN_UP:
        return _given_up(delivery.tries)
    if delivery.subscription.standing == Standing.PAUSED:
        return _("Waits until the subscription is taken up again")
    if is_under_way(delivery, at):
        return _("Being sent now")
    again = {"time": _time(delivery.due_at, at)}
    if delivery.due_at and delivery.due_at <= at and delivery.tries == 0:
        return _("Waits to be sent")
    if delivery.state == State.UNKNOWN:
        return _("Sent, no answer known; again at %(time)s") % again
    if delivery.tries == 0:
        return _("Sent at %(time)s") % again
    words = ngettext("Failed %(n)s time, next at %(time)s", "Failed %(n)s times, next at %(time)s", delivery.tries)
    return words % (again | {"n": delivery.tries})


def _given_up(tries: int) -> str:
    if not tries:
        return _("Given up before it was sent")
    return ngettext("Given up after %(n)s attempt", "Given up after %(n)s attempts", tries) % {"n": tries}


def _time(moment: datetime | None, now: datetime) -> str:
    """A time: of today without the day."""
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    if local.date() == timezone.localdate(now):
        return local.strftime("%H:%M")
    return date_format(local, "j M, H:i" if (get_language() or "").startswith("en") else "n月j日 H:i")


def is_under_way(delivery: Delivery, at: datetime) -> bool:
    """Whether a worker holds it just now."""
    attempt = delivery.attempt
    is_held = delivery.state == State.UNKNOWN and delivery.due_at is not None and delivery.due_at > at
    return is_held and attempt is not None and attempt.ended_at is None


def attempt_words(attempt: Attempt) -> str:
    """What came of one attempt."""
    if attempt.ended_at is None:
        return _("sent; no answer is known")
    if attempt.outcome == Outcome.ANSWERED:
        return _answered(attempt.status or 0)
    return str(Outcome(attempt.outcome).label)


def _answered(status: int) -> str:
    if 200 <= status < 300:
        return _("answered: received")
    if 300 <= status < 400:
        return _("answered with another address; that is not followed")
    if status == 410:
        return _("answered: nobody wants this any more")
    if status == 429:
        return _("answered: too much at once")
    return _("answered: wrong") if status < 500 else _("answered: it cannot now")


def standing_words(subscription: Subscription, waiting: int, at: datetime) -> str:
    """How it stands with a system that is told."""
    if subscription.standing == Standing.CLOSED:
        return _("Closed: nothing is sent any more")
    if subscription.standing == Standing.GONE:
        return _("The receiver says it is gone for good; nothing is sent until somebody takes it up again")
    if subscription.standing == Standing.PAUSED and not waiting:
        return _("Paused")
    if subscription.standing == Standing.PAUSED:
        return ngettext("Paused; %(n)s delivery waits", "Paused; %(n)s deliveries wait", waiting) % {"n": waiting}
    if subscription.failures:
        words = ngettext(
            "Not reached: %(n)s failure in a row, next at %(time)s",
            "Not reached: %(n)s failures in a row, next at %(time)s",
            subscription.failures,
        )
        return words % {"n": subscription.failures, "time": _time(subscription.rest_until or at, at)}
    if subscription.last_success_at is None:
        return _("Nothing was sent yet")
    return _("It receives")


def arrival_words(arrival: Arrival) -> str:
    """What came of something pushed."""
    if arrival.status == 201 and not arrival.code:
        return _("Kept as a report")
    if arrival.status == 201:
        return _("Kept, and set aside for the desk")
    if arrival.status == 200:
        return _("Came again; had the first answer")
    return _TURNED.get(arrival.code, lambda: _("Turned away"))()


_TURNED = {
    "bad_signature": lambda: _("Turned away: the signature is wrong"),
    "too_old": lambda: _("Turned away: the time of the message is off"),
    "not_json": lambda: _("Turned away: it is no JSON"),
}
