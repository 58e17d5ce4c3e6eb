"""The table of chores: what is done by the clock, how often, and which action does it."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from linli.accounts.actions.signing import forget_ended
from linli.accounts.lockout import forget_old
from linli.administration.actions import emergencies
from linli.briefing import actions as briefing
from linli.chores import heartbeat, resealing
from linli.chores.backup import nightly
from linli.desk.bulk import runs
from linli.desk.models import BulkRun
from linli.events import learning, search
from linli.events.actions import awaiting_answers, clocks, deferring, drawing, ladder, reminding
from linli.events.actions.releasing import make_draft
from linli.events.models import Clock, Release
from linli.exports import actions as exports
from linli.field import likely
from linli.intake import bulk, devices_reminding, keys, mail, media_uploads, retention
from linli.intake.acts import taking
from linli.intake.bulk import working
from linli.intake.digest import are_arriving, digest_all
from linli.intake.models import Kept
from linli.intake.webhooks import courier, making, sending
from linli.journal import anchors, months, verifying
from linli.journal.actions import forget_read_notices
from linli.kit.prepared import Prepared
from linli.mediation.actions import (
    calling_back,
    performing,
    reminding_callers,
    reminding_of_complaints,
    sound,
    visiting,
)
from linli.mediation.actions import clocks as dispute_clocks
from linli.mediation.ledgers import comparing as ledgers_compared
from linli.mediation.ledgers import counting as ledgers_counted
from linli.notices import courier as notice_courier
from linli.notices import making as notice_making
from linli.notices.rules import KEPT_FOR as SENT_NOTICES_KEPT
from linli.notices.sending import ways_set
from linli.openness import letters
from linli.privacy import reminding as privacy_reminding
from linli.privacy import retention as privacy_retention
from linli.statistics import comparing, counting
from linli.wall import screens

#: Read notices are kept so long; the journal keeps the acts themselves for good.
NOTICES_KEPT = timedelta(days=90)
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


@dataclass(frozen=True)
class Work:
    """A chore. `do` does a slice that takes seconds at most, and says whether more is waiting."""

    name: str
    every_s: float
    do: Callable[[datetime], bool]
    #: Whether anything is there to do, asked before it is claimed, so that an idle worker writes nothing. What never pauses
    #: (`every_s` is 0) is asked several times a second: its SQL should be prepared.
    waits: Callable[[], object] | None = None
    #: How long it rests at most after it has failed again and again.
    longest_pause_s: int = 3600
    #: A worker that was killed holds it no longer than this; no slice of it takes nearly so long.
    lease_s: int = 300


@Prepared
def _reports_wait() -> QuerySet[Any, Any]:
    return Kept.objects.waiting().values_list("pk")[:1]


def _digest(at: datetime) -> bool:
    return digest_all(at) > 0


def _emergencies_are_over() -> bool:
    return emergencies.are_over(timezone.now())


@Prepared
def _media_waits() -> QuerySet[Any, Any]:
    return media_uploads.to_settle().values_list("pk")[:1]


def _settle_media(at: datetime) -> bool:
    return media_uploads.settle_waiting(at) > 0


def _put_parts_in_order(at: datetime) -> bool:
    media_uploads.put_in_order(at)
    return False


def _take_in_old_acts(at: datetime) -> bool:
    return taking.wake_old(at) > 0


@Prepared
def _drafts_wait() -> QuerySet[Any, Any]:
    return Release.objects.waiting().values_list("pk")[:1]


def _index_waits() -> bool:
    return search.lag() > 0


def _index(at: datetime) -> bool:
    """While reports arrive in short transactions with a gap between them: on SQLite the hatch waits for each."""
    if not are_arriving(at):
        return search.bring_up_to_date(2000) >= 2000
    for _each in range(10):
        if search.bring_up_to_date(100) < 100:
            return False
        time.sleep(0.005)
    return True


def _reckon_limits(at: datetime) -> bool:
    return reminding.reckon_firm_limits(at) >= 1000


def _clocks_wait() -> bool:
    return ladder.is_due(timezone.now())


def _pauses_end() -> bool:
    return bool(_ending_pauses(timezone.now()))


@Prepared
def _ending_pauses(at: datetime) -> QuerySet[Any, Any]:
    return Clock.objects.filter(paused_until__lte=at).order_by().values_list("pk")[:1]


def _end_pauses(at: datetime) -> bool:
    return reminding.end_pauses(at) >= reminding.SLICE


def _climb(at: datetime) -> bool:
    return ladder.climb(at) >= ladder.SLICE


def _start_clocks(at: datetime) -> bool:
    return clocks.start_missing(at) >= 500


def _remind(at: datetime) -> bool:
    return reminding.remind_of_reviews(at) >= reminding.SLICE


def _draw_lots(at: datetime) -> bool:
    drawing.draw_of_last_week(at)
    return False


def _note_silence(at: datetime) -> bool:
    return awaiting_answers.note_silence(at) >= awaiting_answers.SLICE


def _follow_deferrals(at: datetime) -> bool:
    return deferring.follow_deferrals(at) >= deferring.SLICE


def _forget_sent(at: datetime) -> bool:
    days = settings.SENT_KEPT_DAYS
    if days <= 0:
        return False
    return retention.empty_sent(digested_before=at - timedelta(days=days), at=at) >= retention.SLICE


def _forget_notices(at: datetime) -> bool:
    return forget_read_notices(at - NOTICES_KEPT) >= 5000


def _retain(at: datetime) -> bool:
    return privacy_retention.run(at) > 0


def _remind_of_requests(at: datetime) -> bool:
    privacy_reminding.remind(at)
    return False


def _forget_sessions(at: datetime) -> bool:
    from django.contrib.sessions.backends.db import SessionStore

    SessionStore.clear_expired()
    forget_ended(at)
    forget_old(at)
    return False


def _learn_categories(at: datetime) -> bool:
    learning.learn_again(at)
    return False


def _webhooks_wait() -> bool:
    return courier.COURIER.has_work(timezone.now())


def _notices_are_made() -> bool:
    return notice_making.waits(timezone.now())


def _make_notices(at: datetime) -> bool:
    more = notice_making.has_news() and notice_making.follow(at)
    return notice_making.bundle(at) or more


def _notices_wait() -> bool:
    return notice_courier.COURIER.has_work(timezone.now())


def _take_in_reporters(at: datetime) -> bool:
    notice_making.take_in_reporters(at, ways_set())
    return False


def _forget_sent_notices(at: datetime) -> bool:
    return letters.forget_sent(at) or notice_making.forget_old(at - SENT_NOTICES_KEPT)


@Prepared
def _steps_on_many_wait() -> QuerySet[Any, Any]:
    return BulkRun.objects.at_work().values_list("pk")[:1]


def _forget_tables(at: datetime) -> bool:
    return bulk.forget(at) > 0


def _briefings_wait() -> bool:
    return briefing.waits(timezone.now())


def _plan_briefings(at: datetime) -> bool:
    briefing.plan_due(at)
    return False


def _dispute_clocks_wait() -> bool:
    return dispute_clocks.is_due(timezone.now())


def _climb_disputes(at: datetime) -> bool:
    return dispute_clocks.climb(at) >= dispute_clocks.SLICE


def _reckon_disputes(at: datetime) -> bool:
    dispute_clocks.reckon_provisional(at)
    return False


def _promises_wait() -> bool:
    return performing.is_due(timezone.now())


def _remind_of_promises(at: datetime) -> bool:
    return performing.remind(at) >= performing.SLICE


def _visits_wait() -> bool:
    return visiting.is_due(timezone.now())


def _remind_of_visits(at: datetime) -> bool:
    return visiting.remind(at) >= visiting.SLICE


def _calls_wait() -> bool:
    return reminding_callers.is_due(timezone.now())


def _remind_callers(at: datetime) -> bool:
    return reminding_callers.remind(at) >= reminding_callers.SLICE


def _complaints_wait() -> bool:
    return reminding_of_complaints.is_due(timezone.now())


def _remind_of_complaints(at: datetime) -> bool:
    return reminding_of_complaints.remind(at) >= reminding_of_complaints.SLICE


def _sound_is_over() -> bool:
    return sound.is_due(timezone.now())


def _forget_sound(at: datetime) -> bool:
    return sound.forget(at) >= sound.SLICE


def _draw_call_backs(at: datetime) -> bool:
    calling_back.draw_of_last_month(at)
    return False


def _anchor(at: datetime) -> bool:
    if not anchors.is_anchored(at):
        anchors.anchor(at)
    return False


def _verify_weekly(at: datetime) -> bool:
    verifying.ask_weekly(at)
    return False


def _end_exports(at: datetime) -> bool:
    return exports.end_old(at) >= exports.SLICE


def _watcher_is_named() -> bool:
    return bool(settings.HEARTBEAT_URL)


def _beat(at: datetime) -> bool:
    heartbeat.beat(at)
    return False


def _count(at: datetime) -> bool:
    """In small slices while reports arrive, as the search index is brought up to date."""
    return counting.follow(at, 100, 100) if are_arriving(at) else counting.follow(at)


def _count_ledgers(at: datetime) -> bool:
    return ledgers_counted.follow(at, stride=200 if are_arriving(at) else ledgers_counted.STRIDE)


CHORES: tuple[Work, ...] = (
    Work("digest", 0, _digest, waits=_reports_wait, longest_pause_s=30, lease_s=10),
    Work("imports", 0, working.work, waits=working.waits, longest_pause_s=30, lease_s=60),
    Work("steps_on_many", 0, runs.go_on, waits=_steps_on_many_wait, longest_pause_s=30, lease_s=60),
    Work("mail_in", _MINUTE, mail.look_in),
    Work("forgotten_tables", _HOUR, _forget_tables),
    Work("media", 0, _settle_media, waits=_media_waits, longest_pause_s=30, lease_s=10),
    Work("media_parts", 10 * _MINUTE, _put_parts_in_order),
    Work("acts_that_waited", 10 * _MINUTE, _take_in_old_acts),
    # Before all that follows the journal. Once a day, soon after it has begun; asked often, for homes that were off at midnight.
    Work("journal_anchored", 10 * _MINUTE, _anchor),
    Work("journal_months", 10 * _MINUTE, months.turn, waits=months.waits),
    Work("journal_verified", _HOUR, _verify_weekly),
    Work("verifications", 0, verifying.go_on, waits=verifying.waits, longest_pause_s=600, lease_s=60),
    Work("search_index", 2, _index, waits=_index_waits),
    Work("figures", 2, _count, waits=counting.has_news, longest_pause_s=60, lease_s=60),
    Work("figures_compared", 10 * _MINUTE, comparing.compare_next),
    Work("ledgers", 2, _count_ledgers, waits=ledgers_counted.has_news, longest_pause_s=60, lease_s=60),
    Work("ledgers_compared", 10 * _MINUTE, ledgers_compared.compare_next),
    # One photo a turn: a model looks at each for some seconds.
    Work("public_drafts", 0, make_draft, waits=_drafts_wait, longest_pause_s=60, lease_s=120),
    Work("ladder", 0, _climb, waits=_clocks_wait, longest_pause_s=30, lease_s=30),
    Work("pauses_that_end", 0, _end_pauses, waits=_pauses_end, longest_pause_s=30, lease_s=30),
    # Of homes from before there were clocks; of all others none is missing.
    Work("clocks_missing", _HOUR, _start_clocks),
    Work("firm_limits", 10 * _MINUTE, _reckon_limits),
    Work("deferrals", 10 * _MINUTE, _follow_deferrals),
    Work("review_days", 10 * _MINUTE, _remind),
    Work("draws", _HOUR, _draw_lots),
    Work("emergencies_over", 10, emergencies.end_those_over, waits=_emergencies_are_over),
    Work("answers_waited_for", 10 * _MINUTE, _note_silence),
    Work("dispute_clocks", _MINUTE, _climb_disputes, waits=_dispute_clocks_wait, lease_s=60),
    Work("dispute_limits", _HOUR, _reckon_disputes, lease_s=60),
    Work("promises", _MINUTE, _remind_of_promises, waits=_promises_wait, lease_s=60),
    Work("visits", _MINUTE, _remind_of_visits, waits=_visits_wait, lease_s=60),
    Work("calls", _MINUTE, _remind_callers, waits=_calls_wait, lease_s=60),
    Work("complaints", _MINUTE, _remind_of_complaints, waits=_complaints_wait, lease_s=60),
    Work("sound_of_sessions", 10 * _MINUTE, _forget_sound, waits=_sound_is_over),
    # Of the month that is over; asked every day, so that a home begun in its middle draws too.
    Work("call_backs", _DAY, _draw_call_backs, lease_s=120),
    Work("webhooks", 1, making.make_deliveries, waits=making.behind, lease_s=10),
    Work("webhooks_sent", 0, courier.COURIER.turn, waits=_webhooks_wait, longest_pause_s=30, lease_s=10),
    Work("webhooks_old", 10 * _MINUTE, sending.tidy),
    Work("notices_made", 1, _make_notices, waits=_notices_are_made, longest_pause_s=60, lease_s=30),
    Work("notices_sent", 0, notice_courier.COURIER.turn, waits=_notices_wait, longest_pause_s=30, lease_s=10),
    Work("notices_to_reporters", 10, _take_in_reporters, waits=ways_set),
    Work("letters_to_followers", 60, letters.write_due, waits=letters.are_due, lease_s=60),
    Work("keys_that_end", _HOUR, keys.warn),
    Work("screens_that_end", _HOUR, screens.look_after),
    Work("unsent_reports", _HOUR, devices_reminding.remind, lease_s=60),
    Work("notices_old", _HOUR, _forget_sent_notices),
    Work("category_model", _DAY, _learn_categories),
    # Once a day for each township; asked every hour, so that a home begun at noon knows before the evening.
    Work("briefings_due", 10 * _MINUTE, _plan_briefings),
    # One a turn: typst takes a second or two, a large county's sentences as long.
    Work("briefings", 2, briefing.work, waits=_briefings_wait, longest_pause_s=600),
    Work("likely_categories", _HOUR, likely.learn, lease_s=60),
    Work("sent_reports", _HOUR, _forget_sent),
    # In small steps, for a chore that has the whole home to go through: the store is free for others in between.
    Work("sealed_anew", 1, resealing.go_on, waits=resealing.waits, longest_pause_s=600),
    Work("backup", _MINUTE, nightly.go_on, waits=nightly.waits),
    Work("exports_that_end", 10 * _MINUTE, _end_exports),
    Work(heartbeat.NAME, _MINUTE, _beat, waits=_watcher_is_named, longest_pause_s=60, lease_s=60),
    Work("requests_of_persons", _HOUR, _remind_of_requests),
    Work("retention", _DAY, _retain, lease_s=60),
    Work("old_notices", _DAY, _forget_notices),
    Work("old_sessions", _HOUR, _forget_sessions),
)
