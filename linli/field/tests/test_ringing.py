"""The app rings: switched on and off by whoever holds the phone, with words that say nothing of anybody, and into the app."""

import json
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from linli.events import actions
from linli.events.testing import World, make_event
from linli.field.tests.shell import NewPhone, Phone, Town, drawn, held, named, until, wait_kept
from linli.intake import devices
from linli.intake.models import Device
from linli.notices.models import Channel
from linli.notices.testing import LOOPBACK, receiver, work
from linli.notices.tests.test_sending import Browser
from linli.people.models import Person

HERE = UUID(int=1)


class Holder:
    """Somebody's phone as the server knows it, with a browser that a push service reaches."""

    def __init__(self, person: Person, endpoint: str = "https://push.example/1", installation: UUID = HERE) -> None:
        at = timezone.now()
        self.device, token = devices.register(person, installation, name="", session="", at=at)
        self.client = Client(headers={"authorization": f"Bearer {token}"}, enforce_csrf_checks=True)
        self.browser = Browser()
        self.said = self.browser.subscription(endpoint) | {"installation": str(installation)}

    def ask(self, act: str, **changed: Any) -> Any:
        sent = json.dumps(self.said | changed)
        answer = self.client.post(f"/m/push/{act}", sent, content_type="application/json")
        return answer.json().get("is_on", answer.json().get("error", {}).get("code"))


pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(whole_browser: Any) -> Any:
    """Notifications are shown by windows."""
    return whole_browser


def test_it_is_switched_on_known_and_switched_off(world: World) -> None:
    phone = Holder(world.cast.worker)
    assert [phone.ask(act) for act in ("known", "on", "known", "on", "off", "known")] == [
        False, True, True, True, False, False,
    ]  # fmt: skip
    assert Channel.objects.kept().count() == 0


def test_it_says_a_number_and_leads_into_the_app(world: World, settings: Any) -> None:
    settings.WEBHOOK_NETWORKS = LOOPBACK
    at = timezone.now()
    with receiver() as service:
        phone = Holder(world.cast.desk, f"{service.address}/push/1")
        assert phone.ask("on") is True
        Channel.objects.update(bundle_minutes=0)
        event = make_event(world, at=at, text="王小明家门前的水沟堵了，幸福路 8 号")
        actions.accept(event, by=world.cast.county, at=at)
        work(at)
        opened = phone.browser.open(service.got[-1].body)
    assert opened["link"].endswith(f"/m/#task/{event.pk}")
    assert event.number in opened["title"]
    assert not [one for one in ("王小明", "水沟", "幸福路") if one in opened["title"]]


def test_the_next_holder_of_the_phone_is_not_rung_for_the_former(world: World) -> None:
    first, then = Holder(world.cast.worker), Holder(world.cast.neighbour)
    then.said = first.said
    first.ask("on")
    assert [first.ask("known"), then.ask("known"), then.ask("on"), first.ask("known")] == [True, False, True, False]


@pytest.mark.parametrize("at_a_distance", [True, False])
def test_a_phone_that_is_signed_out_rings_no_more(world: World, at_a_distance: bool) -> None:
    phone, other = Holder(world.cast.worker), Holder(world.cast.worker, "https://push.example/2", UUID(int=2))
    phone.ask("on"), other.ask("on")
    device = Device.objects.get(pk=phone.device.pk)
    if at_a_distance:
        devices.revoke(device, reason="lost", by=world.cast.system, at=timezone.now())
    else:
        devices.sign_out(device, by=world.cast.worker, at=timezone.now())
    assert [one.installation for one in Channel.objects.kept()] == [UUID(int=2)]
    assert phone.ask("known") == "sign_in_again"


def test_a_subscription_made_anew_takes_the_place_of_the_former(world: World) -> None:
    phone = Holder(world.cast.worker)
    phone.ask("on")
    assert phone.ask("on", endpoint="https://push.example/renewed") is True
    assert Channel.objects.kept().count() == 1


def test_a_session_alone_switches_nothing_and_slips_are_told(world: World) -> None:
    phone = Holder(world.cast.worker)
    assert phone.ask("on", p256dh="x") == "bad_subscription"
    assert phone.ask("on", endpoint="https://push.example/" + "x" * 1000) == "bad_subscription"
    assert phone.client.post("/m/push/on", "[" * 5000, content_type="application/json").status_code == 422
    assert phone.client.post("/m/push/ever", "{}", content_type="application/json").status_code == 404
    signed_in = Client(enforce_csrf_checks=True)
    signed_in.force_login(world.cast.worker)
    answer = signed_in.post("/m/push/on", json.dumps(phone.said), content_type="application/json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "sign_in_again")
    assert not Channel.objects.exists()


# --- on the phone -----------------------------------------------------------------------------------------------------

#: What a push service would have made of asking; the rest of the browser is as it is. The endpoint lies nowhere.
SUBSCRIBED = """
let kept = null;
const made = {
  toJSON: () => ({ endpoint: "https://push.example/of-a-phone", keys: { p256dh: "%(p256dh)s", auth: "%(auth)s" } }),
  unsubscribe: async () => Boolean((kept = null, true)),
};
PushManager.prototype.getSubscription = async () => kept;
PushManager.prototype.subscribe = async () => (kept = made);
"""


def ringing(new_phone: NewPhone, *, permissions: tuple[str, ...] = ("notifications",), script: str = "") -> Phone:
    phone = held(new_phone, permissions=["geolocation", *permissions])
    if script:
        phone.context.add_init_script(script)
    wait_kept(phone.page)
    phone.page.goto(phone.line.address + "/m/#more")
    phone.page.reload()
    drawn(phone.page, "more")
    return phone


@pytest.mark.browser
def test_whoever_has_blocked_it_reads_where_to_allow_it(new_phone: NewPhone) -> None:
    page = ringing(new_phone, permissions=()).page
    expect(named(page, "ring_state")).to_contain_text("浏览器设置", timeout=30_000)
    expect(named(page, "ring_on")).to_be_hidden()


@pytest.mark.browser
def test_a_web_view_that_cannot_ring_says_so_and_offers_nothing(new_phone: NewPhone) -> None:
    page = ringing(new_phone, script="delete globalThis.PushManager;").page
    expect(named(page, "ring_state")).to_contain_text("无法弹出通知", timeout=30_000)
    expect(named(page, "ring_on")).to_be_hidden()


@pytest.mark.browser
def test_a_push_service_out_of_reach_is_told_in_words(new_phone: NewPhone) -> None:
    page = ringing(new_phone).page
    named(page, "ring_on").tap(timeout=30_000)
    expect(named(page, "ring_problem")).to_contain_text("推送服务", timeout=30_000)
    expect(named(page, "ring_on")).to_be_enabled()


@pytest.mark.browser
def test_it_is_switched_on_and_off_on_the_phone_and_ends_with_the_sign_in(new_phone: NewPhone, town: Town) -> None:
    phone = ringing(new_phone, script=SUBSCRIBED % Browser().subscription(""))
    page = phone.page
    named(page, "ring_on").tap(timeout=30_000)
    expect(named(page, "ring_off")).to_be_visible(timeout=30_000)
    assert _channels(town, phone) == 1
    named(page, "ring_off").tap()
    expect(named(page, "ring_on")).to_be_visible(timeout=30_000)
    assert _channels(town, phone) == 0
    named(page, "ring_on").tap()
    expect(named(page, "ring_off")).to_be_visible(timeout=30_000)
    named(page, "leave_now").tap()
    page.wait_for_url("**/m/")
    until(page, "document.documentElement.dataset.drawn !== 'more'")
    assert _channels(town, phone) == 0


def _channels(town: Town, phone: Phone) -> int:
    asked = "SELECT count(*) FROM notices_channel WHERE closed_at IS NULL AND person_id = " + str(
        phone.number("worker")
    )
    return int(town.home.query(asked)[0][0])


@pytest.mark.browser
def test_what_is_pushed_is_shown_by_the_worker_of_the_app_and_opens_the_matter(new_phone: NewPhone) -> None:
    phone = ringing(new_phone)
    page, link = phone.page, phone.line.address + "/m/#task/00000000-0000-4000-8000-000000000001"
    _push(page, json.dumps({"title": "2026-0001：已派遣。", "link": link, "tag": "a"}))
    _push(page, json.dumps({"title": "2026-0001：已结案。", "link": link, "tag": "a"}))
    _push(page, "no JSON at all")
    # The worker is handed them while the page goes on; the second takes the place of the first.
    until(
        page, f"({SHOWN})().then((all) => all.length === 2 && all.some(([title]) => title === '2026-0001：已结案。'))"
    )
    assert ["2026-0001：已结案。", "a"] in page.evaluate(SHOWN)
    (worker,) = phone.context.service_workers
    worker.evaluate(TAPPED)
    drawn(page, "task")
    assert page.url == link


SHOWN = """async () => (await (await navigator.serviceWorker.ready).getNotifications()).map(({ title, tag }) => [title, tag])"""
#: What a tap on it does; only its right to come to the front is a person's.
TAPPED = """async () => {
  const [notification] = await self.registration.getNotifications({ tag: "a" });
  self.dispatchEvent(new NotificationEvent("notificationclick", { notification }));
}"""


def _push(page: Page, words: str) -> None:
    """As the push service of the browser would hand it to the worker."""
    session = page.context.new_cdp_session(page)
    found: list[Any] = []
    session.on("ServiceWorker.workerRegistrationUpdated", lambda told: found.extend(told["registrations"]))
    session.send("ServiceWorker.enable")
    origin = page.evaluate("location.origin")
    (ours,) = [one for one in found if one["scopeURL"] == f"{origin}/m/"]
    given = {"origin": origin, "registrationId": ours["registrationId"], "data": words}
    session.send("ServiceWorker.deliverPushMessage", given)
    session.detach()
