"""What is kept of somebody: found by a telephone number, a mailbox or a receipt, counted for the office, copied for them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.events import story
from linli.events.actions import forgetting
from linli.events.models import Contact, Event, Statement
from linli.intake import kept_contacts
from linli.intake.models import Kept
from linli.kit.refusal import BadInput
from linli.mediation.actions.marks import telephone_mark_of
from linli.mediation.models import Party
from linli.openness.actions import followed_by
from linli.openness.models import Subscription
from linli.privacy.models import PersonRequest
from linli.privacy.rules.requests import Proof

#: What can be found and done, by code, in the order in which it is told.
FOUND: dict[str, Any] = {
    "matters": gettext_lazy("Matters reported"),
    "contacts": gettext_lazy("Contacts kept with them"),
    "own_words": gettext_lazy("Own words written down"),
    "set_aside": gettext_lazy("Reports that are no matters yet, with their contacts"),
    "disputes": gettext_lazy("Disputes as a party"),
    "followed": gettext_lazy("Areas followed by mail"),
    "deleted_contacts": gettext_lazy("Contacts deleted"),
    "deleted_own_words": gettext_lazy("Own words deleted"),
    "deleted_followed": gettext_lazy("Areas no longer followed, address deleted"),
    "corrected": gettext_lazy("Contacts corrected"),
    "held": gettext_lazy("Held back for a proceeding"),
}


@dataclass(frozen=True)
class Held:
    """Rows that are about somebody."""

    events: Sequence[Event] = ()
    parties: Sequence[Party] = ()
    followed: Sequence[Subscription] = ()
    #: Reports that were set aside: each has a contact.
    kept: Sequence[Kept] = ()
    with_contact: frozenset[UUID] = field(default_factory=frozenset)
    with_words: frozenset[UUID] = field(default_factory=frozenset)

    @property
    def counts(self) -> dict[str, int]:
        """How many of each kind."""
        return {
            "matters": len(self.events),
            "contacts": len(self.with_contact),
            "own_words": len(self.with_words),
            "set_aside": len(self.kept),
            "disputes": len(self.parties),
            "followed": len(self.followed),
        }


def held_of(request: PersonRequest) -> Held:
    """What is kept of whoever asks: of the holder of a receipt that matter, else all in the area of the request under this number
    or mailbox.
    """
    words = request.words
    if request.proof == Proof.RECEIPT:
        return _with(Event.objects.filter(number=words["number"]).select_related("category", "area"))
    reach = words["reach"]
    events = Event.objects.filter(pk__in=forgetting.matters_of(reach, under=request.area_id)).select_related(
        "category", "area"
    )
    kept = kept_contacts.kept_of(reach, under=request.area_id)
    return _with(events.order_by("reported_at"), parties=_parties_of(reach), followed=_followed_by(reach), kept=kept)


def _with(events: Any, **others: Any) -> Held:
    rows = list(events)
    keys = [one.pk for one in rows]
    return Held(
        events=rows,
        with_contact=frozenset(Contact.objects.filter(event__in=keys).values_list("event", flat=True)),
        with_words=frozenset(
            Statement.objects.filter(event__in=keys).exclude(words="").values_list("event", flat=True)
        ),
        **others,
    )


def _parties_of(reach: str) -> list[Party]:
    if "@" in reach:
        return []
    marks = [telephone_mark_of(one) for one in {reach, *forgetting.reaches_in(reach)}]
    return list(Party.objects.filter(telephone_mark__in=marks).select_related("dispute").order_by("pk"))


def _followed_by(reach: str) -> list[Subscription]:
    try:
        return list(followed_by(reach)) if "@" in reach else []
    except BadInput:
        return []


# --- the copy -----------------------------------------------------------------------------------------------------------


def copy_of(request: PersonRequest) -> dict[str, Any]:
    """All that is kept of whoever asks, in words; for them alone. Nothing of other people stands in it."""
    held = held_of(request)
    return {
        "reported": [_matter(one) for one in held.events],
        "set_aside": [_set_aside(one, request.words["reach"]) for one in held.kept],
        "disputes": [_dispute(one) for one in held.parties],
        "followed": [
            {"area": str(one.area), "since": _day(one.asked_at), "address": one.address["to"]} for one in held.followed
        ],
        "request": {"kind": str(request.get_kind_display()), "asked": _day(request.asked_at), **_own(request.words)},
    }


def _matter(event: Event) -> dict[str, Any]:
    contact = Contact.objects.filter(event=event).first()
    statement = Statement.objects.filter(event=event).first()
    said = {
        "number": event.number,
        "reported": _day(event.reported_at),
        "category": str(event.category or ""),
        "area": str(event.area),
        "place": event.place,
        "words": event.text,
        "own_words": statement.words if statement else "",
        "contact": forgetting.words_of(contact) if contact else "",
        "state": str(event.get_state_display()),
        "outcome": event.outcome,
        "photos": event.pictures.filter(kind="report").count(),
        # As its reporter reads it on the status page: what they added and answered, and what they were told.
        "course": [_happened(one) for one in reversed(story.lines(event))],
    }
    return {name: value for name, value in said.items() if value not in ("", 0, [])}


def _set_aside(row: Kept, reach: str) -> dict[str, Any]:
    told = kept_contacts.told_of(row, reach)
    words = " ".join(told[name] for name in ("title", "text") if name in told)
    said = {
        "reported": _day(row.received_at),
        "place": told.get("place", ""),
        "words": words,
        "contact": told["contact"],
    }
    return {name: value for name, value in said.items() if value}


def _happened(line: story.Line) -> str:
    return f"{_day(line.at)} · {line.words}" + (f" · {line.remark}" if line.remark else "")


def _dispute(party: Party) -> dict[str, Any]:
    words = party.words
    own = {name: words[name] for name in ("name", "telephone", "address", "mail") if words.get(name)}
    more = _("It holds more, also of the other side: the mediator shows it to the parties.")
    return {"number": party.dispute.number, "state": str(party.dispute.get_state_display()), **own, "dossier": more}


def _own(words: dict[str, str]) -> dict[str, str]:
    return {name: words[name] for name in ("name", "reach", "words") if words.get(name)}


def _day(at: Any) -> str:
    return date_format(timezone.localtime(at), "DATE_FORMAT")


def _in_lines(value: Any) -> Any:
    return "\n".join(value) if isinstance(value, list) else value


#: The names of a copy in words, for the page.
NAMES: dict[str, Any] = {
    "number": gettext_lazy("Number"),
    "reported": gettext_lazy("Reported"),
    "category": gettext_lazy("Category"),
    "area": gettext_lazy("Area"),
    "place": gettext_lazy("Place"),
    "words": gettext_lazy("Words"),
    "own_words": gettext_lazy("Own words"),
    "contact": gettext_lazy("Contact"),
    "state": gettext_lazy("State"),
    "outcome": gettext_lazy("Result"),
    "photos": gettext_lazy("Photos"),
    "course": gettext_lazy("What happened so far"),
    "name": gettext_lazy("Name"),
    "telephone": gettext_lazy("Telephone"),
    "address": gettext_lazy("Address"),
    "mail": gettext_lazy("E-mail"),
    "since": gettext_lazy("Since"),
    "dossier": gettext_lazy("Dossier"),
    "kind": gettext_lazy("Kind"),
    "asked": gettext_lazy("Asked"),
    "reach": gettext_lazy("Telephone or mailbox"),
}


def sections_of(copy: dict[str, Any]) -> list[tuple[str, list[list[tuple[str, Any]]]]]:
    """A copy as sections of rows for a page: [(heading, [[(name, value)]])], without those that hold nothing."""
    headings = {
        "reported": _("What you reported"),
        "set_aside": _("What you reported, and is no matter yet"),
        "disputes": _("Disputes where you are a party"),
        "followed": _("Areas you follow"),
        "request": _("This request"),
    }
    found = []
    for code, heading in headings.items():
        rows = copy[code] if isinstance(copy[code], list) else [copy[code]]
        told = [[(str(NAMES[name]), _in_lines(value)) for name, value in row.items()] for row in rows]
        found += [(heading, told)] if told else []
    return found
