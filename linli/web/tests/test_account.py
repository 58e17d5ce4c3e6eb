"""`/account/` and the way in, page by page: what is asked, what is refused, and which sessions end."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from linli.accounts import actions, totp
from linli.accounts.models import Account, Authenticator, SignIn
from linli.events.testing import World
from linli.journal.models import Entry
from linli.people.models import Person
from linli.people.testing import PASSWORD
from linli.web.tests.test_signing import is_signed_in, sign_in

OWN = "A lane of 7 doors"


def code(person: Person, later: int = 0) -> str:
    secret = Authenticator.objects.get(person=person).secret
    return totp.code_at(secret, int(timezone.now().timestamp()) // 30 + later).decode()


def with_authenticator(person: Person) -> None:
    """Set up a minute ago, so that the code of now is fresh whatever the second."""
    at = timezone.now() - timedelta(seconds=60)
    one = actions.begin_authenticator(person, at=at)
    actions.confirm_authenticator(person, totp.code_at(one.secret, int(at.timestamp()) // 30).decode(), at=at)


def with_own_password(person: Person) -> None:
    actions.change_password(person, OWN, at=timezone.now())


@pytest.fixture
def production(settings: Any) -> None:
    settings.HOSTS = ["testserver"]
    settings.SECURE_SSL_REDIRECT = False


# --- the second step --------------------------------------------------------------------------------------------------


def test_with_a_second_factor_the_password_alone_opens_nothing(world: World, client: Client) -> None:
    with_authenticator(world.cast.worker)
    assert sign_in(client, "worker", next="/desk/map/").headers["Location"] == "/sign-in/second"
    assert not is_signed_in(client)
    for address in ("/desk/", "/account/", "/account/password", "/account/authenticator", "/account/codes"):
        assert client.get(address).headers["Location"].startswith("/sign-in?next="), address
    assert client.get("/sign-in/on").headers["Location"] == "/sign-in/second"
    assert client.post("/sign-in/second", {"code": "not a code"}).status_code == 422
    answer = client.post("/sign-in/second", {"code": code(world.cast.worker)})
    assert answer.headers["Location"] == "/desk/map/"
    assert is_signed_in(client)
    assert SignIn.objects.get().factor == "authenticator"


def test_wrong_codes_make_one_wait_and_the_journal_says_so(world: World, client: Client) -> None:
    with_authenticator(world.cast.worker)
    sign_in(client, "worker")
    for _time in range(5):
        assert client.post("/sign-in/second", {"code": "not a code"}).status_code == 422
    assert client.post("/sign-in/second", {"code": code(world.cast.worker)}).status_code == 429
    again = Client()
    sign_in(again, "worker")
    assert again.post("/sign-in/second", {"code": code(world.cast.worker)}).status_code == 429
    (entry,) = Entry.objects.filter(verb="account.locked")
    assert entry.facts == {"door": "second_factor"}


@pytest.mark.parametrize("answer", ["{}", "[]", "not json", '{"id": "x"}', '{"rawId": 1, "response": {}}', "null"])
def test_what_no_passkey_signed_is_refused(world: World, client: Client, answer: str) -> None:
    with_authenticator(world.cast.worker)
    sign_in(client, "worker")
    assert client.post("/sign-in/second", {"credential": answer}).status_code == 422
    assert not is_signed_in(client)


def test_a_password_changed_meanwhile_ends_the_way_in(world: World, client: Client) -> None:
    with_authenticator(world.cast.worker)
    sign_in(client, "worker")
    with_own_password(world.cast.worker)
    assert client.get("/sign-in/second").headers["Location"] == "/sign-in"


def test_a_way_in_that_took_too_long_begins_again(world: World, client: Client) -> None:
    with_authenticator(world.cast.worker)
    sign_in(client, "worker")
    session = client.session
    session["signing_in"] = {**session["signing_in"], "at": session["signing_in"]["at"] - 1000}
    session.save()
    assert client.post("/sign-in/second", {"code": code(world.cast.worker)}).headers["Location"] == "/sign-in"
    assert not is_signed_in(client)


# --- production -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "step"),
    [
        ("worker", "/desk/"),
        ("desk", "/desk/"),
        ("mediator", "/account/set-up"),
        ("auditor", "/account/set-up"),
        ("security", "/account/set-up"),
        ("system", "/account/set-up"),
    ],
)
def test_who_administers_or_sees_what_is_sealed_is_led_to_set_up_a_factor(
    world: World, client: Client, production: None, who: str, step: str
) -> None:
    with_own_password(getattr(world.cast, who))
    assert sign_in(client, who, OWN).headers["Location"] == step
    assert is_signed_in(client) is (step == "/desk/")


def test_without_others_nobody_needs_one(world: World, client: Client) -> None:
    assert sign_in(client, "mediator").headers["Location"] == "/mediation/"


def test_the_password_of_demonstrations_is_changed_before_anything_else(
    world: World, client: Client, production: None
) -> None:
    assert sign_in(client, "worker", next="/desk/map/").headers["Location"] == "/account/password"
    assert client.get("/account/codes").headers["Location"].startswith("/sign-in?next=")
    short = client.post("/account/password", {"password": "short", "again": "short"})
    assert short.status_code == 422 and not is_signed_in(client)
    assert client.post("/account/password", {"password": OWN, "again": OWN + "!"}).status_code == 422
    assert client.post("/account/password", {"password": OWN, "again": OWN}).headers["Location"] == "/desk/map/"
    assert is_signed_in(client)


def test_whoever_comes_to_need_a_factor_while_signed_in_is_led_to_it(
    world: World, client: Client, settings: Any, production: None
) -> None:
    with_own_password(world.cast.worker)
    sign_in(client, "worker", OWN)
    settings.SECOND_FACTOR = "all"
    assert client.get("/account/").status_code == 200
    session = client.session
    session["seen"] -= 61
    session.save()
    assert client.get("/desk/map/").headers["Location"] == "/account/set-up"
    assert not is_signed_in(client)
    assert client.get("/account/set-up").status_code == 200


# --- passwords --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "status"), [(2, 302), (4, 422)])
def test_a_given_password_ends_unused(world: World, days: int, status: int) -> None:
    worker, at = world.cast.worker, timezone.now() - timedelta(days=days)
    given = actions.give_password(worker, by=None, at=at, reason="forgotten")
    client = Client()
    answer = sign_in(client, "worker", given)
    assert (answer.status_code, is_signed_in(client)) == (status, False)
    assert ("/account/password" in answer.headers.get("Location", "")) is (days < 3)
    fresh = actions.give_password(worker, by=None, at=timezone.now(), reason="forgotten")
    assert sign_in(Client(), "worker", fresh).headers["Location"] == "/account/password"


def test_a_given_password_opens_once_and_is_shown_once(world: World, client: Client) -> None:
    page = f"/account/others/{world.cast.worker.pk}"
    sign_in(client, "security")
    found = client.post("/account/others/", {"who": "199 0000 0001"})
    assert found.headers["Location"] == page
    answer = client.post(f"{page}/password", {"reason": "forgotten"})
    given = answer.context["given"]
    assert given in answer.content.decode() and "no-store" in answer.headers["Cache-Control"]
    assert given not in client.get(page).content.decode()
    other = Client()
    assert sign_in(other, "worker").status_code == 422
    assert sign_in(other, "worker", given).headers["Location"] == "/account/password"
    assert other.post("/account/password", {"password": OWN, "again": OWN}).headers["Location"] == "/desk/"
    assert sign_in(Client(), "worker", given).status_code == 422
    assert not Account.objects.get(person=world.cast.worker).must_change


def test_helping_asks_for_a_reason_and_only_administrators_find_the_page(world: World) -> None:
    page = f"/account/others/{world.cast.worker.pk}"
    for who in ("desk", "worker", "auditor", "nobody"):
        client = Client()
        sign_in(client, who)
        for answer in (client.get(page), client.get("/account/others/"), client.post(f"{page}/password")):
            assert answer.status_code == 404, who
    client = Client()
    sign_in(client, "system")
    assert client.post(f"{page}/factors").status_code == 422
    assert client.post(f"{page}/password", {"reason": "lost"}).status_code == 403
    assert client.post(f"{page}/nothing", {"reason": "lost"}).status_code == 404
    assert client.post(f"{page}/factors", {"reason": "lost"}).status_code == 302
    assert client.post("/account/others/", {"who": "system"}).status_code == 422


def test_a_new_password_keeps_this_session_and_ends_the_others(world: World, client: Client) -> None:
    other = Client()
    sign_in(other, "worker")
    sign_in(client, "worker")
    assert client.post("/account/password", {"password": OWN, "again": OWN}).headers["Location"] == "/account/"
    assert client.get("/account/").status_code == 200
    assert other.get("/account/").status_code == 302
    assert SignIn.objects.get().session == client.session.session_key


def test_what_one_signs_in_with_is_changed_by_whoever_has_just_typed_the_password(world: World, client: Client) -> None:
    client.force_login(world.cast.worker)
    for address in ("/account/password", "/account/authenticator", "/account/passkeys/add", "/account/codes"):
        asked = client.get(address).headers["Location"]
        assert asked.startswith("/account/confirm?next=%2Faccount%2F")
    assert client.post(asked, {"password": "wrong"}).status_code == 422
    assert client.post(asked, {"password": PASSWORD, "next": "https://elsewhere.example/"}).headers["Location"] == (
        "/account/"
    )
    assert client.get("/account/authenticator").status_code == 200
    session = client.session
    session["confirmed"] -= 601
    session.save()
    assert client.get("/account/authenticator").status_code == 302


def test_for_an_address_in_figures_no_passkey_is_offered(world: World, client: Client) -> None:
    sign_in(client, "worker")
    page = client.get("/account/passkeys/add", headers={"Host": "127.0.0.1:8000"})
    assert page.context["host"] == "" and "passkey-options" not in page.content.decode()
    assert client.get("/account/passkeys/add", headers={"Host": "localhost:8000"}).context["host"] == "localhost"


# --- sign-ins ---------------------------------------------------------------------------------------------------------


def test_one_sees_where_one_is_signed_in_and_signs_out_there(world: World, client: Client) -> None:
    others = [Client(headers={"User-Agent": "Mozilla/5.0 (iPhone) Safari/604"}) for _number in range(3)]
    for other in others:
        sign_in(other, "worker")
    sign_in(client, "worker")
    page = client.get("/account/")
    assert [row["is_here"] for row in page.context["sign_ins"]] == [True, False, False, False]
    assert "iPhone" in page.content.decode()
    first = SignIn.objects.get(session=others[0].session.session_key)
    assert client.post(f"/account/sign-ins/{first.pk}/end").status_code == 302
    assert [other.get("/account/").status_code for other in others] == [302, 200, 200]
    client.post("/account/sign-ins/end-others")
    assert [other.get("/account/").status_code for other in others] == [302, 302, 302]
    assert client.get("/account/").status_code == 200
    facts = Entry.objects.filter(verb="account.signed_out_elsewhere").order_by("pk").values_list("facts", flat=True)
    assert list(facts) == [{"sessions": 1}, {"sessions": 2}]


def test_nobody_signs_others_out_here(world: World, client: Client) -> None:
    other = Client()
    sign_in(other, "desk")
    sign_in(client, "worker")
    assert client.post(f"/account/sign-ins/{SignIn.objects.get(person=world.cast.desk).pk}/end").status_code == 404
    assert other.get("/account/").status_code == 200


def test_signing_out_leaves_no_row(world: World, client: Client) -> None:
    sign_in(client, "worker")
    client.post("/sign-out")
    assert not SignIn.objects.exists()
    verbs = Entry.objects.filter(verb__startswith="account.").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["account.signed_in", "account.signed_out"]


def stored_end(client: Client) -> Any:
    return Session.objects.get(pk=client.session.session_key).expire_date


def test_a_session_ends_after_a_time_without_use_in_the_store_itself(world: World, client: Client) -> None:
    sign_in(client, "worker")
    began = SignIn.objects.get()
    assert began.ends_at - began.began_at == timedelta(seconds=django_settings.IDLE_S)
    assert stored_end(client) == began.ends_at
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert client.get("/account/").status_code == 302


def test_after_the_clock_was_set_back_a_session_ends_by_the_clock_of_now(world: World, client: Client) -> None:
    sign_in(client, "worker")
    session, ahead = client.session, 3000 * 86_400
    session["began"] += ahead
    session["seen"] += ahead
    session.set_expiry(timezone.now() + timedelta(seconds=ahead))
    session.save()
    client.get("/account/")
    assert stored_end(client) <= timezone.now() + timedelta(seconds=django_settings.IDLE_S)
    assert client.session["began"] <= timezone.now().timestamp()


def test_use_moves_the_end_once_a_minute_but_not_beyond_the_last(world: World, client: Client, settings: Any) -> None:
    sign_in(client, "worker")
    first = stored_end(client)
    client.get("/account/")
    assert stored_end(client) == first
    session = client.session
    session["seen"] -= 61
    session.save()
    client.get("/account/", headers={"X-By-Itself": "1"})
    assert stored_end(client) == first
    client.get("/account/")
    assert stored_end(client) > first
    assert SignIn.objects.get().ends_at == stored_end(client)
    session = client.session
    session["began"] -= settings.SESSION_COOKIE_AGE - 120
    session["seen"] -= 61
    session.save()
    client.get("/account/")
    assert stored_end(client) - timezone.now() <= timedelta(seconds=120)
