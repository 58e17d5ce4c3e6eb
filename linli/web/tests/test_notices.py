"""Notices: whoever must know finds what was done, and marks it as read."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.translation import gettext

from linli.events import actions
from linli.events.models import Event
from linli.events.testing import World, make_event
from linli.journal.models import Entry, Notice
from linli.people.models import Person


def page(person: Person) -> Any:
    client = Client()
    client.force_login(person)
    return client.get("/desk/notices/")


def words_of(response: Any) -> str:
    return response.content.decode()


@pytest.fixture
def dispatched(world: World) -> Event:
    event = make_event(world, at=timezone.now())
    actions.accept(event, by=world.cast.desk, at=timezone.now())
    actions.dispatch(event, lead=world.water, by=world.cast.desk, at=timezone.now())
    return event


def test_a_notice_says_who_did_what_to_which_matter(world: World, dispatched: Event) -> None:
    words = words_of(page(world.cast.handler))
    for part in (world.cast.desk.name, "派遣", dispatched.number, f"/desk/events/{dispatched.pk}/"):
        assert part in words


def test_the_reporter_without_account_is_named_as_such(world: World, dispatched: Event) -> None:
    entry = Entry.objects.get(verb="event.reported")
    assert entry.by is None
    assert gettext("The reporter") in words_of(page(world.cast.worker))


def test_whoever_acts_is_not_told_of_it(world: World, dispatched: Event) -> None:
    verbs = {row["notice"].entry.verb for row in page(world.cast.desk).context["rows"]}
    assert verbs == {"event.reported"}


def test_marked_as_read_they_stay_but_count_no_more(world: World, dispatched: Event) -> None:
    client = Client()
    client.force_login(world.cast.handler)
    assert client.get("/desk/").context["unread"]() == 1
    assert client.post("/desk/notices/").headers["Location"] == "/desk/notices/"
    after = client.get("/desk/notices/")
    assert len(after.context["rows"]) == 1
    assert client.get("/desk/").context["unread"]() == 0
    assert Notice.objects.filter(read_at__isnull=True).exclude(person=world.cast.handler).exists()


def test_a_matter_out_of_sight_by_now_is_not_told_any_more(world: World, dispatched: Event) -> None:
    actions.dispatch(dispatched, lead=world.housing, by=world.cast.desk, at=timezone.now())
    assert page(world.cast.handler).context["rows"] == []
    assert len(page(world.cast.co_handler).context["rows"]) == 1


def test_more_than_a_page_is_cut_and_a_hundred_are_counted_as_many(world: World) -> None:
    at = timezone.now() - timedelta(hours=2)
    for minute in range(101):
        make_event(world, at=at + timedelta(seconds=minute))
    response = page(world.cast.worker)
    assert len(response.context["rows"]) == 60
    assert "99+" in words_of(response)


def test_without_notices_the_page_says_so(world: World) -> None:
    response = page(world.cast.nobody)
    assert response.status_code == 200
    assert response.context["rows"] == []
