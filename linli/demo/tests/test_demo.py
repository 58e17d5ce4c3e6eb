"""The demo county is made by the real actions, the same every time."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings
from django.utils import timezone
from shapely import contains_xy

from linli.areas.actions import check_ground, outline_of
from linli.areas.models import Area, Kind, Place, Settlement
from linli.demo.build import Built, build
from linli.demo.cast import LOGINS, PASSWORD, logins
from linli.demo.land import HOME_TOWN
from linli.demo.words import FOLDER
from linli.events.actions import recommend
from linli.events.models import DutyList, Event, Hand
from linli.events.rules import ENDED, parse_hours
from linli.field.tasks import tasks_for
from linli.journal.models import Entry
from linli.journal.proving import verify_chain
from linli.kit.refusal import Refused
from linli.mediation.models import Dispute
from linli.mediation.rules import State
from linli.people.actions import on_duty, scope_of
from linli.people.models import Appointment, Person
from linli.people.rules import Role
from linli.statistics.hotspots.spots import clusters, coming_back

#: A Tuesday morning in Shanghai.
NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def county(django_db_setup: None, django_db_blocker, tmp_path_factory) -> Iterator[Built]:  # type: ignore[no-untyped-def]
    """The small demo county, made once and left untouched by the tests here; gone at their end."""
    with (
        django_db_blocker.unblock(),
        override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("media")),
        transaction.atomic(),
    ):
        yield build(now=NOW, seed=5, events=60, small=True)
        transaction.set_rollback(True)


def test_every_planned_step_was_legal(county: Built) -> None:
    assert not county.refused
    assert county.events >= 60 and county.acts > 200


def test_every_event_ended_or_stands_where_a_step_is_open(county: Built) -> None:
    assert Event.objects.filter(state__in=ENDED, ended_at__isnull=True).count() == 0
    assert Event.objects.open().exists() and Event.objects.filter(state="closed").exists()


def test_nothing_lies_in_the_future_and_the_journal_is_in_order(county: Built) -> None:
    assert not Event.objects.filter(reported_at__gt=NOW).exists()
    assert not Entry.objects.filter(at__gt=NOW).exists()
    times = list(Entry.objects.filter(verb__startswith="event.").order_by("id").values_list("at", flat=True))
    assert times == sorted(times)


def test_the_journal_verifies(county: Built) -> None:
    assert list(verify_chain()) == []


def test_nobody_verified_what_they_handled(county: Built) -> None:
    hands = {(str(event), person) for event, person in Hand.objects.values_list("event", "person")}
    checked = Entry.objects.filter(verb__in=["event.verified", "event.rework_asked"]).values_list("on_key", "by")
    assert not hands & set(checked)


def test_all_of_it_is_marked_as_demo(county: Built) -> None:
    assert not Area.objects.filter(is_demo=False).exists()
    assert not Event.objects.filter(is_demo=False).exists()


def test_the_drawn_ground_has_no_overlaps_gaps_or_orphans(county: Built) -> None:
    assert list(check_ground()) == []


def test_every_grid_has_a_boundary_and_somebody_on_duty(county: Built) -> None:
    for grid in Area.objects.filter(kind__in=[Kind.GRID, Kind.SPECIAL_GRID]):
        assert grid.boundaries.count() == 1
        turns = on_duty(grid.code, NOW)
        assert turns and all(turn.appointment.area_id == grid.code for turn in turns)


def test_natural_villages_are_settlements_in_the_care_of_grids(county: Built) -> None:
    villages = Area.objects.filter(kind=Kind.NATURAL_VILLAGE)
    assert villages.exists()
    assert set(villages.values_list("pk", flat=True)) == set(Settlement.objects.values_list("settlement", flat=True))
    assert Place.objects.exists()


def test_events_lie_in_the_grid_that_answers_for_them(county: Built) -> None:
    for event in Event.objects.filter(lon__isnull=False).select_related("area")[:40]:
        assert contains_xy(outline_of(event.area), event.lon, event.lat)


def test_there_is_a_login_for_every_role_that_people_hold(county: Built) -> None:
    assert {one.username for one in logins()} == {name for name, _role in LOGINS}
    assert {role for _name, role in LOGINS} == set(Role) - {Role.RESIDENT}
    worker = Person.objects.get(username="worker")
    assert worker.check_password(PASSWORD)
    assert not Person.objects.filter(username__startswith="w4").first().has_usable_password()  # type: ignore[union-attr]


def test_telephone_numbers_belong_to_nobody(county: Built) -> None:
    numbers = Person.objects.exclude(telephone=None).values_list("telephone", flat=True)
    assert all(re.fullmatch(r"19900000\d{3}", number) for number in numbers)
    assert not re.search(r"1[3-9]\d{9}", (FOLDER / "texts.json").read_text(encoding="utf-8"))


def test_those_who_sign_in_find_work(county: Built) -> None:
    worker = Appointment.objects.get(person__username="worker", is_deputy=False)
    assert Event.objects.filter(area=worker.area_id).count() >= 3
    assert Event.objects.filter(parts__department__in=["water", "urban-management"]).exists()


def test_the_grid_worker_who_signs_in_finds_tasks_on_the_phone(county: Built) -> None:
    worker = Person.objects.get(username="worker")
    tasks = tasks_for(worker, scope_of(worker, NOW), NOW)["tasks"]
    assert {"reported", "checking", "supplement_asked"} <= {one["state"] for one in tasks}
    assert all(one["steps"] for one in tasks)


def test_a_home_that_holds_a_demo_is_left_alone(county: Built) -> None:
    with pytest.raises(Refused) as refused:
        build(now=NOW)
    assert refused.value.code == "demo_already"


def test_if_empty_prints_the_logins_of_a_demo_home_and_changes_nothing(county: Built, capsys) -> None:  # type: ignore[no-untyped-def]
    before = Entry.objects.count()
    call_command("demo", "--if-empty")
    printed = capsys.readouterr().out
    assert all(name in printed for name, _role in LOGINS) and PASSWORD in printed
    assert Entry.objects.count() == before


@pytest.mark.django_db
def test_a_home_with_data_of_its_own_is_refused() -> None:
    Person.objects.create_user("somebody", "某人")
    with pytest.raises(Refused) as refused:
        build(now=NOW)
    assert refused.value.code == "home_not_empty"
    call_command("demo", "--if-empty")
    assert not Area.objects.exists()


def test_a_duty_list_is_in_use_whose_lines_speak_and_are_sometimes_overruled(county: Built) -> None:
    in_force = DutyList.objects.in_force_on(timezone.localdate(NOW))
    assert in_force is not None and DutyList.objects.drafts().count() == 1
    assert all(hours is not None for hours in map(parse_hours, in_force.duties.values_list("hours", flat=True)))
    waiting = Event.objects.filter(state="accepted").exclude(category__code="H03").first()
    if waiting is not None:
        assert recommend(waiting, NOW).duty is not None


def test_the_town_has_hot_spots_to_look_at(county: Built) -> None:
    town = Area.objects.get(pk=HOME_TOWN)
    back = coming_back(town, radius=100, within=timedelta(days=60), since=NOW - timedelta(days=90))
    assert max(spot.count for spot in back.found) >= 2
    assert max(spot.count for spot in clusters(town, since=NOW - timedelta(days=30)).found) >= 4


def test_committees_mediate_and_whoever_signs_in_there_has_work(county: Built) -> None:
    assert not Dispute.objects.filter(is_demo=False).exists()
    states = set(Dispute.objects.values_list("state", flat=True))
    assert State.REGISTERED in states and len(states) >= 4, states
    for username in ("mediator", "mediators"):
        person = Person.objects.get(username=username)
        assert Dispute.objects.visible_to(person, NOW).open().exists(), username
    assert not Entry.objects.filter(on_kind="dispute", at__gt=NOW).exists()
