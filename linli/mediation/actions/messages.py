"""Whether a party wants to be told by text message: its own word, asked at every door and taken back at any time."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from linli.journal.actions import record
from linli.kit.refusal import Refused
from linli.mediation import letters
from linli.mediation.actions.course import require_party, require_step
from linli.mediation.models import Party
from linli.mediation.rules import Way
from linli.mediation.rules.parties import mobile_among, no_mobile, not_a_choice
from linli.people.models import Person


@transaction.atomic
def note_messages(party: Party, *, agrees: bool, way: str, by: Person | None, at: datetime, own: bool = False) -> None:
    """A party agrees to text messages on the mobile number it left, or takes that back. `own`: by its own link.

    Raises `BadInput` without a mobile number, and `Refused` where this home has no gateway. Taking it back is always open;
    what waits to be sent is not sent any more.
    """
    dispute = party.dispute
    require_step("note_messages", dispute, by=by, at=at, party=party if own else None)
    require_party(dispute, party)
    if way not in Way.values:
        raise not_a_choice("way")
    if agrees:
        require_gateway()
        if not mobile_among(party.words):
            raise no_mobile()
    keep_answer(party, at if agrees else None, way if agrees else "")
    verb = "dispute.messages_wanted" if agrees else "dispute.messages_unwanted"
    record(verb, on=dispute, by=by, at=at, party=party, way=way)


def require_gateway() -> None:
    """Raises `Refused` where nothing here could send a text message."""
    if not letters.sends_messages():
        raise Refused(
            "no_gateway", _("This house cannot send text messages yet. Tell the party in person or by telephone.")
        )


def keep_answer(party: Party, since: datetime | None, way: str) -> None:
    """Since when and how it agreed; None and empty: it does not. Part of the act that calls it."""
    Party.objects.filter(pk=party.pk).update(sms_agreed_at=since, sms_agreed_way=way)
    party.sms_agreed_at, party.sms_agreed_way = since, way
