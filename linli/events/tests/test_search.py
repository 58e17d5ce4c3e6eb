"""Search: what is found, at once and after indexing, and what is not."""

from datetime import timedelta

import pytest

from linli.events import actions, search
from linli.events.models import Event
from linli.events.rules import Source
from linli.events.testing import NOON, World, make_event
from linli.people.actions import scope_of

FOUND = [
    "水沟",
    "污水流",
    "沟",
    "村口",
    "排水管道",
    "上县第五网格",
    "石城",
    "3号",
    "３号",
    "led",
    "LED灯",
    "ＬＥ",
    "村口 污水",
    "村口　污水",
    "水沟，污水！",
    "路灯LED",
    "12米",
]
NOT_FOUND = ["words:水沟", "沟水", "水村", "村口 围墙", "13800138000", "ed", "新民镇", "？！", "😀", "3楼", "廉江"]
HARMLESS = [
    '"水沟"',
    "水沟'",
    "水沟*",
    "水沟 & |",
    "(水沟",
    "水沟\\",
    "-水沟",
    "^水沟",
    "水沟\0",
    "水沟:*",
    "<->水沟",
]


@pytest.fixture
def event(world: World) -> Event:
    return actions.report(
        text="村口水沟堵了，污水流到3号门前，路灯LED灯也坏了，长１２米",
        area=world.grid,
        category=world.drain,
        at=NOON,
        source=Source.RESIDENT,
        contact="13800138000",
    ).event


@pytest.fixture(params=["indexed", "just reported"])
def findable(request: pytest.FixtureRequest, event: Event) -> Event:
    if request.param == "indexed":
        search.bring_up_to_date()
        assert search.lag() == 0
    return event


def found(words: str) -> list[Event]:
    return list(search.matching(Event.objects.all(), words))


@pytest.mark.parametrize("words", FOUND)
def test_what_is_in_the_words_is_found(findable: Event, words: str) -> None:
    assert found(words) == [findable]


@pytest.mark.parametrize("words", NOT_FOUND)
def test_what_is_not_in_the_words_is_not_found(findable: Event, words: str) -> None:
    assert found(words) == []


@pytest.mark.parametrize("words", HARMLESS)
def test_quotes_and_operators_are_only_signs(findable: Event, words: str) -> None:
    assert found(words) == [findable]


def test_nothing_asked_finds_all(event: Event) -> None:
    assert found("  ") == [event]


@pytest.mark.parametrize("cut", [slice(None), slice(10), slice(9, None), slice(17, None)])
def test_a_number_is_found_whole_and_in_part(findable: Event, cut: slice) -> None:
    assert found(findable.number[cut]) == [findable]


def test_a_running_number_is_found_without_its_zeros(findable: Event) -> None:
    assert found("1") == [findable]


def test_words_said_later_are_found_and_replaced(world: World, event: Event) -> None:
    search.bring_up_to_date()
    actions.reject(event, text="不属受理范围", turn_to="请找供电所", by=world.cast.county, at=NOON + timedelta(hours=1))
    before = found("供电所")
    search.bring_up_to_date()
    assert before == found("供电所") == found("水沟") == [event]


def test_a_moved_matter_is_found_by_its_new_area(world: World, event: Event) -> None:
    search.bring_up_to_date()
    actions.move(event, area=world.areas["440881101202001"], by=world.cast.desk, at=NOON + timedelta(hours=1))
    search.bring_up_to_date()
    assert found("下县") == [event]
    assert found("上县") == []


def test_nobody_finds_what_they_may_not_see(world: World, findable: Event) -> None:
    for person, sees in ((world.cast.worker, 1), (world.cast.neighbour, 0), (world.cast.nobody, 0)):
        visible = Event.objects.visible_to(scope_of(person, NOON))
        assert len(search.matching(visible, "水沟")) == sees


def test_the_journal_is_followed_in_slices(world: World) -> None:
    for _each in range(3):
        make_event(world)
    assert search.bring_up_to_date(2) == 2
    assert search.lag() == 1
    assert len(found("水沟")) == 3
    assert (search.bring_up_to_date(2), search.bring_up_to_date(2)) == (1, 0)


def test_the_longest_words_are_taken(world: World) -> None:
    event = make_event(world, text="a" * 3998 + "水" + "\U00030000")
    search.bring_up_to_date()
    assert found("a" * 100) == found("\U00030000") == found("水\U00030000") == [event]


def test_tokens_are_pairs_and_words() -> None:
    assert search.tokens("村口3号水沟，ＬＥＤ Straße") == ["村口", "口", "3", "号水", "水沟", "沟", "led", "strasse"]
