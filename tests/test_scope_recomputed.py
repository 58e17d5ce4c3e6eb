"""What a person sees equals a plain recomputation: over trees, dates, leave, deputies, parts and seats that nobody thought of.

Nothing of the house is asked for the other side: a code lies in another when it begins with it, a day lies between two days.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some

from linli.administration.actions import emergencies
from linli.administration.models import Access
from linli.administration.rules import MOST_HOURS
from linli.areas.actions import set_numbering
from linli.areas.codes import LEVEL_NAMES, forget_numbering
from linli.areas.models import Area, Kind
from linli.events.actions import ImportedMatter, import_matters
from linli.events.models import Event, Part
from linli.events.queue.filters import Filters, Show
from linli.events.queue.pages import counts, places_of
from linli.events.rules import State
from linli.mediation.models import Assignment, Body, Dispute, Mediator
from linli.people.actions import add_person, scope_of
from linli.people.models import Appointment, Department, Leave, Person
from linli.people.rules import Scope

pytestmark = pytest.mark.django_db

HOME_ZONE = ZoneInfo("Asia/Shanghai")
TODAY = date(2026, 11, 16)
#: Just before and just after a day turns in Shanghai, which is the afternoon before in Greenwich; and noon.
MOMENTS = [
    datetime(2026, 11, 16, *clock, tzinfo=HOME_ZONE) + timedelta(days=day)
    for day, clock in ((-1, (23, 59)), (0, (0, 1)), (0, (12, 0)), (1, (0, 1)))
]
#: Digits per level: the mainland's, Taiwan's, a province with its cities, one level alone in the middle of a code.
WIDTHS = [(6, 9, 12, 15), (5, 8, 11), (2, 4, 6, 9, 12, 15), (1, 3)]
AREA_ROLES = ["grid_worker", "cadre", "desk", "verifier", "leader"]
BLIND_ROLES = ["mediator", "auditor", "security_admin", "system_admin"]
THREE = {"auditor", "security_admin", "system_admin"}
PART_STATES = ["reserved", "asked", "objected", "signed_for", "answered", "verified", "dropped"]
PERSONS, DEPARTMENTS = 2, 2

_DAY = some.integers(-2, 3).map(lambda days: TODAY + timedelta(days=days))
_PLACE = some.integers(0, 999)


@dataclass(frozen=True)
class Held:
    """An appointment as it was drawn; `place` and the like are numbers of rows."""

    person: int
    role: str
    place: int
    from_on: date
    days: int | None
    department: int
    is_deputy: bool
    is_away: bool


@dataclass(frozen=True)
class Seat:
    """Somebody mediates in the body of a place."""

    person: int
    body: int
    is_head: bool
    from_on: date
    days: int | None


@dataclass(frozen=True)
class Lent:
    """An emergency access, to a matter or to all of a place, granted so many hours before the first moment, if by two."""

    person: int
    place: int
    matter: int | None
    decisions: int
    hours_ago: int
    hours: int
    is_ended: bool


_HELD = some.builds(
    Held,
    some.integers(0, PERSONS - 1),
    some.sampled_from(AREA_ROLES + ["handler"] * 6 + BLIND_ROLES),
    _PLACE,
    _DAY,
    some.none() | some.integers(0, 4),
    some.integers(0, DEPARTMENTS - 1),
    some.booleans(),
    some.booleans(),
)
_SEAT = some.builds(
    Seat,
    some.integers(0, PERSONS - 1),
    some.integers(0, 1),
    some.booleans(),
    _DAY,
    some.none() | some.integers(0, 4),
)
_LENT = some.builds(
    Lent,
    some.integers(0, PERSONS - 1),
    _PLACE,
    some.none() | some.integers(0, 7),
    some.sampled_from([0, 1, 2, 2, 2]),
    some.integers(0, 9),
    some.integers(1, MOST_HOURS),
    some.sampled_from([False, False, True]),
)
_MATTER = some.tuples(
    _PLACE,
    some.booleans(),
    some.lists(some.tuples(some.integers(0, 1), some.sampled_from(PART_STATES + ["reserved"] * 5)), max_size=2),
)
#: Place, body or none, and whether the first seat was asked to mediate it.
_DISPUTE = some.tuples(_PLACE, some.none() | some.integers(0, 1), some.none() | some.integers(0, 3), some.booleans())


@dataclass
class Home:
    """What was laid, as plain values beside its rows."""

    areas: list[str]
    persons: list[Person]
    bodies: list[Body]
    held: list[Held]
    seats: list[Seat]
    #: By the key of a matter: its code, whether it is open, its words, the departments and states of its parts.
    matters: dict[Any, tuple[str, bool, str, list[tuple[int, str]]]] = field(default_factory=dict)
    #: By the key of a dispute: its code, its body, the seat that was asked and whether it still is.
    disputes: dict[Any, tuple[str, int | None, Seat | None]] = field(default_factory=dict)
    left: frozenset[int] = frozenset()
    #: By the key of an access: as it was drawn, and the code of the place or the key of the matter it is for.
    lent: dict[int, tuple[Lent, Any]] = field(default_factory=dict)


# --- the plain recomputation --------------------------------------------------------------------------------------------


def _lasts(from_on: date, days: int | None, day: date) -> bool:
    return from_on <= day and (days is None or day < from_on + timedelta(days=days))


def matters_seen(home: Home, person: int, at: datetime) -> set[Any]:
    """By looking at every matter and every appointment."""
    day = at.astimezone(HOME_ZONE).date()
    now = [one for one in home.held if one.person == person and _lasts(one.from_on, one.days, day)]
    if person in home.left or any(one.role in THREE for one in now):
        return set()
    areas = [home.areas[one.place % len(home.areas)] for one in now if one.role in AREA_ROLES]
    departments = {one.department for one in now if one.role == "handler"}
    return {
        key
        for key, (code, _open, _words, parts) in home.matters.items()
        if any(code.startswith(area) for area in areas)
        or any(department in departments and state != "reserved" for department, state in parts)
    }


def lent_seen(home: Home, key: int, at: datetime) -> set[Any] | None:
    """What an emergency access opens, by looking at every matter; None: it opens nothing, not even an empty page."""
    one, what = home.lent[key]
    ends_at = MOMENTS[0] + timedelta(hours=one.hours - one.hours_ago)
    if one.person in home.left or one.decisions < 2 or one.is_ended or ends_at <= at:
        return None
    return {key for key, (code, *_more) in home.matters.items() if key == what or code.startswith(str(what))}


def disputes_seen(home: Home, person: int, at: datetime) -> set[Any]:
    """By looking at every dispute and every seat; no appointment opens one."""
    day = at.astimezone(HOME_ZONE).date()
    seats = [one for one in home.seats if one.person == person and _lasts(one.from_on, one.days, day)]
    if person in home.left:
        return set()
    return {
        key
        for key, (code, body, asked) in home.disputes.items()
        if (asked is not None and asked in seats)
        or any(
            one.is_head and (one.body == body or (body is None and code.startswith(home.bodies[one.body].area_id)))
            for one in seats
        )
    }


# --- the same by rows ---------------------------------------------------------------------------------------------------


def lay(widths: tuple[int, ...], shape: list[int], drawn: dict[str, Any]) -> Home:
    """Rows of all that was drawn."""
    forget_numbering()
    set_numbering(widths)
    areas = _tree(widths, shape)
    persons = [add_person(username=f"p{number}", name=f"p{number}") for number in range(PERSONS)]
    departments = [Department.objects.create(code=f"d{number}", name=f"d{number}") for number in range(DEPARTMENTS)]
    bodies = [
        Body.objects.create(area=areas[place % len(areas)], name="调委会", level="township", prefix=f"调{number}")
        for number, place in enumerate(drawn["bodies"])
    ]
    home = Home([one.code for one in areas], persons, bodies, drawn["held"], drawn["seats"], left=drawn["left"])
    Person.objects.filter(pk__in=[persons[number].pk for number in drawn["left"]]).update(is_active=False)
    for one in persons:
        one.refresh_from_db()
    _appoint(home, areas, departments)
    _report(home, areas, departments, drawn["matters"])
    _register(home, areas, drawn["disputes"])
    _lend(home, areas, drawn["lent"])
    return home


def _tree(widths: tuple[int, ...], shape: list[int]) -> list[Area]:
    """As many areas as `shape` has numbers, each below the one it names, or a new one at the top."""
    made: list[Area] = []
    for number, below in enumerate(shape):
        above = made[below % len(made)] if made and below % 5 else None
        if above is not None and len(above.code) == widths[-1]:
            above = above.parent
        level = widths.index(len(above.code)) + 1 if above else 0
        digits = widths[level] - (len(above.code) if above else 0)
        # Close to each other, and at both ends: what begins alike, and what has no next sibling.
        own = str(10**digits - 1 - number if below % 2 else number + 1).zfill(digits)[-digits:]
        code = (above.code if above else "") + own
        if any(one.code == code for one in made):
            continue
        name = LEVEL_NAMES[len(widths)][level]
        made.append(
            Area.objects.create(
                code=code, name=code, level=name, kind=Kind.COUNTY, parent=above, valid_from=date(2020, 1, 1)
            )
        )
    return made


def _until(from_on: date, days: int | None) -> date | None:
    return None if days is None else from_on + timedelta(days=days)


def _appoint(home: Home, areas: list[Area], departments: list[Department]) -> None:
    for one in home.held:
        row = Appointment.objects.create(
            person=home.persons[one.person],
            role=one.role,
            area=areas[one.place % len(areas)],
            department=departments[one.department] if one.role == "handler" else None,
            from_on=one.from_on,
            to_on=_until(one.from_on, one.days),
            is_deputy=one.is_deputy,
        )
        if one.is_away:
            Leave.objects.create(
                appointment=row, from_at=MOMENTS[0] - timedelta(days=9), to_at=MOMENTS[0] + timedelta(days=9)
            )


def _report(home: Home, areas: list[Area], departments: list[Department], matters: list[Any]) -> None:
    words = ["村口水沟堵了", "路灯不亮"]
    import_matters(
        [
            ImportedMatter(
                external_no=str(number),
                area=areas[place % len(areas)],
                reported_at=MOMENTS[0] - timedelta(days=3, minutes=number),
                text=words[number % 2],
                state=State.REPORTED if is_open else State.CLOSED,
                ended_at=None if is_open else MOMENTS[0] - timedelta(days=1),
            )
            for number, (place, is_open, _parts) in enumerate(matters)
        ],
        source="drawn",
        at=MOMENTS[0],
    )
    for event in Event.objects.all():
        number = int(event.external_no)
        _place, is_open, parts = matters[number]
        for department, state in dict(parts).items():
            Part.objects.create(event=event, department=departments[department], state=state)
        home.matters[event.pk] = (event.area_id, is_open, words[number % 2], list(dict(parts).items()))


def _register(home: Home, areas: list[Area], disputes: list[Any]) -> None:
    seats = {}
    for one in {(one.person, one.body): one for one in home.seats}.values():
        seats[one] = Mediator.objects.create(
            person=home.persons[one.person],
            body=home.bodies[one.body],
            is_head=one.is_head,
            from_on=one.from_on,
            to_on=_until(one.from_on, one.days),
        )
    home.seats = list(seats)
    for number, (place, body, seat, is_asked) in enumerate(disputes):
        made = Dispute.objects.create(
            number=f"n{number}",
            area=areas[place % len(areas)],
            body=None if body is None else home.bodies[body],
            kind="02",
            door="window",
            registered_at=MOMENTS[0],
        )
        asked = home.seats[seat % len(seats)] if seats and seat is not None else None
        if asked is not None:
            state = "asked" if is_asked else "proposed"
            Assignment.objects.create(dispute=made, mediator=seats[asked], state=state, proposed_at=MOMENTS[0])
        home.disputes[made.pk] = (made.area_id, body, asked if is_asked else None)


def _lend(home: Home, areas: list[Area], lent: list[Lent]) -> None:
    security, second = (Person.objects.create(username=name, name=name) for name in ("security", "second"))
    matters = list(Event.objects.order_by("pk"))
    for one in lent:
        event = None if one.matter is None else matters[one.matter % len(matters)]
        granted_at = MOMENTS[0] - timedelta(hours=one.hours_ago)
        access = Access.objects.create(
            person=home.persons[one.person],
            area=event.area if event else areas[one.place % len(areas)],
            event=event,
            reason="停电",
            hours=one.hours,
            asked_at=granted_at,
            security_by=security if one.decisions > 0 else None,
            second_by=second if one.decisions > 1 else None,
            ends_at=granted_at + timedelta(hours=one.hours) if one.decisions > 1 else None,
            closed_at=granted_at if one.is_ended else None,
        )
        home.lent[access.pk] = (one, event.pk if event else access.area_id)


@settings(
    max_examples=40,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
)
@given(
    widths=some.sampled_from(WIDTHS),
    shape=some.lists(some.integers(0, 40), min_size=1, max_size=12),
    drawn=some.fixed_dictionaries(
        {
            "held": some.lists(_HELD, min_size=3, max_size=6),
            "bodies": some.lists(_PLACE, min_size=2, max_size=2),
            "seats": some.lists(_SEAT, max_size=4),
            "matters": some.lists(_MATTER, min_size=4, max_size=8),
            "disputes": some.lists(_DISPUTE, max_size=4),
            "lent": some.lists(_LENT, max_size=3),
            "left": some.frozensets(some.integers(0, PERSONS - 1), max_size=1),
        }
    ),
)
def test_what_a_person_sees_equals_a_plain_recomputation(
    widths: tuple[int, ...], shape: list[int], drawn: dict[str, Any]
) -> None:
    with transaction.atomic():
        home = lay(widths, shape, drawn)
        for number, person in enumerate(home.persons):
            for at in MOMENTS:
                _compare(home, number, person, at)
        for key, (one, _what) in home.lent.items():
            for at in MOMENTS:
                _compare_lent(home, key, home.persons[one.person], at)
        transaction.set_rollback(True)
    forget_numbering()


def _compare(home: Home, number: int, person: Person, at: datetime) -> None:
    scope, wanted = scope_of(person, at), matters_seen(home, number, at)
    assert set(Event.objects.visible_to(scope).values_list("pk", flat=True)) == wanted
    assert _listed(scope, Filters(show=Show.ALL), at) == wanted
    still_open = {key for key in wanted if home.matters[key][1]}
    assert _listed(scope, Filters(), at) == still_open
    assert counts(scope, Filters(), at=at)[Show.OPEN] == len(still_open)
    assert _listed(scope, Filters(show=Show.ALL, words="水沟"), at) == {
        key for key in wanted if "水沟" in home.matters[key][2]
    }
    assert {one.pk for one in Dispute.objects.visible_to(person, at)} == disputes_seen(home, number, at)


def _compare_lent(home: Home, key: int, person: Person, at: datetime) -> None:
    access, wanted = emergencies.opened(key, person, at), lent_seen(home, key, at)
    assert (access is None) == (wanted is None)
    assert all(emergencies.opened(key, other, at) is None for other in home.persons if other != person)
    if access is None or wanted is None:
        return
    scope = Scope(lent=access.lent)
    assert set(Event.objects.visible_to(scope).values_list("pk", flat=True)) == wanted
    assert _listed(scope, Filters(show=Show.ALL), at) == wanted
    assert counts(scope, Filters(), at=at)[Show.OPEN] == len({key for key in wanted if home.matters[key][1]})


def _listed(scope: Any, filters: Filters, at: datetime) -> set[Any]:
    return {key for _moment, key in places_of(scope, filters, at=at, size=100)}


def test_the_recomputation_would_find_a_day_too_many() -> None:
    """One who held it until yesterday sees it no more, one who begins tomorrow not yet; and tomorrow they do."""
    held = [
        Held(0, "desk", 0, TODAY - timedelta(days=2), 2, 0, False, True),
        Held(1, "desk", 0, TODAY, None, 0, True, False),
    ]
    home = Home(["440881"], [], [], held, [], {1: ("440881101", True, "", [])})
    assert [matters_seen(home, 0, at) for at in MOMENTS] == [{1}, set(), set(), set()]
    assert [matters_seen(home, 1, at) for at in MOMENTS] == [set(), {1}, {1}, {1}]
