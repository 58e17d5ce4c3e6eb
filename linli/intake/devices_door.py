"""`/intake/v1/devices` and `/intake/v1/tokens`: where an installation of the app gets what it is known by."""

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from msgspec import Meta

from linli.intake import allowance, devices, tokens
from linli.intake.reports import not_json
from linli.intake.requests import Request
from linli.intake.senders import Senders, signed_out
from linli.intake.turned import Turned
from linli.kit.throttle import too_many
from linli.people.models import Person

_MOST_BYTES = 4096
#: Registrations an hour and person: each is journalled, and an app that asks at every start is mistaken.
_PER_PERSON = 30


class Wish(msgspec.Struct, frozen=True):
    """What an installation says of itself."""

    installation: UUID
    name: Annotated[str, Meta(max_length=200)] = ""


_wishes = msgspec.json.Decoder(Wish)


class Joining:
    """The two addresses in one front."""

    def __init__(self, senders: Senders) -> None:
        self._senders = senders

    async def register(self, request: Request) -> None:
        """Sign the one who is signed in here in on this installation, whatever becomes of the session."""
        sender = await self._senders.signed_in(request)
        wish = _wish(await request.body(_MOST_BYTES))
        if too_many(f"device {sender.key}", most=_PER_PERSON, within_s=3600):
            raise Turned(
                429,
                "too_often",
                _("This phone asks to be signed in too often. Wait a quarter of an hour."),
                retry_after=900,
            )
        session = request.cookie(settings.SESSION_COOKIE_NAME)
        told = await self._senders.ask(lambda: _registered(sender.key, wish, session))
        # The token it had until now is looked up anew, and found no more.
        self._senders.forget()
        await request.answer(201, msgspec.json.encode(told))

    async def leave(self, request: Request) -> None:
        """The device whose token this is signs itself out."""
        said = request.header(b"authorization").partition(" ")[2].strip()
        await self._senders.ask(lambda: _left(said))
        self._senders.forget()
        await request.answer(200, b'{"state":"signed_out"}')

    async def mint(self, request: Request) -> None:
        """A token for an installation whose holder needs no account."""
        allowance.spend_token(request.address)
        await request.answer(201, msgspec.json.encode({"token": tokens.mint(datetime.now(UTC))}))


def _wish(body: bytes) -> Wish:
    try:
        return _wishes.decode(body)
    except msgspec.ValidationError:
        raise Turned(
            422,
            "bad_installation",
            _("Say which installation this is: a UUID that the app made when it was installed."),
        ) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise not_json() from None


def _registered(person: int, wish: Wish, session: str) -> dict[str, Any]:
    device, token = devices.register(
        Person.objects.get(pk=person), wish.installation, name=wish.name, session=session, at=timezone.now()
    )
    return {
        "id": device.pk,
        "token": token,
        "person": device.person_id,
        "installation": str(device.installation),
        "name": device.name,
        "ends_on": device.ends_on.isoformat(),
    }


def _left(token: str) -> None:
    at = timezone.now()
    device = devices.find(token, at)
    if device is None:
        raise signed_out()
    devices.sign_out(device, by=device.person, at=at)
