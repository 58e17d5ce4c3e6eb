"""The receipts a browser holds: codes it was given or has typed, sealed in its session, so that a page can be loaded again."""

import time

from django.http import HttpRequest

from linli.events import actions
from linli.events.models import Event
from linli.kit.refusal import Refused
from linli.kit.sealing import seal_for_session, unseal_from_session

_MOST = 20
#: How long the receipt of a new report can be shown again, for a page that did not load or a print that failed.
_SHOWN_FOR_S = 15 * 60


def begin(request: HttpRequest) -> None:
    """Let the session begin now."""
    request.session.setdefault("receipts", {})


def keep(request: HttpRequest, number: str, key: str, *, is_new: bool = False) -> None:
    """Hold this code from now on. `is_new`: it was just made, and the page of the receipt may show it."""
    others = dict(list(request.session.get("receipts", {}).items())[1 - _MOST :])
    request.session["receipts"] = {**others, number: seal_for_session(key, bound_to=number.encode())}
    if is_new:
        request.session["newest_receipt"] = [number, time.time()]


def let_go(request: HttpRequest, number: str) -> None:
    """Forget it in this browser."""
    request.session["receipts"] = {
        one: key for one, key in request.session.get("receipts", {}).items() if one != number
    }


def key_of(request: HttpRequest, number: str) -> str:
    """The code held for this number; empty without one."""
    sealed = request.session.get("receipts", {}).get(number, "")
    return unseal_from_session(sealed, bound_to=number.encode()) if sealed else ""


def event_of(request: HttpRequest, number: str) -> Event | None:
    """The matter of this number, if this browser holds the code of its receipt."""
    key = key_of(request, number)
    try:
        return actions.open_receipt(number, key) if key else None
    except Refused:
        return None


def newest(request: HttpRequest) -> str:
    """The number of the report just made here; empty after a quarter of an hour."""
    number, made_at = request.session.get("newest_receipt", ["", 0])
    return number if time.time() - made_at < _SHOWN_FOR_S else ""
