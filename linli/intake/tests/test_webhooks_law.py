"""The law of deliveries: whatever happens, each act is delivered at least once or visibly given up; none twice, none skipped."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linli.events import actions as matters
from linli.events.models import Event
from linli.events.testing import NOON, World, make_event, make_world
from linli.intake.webhooks import actions, making, rules, sending
from linli.intake.webhooks.models import Attempt, Delivery, Standing, Subscription
from linli.intake.webhooks.rules import UNFINISHED, Answer, Outcome, State
from linli.intake.webhooks.testing import a_subscription
from linli.journal.models import Entry
from linli.kit.refusal import Refused

ADDRESS = "https://receiver.example/hook"
ANSWERS = {
    "yes": Answer(Outcome.ANSWERED, 200),
    "no": Answer(Outcome.ANSWERED, 500),
    "wrong": Answer(Outcome.ANSWERED, 422),
    "later": Answer(Outcome.ANSWERED, 503, retry_after_s=900),
    "elsewhere": Answer(Outcome.ANSWERED, 302),
    "silence": Answer(Outcome.UNKNOWN),
    "garbage": Answer(Outcome.GARBLED),
    "away": Answer(Outcome.NOT_REACHED),
    "gone": Answer(Outcome.ANSWERED, 410),
}


class Killed(BaseException):
    """The worker dies here."""


class Ledger:
    """What the receiver saw and said yes to; and, at each sending, whether an earlier act of the matter was still open."""

    def __init__(self) -> None:
        self.sent: Counter[str] = Counter()
        self.bodies: dict[str, set[bytes]] = {}
        self.said_yes: set[str] = set()
        self.out_of_order: list[str] = []

    def take(self, delivery: Delivery, parcel: Any, answer: Answer) -> None:
        key = parcel.headers["webhook-id"]
        self.sent[key] += 1
        self.bodies.setdefault(key, set()).add(parcel.body)
        earlier = Delivery.objects.filter(
            subscription=delivery.subscription, on_key=delivery.on_key, pk__lt=delivery.pk, state__in=UNFINISHED
        )
        if earlier.exists():
            self.out_of_order.append(key)
        if answer.status == 200:
            self.said_yes.add(key)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("act"), st.integers(0, 3)),
        st.tuples(st.just("work"), st.sampled_from(sorted(ANSWERS))),
        st.tuples(st.just("die"), st.sampled_from(["following", "claiming", "sent", "settling"])),
        st.tuples(st.just("wait"), st.sampled_from([5, 61, 700, 50_000, 700_000])),
        st.tuples(st.just("stand"), st.sampled_from(["pause", "resume"])),
    ),
    max_size=18,
)


@pytest.mark.django_db
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_happens_each_act_is_delivered_or_seen_to_be_given_up(
    world: World, steps: list[tuple[str, Any]]
) -> None:
    with rolled_back():
        subscription, _secret = a_subscription(world, ADDRESS, at=NOON)
        run = Run(world, subscription)
        for step, what in steps:
            getattr(run, step)(what)
            run.check_law()
        run.end_well()
        run.check_law()
        assert not Delivery.objects.unfinished().exists()
        assert run.ledger.out_of_order == []
        assert all(len(bodies) == 1 for bodies in run.ledger.bodies.values())
        for delivery in Delivery.objects.all():
            was_heard = delivery.webhook_id in run.ledger.said_yes
            assert was_heard if delivery.state == State.DELIVERED else delivery.state == State.GIVEN_UP


@contextmanager
def rolled_back() -> Iterator[None]:
    """Every example begins with the same store."""
    with suppress(Killed), transaction.atomic():
        yield
        raise Killed


class Run:
    """A world with one subscription, whose clock only we move."""

    def __init__(self, world: World, subscription: Subscription) -> None:
        self.world, self.subscription, self.ledger = world, subscription, Ledger()
        self.at: datetime = NOON + timedelta(hours=1)
        self.events: list[Event] = []

    def act(self, number: int) -> None:
        if number >= len(self.events):
            self.events.append(make_event(self.world, at=NOON))
        else:
            matters.supplement(self.events[number], text="又来了", by=self.world.cast.county, at=self.at)

    def wait(self, seconds: int) -> None:
        self.at += timedelta(seconds=seconds)
        sending.tidy(self.at)

    def stand(self, act: str) -> None:
        self.subscription.refresh_from_db()
        with suppress(Refused):
            getattr(actions, act)(self.subscription, by=self.world.cast.system, at=self.at)

    def work(self, answer: str) -> None:
        making.make_deliveries(self.at, 3)
        for one in sending.ready(self.at):
            for delivery in sending.due(one, self.at, one.lanes):
                self._carry(delivery, ANSWERS[answer])

    def die(self, place: str) -> None:
        """The worker is killed: what its transaction had not committed is gone, what it had stays."""
        with suppress(Killed):
            if place == "following":
                with transaction.atomic():
                    making.make_deliveries(self.at, 3)
                    raise Killed
            making.make_deliveries(self.at, 3)
            for one in sending.ready(self.at):
                for delivery in sending.due(one, self.at, 1):
                    self._die_with(delivery, place)

    def _die_with(self, delivery: Delivery, place: str) -> None:
        with transaction.atomic():
            parcel = sending.claim(delivery, self.at)
            if place == "claiming":
                raise Killed
        assert parcel is not None
        self.ledger.take(delivery, parcel, ANSWERS["yes"])
        with transaction.atomic():
            if place == "settling":
                sending.settle(parcel, ANSWERS["yes"], self.at)
            raise Killed

    def _carry(self, delivery: Delivery, answer: Answer) -> None:
        parcel = sending.claim(delivery, self.at)
        assert parcel is not None
        assert sending.claim(delivery, self.at) is None, "another worker got it too"
        self.ledger.take(delivery, parcel, answer)
        sending.settle(parcel, answer, self.at)

    def check_law(self) -> None:
        """Entries in scope = delivered + waiting + given up, one delivery each, in their order."""
        self.subscription.refresh_from_db()
        followed = Entry.objects.filter(chain=self.subscription.chain, position__lte=self.subscription.position)
        begun = Entry.objects.get(verb="webhook.subscribed", on_key=str(self.subscription.pk)).position
        in_scope = [one.pk for one in followed.order_by("position") if one.position > begun and one.on_kind == "event"]
        made = list(self.subscription.deliveries.order_by("pk").values_list("entry", flat=True))
        assert made == in_scope
        states = Counter(self.subscription.deliveries.values_list("state", flat=True))
        assert sum(states[one] for one in State.values) == len(in_scope)

    def end_well(self) -> None:
        """The receiver is well, the subscription in use, and time passes."""
        self.subscription.refresh_from_db()
        if self.subscription.standing != Standing.ACTIVE:
            actions.resume(self.subscription, by=self.world.cast.system, at=self.at)
        for _each in range(60):
            self.work("yes")
            self.at += timedelta(hours=1)
            self.subscription.refresh_from_db()
        self.subscription.refresh_from_db()
        last = Entry.objects.filter(chain=self.subscription.chain).order_by("-position").first()
        assert last is not None and self.subscription.position == last.position


@pytest.mark.django_db
def test_a_restored_backup_tells_the_same_acts_under_the_same_ids(world: World) -> None:
    subscription, _secret = a_subscription(world, ADDRESS)
    make_event(world)
    making.make_deliveries(NOON)
    first = set(Delivery.objects.values_list("message_id", flat=True))
    Delivery.objects.all().delete()
    Subscription.objects.update(position=subscription.position)
    making.make_deliveries(NOON)
    assert set(Delivery.objects.values_list("message_id", flat=True)) == first


@pytest.mark.django_db
def test_an_answer_that_comes_late_counts_only_if_it_is_yes(world: World) -> None:
    a_subscription(world, ADDRESS)
    make_event(world)
    making.make_deliveries(NOON)
    first = sending.claim(Delivery.objects.get(), NOON)
    later = NOON + rules.LEASE
    second = sending.claim(Delivery.objects.get(), later)
    assert first is not None and second is not None
    sending.settle(first, ANSWERS["no"], later)
    assert Delivery.objects.get().state == State.UNKNOWN
    sending.settle(first, ANSWERS["yes"], later)  # the same attempt cannot answer twice, but a yes is a yes
    assert Delivery.objects.get().state == State.DELIVERED
    sending.settle(second, ANSWERS["no"], later)
    assert Delivery.objects.get().state == State.DELIVERED
    assert Attempt.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_an_act_that_is_committed_late_is_not_skipped() -> None:
    """Its number in the table may be smaller than that of acts which were told already, as PostgreSQL gives them."""
    world = make_world()
    a_subscription(world, ADDRESS)
    making.make_deliveries(NOON)
    written, go_on = threading.Event(), threading.Event()

    def act_slowly() -> None:
        try:
            with transaction.atomic():
                make_event(world, text="慢")
                written.set()
                go_on.wait(20)
        finally:
            connection.close()

    slow = threading.Thread(target=act_slowly)
    slow.start()
    assert written.wait(20)
    making.make_deliveries(NOON)
    assert Delivery.objects.count() == 0
    quick = threading.Thread(target=_act_quickly, args=[world])
    quick.start()  # waits for the end of the chain, which the slow one holds
    go_on.set()
    slow.join(20)
    quick.join(20)
    making.make_deliveries(NOON)
    assert Delivery.objects.count() == 2


def _act_quickly(world: World) -> None:
    try:
        make_event(world, text="快")
    finally:
        connection.close()
