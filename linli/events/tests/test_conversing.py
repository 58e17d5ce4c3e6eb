"""The conversation of a matter: who hears what, who is called on, what can be taken back."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from linli.events import actions
from linli.events.models import Event, Message
from linli.events.rules import HeardBy, State, names_called, pieces
from linli.events.testing import NOON, World, make_event
from linli.events.tests.pages import desk_of, page_of, recent, words_of
from linli.journal.models import Entry, Notice
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.people.models import Person

ALL, WATER, GRID_SIDE = "大家看这里", "只给水务局自己看", "只给镇村自己看"


@pytest.fixture
def event(world: World) -> Event:
    return recent(world, State.HANDLING)


def say(event: Event, by: Person, words: str, **more: Any) -> Message:
    return actions.say(event, words=words, by=by, at=timezone.now(), **more)


def read_by(person: Person, event: Event) -> set[str]:
    page = words_of(desk_of(person).get(page_of(event)))
    return {words for words in (ALL, WATER, GRID_SIDE) if words in page}


def test_everybody_who_sees_the_matter_reads_what_is_for_all_and_what_is_said_in_their_own_unit(
    world: World, event: Event
) -> None:
    say(event, world.cast.desk, ALL)
    say(event, world.cast.handler, WATER, heard_by=HeardBy.UNIT)
    say(event, world.cast.worker, GRID_SIDE, heard_by=HeardBy.UNIT)
    cast = world.cast
    assert {name: read_by(getattr(cast, name), event) for name in ("handler", "co_handler", "desk", "cadre")} == {
        "handler": {ALL, WATER},
        "co_handler": {ALL},
        "desk": {ALL, GRID_SIDE},
        "cadre": {ALL, GRID_SIDE},
    }


@pytest.mark.parametrize("name", ["neighbour", "nobody", "auditor", "system"])
def test_whoever_does_not_see_the_matter_neither_reads_nor_writes(world: World, event: Event, name: str) -> None:
    message, person = say(event, world.cast.desk, ALL), getattr(world.cast, name)
    with pytest.raises(NotYours):
        say(event, person, "我也说一句")
    for address in (reverse("events:say", args=[event.pk]), reverse("events:take_back", args=[event.pk, message.pk])):
        assert desk_of(person).post(address, {"words": "我也说一句"}).status_code == 404
    assert desk_of(person).get(reverse("events:people", args=[event.pk])).status_code == 404
    assert event.messages.count() == 1


def test_whoever_is_called_on_is_told_and_nobody_else(world: World, event: Event) -> None:
    Notice.objects.all().delete()
    say(event, world.cast.desk, "请@吴水务今天去看一下，@陈小禾 带路")
    told = set(Notice.objects.values_list("person__name", "entry__verb"))
    assert told == {("吴水务", "event.said"), ("陈小禾", "event.said")}


@pytest.mark.parametrize("words", ["请@邻村人 来看", "@查无此人 在吗"])
def test_calling_on_somebody_who_does_not_see_it_is_refused_the_same_whether_they_exist_or_not(
    world: World, event: Event, words: str
) -> None:
    with pytest.raises(BadInput) as refused:
        say(event, world.cast.desk, words)
    assert refused.value.code == "sees_it_not"
    assert not event.messages.exists()


def test_within_a_unit_nobody_outside_it_is_called_on(world: World, event: Event) -> None:
    with pytest.raises(BadInput):
        say(event, world.cast.handler, "@李分拨 请看", heard_by=HeardBy.UNIT)
    say(event, world.cast.handler, "@李分拨 请看")


def test_the_journal_and_the_search_hold_no_word_of_it(world: World, event: Event) -> None:
    say(event, world.cast.desk, "墙根的铜铃响了")
    entry = Entry.objects.get(verb="event.said")
    assert "铜铃" not in str(entry.facts)
    assert event.number not in words_of(desk_of(world.cast.desk).get("/desk/", {"q": "铜铃"}))


def test_the_reporter_never_reads_it(world: World, client: Client) -> None:
    reported = actions.report(text="水沟堵了", area=world.grid, at=timezone.now(), source="resident")
    say(reported.event, world.cast.desk, ALL)
    client.post(f"/status/{reported.event.number}", {"key": reported.secret})
    assert ALL not in words_of(client.get(f"/status/{reported.event.number}"))


def test_it_is_taken_back_within_five_minutes_by_whoever_said_it(world: World) -> None:
    event = make_event(world, State.HANDLING)
    message = actions.say(event, words=ALL, by=world.cast.desk, at=NOON)
    with pytest.raises(NotYours):
        actions.take_back(message, by=world.cast.county, at=NOON)
    with pytest.raises(Refused):
        actions.take_back(message, by=world.cast.desk, at=NOON + timedelta(minutes=5, seconds=1))
    actions.take_back(message, by=world.cast.desk, at=NOON + timedelta(minutes=5))
    message.refresh_from_db()
    assert message.words == "" and message.withdrawn_at
    assert Entry.objects.filter(verb="event.said_withdrawn").count() == 1


def test_what_cannot_be_said_is_kept_on_the_page(world: World, event: Event) -> None:
    response = desk_of(world.cast.desk).post(reverse("events:say", args=[event.pk]), {"words": "@没这个人 急事"})
    assert response.status_code == 422
    page = words_of(response)
    assert "@没这个人 急事</textarea>" in page and str(response.context["talk_problem"]) in page


def test_names_are_offered_of_those_who_read_it(world: World, event: Event) -> None:
    def offered(**query: str) -> set[str]:
        return set(desk_of(world.cast.handler).get(reverse("events:people", args=[event.pk]), query).json()["people"])

    assert {"李分拨", "陈小禾", "吴水务", "郑住建"} <= offered()
    assert "邻村人" not in offered()
    assert offered(q="李") == {"李分拨"}
    assert offered(heard_by="unit") == {"吴水务"}


def test_new_is_what_this_browser_has_not_shown_yet(world: World, event: Event) -> None:
    browser = desk_of(world.cast.handler)
    say(event, world.cast.desk, ALL)
    assert [one["is_new"] for one in browser.get(page_of(event)).context["talk"]] == [True]
    assert [one["is_new"] for one in browser.get(page_of(event)).context["talk"]] == [False]


def test_a_call_is_found_without_a_space_and_an_address_of_mail_calls_nobody() -> None:
    assert names_called("请@陈小禾今天去，＠陈小 也去", ["陈小", "陈小禾"]) == {"陈小", "陈小禾"}
    assert names_called("写信到 a@b.cn", ["陈小"]) == set()
    assert pieces("请@陈小禾去", ["陈小禾"]) == [("请", False), ("@陈小禾", True), ("去", False)]


def joint_of(event: Event) -> str:
    return reverse("events:joint", args=[event.pk])


def test_the_shared_page_shows_the_same_conversation_to_the_same_people(world: World, event: Event) -> None:
    say(event, world.cast.desk, ALL)
    say(event, world.cast.handler, WATER, heard_by=HeardBy.UNIT)
    page = words_of(desk_of(world.cast.co_handler).get(joint_of(event)))
    assert ALL in page
    assert WATER not in page
    assert WATER in words_of(desk_of(world.cast.handler).get(joint_of(event)))
    assert desk_of(world.cast.neighbour).get(joint_of(event)).status_code == 404


def test_what_is_said_on_the_shared_page_leads_back_to_it(world: World, event: Event) -> None:
    client, address = desk_of(world.cast.handler), reverse("events:say", args=[event.pk])
    assert client.post(address, {"words": ALL, "page": "joint"})["Location"] == joint_of(event) + "#conversation"
    assert client.post(address, {"words": ALL, "page": "//elsewhere"})["Location"] == page_of(event) + "#conversation"
    wrong = client.post(address, {"words": "@邻村人 来看", "page": "joint"})
    assert wrong.status_code == 422
    assert "@邻村人 来看" in words_of(wrong)
    assert "part-course" in wrong.content.decode()


def test_the_shared_page_asks_as_often_for_one_message_as_for_twenty(world: World, event: Event) -> None:
    client = desk_of(world.cast.desk)
    say(event, world.cast.desk, ALL)
    client.get(joint_of(event))
    with CaptureQueriesContext(connection) as one:
        client.get(joint_of(event))
    for number in range(19):
        say(event, world.cast.handler, f"{number} @李分拨")
    client.get(joint_of(event))
    with CaptureQueriesContext(connection) as twenty:
        client.get(joint_of(event))
    # The names called on are one more query, however many there are.
    assert len(twenty) <= len(one) + 1
