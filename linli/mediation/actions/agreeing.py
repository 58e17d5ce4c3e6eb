"""The agreement: drafted from clauses in versions, offered to the parties, registered where it is oral, put in force.

A version is never changed: who edits makes the next one, and signatures stay with the version they were given to.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from linli.journal.actions import record
from linli.kit.keys import new_key
from linli.kit.refusal import BadInput, Refused
from linli.mediation.actions import clocks, confirming, performing, sessions, visiting
from linli.mediation.actions.course import go, require_step
from linli.mediation.actions.telling import keepers_and_mediators
from linli.mediation.agreeing.assembling import (
    Difference,
    Facts,
    Named,
    Owed,
    assemble,
    differences,
    names_of,
    obligations,
)
from linli.mediation.agreeing.filling import Clause, clean, kept, read_clauses
from linli.mediation.models import Agreement, Dispute, Party, Signature, sealed_words
from linli.mediation.rules import (
    AgreementForm,
    AgreementState,
    AssignmentState,
    ClockKind,
    Side,
    SignatureWay,
    moved_on,
)
from linli.people.models import Person

#: What one text may have at most; a record has ten thousand.
LONGEST_TEXT = 20_000
LONGEST_STORY = 5_000
#: The agreement is a paper in Chinese, whatever language somebody reads these pages in.
_SIDES = {Side.APPLICANT: "申请人", Side.RESPONDENT: "被申请人", Side.THIRD: "第三人"}


@dataclass(frozen=True)
class Story:
    """What the mediator writes beside the clauses (人民调解法 art. 29): facts, disputed matters, responsibility, place."""

    facts: str = ""
    disputed: str = ""
    responsibility: str = ""
    place: str = ""
    made_on: date | None = None


@transaction.atomic
def draft_agreement(
    dispute: Dispute,
    *,
    clauses: Sequence[Mapping[str, Any]],
    story: Story,
    by: Person,
    at: datetime,
    text: str | None = None,
) -> Agreement:
    """Make the next version: clauses as `read_clauses` takes them; `text` as edited, None as assembled.

    What was drafted or offered before is replaced with its signatures. The same again makes no new version. Raises `BadInput`.
    """
    step = require_step("draft_agreement", dispute, by=by, at=at)
    filled, parties = _read(dispute, clauses)
    words = _checked_text(text) if text is not None else assemble(facts_of(dispute, story, parties), filled)
    open_ones = dispute.agreements.filter(state__in=[AgreementState.DRAFT, AgreementState.OFFERED])
    sealed = {"clauses": [kept(one) for one in filled], "story": _kept_story(story), "text": words}
    last = open_ones.order_by("-version").first()
    if last is not None and last.words == sealed:
        return last
    voided = sum(one.signatures.count() for one in open_ones)
    open_ones.update(state=AgreementState.REPLACED)
    made = _made(dispute, AgreementForm.WRITTEN, sealed, by, at)
    go(step, dispute)
    record(
        "dispute.agreement_drafted",
        on=dispute,
        by=by,
        at=at,
        agreement=str(made.pk),
        version=made.version,
        clauses=[one.code for one in filled],
        signatures_voided=voided or None,
    )
    return made


@transaction.atomic
def offer_agreement(agreement: Agreement, *, by: Person, at: datetime, as_it_stands: bool = False) -> None:
    """Put the version before the parties to sign.

    Raises `Refused` where text and obligations differ, or something was due before today, unless the mediator has seen it and
    wants it `as_it_stands`.
    """
    dispute = agreement.dispute
    step = require_step("offer_agreement", dispute, by=by, at=at)
    agreement.refresh_from_db()
    if agreement.state != AgreementState.DRAFT:
        raise moved_on()
    if not agreement.words["clauses"]:
        raise Refused("nothing_agreed", _("The agreement has no clause yet. Add what the parties agreed on."))
    found = differences_of(agreement)
    if found and not as_it_stands:
        raise Refused(
            "text_differs",
            _(
                "Text and obligations differ in %(count)s places. Correct the clause or the text, or confirm that it is meant."
            ),
            count=len(found),
        )
    today = timezone.localdate(at)
    over = sorted({one.due_on for one in _owed_in(agreement) if one.due_on is not None and one.due_on < today})
    if over and not as_it_stands:
        raise Refused(
            "days_over",
            _(
                "A day by which something is to be done is over already: %(days)s. Correct it, or confirm that it is meant."
            ),
            days=(_now(", ")).join(day.isoformat() for day in over),
        )
    agreement.state, agreement.offered_at = AgreementState.OFFERED, at
    agreement.save(update_fields=["state", "offered_at"])
    go(step, dispute)
    record(
        "dispute.agreement_offered",
        on=dispute,
        by=by,
        at=at,
        tell=keepers_and_mediators(dispute, at),
        agreement=str(agreement.pk),
        version=agreement.version,
        differences=len(found) or None,
    )


@transaction.atomic
def register_oral(
    dispute: Dispute,
    *,
    clauses: Sequence[Mapping[str, Any]],
    story: Story,
    agreed_by: Collection[UUID],
    by: Person,
    at: datetime,
) -> Agreement:
    """Register what was agreed without a paper (art. 28): it binds from when it was reached (art. 30).

    `agreed_by` are keys of the parties that said yes; all of them have to. Raises `Refused` with who is missing.
    """
    require_step("draft_agreement", dispute, by=by, at=at)
    filled, parties = _read(dispute, clauses)
    if not filled:
        raise Refused("nothing_agreed", _("The agreement has no clause yet. Add what the parties agreed on."))
    silent = [party for party in parties if party.pk not in set(agreed_by)]
    if silent:
        raise _who_is_missing([_name(party) for party in silent])
    text = assemble(facts_of(dispute, story, parties, is_oral=True), filled)
    sealed = {"clauses": [kept(one) for one in filled], "story": _kept_story(story), "text": text}
    made = _made(dispute, AgreementForm.ORAL, sealed, by, at)
    _come_into_force(made, by=by, at=at)
    return made


@transaction.atomic
def settle(agreement: Agreement, *, by: Person, at: datetime) -> None:
    """Put a written version in force once all have signed and the committee has stamped. Raises `Refused` with who is missing."""
    require_step("settle", agreement.dispute, by=by, at=at)
    agreement.refresh_from_db()
    if agreement.state != AgreementState.OFFERED:
        raise moved_on()
    lacking = missing(agreement)
    if lacking:
        raise _who_is_missing(lacking)
    _come_into_force(agreement, by=by, at=at)


def _come_into_force(agreement: Agreement, *, by: Person, at: datetime) -> None:
    dispute = agreement.dispute
    step = require_step("settle", dispute, by=by, at=at)
    earlier = dispute.agreements.exclude(pk=agreement.pk)
    for one in earlier.in_force():
        performing.supersede(one)
    earlier.exclude(state=AgreementState.REPLACED).update(state=AgreementState.REPLACED)
    agreement.state, agreement.effective_at = AgreementState.IN_FORCE, at
    agreement.save(update_fields=["state", "effective_at"])
    owed = performing.owe(agreement, filled_of(agreement), at=at)
    milestones = {
        "settled_at": dispute.settled_at or at,
        "performed_at": None if owed else dispute.performed_at or at,
    }
    go(step, dispute, concluded_at=at, due_at=None, due_is_provisional=False, **milestones)
    clocks.stop(dispute, ClockKind.TERM, at=at)
    sessions.call_off_planned(dispute, by=by, at=at)
    confirming.begin(agreement, at=at)
    visiting.plan_after_force(dispute, at=at)
    record(
        "dispute.settled",
        on=dispute,
        by=by,
        at=at,
        tell=keepers_and_mediators(dispute, at),
        agreement=str(agreement.pk),
        version=agreement.version,
        form=agreement.form,
        text_sha256=agreement.text_sha256,
        obligations=len(owed),
    )


# --- what is known of a version ---------------------------------------------------------------------------------------


def missing(agreement: Agreement, *, but_stamp: bool = False) -> list[str]:
    """Who has not signed the text as it is: names of parties, the mediator, the committee; in the reader's language."""
    signed = agreement.signatures.filter(text_sha256=agreement.text_sha256)
    given = signed_in(agreement)
    lacking = [name for party in agreement.dispute.parties.present() for name in unsigned_by(party, given)]
    acting = agreement.dispute.assignments.filter(state=AssignmentState.ACCEPTED).values("mediator")
    if not signed.filter(mediator__in=acting).exists():
        lacking.append(_now("the mediator"))
    if agreement.stamped_at is None and not but_stamp:
        lacking.append(_now("the committee's stamp"))
    return lacking


def signed_in(agreement: Agreement) -> set[tuple[UUID, int]]:
    """By which party, and which representative of it, the text as it is was signed."""
    given = agreement.signatures.filter(text_sha256=agreement.text_sha256, party__isnull=False).select_related("party")
    return {(one.party_id, one.speaker) for one in given if one.party_id and still_counts(one)}


def still_counts(signature: Signature) -> bool:
    """Whether whoever signed for a group still speaks for it at that place; all others sign for themselves."""
    party = signature.party
    if party is None or not (signature.speaker or party.speaks_for_group):
        return True
    if not signature.speaker:
        # On one paper all of them sign; on a phone the party did before it was a group.
        return signature.way != SignatureWay.PHONE
    speakers = speakers_of(party)
    there = speakers[signature.speaker - 1] if signature.speaker <= len(speakers) else None
    return there is not None and signature.words.get("name", there) == there


def speakers_of(party: Party) -> list[str]:
    """Who signs for a group, in their order; empty for a party that signs itself."""
    return [str(one["name"]) for one in party.words["representatives"]] if party.speaks_for_group else []


def unsigned_by(party: Party, given: Collection[tuple[UUID, int]]) -> list[str]:
    """Whose signature lacks for a party: its own, or those of the representatives of a group; `given` as `signed_in`."""
    if (party.pk, 0) in given:
        return []
    speakers = speakers_of(party)
    return (
        [name for place, name in enumerate(speakers, 1) if (party.pk, place) not in given]
        if speakers
        else [_name(party)]
    )


def differences_of(agreement: Agreement) -> list[Difference]:
    """Where its text and its clauses no longer agree."""
    return differences(agreement.words["text"], filled_of(agreement), party_names(agreement.dispute))


def _owed_in(agreement: Agreement) -> Sequence[Owed]:
    return obligations(filled_of(agreement), party_names(agreement.dispute))


def filled_of(agreement: Agreement) -> list[Clause]:
    """Its clauses with their typed values."""
    keys = {str(key) for key in agreement.dispute.parties.values_list("pk", flat=True)}
    return read_clauses(agreement.words["clauses"], keys)


def story_of(agreement: Agreement) -> Story:
    """What the mediator wrote beside the clauses."""
    told = dict(agreement.words["story"])
    made_on = told.pop("made_on")
    return Story(**told, made_on=date.fromisoformat(made_on) if made_on else None)


def party_names(dispute: Dispute) -> dict[str, str]:
    """Names by key, as texts of this dispute have them."""
    return names_of(facts_of(dispute, Story(), list(dispute.parties.all())))


def facts_of(dispute: Dispute, story: Story, parties: Iterable[Party], *, is_oral: bool = False) -> Facts:
    """What the text says besides its clauses."""
    return Facts(
        case_no=dispute.case_no,
        parties=tuple(_named(party) for party in parties),
        facts=story.facts,
        disputed=story.disputed,
        responsibility=story.responsibility,
        body=dispute.body.name if dispute.body else "",
        is_oral=is_oral,
        place=story.place,
        made_on=story.made_on,
    )


def text_digest(text: str) -> str:
    """What a signature is given to: SHA-256 of the text in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


# --- the making of a version ------------------------------------------------------------------------------------------


def _read(dispute: Dispute, clauses: Sequence[Mapping[str, Any]]) -> tuple[list[Clause], list[Party]]:
    parties = list(dispute.parties.present())
    return read_clauses(clauses, {str(party.pk) for party in parties}), parties


def _made(dispute: Dispute, form: AgreementForm, words: dict[str, Any], by: Person, at: datetime) -> Agreement:
    key = new_key()
    last = dispute.agreements.aggregate(last=Max("version"))["last"] or 0
    return Agreement.objects.create(
        key=key,
        dispute=dispute,
        version=last + 1,
        form=form,
        sealed=sealed_words(Agreement, key, words),
        text_sha256=text_digest(words["text"]),
        made_by=by,
        made_at=at,
    )


def _checked_text(text: str) -> str:
    words = text.replace("\r\n", "\n").replace("\r", "\n").strip() + "\n"
    if not words.strip():
        raise BadInput("text_empty", _("The text is empty. Assemble it anew from the clauses."), field="text")
    if len(words) > LONGEST_TEXT:
        raise BadInput(
            "text_too_long",
            _("The text has %(length)s characters, %(most)s are possible. Shorten the facts."),
            length=len(words),
            most=LONGEST_TEXT,
            field="text",
        )
    return words


def _kept_story(story: Story) -> dict[str, str]:
    told = {"facts": story.facts, "disputed": story.disputed, "responsibility": story.responsibility}
    for name, words in told.items():
        if len(words) > LONGEST_STORY:
            raise BadInput(
                "text_too_long",
                _("The text has %(length)s characters, %(most)s are possible. Shorten the facts."),
                length=len(words),
                most=LONGEST_STORY,
                field=name,
            )
    made_on = story.made_on.isoformat() if story.made_on else ""
    return {name: words.strip() for name, words in told.items()} | {
        "place": clean(story.place)[:200],
        "made_on": made_on,
    }


def _named(party: Party) -> Named:
    """By name and who speaks for it. Telephone and address stay out: the other side reads this text too.

    Where both agree to have them in it, the mediator writes them in.
    """
    opened = party.words
    speakers = "、".join(one["name"] for one in opened.get("representatives", []))
    return Named(str(party.pk), _SIDES[Side(party.side)], opened.get("name", ""), (("代表人", speakers),))


def _name(party: Party) -> str:
    return str(party.words.get("name", ""))


def _who_is_missing(lacking: Sequence[str]) -> Refused:
    return Refused(
        "unsigned",
        _("Not in force yet. Still missing: %(missing)s."),
        missing=(_now(", ")).join(lacking),
    )
