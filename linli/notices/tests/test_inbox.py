"""Notices: whoever must know finds what was done, and marks it as read."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
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
    verbs = {row.entry.verb for row in page(world.cast.desk).context["rows"]}
    assert verbs == {"event.reported"}


def test_marked_as_read_they_stay_but_count_no_more(world: World, dispatched: Event) -> None:
    client = Client()
    client.force_login(world.cast.handler)
    assert client.get("/desk/").context["unread"]() == 1
    marked = client.post("/desk/notices/read").headers["Location"]
    after = client.get(marked)
    assert len(after.context["rows"]) == 1
    assert client.get("/desk/").context["unread"]() == 0
    assert Notice.objects.filter(read_at__isnull=True).exclude(person=world.cast.handler).exists()


def test_a_matter_out_of_sight_by_now_is_not_told_any_more(world: World, dispatched: Event) -> None:
    actions.dispatch(dispatched, lead=world.housing, by=world.cast.desk, at=timezone.now())
    assert page(world.cast.handler).context["rows"] == []
    assert len(page(world.cast.co_handler).context["rows"]) == 1


def test_a_marking_is_taken_back(world: World, dispatched: Event) -> None:
    client = Client()
    client.force_login(world.cast.handler)
    old = Notice.objects.get(person=world.cast.worker)
    Notice.objects.filter(pk=old.pk).update(read_at=timezone.now() - timedelta(days=1))
    shown = client.get(client.post("/desk/notices/read").headers["Location"])
    client.post("/desk/notices/unread", {"marked": shown.context["marked"].isoformat()})
    assert client.get("/desk/").context["unread"]() == 1
    old.refresh_from_db()
    assert old.read_at is not None


def test_one_matter_is_marked_alone(world: World, dispatched: Event) -> None:
    other = make_event(world, at=timezone.now())
    client = Client()
    client.force_login(world.cast.worker)
    client.post("/desk/notices/read", {"matter": str(other.pk)})
    unread = Notice.objects.filter(person=world.cast.worker, read_at__isnull=True)
    assert {one.entry.on_key for one in unread.select_related("entry")} == {str(dispatched.pk)}


def test_a_matter_is_one_row_and_unread_ones_stand_first(world: World) -> None:
    at = timezone.now() - timedelta(hours=1)
    first, second = make_event(world, at=at), make_event(world, at=at + timedelta(minutes=1))
    actions.accept(first, by=world.cast.county, at=at + timedelta(minutes=2))
    rows = page(world.cast.desk).context["rows"]
    assert [(row.event, row.count) for row in rows] == [(first, 2), (second, 1)]
    assert rows[0].words == gettext("accepted it")
    client = Client()
    client.force_login(world.cast.desk)
    client.post("/desk/notices/read", {"matter": str(first.pk)})
    assert [row.event for row in client.get("/desk/notices/").context["rows"]] == [second, first]


def test_a_tab_shows_its_sort_alone(world: World) -> None:
    event = make_event(world, at=timezone.now())
    actions.accept(event, by=world.cast.county, at=timezone.now())
    client = Client()
    client.force_login(world.cast.desk)
    assert client.get("/desk/notices/?show=to_do").context["rows"][0].count == 1
    assert client.get("/desk/notices/?show=mentions").context["rows"] == []
    assert client.get("/desk/notices/?show=nonsense&page=x").context["rows"][0].count == 2


def test_more_than_a_page_is_cut_and_a_hundred_are_counted_as_many(world: World) -> None:
    at = timezone.now() - timedelta(hours=2)
    for minute in range(101):
        make_event(world, at=at + timedelta(seconds=minute))
    response = page(world.cast.worker)
    assert len(response.context["rows"]) == 30
    assert "?page=2" in words_of(response)
    assert "99+" in words_of(response)


def test_the_inbox_asks_as_often_for_one_matter_as_for_thirty(world: World) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get("/desk/notices/")
        return len(queries)

    client = Client()
    client.force_login(world.cast.worker)
    at = timezone.now() - timedelta(hours=1)
    make_event(world, at=at)
    client.get("/desk/notices/")
    few = asked()
    for minute in range(29):
        make_event(world, at=at + timedelta(seconds=minute))
    assert asked() == few


def test_without_notices_the_page_says_so(world: World) -> None:
    response = page(world.cast.nobody)
    assert response.status_code == 200
    assert response.context["rows"] == []
