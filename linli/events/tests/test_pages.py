"""The pages of the desk: the queue, saved views, a new report taken down, and what follows an act."""

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from linli.events import testing
from linli.events.forms import ACTS
from linli.events.models import Event, SavedView
from linli.events.rules import State
from linli.events.testing import GRID, IN_GRID, ON_BORDER, World, draw_boundaries, make_event
from linli.events.tests.pages import TEXT, desk_of, page_of, photo, recent, words_of
from linli.journal.models import Notice

# --- the queue ----------------------------------------------------------------------------------------------------------


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


# --- saved views --------------------------------------------------------------------------------------------------------


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


# --- a new report taken down by staff -----------------------------------------------------------------------------------


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


# --- after an act -------------------------------------------------------------------------------------------------------


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
