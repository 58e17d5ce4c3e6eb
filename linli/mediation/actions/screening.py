"""Screening: is it for mediation, do the sides want it, which body takes it; and telling of danger at once (arts. 17, 25, 26)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.areas.codes import contains
from linli.events.rules import clean_words
from linli.journal.actions import record
from linli.kit.refusal import BadInput, Refused
from linli.mediation.actions import clocks, danger, telling
from linli.mediation.actions.bodies import bodies_around
from linli.mediation.actions.course import go, require_step
from linli.mediation.actions.numbers import next_case_number
from linli.mediation.actions.registering import require_body
from linli.mediation.models import Body, Dispute, Mediator
from linli.mediation.rules import (
    BOTH_SIDES,
    ClockKind,
    Consent,
    Kind,
    MediationType,
    NextWay,
    NotAccepted,
    State,
)
from linli.mediation.rules.parties import not_a_choice
from linli.people.models import Person


@transaction.atomic
def offer(dispute: Dispute, *, by: Person, at: datetime, body: Body | None = None) -> None:
    """It is for mediation: a body has it from now on, and the sides that have not said yes are asked.

    Without `body` it stays with the one it was registered for, or goes to the nearest that `by` heads. Raises `Refused`
    while a side is unknown.
    """
    step = require_step("offer", dispute, by=by, at=at)
    taken = body or dispute.body or _headed_by(by, dispute, at)
    require_body(taken, dispute.area_id, at)
    _require_both_sides(dispute)
    go(step, dispute, body=taken, screened_at=at)
    dispute.parties.present().filter(consent=Consent.UNASKED).update(consent=Consent.ASKED)
    record("dispute.offered", on=dispute, by=by, at=at, tell=telling.heads_of(dispute, at), body=taken)


def _headed_by(by: Person, dispute: Dispute, at: datetime) -> Body:
    """The nearest body around the place that this person heads. `require_step` has made sure that there is one."""
    serving = Mediator.objects.serving_on(timezone.localdate(at)).heads().filter(person=by).select_related("body")
    fitting = [one.body for one in serving if contains(one.body.area_id, dispute.area_id)]
    return max(fitting, key=lambda body: (len(body.area_id), -body.pk))


def _require_both_sides(dispute: Dispute) -> None:
    sides = set(dispute.parties.present().values_list("side", flat=True))
    if not set(BOTH_SIDES) <= sides:
        raise Refused(
            "side_missing",
            _("One side is not entered yet. Add the party; if it stays unknown, the dispute cannot be mediated."),
        )


@transaction.atomic
def accept(dispute: Dispute, *, by: Person, at: datetime) -> None:
    """All sides want it: it has a case number, and the term of mediation begins. Raises `Refused` before they all said yes."""
    step = require_step("accept", dispute, by=by, at=at)
    _require_both_sides(dispute)
    consents = set(dispute.parties.present().values_list("consent", flat=True))
    if Consent.REFUSED in consents:
        raise Refused(
            "side_refuses",
            _("A party refuses mediation. Tell the parties of the other ways, and do not accept the dispute."),
        )
    if consents != {Consent.AGREED}:
        raise Refused("consent_missing", _("Not every party has said yes. Ask them, and write down what they say."))
    body = dispute.body
    assert body is not None
    # A dispute reopened after it was not accepted has its number already, if it ever had one.
    case_no = dispute.case_no or next_case_number(body, at)
    go(step, dispute, accepted_at=at, case_no=case_no)
    clocks.stop(dispute, ClockKind.SCREENING, at=at)
    clocks.start(dispute, ClockKind.TERM, at)
    record("dispute.accepted", on=dispute, by=by, at=at, tell=telling.heads_of(dispute, at), body=body)


@transaction.atomic
def not_accept(dispute: Dispute, *, reason: str, why: str, ways: Sequence[str], by: Person, at: datetime) -> None:
    """It is not mediated: the reason, and the ways of which the parties were told (art. 26). Raises `BadInput`."""
    step = require_step("not_accept", dispute, by=by, at=at)
    if reason not in NotAccepted.values:
        raise not_a_choice("reason")
    told = clean_ways(ways)
    words = dispute.with_words(why=clean_words(why, field="why", required=True, longest=1000))
    go(step, dispute, not_accepted_for=reason, ways_told=told, screened_at=at, ended_at=at, sealed=words)
    clocks.stop(dispute, at=at)
    record("dispute.not_accepted", on=dispute, by=by, at=at, reason=reason, ways=told)


def clean_ways(ways: Sequence[str]) -> list[str]:
    """The ways told, in the order of the law. Raises `BadInput` for none: the parties must hear of them."""
    if not set(ways) <= set(NextWay.values):
        raise not_a_choice("ways")
    if not ways:
        raise BadInput(
            "ways_missing",
            _(
                "Tell the parties which ways stay open, arbitration, an administrative decision or the court, and tick them."
            ),
            field="ways",
        )
    return [str(way) for way in NextWay.values if way in ways]


@transaction.atomic
def hand_over(dispute: Dispute, *, body: Body, by: Person, at: datetime) -> None:
    """Another body takes it, before there is a mediator or once it is settled. Its case number, once given, stays."""
    require_step("hand_over", dispute, by=by, at=at)
    require_body(body, dispute.area_id, at)
    if body.pk == dispute.body_id:
        raise BadInput("has_it_already", _("This body has the dispute already. Choose another."), field="body")
    if dispute.state != State.SETTLED and dispute.assignments.in_force().exists():
        raise Refused("mediator_is_asked", _("A mediator has been asked. Wait for the answer, or name somebody else."))
    before = dispute.body_id
    _store(dispute, body=body)
    # Mediators of the body before.
    dispute.assignments.before_asking().delete()
    record(
        "dispute.handed_over",
        on=dispute,
        by=by,
        at=at,
        tell=telling.heads_of_body(body.pk, at),
        to=body,
        before=before,
    )


@transaction.atomic
def note_risk(dispute: Dispute, *, words: str, by: Person, at: datetime) -> None:
    """The situation may turn violent: heads, the desk and the duty leader of the place are told at once (art. 25).

    They hear of the number and of nothing else; what it is about they ask the mediator.
    """
    require_step("note_risk", dispute, by=by, at=at)
    danger.note(dispute, words=words, by=by, at=at)


@transaction.atomic
def end_risk(dispute: Dispute, *, by: Person, at: datetime) -> None:
    """It has calmed down; those who were told hear of it."""
    require_step("end_risk", dispute, by=by, at=at)
    if not dispute.may_intensify:
        raise Refused("no_risk", _("No danger is noted here."))
    told = [*telling.keepers_and_mediators(dispute, at), *telling.around(dispute, at)]
    _store(dispute, may_intensify=False)
    record("dispute.risk_ended", on=dispute, by=by, at=at, tell=told, number=dispute.number)


@transaction.atomic
def classify(
    dispute: Dispute,
    *,
    by: Person,
    at: datetime,
    kind: str | None = None,
    mediation_type: str | None = None,
    people_count: int | None = None,
    is_public: bool | None = None,
) -> None:
    """Put right what sort of dispute it is. What is not given stays."""
    require_step("classify", dispute, by=by, at=at)
    if (kind is not None and kind not in Kind.values) or (
        mediation_type is not None and mediation_type not in MediationType.values
    ):
        raise not_a_choice("kind")
    if people_count is not None and not 2 <= people_count <= 100_000:
        raise BadInput(
            "bad_people_count", _("Say how many people are in this dispute, 2 to 100,000."), field="people_count"
        )
    wished: dict[str, Any] = {
        "kind": kind,
        "mediation_type": mediation_type,
        "people_count": people_count,
        "is_public": is_public,
    }
    changes = {name: value for name, value in wished.items() if value is not None and getattr(dispute, name) != value}
    if not changes:
        return
    _store(dispute, **changes)
    record("dispute.classified", on=dispute, by=by, at=at, **changes)


def bodies_for(dispute: Dispute, at: datetime) -> list[Body]:
    """The bodies that may take it, the nearest first."""
    return bodies_around(dispute.area_id, at)


def _store(dispute: Dispute, **changes: Any) -> None:
    """Change columns of a dispute that the act has locked."""
    Dispute.objects.filter(pk=dispute.pk).update(**changes)
    for name, value in changes.items():
        setattr(dispute, name, value)
