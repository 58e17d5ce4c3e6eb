"""What is believed of an identity provider and what is not, held against a real one on this machine that lies as it is told."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from linli.accounts import provider
from linli.accounts.id_tokens import Claims, NotProved
from linli.accounts.rules import Fault
from linli.accounts.testing import SECRET, Provider, running, signer, use
from linli.accounts.tests.at_provider import HERE, NOON, answer_of, come, refusal


@pytest.fixture
def county(settings: Any, tmp_path: Path) -> Iterator[Provider]:
    with running() as one:
        use(one, settings, tmp_path)
        yield one


# --- good ways --------------------------------------------------------------------------------------------------------


def test_one_goes_there_with_a_challenge_and_comes_back_named(county: Provider) -> None:
    place, flow = provider.begin(HERE, at=NOON)
    asked = answer_of(place)
    assert place.startswith(f"{county.issuer}/authorize?")
    assert (asked["response_type"], asked["scope"], asked["redirect_uri"]) == ("code", "openid profile", HERE)
    assert asked["code_challenge_method"] == "S256" and flow["verifier"] not in place
    assert provider.finish(flow, answer_of(county.agree(place)), at=NOON) == Claims(
        county.issuer, "w-1", "worker.at.county", "", has_second_factor=False
    )


@pytest.mark.parametrize("algorithm", ["RS256", "PS256", "ES256", "ES384", "EdDSA"])
@pytest.mark.parametrize("is_said", [True, False])
def test_what_its_keys_can_sign_is_taken_whether_or_not_the_key_says_with_what(
    county: Provider, algorithm: str, is_said: bool
) -> None:
    # All of RSA by one key pair: to make one takes a while.
    county.signs = signer(algorithm) if algorithm[0] == "E" else replace(signer("RS256"), algorithm=algorithm)
    row = county.signs.published()
    county.rows = [{name: value for name, value in row.items() if is_said or name != "alg"}]
    assert come(county).subject == "w-1"


def test_a_token_may_leave_out_the_number_of_its_key_where_one_key_fits(county: Provider) -> None:
    county.header = {"kid": None}
    county.rows = [signer("ES384").published(), county.signs.published()]
    assert come(county).subject == "w-1"
    county.rows.append(signer("ES256", "another").published())
    assert refusal(county, NOON + timedelta(hours=2)) == (Fault.UNTRUSTED, "no_key")


def test_a_secret_goes_in_the_form_where_the_provider_takes_no_header(county: Provider) -> None:
    assert come(county).subject == "w-1" and "client_secret" not in county.forms[-1]
    provider.forget()
    county.document = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    assert come(county).subject == "w-1" and county.forms[-1]["client_secret"] == SECRET


@pytest.mark.parametrize(
    ("claims", "shown"),
    [
        ({"preferred_username": "王小明"}, "王小明"),
        ({"preferred_username": None, "name": "Wang", "email": "w@county"}, "Wang"),
        ({"preferred_username": " ", "email": "w@county"}, "w@county"),
        ({"preferred_username": None}, "w-1"),
        ({"preferred_username": ["no words"], "name": 7}, "w-1"),
        ({"preferred_username": "a\u202eb\0c"}, "abc"),
        ({"preferred_username": "x" * 300}, "x" * 100),
    ],
)
def test_people_are_shown_what_they_know_themselves_by(county: Provider, claims: dict[str, Any], shown: str) -> None:
    county.claims = claims
    assert come(county).shown == shown


@pytest.mark.parametrize(
    ("claims", "has_one"),
    [
        ({}, False),
        ({"acr": "gold"}, True),
        ({"acr": "silver"}, False),
        ({"acr": ["gold"]}, False),
        ({"amr": ["pwd", "otp"]}, True),
        ({"amr": ["pwd"]}, False),
        ({"amr": "otp"}, False),
    ],
)
def test_a_second_factor_counts_only_by_the_words_that_were_set(
    county: Provider, settings: Any, claims: dict[str, Any], has_one: bool
) -> None:
    settings.OIDC_SECOND_FACTOR = ["gold", "otp"]
    county.claims = claims
    assert come(county).has_second_factor is has_one


def test_a_name_is_read_only_in_the_claim_that_was_set(county: Provider, settings: Any) -> None:
    county.claims = {"employee": "worker", "odd": 7, "nul": "a\0"}
    for claim, name in {"": "", "employee": "worker", "odd": "", "nul": "", "missing": ""}.items():
        settings.OIDC_NAME_CLAIM = claim
        assert come(county).name == name


def test_names_that_the_token_does_not_hold_are_asked_for_where_the_provider_tells_them(
    county: Provider, settings: Any
) -> None:
    settings.OIDC_NAME_CLAIM = "employee"
    county.person = {"sub": "w-1"}
    assert (come(county).shown, come(county).name) == ("w-1", "")
    county.document = {"userinfo_endpoint": f"{county.issuer}/person"}
    provider.forget()
    county.told = {
        "sub": "w-1",
        "name": "Wang",
        "employee": "worker",
        "amr": ["otp"],
        "iss": "https://elsewhere.example",
    }
    settings.OIDC_SECOND_FACTOR = ["otp"]
    assert come(county) == Claims(county.issuer, "w-1", "Wang", "worker", has_second_factor=False)
    county.claims = {"employee": "of the token", "name": "Token"}
    assert (come(county).shown, come(county).name) == ("Token", "of the token")
    assert county.asked.count("/person") == 1


@pytest.mark.parametrize("told", [{"sub": "w-2", "name": "Li"}, {"name": "Li"}])
def test_names_of_another_are_not_believed(county: Provider, told: dict[str, Any]) -> None:
    county.person = {"sub": "w-1"}
    county.document = {"userinfo_endpoint": f"{county.issuer}/person"}
    county.told = told
    assert refusal(county) == (Fault.UNTRUSTED, "sub_of_person")


def test_whoever_is_linked_needs_no_names(county: Provider) -> None:
    county.person = {"sub": "w-1"}
    county.document = {"userinfo_endpoint": f"{county.issuer}/person"}
    county.answers["/person"] = (500, {}, b"")
    assert (come(county).subject, come(county).shown) == ("w-1", "w-1")


# --- bad answers ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"state": "another"}, (Fault.STALE, "state")),
        ({"state": ""}, (Fault.STALE, "state")),
        ({"state": "别的"}, (Fault.STALE, "state")),
        ({"iss": "http://127.0.0.1:1"}, (Fault.UNTRUSTED, "iss_of_answer")),
        ({"error": "access_denied"}, (Fault.DENIED, "access_denied")),
        ({"error": "server_error"}, (Fault.DOWN, "server_error")),
        ({"error": "invalid_scope"}, (Fault.DOWN, "invalid_scope")),
        ({"error": "Wang 19900000001"}, (Fault.DOWN, "error")),
        ({"error": "access_denied", "iss": "http://127.0.0.1:1"}, (Fault.UNTRUSTED, "iss_of_answer")),
        ({"code": ""}, (Fault.UNTRUSTED, "no_code")),
        ({"code": "x" * 5000}, (Fault.UNTRUSTED, "no_code")),
        ({"code": "of somebody else"}, (Fault.STALE, "invalid_grant")),
    ],
)
def test_an_answer_that_was_changed_on_the_way_is_refused(
    county: Provider, changed: dict[str, str], told: tuple[Fault, str]
) -> None:
    assert refusal(county, **changed) == told


def test_an_answer_without_its_issuer_is_taken_only_from_a_provider_that_never_says_it(county: Provider) -> None:
    for is_supported in (True, False):
        county.document = {"authorization_response_iss_parameter_supported": is_supported}
        provider.forget()
        place, flow = provider.begin(HERE, at=NOON)
        answer = answer_of(county.agree(place))
        del answer["iss"]
        if is_supported:
            with pytest.raises(NotProved, match="iss_of_answer"):
                provider.finish(flow, answer, at=NOON)
        else:
            assert provider.finish(flow, answer, at=NOON).subject == "w-1"


def test_a_code_is_taken_once_and_a_way_ends_after_a_quarter_of_an_hour(county: Provider) -> None:
    place, flow = provider.begin(HERE, at=NOON)
    answer = answer_of(county.agree(place))
    for at in (NOON - timedelta(seconds=61), NOON + timedelta(minutes=15)):
        with pytest.raises(NotProved, match="no_flow"):
            provider.finish(flow, answer, at=at)
    assert provider.finish(flow, answer, at=NOON + timedelta(minutes=14)).subject == "w-1"
    with pytest.raises(NotProved, match="invalid_grant") as caught:
        provider.finish(flow, answer, at=NOON + timedelta(minutes=14))
    assert caught.value.fault == Fault.STALE
    with pytest.raises(NotProved, match="no_flow"):
        provider.finish({}, answer, at=NOON)


def test_another_verifier_redeems_no_code(county: Provider) -> None:
    place, flow = provider.begin(HERE, at=NOON)
    with pytest.raises(NotProved, match="invalid_grant"):
        provider.finish(flow | {"verifier": "of another window"}, answer_of(county.agree(place)), at=NOON)


# --- keys that change -------------------------------------------------------------------------------------------------


def times(county: Provider, path: str) -> int:
    return county.asked.count(path)


DOCUMENT = "/.well-known/openid-configuration"


def test_keys_are_asked_for_once_an_hour_and_the_document_once_a_minute(county: Provider) -> None:
    for seconds in (0, 30, 59):
        come(county, NOON + timedelta(seconds=seconds))
    assert (times(county, "/keys"), times(county, DOCUMENT)) == (1, 1)
    come(county, NOON + timedelta(minutes=59))
    assert (times(county, "/keys"), times(county, DOCUMENT)) == (1, 2)
    come(county, NOON + timedelta(minutes=60))
    assert (times(county, "/keys"), times(county, DOCUMENT)) == (2, 3)


def test_nobody_is_sent_to_a_provider_that_went_down_a_minute_ago(county: Provider) -> None:
    place, flow = provider.begin(HERE, at=NOON)
    county.answers[DOCUMENT] = (503, {}, b"")
    with pytest.raises(NotProved, match="document_503"):
        provider.begin(HERE, at=NOON + timedelta(seconds=60))
    # Whoever is there already comes back all the same.
    assert provider.finish(flow, answer_of(county.agree(place)), at=NOON + timedelta(seconds=90)).subject == "w-1"


def test_a_key_that_is_not_known_is_looked_for_once_more_but_not_more_than_once_a_minute(county: Provider) -> None:
    come(county)
    county.signs = signer("ES256", "second")
    assert come(county, NOON + timedelta(seconds=5)).subject == "w-1"
    assert times(county, "/keys") == 2
    county.signs = signer("ES256", "another")
    assert refusal(county, NOON + timedelta(seconds=30)) == (Fault.UNTRUSTED, "no_key")
    assert times(county, "/keys") == 2
    assert come(county, NOON + timedelta(seconds=65)).subject == "w-1"
    assert times(county, "/keys") == 3


def test_a_key_that_was_taken_away_proves_nothing_an_hour_later(county: Provider) -> None:
    come(county)
    county.rows = [signer("ES384").published()]
    assert come(county, NOON + timedelta(minutes=59)).subject == "w-1"
    assert refusal(county, NOON + timedelta(hours=1)) == (Fault.UNTRUSTED, "no_key")


# --- a provider that does not answer as it should ---------------------------------------------------------------------

HUGE = b'{"issuer": "' + b"x" * 300_000 + b'"}'
ODD_ANSWERS: dict[str, tuple[int, dict[str, str], bytes]] = {
    "broken": (500, {}, b"{}"),
    "gone": (404, {}, b""),
    "elsewhere": (302, {"Location": "/keys"}, b"{}"),
    "page": (200, {"Content-Type": "text/html"}, b"<html>"),
    "list": (200, {}, b"[]"),
    "huge": (200, {}, HUGE),
    "deep": (200, {}, b"[" * 100_000),
    "cut off": (200, {"Content-Length": "5000"}, b'{"issuer":'),
}


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/keys", "/token"])
@pytest.mark.parametrize("answer", ODD_ANSWERS)
def test_a_provider_that_answers_oddly_is_down(county: Provider, path: str, answer: str) -> None:
    county.answers[path] = ODD_ANSWERS[answer]
    assert refusal(county)[0] == Fault.DOWN


def test_after_it_did_not_answer_nobody_waits_for_it_for_some_seconds(county: Provider) -> None:
    county.answers["/keys"] = ODD_ANSWERS["broken"]
    assert refusal(county)[1] == "document_500"
    assert refusal(county, NOON + timedelta(seconds=9))[1] == "rests"
    assert times(county, "/keys") == 1
    del county.answers["/keys"]
    assert come(county, NOON + timedelta(seconds=10)).subject == "w-1"


def test_a_provider_that_is_not_there_is_down(settings: Any, tmp_path: Path) -> None:
    with running() as one:
        use(one, settings, tmp_path)
    assert refusal(one) == (Fault.DOWN, "document_not_reached")


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ({"issuer": "https://elsewhere.example"}, (Fault.UNTRUSTED, "issuer_of_document")),
        ({"issuer": None}, (Fault.UNTRUSTED, "issuer_of_document")),
        ({"token_endpoint": None}, (Fault.UNTRUSTED, "token_endpoint_of_document")),
        ({"token_endpoint": ["https://a.example"]}, (Fault.UNTRUSTED, "token_endpoint_of_document")),
        ({"authorization_endpoint": "javascript:alert(1)"}, (Fault.UNTRUSTED, "authorization_endpoint_of_document")),
        ({"jwks_uri": "file:///etc/passwd"}, (Fault.UNTRUSTED, "jwks_uri_of_document")),
        ({"jwks_uri": "https://user:word@a.example/"}, (Fault.UNTRUSTED, "jwks_uri_of_document")),
    ],
)
def test_a_document_that_speaks_for_somebody_else_or_names_no_place_is_refused(
    county: Provider, document: dict[str, Any], told: tuple[Fault, str]
) -> None:
    county.document = document
    assert refusal(county) == told


def test_where_the_provider_is_encrypted_all_its_places_are(county: Provider, settings: Any) -> None:
    said = county.answer("GET", "/.well-known/openid-configuration", {}, "")[2]
    settings.OIDC_ISSUER = "https://county.example"
    plain = json.loads(said) | {"issuer": "https://county.example"}
    with pytest.raises(NotProved, match="authorization_endpoint_plain"):
        provider._read(plain)
    encrypted = json.loads(said.replace(b"http://", b"https://")) | {"issuer": "https://county.example"}
    assert provider._read(encrypted).token.startswith("https://")


def test_a_secret_that_is_wrong_or_gone_is_told_as_a_provider_that_is_down(county: Provider, settings: Any) -> None:
    settings.OIDC_SECRET_FILE.write_text("another")
    assert refusal(county) == (Fault.DOWN, "token_401")
    settings.OIDC_SECRET_FILE.unlink()
    assert refusal(county) == (Fault.DOWN, "secret_file")
