"""The pages of notices: ways to be reached, robots of groups, what was sent."""

import random
from datetime import time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.events.testing import NOON, World, make_event
from linli.notices import course
from linli.notices.models import Channel, Delivery, QuietHours
from linli.notices.rules import Group, Kind, Verdict
from linli.notices.testing import Outside, a_channel, work
from linli.people.models import Person


def client_of(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def always(verdict: Verdict) -> Any:
    return Outside(random.Random(1), verdicts=(verdict,)).send


def test_an_address_is_used_only_after_its_code_was_typed(world: World) -> None:
    client = client_of(world.cast.desk)
    client.post("/desk/notices/settings/new", {"kind": "mail", "address": "desk@county.example"})
    channel = Channel.objects.get()
    (parcel,) = work(timezone.now(), always(Verdict.DELIVERED))
    code = course.code_of(channel)
    assert code in parcel.words.sentence
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    assert client.post(f"/desk/notices/settings/{channel.pk}/confirm", {"code": wrong}).status_code == 422
    client.post(f"/desk/notices/settings/{channel.pk}/confirm", {"code": code})
    channel.refresh_from_db()
    assert channel.verified_at is not None


def test_a_code_holds_for_a_quarter_of_an_hour_and_is_guessed_ten_times(world: World) -> None:
    client = client_of(world.cast.desk)
    client.post("/desk/notices/settings/new", {"kind": "mail", "address": "desk@county.example"})
    channel = Channel.objects.get()
    Channel.objects.update(code_asked_at=timezone.now() - timedelta(minutes=16))
    channel.refresh_from_db()
    address = f"/desk/notices/settings/{channel.pk}/confirm"
    assert client.post(address, {"code": course.code_of(channel)}).status_code == 409
    answers = [client.post(address, {"code": "000000"}).content.decode() for _each in range(12)]
    assert _("Too many tries. Wait a quarter of an hour.") in answers[-1]


def test_the_address_is_on_no_page_again(world: World) -> None:
    client = client_of(world.cast.desk)
    client.post("/desk/notices/settings/new", {"kind": "sms", "address": "199 0000 0042"})
    for path in ("settings", "log", "log?all=1"):
        assert "0042" not in client.get(f"/desk/notices/{path}").content.decode()
    assert b"19900000042" not in bytes(Channel.objects.get().sealed)


@pytest.mark.parametrize(
    "typed",
    [{"kind": "mail", "address": "x"}, {"kind": "sms", "address": "x"}, {"kind": "web_push", "address": "x"}, {}],
)
def test_what_cannot_be_read_is_said_and_kept_in_the_form(world: World, typed: dict[str, str]) -> None:
    response = client_of(world.cast.desk).post("/desk/notices/settings/new", typed)
    assert response.status_code == 422
    assert not Channel.objects.exists()


def test_rules_are_chosen_by_channel(world: World) -> None:
    channel = a_channel(world.cast.desk, at=NOON)
    client = client_of(world.cast.desk)
    chosen = {"groups": [Group.DUE, Group.CLOSED], "bundle_minutes": "30", "most_an_hour": "2", "is_on": "on"}
    client.post(f"/desk/notices/settings/{channel.pk}/rules", chosen)
    channel.refresh_from_db()
    assert (channel.groups, channel.bundle_minutes, channel.most_an_hour) == (["due", "closed"], 30, 2)
    assert (
        client.post(f"/desk/notices/settings/{channel.pk}/rules", chosen | {"most_an_hour": "999"}).status_code == 422
    )
    client.post(f"/desk/notices/settings/{channel.pk}/rules", {name: chosen[name] for name in list(chosen)[:3]})
    channel.refresh_from_db()
    assert not channel.is_on


def test_quiet_hours_are_kept(world: World) -> None:
    client = client_of(world.cast.desk)
    client.post("/desk/notices/settings/quiet", {"from_time": "21:30", "to_time": "07:00", "on_days_off": "on"})
    quiet = QuietHours.objects.get().quiet
    assert (quiet.from_time, quiet.to_time, quiet.on_days_off, quiet.lets_pressing) == (
        time(21, 30),
        time(7),
        True,
        False,
    )
    assert client.post("/desk/notices/settings/quiet", {"from_time": "21:30"}).status_code == 422
    assert client.post("/desk/notices/settings/quiet", {"from_time": "x", "to_time": "y"}).status_code == 422


def test_what_belongs_to_another_is_not_there(world: World) -> None:
    channel = a_channel(world.cast.desk, at=NOON, bundle_minutes=0)
    make_event(world, at=NOON)
    work(NOON, always(Verdict.REFUSED))
    delivery = Delivery.objects.get()
    other = client_of(world.cast.worker)
    for path in ("rules", "confirm", "test", "remove"):
        assert other.post(f"/desk/notices/settings/{channel.pk}/{path}").status_code == 404
    assert other.post(f"/desk/notices/log/{delivery.pk}/again").status_code == 404
    assert other.get("/desk/notices/log?all=1").context["lines"] == []


def test_the_log_says_what_came_of_it_and_sends_again_what_stayed_unknown(world: World) -> None:
    a_channel(world.cast.desk, Kind.WECOM, at=NOON, bundle_minutes=0)
    make_event(world, at=NOON)
    work(NOON, always(Verdict.UNKNOWN))
    client = client_of(world.cast.desk)
    assert _("No answer known") in client.get("/desk/notices/log?show=unknown").content.decode()
    client.post(f"/desk/notices/log/{Delivery.objects.get().pk}/again")
    (parcel,) = work(timezone.now(), always(Verdict.DELIVERED))
    assert parcel.key == Delivery.objects.get().key.hex
    assert client.post(f"/desk/notices/log/{Delivery.objects.get().pk}/again").status_code == 409


def test_the_system_administrator_sees_all_with_the_law_and_no_matter(world: World) -> None:
    a_channel(world.cast.desk, at=NOON, bundle_minutes=0)
    event = make_event(world, at=NOON)
    work(NOON, always(Verdict.DELIVERED))
    response = client_of(world.cast.system).get("/desk/notices/log?all=1")
    assert len(response.context["lines"]) == 1
    assert _("It adds up: nothing was lost.") in response.content.decode()
    assert event.number not in response.content.decode()
    assert world.cast.desk.name not in response.content.decode()


def test_the_log_asks_as_often_for_one_delivery_as_for_thirty(world: World) -> None:
    a_channel(world.cast.desk, at=NOON, bundle_minutes=0, most_an_hour=60)
    client = client_of(world.cast.desk)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get("/desk/notices/log")
        return len(queries)

    make_event(world, at=NOON)
    work(NOON, always(Verdict.DELIVERED))
    client.get("/desk/notices/log")
    few = asked()
    for minute in range(30):
        make_event(world, at=NOON)
        work(NOON + timedelta(minutes=minute), always(Verdict.DELIVERED))
    assert Delivery.objects.count() > 30
    assert asked() == few


def test_a_desk_keeps_the_robot_of_its_group_and_others_find_no_page(world: World) -> None:
    client = client_of(world.cast.desk)
    robot = {"kind": "wecom", "name": "分拨群", "address": "token-of-a-group", "owner": "desk:440881101"}
    client.post("/desk/notices/robots", robot)
    channel = Channel.objects.get()
    assert channel.area_id == "440881101"
    assert "分拨群" in client.get("/desk/notices/robots").content.decode()
    assert client.post("/desk/notices/robots", robot | {"owner": "desk:440881102"}).status_code == 422
    assert client_of(world.cast.worker).get("/desk/notices/robots").status_code == 404
    assert client_of(world.cast.handler).post(f"/desk/notices/settings/{channel.pk}/remove").status_code == 404
    client.post(f"/desk/notices/settings/{channel.pk}/remove")
    assert not Channel.objects.kept().exists()


def test_a_browser_tells_its_subscription(world: World) -> None:
    client = client_of(world.cast.desk)
    response = client.post("/desk/notices/settings/browser", {"endpoint": "https://push.example/1", "auth": "x"})
    assert (response.status_code, response.json()["error"]["code"]) == (422, "bad_subscription")
