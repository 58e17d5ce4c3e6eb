"""The pure modules of waiting work, asked in a real browser: coordinates for maps, clocks, order, and what follows a step."""

import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from linli.areas.crs import Crs, from_wgs84

pytestmark = pytest.mark.browser
#: All over the providers' box, the county of the demo among them, and a place where nothing is shifted.
POINTS = [
    *((lon, lat) for lon in np.linspace(73.7, 134.9, 14).tolist() for lat in np.linspace(18.2, 53.4, 12).tolist()),
    (110.28, 21.65),
    (-71.06, 42.36),
]
NOON = 1_794_801_600_000  # 2026-11-16 12:00 in Shanghai
HOUR = 3_600_000


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_words: Any) -> None:
        """Nothing is printed beside the tests."""


@pytest.fixture(scope="module")
def empty_page(browser: Browser) -> Iterator[Page]:
    """A page beside the modules, which need neither a store nor anybody signed in."""
    handler = partial(_Quiet, directory=str(Path(__file__).parent.parent / "static" / "field"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{server.server_port}/icons/")
        yield page
        page.close()
        server.shutdown()


@pytest.fixture
def ask(empty_page: Page) -> Callable[..., Any]:
    """`ask("waiting/clocks.js", "left", clock, NOON)`: what a function of a module answers."""

    def asked(module: str, function: str, *values: Any) -> Any:
        script = "async ([path, name, values]) => (await import(path))[name](...values)"
        return empty_page.evaluate(script, [f"/js/{module}", function, list(values)])

    return asked


@pytest.mark.parametrize(("function", "crs"), [("toGcj02", Crs.GCJ02), ("toBd09", Crs.BD09)])
def test_coordinates_are_shifted_as_the_house_shifts_them(empty_page: Page, function: str, crs: Crs) -> None:
    script = """async ([name, points]) => {
        const to = (await import("/js/ground/datum.js"))[name];
        return points.map(([x, y]) => to(x, y));
    }"""
    there = empty_page.evaluate(script, [function, POINTS])
    here = [from_wgs84(lon, lat, crs) for lon, lat in POINTS]
    # A billionth of a degree is a tenth of a millimetre.
    assert np.abs(np.array(there) - np.array(here, dtype=float)).max() < 1e-9


def test_each_map_gets_the_place_in_its_own_coordinates_and_no_word_of_the_matter(ask: Callable[..., Any]) -> None:
    links = {one["app"]: one["href"] for one in ask("ground/routes.js", "routesTo", 110.28, 21.65, "目的地")}
    gcj, bd = ([f"{part:.6f}" for part in from_wgs84(110.28, 21.65, crs)] for crs in (Crs.GCJ02, Crs.BD09))
    assert links["phone"] == "geo:21.650000,110.280000?q=21.650000,110.280000"
    assert f"to={gcj[0]},{gcj[1]}&" in links["amap"]
    assert f"tocoord={gcj[1]},{gcj[0]}&" in links["tencent"]
    assert f"location={bd[1]},{bd[0]}&" in links["baidu"]
    assert list(links) == ["phone", "amap", "baidu", "tencent"]


@pytest.mark.parametrize(
    ("clock", "how", "name"),
    [
        (None, "none", "clock_none"),
        ({"due_at": "2026-11-14T12:00:00+08:00", "state": "running"}, "overdue", "clock_overdue"),
        ({"due_at": "2026-11-16T12:30:00+08:00", "state": "due_soon"}, "due_soon", "clock_left"),
        ({"due_at": "2026-11-16T17:00:00+08:00", "state": "running"}, "running", "clock_today"),
        ({"due_at": "2026-11-17T17:00:00+08:00", "state": "running"}, "running", "clock_tomorrow"),
        ({"due_at": "2026-11-19T17:00:00+08:00", "state": "running"}, "running", "clock_before"),
        # It runs on without network: due soon by now, though it was not when it was told.
        (
            {"due_at": "2026-11-17T17:00:00+08:00", "state": "running", "soon_at": "2026-11-16T11:00:00+08:00"},
            "due_soon",
            "clock_tomorrow",
        ),
        # What stands still is not late.
        ({"due_at": "2026-11-14T12:00:00+08:00", "state": "paused"}, "paused", "clock_paused"),
    ],
)
def test_a_clock_is_told_by_this_moment(ask: Callable[..., Any], clock: Any, how: str, name: str) -> None:
    where = {"language": "zh-hans", "zone": "Asia/Shanghai"}
    assert ask("waiting/clocks.js", "standing", clock, NOON) == how
    assert ask("waiting/clocks.js", "left", clock, NOON, where)["name"] == name


def test_spans_and_moments_are_those_of_the_language(ask: Callable[..., Any]) -> None:
    assert ask("waiting/clocks.js", "span", 30 * HOUR, "zh-hans") == "30小时"
    assert ask("waiting/clocks.js", "span", HOUR, "en") == "1 hour"
    assert ask("waiting/clocks.js", "span", 72 * HOUR, "en") == "3 days"
    late = NOON + 60 * 24 * HOUR
    assert (
        ask("waiting/clocks.js", "moment", late, NOON, {"language": "zh-hans", "zone": "Asia/Shanghai"})
        == "2027年1月15日 12:00"
    )
    assert (
        ask("waiting/clocks.js", "moment", NOON, NOON, {"language": "en", "zone": "Asia/Shanghai"}) == "16 Nov, 12:00"
    )


def _task(number: str, area: str, due: str = "", **more: Any) -> dict[str, Any]:
    clock = {"due_at": f"2026-11-{due}:00+08:00", "state": "running"} if due else None
    return {
        "event": number,
        "number": number,
        "title": "水沟堵了",
        "area": area,
        "area_name": f"网格{area}",
        "clock": clock,
    } | more


def test_tasks_stand_by_grid_the_most_pressing_first(ask: Callable[..., Any]) -> None:
    tasks = [
        _task("1", "5", "20T12:00"),
        _task("2", "6"),
        _task("3", "6", "15T12:00"),
        _task("4", "5", "16T13:00", clock={"due_at": "2026-11-16T13:00:00+08:00", "state": "due_soon"}),
    ]
    groups = ask("waiting/grouping.js", "grouped", tasks, NOON)
    assert [(group["area"], [task["number"] for task in group["tasks"]]) for group in groups] == [
        ("6", ["3", "2"]),
        ("5", ["4", "1"]),
    ]
    assert ask("waiting/grouping.js", "counted", tasks, NOON) == {"overdue": 1, "due_soon": 1}


def test_a_search_finds_every_word_in_any_part_of_a_task(ask: Callable[..., Any]) -> None:
    tasks = [_task("LJ1", "5", place="小学后门"), _task("LJ2", "6", place="祠堂")]
    found = ask("waiting/grouping.js", "found", tasks, " 水沟  祠堂 ")
    assert [task["number"] for task in found] == ["LJ2"]
    assert len(ask("waiting/grouping.js", "found", tasks, "lj")) == 2


SIGNED = {"state": "signed_for", "steps": [{"step": "submit_result", "leads_to": "result_submitted"}]}
DISPATCHED = {
    "event": "e",
    "state": "dispatched",
    "base": "dispatched",
    "steps": [{"step": "sign_for", "leads_to": "signed_for"}, {"step": "supplement", "leads_to": "dispatched"}],
    "later": {"signed_for": SIGNED["steps"]},
}


def _act(step: str, **more: Any) -> dict[str, Any]:
    return {"id": f"id of {step}", "body": {"step": step}, "state": "waiting", "told": None} | more


def test_what_follows_a_step_is_open_before_the_server_heard_of_it(ask: Callable[..., Any]) -> None:
    told = ask("waiting/steps.js", "openAfter", DISPATCHED, [_act("supplement"), _act("sign_for")])
    assert told == SIGNED | {"after": "id of sign_for"}


def test_a_step_that_was_not_done_opens_nothing(ask: Callable[..., Any]) -> None:
    for act in (_act("sign_for", state="needs_you"), _act("sign_for", state="draft")):
        told = ask("waiting/steps.js", "openAfter", DISPATCHED, [act])
        assert told["state"] == "dispatched"


def test_a_received_step_counts_until_the_server_tells_what_became_of_it(ask: Callable[..., Any]) -> None:
    kept = _act("sign_for", state="received")
    assert ask("waiting/steps.js", "openAfter", DISPATCHED, [kept])["state"] == "signed_for"
    noted = _act("sign_for", state="received", told={"state": "taken_in", "outcome": "noted"}, told_at=5)
    assert ask("waiting/steps.js", "openAfter", DISPATCHED, [noted], 4)["state"] == "dispatched"


def test_a_step_that_was_done_counts_until_the_phone_knows_the_matter_as_it_is_since(ask: Callable[..., Any]) -> None:
    done = _act("sign_for", state="received", told={"state": "taken_in", "outcome": "done"}, told_at=5)
    assert ask("waiting/steps.js", "openAfter", DISPATCHED, [done], 4)["state"] == "signed_for"
    assert ask("waiting/steps.js", "openAfter", DISPATCHED, [done], 6)["state"] == "dispatched"
