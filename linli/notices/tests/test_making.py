"""What goes out, to whom and when: bundles, quiet hours, the limit of an hour, groups, reporters."""

import random
from datetime import datetime, time, timedelta
from typing import Any

import pytest

from linli.areas.models import Area
from linli.events import actions as event_actions
from linli.events.models import Event, ReporterMessage
from linli.events.rules import MessageState, Urgency
from linli.events.telling import SENTENCES
from linli.events.testing import NOON, World, make_event
from linli.journal.actions import mark_read, record
from linli.kit.refusal import NotYours
from linli.notices import actions, making, reporters
from linli.notices.course import Parcel
from linli.notices.models import Channel, Decision, Delivery
from linli.notices.rules import Decided, Group, Kind, State, Verdict, Why
from linli.notices.testing import Outside, a_channel, work
from linli.people.models import Person

EVERY = list(Group.values)


def send(at: datetime) -> list[Parcel]:
    return work(at, Outside(random.Random(1), verdicts=(Verdict.DELIVERED,)).send)


def test_five_matters_become_one_message(world: World) -> None:
    a_channel(world.cast.desk, at=NOON, bundle_minutes=15)
    for minute in range(5):
        make_event(world, at=NOON)
        assert send(NOON + timedelta(minutes=minute)) == []
    (parcel,) = send(NOON + timedelta(minutes=15))
    assert "5" in parcel.words.sentence
    assert parcel.words.link.endswith("/desk/notices/")
    assert Delivery.objects.get().decisions.count() == 5


def test_one_matter_is_named_by_its_number_and_leads_to_its_page(world: World) -> None:
    a_channel(world.cast.desk, at=NOON, bundle_minutes=0)
    event = make_event(world, at=NOON)
    (parcel,) = send(NOON)
    assert event.number in parcel.words.sentence
    assert parcel.words.link.endswith(f"/desk/events/{event.pk}/")


def test_at_night_nothing_rings_but_what_must_be_handled_at_once(world: World) -> None:
    actions.set_quiet(world.cast.desk, from_time=time(21), to_time=time(7), on_days_off=False, lets_pressing=True)
    a_channel(world.cast.desk, at=NOON, bundle_minutes=0)
    night = NOON + timedelta(hours=11)
    make_event(world, at=night)
    assert send(night) == []
    pressing = make_event(world, at=night)
    Event.objects.filter(pk=pressing.pk).update(urgency=Urgency.IMMEDIATE)
    (parcel,) = send(night + timedelta(minutes=1))
    assert pressing.number in parcel.words.sentence
    assert len(send(NOON + timedelta(hours=19))) == 1


def test_what_is_more_than_an_hour_holds_goes_out_together_later(world: World) -> None:
    a_channel(world.cast.desk, at=NOON, bundle_minutes=0, most_an_hour=2)
    for minute in range(6):
        make_event(world, at=NOON)
        send(NOON + timedelta(minutes=minute))
    assert [one.decisions.count() for one in Delivery.objects.order_by("pk")] == [1, 1]
    assert len(send(NOON + timedelta(hours=1))) == 1
    assert Delivery.objects.order_by("pk").last().decisions.count() == 4  # type: ignore[union-attr]


def test_what_was_read_in_the_inbox_is_not_sent(world: World) -> None:
    a_channel(world.cast.desk, at=NOON, bundle_minutes=15)
    make_event(world, at=NOON)
    send(NOON)
    mark_read(world.cast.desk, at=NOON + timedelta(minutes=1))
    assert send(NOON + timedelta(minutes=20)) == []
    assert Decision.objects.get().why == Why.READ


@pytest.mark.parametrize(
    ("rules", "why"),
    [
        ({"groups": [Group.CLOSED]}, Why.NOT_WANTED),
        ({"is_on": False}, Why.OFF),
        ({"verified_at": None}, Why.NOT_VERIFIED),
    ],
)
def test_what_is_not_wanted_is_decided_and_says_why(world: World, rules: dict[str, Any], why: Why) -> None:
    channel = a_channel(world.cast.desk, at=NOON)
    Channel.objects.filter(pk=channel.pk).update(**rules)
    make_event(world, at=NOON)
    assert send(NOON + timedelta(hours=1)) == []
    assert (Decision.objects.get().state, Decision.objects.get().why) == (Decided.SKIPPED, why)


def test_a_removed_channel_gets_nothing_and_keeps_no_address(world: World) -> None:
    channel = a_channel(world.cast.desk, at=NOON, bundle_minutes=15)
    make_event(world, at=NOON)
    send(NOON)
    actions.close(channel, by=world.cast.desk, at=NOON)
    channel.refresh_from_db()
    assert bytes(channel.sealed) == b""
    assert send(NOON + timedelta(hours=1)) == []
    assert Decision.objects.get().why == Why.CLOSED


def test_a_delivery_made_before_the_channel_was_removed_is_dropped(world: World) -> None:
    channel = a_channel(world.cast.desk, at=NOON, bundle_minutes=0)
    make_event(world, at=NOON)
    making.follow(NOON)
    making.bundle(NOON)
    actions.close(channel, by=world.cast.desk, at=NOON)
    assert send(NOON) == []
    assert Delivery.objects.get().state == State.DROPPED


def test_the_group_of_a_desk_hears_once_what_its_people_are_told(world: World) -> None:
    robot = actions.add_robot(
        kind=Kind.WECOM, address="https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=abcd-1234-token",
        name="分拨群", by=world.cast.desk, at=NOON, area=world.areas["440881101"],
    )  # fmt: skip
    assert robot.address["token"] == "abcd-1234-token"
    (test,) = send(NOON)
    assert test.kind == Kind.WECOM
    robot.refresh_from_db()
    assert robot.verified_at == NOON
    make_event(world, at=NOON)
    assert len(send(NOON + timedelta(minutes=1))) + len(send(NOON + timedelta(minutes=5))) == 1
    make_event(world, area=world.areas["440881102201001"], at=NOON)
    assert send(NOON + timedelta(minutes=5)) + send(NOON + timedelta(minutes=20)) == []


def test_a_robot_is_kept_by_its_desk_its_department_or_the_administrator(world: World) -> None:
    def add(by: Person, name: str, **owner: Any) -> Channel:
        return actions.add_robot(kind=Kind.FEISHU, address=f"token-of-{name}", name=name, by=by, at=NOON, **owner)

    township, other = world.areas["440881101"], world.areas["440881102"]
    add(world.cast.desk, "desk", area=township)
    add(world.cast.system, "system", area=other)
    add(world.cast.handler, "handler", department=world.water)
    for by, owner in (
        (world.cast.desk, {"area": other}),
        (world.cast.handler, {"area": township}),
        (world.cast.handler, {"department": world.housing}),
        (world.cast.worker, {"area": township}),
        (world.cast.nobody, {"department": world.water}),
    ):
        with pytest.raises(NotYours):
            add(by, "mine", **owner)


def test_no_text_names_a_person_a_place_or_a_number_to_call_whatever_was_done(world: World) -> None:
    channel = a_channel(world.cast.desk, at=NOON, groups=EVERY, bundle_minutes=0, most_an_hour=60)
    event = make_event(world, at=NOON, text="陈小禾家旁边水沟堵了，电话13800138000")
    send(NOON)
    private = [*Person.objects.values_list("name", flat=True), *Area.objects.values_list("name", flat=True)]
    private += ["13800138000", "水沟", world.water.name, channel.address["to"]]
    verbs = [verb for verb in SENTENCES if verb.startswith("event.")]
    assert len(verbs) > 50
    for hour, verb in enumerate(verbs, 1):
        at = NOON + timedelta(hours=hour)
        record(verb, on=event, by=world.cast.county, at=at, tell=[world.cast.desk], lead=world.water.pk)
        (parcel,) = send(at)
        assert event.number in parcel.words.whole
        assert [one for one in private if one in parcel.words.whole] == []
        assert len(parcel.words.whole) < 200


# --- reporters -----------------------------------------------------------------------------------------------------------


def _reported(world: World, contact: str) -> Event:
    event = event_actions.report(
        text="水沟堵了", area=world.grid, category=world.drain, at=NOON, contact=contact, source="resident"
    ).event
    event_actions.accept(event, by=world.cast.county, at=NOON)
    return event


@pytest.mark.parametrize(("contact", "kind"), [("13800138000 王先生", Kind.SMS), ("写信 a.b@x.example", Kind.MAIL)])
def test_a_reporter_is_told_by_the_way_they_left(world: World, contact: str, kind: Kind) -> None:
    event = _reported(world, contact)
    assert making.take_in_reporters(NOON, [Kind.SMS, Kind.MAIL]) >= 1
    assert making.take_in_reporters(NOON, [Kind.SMS, Kind.MAIL]) == 0
    parcels = send(NOON)
    assert {one.kind for one in parcels} == {kind}
    assert parcels[-1].address["to"] in contact
    assert all(event.number in one.words.whole and f"/status/{event.number}" in one.words.whole for one in parcels)
    assert all("王先生" not in one.words.whole and "13800138000" not in one.words.whole for one in parcels)
    assert set(ReporterMessage.objects.values_list("state", flat=True)) == {MessageState.SENT}


def test_a_reporter_who_read_it_on_the_page_is_not_sent_it(world: World) -> None:
    event = _reported(world, "13800138000")
    making.take_in_reporters(NOON, [Kind.SMS])
    event_actions.mark_told(event, at=NOON)
    assert send(NOON) == []
    assert set(Delivery.objects.values_list("state", flat=True)) == {State.DROPPED}


def test_without_a_gateway_the_message_goes_on_waiting_and_nothing_is_laid_anywhere(world: World) -> None:
    _reported(world, "13800138000")
    assert making.take_in_reporters(NOON, []) == 0
    assert making.take_in_reporters(NOON, [Kind.MAIL]) == 0
    assert not Delivery.objects.exists()
    assert ReporterMessage.objects.to_send().exists()


def test_a_contact_that_is_no_number_and_no_address_is_noted(world: World) -> None:
    _reported(world, "村口小卖部找我")
    assert making.take_in_reporters(NOON, [Kind.SMS]) == 0
    assert set(ReporterMessage.objects.values_list("state", flat=True)) == {MessageState.NONE}


def test_a_message_that_failed_says_so_and_one_sent_after_it_too(world: World) -> None:
    _reported(world, "13800138000")
    message = ReporterMessage.objects.to_send().first()
    assert message is not None
    reporters.note(message, State.FAILED, NOON)
    message.refresh_from_db()
    assert message.state == MessageState.FAILED
    reporters.note(message, State.DELIVERED, NOON)
    message.refresh_from_db()
    assert message.state == MessageState.SENT


@pytest.mark.parametrize("stays", ["held", "delivery"])
def test_what_was_dated_before_the_clock_was_set_back_goes_out_now(world: World, stays: str) -> None:
    a_channel(world.cast.desk, at=NOON, bundle_minutes=0)
    make_event(world, at=NOON)
    ahead = NOON + timedelta(days=200)
    making.follow(ahead)
    if stays == "delivery":
        making.bundle(ahead)
    assert len(send(NOON + timedelta(minutes=1))) == 1
    assert Delivery.objects.get().state == State.DELIVERED
