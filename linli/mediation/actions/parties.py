"""Parties and who helps them: entered, corrected, told of their rights, their papers seen; each behind a seal."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max, Q, Sum
from django.utils.translation import gettext_lazy as _

from linli.areas.codes import lineage, within
from linli.events.rules import clean_words
from linli.journal.actions import record
from linli.kit.keys import new_key
from linli.kit.refusal import BadInput, Refused
from linli.mediation import letters
from linli.mediation.actions import telling
from linli.mediation.actions.course import require_party, require_step
from linli.mediation.actions.marks import mark_of, telephone_mark_of
from linli.mediation.models import Companion, Dispute, Party, sealed_words
from linli.mediation.rules import BOTH_SIDES, CompanionKind, Consent, Way
from linli.mediation.rules.parties import (
    Particulars,
    Representative,
    clean_id_number,
    clean_particulars,
    clean_telephone,
    mobile_among,
    not_a_choice,
    stand_against,
)
from linli.people.models import Department, Person

#: One page of a dossier; more parties than this are a group with representatives.
MOST_PARTIES = 30
#: As forms take it.
MOST_PEOPLE = 100_000


@transaction.atomic
def add_party(dispute: Dispute, told: Particulars, *, by: Person | None, at: datetime) -> Party:
    """Enter a party. Raises `BadInput` when it is in the dispute already, or stands on both sides."""
    require_step("add_party", dispute, by=by, at=at)
    party = store_party(dispute, told)
    _count_people(dispute)
    record("dispute.party_added", on=dispute, by=by, at=at, party=party, side=party.side, kind=party.kind)
    return party


def store_party(dispute: Dispute, told: Particulars, *, applied_at: datetime | None = None, way: str = "") -> Party:
    """The row of a party; part of the act that calls it. `applied_at`: they want this mediation, as they said so then."""
    cleaned = clean_particulars(told)
    others = list(dispute.parties.present())
    if len(others) >= MOST_PARTIES:
        raise BadInput(
            "too_many_parties", _("Thirty parties at most. Enter those who stand together as one group."), field="name"
        )
    stand_against(cleaned, [particulars_of(one) for one in others])
    key = new_key()
    return Party.objects.create(
        key=key,
        dispute=dispute,
        position=(dispute.parties.aggregate(last=Max("position"))["last"] or 0) + 1,
        sealed=sealed_words(Party, key, cleaned.words),
        consent=Consent.AGREED if applied_at else Consent.UNASKED,
        consent_at=applied_at,
        consent_way=way if applied_at else "",
        # Only whoever stands at the door says so for itself; the others are asked when they come.
        sms_agreed_at=applied_at if cleaned.by_sms else None,
        sms_agreed_way=way if applied_at and cleaned.by_sms else "",
        **_columns(cleaned),
    )


def _columns(told: Particulars) -> dict[str, Any]:
    return {
        "side": told.side,
        "kind": told.kind,
        "department": _department(told.department),
        "mark": mark_of(told),
        "telephone_mark": telephone_mark_of(told.telephone),
        "speaks_for_group": told.speaks_for_group,
        "group_size": told.group_size,
        "language": told.language,
    }


def _department(code: str) -> Department | None:
    found = Department.objects.filter(code=code).first() if code else None
    if code and found is None:
        raise not_a_choice("department")
    return found


def particulars_of(party: Party) -> Particulars:
    """A stored party as it was told."""
    words = party.words
    return Particulars(
        side=party.side,
        kind=party.kind,
        name=words["name"],
        telephone=words["telephone"],
        address=words["address"],
        mail=words["mail"],
        representatives=tuple(Representative(**one) for one in words["representatives"]),
        speaks_for_group=party.speaks_for_group,
        group_size=party.group_size,
        language=party.language,
        department=party.department_id or "",
    )


@transaction.atomic
def correct_party(party: Party, told: Particulars, *, by: Person, at: datetime) -> None:
    """Put right what was entered of a party. What it said and signed stays. Raises `BadInput`."""
    dispute = party.dispute
    require_step("correct_party", dispute, by=by, at=at)
    require_party(dispute, party)
    cleaned = clean_particulars(told)
    stand_against(cleaned, [particulars_of(one) for one in dispute.parties.present().exclude(pk=party.pk)])
    columns = _columns(cleaned)
    changed = [name for name, value in columns.items() if getattr(party, name) != value]
    if mobile_among(cleaned.words) != mobile_among(party.words):
        # The yes was to messages on the number that was told then.
        columns |= {"sms_agreed_at": None, "sms_agreed_way": ""}
    _update(party, sealed=party.with_words(**cleaned.words), **columns)
    _count_people(dispute)
    record("dispute.party_corrected", on=dispute, by=by, at=at, party=party, changed=sorted(set(changed) - _MARKS))


_MARKS = frozenset({"mark", "telephone_mark"})


def _count_people(dispute: Dispute) -> None:
    """As many people are in a dispute as its parties are, where fewer were told: ledgers tell the larger ones by it."""
    parties = dispute.parties.present().order_by().aggregate(people=Sum("group_size"))["people"] or 0
    if dispute.people_count < parties:
        dispute.people_count = min(parties, MOST_PEOPLE)
        Dispute.objects.filter(pk=dispute.pk).update(people_count=dispute.people_count)


@transaction.atomic
def remove_party(party: Party, *, by: Person, at: datetime) -> None:
    """Take a party out that was entered wrongly, before there is a mediation. It leaves; nothing is deleted."""
    dispute = party.dispute
    require_step("remove_party", dispute, by=by, at=at)
    require_party(dispute, party)
    _update(party, left_at=at, secret_sha256=None)
    record("dispute.party_removed", on=dispute, by=by, at=at, party=party)


@transaction.atomic
def note_consent(party: Party, *, agrees: bool, way: str, by: Person | None, at: datetime, own: bool = False) -> None:
    """A party says whether it wants this mediation. `own`: by its own link. Who refuses is not mediated with (art. 17)."""
    dispute = party.dispute
    require_step("note_consent", dispute, by=by, at=at, party=party if own else None)
    require_party(dispute, party)
    if way not in Way.values:
        raise not_a_choice("way")
    consent = Consent.AGREED if agrees else Consent.REFUSED
    _update(party, consent=consent, consent_at=at, consent_way=way)
    told = telling.heads_of(dispute, at)
    record("dispute.consent_noted", on=dispute, by=by, at=at, tell=told, party=party, consent=consent, way=way)


@transaction.atomic
def tell_rights(party: Party, *, by: Person, at: datetime) -> None:
    """The party was told of its rights and duties (arts. 23, 24), before the first session."""
    _note("tell_rights", party, "dispute.rights_told", by=by, at=at, rights_told_at=at)


@transaction.atomic
def see_identity(party: Party, *, by: Person, at: datetime) -> None:
    """An identity paper was shown and looked at. It is ticked; no copy is kept."""
    _note("see_identity", party, "dispute.identity_seen", by=by, at=at, identity_seen_at=at, identity_seen_by=by)


def _note(step: str, party: Party, verb: str, *, by: Person, at: datetime, **changes: Any) -> None:
    dispute = party.dispute
    require_step(step, dispute, by=by, at=at)
    require_party(dispute, party)
    _update(party, **changes)
    record(verb, on=dispute, by=by, at=at, party=party)


@transaction.atomic
def want_confirmation(
    dispute: Dispute, *, wanted: bool, by: Person | None, at: datetime, party: Party | None = None
) -> None:
    """Judicial confirmation is wanted, or no longer: then identity numbers are deleted."""
    require_step("want_confirmation", dispute, by=by, at=at, party=party)
    if not wanted:
        forget_id_numbers(dispute)
    Dispute.objects.filter(pk=dispute.pk).update(wants_confirmation=wanted)
    dispute.wants_confirmation = wanted
    record("dispute.confirmation_wanted", on=dispute, by=by, at=at, wanted=wanted, party=party)


def forget_id_numbers(dispute: Dispute) -> None:
    """Delete the identity numbers of all parties, those that left too: no court asks for them any more. Part of an act."""
    for one in dispute.parties.all():
        words = one.words
        if words.pop("id_number", None):
            _update(one, sealed=sealed_words(Party, one.pk, words))


@transaction.atomic
def keep_id_number(party: Party, *, id_number: str, by: Person, at: datetime) -> None:
    """Seal an identity number, for the application to the court alone. Raises `Refused` where none is wanted."""
    dispute = party.dispute
    require_step("see_identity", dispute, by=by, at=at)
    require_party(dispute, party)
    if not dispute.wants_confirmation:
        raise Refused(
            "id_number_not_needed",
            _(
                "An identity number is kept only where the court is to confirm the agreement. Look at the paper and tick it."
            ),
        )
    number = clean_id_number(id_number)
    _update(party, sealed=party.with_words(id_number=number), identity_seen_at=at, identity_seen_by=by)
    record("dispute.identity_number_kept", on=dispute, by=by, at=at, party=party)


# --- their own page ------------------------------------------------------------------------------------------------------


@transaction.atomic
def give_link(party: Party, *, by: Person, at: datetime) -> str:
    """A new secret for a party's own page, shown this once; the one before opens nothing any more."""
    dispute = party.dispute
    require_step("give_link", dispute, by=by, at=at)
    require_party(dispute, party)
    secret = make_link(party, at)
    record("dispute.link_given", on=dispute, by=by, at=at, party=party)
    letters.tell_of_link(party, at=at)
    return secret


def make_link(party: Party, at: datetime) -> str:
    """The secret of a new link; part of the act that calls it."""
    secret = secrets.token_urlsafe(18)
    _update(party, secret_sha256=_digest(secret), link_given_at=at)
    return secret


@transaction.atomic
def withdraw_link(party: Party, *, by: Person, at: datetime) -> None:
    """The link opens nothing any more."""
    dispute = party.dispute
    require_step("give_link", dispute, by=by, at=at)
    _update(party, secret_sha256=None)
    record("dispute.link_withdrawn", on=dispute, by=by, at=at, party=party)


def party_of_link(secret: str) -> Party | None:
    """Whose link it is; None for one that opens nothing."""
    if not secret or len(secret) > 100:
        return None
    here = Party.objects.filter(left_at__isnull=True, secret_sha256=_digest(secret))
    return here.select_related("dispute__body", "dispute__area").first()


def _digest(secret: str) -> bytes:
    return hashlib.sha256(b"linli dispute link " + secret.encode()).digest()


# --- who helps -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def add_companion(
    dispute: Dispute,
    *,
    kind: str,
    name: str,
    agreed_by: Sequence[Party],
    by: Person,
    at: datetime,
    party: Party | None = None,
    telephone: str = "",
    tie: str = "",
    powers: str = "",
) -> Companion:
    """Somebody helps a party or the mediation (art. 20). An agent needs the yes of its party, all others that of every party.

    `powers`: what an agent may do, as their power of attorney says. Raises `BadInput`.
    """
    require_step("add_companion", dispute, by=by, at=at)
    if kind not in CompanionKind.values:
        raise not_a_choice("kind")
    is_agent = kind == CompanionKind.AGENT
    if is_agent and party is None:
        raise BadInput("agent_of_nobody", _("Say which party this agent acts for."), field="party")
    if party is not None:
        require_party(dispute, party)
    needed = {party.pk} if is_agent and party else {one.pk for one in dispute.parties.present()}
    if not needed <= {one.pk for one in agreed_by}:
        raise BadInput(
            "consent_missing",
            _(
                "Whoever helps needs the consent of the parties; an agent that of the party. Ask those who have not said yes."
            ),
            field="agreed_by",
        )
    key = new_key()
    words = {
        "name": clean_words(name, field="name", required=True, longest=100),
        "telephone": clean_telephone(telephone),
        "tie": clean_words(tie, field="tie", longest=100),
        "powers": clean_words(powers, field="powers", required=is_agent, longest=500),
    }
    companion = Companion.objects.create(
        key=key,
        dispute=dispute,
        party=party,
        kind=kind,
        agreed_by=sorted(str(pk) for pk in needed),
        added_at=at,
        sealed=sealed_words(Companion, key, words),
    )
    record("dispute.companion_added", on=dispute, by=by, at=at, companion=companion, kind=kind, party=party)
    return companion


@transaction.atomic
def end_companion(companion: Companion, *, by: Person, at: datetime) -> None:
    """They help no longer: a party took its consent or power back."""
    dispute = companion.dispute
    require_step("add_companion", dispute, by=by, at=at)
    Companion.objects.filter(pk=companion.pk, left_at__isnull=True).update(left_at=at)
    record("dispute.companion_ended", on=dispute, by=by, at=at, companion=companion)


# --- registered twice? ---------------------------------------------------------------------------------------------------


@transaction.atomic
def find_doubles(dispute: Dispute, *, by: Person, at: datetime) -> list[str]:
    """Numbers of other disputes between the same sides, in the bodies of the same chain, and nothing else of them.

    One person alone is never searched for: a party of each side has to be the same. The search stands in the journal.
    """
    require_step("classify", dispute, by=by, at=at)
    marks = {
        side: [one.mark for one in dispute.parties.present() if one.side == side and one.mark] for side in BOTH_SIDES
    }
    found = Dispute.objects.none()
    if all(marks.values()):
        chain = Q(body__area__in=lineage(dispute.area_id)) | Q(body__isnull=True) & within(dispute.area_id)
        one, other = marks.values()
        found = Dispute.objects.filter(chain).exclude(pk=dispute.pk)
        # The sides may have changed places: whoever applies first is the applicant.
        for these in (one, other):
            found = found.filter(pk__in=Party.objects.filter(mark__in=these, left_at__isnull=True).values("dispute"))
    numbers = sorted(found.values_list("number", flat=True))
    record("dispute.doubles_searched", on=dispute, by=by, at=at, found=len(numbers))
    return numbers


def _update(party: Party, **changes: Any) -> None:
    Party.objects.filter(pk=party.pk).update(**changes)
    for name, value in changes.items():
        setattr(party, name, value)
