"""Accepting: kept once, answered alike, turned away in words; and nothing readable of a contact."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from linli.events.testing import GRID, IN_GRID, World
from linli.intake import keys
from linli.intake.models import Kept
from linli.intake.testing import Door, a_report
from linli.people.models import Person

pytestmark = pytest.mark.django_db(transaction=True)
REPORTS, BATCH = "/intake/v1/reports", "/intake/v1/batch"
OURS = {"origin": "http://testserver"}
IN_A_YEAR = (datetime.now(UTC) + timedelta(days=365)).isoformat()


def report(seed: int = 1, **more: Any) -> dict[str, Any]:
    return a_report(random.Random(seed), **{"area": GRID} | more)


def cookie_of(person: Person) -> str:
    client = Client()
    client.force_login(person)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def refusal(answer: tuple[int, Any]) -> tuple[int, str]:
    status, told = answer
    assert told["error"]["message"]
    return status, told["error"]["code"]


def test_a_report_is_kept_and_its_sender_told_who_answers_and_by_when(door: Door) -> None:
    status, answer = door.post(REPORTS, report())
    assert status == 201
    assert (answer["state"], answer["area"], answer["area_name"], answer["office"]) == (
        "kept", GRID, "上县第五网格", "石城镇",
    )  # fmt: skip
    assert answer["id"] == report()["id"]
    assert answer["accept_by"] > answer["received_at"]
    assert Kept.objects.waiting().count() == 1


def test_the_same_again_gets_the_first_answer_and_is_kept_once(door: Door) -> None:
    first = door.post(REPORTS, report())
    reordered = dict(reversed(report().items()))
    assert door.post(REPORTS, reordered, linli_sent_at="2026-11-16T12:00:00+08:00") == (200, first[1])
    assert Kept.objects.count() == 1


def test_other_content_under_the_same_id_is_a_conflict(door: Door) -> None:
    door.post(REPORTS, report())
    assert refusal(door.post(REPORTS, report(text="换了说法"))) == (409, "other_content")
    assert refusal(door.post(REPORTS, report(contact="19900000001"))) == (409, "other_content")
    assert Kept.objects.count() == 1


def test_the_same_id_of_another_sender_is_another_report(door: Door, world: World) -> None:
    assert door.post(REPORTS, report())[0] == 201
    assert door.post(REPORTS, report(), cookie=cookie_of(world.cast.worker), **OURS)[0] == 201


def test_a_point_wins_over_a_chosen_area_that_holds_it(door: Door) -> None:
    sent = report(lon=IN_GRID[0], lat=IN_GRID[1], area="440881101")
    assert door.post(REPORTS, sent)[1]["area"] == GRID


def test_a_grid_just_drawn_answers_at_once(door: Door, world: World) -> None:
    from datetime import date

    from linli.areas.actions import add_area, set_boundary
    from linli.areas.geometry import clean_outline

    east, north = 110.5, 21.7
    assert refusal(door.post(REPORTS, report(area="", lon=east, lat=north))) == (422, "outside")
    ring = [[110.45, 21.6], [110.55, 21.6], [110.55, 21.8], [110.45, 21.8], [110.45, 21.6]]
    new = add_area("440881102201002", "三角山第二网格")
    set_boundary(new, clean_outline({"type": "Polygon", "coordinates": [ring]}), on=date(2020, 1, 1))
    door.front.hatch.answering.forget()
    assert door.post(REPORTS, report(area="", lon=east, lat=north))[1]["area"] == new.code


def test_unknown_categories_forms_and_fields_are_kept(door: Door) -> None:
    sent = report(category="ZZ99", form_version="2031.4", urgency="at once", mood="angry", answers={"depth": "2"})
    assert door.post(REPORTS, sent)[0] == 201
    assert b"angry" in bytes(Kept.objects.get().content)


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"lon": 200, "lat": 21.7}, (422, "off_the_earth")),
        ({"lon": 110.05}, (422, "half_a_position")),
        ({"area": "", "lon": 1.0, "lat": 1.0}, (422, "outside")),
        ({"area": ""}, (422, "where")),
        ({"area": "999"}, (422, "unknown_area")),
        ({"area": "440881102", "lon": IN_GRID[0], "lat": IN_GRID[1]}, (422, "point_elsewhere")),
        ({"lon": 110.05, "lat": 21.7, "crs": "mars"}, (422, "unknown_crs")),
        ({"text": "一\0二"}, (422, "nul_in_text")),
        ({"mood": {"a": ["\0"]}}, (422, "nul_in_text")),
        ({"text": "长" * 4001}, (422, "text_too_long")),
        ({"text": " "}, (422, "nothing_reported")),
        ({"text": 5}, (422, "wrong_form")),
        ({"id": "7"}, (422, "wrong_form")),
        ({"made_at": IN_A_YEAR}, (422, "in_the_future")),
        ({"occurred_at": "1999-12-31T00:00:00+08:00"}, (422, "too_long_ago")),
        ({"made_at": "2026-11-16T12:00:00"}, (422, "wrong_form")),
        ({"kind": "poem"}, (422, "unknown_kind")),
        ({"by": 7}, (401, "sign_in_again")),
        ({"text": "x", "note": "长" * 100_000}, (413, "too_large")),
    ],
)
def test_what_cannot_be_kept_is_turned_away_in_words(
    door: Door, more: dict[str, Any], expected: tuple[int, str]
) -> None:
    assert refusal(door.post(REPORTS, report(**more))) == expected
    assert not Kept.objects.exists()


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"7", b'"\xff"', b'{"id":"\\ud800"}', b"[" * 200_000])
def test_what_is_no_report_at_all_is_turned_away(door: Door, body: bytes) -> None:
    status, code = refusal(door.post(REPORTS, body))
    assert (status, code) in {(422, "not_json"), (422, "wrong_form")}
    assert not Kept.objects.exists()


def test_a_report_without_an_id_is_wrong_use(door: Door) -> None:
    sent = report()
    del sent["id"]
    assert refusal(door.post(REPORTS, sent)) == (400, "id_missing")


def test_refusals_speak_the_language_of_the_sender(door: Door) -> None:
    _status, told = door.post(REPORTS, b"{", accept_language="en")
    assert told["error"]["message"].startswith("What was sent is no JSON")


def test_a_clock_that_is_off_does_not_lose_a_report(door: Door) -> None:
    ahead = datetime.now(UTC) + timedelta(days=2)
    sent = report(made_at=(ahead - timedelta(hours=1)).isoformat())
    assert refusal(door.post(REPORTS, sent)) == (422, "in_the_future")
    assert door.post(REPORTS, sent, linli_sent_at=ahead.isoformat())[0] == 201
    row = Kept.objects.get()
    assert row.skew is not None
    assert row.made_at_estimated is not None
    assert timedelta(minutes=59) < row.received_at - row.made_at_estimated < timedelta(minutes=61)


def test_every_report_of_a_batch_is_answered_by_itself(door: Door) -> None:
    without_id = report(3)
    del without_id["id"]
    status, answers = door.post(BATCH, [report(1), without_id, report(2), report(1), report(1, text="别的")])
    assert status == 200
    assert [answer["status"] for answer in answers] == [201, 400, 201, 200, 409]
    assert answers[0] | {"status": 200} == answers[3]
    assert Kept.objects.count() == 2


def test_a_batch_by_lines_is_answered_by_lines(door: Door) -> None:
    import json

    lines = b"\n".join([json.dumps(report(1)).encode(), b"{", json.dumps(report(2)).encode()])
    status, answer = door.post(BATCH, lines, content_type="application/x-ndjson")
    assert status == 200
    assert [json.loads(line)["status"] for line in answer.splitlines()] == [201, 422, 201]


def test_a_batch_holds_two_hundred(door: Door) -> None:
    many = [report(seed, by=1) for seed in range(201)]
    assert refusal(door.post(BATCH, many)) == (413, "too_many_at_once")
    assert len(door.post(BATCH, many[:200])[1]) == 200
    assert refusal(door.post(BATCH, {"a": 1})) == (422, "not_json")


def test_a_key_opens_the_hatch_until_it_is_revoked(door: Door) -> None:
    now = timezone.now()
    _key, secret = keys.create("hotline", purpose="intake", at=now)
    _other, elsewhere = keys.create("map", purpose="open311", at=now)
    assert door.post(REPORTS, report(), authorization=f"Bearer {secret}")[0] == 201
    assert Kept.objects.get().sender == "key"
    for wrong in (f"Bearer {elsewhere}", "Bearer nothing", "Basic eDp5", "Bearer "):
        assert refusal(door.post(REPORTS, report(2), authorization=wrong)) == (401, "bad_key")
    keys.revoke("hotline", at=now)
    door.front.hatch.senders.forget()
    assert refusal(door.post(REPORTS, report(2), authorization=f"Bearer {secret}")) == (401, "bad_key")


def test_a_key_of_one_area_brings_nothing_for_another(door: Door) -> None:
    _key, secret = keys.create("xinmin", purpose="intake", at=timezone.now(), area="440881102")
    assert refusal(door.post(REPORTS, report(), authorization=f"Bearer {secret}")) == (403, "not_its_area")
    sent = report(2, area="440881102201001")
    assert door.post(REPORTS, sent, authorization=f"Bearer {secret}")[0] == 201


def test_somebody_signed_in_sends_from_our_pages_only(door: Door, world: World) -> None:
    cookie = cookie_of(world.cast.worker)
    for foreign in ({}, {"origin": "https://elsewhere.example"}, {"sec_fetch_site": "cross-site"}):
        assert refusal(door.post(REPORTS, report(), cookie=cookie, **foreign)) == (403, "foreign_page")
    assert refusal(door.post(REPORTS, report(), cookie=cookie, content_type="text/plain", **OURS)) == (
        403, "foreign_page",
    )  # fmt: skip
    assert door.post(REPORTS, report(by=world.cast.worker.pk), cookie=cookie, **OURS)[0] == 201
    assert refusal(door.post(REPORTS, report(2, by=world.cast.desk.pk), cookie=cookie, **OURS)) == (
        401,
        "sign_in_again",
    )


def test_nobody_without_an_account_floods_the_desk(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("linli.intake.allowance.PER_PHONE", 2)
    device = "6b1f5b3e-0a52-4c6b-9a0a-0d8b63a9f6a1"
    answers = [door.post(REPORTS, report(seed, device=device)) for seed in range(3)]
    assert [status for status, _told in answers] == [201, 201, 429]
    assert door.headers["retry-after"]
    monkeypatch.setattr("linli.intake.allowance.PER_ADDRESS_BARE", 4)
    assert door.post(REPORTS, report(7), x_forwarded_for="203.0.113.9")[0] == 201
    assert [door.post(REPORTS, report(seed))[0] for seed in (8, 9, 10)] == [201, 201, 429]


def test_nothing_readable_of_a_contact_is_kept(door: Door) -> None:
    door.post(REPORTS, report(contact="王女士 19900000099"))
    row = Kept.objects.values().get()
    kept = b"".join(
        bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode() for value in row.values()
    )
    assert row["sealed_contact"]
    for part in ("王女士", "19900000099", "contact"):
        assert part.encode() not in kept.replace(b"sealed_contact", b"")


def test_which_device_it_came_from_is_not_kept(door: Door) -> None:
    device = "6b1f5b3e-0a52-4c6b-9a0a-0d8b63a9f6a1"
    assert [door.post(REPORTS, report(device=device))[0] for _each in range(2)] == [201, 200]
    assert device.encode() not in bytes(Kept.objects.get().content)


def test_the_sender_can_ask_how_far_it_has_come_and_nobody_else(door: Door, world: World) -> None:
    sent = report()
    cookie = cookie_of(world.cast.worker)
    _status, answer = door.post(REPORTS, sent, cookie=cookie, **OURS)
    assert door.get(answer["see"], cookie=cookie)[1]["state"] == "kept"
    assert refusal(door.get(answer["see"])) == (404, "no_such_report")
    assert refusal(door.get(f"{REPORTS}/7")) == (404, "no_such_report")


def test_addresses_and_methods_that_are_not_there(door: Door) -> None:
    assert refusal(door.get("/intake/v1/nothing")) == (404, "no_such_address")
    assert refusal(door.get(REPORTS)) == (405, "wrong_method")
    status, schema = door.get("/intake/v1/schema.json")
    assert status == 200
    assert schema["$defs"]["Report"]["required"] == ["id"]
