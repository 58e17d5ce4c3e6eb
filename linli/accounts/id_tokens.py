"""What an identity provider signed, proved by PyJWT: its signature, by whom, for whom, when, and for which sign-in."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import jwt
from django.conf import settings
from django.utils.crypto import constant_time_compare

from linli.accounts.rules import ALGORITHMS, PROVIDER_DRIFT_S, TOKEN_FOR_S, Fault

#: OpenID Connect Core 1.0, 2: a subject has 255 characters at most.
_LONGEST_SUBJECT, _LONGEST_SHOWN = 255, 100
#: What people know their account there by, the most telling first.
_SHOWN = ("preferred_username", "name", "email")
#: What PyJWT raises over a token, and what slips through it where numbers are none.
_NOT_PROVED = (jwt.PyJWTError, ValueError, TypeError, KeyError, AttributeError, OverflowError)


class NotProved(Exception):
    """Nobody came in. `why`: a short code for whoever keeps this home; nothing of a person, a token or a secret."""

    def __init__(self, fault: Fault, why: str) -> None:
        super().__init__(why)
        self.fault = fault
        self.why = why


@dataclass(frozen=True)
class Key:
    """A public key of the provider, its number there, and what it may have signed with."""

    number: str | None
    public: Any
    algorithms: tuple[str, ...]


@dataclass(frozen=True)
class Claims:
    """Whom the provider named.

    `shown`: by what they know themselves there. `name`: the user name here, where a setting says in which claim.
    """

    issuer: str
    subject: str
    shown: str
    name: str
    has_second_factor: bool


def keys(rows: Sequence[Any]) -> list[Key]:
    """The keys of a JWK set that can prove a signature; others, symmetric ones among them, are passed over."""
    return [key for row in rows if isinstance(row, dict) and (key := _key(row)) is not None]


def _key(row: dict[str, Any]) -> Key | None:
    may = ALGORITHMS.get((str(row.get("kty")), str(row.get("crv", ""))), ())
    if "alg" in row:
        may = tuple(one for one in may if one == row["alg"])
    if not may or row.get("use", "sig") != "sig" or "d" in row:
        return None
    number = row.get("kid")
    try:
        return Key(number if isinstance(number, str) else None, jwt.PyJWK(row, may[0]).key, may)
    except _NOT_PROVED:
        return None


def names() -> tuple[str, ...]:
    """The claims in which somebody's names stand."""
    return (*_SHOWN, settings.OIDC_NAME_CLAIM) if settings.OIDC_NAME_CLAIM else _SHOWN


def tells_enough(said: dict[str, Any]) -> bool:
    """Whether people will know themselves by it, and the name that a setting asks for is there."""
    has_name = not settings.OIDC_NAME_CLAIM or settings.OIDC_NAME_CLAIM in said
    return has_name and any(claim in said for claim in _SHOWN)


def prove(
    token: str, keys_of: Callable[[bool], list[Key]], *, issuer: str, client_id: str, nonce: str
) -> dict[str, Any]:
    """What it says. `keys_of(anew)` gives the provider's keys. Raises `NotProved`."""
    try:
        key = _signer(jwt.get_unverified_header(token), keys_of)
        said: dict[str, Any] = jwt.decode(
            token,
            key.public,
            algorithms=list(key.algorithms),
            audience=client_id,
            issuer=issuer,
            leeway=PROVIDER_DRIFT_S,
            options={
                "require": ["exp", "iat", "iss", "aud", "sub", "nonce"],
                "enforce_minimum_key_length": True,
            },
        )
        wrong = _wrong_with(said, client_id, nonce)
    except _NOT_PROVED as error:
        raise NotProved(Fault.UNTRUSTED, type(error).__name__) from None
    if wrong:
        raise NotProved(Fault.UNTRUSTED, wrong)
    return said


def claims_of(said: dict[str, Any]) -> Claims:
    """Whom it names, out of what was proved."""
    return Claims(said["iss"], said["sub"], _shown(said), _name(said), _has_second_factor(said))


def _signer(header: dict[str, Any], keys_of: Callable[[bool], list[Key]]) -> Key:
    """The key that a token says it was signed with. One that is not known is looked for once more: keys change."""
    for anew in (False, True):
        fitting = [key for key in keys_of(anew) if _fits(key, header)]
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            break
    raise NotProved(Fault.UNTRUSTED, "no_key")


def _fits(key: Key, header: dict[str, Any]) -> bool:
    number = header.get("kid")
    return header.get("alg") in key.algorithms and (number is None or number == key.number)


def _wrong_with(said: dict[str, Any], client_id: str, nonce: str) -> str:
    """What PyJWT does not look at; empty: nothing."""
    meant, party = said["aud"], said.get("azp")
    if (isinstance(meant, list) and len(meant) > 1 and party is None) or party not in (None, client_id):
        return "azp"
    if not isinstance(said["nonce"], str) or not constant_time_compare(said["nonce"], nonce):
        return "nonce"
    if time.time() - float(said["iat"]) > TOKEN_FOR_S + PROVIDER_DRIFT_S:
        return "iat_old"
    return "" if 0 < len(said["sub"]) <= _LONGEST_SUBJECT else "sub"


def _shown(said: dict[str, Any]) -> str:
    """By what they know their account there."""
    found = (said[claim] for claim in (*_SHOWN, "sub") if isinstance(said.get(claim), str) and said[claim].strip())
    return "".join(sign for sign in next(found, "") if sign.isprintable()).strip()[:_LONGEST_SHOWN]


def _name(said: dict[str, Any]) -> str:
    name = said.get(settings.OIDC_NAME_CLAIM) if settings.OIDC_NAME_CLAIM else ""
    return name if isinstance(name, str) and "\0" not in name else ""


def _has_second_factor(said: dict[str, Any]) -> bool:
    """Whether the provider says so in the words that the setting names."""
    ways = said.get("amr")
    spoken = [said.get("acr"), *(ways if isinstance(ways, list) else [])]
    return any(isinstance(one, str) and one in settings.OIDC_SECOND_FACTOR for one in spoken)
