"""A reporter says that theirs is the same as another matter: counted, followed, taken back; nothing is merged by it."""

import re
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from linli.events import actions
from linli.events.models import Event, Support
from linli.events.rules import State
from linli.events.testing import World, make_event, make_public
from linli.events.tests.pages import photo
from linli.journal.models import Entry
from linli.kit.refusal import Refused

TEXT = "村口水沟堵了，污水流到路上"


def _reported(world: World, at: datetime) -> tuple[Event, Client]:
    """A resident's matter, and the browser that holds its receipt."""
    reported = actions.report(text=TEXT, area=world.grid, category=world.drain, at=at, source="resident")
    client = Client()
    client.post("/language", {"language": "en"})
    client.post(f"/status/{reported.event.number}", {"key": reported.secret})
    return reported.event, client


def _page(event: Event, client: Client) -> str:
    return client.get(f"/status/{event.number}").content.decode()


def test_the_reporter_is_offered_what_may_be_the_same_and_says_so_with_one_tap(world: World) -> None:
    now = timezone.now() - timedelta(hours=1)
    first = make_event(world, State.ACCEPTED, text=TEXT, at=now)
    event, client = _reported(world, now)
    page = _page(event, client)
    assert re.search(rf'name="of" value="{first.pk}"', page)
    assert first.number not in page and "nearly the same words" in page
    client.post(f"/status/{event.number}", {"act": "support", "of": first.pk})
    assert "It is not the same" in _page(event, client)
    event.refresh_from_db()
    assert (event.state, event.merged_into, event.support.of) == (State.REPORTED, None, first)
    told = Entry.objects.filter(verb__in=["event.supported", "event.was_supported"]).values_list("on_key", "facts")
    assert {(key, facts["number"]) for key, facts in told} == {
        (str(event.pk), first.number),
        (str(first.pk), event.number),
    }


def test_it_can_be_taken_back_and_the_journal_keeps_both(world: World) -> None:
    now = timezone.now() - timedelta(hours=1)
    first = make_event(world, text=TEXT, at=now)
    event, client = _reported(world, now)
    client.post(f"/status/{event.number}", {"act": "support", "of": first.pk})
    client.post(f"/status/{event.number}", {"act": "withdraw_support"})
    assert not Support.objects.exists()
    verbs = Entry.objects.filter(on_key=str(event.pk)).order_by("id").values_list("verb", flat=True)
    assert list(verbs)[-2:] == ["event.supported", "event.support_withdrawn"]
    client.post(f"/status/{event.number}", {"act": "withdraw_support"})
    assert Entry.objects.filter(verb="event.support_withdrawn").count() == 2


def test_only_what_was_offered_can_be_named(world: World) -> None:
    now = timezone.now() - timedelta(hours=1)
    hidden = make_event(world, text=TEXT, at=now, category=world.quarrel)
    far = make_event(world, text=TEXT, at=now, area=world.areas["440881102201001"])
    event, client = _reported(world, now)
    for wanted in (hidden.pk, far.pk, event.pk, "x", ""):
        assert client.post(f"/status/{event.number}", {"act": "support", "of": wanted}).status_code == 422
    assert not Support.objects.exists()


def test_the_desk_sees_how_many_say_so_and_the_merge_form_is_one_tap_away(world: World) -> None:
    now = timezone.now() - timedelta(hours=1)
    first = make_event(world, text=TEXT, at=now)
    others = [_reported(world, now) for _each in range(2)]
    for event, _client in others:
        actions.support(event, of=first, at=timezone.now())
    desk = Client()
    desk.force_login(world.cast.desk)
    desk.post("/language", {"language": "en"})
    page = desk.get(f"/desk/events/{first.pk}/").content.decode()
    assert "Reported by others too</dt><dd>2 " in page and all(event.number in page for event, _client in others)
    page = desk.get(f"/desk/events/{others[0][0].pk}/").content.decode()
    assert f"merge?into={first.number}" in page and "The same, says its reporter, as" in page
    assert "1 other report says so too." in _page(*others[0])


def test_who_has_said_so_cannot_say_another_and_none_is_supported_once_it_has_ended(world: World) -> None:
    now = timezone.now() - timedelta(hours=1)
    first, second, ended = (
        make_event(world, text=TEXT, at=now),
        make_event(world, text=TEXT, at=now),
        make_event(world, State.CLOSED, text=TEXT, at=now),
    )
    event, _client = _reported(world, now)
    for of in (ended, event):
        with pytest.raises(Refused):
            actions.support(event, of=of, at=timezone.now())
    actions.support(event, of=first, at=timezone.now())
    with pytest.raises(Refused):
        actions.support(event, of=second, at=timezone.now())
    assert Support.objects.get().of == first


def test_of_the_others_photos_only_the_public_one_is_shown(world: World) -> None:
    now = timezone.now() - timedelta(hours=1)
    first = make_event(world, State.ACCEPTED, text=TEXT, at=now)
    actions.supplement(first, text="照片", photos=[photo().read()], by=world.cast.desk, at=now)
    picture = first.pictures.get()
    event, client = _reported(world, now)
    assert "/photos/" not in _page(event, client) and picture.sha256 not in _page(event, client)
    address = f"/photos/{make_public(picture, by=world.cast.desk, at=now)}.jpg"
    assert address in _page(event, client)
    client.post(f"/status/{event.number}", {"act": "support", "of": first.pk})
    assert address in _page(event, client) and picture.sha256 not in _page(event, client)
    actions.withdraw_release(picture, by=world.cast.desk, at=now)
    assert "/photos/" not in _page(event, client)
