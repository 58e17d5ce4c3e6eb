"""What a delivery says: a sentence, a number and a link. No names, no places, no contacts; whoever may, reads on behind it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from linli.events.models import Event
from linli.events.telling import SENTENCES
from linli.journal.models import Entry
from linli.kit.addresses import own_address
from linli.kit.prepared import Prepared
from linli.notices.about import about
from linli.notices.letters import WRITERS, Words
from linli.notices.models import Channel, Delivery
from linli.notices.reporters import words_of
from linli.notices.rules import Purpose


def compose(delivery: Delivery, code: str = "", entries: Sequence[Entry] = ()) -> Words:
    """The words of a delivery, in the language of whoever gets it. `entries`: the acts it tells of, if it tells of any."""
    if delivery.letter is not None:
        return WRITERS[delivery.letter.topic].words(delivery.letter)
    with translation.override(_language(delivery.channel)):
        if delivery.reporter_message is not None:
            return Words(words_of(delivery.reporter_message), "")
        if delivery.purpose == Purpose.CODE:
            return Words(_("Your code is %(code)s. It holds for 15 minutes.") % {"code": code}, "")
        if delivery.purpose == Purpose.TEST:
            return Words(_("A test: notices reach you here."), own_address(reverse("notices")))
        return _of_notices(entries, _IN_APP if _is_app(delivery.channel) else _AT_DESK)


def _is_app(channel: Channel | None) -> bool:
    return channel is not None and channel.installation is not None


@dataclass(frozen=True)
class Places:
    """Where several news are read, and those of one matter by its key."""

    news: Callable[[], str]
    matter: Callable[[str], str]


_AT_DESK = Places(lambda: reverse("notices"), lambda key: reverse("events:show", args=[key]))
#: Whoever is rung in the field stays in the app, which has the matter also without a network.
_IN_APP = Places(lambda: reverse("field:shell") + "#grid", lambda key: f"{reverse('field:shell')}#task/{key}")


def _language(channel: Channel | None) -> str:
    chosen = channel.person.language if channel is not None and channel.person is not None else ""
    return chosen or settings.LANGUAGE_CODE


def _of_notices(entries: Sequence[Entry], places: Places) -> Words:
    keys = list(dict.fromkeys((one.on_kind, one.on_key) for one in entries))
    if len(keys) > 1 and any(kind != "event" for kind, _key in keys):
        return Words(_("There is news for you."), own_address(places.news()))
    if len(keys) > 1:
        words = ngettext("%(n)s matter has news for you.", "%(n)s matters have news for you.", len(keys))
        return Words(words % {"n": len(keys)}, own_address(places.news()))
    entry = entries[-1]
    if said := about(entry):
        return Words(said.words(entry.facts), own_address(said.link(entry.on_key)))
    number = _number(entry)
    if not number:
        return Words(_("There is news for you."), own_address(places.news()))
    facts = {"number": number, "words": act_words(entry.verb), "n": len(entries)}
    if len(entries) > 1:
        words = ngettext("%(number)s: %(n)s piece of news.", "%(number)s: %(n)s pieces of news.", len(entries)) % facts
    else:
        words = _("%(number)s: %(words)s.") % facts
    return Words(words, own_address(places.matter(entry.on_key)))


def act_words(verb: str) -> str:
    """What was done, by the verb alone."""
    return str(SENTENCES.get(verb, _("There is news for you.")))


def _number(entry: Entry) -> str:
    if entry.on_kind != "event":
        return ""
    return _number_of.one(UUID(entry.on_key)) or ""


@Prepared
def _number_of(event: UUID) -> QuerySet[Any, str]:
    return Event.objects.filter(pk=event).values_list("number", flat=True)
