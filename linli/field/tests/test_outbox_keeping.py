"""What the phone keeps: through killed browsers, second tabs, newer and older apps, and holders that change."""

import base64
import hashlib
import re
from collections.abc import Callable
from typing import Any

import pytest

from linli.field.tests.outbox import FAST, Phone, Town
from linli.field.tests.proxy import DROP, PASS, PORTAL, Asked, said
from linli.intake.proving import wait_for

pytestmark = pytest.mark.browser
NewPhone = Callable[..., Phone]
#: Everything in IndexedDB as one text, bytes read as characters: what somebody finds who reads the rows.
ROWS = """(async () => {
    let said = "";
    const plain = (value) => value instanceof ArrayBuffer || ArrayBuffer.isView(value)
        ? new TextDecoder("utf-8").decode(value)
        : value instanceof CryptoKey ? `key extractable=${value.extractable}`
        : value && typeof value === "object" ? Object.entries(value).map(([name, one]) => `${name}=${plain(one)}`).join(";")
        : String(value);
    for (const name of ["records", "blobs", "receipts", "meta"])
        for (const row of await outbox.store.all(name)) said += `${name}: ${plain(row)}\\n`;
    return said;
})()"""


# --- two tabs --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("has_web_locks", [True, False], ids=["web_locks", "leases"])
def test_two_tabs_send_once(phone: Phone, town: Town, has_web_locks: bool) -> None:
    phone.open(hasWebLocks=has_web_locks)
    other = phone.tab().open(hasWebLocks=has_web_locks)
    phone.context.set_offline(True)
    reports = [phone.report(f"第{number}件", photos=1) for number in range(2)]
    reports += [other.report(f"另{number}件", photos=1) for number in range(2)]
    phone.context.set_offline(False)
    phone.until_received(*reports)
    posted = [one for one in phone.line.asked if one.method in ("POST", "PUT") and "tokens" not in one.path]
    assert len([one for one in posted if one.method == "POST"]) == 4
    parts = [(one.path, one.headers["upload-offset"]) for one in posted if one.method == "PUT"]
    assert len(parts) == len(set(parts)) >= 4
    assert [town.photos(one) for one in reports] == [1] * 4
    wait_for(lambda: [reports[0], "received"] in other.page.evaluate("heard"), "The other tab heard nothing.")


@pytest.mark.parametrize("has_web_locks", [True, False], ids=["web_locks", "leases"])
def test_a_draft_open_in_another_tab_becomes_another_report(phone: Phone, has_web_locks: bool) -> None:
    phone.open(hasWebLocks=has_web_locks)
    draft = phone.draft("先写的", photos=1)
    other = phone.tab().open(hasWebLocks=has_web_locks)
    assert other.does("outbox.keep(given, { text: '插进来的' })", draft) == "refused: open_elsewhere"
    copy = other.does("outbox.edit(given)", draft)
    assert copy["id"] != draft
    other.does("outbox.keep(given, { text: '另写的' })", copy["id"])
    assert copy["body"]["id"] == copy["id"]
    assert len(copy["photos"]) == 1
    assert phone.get(draft)["body"]["text"] == "先写的"
    assert other.get(copy["id"])["body"]["text"] == "另写的"
    other.does("outbox.close()")
    other.page.close()
    assert phone.does("outbox.edit(given)", draft)["id"] == draft


def test_a_draft_whose_tab_is_gone_is_gone_on_with(phone: Phone) -> None:
    phone.open()
    draft = phone.draft("先写的")
    phone.page.reload()
    phone.open()
    assert phone.does("outbox.edit(given)", draft)["id"] == draft


# --- newer and older apps --------------------------------------------------------------------------------------------


def _written(record: dict[str, Any]) -> dict[str, Any]:
    """What was entered; the rest is added to a body when it is tried first, which may be between two looks."""
    added = {"elapsed_ms", "clock_offset_ms", "photos"}
    return {name: value for name, value in record["body"].items() if name not in added}


def test_a_newer_app_finds_a_full_outbox_as_it_was_and_an_older_one_goes_on(phone: Phone, town: Town) -> None:
    phone.open()
    phone.context.set_offline(True)
    reports = [phone.report(f"第{number}件", photos=1) for number in range(3)]
    draft = phone.draft("草稿", photos=1)
    older = phone.list()
    other = phone.tab_offline()
    names = other.page.evaluate(
        """async () => {
            const { Store, UPGRADES } = await import("/static/field/js/outbox/store.js");
            const { open } = await import("/static/field/js/outbox/index.js");
            const more = (db, transaction) => {
                db.createObjectStore("newer", { keyPath: "name" });
                transaction.objectStore("records").createIndex("state", "state");
            };
            const store = new Store({ upgrades: [...UPGRADES, more] });
            window.outbox = await open({ owner: 0, store, settings: { pace: 0.01 } });
            return [...(await store.open()).objectStoreNames];
        }"""
    )
    assert names == ["blobs", "meta", "newer", "receipts", "records", "reference"]
    newer = other.list()
    assert [one["id"] for one in newer] == [one["id"] for one in older]
    assert [_written(one) for one in newer] == [_written(one) for one in older]
    # The older one is still open in its tab, and is opened anew: a newer store is no hindrance.
    phone.does("outbox.keep(given, { text: '草稿，改过' })", draft)
    phone.context.set_offline(False)
    phone.until_received(*reports)
    assert [town.photos(one) for one in reports] == [1] * 3
    assert other.get(draft)["body"]["text"] == "草稿，改过"
    phone.page.reload()
    phone.open()
    assert phone.get(draft)["body"]["text"] == "草稿，改过"


def test_a_connection_that_the_browser_has_closed_is_opened_anew(phone: Phone) -> None:
    phone.open()
    draft = phone.draft("先写的")
    phone.page.evaluate("outbox.store.opening.then((db) => db.close())")
    assert phone.does("outbox.keep(given, { text: '接着写' })", draft)["body"]["text"] == "接着写"


def test_a_server_set_back_to_an_older_version_gets_acts_when_it_knows_them(phone: Phone, town: Town) -> None:
    older = said(422, '{"error":{"code":"unknown_kind","message":"这里不能发送"}}'.encode(), "application/json")
    phone.line.fault = lambda asked: older if b'"kind":"act"' in asked.body else PASS
    phone.sign_in("worker").open("worker", settings=FAST | {"pace": 1})
    report = phone.report("当场处理")
    act = phone.does(
        "outbox.act({ about: { report: given }, step: 'self_handle', values: { text: '已清理' }, expected_state: 'new' })",
        report,
    )["id"]
    held = phone.until(act, lambda one: one["problem"] == {"code": "server_older"} and one["state"] == "waiting")
    assert held["next_at"] > phone.does("Date.now() + 100_000")
    phone.until_received(phone.report("别的照样发出"))
    assert phone.does("outbox.counts()")["needs_you"] == 0


# --- holders ---------------------------------------------------------------------------------------------------------


def test_what_lies_on_the_phone_is_sealed_and_hidden_from_the_next_holder(phone: Phone, town: Town) -> None:
    phone.sign_in("worker").open("worker")
    phone.context.set_offline(True)
    report = phone.report("王家与李家争水", photos=1, contact="19900000099")
    rows = phone.does(ROWS)
    assert report in rows
    assert not [word for word in ("王家", "19900000099", "linlid_", "110.05") if word in rows]
    assert "extractable=false" in rows
    assert phone.does("outbox.signOut()") == "refused: unsent"
    phone.does("outbox.signOut({ keep: true })")
    next_one = phone.tab_offline().open("neighbour")
    assert next_one.list() == []
    assert next_one.get(report) is None
    assert next_one.does("outbox.discard(given)", report) == "refused: underway"
    assert next_one.does("outbox.others()") == 1
    assert next_one.does("outbox.exportAll().then((blob) => blob.text())").count(report) == 0
    next_one.does("outbox.close()")
    phone.context.set_offline(False)
    again = phone.tab().open("worker")
    again.until_received(report)
    assert town.photos(report) == 1


def test_nothing_is_sent_under_the_name_of_somebody_else(phone: Phone, town: Town) -> None:
    phone.sign_in("neighbour").open("worker")
    report = phone.report()
    held = phone.until(report, lambda one: one["pause"] == "sign_in")
    assert held["state"] == "waiting"
    assert town.kept(report) == 0
    phone.sign_in("worker").does("outbox.resume()")
    phone.until_received(report)


def test_a_sign_in_that_has_ended_pauses_the_queue_and_keeps_it(phone: Phone, town: Town) -> None:
    phone.sign_in("worker").open("worker")
    wait_for(lambda: phone.does("outbox.identity.token()"), "No token.")
    number = phone.number("worker")
    town.does(f"from linli.intake.models import Device; Device.objects.filter(person={number}).delete()")
    phone.context.clear_cookies()
    wait_for(lambda: _is_turned_away(phone), "The token is still taken.", 20)
    reports = [phone.report(f"第{number}件", photos=1) for number in range(2)]
    for report in reports:
        held = phone.until(report, lambda one: one["pause"] == "sign_in")
        assert held["state"] == "waiting"
    asked = len(phone.line.asked)
    phone.does("outbox.wake({ isForced: true })")
    assert len(phone.line.asked) == asked
    phone.sign_in("worker").does("outbox.resume()")
    phone.until_received(*reports)
    assert [town.photos(one) for one in reports] == [1, 1]


def _is_turned_away(phone: Phone) -> bool:
    return bool(
        phone.does(
            """(async () => (await fetch("/intake/v1/reports/6b1f5b3e-0a52-4c6b-9a0a-0d8b63a9f6a1",
            (await outbox.identity.sender()))).status === 401)()"""
        )
    )


def test_a_resident_whose_token_is_taken_no_more_gets_another(phone: Phone, town: Town) -> None:
    bad = said(401, '{"error":{"code":"bad_token","message":"换一个"}}'.encode(), "application/json")
    phone.open()
    phone.until_received(phone.report("先发一件"))
    old = phone.does("outbox.identity.token()")
    phone.line.fault = lambda asked: bad if old in asked.headers.get("authorization", "") else PASS
    report = phone.report(photos=1)
    phone.until_received(report)
    assert phone.does("outbox.identity.token()") != old
    assert town.photos(report) == 1


def test_a_colleague_gets_what_was_handed_over_and_nothing_else(phone: Phone, town: Town) -> None:
    phone.sign_in("worker").open("worker")
    phone.line.fault = lambda asked: DROP if "reports" in asked.path else PASS
    tried = phone.report("也许已经到了")
    phone.until(tried, lambda one: one["tries"] > 0 and one["state"] == "waiting")
    phone.context.set_offline(True)
    never_sent = phone.report("从未发出", photos=1)
    assert phone.does("outbox.hand_over()") == {"given": 1, "kept": 1}
    assert phone.get(never_sent) is None
    phone.does("outbox.signOut({ keep: true })")
    phone.line.fault = lambda _asked: PASS
    phone.context.set_offline(False)
    colleague = phone.sign_in("neighbour").tab().open("neighbour")
    colleague.until_received(never_sent)
    taken = colleague.get(never_sent)
    assert taken["body"]["by"] == phone.number("neighbour")
    assert taken["body"]["handed_over_by"] == phone.number("worker")
    assert town.photos(never_sent) == 1
    assert town.kept(tried) == 0


def test_signing_out_for_good_leaves_nothing(phone: Phone) -> None:
    phone.sign_in("worker").open("worker")
    draft = phone.draft("不要了", photos=1)
    wait_for(lambda: phone.does("outbox.identity.token()"), "No token.")
    phone.does("outbox.signOut({ keep: false })")
    rows = phone.does(ROWS)
    assert draft not in rows
    assert "key:" not in rows
    assert "token:" not in rows


def test_what_was_typed_last_is_what_is_kept(phone: Phone) -> None:
    phone.open()
    draft = phone.draft("0", photos=2)
    phone.does("Promise.all([...Array(12).keys()].map((n) => outbox.keep(given, { text: `第 ${n} 字` })))", draft)
    assert phone.get(draft)["body"]["text"] == "第 11 字"


# --- undo, receipts, export ------------------------------------------------------------------------------------------


def test_what_has_not_left_the_phone_becomes_a_draft_again(phone: Phone, town: Town) -> None:
    phone.open()
    phone.context.set_offline(True)
    report = phone.report("说错了")
    assert phone.does("outbox.undo(given)", report) == "draft"
    assert phone.get(report)["state"] == "draft"
    phone.does("outbox.keep(given, { text: '说对了' })", report)
    phone.context.set_offline(False)
    phone.does("outbox.send(given)", report)
    phone.until_received(report)
    assert phone.get(report)["body"]["text"] == "说对了"


def test_what_the_server_has_is_asked_back_by_an_act(phone: Phone) -> None:
    phone.sign_in("worker").open("worker")
    report = phone.report("说错了")
    phone.until_received(report)
    phone.line.fault = lambda asked: DROP if b"take_back" in asked.body else PASS
    assert phone.does("outbox.undo(given)", report) == "taking_back"
    assert phone.get(report)["is_taken_back"]
    (act,) = [one for one in phone.list() if one["kind"] == "act"]
    assert act["body"]["step"] == "take_back"
    assert act["body"]["about"] == {"report": report}
    assert phone.does("outbox.undo(given)", report) in ("taking_back", "too_late")
    assert len([one for one in phone.list() if one["kind"] == "act"]) == 1


def test_what_may_have_arrived_is_asked_back_once_it_is_known_to_have(phone: Phone, town: Town) -> None:
    phone.line.fault = lambda asked: DROP if asked.path.endswith("/reports") else PASS
    phone.sign_in("worker").open("worker")
    report = phone.report("说错了")
    phone.until(report, lambda one: one["tries"] > 0 and one["state"] == "waiting")
    assert phone.does("outbox.undo(given)", report) == "taking_back"

    def fault(asked: Asked) -> Any:
        return DROP if b"take_back" in asked.body else PASS

    phone.line.fault = fault
    phone.does("outbox.resume()")
    phone.until_received(report)
    acts = [one["body"]["step"] for one in phone.list() if one["kind"] == "act"]
    assert acts == ["take_back"]
    assert town.kept(report) == 1


def test_after_a_minute_it_is_too_late(phone: Phone) -> None:
    phone.page.clock.install()
    phone.open()
    phone.context.set_offline(True)
    report = phone.report("说错了")
    phone.page.clock.fast_forward(61_000)
    assert phone.does("outbox.undo(given)", report) == "too_late"


def test_receipts_are_kept_for_seven_days(phone: Phone) -> None:
    phone.page.clock.install()
    phone.open()
    report = phone.draft()
    phone.does("outbox.send(given)", report)
    phone.until_received(report)
    (receipt,) = phone.does("outbox.receipts()")
    assert receipt["answer"]["code"]
    assert phone.does("outbox.counts()") == {"draft": 0, "waiting": 0, "sending": 0, "needs_you": 0}
    for days, kept in ((6.9, 1), (0.2, 0)):
        phone.page.clock.set_system_time(phone.does("Date.now() / 1000") + days * 24 * 3600)
        phone.does("outbox.records.forgetOldReceipts()")
        assert len(phone.does("outbox.receipts()")) == kept


def test_everything_can_be_taken_out_as_a_file(phone: Phone) -> None:
    phone.open()
    sent = phone.report("已发")
    phone.until_received(sent)
    draft = phone.draft("没发", photos=1)
    phone.until(draft, lambda one: one["photos"][0]["sha256"])
    told = phone.does("outbox.exportAll().then(async (blob) => JSON.parse(await blob.text()))")
    assert [one["id"] for one in told["records"]] == [draft]
    assert [one["id"] for one in told["receipts"]] == [sent]
    photo = told["records"][0]["photos"][0]
    assert hashlib.sha256(base64.b64decode(photo["content"])).hexdigest() == photo["sha256"]
    assert "linlip_" not in phone.does("outbox.exportAll().then((blob) => blob.text())")


def test_the_icon_of_the_app_tells_how_many_wait(phone: Phone) -> None:
    phone.page.evaluate("window.badges = []; navigator.setAppBadge = async (n) => badges.push(n)")
    phone.page.evaluate("navigator.clearAppBadge = async () => badges.push(0)")
    phone.open()
    phone.context.set_offline(True)
    report = phone.report()
    wait_for(lambda: phone.page.evaluate("badges.at(-1)") == 1, "No badge.")
    phone.context.set_offline(False)
    phone.until_received(report)
    wait_for(lambda: phone.page.evaluate("badges.at(-1)") == 0, "The badge stays.")


def test_without_cryptography_it_works_and_says_that_nothing_is_sealed(new_phone: NewPhone, town: Town) -> None:
    """As on a page over plain http from another machine: no `crypto.subtle`, no `randomUUID`, no Web Locks, no `storage`."""
    phone = new_phone()
    phone.context.add_init_script(
        """for (const name of ["subtle", "randomUUID"]) Object.defineProperty(Crypto.prototype, name, { value: undefined });
        for (const name of ["locks", "storage"]) Object.defineProperty(Navigator.prototype, name, { value: undefined });"""
    )
    phone.page.reload()
    phone.open()
    assert phone.page.evaluate("[crypto.subtle, navigator.locks, navigator.storage]") == [None, None, None]
    able = phone.does("outbox.able()")
    assert (able["sealed"], able["web_locks"]) == (False, False)
    report = phone.report("不加密也能发", photos=1)
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", report)
    phone.until_received(report)
    assert town.photos(report) == 1
    assert phone.does("outbox.space()")["quota"] == 0


def test_portal_and_later_are_told_to_listeners(phone: Phone) -> None:
    phone.line.fault = lambda _asked: PORTAL
    phone.open()
    phone.report()
    wait_for(lambda: None in phone.page.evaluate("heard"), "Nobody was told of the portal.")
