"""The contact of a report that was set aside: found, deleted and put right when a person asks, as that of a matter is.

It is no matter yet, so nothing that looks among matters finds it. The report itself stays until the desk takes it in.
"""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec
from django.db import transaction
from django.db.models import Q

from linli.areas.codes import lineage, within
from linli.areas.models import Area
from linli.events.actions.forgetting import reaches_in
from linli.events.rules import clean_words
from linli.intake.models import Kept
from linli.intake.webhooks.incoming import KIND as PUSHED
from linli.journal.actions import record
from linli.kit.refusal import Refused
from linli.kit.sealing import seal, unseal
from linli.people.models import Person

_PLACE = "intake.kept.sealed_contact"
_LONGEST = 200


def kept_of(reach: str, *, under: str | None) -> list[Kept]:
    """The reports set aside in an area (its code; None: anywhere), or where none is known yet, with this telephone number or
    mailbox. Each seal is opened, and forgotten at once.
    """
    rows = Kept.objects.set_aside().exclude(sealed_contact=b"")
    if under:
        rows = rows.filter(within(under) | Q(area=""))
    wanted = reaches_in(reach)
    return [row for row in rows.iterator(chunk_size=500) if wanted & reaches_in(_opened(row))]


def told_of(row: Kept, reach: str) -> dict[str, str]:
    """What its sender is told of it: their own words, and what they left of themselves."""
    sent: dict[str, Any] = msgspec.json.decode(row.content)
    own = {name: str(sent[name]) for name in ("title", "text", "place") if sent.get(name)}
    left: list[str] = []

    def noted(words: str) -> str:
        left.append(words)
        return words

    _rewritten(row, reach, noted)
    return own | {"contact": " · ".join(left)}


@transaction.atomic
def forget_contact(row: Kept, reach: str, *, by: Person, at: datetime) -> bool:
    """Delete it; whether it was still there."""
    if not _write(row, _rewritten(row, reach, lambda _words: "")):
        return False
    record("report.contact_forgotten", on=row, area=_area_of(row), by=by, at=at)
    return True


@transaction.atomic
def correct_contact(row: Kept, reach: str, *, words: str, by: Person, at: datetime) -> bool:
    """Put another in its place; whether it was still there."""
    clean = clean_words(words, field="reach", required=True, longest=_LONGEST)
    if not _write(row, _rewritten(row, reach, lambda _words: clean)):
        return False
    record("report.contact_corrected", on=row, area=_area_of(row), by=by, at=at)
    return True


def _write(row: Kept, contact: str) -> bool:
    sealed = seal(contact, bound_to=row.pk.bytes, place=_PLACE) if contact else b""
    return bool(Kept.objects.set_aside().filter(pk=row.pk).update(sealed_contact=sealed))


def _area_of(row: Kept) -> str | None:
    """Where it was routed to, or the nearest around it: that area may be gone."""
    around = Area.objects.filter(pk__in=lineage(row.area)).order_by("-code")
    return around.values_list("pk", flat=True).first()


def _opened(row: Kept) -> str:
    """What is behind the seal; empty if it cannot be opened with the keys of this home."""
    try:
        return unseal(bytes(row.sealed_contact), bound_to=row.pk.bytes, place=_PLACE)
    except Refused:
        return ""


def _rewritten(row: Kept, reach: str, change: Callable[[str], str]) -> str:
    """What is sealed, changed. Of what another system pushed the whole message is, and nobody knows what is in it: there only the
    values are changed in which this number or mailbox stands, but not the words of the report, which a desk reads.
    """
    words = _opened(row)
    if row.kind != PUSHED:
        return change(words)
    wanted = reaches_in(reach)
    report = {line for one in msgspec.json.decode(row.content).values() for line in str(one).split("\n")}

    def walked(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: walked(one) for name, one in value.items()}
        if isinstance(value, list):
            return [walked(one) for one in value]
        if isinstance(value, str | int) and value not in report and wanted & reaches_in(str(value)):
            return change(str(value))
        return value

    return json.dumps(walked(msgspec.json.decode(words)), ensure_ascii=False)
