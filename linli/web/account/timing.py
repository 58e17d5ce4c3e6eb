"""How long a sign-in lasts: to its end in any case, and until then as long as somebody uses it.

Both moments are one: the end that the session carries. The store knows it, so every door that reads a session keeps to it.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings

BEGAN, SEEN = "began", "seen"
#: Use is noted so often at most, or a fifth of the time allowed without use.
_NOTED_S = 60


def begin(session: Any, at: datetime) -> datetime:
    """The session of a sign-in begins; its end, if it is not used."""
    session[BEGAN] = at.timestamp()
    return go_on(session, at)


def go_on(session: Any, at: datetime) -> datetime:
    """It is used: its end moves, never beyond the last one."""
    # A beginning that lies ahead was written before the clock of this machine was set back.
    session[BEGAN] = min(session[BEGAN], at.timestamp())
    last = datetime.fromtimestamp(session[BEGAN], UTC) + timedelta(seconds=settings.SESSION_COOKIE_AGE)
    ends_at = min(last, at + timedelta(seconds=settings.IDLE_S))
    session[SEEN] = at.timestamp()
    session.set_expiry(ends_at)
    return ends_at


def is_to_note(session: Any, at: datetime) -> bool:
    """Whether use at this moment moves the end. A session without a beginning ends by its age alone."""
    if session.get(BEGAN) is None:
        return False
    since = at.timestamp() - session.get(SEEN, 0)
    return bool(abs(since) >= min(_NOTED_S, settings.IDLE_S / 5))
