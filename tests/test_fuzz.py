"""A few broken inputs for every door and reader of files, the same each time; `make fuzz` throws them by the ten thousand."""

import random
import sys
from pathlib import Path

import pytest

from linli.events.testing import draw_boundaries, make_world
from linli.intake.api import registers
from linli.intake.api.operations import OPERATIONS
from tools.fuzz import breaking, running
from tools.fuzz.__main__ import TARGETS
from tools.fuzz.api import Sent
from tools.fuzz.running import Tally, Target, run_case, watch

SEED = 8
#: How many cases of each; those that start a process for every case have few.
CASES = {"sheet": 4, "photos": 20, "voices": 10, "pages": 30, "open311": 12}
CASES |= {"api": 5, "described_open311": 3, "described_hatch": 3}
AT_THE_HATCH = ("intake", "batch", "parts", "described", "described_hatch")


def thrown(name: str, folder: Path) -> Tally:
    target, tally = TARGETS[name](folder), Tally(name)
    try:
        for case in range(CASES.get(name, 30)):
            tally.add(run_case(target, SEED, case))
    finally:
        target.close()
    return tally


@pytest.mark.parametrize("name", ["alerts", "csv", "sheet", "days", "photos", "voices", "mail", "templates"])
def test_files_are_taken_or_refused_in_words(name: str, tmp_path: Path) -> None:
    assert thrown(name, tmp_path).faults == []


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["events", "geojson", "open311"])
def test_what_is_stored_is_taken_or_refused_in_words(name: str, tmp_path: Path) -> None:
    draw_boundaries(make_world())
    assert thrown(name, tmp_path).faults == []


@pytest.mark.django_db
def test_pages_answer_whatever_is_asked_of_them(tmp_path: Path) -> None:
    assert thrown("pages", tmp_path).faults == []


@pytest.mark.django_db(transaction=True)
def test_the_hatch_answers_whatever_is_sent(tmp_path: Path) -> None:
    make_world()
    for name in AT_THE_HATCH:
        tally = thrown(name, tmp_path)
        assert tally.faults == []
        assert any("201" in word or "200" in word for word in tally.outcomes), f"{name} took nothing"


@pytest.mark.django_db
def test_the_programming_interface_answers_as_its_document_says(tmp_path: Path) -> None:
    draw_boundaries(make_world())
    for name in ("api", "described_open311"):
        tally = thrown(name, tmp_path)
        assert tally.faults == []
        assert any("200" in word or "201" in word for word in tally.outcomes)


@pytest.mark.django_db
def test_an_operation_that_breaks_or_answers_otherwise_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_world()
    target = TARGETS["api"](tmp_path)
    number = [one.name for one in OPERATIONS].index("departments")
    asked = Sent(number, is_right=True, is_known=False, seed=SEED)
    assert target.take(asked).startswith("200")
    for wrong, what in ((lambda _one: 1 / 0, "Server error"), (lambda _one: {"code": 5}, "violates schema")):
        monkeypatch.setattr(registers, "_department", wrong)
        with pytest.raises(AssertionError, match=what):
            target.take(asked)


def test_every_target_is_thrown_at_here() -> None:
    named = {
        "alerts",
        "csv",
        "sheet",
        "days",
        "photos",
        "voices",
        "mail",
        "templates",
        "events",
        "geojson",
        "open311",
        "pages",
        "api",
        "described_open311",
    }
    assert named | set(AT_THE_HATCH) == set(TARGETS)


def test_a_case_is_the_same_for_the_same_seed() -> None:
    seeds = [b"a,b\n1,2\n", b"x" * 100]
    made = [breaking.bytes_of(running.dice_of(5, "csv", case), seeds) for case in range(50)]
    assert made == [breaking.bytes_of(running.dice_of(5, "csv", case), seeds) for case in range(50)]
    assert len(set(made)) > 30


# --- what is bad is found ---------------------------------------------------------------------------------------------

#: A target that is well in case 0 and 5, and bad in all others, each in its own way.
BAD = """
import os, sys, time
from tools.fuzz import running
running.MOST_S = 0.3
running.ROOM = 200_000_000
WAYS = [lambda: "well", lambda: 1 / 0, lambda: bytes(10**9) and "", lambda: os._exit(3), lambda: spin(), lambda: "well"]
def spin():
    while True:
        try:
            while True:
                pass
        except Exception:
            pass
target = running.Target("bad", lambda dice: dice, None)
numbers = iter(range(int(sys.argv[1]), 99))
target.make = lambda dice: next(numbers)
target.take = lambda number: WAYS[number]()
running.serve(target, 1, int(sys.argv[1]))
"""


def test_what_breaks_eats_memory_ends_the_process_or_never_ends_is_found() -> None:
    found = Tally("bad")
    watch(lambda first: [sys.executable, "-c", BAD, str(first)], found, seconds=60, cases=6)
    assert found.cases == 6
    assert dict(found.outcomes) == {"well": 2, "broke": 1, "no memory": 1, "killed": 1, "too slow": 1}
    assert [fault.case for fault in found.faults] == [1, 2, 3, 4]
    assert "ZeroDivisionError" in found.faults[0].what


def test_what_takes_too_much_memory_without_dying_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "MOST_BYTES", 20_000_000)

    def take(_sent: object) -> str:
        return f"{len(bytearray(60_000_000))}"

    tally = Tally("large")
    tally.add(run_case(Target("large", random.Random.random, take), 1, 0))
    assert [fault.what for fault in tally.faults] == [f"took {tally.worst_bytes / 1e6:.0f} MB"]
