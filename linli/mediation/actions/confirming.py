"""Judicial confirmation (人民调解法 art. 33): thirty days from force, both together; and what the court answers, in its terms."""

from dataclasses import dataclass
from datetime import date, datetime, time

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from linli.journal.actions import record
from linli.kit.keys import new_key
from linli.kit.refusal import BadInput, Refused
from linli.kit.workdays import stored_calendar
from linli.mediation.actions import clocks
from linli.mediation.actions.course import go, require_party, require_step
from linli.mediation.actions.parties import forget_id_numbers
from linli.mediation.actions.telling import keepers_and_mediators
from linli.mediation.agreeing.filling import clean
from linli.mediation.models import Agreement, Clock, Confirmation, Party, sealed_words
from linli.mediation.rules import (
    NOT_CONFIRMED_AS_A_WHOLE,
    AgreementState,
    ClockKind,
    CourtAnswer,
    MediationType,
    TermCode,
    end_of,
    moved_on,
)
from linli.people.models import Person

LONGEST_COURT, LONGEST_WORDS = 100, 1_000
#: What a court may answer next.
NEXT = {
    "": (CourtAnswer.ACCEPTED, CourtAnswer.REFUSED, CourtAnswer.WITHDRAWN),
    CourtAnswer.ACCEPTED: (CourtAnswer.CONFIRMED, CourtAnswer.REFUSED, CourtAnswer.WITHDRAWN),
}


@dataclass(frozen=True)
class CourtTerms:
    """By when the court answers; None while that does not run."""

    accepts_by: datetime | None
    decides_by: datetime | None
    #: If it takes its longer term.
    decides_at_the_latest: datetime | None


def begin(agreement: Agreement, *, at: datetime) -> Confirmation | None:
    """Begin the thirty days as an agreement comes into force. Part of that act. None where no court confirms such a one."""
    dispute = agreement.dispute
    if dispute.mediation_type == MediationType.JUDICIAL:
        return None
    clock, key = clocks.start(dispute, ClockKind.CONFIRMATION, at), new_key()
    return Confirmation.objects.create(
        key=key,
        dispute=dispute,
        agreement=agreement,
        deadline_at=clock.due_at,
        court=dispute.body.court_name if dispute.body else "",
        sealed=sealed_words(Confirmation, key, {}),
    )


@transaction.atomic
def want(
    confirmation: Confirmation, *, party: Party, at: datetime, by: Person | None = None, own: bool = False
) -> list[Party]:
    """A party wants to apply; who still has to. `own`: by its own link; else the mediator writes down what it said."""
    dispute = confirmation.dispute
    step = require_step("apply_confirmation", dispute, by=by, at=at, party=party if own else None)
    require_party(dispute, party)
    _require_open(confirmation, at)
    confirmation.wanted_by = sorted({*confirmation.wanted_by, str(party.pk)})
    confirmation.save(update_fields=["wanted_by"])
    go(step, dispute, wants_confirmation=True)
    told = keepers_and_mediators(dispute, at)
    record("dispute.confirmation_wanted", on=dispute, by=by, at=at, tell=told, party=str(party.pk), own=own)
    return silent(confirmation)


@transaction.atomic
def apply(
    confirmation: Confirmation,
    *,
    court: str,
    about_status: bool,
    by: Person,
    at: datetime,
    applied_on: date | None = None,
) -> None:
    """Note that the parties have applied together. `about_status`: it is about identity, adoption or marriage itself.

    `applied_on`: the day, where it is noted later. Raises `Refused` when the thirty days were over by then, when a party has not
    said yes, and for what no court confirms (法释〔2011〕5号 art. 4); `BadInput` for a day that cannot be.
    """
    dispute = confirmation.dispute
    step = require_step("apply_confirmation", dispute, by=by, at=at)
    since = confirmation.agreement.effective_at or at
    applied_at = _moment_on(applied_on, since=since, at=at, field="applied_on")
    _require_open(confirmation, applied_at)
    if about_status:
        raise Refused(
            "not_confirmed",
            _("No court confirms identity, adoption or marriage. Leave that to the registry or to an action in court."),
        )
    if lacking := silent(confirmation):
        names = (_now(", ")).join(str(party.words.get("name", "")) for party in lacking)
        raise Refused("not_together", _("Both sides apply together. Not yet said yes: %(missing)s."), missing=names)
    where = clean(court) or confirmation.court
    if not where or len(where) > LONGEST_COURT:
        raise BadInput("court_missing", _("Name the court, in 100 characters."), field="court")
    confirmation.applied_at, confirmation.court = applied_at, where
    confirmation.save(update_fields=["applied_at", "court"])
    clocks.stop(dispute, ClockKind.CONFIRMATION, at=at)
    go(step, dispute)
    record("dispute.confirmation_applied", on=dispute, by=by, at=at, tell=keepers_and_mediators(dispute, at))


@transaction.atomic
def note_answer(
    confirmation: Confirmation,
    *,
    answer: str,
    by: Person,
    at: datetime,
    court_no: str = "",
    words: str = "",
    answered_on: date | None = None,
) -> None:
    """Note what the court answered: accepted first, then confirmed by ruling or refused; or withdrawn by the parties.

    `answered_on`: the day of the answer, where it is noted later. Raises `BadInput`, `Refused`.
    """
    dispute = confirmation.dispute
    step = require_step("note_ruling", dispute, by=by, at=at)
    confirmation.refresh_from_db()
    if confirmation.applied_at is None or answer not in NEXT.get(confirmation.answer, ()):
        raise moved_on()
    number, said = clean(court_no), words.strip()
    if answer == CourtAnswer.CONFIRMED and not number:
        raise BadInput("court_number_missing", _("Write the number of the ruling."), field="court_no")
    if len(number) > LONGEST_COURT or len(said) > LONGEST_WORDS:
        raise BadInput("words_too_long_here", _("1,000 characters at most. Shorten it."), field="words")
    since = confirmation.answered_at or confirmation.applied_at
    answered_at = _moment_on(answered_on, since=since, at=at, field="answered_on")
    kept = confirmation.words
    kept |= {"court_no": number or kept.get("court_no", ""), "words": said or kept.get("words", "")}
    kept |= {"accepted_at": answered_at.isoformat()} if answer == CourtAnswer.ACCEPTED else {}
    confirmation.answer, confirmation.answered_at = answer, answered_at
    confirmation.sealed = sealed_words(Confirmation, confirmation.pk, kept)
    confirmation.save(update_fields=["answer", "answered_at", "sealed"])
    if answer in NEXT:
        go(step, dispute)
    else:
        # The court has said its last word: identity numbers were for its eyes alone.
        forget_id_numbers(dispute)
        go(step, dispute, wants_confirmation=False)
    told = keepers_and_mediators(dispute, at)
    record("dispute.confirmation_answered", on=dispute, by=by, at=at, tell=told, answer=answer)


# --- what is known of it ----------------------------------------------------------------------------------------------


def silent(confirmation: Confirmation) -> list[Party]:
    """The parties that have not said that they want to apply."""
    wanted = set(confirmation.wanted_by)
    return [party for party in confirmation.dispute.parties.present() if str(party.pk) not in wanted]


def needs_a_word_on_status(confirmation: Confirmation) -> bool:
    """Whether the kind of dispute may be about personal status, so that the page asks before an application."""
    return confirmation.dispute.kind in NOT_CONFIRMED_AS_A_WHOLE


def court_terms(confirmation: Confirmation) -> CourtTerms:
    """The court's own terms (3 days; 15 days, 10 more), by the calendar and the rules of the day they began."""
    if confirmation.applied_at is None:
        return CourtTerms(None, None, None)
    accepts_by = _ends(confirmation, TermCode.COURT_ACCEPTS, confirmation.applied_at)
    accepted = confirmation.words.get("accepted_at")
    if not accepted:
        return CourtTerms(accepts_by, None, None)
    decides_by = _ends(confirmation, TermCode.COURT_DECIDES, datetime.fromisoformat(accepted))
    return CourtTerms(accepts_by, decides_by, _ends(confirmation, TermCode.COURT_EXTENDS, decides_by))


def _ends(confirmation: Confirmation, code: str, since: datetime) -> datetime:
    term = clocks.term_for(code, confirmation.dispute.area_id, since)
    return end_of(term.unit, term.amount, since, stored_calendar(since.date()), clocks.home_zone())


def deadline_of(confirmation: Confirmation) -> datetime:
    """Until when they may apply: of the clock while it runs, since a calendar published later may move it."""
    running = Clock.objects.running().filter(dispute=confirmation.dispute_id, kind=ClockKind.CONFIRMATION)
    due_at = running.values_list("due_at", flat=True).first()
    return due_at or confirmation.deadline_at


def _moment_on(day: date | None, *, since: datetime, at: datetime, field: str) -> datetime:
    """When something was that is written down at `at`: now where no day is told or today, else at noon of that day."""
    first, last = timezone.localdate(since), timezone.localdate(at)
    if day is None or day == last:
        return at
    if not first <= day < last:
        raise BadInput(
            "bad_day_of_court",
            _("This day cannot be: choose one from %(first)s to %(last)s."),
            first=first.isoformat(),
            last=last.isoformat(),
            field=field,
        )
    return max(since, timezone.make_aware(datetime.combine(day, time(12))))


def _require_open(confirmation: Confirmation, at: datetime) -> None:
    confirmation.refresh_from_db()
    if confirmation.applied_at is not None or confirmation.agreement.state != AgreementState.IN_FORCE:
        raise moved_on()
    if at > deadline_of(confirmation):
        raise Refused(
            "too_late",
            _("The thirty days are over. The agreement still binds; on breach an action in court is open."),
        )
