"""The conservation law of notices: with ways that fail, answers that never come and a worker that dies anywhere, each notice is
in the inbox alone or decided exactly once for each channel; whatever was given to a delivery is in exactly one state.
"""

import random
from collections import Counter
from contextlib import suppress
from datetime import datetime, time, timedelta

import pytest
from django.db import transaction

from linli.events import actions as event_actions
from linli.events.models import Event
from linli.events.rules import Urgency
from linli.events.testing import NOON, World, make_event, make_world
from linli.journal.actions import mark_read
from linli.journal.models import Notice
from linli.kit.refusal import Refused
from linli.notices import actions, course, making
from linli.notices.balance import RunningBalance, balance
from linli.notices.models import Channel, Decision, Delivery, Follower
from linli.notices.rules import REPEATABLE, Decided, Group, Kind, Result, State, Verdict
from linli.notices.testing import Killed, Outside, a_channel, work

MINUTES = 4 * 24 * 60
BEGIN = NOON - timedelta(hours=4)
EVERY = list(Group.values)


def always(verdict: Verdict) -> Outside:
    return Outside(random.Random(1), verdicts=(verdict,))


def followed() -> set[tuple[int, int]]:
    """(entry, person) of the notices that were followed, counted from the journal itself."""
    place = Follower.objects.get(pk=1).place
    rows = Notice.objects.values_list("entry", "person", "entry__chain", "entry__position")
    return {(entry, person) for entry, person, chain, position in rows if position <= place.get(chain, 0)}


def hold_the_law(owners: dict[int, set[int]], before: set[tuple[int, int]]) -> None:
    """A separate, plain computation: every followed notice by every channel of its person, once each."""
    now = followed() - before
    expected = {(entry, channel) for entry, person in now for channel, who in owners.items() if person in who}
    rows = list(Decision.objects.values_list("entry", "channel", "state", "due_at", "delivery", "why"))
    assert Counter((row[0], row[1]) for row in rows) == Counter(expected)
    for _entry, _channel, state, due_at, delivery, why in rows:
        stands = (due_at is not None, delivery is not None, bool(why))
        assert stands == (state == Decided.HELD, state == Decided.GIVEN, state == Decided.SKIPPED)
    sums = balance()
    assert sums.faults() == []
    assert sums.notices == len(now)
    assert sums.in_inbox_alone == sum(all(person not in who for who in owners.values()) for _entry, person in now)


@pytest.fixture
def living(transactional_db: None) -> World:
    return make_world()


@pytest.mark.parametrize("seed", [1])
def test_the_law_holds_each_virtual_minute_of_some_days(living: World, seed: int) -> None:
    chance, outside, deaths = random.Random(seed), Outside(random.Random(seed + 100)), Counter[str]()
    owners = _channels(living)
    before = followed()

    def crash(point: str) -> None:
        if chance.random() < 0.04:
            deaths[point] += 1
            raise Killed(point)

    for minute in range(MINUTES):
        at = BEGIN + timedelta(minutes=minute)
        if chance.random() < 0.006:
            _act(living, chance, at)
        # Where nothing is due and nothing was done, nothing changes since the minute before.
        elif not _something_is_due(at):
            continue
        with suppress(Killed):
            work(at, outside.send, crash=crash)
        hold_the_law(owners, before)
    end = BEGIN + timedelta(minutes=MINUTES)
    for hour in range(0, 24 * 4, 2):
        work(end + timedelta(hours=hour), outside.send)
    hold_the_law(owners, before)
    assert not Decision.objects.filter(state=Decided.HELD).exists()
    assert not Delivery.objects.unfinished().exists()
    assert len(deaths) >= 5
    _nothing_was_told_too_often(outside)


def _nothing_was_told_too_often(outside: Outside) -> None:
    """Delivered ones arrived; others at most once, but where a repeat does no harm."""
    rows = list(Delivery.objects.all())
    assert {one.state for one in rows} >= {State.DELIVERED, State.FAILED, State.UNKNOWN}
    for one in rows:
        times = outside.arrived.get(one.key.hex, 0)
        assert times >= 1 or one.state != State.DELIVERED
        assert times <= (2 if one.kind in REPEATABLE else 1)
        assert one.repeats == 0 or one.kind in REPEATABLE


def _channels(world: World) -> dict[int, set[int]]:
    """Channels of several people, by key, with who is behind each; others have none."""
    cast, at = world.cast, BEGIN
    actions.set_quiet(cast.desk, from_time=time(21), to_time=time(7), on_days_off=True, lets_pressing=True)
    robot = actions.add_robot(
        kind=Kind.DINGTALK, address="robot-token-2", name="分拨群", by=cast.system, at=at, area=world.areas["440881101"]
    )
    robot.deliveries.all().delete()
    Channel.objects.filter(pk=robot.pk).update(verified_at=at)
    making.follow(at)
    return {
        a_channel(cast.desk, Kind.MAIL, at=at, groups=EVERY, bundle_minutes=5).pk: {cast.desk.pk},
        a_channel(cast.desk, Kind.WECOM, at=at, groups=EVERY, bundle_minutes=0, most_an_hour=2).pk: {cast.desk.pk},
        a_channel(cast.worker, Kind.SMS, at=at, groups=[Group.TO_DO], bundle_minutes=10).pk: {cast.worker.pk},
        a_channel(cast.handler, Kind.FEISHU, at=at, groups=EVERY, bundle_minutes=1).pk: {cast.handler.pk},
        robot.pk: {cast.desk.pk},
    }


def _something_is_due(at: datetime) -> bool:
    return (
        making.has_news()
        or Decision.objects.filter(due_at__lte=at).exists()
        or Delivery.objects.filter(due_at__lte=at).exists()
    )


def _act(world: World, chance: random.Random, at: datetime) -> None:
    """Somebody does something that others must know."""
    event = make_event(world, at=at)
    if chance.random() < 0.1:
        Event.objects.filter(pk=event.pk).update(urgency=Urgency.IMMEDIATE)
    if chance.random() < 0.7:
        event_actions.accept(event, by=world.cast.county, at=at)
        event_actions.dispatch(event, lead=world.water, by=world.cast.county, at=at)
    if chance.random() < 0.2:
        mark_read(chance.choice([world.cast.desk, world.cast.handler]), at=at)


def test_a_lost_decision_and_an_empty_delivery_are_found(world: World) -> None:
    a_channel(world.cast.desk, at=BEGIN, bundle_minutes=0)
    making.follow(BEGIN)
    make_event(world, at=NOON)
    work(NOON, always(Verdict.DELIVERED).send)
    assert balance().faults() == []
    Decision.objects.all().delete()
    assert balance().faults() == ["decided", "empty_deliveries"]


def test_sums_that_are_carried_on_are_those_counted_anew(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("linli.notices.balance._READ_AGAIN", 3)
    outside, running = Outside(random.Random(3)), RunningBalance()
    _channels(world)
    assert running.look() == balance()
    held = 0
    for hour in range(12):
        at = BEGIN + timedelta(hours=hour)
        make_event(world, at=at)
        making.follow(at)
        assert running.look() == balance()
        held = max(held, balance().held)
        work(at + timedelta(minutes=1), outside.send)
        assert running.look() == balance()
    assert held > 0
    assert balance().given > 5
    while making.forget_old(NOON + timedelta(hours=6)):
        pass
    assert running.look() == balance()
    assert balance().forgotten > 0


def test_sums_that_are_carried_on_miss_none_that_is_lost(world: World) -> None:
    a_channel(world.cast.desk, at=BEGIN, bundle_minutes=0)
    making.follow(BEGIN)
    running = RunningBalance()
    assert running.look().faults() == []
    make_event(world, at=NOON)
    work(NOON, always(Verdict.DELIVERED).send)
    Decision.objects.all().delete()
    assert running.look().faults() == ["decided", "empty_deliveries"]


def test_a_decision_given_to_the_delivery_of_another_channel_is_found(world: World) -> None:
    first = a_channel(world.cast.desk, at=BEGIN, bundle_minutes=0)
    second = a_channel(world.cast.desk, Kind.WECOM, at=BEGIN, bundle_minutes=0)
    making.follow(BEGIN)
    make_event(world, at=NOON)
    work(NOON, always(Verdict.DELIVERED).send)
    Decision.objects.filter(channel=first).update(delivery=Delivery.objects.get(channel=second))
    assert balance().contradictions == 1
    assert RunningBalance().look() == balance()


def test_what_is_forgotten_after_its_time_stays_counted(world: World) -> None:
    a_channel(world.cast.desk, at=BEGIN, bundle_minutes=0)
    make_event(world, at=NOON)
    work(NOON, always(Verdict.DELIVERED).send)
    assert balance().given > 0
    while making.forget_old(NOON + timedelta(days=100)):
        pass
    sums = balance()
    assert (sums.given, Delivery.objects.count(), sums.faults()) == (0, 0, [])
    assert sums.forgotten == sums.decided > 0


def test_an_act_that_is_undone_is_told_to_nobody(world: World) -> None:
    a_channel(world.cast.desk, at=BEGIN)
    event = make_event(world, at=NOON)
    with pytest.raises(Refused), transaction.atomic():
        event_actions.accept(event, by=world.cast.county, at=NOON)
        event_actions.close(event, text="", by=world.cast.county, at=NOON)
    while making.follow(NOON):
        pass
    assert set(Decision.objects.values_list("entry__verb", flat=True)) == {"event.reported"}


def _claimed(world: World, kind: str) -> course.Parcel:
    a_channel(world.cast.desk, kind, at=BEGIN, bundle_minutes=0)
    make_event(world, at=NOON)
    making.follow(NOON)
    making.bundle(NOON)
    (delivery,) = course.due(kind, NOON, 5)
    parcel = course.claim(delivery, NOON)
    assert parcel is not None
    assert course.claim(delivery, NOON) is None, "claimed twice"
    return parcel


def test_a_robot_is_not_told_again_what_may_have_arrived_and_a_late_yes_still_counts(world: World) -> None:
    parcel = _claimed(world, Kind.WECOM)
    course.give_up_lost(NOON + timedelta(minutes=2))
    assert Delivery.objects.get().state == State.UNKNOWN
    assert work(NOON + timedelta(days=1), always(Verdict.DELIVERED).send) == []
    course.settle(parcel.delivery, parcel.tries, Result(Verdict.DELIVERED), NOON + timedelta(minutes=3))
    assert Delivery.objects.get().state == State.DELIVERED


def test_mail_without_an_answer_goes_out_once_more_under_the_same_key(world: World) -> None:
    parcel = _claimed(world, Kind.MAIL)
    course.give_up_lost(NOON + timedelta(minutes=2))
    (again,) = work(NOON + timedelta(minutes=4), always(Verdict.UNKNOWN).send)
    assert again.key == parcel.key
    assert Delivery.objects.get().state == State.UNKNOWN
    assert work(NOON + timedelta(days=1), always(Verdict.DELIVERED).send) == []


def test_what_is_refused_for_now_is_tried_for_two_days_and_then_failed(world: World) -> None:
    a_channel(world.cast.desk, at=BEGIN, bundle_minutes=0)
    make_event(world, at=NOON)
    tries = 0
    for minute in range(0, 60 * 24 * 3, 30):
        tries += len(work(NOON + timedelta(minutes=minute), always(Verdict.AGAIN).send))
    delivery = Delivery.objects.get()
    assert (tries, delivery.tries, delivery.state) == (11, 11, State.FAILED)
