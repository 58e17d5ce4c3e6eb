"""When whoever has something to do once is reminded of it: shortly before its time is over, and when it is."""

from datetime import datetime, timedelta

#: So long before the end they are told, each once; of the thing itself they were told when it came to them.
BEFORE = (timedelta(days=2), timedelta(0))


def next_reminder(due_at: datetime | None, after: datetime) -> datetime | None:
    """When they are told next after a moment; None: never again."""
    if due_at is None:
        return None
    return min((due_at - before for before in BEFORE if due_at - before > after), default=None)
