"""Prepared questions and changes: the same answers as their querysets, whatever is given, with SQL made once."""

from datetime import UTC, date, datetime
from threading import Thread
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.test.utils import CaptureQueriesContext

from linli.areas.models import Area, Kind
from linli.kit.keys import new_key
from linli.kit.models import CalendarDay
from linli.kit.prepared import Prepared, PreparedUpdate
from linli.people.models import Appointment, Department, Leave, Person
from linli.people.rules import Role

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)


@Prepared
def _held_in(areas: list[str], roles: list[Role], at: datetime, day: date) -> QuerySet[Appointment]:
    away = Leave.objects.filter(appointment=OuterRef("pk"), from_at__lte=at, to_at__gt=at)
    rows = Appointment.objects.filter(area__in=areas, role__in=roles).valid_on(day)
    return rows.annotate(is_away=Exists(away)).select_related("person", "department")


@Prepared
def _days(since: date) -> QuerySet[Any, tuple[date, bool]]:
    return CalendarDay.objects.filter(day__gte=since).order_by("day").values_list("day", "is_working")


@PreparedUpdate
def _rename(codes: list[str], name: str, closed_on: date | None) -> tuple[QuerySet[Department], dict[str, Any]]:
    return Department.objects.filter(pk__in=codes), {"name": name, "closed_on": closed_on}


@pytest.fixture
def ground(db: None) -> list[str]:
    """Three areas, somebody at the desk of each, the second on leave."""
    codes = ["440881", "440881101", "440881102"]
    for code in codes:
        area = Area.objects.create(code=code, name=code, level="county", kind=Kind.COUNTY, valid_from=date(2025, 1, 1))
        person = Person.objects.create(username=f"desk-{code}", name=code)
        Appointment.objects.create(person=person, role=Role.DESK, area=area, from_on=date(2025, 1, 1))
    second = Appointment.objects.get(area="440881101")
    Leave.objects.create(appointment=second, from_at=NOON, to_at=NOON.replace(hour=5))
    return codes


@pytest.mark.parametrize("number", [1, 2, 3])
def test_it_answers_as_the_queryset_does(ground: list[str], number: int) -> None:
    asked = _held_in(ground[:number], [Role.DESK, Role.LEADER], NOON, NOON.date())
    assert [one.area_id for one in asked] == ground[:number]
    assert [one.is_away for one in asked] == [False, True, False][:number]  # type: ignore[attr-defined]
    with CaptureQueriesContext(connection) as further:
        assert [one.person.name for one in asked] == ground[:number]
        assert {one.department for one in asked} == {None}
    assert len(further) == 0


def test_another_moment_gives_another_answer(ground: list[str]) -> None:
    later = _held_in(ground, [Role.DESK], NOON.replace(hour=5), NOON.date())
    assert not any(one.is_away for one in later)  # type: ignore[attr-defined]
    assert _held_in(ground, [Role.DESK], NOON, date(2024, 12, 31)) == []


def test_of_an_empty_list_nothing_comes_and_nothing_is_asked(ground: list[str]) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert _held_in([], [Role.DESK], NOON, NOON.date()) == []
        assert _rename([], "局", None) == 0
    assert len(asked) == 0


def test_values_come_as_python_has_them(db: None) -> None:
    CalendarDay.objects.create(day=date(2026, 1, 1), is_working=False, name="元旦")
    CalendarDay.objects.create(day=date(2026, 1, 4), is_working=True, name="上班")
    assert _days(date(2026, 1, 1)) == [(date(2026, 1, 1), False), (date(2026, 1, 4), True)]
    assert _days.one(since=date(2026, 1, 2)) == (date(2026, 1, 4), True)
    assert _days.one(date(2026, 2, 1)) is None


def test_keys_are_found_as_they_are_stored(db: None) -> None:
    from linli.events.models import Event

    @Prepared
    def numbers(keys: list[UUID]) -> QuerySet[Any, str]:
        return Event.objects.filter(pk__in=keys).values_list("number", flat=True)

    from linli.events.testing import NOON, make_event, make_world

    event = make_event(make_world(), at=NOON)
    assert numbers([new_key(), event.pk, new_key()]) == [event.number]


def test_a_change_tells_how_many_rows_it_changed(db: None) -> None:
    for code in ("d1", "d2", "d3"):
        Department.objects.create(code=code, name=code, closed_on=date(2026, 1, 1))
    assert _rename(["d1", "d3", "d9"], "新局", None) == 2
    rows = Department.objects.values_list("code", "name", "closed_on")
    assert list(rows) == [("d1", "新局", None), ("d2", "d2", date(2026, 1, 1)), ("d3", "新局", None)]


def test_what_is_asked_can_be_seen_as_any_query(ground: list[str]) -> None:
    with CaptureQueriesContext(connection) as asked:
        _held_in(ground, [Role.DESK], NOON, NOON.date())
    assert "people_appointment" in asked[0]["sql"]


@pytest.mark.django_db(transaction=True)
def test_it_is_asked_from_any_thread_and_in_any_transaction() -> None:
    CalendarDay.objects.create(day=date(2026, 1, 1), is_working=False, name="元旦")
    _days(date(2026, 1, 1))
    found = list[Any]()

    def ask() -> None:
        found.append(_days(date(2026, 1, 1)))
        connection.close()

    thread = Thread(target=ask)
    thread.start()
    thread.join()
    assert found == [[(date(2026, 1, 1), False)]]
    with transaction.atomic():
        CalendarDay.objects.all().delete()
        assert _days(date(2026, 1, 1)) == []
