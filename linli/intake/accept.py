"""The hot path: what was sent becomes a row to keep and the answer to give, without a question to the store.

Of the rooms it knows pure rules alone (limits, positions); everything that may change comes in with `Answering`.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from linli.areas.codes import contains
from linli.events.rules import EARLIEST_YEAR
from linli.intake import allowance
from linli.intake.acts import form as act_form
from linli.intake.acts.form import Act
from linli.intake.answering import Answering
from linli.intake.models import SenderKind, estimated
from linli.intake.reports import Report, canonical, digest_of, read, require_few
from linli.intake.tokens import Token
from linli.intake.turned import Turned
from linli.kit.keys import new_key
from linli.kit.refusal import BadInput
from linli.kit.sealing import seal

MAX_REPORT = 256 * 1024
MAX_BATCH, MAX_BATCH_BYTES = 200, 4 * 1024 * 1024
_CLOCK_MAY_BE_OFF = timedelta(minutes=10)
#: As in `events`: no letters or digits that are taken for one another.
_SIGNS = b"ABCDEFGHJKMNPQRSTVWXYZ23456789"
_AS_SIGNS = bytes(_SIGNS[byte % len(_SIGNS)] for byte in range(256))
_LEFT_OUT = bytes(range(256 - 256 % len(_SIGNS), 256))


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends: the kind, and the number of the person or the key."""

    kind: str
    key: int = 0
    #: The address, for the rate limit of those who need no account.
    address: str = ""
    #: The area that a key is limited to.
    only_in: str = ""
    #: By which somebody without an account is known again.
    token: Token | None = None

    def key_for(self, report: UUID) -> int:
        """What is kept with a report of this id for its sender: unique together with the kind and the id."""
        return self.token.key_for(report) if self.token else self.key


class Row(NamedTuple):
    """A report to keep, in the order of the columns that `writer` fills."""

    id: UUID
    device_id: UUID
    sender: str
    sender_key: int
    kind: str
    area: str
    digest: bytes
    content: bytes
    sealed_contact: bytes
    answer: bytes
    received_at: datetime
    made_at: datetime | None
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class Arrival:
    """One sending as it arrived, before it is looked at. `sent`: all of it, as plain values."""

    body: bytes | memoryview
    report: Report
    sent: dict[str, Any]
    sender: Sender
    received_at: datetime
    sent_at: datetime | None


def accept(
    body: bytes | memoryview, sender: Sender, answering: Answering, *, received_at: datetime, sent_at: datetime | None
) -> Row:
    """Read and check what was sent, and route a report. Raises `Turned` or `BadInput`; nothing is stored here."""
    report, sent = read(body)
    make = KINDS.get(report.kind)
    if make is None:
        raise Turned(422, "unknown_kind", _("Nothing of the kind %(kind)s can be sent here."), kind=report.kind)
    if report.by is not None and (sender.kind != SenderKind.PERSON or sender.key != report.by):
        raise Turned(
            401, "sign_in_again", _("This report belongs to somebody else's sign-in. Sign in as the one who made it.")
        )
    _check_times(report, received_at, sent_at)
    return make(Arrival(body, report, sent, sender, received_at, sent_at), answering)


def _report(one: Arrival, answering: Answering) -> Row:
    """A report: where it belongs, and by when it is answered for."""
    report, sender, sent = one.report, one.sender, one.sent
    if not report.text.strip() and not report.photos:
        raise BadInput("nothing_reported", _("Say in a few words what it is, or add a photo."), field="text")
    require_few(report.photos)
    answers = answering.route(report)
    if not contains(sender.only_in, answers.code):
        raise Turned(403, "not_its_area", _("This key is for another area than %(area)s."), area=answers.name)
    if sender.kind == SenderKind.PUBLIC:
        allowance.spend(token=sender.token, address=sender.address, device=report.device, area=answers.code)
    elif sender.kind == SenderKind.PERSON:
        allowance.spend_of_staff(sender.key)
    elif sender.kind == SenderKind.KEY and sender.key:  # our own mailbox has none
        allowance.spend_of_system(f"key {sender.key}")
    digest = digest_of(canonical(sent))
    contact = sent.pop("contact", "").strip()
    # Asked for the rate limit alone: what else came from a device is nobody's business.
    sent.pop("device", None)
    answer = {
        "area": answers.code,
        "area_name": answers.name,
        "office": answers.office,
        "accept_by": _moment(answering.promised(report, answers.code, one.received_at)),
    }
    return _row(one, digest=digest, area=answers.code, answer=answer, contact=contact)


def _act(one: Arrival, answering: Answering) -> Row:
    """An act on a matter: by one of us, or by a resident on a report of their own. Where it belongs the digest finds out."""
    act, sender = act_form.read(one.body), one.sender
    digest = digest_of(canonical(one.sent))
    for name in ("contact", "device"):  # of a report; here nobody asked for them, and nothing of them is kept
        one.sent.pop(name, None)
    if act.values:  # no form of an act asks for it either, and what is kept here is not sealed
        one.sent["values"].pop("contact", None)
    # Never what was sent under that name: it proves whose report it is.
    one.sent[act_form.OWN] = _own_key(act, sender)
    if sender.kind == SenderKind.PUBLIC:
        allowance.spend(token=sender.token, address=sender.address, device=None, area="")
    elif sender.kind == SenderKind.PERSON:
        allowance.spend_of_staff(sender.key)
    return _row(one, digest=digest, area="", answer={})


def _own_key(act: Act, sender: Sender) -> int:
    """Raises `Turned` unless the sender is somebody who may act at all."""
    if sender.kind == SenderKind.PERSON:
        return 0
    if sender.kind != SenderKind.PUBLIC or sender.token is None:
        raise Turned(
            403,
            "acts_need_somebody",
            _("Acts are taken from somebody signed in, and from the phone that sent the report, with its token."),
        )
    if act.about.report is None:
        raise Turned(403, "own_reports_only", _("From here you can act on your own reports only."), field="about")
    return sender.token.key_for(act.about.report)


#: What a device may send; `digest` knows the action of each.
KINDS: dict[str, Callable[[Arrival, Answering], Row]] = {"report": _report, act_form.KIND: _act}


def _row(one: Arrival, *, digest: bytes, area: str, answer: dict[str, Any], contact: str = "") -> Row:
    key, device_id = new_key(), one.report.id
    told = {"id": str(device_id), "received_at": _moment(one.received_at), "state": "kept", **answer}
    told["see"] = f"/intake/v1/reports/{device_id}"
    return Row(
        id=key,
        device_id=device_id,
        sender=one.sender.kind,
        sender_key=one.sender.key_for(device_id),
        kind=one.report.kind,
        area=area,
        digest=digest,
        content=canonical(one.sent),
        sealed_contact=seal(contact, bound_to=key.bytes, place="intake.kept.sealed_contact") if contact else b"",
        answer=msgspec.json.encode(told),
        received_at=one.received_at,
        made_at=one.report.made_at,
        sent_at=one.sent_at,
    )


def _check_times(report: Report, received_at: datetime, sent_at: datetime | None) -> None:
    """A clock that is off shifts all times of the device alike: they are judged by our clock."""
    for name, moment in (("made_at", report.made_at), ("occurred_at", report.occurred_at)):
        judged = estimated(moment, sent_at, received_at)
        if judged is None:
            continue
        if judged > received_at + _CLOCK_MAY_BE_OFF:
            raise BadInput("in_the_future", _("A time in the report lies in the future. Correct it."), field=name)
        if judged.year < EARLIEST_YEAR:
            raise BadInput("too_long_ago", _("A time in the report lies before the year 2000. Correct it."), field=name)


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def receipt_code(key: UUID) -> str:
    """The code of a report's receipt: made from its key and the secret of this home, so that it can be told again."""
    noise = hashlib.blake2b(key.bytes, key=_receipt_key()).digest()
    # Bytes that would make the first letters likelier are left out; of 64 there remain ten, for all that is likely.
    signs = noise.translate(_AS_SIGNS, _LEFT_OUT)[:10].decode()
    return f"{signs[:5]}-{signs[5:]}"


@cache
def _receipt_key() -> bytes:
    return hashlib.sha256(b"linli receipt " + settings.SECRET_KEY.encode()).digest()


def answer_with_code(row_id: UUID, sender: str, kind: str, answer: bytes) -> bytes:
    """The answer as it goes out: who has no account gets the code with which to follow the report."""
    if sender == SenderKind.PERSON or kind == act_form.KIND:
        return answer
    return answer[:-1] + b',"code":"' + receipt_code(row_id).encode() + b'"}'


def refusal_body(refused: Any) -> dict[str, Any]:
    """A refusal as JSON, in the language active now."""
    told: dict[str, Any] = {"code": refused.code, "message": refused.message}
    if refused.facts.get("field"):
        told["field"] = refused.facts["field"]
    return {"error": told}
