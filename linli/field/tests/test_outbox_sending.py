"""The outbox on a line that fails: each report arrives once, with its photos complete."""

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest

from linli.field.tests.outbox import FAST, Phone, Town
from linli.field.tests.proxy import DROP, LOSE, PASS, PORTAL, Action, Asked, said
from linli.intake.proving import wait_for

pytestmark = pytest.mark.browser
NewPhone = Callable[..., Phone]


def is_words(asked: Asked) -> bool:
    return asked.path in ("/intake/v1/reports", "/intake/v1/batch")


def test_a_report_of_staff_arrives_with_its_photos_and_its_number_comes_back(phone: Phone, town: Town) -> None:
    phone.sign_in("worker").open("worker")
    report = phone.report(photos=2)
    phone.until_received(report)
    told = phone.until(report, lambda one: one["told"] and one["told"]["state"] == "taken_in")
    assert told["told"]["number"]
    assert told["answer"]["office"] == "石城镇"
    assert [photo["state"] for photo in told["photos"]] == ["received", "received"]
    assert town.kept(report) == 1
    assert town.photos(report) == 2


def test_a_resident_sends_without_an_account(phone: Phone, town: Town) -> None:
    phone.open()
    report = phone.report(photos=1)
    phone.until_received(report)
    assert phone.get(report)["answer"]["code"]
    assert town.photos(report) == 1


@pytest.mark.parametrize("fault", [DROP, LOSE], ids=["the_request", "the_answer"])
def test_a_line_that_drops_every_second_of_them(phone: Phone, town: Town, fault: Action) -> None:
    phone.line.fault = lambda asked: fault if asked.number % 2 else PASS
    phone.open()
    reports = [phone.report(f"第{number}件", photos=2) for number in range(3)]
    phone.until_received(*reports)
    assert [town.kept(one) for one in reports] == [1, 1, 1]
    assert [town.photos(one) for one in reports] == [2, 2, 2]


def test_an_answer_that_comes_too_late_is_no_failure(phone: Phone, town: Town) -> None:
    here = threading.Event()
    phone.open(settings=FAST | {"timeout_ms": 400})
    phone.line.fault = lambda asked: Action(holds=here) if is_words(asked) and len(phone.line.posts()) < 3 else PASS
    report = phone.report(photos=1)
    late = phone.until(report, lambda one: one["tries"] > 1)
    assert late["state"] in ("waiting", "sending")
    phone.until_received(report)
    here.set()
    assert town.kept(report) == 1
    assert town.photos(report) == 1


def test_a_server_in_trouble_is_asked_ever_more_seldom_and_as_late_as_it_wishes(phone: Phone, town: Town) -> None:
    trouble = said(503, b'{"error":{"code":"queue_full","message":"..."}}', "application/json", Retry_After="100")
    phone.line.fault = lambda asked: trouble if is_words(asked) else PASS
    phone.open(settings=FAST | {"pace": 1})
    report = phone.report()
    waiting = phone.until(report, lambda one: one["tries"] == 1 and one["state"] == "waiting")
    assert waiting["problem"]["code"] == "queue_full"
    assert waiting["next_at"] > phone.does("Date.now() + 90_000")
    phone.does("outbox.retry(given)", report)
    phone.does("outbox.wake({ isForced: true })")
    assert len(phone.line.posts()) == 1  # whoever asks: not before the time that the server named
    assert town.kept(report) == 0


def test_a_server_that_falls_over_holds_up_nothing_for_good(phone: Phone, town: Town) -> None:
    phone.line.fault = lambda asked: said(500, b"<h1>Server Error</h1>") if asked.number < 9 else PASS
    phone.open()
    report = phone.report(photos=1)
    phone.until_received(report)
    assert town.photos(report) == 1


def test_the_page_of_a_portal_is_never_taken_for_success(phone: Phone, town: Town) -> None:
    phone.line.fault = lambda _asked: PORTAL
    phone.open()
    report = phone.report(photos=1)
    held = phone.until(report, lambda one: one["pause"] == "portal")
    assert held["state"] == "waiting"
    assert town.kept(report) == 0
    phone.line.fault = lambda _asked: said(302, b"", Location="/report")
    phone.does("outbox.resume()")
    assert phone.get(report)["pause"] == "portal"
    phone.line.fault = lambda asked: PORTAL if asked.method == "PUT" else PASS
    phone.does("outbox.resume()")
    assert phone.until(report, lambda one: one["answer"])["photos"][0]["state"] == "waiting"
    assert phone.does("outbox.photo(given, outbox.k)", report) is None
    phone.line.fault = lambda _asked: PASS
    phone.does("outbox.resume()")
    phone.until_received(report)
    assert town.photos(report) == 1


def test_an_answer_with_the_id_of_another_report_is_none(phone: Phone, town: Town) -> None:
    foreign = json.dumps({"id": "00000000-0000-4000-8000-000000000000", "received_at": "2026-11-16T04:00:00Z"})
    phone.line.fault = lambda asked: said(201, foreign.encode(), "application/json") if is_words(asked) else PASS
    phone.open()
    report = phone.report()
    phone.until(report, lambda one: one["pause"] == "portal")
    assert town.kept(report) == 0


def test_without_network_everything_waits_and_goes_when_it_is_back(phone: Phone, town: Town) -> None:
    phone.open()
    phone.context.set_offline(True)
    reports = [phone.report(f"第{number}件", photos=1) for number in range(3)]
    held = phone.until(reports[0], lambda one: one["pause"] == "offline")
    assert held["tries"] == 0
    assert phone.does("outbox.counts()") == {"draft": 0, "waiting": 3, "sending": 0, "needs_you": 0}
    phone.context.set_offline(False)
    phone.until_received(*reports)
    assert [town.photos(one) for one in reports] == [1, 1, 1]


def test_one_that_is_refused_needs_its_owner_and_the_others_go_on(phone: Phone, town: Town) -> None:
    phone.open()
    phone.context.set_offline(True)
    bad = phone.report("在海上", area="", lon=0.5, lat=0.5)
    good = [phone.report(f"第{number}件") for number in range(2)]
    phone.context.set_offline(False)
    phone.until_received(*good)
    refused = phone.until(bad, lambda one: one["state"] == "needs_you")
    assert refused["problem"]["code"] == "outside"
    assert refused["problem"]["field"] == "area"
    assert "服务范围" in refused["problem"]["message"] or refused["problem"]["message"]
    phone.does("outbox.keep(given, { area: '440881101201005', lon: null, lat: null })", bad)
    phone.does("outbox.retry(given)", bad)
    phone.until_received(bad)
    assert town.kept(bad) == 1


def test_what_somebody_between_us_refuses_holds_up_no_other_and_is_shown_in_the_end(phone: Phone, town: Town) -> None:
    def fault(asked: Asked) -> Action:
        return said(403, b"<h1>blocked</h1>") if "挡住".encode() in asked.body else PASS

    phone.line.fault = fault
    phone.open(settings=FAST | {"batch_from": 99})
    bad, good = phone.report("这件被挡住"), phone.report("这件没有")
    phone.until_received(good)
    for number in range(10):
        phone.until_received(phone.report(f"又一件 {number}"))
        phone.does("outbox.resume()")
    assert phone.get(bad)["problem"]["code"] == "strange_answer"
    assert town.kept(bad) == 0


def test_another_content_under_its_id_is_a_conflict_and_goes_under_a_new_id_if_wished(phone: Phone, town: Town) -> None:
    phone.line.fault = lambda asked: LOSE if is_words(asked) else PASS
    phone.open(settings=FAST | {"pace": 100})
    report = phone.report("原来的话")
    phone.until(report, lambda one: one["tries"] == 1 and one["state"] == "waiting")
    assert town.kept(report) == 1
    # As if another app of ours had changed it meanwhile.
    phone.does("outbox.records.change(given, (one) => { one.body.text = '后来的话'; })", report)
    phone.line.fault = lambda _asked: PASS
    phone.does("outbox.retry(given)", report)
    conflict = phone.until(report, lambda one: one["state"] == "needs_you")
    assert conflict["problem"]["code"] == "other_content"
    other = phone.does("outbox.retry(given, { as_new: true })", report)["id"]
    phone.until_received(other)
    assert phone.get(report) is None
    assert town.kept(other) == 1


def test_many_waiting_ones_go_together(phone: Phone, town: Town) -> None:
    phone.open()
    phone.context.set_offline(True)
    bad = phone.report("在海上", area="", lon=0.5, lat=0.5)
    reports = [phone.report(f"第{number}件", photos=number % 2) for number in range(7)]
    phone.context.set_offline(False)
    phone.until_received(*reports)
    assert [one.path for one in phone.line.posts()] == ["/intake/v1/batch"]
    assert phone.get(bad)["state"] == "needs_you"
    assert [town.kept(one) for one in reports] == [1] * 7
    assert sum(town.photos(one) for one in reports) == 3


def test_every_request_tells_how_the_phone_is_doing(phone: Phone) -> None:
    phone.line.fault = lambda asked: DROP if is_words(asked) and len(phone.line.posts()) < 3 else PASS
    phone.sign_in("worker").open("worker")
    phone.context.set_offline(True)
    reports = [phone.report(f"第{number}件") for number in range(2)]
    phone.draft()
    phone.context.set_offline(False)
    phone.until_received(*reports)
    told = phone.line.posts()[-1].headers
    assert told["linli-app"] == "1.2.3"
    assert told["linli-waiting"] in ("1", "2")
    assert int(told["linli-tries"]) >= 2
    assert told["linli-sent-at"].endswith("Z")
    assert told["authorization"].startswith("Bearer linlid_")


def test_the_last_word_of_a_phone_that_has_sent_everything_is_that_nothing_waits(phone: Phone) -> None:
    phone.sign_in("worker").open("worker")
    report = phone.report(photos=1)
    phone.until_received(report)
    phone.until(report, lambda one: bool(one["told"]))
    assert phone.line.asked[-1].headers["linli-waiting"] == "0"


def test_times_are_told_with_the_clock_that_is_off(phone: Phone, town: Town) -> None:
    phone.page.clock.install(time="2026-01-01T08:00:00")
    phone.sign_in("worker").open("worker")
    wait_for(lambda: phone.does("outbox.clock.known") is not None, "The server's clock was not noticed.")
    report = phone.draft()
    phone.page.clock.run_for(3_000)
    phone.does("outbox.send(given)", report)
    _tick_until(phone, report, lambda one: one["state"] == "received")
    body = phone.get(report)["body"]
    assert body["elapsed_ms"] >= 3_000
    assert body["clock_offset_ms"] > 24 * 3600_000
    assert body["made_at"].startswith("2026-01-01T0")
    assert town.kept(report) == 1


def _tick_until(phone: Phone, record: str, holds: Callable[[Any], bool]) -> None:
    def ask() -> bool:
        phone.page.clock.run_for(200)
        return holds(phone.get(record))

    wait_for(ask, "It did not come to that.")
