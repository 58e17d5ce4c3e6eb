"""Photos, videos and voice notes that follow their report: how far they are, and each once it is whole.

They come whatever has become of the matter: also one that has ended or was merged gets what its reporter saw.
"""

from datetime import datetime
from typing import Any

from django.db import transaction

from linli.events.actions.course import picture_of, voice_of
from linli.events.models import AwaitedPicture, Event, Picture, PictureKind, Voice
from linli.journal.actions import record
from linli.kit.media.checking import File
from linli.people.models import Person


@transaction.atomic
def receive_picture(event: Event, file: File, *, by: Person | None, at: datetime) -> None:
    """The event has this picture or voice note, which is kept already. Again changes nothing, whichever way it came.

    `by` is the reporter, `None` without an account. Nobody is told: what it shows was told with the words.
    """
    _locked(event)
    AwaitedPicture.objects.filter(event=event, sha256=file.sha256).delete()
    kind: type[Picture] | type[Voice] = Voice if file.is_voice else Picture
    if kind.objects.filter(event=event, sha256=file.sha256).exists():
        return
    facts: dict[str, Any] = {"on": event, "by": by, "at": at, "type": file.type}
    entry = record("event.voice_received" if file.is_voice else "event.photo_received", **facts)
    made = voice_of if file.is_voice else picture_of
    made(event, entry, file, PictureKind.REPORT).save(force_insert=True)


@transaction.atomic
def refuse_picture(event: Event, sha256: str, *, reason: dict[str, Any], by: Person | None, at: datetime) -> None:
    """What was awaited came and cannot be taken. `reason` as `kit.refusal.to_keep` makes it. Again changes nothing."""
    _locked(event)
    awaited = AwaitedPicture.objects.filter(event=event, sha256=sha256, refusal__isnull=True)
    one = awaited.first()
    if one is not None and awaited.update(refusal=reason, received=0):
        facts: dict[str, Any] = {"on": event, "by": by, "at": at, "why": reason["code"]}
        record("event.voice_refused" if one.is_voice else "event.photo_refused", **facts)


def note_arrival(event_key: Any, sha256: str, received: int) -> None:
    """So many bytes of an awaited picture are here. For people to see; no act, and not in the journal."""
    AwaitedPicture.objects.filter(event=event_key, sha256=sha256, refusal__isnull=True).update(received=received)


def _locked(event: Event) -> None:
    """Two who bring the same picture take turns."""
    Event.objects.select_for_update().only("pk").get(pk=event.pk)
