"""Sound of a session: kept while everybody who was there agrees, sealed like evidence, heard for a purpose, and deleted.

A deletion is written down first: from then on nobody opens it. The ciphertext goes out of the store right after; what a store
could not let go of then is wiped by the worker.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.holds.actions import require_not_held
from linli.holds.models import Hold
from linli.holds.rules import HeldKind
from linli.journal.actions import record
from linli.kit.keys import new_key
from linli.kit.media.checking import inspect_sound
from linli.kit.media.storing import original, store
from linli.kit.refusal import BadInput, Refused
from linli.mediation.actions.course import require_party, require_step
from linli.mediation.actions.files import open_sealed, seal_and_store
from linli.mediation.actions.looking import look_to_hear_as_party, may_hear
from linli.mediation.actions.sessions import sound_without_consent
from linli.mediation.models import Companion, Party, Recording, Session, sealed_words
from linli.mediation.rules import SessionState, SoundGone, moved_on, not_yours
from linli.people.models import Person

log = logging.getLogger(__name__)
#: An hour and a half as telephones record it (96 kbit/s). It is sealed whole, so it has to fit into memory with its copy.
MOST_BYTES, MOST_SECONDS = 64_000_000, 36_000
#: A session that is interrupted has several.
MOST_RECORDINGS = 10
SLICE = 50

#: What the check of voice notes says, in words that fit a session.
_WHY: dict[str, Callable[[], Any]] = {
    "media_no_voice": lambda: _(
        "This file is no sound recording. The recorder of a telephone makes one: M4A (AAC), or Opus in Ogg or WebM. "
        "MP3, WAV and AMR: save it as M4A first."
    ),
    "media_voice_too_large": lambda: _(
        "This recording has more than %(most)s MB. Add it in parts, or save it as M4A with 64 kbit/s."
    ),
    "media_voice_too_long": lambda: _("This recording lasts longer than ten hours. Add the part that is the session."),
    "media_voice_holds_more": lambda: _(
        "This recording holds more than sound: a place, a picture or another file. Save it again without, then add it."
    ),
}


@transaction.atomic
def keep_sound(
    session: Session, *, content: bytes, agreed: Sequence[Party | Companion], by: Person, at: datetime
) -> Recording:
    """Add a recording of a session that was held. `agreed`: who of those there agrees, beside those noted already.

    Raises `BadInput` for what is no sound, and `Refused` where somebody who was there has not agreed.
    """
    dispute = session.dispute
    require_step("keep_sound", dispute, by=by, at=at)
    session.refresh_from_db()
    if session.state != SessionState.HELD:
        raise Refused("session_not_held", _("Sound is added to a session that was held. Enter that first."))
    consents = {*session.audio_consents, *(str(one.pk) for one in agreed)} & set(session.present)
    if consents != set(session.present):
        raise sound_without_consent()
    number = session.recordings.count() + 1
    if number > MOST_RECORDINGS:
        raise BadInput(
            "too_many_recordings", _("Ten recordings of a session at most. Join some of them."), field="sound"
        )
    kind, seconds = _checked(content)
    key = new_key()
    kept = seal_and_store(content, kind, model=Recording, key=key)
    made = Recording.objects.create(
        key=key,
        session=session,
        number=number,
        seconds=round(seconds),
        sealed=sealed_words(Recording, key, {}),
        added_at=at,
        added_by=by,
        **kept.fields,
    )
    _change(session, audio_consents=sorted(consents), has_audio=True)
    record("dispute.sound_kept", on=dispute, by=by, at=at, session=session, recording=made, seconds=made.seconds)
    return made


def _checked(content: bytes) -> tuple[str, float]:
    try:
        return inspect_sound(content, most_bytes=MOST_BYTES, most_s=MOST_SECONDS)
    except BadInput as refusal:
        words = _WHY.get(refusal.code)
        facts = {name: value for name, value in refusal.facts.items() if name != "field"}
        if words is None:
            refusal.facts["field"] = "sound"
            raise
        raise BadInput(refusal.code, words(), field="sound", **facts) from None


# --- hearing ------------------------------------------------------------------------------------------------------------


def open_sound(recording: Recording, *, by: Person, at: datetime) -> bytes:
    """The sound, for whoever said what they hear it for (`looking.look_to_hear`). Raises `Refused`."""
    _require_kept(recording)
    if not may_hear(recording, by=by, at=at):
        raise Refused("say_what_for", _("This recording is closed. Say what you hear it for, then it plays."))
    return open_sealed(recording)


def open_sound_as_party(recording: Recording, *, party: Party, at: datetime) -> bytes:
    """The same by a party's own link: of a session where it was. Raises `NotYours`, `Refused`."""
    require_party(recording.session.dispute, party)
    if str(party.pk) not in recording.session.present:
        raise not_yours()
    _require_kept(recording)
    content = open_sealed(recording)
    look_to_hear_as_party(recording, party, at=at)
    return content


def _require_kept(recording: Recording) -> None:
    if recording.deleted_at is not None:
        raise Refused("sound_deleted", _("This recording was deleted. What was said stands in the record."))


# --- deleting -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def end_consent(session: Session, *, who: Party | Companion, by: Person | None, at: datetime, own: bool = False) -> int:
    """Somebody who was there takes the consent to sound back: all of it is deleted; how many recordings. `own`: by its link.

    Open as long as there is sound, whatever came of the dispute. Raises `Refused` where no consent stands.
    """
    dispute = session.dispute
    party = who if isinstance(who, Party) else None
    require_step("end_sound", dispute, by=by, at=at, party=party if own else None)
    require_not_held(dispute)
    session.refresh_from_db()
    if str(who.pk) not in session.audio_consents:
        raise moved_on()
    left = [one for one in session.audio_consents if one != str(who.pk)]
    _change(session, audio_consents=left, has_audio=False)
    told = {"party": party} if party is not None else {"companion": who}
    record("dispute.sound_consent_ended", on=dispute, by=by, at=at, session=session, **told)
    kept = list(Recording.objects.kept().filter(session=session))
    for one in kept:
        _delete(one, SoundGone.WITHDRAWN, by, at)
    return len(kept)


@transaction.atomic
def drop_sound(recording: Recording, *, by: Person, at: datetime) -> None:
    """A recording that was added by mistake."""
    session = recording.session
    require_step("end_sound", session.dispute, by=by, at=at)
    require_not_held(session.dispute)
    recording.refresh_from_db()
    _require_kept(recording)
    _delete(recording, SoundGone.MISTAKE, by, at)
    if not Recording.objects.kept().filter(session=session).exists():
        _change(session, has_audio=False)


def _delete(recording: Recording, why: SoundGone, by: Person | None, at: datetime) -> None:
    changed = Recording.objects.kept().filter(pk=recording.pk).update(deleted_at=at, deleted_why=why)
    if not changed:
        return
    session = recording.session
    record("dispute.sound_deleted", on=session.dispute, by=by, at=at, session=session, recording=recording, why=why)
    transaction.on_commit(partial(_wipe, recording.pk))


def _change(session: Session, **changes: Any) -> None:
    Session.objects.filter(pk=session.pk).update(**changes)
    for name, value in changes.items():
        setattr(session, name, value)


# --- the worker ---------------------------------------------------------------------------------------------------------


def is_due(at: datetime) -> bool:
    """Whether some sound is kept beyond its time, or was deleted and lies in the store still."""
    return Recording.objects.to_wipe().exists() or _over(at).exists()


def forget(at: datetime) -> int:
    """Delete what need not be kept any longer, and wipe what was deleted before; how many were looked at."""
    over = list(_over(at).select_related("session__dispute")[:SLICE])
    for one in over:
        _end(one, at)
    waiting = list(Recording.objects.to_wipe().values_list("pk", flat=True)[:SLICE])
    for pk in waiting:
        _wipe(pk)
    return len(over) + len(waiting)


def _over(at: datetime) -> Any:
    held = Hold.objects.keys_of(HeldKind.DISPUTE)
    return Recording.objects.over_on(timezone.localdate(at)).exclude(session__dispute__in=held)


@transaction.atomic
def _end(recording: Recording, at: datetime) -> None:
    require_step("end_sound", recording.session.dispute, by=None, at=at)
    _delete(recording, SoundGone.RETENTION, None, at)
    _change(recording.session, has_audio=False)


def _wipe(pk: Any) -> None:
    """The ciphertext goes; its name goes after it, so that a store that fails is asked again."""
    found = Recording.objects.to_wipe().filter(pk=pk).first()
    if found is None:
        return
    try:
        store().delete(original(found.file_sha256))
    except OSError as error:
        log.warning("A deleted recording could not be wiped yet: %s.", type(error).__name__)
        return
    Recording.objects.filter(pk=pk).update(file_sha256="")
