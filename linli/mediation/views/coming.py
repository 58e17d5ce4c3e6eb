"""What comes next in a dispute: the acts that are open, what is missing before it can go on, and its milestones."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from linli.mediation.actions import ending
from linli.mediation.actions.agreeing import missing, signed_in, unsigned_by
from linli.mediation.forms import ACTS
from linli.mediation.forms.fields import called
from linli.mediation.models import Agreement, CallBack, Clock, Dispute, Obligation, Party, Session
from linli.mediation.rules import AgreementState, Consent, ObligationState, SessionState, State, Who, steps_open


@dataclass(frozen=True)
class Link:
    """An act as a button."""

    name: str
    label: Any
    icon: str
    address: str


class Steps:
    """The acts that are open to somebody, as links."""

    def __init__(self, dispute: Dispute, who: Iterable[Who]) -> None:
        self.dispute = dispute
        self.open = set(steps_open(dispute.state, who, is_archived=dispute.archived_at is not None))

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


@dataclass(frozen=True)
class Milestone:
    """Something that was or will be; `at` None: not known yet."""

    label: Any
    at: datetime | None
    is_done: bool
    is_late: bool = False
    detail: Any = ""


_IN_SECTIONS = frozenset({"add_party", "add_companion", "add_evidence", "write_note", "want_confirmation", "extend"})


def next_steps(
    steps: Steps, dispute: Dispute, present: Sequence[Party], agreements: Sequence[Agreement]
) -> dict[str, Any]:
    """The acts to offer first, those behind the menu, and what is missing."""
    names = [name for name, act in ACTS.items() if not act.on and steps.may(name) and _makes_sense(name, dispute)]
    main = [steps.link(name) for name in names if not ACTS[name].is_side]
    main = [link for one in agreements for link in _of_agreement(steps, one)] + main
    side = [steps.link(name) for name in names if ACTS[name].is_side and name not in _IN_SECTIONS]
    return {"steps": main, "side_steps": side, "needs": _needs(dispute, present, agreements)}


def _of_agreement(steps: Steps, agreement: Agreement) -> list[Link]:
    """A draft waits to be offered, what all have signed for the stamp."""
    if agreement.state == AgreementState.DRAFT:
        return steps.on(agreement.pk, "offer_agreement")
    if agreement.state == AgreementState.OFFERED and not missing(agreement, but_stamp=True):
        return steps.on(agreement.pk, "stamp")
    return []


def _makes_sense(name: str, dispute: Dispute) -> bool:
    """Whether something speaks against offering it at all; the act itself asks again."""
    asked = ("propose", "choose", "hand_over", "object_to_mediator")
    if name == "end_risk":
        return dispute.may_intensify
    if name == "hand_over" and dispute.state == State.SETTLED:
        return True
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
        return ending.may_close(dispute) or (_is_broken(dispute) and _was_visited(dispute))
    return True


def _is_broken(dispute: Dispute) -> bool:
    owed = Obligation.objects.filter(agreement__in=dispute.agreements.in_force())
    states = set(owed.values_list("state", flat=True))
    return ObligationState.BREACHED in states and not states & {ObligationState.OWED, ObligationState.CLAIMED}


def _was_visited(dispute: Dispute) -> bool:
    """Whether somebody has asked how it went: before that a broken promise is urged, not closed."""
    return dispute.follow_ups.filter(done_at__isnull=False).exists()


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
        needs += [_offered(one, present, names) for one in agreements if one.state == AgreementState.OFFERED]
    return needs


def owed(promises: Sequence[dict[str, Any]], visits: Sequence[Any], at: datetime) -> list[str]:
    """What an agreement in force still asks of somebody."""
    owed = sum(one["is_open"] for one in promises)
    due = sum(one.done_at is None and one.due_on <= timezone.localdate(at) for one in visits)
    said = (
        [ngettext("%(n)s promise is still open.", "%(n)s promises are still open.", owed) % {"n": owed}] if owed else []
    )
    late = {one["by"]: None for one in promises if one["row"].state == ObligationState.BREACHED}
    if late:
        breach = _(
            "A promise was not kept in time: %(who)s. Urge them (art. 31) and tell the others that a court is open (art. 32)."
        )
        said.append(breach % {"who": listed(late)})
    return said + ([ngettext("%(n)s visit is due.", "%(n)s visits are due.", due) % {"n": due}] if due else [])


def to_call(calls: Sequence[dict[str, Any]], at: datetime) -> list[str]:
    """What waits for whoever reads this because the lot fell on their committee."""
    late = any(one["row"].due_at is not None and one["row"].due_at < at for one in calls)
    if not calls:
        return []
    return [
        _("Your committee should have called the parties back. Call them now.")
        if late
        else _("Your committee is to call the parties back: ask each side whether what is written here is so.")
    ]


def _offered(agreement: Agreement, present: Sequence[Party], names: dict[UUID, str]) -> str:
    signed = signed_in(agreement)
    lacking = [names[one.pk] for one in present if unsigned_by(one, signed)]
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
    calls: Sequence[dict[str, Any]],
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
        *(_call_milestone(one["row"], at) for one in calls if one["row"].due_at),
    ]
    return {
        "coming": sorted(coming, key=_when)[:8],
        # Of two at one moment the later one of the course stands above.
        "done": sorted((one for one in done if one.at), key=_when)[::-1],
    }


def _promise_milestone(one: dict[str, Any], at: datetime) -> Milestone:
    due_on: date = one["row"].due_on
    label = _("Promise %(number)s") % {"number": one["row"].number}
    return Milestone(label, _evening(due_on), False, one["is_late"], one["row"].get_kind_display())


def _call_milestone(row: CallBack, at: datetime) -> Milestone:
    assert row.due_at is not None
    return Milestone(_("Call the parties back"), row.due_at, False, row.due_at < at)


def _when(one: Milestone) -> datetime:
    assert one.at is not None
    return one.at


def _evening(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(18)))
