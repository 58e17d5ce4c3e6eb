"""Single sign-on page by page, with a real provider on this machine: who comes in, who is linked, and what is refused how."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from linli.accounts import actions
from linli.accounts.models import Link, SignIn, Tries
from linli.accounts.rules import Fault
from linli.accounts.testing import Provider, running, use
from linli.events.testing import World
from linli.journal.models import Entry, Notice
from linli.people.models import Person
from linli.people.testing import PASSWORD
from linli.web import throttle
from linli.web.signing import too_many_tries
from linli.web.tests.at_provider import digest, linked, said, sentence, there_and_back
from linli.web.tests.test_account import OWN, code, with_authenticator, with_own_password
from linli.web.tests.test_signing import is_signed_in, sign_in

ADDRESSES = (
    *("/sign-in/provider", "/sign-in/provider/back", "/account/link", "/account/link/begin", "/account/link/remove"),
)


@pytest.fixture
def county(world: World, settings: Any, tmp_path: Path) -> Iterator[Provider]:
    with running() as one:
        use(one, settings, tmp_path)
        yield one


@pytest.fixture
def production(settings: Any) -> None:
    settings.HOSTS = ["testserver"]
    settings.SECURE_SSL_REDIRECT = False


# --- where there is none ----------------------------------------------------------------------------------------------


def test_where_no_provider_is_set_its_addresses_are_not_there(world: World, client: Client) -> None:
    assert "/sign-in/provider" not in client.get("/sign-in").content.decode()
    other = Client()
    sign_in(other, "worker")
    assert "/account/link" not in other.get("/account/").content.decode()
    for one in (client, other):
        for address in ADDRESSES:
            assert (one.get(address).status_code, one.post(address).status_code) == (404, 404), address


def test_where_one_is_set_they_take_what_they_should(county: Provider, client: Client) -> None:
    for address in ADDRESSES[:2]:
        assert client.post(address).status_code == 405
    for address in ADDRESSES[2:]:
        assert client.get(address).headers["Location"].startswith("/sign-in?next="), address
    client.force_login(Person.objects.get(username="worker"))
    assert client.get("/account/link/remove").status_code == 405
    assert client.post("/account/link/begin").status_code == 405


# --- signing in -------------------------------------------------------------------------------------------------------


def test_whoever_is_linked_comes_in_and_where_they_wanted_to_go(world: World, county: Provider, client: Client) -> None:
    linked(world.cast.worker, county)
    page = client.get("/sign-in?next=/desk/map/").content.decode()
    assert 'href="/sign-in/provider?next=%2Fdesk%2Fmap%2F"' in page and "County sign-on" in page
    assert there_and_back(client, county, next="/desk/map/").headers["Location"] == "/desk/map/"
    assert client.session["_auth_user_id"] == str(world.cast.worker.pk)
    one = SignIn.objects.get(session=client.session.session_key)
    assert (one.way, one.factor) == ("provider", "")
    assert Entry.objects.latest("pk").facts == {"factor": "none", "way": "provider"}
    assert Link.objects.get().used_at is not None
    assert f"· {one.proved}<" in client.get("/account/").content.decode()
    assert client.get("/sign-in/provider?next=/account/").headers["Location"] == "/account/"


def test_a_session_that_came_this_way_ends_like_any_other(world: World, county: Provider, client: Client) -> None:
    linked(world.cast.worker, county)
    there_and_back(client, county)
    other = Client()
    sign_in(other, "worker")
    row = SignIn.objects.get(session=client.session.session_key)
    assert other.post(f"/account/sign-ins/{row.pk}/end").status_code == 302
    assert client.get("/account/").status_code == 302
    there_and_back(client, county)
    client.post("/sign-out")
    assert not is_signed_in(client) and not SignIn.objects.filter(way="provider").exists()


def test_nobody_is_led_to_another_host_afterwards(world: World, county: Provider, client: Client) -> None:
    linked(world.cast.worker, county)
    assert there_and_back(client, county, next="https://elsewhere.example/").headers["Location"] == "/desk/"


def test_it_never_counts_as_the_password_of_now(world: World, county: Provider, client: Client) -> None:
    linked(world.cast.worker, county)
    there_and_back(client, county)
    for address in ("/account/password", "/account/authenticator", "/account/codes", "/account/link"):
        assert client.get(address).headers["Location"].startswith("/account/confirm?next="), address
    assert client.post("/account/link/remove").headers["Location"].startswith("/account/confirm")
    assert client.post("/account/confirm", {"password": PASSWORD}).headers["Location"] == "/account/"
    assert client.get("/account/authenticator").status_code == 200


def test_a_password_that_was_confirmed_before_is_not_the_next_persons(
    world: World, county: Provider, client: Client
) -> None:
    linked(world.cast.worker, county)
    session = client.session
    session["confirmed"] = timezone.now().timestamp()
    session.save()
    there_and_back(client, county)
    assert client.get("/account/authenticator").headers["Location"].startswith("/account/confirm?next=")


def test_a_given_password_that_has_ended_confirms_nothing(world: World, county: Provider, client: Client) -> None:
    linked(world.cast.worker, county)
    given = actions.give_password(world.cast.worker, by=None, at=timezone.now() - timedelta(days=4), reason="new")
    # That somebody else knows the password hinders nobody who comes without it.
    assert there_and_back(client, county).headers["Location"] == "/desk/"
    assert client.post("/account/confirm", {"password": given}).status_code == 422


# --- second factors ---------------------------------------------------------------------------------------------------


def test_a_factor_of_ours_is_asked_for_unless_the_provider_vouches_for_one(
    world: World, county: Provider, client: Client, settings: Any
) -> None:
    linked(world.cast.worker, county)
    with_authenticator(world.cast.worker)
    assert there_and_back(client, county, next="/desk/map/").headers["Location"] == "/sign-in/second"
    assert not is_signed_in(client)
    assert "County sign-on" in client.get("/sign-in/second").content.decode()
    assert client.post("/sign-in/second", {"code": code(world.cast.worker)}).headers["Location"] == "/desk/map/"
    assert SignIn.objects.get(session=client.session.session_key).factor == "authenticator"
    settings.OIDC_SECOND_FACTOR, county.claims = ["otp"], {"amr": ["pwd", "otp"]}
    other = Client()
    assert there_and_back(other, county).headers["Location"] == "/desk/"
    one = SignIn.objects.get(session=other.session.session_key)
    assert (one.way, one.factor) == ("provider", "provider")


def test_a_link_that_is_removed_meanwhile_ends_the_way_in(world: World, county: Provider, client: Client) -> None:
    linked(world.cast.worker, county)
    with_authenticator(world.cast.worker)
    there_and_back(client, county)
    actions.unlink(world.cast.worker, session="", at=timezone.now())
    assert client.post("/sign-in/second", {"code": code(world.cast.worker)}).headers["Location"] == "/sign-in"
    assert not is_signed_in(client)


def test_a_role_that_needs_a_factor_sets_one_up_and_types_the_password_for_that(
    world: World, county: Provider, client: Client, production: None
) -> None:
    person = world.cast.auditor
    with_own_password(person)
    actions.link(person, issuer=county.issuer, digest=digest(county), at=timezone.now())
    assert there_and_back(client, county, next="/audit/").headers["Location"] == "/account/set-up"
    assert client.get("/account/set-up").status_code == 200 and not is_signed_in(client)
    asked = client.get("/account/authenticator").headers["Location"]
    assert asked == "/account/confirm?next=%2Faccount%2Fauthenticator"
    assert client.post(asked, {"password": "wrong"}).status_code == 422
    assert client.get("/account/authenticator").status_code == 302
    assert client.post(asked, {"password": OWN}).headers["Location"] == "/account/authenticator"
    assert client.get("/account/authenticator").status_code == 200
    assert client.post("/account/authenticator", {"code": code(person)}).headers["Location"] == "/account/codes"
    assert client.post("/account/codes").status_code == 200
    assert client.get("/sign-in/on").headers["Location"] == "/audit/"
    assert SignIn.objects.get().way == "provider"


def test_a_factor_that_the_provider_vouches_for_is_enough_for_a_role_that_needs_one(
    world: World, county: Provider, client: Client, settings: Any, production: None
) -> None:
    actions.link(world.cast.auditor, issuer=county.issuer, digest=digest(county), at=timezone.now())
    settings.OIDC_SECOND_FACTOR, county.claims = ["gold"], {"acr": "gold"}
    assert there_and_back(client, county).headers["Location"] == "/audit/"
    assert is_signed_in(client)


def test_whoever_comes_to_need_a_factor_is_led_to_it_and_still_came_by_the_provider(
    world: World, county: Provider, client: Client, settings: Any, production: None
) -> None:
    actions.link(world.cast.worker, issuer=county.issuer, digest=digest(county), at=timezone.now())
    there_and_back(client, county)
    settings.SECOND_FACTOR = "all"
    session = client.session
    session["seen"] -= 61
    session.save()
    assert client.get("/desk/map/").headers["Location"] == "/account/set-up"
    assert client.get("/account/authenticator").headers["Location"].startswith("/account/confirm?next=")


# --- by name ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def by_name(county: Provider, settings: Any) -> Provider:
    settings.OIDC_NAME_CLAIM = "employee"
    return county


@pytest.mark.parametrize(
    ("name", "comes_in"),
    [
        ("worker", True),
        ("desk", True),
        ("Worker", False),
        (" worker", False),
        ("ｗorker", False),
        ("19900000001", False),
        ("nobody at all", False),
        ("", False),
        ("auditor", False),
        ("security", False),
        ("system", False),
        ("mediator", False),
    ],
)
def test_a_first_sign_in_links_by_the_exact_name_but_nobody_who_needs_a_factor(
    by_name: Provider, client: Client, name: str, comes_in: bool
) -> None:
    by_name.claims = {"employee": name}
    answer = there_and_back(client, by_name)
    assert (is_signed_in(client), Link.objects.exists()) == (comes_in, comes_in)
    if comes_in:
        (entry,) = Entry.objects.filter(verb="account.linked")
        assert entry.by_id is None and Notice.objects.get().person.username == name
    else:
        assert sentence(Fault.UNKNOWN) in said(client, answer)


def test_a_name_counts_once_and_only_where_a_setting_says_so(
    world: World, by_name: Provider, client: Client, settings: Any
) -> None:
    by_name.claims = {"employee": "worker"}
    there_and_back(client, by_name)
    # The name was given to somebody else at the provider.
    by_name.person = {"sub": "w-2"}
    other = Client()
    there_and_back(other, by_name)
    assert not is_signed_in(other)
    # Whoever removed the link meant it.
    actions.unlink(world.cast.worker, session="", at=timezone.now())
    for subject in ("w-1", "w-2"):
        by_name.person = {"sub": subject}
        there_and_back(other, by_name)
        assert not is_signed_in(other)
    settings.OIDC_NAME_CLAIM, by_name.claims = "", {"employee": "desk"}
    there_and_back(other, by_name)
    assert not is_signed_in(other) and not Link.objects.exists()


# --- refusals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        ({"error": "access_denied"}, Fault.DENIED),
        ({"error": "temporarily_unavailable"}, Fault.DOWN),
        ({"state": "of another window"}, Fault.STALE),
        ({"iss": "https://elsewhere.example"}, Fault.UNTRUSTED),
        ({}, Fault.UNKNOWN),
    ],
)
def test_each_refusal_says_on_the_form_what_happened_and_what_to_do(
    county: Provider, client: Client, answer: dict[str, str], fault: Fault
) -> None:
    place = client.get("/sign-in/provider?next=/desk/map/").headers["Location"]
    came = {name: values[0] for name, values in parse_qs(urlsplit(county.agree(place)).query).items()}
    refused = client.get("/sign-in/provider/back", came | answer)
    assert refused.headers["Location"] == "/sign-in?next=%2Fdesk%2Fmap%2F"
    page = client.get(refused.headers["Location"])
    assert page.context["error"] == sentence(fault) and sentence(fault) in page.content.decode()
    assert page.context["next"] == "/desk/map/" and not is_signed_in(client)
    assert sentence(fault) not in client.get("/sign-in").content.decode()
    # The way was forgotten before it was looked at.
    again = client.get("/sign-in/provider/back", came)
    assert sentence(Fault.STALE) in said(client, again)


def test_an_account_that_is_closed_is_refused_like_one_that_is_not_there(
    world: World, county: Provider, client: Client, settings: Any
) -> None:
    linked(world.cast.worker, county)
    Person.objects.filter(pk=world.cast.worker.pk).update(is_active=False)
    closed = said(client, there_and_back(client, county))
    settings.OIDC_NAME_CLAIM, county.claims = "employee", {"employee": "worker"}
    assert sentence(Fault.UNKNOWN) in closed and sentence(Fault.UNKNOWN) in said(client, there_and_back(client, county))
    assert not is_signed_in(client)


def test_whoever_begins_ever_again_is_slowed_down_without_a_row_for_each(county: Provider, client: Client) -> None:
    for _time in range(600):
        throttle.too_many("provider 127.0.0.1", most=600, within_s=600)
    answer = client.get("/sign-in/provider?next=/desk/map/")
    page = answer.content.decode()
    assert answer.status_code == 429 and 'action="/sign-in"' in page and 'value="/desk/map/"' in page
    assert not Session.objects.exists()


def test_when_the_provider_is_down_the_page_says_so_and_the_password_goes_on_working(
    county: Provider, client: Client
) -> None:
    county.answers["/.well-known/openid-configuration"] = (503, {}, b"")
    page = said(client, client.get("/sign-in/provider?next=/desk/map/"))
    assert sentence(Fault.DOWN) in page and 'name="password"' in page
    assert sign_in(client, "worker").headers["Location"] == "/desk/"
    # And one's own page says so too, to whoever wants to link.
    answer = client.get("/account/link/begin")
    assert answer.headers["Location"] == "/account/" and sentence(Fault.DOWN) in said(client, answer)


def test_what_is_logged_of_a_refusal_holds_nothing_of_a_person_or_a_token(
    county: Provider, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    county.claims = {"nonce": "of another sign-in"}
    there_and_back(client, county)
    (line,) = [one.getMessage() for one in caplog.records if one.name == "linli.web.account.provider"]
    assert line == "Single sign-on: untrusted (nonce)"


def test_a_hundred_failures_from_one_address_make_it_wait_and_good_ways_count_as_none(
    world: World, county: Provider, client: Client
) -> None:
    linked(world.cast.worker, county)
    there_and_back(Client(), county)
    assert list(Tries.objects.values_list("count", flat=True)) == [0]
    client.get("/sign-in/provider/back")
    Tries.objects.update(count=99)
    client.get("/sign-in/provider/back")
    page = said(client, there_and_back(client, county))
    assert not is_signed_in(client) and too_many_tries(1) in page
