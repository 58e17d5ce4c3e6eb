"""The table of steps: every state, step and role; every event can end; whoever handled never verifies."""

from itertools import product

import pytest

from linli.events.actions.course import PAST
from linli.events.rules import (
    ENDED,
    OPEN,
    PAUSED,
    STEP_NAMES,
    STEPS,
    TOLD,
    Question,
    Standing,
    State,
    To,
    clean_answers,
    clean_position,
    clean_words,
    require,
    row_of,
    steps_open,
)
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.people.rules import Role

#: Who may do what, written a second time and by hand: the table must agree with it.
MAY = {
    Role.RESIDENT: {"supplement", "follow_up", "reopen"},
    Role.GRID_WORKER: {
        *(
            "check_truth",
            "accept",
            "self_handle",
            "ask_supplement",
            "supplement",
            "move",
            "refer_out",
            "verify",
            "rework",
        ),
    },
    Role.CADRE: {
        *("ask_check", "check_truth", "accept", "self_handle", "ask_supplement", "supplement", "move", "refer_out"),
        *("to_mediation", "verify", "rework", "escalate", "whistle", "end_whistle"),
    },
    Role.HANDLER: {
        *(
            "sign_for",
            "add_part",
            "object",
            "handle",
            "hand_back",
            "submit_result",
            "ask_extension",
            "ask_supplement",
            "supplement",
        ),
    },
    Role.LEADER: {"remind", "supervise", "end_supervision", "settle"},
    Role.VERIFIER: {"check_truth", "verify", "rework", "follow_up", "reinspect", "reopen"},
    Role.DESK: set(STEP_NAMES)
    - {
        "check_truth",
        "self_handle",
        "sign_for",
        "object",
        "handle",
        "hand_back",
        "submit_result",
        "ask_extension",
        "settle",
    },
}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("role", Role)
def test_every_state_step_and_role(state: State, role: Role) -> None:
    standing = Standing(frozenset({role}))
    for name, asked in product(STEP_NAMES, (False, True)):
        offered = name in steps_open(state, standing, questions=set(Question) if asked else ())
        try:
            require(name, state, standing, questions=set(Question) if asked else ())
            allowed = True
        except Refused:
            allowed = False
        assert offered == allowed, (state, role, name)
        if allowed:
            assert name in MAY.get(role, set())


@pytest.mark.parametrize("role", sorted(MAY))
def test_each_role_reaches_all_its_steps_somewhere(role: Role) -> None:
    standing = Standing(frozenset({role}))
    reached = {
        name
        for state in State
        for asked in (False, True)
        for name in steps_open(state, standing, questions=set(Question) if asked else ())
    }
    assert reached == MAY[role]


@pytest.mark.parametrize("state", State)
def test_every_event_can_end(state: State) -> None:
    reachable, waiting = {state}, [state]
    while waiting:
        here = waiting.pop()
        for after in _after(here) - reachable:
            reachable.add(after)
            waiting.append(after)
    assert reachable & ENDED
    assert State.CLOSED in reachable or state in ENDED


def _after(state: State) -> set[State]:
    rows = [row for name in STEP_NAMES if (row := row_of(name, state))]
    found = {row.target for row in rows if not isinstance(row.target, To)}
    if any(row.target == To.BACK for row in rows):
        # Wherever a pause or a merge may have come from.
        found |= {source for row in STEPS if row.target == state for source in row.sources}
    return {State(one) for one in found}


#: Steps that press on or correct, and move nothing.
_BESIDE = {"supplement", "classify", "remind", "supervise", "end_supervision", "escalate"}


@pytest.mark.parametrize("state", State)
def test_every_open_state_has_somebody_who_can_act(state: State) -> None:
    able = [role for role in MAY if set(steps_open(state, Standing(frozenset({role})))) - _BESIDE]
    assert able


def test_the_ended_and_the_open_are_all_states() -> None:
    assert set(State) == ENDED | OPEN
    assert not ENDED & OPEN
    assert PAUSED < OPEN


def test_who_handled_may_not_verify_whatever_roles_they_hold() -> None:
    everything = frozenset(Role)
    standing = Standing(everything, handled=True)
    for state in State:
        assert not {"verify", "rework", "follow_up"} & set(steps_open(state, standing))
    with pytest.raises(NotYours) as refusal:
        require("verify", State.RESULT_SUBMITTED, standing)
    assert refusal.value.code == "own_work"


def test_a_co_handler_signs_and_handles_but_only_the_lead_submits() -> None:
    co_handler = Standing(frozenset({Role.HANDLER}), leads=False)
    assert steps_open(State.SIGNED_FOR, co_handler) == [
        "add_part",
        "sign_for",
        "handle",
        "ask_supplement",
        "supplement",
    ]
    with pytest.raises(NotYours):
        require("submit_result", State.HANDLING, co_handler)


def test_who_has_signed_is_not_asked_to_sign_again() -> None:
    assert "sign_for" not in steps_open(State.SIGNED_FOR, Standing(frozenset({Role.HANDLER}), signed=True))


def test_administrators_and_auditors_act_on_no_event() -> None:
    for role in (Role.AUDITOR, Role.SECURITY_ADMIN, Role.SYSTEM_ADMIN, Role.MEDIATOR):
        assert all(steps_open(state, Standing(frozenset({role}))) == [] for state in State)


def test_every_step_has_a_past_verb_and_only_steps_are_told() -> None:
    assert set(PAST) == set(STEP_NAMES)
    assert set(TOLD) <= {*STEP_NAMES, "report"}


@pytest.mark.parametrize(
    ("text", "code"), [("\0", "nul_in_text"), ("长" * 4001, "text_too_long"), ("  ", "text_missing")]
)
def test_words_that_cannot_be_kept_are_refused(text: str, code: str) -> None:
    with pytest.raises(BadInput) as refusal:
        clean_words(f" {text} ", field="text", required=True)
    assert refusal.value.code == code


def test_words_keep_emoji_and_lose_outer_space() -> None:
    assert clean_words("  水管爆了 💧\r\n快来 ", field="text") == "水管爆了 💧\n快来"


def test_extra_questions_are_checked() -> None:
    questions = [
        {"code": "depth", "ask": "积水多深", "type": "choice", "choices": [{"code": "knee"}], "required": True}
    ]
    assert clean_answers(questions, {"depth": "knee", "stray": "x"}) == {"depth": "knee"}
    for answers in ({}, {"depth": "ocean"}):
        with pytest.raises(BadInput):
            clean_answers(questions, answers)


def test_swapped_coordinates_are_refused_with_a_hint() -> None:
    with pytest.raises(BadInput) as refusal:
        clean_position(21.6, 110.3)
    assert refusal.value.code == "off_the_earth"
    assert clean_position(110.3, 21.6) == (110.3, 21.6)
