"""What is likely here and at this hour: learned from a year of matters, with the wider area where little is known."""

from datetime import timedelta

import pytest

from linli.areas.models import Area
from linli.events.models import Category
from linli.events.testing import GRID, NOON, World, make_event
from linli.field.likely import learn, likely_in
from linli.field.models import Likely
from linli.field.rules import BLOCKS, block_of, by_turns, likely

ORDER = ["C01", "C02", "A01", "D01", "D02", "D03", "D04"]
OTHER_GRID, OTHER_VILLAGE_GRID = "440881101201006", "440881101202001"


def test_the_nearest_area_speaks_first_and_the_order_of_the_pack_last() -> None:
    grid, village = {"D03": 5, "C02": 2}, {"C02": 40, "A01": 30}
    assert likely([grid, village, {}], ORDER) == ["D03", "C02", "A01", "C01", "D01", "D02"]


def test_what_was_seen_but_once_or_is_closed_by_now_is_no_habit() -> None:
    assert likely([{"D04": 1, "X09": 50}], ORDER) == ORDER[:6]


def test_every_hour_lies_in_one_block() -> None:
    assert [block_of(hour) for hour in range(24)] == [block for block in BLOCKS for _hour in range(6)]


def test_without_knowledge_domains_take_turns() -> None:
    assert by_turns([["A01", "A02"], ["C01"], ["D01", "D02"]]) == ["A01", "C01", "D01", "A02", "D02"]


def learn_all(at: object) -> int:
    turns = 1
    while learn(at):  # type: ignore[arg-type]
        turns += 1
    return turns


@pytest.mark.django_db
def test_a_grid_learns_from_its_own_matters_and_lends_them_to_those_around(world: World) -> None:
    noon, evening = NOON, NOON + timedelta(hours=8)
    for minute in range(3):
        make_event(world, category=world.wall, at=noon + timedelta(minutes=minute))
        make_event(world, category=world.quarrel, at=evening + timedelta(minutes=minute))
    make_event(world, category=world.drain, at=noon)
    turns = learn_all(NOON + timedelta(days=1))
    assert turns == Area.objects.filter(level__in=("township", "county")).count()
    known = likely_in([GRID, OTHER_GRID, OTHER_VILLAGE_GRID], ["C01", "A01", "C02"])
    assert known[GRID]["12-17"] == ["C02", "C01", "A01"]
    assert known[GRID]["18-23"] == ["A01", "C01", "C02"]
    # Of the same village, of the same township, of the same county: all know what the one grid has seen.
    assert known[OTHER_GRID] == known[OTHER_VILLAGE_GRID] == known[GRID]
    assert likely_in(["440881"], ["C01", "A01", "C02"])["440881"]["12-17"][0] == "C02"
    assert known[GRID]["0-5"] == ["C01", "A01", "C02"]


@pytest.mark.django_db
def test_a_day_learns_once_and_the_next_day_forgets_what_is_a_year_old(world: World) -> None:
    for minute in range(2):
        make_event(world, category=world.wall, at=NOON + timedelta(minutes=minute))
    learn_all(NOON + timedelta(hours=1))
    assert not learn(NOON + timedelta(hours=2))
    assert Likely.objects.get(pk=GRID).counts == {"12-17": {"C02": 2}}
    learn_all(NOON + timedelta(days=366))
    assert not Likely.objects.filter(pk=GRID).exists()
    assert Likely.objects.get(pk=GRID[:9]).counts == {}


@pytest.mark.django_db
def test_categories_that_were_closed_are_offered_no_more(world: World) -> None:
    for minute in range(2):
        make_event(world, category=world.wall, at=NOON + timedelta(minutes=minute))
    learn_all(NOON + timedelta(hours=1))
    open_now = list(Category.objects.exclude(pk=world.wall.pk).filter(children=None).values_list("code", flat=True))
    assert "C02" not in likely_in([GRID], open_now)[GRID]["12-17"]
