"""Disputes in bulk, with histories that could have happened: for tests of figures, and for measuring a year of them."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from linli.areas.codes import padded_township
from linli.kit.bulk import insert
from linli.kit.keys import new_key
from linli.mediation.models import Agreement, Body, CallBack, CallBackDraw, Confirmation, Dispute, Obligation, Party
from linli.mediation.rules import (
    AgreementForm,
    AgreementState,
    CallBackResult,
    CourtAnswer,
    Door,
    Ending,
    Kind,
    MediationType,
    NotAccepted,
    ObligationKind,
    ObligationState,
    PersonKind,
    ProofKind,
    Side,
    State,
)
from linli.people.models import Person

DAY = timedelta(days=1)
#: How often each ending is drawn; the others stay open where they are.
_COURSES = (
    *["closed"] * 60,
    *["settled"] * 12,
    *["failed"] * 8,
    *["withdrawn"] * 4,
    *["terminated"] * 3,
    *["not_accepted"] * 5,
    *["open"] * 5,
    *["reopened"] * 3,
)


@dataclass
class Promise:
    """One obligation: when its last day ends, what became of it and when."""

    due_at: datetime | None
    state: str
    state_at: datetime


@dataclass
class History:
    """What became of one dispute. Times that did not come are None."""

    area: str
    kind: str
    body: int | None
    registered_at: datetime
    door: str = Door.WINDOW
    state: str = State.REGISTERED
    screened_at: datetime | None = None
    accepted_at: datetime | None = None
    first_session_at: datetime | None = None
    settled_at: datetime | None = None
    performed_at: datetime | None = None
    fell_at: datetime | None = None
    concluded_at: datetime | None = None
    ended_at: datetime | None = None
    due_at: datetime | None = None
    ending: str = ""
    not_accepted_for: str = ""
    reopened: int = 0
    promises: list[Promise] = field(default_factory=list)
    #: When the parties applied for confirmation, its last day, and what the court answered.
    applied_at: datetime | None = None
    apply_until: datetime | None = None
    court: str = ""
    #: Results of call-backs and when they were made; None: nobody has called yet.
    calls: list[tuple[str, datetime | None]] = field(default_factory=list)
    key: UUID = field(default_factory=new_key)


def histories(
    count: int, *, draw: Random, areas: Sequence[str], bodies: Sequence[int], at: datetime, days: int
) -> list[History]:
    """So many, registered within so many days before `at`; the same for the same `draw`."""
    return [_history(draw, areas, bodies, at, days) for _each in range(count)]


def _history(draw: Random, areas: Sequence[str], bodies: Sequence[int], at: datetime, days: int) -> History:
    begun = at - timedelta(seconds=draw.randrange(days * 86400))
    kind, door = draw.choice(Kind.values), draw.choice([one for one in Door.values if one != Door.TRANSFER])
    one = History(draw.choice(areas), kind, None, begun, door, due_at=begun + 3 * DAY)
    course = draw.choice(_COURSES)
    if (moment := _later(draw, begun, 3, at)) is None or (course == "open" and draw.random() < 0.2):
        return one
    if course == "not_accepted":
        one.state, one.not_accepted_for, one.screened_at, one.ended_at = (
            State.NOT_ACCEPTED,
            draw.choice(NotAccepted.values),
            moment,
            moment,
        )
        return one
    one.state, one.screened_at, one.body = State.OFFERED, moment, draw.choice(bodies)
    if (moment := _later(draw, moment, 5, at)) is None or (course == "open" and draw.random() < 0.3):
        return one
    one.state, one.accepted_at, one.due_at = State.ACCEPTED, moment, moment + 30 * DAY
    if (moment := _later(draw, moment, 10, at)) is None:
        return one
    one.state = State.MEDIATING
    if draw.random() < 0.9:
        one.first_session_at = moment
    if (moment := _later(draw, moment, 40, at)) is None or course == "open":
        return one
    if course in ("failed", "withdrawn", "terminated"):
        endings = {"failed": Ending.TOO_FAR_APART, "withdrawn": Ending.OWN_SETTLEMENT, "terminated": Ending.TERM_OVER}
        one.state, one.ending, one.concluded_at, one.ended_at, one.due_at = (
            State(course),
            endings[course],
            moment,
            moment,
            None,
        )
        return one
    one.state, one.settled_at, one.concluded_at, one.due_at = State.SETTLED, moment, moment, None
    _promise(draw, one, moment, at)
    _confirm(draw, one, moment, at)
    _call_back(draw, one, moment, at)
    if course == "closed" and one.performed_at and (after := _later(draw, one.performed_at, 30, at)):
        one.state, one.ended_at, one.ending = State.CLOSED, after, Ending.AGREEMENT
    if course == "reopened" and (again := _later(draw, moment, 250, at)):
        one.fell_at, one.reopened, one.concluded_at, one.ended_at = again, 1, None, None
        one.state, one.ending, one.due_at = State.MEDIATING, "", again + 30 * DAY
    return one


def _later(draw: Random, moment: datetime, days: int, at: datetime) -> datetime | None:
    """Some time after it, if that has come."""
    found = moment + timedelta(seconds=draw.randrange(days * 86400))
    return found if found <= at else None


def _promise(draw: Random, one: History, begun: datetime, at: datetime) -> None:
    done = begun
    for _each in range(draw.choice((0, 1, 1, 2))):
        due_at = begun.replace(hour=16, minute=0, second=0, microsecond=0) + draw.randrange(60) * DAY
        due_at += DAY if due_at < begun else timedelta(0)
        state = draw.choice(
            (*[ObligationState.PERFORMED] * 7, ObligationState.WAIVED, ObligationState.OWED, ObligationState.BREACHED)
        )
        state_at = min(begun + timedelta(seconds=draw.randrange(70 * 86400)), at)
        one.promises.append(Promise(due_at if draw.random() < 0.95 else None, state, state_at))
        done = max(done, state_at)
    if all(each.state in (ObligationState.PERFORMED, ObligationState.WAIVED) for each in one.promises):
        one.performed_at = done


def _confirm(draw: Random, one: History, begun: datetime, at: datetime) -> None:
    if draw.random() < 0.4 and (applied := _later(draw, begun, 40, at)):
        one.applied_at, one.apply_until = applied, begun + 30 * DAY
        one.court = draw.choice(["", CourtAnswer.CONFIRMED, CourtAnswer.REFUSED])


def _call_back(draw: Random, one: History, begun: datetime, at: datetime) -> None:
    if draw.random() < 0.2:
        made = _later(draw, begun, 60, at)
        one.calls.append((draw.choice(CallBackResult.values) if made else "", made))


# --- into the store ----------------------------------------------------------------------------------------------------


def store(histories: Iterable[History], by: Person) -> None:
    """All of them as rows, some thousands a second. The seals hold nothing: nobody reads them here."""
    found = list(histories)
    insert(Dispute, [_row(number, one) for number, one in enumerate(found, Dispute.objects.count() + 1)])
    settled = [one for one in found if one.settled_at]
    agreements = {one.key: new_key() for one in settled}
    parties = {one.key: new_key() for one in settled}
    insert(Party, [_party(one, parties[one.key]) for one in settled])
    insert(Agreement, [_agreement(one, agreements[one.key], by) for one in settled])
    insert(
        Obligation,
        [
            _obligation(promise, number, agreements[one.key], parties[one.key])
            for one in settled
            for number, promise in enumerate(one.promises, 1)
        ],
    )
    insert(Confirmation, [_confirmation(one, agreements[one.key]) for one in settled if one.applied_at])
    _store_calls(found, by)


_OF_DISPUTE = (
    *("kind", "door", "state", "registered_at", "screened_at", "accepted_at", "first_session_at", "settled_at"),
    *("performed_at", "fell_at", "concluded_at", "ended_at", "due_at", "ending", "not_accepted_for", "reopened", "key"),
)


def _row(number: int, one: History) -> dict[str, Any]:
    year = one.registered_at.year
    return {name: getattr(one, name) for name in _OF_DISPUTE} | {
        "number": f"{padded_township(one.area)}-{year}-{number:06d}",
        "case_no": f"({year})测调字第{number}号" if one.accepted_at else "",
        "area_id": one.area,
        "body_id": one.body,
        "mediation_type": MediationType.PEOPLES,
        "sealed": b"",
    }


def _party(one: History, key: UUID) -> dict[str, Any]:
    return {
        "key": key,
        "dispute_id": one.key,
        "position": 1,
        "side": Side.APPLICANT,
        "kind": PersonKind.NATURAL,
        "sealed": b"",
    }


def _agreement(one: History, key: UUID, by: Person) -> dict[str, Any]:
    return {
        "key": key,
        "dispute_id": one.key,
        "version": 1,
        "form": AgreementForm.ORAL,
        "state": AgreementState.IN_FORCE,
        "text_sha256": hashlib.sha256(key.bytes).hexdigest(),
        "made_by_id": by.pk,
        "made_at": one.settled_at,
        "effective_at": one.settled_at,
        "sealed": b"",
    }


def _obligation(promise: Promise, number: int, agreement: UUID, party: UUID) -> dict[str, Any]:
    return {
        "key": new_key(),
        "agreement_id": agreement,
        "number": number,
        "owed_by_id": party,
        "kind": ObligationKind.DO if promise.due_at else ObligationKind.REFRAIN,
        "due_at": promise.due_at,
        "proof_kind": ProofKind.WORD,
        "state": promise.state,
        "state_at": promise.state_at,
        "sealed": b"",
    }


def _confirmation(one: History, agreement: UUID) -> dict[str, Any]:
    return {
        "key": new_key(),
        "dispute_id": one.key,
        "agreement_id": agreement,
        "deadline_at": one.apply_until,
        "applied_at": one.applied_at,
        "answer": one.court,
        "answered_at": one.applied_at if one.court else None,
        "sealed": b"",
    }


def _store_calls(found: Sequence[History], by: Person) -> None:
    calls = [(one, result, made) for one in found for result, made in one.calls]
    body = Body.objects.order_by("pk").first()
    if not calls or body is None:
        return
    day = found[0].registered_at.date() + Dispute.objects.count() * DAY
    draw = CallBackDraw.objects.create(
        area_id=body.area_id,
        from_on=day,
        to_on=day,
        frozen="0" * 64,
        seed="0" * 64,
        of_flagged_percent=100,
        of_all_percent=20,
        at_most=len(calls),
        drawn_at=found[0].registered_at,
    )
    rows = [
        {
            "key": new_key(),
            "dispute_id": one.key,
            "draw_id": draw.pk,
            "drawn_at": one.settled_at,
            "body_id": body.pk,
            "by_id": by.pk,
            "result": result,
            "done_at": made,
            "sealed": b"",
        }
        for one, result, made in calls
    ]
    insert(CallBack, rows)
