"""Letters: by mail or text message to somebody who has neither an account nor a matter, as a room above asks for it.

A letter holds codes and numbers alone. Whom it goes to and what it says the room knows, by the topic: it is asked when the
letter is sent, and what it has deleted meanwhile goes nowhere.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.db import transaction

from linli.notices.models import Delivery, Letter
from linli.notices.rules import Kind, Purpose


@dataclass(frozen=True)
class Words:
    """What is sent: one sentence, and the address of a page of this home (empty: none, or it is in the sentence)."""

    sentence: str
    link: str
    #: Of a mail: more lines below the link, and headers of its own.
    more: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def whole(self) -> str:
        """Both in one text."""
        return f"{self.sentence} {self.link}".strip()


class Writer(Protocol):
    """What a room knows of the letters of a topic."""

    def address(self, letter: Letter) -> dict[str, str] | None:
        """Where it goes; None: nowhere any more. Raises `Refused` with another home's key."""

    def words(self, letter: Letter) -> Words:
        """What it says, in the language of whoever gets it."""

    def settled(self, letter: Letter, state: str, why: str, at: datetime) -> None:
        """What came of it in the end, for a room that writes that down. Part of the transaction that settles it."""


#: By topic; rooms put themselves in as they are loaded.
WRITERS: dict[str, Writer] = {}


@transaction.atomic
def write(*, key: UUID, topic: str, to: UUID, facts: dict[str, Any], at: datetime, kind: str = Kind.MAIL) -> bool:
    """Have a letter sent at a moment, now or to come; whether it is new.

    Asked for twice under one key it is one letter, and goes out under that key.
    """
    made = Letter(key=key, topic=topic, to=to, facts=facts, made_at=at)
    Letter.objects.bulk_create([made], ignore_conflicts=True)
    if Delivery.objects.filter(letter=key).exists():
        return False
    Delivery.objects.create(key=key, letter=made, kind=kind, purpose=Purpose.LETTER, made_at=at, due_at=at)
    return True


def forget(*, to: UUID) -> None:
    """Delete every letter to somebody, sent or not, with what came of it."""
    Letter.objects.filter(to=to).delete()


def forget_old(before: datetime) -> int:
    """Delete letters made before a moment; how many."""
    return Letter.objects.filter(made_at__lt=before).delete()[1].get("notices.Letter", 0)
