"""Residents at the hatch: with a token or without one, nobody else reads what they sent, and nobody floods a desk."""

import pytest
from django.utils import timezone

from linli.events.testing import World
from linli.intake import allowance, tokens
from linli.intake.models import Kept
from linli.intake.testing import Door
from linli.intake.tests.test_accept import BATCH, REPORTS, cookie_of, refusal, report

pytestmark = pytest.mark.django_db(transaction=True)
TOKENS = "/intake/v1/tokens"


def bearer(door: Door) -> dict[str, str]:
    status, told = door.post(TOKENS, {})
    assert (status, list(told)) == (201, ["token"])
    return {"authorization": f"Bearer {told['token']}"}


def test_with_a_token_or_without_a_resident_is_heard(door: Door) -> None:
    assert door.post(REPORTS, report(1), **bearer(door))[0] == 201
    assert door.post(REPORTS, report(2))[0] == 201
    assert {row.sender for row in Kept.objects.all()} == {"public"}


def test_the_same_again_with_the_same_token_is_the_same_report(door: Door) -> None:
    phone = bearer(door)
    first = door.post(REPORTS, report(), **phone)
    assert first[1]["code"]
    assert door.post(REPORTS, report(), **phone) == (200, first[1])
    assert refusal(door.post(REPORTS, report(text="换了说法"), **phone)) == (409, "other_content")
    assert Kept.objects.count() == 1


def test_only_the_same_token_can_ask_how_far_it_has_come(door: Door, world: World) -> None:
    phone = bearer(door)
    see = door.post(REPORTS, report(), **phone)[1]["see"]
    assert door.get(see, **phone)[1]["state"] == "kept"
    for other in (bearer(door), {}, {"cookie": cookie_of(world.cast.worker)}):
        assert refusal(door.get(see, **other)) == (404, "no_such_report")
    assert door.post(REPORTS, report(2))[0] == 201
    assert refusal(door.get(f"{REPORTS}/{report(2)['id']}", **phone)) == (404, "no_such_report")


def test_nothing_kept_tells_which_reports_came_from_one_phone(door: Door) -> None:
    phone = bearer(door)
    door.post(BATCH, [report(seed) for seed in range(20)], **phone)
    kept = list(Kept.objects.all())
    assert len({row.sender_key for row in kept}) == 20
    number = tokens.read(phone["authorization"].removeprefix("Bearer "))
    assert number is not None
    for row in kept:
        assert number.number not in bytes(row.content) + bytes(row.answer) + bytes(row.digest)


def test_a_token_of_another_home_is_told_so(door: Door) -> None:
    made = tokens.mint(timezone.now())
    wrong = made[:-1] + ("A" if made[-1] != "A" else "B")
    for bad in (wrong, tokens.PREFIX, f"{made}A", f"{tokens.PREFIX}{'é' * 18}"):
        answer = door.ask("POST", REPORTS, b"{}", authorization=f"Bearer {bad}".encode().decode("latin-1"))
        assert refusal(answer) == (401, "bad_token")


def test_one_phone_floods_nobody_and_its_neighbours_go_on(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(allowance, "PER_PHONE", 3)
    phone = bearer(door)
    answers = door.post(BATCH, [report(seed) for seed in range(5)], **phone)[1]
    assert [answer["status"] for answer in answers] == [201, 201, 201, 429, 429]
    assert door.post(REPORTS, report(6), **bearer(door))[0] == 201
    assert refusal(door.post(REPORTS, report(7), accept_language="en", **phone)) == (429, "too_many")
    assert int(door.headers["retry-after"]) >= 60


def test_an_area_that_has_had_enough_says_so(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, most in (("PER_AREA", 2), ("MORE_NEW", 1)):
        monkeypatch.setattr(allowance, name, most)
    answers = [door.post(REPORTS, report(seed), **bearer(door)) for seed in range(4)]
    assert [status for status, _told in answers] == [201, 201, 201, 429]
    assert refusal(answers[-1]) == (429, "too_many_there")
    assert "119" in answers[-1][1]["error"]["message"]
    assert door.post(REPORTS, report(9, area="440881101202"), **bearer(door))[0] == 201


def test_what_cannot_be_kept_is_not_counted(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(allowance, "PER_PHONE", 1)
    phone, writer = bearer(door), door.front.hatch.writer
    writer.waiting = 10**6  # as when very many are arriving
    for _try in range(3):
        assert refusal(door.post(REPORTS, report(), **phone)) == (503, "queue_full")
    writer.waiting = 0
    assert door.post(REPORTS, report(), **phone)[0] == 201
    assert door.post(REPORTS, report(2), **phone)[0] == 429


def test_tokens_are_not_given_without_end(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(allowance, "TOKENS_PER_ADDRESS", 2)
    assert [door.post(TOKENS, {})[0] for _each in range(3)] == [201, 201, 429]
    assert door.headers["retry-after"]
    assert door.post(TOKENS, {}, x_forwarded_for="203.0.113.9")[0] == 201
    assert door.post(REPORTS, report())[0] == 201
    assert refusal(door.get(TOKENS)) == (405, "wrong_method")
