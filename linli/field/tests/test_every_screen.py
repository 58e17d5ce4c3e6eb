"""What holds for every screen of the app, whichever it is: one that is added to the table is looked at here, too."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from linli.field.tests.outbox import Town
from linli.field.tests.proxy import PASS, said
from linli.field.tests.shell import NewPhone, Phone, drawn, held, named, report, shoot
from linli.field.tests.test_shell_looks import SIZES, TARGETS
from linli.field.tests.waiting import matter

pytestmark = pytest.mark.browser
REFUSAL = '{"error": {"code": "outside", "message": "这个位置不在本县范围内。"}}'.encode()
#: Languages, sizes of type, the least side of what is tapped and the least size of words, in pixels.
LOOKS = [
    ("zh-hans", "normal", 44, 12),
    ("zh-hans", "large", 60, 18),
    ("zh-hans", "huge", 60, 18),
    ("en", "huge", 60, 18),
]


def walk(phone: Phone, town: Town, category: str) -> Iterator[str]:
    """Every screen of the table one after the other, each with something on it."""
    page = phone.page
    made = report(page, category)
    expect(named(page, "state").first).to_contain_text("440881", timeout=30_000)
    event = matter(town, "reported", "村口水沟堵了，污水流到路上，已经三天").event
    phone.line.fault = lambda asked: said(422, REFUSAL, "application/json") if "reports" in asked.path else PASS
    page.evaluate("location.hash = '#home'")
    drawn(page, "home")
    refused = report(page, category)
    expect(named(page, "problem")).to_be_visible(timeout=30_000)
    page.evaluate("location.hash = '#home'")
    drawn(page, "home")
    shoot(page)
    draft = str(page.evaluate("location.hash"))
    of = {
        "report": draft,
        "receipt": f"#receipt/{made}",
        "correct": f"#correct/{made}",
        "conflict": f"#conflict/{refused}",
    }
    of["task"] = f"#task/{event}"
    names = page.evaluate("async () => Object.keys((await import('/static/field/js/screens.js')).SCREENS)")
    for name in names:
        if name == "enter":  # shown where nobody is known, below
            continue
        page.evaluate("(address) => { location.hash = address }", of.get(name, f"#{name}"))
        drawn(page, name)
        page.wait_for_load_state("networkidle")
        yield name


@pytest.mark.parametrize(("language", "kind", "least", "words"), LOOKS)
def test_every_screen_suits_old_eyes_gloves_and_one_hand_and_takes_complaints(
    new_phone: NewPhone, town: Town, language: str, kind: str, least: int, words: int
) -> None:
    phone = held(new_phone, address=f"?language={language}#more")
    page, problems = phone.page, list[object]()
    page.locator(f"[name=type][value={kind}]").check(force=True)
    page.evaluate("location.hash = '#home'")
    drawn(page, "home")
    for name in walk(phone, town, "Drains" if language == "en" else "排水管道"):
        problems += [(name, one) for one in _faults(page, least, words)]
    assert problems == []


@pytest.mark.parametrize("kind", ["normal", "huge"])
def test_the_screen_of_a_phone_that_knows_nobody_does_so_too(new_phone: NewPhone, kind: str) -> None:
    phone = new_phone(viewport={"width": 390, "height": 844})
    phone.page.goto(phone.line.address + "/m/")
    drawn(phone.page, "enter")
    phone.page.evaluate("(kind) => { document.documentElement.dataset.type = kind }", kind)
    assert _faults(phone.page, 60 if kind == "huge" else 44, 18 if kind == "huge" else 12) == []


def _faults(page: Page, least: int, words: int) -> list[object]:
    """Targets too small, words too small, something beside the screen, no button to complain, an act out of a thumb's reach."""
    found: list[object] = [one for one in page.evaluate(TARGETS) if one[0] < least]
    found += [one for one in page.evaluate(SIZES) if one[0] < words]
    wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    found += [f"{wider} px wider than the screen"] if wider > 0 else []
    found += [] if page.locator("[data-complain]").is_visible() else ["no button to complain"]
    acts = [box for one in page.locator("main .thumb > :visible").all() if (box := one.bounding_box())]
    found += (
        ["an act above the lower half"] if acts and max(box["y"] + box["height"] for box in acts) < 844 * 0.6 else []
    )
    return found


Accessible = Callable[[Page], None]


def test_every_screen_in_the_sun_is_dark_on_white_and_passes_axe(
    new_phone: NewPhone, town: Town, accessible: Accessible
) -> None:
    phone = held(new_phone, address="#more", color_scheme="dark")
    page = phone.page
    page.locator("[name=light][value=sun]").check(force=True)
    page.evaluate("location.hash = '#home'")
    drawn(page, "home")
    for name in walk(phone, town, "排水管道"):
        accessible(page)
        pale = page.evaluate(PALE)
        assert pale == [], name


#: Words on the screen whose contrast to white is less than seven to one; those on black are left out.
PALE = """() => {
  const linear = (one) => (one /= 255) <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4;
  const shade = (colour) => colour.match(/[\\d.]+/g).slice(0, 3).map(Number).map(linear)
    .reduce((sum, one, place) => sum + one * [0.2126, 0.7152, 0.0722][place], 0);
  const ground = (one) => {
    for (; one; one = one.parentElement) {
      const colour = getComputedStyle(one).backgroundColor;
      if (!(colour.startsWith("rgba") && colour.endsWith(", 0)"))) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const hasWords = (one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
  const contrast = (a, b) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  return [...document.querySelectorAll("body *")]
    .filter((one) => one.checkVisibility() && hasWords(one))
    .filter((one) => !one.closest(".visually-hidden, .skip, .maplibregl-map, :disabled"))
    .map((one) => [contrast(shade(getComputedStyle(one).color), shade(ground(one))), one.textContent.trim().slice(0, 20)])
    .filter(([found]) => found < 7);
}"""
