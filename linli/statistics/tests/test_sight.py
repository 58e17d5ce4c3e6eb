"""Charts and hot spots over generated histories, a real city and real petitions: each equals looking at every matter."""

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some

from linli.areas.models import Area
from linli.events.actions import ImportedMatter, import_matters
from linli.events.models import Event
from linli.events.rules import State
from linli.events.testing import World, make_event
from linli.kit.distances import distance_m
from linli.kit.likeness import likeness, numbers_differ
from linli.people.rules import Held, Role, Scope
from linli.statistics.control.charts import BY_MONTH, COMPARED, chart_of, in_a_row
from linli.statistics.counting import follow
from linli.statistics.hotspots.rising import rising
from linli.statistics.hotspots.spots import clusters, coming_back
from linli.statistics.periods import Period
from linli.statistics.tests import slow
from linli.statistics.tests.test_pages import COUNTY, signed_in

ALL = Scope((Held(Role.DESK, COUNTY),))
GRIDS = ("440881101201005", "440881101202001", "440881102201001")
AT = datetime(2026, 11, 20, 4, tzinfo=UTC)


def assert_all(world: World, at: datetime) -> None:
    """Everything on the pages of the county, each against its own slow computation."""
    county, today = world.areas[COUNTY], at.astimezone(slow.HOME).date()
    assert_charts(county, Period(today - timedelta(days=365), today), at)
    assert_months(county, today, at)
    for days, below in ((7, False), (28, True)):
        assert_rising(county, days, below, at)
    assert_coming_back(county, at)
    assert_clusters(county, at)


def assert_charts(county: Area, period: Period, at: datetime) -> None:
    for by, key in (("township", lambda one: one.event.area_id[:9]), ("department", lambda one: one.department or "-")):
        counted = slow.table(COUNTY, period.first, period.last, at, key)
        for rate in COMPARED:
            chart = chart_of(ALL, county, rate, period, by=by, at=at)
            shown = sorted((one.numerator.n, one.denominator.n) for one in chart.lines if one.denominator.n)
            pairs = (
                (one.get(rate.numerator, 0), one.get(rate.denominator, 0))
                for code, one in counted.items()
                if code != "-"
            )
            assert shown == sorted(pair for pair in pairs if pair[1]), (by, rate.code)


def assert_months(county: Area, today: date, at: datetime) -> None:
    shown = {figure.code: in_a_row(ALL, county, figure, at=at).bars for figure in BY_MONTH}
    months = {bar.period.first: bar.period.last for bars in shown.values() for bar in bars}
    if not months:
        return
    assert max(months.values()) < today.replace(day=1)
    counted = slow.by_month(COUNTY, min(months), max(months.values()), at)
    for code, bars in shown.items():
        for bar in bars:
            assert bar.number.n == counted.get(str(bar.period.first), {}).get(code, 0), (code, bar.period)


def assert_rising(county: Area, days: int, below: bool, at: datetime) -> None:
    looked = rising(county, days, below=below, at=at)
    held = looked.stretches
    assert held.now.last == at.astimezone(slow.HOME).date() - timedelta(days=1)
    for one in looked.found:
        on = [
            event.reported_at.astimezone(slow.HOME).date()
            for event in Event.objects.all()
            if event.area_id.startswith(one.area) and event.category_id == one.category
        ]
        several = [held.now, *held.before, *held.years]
        counts = [sum(first <= day <= last for day in on) for first, last in several]
        before, years = counts[1 : len(held.before) + 1], counts[len(held.before) + 1 :]
        assert one.rise.observed == counts[0]
        assert one.rise.expected == pytest.approx(sum(before) / len(before))
        assert one.rise.expected_by_year == (pytest.approx(sum(years) / len(years)) if years else None)


def assert_coming_back(county: Area, at: datetime) -> None:
    since, soon = at - timedelta(days=90), timedelta(days=60)
    known = Event.objects.select_related("category").exclude(state__in=("voided", "rejected", "merged"))
    placed = [one for one in known if one.lon is not None]
    events = [one for one in placed if one.category is not None and not one.category.for_mediation]
    back = defaultdict(set)
    for one in events:
        for other in events:
            is_after = (
                other.state in ("closed", "self_handled")
                and one != other
                and one.category_id == other.category_id
                and one.reported_at >= since
                and timedelta() <= one.reported_at - other.ended_at <= soon  # type: ignore[operator]
            )
            if is_after and distance_m((one.lon, one.lat), (other.lon, other.lat)) <= 100:  # type: ignore[arg-type]
                back[one.pk].add(other.pk)
    found = coming_back(county, radius=100, within=soon, since=since).found
    assert {key for spot in found for key in spot.keys} == set(back).union(*back.values())
    assert sum(spot.count for spot in found) == len(back)


def assert_clusters(county: Area, at: datetime) -> None:
    """Each pair beside each other, and pairs grown together until nothing more is joined."""
    since = at - timedelta(days=90)
    known = Event.objects.select_related("category").exclude(state__in=("voided", "rejected"))
    events = [one for one in known if one.category is None or not one.category.for_mediation]
    young = [one for one in events if one.reported_at >= since]
    groups = [{one.pk, one.merged_into_id} for one in young if one.merged_into_id]
    placed = [one for one in young if one.lon is not None and one.merged_into_id is None]
    groups += [{one.pk, other.pk} for one in placed for other in placed if one != other and _is_same(one, other)]
    grown = True
    while grown:
        grown = False
        for one in groups:
            for other in groups:
                if one is not other and one & other:
                    one |= other
                    groups.remove(other)
                    grown = True
                    break
            if grown:
                break
    here = {one.pk for one in events}
    expected = {frozenset(group & here) for group in groups if len(group & here) >= 3}
    assert {frozenset(spot.keys) for spot in clusters(county, since=since).found} == expected


def _is_same(one: Event, other: Event) -> bool:
    """The category that reaches further says how far they may lie apart."""
    if abs(other.reported_at - one.reported_at) > timedelta(days=45):
        return False
    apart = distance_m((one.lon, one.lat), (other.lon, other.lat))  # type: ignore[arg-type]
    reach = [120 if one is None else 80 if one.urgency == "normal" else 250 for one in (one.category, other.category)]
    words = likeness(one.text, other.text) * (0.5 if numbers_differ(one.text, other.text) else 1)
    is_of_one = one.category_id is not None and one.category_id == other.category_id
    return apart <= max(reach) and words >= (0.3 if is_of_one else 0.65)


# --- generated histories -----------------------------------------------------------------------------------------------

_MATTER = some.tuples(
    some.integers(0, 2),  # where
    some.sampled_from(["drain", "wall", "quarrel", None]),
    some.integers(1, 700) | some.integers(1, 60),  # days ago
    some.integers(-1, 40),  # days until it was closed; -1: open
    some.integers(0, 6),  # spot
    some.integers(1, 30),  # days to its limit
    some.sampled_from(
        ["村口水沟堵塞污水外溢", "村口的水沟堵塞，污水外溢", "3号楼水沟堵塞", "5号楼水沟堵塞", "路灯不亮"]
    ),
)


@settings(
    max_examples=5,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
)
@given(history=some.lists(_MATTER, min_size=25, max_size=60), is_counted=some.booleans())
def test_everything_equals_the_slow_computation(
    world: World, history: list[tuple[int, str | None, int, int, int, int, str]], is_counted: bool
) -> None:
    before, matters = Event.objects.count(), []
    for place, (where, category, ago, took, spot, limit, text) in enumerate(history):
        reported = AT - timedelta(days=ago, minutes=place)
        ended = reported + timedelta(days=took) if 0 <= took < ago else None
        matters.append(
            ImportedMatter(
                external_no=str(before + place),
                area=world.areas[GRIDS[where]],
                reported_at=reported,
                text=text,
                category=getattr(world, category) if category else None,
                state=State.CLOSED if ended else State.REPORTED,
                due_at=reported + timedelta(days=limit),
                ended_at=ended,
                # Three beside each other and three a kilometre off; each history elsewhere: of one square, twenty are looked at.
                lon=110.2 + 0.01 * before + 0.0006 * (spot % 3) if spot else None,
                lat=21.6 + 0.01 * (spot > 3) if spot else None,
            )
        )
    import_matters(matters, source="made", at=AT)
    while is_counted and follow(AT):
        pass
    assert_all(world, AT)


# --- real ones ---------------------------------------------------------------------------------------------------------


@pytest.mark.real
def test_a_real_city_equals_the_slow_computation(world: World, shared: Path) -> None:
    path = shared / "data" / "requests311" / "boston_2015.csv.gz"
    zone, categories = ZoneInfo("America/New_York"), (world.drain, world.wall, world.quarrel)

    def moment(written: str) -> datetime | None:
        return datetime.fromisoformat(written).replace(tzinfo=zone) if written else None

    matters = []
    for row in islice(_rows(path), 0, None, 200):
        closed = moment(row["closed_at"])
        matters.append(
            ImportedMatter(
                external_no=row["case_id"],
                area=world.areas[GRIDS[sum(map(ord, row["police_district"])) % 3]],
                reported_at=moment(row["opened_at"]),  # type: ignore[arg-type]
                text=row["type"],
                category=categories[len(row["type"]) % 3],
                state=State.CLOSED if closed else State.REPORTED,
                due_at=moment(row["target_at"]),
                ended_at=closed,
                lon=float(row["lon"]) if row["lon"] else None,
                lat=float(row["lat"]) if row["lat"] else None,
            )
        )
    import_matters(matters, source="boston", at=datetime(2016, 1, 20, tzinfo=UTC))
    at = max(one.reported_at for one in matters) + timedelta(days=2)
    while follow(at):
        pass
    assert_all(world, at)


@pytest.mark.real
def test_real_petitions_equal_the_slow_computation(world: World, shared: Path) -> None:
    path = shared / "data" / "messages" / "fuzhou12345_rivers.csv.gz"
    kinds = {"投诉": world.drain, "举报": world.wall, "求助": world.quarrel}
    matters = []
    for row in islice(_rows(path), 0, None, 2):
        if not row["created_date"]:
            continue
        reported = datetime.fromisoformat(row["created_date"]).replace(hour=12, tzinfo=slow.HOME)
        took = float(row["days_to_final_reply"] or 0)
        matters.append(
            ImportedMatter(
                external_no=row["id"],
                area=world.areas[GRIDS[sum(map(ord, row["district"])) % 3]],
                reported_at=reported,
                text=row["title"],
                category=kinds.get(row["nature"]),
                state=State.CLOSED if took else State.REPORTED,
                due_at=reported + timedelta(days=15),
                ended_at=reported + timedelta(days=took) if took else None,
            )
        )
    at = max(one.reported_at for one in matters) + timedelta(days=2)
    import_matters(matters, source="fuzhou", at=timezone.now())
    while follow(at):
        pass
    assert_all(world, at)


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


# --- many and few ------------------------------------------------------------------------------------------------------


def test_twenty_hot_spots_take_as_many_queries_as_one(world: World) -> None:
    client, address = signed_in(world.cast.county), f"/desk/statistics/{COUNTY}/hotspots/"
    now = timezone.now()

    def spot(number: int) -> None:
        for state, ago in ((State.CLOSED, 40), (State.REPORTED, 5)):
            event = make_event(world, state, at=now - timedelta(days=ago))
            Event.objects.filter(pk=event.pk).update(lon=110.2 + number / 100, lat=21.6)

    spot(0)
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for number in range(1, 12):
        spot(number)
    with CaptureQueriesContext(connection) as many:
        html = client.get(address).content.decode()
    assert html.count("kind=returning") == 24
    assert len(many) == len(few)
