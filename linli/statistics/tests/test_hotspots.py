"""Hot spots: sums against brute force, bounded searches against looking at every pair, and the pages."""

import csv
import gzip
import random
import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from html import unescape
from itertools import islice, product
from math import comb
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from linli.events import actions
from linli.events.actions import ImportedMatter, import_matters
from linli.events.models import Event
from linli.events.rules import State
from linli.events.testing import GRID, World, make_event
from linli.kit.distances import distance_m
from linli.statistics.counting import follow
from linli.statistics.hotspots.rising import rising
from linli.statistics.rules.returning import Seen, returning
from linli.statistics.rules.rising import (
    Counts,
    Stretch,
    Sure,
    chance_of,
    dispersion,
    false_shares,
    rises,
    stretches,
)
from linli.statistics.tests.test_pages import COUNTY, TOWNSHIP, count_on, numbers, page, signed_in

OTHER = "440881102201001"
NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)

# --- what rises --------------------------------------------------------------------------------------------------------


@given(st.integers(0, 30), st.lists(st.integers(0, 6), min_size=1, max_size=6))
def test_without_over_dispersion_the_chance_is_a_binomial_sum_in_fractions(now: int, before: list[int]) -> None:
    if dispersion([before]) > 1:
        return
    total, share = now + sum(before), Fraction(1, len(before) + 1)
    exact = sum(comb(total, k) * share**k * (1 - share) ** (total - k) for k in range(now, total + 1))
    assert chance_of(now, before) == pytest.approx(float(exact), rel=1e-9)


@pytest.mark.parametrize(("now", "before"), [(5, (0, 4)), (3, (6, 0)), (6, (1, 5)), (0, (4, 0))])
def test_with_over_dispersion_it_is_that_of_negative_binomial_stretches(now: int, before: tuple[int, int]) -> None:
    """Every way the total can fall into the stretches, each with its probability, counted out."""
    total = now + sum(before)
    size = total / 3 / (dispersion([before]) - 1)

    def weight(k: int) -> float:
        found = 1.0
        for place in range(k):
            found *= (size + place) / (place + 1)
        return found

    ways = {
        one: weight(one[0]) * weight(one[1]) * weight(one[2])
        for one in product(range(total + 1), repeat=3)
        if sum(one) == total
    }
    exact = sum(chance for one, chance in ways.items() if one[0] >= now) / sum(ways.values())
    assert chance_of(now, before) == pytest.approx(exact, rel=1e-9)


@settings(deadline=None)
@given(st.integers(0, 2000), st.lists(st.integers(0, 2000), min_size=1, max_size=12), st.floats(0, 14))
def test_whatever_the_over_dispersion_a_chance_is_one(now: int, before: list[int], places: float) -> None:
    """The size of the law grows without bound as its factor comes near to 1."""
    found = chance_of(now, before, 1 + 10**-places)
    assert 0 <= found <= 1
    if places > 12 and dispersion([before]) <= 1:
        assert found == pytest.approx(chance_of(now, before), rel=1e-4, abs=1e-12)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_shares_of_false_ones_are_those_of_benjamini_and_hochberg(chances: list[float]) -> None:
    found = false_shares(dict(enumerate(chances)))
    for limit in (0.01, 0.05, 0.2, 0.9):
        ordered = sorted(chances)
        called = max((place for place, one in enumerate(ordered, 1) if one * len(ordered) / place <= limit), default=0)
        assert sum(share <= limit for share in found.values()) == max(
            called, sum(one <= (ordered[called - 1] if called else -1) for one in chances)
        )


def test_of_categories_that_do_not_rise_hardly_one_is_called() -> None:
    chance, called = random.Random(1), 0
    for _each in range(60):
        counts = {}
        for category in range(40):
            mean = chance.uniform(0.3, 20)
            drawn = [sum(chance.random() < mean / 200 for _one in range(200)) for _stretch in range(13)]
            counts[category] = Counts(drawn[0], tuple(drawn[1:]), ())
        called += any(one.sure != Sure.NOT for one in rises(counts).values())
    assert called <= 6


def test_what_rises_is_found_and_a_season_is_none() -> None:
    counts = {place: Counts(5, (5, 4, 6, 5, 5, 6, 4, 5), (5, 6, 4)) for place in range(20)}
    counts[98] = Counts(40, (5, 4, 6, 5, 5, 6, 4, 5), (5, 6, 4))
    counts[99] = Counts(40, (5, 4, 6, 5, 5, 6, 4, 5), (38, 41, 44))
    found = rises(counts)
    assert next(iter(found)) == 98
    assert (found[98].sure, found[99].sure) == (Sure.VERY, Sure.NOT)
    assert (found[98].observed, found[98].expected, found[98].expected_by_year) == (40, 5, 5)


def test_stretches_are_whole_and_none_begins_before_anything_was_known() -> None:
    found = stretches(date(2026, 11, 19), 28, date(2026, 6, 1))
    assert found.now == Stretch(date(2026, 10, 23), date(2026, 11, 19))
    assert (len(found.before), found.before[-1].first, found.years) == (5, date(2026, 6, 5), [])
    older = stretches(date(2026, 11, 19), 28, date(2024, 1, 1))
    assert len(older.before), len(older.years) == (12, 6)
    assert all((found.now.last - one.last).days % 7 == 0 for one in older.years)


def brought(world: World, several: list[tuple[str, object, datetime]]) -> None:
    matters = [
        ImportedMatter(external_no=str(place), area=world.areas[area], reported_at=at, text="水沟", category=category)  # type: ignore[arg-type]
        for place, (area, category, at) in enumerate(several)
    ]
    import_matters(matters, source="old", at=timezone.now())


def _days(world: World) -> list[tuple[str, object, datetime]]:
    """Twenty weeks with one drain and two walls a week in either township; in the last, twenty drains in one."""
    noon = timezone.now().replace(hour=4, minute=0)
    weeks = [(GRID, world.drain), (OTHER, world.drain), (GRID, world.wall), (OTHER, world.wall), (GRID, world.wall)]
    usual = [(area, category, noon - timedelta(days=7 * week + 3)) for week in range(20) for area, category in weeks]
    return usual + [(GRID, world.drain, noon - timedelta(days=2, minutes=place)) for place in range(20)]


@pytest.mark.parametrize("is_counted", [True, False])
def test_counts_equal_those_of_the_rows_and_lead_to_them(world: World, is_counted: bool) -> None:
    brought(world, _days(world))
    while is_counted and follow(timezone.now()):
        pass
    html = page(world.cast.county, f"/desk/statistics/{COUNTY}/hotspots/?days=7")
    found = [(address, n) for address, figure, n in numbers(html) if figure == "reported"]
    assert len(found) == 2
    for address, n in found:
        assert count_on(page(world.cast.county, address)) == n
    risen = html.partition('<details class="behind">')[0]
    assert [n for _address, _figure, n in numbers(risen)] == [22]
    below = page(world.cast.county, f"/desk/statistics/{COUNTY}/hotspots/?days=7&areas=below")
    lines = [
        (address.split("/")[3], n) for address, _figure, n in numbers(below.partition('<details class="behind">')[0])
    ]
    assert lines == [(TOWNSHIP, 21)]


def test_a_rise_suggests_a_joint_inspection_with_words_for_the_step(world: World) -> None:
    brought(world, _days(world))
    county = world.cast.county
    html = page(county, f"/desk/statistics/{COUNTY}/hotspots/?days=7")
    [address] = {unescape(one) for one in re.findall(r'href="([^"]*suggestion/[^"]*)"', html)}
    suggested = page(county, address)
    forms = re.findall(
        r'action="(/desk/events/[0-9a-f-]{36}/whistle)".*?name="text" value="([^"]*)"', suggested, re.DOTALL
    )
    assert "22" in suggested
    event = make_event(world, State.ACCEPTED, at=timezone.now() - timedelta(days=1))
    forms = re.findall(
        r'action="(/desk/events/[0-9a-f-]{36}/whistle)".*?name="text" value="([^"]*)"', page(county, address), re.DOTALL
    )
    assert [one for one, _text in forms] == [f"/desk/events/{event.pk}/whistle"]
    opened = signed_in(county).post(forms[0][0], {"only_fill": "1", "text": unescape(forms[0][1])}).content.decode()
    assert forms[0][1] in opened
    event.refresh_from_db()
    assert event.state == State.ACCEPTED


def test_a_rise_of_quarrels_suggests_early_mediation(world: World) -> None:
    brought(
        world,
        [(area, world.quarrel if category == world.drain else category, at) for area, category, at in _days(world)],
    )
    html = page(world.cast.county, f"/desk/statistics/{COUNTY}/hotspots/?days=7")
    [address] = {unescape(one) for one in re.findall(r'href="([^"]*suggestion/[^"]*)"', html)}
    assert "/to_mediation" in page(world.cast.desk, address.replace(COUNTY, TOWNSHIP))


@pytest.mark.real
def test_the_counts_of_a_real_city_equal_counting_one_by_one(world: World, shared: Path) -> None:
    path = shared / "data" / "requests311" / "boston_2015.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        rows = list(islice(csv.DictReader(file), 0, None, 100))
    zone, categories = ZoneInfo("America/New_York"), [world.drain, world.wall, world.quarrel]
    moments = [datetime.fromisoformat(row["opened_at"]).replace(tzinfo=zone) for row in rows]
    of_rows = [categories[len(row["type"]) % 3] for row in rows]
    brought(world, [(GRID if place % 2 else OTHER, of_rows[place], moment) for place, moment in enumerate(moments)])
    at = max(moments) + timedelta(days=1)
    while follow(at):
        pass
    shanghai = ZoneInfo("Asia/Shanghai")
    days = [(moment.astimezone(shanghai).date(), one.pk) for moment, one in zip(moments, of_rows, strict=True)]
    looked = rising(world.areas[COUNTY], 7, at=at)
    first, last = looked.stretches.now
    assert len(looked.stretches.before) == 12
    assert {one.category: one.rise.observed for one in looked.found} == Counter(
        category for day, category in days if first <= day <= last
    )
    for one in looked.found:
        before = [
            sum(a <= day <= b and category == one.category for day, category in days)
            for a, b in looked.stretches.before
        ]
        assert one.rise.expected == pytest.approx(sum(before) / len(before))


# --- what comes back ---------------------------------------------------------------------------------------------------

_SEEN = st.builds(
    lambda place, category, east, north, day, took: Seen(
        place,
        category,
        (110 + east * 0.0004, 60 + north * 0.0003),
        NOON + timedelta(days=day),
        NOON + timedelta(days=day + took) if took >= 0 else None,
    ),
    st.integers(0, 10**6),
    st.integers(1, 2),
    st.integers(0, 8),
    st.integers(0, 8),
    st.integers(0, 60),
    st.integers(-1, 20),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(_SEEN, max_size=25, unique_by=lambda one: one.key))
def test_places_equal_looking_at_every_pair(matters: list[Seen]) -> None:
    since, soon = NOON + timedelta(days=20), timedelta(days=15)
    pairs = [
        (one, two)
        for one, two in product(matters, matters)
        if one.key != two.key
        and one.category == two.category
        and two.reported_at >= since
        and one.closed_at is not None
        and one.closed_at <= two.reported_at <= one.closed_at + soon
        and distance_m(one.point, two.point) <= 80
    ]
    groups: list[set[object]] = []
    for one, two in pairs:
        joined = [group for group in groups if {one.key, two.key} & group]
        groups = [group for group in groups if group not in joined] + [{one.key, two.key}.union(*joined)]
    back = {two.key for _one, two in pairs}
    found = returning(matters, radius_m=80, within=soon, since=since)
    assert sorted(sorted(map(str, place.keys)) for place in found) == sorted(
        sorted(map(str, group)) for group in groups
    )
    assert {frozenset(place.keys): place.returns for place in found} == {frozenset(g): len(g & back) for g in groups}


def at_spot(event: Event, lon: float = 110.2, lat: float = 21.6, **more: object) -> Event:
    Event.objects.filter(pk=event.pk).update(lon=lon, lat=lat, **more)
    return event


def test_a_spot_that_comes_back_opens_its_matters_and_a_quarrel_has_no_spot(world: World) -> None:
    now = timezone.now()
    first = at_spot(make_event(world, State.CLOSED, at=now - timedelta(days=40)))
    second = at_spot(make_event(world, State.ACCEPTED, at=now - timedelta(days=10)), lon=110.2003)
    at_spot(make_event(world, at=now - timedelta(days=9)), lon=110.21)
    at_spot(make_event(world, at=now - timedelta(days=9), category=world.wall))
    at_spot(make_event(world, State.CLOSED, at=now - timedelta(days=40), category=world.quarrel))
    at_spot(make_event(world, at=now - timedelta(days=9), category=world.quarrel))
    html = page(world.cast.county, f"/desk/statistics/{COUNTY}/hotspots/")
    [address] = {unescape(one) for one in re.findall(r'href="([^"]*kind=returning[^"]*)"', html)}
    assert re.findall(r"event=([0-9a-f-]{36})", address) == [str(first.pk), str(second.pk)]
    suggested = page(world.cast.county, address)
    assert first.number in suggested
    assert f"/desk/events/{second.pk}/whistle" in suggested
    for person in (world.cast.neighbour, world.cast.handler, world.cast.nobody):
        page(person, address, status=404)
    elsewhere = address.replace(COUNTY, "440881102")
    page(world.cast.county, elsewhere, status=422)


def test_a_matter_taken_up_again_came_back(world: World) -> None:
    now = timezone.now()
    event = make_event(world, State.CLOSED, at=now - timedelta(days=30), category=world.quarrel)
    actions.reopen(event, text="又吵了", by=None, at=now - timedelta(days=3))
    html = page(world.cast.county, f"/desk/statistics/{COUNTY}/hotspots/")
    [address] = {unescape(one) for one in re.findall(r'href="([^"]*kind=returning[^"]*)"', html)}
    assert str(event.pk) in address


# --- what is reported over and over ------------------------------------------------------------------------------------


def test_near_duplicates_and_merged_ones_make_a_cluster_and_other_houses_do_not(world: World) -> None:
    now = timezone.now()
    texts = ("村口水沟堵塞污水外溢", "村口的水沟堵塞，污水外溢", "水沟堵塞污水外溢到村口", "路灯不亮了三天")
    events = []
    for place, text in enumerate(texts):
        event = make_event(world, State.ACCEPTED, at=now - timedelta(days=5, hours=place))
        events.append(at_spot(event, text=text))
    merged = at_spot(make_event(world, State.ACCEPTED, at=now - timedelta(days=4)), lon=110.5)
    actions.merge(merged, into=events[0], by=world.cast.desk, at=now)
    html = page(world.cast.county, f"/desk/statistics/{COUNTY}/hotspots/")
    [address] = {unescape(one) for one in re.findall(r'href="([^"]*kind=alike[^"]*)"', html)}
    assert set(re.findall(r"event=([0-9a-f-]{36})", address)) == {str(one.pk) for one in (*events[:3], merged)}


# --- the page ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["days=3", "radius=x", "within=-1", "days=٧"])
def test_what_cannot_be_chosen_is_refused_in_words(world: World, query: str) -> None:
    assert 'role="alert"' in page(world.cast.county, f"/desk/statistics/{COUNTY}/hotspots/?{query}", status=422)


@pytest.mark.parametrize(
    "query",
    ["", "kind=rising", "kind=rising&category=٣", "kind=alike&event=x", "kind=rising&category=99999999999999999999"],
)
def test_a_hot_spot_that_is_none_is_refused(world: World, query: str) -> None:
    page(world.cast.county, f"/desk/statistics/{COUNTY}/hotspots/suggestion/?{query}", status=422)


def test_nobody_sees_hot_spots_of_elsewhere(world: World) -> None:
    for person in (world.cast.neighbour, world.cast.handler, world.cast.nobody, world.cast.system):
        page(person, f"/desk/statistics/{COUNTY}/hotspots/", status=404)
