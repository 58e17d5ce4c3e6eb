"""Where a page of a list ended, as the following page is asked for: the moment of its last row, and that row's key."""

from datetime import UTC, datetime
from uuid import UUID

_FORM = "%Y%m%dT%H%M%S.%f"


def cursor(moment: datetime, key: UUID) -> str:
    """The place in words an address can carry; the moment to the microsecond, in UTC."""
    return f"{moment.astimezone(UTC):{_FORM}}_{key.hex}"


def read_cursor(after: str) -> tuple[datetime, UUID]:
    """The place that `cursor` told. Raises `ValueError` for anything else: each list says that in words of its own."""
    moment, _mark, key = after.partition("_")
    return datetime.strptime(moment, _FORM).replace(tzinfo=UTC), UUID(hex=key)
