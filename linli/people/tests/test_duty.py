"""Who is on duty, and what appointments let a person see."""

from datetime import timedelta
from typing import Any

import pytest

from linli.events.testing import GRID, NOON, World
from linli.kit.refusal import BadInput
from linli.people import actions
from linli.people.actions import (
    Posts,
    add_leave,
    add_person,
    appoint,
    end_appointment,
    held_together,
    officers_of,
    on_duty,
    roster,
    scope_of,
)
from linli.people.models import Appointment
from linli.people.rules import ADMINISTRATORS, KEEPS_APPOINTMENTS, KEEPS_REGISTER, Role, clash
from linli.people.signing_in import find


def names(world: World, at=NOON, area: str = GRID) -> list[str]:
    """User names of the grid workers on duty."""
    return [turn.person.username for turn in on_duty(area, at)]


def _leave(username: str) -> None:
    appointment = Appointment.objects.get(person__username=username)
    add_leave(appointment, from_at=NOON, to_at=NOON + timedelta(days=2))


def test_the_holder_is_on_duty_and_the_deputy_is_not(world: World) -> None:
    assert names(world) == ["worker"]
    assert [(turn.person.username, turn.is_on_duty) for turn in roster(GRID, NOON)] == [
        ("worker", True),
        ("deputy", False),
    ]


def test_the_deputy_stands_in_during_leave_and_only_then(world: World) -> None:
    _leave("worker")
    assert names(world) == ["deputy"]
    assert names(world, NOON + timedelta(days=2)) == ["worker"]


def test_with_nobody_there_the_area_above_answers(world: World) -> None:
    _leave("worker")
    _leave("deputy")
    assert names(world) == []
    appoint(world.cast.nobody, role=Role.GRID_WORKER, area=world.areas["440881101201"], from_on=NOON.date())
    assert names(world) == ["nobody"]


def test_the_posts_of_several_roles_and_levels_are_read_at_once(world: World, django_assert_num_queries: Any) -> None:
    on_duty(GRID, NOON)  # how codes are numbered is read once and remembered
    with django_assert_num_queries(1):
        posts = Posts(GRID, NOON, Role.GRID_WORKER, Role.DESK)
        found = {role: posts.on_duty(role) for role in (Role.GRID_WORKER, Role.DESK)}
        above = posts.on_duty(Role.DESK, "440881")
    assert found == {role: on_duty(GRID, NOON, role) for role in found}
    assert above == on_duty("440881", NOON, Role.DESK)
    assert [turn.person for turn in found[Role.DESK]] != [turn.person for turn in above]


def test_officers_on_leave_are_passed_over_unless_all_are(world: World, django_assert_num_queries: Any) -> None:
    appoint(
        world.cast.nobody, role=Role.HANDLER, area=world.areas["440881"], from_on=NOON.date(), department=world.water
    )
    _leave(world.cast.handler.username)
    with django_assert_num_queries(1):
        assert officers_of(["water"], NOON) == [world.cast.nobody]
    _leave("nobody")
    assert set(officers_of(["water"], NOON)) == {world.cast.handler, world.cast.nobody}


def test_an_appointment_ends_on_its_day(world: World) -> None:
    end_appointment(Appointment.objects.get(person=world.cast.worker), on=NOON.date())
    assert names(world) == ["deputy"]
    assert scope_of(world.cast.worker, NOON).area_codes == []
    assert scope_of(world.cast.worker, NOON - timedelta(days=1)).area_codes == [GRID]


def test_scope_holds_areas_and_departments(world: World) -> None:
    assert scope_of(world.cast.desk, NOON).area_codes == ["440881101"]
    assert scope_of(world.cast.handler, NOON).departments == ["water"]
    assert scope_of(world.cast.handler, NOON).area_codes == []
    for person in (world.cast.auditor, world.cast.security, world.cast.system, world.cast.nobody, None):
        assert scope_of(person, NOON).area_codes == []


def test_who_left_sees_nothing(world: World) -> None:
    world.cast.desk.is_active = False
    assert not scope_of(world.cast.desk, NOON).held


def test_the_three_administrators_are_three_people(world: World) -> None:
    with pytest.raises(BadInput) as refusal:
        appoint(world.cast.auditor, role=Role.SYSTEM_ADMIN, area=world.areas["440881"], from_on=NOON.date())
    assert refusal.value.code == "three_apart"


def test_an_administrator_holds_no_other_role_on_the_same_day(world: World) -> None:
    county, ended = world.areas["440881"], NOON.date() - timedelta(days=9)
    for person, role in ((world.cast.security, Role.DESK), (world.cast.leader, Role.AUDITOR)):
        with pytest.raises(BadInput) as refusal:
            appoint(person, role=role, area=county, from_on=NOON.date())
        assert refusal.value.code == "administrators_see_nothing"
    appoint(world.cast.nobody, role=Role.DESK, area=county, from_on=ended, to_on=NOON.date())
    with pytest.raises(BadInput):
        appoint(world.cast.nobody, role=Role.AUDITOR, area=county, from_on=ended, to_on=ended + timedelta(days=1))
    appoint(world.cast.nobody, role=Role.AUDITOR, area=county, from_on=NOON.date())
    assert held_together(NOON) == []


def test_a_row_that_got_past_the_acts_is_found_and_opens_nothing(world: World) -> None:
    county = world.areas["440881"]
    Appointment.objects.create(person=world.cast.system, role=Role.DESK, area=county, from_on=NOON.date())
    assert held_together(NOON) == [world.cast.system]
    assert scope_of(world.cast.system, NOON).area_codes == []


def test_no_administrative_act_is_in_two_hands() -> None:
    assert ADMINISTRATORS == {Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR}
    for role in ADMINISTRATORS:
        assert all(clash(role, [other]) for other in Role if other != role) and not clash(role, [role])
    assert not clash(Role.DESK, [Role.LEADER, Role.HANDLER])
    assert KEEPS_REGISTER & KEEPS_APPOINTMENTS == {Role.DESK}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"role": Role.RESIDENT}, "nobody_is_resident"),
        ({"role": Role.HANDLER}, "handler_needs_department"),
        ({"to_on": NOON.date() - timedelta(days=1)}, "ends_before_start"),
    ],
)
def test_an_impossible_appointment_is_refused(world: World, changes: dict, code: str) -> None:
    with pytest.raises(BadInput) as refusal:
        appoint(world.cast.nobody, **{"role": Role.DESK, "area": world.grid, "from_on": NOON.date(), **changes})
    assert refusal.value.code == code


@pytest.mark.parametrize(
    "given",
    [
        *(
            {"username": name}
            for name in ("worker", " worker ", "ｗｏｒｋｅｒ", "12345", "12-34", "2026_11", "", "a\u200bb")
        ),
        *({"telephone": number} for number in ("199-0000-0001", "12")),
        *({"username": "長" * 61}, {"name": "长" * 61}),
    ],
)
def test_a_person_needs_a_name_and_number_of_their_own(world: World, given: dict) -> None:
    with pytest.raises(BadInput):
        add_person(**{"username": "new", "name": "新人", **given})


@pytest.mark.parametrize("username", ["ｚｈａｎｇ", "古丽·买买提", "li.si-2", " padded ", "Wang"])
def test_whoever_is_added_is_found_by_the_name_that_was_given(world: World, username: str) -> None:
    added = add_person(username=username, name="新人")
    assert find(username) == added


def test_of_two_who_add_the_same_name_at_once_one_is_told_that_it_is_taken(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    look = actions._refuse_taken

    def a_moment_too_early(username: str, digits: str) -> None:
        if asked:
            look(username, digits)
        asked.append(username)

    monkeypatch.setattr(actions, "_refuse_taken", a_moment_too_early)
    with pytest.raises(BadInput) as refusal:
        add_person(username="worker", name="新人")
    assert refusal.value.code == "username_taken" and len(asked) == 1


def test_full_width_digits_of_a_telephone_number_are_read(world: World) -> None:
    assert add_person(username="new", name="新人", telephone="１９９－００００－００７７").telephone == "19900000077"
