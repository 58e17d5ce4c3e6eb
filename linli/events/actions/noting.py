"""Words and photos kept with a matter whatever state it is in: a note, or an act that came after it had moved on."""

from collections.abc import Sequence
from datetime import datetime

from linli.events.actions.course import PAST, Photos, act, comes_of, note_hand, people_told, standing_of, write_beside
from linli.events.models import Event, PictureKind
from linli.events.rules import Audience, clean_words
from linli.journal.actions import record
from linli.journal.models import Entry
from linli.kit.media.checking import File
from linli.people.actions import scope_of
from linli.people.models import Person
from linli.people.rules import Role, not_yours

#: What acts on a part are called in the journal, where somebody in the field takes them.
_PAST_OF_PARTS = {
    "arrive": "arrived",
    "excuse": "excused",
    "answer_part": "part_answered",
    "verify_part": "part_verified",
}
#: Whoever meant one of these had a hand in handling it, and never verifies it.
_HANDLING = frozenset({"sign_for", "handle", "submit_result", "self_handle", "answer_part"})
#: What the photos of an act show; of all others, how it looked.
_SHOWS: dict[str, str] = {
    **dict.fromkeys(("self_handle", "submit_result", "answer_part"), PictureKind.AFTER),
    **dict.fromkeys(("verify", "rework", "reinspect", "verify_part"), PictureKind.CHECK),
}


@act
def note(
    event: Event,
    *,
    by: Person | None,
    at: datetime,
    text: str = "",
    photos: Photos | Sequence[File] = (),
    step: str = "",
    overtaken: bool = False,
) -> Entry:
    """Keep words and photos; nothing else changes. Desk and handlers are told.

    `step`: what they were sent with; `overtaken`: it could not be taken any more. `by=None` is whoever holds its receipt.
    Raises `BadInput` for nothing at all, `NotYours` for a matter out of sight that they did not report.
    """
    words = clean_words(text, field="text", required=not photos)
    _require_in_sight(event, by, at)
    if by is not None and (step in _HANDLING or (not step and Role.HANDLER in standing_of(event, by, at).roles)):
        note_hand(event, by)
    told = people_told(event, (Audience.DESK, Audience.HANDLERS), at)
    meant = (PAST | _PAST_OF_PARTS).get(step) if overtaken else None
    facts = {"meant": f"event.{meant}"} if meant else {}
    entry = record("event.noted", on=event, by=by, at=at, tell=told, **facts, **comes_of())
    shows = PictureKind.REPORT if by is None else _SHOWS.get(step, PictureKind.BEFORE)
    write_beside(event, entry, words=words, for_reporter=by is None, photos=photos, kind=shows)  # type: ignore[arg-type]
    return entry


def _require_in_sight(event: Event, by: Person | None, at: datetime) -> None:
    if by is None or event.reported_by_id == by.pk:
        return
    if not Event.objects.visible_to(scope_of(by, at)).filter(pk=event.pk).exists():
        raise not_yours()
