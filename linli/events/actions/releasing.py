"""Making a picture public: a draft when a desk asks for one, covered by machine and by hand, shown only once confirmed.

Photos are not looked through beforehand: a draft is made of those somebody wants to show, for no other purpose. What is
confirmed is named by its SHA-256, so it is exactly what the person saw. Boxes are used and forgotten; the rendition stays.
"""

import hashlib
import logging
import subprocess
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from PIL import Image

from linli.events.actions.course import standing_of
from linli.events.models import Event, Picture, Release, ReleaseQuerySet
from linli.events.rules import require_releasing
from linli.journal.actions import record
from linli.kit.media import faces, renditions
from linli.kit.media.faces import Box
from linli.kit.media.storing import store
from linli.kit.refusal import BadInput, Refused
from linli.people.models import Person

log = logging.getLogger(__name__)
MOST_BOXES = 100


def draft_name(sha256: str) -> str:
    """The name in the store of a draft: nothing there is ever public."""
    return f"drafts/{sha256[:2]}/{sha256}.jpg"


def public_name(sha256: str) -> str:
    """The name in the store of what everybody may see."""
    return f"public/{sha256[:2]}/{sha256}.jpg"


@transaction.atomic
def prepare_release(picture: Picture, *, by: Person, at: datetime) -> None:
    """Ask for a draft, or for a new one; the worker makes it. What is public meanwhile stays. Raises `NotYours`, `Refused`."""
    event = _allowed(picture, "prepare_release", by, at)
    _refuse_private(event)
    release = Release.objects.select_for_update().filter(pk=picture.pk).first()
    if release is not None and release.draft_sha256:
        _forget(draft_name(release.draft_sha256))
    nothing = {"draft_sha256": None, "machine_looked": False, "failed_at": None, "withdrawn_at": None}
    asked = {"asked_by": by, "asked_at": at, "wanted_at": at}
    Release.objects.update_or_create(picture=picture, defaults={**asked, **nothing})
    record("event.release_prepared", on=event, by=by, at=at, picture=picture)


def cover(picture: Picture, *, seen: str, boxes: Sequence[Box], by: Person, at: datetime) -> str:
    """Cover these boxes in the draft `seen`; the name of the new draft. Raises `NotYours`, `BadInput`, `Refused`."""
    event = _allowed(picture, "cover", by, at)
    _refuse_odd(boxes)
    if not _drafts(picture, seen).exists():
        raise _moved_on()
    with store().open(draft_name(seen)) as file:
        sha256 = _drafted(Image.open(file), boxes)
    with transaction.atomic():
        if not _drafts(picture, seen).update(draft_sha256=sha256):
            raise _moved_on()
        record("event.picture_covered", on=event, by=by, at=at, picture=picture, boxes=len(boxes))
        if sha256 != seen:
            _forget(draft_name(seen))
    return sha256


@transaction.atomic
def confirm_release(picture: Picture, *, seen: str, by: Person, at: datetime) -> None:
    """Make the draft `seen` public as it is. Raises `Refused` when it has changed since, or the matter is private."""
    event = _allowed(picture, "confirm_release", by, at)
    _refuse_private(event)
    before = Release.objects.select_for_update().filter(pk=picture.pk, draft_sha256=seen).first()
    if not seen or before is None:
        raise _moved_on()
    with store().open(draft_name(seen)) as file:
        store().put(public_name(seen), file.read())
    confirmed = {"public_sha256": seen, "confirmed_by": by, "confirmed_at": at}
    _drafts(picture, seen).update(**confirmed, draft_sha256=None, withdrawn_at=None)
    record("event.picture_released", on=event, by=by, at=at, picture=picture, sha256=seen)
    _forget(draft_name(seen))
    if before.public_sha256 not in (None, seen):
        _forget(public_name(before.public_sha256))


@transaction.atomic
def withdraw_release(picture: Picture, *, by: Person, at: datetime) -> None:
    """Show it to nobody any more, and drop what was prepared. Raises `NotYours`, and `Refused` when nothing is there."""
    event = _allowed(picture, "withdraw_release", by, at)
    release = Release.objects.select_for_update().filter(pk=picture.pk, withdrawn_at__isnull=True).first()
    if release is None:
        raise _moved_on()
    nothing = {"wanted_at": None, "failed_at": None, "draft_sha256": None, "public_sha256": None}
    Release.objects.filter(pk=picture.pk).update(**nothing, withdrawn_at=at)
    if release.public_sha256:
        record("event.release_withdrawn", on=event, by=by, at=at, picture=picture, sha256=release.public_sha256)
        _forget(public_name(release.public_sha256))
    else:
        record("event.release_dropped", on=event, by=by, at=at, picture=picture)
    if release.draft_sha256:
        _forget(draft_name(release.draft_sha256))


def make_draft(at: datetime, *, by_hand: bool | None = None) -> bool:
    """Make the draft that has waited longest; whether another one waits. For the worker: it takes seconds.

    `by_hand`: only people will cover; None where that hangs on whether the extra `blur` is installed.
    """
    release = Release.objects.waiting().select_related("picture").order_by("wanted_at", "pk").first()
    if release is None:
        return False
    asked = Release.objects.filter(pk=release.pk, wanted_at=release.wanted_at)
    try:
        made = _first_draft(release.picture, is_looking=faces.available() if by_hand is None else not by_hand)
    # Whatever was wrong with it, the person is told that there is no draft, and the next one has its turn.
    except (OSError, ValueError, Refused, subprocess.SubprocessError):
        log.exception("No draft could be made of the picture %s.", release.pk)
        asked.update(wanted_at=None, failed_at=at)
    else:
        sha256, machine_looked = made
        asked.update(wanted_at=None, draft_sha256=sha256, machine_looked=machine_looked)
    return Release.objects.waiting().exists()


def _first_draft(picture: Picture, *, is_looking: bool) -> tuple[str, bool]:
    """The draft of a picture, of a video's poster; and whether a machine has looked for people in it."""
    with store().open(renditions.view(picture.sha256, picture.media_type)) as file:
        image = Image.open(file).convert("RGB")
    return _drafted(image, faces.faces(image) if is_looking else []), is_looking


def _drafted(image: Image.Image, boxes: Sequence[Box]) -> str:
    """Keep the picture with the boxes covered, and nothing hidden; its SHA-256."""
    out = BytesIO()
    clean = Image.new("RGB", image.size)
    clean.paste(faces.blurred(image, boxes))
    clean.save(out, "JPEG", quality=86, optimize=True, progressive=True)
    sha256 = hashlib.sha256(out.getvalue()).hexdigest()
    store().put(draft_name(sha256), out.getvalue())
    return sha256


def _allowed(picture: Picture, name: str, by: Person, at: datetime) -> Event:
    """The event of the picture, if the act is theirs."""
    event = Event.objects.select_related("category").get(pk=picture.event_id)
    require_releasing(name, standing_of(event, by, at))
    return event


def _refuse_private(event: Event) -> None:
    if event.category is None or not event.category.is_public:
        raise Refused(
            "matter_not_public",
            _("Matters of this category are not public, nor are their photos. Change the category if it is wrong."),
        )


def _refuse_odd(boxes: Sequence[Box]) -> None:
    if not boxes:
        raise BadInput("no_boxes", _("Draw a box around what must not be seen, then cover it."), field="boxes")
    if len(boxes) > MOST_BOXES:
        raise BadInput(
            "too_many_boxes", _("A hundred boxes at most at once. Cover these, then draw more."), field="boxes"
        )
    if any(not (-1 <= box.x <= 1 and -1 <= box.y <= 1 and 0 < box.width <= 2 and 0 < box.height <= 2) for box in boxes):
        raise BadInput("box_outside", _("A box lies outside the photo. Take it away or draw it again."), field="boxes")


def _drafts(picture: Picture, seen: str) -> ReleaseQuerySet:
    return Release.objects.filter(pk=picture.pk, draft_sha256=seen)


def _moved_on() -> Refused:
    return Refused("moved_on", _("This photo has moved on since you looked at it. Look at it again, then go on."))


def _forget(name: str) -> None:
    """Delete a file once the act is done for good, unless another picture, the very same, still needs it."""

    def gone() -> None:
        sha256 = name.rpartition("/")[2].removesuffix(".jpg")
        field = "public_sha256" if name.startswith("public/") else "draft_sha256"
        if not Release.objects.filter(**{field: sha256}).exists():
            store().delete(name)

    transaction.on_commit(gone)
