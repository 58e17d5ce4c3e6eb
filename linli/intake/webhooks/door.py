"""`/intake/v1/hooks/<name>`: the door for systems that push, in the hatch, so that it keeps as the other doors keep."""

import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.intake import allowance
from linli.intake.accept import MAX_REPORT, Row
from linli.intake.answering import Answering
from linli.intake.requests import Request
from linli.intake.senders import in_pool
from linli.intake.turned import Turned
from linli.intake.webhooks import incoming, mapping
from linli.intake.webhooks.models import Arrival, Pusher, Standing
from linli.kit.refusal import Refused
from linli.kit.throttle import too_many

if TYPE_CHECKING:
    from linli.intake.hatch import Hatch

PREFIX = "hooks/"
_KNOWN_FOR_S = 5.0
_MOST_KNOWN = 1000
#: Wrong signatures from one address within a minute; and how many of a pusher are written down within one.
_MOST_WRONG, _MOST_NOTED = 120, 6


class Hooks:
    """The pushers seen lately, and what they push. A closed one or a changed secret is noticed within five seconds."""

    def __init__(self, hatch: "Hatch", clock: Callable[[], datetime] = timezone.now) -> None:
        self._hatch = hatch
        self.clock = clock
        self._known: dict[str, tuple[float, incoming.Known | None]] = {}

    async def take(self, request: Request) -> None:
        """One message: 201 when it is kept, 200 when it was kept before, under the same id."""
        name = request.scope["path"].rpartition("/")[2]
        body = await request.body(MAX_REPORT)
        at = self.clock()
        known = await self._of(name)
        try:
            message = incoming.authenticated(known, request.headers, body, at)
        except Turned as turned:
            await self._turned_away(request, known, turned, at)
            raise
        assert known is not None
        refusals: list[Refused] = []

        def made(answering: Answering) -> Row:
            return incoming.row_of(message, known, answering, at, refusals)

        who = f"hook {known.pusher.pk}"
        allowance.spend_of_system(who)
        try:
            row, first, outcome = await self._hatch.keep_pushed(made, request)
        except Turned:
            allowance.give_back_of_system(who)
            raise
        await request.answer(*outcome)
        code = refusals[0].code if refusals else ""
        await self._note(known, at, message.id, outcome.status, code, first.id if first else row.id)

    def forget(self) -> None:
        """Look every pusher up anew."""
        self._known.clear()

    async def _of(self, name: str) -> incoming.Known | None:
        known = self._known.get(name)
        if known is not None and time.monotonic() - known[0] < _KNOWN_FOR_S:
            return known[1]
        found = await in_pool(self._hatch.pool, lambda: _look_up(name, self.clock()))
        if len(self._known) > _MOST_KNOWN:
            self._known.clear()
        self._known[name] = (time.monotonic(), found)
        return found

    async def _turned_away(self, request: Request, known: incoming.Known | None, turned: Turned, at: datetime) -> None:
        if too_many(f"hook {request.address}", most=_MOST_WRONG, within_s=60):
            raise Turned(
                429, "too_many", _("Too many wrong signatures from here. Wait a minute."), retry_after=60
            ) from None
        if known and not too_many(f"hook note {known.pusher.pk}", most=_MOST_NOTED, within_s=60):
            await self._note(known, at, request.header(b"webhook-id"), turned.status, turned.code, None)

    def _note(self, known: Any, at: datetime, message_id: str, status: int, code: str, kept: Any) -> Awaitable[Any]:
        return in_pool(
            self._hatch.pool,
            lambda: Arrival.objects.create(
                pusher_id=known.pusher.pk,
                at=at,
                message_id=message_id.replace("\0", "")[:100],
                status=status,
                code=code[:40],
                kept=kept,
            ),
        )


def _look_up(name: str, at: datetime) -> incoming.Known | None:
    if "\0" in name:
        return None
    pusher = Pusher.objects.filter(name=name[:40], standing=Standing.ACTIVE).first()
    if pusher is None:
        return None
    try:
        return incoming.Known(pusher, tuple(pusher.secrets_at(at)), mapping.read_mapping(pusher.mapping))
    except Refused:
        return None
