"""Which notice goes where and when, and what an answer means: tables and pure functions.

A notice is what somebody must be told of one act. It stands in their inbox in any case. For every channel they keep it is
decided once: held until it goes out, skipped, or given to a delivery. A delivery carries one or several of them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """By which way something reaches people."""

    WEB_PUSH = "web_push", _("This browser")
    MAIL = "mail", _("E-mail")
    SMS = "sms", _("Text message")
    WECOM = "wecom", _("WeCom robot")
    DINGTALK = "dingtalk", _("DingTalk robot")
    FEISHU = "feishu", _("Feishu robot")


ROBOTS = (Kind.WECOM, Kind.DINGTALK, Kind.FEISHU)
#: Told twice under one key, these show it once: the browser replaces what has the same tag, mail the same Message-ID,
#: and a gateway is told the key (docs/notices.md asks that it heeds it).
REPEATABLE = frozenset({Kind.WEB_PUSH, Kind.MAIL, Kind.SMS})


class Group(models.TextChoices):
    """Sorts of notices that people choose between."""

    TO_DO = "to_do", _("Something for me to do")
    DUE = "due", _("Due soon or overdue")
    MENTIONS = "mentions", _("I am mentioned")
    SUPERVISED = "supervised", _("Supervised or handed up")
    CLOSED = "closed", _("Verified or closed")
    OTHER = "other", _("Everything else")


#: The acts of each sort; whatever is in none of them is `OTHER`, so that a new verb is told rather than lost.
VERBS: dict[str, frozenset[str]] = {
    Group.TO_DO: frozenset(
        {
            *("event.reported", "event.split_off", "event.check_asked", "event.supplement_asked", "event.supplemented"),
            *("event.dispatched", "event.objected", "event.objection_dismissed", "event.objection_settled"),
            *("event.handed_back", "event.result_submitted", "event.rework_asked", "event.reopened", "event.moved"),
            *("event.place_corrected", "event.noted"),
            *("event.extension_asked", "event.resumed", "event.review_due", "event.reveal_asked", "event.whistled"),
            *("event.drawn", "event.milestone_missed"),
            *("event.part_added", "event.part_called_in", "event.part_answered", "event.part_sent_back"),
            "event.part_extension_asked",
            *("device.reports_wait", "opinion.left", "figures.differ", "ledgers.differ"),
            "request.asked",
            *("emergency.asked", "key.ends_soon", "screen.ends_soon"),
            *("event.part_objected", "event.part_objection_upheld", "event.part_objection_dismissed"),
            *("dispute.registered", "dispute.handed_over", "dispute.accepted", "dispute.mediator_asked"),
            "dispute.mediator_named",
            *("dispute.mediator_declined", "dispute.interest_declared", "dispute.mediator_objected"),
            *("dispute.given_back", "dispute.call_back_drawn", "dispute.complained", "dispute.reopened"),
            *("dispute.paper_wanted", "dispute.performance_unanswered", "dispute.visit_due"),
        }
    ),
    Group.DUE: frozenset(
        {
            *("event.due_soon", "event.reminded", "event.ran_on"),
            *("dispute.term_ends_soon", "dispute.term_over", "dispute.performance_due", "dispute.breached"),
            *("dispute.call_back_due", "dispute.call_back_overdue"),
            *("dispute.complaint_due", "dispute.complaint_overdue", "request.due_soon", "request.overdue"),
        }
    ),
    Group.MENTIONS: frozenset({"event.said"}),
    Group.SUPERVISED: frozenset(
        {
            *("event.supervised", "event.supervision_overdue", "event.supervision_ended", "event.raised"),
            # Danger waits for nobody's quiet hours.
            "dispute.risk_noted",
        }
    ),
    Group.CLOSED: frozenset({"event.closed", "event.self_handled", "event.verified", "event.part_verified"}),
}
#: What a new channel carries, until somebody chooses.
WANTED_AT_FIRST = (Group.TO_DO, Group.DUE, Group.MENTIONS, Group.SUPERVISED)
#: Each costs money and a ring: only what cannot wait.
WANTED_AT_FIRST_BY_SMS = (Group.DUE, Group.SUPERVISED)


def group_of(verb: str) -> Group:
    """The sort of an act."""
    return next((Group(group) for group, verbs in VERBS.items() if verb in verbs), Group.OTHER)


@dataclass(frozen=True)
class Pace:
    """How a channel begins: notices of so many minutes go out together, and at most so many deliveries an hour."""

    bundle_minutes: int
    most_an_hour: int


PACES: dict[str, Pace] = {
    Kind.WEB_PUSH: Pace(1, 20),
    Kind.MAIL: Pace(15, 10),
    Kind.SMS: Pace(10, 6),
    Kind.WECOM: Pace(2, 30),
    Kind.DINGTALK: Pace(2, 30),
    Kind.FEISHU: Pace(2, 30),
}
BUNDLE_CHOICES, HOURLY_CHOICES = (0, 1, 2, 5, 10, 15, 30, 60), (2, 6, 10, 20, 30, 60)


# --- when ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Quiet:
    """When somebody wants to be left alone: between two times of the day, and on days when offices are closed."""

    from_time: time | None = None
    to_time: time | None = None
    on_days_off: bool = False
    #: What presses comes through all the same, while they are not on leave.
    lets_pressing: bool = True


NEVER_QUIET = Quiet()
_HOUR = timedelta(hours=1)
_MOST_TURNS = 100


def quiet_until(local: datetime, quiet: Quiet, is_working: Callable[[date], bool]) -> datetime | None:
    """When the quiet time that holds at `local` ends; None outside of it. Days off follow each other without a gap."""
    moment = local
    for _turn in range(_MOST_TURNS):
        if quiet.on_days_off and not is_working(moment.date()):
            end = datetime.combine(moment.date() + timedelta(days=1), time(), moment.tzinfo)
        else:
            end = _end_of_hours(moment, quiet)
        if end == moment:
            break
        moment = end
    return None if moment == local else moment


def _end_of_hours(moment: datetime, quiet: Quiet) -> datetime:
    begin, end = quiet.from_time, quiet.to_time
    if begin is None or end is None or begin == end:
        return moment
    now = moment.time()
    is_over_midnight = begin > end
    if not (now >= begin or now < end if is_over_midnight else begin <= now < end):
        return moment
    day = moment.date() + timedelta(days=1) if is_over_midnight and now >= begin else moment.date()
    return datetime.combine(day, end, moment.tzinfo)


def is_pressing(group: str, urgency: str) -> bool:
    """What is not collected with others: matters to be handled at once, and supervision."""
    return urgency == "immediate" or group == Group.SUPERVISED


def goes_out_at(
    at: datetime,
    *,
    pressing: bool,
    is_on_duty: bool,
    bundle_minutes: int,
    quiet: Quiet,
    is_working: Callable[[date], bool],
) -> datetime:
    """When a notice made at `at` (in the local zone) goes out: with those of its bundle, and not in quiet time."""
    if pressing and quiet.lets_pressing and is_on_duty:
        return at
    moment = at if pressing else at + timedelta(minutes=bundle_minutes)
    return quiet_until(moment, quiet, is_working) or moment


def free_at(sent: Sequence[datetime], most_an_hour: int, at: datetime) -> datetime:
    """When a channel that was sent these in the last hour, the oldest first, may be sent one more."""
    return at if len(sent) < most_an_hour else sent[-most_an_hour] + _HOUR


# --- states --------------------------------------------------------------------------------------------------------------


class Decided(models.TextChoices):
    """What was decided of one notice on one channel."""

    HELD = "held", _("Waits to go out")
    GIVEN = "given", _("Went into a delivery")
    SKIPPED = "skipped", _("Not sent")


class Why(models.TextChoices):
    """Why a notice was not sent on a channel. It stands in the inbox all the same."""

    NOT_WANTED = "not_wanted", _("this sort was not chosen for it")
    OFF = "off", _("the channel is off")
    NOT_VERIFIED = "not_verified", _("the channel was never confirmed")
    READ = "read", _("read in the inbox before")
    CLOSED = "closed", _("the channel was removed")
    LEFT = "left", _("the person does not work here any more")


class State(models.TextChoices):
    """How far a delivery has come."""

    WAITING = "waiting", _("Waiting")
    SENDING = "sending", _("Being sent")
    DELIVERED = "delivered", _("Delivered")
    UNKNOWN = "unknown", _("No answer known")
    FAILED = "failed", _("Failed")
    DROPPED = "dropped", _("Not needed any more")


#: Something is still to be done about these, at their `due_at`.
UNFINISHED = (State.WAITING, State.SENDING)


class Purpose(models.TextChoices):
    """What a delivery is for."""

    NOTICES = "notices", _("Notices")
    CODE = "code", _("A code that confirms the channel")
    TEST = "test", _("A test")
    REPORTER = "reporter", _("A message to a reporter")
    LETTER = "letter", _("A letter to somebody without an account")


def why_skipped(group: str, wanted: Sequence[str], *, is_on: bool, is_verified: bool, is_here: bool) -> Why | None:
    """Why a notice of this sort does not go out on a channel; None: it does."""
    if not is_here:
        return Why.LEFT
    if not is_verified:
        return Why.NOT_VERIFIED
    if not is_on:
        return Why.OFF
    return None if group in wanted else Why.NOT_WANTED


# --- answers -------------------------------------------------------------------------------------------------------------


class Verdict(StrEnum):
    """What came of handing a delivery to its way."""

    DELIVERED = "delivered"
    #: Not taken, and it may be taken later.
    AGAIN = "again"
    #: Not taken, and never will be.
    REFUSED = "refused"
    #: Refused, and the address itself is gone.
    GONE = "gone"
    #: It was written, and no answer is known.
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Result:
    """What came of one attempt. `why` is a short code, such as `503` or `not_reached`; never words of another."""

    verdict: Verdict
    why: str = ""
    took_ms: int = 0
    retry_after_s: int | None = None


#: How long after the first, second … attempt the next one follows: eleven attempts within two days.
WAITS_S = (30, 120, 600, 1800, 3600, 7200, 14400, 28800, 43200, 43200)
#: A claim: if the worker is killed meanwhile, nobody knows after it whether it was sent.
LEASE = timedelta(seconds=60)
#: One that may be told twice is told once more, this long after its answer was missed.
REPEATED_AFTER_S, MOST_REPEATS = 60, 1
#: Finished deliveries, and what was decided with them, are shown so long.
KEPT_FOR = timedelta(days=90)
CODE_HOLDS, CODE_DIGITS = timedelta(minutes=15), 6
MOST_CHANNELS = 10
_LONGEST_ASKED_FOR_S = 6 * 3600
#: No delivery is put off for longer, and no notice held: what is due later was dated before the clock of this machine was set
#: back, and is due now.
LONGEST_WAIT, LONGEST_HELD = timedelta(seconds=max(*WAITS_S, _LONGEST_ASKED_FOR_S)), timedelta(days=_MOST_TURNS + 1)


@dataclass(frozen=True)
class Judgement:
    """What follows from a result: the state, and after how many seconds it is tried again."""

    state: State
    again_in_s: int | None = None
    is_repeat: bool = False


def judge(result: Result, *, kind: str, tries: int, repeats: int) -> Judgement:
    """What follows from the result of the attempt number `tries`."""
    match result.verdict:
        case Verdict.DELIVERED:
            return Judgement(State.DELIVERED)
        case Verdict.REFUSED | Verdict.GONE:
            return Judgement(State.FAILED)
        case Verdict.UNKNOWN:
            if kind in REPEATABLE and repeats < MOST_REPEATS:
                return Judgement(State.WAITING, REPEATED_AFTER_S, is_repeat=True)
            return Judgement(State.UNKNOWN)
    if tries > len(WAITS_S):
        return Judgement(State.FAILED)
    wait_s = WAITS_S[tries - 1]
    if result.retry_after_s is not None:
        wait_s = max(wait_s, min(result.retry_after_s, _LONGEST_ASKED_FOR_S))
    return Judgement(State.WAITING, wait_s)


# --- the law -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Balance:
    """All that became of notices, as counted: it adds up, or something was lost or doubled."""

    #: Notices followed since this home sends any; those that stand in the inbox alone; those with a channel or more.
    notices: int
    in_inbox_alone: int
    with_channels: int
    #: Notices by channels, as decided; and in which state the decisions are.
    decided: int
    held: int
    given: int
    skipped: int
    #: Decided and deleted after their time.
    forgotten: int
    #: Deliveries of notices that carry none, and decisions given to a delivery of something else.
    empty_deliveries: int
    contradictions: int

    def faults(self) -> list[str]:
        """What does not add up, as codes; empty: the law holds."""
        checks = {
            "notices": self.notices == self.in_inbox_alone + self.with_channels,
            "decided": self.decided == self.held + self.given + self.skipped + self.forgotten,
            "empty_deliveries": self.empty_deliveries == 0,
            "contradictions": self.contradictions == 0,
        }
        return [name for name, holds in checks.items() if not holds]
