"""Calls, visits and orders of the hotline, taken down for somebody else at `/desk/new/call`."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.events import actions
from linli.events.models import Event, Statement
from linli.events.rules import HOTLINE_SOURCE, Door, Source
from linli.events.telling import told
from linli.events.testing import GRID, World
from linli.events.tests.pages import desk_of, page_of, words_of
from linli.journal.models import Entry, Notice
from linli.kit.refusal import NotYours, Refused
from linli.people.models import Person

OWN = "喂，我是村口卖豆腐的，那条沟又堵啦，臭得很，你们快点来人！"
SUMMARY = "村口水沟堵塞，有异味"
CALL = {"door": "telephone", "words": OWN, "text": SUMMARY, "area": GRID, "place": "村口", "contact": "13800000000"}


def call(person: Person, **fields: Any) -> Any:
    return desk_of(person).post(reverse("events:call"), CALL | fields)


def test_a_call_becomes_a_matter_with_the_callers_words_beside_the_summary(world: World) -> None:
    response = call(world.cast.desk)
    event = Event.objects.get()
    assert response.url == reverse("events:slip", args=[event.pk])
    assert (event.text, event.statement.words, event.statement.door) == (SUMMARY, OWN, Door.TELEPHONE)
    assert event.source == Source.DESK
    page = words_of(desk_of(world.cast.desk).get(page_of(event)))
    assert SUMMARY in page and OWN in page


def test_words_that_are_their_own_summary_are_shown_once(world: World) -> None:
    call(world.cast.desk, text="")
    page = words_of(desk_of(world.cast.desk).get(page_of(Event.objects.get())))
    assert page.count(OWN) == 1


def test_who_enters_it_is_not_the_reporter(world: World) -> None:
    call(world.cast.desk)
    event, entry = Event.objects.get(), Entry.objects.get(verb="event.reported")
    assert event.reported_by is None
    assert (entry.by, told(entry), entry.facts["door"]) == (
        world.cast.desk,
        _("entered it for a reporter"),
        "telephone",
    )
    assert not Notice.objects.filter(person=world.cast.desk).exists()
    assert Notice.objects.filter(person=world.cast.worker).exists()


def test_the_slip_gives_the_caller_a_code_that_opens_the_matter(world: World) -> None:
    response = desk_of(world.cast.desk).get(call(world.cast.desk).url)
    event = Event.objects.get()
    code = response.context["code"]
    assert event.number in words_of(response) and code in words_of(response)
    assert actions.open_receipt(event.number, code) == event
    assert "no-store" in response["Cache-Control"]


def test_the_slip_is_shown_to_nobody_else_and_not_the_next_day(world: World) -> None:
    address = call(world.cast.desk).url
    assert desk_of(world.cast.county).get(address).status_code == 404
    Event.objects.update(reported_at=timezone.now() - timedelta(hours=13))
    assert desk_of(world.cast.desk).get(address).status_code == 404


def test_the_next_caller_keeps_door_and_area(world: World) -> None:
    response = desk_of(world.cast.desk).get(call(world.cast.desk, door="window").url)
    following = re.search(r'href="([^"]*new/call[^"]*)" data-next', words_of(response))
    assert following
    form = desk_of(world.cast.desk).get(following[1].replace("&amp;", "&")).context["form"]
    assert (form["door"].value(), form["area"].value()) == ("window", GRID)


def test_an_order_of_the_hotline_is_entered_once_and_the_second_leads_to_the_first(world: World) -> None:
    call(world.cast.desk, door="hotline", order_no="GD 2026-11-0042 ")
    event = Event.objects.get()
    assert (event.external_source, event.external_no) == (HOTLINE_SOURCE, "GD2026-11-0042")
    again = call(world.cast.desk, door="hotline", order_no="ｇｄ2026-11-0042", words="同一张工单")
    assert again.status_code == 409
    assert page_of(event) in words_of(again) and "同一张工单" in words_of(again)
    assert Event.objects.count() == 1


def test_the_number_of_an_order_is_looked_up_as_it_is_typed(world: World) -> None:
    call(world.cast.desk, door="hotline", order_no="GD1")
    event = Event.objects.get()
    ask = reverse("events:order")
    assert page_of(event) in words_of(desk_of(world.cast.desk).get(ask, {"order_no": " gd1"}))
    assert event.number not in words_of(desk_of(world.cast.desk).get(ask, {"order_no": "GD2"}))
    assert page_of(event) not in words_of(desk_of(world.cast.neighbour).get(ask, {"order_no": "GD1"}))


def test_an_order_that_is_here_is_refused_by_the_action_too(world: World) -> None:
    call(world.cast.desk, door="hotline", order_no="GD7")
    taken = actions.Taken(Door.HOTLINE, "另一人录入", "GD7")
    with pytest.raises(Refused) as refused:
        actions.report(text="x", area=world.grid, at=timezone.now(), source="desk", by=world.cast.county, taken=taken)
    assert refused.value.code == "order_entered"


def test_of_a_caller_who_stays_unnamed_only_the_desk_knows_more_than_the_matter(world: World) -> None:
    call(world.cast.desk, stays_unnamed="on")
    event, at = Event.objects.get(), timezone.now()
    actions.accept(event, by=world.cast.county, at=at)
    actions.dispatch(event, lead=world.water, co_handlers=[], by=world.cast.county, at=at)
    for person in (world.cast.handler, world.cast.worker):
        page = words_of(desk_of(person).get(page_of(event)))
        assert SUMMARY in page and OWN not in page
        with pytest.raises(NotYours):
            actions.open_contact(event, by=person, at=at, reason="回电")
    assert OWN in words_of(desk_of(world.cast.desk).get(page_of(event)))
    assert actions.open_contact(event, by=world.cast.desk, at=at, reason="回电") == "13800000000"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"words": "", "text": ""}, "words"),
        ({"stays_unnamed": "on", "text": ""}, "text"),
        ({"wants_call_back": "on", "contact": ""}, "contact"),
        ({"door": "hotline"}, "order_no"),
        ({"door": "pigeon"}, "door"),
        ({"door": "hotline", "order_no": "9" * 81}, "order_no"),
        ({"words": "长" * 40_001}, "words"),
        ({"words": "\0"}, "words"),
        ({"area": "9"}, "area"),
    ],
    ids=str,
)
def test_what_cannot_be_is_said_beside_its_field_and_nothing_is_lost(world: World, fields: Any, field: str) -> None:
    response = call(world.cast.desk, **fields)
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert CALL["place"] in words_of(response)
    assert not Event.objects.exists()


def test_a_long_story_is_kept_whole_and_its_beginning_is_the_summary(world: World) -> None:
    story = "从头说起。" * 3000
    call(world.cast.desk, words=story, text="")
    event = Event.objects.get()
    assert event.statement.words == story
    assert story.startswith(event.text) and len(event.text) == 4000


def test_the_same_form_sent_twice_is_one_matter_with_one_slip(world: World) -> None:
    key = desk_of(world.cast.desk).get(reverse("events:call")).context["form_key"]
    first, second = (call(world.cast.desk, form=key, door="hotline", order_no="GD9") for _turn in range(2))
    assert first.url == second.url
    assert Event.objects.count() == 1


def test_a_form_filled_again_for_another_caller_is_not_swallowed(world: World) -> None:
    key = desk_of(world.cast.desk).get(reverse("events:call")).context["form_key"]
    call(world.cast.desk, form=key)
    other = call(world.cast.desk, form=key, text="另一件事")
    assert other.status_code == 422 and "另一件事" in words_of(other)
    call(world.cast.desk, form=other.context["form_key"], text="另一件事")
    assert sorted(Event.objects.values_list("text", flat=True)) == sorted([SUMMARY, "另一件事"])


def test_areas_are_found_by_a_part_of_their_name_and_only_in_sight(world: World) -> None:
    find = reverse("events:find_areas")
    assert GRID in words_of(desk_of(world.cast.desk).get(find, {"find": "第五"}))
    assert "440881102201001" not in words_of(desk_of(world.cast.desk).get(find, {"find": "三角山"}))
    assert "440881102201001" in words_of(desk_of(world.cast.county).get(find, {"find": "三角山"}))


def test_likely_twins_are_shown_for_the_callers_own_words_too(world: World) -> None:
    call(world.cast.desk, text=OWN)
    response = desk_of(world.cast.desk).post(reverse("events:known"), {"words": OWN, "text": "", "area": GRID})
    assert Event.objects.get().number in words_of(response)


def test_nobody_without_an_area_takes_calls(world: World) -> None:
    for person in (world.cast.handler, world.cast.system, world.cast.nobody):
        assert call(person).status_code == 403
    assert not Statement.objects.exists()


def test_the_page_of_a_matter_asks_no_more_for_a_statement(world: World) -> None:
    """It comes with the event, in the query that finds it."""
    call(world.cast.desk, contact="")
    plain = actions.report(text="路灯", area=world.grid, at=timezone.now(), source="desk", by=world.cast.county).event
    counts = []
    for event in (Statement.objects.get().event, plain):
        with CaptureQueriesContext(connection) as asked:
            desk_of(world.cast.desk).get(page_of(event))
        counts.append(len(asked))
    assert counts[0] <= counts[1]


def test_the_form_asks_hardly_more_than_that_of_a_plain_report(world: World) -> None:
    counts = []
    for name in ("events:new", "events:call"):
        client = desk_of(world.cast.county)
        client.get(reverse(name))
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse(name))
        counts.append(len(asked))
    assert counts[1] - counts[0] <= 4
