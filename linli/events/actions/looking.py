"""Looking at an original: the file as it was sent, with all that its hidden data says. Each look is an act."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from linli.events.actions.course import standing_of, write_beside
from linli.events.models import Event, Picture, PictureKind
from linli.events.rules import clean_words, may_open_originals
from linli.journal.actions import record
from linli.kit.refusal import NotYours
from linli.people.models import Person


@transaction.atomic
def open_original(event: Event, picture: Picture, *, by: Person, at: datetime, reason: str = "") -> None:
    """Note that this person looks at the original of a picture of the event. Raises `NotYours`, `BadInput`."""
    words = clean_words(reason, field="reason", longest=200)
    if not may_open_originals(standing_of(event, by, at)):
        raise NotYours(
            "not_yours", _("Originals are for those who handle this matter: its desk and the departments it is with.")
        )
    entry = record("event.original_opened", on=event, by=by, at=at, picture=picture)
    write_beside(event, entry, words=words, for_reporter=False, photos=(), kind=PictureKind.REPORT)
