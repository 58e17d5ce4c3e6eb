"""Setting up second factors and signing in with them in a real browser, which has an authenticator of its own."""

import re
import time
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from linli.accounts import totp
from linli.accounts.models import Authenticator, Passkey, RecoveryCode
from linli.events.testing import World, make_world
from linli.journal.models import Entry
from linli.people.testing import PASSWORD
from tests.browser import OpenPage

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(transactional_db: None) -> World:
    return make_world()


def at_localhost(page: Page, live_server: Any, path: str) -> None:
    """Passkeys belong to a name; no browser makes any for 127.0.0.1."""
    page.context.set_default_timeout(30_000)
    page.goto(f"http://localhost:{urlsplit(live_server.url).port}{path}")


def give_authenticator(page: Page) -> None:
    """A device that is always at hand, and shows that its holder is."""
    line = page.context.new_cdp_session(page)
    line.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    line.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def give_password(page: Page, username: str, password: str = PASSWORD) -> None:
    page.get_by_label("User name or telephone number").fill(username)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def sign_out(page: Page) -> None:
    page.locator("details.me summary").click()
    page.get_by_role("button", name="Sign out", exact=True).click()


def code_of(one: Authenticator, later: int = 0) -> str:
    return totp.code_at(one.secret, int(time.time()) // 30 + later).decode()


def speak_english(page: Page, live_server: Any) -> None:
    page.context.add_cookies(
        [{"name": "linli_language", "value": "en", "domain": host, "path": "/"} for host in ("localhost", "127.0.0.1")]
    )


def test_a_passkey_is_made_used_and_removed(
    world: World, open_page: OpenPage, live_server: Any, accessible: Any
) -> None:
    page = open_page()
    speak_english(page, live_server)
    give_authenticator(page)
    at_localhost(page, live_server, "/sign-in?next=/account/")
    give_password(page, "mediator")
    accessible(page)
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name, so that you know it again").fill("Office computer")
    accessible(page)
    page.get_by_role("button", name="Make the passkey").click()
    page.get_by_role("button", name="Make ten codes").click()
    accessible(page)
    code = page.locator(".codes code").first.inner_text()
    page.get_by_role("link", name="I have kept them").click()
    page.get_by_text("Office computer").wait_for()
    assert Passkey.objects.get().host == "localhost"

    sign_out(page)
    at_localhost(page, live_server, "/sign-in?next=/account/")
    give_password(page, "mediator")
    page.get_by_role("heading", name="One step more").wait_for()
    accessible(page)
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_role("heading", name="My account").wait_for()
    assert page.get_by_text("here", exact=True).is_visible()
    assert Passkey.objects.get().used_at is not None

    sign_out(page)
    at_localhost(page, live_server, "/sign-in?next=/account/")
    give_password(page, "mediator")
    page.get_by_label("Recovery code").fill(code)
    page.get_by_role("button", name="Go on").click()
    page.get_by_text("9 recovery codes are left.").wait_for()
    page.get_by_role("button", name="Remove Office computer").click()
    page.get_by_text("The passkey is removed").wait_for()
    assert not Passkey.objects.exists() and not RecoveryCode.objects.exists()


def test_an_authenticator_is_demanded_on_the_way_in_and_asked_for_from_then_on(
    world: World, open_page: OpenPage, live_server: Any, settings: Any, accessible: Any
) -> None:
    settings.SECOND_FACTOR, settings.HOSTS = "all", ["localhost"]
    page = open_page(viewport={"width": 390, "height": 844})
    speak_english(page, live_server)
    at_localhost(page, live_server, "/sign-in")
    give_password(page, "worker")
    page.get_by_role("heading", name="Set up a second factor").wait_for()
    accessible(page)
    # Nothing else is open until then.
    at_localhost(page, live_server, "/desk/")
    assert "/sign-in?next=" in page.url
    give_password(page, "worker")
    page.get_by_role("link", name="An app on your phone").click()
    page.get_by_text("The camera does not work").click()
    letters = page.locator(".secret-letters").inner_text()
    assert re.fullmatch(r"([A-Z2-7]{4} ){7}[A-Z2-7]{4}", letters)
    accessible(page)
    one = Authenticator.objects.get()
    assert totp.spelled(one.secret) == letters
    page.get_by_label("The six digits that the app shows now").fill(code_of(one))
    page.get_by_role("button", name="Turn it on").click()
    page.get_by_role("button", name="Make ten codes").click()
    page.get_by_role("link", name="I have kept them").click()
    # The password of all tests is one that everybody knows.
    page.get_by_label("New password", exact=True).fill("A lane of 7 doors")
    page.get_by_label("The new password once more").fill("A lane of 7 doors")
    accessible(page)
    page.get_by_role("button", name="Change the password").click()
    page.wait_for_url("**/desk/")
    sign_out(page)
    at_localhost(page, live_server, "/sign-in")
    give_password(page, "worker", "A lane of 7 doors")
    page.get_by_label("Code of your authenticator, or a recovery code").fill(code_of(one, later=1))
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url("**/desk/")
    signed = Entry.objects.filter(verb="account.signed_in").order_by("pk").values_list("facts__factor", flat=True)
    assert list(signed) == ["authenticator", "authenticator"]
