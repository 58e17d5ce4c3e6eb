"""The mediator: three proposals with reasons, the parties' choice among them or beyond, interests declared, one change for each
party (art. 19).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.areas.codes import at_level, numbering
from linli.events.rules import clean_words
from linli.journal.actions import record
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.mediation import letters
from linli.mediation.actions import sessions, telling
from linli.mediation.actions.clocks import missing_consents
from linli.mediation.actions.course import go, require_party, require_step
from linli.mediation.actions.marks import telephone_mark_of
from linli.mediation.actions.noting import store_note
from linli.mediation.models import Assignment, Dispute, Mediator, Party
from linli.mediation.rules import AssignmentState, Chosen, Interest, Way
from linli.mediation.rules.parties import not_a_choice
from linli.mediation.rules.proposing import Candidate, Wanted
from linli.mediation.rules.proposing import propose as choose_three
from linli.people.models import Appointment, Person

#: Whoever was asked and could not, or was objected to, is not asked again in this dispute.
_PASSED = (AssignmentState.DECLINED, AssignmentState.OBJECTED)


@transaction.atomic
def propose(dispute: Dispute, *, by: Person, at: datetime) -> list[Assignment]:
    """Three mediators with the reasons for each, for the parties to choose from; former proposals go.

    Raises `Refused` where nobody is left to propose.
    """
    require_step("propose", dispute, by=by, at=at)
    _require_nobody_asked(dispute)
    languages = frozenset(dispute.parties.present().values_list("language", flat=True))
    wanted = Wanted(dispute.kind, languages, dispute.area_id, _township(dispute.area_id))
    found = choose_three(_candidates(dispute, by, at), wanted)
    if not found:
        raise Refused(
            "nobody_to_propose",
            _("No mediator of this body is free of ties to this dispute. Hand it over to another body."),
        )
    dispute.assignments.filter(state=AssignmentState.PROPOSED).delete()
    made = [
        Assignment.objects.create(
            dispute=dispute,
            mediator_id=one.mediator,
            reasons=[str(reason) for reason in one.reasons],
            load=one.load,
            earlier=list(one.earlier),
            proposed_at=at,
        )
        for one in found
    ]
    record("dispute.mediators_proposed", on=dispute, by=by, at=at, mediators=[one.mediator_id for one in made])
    return made


def _township(area: str) -> str | None:
    return at_level(area, "township") if "township" in numbering().levels else None


def _candidates(dispute: Dispute, by: Person, at: datetime) -> list[Candidate]:
    rows = suitable(dispute, at).select_related("body")
    earlier = look_for_earlier(dispute, rows, by=by, at=at)
    return [
        Candidate(
            one.pk,
            frozenset(one.skills),
            frozenset(one.languages),
            one.body.area_id,
            one.load,
            earlier.get(one.person_id, ()),
        )
        for one in with_load(rows)
    ]


def with_load(rows: Any) -> Any:
    """Mediators, each with `load`: how many open disputes they have."""
    open_ones = Q(assignments__state__in=[AssignmentState.ASKED, AssignmentState.ACCEPTED])
    return rows.annotate(load=Count("assignments", filter=open_ones & Q(assignments__dispute__ended_at__isnull=True)))


def look_for_earlier(
    dispute: Dispute, mediators: Iterable[Mediator], *, by: Person | None, at: datetime
) -> dict[int, tuple[str, ...]]:
    """By person, the numbers of matters they took on before in which one of the sides was a party. Part of an act.

    Nobody is searched for: the digests of the parties of this dispute are compared with those of the disputes that these
    mediators had in hand themselves. That it was done stands in the journal, with how many were found.
    """
    people = {one.person_id for one in mediators}
    marks = [one.mark for one in dispute.parties.present() if one.mark]
    had = Assignment.objects.filter(mediator__person__in=people, from_at__isnull=False).exclude(dispute=dispute)
    same = Party.objects.filter(dispute=OuterRef("dispute"), mark__in=marks, left_at__isnull=True)
    found: dict[int, set[str]] = defaultdict(set)
    for person, number in had.filter(Exists(same)).values_list("mediator__person", "dispute__number"):
        found[person].add(number)
    numbers = {person: tuple(sorted(listed)) for person, listed in found.items()}
    count = sum(map(len, numbers.values()))
    record("dispute.earlier_searched", on=dispute, by=by, at=at, mediators=len(people), found=count)
    return numbers


def suitable(dispute: Dispute, at: datetime) -> Any:
    """The mediators of the body that may be asked: no tie is known, and they were not asked in vain before.

    Ties known here: they are a party by their telephone, or of the same unit as one. All others they declare themselves.
    """
    passed = dispute.assignments.filter(Q(state__in=_PASSED) | ~Q(interest__in=["", Interest.NONE]))
    serving = Mediator.objects.serving_on(timezone.localdate(at)).filter(body=dispute.body_id)
    return serving.exclude(pk__in=passed.values("mediator")).exclude(person__in=_tied(dispute, serving, at))


def _tied(dispute: Dispute, serving: Iterable[Mediator], at: datetime) -> set[int]:
    present = list(dispute.parties.present())
    units = {one.department_id for one in present if one.department_id}
    colleagues = Appointment.objects.filter(department__in=units).valid_on(timezone.localdate(at))
    telephones = {one.telephone_mark for one in present if one.telephone_mark}
    people = Person.objects.filter(mediating__in=[one.pk for one in serving]).exclude(telephone=None)
    own = {one.pk for one in people if telephone_mark_of(one.telephone or "") in telephones}
    return own | set(colleagues.values_list("person", flat=True))


@transaction.atomic
def choose(
    dispute: Dispute,
    *,
    mediator: Mediator,
    by: Person | None,
    at: datetime,
    party: Party | None = None,
    named_by: Iterable[Party] = (),
    way: str = "",
) -> Assignment:
    """Ask a mediator of the body to take it on. `party` by its own link; else the committee, for `named_by`, who told it so in
    this `way`, or by itself where nobody did.

    One party's word is enough for a proposal. Whoever stands beyond the proposals is asked once all sides have named them: until
    then the party's word is kept (`AssignmentState.NAMED`). Raises `Refused` while another one is asked and for somebody tied to
    the dispute, `BadInput` where the committee writes down a choice of which a side has not said yes.
    """
    require_step("choose", dispute, by=by, at=at, party=party)
    _require_nobody_asked(dispute)
    if not suitable(dispute, at).filter(pk=mediator.pk).exists():
        raise Refused("not_suitable", _("This mediator cannot take this dispute. Choose another one."))
    said = {str(party.pk): str(Way.ONLINE)} if party else _told(dispute, named_by, way)
    words = words_for(dispute, mediator) | said
    is_proposed = dispute.assignments.filter(mediator=mediator, state=AssignmentState.PROPOSED).exists()
    if said and not is_proposed and missing_consents(dispute, words):
        if party is None:
            raise _not_all_named()
        return _name(party, mediator, at)
    chosen = _how(dispute, words, is_proposed)
    return _ask(dispute, mediator, chosen, words, party=party, by=by, at=at)


def _told(dispute: Dispute, parties: Iterable[Party], way: str) -> dict[str, str]:
    """What the committee was told by whom."""
    told = list(parties)
    for one in told:
        require_party(dispute, one)
    if told and (way not in Way.values or way == Way.ONLINE):
        raise BadInput("way_missing", _("Say how they told it: in person, by telephone or in writing."), field="way")
    return {str(one.pk): way for one in told}


def words_for(dispute: Dispute, mediator: Mediator) -> dict[str, str]:
    """Who of those present has named this mediator on its own page, and how: `Way` by key of the party."""
    row = dispute.assignments.filter(mediator=mediator, state=AssignmentState.NAMED).first()
    return still_said(dispute, row.named_by) if row else {}


def still_said(dispute: Dispute, words: Mapping[str, str]) -> dict[str, str]:
    """The words of those who have not left."""
    present = {str(key) for key in dispute.parties.present().values_list("pk", flat=True)}
    return {key: way for key, way in words.items() if key in present}


def _not_all_named() -> BadInput:
    return BadInput(
        "not_all_named",
        _(
            "Beyond the proposals a mediator is the choice of the parties only when every side has named them. Ask the side that "
            "has not, or tick nobody: then the committee names."
        ),
        field="named_by",
    )


def _name(party: Party, mediator: Mediator, at: datetime) -> Assignment:
    """Keep whom a party wants: one at a time. The heads hear of it; the other side is told, and reads it on its own page."""
    dispute = party.dispute
    _forget(party)
    row = dispute.assignments.filter(mediator=mediator, state=AssignmentState.NAMED).first() or Assignment(
        dispute=dispute, mediator=mediator, state=AssignmentState.NAMED, proposed_at=at
    )
    row.named_by = row.named_by | {str(party.pk): str(Way.ONLINE)}
    row.save()
    letters.tell_of_name(row, party, at=at)
    told = telling.heads_of(dispute, at)
    record("dispute.mediator_named", on=dispute, by=None, at=at, tell=told, mediator=mediator, party=party)
    return row


def _forget(party: Party) -> bool:
    """The party names nobody any more; whether it had."""
    key, had = str(party.pk), False
    for row in party.dispute.assignments.filter(state=AssignmentState.NAMED):
        if key not in row.named_by:
            continue
        had = True
        row.named_by = {other: way for other, way in row.named_by.items() if other != key}
        row.save() if row.named_by else row.delete()
    return had


@transaction.atomic
def take_name_back(party: Party, *, at: datetime) -> None:
    """By its own link a party no longer wants whom it named, and leaves it to the others and the committee."""
    dispute = party.dispute
    require_step("choose", dispute, by=None, at=at, party=party)
    if _forget(party):
        record("dispute.mediator_name_taken_back", on=dispute, by=None, at=at, party=party)


def _how(dispute: Dispute, words: Mapping[str, str], is_proposed: bool) -> str:
    if words and is_proposed:
        return Chosen.PROPOSED
    return Chosen.BY_PARTIES if words and not missing_consents(dispute, words) else Chosen.BY_COMMITTEE


def _ask(
    dispute: Dispute,
    mediator: Mediator,
    chosen: str,
    words: dict[str, str],
    *,
    party: Party | None,
    by: Person | None,
    at: datetime,
) -> Assignment:
    before = dispute.assignments.before_asking()
    # Of both, the row of the proposal: it has the reasons.
    assigned = before.filter(mediator=mediator).order_by("-state").first()
    assigned = assigned or Assignment(dispute=dispute, mediator=mediator, proposed_at=at)
    # Anew, though it was proposed: the parties may have changed since.
    assigned.earlier = list(look_for_earlier(dispute, [mediator], by=by, at=at).get(mediator.person_id, ()))
    assigned.state, assigned.chosen, assigned.chosen_by = AssignmentState.ASKED, chosen, party
    assigned.named_by = {} if chosen == Chosen.BY_COMMITTEE else words
    assigned.save()
    before.delete()
    facts: dict[str, Any] = {"mediator": mediator, "chosen": chosen, "party": party}
    facts["named_by"] = sorted(assigned.named_by) or None
    record("dispute.mediator_asked", on=dispute, by=by, at=at, tell=[mediator.person], **facts)
    return assigned


def _require_nobody_asked(dispute: Dispute) -> None:
    if dispute.assignments.in_force().exists():
        raise Refused("mediator_is_asked", _("A mediator has been asked. Wait for the answer, or name somebody else."))


@transaction.atomic
def take_on(dispute: Dispute, *, declares_none: bool, by: Person, at: datetime) -> None:
    """The mediator who was asked declares to be free of ties, and takes it on. Raises `BadInput` without that declaration."""
    step = require_step("take_on", dispute, by=by, at=at)
    if not declares_none:
        raise BadInput(
            "not_declared",
            _("Declare first that no tie binds you to a party. If one does, say so: somebody else is asked then."),
            field="declares_none",
        )
    assigned = _asked(dispute, by)
    _move(
        assigned,
        AssignmentState.ACCEPTED,
        from_at=at,
        interest=Interest.NONE,
        declared_at=at,
    )
    go(step, dispute)
    record(
        "dispute.taken_on",
        on=dispute,
        by=by,
        at=at,
        tell=telling.heads_of(dispute, at),
        mediator=assigned.mediator_id,
        earlier=len(assigned.earlier) or None,
    )


@transaction.atomic
def decline(dispute: Dispute, *, why: str, by: Person, at: datetime) -> None:
    """The mediator who was asked cannot: the committee asks somebody else."""
    require_step("decline", dispute, by=by, at=at)
    words = clean_words(why, field="why", required=True, longest=500)
    assigned = _asked(dispute, by)
    _move(assigned, AssignmentState.DECLINED, ended_at=at)
    store_note(dispute, words, by=by, at=at)
    record(
        "dispute.mediator_declined",
        on=dispute,
        by=by,
        at=at,
        tell=telling.heads_of(dispute, at),
        mediator=assigned.mediator_id,
    )


@transaction.atomic
def declare_interest(dispute: Dispute, *, interest: str, by: Person, at: datetime) -> None:
    """A tie binds the mediator, found before or after taking it on: somebody else mediates (在线调解规则 arts. 14, 15)."""
    step = require_step("declare_interest", dispute, by=by, at=at)
    if interest not in Interest.values or interest == Interest.NONE:
        raise not_a_choice("interest")
    assigned = _asked(dispute, by)
    ended = AssignmentState.DECLINED if assigned.state == AssignmentState.ASKED else AssignmentState.ENDED
    _move(assigned, ended, interest=interest, declared_at=at, ended_at=at)
    sessions.call_off_planned(dispute, by=by, at=at)
    go(step, dispute)
    told = telling.heads_of(dispute, at)
    facts: dict[str, Any] = {"mediator": assigned.mediator_id, "interest": interest}
    record("dispute.interest_declared", on=dispute, by=by, at=at, tell=told, **facts)


@transaction.atomic
def object_to_mediator(party: Party, *, by: Person | None, at: datetime, own: bool = False) -> None:
    """A party does not want this mediator: somebody else is asked. Each party may do so once, and need not say why.

    `own`: by its own link; else the head of the body writes down what it said. Raises `Refused` the second time.
    """
    dispute = party.dispute
    step = require_step("object_to_mediator", dispute, by=by, at=at, party=party if own else None)
    require_party(dispute, party)
    assigned = dispute.assignments.in_force().select_related("mediator__person").first()
    if assigned is None:
        raise Refused("nobody_asked", _("No mediator has been asked yet. Choose one."))
    if Assignment.objects.filter(objected_by=party).exists():
        raise Refused(
            "changed_once",
            _("This party has had the mediator changed once. It may still end the mediation at any time."),
        )
    _move(assigned, AssignmentState.OBJECTED, objected_by=party, ended_at=at)
    sessions.call_off_planned(dispute, by=by, at=at)
    go(step, dispute)
    told = telling.heads_of(dispute, at)
    record("dispute.mediator_objected", on=dispute, by=by, at=at, tell=told, party=party, mediator=assigned.mediator_id)
    _release(assigned, by=by, at=at)


@transaction.atomic
def give_back(dispute: Dispute, *, why: str, by: Person, at: datetime) -> None:
    """The mediator cannot go on, or the head takes it from somebody who is away: it waits for another one."""
    step = require_step("give_back", dispute, by=by, at=at)
    words = clean_words(why, field="why", required=True, longest=500)
    assigned = dispute.assignments.in_force().select_related("mediator__person").get()
    _move(assigned, AssignmentState.ENDED, ended_at=at)
    sessions.call_off_planned(dispute, by=by, at=at)
    store_note(dispute, words, by=by, at=at)
    go(step, dispute)
    told = telling.heads_of(dispute, at)
    record("dispute.given_back", on=dispute, by=by, at=at, tell=told, mediator=assigned.mediator_id)
    _release(assigned, by=by, at=at)


def _release(assigned: Assignment, *, by: Person | None, at: datetime) -> None:
    """Whoever mediated hears that it is theirs no longer: by number, as they open its file no more."""
    person, dispute = assigned.mediator.person, assigned.dispute
    if person != by:
        facts: dict[str, Any] = {"mediator": assigned.mediator_id, "number": dispute.number}
        record("dispute.mediator_released", on=dispute, by=by, at=at, tell=[person], **facts)


def assigned_to(dispute: Dispute) -> Assignment | None:
    """Whoever has taken it on; None before."""
    return dispute.assignments.filter(state=AssignmentState.ACCEPTED).select_related("mediator__person").first()


def _asked(dispute: Dispute, by: Person) -> Assignment:
    """The assignment of this person that is in force; `require_step` has made sure that there is one."""
    assigned: Assignment = dispute.assignments.in_force().select_related("mediator").get()
    if assigned.mediator.person_id != by.pk:
        raise NotYours("not_yours", _("This act is not yours in this dispute. Ask the committee that has it."))
    return assigned


def _move(assigned: Assignment, state: str, **changes: Any) -> None:
    Assignment.objects.filter(pk=assigned.pk).update(state=state, **changes)
    assigned.state = state


def named(dispute: Dispute) -> Sequence[Assignment]:
    """Those whom a side has named beyond the proposals, and who wait for the other side."""
    rows = dispute.assignments.filter(state=AssignmentState.NAMED)
    return list(rows.select_related("mediator__person", "mediator__body"))


def proposals(dispute: Dispute) -> Sequence[Assignment]:
    """Those proposed and not yet chosen from."""
    proposed = dispute.assignments.filter(state=AssignmentState.PROPOSED)
    return list(proposed.select_related("mediator__person", "mediator__body"))
