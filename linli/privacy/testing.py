"""Requests for tests, made through the actions."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from linli.people.models import Person
from linli.privacy import actions
from linli.privacy.models import PersonRequest

TELEPHONE = "13800138000"


def ask_at_window(by: Person, kind: str = "see", *, at: datetime | None = None, **more: Any) -> PersonRequest:
    """A request written down at the window, under `TELEPHONE`."""
    said = {"reach": TELEPHONE, "kind": kind, "words": "", "name": "", "new_reach": "", **more}
    return actions.ask_at_window(**said, by=by, at=at or timezone.now())[0]
