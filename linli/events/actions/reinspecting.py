"""Looking again at a matter that was drawn: it holds, it does not, or it could not be seen."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from linli.events.actions.course import Photos, act, take_step
from linli.events.actions.drawing import CHECKED, LOOKERS
from linli.events.actions.handling import reopen
from linli.events.models import Event, PictureKind, Reinspection
from linli.events.rules import Finding
from linli.journal.models import Entry
from linli.kit.refusal import BadInput, NotYours
from linli.people.actions import on_duty
from linli.people.models import Person


@act
def reinspect(event: Event, *, finding: str, text: str, by: Person | None, at: datetime, photos: Photos = ()) -> None:
    """Record what was found on the spot. What does not hold is taken up again at once, and counts against its closing.

    One look answers every draw the matter waits in. Raises `NotYours` for whoever verified or closed it, and for
    anybody but the one on whom the lot fell, unless that one is away or late.
    """
    if finding not in Finding.values:
        raise BadInput("finding_unknown", _("Choose one of the given answers."), field="finding")
    _require_other(event, by)
    _require_drawn(event, by, at)
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


def _require_other(event: Event, by: Person | None) -> None:
    verbs = Entry.objects.filter(on_key=str(event.pk), verb__in=CHECKED, by=by).values_list("verb", flat=True)
    if by is not None and "event.verified" in verbs:
        raise NotYours("verified_it", _("You verified this matter yourself. Somebody else looks at it again."))
    if by is not None and verbs:
        raise NotYours("closed_it", _("You closed this matter yourself. Somebody else looks at it again."))


def _require_drawn(event: Event, by: Person | None, at: datetime) -> None:
    """Chance chose who looks; others may only where nobody was chosen, or where the chosen one is away or late."""
    rows = list(Reinspection.objects.waiting().filter(event=event).select_related("inspector"))
    if not rows or any(row.inspector is None or row.inspector == by or row.due_at < at for row in rows):
        return
    here = {turn.person.pk for role in LOOKERS for turn in on_duty(event.area_id, at, role)}
    if all(row.inspector_id in here for row in rows):
        raise NotYours(
            "drawn_for_another",
            _("The lot chose %(name)s to look. Others may when they are away, or once the day is over."),
            name=rows[0].inspector.name,  # type: ignore[union-attr]
        )
