"""Linking one's account with the identity provider: by one's own hand, seen by administrators, removed by both."""

from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import translation

from linli.accounts import actions
from linli.accounts.models import Link
from linli.accounts.rules import Fault
from linli.accounts.testing import Provider, running, use
from linli.events.testing import World
from linli.journal.models import Entry, Notice
from linli.kit.refusal import Refused
from linli.notices.about import about
from linli.people.testing import PASSWORD
from linli.web.tests.at_provider import linked, said, sentence, there_and_back, verbs
from linli.web.tests.test_signing import sign_in


@pytest.fixture
def county(world: World, settings: Any, tmp_path: Path) -> Iterator[Provider]:
    with running() as one:
        use(one, settings, tmp_path)
        yield one


def test_one_links_ones_account_after_seeing_whom_the_provider_named(
    world: World, county: Provider, client: Client
) -> None:
    sign_in(client, "worker")
    assert "worker.at.county" not in client.get("/account/link").content.decode()
    answer = there_and_back(client, county, "/account/link/begin")
    assert answer.headers["Location"] == "/account/link" and not Link.objects.exists()
    page = client.get("/account/link")
    assert "worker.at.county" in page.content.decode() and "no-store" in page.headers["Cache-Control"]
    client.post("/account/link")
    one = Link.objects.get()
    assert (one.person, one.issuer, one.used_at) == (world.cast.worker, county.issuer, None)
    assert "w-1" not in one.digest and "worker" not in one.digest
    assert verbs(world.cast.worker) == ["account.signed_in", "account.linked"]
    assert not Notice.objects.exists()
    assert 'action="/account/link/remove"' in client.get("/account/").content.decode()
    assert client.get("/account/link").headers["Location"] == "/account/"


def test_what_was_named_is_confirmed_once_in_time_and_by_the_same_person(
    world: World, county: Provider, client: Client
) -> None:
    sign_in(client, "worker")
    assert client.post("/account/link").status_code == 422
    there_and_back(client, county, "/account/link/begin")
    session = client.session
    session["provider_named"] = {**session["provider_named"], "at": session["provider_named"]["at"] - 600}
    session.save()
    assert "worker.at.county" not in client.get("/account/link").content.decode()
    assert client.post("/account/link").status_code == 422
    there_and_back(client, county, "/account/link/begin")
    session = client.session
    session["provider_named"] = {**session["provider_named"], "person": world.cast.desk.pk}
    session.save()
    assert client.post("/account/link").status_code == 422
    assert not Link.objects.exists()


def test_linking_asks_for_the_password_of_now_and_goes_out_by_a_link_alone(
    world: World, county: Provider, client: Client
) -> None:
    client.force_login(world.cast.worker)
    assert client.get("/account/link/begin").headers["Location"] == "/account/link"
    asked = client.get("/account/link").headers["Location"]
    assert asked == "/account/confirm?next=%2Faccount%2Flink"
    # What a form leads to is a page of ours: browsers follow no redirect of a form to another host.
    assert client.post(asked, {"password": PASSWORD}).headers["Location"] == "/account/link"
    page = client.get("/account/link").content.decode()
    assert 'href="/account/link/begin"' in page and county.issuer not in page


def test_an_account_of_the_provider_belongs_to_one_here_and_one_here_to_one_there(
    world: World, county: Provider, client: Client
) -> None:
    linked(world.cast.worker, county)
    sign_in(client, "desk")
    there_and_back(client, county, "/account/link/begin")
    assert str(actions.link_of(world.cast.worker).digest) == client.session["provider_named"]["digest"]  # type: ignore[union-attr]
    client.post("/account/link")
    assert Link.objects.get().person == world.cast.worker
    assert "account.linked" not in verbs(world.cast.desk)
    other = Client()
    sign_in(other, "worker")
    county.person = {"sub": "w-2"}
    there_and_back(other, county, "/account/link/begin")
    assert other.post("/account/link").headers["Location"] == "/account/"
    assert Link.objects.count() == 1


def test_whoever_comes_back_to_somebody_elses_session_links_nothing(
    world: World, county: Provider, client: Client
) -> None:
    sign_in(client, "worker")
    place = client.get("/account/link/begin").headers["Location"]
    back = urlsplit(county.agree(place))
    session = client.session
    session["provider_flow"] = {**session["provider_flow"], "person": world.cast.desk.pk}
    session.save()
    answer = client.get(f"{back.path}?{back.query}")
    assert answer.headers["Location"] == "/account/" and "provider_named" not in client.session
    assert sentence(Fault.STALE) in said(client, answer)


def test_one_removes_ones_link_and_what_came_in_by_it_elsewhere_is_signed_out(
    world: World, county: Provider, client: Client
) -> None:
    linked(world.cast.worker, county)
    by_provider, by_password, elsewhere = Client(), Client(), Client()
    there_and_back(by_provider, county)
    for one in (by_password, elsewhere):
        sign_in(one, "worker")
    assert by_password.post("/account/link/remove").headers["Location"] == "/account/"
    assert not Link.objects.exists()
    assert [one.get("/account/").status_code for one in (by_password, elsewhere, by_provider)] == [200, 200, 302]
    assert verbs(world.cast.worker)[-1] == "account.unlinked"
    assert by_password.post("/account/link/remove").status_code == 409
    assert sentence(Fault.UNKNOWN) in said(client, there_and_back(client, county))


@pytest.mark.parametrize("who", ["security", "system"])
def test_an_administrator_sees_that_there_is_a_link_and_removes_it_with_a_reason(
    world: World, county: Provider, client: Client, who: str
) -> None:
    linked(world.cast.worker, county)
    came = Client()
    there_and_back(came, county)
    sign_in(client, who)
    place = f"/account/others/{world.cast.worker.pk}"
    page = client.get(place).content.decode()
    assert f"{place}/link" in page and Link.objects.get().digest not in page and "worker.at.county" not in page
    assert client.post(f"{place}/link").status_code == 422
    assert client.post(f"{place}/link", {"reason": "misuse"}).status_code == 302
    assert not Link.objects.exists() and came.get("/account/").status_code == 302
    assert Entry.objects.get(verb="account.unlinked").facts == {"reason": "misuse", "sessions": 1}
    assert Notice.objects.get().person == world.cast.worker
    assert f"{place}/link" not in client.get(place).content.decode()
    assert client.post(f"{place}/link", {"reason": "misuse"}).status_code == 409
    with translation.override("en"):
        assert "removed the single sign-on" in about(Notice.objects.get().entry).words({})  # type: ignore[union-attr]


def test_so_does_the_command_on_the_machine(world: World, county: Provider) -> None:
    linked(world.cast.worker, county)
    call_command("accounts", "unlink", "worker", "--reason", "left", stdout=StringIO())
    assert not Link.objects.exists() and Entry.objects.get(verb="account.unlinked").by is None
    with pytest.raises(Refused):
        call_command("accounts", "unlink", "worker", stdout=StringIO())
