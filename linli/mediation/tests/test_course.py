"""The table of steps, walked: no database."""

from itertools import product

import pytest

from linli.kit.refusal import NotYours, Refused
from linli.mediation.rules import (
    ENDED,
    ENDINGS_OF,
    OPEN,
    STEP_NAMES,
    STEPS,
    Ending,
    State,
    To,
    Who,
    require,
    row_of,
    steps_open,
)

#: Where `reopen` may lead.
REACHED = {State.REGISTERED, State.ACCEPTED, State.MEDIATING}


def exits(state: str) -> set[str]:
    found: set[str] = set()
    for row in (row for row in STEPS if state in row.sources):
        found |= {state} if row.target == To.SAME else REACHED if row.target == To.REACHED else {row.target}
    return found - {state}


def reached_from(state: str) -> set[str]:
    seen, waiting = {state}, [state]
    while waiting:
        new = exits(waiting.pop()) - seen
        seen |= new
        waiting += new
    return seen


@pytest.mark.parametrize("state", State)
def test_every_state_has_a_lawful_exit(state: str) -> None:
    assert exits(state)


@pytest.mark.parametrize("state", sorted(OPEN))
def test_every_open_dispute_can_end_without_the_party_that_will_not(state: str) -> None:
    ending = {row.target for row in STEPS if state in row.sources and row.who & {Who.KEEPER, Who.MEDIATOR}} & ENDED
    assert ending or any(target in ENDED for target in reached_from(state))
    assert reached_from(state) & ENDED


@pytest.mark.parametrize("state", sorted({State.REGISTERED, State.OFFERED, State.ACCEPTED, State.MEDIATING}))
def test_a_party_may_take_it_back_at_any_time_before_an_agreement(state: str) -> None:
    assert "withdraw" in steps_open(state, {Who.PARTY})


@pytest.mark.parametrize("state", sorted(ENDED | {State.SETTLED}))
def test_what_ended_can_be_opened_again(state: str) -> None:
    assert row_of("reopen", state)


def test_every_state_is_reached_from_the_first() -> None:
    assert reached_from(State.REGISTERED) == set(State)


def test_every_row_is_somebodys_and_no_two_rows_say_the_same() -> None:
    assert all(row.who and row.sources for row in STEPS)
    pairs = [(row.name, state) for row in STEPS for state in row.sources]
    assert len(pairs) == len(set(pairs))


@pytest.mark.parametrize("state", State)
def test_buttons_and_checks_agree(state: str) -> None:
    for name, who in product(STEP_NAMES, Who):
        try:
            require(name, state, {who})
            allowed = True
        except Refused:
            allowed = False
        assert allowed == (name in steps_open(state, {who}))


def test_whoever_is_nothing_to_it_may_do_nothing() -> None:
    assert [state for state in State if steps_open(state, set())] == []
    with pytest.raises(NotYours):
        require("accept", State.OFFERED, set())


def test_a_party_neither_accepts_nor_closes_nor_writes_records() -> None:
    theirs = {row.name for row in STEPS if Who.PARTY in row.who}
    assert not theirs & {
        "offer",
        "accept",
        "not_accept",
        "close",
        "fail",
        "write_record",
        "write_note",
        "export",
        "archive",
    }


def test_the_clock_ends_nothing() -> None:
    assert all(row.target == To.SAME for row in STEPS if Who.CLOCK in row.who)


def test_all_eight_endings_have_a_step() -> None:
    assert {ending for endings in ENDINGS_OF.values() for ending in endings} == set(Ending)
