"""One matter reported twice, or two reported as one: merge, separate, split. All stay readable, and all can be undone."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from linli.events.actions.course import act, take_step
from linli.events.actions.redrawing import follow_area
from linli.events.actions.reporters_own import require_reporter
from linli.events.actions.reporting import make_from
from linli.events.models import Event, Support
from linli.events.rules import clean_words
from linli.journal.actions import record
from linli.kit.refusal import BadInput, Refused
from linli.people.models import Person

MOST_PARTS = 9


@act
def merge(event: Event, *, into: Event, by: Person | None, at: datetime, text: str = "") -> None:
    """The same matter as `into`, which goes on for both; the reporter of this one follows that one."""
    if into.pk == event.pk:
        raise BadInput(
            "merge_with_itself", _("A matter cannot be merged into itself. Choose the other one."), field="into"
        )
    # Both rows in one order, so that two merges of the same pair crosswise cannot lock each other out.
    locked = {
        one.pk: one for one in Event.objects.select_for_update().filter(pk__in=[event.pk, into.pk]).order_by("pk")
    }
    if not locked[into.pk].is_open:
        raise Refused(
            "other_has_ended", _("%(number)s has ended. Choose a matter that is still open."), number=into.number
        )

    def joined(event: Event) -> None:
        event.merged_into = into

    take_step(event, "merge", by=by, at=at, text=text, set_before=joined, into=into.number)
    record("event.took_in", on=into, by=by, at=at, number=event.number)


@act
def separate(event: Event, *, by: Person | None, at: datetime, text: str = "") -> None:
    """Not the same after all: it goes on where it was before it was merged."""
    other = event.merged_into

    def parted(event: Event) -> None:
        event.merged_into = None

    take_step(event, "separate", by=by, at=at, text=text, set_before=parted, number=other.number if other else "")
    follow_area(event, by=by, at=at)


@act
def support(event: Event, *, of: Event, at: datetime, by: Person | None = None) -> None:
    """The reporter says that theirs is the same matter as `of`, and follows that one too. Nothing is merged by it.

    `by`: one of us who reported it; `None` is whoever holds the receipt.
    """
    require_reporter(event, by)
    if of.pk == event.pk or not of.is_open or not event.is_open:
        raise Refused(
            "other_has_ended", _("%(number)s has ended. Choose a matter that is still open."), number=of.number
        )
    _made, is_new = Support.objects.get_or_create(event=event, defaults={"of": of, "supported_at": at})
    if not is_new:
        raise Refused("supported_already", _("You have said already which matter it is. Take that back first."))
    record("event.supported", on=event, by=by, at=at, number=of.number)
    record("event.was_supported", on=of, by=by, at=at, number=event.number)


@act
def withdraw_support(event: Event, *, at: datetime, by: Person | None = None) -> None:
    """Not the same after all, says the reporter. That they once said so stays in the journal."""
    require_reporter(event, by)
    found = Support.objects.select_for_update().filter(event=event).select_related("of").first()
    if found is None:
        return
    found.delete()
    record("event.support_withdrawn", on=event, by=by, at=at, number=found.of.number)
    record("event.support_withdrawn", on=found.of, by=by, at=at, number=event.number)


@act
def split(event: Event, *, texts: list[str], by: Person | None, at: datetime) -> list[Event]:
    """Several matters in one report: each text becomes a matter of its own, in the same place, under the same clock.

    To undo it, merge the new ones back.
    """
    wanted = [text for text in texts if text.strip()]
    if not 1 <= len(wanted) <= MOST_PARTS:
        raise BadInput("split_into", _("Give the words of one to nine further matters."), field="texts")
    cleaned = [clean_words(text, field="texts") for text in wanted]
    take_step(event, "split", by=by, at=at, count=len(cleaned))
    made = [make_from(event, text, by=by, at=at) for text in cleaned]
    for one in made:
        record("event.split_off", on=one, by=by, at=at, number=event.number)
    return made
