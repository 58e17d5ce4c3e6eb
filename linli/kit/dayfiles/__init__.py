"""Files that say which days are off and which are worked: lists (CSV, JSON) and calendars (iCalendar).

Nothing is guessed: what a file does not say clearly is told, and not taken.
"""

from collections.abc import Callable
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from linli.kit.dayfiles.found import FoundDay, Reading, Unclear
from linli.kit.dayfiles.ical import read_ical
from linli.kit.dayfiles.listed import read_csv, read_json
from linli.kit.reasons import reason
from linli.kit.refusal import BadInput

__all__ = ["MAX_BYTES", "FoundDay", "Reading", "Unclear", "read_days"]

#: The calendar of a whole country over twenty years has a tenth of it.
MAX_BYTES = 2_000_000


def read_days(path: Path, name: str = "") -> Reading:
    """The days of a file, told by its contents. `name`: how people call it. Raises `BadInput` if it holds none."""
    name, content = name or path.name, _content(path)
    beginning = content[:400].lstrip(b"\xef\xbb\xbf \t\r\n").upper()
    read: Callable[[bytes, str], Reading] | None = None
    if beginning.startswith(b"BEGIN:"):
        read = read_ical
    elif beginning.startswith((b"{", b"[")):
        read = read_json
    found = read(content, name) if read else read_csv(path, name)
    if not found.days:
        raise BadInput(
            "no_days",
            _("%(file)s names no day that is clearly off or worked (%(count)s unclear)."),
            file=name,
            count=len(found.unclear),
        )
    return found


def _content(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise BadInput("no_such_file", _("%(file)s is no file."), file=str(path))
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        why = reason(error) if isinstance(error, OSError) else str(error)
        raise BadInput("no_such_file", _("%(file)s cannot be read: %(why)s."), file=str(path), why=why) from None
    if len(content) > MAX_BYTES:
        raise BadInput(
            "calendar_too_large", _("%(file)s is larger than any calendar of days off (2 MB)."), file=path.name
        )
    return content
