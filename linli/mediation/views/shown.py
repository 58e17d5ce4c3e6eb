"""What the page of a file shows, read once and put in plain values: no name of a party is among them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.mediation.actions import assigning, confirming, ending, looking, noting, performing
from linli.mediation.actions.clocks import missing_consents
from linli.mediation.actions.course import who_of
from linli.mediation.actions.reaching import tries_of
from linli.mediation.actions.telling import heads_of_body
from linli.mediation.agreeing.amounts import in_figures
from linli.mediation.forms import CALL_BACK, CALL_BACK_NAME
from linli.mediation.forms.fields import called, numbered
from linli.mediation.forms.mediators import earlier_words, wanted_words
from linli.mediation.letters import sends_messages
from linli.mediation.models import Agreement, Clock, Confirmation, Dispute, Mediator, Obligation, Party, Session
from linli.mediation.rules import (
    OBLIGATION_SETTLED,
    AgreementState,
    ClockKind,
    CompanionKind,
    Interest,
    ObligationKind,
    ObligationState,
    ProofKind,
    Purpose,
    SessionState,
    Stance,
    Suits,
    Way,
    Who,
)
from linli.mediation.rules.kinds import Against
from linli.mediation.views.coming import Link, Steps, listed, milestones, next_steps, owed, to_call
from linli.people.models import Person

#: A clock turns amber so long before its end.
SOON = timedelta(days=7)


#: So many looks stand on the page; the journal has all.
MOST_LOOKS = 30


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
        "ends_before": ending.ends_before(dispute),
        "who": [one.label for one in Who if one in who],
        "is_mediator": Who.MEDIATOR in who,
        "clocks": [_clock(one, at) for one in clocks],
        "extension": _extension(dispute, steps, clocks, names),
        "parties": [_party(steps, one, names) for one in present],
        "party_acts": steps.some("add_party", "add_companion"),
        "companions": _companions(steps, dispute, names),
        "mediator": _mediator(steps, dispute, assigned, names, who),
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
        "looks": [(one, Purpose(one.purpose).label) for one in _looks(dispute, by, at)[:MOST_LOOKS]],
    }
    context |= next_steps(steps, dispute, present, agreements)
    calls = [one for one in context["call_backs"] if one["acts"]]
    context["steps"] = [act for one in calls for act in one["acts"]] + context["steps"]
    context["needs"] += owed(promises, visits, at) + to_call(calls, at)
    context["milestones"] = milestones(dispute, sessions, in_force, clocks, visits, promises, calls, at)
    return context


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
    acts += steps.on(party.pk, "note_try")
    if party.sms_agreed_at or sends_messages():
        acts += steps.on(party.pk, "note_messages")
    if steps.dispute.wants_confirmation:
        acts += steps.on(party.pk, "keep_id_number")
    return {"row": party, "name": names[party.pk], "acts": acts[:2], "more": acts[2:], "tries": _tries(party)}


def _tries(party: Party) -> list[dict[str, Any]]:
    """Tries to reach it in vain, the latest first."""
    return [
        {"at": datetime.fromisoformat(one["at"]), "way": Way(one["way"]).label, "words": one["words"]}
        for one in reversed(tries_of(party))
    ]


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


def _mediator(
    steps: Steps, dispute: Dispute, assigned: Any, names: dict[UUID, str], who: frozenset[Who]
) -> dict[str, Any]:
    rows = list(dispute.assignments.select_related("mediator__person", "mediator__body", "objected_by"))
    asked = next((one for one in rows if one.state == "asked"), None)
    return {
        "assigned": assigned,
        "asked": asked,
        "earlier": earlier_words(asked.earlier) if asked and asked.earlier and Who.ASKED in who else "",
        "wanted": wanted_words(dispute, taken) if (taken := assigned or asked) else "",
        "named": [
            {"row": one, "by": words} for one in rows if one.state == "named" and (words := wanted_words(dispute, one))
        ],
        "proposals": [
            {
                "row": one,
                "reasons": [Suits(code).label for code in one.reasons],
                "against": [Against.EARLIER.label] if one.earlier else [],
            }
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
    acts += steps.on(session.pk, "write_record", "keep_sound") if held else []
    records = sorted(session.records.all(), key=lambda one: one.version)
    latest = records[-1] if records else None
    opened = session.words
    return {
        "row": session,
        "acts": acts,
        "present": listed(name for key, name in names.items() if str(key) in session.present),
        "invited": listed(name for key, name in names.items() if str(key) in (session.invited or ())),
        "place": opened.get("place", ""),
        "link": (link := opened.get("link", "")),
        "is_address": link.startswith(("https://", "http://")),
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
    names = ["waive"] if performing.waits_for_answer(one) else ["claim_performed", "waive"]
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
        "amount": in_figures(Decimal(opened["amount"])) if opened["amount"] else "",
        "denied": opened.get("denied", ""),
        "acts": steps.on(proof.pk, "confirm_performed", "deny_performed") if waits else [],
    }


def _court(steps: Steps, confirmation: Confirmation, names: dict[UUID, str], at: datetime) -> dict[str, Any]:
    wanted = set(confirmation.wanted_by)
    deadline = confirming.deadline_of(confirmation)
    opened = confirmation.words
    in_time, together = at <= deadline, not confirming.silent(confirmation)
    open_acts = ["want_court"] if in_time else []
    # What was handed in on the last day is often noted later.
    open_acts += ["apply_confirmation"] if in_time or together else []
    open_acts = open_acts if confirmation.applied_at is None else []
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


def _looks(dispute: Dispute, by: Person, at: datetime) -> list[looking.Looked]:
    """Who looked. Until they have called, whoever is to call the parties back stands among them for their own committee alone."""
    waiting = dispute.call_backs.filter(done_at__isnull=True).values_list("body", flat=True)
    callers = {person.pk for body in waiting for person in heads_of_body(body, at)}
    looks, is_caller = looking.who_looked(dispute), by.pk in callers
    return [one for one in looks if is_caller or one.person is None or one.person.pk not in callers]


def _call_backs(dispute: Dispute, by: Person, at: datetime) -> list[dict[str, Any]]:
    """For whoever is to call, a button; for all others what came of it, and nothing before."""
    heads = Mediator.objects.serving_on(timezone.localdate(at)).heads().filter(person=by)
    mine = set(heads.values_list("body", flat=True))
    rows = []
    for one in dispute.call_backs.select_related("body"):
        # Whoever mediated hears of it when the parties have been asked, not before.
        if one.done_at is None and one.body_id not in mine:
            continue
        address = reverse("mediation:act_on", args=[dispute.pk, CALL_BACK_NAME, one.pk])
        may = one.done_at is None
        acts = [Link(CALL_BACK_NAME, CALL_BACK.label, CALL_BACK.icon, address)] if may else []
        rows.append({"row": one, "acts": acts, "words": one.words["words"] if one.done_at and mine else ""})
    return rows
