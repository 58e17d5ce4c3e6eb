"""What a provider did not sign, or not for us and now, is refused."""

import hmac
import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm

from linli.accounts.rules import Fault
from linli.accounts.testing import CLIENT_ID, Provider, Signer, running, signer, use
from linli.accounts.tests.at_provider import come, refusal


@pytest.fixture
def county(settings: Any, tmp_path: Path) -> Iterator[Provider]:
    with running() as one:
        use(one, settings, tmp_path)
        yield one


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"iss": "https://elsewhere.example"}, "InvalidIssuerError"),
        ({"iss": None}, "MissingRequiredClaimError"),
        ({"aud": "another program"}, "InvalidAudienceError"),
        ({"aud": ["another program"]}, "InvalidAudienceError"),
        ({"aud": None}, "MissingRequiredClaimError"),
        ({"aud": [CLIENT_ID, "another program"]}, "azp"),
        ({"aud": [CLIENT_ID, "another program"], "azp": "another program"}, "azp"),
        ({"azp": "another program"}, "azp"),
        ({"nonce": "of another sign-in"}, "nonce"),
        ({"nonce": 7}, "nonce"),
        ({"nonce": None}, "MissingRequiredClaimError"),
        ({"sub": None}, "MissingRequiredClaimError"),
        ({"sub": ""}, "sub"),
        ({"sub": "x" * 256}, "sub"),
        ({"sub": 7}, "InvalidSubjectError"),
        ({"exp": "soon"}, "DecodeError"),
        ({"exp": None}, "MissingRequiredClaimError"),
        ({"iat": None}, "MissingRequiredClaimError"),
        ({"iat": "now"}, "InvalidIssuedAtError"),
    ],
)
def test_a_token_with_such_a_claim_is_refused(county: Provider, claims: dict[str, Any], why: str) -> None:
    county.claims = claims
    assert refusal(county) == (Fault.UNTRUSTED, why)


@pytest.mark.parametrize(
    ("claim", "from_now_s", "why"),
    [
        ("exp", -600, "ExpiredSignatureError"),
        ("exp", -20, ""),
        ("iat", 600, "ImmatureSignatureError"),
        ("iat", 20, ""),
        ("iat", -1200, "iat_old"),
        ("iat", -400, ""),
        ("nbf", 600, "ImmatureSignatureError"),
    ],
)
def test_its_clock_may_differ_a_little_and_a_token_is_of_now(
    county: Provider, claim: str, from_now_s: int, why: str
) -> None:
    county.claims = {claim: int(time.time()) + from_now_s}
    if why:
        assert refusal(county) == (Fault.UNTRUSTED, why)
    else:
        assert come(county).subject == "w-1"


def part(said: Any) -> str:
    return urlsafe_b64encode(said if isinstance(said, bytes) else json.dumps(said).encode()).rstrip(b"=").decode()


def signed_with_public_key(said: dict[str, Any], by: Signer) -> str:
    """The old trick: the public key, which everybody has, as if it were a secret that both sides know."""
    secret = by.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    content = f"{part({'alg': 'HS256', 'kid': by.number})}.{part(said)}"
    return f"{content}.{part(hmac.digest(secret, content.encode(), 'sha256'))}"


def signed_by_another(said: dict[str, Any]) -> str:
    """By a key of the same kind that is not published, under the number of the one that is."""
    return jwt.encode(said, signer("ES256", "another").private, "ES256", headers={"kid": "of-ES256"})


FORGERIES: dict[str, Callable[[dict[str, Any]], str]] = {
    "unsigned": lambda said: jwt.encode(said, None, "none", headers={"kid": "of-ES256"}),
    "unsigned, in other letters": lambda said: f"{part({'alg': 'NoNe'})}.{part(said)}.",
    "symmetric": lambda said: signed_with_public_key(said, signer("ES256")),
    "by another": signed_by_another,
    "of another curve": lambda said: jwt.encode(said, signer("ES384").private, "ES384", headers={"kid": "of-ES256"}),
    "without its signature": lambda said: signed_by_another(said).rpartition(".")[0] + ".",
    "with a key of its own": lambda said: jwt.encode(
        said,
        signer("ES256", "another").private,
        "ES256",
        headers={"kid": "of-ES256", "jwk": signer("ES256", "another").published(), "jku": "https://elsewhere.example"},
    ),
    "with a demand nobody knows": lambda said: jwt.encode(
        said, signer("ES256").private, "ES256", headers={"kid": "of-ES256", "crit": ["odd"], "odd": 1}
    ),
    "no object": lambda said: f"{part({'alg': 'ES256', 'kid': 'of-ES256'})}.{part([1])}.{part(b'x' * 64)}",
    "no token": lambda _said: "no token",
    "empty": lambda _said: "",
    "encrypted": lambda _said: "a.b.c.d.e",
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_what_the_provider_did_not_sign_is_refused(county: Provider, forgery: str) -> None:
    county.forge = FORGERIES[forgery]
    assert refusal(county)[0] == Fault.UNTRUSTED


@pytest.mark.parametrize(
    "changed",
    [
        {"kty": "oct", "k": part(b"a secret that is long enough for this")},
        {"use": "enc"},
        {"alg": "ES384"},
        {"alg": "RS256"},
        {"crv": "secp256k1"},
        {"crv": "P-521"},
        {"x": "!!"},
        {"x": None},
        {"d": part(b"\1" * 32)},
        {"kid": "another"},
        {"kid": 7},
    ],
)
def test_a_key_that_is_none_for_signing_proves_nothing(county: Provider, changed: dict[str, Any]) -> None:
    county.rows = [{**county.signs.published(), **changed}, "no key", None]  # type: ignore[list-item]
    assert refusal(county) == (Fault.UNTRUSTED, "no_key")


def test_a_key_that_is_published_with_its_private_half_proves_nothing(county: Provider) -> None:
    both = ECAlgorithm.to_jwk(county.signs.private, as_dict=True)
    county.rows = [{**both, "kid": county.signs.number}]
    assert refusal(county) == (Fault.UNTRUSTED, "no_key")


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
def test_a_short_key_proves_nothing(county: Provider) -> None:
    county.signs = Signer("short", "RS256", rsa.generate_private_key(65537, 1024))
    assert refusal(county) == (Fault.UNTRUSTED, "InvalidKeyError")
