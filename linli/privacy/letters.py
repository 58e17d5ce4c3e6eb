"""The one letter of this room: the code by which somebody shows that a telephone or mailbox is theirs.

The code is stored nowhere: it follows from the key of the request and the key of this home.
"""

import hashlib
import hmac
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from linli.notices.letters import Words, write
from linli.notices.models import Letter
from linli.notices.rules import Kind
from linli.notices.sending import ways_set
from linli.privacy.models import PersonRequest
from linli.privacy.rules.requests import State

TOPIC = "privacy"
_DIGITS = 6


def proving_ways() -> list[Kind]:
    """By which ways this home can send a code; none: at the window, or with the code of a receipt."""
    return ways_set()


def code_of(key: UUID) -> str:
    """The six digits of a request."""
    signed = hmac.digest(settings.SECRET_KEY.encode(), b"linli privacy code " + key.bytes, hashlib.sha256)
    return f"{int.from_bytes(signed[:8], 'big') % 10**_DIGITS:0{_DIGITS}}"


def send_code(request: PersonRequest, kind: Kind, *, at: datetime) -> None:
    """Have it sent to what the request names."""
    write(key=request.key, topic=TOPIC, to=request.key, facts={"what": "code"}, at=at, kind=kind)


class Writing:
    """Asked by the courier at the moment of sending."""

    def address(self, letter: Letter) -> dict[str, str] | None:
        """Where it goes; None once it is proved or gone."""
        asked = PersonRequest.objects.filter(pk=letter.to, state=State.UNPROVED).first()
        return {"to": asked.words["reach"]} if asked else None

    def words(self, letter: Letter) -> Words:
        """The code, and that it is not to be told to anybody."""
        asked = PersonRequest.objects.filter(pk=letter.to).first()
        with translation.override(asked.language if asked else None):
            said = _(
                "Code for your request about your own data: %(code)s. Tell it to nobody. If you asked for nothing, ignore this."
            )
            return Words(said % {"code": code_of(letter.to)}, "")

    def settled(self, letter: Letter, state: str, why: str, at: datetime) -> None:
        """Nobody here asks: what came of it stands in the log of notices."""
