"""What is told to other systems, how often a delivery is tried, and what an answer means: tables and pure functions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from linli.kit.posting import Answer as Answer
from linli.kit.posting import Outcome as Outcome


class Group(models.TextChoices):
    """What another system may subscribe to; each stands for some verbs of the journal."""

    REPORTED = "reported", _("Newly reported")
    IMPORTED = "imported", _("Matters brought in from tables")
    ACCEPTED = "accepted", _("Accepted")
    DISPATCHED = "dispatched", _("Dispatched, signed for, handed back")
    HANDLED = "handled", _("Handled and verified")
    CLOSED = "closed", _("Closed, or handled at the grid")
    TURNED_AWAY = "turned_away", _("Not accepted, voided, referred, merged")
    REOPENED = "reopened", _("Followed up and taken up again")
    WAITING = "waiting", _("Checks, questions, extensions, deferrals")
    CHANGED = "changed", _("Category or area changed, split")


#: The acts of each group. A test compares with the sentences of the journal, so that a new verb is not forgotten.
VERBS: dict[str, frozenset[str]] = {
    Group.REPORTED: frozenset({"event.reported", "event.split_off"}),
    Group.IMPORTED: frozenset({"event.imported"}),
    Group.ACCEPTED: frozenset({"event.accepted"}),
    Group.DISPATCHED: frozenset(
        {
            "event.dispatched",
            "event.signed_for",
            "event.objected",
            "event.objection_upheld",
            "event.objection_dismissed",
            "event.objection_settled",
            "event.handed_back",
            "event.part_added",
            "event.part_called_in",
            "event.part_dropped",
            "event.part_objected",
            "event.part_objection_upheld",
            "event.part_objection_dismissed",
            "event.whistled",
            "event.whistle_ended",
        }
    ),
    Group.HANDLED: frozenset(
        {
            "event.handling_begun",
            "event.result_submitted",
            "event.verified",
            "event.rework_asked",
            "event.part_answered",
            "event.part_sent_back",
            "event.part_verified",
        }
    ),
    Group.CLOSED: frozenset({"event.closed", "event.self_handled"}),
    Group.TURNED_AWAY: frozenset(
        {
            "event.rejected",
            "event.voided",
            "event.referred_out",
            "event.taken_back",
            "event.sent_to_mediation",
            "event.merged",
        }
    ),
    Group.REOPENED: frozenset({"event.followed_up", "event.reinspected", "event.reopened", "event.separated"}),
    Group.WAITING: frozenset(
        {
            "event.check_asked",
            "event.truth_checked",
            "event.supplement_asked",
            "event.supplemented",
            "event.answered",
            "event.extension_asked",
            "event.part_extension_asked",
            "event.part_extended",
            "event.part_extension_refused",
            "event.extended",
            "event.extension_refused",
            "event.deferred",
            "event.ran_on",
            "event.resumed",
        }
    ),
    Group.CHANGED: frozenset(
        {
            "event.classified",
            "event.moved",
            "event.place_corrected",
            "event.carried_over",
            "event.split",
            "event.took_in",
            "event.limits_moved",
        }
    ),
}
#: Told to nobody: what is said inside or to the reporter, what residents do with their receipts and contacts, looks at files,
#: and what a desk is reminded of.
NEVER_TOLD = frozenset(
    {
        "event.clocks_started",
        "event.contact_corrected",
        "event.contact_forgotten",
        "event.contact_opened",
        "event.own_words_forgotten",
        "event.contact_withdrawn",
        "event.reporter_written_to",
        "event.reveal_asked",
        "event.reveal_granted",
        "event.reveal_refused",
        "event.shielded",
        "event.unshielded",
        "event.said",
        "event.said_withdrawn",
        "event.noted",
        "event.supported",
        "event.was_supported",
        "event.support_withdrawn",
        "event.drawn",
        "event.review_due",
        "event.unanswered",
        "event.milestone_done",
        "event.milestone_missed",
        "event.due_soon",
        "event.arrived",
        "event.excused",
        "event.reminded",
        "event.supervised",
        "event.supervision_overdue",
        "event.supervision_ended",
        "event.raised",
        "event.photo_received",
        "event.photo_refused",
        "event.voice_received",
        "event.voice_refused",
        "event.original_opened",
        "event.release_prepared",
        "event.picture_covered",
        "event.picture_released",
        "event.release_withdrawn",
        "event.release_dropped",
    }
)
#: What a delivery to try the address out is called.
TEST = "webhook.test"


def verbs_of(groups: Iterable[str]) -> frozenset[str]:
    """All acts of these groups."""
    return frozenset(verb for group in groups for verb in VERBS.get(group, ()))


class State(models.TextChoices):
    """How far a delivery has come."""

    WAITING = "waiting", _("Waiting")
    UNKNOWN = "unknown", _("No answer known")
    DELIVERED = "delivered", _("Delivered")
    GIVEN_UP = "given_up", _("Given up")


#: Still to be delivered. What was sent without an answer known is sent again: twice is better than never.
UNFINISHED = (State.WAITING, State.UNKNOWN)


#: How long after the first, second … attempt the next one follows: 15 attempts within about three days.
WAITS_S = (5, 30, 120, 600, 1800, 3600, 7200, 14400, 28800, 43200, 43200, 43200, 43200, 43200)
#: While a receiver is down it is asked this seldom: after one, two … failures in a row; once it is well, all at once.
RESTS_S = (5, 30, 120, 300)
#: A claim: if the worker is killed meanwhile, the delivery is due again after it. Longer than any attempt takes.
LEASE = timedelta(seconds=60)
#: What has not been delivered so long after it was to be is given up; what is finished is shown so long.
GIVEN_UP_AFTER, KEPT_FOR = timedelta(days=7), timedelta(days=90)
#: After this many failures in a row the receiver counts as having been down.
DOWN_AFTER = 3
_LONGEST_ASKED_FOR_S = 12 * 3600
#: No delivery is put off for longer: one due later was dated before the clock of this machine was set back, and is due now.
LONGEST_WAIT = timedelta(seconds=max(*WAITS_S, _LONGEST_ASKED_FOR_S))
_GONE = 410


class Verdict(StrEnum):
    """What an answer means for the delivery."""

    DELIVERED = "delivered"
    AGAIN = "again"
    GONE = "gone"
    GIVEN_UP = "given_up"


@dataclass(frozen=True)
class Judgement:
    """What follows from an answer: the verdict, when to try again, and whether the receiver seems to be down."""

    verdict: Verdict
    state: State
    due_at: datetime | None
    is_down: bool


def judge(answer: Answer, *, tries: int, at: datetime) -> Judgement:
    """What follows from the answer to the attempt number `tries`."""
    status = answer.status or 0
    if 200 <= status < 300:
        return Judgement(Verdict.DELIVERED, State.DELIVERED, None, is_down=False)
    if status == _GONE:
        return Judgement(Verdict.GONE, State.GIVEN_UP, None, is_down=False)
    # A 4xx is about this one delivery; 408 and 429, whatever is 5xx, and silence are about the receiver.
    is_down = not 300 <= status < 500 or status in (408, 429)
    if tries > len(WAITS_S):
        return Judgement(Verdict.GIVEN_UP, State.GIVEN_UP, None, is_down)
    wait_s = WAITS_S[tries - 1]
    if answer.retry_after_s is not None:
        wait_s = max(wait_s, min(answer.retry_after_s, _LONGEST_ASKED_FOR_S))
    state = State.UNKNOWN if answer.outcome == Outcome.UNKNOWN else State.WAITING
    return Judgement(Verdict.AGAIN, state, at + timedelta(seconds=wait_s), is_down)


def rest_s(failures: int, answer: Answer) -> int:
    """How long a receiver that failed so often in a row is left alone, in seconds."""
    rest = RESTS_S[min(max(failures, 1), len(RESTS_S)) - 1]
    return max(rest, min(answer.retry_after_s or 0, _LONGEST_ASKED_FOR_S))


#: Deliveries under way at once for one receiver: many while it is well, one while it is not.
LANES, LANES_WHEN_DOWN = 4, 1
#: Each receiver has lanes of its own, so that a dead one delays nobody; hence no more than these.
MOST_SUBSCRIPTIONS = 30
#: An old secret signs beside the new one so long.
OVERLAP = timedelta(hours=24)


def moment(at: datetime | None) -> Any:
    """A time as it stands in a body; None stays None."""
    return at.isoformat(timespec="milliseconds") if at else None
