"""What a party may hear of the sessions where it was."""

from linli.mediation.models import Session
from linli.mediation.playing import length_of
from linli.mediation.public.values import Sound


def sounds_of(session: Session) -> tuple[Sound, ...]:
    """What there is or was to be heard of a session, in its order."""
    return tuple(
        Sound(
            key=one.pk,
            number=one.number,
            length=length_of(one.seconds),
            added_at=one.added_at,
            deleted_at=one.deleted_at,
            deleted=one.get_deleted_why_display(),
        )
        for one in session.recordings.order_by("number")
    )
