"""Turning a sending away at the hatch: the status, a code that never changes, and a sentence that says what to do."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from linli.kit.refusal import Refused


class Turned(Refused):
    """Not kept. `status` is of HTTP; `retry_after` in seconds, where trying again helps."""

    def __init__(
        self, status: int, code: str, message: "str | Promise", /, retry_after: int | None = None, **facts: Any
    ) -> None:
        super().__init__(code, message, **facts)
        self.status = status
        self.retry_after = retry_after


#: Why the writer keeps nothing now, by code: the status, the sentence, and after how many seconds to come back.
_NOT_KEPT: dict[str, tuple[int, Promise, int]] = {
    "not_ready": (503, _("The server is starting or stopping. Send it again."), 1),
    "queue_full": (
        503,
        _("Very many reports are arriving. Yours was not kept; send it again in a few seconds."),
        2,
    ),
    "store_away": (
        503,
        _("The store cannot be written now. Yours was not kept; keep it and send it again soon."),
        2,
    ),
    "disk_full": (
        507,
        _("No space is left on the server's disk. Yours was not kept; keep it and send it again later."),
        30,
    ),
}


def not_kept(code: str) -> Turned:
    """The refusal of this code, here or told by the process that writes; an unknown one is as if the store were away."""
    status, sentence, again = _NOT_KEPT.get(code) or _NOT_KEPT["store_away"]
    return Turned(status, code, sentence, retry_after=again)
