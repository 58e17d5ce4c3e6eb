"""A resident's phone that reports and acts while the processes are killed again and again: each act is done, and once."""

import asyncio
import json
import random
from contextlib import suppress
from typing import Any
from uuid import UUID

from linli.intake.proving import AREA, Home, wait_for
from linli.intake.testing import a_report, request_bytes, wire

REPORTS, KILLS = "/intake/v1/reports", 3


def test_acts_survive_kill_after_kill(home: Home) -> None:
    dice = random.Random(7)
    reports = [a_report(dice, area=AREA) for _each in range(14)]
    acts = [act_on(one, dice, "supplement", {"text": "三巷五号"}) for one in reports]
    acts += [act_on(one, dice, "take_back", {}) for one in reports[:5]]
    # Mixed, so that many an act arrives before what it is about.
    waiting = {one["id"]: one for one in dice.sample([*reports, *acts], len(reports) + len(acts))}
    count = len(waiting)
    home.start("serve", "work")
    token = asyncio.run(token_of(home))
    for round in range(KILLS):
        if round:
            home.start("serve", "work")
        asyncio.run(send(home, token, waiting, most=count // KILLS, then_kill_in=dice.random() / 3))
        home.reap()
    home.start("serve", "work")
    asyncio.run(send(home, token, waiting, most=count))
    assert waiting == {}
    undone = "SELECT count(*) FROM intake_kept WHERE state <> 'digested'"
    wait_for(lambda: home.query(undone) == [(0,)], "Not all was taken in.")
    home.stop()
    assert home.query("SELECT count(*) FROM intake_kept") == [(count,)]
    assert home.query("SELECT count(*) FROM intake_phoneact WHERE outcome = 'refused'") == [(0,)]
    assert home.query("SELECT count(*) FROM events_event") == [(len(reports),)]
    # Each word is there once: added, or kept as a note where the report had been taken back.
    assert home.query("SELECT count(*) FROM events_remark WHERE text LIKE '三巷五号'") == [(len(reports),)]
    assert home.query("SELECT count(*) FROM events_event WHERE state = 'voided'") == [(5,)]
    assert "The journal is whole" in home.linli("doctor", may_fail=True)


def act_on(report: dict[str, Any], dice: random.Random, step: str, values: dict[str, Any]) -> dict[str, Any]:
    key = str(UUID(int=dice.getrandbits(128), version=4))
    return {"id": key, "kind": "act", "about": {"report": report["id"]}, "step": step, "values": values}


async def token_of(home: Home) -> str:
    async with wire(home.port) as one:
        _status, body = await one.ask(request_bytes("/intake/v1/tokens", b"{}"))
        return str(json.loads(body)["token"])


async def send(
    home: Home, token: str, waiting: dict[str, dict[str, Any]], *, most: int, then_kill_in: float | None = None
) -> None:
    """One after the other, as a phone does; what was answered is let go of. Then the plug is pulled, mostly in the digest."""
    with suppress(ConnectionError):
        async with wire(home.port) as one:
            for key in list(waiting)[:most]:
                status, body = await one.ask(request_bytes(REPORTS, json.dumps(waiting[key]).encode(), key=token))
                assert status in (200, 201) and json.loads(body)["id"] == key, body
                del waiting[key]
    if then_kill_in is not None:
        await asyncio.sleep(then_kill_in)
        home.kill()
