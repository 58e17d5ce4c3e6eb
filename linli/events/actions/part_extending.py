"""More time for one part: asked by its department, answered by the lead or the desk, within what was promised."""

from datetime import datetime

from linli.events.actions.joint import officers_in, on_part, write
from linli.events.actions.lengthening import grant, own_clock, within_the_promise
from linli.events.models import Clock, Part
from linli.events.rules import ClockKind
from linli.journal.models import Entry
from linli.kit.media.checking import File
from linli.people.models import Person


@on_part
def ask_part_extension(
    part: Part, *, until: datetime, by: Person | None, at: datetime, text: str, photos: list[File]
) -> Entry:
    """A co-handler asks for more time for its part, before that runs out and never beyond the promise."""
    clock = within_the_promise(part, own_clock(part), until, at)
    Clock.objects.filter(pk=clock.pk).update(extension_asked_until=until)
    return write("event.part_extension_asked", part, by=by, at=at, text=text, needed=True)


@on_part
def extend_part(part: Part, *, by: Person | None, at: datetime, text: str, photos: list[File]) -> Entry:
    """The lead or the desk grants what was asked for, before the part's limit runs out: what has passed has passed."""
    clock = own_clock(part)
    clock = within_the_promise(part, clock, clock.extension_asked_until if clock else None, at)
    grant(clock)
    return write("event.part_extended", part, by=by, at=at, text=text, tell=officers_in(part, at))


@on_part
def refuse_part_extension(part: Part, *, by: Person | None, at: datetime, text: str, photos: list[File]) -> Entry:
    """Why the part's limit stands."""
    Clock.objects.unstopped().filter(part=part, kind=ClockKind.HANDLE).update(extension_asked_until=None)
    return write("event.part_extension_refused", part, by=by, at=at, text=text, needed=True, tell=officers_in(part, at))
