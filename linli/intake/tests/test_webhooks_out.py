"""Other systems are told what was done: once at least, in order, signed, and nothing about persons."""

import json
from datetime import timedelta
from typing import Any

import pytest

from linli.events import actions as matters
from linli.events.models import Event
from linli.events.rules import State as MatterState
from linli.events.telling import SENTENCES
from linli.events.testing import NOON, World, make_event
from linli.intake.webhooks import actions, making, rules, sending, signing
from linli.intake.webhooks.models import Delivery, Standing, Subscription
from linli.intake.webhooks.posting import post
from linli.intake.webhooks.rules import Group, State
from linli.intake.webhooks.testing import LOOPBACK, Receiver, a_subscription, receiver, work
from linli.journal.models import Entry
from linli.kit.refusal import BadInput, NotYours, Refused

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)


@pytest.fixture(autouse=True)
def _here(settings: Any) -> None:
    settings.WEBHOOK_NETWORKS = LOOPBACK


@pytest.fixture
def hook() -> Any:
    with receiver() as one:
        yield one


def types(hook: Receiver) -> list[str]:
    return [json.loads(one.body)["type"] for one in hook.got]


def states(subscription: Subscription) -> list[str]:
    return list(subscription.deliveries.order_by("pk").values_list("state", flat=True))


# --- what is told -------------------------------------------------------------------------------------------------------


def test_every_act_on_a_matter_is_in_one_group_or_told_to_nobody() -> None:
    grouped = [verb for verbs in rules.VERBS.values() for verb in verbs]
    assert len(grouped) == len(set(grouped))
    assert {verb for verb in SENTENCES if verb.startswith("event.")} - set(grouped) - rules.NEVER_TOLD == set()
    assert set(grouped) & rules.NEVER_TOLD == set()
    assert set(grouped) <= set(SENTENCES)
    assert set(rules.VERBS) == set(Group.values)


def test_a_subscriber_is_told_each_act_in_order(world: World, hook: Receiver) -> None:
    subscription, _secret = a_subscription(world, hook.address)
    make_event(world, MatterState.CLOSED)
    work(LATER)
    assert types(hook) == [
        "event.reported", "event.accepted", "event.dispatched", "event.signed_for", "event.part_dropped",
        "event.result_submitted", "event.verified", "event.closed",
    ]  # fmt: skip
    assert set(states(subscription)) == {State.DELIVERED}
    assert work(LATER) == 0


def test_what_was_done_before_the_subscription_is_not_told(world: World, hook: Receiver) -> None:
    make_event(world, MatterState.ACCEPTED)
    a_subscription(world, hook.address)
    assert work(LATER) == 0


def test_only_the_chosen_acts_of_the_chosen_area_are_told(world: World, hook: Receiver) -> None:
    a_subscription(world, hook.address, groups=[Group.CLOSED], area=world.areas["440881101"])
    make_event(world, MatterState.CLOSED)
    make_event(world, MatterState.CLOSED, area=world.areas["440881102201001"])
    work(LATER)
    assert types(hook) == ["event.closed"]
    assert json.loads(hook.got[0].body)["data"]["area"] == world.grid.pk


def test_an_area_is_told_when_a_matter_leaves_it(world: World, hook: Receiver) -> None:
    a_subscription(world, hook.address, groups=[Group.CHANGED], area=world.areas["440881101201"])
    event = make_event(world)
    matters.move(event, area=world.areas["440881102201001"], by=world.cast.county, at=NOON + timedelta(minutes=5))
    work(LATER)
    assert [json.loads(one.body)["data"]["area"] for one in hook.got] == ["440881102201001"]


WORDS = {
    "text": "村口水沟堵了找王小明",
    "title": "王小明家门前",
    "place": "王小明家",
    "contact": "19900000099",
}


def test_nothing_about_persons_and_no_words_leave_the_house(world: World, hook: Receiver) -> None:
    a_subscription(world, hook.address)
    report = matters.report(
        **WORDS, area=world.grid, category=world.drain, at=NOON, source="resident", by=None, lon=110.05123, lat=21.70321
    )
    event = report.event
    matters.accept(event, by=world.cast.county, at=NOON)
    matters.dispatch(event, lead=world.water, co_handlers=[], by=world.cast.county, at=NOON)
    matters.sign_for(event, by=world.cast.handler, at=NOON)
    matters.submit_result(event, text="王小明已签字", by=world.cast.handler, at=NOON)
    work(LATER)
    told = b"".join(one.body for one in hook.got).decode() + str([one.headers for one in hook.got])
    secrets = [*WORDS.values(), "王小明", "110.05", "21.70", world.cast.handler.name, world.cast.county.username]
    assert len(hook.got) == 5
    assert [one for one in secrets if one in told] == []


FIELDS = {
    "event", "number", "chain", "position", "area", "category", "state", "severity", "urgency", "departments", "into",
    "reported_at", "accepted_at", "dispatched_at", "handled_at", "verified_at", "ended_at", "due_at", "page", "ask",
}  # fmt: skip


def test_the_body_has_the_fields_of_the_document(world: World, hook: Receiver) -> None:
    from tests.test_docs import CHECKOUT

    a_subscription(world, hook.address)
    event = make_event(world, MatterState.DISPATCHED)
    work(LATER)
    body = json.loads(hook.got[-1].body)
    assert set(body) == {"type", "timestamp", "data"}
    assert set(body["data"]) == FIELDS
    assert (
        body["data"] | {"number": event.number, "departments": ["water", "housing"], "category": "C01"} == body["data"]
    )
    document = (CHECKOUT / "docs" / "webhooks.md").read_text()
    assert [one for one in FIELDS if f"`{one}`" not in document] == []


# --- signatures ---------------------------------------------------------------------------------------------------------


def test_the_signature_is_that_of_the_specification() -> None:
    # The example of the specification's reference libraries.
    made = signing.signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
    )
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_delivery_verifies_and_a_changed_one_does_not(world: World, hook: Receiver) -> None:
    _subscription, secret = a_subscription(world, hook.address)
    make_event(world)
    work(LATER)
    (got,) = hook.got
    said = got.headers["webhook-signature"]
    given = (got.headers["webhook-id"], int(got.headers["webhook-timestamp"]))
    assert signing.is_signed([secret], *given, got.body, said)
    assert not signing.is_signed([secret], *given, got.body + b" ", said)
    assert not signing.is_signed([signing.new_secret()], *given, got.body, said)


def test_for_a_day_after_a_change_both_secrets_sign(world: World, hook: Receiver) -> None:
    subscription, old = a_subscription(world, hook.address)
    new = actions.rotate(subscription, by=world.cast.system, at=NOON)
    for at, right in ((NOON + timedelta(hours=23), [old, new]), (NOON + timedelta(hours=25), [new])):
        make_event(world)
        work(at)
        got = hook.got[-1]
        given = (got.headers["webhook-id"], int(got.headers["webhook-timestamp"]), got.body)
        said = got.headers["webhook-signature"]
        assert [one for one in (old, new) if signing.is_signed([one], *given, said)] == right


def test_the_secret_lies_nowhere_in_the_store(world: World, hook: Receiver) -> None:
    subscription, secret = a_subscription(world, hook.address)
    actions.rotate(subscription, by=world.cast.system, at=NOON)
    rows = [*Subscription.objects.values_list(), *Entry.objects.values_list()]
    assert secret not in str([[bytes(one) if isinstance(one, memoryview) else one for one in row] for row in rows])


# --- answers ------------------------------------------------------------------------------------------------------------


def test_a_failed_delivery_is_tried_on_schedule_with_the_same_id_and_body(world: World, hook: Receiver) -> None:
    subscription, _secret = a_subscription(world, hook.address)
    make_event(world)
    hook.answer(500, 503, 200)
    work(LATER)
    delivery = subscription.deliveries.get()
    assert (delivery.state, delivery.due_at) == (State.WAITING, LATER + timedelta(seconds=5))
    assert work(LATER + timedelta(seconds=4)) == 0
    work(LATER + timedelta(seconds=5))
    work(LATER + timedelta(seconds=35))
    assert states(subscription) == [State.DELIVERED]
    assert len(set(hook.ids())) == 1
    assert len({one.body for one in hook.got}) == 1
    assert list(delivery.attempts.values_list("status", flat=True)) == [500, 503, 200]


def test_the_schedule_reaches_over_three_days_and_then_gives_up() -> None:
    assert timedelta(days=3) < timedelta(seconds=sum(rules.WAITS_S)) < timedelta(days=4)
    assert list(rules.WAITS_S) == sorted(rules.WAITS_S)
    failed = rules.Answer(rules.Outcome.ANSWERED, 500)
    assert rules.judge(failed, tries=len(rules.WAITS_S), at=NOON).state == State.WAITING
    assert rules.judge(failed, tries=len(rules.WAITS_S) + 1, at=NOON).state == State.GIVEN_UP


@pytest.mark.parametrize("after", ["120", "Mon, 16 Nov 2026 05:02:00 GMT"])
def test_a_receiver_that_says_when_to_come_back_is_heard(world: World, hook: Receiver, after: str) -> None:
    subscription, _secret = a_subscription(world, hook.address)
    make_event(world)
    hook.answers = [(429, {"Retry-After": after}, b"slowly")]
    work(LATER)
    delivery = subscription.deliveries.get()
    if after == "120":
        assert delivery.due_at == LATER + timedelta(seconds=120)
        assert sending.ready(LATER + timedelta(seconds=119)) == []
    assert delivery.attempts.get().words == "slowly"


def test_a_receiver_that_is_gone_ends_the_subscription(world: World, hook: Receiver) -> None:
    subscription, _secret = a_subscription(world, hook.address)
    make_event(world, MatterState.ACCEPTED)
    hook.answer(410)
    work(LATER)
    subscription.refresh_from_db()
    assert subscription.standing == Standing.GONE
    assert states(subscription) == [State.GIVEN_UP, State.GIVEN_UP]
    assert Entry.objects.filter(verb="webhook.gone", on_key=str(subscription.pk)).exists()
    make_event(world)
    assert work(LATER) == 0
    actions.resume(subscription, by=world.cast.system, at=LATER)
    hook.answer(200)
    assert work(LATER) == 1


def test_a_redirect_is_not_followed(world: World, hook: Receiver) -> None:
    subscription, _secret = a_subscription(world, hook.address)
    make_event(world)
    with receiver() as elsewhere:
        hook.answers = [(307, {"Location": elsewhere.address}, b"")]
        work(LATER)
        assert elsewhere.got == []
    assert subscription.deliveries.get().state == State.WAITING


def test_silence_counts_as_unknown_and_is_sent_again_under_the_same_id(world: World, hook: Receiver) -> None:
    subscription, _secret = a_subscription(world, hook.address)
    make_event(world)
    hook.answer(None, 200)
    work(LATER)
    assert states(subscription) == [State.UNKNOWN]
    work(LATER + timedelta(seconds=5))
    assert states(subscription) == [State.DELIVERED]
    assert len(set(hook.ids())) == 1 and len(hook.got) == 2


def test_a_receiver_that_never_ends_its_answer_is_left_after_the_time(world: World, hook: Receiver) -> None:
    a_subscription(world, hook.address)
    make_event(world)
    making.make_deliveries(LATER)
    parcel = sending.claim(Delivery.objects.get(), LATER)
    hook.go_on.clear()
    assert parcel is not None
    answer = post(parcel, timeout_s=0.3)
    assert answer.outcome == rules.Outcome.UNKNOWN
    assert 250 <= answer.took_ms < 5000


def test_nobody_at_the_address_is_told_as_such(world: World) -> None:
    with receiver() as gone:
        pass
    subscription, _secret = a_subscription(world, gone.address)
    make_event(world)
    work(LATER)
    attempt = subscription.deliveries.get().attempts.get()
    assert (attempt.outcome, attempt.status) == (rules.Outcome.NOT_REACHED, None)


def test_long_and_odd_answers_are_cut_and_stored(world: World, hook: Receiver) -> None:
    subscription, _secret = a_subscription(world, hook.address)
    make_event(world)
    hook.answers = [(422, {}, b"\xff\0" + b"x" * 100_000)]
    work(LATER)
    words = subscription.deliveries.get().attempts.get().words
    assert len(words) == 1000
    assert "\0" not in words


# --- order, isolation, pauses, giving up -----------------------------------------------------------------------------------


def test_a_later_act_waits_for_the_earlier_one_of_the_same_matter_only(world: World, hook: Receiver) -> None:
    a_subscription(world, hook.address)
    make_event(world, MatterState.ACCEPTED)
    hook.answer(400, 200)  # about this message, not about the receiver
    other = make_event(world, at=NOON + timedelta(minutes=10))
    work(LATER)
    numbers = [json.loads(one.body)["data"]["number"] for one in hook.got]
    assert types(hook) == ["event.reported", "event.reported"]
    assert numbers[-1] == other.number
    work(LATER + timedelta(seconds=5))
    assert types(hook)[2:] == ["event.reported", "event.accepted"]


def test_a_dead_receiver_is_asked_seldom_and_when_it_is_back_gets_everything(world: World, hook: Receiver) -> None:
    subscription, _secret = a_subscription(world, hook.address)
    hook.answer(503)
    for minute in range(20):
        make_event(world, at=NOON + timedelta(minutes=minute))
    at = LATER
    for _each in range(60):
        work(at)
        at += timedelta(seconds=10)
    assert len(hook.got) < 12
    hook.answer(200)
    work(at + timedelta(minutes=5))
    assert set(states(subscription)) == {State.DELIVERED}


def test_what_is_done_during_a_pause_waits_and_goes_out_after_it(world: World, hook: Receiver) -> None:
    subscription, _secret = a_subscription(world, hook.address)
    actions.pause(subscription, by=world.cast.system, at=NOON)
    make_event(world)
    assert work(LATER) == 0
    assert states(subscription) == [State.WAITING]
    actions.resume(subscription, by=world.cast.system, at=LATER)
    assert work(LATER) == 1


def test_what_cannot_be_delivered_for_a_week_is_given_up_and_can_be_sent_again(world: World, hook: Receiver) -> None:
    subscription, _secret = a_subscription(world, hook.address)
    actions.pause(subscription, by=world.cast.system, at=NOON)
    make_event(world, MatterState.ACCEPTED)
    work(LATER)
    sending.tidy(LATER + timedelta(days=6))
    assert states(subscription) == [State.WAITING] * 2
    much_later = LATER + timedelta(days=8)
    sending.tidy(much_later)
    assert states(subscription) == [State.GIVEN_UP] * 2
    actions.resume(subscription, by=world.cast.system, at=much_later)
    assert actions.send_given_up_again(subscription, since=NOON, by=world.cast.system, at=much_later) == 2
    work(much_later)
    sending.tidy(much_later)
    assert states(subscription) == [State.DELIVERED] * 2
    assert len(set(hook.ids())) == 2


def test_one_delivery_can_be_sent_again_under_its_id(world: World, hook: Receiver) -> None:
    subscription, _secret = a_subscription(world, hook.address)
    make_event(world)
    work(LATER)
    actions.send_again(subscription.deliveries.get(), by=world.cast.system, at=LATER)
    work(LATER)
    assert len(hook.got) == 2 and len(set(hook.ids())) == 1
    assert Entry.objects.filter(verb="webhook.sent_again").count() == 1


def test_finished_deliveries_are_forgotten_after_ninety_days(world: World, hook: Receiver) -> None:
    subscription, _secret = a_subscription(world, hook.address)
    make_event(world)
    work(LATER)
    sending.tidy(LATER + timedelta(days=89))
    assert subscription.deliveries.count() == 1
    sending.tidy(LATER + timedelta(days=91))
    assert subscription.deliveries.count() == 0


# --- who may -------------------------------------------------------------------------------------------------------------


def test_only_the_system_administrator_of_the_area_keeps_webhooks(world: World) -> None:
    for person in (world.cast.county, world.cast.desk, world.cast.security, world.cast.auditor, world.cast.nobody):
        with pytest.raises(NotYours):
            actions.subscribe(
                name="x",
                address="https://x.example/",
                groups=["closed"],
                area=world.areas["440881"],
                by=person,
                at=NOON,
            )
    assert Subscription.objects.count() == 0


@pytest.mark.parametrize(
    "address",
    ["ftp://x.example/", "https://", "https://u:p@x.example/", "x.example", "https://x.example/#a", "https://x .example",
     "https://x.exa\nmple/", "https://x.example:99999/", "https://" + "x" * 500],
)  # fmt: skip
def test_what_is_no_address_is_refused(world: World, address: str) -> None:
    with pytest.raises(BadInput) as refused:
        a_subscription(world, address + "")
    assert refused.value.facts["field"] == "address"


def test_acts_of_the_administrator_are_in_the_journal_without_secret_or_address(world: World) -> None:
    subscription, _secret = a_subscription(world, "https://x.example/token-abc")
    act = {"by": world.cast.system, "at": NOON}
    actions.edit(subscription, name="市平台", address="https://y.example/", groups=["closed"], **act)
    actions.pause(subscription, **act)
    actions.resume(subscription, **act)
    actions.rotate(subscription, **act)
    actions.try_out(subscription, **act)
    actions.close(subscription, **act)
    entries = Entry.objects.filter(on_kind="subscription", on_key=str(subscription.pk)).order_by("pk")
    verbs = [entry.verb.partition(".")[2] for entry in entries]
    assert verbs == ["subscribed", "edited", "paused", "resumed", "secret_changed", "tried", "closed"]
    assert [entry.verb for entry in entries if entry.verb not in SENTENCES] == []
    assert "example" not in str([entry.facts for entry in entries])
    with pytest.raises(Refused):
        actions.resume(subscription, **act)


def test_a_trial_goes_the_same_way_and_is_about_no_matter(world: World, hook: Receiver) -> None:
    subscription, _secret = a_subscription(world, hook.address)
    actions.try_out(subscription, by=world.cast.system, at=LATER)
    work(LATER)
    assert types(hook) == ["webhook.test"]
    assert Event.objects.count() == 0
