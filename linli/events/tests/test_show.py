"""One matter as a page: what is told of it, the sealed contact, the photos, and who sees them."""

import io
import re

import pytest
from django.test import Client
from django.utils import timezone
from PIL import Image

from linli.events import actions
from linli.events.models import Event
from linli.events.rules import Source, State
from linli.events.testing import World
from linli.events.tests.pages import TEXT, desk_of, page_of, photo, recent, words_of
from linli.journal.models import Entry
from linli.kit.media.testing import shown

# --- one matter ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", list(State))
def test_a_matter_in_every_state_can_be_read_whole_and_beside_the_list(world: World, state: State) -> None:
    event = recent(world, state)
    client = desk_of(world.cast.desk)
    whole, beside = client.get(page_of(event)), client.get(page_of(event), headers={"X-Preview": "1"})
    for response in (whole, beside):
        assert response.status_code == 200
        assert event.number in words_of(response)
        assert TEXT in words_of(response)
    assert "<html" not in words_of(beside)


def test_the_timeline_says_who_did_what_and_with_which_words(world: World) -> None:
    event = recent(world, State.CLOSED)
    page = words_of(desk_of(world.cast.desk).get(page_of(event)))
    for words in (world.cast.county.name, world.cast.handler.name, "已疏通水沟", "现场看过", "已办结"):
        assert words in page


def test_a_matter_without_a_name_is_called_by_its_first_words(world: World) -> None:
    words = "村口的水沟堵了三天，污水一直流到路上，请派人来看看怎么办才好"
    told = actions.report(text=words, area=world.grid, source=Source.RESIDENT, at=timezone.now())
    heading = re.search(r"<h1[^>]*>(.*?)</h1>", words_of(desk_of(world.cast.desk).get(page_of(told.event))))
    assert heading is not None and heading[1].startswith("村口的水沟堵了三天，污水一直流到路上")
    assert words not in heading[1]


def test_what_people_wrote_stays_text(world: World) -> None:
    event = recent(world, text="<script>alert(1)</script> & <b>急</b>")
    for page in (page_of(event), "/desk/"):
        assert "<script>alert" not in words_of(desk_of(world.cast.desk).get(page))


@pytest.mark.parametrize("name", ["neighbour", "nobody", "auditor", "security", "system", "mediator"])
def test_a_matter_out_of_sight_is_not_there(world: World, name: str) -> None:
    event = recent(world)
    client = desk_of(getattr(world.cast, name))
    for address in (page_of(event), f"{page_of(event)}accept"):
        assert client.get(address).status_code == 404
        assert client.get(address, headers={"X-Preview": "1"}).status_code == 404
    assert client.post(f"{page_of(event)}contact", {"reason": "想知道"}).status_code == 404


def test_the_department_that_leads_sees_it_and_no_other(world: World) -> None:
    event = recent(world, State.DISPATCHED)
    assert desk_of(world.cast.handler).get(page_of(event)).status_code == 200
    assert desk_of(world.cast.handler).get(page_of(recent(world))).status_code == 404


@pytest.mark.parametrize("who", ["worker", "cadre", "desk", "county", "handler", "verifier", "leader"])
def test_every_area_above_a_matter_is_named_and_its_links_open(world: World, who: str) -> None:
    event = recent(world, State.HANDLING)
    reader = desk_of(getattr(world.cast, who))
    crumbs = words_of(reader.get(page_of(event))).split('class="crumbs"')[1].split("</nav>")[0]
    assert all(area in crumbs for area in ("廉江市", "石城镇", "上县村", "上县第五网格"))
    links = re.findall(r'href="(/desk/areas/\d+)"', crumbs)
    assert len(links) == {"handler": 0, "worker": 1, "cadre": 2, "county": 4, "leader": 4}.get(who, 3)
    assert [reader.get(link).status_code for link in links] == [200] * len(links)


# --- the sealed contact -------------------------------------------------------------------------------------------------


def sealed(world: World) -> Event:
    return actions.report(
        text=TEXT,
        area=world.grid,
        category=world.drain,
        at=timezone.now(),
        source="resident",
        contact="林阿婆 19900000009",
    ).event


def test_the_contact_is_opened_with_a_reason_that_is_kept(world: World) -> None:
    event = sealed(world)
    client = desk_of(world.cast.desk)
    assert "19900000009" not in words_of(client.get(page_of(event)))
    response = client.post(f"{page_of(event)}contact", {"reason": "问清门牌号"})
    assert "林阿婆 19900000009" in words_of(response)
    assert "no-store" in response.headers["Cache-Control"]
    # Without a script the page goes back by itself after a minute.
    assert response.headers["Refresh"] == f"60; url={page_of(event)}"
    fragment = client.post(f"{page_of(event)}contact", {"reason": "再问"}, headers={"HX-Request": "true"})
    assert 'data-gone-after="60"' in words_of(fragment) and "Refresh" not in fragment.headers
    assert "2 次" in words_of(fragment) or "2 times" in words_of(fragment)
    entry = Entry.objects.filter(verb="event.contact_opened").order_by("pk")[0]
    assert (entry.by, entry.remark.text) == (world.cast.desk, "问清门牌号")
    assert "19900000009" not in str(entry.facts)
    assert "19900000009" not in words_of(client.get(page_of(event)))


@pytest.mark.parametrize("reason", ["", "   ", "因" * 201, "坏\0字"])
def test_without_a_good_reason_the_contact_stays_closed(world: World, reason: str) -> None:
    event = sealed(world)
    for headers in ({}, {"HX-Request": "true"}):
        response = desk_of(world.cast.desk).post(f"{page_of(event)}contact", {"reason": reason}, headers=headers)
        assert response.status_code == 422
        assert "19900000009" not in words_of(response)
    assert not Entry.objects.filter(verb="event.contact_opened").exists()


def test_a_leader_reads_the_matter_but_opens_no_contact(world: World) -> None:
    event = sealed(world)
    response = desk_of(world.cast.leader).post(f"{page_of(event)}contact", {"reason": "看看"})
    assert response.status_code == 403


def test_looking_by_a_link_opens_nothing(world: World) -> None:
    assert desk_of(world.cast.desk).get(f"{page_of(sealed(world))}contact").status_code == 405


# --- photos -------------------------------------------------------------------------------------------------------------


def test_a_photo_is_kept_without_its_hidden_data(world: World) -> None:
    event = recent(world)
    sent = photo(hidden=True)
    assert b"PhoneMaker" in sent.read()
    sent.seek(0)
    desk_of(world.cast.worker).post(f"{page_of(event)}supplement", {"text": "", "photos": [sent]})
    kept = shown(event.pictures.get().sha256)
    assert b"PhoneMaker" not in kept
    assert not Image.open(io.BytesIO(kept)).getexif()


def test_a_photo_is_shown_to_those_who_see_its_matter(world: World, client: Client) -> None:
    event = recent(world)
    desk_of(world.cast.worker).post(f"{page_of(event)}supplement", {"text": "", "photos": [photo("plum")]})
    address = f"/media/{event.pictures.get().sha256}.jpg"
    response = desk_of(world.cast.desk).get(address)
    assert (response.status_code, response.headers["Content-Type"]) == (200, "image/jpeg")
    assert "private" in response.headers["Cache-Control"]
    for other in (desk_of(world.cast.neighbour), desk_of(world.cast.handler), desk_of(world.cast.nobody), client):
        assert other.get(address).status_code == 404


@pytest.mark.parametrize("name", ["0" * 64, "..%2f..%2fsecret_key", "%00", "a", "x" * 300])
def test_no_address_of_a_photo_reaches_anything_else(world: World, name: str) -> None:
    assert desk_of(world.cast.desk).get(f"/media/{name}.jpg").status_code == 404
