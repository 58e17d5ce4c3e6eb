"""The menu of rooms, and where somebody lands who has signed in without wanting a certain page."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from linli.events.testing import NOON, World
from linli.mediation.actions.bodies import add_body, add_mediator
from linli.mediation.rules import Level
from linli.people.rules import Scope
from linli.people.testing import PASSWORD
from linli.web.rooms import ROOMS, offers

pytestmark = pytest.mark.django_db
SPRITE = Path(__file__).resolve().parent.parent / "static" / "vendor" / "lucide.svg"
#: Of the cast, where each lands.
LANDS = {
    **dict.fromkeys(("worker", "cadre", "desk", "county", "handler", "verifier", "leader", "nobody"), "desk"),
    "mediator": "mediation:list",
    "system": "areas",
    "security": "privacy:requests",
    "auditor": "audit:search",
}


def arrival(username: str, **more: str) -> tuple[Client, str]:
    client = Client()
    answer = client.post("/sign-in", {"username": username, "password": PASSWORD, **more})
    return client, answer.headers["Location"]


@pytest.mark.parametrize("who", LANDS)
def test_each_lands_in_the_first_room_of_their_menu(world: World, who: str) -> None:
    client, landed = arrival(getattr(world.cast, who).username)
    assert landed == reverse(LANDS[who])
    page = client.get(landed)
    menu = page.content.decode().partition('<nav class="rooms"')[2].partition("</nav>")[0]
    first = re.findall(r'<a [^>]*href="([^"]+)"', menu)[0]
    assert page.status_code == 200 and first == landed


@pytest.mark.parametrize("who", ["auditor", "worker"])
def test_a_page_that_was_asked_for_wins(world: World, who: str) -> None:
    assert arrival(getattr(world.cast, who).username, next="/desk/")[1] == "/desk/"
    assert arrival(getattr(world.cast, who).username, next="/account/")[1] == "/account/"


def test_whoever_is_signed_in_already_lands_there_too(world: World) -> None:
    client, landed = arrival(world.cast.auditor.username)
    assert client.get("/sign-in").headers["Location"] == landed == reverse("audit:search")


def test_the_mark_leads_an_administrator_to_no_empty_list(world: World) -> None:
    client, landed = arrival(world.cast.security.username)
    brand = client.get(landed).content.decode().partition('<a class="brand" href="')[2].partition('"')[0]
    assert brand == landed


def test_who_serves_in_a_mediation_body_keeps_the_matters_of_their_appointments(world: World) -> None:
    act: dict[str, Any] = {"by": world.cast.system, "at": NOON}
    body = add_body(
        area=world.areas["440881101"], name="石城镇人民调解委员会", level=Level.TOWNSHIP, prefix="石人调字", **act
    )
    for who, room in (("nobody", "mediation:list"), ("cadre", "desk"), ("handler", "desk")):
        person = getattr(world.cast, who)
        add_mediator(body, person=person, from_on=date(2020, 1, 1), **act)
        assert arrival(person.username)[1] == reverse(room), who


def test_every_room_of_the_table_can_be_drawn(world: World) -> None:
    asked = set(offers(Scope(), world.cast.nobody))
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', SPRITE.read_text(encoding="utf-8")))
    for room in ROOMS:
        assert reverse(room.address) and {*room.may, *room.seldom} <= asked and room.icon in drawn, room.address
    marks = [mark for room in ROOMS for mark in room.marks]
    assert len(marks) == len(set(marks))
