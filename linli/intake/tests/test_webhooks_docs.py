"""docs/webhooks.md says what the code does: its snippets are run, its schedule and fields compared."""

import re
from datetime import UTC, datetime
from typing import Any

from linli.intake.webhooks import mapping, rules, signing
from tests.test_docs import CHECKOUT

DOCUMENT = (CHECKOUT / "docs" / "webhooks.md").read_text(encoding="utf-8")


def _block(language: str) -> str:
    return re.findall(rf"```{language}\n(.*?)```", DOCUMENT, re.S)[0]


def test_the_five_lines_verify_what_we_sign_and_nothing_else() -> None:
    names: dict[str, Any] = {}
    exec(_block("python"), names)  # whoever copies it runs just this
    verified = names["verified"]
    old, new, body = signing.new_secret(), signing.new_secret(), b'{"type": "event.closed"}'
    headers = signing.headers([new, old], "msg_1", datetime(2026, 11, 16, tzinfo=UTC), body)
    assert verified(old, headers, body) and verified(new, headers, body)
    assert not verified(new, headers, body + b" ")
    assert not verified(signing.new_secret(), headers, body)
    assert not verified(new, headers | {"webhook-id": "msg_2"}, body)
    assert not verified(new, headers | {"webhook-timestamp": "1"}, body)


def test_the_schedule_is_the_one_described() -> None:
    words = "5 s, 30 s, 2 min, 10 min, 30 min, 1 h, 2 h, 4 h, 8 h"
    assert words in DOCUMENT and "five times after 12 h" in DOCUMENT and "fifteen attempts" in DOCUMENT
    seconds = {"s": 1, "min": 60, "h": 3600}
    waits = [int(number) * seconds[unit] for number, unit in re.findall(r"(\d+) (\w+)", words)]
    assert tuple(waits) + (43200,) * 5 == rules.WAITS_S
    assert (rules.GIVEN_UP_AFTER.days, rules.KEPT_FOR.days) == (7, 90)
    assert (rules.LANES, rules.MOST_SUBSCRIPTIONS) == (4, 30)
    assert rules.RESTS_S == (5, 30, 120, 300)


def test_the_mapping_of_the_document_is_read_in_full() -> None:
    reading = mapping.read_mapping(_block("toml"))
    assert len(reading.paths()) == 11
