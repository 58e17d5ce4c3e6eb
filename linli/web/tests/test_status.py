"""The receipt, and what its code opens: where the matter stands, and the reporter's answers."""

import io
import re
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from linli.events import actions, testing
from linli.events.models import Event
from linli.events.rules import State
from linli.events.testing import World, make_event
from linli.journal.models import Entry
from linli.web.tests.residents import TEXT, photo, reported, words_of


def test_the_receipt_says_number_code_who_and_until_when(world: World, client: Client) -> None:
    event, code = reported(client)
    page = client.get("/receipt")
    assert page.headers["Cache-Control"] == "no-store"
    assert page.context["standing"].promised_at == event.due_at
    for words in (event.number, code, "石城镇"):
        assert words in words_of(page)


def test_the_receipt_shows_its_code_to_nobody_else_and_not_for_long(world: World, client: Client) -> None:
    _event, code = reported(client)
    assert Client().get("/receipt").headers["Location"] == "/"
    session = client.session
    number, made_at = session["newest_receipt"]
    session["newest_receipt"] = [number, made_at - 16 * 60]
    session.save()
    assert client.get("/receipt").headers["Location"] == "/"
    assert code not in words_of(client.get(f"/status/{number}"))


def test_without_the_code_nothing_is_told_whether_the_number_exists_or_not(world: World, client: Client) -> None:
    event, _code = reported(Client())
    pages = []
    for number in (event.number, "440881101-209901-999999"):
        asked = client.get(f"/status/{number}")
        tried = client.post(f"/status/{number}", {"key": "AAAAA-AAAAA"})
        assert (asked.status_code, tried.status_code) == (200, 422)
        assert "no-store" in asked.headers["Cache-Control"]
        pages.append(_without_token(words_of(tried)).replace(number, "NUMBER"))
    assert pages[0] == pages[1]
    assert TEXT not in pages[0]


def _without_token(page: str) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)


@pytest.mark.parametrize("spelled", ["{}", " {} ", "lower", "without the dash"])
def test_the_code_opens_the_status_page_however_it_is_copied(world: World, client: Client, spelled: str) -> None:
    event, code = reported(Client())
    typed = {"lower": code.lower(), "without the dash": code.replace("-", "")}.get(spelled, spelled.format(code))
    response = client.post(f"/status/{event.number}", {"key": typed})
    assert response.headers["Location"] == f"/status/{event.number}"
    page = client.get(response.headers["Location"])
    assert page.headers["Cache-Control"] == "no-store"
    assert TEXT in words_of(page)
    assert code not in words_of(page)


@pytest.mark.parametrize("number", ["\0", "a" * 300, "％", "1'--", "../etc"])
def test_numbers_that_cannot_be_are_answered_in_words(world: World, client: Client, number: str) -> None:
    response = client.post(f"/status/{quote(number, safe='')}", {"key": "ABCDE-23456"})
    assert response.status_code in (404, 422)
    assert "邻里" in words_of(response)


def test_guessing_codes_is_slowed_down(world: World, client: Client) -> None:
    event, code = reported(Client())
    for _time in range(60):
        client.post(f"/status/{event.number}", {"key": "AAAAA-AAAAA"})
    response = client.post(f"/status/{event.number}", {"key": code})
    assert response.status_code == 429
    assert "problem" in response.context


def test_a_browser_can_forget_the_code(world: World, client: Client) -> None:
    event, _code = reported(client)
    client.post(f"/status/{event.number}", {"act": "leave"})
    assert TEXT not in words_of(client.get(f"/status/{event.number}"))


PHASES = [
    (State.REPORTED, "石城镇", 0, True),
    (State.ACCEPTED, "石城镇", 1, True),
    (State.HANDLING, "水务局、住建局", 2, True),
    (State.DEFERRED, "水务局、住建局", 2, False),
    (State.RESULT_SUBMITTED, "石城镇", 3, True),
    (State.CLOSED, "石城镇", 4, False),
    (State.REJECTED, "石城镇", None, False),
    (State.REFERRED_OUT, "石城镇", None, False),
]


@pytest.mark.parametrize(("state", "who", "station", "promises"), PHASES, ids=[phase[0] for phase in PHASES])
def test_the_status_page_says_who_has_it_what_comes_next_and_what_is_promised(
    world: World, client: Client, state: State, who: str, station: int | None, promises: bool
) -> None:
    event = followed(world, client, state)
    told = client.get(f"/status/{event.number}").context["standing"]
    assert (told.who, told.station, told.promised_at is not None) == (who, station, promises)
    assert told.words
    assert told.next_words


def followed(world: World, client: Client, state: State) -> Event:
    """A matter in this state whose receipt this browser holds."""
    response = actions.report(text=TEXT, area=world.grid, category=world.drain, at=timezone.now(), source="resident")
    event, at = response.event, timezone.now()
    for minute, act in enumerate(testing.PATHS[state]):
        act(world, event, at + timedelta(seconds=minute))
    event.refresh_from_db()
    client.post(f"/status/{event.number}", {"key": response.secret})
    return event


@pytest.mark.parametrize("state", list(State))
def test_every_state_has_a_status_page(world: World, client: Client, state: State) -> None:
    event = followed(world, client, state)
    page = client.get(f"/status/{event.number}")
    assert page.status_code == 200
    persons = [getattr(world.cast, name).name for name in ("worker", "desk", "county", "handler", "verifier")]
    assert not [name for name in persons if name in words_of(page)]


def test_a_merged_matter_stands_where_the_other_does(world: World, client: Client) -> None:
    event = followed(world, client, State.MERGED)
    other = event.merged_into
    assert other is not None
    actions.accept(other, by=world.cast.desk, at=timezone.now())
    assert client.get(f"/status/{event.number}").context["standing"].station == 1


@pytest.mark.parametrize("rating", ["satisfied", "partly", "not_satisfied"])
def test_the_reporter_says_whether_it_is_solved(world: World, client: Client, rating: str) -> None:
    event = followed(world, client, State.CLOSED)
    client.post(f"/status/{event.number}", {"act": "follow_up", "rating": rating})
    event.refresh_from_db()
    assert (event.rating, event.state) == (rating, State.CLOSED)


@pytest.mark.parametrize("rating", ["", "perfect"])
def test_an_answer_that_was_not_offered_is_refused(world: World, client: Client, rating: str) -> None:
    event = followed(world, client, State.CLOSED)
    response = client.post(f"/status/{event.number}", {"act": "follow_up", "rating": rating})
    assert response.status_code == 422
    assert response.context["problem"] in words_of(response)


def test_not_solved_reopens_it_with_the_reason(world: World, client: Client) -> None:
    event = followed(world, client, State.CLOSED)
    client.post(f"/status/{event.number}", {"act": "reopen", "text": "雨后又堵了"})
    event.refresh_from_db()
    assert (event.state, event.reopened) == (State.ACCEPTED, 1)
    assert "雨后又堵了" in words_of(client.get(f"/status/{event.number}"))


def test_reopening_needs_words_and_keeps_the_form_open(world: World, client: Client) -> None:
    event = followed(world, client, State.CLOSED)
    response = client.post(f"/status/{event.number}", {"act": "reopen", "text": " "})
    assert response.status_code == 422
    event.refresh_from_db()
    assert event.state == State.CLOSED


def test_after_thirty_days_it_is_reported_anew(world: World, client: Client) -> None:
    event = followed(world, client, State.CLOSED)
    Event.objects.filter(pk=event.pk).update(ended_at=timezone.now() - timedelta(days=31))
    assert not client.get(f"/status/{event.number}").context["may_reopen"]
    response = client.post(f"/status/{event.number}", {"act": "reopen", "text": "又堵了"})
    assert response.status_code == 409
    assert event.number in response.wsgi_request.path
    event.refresh_from_db()
    assert event.state == State.CLOSED


def test_details_asked_for_are_given_and_it_goes_on(world: World, client: Client) -> None:
    event = followed(world, client, State.SUPPLEMENT_ASKED)
    page = client.get(f"/status/{event.number}")
    assert page.context["asked"]
    assert "在哪一户门前？" in words_of(page)
    client.post(f"/status/{event.number}", {"act": "supplement", "text": "三巷五号", "photos": [photo()]})
    event.refresh_from_db()
    assert (event.state, event.pictures.count()) == (State.REPORTED, 1)


@pytest.mark.parametrize(
    "fields",
    [{"text": ""}, {"text": "字" * 4001}, {"text": "三巷五号", "photos": SimpleUploadedFile("a.jpg", b"no photo")}],
    ids=["nothing", "too long", "no photo"],
)
def test_details_that_cannot_be_taken_are_refused_and_kept(
    world: World, client: Client, fields: dict[str, Any]
) -> None:
    event = followed(world, client, State.SUPPLEMENT_ASKED)
    response = client.post(f"/status/{event.number}", {"act": "supplement", **fields})
    assert response.status_code == 422
    assert str(response.context["problem"]) in words_of(response)
    assert fields["text"] in words_of(response)
    event.refresh_from_db()
    assert event.state == State.SUPPLEMENT_ASKED


def test_too_many_photos_of_a_supplement_are_refused(world: World, client: Client) -> None:
    event = followed(world, client, State.ACCEPTED)
    many = [photo(colour) for colour in ("red", "green", "blue", "gold", "tan", "navy", "pink", "plum", "teal", "grey")]
    response = client.post(f"/status/{event.number}", {"act": "supplement", "text": "多拍几张", "photos": many})
    assert response.status_code == 422
    assert not event.pictures.exists()


@pytest.mark.parametrize("act", ["", "close", "accept", "void"])
def test_the_code_opens_no_act_that_is_not_the_reporters(world: World, client: Client, act: str) -> None:
    event = followed(world, client, State.REPORTED)
    assert client.post(f"/status/{event.number}", {"act": act, "text": "试试"}).status_code == 404


@pytest.mark.parametrize("act", ["follow_up", "reopen", "supplement", "withdraw"])
def test_without_the_code_nothing_can_be_done(world: World, client: Client, act: str) -> None:
    event = make_event(world, State.CLOSED)
    before = Entry.objects.count()
    client.post(f"/status/{event.number}", {"act": act, "rating": "satisfied", "text": "试试"})
    assert Entry.objects.count() == before


def test_photos_of_the_matter_are_for_the_holder_of_its_receipt(world: World, client: Client) -> None:
    event, _code = reported(client, photos=[photo()])
    address = f"/status/{event.number}/photos/{event.pictures.get().sha256}.jpg"
    response = client.get(address)
    assert response.status_code == 200
    assert Image.open(io.BytesIO(response.getvalue())).format == "JPEG"
    assert Client().get(address).status_code == 404
    assert client.get(address.replace(event.pictures.get().sha256, "0" * 64)).status_code == 404


def test_the_code_stands_in_no_address(world: World, client: Client) -> None:
    event, code = reported(client)
    client.get(f"/status/{event.number}")
    for page in ("/receipt", f"/status/{event.number}"):
        addresses = re.findall(r'(?:href|src|action)="([^"]*)"', words_of(client.get(page)))
        assert addresses
        assert not [address for address in addresses if code in address]
    assert client.get("/receipt").headers["Referrer-Policy"] == "same-origin"
