"""Turning a sending away at the hatch: the status, a code that never changes, and a sentence that says what to do."""

from typing import Any

from django.utils.functional import Promise

from linli.kit.refusal import Refused


class Turned(Refused):
    """Not kept. `status` is of HTTP; `retry_after` in seconds, where trying again helps."""

    def __init__(
        self, status: int, code: str, message: "str | Promise", /, retry_after: int | None = None, **facts: Any
    ) -> None:
        super().__init__(code, message, **facts)
        self.status = status
        self.retry_after = retry_after
