"""What the page of a file shows, read once and put in plain values: no name of a party is among them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from linli.mediation.actions import assigning, confirming, ending, looking, noting, performing
from linli.mediation.actions.clocks import missing_consents
from linli.mediation.actions.course import who_of
from linli.mediation.agreeing.amounts import in_figures
from linli.mediation.forms import ACTS, CALL_BACK
from linli.mediation.forms.fields import called, numbered
from linli.mediation.models import Agreement, Clock, Confirmation, Dispute, Mediator, Obligation, Party, Session
from linli.mediation.rules import (
    OBLIGATION_SETTLED,
    AgreementState,
    ClockKind,
    CompanionKind,
    Consent,
    Interest,
    ObligationKind,
    ObligationState,
    ProofKind,
    Purpose,
    SessionState,
    Stance,
    State,
    Suits,
    Who,
    steps_open,
)
from linli.people.models import Person

#: A clock turns amber so long before its end.
SOON = timedelta(days=7)


#: So many looks stand on the page; the journal has all.
MOST_LOOKS = 30


@dataclass(frozen=True)
class Link:
    """An act as a button."""

    name: str
    label: Any
    icon: str
    address: str


@dataclass(frozen=True)
class Milestone:
    """Something that was or will be; `at` None: not known yet."""

    label: Any
    at: datetime | None
    is_done: bool
    is_late: bool = False
    detail: Any = ""


class Steps:
    """The acts that are open to somebody, as links."""

    def __init__(self, dispute: Dispute, who: Iterable[Who]) -> None:
        self.dispute = dispute
        self.open = set(steps_open(dispute.state, who))

    def may(self, name: str) -> bool:
        """Whether the act of this name is open now."""
        act = ACTS.get(name)
        return ((act.step if act else "") or name) in self.open

    def link(self, name: str, of: UUID | None = None) -> Link:
        """The button of an act."""
        act = ACTS[name]
        args = [self.dispute.pk, name] + ([of] if of else [])
        return Link(name, act.label, act.icon, reverse("mediation:act_on" if of else "mediation:act", args=args))

    def on(self, of: UUID, *names: str) -> list[Link]:
        """Those of these acts that are open, on a row."""
        return [self.link(name, of) for name in names if self.may(name)]

    def some(self, *names: str) -> list[Link]:
        """Those of these acts that are open, on the dispute."""
        return [self.link(name) for name in names if self.may(name)]


def shown(dispute: Dispute, *, by: Person, at: datetime) -> dict[str, Any]:
    """All that the page needs."""
    who = who_of(dispute, by=by, at=at)
    steps = Steps(dispute, who)
    parties = list(dispute.parties.all())
    present = [one for one in parties if one.left_at is None]
    names = called(present)
    sessions = list(dispute.sessions.order_by("number").prefetch_related("records"))
    agreements = list(dispute.agreements.order_by("-version"))
    in_force = next((one for one in agreements if one.state == AgreementState.IN_FORCE), None)
    promises = _promises(steps, in_force, names, at) if in_force else []
    clocks = list(Clock.objects.running().filter(dispute=dispute).order_by("due_at"))
    confirmation = Confirmation.objects.filter(agreement=in_force).first() if in_force else None
    visits = list(dispute.follow_ups.select_related("by"))
    words = dispute.words
    assigned = assigning.assigned_to(dispute)
    context: dict[str, Any] = {
        "dispute": dispute,
        "now": at,
        "words": words,
        "who": [one.label for one in Who if one in who],
        "is_mediator": Who.MEDIATOR in who,
        "clocks": [_clock(one, at) for one in clocks],
        "extension": _extension(dispute, steps, clocks, names),
        "parties": [_party(steps, one, names) for one in present],
        "party_acts": steps.some("add_party", "add_companion"),
        "companions": _companions(steps, dispute, names),
        "mediator": _mediator(steps, dispute, assigned, names),
        "sessions": [_session(steps, one, names) for one in reversed(sessions)],
        "session_acts": steps.some("plan_session", "hold_unplanned"),
        "evidence": _evidence(steps, dispute, names),
        "evidence_acts": steps.some("add_evidence"),
        "agreements": [_agreement(one) for one in agreements],
        "may_draft": "draft_agreement" in steps.open,
        "in_force": in_force,
        "promises": promises,
        "court": _court(steps, confirmation, names, at) if confirmation else None,
        "court_acts": steps.some("want_confirmation"),
        "visits": [_visit(steps, one, at) for one in visits],
        "call_backs": _call_backs(dispute, by, at),
        "notes": noting.notes_of(dispute, by=by),
        "may_note": steps.may("write_note"),
        "note_act": steps.link("write_note"),
        "looks": [(one, Purpose(one.purpose).label) for one in looking.who_looked(dispute)[:MOST_LOOKS]],
    }
    context |= _next(steps, dispute, present, agreements)
    context["needs"] += _owed(promises, visits, at)
    context["milestones"] = milestones(dispute, sessions, in_force, clocks, visits, promises, at)
    return context


# --- what comes next --------------------------------------------------------------------------------------------------

#: Acts that stand in their own section, and not among the next steps once there is something to do them on.
_IN_SECTIONS = frozenset({"add_party", "add_companion", "add_evidence", "write_note", "want_confirmation", "extend"})


def _next(steps: Steps, dispute: Dispute, present: Sequence[Party], agreements: Sequence[Agreement]) -> dict[str, Any]:
    names = [name for name, act in ACTS.items() if not act.on and steps.may(name) and _makes_sense(name, dispute)]
    main = [steps.link(name) for name in names if not ACTS[name].is_side]
    side = [steps.link(name) for name in names if ACTS[name].is_side and name not in _IN_SECTIONS]
    return {"steps": main, "side_steps": side, "needs": _needs(dispute, present, agreements)}


def _makes_sense(name: str, dispute: Dispute) -> bool:
    """Whether something speaks against offering it at all; the act itself asks again."""
    asked = ("propose", "choose", "hand_over", "object_to_mediator")
    if name == "end_risk":
        return dispute.may_intensify
    if name in asked:
        someone = dispute.assignments.in_force().exists()
        return someone if name == "object_to_mediator" else not someone
    if name == "agree_to_extension":
        return False
    if name == "archive":
        return dispute.archived_at is None
    if name == "reopen":
        return dispute.archived_at is None
    if name == "close":
        return ending.may_close(dispute) or _is_broken(dispute)
    return True


def _is_broken(dispute: Dispute) -> bool:
    owed = Obligation.objects.filter(agreement__in=dispute.agreements.in_force())
    states = set(owed.values_list("state", flat=True))
    return ObligationState.BREACHED in states and not states & {ObligationState.OWED, ObligationState.CLAIMED}


def _needs(dispute: Dispute, present: Sequence[Party], agreements: Sequence[Agreement]) -> list[str]:
    """What is missing before it can go on, in sentences without names."""
    names = called(present)
    needs = []
    if dispute.state in (State.REGISTERED, State.OFFERED):
        sides = {one.side for one in present}
        if not {"applicant", "respondent"} <= sides:
            needs.append(_("One side is not entered yet."))
        silent = [names[one.pk] for one in present if one.consent not in (Consent.AGREED, Consent.REFUSED)]
        if silent and dispute.state == State.OFFERED:
            needs.append(_("Not heard yet: %(who)s.") % {"who": listed(silent)})
        refusing = [names[one.pk] for one in present if one.consent == Consent.REFUSED]
        if refusing:
            needs.append(_("Mediation is refused by: %(who)s.") % {"who": listed(refusing)})
    if dispute.state in (State.ACCEPTED, State.MEDIATING):
        untold = [names[one.pk] for one in present if one.rights_told_at is None]
        if untold:
            needs.append(_("Not told of rights and duties yet: %(who)s.") % {"who": listed(untold)})
    if dispute.state == State.MEDIATING:
        needs += [_offered(one, names) for one in agreements if one.state == AgreementState.OFFERED]
    return needs


def _owed(promises: Sequence[dict[str, Any]], visits: Sequence[Any], at: datetime) -> list[str]:
    """What an agreement in force still asks of somebody."""
    owed = sum(one["is_open"] for one in promises)
    due = sum(one.done_at is None and one.due_on <= timezone.localdate(at) for one in visits)
    said = (
        [ngettext("%(n)s promise is still open.", "%(n)s promises are still open.", owed) % {"n": owed}] if owed else []
    )
    return said + ([ngettext("%(n)s visit is due.", "%(n)s visits are due.", due) % {"n": due}] if due else [])


def _offered(agreement: Agreement, names: dict[UUID, str]) -> str:
    signed = set(agreement.signatures.values_list("party", flat=True))
    lacking = [name for key, name in names.items() if key not in signed]
    if not agreement.signatures.filter(mediator__isnull=False).exists():
        lacking.append(_("the mediator"))
    if lacking:
        return _("Signatures are missing: %(who)s.") % {"who": listed(lacking)}
    return _("All have signed; the stamp of the committee comes last.")


def listed(names: Iterable[str]) -> str:
    """Names after each other, as the language of the page does it."""
    return _(", ").join(names)


def milestones(
    dispute: Dispute,
    sessions: Sequence[Session],
    in_force: Agreement | None,
    clocks: Sequence[Clock],
    visits: Sequence[Any],
    promises: Sequence[dict[str, Any]],
    at: datetime,
) -> dict[str, list[Milestone]]:
    """What is to come, the next first, and what was, the latest first."""
    done = [
        Milestone(_("Registered"), dispute.registered_at, True, detail=dispute.get_door_display()),
        Milestone(_("Screened"), dispute.screened_at, True),
        Milestone(_("Accepted for mediation"), dispute.accepted_at, True, detail=dispute.case_no),
        *(
            Milestone(_("Session %(number)s") % {"number": one.number}, one.began_at, True)
            for one in sessions
            if one.state == SessionState.HELD
        ),
        Milestone(_("Agreement in force"), in_force.effective_at if in_force else None, True),
        *(Milestone(one.get_why_display(), one.done_at, True) for one in visits),
        Milestone(_("Opened again"), dispute.reopened_at, True),
        Milestone(dispute.get_state_display(), dispute.ended_at, True),
        Milestone(_("Laid in the archive"), dispute.archived_at, True),
    ]
    coming = [
        *(Milestone(one.get_kind_display(), one.due_at, False, one.due_at < at) for one in clocks),
        *(
            Milestone(_("Session %(number)s") % {"number": one.number}, one.planned_at, False, one.planned_at < at)
            for one in sessions
            if one.state == SessionState.PLANNED
        ),
        *(_promise_milestone(one, at) for one in promises if one["is_open"] and one["row"].due_on),
        *(
            Milestone(one.get_why_display(), _evening(one.due_on), False, one.due_on < timezone.localdate(at))
            for one in visits
            if one.done_at is None
        ),
    ]
    return {
        "coming": sorted(coming, key=_when)[:8],
        "done": sorted((one for one in done if one.at), key=_when, reverse=True),
    }


def _promise_milestone(one: dict[str, Any], at: datetime) -> Milestone:
    due_on: date = one["row"].due_on
    label = _("Promise %(number)s") % {"number": one["row"].number}
    return Milestone(label, _evening(due_on), False, one["is_late"], one["row"].get_kind_display())


def _when(one: Milestone) -> datetime:
    assert one.at is not None
    return one.at


def _evening(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(18)))


# --- section by section -----------------------------------------------------------------------------------------------


def _clock(clock: Clock, at: datetime) -> dict[str, Any]:
    whole = (clock.due_at - clock.started_at).total_seconds() or 1
    gone = (at - clock.started_at).total_seconds()
    standing = "late" if clock.due_at < at else "soon" if clock.due_at - at < SOON else "runs"
    return {"clock": clock, "standing": standing, "share": round(min(max(gone / whole, 0), 1) * 100)}


def _extension(
    dispute: Dispute, steps: Steps, clocks: Sequence[Clock], names: dict[UUID, str]
) -> dict[str, Any] | None:
    term = next((one for one in clocks if one.kind == ClockKind.TERM), None)
    if term is None:
        return None
    until = term.extension_asked_until
    missing = missing_consents(dispute, term.extension_consents) if until else []
    acts = steps.some("extend", *(["agree_to_extension"] if until else []))
    return {"until": until, "missing": listed(names[one.pk] for one in missing), "acts": acts}


def _party(steps: Steps, party: Party, names: dict[UUID, str]) -> dict[str, Any]:
    acts = steps.on(
        party.pk, "note_consent", "tell_rights", "see_identity", "give_link", "correct_party", "remove_party"
    )
    done = {"tell_rights": party.rights_told_at, "see_identity": party.identity_seen_at}
    acts = [one for one in acts if not done.get(one.name)]
    if party.secret_sha256:
        acts += steps.on(party.pk, "withdraw_link")
    if steps.dispute.wants_confirmation:
        acts += steps.on(party.pk, "keep_id_number")
    return {"row": party, "name": names[party.pk], "acts": acts[:2], "more": acts[2:]}


def _companions(steps: Steps, dispute: Dispute, names: dict[UUID, str]) -> list[dict[str, Any]]:
    rows = dispute.companions.filter(left_at__isnull=True)
    return [
        {
            "name": numbered(CompanionKind(one.kind).label, number),
            "whom": names.get(one.party_id, "") if one.party_id else "",
            "acts": steps.on(one.pk, "end_companion"),
        }
        for number, one in enumerate(rows, 1)
    ]


def _mediator(steps: Steps, dispute: Dispute, assigned: Any, names: dict[UUID, str]) -> dict[str, Any]:
    rows = list(dispute.assignments.select_related("mediator__person", "mediator__body", "objected_by"))
    asked = next((one for one in rows if one.state == "asked"), None)
    return {
        "assigned": assigned,
        "asked": asked,
        "proposals": [
            {"row": one, "reasons": [Suits(code).label for code in one.reasons]}
            for one in rows
            if one.state == "proposed"
        ],
        "past": [
            {
                "row": one,
                "by": names.get(one.objected_by_id, "") if one.objected_by_id else "",
                "interest": Interest(one.interest).label if one.interest not in ("", Interest.NONE) else "",
            }
            for one in rows
            if one.state in ("declined", "objected", "ended")
        ],
    }


def _session(steps: Steps, session: Session, names: dict[UUID, str]) -> dict[str, Any]:
    planned, held = session.state == SessionState.PLANNED, session.state == SessionState.HELD
    acts = steps.on(session.pk, "hold_session", "move_session", "cancel_session") if planned else []
    acts += steps.on(session.pk, "write_record") if held else []
    records = sorted(session.records.all(), key=lambda one: one.version)
    latest = records[-1] if records else None
    opened = session.words
    return {
        "row": session,
        "acts": acts,
        "present": listed(name for key, name in names.items() if str(key) in session.present),
        "place": opened.get("place", ""),
        "link": opened.get("link", ""),
        "is_planned": planned,
        "is_held": held,
        "versions": len(records),
        "record": latest,
        "agreed": listed(name for key, name in names.items() if latest and str(key) in latest.read_by),
        "record_acts": steps.on(latest.pk, "agree_to_record") if latest else [],
    }


def _evidence(steps: Steps, dispute: Dispute, names: dict[UUID, str]) -> list[dict[str, Any]]:
    rows = []
    for item in dispute.evidence.order_by("position"):
        opened = item.words
        stances = [
            (names[key], Stance(said).label, said)
            for key, name in names.items()
            if (said := item.stances.get(str(key)))
        ]
        acts = [] if item.original_seen_at else steps.on(item.pk, "see_original")
        rows.append(
            {
                "row": item,
                "by": names.get(item.party_id, ""),
                "name": opened["name"],
                "words": opened["words"],
                "for_mediator": (alone := bool(opened.get("for_mediator"))),
                "stances": stances,
                "acts": acts + ([] if alone else steps.on(item.pk, "take_stance")),
            }
        )
    return rows


def _agreement(agreement: Agreement) -> dict[str, Any]:
    signed = agreement.signatures.filter(text_sha256=agreement.text_sha256).count()
    return {"row": agreement, "signed": signed}


def _promises(steps: Steps, agreement: Agreement, names: dict[UUID, str], at: datetime) -> list[dict[str, Any]]:
    today = timezone.localdate(at)
    rows = []
    for one in agreement.obligations.prefetch_related("proofs").order_by("number"):
        opened = one.words
        is_open = one.state not in OBLIGATION_SETTLED
        late = is_open and one.due_on is not None and one.due_on < today
        soon = is_open and one.due_on is not None and not late and one.due_on - today <= SOON
        acts = _promise_acts(steps, one, at) if is_open else []
        amount = performing.amount_of(one)
        rows.append(
            {
                "row": one,
                "by": names.get(one.owed_by_id, _("A party that left")),
                "to": names.get(one.owed_to_id, "") if one.owed_to_id else "",
                "what": opened["what"],
                "amount": in_figures(amount) if amount is not None else "",
                "received": in_figures(performing.received(one)) if amount is not None and one.proofs.all() else "",
                "is_open": is_open,
                "is_late": late,
                "is_soon": soon,
                "acts": acts,
                "proofs": [_proof(steps, proof, one) for proof in one.proofs.all()],
            }
        )
    return rows


def _promise_acts(steps: Steps, one: Obligation, at: datetime) -> list[Link]:
    names = ["claim_performed", "waive"]
    if (
        one.state == ObligationState.OWED
        and performing.is_late(one, at)
        and one.kind != ObligationKind.REFRAIN
        or one.state == ObligationState.OWED
        and one.kind == ObligationKind.REFRAIN
    ):
        names.append("note_breach")
    return steps.on(one.pk, *names)


def _proof(steps: Steps, proof: Any, one: Obligation) -> dict[str, Any]:
    opened = proof.words
    waits = one.state == ObligationState.CLAIMED and proof.confirmed_at is None and not opened.get("denied")
    return {
        "row": proof,
        "kind": ProofKind(proof.kind).label,
        "words": opened["words"],
        "amount": opened["amount"],
        "denied": opened.get("denied", ""),
        "acts": steps.on(proof.pk, "confirm_performed", "deny_performed") if waits else [],
    }


def _court(steps: Steps, confirmation: Confirmation, names: dict[UUID, str], at: datetime) -> dict[str, Any]:
    wanted = set(confirmation.wanted_by)
    deadline = confirming.deadline_of(confirmation)
    opened = confirmation.words
    open_acts = ["want_court", "apply_confirmation"] if confirmation.applied_at is None and at <= deadline else []
    answering = confirmation.applied_at and confirming.NEXT.get(confirmation.answer)
    return {
        "row": confirmation,
        "deadline": deadline,
        "days": (timezone.localdate(deadline) - timezone.localdate(at)).days,
        "is_over": at > deadline,
        "wanted": listed(name for key, name in names.items() if str(key) in wanted),
        "silent": listed(name for key, name in names.items() if str(key) not in wanted),
        "terms": confirming.court_terms(confirmation),
        "court_no": opened.get("court_no", ""),
        "words": opened.get("words", ""),
        "acts": steps.on(confirmation.pk, *open_acts, *(["note_ruling"] if answering else [])),
    }


def _visit(steps: Steps, visit: Any, at: datetime) -> dict[str, Any]:
    opened = visit.words if visit.done_at else {}
    return {
        "row": visit,
        "words": opened.get("words", ""),
        "risk": opened.get("risk", ""),
        "is_late": visit.done_at is None and visit.due_on < timezone.localdate(at),
        "acts": [] if visit.done_at else steps.on(visit.pk, "visit"),
    }


def _call_backs(dispute: Dispute, by: Person, at: datetime) -> list[dict[str, Any]]:
    """For whoever is to call, a button; for all others what came of it."""
    heads = Mediator.objects.serving_on(timezone.localdate(at)).heads().filter(person=by)
    mine = set(heads.values_list("body", flat=True))
    rows = []
    for one in dispute.call_backs.select_related("body"):
        address = reverse("mediation:act_on", args=[dispute.pk, "note_call_back", one.pk])
        may = one.done_at is None and one.body_id in mine
        acts = [Link("note_call_back", CALL_BACK.label, CALL_BACK.icon, address)] if may else []
        rows.append({"row": one, "acts": acts, "words": one.words["words"] if one.done_at and mine else ""})
    return rows
