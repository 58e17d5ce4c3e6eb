"""The worker carries deliveries beside its chores: a receiver that does not answer delays nobody."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from linli.chores.running import run_once
from linli.events.rules import State as MatterState
from linli.events.testing import World, make_event, make_world
from linli.intake.webhooks.courier import COURIER, Courier
from linli.intake.webhooks.making import make_deliveries
from linli.intake.webhooks.models import Delivery
from linli.intake.webhooks.posting import Parcel
from linli.intake.webhooks.rules import LANES, WAITS_S, Answer, Outcome, State
from linli.intake.webhooks.testing import LOOPBACK, a_subscription, receiver
from linli.kit import key_ring


@pytest.fixture(autouse=True)
def _here(settings: Any) -> None:
    settings.WEBHOOK_NETWORKS = LOOPBACK


@pytest.mark.django_db(transaction=True)
def test_a_receiver_that_does_not_answer_delays_no_other() -> None:
    world = make_world()
    with receiver() as dead, receiver() as well:
        dead.go_on.clear()
        a_subscription(world, dead.address, name="无应答")
        a_subscription(world, well.address, name="正常")
        for _each in range(6):
            make_event(world, at=timezone.now())
        courier = _made(Courier())
        while len(well.got) < 6:
            courier.turn(timezone.now())
        assert len(dead.got) <= LANES
        assert Delivery.objects.filter(subscription__name="无应答", state=State.DELIVERED).count() == 0
        dead.go_on.set()
        while Delivery.objects.unfinished().exists():
            courier.turn(timezone.now())
    assert set(Delivery.objects.values_list("state", flat=True)) == {State.DELIVERED}


def _made(courier: Courier) -> Courier:
    make_deliveries(timezone.now())
    return courier


@pytest.mark.django_db(transaction=True)
def test_the_chores_make_send_and_settle() -> None:
    world = make_world()
    with receiver() as hook:
        a_subscription(world, hook.address)
        make_event(world, MatterState.ACCEPTED, at=timezone.now())
        assert run_once() == []
        assert len(hook.got) == 2
    assert set(Delivery.objects.values_list("state", flat=True)) == {State.DELIVERED}
    assert COURIER.under_way.total() == 0


@pytest.mark.django_db(transaction=True)
def test_what_is_under_way_as_the_process_ends_is_written_down() -> None:
    world = make_world()
    with receiver() as hook:
        hook.go_on.clear()
        a_subscription(world, hook.address)
        make_event(world, at=timezone.now())
        courier = _made(Courier())
        courier.turn(timezone.now())
        threading.Timer(0.1, hook.go_on.set).start()
        courier.finish()
    assert Delivery.objects.get().state == State.DELIVERED


@pytest.mark.django_db
def test_a_sender_that_breaks_leaves_the_delivery_to_be_sent_again(world: World) -> None:
    def broken(parcel: Parcel) -> Answer:
        raise RuntimeError("cut")

    a_subscription(world, "https://receiver.example/")
    make_event(world)
    courier = _made(Courier(send=broken))
    while courier.turn(timezone.now()):
        pass
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts.get().outcome) == (State.UNKNOWN, Outcome.UNKNOWN)


@pytest.mark.django_db
def test_acts_that_wait_for_an_earlier_one_of_their_matter_are_no_work_for_the_worker(world: World) -> None:
    a_subscription(world, "https://receiver.example/")
    make_event(world, MatterState.ACCEPTED, at=timezone.now())
    courier = _made(Courier(send=lambda parcel: Answer(Outcome.ANSWERED, 422)))
    at = timezone.now()
    assert courier.has_work(at)
    while courier.turn(at):
        pass
    assert not courier.has_work(at)
    assert courier.has_work(at + timedelta(seconds=6))


@pytest.mark.django_db
def test_a_home_with_other_keys_leaves_the_delivery_alone_for_a_while(world: World) -> None:
    """It was brought back without its vault: nothing can be signed, nothing is lost, and the worker does not race."""
    subscription, _secret = a_subscription(world, "https://receiver.example/")
    make_event(world, at=timezone.now())
    courier = _made(Courier(send=lambda parcel: Answer(Outcome.ANSWERED, 200)))
    right = key_ring.path().rename(key_ring.path().with_name("right"))
    at = timezone.now()
    assert not courier.turn(at)
    assert not courier.has_work(at)
    delivery = subscription.deliveries.get()
    assert (delivery.state, delivery.tries) == (State.WAITING, 0)
    right.replace(key_ring.path())
    while courier.turn(at + timedelta(minutes=6)):
        pass
    delivery.refresh_from_db()
    assert delivery.state == State.DELIVERED


@pytest.mark.django_db
def test_what_was_dated_before_the_clock_was_set_back_is_sent_now(world: World) -> None:
    a_subscription(world, "https://receiver.example/")
    now = timezone.now()
    make_event(world, at=now)
    make_deliveries(now + timedelta(days=3))
    courier = Courier(send=lambda parcel: Answer(Outcome.ANSWERED, 200))
    assert courier.has_work(now)
    while courier.turn(now):
        pass
    assert Delivery.objects.get().state == State.DELIVERED


@pytest.mark.django_db
def test_what_the_schedule_puts_off_is_not_sent_sooner(world: World) -> None:
    a_subscription(world, "https://receiver.example/")
    now = timezone.now()
    make_event(world, at=now)
    make_deliveries(now)
    Delivery.objects.update(due_at=now + timedelta(seconds=max(WAITS_S)))
    courier = Courier(send=lambda parcel: Answer(Outcome.ANSWERED, 200))
    assert not courier.has_work(now) and not courier.turn(now)
