"""The pages of the desk: the queue, one matter, every step by its address, a new report, a sealed contact, photos."""

import html
import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import ExifTags, Image

from linli.events import actions, testing
from linli.events.forms import ACTS
from linli.events.models import Event, SavedView
from linli.events.rules import STEP_NAMES, STEPS, State
from linli.events.testing import GRID, IN_GRID, ON_BORDER, World, draw_boundaries, make_event
from linli.journal.models import Entry, Notice
from linli.kit.pictures import path_of
from linli.people.models import Person

TEXT = "村口水沟堵了，污水流到路上"


def photo(colour: str = "teal", *, hidden: bool = False) -> SimpleUploadedFile:
    out = io.BytesIO()
    exif = Image.Exif()
    if hidden:
        exif[ExifTags.Base.Make] = "PhoneMaker"
        exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitudeRef] = "N"
    Image.new("RGB", (64, 48), colour).save(out, "JPEG", exif=exif)
    return SimpleUploadedFile("photo.jpg", out.getvalue(), "image/jpeg")


def desk_of(person: Person) -> Client:
    """A browser in which this person is signed in."""
    client = Client()
    client.force_login(person)
    return client


def words_of(response: Any) -> str:
    return response.content.decode()


def page_of(event: Event) -> str:
    return f"/desk/events/{event.pk}/"


def recent(world: World, state: str = State.REPORTED, **more: Any) -> Event:
    """A matter of this morning, so that nothing about it is overdue or too old."""
    return make_event(world, state, at=timezone.now() - timedelta(hours=1), **more)


# --- every step by its address ----------------------------------------------------------------------------------------

#: What each step needs, beyond nothing.
FIELDS: dict[str, Callable[[World, Event], dict[str, Any]]] = {
    "check_truth": lambda world, event: {"is_true": "yes", "text": "看过，属实", "photos": [photo()]},
    "accept": lambda world, event: {"category": world.drain.pk, "severity": "general", "urgency": "urgent"},
    "reject": lambda world, event: {"text": "不属受理范围", "turn_to": "请拨打12345"},
    "self_handle": lambda world, event: {"text": "当场清理", "photos": [photo()]},
    "dispatch": lambda world, event: {"lead": "water", "co_handlers": ["housing"], "text": "请尽快"},
    "object": lambda world, event: {"text": "不属我局职责"},
    "dismiss_objection": lambda world, event: {"text": "属于贵局职责"},
    "hand_back": lambda world, event: {"text": "需住建牵头"},
    "submit_result": lambda world, event: {"text": "已疏通", "photos": [photo("green")]},
    "verify": lambda world, event: {"text": "现场看过", "photos": [photo("gold")]},
    "rework": lambda world, event: {"text": "还有淤泥"},
    "close": lambda world, event: {"text": "已办结"},
    "follow_up": lambda world, event: {"rating": "satisfied", "text": "很好"},
    "reopen": lambda world, event: {"text": "又堵了"},
    "ask_supplement": lambda world, event: {"text": "哪一户？"},
    "supplement": lambda world, event: {"text": "三巷五号", "photos": [photo("navy")]},
    "ask_extension": lambda world, event: {"until": (_due(event) + timedelta(days=5)).date(), "text": "等材料"},
    "refuse_extension": lambda world, event: {"text": "不能再拖"},
    "defer": lambda world, event: {"review_on": (timezone.now() + timedelta(days=20)).date(), "text": "等雨季"},
    "classify": lambda world, event: {"category": world.wall.pk, "severity": "major", "urgency": "normal"},
    "move": lambda world, event: {"area": "440881101201006 上县第六网格"},
    "void": lambda world, event: {"text": "误报"},
    "refer_out": lambda world, event: {"to": "110", "text": "请拨打110"},
    "merge": lambda world, event: {"into": recent(world).number},
    "split": lambda world, event: {"texts": "路灯不亮\n井盖缺失"},
}


def _due(event: Event) -> Any:
    assert event.due_at is not None
    return event.due_at


def prepared(world: World, step: str, state: str) -> Event:
    """A matter in this state on which the step can be taken."""
    event = recent(world, state)
    if step in ("extend", "refuse_extension"):
        until = _due(event) + timedelta(days=3)
        actions.ask_extension(event, until=until, text="等材料", by=world.cast.handler, at=timezone.now())
    return event


def somebody(world: World, event: Event, step: str) -> Person | None:
    """Somebody of the cast who may take the step now."""
    people = [getattr(world.cast, name) for name in ("worker", "cadre", "desk", "verifier", "handler", "co_handler")]
    return next((one for one in people if step in actions.steps_for(event, one, timezone.now())), None)


PLACES = [(row.name, state) for row in STEPS for state in sorted(row.sources)]


@pytest.mark.parametrize(("step", "state"), PLACES)
def test_every_step_can_be_taken_by_its_address(world: World, step: str, state: str) -> None:
    event = prepared(world, step, state)
    person = somebody(world, event, step)
    assert person is not None
    client = desk_of(person)
    address = f"{page_of(event)}{step}"
    assert address in words_of(client.get(page_of(event)))
    form = client.get(address)
    assert form.status_code == 200
    assert str(ACTS[step].label) in words_of(form)
    before = Entry.objects.filter(on_key=str(event.pk)).count()
    response = client.post(address, FIELDS.get(step, lambda *_: {})(world, event))
    assert response.status_code == 302, response.context["form"].errors
    after = Entry.objects.filter(on_key=str(event.pk)).order_by("id")
    assert after.count() == before + 1
    assert after.last().verb == f"event.{actions.course.PAST[step]}"
    assert client.get(response.headers["Location"]).status_code == 200


def test_every_step_has_words_an_icon_and_a_form() -> None:
    assert set(ACTS) == set(STEP_NAMES)


@pytest.mark.parametrize("step", STEP_NAMES)
def test_a_step_that_is_not_open_is_refused_with_what_to_do(world: World, step: str) -> None:
    event = recent(world, State.VOIDED)
    if step == "reopen":
        event = recent(world)
    response = desk_of(world.cast.desk).post(f"{page_of(event)}{step}", {"text": "试试"})
    assert response.status_code in (403, 409)
    assert response.context["refusal"].message in words_of(response)


@pytest.mark.parametrize("step", ["explode", "report", "take_step", "__class__", "make-event"])
def test_what_is_no_step_has_no_address(world: World, step: str) -> None:
    event = recent(world)
    assert desk_of(world.cast.desk).post(f"{page_of(event)}{step}").status_code == 404


#: What cannot be, by step, and what of it must be in the form again.
WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "check_truth": ({"is_true": "no", "text": ""}, 'value="no" id="step-is_true_1" required checked'),
    "reject": ({"text": "不属受理范围", "turn_to": ""}, "不属受理范围"),
    "self_handle": ({"text": "", "photos": []}, "<textarea"),
    "dispatch": ({"lead": "nobody", "text": "请尽快去看"}, "请尽快去看"),
    "void": ({"text": " "}, "<textarea"),
    "refer_out": ({"to": "moon", "text": "请到那里去"}, "请到那里去"),
    "move": ({"area": "火星", "text": "搬到那里"}, "火星"),
    "merge": ({"into": "440881101-202611-999999", "text": "一样的"}, "440881101-202611-999999"),
    "split": ({"texts": "字" * 4001}, "字" * 4001),
    "defer": ({"review_on": "2001-01-01", "text": "以后再说"}, "以后再说"),
    "classify": ({"category": "999999", "text": "改一改"}, "改一改"),
    "ask_supplement": ({"text": "坏\0字"}, "字"),
    "supplement": ({"text": "附上照片", "photos": [SimpleUploadedFile("a.jpg", b"no photo")]}, "附上照片"),
}


@pytest.mark.parametrize("step", WRONG)
def test_what_cannot_be_is_refused_beside_its_field_and_what_was_typed_is_kept(world: World, step: str) -> None:
    sent, kept = WRONG[step]
    event = recent(world, State.ACCEPTED if step in ("dispatch", "defer") else State.REPORTED)
    person = somebody(world, event, step)
    assert person is not None
    entries = Entry.objects.count()
    response = desk_of(person).post(f"{page_of(event)}{step}", sent)
    assert response.status_code == 422
    page = html.unescape(words_of(response))
    assert str(next(iter(response.context["form"].errors.values()))[0]) in page
    assert kept in page
    assert Entry.objects.count() == entries


def test_of_two_at_once_the_second_is_told_that_it_has_moved_on(world: World) -> None:
    event = recent(world)
    first, second = desk_of(world.cast.desk), desk_of(world.cast.county)
    for client in (first, second):
        assert client.get(f"{page_of(event)}accept").status_code == 200
    assert first.post(f"{page_of(event)}accept").status_code == 302
    response = second.post(f"{page_of(event)}accept")
    assert response.status_code == 409
    assert response.context["refusal"].message in words_of(response)
    assert Entry.objects.filter(on_key=str(event.pk), verb="event.accepted").count() == 1


def test_a_refusal_speaks_the_language_of_whoever_asked(world: World) -> None:
    event = recent(world, State.CLOSED)
    address = f"{page_of(event)}accept"
    client = desk_of(world.cast.desk)
    as_json = client.post(address, headers={"Accept": "application/json"})
    assert (as_json.status_code, as_json.json()["error"]["code"]) == (409, "moved_on")
    fragment = client.post(address, headers={"HX-Request": "true"})
    assert fragment.status_code == 409
    assert "<html" not in words_of(fragment)
    client.post("/language", {"language": "en"})
    assert "This matter has moved on." in words_of(client.post(address))


def test_a_step_asked_for_by_a_piece_of_the_page_is_a_piece(world: World) -> None:
    event = recent(world)
    client = desk_of(world.cast.desk)
    piece = client.get(f"{page_of(event)}accept", headers={"HX-Request": "true"})
    assert "<html" not in words_of(piece)
    assert "<form" in words_of(piece)


def test_whoever_handled_it_is_offered_no_verification(world: World) -> None:
    event = recent(world, State.RESULT_SUBMITTED)
    response = desk_of(world.cast.handler).post(f"{page_of(event)}verify", {"text": "我看过了"})
    assert response.status_code == 403
    assert f"{page_of(event)}verify" not in words_of(desk_of(world.cast.handler).get(page_of(event)))
    assert f"{page_of(event)}verify" in words_of(desk_of(world.cast.verifier).get(page_of(event)))


def test_a_matter_that_leaves_ones_sight_leads_back_to_the_list(world: World) -> None:
    event = recent(world)
    response = desk_of(world.cast.worker).post(f"{page_of(event)}move", {"area": "440881101201006"})
    assert response.headers["Location"] == "/desk/"


# --- one matter -------------------------------------------------------------------------------------------------------


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


# --- the sealed contact -----------------------------------------------------------------------------------------------


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
    entry = Entry.objects.get(verb="event.contact_opened")
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


# --- photos -----------------------------------------------------------------------------------------------------------


def test_a_photo_is_kept_without_its_hidden_data(world: World) -> None:
    event = recent(world)
    sent = photo(hidden=True)
    assert b"PhoneMaker" in sent.read()
    sent.seek(0)
    desk_of(world.cast.worker).post(f"{page_of(event)}supplement", {"text": "", "photos": [sent]})
    kept = path_of(event.pictures.get().sha256).read_bytes()
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


# --- the queue --------------------------------------------------------------------------------------------------------


def listed(response: Any) -> list[str]:
    return [row.event.text for row in response.context["page"].rows]


def test_the_queue_shows_what_is_in_sight_with_the_overdue_first(world: World) -> None:
    make_event(world, text="早已超期的事", at=timezone.now() - timedelta(days=30))
    recent(world, text="今天的事")
    recent(world, text="邻镇的事", area=world.areas["440881102201001"])
    response = desk_of(world.cast.desk).get("/desk/")
    assert listed(response) == ["早已超期的事", "今天的事"]
    assert "due-late" in words_of(response)


@pytest.mark.parametrize(
    ("words", "found"), [("水沟", 1), ("　水沟 ", 1), ("路灯", 1), ("水", 1), ("飞船", 0), ("'\"--", 0)]
)
def test_two_characters_are_enough_to_search(world: World, words: str, found: int) -> None:
    recent(world)
    recent(world, text="巷口路灯不亮", category=world.wall)
    response = desk_of(world.cast.desk).get("/desk/", {"q": words, "show": "all"})
    assert len(listed(response)) == found


def test_a_number_is_found(world: World) -> None:
    event = recent(world)
    recent(world, text="别的事")
    assert listed(desk_of(world.cast.desk).get("/desk/", {"q": event.number, "show": "all"})) == [TEXT]


BAD = [
    *({"show": "everything"}, {"state": "gone"}, {"area": "12a"}, {"category": "x"}, {"from": "2026-13-01"}),
    *({"to": "gestern"}, {"order": "random"}, {"severity": "9"}, {"after": "nonsense"}, {"after": "-_zz"}),
    *({"after": "20260101T000000.000000_00"}, {"urgency": "soon"}, {"source": "moon"}, {"from": "0001-01-01"}),
]


@pytest.mark.parametrize("query", BAD, ids=str)
def test_a_filter_that_cannot_be_is_named_and_the_list_is_shown_all_the_same(
    world: World, query: dict[str, str]
) -> None:
    recent(world)
    response = desk_of(world.cast.desk).get("/desk/", query)
    assert response.status_code == 200
    assert response.context["problem"]
    assert listed(response) == [TEXT]


@pytest.mark.parametrize("query", [{"area": "999999999"}, {"category": "999999"}, {"department": "x\0"}, {"q": "\0"}])
def test_a_filter_for_what_does_not_exist_finds_nothing_or_is_passed_over(world: World, query: dict[str, str]) -> None:
    recent(world)
    assert desk_of(world.cast.desk).get("/desk/", query).status_code == 200


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"state": "handling"}, ["在办的事"]),
        ({"show": "new"}, ["新来的事"]),
        ({"department": "water"}, ["在办的事"]),
        ({"area": "440881101202"}, []),
        ({"area": GRID}, ["新来的事", "在办的事"]),
        ({"urgency": "immediate"}, []),
        ({"source": "resident", "order": "newest"}, ["在办的事", "新来的事"]),
        ({"show": "ended"}, ["了结的事"]),
    ],
    ids=str,
)
def test_filters_narrow_the_list(world: World, query: dict[str, str], found: list[str]) -> None:
    now = timezone.now()
    make_event(world, text="新来的事", at=now - timedelta(hours=3))
    make_event(world, State.HANDLING, text="在办的事", at=now - timedelta(hours=2))
    make_event(world, State.CLOSED, text="了结的事", at=now - timedelta(hours=4))
    assert sorted(listed(desk_of(world.cast.desk).get("/desk/", query))) == sorted(found)


def test_long_lists_are_turned_over_and_end(world: World) -> None:
    for minute in range(53):
        make_event(world, text=f"第{minute}件", at=timezone.now() - timedelta(minutes=minute))
    client = desk_of(world.cast.desk)
    first = client.get("/desk/")
    link = re.search(r'rel="next" href="([^"]+)"', words_of(first))
    assert link
    second = client.get(link.group(1).replace("&amp;", "&"))
    assert len(listed(first)) == 50
    assert len({*listed(first), *listed(second)}) == 53
    assert 'rel="next"' not in words_of(second)


def test_the_list_can_be_asked_for_alone(world: World) -> None:
    recent(world)
    response = desk_of(world.cast.desk).get("/desk/", headers={"HX-Request": "true", "HX-Target": "queue"})
    assert "<html" not in words_of(response)
    assert TEXT in words_of(response)


@pytest.mark.parametrize("name", ["auditor", "security", "system", "nobody", "mediator"])
def test_whoever_sees_no_matters_is_told_why(world: World, name: str) -> None:
    recent(world)
    response = desk_of(getattr(world.cast, name)).get("/desk/")
    assert response.status_code == 200
    assert response.context["nothing_in_sight"]
    assert TEXT not in words_of(response)


# --- saved views ------------------------------------------------------------------------------------------------------


def test_a_view_is_saved_shown_and_deleted_and_is_ones_own(world: World) -> None:
    client = desk_of(world.cast.desk)
    response = client.post("/desk/views", {"name": "急件", "urgency": "urgent", "show": "open"})
    assert response.headers["Location"] == "/desk/?urgency=urgent"
    view = SavedView.objects.get()
    assert "急件" in words_of(client.get("/desk/"))
    assert "急件" not in words_of(desk_of(world.cast.county).get("/desk/"))
    assert desk_of(world.cast.county).post(f"/desk/views/{view.pk}/delete").status_code == 404
    assert client.get(f"/desk/views/{view.pk}/delete").status_code == 405
    client.post(f"/desk/views/{view.pk}/delete")
    assert not SavedView.objects.exists()


@pytest.mark.parametrize(
    "sent", [{"name": ""}, {"name": "长" * 41}, {"name": "坏\0字"}, {"name": "x", "state": "gone"}]
)
def test_a_view_that_cannot_be_saved_is_refused_in_words(world: World, sent: dict[str, str]) -> None:
    response = desk_of(world.cast.desk).post("/desk/views", sent)
    assert response.status_code == 422
    assert response.context["refusal"].message in words_of(response)
    assert not SavedView.objects.exists()


def test_views_have_an_end(world: World) -> None:
    client = desk_of(world.cast.desk)
    for number in range(31):
        response = client.post("/desk/views", {"name": f"视图{number}"})
    assert response.status_code == 422
    assert SavedView.objects.count() == 30


# --- a new report taken down by staff ---------------------------------------------------------------------------------


def test_a_desk_takes_down_a_report(world: World) -> None:
    client = desk_of(world.cast.desk)
    assert client.get("/desk/new").status_code == 200
    sent = {"text": "电话反映路灯不亮", "area": GRID, "category": world.wall.pk, "contact": "林阿婆 19900000009"}
    response = client.post("/desk/new", {**sent, "photos": [photo()]})
    event = Event.objects.get()
    assert response.headers["Location"] == page_of(event)
    assert (event.source, event.reported_by, event.area_id) == ("desk", world.cast.desk, GRID)
    assert event.pictures.count() == 1


def test_a_grid_worker_reports_from_the_round_by_a_point(world: World) -> None:
    draw_boundaries(world)
    sent = {"text": "井盖缺失", "lon": IN_GRID[0], "lat": IN_GRID[1], "accuracy_m": 8}
    desk_of(world.cast.worker).post("/desk/new", sent)
    event = Event.objects.get()
    assert (event.source, event.area_id, event.lon) == ("grid", GRID, IN_GRID[0])


def test_the_same_form_sent_twice_is_one_report(world: World) -> None:
    client = desk_of(world.cast.desk)
    sent = {"text": "路灯不亮", "area": GRID, "form": client.get("/desk/new").context["form_key"]}
    addresses = {client.post("/desk/new", sent).headers["Location"] for _time in range(2)}
    assert Event.objects.count() == 1
    assert addresses == {page_of(Event.objects.get())}


def test_near_a_border_staff_are_asked_too(world: World) -> None:
    draw_boundaries(world)
    client = desk_of(world.cast.desk)
    sent = {"text": "路灯不亮", "lon": ON_BORDER[0], "lat": ON_BORDER[1]}
    assert len(client.post("/desk/new", sent).context["sides"]) == 2
    client.post("/desk/new", {**sent, "side": "440881101201006"})
    assert Event.objects.get().area_id == "440881101201006"


@pytest.mark.parametrize(
    "fields",
    [
        {"area": ""},
        {"area": "1"},
        {"text": ""},
        {"lon": "22", "lat": "110"},
        {"category": "999999"},
        {"urgency": "soon"},
        {"contact": "1" * 201},
        {"photos": [SimpleUploadedFile("a.jpg", b"no photo")]},
    ],
    ids=str,
)
def test_a_report_that_cannot_be_is_refused_and_nothing_is_lost(world: World, fields: dict[str, Any]) -> None:
    sent = {"text": "路灯不亮", "area": GRID, "place": "老榕树旁", **fields}
    response = desk_of(world.cast.desk).post("/desk/new", sent)
    assert response.status_code == 422
    assert "老榕树旁" in words_of(response)
    errors = response.context["form"].errors
    assert str(next(iter(errors.values()))[0]) in html.unescape(words_of(response))
    assert not Event.objects.exists()


@pytest.mark.parametrize("name", ["handler", "auditor", "system", "nobody"])
def test_whoever_works_in_no_area_takes_down_nothing(world: World, name: str) -> None:
    client = desk_of(getattr(world.cast, name))
    for response in (client.get("/desk/new"), client.post("/desk/new", {"text": "路灯不亮", "area": GRID})):
        assert response.status_code == 403
        assert response.context["refusal"].message in words_of(response)
    assert not Event.objects.exists()


def test_a_report_for_elsewhere_leads_back_to_the_list(world: World) -> None:
    response = desk_of(world.cast.worker).post("/desk/new", {"text": "邻镇路灯不亮", "area": "440881102201001"})
    assert response.headers["Location"] == "/desk/"
    assert Event.objects.get().area_id == "440881102201001"


# --- after an act -----------------------------------------------------------------------------------------------------


def test_whoever_must_know_finds_a_notice_and_its_count(world: World) -> None:
    event = recent(world)
    desk_of(world.cast.desk).post(f"{page_of(event)}accept", {"category": world.drain.pk})
    desk_of(world.cast.desk).post(f"{page_of(event)}dispatch", {"lead": "water"})
    client = desk_of(world.cast.handler)
    assert Notice.objects.filter(person=world.cast.handler, read_at__isnull=True).count() == 1
    assert world.cast.desk.name in words_of(client.get("/desk/notices/"))


def test_an_act_says_that_it_was_done(world: World) -> None:
    event = recent(world)
    response = desk_of(world.cast.desk).post(f"{page_of(event)}accept", follow=True)
    assert str(ACTS["accept"].label) in next(str(one) for one in response.context["messages"])


def test_the_paths_of_the_world_reach_every_state() -> None:
    assert set(testing.PATHS) == set(State)
