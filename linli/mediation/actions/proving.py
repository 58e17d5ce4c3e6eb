"""Evidence, item by item: what a party gives, whether its original was seen, and what each side says of it."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from linli.events.rules import clean_words
from linli.journal.actions import record
from linli.kit.keys import new_key
from linli.kit.refusal import BadInput
from linli.mediation.actions.course import require_party, require_step
from linli.mediation.actions.files import keep_sealed, open_for_others, open_sealed
from linli.mediation.actions.looking import require_look
from linli.mediation.models import Dispute, Evidence, Party, sealed_words
from linli.mediation.rules import Stance, not_yours
from linli.mediation.rules.parties import not_a_choice
from linli.people.models import Person

MOST_ITEMS = 100


@transaction.atomic
def add_evidence(
    party: Party,
    *,
    name: str,
    by: Person | None,
    at: datetime,
    words: str = "",
    content: bytes | None = None,
    own: bool = False,
    for_mediator: bool = False,
) -> Evidence:
    """A party gives something that is to show something, with a file or only as it was described. Raises `BadInput`.

    `own`: by its own link; else the mediator enters it. `for_mediator`: no other party sees it, and it is not in the dossier,
    like what is said to the mediator alone.
    """
    dispute = party.dispute
    require_step("add_evidence", dispute, by=by, at=at, party=party if own else None)
    require_party(dispute, party)
    last = dispute.evidence.aggregate(last=Max("position"))["last"] or 0
    if last >= MOST_ITEMS:
        raise BadInput(
            "too_many_items",
            _("A hundred items of evidence at most. Put those that belong together into one."),
            field="name",
        )
    key = new_key()
    told: dict[str, object] = {
        "name": clean_words(name, field="name", required=True, longest=200),
        "words": clean_words(words, field="words", longest=2000),
    }
    told |= {"for_mediator": True} if for_mediator else {}
    kept = keep_sealed(content, model=Evidence, key=key) if content is not None else None
    item = Evidence.objects.create(
        key=key,
        dispute=dispute,
        party=party,
        position=last + 1,
        sealed=sealed_words(Evidence, key, told),
        given_at=at,
        given_by=by,
        **(kept.fields if kept else {}),
    )
    record("dispute.evidence_given", on=dispute, by=by, at=at, evidence=item, party=party, type=item.file_type)
    return item


@transaction.atomic
def see_original(item: Evidence, *, by: Person, at: datetime) -> None:
    """The original was laid before the mediator and agrees with what is here."""
    require_step("see_original", item.dispute, by=by, at=at)
    Evidence.objects.filter(pk=item.pk).update(original_seen_at=at)
    item.original_seen_at = at
    record("dispute.original_seen", on=item.dispute, by=by, at=at, evidence=item)


@transaction.atomic
def take_stance(
    item: Evidence, *, party: Party, stance: str, by: Person | None, at: datetime, own: bool = False
) -> None:
    """A party accepts or disputes an item. Raises `BadInput` for the party that gave it: it says so by giving it."""
    dispute = item.dispute
    require_step("take_stance", dispute, by=by, at=at, party=party if own else None)
    require_party(dispute, party)
    if stance not in Stance.values:
        raise not_a_choice("stance")
    if not may_see(party, item):
        raise not_yours()
    if item.party_id == party.pk:
        raise BadInput("own_evidence", _("This party gave the item itself. Ask the other side."), field="party")
    item.refresh_from_db()
    item.stances = {**item.stances, str(party.pk): stance}
    item.save(update_fields=["stances"])
    record("dispute.stance_taken", on=dispute, by=by, at=at, evidence=item, party=party, stance=stance)


@transaction.atomic
def open_evidence(item: Evidence, *, by: Person, at: datetime) -> bytes:
    """The file of an item, for whoever has opened the dispute's file for a purpose. Raises `NotYours`, `Refused`."""
    require_look(item.dispute, by=by, at=at)
    content = open_sealed(item)
    record("dispute.evidence_opened", on=item.dispute, by=by, at=at, evidence=item)
    return content


@transaction.atomic
def open_evidence_as_party(item: Evidence, *, party: Party, at: datetime) -> bytes:
    """The same by a party's own link: what one side gives the other may see, of a picture what is drawn there."""
    require_party(item.dispute, party)
    if not may_see(party, item):
        raise not_yours()
    content = open_sealed(item) if item.party_id == party.pk else open_for_others(item)
    record("dispute.evidence_opened", on=item.dispute, by=None, at=at, evidence=item, party=party)
    return content


def may_see(party: Party, item: Evidence) -> bool:
    """Whether a party may see an item: its own, and what another one gave that is not for the mediator alone."""
    return item.party_id == party.pk or not item.words.get("for_mediator")


def evidence_of(dispute: Dispute) -> list[Evidence]:
    """All items in their order."""
    return list(dispute.evidence.order_by("position"))
