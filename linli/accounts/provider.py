"""The identity provider of the county (OpenID Connect Core 1.0): what it says of itself, its keys, and the way there and back.

What was fetched is kept in the process. `at` tells how old it is; the times in a token are held against the clock.
"""

import logging
import re
import secrets
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from threading import Lock
from typing import Any
from urllib.parse import quote_plus, urlencode, urlsplit

from django.conf import settings
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from linli.accounts import id_tokens
from linli.accounts.id_tokens import Claims, Key, NotProved
from linli.accounts.rules import (
    ASKED_AGAIN_S,
    KEYS_ANEW_S,
    PROVIDER_DRIFT_S,
    REFUSALS,
    REST_S,
    SEEN_UP_S,
    THERE_AND_BACK_S,
    Fault,
)
from linli.kit.addresses import read_address
from linli.kit.fetching import Unreachable, fetch
from linli.kit.refusal import BadInput

log = logging.getLogger(__name__)
_SCOPE = "openid profile"
#: Of an answer that people carry here in an address.
_LONGEST = 4000
#: Words of the standard, which may stand in a log.
_ERROR = re.compile("[a-z_]{1,40}")


@dataclass(frozen=True)
class Document:
    """What a provider says of itself (OpenID Connect Discovery 1.0).

    `person`: where it tells more of somebody (userinfo); empty: nowhere. `names_itself`: its answers carry `iss` (RFC 9207).
    """

    authorization: str
    token: str
    keys: str
    person: str
    takes_basic: bool
    names_itself: bool


#: By address, with the moment it was asked.
_documents: dict[str, tuple[datetime, Document]] = {}
_keys: dict[str, tuple[datetime, list[Key]]] = {}
_anew: dict[str, datetime] = {}
_failed: dict[str, datetime] = {}
_lock = Lock()


def forget() -> None:
    """As a new process begins."""
    for kept in (_documents, _keys, _anew, _failed):
        kept.clear()  # type: ignore[attr-defined]


def is_set() -> bool:
    """Whether this county has one."""
    return bool(settings.OIDC_ISSUER and settings.OIDC_CLIENT_ID)


def name() -> str:
    """How it is called on the button."""
    return settings.OIDC_NAME or _("County sign-on")


def begin(redirect_uri: str, *, at: datetime) -> tuple[str, dict[str, Any]]:
    """Where to send somebody, and what must be known again when they come back.

    Raises `NotProved`, also where it is down: whoever was sent there would meet the browser's own page of errors.
    """
    document = of_itself(at, within_s=SEEN_UP_S)
    flow = {name: secrets.token_urlsafe(32) for name in ("state", "nonce", "verifier")}
    asked = {
        "response_type": "code",
        "client_id": settings.OIDC_CLIENT_ID,
        "redirect_uri": redirect_uri,
        "scope": _SCOPE,
        "state": flow["state"],
        "nonce": flow["nonce"],
        "code_challenge": urlsafe_b64encode(sha256(flow["verifier"].encode()).digest()).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    place = f"{document.authorization}{'&' if '?' in document.authorization else '?'}{urlencode(asked)}"
    return place, {**flow, "redirect_uri": redirect_uri, "at": at.timestamp()}


def finish(flow: Mapping[str, Any], answer: Mapping[str, str], *, at: datetime) -> Claims:
    """Whom the provider named. `answer`: what came back with them in the address. Raises `NotProved`."""
    # Fronts on two machines may tell the time a little differently.
    if not flow or not -PROVIDER_DRIFT_S <= at.timestamp() - flow["at"] < THERE_AND_BACK_S:
        raise NotProved(Fault.STALE, "no_flow")
    if not constant_time_compare(flow["state"], answer.get("state", "")[:_LONGEST]):
        raise NotProved(Fault.STALE, "state")
    document = of_itself(at)
    if answer.get("iss", "" if document.names_itself else settings.OIDC_ISSUER) != settings.OIDC_ISSUER:
        raise NotProved(Fault.UNTRUSTED, "iss_of_answer")
    if "error" in answer:
        said = answer["error"] if _ERROR.fullmatch(answer["error"]) else "error"
        raise NotProved(REFUSALS.get(said, Fault.DOWN), said)
    code = answer.get("code", "")
    if not code or len(code) > _LONGEST:
        raise NotProved(Fault.UNTRUSTED, "no_code")
    tokens = _redeemed(document, code, flow)
    proved = id_tokens.prove(
        tokens["id_token"],
        lambda anew: keys_of(document, at, anew=anew),
        issuer=settings.OIDC_ISSUER,
        client_id=settings.OIDC_CLIENT_ID,
        nonce=flow["nonce"],
    )
    if not id_tokens.tells_enough(proved):
        proved = _told_of_person(document, tokens, proved["sub"]) | proved
    return id_tokens.claims_of(proved)


def of_itself(at: datetime, *, within_s: int = ASKED_AGAIN_S) -> Document:
    """Its document, as it was not longer ago. Raises `NotProved`."""
    issuer = settings.OIDC_ISSUER
    if issuer in _documents and _is_within(_documents[issuer][0], at, within_s):
        return _documents[issuer][1]
    document = _read(_get(f"{issuer.rstrip('/')}/.well-known/openid-configuration", at))
    _documents[issuer] = at, document
    return document


def _read(said: dict[str, Any]) -> Document:
    """Raises `NotProved` where it speaks for somebody else, or names places that are none."""
    if said.get("issuer") != settings.OIDC_ISSUER:
        raise NotProved(Fault.UNTRUSTED, "issuer_of_document")
    ways = said.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    return Document(
        authorization=_place(said, "authorization_endpoint"),
        token=_place(said, "token_endpoint"),
        keys=_place(said, "jwks_uri"),
        person=_place(said, "userinfo_endpoint") if "userinfo_endpoint" in said else "",
        takes_basic="client_secret_basic" in ways,
        names_itself=said.get("authorization_response_iss_parameter_supported") is True,
    )


def _place(said: dict[str, Any], name: str) -> str:
    place = said.get(name)
    try:
        target = read_address(place if isinstance(place, str) else "")
    except BadInput:
        raise NotProved(Fault.UNTRUSTED, f"{name}_of_document") from None
    if target.is_plain and urlsplit(settings.OIDC_ISSUER).scheme != "http":
        raise NotProved(Fault.UNTRUSTED, f"{name}_plain")
    return str(place)


def keys_of(document: Document, at: datetime, *, anew: bool = False) -> list[Key]:
    """Its keys. `anew`: one was not among them; they are asked for again, but not more than once a minute. Raises `NotProved`."""
    place = document.keys
    if place in _keys and _is_within(_keys[place][0], at, ASKED_AGAIN_S) and not (anew and _is_due(place, at)):
        return _keys[place][1]
    rows = _get(place, at).get("keys")
    found = id_tokens.keys(rows if isinstance(rows, list) else [])
    _keys[place] = at, found
    return found


def _is_due(place: str, at: datetime) -> bool:
    """Whether this caller asks anew; of several at once one does."""
    with _lock:
        if place in _anew and _is_within(_anew[place], at, KEYS_ANEW_S):
            return False
        _anew[place] = at
        return True


def _redeemed(document: Document, code: str, flow: Mapping[str, Any]) -> dict[str, Any]:
    """The tokens for a code, which is good once; an ID token is among them."""
    secret, headers = _secret(), {}
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": flow["redirect_uri"],
        "code_verifier": flow["verifier"],
    }
    if document.takes_basic:
        # RFC 6749, 2.3.1: both are encoded as in a form before they are put together.
        pair = f"{quote_plus(settings.OIDC_CLIENT_ID)}:{quote_plus(secret)}"
        headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
    else:
        form |= {"client_id": settings.OIDC_CLIENT_ID, "client_secret": secret}
    try:
        answer = fetch(document.token, form=form, headers=headers)
    except Unreachable as fault:
        raise NotProved(Fault.DOWN, f"token_{fault.code}") from None
    if answer.said.get("error") == "invalid_grant":
        raise NotProved(Fault.STALE, "invalid_grant")
    if answer.status != 200 or not answer.said:
        raise NotProved(Fault.DOWN, f"token_{answer.status}")
    if not isinstance(answer.said.get("id_token"), str):
        raise NotProved(Fault.UNTRUSTED, "no_id_token")
    return answer.said


def _told_of_person(document: Document, tokens: dict[str, Any], subject: str) -> dict[str, Any]:
    """How somebody is called there, where the ID token does not say it (OpenID Connect Core 1.0, 5.3). Nothing where it is not
    told: whoever has a link comes in without. Raises `NotProved` where it is told of another.
    """
    access = tokens.get("access_token")
    if not document.person or not isinstance(access, str) or not access.isascii() or not access.isprintable():
        return {}
    try:
        answer = fetch(document.person, headers={"Authorization": f"Bearer {access}"})
    except Unreachable as fault:
        log.info("Single sign-on: no names (%s)", fault.code)
        return {}
    if answer.status != 200 or not answer.said:
        return {}
    if answer.said.get("sub") != subject:
        raise NotProved(Fault.UNTRUSTED, "sub_of_person")
    return {name: answer.said[name] for name in id_tokens.names() if name in answer.said}


def _secret() -> str:
    try:
        return settings.OIDC_SECRET_FILE.read_text("utf-8").strip()
    except (OSError, ValueError):
        raise NotProved(Fault.DOWN, "secret_file") from None


def _get(address: str, at: datetime) -> dict[str, Any]:
    """What stands there. After a failure nobody waits for it for some seconds: each who does holds a place of a page."""
    if address in _failed and _is_within(_failed[address], at, REST_S):
        raise NotProved(Fault.DOWN, "rests")
    try:
        answer = fetch(address)
    except Unreachable as fault:
        _failed[address] = at
        raise NotProved(Fault.DOWN, f"document_{fault.code}") from None
    if answer.status != 200 or not answer.said:
        _failed[address] = at
        raise NotProved(Fault.DOWN, f"document_{answer.status}")
    return answer.said


def _is_within(then: datetime, at: datetime, seconds: int) -> bool:
    return abs((at - then).total_seconds()) < seconds
