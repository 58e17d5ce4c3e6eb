"""All processes of a home killed again and again under load, at random moments; nothing lost, nothing doubled."""

import asyncio
import random
from pathlib import Path

from linli.intake.proving import CONNECTIONS, Devices, Home, assert_digested, assert_whole

PER_ROUND, ASKED_AGAIN = 300, 500


def kills(home: Home, folder: Path, times: int) -> str:
    """Start, load, kill, send again what was unanswered, so many times; on SQLite with two fronts. Raises `AssertionError`."""
    home.furnish(folder)
    home.environment["LINLI_FRONTS"] = "2"
    devices = Devices(home, random.Random(times))
    cut_off = 0
    for _round in range(times):
        home.start("serve", "work")
        again = devices.unanswered() + devices.some_answered(20)
        batch = again + devices.new(PER_ROUND)
        asyncio.run(devices.send(batch, kill_after=devices.dice.randrange(len(again) + 5, len(batch) - CONNECTIONS)))
        home.reap()
        cut_off += len(devices.unanswered())
    home.start("serve", "work")
    asyncio.run(devices.send(devices.unanswered()))
    asyncio.run(devices.send(devices.some_answered(ASKED_AGAIN)))
    assert (devices.wrong, devices.unanswered()) == ([], []), devices.wrong[:3]
    assert_digested(home)
    home.stop()
    assert_whole(home, devices)
    return (
        f"{times} SIGKILLs of all processes (two fronts), {len(devices.sent):,} reports, {cut_off:,} times cut off and sent "
        "again: 0 lost, 0 doubled, chain whole"
    )
