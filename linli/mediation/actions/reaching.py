"""Tries to reach a party that does not answer: each is written down, so that an end for that reason can be shown."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from linli.events.rules import clean_words
from linli.journal.actions import record
from linli.kit.refusal import BadInput, Refused
from linli.mediation.actions.course import require_party, require_step
from linli.mediation.models import Dispute, Party
from linli.mediation.rules import Way
from linli.mediation.rules.parties import not_a_choice
from linli.people.models import Person

LONGEST_WORDS = 500
#: Nobody tries more often; a page of a dossier.
MOST_TRIES = 50


@transaction.atomic
def note_try(party: Party, *, way: str, tried_at: datetime, words: str, by: Person, at: datetime) -> None:
    """Somebody tried to reach the party in vain: how, when, and what came of it. Raises `BadInput`."""
    dispute: Dispute = party.dispute
    require_step("note_try", dispute, by=by, at=at)
    require_party(dispute, party)
    if way not in Way.values:
        raise not_a_choice("way")
    # People say a time in minutes: that of the registration is not before it.
    if not dispute.registered_at.replace(second=0, microsecond=0) <= tried_at <= at:
        raise BadInput(
            "bad_time_of_try",
            _("It was tried between the registration of the dispute and now. Correct the time."),
            field="tried_at",
        )
    before = tries_of(party)
    if len(before) >= MOST_TRIES:
        raise Refused("too_many_tries", _("Fifty tries are written down already. Now decide how it goes on."))
    said = clean_words(words, field="words", required=True, longest=LONGEST_WORDS)
    kept = [*before, {"at": tried_at.isoformat(), "way": way, "words": said, "by": by.pk}]
    party.sealed = party.with_words(tries=kept)
    party.save(update_fields=["sealed"])
    record("dispute.reach_tried", on=dispute, by=by, at=at, party=party, way=way)


def tries_of(party: Party) -> list[dict[str, Any]]:
    """The tries as they are kept: `at` in ISO 8601, `way`, `words`, `by` (key of a person). In the order they were noted."""
    kept: list[dict[str, Any]] = party.words.get("tries", [])
    return kept


def is_tried(dispute: Dispute) -> bool:
    """Whether any try to reach a party is written down."""
    return any(tries_of(party) for party in dispute.parties.present())
