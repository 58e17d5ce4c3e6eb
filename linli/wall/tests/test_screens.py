"""Screens: a computer that shows the wall of one area for weeks with nobody signed in, and opens nothing else."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.accounts.actions import change_password, close_account
from linli.accounts.rules import HelpReason
from linli.chores.table import CHORES
from linli.events.testing import World
from linli.journal.models import Entry
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.people.actions import end_appointment
from linli.people.models import Appointment, Person
from linli.wall import rules, screens
from linli.wall.models import Screen
from linli.wall.watching import COOKIE

TOWNSHIP, COUNTY, NEXT = "440881101", "440881", "440881102"


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def set_up(person: Person, code: str = TOWNSHIP, **sent: str) -> Client:
    """The browser of a wall: somebody has signed in on it, and let it stay."""
    client = signed_in(person)
    answer = client.post(f"/wall/{code}/screen", {"name": "三楼值班室", "days": "30"} | sent)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/wall/{code}/")
    return client


def later(monkeypatch: pytest.MonkeyPatch, at: datetime) -> None:
    monkeypatch.setattr(timezone, "now", lambda: at)


# --- what it shows --------------------------------------------------------------------------------------------------------


def test_it_goes_on_for_weeks_with_nobody_signed_in(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    client, begun = set_up(world.cast.desk), timezone.now()
    assert "_auth_user_id" not in client.session
    page = client.get(f"/wall/{TOWNSHIP}/")
    assert page.status_code == 200 and "data-ask-sheet" in page.content.decode()
    for days in (1, 12, 29):
        later(monkeypatch, begun + timedelta(days=days))
        assert client.get(f"/wall/{TOWNSHIP}/now.json").json()["tiles"]["open"]["n"] == 0
        assert client.get(f"/wall/{TOWNSHIP}/map.json?box=110,21,111,22&zoom=1").status_code == 200
        assert client.get(f"/wall/{TOWNSHIP}/areas.json").json()["type"] == "FeatureCollection"
    later(monkeypatch, begun + timedelta(days=30, minutes=1))
    assert client.get(f"/wall/{TOWNSHIP}/now.json").status_code == 302


def test_after_a_power_cut_it_finds_its_wall_again(world: World) -> None:
    client = set_up(world.cast.desk)
    del client.cookies[settings.SESSION_COOKIE_NAME]
    assert client.get("/wall/").headers["Location"] == f"/wall/{TOWNSHIP}/"
    assert Client().get("/wall/").headers["Location"].startswith("/sign-in")


def test_another_wall_is_not_there(world: World) -> None:
    client = set_up(world.cast.desk)
    for other in (COUNTY, NEXT, f"{TOWNSHIP}201", "screens2"):
        assert client.get(f"/wall/{other}/").status_code == 404
        assert client.get(f"/wall/{other}/now.json").status_code == 404


def test_whoever_signs_in_on_it_is_that_person_and_after_signing_out_the_wall_is_back(world: World) -> None:
    client = set_up(world.cast.desk)
    client.force_login(world.cast.county)
    assert client.get(f"/wall/{COUNTY}/").status_code == 200
    assert client.get(reverse("statistics:area", args=[COUNTY])).status_code == 200
    out = client.post("/sign-out")
    assert out.headers["Location"] == "/wall/"
    assert client.get("/wall/").headers["Location"] == f"/wall/{TOWNSHIP}/"
    assert signed_in(world.cast.county).post("/sign-out").headers["Location"] == "/"


def test_the_page_of_signing_in_leads_back_when_nobody_types(world: World) -> None:
    refresh = '<meta http-equiv="refresh" content="300; url=/wall/">'
    assert refresh in set_up(world.cast.desk).get("/sign-in").content.decode()
    assert refresh not in Client().get("/sign-in").content.decode()


# --- how it ends ----------------------------------------------------------------------------------------------------------


def shows(client: Client) -> bool:
    return client.get(f"/wall/{TOWNSHIP}/now.json").status_code == 200


def test_it_shows_no_more_than_whoever_answers_for_it_may_see(world: World) -> None:
    client = set_up(world.cast.desk)
    held = Appointment.objects.get(person=world.cast.desk, area=TOWNSHIP)
    end_appointment(held, on=timezone.localdate())
    assert not shows(client)
    listed = signed_in(world.cast.county).get("/wall/screens/").content.decode()
    assert _("dark: whoever answers for it may not see the area now") in listed
    # Somebody else takes it over, without going there.
    key = Screen.objects.get().pk
    signed_in(world.cast.county).post(f"/wall/screens/{key}/renew", {"days": "90"})
    assert shows(client)
    assert Screen.objects.get().person == world.cast.county


def test_it_ends_with_the_account_of_whoever_answers(world: World) -> None:
    client = set_up(world.cast.desk)
    close_account(world.cast.desk, reason=HelpReason.values[0], at=timezone.now())
    assert not shows(client)


def test_a_new_password_ends_it(world: World) -> None:
    client = set_up(world.cast.desk)
    change_password(world.cast.desk, "another-Word-2026", session="", at=timezone.now())
    assert not shows(client)
    assert Entry.objects.filter(verb="screen.ended").count() == 1


def test_it_is_ended_from_the_list_by_who_answers_for_the_area(world: World) -> None:
    client = set_up(world.cast.desk)
    screen = Screen.objects.get()
    for stranger in (world.cast.worker, world.cast.neighbour, world.cast.handler):
        assert signed_in(stranger).post(f"/wall/screens/{screen.pk}/end").status_code == 404
    assert shows(client)
    assert signed_in(world.cast.leader).post(f"/wall/screens/{screen.pk}/end").status_code == 302
    assert not shows(client)
    assert client.get(f"/wall/{TOWNSHIP}/").headers["Location"].startswith("/sign-in")


def test_renewed_it_goes_on_and_the_page_knows_it_at_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    client, begun = set_up(world.cast.desk, days="7"), timezone.now()
    first = client.get(f"/wall/{TOWNSHIP}/now.json")
    signed_in(world.cast.desk).post(f"/wall/screens/{Screen.objects.get().pk}/renew", {"days": "90"})
    again = client.get(f"/wall/{TOWNSHIP}/now.json", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 200
    assert datetime.fromisoformat(again.json()["ends_at"]) > datetime.fromisoformat(first.json()["ends_at"])
    later(monkeypatch, begun + timedelta(days=80))
    assert shows(client)


def test_once_more_on_the_same_browser_ends_the_one_before(world: World) -> None:
    client = set_up(world.cast.desk)
    before = client.cookies[COOKIE].value
    client.force_login(world.cast.desk)
    client.post(f"/wall/{TOWNSHIP}/screen", {"name": "大厅", "days": "7"})
    assert [one.name for one in Screen.objects.all()] == ["大厅"]
    assert screens.find(before, timezone.now()) is None and shows(client)


# --- the chore ------------------------------------------------------------------------------------------------------------


def look_after(at: datetime) -> None:
    assert {work.do for work in CHORES} >= {screens.look_after}
    screens.look_after(at)


def test_who_answers_is_told_a_week_before_and_once(world: World) -> None:
    set_up(world.cast.desk)
    now = timezone.now()
    look_after(now + timedelta(days=22))
    assert not Entry.objects.filter(verb="screen.ends_soon").exists()
    for _each in range(2):
        look_after(now + timedelta(days=24))
    assert Entry.objects.filter(verb="screen.ends_soon").count() == 1
    told = signed_in(world.cast.desk).get(reverse("notices")).content.decode()
    assert "三楼值班室" in told and 'href="/wall/screens/"' in told
    look_after(now + timedelta(days=31))
    assert not Screen.objects.exists()


# --- bad input ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"name": ""}, "Say where the screen hangs, so that it is known again."),
        ({"name": "　"}, "Say where the screen hangs, so that it is known again."),
        ({"days": "9999"}, "Choose one of the terms of the list."),
        ({"days": "x"}, "Choose one of the terms of the list."),
    ],
)
def test_what_is_no_screen_is_refused_in_words_and_nobody_signed_out(
    world: World, sent: dict[str, str], said: str
) -> None:
    client = signed_in(world.cast.desk)
    answer = client.post(f"/wall/{TOWNSHIP}/screen", {"name": "大厅", "days": "30"} | sent)
    assert answer.status_code == 422 and _(said) in answer.content.decode()
    assert "_auth_user_id" in client.session and not Screen.objects.exists()


def test_the_acts_refuse_for_themselves(world: World) -> None:
    at, area = timezone.now(), world.areas[TOWNSHIP]
    for by in (world.cast.worker, world.cast.neighbour, world.cast.handler, world.cast.nobody):
        with pytest.raises(NotYours):
            screens.set_up(area, name="大厅", days=30, by=by, at=at)
    for name in ("", "厅" * 61, "大\u202e厅"):
        with pytest.raises(BadInput):
            screens.set_up(area, name=name, days=30, by=world.cast.desk, at=at)
    screen, _token = screens.set_up(area, name="大厅", days=30, by=world.cast.desk, at=at)
    with pytest.raises(BadInput):
        screens.renew(screen, days=31, by=world.cast.desk, at=at)
    screens.end(screen, by=world.cast.desk, at=at)
    for act in (lambda: screens.end(screen, by=world.cast.desk, at=at), lambda: renewed(screen, world, at)):
        with pytest.raises((Refused, NotYours)):
            act()
    for number in range(rules.MOST_SCREENS):
        screens.set_up(area, name=f"{number}号", days=7, by=world.cast.desk, at=at)
    with pytest.raises(Refused, match=str(rules.MOST_SCREENS)):
        screens.set_up(area, name="大厅", days=7, by=world.cast.desk, at=at)


def renewed(screen: Screen, world: World, at: datetime) -> None:
    screens.renew(screen, days=30, by=world.cast.desk, at=at)


@pytest.mark.parametrize(
    "token", ["", "x", "linlis_", "linlis_" + "a" * 43, "linlis_\udcff", "linlid_" + "a" * 43, "厅" * 200]
)
def test_no_other_token_is_one(world: World, token: str) -> None:
    set_up(world.cast.desk)
    assert screens.find(token, timezone.now()) is None


def test_of_the_token_only_its_digest_is_kept_and_of_its_presence_the_hour(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, begun = set_up(world.cast.desk), timezone.now()
    token = client.cookies[COOKIE].value
    assert client.cookies[COOKIE]["httponly"] and client.cookies[COOKIE]["samesite"] == "Lax"
    kept = [str(value) for value in Screen.objects.values_list().get()]
    assert re.fullmatch(r"linlis_[\w-]{43}", token) and token not in " ".join(kept)
    seen = Screen.objects.get().seen_at
    for minutes, moved in ((10, False), (70, True), (20, False)):
        later(monkeypatch, begun + timedelta(minutes=minutes))
        assert shows(client)
        assert (Screen.objects.get().seen_at != seen) is moved
        seen = Screen.objects.get().seen_at


def test_the_list_pages_and_says_what_to_do_when_it_is_empty(world: World, django_assert_max_num_queries: Any) -> None:
    client = signed_in(world.cast.county)
    assert _("No screen is set up") in client.get("/wall/screens/").content.decode()
    at = timezone.now()
    for area in (TOWNSHIP, NEXT, COUNTY):
        for number in range(rules.MOST_SCREENS):
            screens.set_up(world.areas[area], name=f"{number}号", days=7, by=world.cast.county, at=at)
    with django_assert_max_num_queries(40):
        page = client.get("/wall/screens/").content.decode()
    assert page.count('class="screen-what"') == 50 and 'rel="next"' in page
    assert client.get("/wall/screens/?page=2").content.decode().count('class="screen-what"') == 10
    assert signed_in(world.cast.worker).get("/wall/screens/").status_code == 404
