"""Who asks for a page of the field app: the holder of the phone whose token came with the request, or who is signed in.

A middleware puts the question on every request, and nothing answers it but a view that asks: the token of a phone opens
what its app needs, and no other page. So a room that may not know this one can know the holders of phones.
"""

from collections.abc import Callable
from functools import cache

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from linli.intake import devices
from linli.intake.devices_told import note, told_by
from linli.intake.senders import signed_out
from linli.people.models import Person
from linli.people.signing_in import person_of

Answer = Callable[[HttpRequest], HttpResponse]


def holders(get_response: Answer) -> Answer:
    """Put `who_asks()` on the request: a `Person`, or it raises `Refused` with status 401 and the code `sign_in_again`."""

    def answer(request: HttpRequest) -> HttpResponse:
        request.who_asks = cache(lambda: _who_asks(request))  # type: ignore[attr-defined]
        return get_response(request)

    return answer


def _who_asks(request: HttpRequest) -> Person:
    """As the hatch does: a token that was sent counts, good or bad, whoever else may be signed in on this browser."""
    said = request.headers.get("Authorization", "")
    if said:
        return _holder(said, request)
    if not request.user.is_authenticated:
        raise signed_out()
    return person_of(request)


def _holder(said: str, request: HttpRequest) -> Person:
    scheme, _space, secret = said.partition(" ")
    at = timezone.now()
    device = devices.find(secret.strip(), at) if scheme.lower() == "bearer" else None
    if device is None:
        raise signed_out()
    note(device, told_by(lambda name: request.headers.get(name, "")), at)
    return device.person
