"""Looking again at a matter that was drawn: it holds, it does not, or it could not be seen."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from linli.events.actions.course import Photos, act, take_step
from linli.events.actions.handling import reopen
from linli.events.models import Event, PictureKind, Reinspection
from linli.events.rules import Finding
from linli.journal.models import Entry
from linli.kit.refusal import BadInput, NotYours
from linli.people.models import Person


@act
def reinspect(event: Event, *, finding: str, text: str, by: Person | None, at: datetime, photos: Photos = ()) -> None:
    """Record what was found on the spot. What does not hold is taken up again at once, and counts against its closing.

    One look answers every draw the matter waits in. Raises `NotYours` for whoever verified it.
    """
    if finding not in Finding.values:
        raise BadInput("finding_unknown", _("Choose one of the given answers."), field="finding")
    if by is not None and Entry.objects.filter(on_key=str(event.pk), verb="event.verified", by=by).exists():
        raise NotYours("verified_it", _("You verified this matter yourself. Somebody else looks at it again."))
    take_step(
        event,
        "reinspect",
        by=by,
        at=at,
        text=text,
        reason_needed=finding != Finding.HELD,
        photos=photos,  # type: ignore[arg-type]
        picture_kind=PictureKind.CHECK,
        finding=finding,
    )
    Reinspection.objects.waiting().filter(event=event).update(finding=finding, found_at=at, found_by=by)
    if finding == Finding.NOT_HELD:
        reopen(event, text=text, by=by, at=at)
