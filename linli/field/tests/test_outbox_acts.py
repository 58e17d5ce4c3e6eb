"""Acts from the outbox against the real server: done, overtaken, refused and made anew; of staff and of residents."""

from typing import Any

import pytest

from linli.field.tests.outbox import GRID, Phone, Town
from linli.field.tests.proxy import DROP, PASS, PORTAL
from linli.intake.proving import wait_for

pytestmark = pytest.mark.browser


def act(phone: Phone, about: dict[str, str], step: str, values: dict[str, Any] | None = None, **more: Any) -> str:
    """One, made and waiting; its id."""
    given = {"about": about, "step": step, "values": values or {}} | more
    return str(phone.does("outbox.act(given)", given)["id"])


def became(phone: Phone, record: str) -> Any:
    """What the server says of an act in the end."""
    found = phone.until(record, lambda one: one["told"] and one["told"].get("outcome"), 60)
    return found["told"]


def matter_of(phone: Phone, report: str) -> Any:
    """What is told of a report once it is a matter."""
    return phone.until(report, lambda one: one["told"] and one["told"].get("number"), 60)["told"]


def test_handled_on_the_spot_offline_goes_in_order_with_its_photos(phone: Phone, town: Town) -> None:
    phone.sign_in("worker").open("worker")
    phone.context.set_offline(True)
    report = phone.report("路上倒了一棵树", photos=1)
    done = phone.does(
        """(async () => outbox.act({
            about: { report: given }, step: "self_handle", expected_state: "reported",
            values: { text: "倒树已锯断搬离路面，道路恢复通行" },
            photos: [{ file: await window.drawn(77, 1200, 900), role: "after" }],
        }))()""",
        report,
    )
    assert (done["state"], done["after"]) == ("waiting", report)
    phone.context.set_offline(False)
    assert became(phone, done["id"])["outcome"] == "done"
    phone.until_received(report, done["id"])
    told = phone.does("outbox.ask(given)", report)["told"]
    assert told["matter_state"] == "self_handled"
    assert town.photos(report) == town.photos(done["id"]) == 1
    # Its photos are let go of once the server has taken them into the matter.
    wait_for(lambda: phone.does("outbox.store.all('blobs')") == [], "The phone still keeps photos.")


def test_what_was_overtaken_is_a_note_and_its_owner_reads_so(phone: Phone, town: Town) -> None:
    phone.sign_in("worker").open("worker")
    report = phone.report("水管漏水")
    event = matter_of(phone, report)["event"]
    phone.context.set_offline(True)
    record = act(phone, {"event": event}, "self_handle", {"text": "我来修"}, expected_state="reported")
    town.does(
        f"actions.accept(Event.objects.get(pk='{event}'), by=Person.objects.get(username='worker'), at=timezone.now())\n"
        f"actions.self_handle(Event.objects.get(pk='{event}'), text='修好了', by=Person.objects.get(username='worker'),"
        " at=timezone.now())"
    )
    phone.context.set_offline(False)
    told = became(phone, record)
    assert told["outcome"] == "noted"
    held = phone.until(record, lambda one: one["state"] == "needs_you")
    assert held["problem"]["code"] == "noted"
    assert held["problem"]["message"] == told["message"]
    assert "陈小禾" in told["by_whom"]
    phone.does("outbox.acknowledge(given)", record)
    assert phone.does("outbox.receipts()")[0]["id"] == record
    assert phone.does("outbox.counts()")["needs_you"] == 0


def test_what_was_refused_keeps_its_photos_and_is_made_anew(phone: Phone, town: Town) -> None:
    phone.sign_in("worker").open("worker")
    report = phone.report("井盖没了")
    matter_of(phone, report)
    record = phone.does(
        """(async () => outbox.act({
            about: { report: given }, step: "self_handle", values: {}, photos: [await window.drawn(5, 1200, 900)],
        }))()""",
        report,
    )["id"]
    assert became(phone, record)["outcome"] == "refused"
    held = phone.until(record, lambda one: one["state"] == "needs_you")
    assert held["problem"]["code"] == "act_refused"
    assert held["problem"]["field"] == "text"
    draft = phone.does("outbox.edit(given)", record)
    assert draft["id"] != record
    assert draft["state"] == "draft"
    assert len(draft["photos"]) == 1
    phone.does("outbox.keep(given, { values: { text: '已换上新井盖，四周铺平，可以通行' } })", draft["id"])
    phone.does("outbox.send(given)", draft["id"])
    assert became(phone, draft["id"])["outcome"] == "done"
    assert town.photos(draft["id"]) == 1


def test_a_report_is_taken_back_within_the_minute(phone: Phone, town: Town) -> None:
    phone.sign_in("worker").open("worker")
    report = phone.report("报错了")
    phone.until_received(report)
    assert phone.does("outbox.undo(given)", report) == "taking_back"
    (taking,) = [one["id"] for one in phone.list() if one["kind"] == "act"]
    assert became(phone, taking)["outcome"] == "done"
    assert phone.does("outbox.ask(given)", report)["told"]["matter_state"] == "voided"


def test_a_resident_adds_words_and_a_photo_to_their_own_report_alone(new_phone: Any, phone: Phone, town: Town) -> None:
    phone.open()
    report = phone.report("路灯不亮")
    phone.until_received(report)
    note = phone.does(
        """(async () => outbox.act({ about: { report: given }, step: "note", values: { text: "就在校门口" },
            photos: [await window.drawn(8, 900, 700)] }))()""",
        report,
    )["id"]
    assert became(phone, note)["outcome"] == "done"
    stranger = new_phone().open()
    other = act(stranger, {"report": report}, "note", {"text": "不是我的"})
    refused = stranger.until(other, lambda one: one["state"] == "needs_you", 60)
    assert refused["problem"]["code"] == "act_refused"


def test_acts_of_a_resident_go_with_the_token_of_their_report(phone: Phone) -> None:
    phone.open()
    phone.context.set_offline(True)
    report = phone.report("路灯不亮", area=GRID)
    note = act(phone, {"report": report}, "note", {"text": "就在校门口"})
    phone.context.set_offline(False)
    assert became(phone, note)["outcome"] == "done"
    assert phone.does("outbox.identity.forgetToken()") is None
    later = act(phone, {"report": report}, "note", {"text": "还是不亮"})
    assert became(phone, later)["outcome"] == "done"


def test_an_act_waits_for_the_report_it_follows_and_is_shown_when_that_is_gone(phone: Phone) -> None:
    phone.line.fault = lambda _asked: PORTAL
    phone.open()
    draft = phone.draft("还没写完")
    note = act(phone, {"report": draft}, "note", {"text": "补充"})
    phone.line.fault = lambda _asked: PASS
    phone.does("outbox.resume()")
    assert phone.get(note)["tries"] == 0
    phone.does("outbox.discard(given)", draft)
    phone.does("outbox.resume()")
    assert phone.until(note, lambda one: one["state"] == "needs_you")["problem"]["code"] == "base_gone"


def test_an_act_whose_line_breaks_is_done_once(phone: Phone, town: Town) -> None:
    phone.line.fault = lambda asked: DROP if asked.number % 2 else PASS
    phone.sign_in("worker").open("worker")
    report = phone.report("树倒了", photos=1)
    record = act(
        phone,
        {"report": report},
        "self_handle",
        {"text": "倒树已锯断搬离路面，道路恢复通行"},
        expected_state="reported",
    )
    assert became(phone, record)["outcome"] == "done"
    phone.until_received(report)
    assert town.kept(record) == 1
