"""Around the sealed contact: writing to the reporter through the matter, asking the desk to open the seal, shielding."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from linli.events.actions.course import people_told, standing_of, write_beside
from linli.events.actions.telling_reporters import tell_reporters
from linli.events.models import Contact, Event, PictureKind, Receipt, Reveal, Shield
from linli.events.rules import LONGEST_REVEAL, MAY_CALL, MAY_KNOW, RELAYING, Audience, clean_words, moved_on
from linli.journal.actions import record
from linli.journal.models import Entry
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.people.actions import scope_of
from linli.people.models import Department, Person
from linli.people.rules import Role, Scope, not_yours


def may_call(event: Event) -> frozenset[Role]:
    """Who may open the contact of this event, and know who reported it."""
    statement = getattr(event, "statement", None)
    return MAY_KNOW if statement is not None and statement.stays_unnamed else MAY_CALL


def knows_reporter(event: Event, scope: Scope) -> bool:
    """Whether this person may know who reported: on the side of its area, and in no department which the matter is about."""
    return bool(scope.roles_in(event.area_id) & may_call(event)) and not is_about(event, scope)


def is_about(event: Event, scope: Scope) -> bool:
    """Whether the matter is about a department of theirs."""
    shield = getattr(event, "shield", None)
    return shield is not None and shield.department_id in scope.departments


def may_open(event: Event, by: Person, at: datetime) -> bool:
    """Whether they may open the sealed contact now: by their role, or because the desk has granted it for a time."""
    scope = scope_of(by, at)
    if knows_reporter(event, scope):
        return True
    granted = Reveal.objects.filter(event=event, asked_by=by).open_at(at).exists()
    return granted and not is_about(event, scope) and bool(standing_of(event, by, at, scope).roles)


def _require(name: str, event: Event, by: Person, at: datetime) -> None:
    if not RELAYING[name] & standing_of(event, by, at).roles:
        raise not_yours()


def times_opened(event: Event) -> int:
    """How often the contact of this event was opened, as the journal has it."""
    return Entry.objects.filter(on_kind="event", on_key=str(event.pk), verb="event.contact_opened").count()


@transaction.atomic
def write_to_reporter(event: Event, *, text: str, by: Person, at: datetime) -> None:
    """A message that the reporter reads on the status page, and answers there. The clock runs on; `ask_supplement` stops it."""
    words = clean_words(text, field="text", required=True)
    _require("write_to_reporter", event, by, at)
    if not Receipt.objects.filter(event=event).exists():
        raise Refused("no_receipt", _("Nobody holds a receipt of this matter: there is no page on which it is read."))
    entry = record("event.reporter_written_to", on=event, by=by, at=at)
    write_beside(event, entry, words=words, for_reporter=True, photos=(), kind=PictureKind.REPORT)
    tell_reporters(event, entry)


@transaction.atomic
def ask_reveal(event: Event, *, reason: str, by: Person, at: datetime) -> Reveal:
    """Ask the desk to open the sealed contact for oneself, with the reason."""
    why = clean_words(reason, field="reason", required=True, longest=200)
    _require("ask_reveal", event, by, at)
    if may_call(event) == MAY_KNOW:
        raise Refused(
            "stays_unnamed",
            _("The reporter wishes to stay unnamed. Write to them here; the answer stands in the matter."),
        )
    if is_about(event, scope_of(by, at)):
        raise NotYours("about_yours", _("This matter is about your own department. Write to the reporter here."))
    if not Contact.objects.filter(event=event).exists():
        raise Refused("no_contact", _("The reporter left no contact, or has withdrawn it."))
    reveal, is_new = Reveal.objects.get_or_create(
        event=event, asked_by=by, answered_at=None, defaults={"asked_at": at, "why": why}
    )
    if not is_new:
        raise Refused("asked_already", _("You have asked already. The desk will answer it."))
    told = people_told(event, (Audience.DESK,), at)
    entry = record("event.reveal_asked", on=event, by=by, at=at, tell=told)
    write_beside(event, entry, words=why, for_reporter=False, photos=(), kind=PictureKind.REPORT)
    return reveal


@transaction.atomic
def grant_reveal(reveal: Reveal, *, hours: int, by: Person, at: datetime) -> None:
    """The desk lets the one who asked open the contact, for so many hours. Each opening still needs a reason."""
    if not 1 <= hours <= LONGEST_REVEAL // timedelta(hours=1):
        raise BadInput("reveal_hours", _("Grant it for 1 to 72 hours."), field="hours")
    event = _answer(reveal, "grant_reveal", by, at, until=at + timedelta(hours=hours))
    record("event.reveal_granted", on=event, by=by, at=at, tell=[reveal.asked_by], hours=hours, to=reveal.asked_by)


@transaction.atomic
def refuse_reveal(reveal: Reveal, *, by: Person, at: datetime) -> None:
    """The desk says no: they write to the reporter through the matter."""
    event = _answer(reveal, "refuse_reveal", by, at, until=None)
    record("event.reveal_refused", on=event, by=by, at=at, tell=[reveal.asked_by], to=reveal.asked_by)


def _answer(reveal: Reveal, name: str, by: Person, at: datetime, *, until: datetime | None) -> Event:
    event = reveal.event
    _require(name, event, by, at)
    if until and (may_call(event) == MAY_KNOW or is_about(event, scope_of(reveal.asked_by, at))):
        raise Refused(
            "stays_unnamed", _("The reporter is not shown to them. Refuse it: they may write to the reporter.")
        )
    waiting = Reveal.objects.waiting().filter(pk=reveal.pk)
    if not waiting.update(answered_by=by, answered_at=at, until=until):
        raise moved_on()
    return event


@transaction.atomic
def shield(event: Event, *, department: Department | None, by: Person, at: datetime) -> None:
    """Say which department the matter is about, or none. Its officers never learn who reported it."""
    _require("shield", event, by, at)
    before = Shield.objects.filter(event=event).first()
    if (before.department_id if before else None) == (department.pk if department else None):
        raise BadInput("nothing_changed", _("Nothing would change. Choose another department."), field="department")
    if department is None:
        Shield.objects.filter(event=event).delete()
        record("event.unshielded", on=event, by=by, at=at)
    else:
        Shield.objects.update_or_create(event=event, defaults={"department": department})
        record("event.shielded", on=event, by=by, at=at, department=department)


def require_other_lead(event: Event, lead: Department, text: str) -> None:
    """Raises `BadInput` when a matter about a department would go to it without a word on why."""
    about = Shield.objects.filter(event=event).values_list("department", flat=True).first()
    if about == lead.pk and not text.strip():
        raise BadInput(
            "about_the_lead",
            _(
                "This matter is about %(department)s itself. Choose another lead, or write why it goes there all the same."
            ),
            department=str(lead),
            field="lead",
        )
