"""Logs as JSON, an object a line: for those who gather them by machine. They hold ids and codes, and never what people wrote.

Of an exception its class and its place are told, not its words: a database puts the values of a row into them.
"""

import json
import logging
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

#: The id of the request that is being answered; empty outside of one.
REQUEST: ContextVar[str] = ContextVar("request", default="")
_FRAMES = 12


class JsonLines(logging.Formatter):
    """`at`, `level`, `logger`, `says`, and what else is known: `request`, `error` with `where`, the `facts` of a record."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "says": _said(record),
        }
        if number := REQUEST.get():
            line["request"] = number
        line.update(getattr(record, "facts", {}))
        if record.exc_info and record.exc_info[1] is not None:
            line.update(_of_error(record.exc_info[1]))
        return json.dumps(line, ensure_ascii=False, default=str)


def _said(record: logging.LogRecord) -> str:
    """Its message, where Django names an address with the pattern of it: people put words and names into addresses."""
    request: Any = getattr(record, "request", None)
    path = getattr(request, "path", None)
    if not isinstance(path, str) or not isinstance(record.args, tuple):
        return record.getMessage()
    match = getattr(request, "resolver_match", None)
    pattern = f"/{match.route}" if match else "(no page)"
    # Django spells what is not ASCII by its numbers.
    spelled = {path, path.encode("unicode_escape").decode("ascii")}
    args = tuple(pattern if one in spelled else one for one in record.args)
    return str(record.msg) % args if args else str(record.msg)


def _of_error(error: BaseException) -> dict[str, Any]:
    cause = error.__cause__
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    told: dict[str, Any] = {
        "error": type(error).__name__,
        "where": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    }
    if code := getattr(cause or error, "sqlstate", None) or getattr(cause or error, "sqlite_errorname", None):
        told["store"] = code
    return told
