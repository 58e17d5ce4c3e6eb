"""A resident reports without an account; what cannot be is refused in words; the contact is sealed."""

import logging
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import gettext

from linli.events.models import Contact, Event
from linli.events.rules import State
from linli.events.testing import GRID, IN_GRID, ON_BORDER, World, draw_boundaries, make_event
from linli.journal.models import Entry
from linli.web.tests.residents import TEXT, TOWNSHIP, photo, reported, send, words_of


@pytest.fixture
def ground(world: World) -> World:
    draw_boundaries(world)
    return world


# --- the start page -----------------------------------------------------------------------------------------------------


def test_the_start_page_tells_how_many_are_open_and_solved(world: World, client: Client) -> None:
    for state in (State.REPORTED, State.HANDLING, State.CLOSED):
        make_event(world, state)
    response = client.get("/")
    assert response.status_code == 200
    assert (response.context["open_count"], response.context["solved_count"]) == (2, 1)


def test_loading_the_start_page_again_counts_no_matters(world: World, client: Client) -> None:
    client.get("/")
    with CaptureQueriesContext(connection) as queries:
        client.get("/")
    assert not [one for one in queries if "events_event" in one["sql"]]


def test_the_start_page_of_an_empty_home_works(db: None, client: Client) -> None:
    assert client.get("/").status_code == 200
    assert client.get("/report").status_code == 200
    assert client.get("/report/areas.json").json()["features"] == []


def test_a_number_is_looked_up_whatever_spaces_came_with_it(world: World, client: Client) -> None:
    response = client.get("/status", {"number": " 440881101-202611-000001\u3000 "})
    assert response.headers["Location"] == "/status/440881101-202611-000001"
    assert client.get("/status", {"number": " "}).headers["Location"] == "/"


# --- reporting ----------------------------------------------------------------------------------------------------------


def test_words_and_a_township_are_enough(world: World, client: Client) -> None:
    event, _code = reported(client)
    assert (event.text, event.area_id, event.source, event.state) == (TEXT, TOWNSHIP, "resident", "reported")
    assert event.reported_by is None


def test_a_photo_and_a_point_are_enough(ground: World, client: Client) -> None:
    event, _code = reported(client, text="", township="", lon=IN_GRID[0], lat=IN_GRID[1], photos=[photo()])
    assert (event.area_id, event.pictures.count()) == (GRID, 1)


def test_a_village_is_more_exact_than_its_township(world: World, client: Client) -> None:
    event, _code = reported(client, area="440881101201")
    assert event.area_id == "440881101201"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"township": ""}, "area"),
        ({"township": "999"}, "area"),
        ({"township": "", "lon": 120.0, "lat": 30.0}, "area"),
        ({"township": "", "lon": IN_GRID[1], "lat": IN_GRID[0]}, None),
        ({"township": "", "lon": IN_GRID[0]}, None),
        ({"township": "440881102", "lon": IN_GRID[0], "lat": IN_GRID[1]}, "area"),
        ({"lon": "nan", "lat": "nan"}, "lon"),
        ({"lon": "1e400", "lat": "2"}, "lon"),
        ({"text": ""}, "text"),
        ({"text": " \u3000\n"}, "text"),
        ({"text": "字" * 4001}, "text"),
        ({"text": "坏\0字"}, "text"),
        ({"place": "长" * 301}, "place"),
        ({"occurred_at": "2099-01-01T08:00"}, "occurred_at"),
        ({"occurred_at": "1970-01-01T00:00"}, "occurred_at"),
        ({"occurred_at": "昨天"}, "occurred_at"),
        ({"category": "999999"}, "category"),
        ({"contact": "1" * 201}, "contact"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field_and_nothing_is_lost(
    ground: World, client: Client, fields: dict[str, Any], field: str | None
) -> None:
    sent = {"text": TEXT, "place": "老榕树旁", "contact": "林阿婆 19900000009", **fields}
    response = send(client, **sent)
    assert response.status_code == 422
    form = response.context["form"]
    assert next(iter(form.errors)) == (field or "__all__")
    problem = gettext("The point is no pair of numbers. Tap on the map again.")
    assert (problem if field == "lon" else form.errors[field or "__all__"][0]) in words_of(response)
    for name in {"text", "place", "contact"} - {field}:
        assert f"{sent[name]}" in words_of(response)
    assert not Event.objects.exists()
    assert not Entry.objects.exists()


def test_swapped_coordinates_are_named_as_such(ground: World, client: Client) -> None:
    response = send(client, township="", lon=IN_GRID[1], lat=IN_GRID[0])
    assert "经度 21.7" in words_of(response)
    assert "反" in words_of(response)


def test_a_megabyte_of_text_is_refused_in_words(world: World, client: Client) -> None:
    response = send(client, text="很" * 350_000)
    assert response.status_code == 422
    assert "text" in response.context["form"].errors


def test_more_than_a_form_can_hold_is_refused_in_words(world: World, client: Client) -> None:
    response = send(client, text="x" * 5_000_000)
    assert response.status_code == 400
    assert "缩短文字" in words_of(response)


def test_emoji_and_rare_characters_are_kept(world: World, client: Client) -> None:
    text = "🚧路面塌陷，𠮷家巷口😀 <b>“急”</b>"
    event, _code = reported(client, text=text)
    assert event.text == text
    page = words_of(client.get(f"/status/{event.number}"))
    assert "&lt;b&gt;" in page
    assert "<b>“急”" not in page


def test_full_width_digits_stay_as_they_were_typed(world: World, client: Client) -> None:
    event, _code = reported(client, place="１２号门前")
    assert event.place == "１２号门前"


@pytest.mark.parametrize(
    "files",
    [
        [SimpleUploadedFile("a.jpg", b"this is no photo", "image/jpeg")],
        [SimpleUploadedFile("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml")],
        [SimpleUploadedFile("a.jpg", b"", "image/jpeg")],
        [SimpleUploadedFile("big.jpg", b"\xff\xd8" + bytes(21_000_000), "image/jpeg")],
        [photo(colour) for colour in ("red", "green", "blue", "gold", "tan", "navy", "pink", "plum", "teal", "grey")],
    ],
    ids=["text", "svg", "empty", "21 MB", "ten photos"],
)
def test_photos_that_cannot_be_taken_are_refused_beside_their_field(
    world: World, client: Client, files: list[SimpleUploadedFile]
) -> None:
    for file in files:
        file.seek(0)
    response = send(client, photos=files)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["photos"]
    assert response.context["photos_lost"]
    assert TEXT in words_of(response)
    assert not Event.objects.exists()


def test_a_point_near_a_border_is_asked_about_and_the_answer_counts(ground: World, client: Client) -> None:
    fields = {"township": "", "lon": ON_BORDER[0], "lat": ON_BORDER[1], "accuracy_m": 30}
    response = send(client, **fields)
    assert response.status_code == 422
    assert {area.code for area in response.context["sides"]} == {GRID, "440881101201006"}
    event, _code = reported(client, **fields, side="440881101201006")
    assert event.area_id == "440881101201006"


def test_a_side_that_was_not_offered_counts_for_nothing(ground: World, client: Client) -> None:
    fields = {"township": "", "lon": ON_BORDER[0], "lat": ON_BORDER[1], "accuracy_m": 30}
    event, _code = reported(client, **fields, side="440881102201001")
    assert event.area_id in (GRID, "440881101201006")


def test_a_category_brings_its_questions_and_its_promise(world: World, client: Client) -> None:
    world.drain.questions = [{"code": "smell", "ask": "有异味吗？", "type": "text", "required": True}]
    world.drain.save()
    response = send(client, category=world.drain.pk)
    assert response.status_code == 422
    assert "有异味吗？" in words_of(response)
    event, _code = reported(client, category=world.drain.pk, **{"answer-smell": "很臭"})
    assert (event.category, event.answers) == (world.drain, {"smell": "很臭"})


def test_the_same_form_sent_twice_is_one_report(world: World, client: Client) -> None:
    page = client.get("/report")
    fields = {"form": page.context["form_key"], "contact": "林阿婆 19900000009"}
    event, code = reported(client, **fields)
    again, same_code = reported(client, **fields)
    assert (again.pk, same_code) == (event.pk, code)
    assert Event.objects.count() == Entry.objects.count() == 1
    assert event.number.endswith("-000001")


def test_after_a_report_the_next_has_the_next_number(world: World, client: Client) -> None:
    page = client.get("/report")
    for _time in range(2):
        send(client, form=page.context["form_key"])
    event, _code = reported(client)
    assert event.number.endswith("-000002")


def test_a_form_key_nobody_gave_out_chooses_nothing(world: World, client: Client) -> None:
    event, _code = reported(client, form="0190000000007000800000000000000a:forged")
    assert event.pk.hex != "0190000000007000800000000000000a"


def test_a_corrected_form_keeps_its_key(world: World, client: Client) -> None:
    key = client.get("/report").context["form_key"]
    assert send(client, text="", form=key).context["form_key"] == key


def test_what_a_program_fills_in_is_not_reported(world: World, client: Client) -> None:
    assert send(client, website="https://spam.example").headers["Location"] == "/"
    assert not Event.objects.exists()


def test_too_many_reports_from_one_place_are_asked_to_wait(world: World, client: Client) -> None:
    for _time in range(30):
        send(client, text="")
    response = send(client)
    assert response.status_code == 429
    assert TEXT in words_of(response)
    assert not Event.objects.exists()
    assert send(client, REMOTE_ADDR="x").status_code == 429


def test_behind_a_proxy_of_this_machine_each_sender_is_counted_alone(world: World, client: Client) -> None:
    for _time in range(31):
        client.post("/report", {"text": ""}, HTTP_X_FORWARDED_FOR="203.0.113.7")
    sent = {"text": TEXT, "township": TOWNSHIP}
    assert client.post("/report", sent, HTTP_X_FORWARDED_FOR="203.0.113.7").status_code == 429
    assert client.post("/report", sent, HTTP_X_FORWARDED_FOR="203.0.113.7, 203.0.113.8").status_code == 302
    assert (
        client.post("/report", sent, REMOTE_ADDR="203.0.113.9", HTTP_X_FORWARDED_FOR="203.0.113.7").status_code == 302
    )


@pytest.mark.parametrize("township", ["440881101", "", "x", "\0", "9" * 500])
def test_the_villages_of_a_township_can_be_asked_for(world: World, client: Client, township: str) -> None:
    response = client.get("/report/villages", {"township": township})
    assert response.status_code == 200
    assert ("上县村" in words_of(response)) == (township == "440881101")


# --- the sealed contact -------------------------------------------------------------------------------------------------

CONTACT = "林阿婆 19900000009"


def _everything_stored() -> str:
    with connection.cursor() as cursor:
        found = []
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            found += [str(bytes(cell) if isinstance(cell, memoryview) else cell) for row in cursor for cell in row]
    return "\n".join(found)


def test_the_contact_and_the_code_stand_nowhere_in_the_store_or_the_logs(
    world: World, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("django.db.backends").setLevel(logging.WARNING)
    event, code = reported(client, contact=CONTACT)
    client.post(f"/status/{event.number}", {"key": code})
    client.get(f"/status/{event.number}")
    stored = _everything_stored() + _sessions()
    assert TEXT in stored  # so that the search below can find something
    for secret in ("19900000009", "林阿婆", code, code.replace("-", "")):
        assert secret not in stored
        assert secret not in caplog.text
    assert Contact.objects.get().event == event


def _sessions() -> str:
    return "\n".join(str(session.get_decoded()) for session in Session.objects.all())


def test_the_contact_can_be_taken_back(world: World, client: Client) -> None:
    event, _code = reported(client, contact=CONTACT)
    assert client.get(f"/status/{event.number}").context["has_contact"]
    client.post(f"/status/{event.number}", {"act": "withdraw"})
    assert not Contact.objects.exists()
    assert Entry.objects.filter(verb="event.contact_withdrawn", on_key=str(event.pk)).count() == 1
    assert not client.get(f"/status/{event.number}").context["has_contact"]
