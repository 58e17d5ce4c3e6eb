"""Sessions: planned, moved, called off, held; and the shared record of each, version by version."""

import hashlib
import json
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from linli.events.rules import clean_words
from linli.journal.actions import record
from linli.kit.keys import new_key
from linli.kit.refusal import BadInput, Refused
from linli.mediation import letters
from linli.mediation.actions.course import require_party, require_step
from linli.mediation.models import Companion, Dispute, Party, Record, Session, sealed_words
from linli.mediation.rules import BOTH_SIDES, AssignmentState, Manner, SessionState
from linli.mediation.rules.parties import not_a_choice
from linli.people.models import Person

SHORTEST_MINUTES, LONGEST_MINUTES = 5, 600
#: Ten thousand characters are an evening; twice as many are still taken.
LONGEST_RECORD = 20_000


@transaction.atomic
def plan_session(
    dispute: Dispute,
    *,
    planned_at: datetime,
    by: Person,
    at: datetime,
    minutes: int = 60,
    manner: str = Manner.TOGETHER,
    is_remote: bool = False,
    place: str = "",
    link: str = "",
    invited: Sequence[Party] | None = None,
) -> Session:
    """Plan a session. `invited` are to come and hear when and where; None: all parties.

    Raises `BadInput`, and `Refused` where the mediator has another one then.
    """
    require_step("plan_session", dispute, by=by, at=at)
    _check_time(planned_at, minutes, at)
    keys = _checked_invited(dispute, manner, invited)
    _require_free(dispute, planned_at, minutes, by)
    session = _store(
        dispute,
        planned_at=planned_at,
        minutes=minutes,
        manner=manner,
        is_remote=is_remote,
        place=place,
        link=link,
        invited=keys,
    )
    record(
        "dispute.session_planned",
        on=dispute,
        by=by,
        at=at,
        session=session,
        planned_at=planned_at,
        manner=manner,
        invited=keys,
    )
    letters.tell_of_session(session, letters.What.SESSION_PLANNED, at=at)
    return session


def _store(dispute: Dispute, *, manner: str, is_remote: bool, place: str, link: str, **columns: Any) -> Session:
    if manner not in Manner.values:
        raise not_a_choice("manner")
    where = clean_words(place, field="place", required=not is_remote, longest=200)
    address = clean_words(link, field="link", required=is_remote, longest=300)
    key = new_key()
    return Session.objects.create(
        key=key,
        dispute=dispute,
        number=(dispute.sessions.aggregate(last=Max("number"))["last"] or 0) + 1,
        manner=manner,
        is_remote=is_remote,
        sealed=sealed_words(Session, key, {"place": where, "link": address}),
        **columns,
    )


def _checked_invited(dispute: Dispute, manner: str, invited: Sequence[Party] | None) -> list[str] | None:
    """Their keys; None for all parties. Raises `BadInput` where nobody is, or a side is missing face to face."""
    if invited is None:
        return None
    for one in invited:
        require_party(dispute, one)
    if not invited:
        raise BadInput("nobody_invited", _("Tick who is to come."), field="invited")
    if manner == Manner.TOGETHER and not set(BOTH_SIDES) <= {one.side for one in invited}:
        raise BadInput(
            "one_side_not_invited",
            _("Face to face, both sides come. Tick both, or plan it as one side at a time."),
            field="invited",
        )
    keys = _keys(invited)
    return keys if set(keys) != {str(one.pk) for one in dispute.parties.present()} else None


def _check_time(planned_at: datetime, minutes: int, at: datetime) -> None:
    if planned_at < at:
        raise BadInput(
            "session_in_the_past",
            _("This time lies in the past. Choose a later one, or enter the session as held."),
            field="planned_at",
        )
    if planned_at > at + timedelta(days=366):
        raise BadInput(
            "session_too_far", _("A session is planned a year ahead at most. Check the year."), field="planned_at"
        )
    if not SHORTEST_MINUTES <= minutes <= LONGEST_MINUTES:
        raise BadInput("bad_minutes", _("A session takes 5 to 600 minutes."), field="minutes")


def _require_free(dispute: Dispute, planned_at: datetime, minutes: int, by: Person, but: Session | None = None) -> None:
    """No other planned session of this mediator lies across it."""
    end = planned_at + timedelta(minutes=minutes)
    others = Session.objects.filter(
        state=SessionState.PLANNED,
        planned_at__lt=end,
        planned_at__gt=planned_at - timedelta(minutes=LONGEST_MINUTES),
        dispute__assignments__mediator__person=by,
        dispute__assignments__state=AssignmentState.ACCEPTED,
    )
    if but is not None:
        others = others.exclude(pk=but.pk)
    if any(one.planned_at + timedelta(minutes=one.minutes) > planned_at for one in others):
        raise Refused("busy_then", _("You have another session then. Choose another time."))


@transaction.atomic
def move_session(
    session: Session, *, planned_at: datetime, by: Person, at: datetime, why: str = "", minutes: int | None = None
) -> None:
    """Another time for a session that has not been held."""
    dispute = session.dispute
    require_step("move_session", dispute, by=by, at=at)
    length = minutes or session.minutes
    _check_time(planned_at, length, at)
    _require_free(dispute, planned_at, length, by, session)
    reason = clean_words(why, field="why", longest=300)
    _change_planned(
        session,
        planned_at=planned_at,
        minutes=length,
        moved=session.moved + 1,
        sealed=session.with_words(why=reason),
    )
    record("dispute.session_moved", on=dispute, by=by, at=at, session=session, planned_at=planned_at)
    letters.tell_of_session(session, letters.What.SESSION_MOVED, at=at)


@transaction.atomic
def cancel_session(session: Session, *, why: str, by: Person, at: datetime) -> None:
    """The session is called off."""
    dispute = session.dispute
    require_step("cancel_session", dispute, by=by, at=at)
    reason = clean_words(why, field="why", required=True, longest=300)
    _change_planned(session, state=SessionState.CANCELLED, sealed=session.with_words(why=reason))
    record("dispute.session_cancelled", on=dispute, by=by, at=at, session=session)
    letters.tell_of_session(session, letters.What.SESSION_CANCELLED, at=at)


def call_off_planned(dispute: Dispute, *, by: Person | None, at: datetime, past_too: bool = False) -> None:
    """Call off what is planned, as nobody will hold it; the parties are told of what was still to come. Part of an act.

    `past_too`: also what should have been by now, and was never said to have been held.
    """
    for session in dispute.sessions.filter(state=SessionState.PLANNED).order_by("number"):
        is_to_come = session.planned_at > at
        if not (is_to_come or past_too):
            continue
        _change_planned(session, state=SessionState.CANCELLED)
        record("dispute.session_cancelled", on=dispute, by=by, at=at, session=session)
        if is_to_come:
            letters.tell_of_session(session, letters.What.SESSION_CANCELLED, at=at)


@transaction.atomic
def hold_session(
    session: Session,
    *,
    began_at: datetime,
    ended_at: datetime,
    present: Sequence[Party],
    by: Person,
    at: datetime,
    companions: Sequence[Companion] = (),
    audio_consents: Sequence[Party | Companion] = (),
    with_audio: bool = False,
) -> None:
    """The session took place, with these present. Raises `BadInput`, and `Refused` for who was not told of their rights."""
    dispute = session.dispute
    require_step("hold_session", dispute, by=by, at=at)
    _check_held(dispute, began_at, ended_at, at)
    _check_present(dispute, session.manner, present, companions)
    if with_audio:
        require_all_agree([*present, *companions], audio_consents)
    _change_planned(
        session,
        state=SessionState.HELD,
        began_at=began_at,
        ended_at=ended_at,
        present=_keys([*present, *companions]),
        audio_consents=_keys(audio_consents),
        has_audio=with_audio,
        entered_at=at,
    )
    _note_first(dispute, began_at)
    record("dispute.session_held", on=dispute, by=by, at=at, session=session, began_at=began_at, ended_at=ended_at)


def _note_first(dispute: Dispute, began_at: datetime) -> None:
    """When the first session began, in whatever order they are entered."""
    first = min(dispute.first_session_at or began_at, began_at)
    Dispute.objects.filter(pk=dispute.pk).update(first_session_at=first)
    dispute.first_session_at = first


@transaction.atomic
def hold_unplanned(
    dispute: Dispute,
    *,
    began_at: datetime,
    ended_at: datetime,
    present: Sequence[Party],
    place: str,
    by: Person,
    at: datetime,
    manner: str = Manner.TOGETHER,
    companions: Sequence[Companion] = (),
) -> Session:
    """A session on the spot that nobody had planned (art. 21). As `hold_session`."""
    require_step("hold_session", dispute, by=by, at=at)
    _check_held(dispute, began_at, ended_at, at)
    minutes = max(1, round((ended_at - began_at) / timedelta(minutes=1)))
    session = _store(
        dispute, planned_at=began_at, minutes=minutes, manner=manner, is_remote=False, place=place, link=""
    )
    hold_session(
        session,
        began_at=began_at,
        ended_at=ended_at,
        present=present,
        companions=companions,
        by=by,
        at=at,
    )
    return session


def _check_held(dispute: Dispute, began_at: datetime, ended_at: datetime, at: datetime) -> None:
    if ended_at <= began_at:
        raise BadInput(
            "ends_before_it_began", _("The session ends before it began. Correct the times."), field="ended_at"
        )
    if ended_at > at:
        raise BadInput("not_held_yet", _("This session is not over yet. Enter it afterwards."), field="ended_at")
    if ended_at - began_at > timedelta(minutes=2 * LONGEST_MINUTES):
        raise BadInput("session_too_long", _("A session takes no days. Correct the times."), field="ended_at")
    if dispute.accepted_at and began_at < dispute.accepted_at:
        raise BadInput(
            "before_acceptance",
            _("The session began before the dispute was accepted. Correct the times."),
            field="began_at",
        )


def _check_present(dispute: Dispute, manner: str, present: Sequence[Party], companions: Sequence[Companion]) -> None:
    for one in present:
        require_party(dispute, one)
    if any(one.dispute_id != dispute.pk or one.left_at for one in companions):
        raise not_a_choice("present")
    sides = {one.side for one in present}
    if manner == Manner.TOGETHER and not set(BOTH_SIDES) <= sides:
        raise BadInput(
            "one_side_missing",
            _("Face to face, both sides are there. Tick who was, or enter it as one side at a time."),
            field="present",
        )
    if not present:
        raise BadInput("nobody_present", _("Tick who was there."), field="present")
    if any(one.rights_told_at is None for one in present):
        raise Refused(
            "rights_not_told",
            _(
                "A party who was there has not been told of its rights and duties. Tell them and tick it, then enter the session."
            ),
        )


def require_all_agree(present: Iterable[Party | Companion], agreed: Iterable[Party | Companion]) -> None:
    """Raises `Refused` unless everybody who was there agreed to sound being kept, who helped included."""
    if not {one.pk for one in present} <= {one.pk for one in agreed}:
        raise sound_without_consent()


def sound_without_consent() -> Refused:
    """Somebody who was there has not agreed to it, or takes it back."""
    return Refused(
        "audio_without_consent",
        _("Sound is kept only when everybody who was there agreed to it. Delete the recording, and write the record."),
    )


def _keys(rows: Iterable[Party | Companion]) -> list[str]:
    return [str(one.pk) for one in rows]


def _change_planned(session: Session, **changes: Any) -> None:
    """Change a session that has not been held. Raises `Refused` if it was, or was called off."""
    if not Session.objects.filter(pk=session.pk, state=SessionState.PLANNED).update(**changes):
        raise Refused("session_over", _("This session was held or called off already. Refresh the page."))
    for name, value in changes.items():
        setattr(session, name, value)


# --- the shared record ---------------------------------------------------------------------------------------------------


@transaction.atomic
def write_record(
    session: Session,
    *,
    text: str,
    by: Person,
    at: datetime,
    undisputed: str = "",
    concessions: str = "",
    after: int | None = None,
) -> Record:
    """A version of the record of a session, for everybody in the dispute. Versions before it stay.

    `concessions` stand apart: they may not be used in court. `after`: the version that was being edited; if somebody wrote
    another one meanwhile it is `Refused`. Raises `BadInput` where sound replaces the record and no undisputed facts stand.
    """
    dispute = session.dispute
    require_step("write_record", dispute, by=by, at=at)
    session.refresh_from_db()
    if session.state != SessionState.HELD:
        raise Refused("session_not_held", _("A record is written of a session that was held. Enter that first."))
    last = session.records.order_by("-version").values_list("version", flat=True).first() or 0
    if after is not None and after != last:
        raise Refused(
            "record_changed",
            _("Somebody has written another version meanwhile. Yours is kept here: compare both, then save it."),
        )
    words = {
        # Sound may stand for the record; what nobody disputes is written down even then (在线调解规则 art. 17).
        "text": clean_words(text, field="text", required=not session.has_audio, longest=LONGEST_RECORD),
        "undisputed": clean_words(undisputed, field="undisputed", required=session.has_audio, longest=LONGEST_RECORD),
        "concessions": clean_words(concessions, field="concessions", longest=LONGEST_RECORD),
    }
    key = new_key()
    written = Record.objects.create(
        key=key,
        session=session,
        version=last + 1,
        sealed=sealed_words(Record, key, words),
        text_sha256=_digest(words),
        written_by=by,
        written_at=at,
    )
    record("dispute.record_written", on=dispute, by=by, at=at, session=session, version=written.version)
    return written


def _digest(words: dict[str, str]) -> str:
    return hashlib.sha256(json.dumps(words, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


@transaction.atomic
def agree_to_record(written: Record, *, party: Party, by: Person | None, at: datetime, own: bool = False) -> None:
    """A party has read this version and found it right. Raises `Refused` for one that was replaced meanwhile."""
    session = written.session
    dispute = session.dispute
    require_step("agree_to_record", dispute, by=by, at=at, party=party if own else None)
    require_party(dispute, party)
    if session.records.filter(version__gt=written.version).exists():
        raise Refused("record_replaced", _("There is a later version of this record. Read that one."))
    written.refresh_from_db()
    Record.objects.filter(pk=written.pk).update(read_by=sorted({*written.read_by, str(party.pk)}))
    written.refresh_from_db()
    record("dispute.record_agreed", on=dispute, by=by, at=at, session=session, version=written.version, party=party)


def latest_record(session: Session) -> Record | None:
    """The version that counts; None before any."""
    latest: Record | None = session.records.order_by("-version").first()
    return latest


def present_at(session: Session, parties: Collection[Party]) -> list[Party]:
    """Which of these parties were there."""
    there = set(session.present)
    return [one for one in parties if str(one.pk) in there]
