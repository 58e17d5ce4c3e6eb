"""What somebody at the desk or the hotline writes down for another: door, own words, wishes, and the hotline's number."""

import unicodedata
from dataclasses import dataclass

from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from linli.events.models import Event, Statement
from linli.events.rules import HOTLINE_SOURCE, Door, clean_words
from linli.kit.refusal import BadInput, Refused
from linli.people.models import Person

#: A caller may speak for long, and a mail may be long: this much is kept of their own words.
LONGEST_STATEMENT = 40_000
#: As in `reporting`: no letters or digits that are taken for one another when read aloud.
_SIGNS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"


@dataclass(frozen=True, slots=True)
class Taken:
    """A report as somebody else brought it to the keyboard. `order_no`: the number the hotline gave its order."""

    door: str
    words: str = ""
    order_no: str = ""
    wants_call_back: bool = False
    stays_unnamed: bool = False

    @property
    def order(self) -> tuple[str, str]:
        """Source and number under which the event is unique; both empty without an order of the hotline."""
        number = clean_order(self.order_no) if self.door == Door.HOTLINE else ""
        return (HOTLINE_SOURCE, number) if number else ("", "")


def clean_order(number: str) -> str:
    """The hotline's number in one spelling: no full-width signs, no spaces, capitals. Raises `BadInput`."""
    plain = "".join(unicodedata.normalize("NFKC", number).split()).upper()
    if len(plain) > 80 or not plain.isprintable():
        raise BadInput(
            "number_unusable",
            _("“%(number)s” cannot be a number: 80 printable characters at most."),
            number=plain[:20],
            field="order_no",
        )
    return plain


def entered_order(number: str) -> Event | None:
    """The event of this order of the hotline, if it was entered already."""
    plain = clean_order(number)
    # `exclude` says what the partial index says, so that both stores use it.
    known = Event.objects.filter(external_source=HOTLINE_SOURCE, external_no=plain).exclude(external_no="")
    return known.first() if plain else None


def refuse_entered_order(taken: Taken) -> None:
    """Raises `Refused` when this order of the hotline is here already."""
    known = entered_order(taken.order[1])
    if known is not None:
        raise Refused(
            "order_entered",
            _("This order of the hotline has been entered already, as %(number)s."),
            number=known.number,
            field="order_no",
        )


def keep_statement(event: Event, taken: Taken, by: Person | None) -> Statement:
    """Keep the reporter's own words beside the event. Raises `BadInput`."""
    statement = Statement(
        event=event,
        door=taken.door,
        words=clean_words(taken.words, field="words", longest=LONGEST_STATEMENT),
        wants_call_back=taken.wants_call_back,
        stays_unnamed=taken.stays_unnamed,
        entered_by=by,
    )
    statement.save(force_insert=True)
    return statement


def code_of(event: Event) -> str:
    """The code of the receipt of an event that was taken down: made from its key, so that the slip can be shown again."""
    noise = salted_hmac("linli.events.slip", event.pk.bytes.hex(), algorithm="sha512").digest()
    # Bytes that would make the first letters likelier are left out; of 64 there remain ten, for all that is likely.
    even = [byte for byte in noise if byte < 256 - 256 % len(_SIGNS)]
    signs = "".join(_SIGNS[byte % len(_SIGNS)] for byte in even)[:10]
    return f"{signs[:5]}-{signs[5:]}"
