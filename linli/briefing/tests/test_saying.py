"""What a briefing says of a small history that was counted by hand, and that it is what the pages say."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from linli.briefing.composing import TooEarly, compose
from linli.briefing.models import Briefing
from linli.briefing.rules import Rhythm, whole
from linli.briefing.saying import plain
from linli.events import actions
from linli.events.models import Event
from linli.events.rules import State
from linli.events.testing import World, make_event, make_world
from linli.kit.testing import BuiltOnce
from linli.statistics.counting import follow
from linli.statistics.figures import Moment, matters_of, rows_of
from linli.statistics.models import Follower
from linli.statistics.narrowing import Categories, Narrowing
from linli.statistics.periods import Period
from linli.statistics.reading import figures
from linli.statistics.rules import BY_CODE
from linli.statistics.sheet import in_sight
from linli.statistics.tests.test_pages import count_on, signed_in

COUNTY = "440881"
#: Of a Monday morning in China; the month that is told of is October.
AT = datetime(2026, 11, 2, 2, 30, tzinfo=UTC)
FIRST = datetime(2026, 10, 5, 1, tzinfo=UTC)


def drafted(world: World, language: str = "zh-hans", area: str = COUNTY) -> Briefing:
    one = whole(Rhythm.MONTH, FIRST.date())
    return Briefing(area=world.areas[area], rhythm=one.rhythm, first_on=one.first, last_on=one.last, language=language)


def sentences(content: dict[str, Any]) -> str:
    return "\n".join(plain(said) for section in content["sections"] for said in section["paragraphs"])


def numbers(content: dict[str, Any]) -> list[tuple[str, str]]:
    """Every number with an address, of sentences, tables and charts."""
    found: list[tuple[str, str]] = []
    for section in content["sections"]:
        saids = [*section["paragraphs"], *(cell for one in section["tables"] for row in one["rows"] for cell in row)]
        saids += [bar["values"] for one in section["charts"] for bar in one["bars"]]
        found += [(text, address) for said in saids for text, address in said if address]
    return found


def _build_october() -> World:
    world = make_world()
    for place in range(20):
        make_event(world, State.SELF_HANDLED, at=datetime(2026, 9, 7, 1, tzinfo=UTC) + timedelta(hours=place))
    for place in range(22):
        make_event(world, State.CLOSED if place < 3 else State.SELF_HANDLED, at=FIRST + timedelta(hours=place))
    make_event(world, State.VOIDED, at=FIRST, category=world.wall)
    make_event(world, State.SIGNED_FOR, at=FIRST + timedelta(days=1), category=world.wall)
    closed = Event.objects.filter(reported_at__gte=FIRST, state=State.CLOSED)
    actions.follow_up(closed[0], rating="satisfied", by=world.cast.desk, at=AT)
    return world


#: In October 22 drains, closed within the hour, and 2 walls, one voided, one open; in September 20 drains.
make_october = BuiltOnce(_build_october)


@pytest.fixture
def october(db: None) -> World:
    return make_october()


def test_the_sentences_are_those_counted_by_hand(october: World) -> None:
    content = compose(drafted(october), AT)
    said = sentences(content)
    assert content["title"] == "廉江市2026年10月群众身边事办理情况"
    assert content["issue"] == "2026年第10期（月报）"
    assert content["office"] == "廉江市社会治安综合治理中心"
    assert "期内共上报事件24件，同比基数较少，不作比较，环比上升20.00%；其中受理23件，受理率95.8%（23/24）。" in said
    assert "期内办结22件，同比基数较少，不作比较，环比上升10.00%；其中按期办结22件。" in said
    assert "上报人作出答复的1件，回应率4.5%（1/22）；答复满意的1件，满意率1/1（较少，不计百分比）" in said
    assert "另有不予受理0件、作废1件、重复合并0件、转出0件" in said
    assert "从上报到办结，半数不超过1小时，九成不超过1小时" in said
    assert "占全部上报24件的比重：排水管道22件（91.6%）；危墙2件（8.3%）。" in said
    assert "在办1件，其中超期1件、暂停计时0件" in said
    assert "在办事件中，最早一件上报至今27天。" in said


def test_below_twenty_there_is_no_percentage_and_nothing_is_compared(world: World) -> None:
    for place in range(3):
        make_event(world, State.CLOSED, at=FIRST + timedelta(hours=place))
    content = compose(drafted(world), AT)
    said = sentences(content)
    assert "期内共上报事件3件，同期、上期较少，不作比较；其中受理3件，受理率3/3（较少，不计百分比）。" in said
    assert "期内办结且可计算用时的3件，较少，不作用时比较。" in said
    assert "总量3件，较少，不作占比比较" in said
    assert "到期应结件数均不足20件，较少，不作比较" in said
    assert re.findall(r"\d+%", said) == []


def test_an_empty_month_is_said_to_be_one(world: World) -> None:
    said = sentences(compose(drafted(world), AT))
    assert "期内无上报、到期或办结的事件，目前亦无在办事件。" in said


def test_every_number_is_the_one_the_pages_count_from_sums_and_from_rows(october: World) -> None:
    while follow(AT) or Follower.objects.get().is_walking:
        pass
    content = compose(drafted(october), AT)
    period = Period(whole(Rhythm.MONTH, FIRST.date()).first, whole(Rhythm.MONTH, FIRST.date()).last)
    read = figures(in_sight(COUNTY), COUNTY, period, at=AT)
    assert read.from_sums
    checked, categories = 0, Categories()
    for text, address in numbers(content):
        asked = {name: one for name, (one,) in parse_qs(urlsplit(address).query).items()}
        if asked.get("figure") not in BY_CODE or "件" in text:
            continue
        n, code = int(text.replace(",", "")), urlsplit(address).path.split("/")[-3]
        of = Period.parse(asked, AT.date())
        narrowed = Narrowing.parse(asked, categories)
        events = rows_of(matters_of(code), BY_CODE[asked["figure"]], Moment(of, AT))
        if asked["figure"] in ("open", "overdue") and n != events.count():
            # An age in days: its address are the matters it is reckoned from.
            continue
        assert events.filter(narrowed.condition(code, categories)).count() == n, address
        if code == COUNTY and of == period and not narrowed.asked and asked["figure"] in read.whole.counts:
            assert read.whole.counts[asked["figure"]] == n
        checked += 1
    assert checked > 30


def test_a_number_of_the_paper_opens_as_many_rows(october: World) -> None:
    client = signed_in(october.cast.leader)
    for text, address in numbers(compose(drafted(october), AT))[:4]:
        assert count_on(client.get(address).content.decode()) == int(text)


def test_units_stand_in_the_order_of_codes_and_small_ones_are_not_compared(october: World) -> None:
    for place in range(4):
        make_event(october, State.CLOSED, at=FIRST + timedelta(hours=place), area=october.areas["440881102"])
    content = compose(drafted(october), AT)
    areas = next(one for section in content["sections"] for one in section["tables"] if "区划代码" in one["caption"])
    names = [plain(row[0]) for row in areas["rows"]]
    assert names == ["石城镇", "新民镇"]
    assert plain(areas["rows"][1][-1]) == "较少，不作比较"


def test_what_stands_out_is_said_with_its_range(october: World) -> None:
    for place in range(24):
        make_event(october, State.ACCEPTED, at=FIRST + timedelta(hours=place), area=october.areas["440881102"])
    said = sentences(compose(drafted(october), AT))
    assert re.search(
        r"石城镇高于正常波动（22/24，正常范围\d+至\d+件）；新民镇低于正常波动（0/24，正常范围\d+至\d+件）", said
    )


def test_places_that_come_back_are_named_by_village_and_disputes_are_not(world: World) -> None:
    for category in (world.drain, world.quarrel):
        for days in (0, 5):
            event = make_event(world, State.CLOSED, at=FIRST + timedelta(days=days), category=category)
            Event.objects.filter(pk=event.pk).update(lon=110.05, lat=21.7)
    later = make_event(world, at=FIRST + timedelta(days=27))
    Event.objects.filter(pk=later.pk).update(lon=110.05, lat=21.7)
    reopened = make_event(world, State.CLOSED, at=FIRST, category=world.quarrel)
    actions.reopen(reopened, text="又吵起来了", by=None, at=FIRST + timedelta(days=2))
    said = sentences(compose(drafted(world), AT))
    assert "石城镇上县村“排水管道”反复1次，最近一次10月10日" in said
    assert "邻里纠纷”反复" not in said
    assert "第五网格" not in said


def test_the_english_edition_is_english(october: World) -> None:
    content = compose(drafted(october, "en"), AT)
    said = sentences(content)
    assert "Reported in the period: 24, y/y few before, not compared, m/m up 20.00 %; accepted: 23" in said
    assert "Drains 22 (91.6 %)" in said
    words = re.sub("廉江市|石城镇|新民镇|上县村", "", str(content))
    assert re.findall("[一-龥，。（）；：]+", words) == []


def test_nothing_personal_is_in_it(october: World) -> None:
    words = str(compose(drafted(october), AT))
    for person in vars(october.cast).values():
        assert person.name not in words
        assert person.username not in re.sub(r"/desk/[^']*", "", words)
    assert "污水流到路上" not in words


def test_it_waits_until_the_sums_have_reached_the_end_of_the_period(october: World) -> None:
    while follow(AT) or Follower.objects.get().is_walking:
        pass
    assert compose(drafted(october), AT)
    # A worker that counted last within the month, and more behind it than a page reads by itself.
    Follower.objects.update(counted_at=FIRST)
    from linli.statistics import reading

    before, reading.TAIL = reading.TAIL, -1
    try:
        make_event(october, at=AT)
        with pytest.raises(TooEarly):
            compose(drafted(october), AT)
    finally:
        reading.TAIL = before
