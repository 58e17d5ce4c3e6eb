"""What the tests of waiting work share: a phone with the app on it, matters in some state, and what the journal says."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Locator, Page, expect

from linli.field.tests.outbox import Phone, Town

NewPhone = Callable[..., Phone]
#: What a phone in the grid of the world is like; its place lies in that grid.
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "geolocation": {"longitude": 110.05, "latitude": 21.7, "accuracy": 12},
    "permissions": ["geolocation"],
    "has_touch": True,
}
_WORLD = """
from types import SimpleNamespace
from datetime import timedelta
from linli.areas.models import Area
from linli.events.models import Category
from linli.events.testing import GRID, make_event
from linli.people.models import Department
cast = SimpleNamespace(**{one.username: one for one in Person.objects.all()})
water, housing = (Department.objects.get(code=code) for code in ("water", "housing"))
drain, grid = Category.objects.get(code="C01"), Area.objects.get(code=GRID)
world = SimpleNamespace(cast=cast, water=water, housing=housing, drain=drain, grid=grid)
"""
#: Opens a file of this picture in the browser's chooser; every `seed` is another one.
_FILE = """async ([seed]) => {
    const blob = await window.drawn(seed, 900, 700);
    return Array.from(new Uint8Array(await blob.arrayBuffer()));
}"""


@dataclass(frozen=True)
class Made:
    """A matter of the town."""

    event: str
    number: str


def matter(town: Town, state: str, text: str = "村口水沟堵了，污水流到路上") -> Made:
    """A matter in this state, brought there by the acts of the cast in the hour that has passed."""
    made = f"""
event = make_event(world, {state!r}, at=timezone.now() - timedelta(hours=1), text={text!r})
print(event.pk, event.number)
"""
    event, number = town.does(_WORLD + made).split()
    return Made(event, number)


def meanwhile(town: Town, made: Made, *acts: str) -> None:
    """What others did to it: calls of actions with `event`, `world` and `at`."""
    town.does(_WORLD + f"event = Event.objects.get(pk={made.event!r}); at = timezone.now()\n" + "\n".join(acts))


def journal(town: Town, event: str) -> list[str]:
    """The verbs of its entries, the oldest first, without the word before the dot."""
    asked = f"""
from linli.journal.models import Entry
rows = Entry.objects.filter(on_kind="event", on_key={event!r}).order_by("id")
print(*(verb.removeprefix("event.") for verb in rows.values_list("verb", flat=True)))
"""
    return town.does(asked).split()


def pictures(town: Town, event: str) -> list[str]:
    """The kinds of its photos, in order."""
    asked = f"""
from linli.events.models import Picture
print(*Picture.objects.filter(event={event!r}).order_by("id").values_list("kind", flat=True))
"""
    return town.does(asked).split()


def app_of(new_phone: NewPhone, who: str, *, language: str = "zh-hans", **options: Any) -> Phone:
    """The app on the phone of somebody of the cast, signed in, kept for the time without network."""
    phone = new_phone(**PHONE | options)
    phone.sign_in(who)
    if language != "zh-hans":
        phone.context.add_cookies([{"name": "django_language", "value": language, "url": phone.line.address}])
    start(phone)
    return phone


def start(phone: Phone) -> None:
    """Opens the app, and waits until the phone has all that it needs without network."""
    phone.page.goto(phone.line.address + "/m/")
    expect(phone.page.locator("html")).to_have_attribute("data-drawn", "home", timeout=20_000)
    phone.page.evaluate("async () => { await navigator.serviceWorker.ready; }")
    phone.page.wait_for_function("() => navigator.serviceWorker.controller", timeout=20_000)


def screen(page: Page, *parts: str) -> None:
    """Goes to a screen of the app."""
    name = parts[0]
    page.evaluate("(address) => { location.hash = address; }", "/".join(parts))
    expect(page.locator("html")).to_have_attribute("data-drawn", name, timeout=15_000)


_AT_ONCE = """([selector, words, camera, content]) => {
  const form = document.querySelector(selector);
  const changed = (field) => field.dispatchEvent(new Event("change", { bubbles: true }));
  for (const [name, value] of Object.entries(words)) {
    const field = form.querySelector(name);
    field.value = value;
    changed(field);
  }
  const files = new DataTransfer();
  files.items.add(new File([new Uint8Array(content)], "IMG.jpg", { type: "image/jpeg" }));
  const taken = form.querySelector(camera);
  taken.files = files.files;
  changed(taken);
  form.requestSubmit();
}"""


def take_photo(page: Page, camera: Locator, seed: int) -> None:
    """A photo made with the phone's camera, for this button of the page."""
    content = bytes(page.evaluate(_FILE, [seed]))
    camera.set_input_files({"name": f"IMG_{seed}.jpg", "mimeType": "image/jpeg", "buffer": content})


def at_once(page: Page, form: str, words: dict[str, str], camera: str, seed: int) -> None:
    """Fill fields of a form, photograph and send, before the app has done anything with either."""
    content = page.evaluate(_FILE, [seed])
    page.evaluate(_AT_ONCE, [form, words, camera, content])


def own_acts(page: Page) -> Locator:
    """What was done on this phone about the matter on the screen."""
    return page.locator("[data-is=acts] > li")


def said(page: Page, words: Sequence[str]) -> None:
    """The acts of this phone stand so, from the first to the last."""
    for place, one in enumerate(words):
        expect(own_acts(page).nth(place)).to_contain_text(one, timeout=30_000)
