"""What phones tell of their queues: kept by the day, shown to the administrator, and their holders told of what waits."""

import random
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from linli.events.testing import NOON, World
from linli.intake import devices
from linli.intake.devices_reminding import remind
from linli.intake.devices_told import Told, note, takes_over, told_by
from linli.intake.models import Device
from linli.intake.testing import Door
from linli.intake.tests.test_accept import REPORTS, report
from linli.intake.tests.test_devices import registered
from linli.journal.models import Entry, Notice
from linli.notices.rules import Verdict
from linli.notices.testing import Outside, a_channel, work
from linli.people.models import Person

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate(NOON)
ALL = "/desk/intake/devices/all"


def phone_of(person: Person, number: int = 1, at: datetime = NOON) -> Device:
    return devices.register(person, UUID(int=number), name="", session="", at=at)[0]


def told(device: Device, waiting: int, days: int = 0, hour: int = 12) -> Device:
    """It has told this on a later day, at this hour in Shanghai."""
    device.refresh_from_db()
    note(device, Told(waiting), NOON + timedelta(days=days, hours=hour - 12))
    return Device.objects.get(pk=device.pk)


def reminded(days: int, hour: int = 12) -> int:
    """How many are told of it on a later day, at this hour in Shanghai."""
    before = Notice.objects.filter(entry__verb="device.reports_wait").count()
    assert remind(NOON + timedelta(days=days, hours=hour - 12)) is False
    return Notice.objects.filter(entry__verb="device.reports_wait").count() - before


# --- what is kept ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ({"linli-app": "0.1.0", "linli-waiting": "3", "linli-tries": "12"}, Told(3, 12, "0.1.0")),
        ({"linli-app": "0.1.0 <b>", "linli-waiting": "-3", "linli-tries": "½"}, Told()),
        ({"linli-app": "9" * 21, "linli-waiting": "100001", "linli-tries": "10001"}, Told()),
        ({}, Told()),
    ],
)
def test_headers_that_are_slips_say_nothing(headers: dict[str, str], said: Told) -> None:
    assert told_by(lambda name: headers.get(name, "")) == said


def test_they_are_kept_with_every_report_of_the_phone(door: Door, world: World) -> None:
    phone = registered(door, world.cast.worker)
    said = {"linli_app": "0.2.0", "linli_waiting": "4", "linli_tries": "7"}
    assert door.post(REPORTS, report(), **said, **phone)[0] == 201
    door.post(REPORTS, report(2), **phone)
    door.settle()
    device = Device.objects.get()
    assert (device.app, device.waiting, device.tries) == ("0.2.0", 4, 7)
    assert device.waits_since == device.grown_on == timezone.localdate()


test_they_are_kept_with_every_report_of_the_phone.pytestmark = [pytest.mark.django_db(transaction=True)]  # type: ignore[attr-defined]


def test_also_with_what_the_app_reads(world: World) -> None:
    token = devices.register(world.cast.worker, UUID(int=1), name="", session="", at=timezone.now())[1]
    phone = Client(headers={"authorization": f"Bearer {token}", "linli-app": "0.2.0", "linli-waiting": "2"})
    assert phone.get("/m/tasks").status_code == 200
    device = Device.objects.get()
    assert (device.app, device.waiting, device.last_used_on) == ("0.2.0", 2, timezone.localdate())
    with CaptureQueriesContext(connection) as asked:
        phone.get("/m/tasks")
    assert not [one for one in asked.captured_queries if one["sql"].startswith("UPDATE")]


def test_a_queue_grows_when_it_becomes_more_on_a_later_day(world: World) -> None:
    device = told(phone_of(world.cast.worker), 2)
    assert told(device, 5).is_growing is False  # the same day: a walk through the village
    assert told(device, 4, days=1).is_growing is False
    device = told(device, 6, days=2)
    assert (device.is_growing, device.waits_since, device.grown_on) == (True, TODAY, TODAY + timedelta(days=2))
    assert list(Device.objects.growing()) == [device]
    device = told(device, 0, days=3)
    assert (device.is_growing, device.waits_since, device.grown_on) == (False, None, None)
    assert not Device.objects.growing().exists()


def test_a_late_word_of_an_earlier_day_does_not_turn_it_back(world: World) -> None:
    device = told(told(phone_of(world.cast.worker), 2), 3, days=4)
    assert takes_over(device, Told(9), datetime(2026, 1, 1, tzinfo=UTC))
    assert (device.grown_on, device.last_used_on) == (TODAY + timedelta(days=4),) * 2
    with pytest.raises(IntegrityError), transaction.atomic():
        Device.objects.update(grown_on=TODAY - timedelta(days=1))


# --- who is told -------------------------------------------------------------------------------------------------------


def test_its_holder_is_told_once_a_day_after_it_began_to_wait(world: World) -> None:
    device = told(phone_of(world.cast.worker), 3)
    assert device.remind_at == NOON + timedelta(days=1)
    assert [reminded(0), reminded(1, 11), reminded(1), reminded(1), reminded(2), reminded(9)] == [0, 0, 1, 0, 0, 0]
    assert Notice.objects.get().person == world.cast.worker
    entry = Entry.objects.get(verb="device.reports_wait")
    assert (entry.facts, entry.by) == ({"waiting": 3}, None)


def test_of_the_time_only_the_hour_of_the_reminder_is_kept_and_not_beyond_the_queue(world: World) -> None:
    phone = phone_of(world.cast.worker)
    note(phone, Told(3), NOON + timedelta(minutes=7, seconds=3))
    assert phone.remind_at == NOON + timedelta(days=1, hours=1)
    assert told(phone, 0).remind_at is None


def test_nobody_is_told_at_night(world: World) -> None:
    told(phone_of(world.cast.worker), 3, hour=21)
    assert [reminded(1, 20), reminded(1, 21), reminded(2, 7), reminded(2, 8)] == [0, 0, 0, 1]


def test_whoever_has_sent_everything_is_not_told(world: World) -> None:
    device = told(phone_of(world.cast.worker), 3)
    told(device, 0, days=1)
    assert [reminded(2), reminded(5)] == [0, 0]


def test_a_queue_is_told_of_again_only_a_day_after_it_has_grown_since(world: World) -> None:
    device = told(phone_of(world.cast.worker), 3)
    assert reminded(1) == 1
    told(device, 2, days=2)
    assert reminded(6) == 0
    told(device, 4, days=7)
    assert [reminded(7, 19), reminded(8), reminded(9), reminded(20)] == [0, 1, 0, 0]
    told(device, 0, days=21)
    told(device, 1, days=22)
    assert [reminded(22, 19), reminded(23), reminded(24)] == [0, 1, 0]


def test_what_a_phone_tells_in_the_moment_of_the_reminder_does_not_bring_it_twice(world: World) -> None:
    device = told(phone_of(world.cast.worker), 3)
    assert reminded(1) == 1
    note(device, Told(2), NOON + timedelta(days=1))  # read before, written after
    assert [reminded(1), reminded(2)] == [0, 0]


def test_a_phone_signed_out_or_of_a_closed_account_is_silent(world: World) -> None:
    out, closed = phone_of(world.cast.worker), phone_of(world.cast.desk, 2)
    told(out, 3), told(closed, 3)
    devices.sign_out(Device.objects.get(pk=out.pk), by=world.cast.worker, at=NOON)
    Person.objects.filter(pk=world.cast.desk.pk).update(is_active=False)
    assert reminded(2) == 0


def test_it_says_how_many_and_leads_to_the_outbox_and_asks_nobody_to_sign_in(world: World) -> None:
    a_channel(world.cast.worker, at=NOON, bundle_minutes=0)
    told(phone_of(world.cast.worker), 3)
    at = NOON + timedelta(days=2)
    remind(at)
    (parcel,) = work(at, Outside(random.Random(1), verdicts=(Verdict.DELIVERED,)).send)
    assert parcel.words.sentence == "手机上有 3 件上报尚未发出，请在有网络处打开网格端。"
    assert parcel.words.link.endswith("/m/#outbox")
    client = Client()
    client.force_login(world.cast.worker)
    inbox = client.get("/desk/notices/").content.decode()
    assert parcel.words.sentence in inbox and "/m/#outbox" in inbox
    entry = Entry.objects.get(verb="device.reports_wait")
    client.post("/desk/notices/read", {"matter": entry.on_key, "kind": "device"})
    assert Notice.objects.get(entry=entry).read_at is not None


# --- what the administrator sees ---------------------------------------------------------------------------------------


def test_the_administrator_sees_versions_queues_and_which_grow(world: World) -> None:
    now = timezone.now()
    growing, steady = phone_of(world.cast.worker, at=timezone.now()), phone_of(world.cast.desk, 2, at=timezone.now())
    note(growing, Told(2, 1, "0.1.0"), now - timedelta(days=2))
    note(growing, Told(5, 9, "0.2.0"), now)
    note(steady, Told(3, 0, "0.1.0"), now)
    client = Client()
    client.force_login(world.cast.system)
    page = client.get(ALL).content.decode()
    assert "0.2.0" in page and "已尝试 9 次" in page and "有 1 部手机上未发出的上报逐日增多" in page
    assert page.count("持续增多") == 1
    only = client.get(f"{ALL}?growing=1").content.decode()
    assert world.cast.worker.name in only and world.cast.desk.name not in only
    with translation.override("en"):
        assert "05:" not in only and ":00" not in only  # no time of day


def test_a_hundred_phones_take_as_many_queries_as_one(world: World) -> None:
    client = Client()
    client.force_login(world.cast.system)

    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            client.get(ALL)
        return len(caught)

    told(phone_of(world.cast.worker, at=timezone.now()), 2)
    few = queries()
    for number in range(2, 9):
        told(phone_of(world.cast.desk, number, at=timezone.now()), number)
    assert queries() <= few
