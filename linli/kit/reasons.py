"""Why the operating system would not do it, in the language of the reader: Python tells it in English only."""

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

_("No such file or directory")
_("Permission denied")
_("Is a directory")
_("Not a directory")
_("File exists")
_("File name too long")
_("Read-only file system")
_("Input/output error")
_("Address already in use")
_("Cannot assign requested address")


def reason(error: OSError) -> str:
    """The reason as a few words without a full stop; in English where it is a rare one, empty where there is none."""
    return gettext(error.strerror) if error.strerror else ""
