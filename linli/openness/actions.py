"""Following an area by mail: asked for, confirmed from the mailbox, ended at once and without a trace of the address."""

import hashlib
import hmac
import json
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.areas.models import Area
from linli.kit.keys import new_key
from linli.kit.refusal import BadInput
from linli.kit.sealing import seal
from linli.notices.letters import forget, write
from linli.notices.sending.mail import read_mail
from linli.openness.models import Subscription
from linli.openness.reading import public_categories
from linli.openness.rules import MOST_ASKED, UNCONFIRMED_FOR, Pace, next_letter

TOPIC = "area"
CONFIRM, NEWS = "confirm", "news"
_SIGNER = Signer(salt="linli.openness.letter")


@transaction.atomic
def ask(*, area: Area, address: str, pace: str, categories: Sequence[str], language: str, at: datetime) -> None:
    """Keep the wish and send a letter that asks to confirm it. What is answered is the same for every address.

    Whoever follows the area already is asked likewise, and what they choose takes the place of what was. Raises `BadInput`.
    """
    opened = read_mail(address)
    if pace not in Pace.values:
        raise BadInput("not_a_choice", _("“%(value)s” is not possible here. Choose one of the list."), value=pace[:40])
    chosen = sorted(public_categories(categories).values_list("code", flat=True).distinct()) if categories else []
    mark = _mark(opened)
    lately = Subscription.objects.filter(mark=mark, asked_at__gt=at - UNCONFIRMED_FOR, confirmed_at__isnull=True)
    # Nobody's mailbox is filled by somebody else; and nobody learns that it was tried.
    if lately.count() >= MOST_ASKED:
        return
    key = new_key()
    sealed = seal(json.dumps(opened), bound_to=key.bytes, place="openness.subscription.sealed")
    asked = {"area": area, "categories": chosen, "pace": pace, "language": language, "mark": mark, "asked_at": at}
    Subscription.objects.create(key=key, sealed=sealed, due_at=at + UNCONFIRMED_FOR, **asked)
    write(key=new_key(), topic=TOPIC, to=key, facts={"what": CONFIRM, "area": area.code}, at=at)


@transaction.atomic
def confirm(subscription: Subscription, *, at: datetime) -> None:
    """Begin to write. Confirmed twice it stays as it is; what the same address had of this area before ends."""
    for other in Subscription.objects.select_for_update().filter(mark=subscription.mark, area=subscription.area_id):
        if other.pk != subscription.pk and other.confirmed_at is not None:
            stop(other)
    waiting = Subscription.objects.filter(pk=subscription.pk, confirmed_at__isnull=True)
    waiting.update(confirmed_at=at, told_until=at, due_at=next_letter(timezone.localtime(at), subscription.pace))
    subscription.refresh_from_db()


@transaction.atomic
def stop(subscription: Subscription) -> None:
    """Delete it at once with its address, and every letter to it."""
    forget(to=subscription.key)
    Subscription.objects.filter(pk=subscription.pk).delete()


# --- the link of a letter -----------------------------------------------------------------------------------------------


def token_of(key: UUID) -> str:
    """What a letter has in its links. It is stored nowhere: it follows from the key of this home."""
    return _SIGNER.sign(key.hex).replace(":", ".")


def key_in(token: str) -> UUID | None:
    """The key a token was made of; None for one that this home never made."""
    head, _mark, sign = token[:120].rpartition(".")
    try:
        return UUID(hex=_SIGNER.unsign(f"{head}:{sign}"))
    except (BadSignature, ValueError):
        return None


def _mark(opened: dict[str, str]) -> str:
    # A mailbox is the same however its letters are written.
    words = f"linli follower {opened['to'].casefold()}".encode()
    return hmac.digest(settings.SECRET_KEY.encode(), words, hashlib.sha256).hex()


def followed_by(address: str) -> models.QuerySet[Subscription]:
    """What a mailbox follows. Raises `BadInput` for what is none."""
    return Subscription.objects.filter(mark=_mark(read_mail(address))).select_related("area")
