"""What is known of each photo, video and voice note on its way: begun, checked, refused, given to the matter once that is there.

Every step may be done again after a crash: keeping goes by content, and the mark on the upload and the picture of the event
are written in one transaction.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_lazy as _

from linli.events import actions
from linli.events.models import AwaitedPicture, Event
from linli.intake import media_parts
from linli.intake.accept import Sender
from linli.intake.acts import KIND as ACT
from linli.intake.acts import taking
from linli.intake.media_parts import DiskFull, Gone, Part
from linli.intake.models import Kept, KeptState, SenderKind, Upload, UploadState
from linli.intake.reports import ALBUM, ExpectedPhoto
from linli.intake.senders import sent_by
from linli.intake.turned import Turned
from linli.kit.media.checking import VOICE, File, is_complete
from linli.kit.media.inside.limits import MAX_PHOTO_BYTES, MAX_VIDEO_BYTES, MAX_VOICE_BYTES
from linli.kit.media.keeping import NotKept, keep_file
from linli.kit.media.why import refused
from linli.kit.refusal import BadInput, Refused, to_keep
from linli.people.models import Person

MOST = {"photo": MAX_PHOTO_BYTES, "video": MAX_VIDEO_BYTES, "voice": MAX_VOICE_BYTES}
#: By the beginning of the type that the device named; whatever it named otherwise is measured as a video.
_KINDS = {"image/": "photo", VOICE: "voice"}
#: A part that nobody has added to for so long is dropped; the phone begins again should it come after all.
ABANDONED_AFTER = timedelta(days=7)
#: A part that is whole and was not finished for so long was left by a process that died.
LEFT_BEHIND_S = 60
_SLICE = 50


def upload_of(report: UUID, sha256: str, sender: Sender) -> Upload:
    """The upload of a file that this sender's report named; not stored before its first byte. Raises `Turned`."""
    kept = sent_by(sender, report).first()
    if kept is None:
        raise Turned(404, "no_such_report", _("No report of yours was kept under this id."))
    found = Upload.objects.filter(kept=kept, sha256=sha256).first()
    if found is not None:
        found.kept = kept
        return found
    named = next((one for one in _named(kept) if one.sha256 == sha256), None)
    if named is None:
        raise Turned(
            404,
            "not_named",
            _("The report named no photo, video or voice note with this hash. More can be added on its status page."),
        )
    return Upload(kept=kept, sha256=sha256, size=named.size, media_type=named.media_type)


def told_of(kept: Kept) -> list[dict[str, Any]]:
    """Every photo and video that the report named, and how far each has come."""
    known = {one.sha256: one for one in kept.uploads.order_by("pk")}
    named = {one.sha256: Upload(kept=kept, **one._asdict()) for one in _named(kept)}
    return [told(one) for one in (named | known).values()]


def told(upload: Upload) -> dict[str, Any]:
    """One of them: `expected`, `coming`, `received` or `refused` with the reason."""
    here = Part(upload.kept.pk, upload.sha256).length() if upload.state == UploadState.COMING else 0
    state = "expected" if upload.state == UploadState.COMING and not here else upload.state
    told = {
        "sha256": upload.sha256,
        "size": upload.size,
        "state": str(state),
        "received": upload.size if upload.state == UploadState.RECEIVED else here,
    }
    if upload.state == UploadState.REFUSED:
        told["error"] = {"code": (upload.reason or {}).get("code", ""), "message": upload.why}
    return told


def begin(upload: Upload, at: datetime) -> None:
    """The first byte is about to come. Raises `Turned` for what is too large, which is remembered."""
    if upload.pk is None:
        known = {"size": upload.size, "media_type": upload.media_type, "changed_at": at}
        stored, _is_new = Upload.objects.get_or_create(kept=upload.kept, sha256=upload.sha256, defaults=known)
        upload.pk, upload.state, upload.reason = stored.pk, stored.state, stored.reason
    if upload.state == UploadState.REFUSED and _can_now(upload):
        upload.state, upload.reason = UploadState.COMING, None
        Upload.objects.filter(pk=upload.pk).update(state=upload.state, reason=None, settled_at=None)
    kind = next((kind for begin, kind in _KINDS.items() if upload.media_type.startswith(begin)), "video")
    if upload.state == UploadState.COMING and upload.size > MOST[kind]:
        _refuse(upload, refused(f"media_{kind}_too_large", most=MOST[kind] // 1_000_000), at)


def _can_now(upload: Upload) -> bool:
    """It was refused for want of a program that has been installed since."""
    return (upload.reason or {}).get("code") == "media_needs_extra" and is_complete()


def note(upload: Upload, received: int, at: datetime) -> None:
    """A sending of it has ended, with so much here."""
    Upload.objects.filter(pk=upload.pk, state=UploadState.COMING).update(received=received, changed_at=at)
    event = event_of(upload.kept)
    if event is not None:
        actions.note_arrival(event.pk, upload.sha256, received)


def finish(upload: Upload, at: datetime) -> None:
    """All bytes are here: check and keep them, and give the picture to the event if that is there.

    What cannot be taken is remembered with the reason. Raises `Turned`: `hash_differs` (the part is dropped, begin again) or
    what hinders it now (the part stays). Raises `DiskFull`.
    """
    part = Part(upload.kept.pk, upload.sha256)
    try:
        with part.finishing() as path:
            if part.sha256() != upload.sha256:
                part.drop()
                note(upload, 0, at)
                raise Turned(
                    422,
                    "hash_differs",
                    _("What arrived is not the file that was named; something was changed on the way. Send it again."),
                )
            _check_and_keep(upload, path, at)
            part.drop()
    except Gone:
        pass
    look_again(upload)
    settle(upload.pk, at)


def _check_and_keep(upload: Upload, path: Path, at: datetime) -> None:
    try:
        file = keep_file(path, as_voice=upload.media_type.startswith(VOICE))
    except BadInput as why:
        if why.code == "media_too_slow" and upload.reason is None:
            # On a loaded machine that need not be the fault of the file: it has a second try.
            Upload.objects.filter(pk=upload.pk, state=UploadState.COMING).update(reason=to_keep(why))
            raise _later(why) from None
        _refuse(upload, why, at)
    except NotKept as why:
        if getattr(why.__cause__, "errno", None) in media_parts.FULL:
            raise DiskFull from None
        raise _later(why) from None
    else:
        _received(upload, file, at)


def _later(why: Refused) -> Turned:
    return Turned(503, why.code, why._message, retry_after=60, **why.facts)


def look_again(upload: Upload) -> None:
    """Another connection may have brought it to its end meanwhile."""
    upload.refresh_from_db(fields=["state", "reason", "received"])


def refusal(upload: Upload) -> Turned:
    """The refusal that is remembered, to be told again."""
    reason = upload.reason or {}
    return Turned(422, reason.get("code", "refused"), gettext_lazy(reason.get("words", "")), **reason.get("facts", {}))


def _refuse(upload: Upload, why: Refused, at: datetime) -> None:
    upload.state, upload.reason = UploadState.REFUSED, to_keep(why)
    Upload.objects.filter(pk=upload.pk, state=UploadState.COMING).update(
        state=upload.state, reason=upload.reason, received=0, changed_at=at
    )


def _received(upload: Upload, file: File, at: datetime) -> None:
    found = replace(file, from_album=_is_from_album(upload))
    Upload.objects.filter(pk=upload.pk, state=UploadState.COMING).update(
        state=UploadState.RECEIVED, found=msgspec.to_builtins(asdict(found)), received=file.size, changed_at=at
    )


def _is_from_album(upload: Upload) -> bool:
    named = _photos_of(upload.kept) if upload.kept.content else []
    return any(one.sha256 == upload.sha256 and one.source == ALBUM for one in named)


# --- to the event -----------------------------------------------------------------------------------------------------


def settle(key: int, at: datetime) -> bool:
    """Give a received picture to the event, or tell it of a refusal. False while there is no event yet. Again is fine."""
    with transaction.atomic():
        upload = (
            Upload.objects.select_for_update()
            .filter(pk=key, settled_at__isnull=True)
            .exclude(state=UploadState.COMING)
            .first()
        )
        if upload is None:
            return True
        if upload.kept.kind == ACT:
            # It is given to the matter with the act, which waits until all of its photos are there.
            taking.arrived(upload, at)
            Upload.objects.filter(pk=key).update(settled_at=at)
            return True
        event = event_of(upload.kept)
        if event is None:
            return False
        if upload.state == UploadState.RECEIVED:
            actions.receive_picture(event, _file(upload), by=_reporter(upload.kept), at=at)
        else:
            actions.refuse_picture(event, upload.sha256, reason=upload.reason or {}, by=_reporter(upload.kept), at=at)
        Upload.objects.filter(pk=key).update(settled_at=at, found=None)
    return True


def to_settle() -> QuerySet[Upload]:
    """What came before its event was there, and that is there now; and what an act may be waiting for."""
    ended = Upload.objects.filter(state__in=(UploadState.RECEIVED, UploadState.REFUSED), settled_at__isnull=True)
    return ended.filter(Q(kept__state=KeptState.DIGESTED) | Q(kept__kind=ACT)).order_by("pk")


def settle_waiting(at: datetime) -> int:
    """Settle some of those; how many."""
    return sum(settle(key, at) for key in list(to_settle().values_list("pk", flat=True)[:_SLICE]))


def event_of(kept: Kept) -> Event | None:
    """The matter a report became: under its key, or entered by hand."""
    number = (kept.reason or {}).get("facts", {}).get("number") if kept.state == KeptState.DIGESTED else None
    return Event.objects.filter(number=number).first() if number else Event.objects.filter(pk=kept.pk).first()


def _reporter(kept: Kept) -> Person | None:
    return Person.objects.filter(pk=kept.sender_key).first() if kept.sender == SenderKind.PERSON else None


def _file(upload: Upload) -> File:
    return msgspec.convert(upload.found, File)


def _named(kept: Kept) -> Sequence[actions.Awaited]:
    """What the report said will follow, each once. Once its content is gone, the event knows what has not come."""
    if kept.content:
        photos = _photos_of(kept)
        return list({one.sha256: actions.Awaited(one.sha256, one.size, one.type) for one in photos}.values())
    event = event_of(kept)
    awaited = AwaitedPicture.objects.filter(event=event) if event else AwaitedPicture.objects.none()
    return [actions.Awaited(one.sha256, one.size, one.media_type) for one in awaited]


def _photos_of(kept: Kept) -> list[ExpectedPhoto]:
    return msgspec.json.decode(bytes(kept.content), type=_Named).photos


class _Named(msgspec.Struct):
    photos: list[ExpectedPhoto] = []


# --- by the clock -----------------------------------------------------------------------------------------------------


def put_in_order(at: datetime) -> int:
    """Finish parts that are whole and drop those that nobody needs or adds to any more; how many."""
    done = 0
    for report, sha256, age_s in list(media_parts.all_parts()):
        if age_s > LEFT_BEHIND_S:
            upload = Upload.objects.select_related("kept").filter(kept=report, sha256=sha256).first()
            done += _put_in_order(Part(report, sha256), upload, age_s, at)
    return done


def _put_in_order(part: Part, upload: Upload | None, age_s: float, at: datetime) -> bool:
    if upload is None or upload.state != UploadState.COMING:
        part.drop()
    elif age_s > ABANDONED_AFTER.total_seconds():
        part.drop()
        note(upload, 0, at)
    elif part.length() == upload.size:
        with suppress(Refused, DiskFull):
            finish(upload, at)
    else:
        return False
    return True
