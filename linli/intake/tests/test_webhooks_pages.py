"""The pages of webhooks: kept by the system administrator, the log in words, the secret shown once."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from linli.events.rules import State as MatterState
from linli.events.testing import World, make_event
from linli.intake.webhooks import making, telling
from linli.intake.webhooks.models import Delivery, Pusher, Standing, Subscription
from linli.intake.webhooks.rules import State
from linli.intake.webhooks.testing import LOOPBACK, Receiver, a_subscription, receiver, work
from linli.journal.models import Entry
from linli.people.models import Person

pytestmark = pytest.mark.django_db
NEW = {"name": "市热线平台", "address": "https://x.example/hook", "area": "440881", "groups": ["closed", "reported"]}
SECRET = re.compile(r"whsec_[A-Za-z0-9+/=]{44}")


@pytest.fixture(autouse=True)
def _here(settings: Any) -> None:
    settings.WEBHOOK_NETWORKS = LOOPBACK


@pytest.fixture
def hook() -> Any:
    with receiver() as one:
        yield one


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    client.post("/language", {"language": "en"})
    return client


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_only_the_system_administrator_finds_the_pages(world: World) -> None:
    subscription, _secret = a_subscription(world, "https://x.example/")
    for person in (world.cast.county, world.cast.desk, world.cast.auditor, world.cast.security, world.cast.nobody):
        client = signed_in(person)
        for path in ("", "new", f"{subscription.pk}/", "in/new", f"{subscription.pk}/pause"):
            assert client.get(f"/desk/webhooks/{path}").status_code == 404
        assert "/desk/webhooks/" not in client.get("/desk/").content.decode()
    assert "/desk/webhooks/" in signed_in(world.cast.system).get("/desk/").content.decode()


def test_an_administrator_of_another_area_sees_none_of_it(world: World) -> None:
    from linli.people.actions import appoint
    from linli.people.rules import Role
    from linli.people.testing import FROM

    appoint(world.cast.nobody, role=Role.SYSTEM_ADMIN, area=world.areas["440881102"], from_on=FROM)
    subscription, _secret = a_subscription(world, "https://x.example/")
    client = signed_in(world.cast.nobody)
    assert client.get(f"/desk/webhooks/{subscription.pk}/").status_code == 404
    assert subscription.name not in client.get("/desk/webhooks/").content.decode()
    response = client.post("/desk/webhooks/new", NEW | {"name": "别的"})
    assert (response.status_code, Subscription.objects.count()) == (422, 1)


def test_the_secret_is_shown_once_and_kept_by_nobody(world: World) -> None:
    client = signed_in(world.cast.system)
    response = client.post("/desk/webhooks/new", NEW)
    (secret,) = set(SECRET.findall(response.content.decode()))
    subscription = Subscription.objects.get()
    assert subscription.secrets_at(timezone.now()) == [secret]
    assert response.headers["Cache-Control"] == "no-store"
    for path in ("", f"{subscription.pk}/", f"{subscription.pk}/edit", f"{subscription.pk}/rotate"):
        assert not SECRET.search(client.get(f"/desk/webhooks/{path}").content.decode())
    rotated = client.post(f"/desk/webhooks/{subscription.pk}/rotate")
    assert set(SECRET.findall(rotated.content.decode())) == {subscription_secrets(subscription)[0]} != {secret}


def subscription_secrets(subscription: Subscription) -> list[str]:
    subscription.refresh_from_db()
    return subscription.secrets_at(timezone.now())


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"address": "http//x"}, "begins with https"), ({"groups": []}, "field is required"),
        ({"area": "9"}, "no area of this code"), ({"name": " "}, "field is required"),
        ({"groups": ["everything"]}, "Select a valid choice"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_lost(
    world: World, wrong: dict[str, Any], words: str
) -> None:
    response = signed_in(world.cast.system).post("/desk/webhooks/new", NEW | wrong)
    assert response.status_code == 422
    assert words in text_of(response)
    assert Subscription.objects.count() == 0


def test_a_name_is_taken_once(world: World) -> None:
    client = signed_in(world.cast.system)
    client.post("/desk/webhooks/new", NEW)
    response = client.post("/desk/webhooks/new", NEW)
    assert response.status_code == 422
    assert "Choose another name" in text_of(response)


def test_the_log_says_in_words_how_far_each_delivery_has_come(world: World, hook: Receiver) -> None:
    subscription, _secret = a_subscription(world, hook.address)
    event = make_event(world, at=timezone.now())
    client, page = signed_in(world.cast.system), f"/desk/webhooks/{subscription.pk}/"
    assert "Nothing was sent yet" in text_of(client.get(page))
    hook.answers = [(500, {}, b"our disk <is> full")]
    at = timezone.now()
    work(at)
    shown = text_of(client.get(page))
    for words in (
        event.number,
        "reported it",
        "Failed 1 time, next at",
        "500",
        "our disk &lt;is&gt; full",
        "Not reached",
    ):
        assert words in shown
    hook.answer(200)
    work(at + timedelta(seconds=5))
    shown = text_of(client.get(page))
    assert "Received" in shown and "It receives" in shown and "answered: received" in shown


def test_a_failed_delivery_in_chinese_says_how_often_and_when_next(world: World) -> None:
    subscription, _secret = a_subscription(world, "https://x.example/")
    at = timezone.now()
    row = Delivery(subscription=subscription, state=State.WAITING, tries=3, due_at=at + timedelta(seconds=1))
    with translation.override("en"):
        time = timezone.localtime(row.due_at).strftime("%H:%M")
        assert telling.state_words(row, at).startswith("Failed 3 times, next at ")
        assert time in telling.state_words(row, at)


def test_the_administrator_sees_the_number_of_a_matter_and_no_way_to_it(world: World) -> None:
    subscription, _secret = a_subscription(world, "https://x.example/")
    event = make_event(world, at=timezone.now())
    making.make_deliveries(timezone.now())
    page = signed_in(world.cast.system).get(f"/desk/webhooks/{subscription.pk}/").content.decode()
    assert event.number in page and f'href="/desk/events/{event.pk}/' not in page


def test_the_log_is_narrowed_and_paged(world: World) -> None:
    subscription, _secret = a_subscription(world, "https://x.example/")
    for _each in range(30):
        making.trial_delivery(subscription, timezone.now())
    last = Delivery.objects.order_by("pk").first()
    assert last is not None
    Delivery.objects.filter(pk=last.pk).update(state=State.GIVEN_UP, due_at=None, finished_at=timezone.now())
    client, page = signed_in(world.cast.system), f"/desk/webhooks/{subscription.pk}/"
    first = client.get(page).content.decode()
    assert first.count("webhook-id") == 25
    (before,) = re.findall(r"\?before=(\d+)", first)
    assert client.get(f"{page}?before={before}").content.decode().count("webhook-id") == 5
    assert client.get(f"{page}?show=given_up").content.decode().count("webhook-id") == 1
    assert client.get(f"{page}?show=waiting&before={before}").content.decode().count("webhook-id") == 4
    assert "None of this sort" in text_of(client.get(f"{page}?show=delivered"))
    assert client.get(f"{page}?show=nonsense&before=x").status_code == 200


def test_pages_take_as_many_queries_for_many_rows_as_for_one(world: World, hook: Receiver) -> None:
    subscription, _secret = a_subscription(world, hook.address)
    client = signed_in(world.cast.system)
    pages = (f"/desk/webhooks/{subscription.pk}/", "/desk/webhooks/")
    counts = []
    for more in (1, 20):
        for number in range(more):
            make_event(world, MatterState.ACCEPTED, at=timezone.now())
            a_subscription(world, hook.address, name=f"{more}-{number}"[:60], groups=["closed"])
        work(timezone.now())
        counts.append([queries(client, page) for page in pages])
    assert counts[0] == counts[1]


def queries(client: Client, page: str) -> int:
    client.get(page)
    with CaptureQueriesContext(connection) as caught:
        client.get(page)
    return len(caught.captured_queries)


def test_pause_resume_and_close_are_asked_about_first(world: World) -> None:
    subscription, _secret = a_subscription(world, "https://x.example/")
    client = signed_in(world.cast.system)
    for act, standing in (("pause", Standing.PAUSED), ("resume", Standing.ACTIVE), ("close", Standing.CLOSED)):
        before = subscription.standing
        assert client.get(f"/desk/webhooks/{subscription.pk}/{act}").status_code == 200
        subscription.refresh_from_db()
        assert subscription.standing == before
        assert client.post(f"/desk/webhooks/{subscription.pk}/{act}").status_code == 302
        subscription.refresh_from_db()
        assert subscription.standing == standing
    assert client.post(f"/desk/webhooks/{subscription.pk}/resume").status_code == 409
    assert client.get(f"/desk/webhooks/{subscription.pk}/").status_code == 200


def test_one_or_all_since_a_time_are_sent_again(world: World, hook: Receiver) -> None:
    subscription, _secret = a_subscription(world, hook.address)
    make_event(world, MatterState.ACCEPTED, at=timezone.now())
    work(timezone.now())
    client, page = signed_in(world.cast.system), f"/desk/webhooks/{subscription.pk}/"
    first = Delivery.objects.order_by("pk").first()
    assert first is not None
    assert client.post(f"{page}again/{first.pk}").status_code == 302
    work(timezone.now())
    assert len(hook.got) == 3 and len(set(hook.ids())) == 2
    Delivery.objects.update(state=State.GIVEN_UP, due_at=None, finished_at=timezone.now())
    assert client.post(f"{page}again", {"since": "yesterday"}).status_code == 422
    assert client.post(f"{page}again", {"since": "2026-01-01T00:00"}).status_code == 302
    assert set(Delivery.objects.values_list("state", flat=True)) == {State.WAITING}
    assert Entry.objects.filter(verb="webhook.sent_again").count() == 2


# --- in -----------------------------------------------------------------------------------------------------------------

PUSHER = {
    "title": "市热线", "name": "hotline", "area": "440881", "scheme": "standard", "mapping": 'text = "data.content"',
    "example": '{"data": {"content": "水沟堵了", "phone": "19900000099"}}',
}  # fmt: skip


def test_a_mapping_is_tried_with_an_example_that_is_stored_nowhere(world: World) -> None:
    response = signed_in(world.cast.system).post("/desk/webhooks/in/new", PUSHER | {"try": "1"})
    assert response.status_code == 200
    assert "This is what is read Words 水沟堵了" in text_of(response)
    assert Pusher.objects.count() == 0
    assert Entry.objects.filter(verb__startswith="webhook").count() == 0


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"mapping": "text = ["}, "no TOML"), ({"example": "{"}, "no JSON"), ({"example": "{}"}, "No words are found"),
        ({"mapping": 'text = "a"\n[occurred_at]\npath = "b"', "example": '{"a": 1, "b": "x"}'}, "Left out"),
        ({"mapping": "", "example": ""}, "text"),
    ],
)  # fmt: skip
def test_the_trial_says_what_is_wrong(world: World, given: dict[str, str], words: str) -> None:
    response = signed_in(world.cast.system).post("/desk/webhooks/in/new", PUSHER | given | {"try": "1"})
    assert response.status_code == 200
    assert words in text_of(response)


def test_a_system_that_pushes_is_added_edited_and_closed_on_the_pages(world: World) -> None:
    client = signed_in(world.cast.system)
    response = client.post("/desk/webhooks/in/new", PUSHER)
    (secret,) = set(SECRET.findall(response.content.decode()))
    pusher = Pusher.objects.get()
    assert pusher.secrets_at(timezone.now()) == [secret]
    assert "/intake/v1/hooks/hotline" in text_of(client.get(f"/desk/webhooks/in/{pusher.pk}/"))
    wrong = client.post(f"/desk/webhooks/in/{pusher.pk}/edit", PUSHER | {"mapping": "text = 1"})
    assert wrong.status_code == 422
    assert client.post(f"/desk/webhooks/in/{pusher.pk}/edit", PUSHER | {"title": "省热线"}).status_code == 302
    for act in ("pause", "resume", "close"):
        assert client.get(f"/desk/webhooks/in/{pusher.pk}/{act}").status_code == 200
        assert client.post(f"/desk/webhooks/in/{pusher.pk}/{act}").status_code == 302
    pusher.refresh_from_db()
    assert (pusher.title, pusher.standing) == ("省热线", Standing.CLOSED)
    verbs = set(Entry.objects.filter(on_kind="pusher").values_list("verb", flat=True))
    assert len(verbs) == 5
