"""Every step is taken by its address, and refused by it in words."""

import html
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from linli.events import actions
from linli.events.forms import ACTS
from linli.events.models import Call, Event, Whistle
from linli.events.rules import STEP_NAMES, STEPS, State
from linli.events.testing import World, make_drawn
from linli.events.tests.pages import desk_of, page_of, photo, recent, words_of
from linli.journal.models import Entry
from linli.people.models import Department, Person

#: What each step needs, beyond nothing.
FIELDS: dict[str, Callable[[World, Event], dict[str, Any]]] = {
    "check_truth": lambda world, event: {"is_true": "yes", "text": "看过，属实", "photos": [photo()]},
    "accept": lambda world, event: {"category": world.drain.pk, "severity": "general", "urgency": "urgent"},
    "reject": lambda world, event: {"text": "依权责清单不属受理范围", "turn_to": "请拨打12345"},
    "self_handle": lambda world, event: {"text": "当场清理路面砂石，通行恢复", "photos": [photo()]},
    "dispatch": lambda world, event: {"lead": "water", "co_handlers": ["housing"], "text": "请尽快"},
    "object": lambda world, event: {"next_owner": "housing", "basis": "权责清单第12项"},
    "dismiss_objection": lambda world, event: {"text": "按权责清单属于贵局职责"},
    "whistle": lambda world, event: {
        "departments": ["water", "housing"],
        "lead": "water",
        "be_there_by": timezone.localtime(timezone.now() + timedelta(hours=3)).strftime("%Y-%m-%dT%H:%M"),
        "text": "墙有裂缝",
    },
    "end_whistle": lambda world, event: {"text": "水务清沟，住建加固"},
    "add_part": lambda world, event: {"department": "roads", "text": "修复路面"},
    "settle": lambda world, event: {"lead": "water", "text": "按权责清单由水务局办理"},
    "hand_back": lambda world, event: {"text": "需住建牵头"},
    "submit_result": lambda world, event: {"text": "清淤两立方米，水沟已疏通", "photos": [photo("green")]},
    "verify": lambda world, event: {"text": "现场看过", "photos": [photo("gold")]},
    "rework": lambda world, event: {"text": "还有淤泥"},
    "close": lambda world, event: {"text": "水沟已清淤疏通，现水流正常"},
    "follow_up": lambda world, event: {"rating": "satisfied", "text": "很好"},
    "reinspect": lambda world, event: {"finding": "held", "text": "水流畅通"},
    "reopen": lambda world, event: {"text": "又堵了"},
    "ask_supplement": lambda world, event: {"text": "哪一户？"},
    "supplement": lambda world, event: {"text": "三巷五号", "photos": [photo("navy")]},
    "ask_extension": lambda world, event: {"until": (_due(event) + timedelta(days=5)).date(), "text": "等材料"},
    "refuse_extension": lambda world, event: {"text": "不能再拖"},
    "defer": lambda world, event: {"review_on": (timezone.now() + timedelta(days=20)).date(), "text": "因雨季无法施工"},
    "classify": lambda world, event: {"category": world.wall.pk, "severity": "major", "urgency": "normal"},
    "move": lambda world, event: {"area": "440881101201006 上县第六网格"},
    "void": lambda world, event: {"text": "误报，不是事件"},
    "refer_out": lambda world, event: {"to": "110", "text": "因涉及人身安全，请拨打110"},
    "supervise": lambda world, event: {
        "supervisor": world.cast.leader.pk,
        "due_on": (timezone.now() + timedelta(days=3)).date(),
        "text": "已超期两日",
    },
    "end_supervision": lambda world, event: {"text": "已进场施工"},
    "escalate": lambda world, event: {"text": "涉及三镇，请县里协调"},
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
    if step == "submit_result":
        part = event.parts.get(department=world.housing)
        actions.PART_ACTS["answer_part"](part, text="已加固", by=world.cast.co_handler, at=timezone.now())
    if step == "add_part":
        Department.objects.create(code="roads", name="公路局", area=world.areas["440881"])
    if step == "end_whistle":
        at = timezone.now()
        wanted = Event.objects.get(pk=event.pk).state
        _whistled(world, event, at)
        event.refresh_from_db()
        assert event.state == wanted
    if step == "reinspect":
        make_drawn(world, event)
    if step == "settle":
        desk, at = world.cast.county, timezone.now()
        actions.uphold_objection(event, by=desk, at=at)
        actions.dispatch(event, lead=world.housing, by=desk, at=at)
        actions.object(event, next_owner=world.water, basis="权责清单第3项", by=world.cast.co_handler, at=at)
    if step == "end_supervision":
        leader = world.cast.leader
        actions.supervise(event, supervisor=leader, text="已超期", by=leader, at=timezone.now())
    return event


def _whistled(world: World, event: Event, at: Any) -> None:
    """A call to the spot that began while it was with departments, in whatever state it is now."""
    blown = Whistle.objects.create(
        event=event, blown_by=world.cast.desk, blown_at=at, place="村口", be_there_by=at + timedelta(hours=2)
    )
    Call.objects.bulk_create(Call(whistle=blown, part=part, department=part.department) for part in event.parts.all())


def somebody(world: World, event: Event, step: str) -> Person | None:
    """Somebody of the cast who may take the step now."""
    people = [
        getattr(world.cast, name) for name in ("worker", "cadre", "desk", "verifier", "handler", "co_handler", "leader")
    ]
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
