"""Looking is an act: a file is opened for a purpose, an identity for a reason, and the parties see who looked."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from linli.events.rules import clean_words
from linli.journal.actions import record
from linli.kit.keys import new_key
from linli.kit.refusal import BadInput, Refused
from linli.mediation.actions.course import require_party, who_of
from linli.mediation.models import Dispute, Look, Party, Recording, sealed_words
from linli.mediation.rules import Purpose, Who, not_yours
from linli.people.models import Person

#: A purpose holds so long: whoever works on a file does not say it at every click.
PURPOSE_HOLDS = timedelta(hours=4)
#: An identity is shown once for each reason.
IDENTITY_SHOWN = timedelta(minutes=10)


@transaction.atomic
def look(dispute: Dispute, *, by: Person, purpose: str, at: datetime, words: str = "") -> Look:
    """Open a file for a purpose. Raises `NotYours` for anybody but its mediator and heads, `BadInput`."""
    _require_visible(dispute, by, at)
    if purpose not in Purpose.values or purpose == Purpose.OWN:
        raise no_purpose()
    made = _look(dispute, purpose=purpose, at=at, until=at + PURPOSE_HOLDS, words=words, person=by)
    record("dispute.looked_at", on=dispute, by=by, at=at, purpose=purpose)
    return made


def no_purpose() -> BadInput:
    """Nobody looks without saying what for."""
    return BadInput("purpose_missing", _("Say what you open this file for. Choose one of the list."), field="purpose")


@transaction.atomic
def look_as_party(party: Party, *, at: datetime) -> Look:
    """A party opens its own page, by its own link. Told once in a while, as for everybody."""
    dispute = party.dispute
    require_party(dispute, party)
    last = Look.objects.filter(party=party, recording__isnull=True, until__gt=at).order_by("-at").first()
    if last is not None:
        return last
    made = _look(dispute, purpose=Purpose.OWN, at=at, until=at + PURPOSE_HOLDS, words="", party=party)
    record("dispute.looked_at", on=dispute, by=None, at=at, purpose=Purpose.OWN, party=party)
    return made


def require_look(dispute: Dispute, *, by: Person, at: datetime) -> None:
    """Raises `NotYours` where the file is not theirs, `Refused` where they have not said what for lately."""
    _require_visible(dispute, by, at)
    if not _looks_now(dispute, by, at).exists():
        raise Refused("say_what_for", _("This file is closed. Say what you open it for, then it opens."))


def _looks_now(dispute: Dispute, by: Person, at: datetime) -> QuerySet[Look]:
    """The looks at the file itself that still hold."""
    return Look.objects.filter(dispute=dispute, person=by, revealed__isnull=True, recording__isnull=True, until__gt=at)


@transaction.atomic
def reveal(party: Party, *, reason: str, by: Person, at: datetime, with_id_number: bool = False) -> dict[str, Any]:
    """Who a party is and how to reach them. Without `with_id_number` the identity number stays behind the seal.

    The parties read it under the purpose for which the file was opened. Raises `NotYours` where somebody who may open the file
    only to call the parties back, or to answer a complaint, asks for the number.
    """
    dispute = party.dispute
    _require_visible(dispute, by, at)
    if with_id_number and not who_of(dispute, by=by, at=at) & {Who.KEEPER, Who.MEDIATOR}:
        raise not_yours()
    why = clean_words(reason, field="reason", required=True, longest=200)
    opened = _looks_now(dispute, by, at).order_by("-at", "-key").first()
    _look(
        dispute,
        purpose=opened.purpose if opened else Purpose.MEDIATE,
        at=at,
        until=at + IDENTITY_SHOWN,
        words=why,
        person=by,
        revealed=party,
    )
    record("dispute.identity_shown", on=dispute, by=by, at=at, party=party, with_number=with_id_number or None)
    words = party.words
    if not with_id_number:
        words.pop("id_number", None)
    return words


@transaction.atomic
def look_to_hear(recording: Recording, *, by: Person, purpose: str, at: datetime) -> Look:
    """Say what a sound recording is heard for; then it may be played for a while. Raises as `look`."""
    dispute = recording.session.dispute
    require_look(dispute, by=by, at=at)
    if purpose not in Purpose.values or purpose == Purpose.OWN:
        raise no_purpose()
    made = _look(dispute, purpose=purpose, at=at, until=at + PURPOSE_HOLDS, words="", person=by, recording=recording)
    record("dispute.sound_heard", on=dispute, by=by, at=at, recording=recording, purpose=purpose)
    return made


@transaction.atomic
def look_to_hear_as_party(recording: Recording, party: Party, *, at: datetime) -> None:
    """A party plays a recording on its own page: told once in a while."""
    dispute = recording.session.dispute
    require_party(dispute, party)
    if Look.objects.filter(party=party, recording=recording, until__gt=at).exists():
        return
    _look(dispute, purpose=Purpose.OWN, at=at, until=at + PURPOSE_HOLDS, words="", party=party, recording=recording)
    record("dispute.sound_heard", on=dispute, by=None, at=at, recording=recording, purpose=Purpose.OWN, party=party)


def may_hear(recording: Recording, *, by: Person, at: datetime) -> bool:
    """Whether this person said lately what they hear it for."""
    return Look.objects.filter(recording=recording, person=by, until__gt=at).exists()


@dataclass(frozen=True)
class Looked:
    """One look as the parties are told of it: who by office and name of staff, never by what they are to anybody."""

    at: datetime
    purpose: str
    #: A member of staff, or a party by its place in the list of parties.
    person: Person | None
    party: int | None
    was_identity: bool
    was_sound: bool = False


def who_looked(dispute: Dispute) -> list[Looked]:
    """All looks at a file, the latest first: the parties have a right to know (个人信息保护法 art. 44)."""
    rows = Look.objects.filter(dispute=dispute).select_related("person", "party").order_by("-at", "-pk")
    return [
        Looked(
            row.at,
            row.purpose,
            row.person,
            row.party.position if row.party else None,
            row.revealed_id is not None,
            row.recording_id is not None,
        )
        for row in rows
    ]


def _require_visible(dispute: Dispute, by: Person, at: datetime) -> None:
    if not Dispute.objects.visible_to(by, at).filter(pk=dispute.pk).exists():
        raise not_yours()


def _look(dispute: Dispute, *, purpose: str, at: datetime, until: datetime, words: str, **who: Any) -> Look:
    key = new_key()
    why = clean_words(words, field="words", longest=200)
    sealed = sealed_words(Look, key, {"words": why})
    return Look.objects.create(key=key, dispute=dispute, purpose=purpose, at=at, until=until, sealed=sealed, **who)
