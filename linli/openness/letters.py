"""Letters to those who follow an area: when there is news, how many matters are new and how many have ended, and links.

The worker makes them. Once written a letter goes the way of all mail of this home (`notices.course`): tried again under the
same key, and to be seen in the log without its address.
"""

import uuid
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from linli.areas.models import Area
from linli.kit.addresses import own_address
from linli.kit.prepared import Prepared
from linli.notices.letters import Words, forget_old, write
from linli.notices.models import Letter
from linli.notices.rules import Kind
from linli.notices.sending import ways_set
from linli.openness.actions import CONFIRM, NEWS, TOPIC, stop, token_of
from linli.openness.feeds import in_language
from linli.openness.models import Subscription
from linli.openness.reading import listed
from linli.openness.rules import LETTERS_KEPT, next_letter

__all__ = ["TOPIC", "Writing", "are_due", "are_sent", "forget_sent", "write_due"]
#: Subscriptions looked at in a turn.
_SLICE = 100


def are_sent() -> bool:
    """Whether this home has a mail server to hand them to."""
    return Kind.MAIL in ways_set()


# --- making them --------------------------------------------------------------------------------------------------------


def are_due() -> bool:
    """Whether somebody is to be written to, or an address that nobody confirmed is to be deleted."""
    return bool(_due(timezone.now()))


@Prepared
def _due(at: datetime) -> QuerySet[Any, Any]:
    return Subscription.objects.filter(due_at__lte=at).order_by("due_at").values_list("pk", flat=True)[:_SLICE]


def write_due(at: datetime) -> bool:
    """Write to those who are due; whether there may be more of them."""
    keys = _due(at)
    for key in keys:
        _write(key, at)
    return len(keys) == _SLICE


def forget_sent(at: datetime) -> bool:
    """Delete what was sent long ago; whether there was anything."""
    return forget_old(at - LETTERS_KEPT) > 0


@transaction.atomic
def _write(key: uuid.UUID, at: datetime) -> None:
    """The letter and how far it tells stand together or not at all: a worker that is killed leaves no second one."""
    subscription = Subscription.objects.select_for_update().filter(pk=key, due_at__lte=at).first()
    if subscription is None:
        return
    if subscription.told_until is None:
        stop(subscription)
        return
    new, ended = _news(subscription, subscription.told_until, at)
    if new or ended:
        facts = {"what": NEWS, "area": subscription.area_id, "new": new, "ended": ended}
        letter = uuid.uuid5(key, f"until {at.isoformat()}")
        write(key=letter, topic=TOPIC, to=key, facts=facts, at=at)
    subscription.told_until, subscription.due_at = at, next_letter(timezone.localtime(at), subscription.pace)
    subscription.save(update_fields=["told_until", "due_at"])


def _news(subscription: Subscription, since: datetime, until: datetime) -> tuple[int, int]:
    """How many matters were taken on, and how many ended, since then."""
    events = listed(subscription.area_id, subscription.categories).order_by()
    new = events.filter(accepted_at__gt=since, accepted_at__lte=until).count()
    return new, events.filter(ended_at__gt=since, ended_at__lte=until).count()


# --- what they say ------------------------------------------------------------------------------------------------------


class Writing:
    """Asked by the courier at the moment of sending."""

    def address(self, letter: Letter) -> dict[str, str] | None:
        """Where it goes; None once it is not wanted any more."""
        subscription = Subscription.objects.filter(pk=letter.to).first()
        return subscription.address if subscription else None

    def words(self, letter: Letter) -> Words:
        """Numbers and links: no matter, no place, no person."""
        subscription = Subscription.objects.filter(pk=letter.to).first()
        with translation.override(subscription.language if subscription else None):
            return _confirm(letter) if letter.facts["what"] == CONFIRM else _told(letter)

    def settled(self, letter: Letter, state: str, why: str, at: datetime) -> None:
        """Nobody here asks: what came of it stands in the log of notices."""


def _confirm(letter: Letter) -> Words:
    link = _link(letter)
    more = _(
        "Somebody, perhaps you, gave this address to hear of this area. Open the link and confirm it. If it was not you, do "
        "nothing: the address is deleted after two days, and nothing more is sent."
    )
    area = _name(letter.facts["area"])
    return Words(_("Do you want to follow %(area)s?") % {"area": area}, link, more, _headers(link))


def _told(letter: Letter) -> Words:
    facts = letter.facts
    new = ngettext("%(n)s matter new", "%(n)s matters new", facts["new"]) % {"n": facts["new"]}
    ended = ngettext("%(n)s ended", "%(n)s ended", facts["ended"]) % {"n": facts["ended"]}
    sentence = _("%(area)s: %(new)s, %(ended)s.") % {"area": _name(facts["area"]), "new": new, "ended": ended}
    link = _link(letter)
    more = _("To change this or to get no more letters: %(link)s") % {"link": link}
    page = own_address(reverse("openness:area", args=[facts["area"]])) + in_language()
    return Words(sentence, page, more, _headers(link))


def _name(code: str) -> str:
    return Area.objects.filter(pk=code).values_list("name", flat=True).first() or code


def _link(letter: Letter) -> str:
    return own_address(reverse("openness:letter", args=[token_of(letter.to)])) + in_language()


def _headers(link: str) -> dict[str, str]:
    """What mail programs make a button of (RFC 2369, RFC 8058)."""
    return {"List-Unsubscribe": f"<{link}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
