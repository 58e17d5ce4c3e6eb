"""Beyond its limit a door tells one to wait, by person or by address, and nothing is done meanwhile."""

from typing import Any

import pytest
from django.test import Client

from linli.events.models import SavedView
from linli.events.testing import World
from linli.kit import throttle
from linli.people.models import Person
from linli.web import rates

pytestmark = pytest.mark.django_db
VIEW = "/desk/views"


@pytest.fixture(autouse=True)
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits that a test comes to."""
    monkeypatch.setattr(rates, "OF_PERSON", {"act": 2, "costly": 1, "search": 1})
    monkeypatch.setattr(rates, "OF_ADDRESS", {"act": 2, "costly": 1, "search": 1})


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def save(client: Client, name: str, **headers: str) -> Any:
    return client.post(VIEW, {"name": name, "query": ""}, headers=headers)


def test_acts_beyond_the_limit_are_not_done_and_others_go_on(world: World) -> None:
    desk, worker = signed_in(world.cast.desk), signed_in(world.cast.worker)
    answers = [save(desk, name) for name in ("一", "二", "三")]
    assert [one.status_code for one in answers] == [302, 302, 429]
    assert SavedView.objects.count() == 2
    assert answers[2].headers["Retry-After"] == "600"
    assert "10" in answers[2].content.decode() or "十分钟" in answers[2].content.decode()
    assert save(worker, "四").status_code == 302
    throttle.forget()
    assert save(desk, "三").status_code == 302


def test_it_is_said_in_the_form_that_was_asked_for(world: World) -> None:
    desk = signed_in(world.cast.desk)
    for name in ("一", "二"):
        save(desk, name)
    told = save(desk, "三", accept="application/json")
    assert (told.status_code, told.json()["error"]["code"]) == (429, "too_often")
    assert b"<html" not in save(desk, "三", HX_Request="true").content
    # Nobody is kept in, and reading goes on.
    assert desk.get("/desk/").status_code == 200
    assert desk.post("/sign-out").status_code == 302


def test_searching_and_files_are_counted_apart_from_acts(world: World) -> None:
    desk = signed_in(world.cast.desk)
    assert [desk.get("/desk/?q=水沟").status_code for _each in range(2)] == [200, 429]
    assert desk.get("/desk/").status_code == 200
    table = f"/desk/statistics/{world.cast.desk.appointments.get().area_id}/table.csv"
    assert [desk.get(table).status_code for _each in range(2)] == [200, 429]
    assert save(desk, "一").status_code == 302


def test_whoever_is_not_signed_in_is_counted_by_address(world: World) -> None:
    guest = Client()
    for _each in range(2):
        guest.post("/sign-in", {"username": "worker", "password": "wrong"})
    assert guest.post("/sign-in", {"username": "worker", "password": "wrong"}).status_code == 429
    elsewhere = {"x-forwarded-for": "203.0.113.9"}
    assert guest.post("/sign-in", {"username": "worker", "password": "wrong"}, headers=elsewhere).status_code != 429
