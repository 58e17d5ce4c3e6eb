"""A mail becomes a kept report, by the same check and the same store as everything that comes to the hatch."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from linli.events.rules import MAX_TEXT
from linli.intake.accept import Row, Sender, accept
from linli.intake.answering import Answering
from linli.intake.mail.reading import Mail
from linli.intake.models import SenderKind
from linli.intake.reports import canonical
from linli.intake.stores import Store
from linli.kit.media import keeping
from linli.kit.media.checking import File
from linli.kit.refusal import BadInput

#: What such a row is called among the kinds of the digest; the hatch takes none of this kind from outside.
KIND = "mail"
_SENDER = Sender(SenderKind.KEY)
_LONGEST_WORDS = 40_000


def keep(mail: Mail, *, area: str, answering: Answering, store: Store, at: datetime) -> UUID:
    """Commit it. The key of its row: of the one before, if it was kept already. Raises `BadInput`; nothing is kept then."""
    content = _content(mail, area)
    row = _row(content, mail.key, answering, at)
    (first,) = store.keep([row])
    if first is not None and first.digest != row.digest:
        # Another message under the id of one that is here: a fault, or malice. It is a report all the same.
        row = _row(content, f"{mail.key} {row.digest.hex()}", answering, at)
        (first,) = store.keep([row])
    return first.id if first is not None else row.id


def _row(content: dict[str, Any], key: str, answering: Answering, at: datetime) -> Row:
    sent = content | {"id": str(uuid5(NAMESPACE_URL, f"mid:{key}"))}
    row = accept(json.dumps(sent).encode(), _SENDER, answering, received_at=at, sent_at=None)
    # The photos of a report will follow; these are here.
    rest = {name: value for name, value in sent.items() if name not in ("photos", "contact")}
    return row._replace(kind=KIND, content=canonical(rest | {"attached": sent["photos"]}))


def _content(mail: Mail, area: str) -> dict[str, Any]:
    """The same for the same message, whenever it is fetched."""
    photos, broken = _photos(mail.photos)
    content: dict[str, Any] = {
        "title": mail.subject[:200],
        "text": mail.text[:MAX_TEXT] or ("" if photos else mail.subject[:200]),
        "area": area,
        "contact": mail.sender,
        "photos": [asdict(one) | {"taken_at": one.taken_at and one.taken_at.isoformat()} for one in photos],
        "left": mail.left + broken,
    }
    if len(mail.text) > MAX_TEXT:
        content["words"] = mail.text[:_LONGEST_WORDS]
    return content


def _photos(contents: Sequence[bytes]) -> tuple[list[File], int]:
    """Those that are photos, kept; and how many are not."""
    kept: dict[str, File] = {}
    broken = 0
    for content in contents:
        try:
            photo = keeping.keep(content)
        except BadInput:
            broken += 1
            continue
        kept[photo.sha256] = photo
    return list(kept.values()), broken


def attached(sent: dict[str, Any]) -> list[File]:
    """The photos of a kept mail."""
    found = []
    for one in sent.get("attached", []):
        taken_at = datetime.fromisoformat(one["taken_at"]) if one.get("taken_at") else None
        position = (one["position"][0], one["position"][1]) if one.get("position") else None
        found.append(File(**one | {"taken_at": taken_at, "position": position}))
    return found
