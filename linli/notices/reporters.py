"""Messages to reporters go by the same ways as notices: by which, with which words, and what came of it.

Their contact is opened by the worker alone, for the moment of sending; it stands in no delivery and in no log.
"""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from linli.events.actions.telling_reporters import note_sent, reach
from linli.events.models import ReporterMessage
from linli.events.rules import MessageState
from linli.events.story import sentence
from linli.kit.addresses import own_address
from linli.kit.refusal import Refused
from linli.notices.rules import Kind, State

_WAYS = {"telephone": Kind.SMS, "email": Kind.MAIL}
_BECOMES = {
    State.DELIVERED: MessageState.SENT,
    State.UNKNOWN: MessageState.UNKNOWN,
    State.FAILED: MessageState.FAILED,
}


def way_of(message: ReporterMessage, at: datetime) -> Kind | None:
    """By which way its reporter is reached; None if by none, which is noted with the message."""
    try:
        found = reach(message)
    except Refused:
        # Sealed with another home's key: it waits for the right one.
        return None
    if found is None:
        note_sent(message, MessageState.NONE, at=at)
        return None
    return _WAYS[found.kind]


def address_of(message: ReporterMessage) -> dict[str, str] | None:
    """Where it goes; None if the contact was withdrawn meanwhile. Raises `Refused` with another home's key."""
    found = reach(message)
    return {"to": found.to} if found else None


def words_of(message: ReporterMessage) -> str:
    """A plain sentence, the number, and where to read the rest."""
    facts = {
        "number": message.event.number,
        "words": sentence(message),
        "link": own_address(reverse("status", args=[message.event.number])),
    }
    return _("Your report %(number)s: %(words)s %(link)s") % facts


def note(message: ReporterMessage, state: str, at: datetime) -> None:
    """What came of it, at the message itself."""
    if state in _BECOMES:
        note_sent(message, _BECOMES[State(state)], at=at)
