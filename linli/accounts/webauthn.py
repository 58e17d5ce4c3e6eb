"""Passkeys (W3C Web Authentication) by Yubico's library: what is asked of a browser, and proving what it answers."""

import json
from collections.abc import Iterable, Mapping
from ipaddress import ip_address
from typing import Any

from django.utils.translation import gettext_lazy as _
from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from linli.accounts.models import Passkey
from linli.kit.refusal import BadInput
from linli.people.models import Person

#: The device asks for a finger, a face or a PIN, so that a stick that was found does not do.
_VERIFIED = UserVerificationRequirement.REQUIRED


def host_of(address: str) -> str:
    """The name under which passkeys are kept; empty for an address in figures, for which no browser makes any."""
    host = address.rsplit(":", 1)[0] if not address.endswith("]") else address
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return host.lower()
    return ""


def ask_new(person: Person, had: Iterable[Passkey], host: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the browser is asked to make, and what must be known again when it answers."""
    # The number within this home alone: an authenticator keeps it, and it tells nothing.
    user = PublicKeyCredentialUserEntity(
        id=f"linli-{person.pk}".encode(), name=person.username, display_name=person.name
    )
    options, state = _server(host).register_begin(
        user,
        [_data(one) for one in had],
        resident_key_requirement=ResidentKeyRequirement.DISCOURAGED,
        user_verification=_VERIFIED,
    )
    return dict(options), _plain(state)


def take_new(answer: str, state: Mapping[str, Any], host: str) -> tuple[AttestedCredentialData, int]:
    """The public half of a new passkey, and how often it has signed. Raises `BadInput`."""
    try:
        made = _server(host).register_complete(state, json.loads(answer))
    except (ValueError, TypeError, KeyError, AttributeError, AssertionError):
        raise _not_proved() from None
    if made.credential_data is None:
        raise _not_proved()
    return made.credential_data, made.counter


def ask_known(keys: Iterable[Passkey], host: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the browser is asked to sign, and what must be known again when it answers."""
    options, state = _server(host).authenticate_begin([_data(one) for one in keys], user_verification=_VERIFIED)
    return dict(options), _plain(state)


def prove(answer: str, state: Mapping[str, Any], keys: Iterable[Passkey], host: str) -> tuple[Passkey, int]:
    """The passkey that signed, and how often it has. Raises `BadInput`."""
    known = {bytes(one.credential_id): one for one in keys}
    try:
        response = AuthenticationResponse.from_dict(json.loads(answer))
        signed = _server(host).authenticate_complete(state, [_data(one) for one in known.values()], response)
    except (ValueError, TypeError, KeyError, AttributeError, AssertionError):
        raise _not_proved() from None
    key, count = known[signed.credential_id], response.response.authenticator_data.counter
    if count and count <= key.signed:
        raise BadInput(
            "passkey_copied",
            _(
                "This passkey has signed before what it signs now: it may have been copied. Remove it, and use another way."
            ),
        )
    return key, count


def _server(host: str) -> Fido2Server:
    return Fido2Server(PublicKeyCredentialRpEntity(name="linli", id=host))


def _data(key: Passkey) -> AttestedCredentialData:
    return AttestedCredentialData(bytes(key.credential))


def _plain(state: Mapping[str, Any]) -> dict[str, Any]:
    return {name: str(value.value if hasattr(value, "value") else value) for name, value in state.items()}


def _not_proved() -> BadInput:
    return BadInput("passkey_not_proved", _("The passkey was not recognised. Try again, or use another way."))
