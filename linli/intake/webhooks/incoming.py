"""What another system pushes becomes a report like any other: the same checks, the same route, the same row.

What cannot become one is kept all the same, sealed as it came, and set aside with its reason: when the mapping is mended,
the desk takes it in again.
"""

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

import msgspec
from django.utils.translation import gettext_lazy as _

from linli.areas import ground
from linli.areas.models import ANSWERING, Area
from linli.intake.accept import Row, Sender, accept
from linli.intake.answering import Answering, position_of
from linli.intake.models import Kept, KeptState, SenderKind
from linli.intake.reports import Report, canonical, digest_of, not_json, read
from linli.intake.turned import Turned
from linli.intake.webhooks import mapping, signing
from linli.intake.webhooks.models import Pusher, Scheme
from linli.kit.keys import new_key
from linli.kit.refusal import BadInput, Refused
from linli.kit.sealing import seal, unseal

#: What is kept of a message that could not become a report yet.
KIND = "pushed"
_LONGEST_ID = 200
#: Refusals after which another way to say where may help.
_WHERE = frozenset({"point_elsewhere", "outside", "unknown_area", "where"})


@dataclass(frozen=True)
class Message:
    """A message with a right signature."""

    id: str
    body: bytes
    content: dict[str, Any]


@dataclass(frozen=True)
class Known:
    """A pusher as a process remembers it for seconds."""

    pusher: Pusher
    secrets: tuple[str, ...]
    reading: mapping.Reading


def authenticated(known: Known | None, headers: dict[bytes, bytes], body: bytes, at: datetime) -> Message:
    """The message, if its signature is right and its time is ours. Raises `Turned`; 401 tells not which of the two is not."""
    message_id = _signed(known, headers, body, at) if known else None
    if message_id is None:
        raise Turned(401, "bad_signature", _("Nobody known here signed this. See docs/webhooks.md."))
    try:
        content = msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise not_json() from None
    if not isinstance(content, dict):
        raise not_json()
    return Message(message_id, body, content)


def _signed(known: Known, headers: dict[bytes, bytes], body: bytes, at: datetime) -> str | None:
    """The id of the message; None if the signature is not right."""
    said = {name.decode("latin-1"): value.decode("latin-1") for name, value in headers.items()}
    if known.pusher.scheme == Scheme.GITHUB:
        if not signing.is_signed_as_github(known.secrets, body, said.get("x-hub-signature-256", "")):
            return None
        # Without an id of its own the same content is the same message.
        return said.get("x-github-delivery", "")[:_LONGEST_ID] or f"sha256 {digest_of(body).hex()}"
    message_id, stamp = said.get("webhook-id", ""), said.get("webhook-timestamp", "")
    if not message_id or len(message_id) > _LONGEST_ID or not stamp.isdecimal() or len(stamp) > 12:
        return None
    is_ours = signing.is_signed(known.secrets, message_id, int(stamp), body, said.get("webhook-signature", ""))
    is_now = abs(at.timestamp() - int(stamp)) <= signing.TOLERANCE.total_seconds()
    if is_ours and not is_now:
        raise Turned(
            401,
            "too_old",
            _("The time of this message lies more than five minutes off. Sign it anew, under the same id."),
        )
    return message_id if is_ours else None


def row_of(message: Message, known: Known, answering: Answering, at: datetime, refusals: list[Refused]) -> Row:
    """The row to keep; why it could not become a report yet, if so, is added to the refusals."""
    pusher = known.pusher
    device_id = uuid5(pusher.key, message.id)
    found = mapping.apply(known.reading, message.content)
    sender = Sender(SenderKind.HOOK, pusher.pk, only_in=pusher.area_id)
    try:
        row = _accepted(found, device_id, sender, answering, at)
    except Refused as refused:
        refusals.append(refused)
        return _pushed(message, found, device_id, pusher, refused, at)
    return row._replace(digest=digest_of(message.body), answer=_answer(row))


def _accepted(found: mapping.Read, device_id: UUID, sender: Sender, answering: Answering, at: datetime) -> Row:
    first: Refused | None = None
    for report in _variants(found):
        try:
            body = canonical(report | {"id": str(device_id)})
            return accept(body, sender, answering, received_at=at, sent_at=None)
        except Refused as refused:
            first = first or refused
            if refused.code not in _WHERE:
                break
    assert first is not None
    raise first


def _variants(found: mapping.Read) -> Iterator[dict[str, Any]]:
    """As it says where; by the point alone; and in the area that the mapping names for all others."""
    yield found.report
    without = {name: value for name, value in found.report.items() if name != "area"}
    if "lon" in without and without != found.report:
        yield without
    if found.otherwise:
        yield without | {"area": found.otherwise}
        yield {name: value for name, value in without.items() if name not in ("lon", "lat")} | {"area": found.otherwise}


def _answer(row: Row) -> bytes:
    """As for every report, with the key that its matter will have; the address to ask takes keys, not signatures."""
    answer = msgspec.json.decode(row.answer)
    del answer["see"]
    return msgspec.json.encode(answer | {"event": str(row.id)})


def _pushed(
    message: Message, found: mapping.Read, device_id: UUID, pusher: Pusher, refused: Refused, at: datetime
) -> Row:
    key = new_key()
    # What a desk reads on the page of what was set aside. All else stays sealed: nobody knows what is in it.
    shown = {name: found.report[name] for name in ("text", "title", "place") if name in found.report}
    received_at = at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    answer = {"id": str(device_id), "received_at": received_at, "state": "set_aside", "why": refused.code}
    return Row(
        id=key,
        device_id=device_id,
        sender=SenderKind.HOOK,
        sender_key=pusher.pk,
        kind=KIND,
        area=pusher.area_id,
        digest=digest_of(message.body),
        content=canonical(shown | {"id": str(device_id)}),
        sealed_contact=seal(message.body.decode(), bound_to=key.bytes, place="intake.kept.sealed_contact"),
        answer=msgspec.json.encode(answer | {"event": str(key)}),
        received_at=at,
        made_at=None,
        sent_at=None,
    )


def as_report(row: Kept) -> Kept:
    """A copy of a kept message as a row of the kind `report`, read with the mapping of now. Raises `Refused`.

    Once it was set aside, a desk says where it belongs; before, the message must.
    """
    pusher = Pusher.objects.filter(pk=row.sender_key).first()
    if pusher is None:
        raise BadInput("no_such_pusher", _("The system that pushed this is not known here any more."))
    message = msgspec.json.decode(
        unseal(bytes(row.sealed_contact), bound_to=row.pk.bytes, place="intake.kept.sealed_contact")
    )
    found = mapping.apply(mapping.read_mapping(pusher.mapping), message)
    sent: dict[str, Any] = found.report | {"id": str(row.device_id)}
    contact = sent.pop("contact", "")
    report, _plain = read(canonical(sent))
    if not report.text.strip() and not report.title.strip():
        raise BadInput("nothing_reported", _("Say in a few words what it is, or add a photo."), field="text")
    copied = copy.copy(row)
    copied.area = row.area if row.state == KeptState.SET_ASIDE else _area(report, found, pusher)
    if not report.text.strip():
        sent["text"] = report.title
    sent.pop("area", None)
    copied.content = canonical(sent)
    copied.sealed_contact = seal(contact, bound_to=row.pk.bytes, place="intake.kept.sealed_contact") if contact else b""
    return copied


def _area(report: Report, found: mapping.Read, pusher: Pusher) -> str:
    position = position_of(report)
    code = (ground.locate(*position) if position else None) or report.area
    rows = Area.objects.open().filter(kind__in=sorted(ANSWERING))
    for one in (code, found.otherwise):
        if one and one.startswith(pusher.area_id) and rows.filter(pk=one).exists():
            return one
    if code:
        raise BadInput("unknown_area", _("There is no area %(code)s. Choose one of the list."), code=code[:30])
    raise BadInput("where", _("Say where it is: choose a point or an area."), field="area")
