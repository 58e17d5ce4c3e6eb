"""Leaving a complaint or suggestion about linli, and answering it."""

import hashlib
import secrets
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli import __version__
from linli.journal.actions import record
from linli.kit.refusal import BadInput, Refused
from linli.opinions.models import Opinion
from linli.opinions.rules import LONGEST_WORDS, Kind, page_of
from linli.people.actions import scope_of
from linli.people.models import Appointment, Person
from linli.people.rules import Role, not_yours

#: No letters or digits that are taken for one another when read aloud.
_SIGNS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
_CODE = 10


@transaction.atomic
def leave(*, kind: str, words: str, page: str, by: Person | None, at: datetime) -> tuple[Opinion, str]:
    """Keep it, and tell the system administrators; with it the code for reading the answer, which is told once."""
    signs = "".join(secrets.choice(_SIGNS) for _sign in range(_CODE))
    opinion = Opinion.objects.create(
        kind=_kind(kind),
        words=_clean(words),
        page=page_of(page),
        app=__version__,
        left_at=at,
        by=by,
        code_sha256=_digest(signs),
    )
    record("opinion.left", on=opinion, by=by, at=at, tell=_administrators(at), kind=opinion.kind)
    return opinion, f"{signs[:5]}-{signs[5:]}"


@transaction.atomic
def answer(opinion: Opinion, *, words: str, by: Person, at: datetime) -> None:
    """Answer it. Once: whoever has read an answer must not find another one there. Raises `BadInput`, `Refused`."""
    if not scope_of(by, at).holds(Role.SYSTEM_ADMIN):
        raise not_yours()
    said = {"answer": _clean(words), "answered_by": by, "answered_at": at}
    if not Opinion.objects.waiting().filter(pk=opinion.pk).update(**said):
        raise Refused("answered_already", _("It has been answered already. Refresh the page."))
    record("opinion.answered", on=opinion, by=by, at=at, tell=[opinion.by] if opinion.by else [])


def find(code: str) -> Opinion | None:
    """The opinion of this code, however it was typed; None if there is none."""
    signs = "".join(sign for sign in code.upper() if sign.isalnum())
    return Opinion.objects.filter(code_sha256=_digest(signs)).first() if len(signs) == _CODE else None


def _digest(signs: str) -> str:
    return hashlib.sha256(f"linli.opinion {signs}".encode()).hexdigest()


def _kind(kind: str) -> str:
    if kind not in Kind:
        raise BadInput("kind_missing", _("Choose whether it is a complaint or a suggestion."), field="kind")
    return kind


def _clean(words: str) -> str:
    clean = words.replace("\r\n", "\n").replace("\0", "").strip()
    if not clean:
        raise BadInput("text_missing", _("Write something first."), field="words")
    if len(clean) > LONGEST_WORDS:
        raise BadInput("text_too_long", _("At most %(longest)s characters."), longest=LONGEST_WORDS, field="words")
    return clean


def _administrators(at: datetime) -> list[Person]:
    held = Appointment.objects.filter(role=Role.SYSTEM_ADMIN).valid_on(timezone.localdate(at)).values("person")
    return list(Person.objects.filter(pk__in=held, is_active=True))


@transaction.atomic
def forget_answered(before: datetime, *, most: int) -> int:
    """Delete opinions answered before a moment, at most so many; how many. The journal keeps that there were some."""
    due = Opinion.objects.filter(answered_at__lt=before).order_by("answered_at")
    keys = list(due.values_list("pk", flat=True)[:most])
    return Opinion.objects.filter(pk__in=keys).delete()[0] if keys else 0
