"""Signing: each party the exact text, on their own phone or on paper; the mediator; and last the stamp of the committee.

Whoever signs sends the digest of the text they read. Where it is not the text of the version, they are asked to read it again.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from linli.journal.actions import record
from linli.kit.keys import new_key
from linli.kit.refusal import BadInput, Refused
from linli.mediation.actions.agreeing import missing, settle, still_counts
from linli.mediation.actions.course import go, require_party, require_step
from linli.mediation.actions.files import keep_sealed
from linli.mediation.actions.telling import heads_of, keepers_and_mediators
from linli.mediation.agreeing.filling import clean
from linli.mediation.agreeing.suspicions import Point, is_even
from linli.mediation.models import Agreement, Mediator, Party, Signature, sealed_words
from linli.mediation.rules import AgreementState, AssignmentState, SignatureWay, moved_on
from linli.mediation.rules.parties import normal_name
from linli.people.models import Person

#: A picture of a signature is small; strokes are a few hundred points.
LARGEST_IMAGE = 300_000
MOST_STROKES, MOST_POINTS = 200, 5_000
_FEWEST_POINTS = 4
_PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")


@dataclass(frozen=True)
class Drawn:
    """A signature as a phone sends it. `typed`: the own name, for those who cannot draw; then there is no picture."""

    image: bytes = b""
    strokes: tuple[tuple[Point, ...], ...] = ()
    typed: str = ""


@transaction.atomic
def sign_on_phone(
    agreement: Agreement, *, party: Party, drawn: Drawn, text_sha256: str, at: datetime, speaker: int = 0
) -> Signature:
    """A party signs by its own link; for a group each representative (`speaker`, from 1 in their order).

    Raises `Refused` if it read another text, or has signed already; `BadInput`.
    """
    step = require_step("sign", agreement.dispute, by=None, at=at, party=party)
    _require_text(agreement, text_sha256)
    names = _names(party, speaker)
    _require_drawn(drawn, *names)
    name = names[0] if party.speaks_for_group else ""
    made = _signed(agreement, SignatureWay.PHONE, at, drawn=drawn, party=party, speaker=speaker, name=name)
    go(step, agreement.dispute)
    _record(made, by=None, at=at)
    return made


@transaction.atomic
def sign_on_paper(
    agreement: Agreement, *, party: Party, scan: bytes, by: Person, at: datetime, way: str = SignatureWay.PAPER
) -> Signature:
    """The mediator puts in the scan of the paper a party signed, or put its fingerprint on; of a group all who speak for it."""
    step = require_step("sign", agreement.dispute, by=by, at=at)
    require_party(agreement.dispute, party)
    _require_text(agreement, agreement.text_sha256)
    if way not in (SignatureWay.PAPER, SignatureWay.FINGERPRINT):
        raise BadInput("no_such_choice", _("Choose one of the list."), field="way")
    made = _signed(agreement, way, at, party=party, scan=scan)
    go(step, agreement.dispute)
    _record(made, by=by, at=at)
    return made


@transaction.atomic
def sign_as_mediator(agreement: Agreement, *, drawn: Drawn, text_sha256: str, by: Person, at: datetime) -> Signature:
    """The mediator of the dispute signs the same text."""
    step = require_step("sign", agreement.dispute, by=by, at=at)
    _require_text(agreement, text_sha256)
    _require_drawn(drawn, by.name)
    made = _signed(agreement, SignatureWay.PHONE, at, drawn=drawn, mediator=_mediator(agreement, by))
    go(step, agreement.dispute)
    _record(made, by=by, at=at)
    return made


@transaction.atomic
def stamp(agreement: Agreement, *, by: Person, at: datetime) -> None:
    """A head of the committee stamps what all have signed, and so puts it in force. Raises `Refused` with who is missing."""
    step = require_step("stamp", agreement.dispute, by=by, at=at)
    _require_text(agreement, agreement.text_sha256)
    if lacking := missing(agreement, but_stamp=True):
        raise Refused(
            "unsigned",
            _("The stamp comes last. Still missing: %(missing)s."),
            missing=(_now(", ")).join(lacking),
        )
    agreement.stamped_at, agreement.stamped_by = at, by
    agreement.save(update_fields=["stamped_at", "stamped_by"])
    go(step, agreement.dispute)
    record("dispute.agreement_stamped", on=agreement.dispute, by=by, at=at, agreement=str(agreement.pk))
    settle(agreement, by=by, at=at)


# --- what is asked of a signature -------------------------------------------------------------------------------------


def _require_text(agreement: Agreement, text_sha256: str) -> None:
    agreement.refresh_from_db()
    if agreement.state != AgreementState.OFFERED:
        raise moved_on()
    if not hmac.compare_digest(agreement.text_sha256, text_sha256):
        raise Refused("text_changed", _("The text was changed since it was read. Read it again, then sign."))


def _names(party: Party, speaker: int) -> list[str]:
    """How whoever signs may type their name. An organisation signs by its own, or by that of who speaks for it."""
    own, speaking = str(party.words["name"]), [str(one["name"]) for one in party.words["representatives"]]
    if not party.speaks_for_group:
        return [own, *speaking]
    if not 1 <= speaker <= len(speaking):
        raise BadInput("nobody_signs", _("Say which of you signs now: each representative signs."), field="speaker")
    return [speaking[speaker - 1]]


def _require_drawn(drawn: Drawn, *names: str) -> None:
    if drawn.typed:
        # The dot between the parts of a name is another sign on every keyboard.
        if normal_name(drawn.typed) not in map(normal_name, names):
            raise BadInput("name_differs", _("Type the name exactly as it stands in the agreement."), field="typed")
        return
    points = [point for stroke in drawn.strokes for point in stroke]
    if len(points) < _FEWEST_POINTS or not drawn.image:
        raise BadInput("not_drawn", _("Nothing was signed yet. Sign in the field, or type the name."), field="image")
    if len(drawn.strokes) > MOST_STROKES or len(points) > MOST_POINTS:
        raise BadInput(
            "too_many_strokes",
            _("These are more strokes than a signature has. Clear the field, sign again."),
            field="image",
        )
    if len(drawn.image) > LARGEST_IMAGE or not drawn.image.startswith(_PICTURES):
        raise BadInput(
            "not_a_picture",
            _("The picture of the signature cannot be read. Clear the field, sign again."),
            field="image",
        )


def read_strokes(sent: str) -> tuple[tuple[Point, ...], ...]:
    """Strokes as a phone sends them, as text: `[[[across, down, milliseconds], …], …]`. Raises `BadInput`."""
    try:
        strokes = tuple(tuple((float(x), float(y), float(ms)) for x, y, ms in stroke) for stroke in json.loads(sent))
    except (TypeError, ValueError, OverflowError, RecursionError):
        strokes = ()
    if not strokes or not all(isfinite(one) for stroke in strokes for point in stroke for one in point):
        raise BadInput("not_drawn", _("Nothing was signed yet. Sign in the field, or type the name."), field="image")
    return strokes


# --- what is kept of it -----------------------------------------------------------------------------------------------


def _signed(
    agreement: Agreement,
    way: str,
    at: datetime,
    *,
    drawn: Drawn | None = None,
    scan: bytes = b"",
    party: Party | None = None,
    mediator: Mediator | None = None,
    speaker: int = 0,
    name: str = "",
) -> Signature:
    before = agreement.signatures.filter(party=party, mediator=mediator, speaker__in=[0, speaker]).select_related(
        "party"
    )
    if any(still_counts(one) for one in before):
        raise Refused("signed_already", _("This was signed already. There is nothing more to do."))
    if before:
        raise Refused(
            "speakers_changed",
            _("Who speaks for this group was changed after somebody had signed. Have the agreement put together anew."),
        )
    key, drawn = new_key(), drawn or Drawn()
    words = {
        "image": base64.b64encode(drawn.image).decode(),
        "strokes": [list(map(list, stroke)) for stroke in drawn.strokes],
        "typed": clean(drawn.typed),
    } | ({"name": name} if name else {})
    file = {} if way == SignatureWay.PHONE else keep_sealed(scan, model=Signature, key=key).fields
    return Signature.objects.create(
        key=key,
        agreement=agreement,
        party=party,
        mediator=mediator,
        speaker=speaker,
        way=way,
        sealed=sealed_words(Signature, key, words),
        signed_at=at,
        text_sha256=agreement.text_sha256,
        **_traits(drawn),
        **file,
    )


def _traits(drawn: Drawn) -> dict[str, Any]:
    """What integrity asks for, from which nothing can be drawn again."""
    if not drawn.image:
        return {}
    return {
        "image_mark": hmac.digest(
            settings.SECRET_KEY.encode(), b"linli signature " + drawn.image, hashlib.sha256
        ).hex(),
        "stroke_count": len(drawn.strokes),
        "timing_varies": not is_even(drawn.strokes),
    }


def _mediator(agreement: Agreement, by: Person) -> Mediator:
    acting = agreement.dispute.assignments.filter(state=AssignmentState.ACCEPTED, mediator__person=by)
    return acting.select_related("mediator").get().mediator


def _record(made: Signature, *, by: Person | None, at: datetime) -> None:
    dispute = made.agreement.dispute
    all_signed = not missing(made.agreement, but_stamp=True)
    record(
        "dispute.agreement_signed",
        on=dispute,
        by=by,
        at=at,
        # Once all have signed the head is asked for the stamp.
        tell=heads_of(dispute, at) if all_signed else keepers_and_mediators(dispute, at),
        agreement=str(made.agreement_id),
        version=made.agreement.version,
        party=str(made.party_id) if made.party_id else None,
        mediator=made.mediator_id,
        way=made.way,
        text_sha256=made.text_sha256,
        all_signed=all_signed,
    )


def signatures_of(agreement: Agreement) -> Sequence[Signature]:
    """Those given to its text, in their order."""
    return list(
        agreement.signatures.filter(text_sha256=agreement.text_sha256).select_related("party", "mediator__person")
    )
