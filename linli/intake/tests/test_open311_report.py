"""Open311 written: a report becomes an event, once however often it is sent."""

import io
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from PIL import Image

from linli.events import actions
from linli.events.actions.categories import edit_category
from linli.events.models import Category, Event, Remark
from linli.events.rules import Source
from linli.events.testing import GRID, IN_GRID, ON_BORDER, World, draw_boundaries, make_event, make_world
from linli.intake import keys
from linli.intake.models import Sending
from linli.intake.open311 import door
from linli.intake.tests.open311 import ROOT, file, filed, get, get_xml, make_key, photo, post
from linli.journal.models import Entry
from linli.kit.media.testing import shown


@pytest.fixture
def world(world: World) -> World:
    draw_boundaries(world)
    return world


@pytest.fixture
def key(world: World) -> str:
    return make_key()


# --- a report -----------------------------------------------------------------------------------------------------------


def test_a_report_becomes_an_event_where_its_point_lies(world: World, key: str) -> None:
    (answer,) = post(key, description="村口水沟堵了\r\n污水流到路上", address_string="小学对面")
    event = filed(answer["service_request_id"])
    assert (event.area_id, event.category, event.source) == (GRID, world.drain, Source.OPEN311)
    assert (event.text, event.place, event.lon, event.lat) == ("村口水沟堵了\n污水流到路上", "小学对面", *IN_GRID)
    assert set(answer) == {"service_request_id", "service_notice", "account_id"}
    entry = Entry.objects.get(on_key=str(event.pk))
    assert (entry.verb, entry.by, entry.facts["source"]) == ("event.reported", None, "open311")


def test_the_grid_and_the_desk_are_told(world: World, key: str) -> None:
    event = filed(file(key))
    told = set(Entry.objects.get(on_key=str(event.pk)).notices.values_list("person__username", flat=True))
    assert {"worker", "desk"} <= told


def test_the_contact_is_sealed_and_nowhere_else(world: World, key: str) -> None:
    number = file(
        key, first_name="小明", last_name="王", phone="13800000000", email="wang@example.org", device_id="phone-of-ming"
    )
    event = filed(number)
    assert actions.open_contact(event, by=world.cast.desk, at=timezone.now(), reason="问地点") == (
        "小明 王 13800000000 wang@example.org"
    )
    row = Event.objects.filter(pk=event.pk).values().get()
    told = ("王", "13800000000", "phone-of-ming")
    assert not [value for value in row.values() if any(one in str(value) for one in told)]


@pytest.mark.parametrize("wrong", [{"api_key": ""}, {"api_key": None}, {"api_key": "linli_wrong"}, {"api_key": "\0"}])
def test_without_a_valid_key_nothing_is_taken_in(world: World, key: str, wrong: dict[str, Any]) -> None:
    assert post(key, 403, **wrong)[0]["code"] == 403
    assert not Event.objects.exists()


def test_a_key_for_another_door_or_revoked_opens_nothing(world: World, key: str) -> None:
    _row, other = keys.create("传感器", purpose="intake", at=timezone.now())
    post(other, 403)
    keys.revoke("FixMyStreet", at=timezone.now())
    post(key, 403)


def test_the_key_may_stand_in_the_address(world: World, key: str) -> None:
    lon, lat = IN_GRID
    form = {"service_code": "C01", "lat": lat, "long": lon}
    assert Client().post(f"{ROOT}requests.json?api_key={key}", form).status_code == 201


def test_a_key_of_one_township_takes_in_nothing_elsewhere(world: World) -> None:
    key = make_key("石城热线", area="440881101")
    file(key)
    post(key, 403, long="110.3", description="新民镇的")
    assert Event.objects.count() == 1


def test_the_description_may_be_missing(world: World, key: str) -> None:
    assert filed(file(key, description=None)).text == "排水管道"


@pytest.mark.parametrize(
    ("wrong", "status", "told"),
    [
        ({"service_code": None}, 400, "service_code"),
        ({"service_code": "C99"}, 404, "service_code"),
        ({"service_code": "C"}, 404, "service_code"),
        ({"lat": None, "long": None}, 400, "address_string"),
        ({"lat": None}, 400, "lat"),
        ({"lat": "39.9", "long": "116.4"}, 400, ""),
        ({"address_id": "999"}, 400, "999"),
        ({"address_id": "440881102"}, 400, "新民镇"),
        ({"address_string": "长" * 301}, 400, "address_string"),
        ({"phone": "1" * 101}, 400, "phone"),
    ],
)
def test_what_cannot_be_taken_in_is_refused_in_words(
    world: World, key: str, wrong: dict[str, Any], status: int, told: str
) -> None:
    (error,) = post(key, status, **wrong)
    assert error["code"] == status
    assert told in error["description"]
    assert len(error["description"]) > 8
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("廉江市石城镇上县村小学对面", "440881101201"),
        ("新民镇政府门口", "440881102"),
        ("上县村和下县村之间", "440881101"),
        ("上县村到三角山村的路上", "440881"),
        ("人民大道 1 号", "440881"),
    ],
)
def test_an_address_leads_to_the_area_it_names(world: World, key: str, address: str, code: str) -> None:
    event = filed(file(key, lat=None, long=None, address_string=address))
    assert (event.area_id, event.place, event.lon) == (code, address, None)


def test_an_address_id_is_the_code_of_an_area(world: World, key: str) -> None:
    assert filed(file(key, lat=None, long=None, address_id=GRID)).area_id == GRID


def test_on_a_border_the_side_is_taken_where_the_point_lies(world: World, key: str) -> None:
    lon, lat = ON_BORDER
    for east, code in ((-0.00001, GRID), (0.00001, "440881101201006")):
        assert filed(file(key, lat=lat, long=lon + east)).area_id == code


def test_questions_are_answered_and_every_problem_is_told_at_once(world: World, key: str) -> None:
    yes = {"code": "yes", "name": "是", "name_en": "Yes"}
    choice = {"code": "blocked", "ask": "堵死了吗？", "ask_en": "Blocked?", "type": "choice", "choices": [yes]}
    choice["required"] = True
    number = {"code": "width", "ask": "多宽？", "ask_en": "How wide?", "type": "number", "required": False}
    edit_category(world.drain, by=world.cast.county, at=timezone.now(), questions=[choice, number])
    errors = post(key, 400, **{"attribute[width]": "很宽"})
    assert [error["code"] for error in errors] == [400, 400]
    assert "attribute[blocked]" in errors[0]["description"] and "attribute[width]" in errors[1]["description"]
    given = {"attribute[blocked][]": "yes", "attribute[width]": "０.5", "attribute[other]": "没有问过"}
    assert filed(file(key, **given)).answers == {"blocked": "yes", "width": "0.5"}


def test_what_is_private_is_taken_in_and_not_shown(world: World, key: str) -> None:
    Category.objects.filter(pk=world.wall.pk).update(is_public=False)
    (answer,) = post(key, service_code="C02")
    assert answer["service_notice"]
    get(f"requests/{answer['service_request_id']}", 404)
    assert get(f"tokens/{answer['service_request_id']}")[0]["service_request_id"] == answer["service_request_id"]


def test_the_answer_in_xml_has_one_request(world: World, key: str) -> None:
    lon, lat = IN_GRID
    form = {"api_key": key, "service_code": "C01", "lat": lat, "long": lon}
    response = Client().post(f"{ROOT}requests.xml", form)
    assert response.headers["Content-Type"] == "text/xml; charset=utf-8"
    number = Event.objects.get().number
    assert response.content.decode().partition("\n")[2].strip() == (
        f"<service_requests><request><service_request_id>{number}</service_request_id><service_notice/><account_id/>"
        "</request></service_requests>"
    )


def test_a_token_is_the_id_and_others_are_not_found(world: World, key: str) -> None:
    number, inside = file(key), make_event(world, at=timezone.now(), category=world.quarrel).number
    assert get(f"tokens/{number}") == [{"service_request_id": number, "token": number}]
    assert get_xml(f"tokens/{number}") == [{"service_request_id": number, "token": number}]
    for unknown in (inside, "x", "9" * 300):
        assert get(f"tokens/{unknown}", 404)[0]["code"] == 404


def test_too_many_with_one_key_are_asked_to_wait(world: World, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "_POSTS_PER_MINUTE", 2)
    other = make_key("另一个系统")
    for number in range(2):
        post(key, description=f"第{number}件")
    response = Client().post(f"{ROOT}requests.json", {"api_key": key})
    assert (response.status_code, response.headers["Retry-After"]) == (429, "60")
    post(other, description="另一个")


def test_logs_tell_nothing_of_what_was_sent(world: World, key: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG", logger="django.request")
    post(key, 400, description="王小明家" * 2000)
    post("linli_secret", 403, description="王小明家")
    assert "王小明" not in caplog.text and "linli_" not in caplog.text and "api_key" not in caplog.text


# --- sent again ---------------------------------------------------------------------------------------------------------


def test_the_same_content_is_one_report_for_a_day(world: World, key: str) -> None:
    number = file(key, email="a@example.org")
    assert post(key, 200, email="a@example.org")[0]["service_request_id"] == number
    assert file(key, email="b@example.org") != number
    Sending.objects.update(at=timezone.now() - timedelta(hours=25))
    assert file(key, email="a@example.org") not in (number,)
    assert Event.objects.count() == 3


@pytest.mark.parametrize("name", ["client_reference", "external_id", "attribute[fixmystreet_id]"])
def test_a_reference_of_the_client_makes_it_the_same_for_good(world: World, key: str, name: str) -> None:
    number = file(key, **{name: "4711"})
    Sending.objects.update(at=timezone.now() - timedelta(days=400))
    again = post(key, 200, description="又改了几个字", **{name: "4711"})
    assert again[0]["service_request_id"] == number
    assert file(key, **{name: "4712"}) != number
    assert post(make_key("另一个系统"), **{name: "4711"})[0]["service_request_id"] != number


def test_the_header_for_idempotency_counts_as_reference(world: World, key: str) -> None:
    client = Client(headers={"Idempotency-Key": "abc"})
    assert post(key, client=client) == post(key, 200, client=client, description="别的字")


def test_a_refused_report_may_be_sent_again_corrected(world: World, key: str) -> None:
    post(key, 400, client_reference="1", lat="39.9", long="116.4")
    file(key, client_reference="1")
    assert Sending.objects.filter(event__isnull=True).count() == 0


@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_moment_are_one() -> None:
    world = make_world()
    draw_boundaries(world)
    key = make_key()
    answers: list[str] = []
    at_once = threading.Barrier(6)

    def send() -> None:
        try:
            at_once.wait()
            lon, lat = IN_GRID
            form = {"api_key": key, "service_code": "C01", "lat": lat, "long": lon, "client_reference": "4711"}
            answers.append(Client().post(f"{ROOT}requests.json", form).json()[0]["service_request_id"])
        finally:
            connection.close()

    run_all([threading.Thread(target=send) for _number in range(6)])
    assert len(answers) == 6
    assert set(answers) == {Event.objects.get().number}


def run_all(threads: list[threading.Thread]) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


# --- photos -------------------------------------------------------------------------------------------------------------


def test_photos_come_in_any_field_and_several_at_once(world: World, key: str) -> None:
    number = file(key, media=[photo(10), photo(120, "PNG")], photo1=photo(240, "WEBP"))
    assert filed(number).pictures.count() == 3
    assert get(f"requests/{number}")[0]["media_url"] is None


def test_the_same_report_with_another_photo_is_another(world: World, key: str) -> None:
    assert file(key, media=photo(1)) != file(key, media=photo(2))
    assert len(post(key, 200, media=photo(1))) == 1


def test_a_file_that_is_no_photo_is_refused_and_nothing_is_stored(world: World, key: str) -> None:
    broken = io.BytesIO(b"%PDF-1.4 not a photo")
    broken.name = "a.jpg"
    post(key, 400, media=broken)
    post(key, 400, media=[photo(number) for number in range(10)])
    assert not Event.objects.exists()


def test_what_a_photo_hides_is_gone(world: World, key: str) -> None:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "王小明家"
    Image.new("RGB", (8, 8)).save(out, "JPEG", exif=exif)
    out.seek(0)
    out.name = "home.jpg"
    picture = filed(file(key, media=out)).pictures.get()
    assert "王小明家".encode() not in shown(picture.sha256)
    assert not dict(Image.open(io.BytesIO(shown(picture.sha256))).getexif())


def test_a_link_to_a_photo_is_kept_as_words_for_those_who_handle_it(world: World, key: str) -> None:
    event = filed(file(key, media_url="https://example.org/photo.jpg?a=1"))
    assert "https://example.org/photo.jpg?a=1" in Remark.objects.get(event=event).text
    (row,) = get(f"requests/{event.number}", extensions="true")
    assert "example.org" not in str(row)


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "file:///etc/passwd", "http://", "//example.org/a", "https://a b", "http://[", "ftp://a"],
)
def test_other_links_are_refused(world: World, key: str, url: str) -> None:
    assert "media_url" in post(key, 400, media_url=url)[0]["description"]
