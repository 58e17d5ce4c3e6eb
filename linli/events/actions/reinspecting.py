"""Looking again at a matter that was drawn: it holds, it does not, or it could not be seen."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from linli.events.actions.course import Photos, act, take_step
from linli.events.actions.handling import reopen
from linli.events.models import Event, PictureKind, Reinspection
from linli.events.rules import Finding
from linli.kit.refusal import BadInput
from linli.people.models import Person


@act
def reinspect(event: Event, *, finding: str, text: str, by: Person | None, at: datetime, photos: Photos = ()) -> None:
    """Record what was found on the spot. What does not hold is taken up again at once, and counts against its closing.

    One look answers every draw the matter waits in. Raises `NotYours` for whom `drawing.barred_from_looking` names.
    """
    if finding not in Finding.values:
        raise BadInput("finding_unknown", _("Choose one of the given answers."), field="finding")
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
