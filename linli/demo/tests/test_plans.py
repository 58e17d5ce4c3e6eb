"""The same seed gives the same county; every course of the table is walked."""

from datetime import UTC, date, datetime
from random import Random
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.test import override_settings

from linli.demo.build import build
from linli.demo.rhythm import Year
from linli.demo.words import person_name, texts
from linli.events.models import Event
from linli.events.packs import read
from linli.journal.models import Entry
from linli.kit.workdays import WorkCalendar
from linli.people.models import Person

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
YEAR = Year(NOW, ZoneInfo("Asia/Shanghai"), WorkCalendar({date(2026, 2, 17): False}), frozenset({date(2026, 2, 17)}))


def numbers_of_a_county() -> tuple[object, ...]:
    build(now=NOW, seed=7, events=12, small=True)
    return (
        list(Event.objects.order_by("number").values_list("number", "text", "state", "reported_at", "lon", "due_at")),
        list(Entry.objects.order_by("id").values_list("verb", "at")),
        list(Person.objects.order_by("username").values_list("username", "name")),
    )


@pytest.mark.django_db
def test_the_same_seed_gives_the_same_county(tmp_path) -> None:  # type: ignore[no-untyped-def]
    with override_settings(MEDIA_ROOT=tmp_path):
        with transaction.atomic():
            first = numbers_of_a_county()
            transaction.set_rollback(True)
        assert numbers_of_a_county() == first


def test_there_are_words_for_every_category_of_the_default_pack() -> None:
    pack = read("grid-cn-lite")
    leaves = {row.code for row in pack.categories if row.parent}
    reports = texts()["reports"]
    assert set(reports) == leaves
    assert sum(len(one["resident"]) + len(one["grid"]) for one in reports.values()) >= 400
    assert all(len(one["results"]) >= 5 and one["titles"] for one in reports.values())


def test_a_name_has_two_or_three_characters() -> None:
    names = {person_name(Random(seed)) for seed in range(50)}
    assert all(2 <= len(name) <= 3 for name in names)


def test_little_is_reported_at_spring_festival_and_much_in_the_typhoon() -> None:
    ordinary = YEAR.weight(date(2026, 3, 11))
    assert YEAR.weight(date(2026, 2, 17)) < ordinary / 2
    assert YEAR.weight(date(2026, 9, 5)) > 3 * ordinary


def test_moments_come_in_order_and_before_now() -> None:
    moments = YEAR.moments(200, Random(3))
    assert len(moments) == 200 and moments == sorted(moments) and moments[-1] < NOW


def test_office_hours_skip_the_weekend() -> None:
    saturday = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
    assert YEAR.office(saturday, Random(1)).date() == date(2026, 11, 23)
