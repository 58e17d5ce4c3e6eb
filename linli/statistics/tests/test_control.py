"""Control charts: limits against sums in fractions, and the page that shows them."""

import random
import re
from datetime import date, datetime, timedelta
from fractions import Fraction
from math import comb, e, factorial

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from linli.events.models import Event
from linli.events.rules import State
from linli.events.testing import GRID, World, make_event
from linli.statistics.control.charts import Chart, Line
from linli.statistics.rules import BY_CODE, RATE_BY_CODE, percent
from linli.statistics.rules.chance import ALPHA, Range, binomial_outside, binomial_range, poisson_range, widened
from linli.statistics.rules.control import (
    LEAST_UNITS,
    Run,
    Verdict,
    compare,
    course,
    dispersion_of_units,
    runs_of,
)
from linli.statistics.sheet import Number
from linli.statistics.tests import slow
from linli.statistics.tests.test_pages import COUNTY, TOWNSHIP, VILLAGE, count_on, numbers, page

HALF = Fraction(ALPHA) / 2


def exactly(k: int, n: int, p: Fraction) -> Fraction:
    return comb(n, k) * p**k * (1 - p) ** (n - k)


def is_the_range(inside: Range, chances: list[Fraction]) -> bool:
    """No more than half of alpha on either side, and with one count more on either side it were."""
    below, above = sum(chances[: inside.low]), sum(chances[inside.high + 1 :])
    return (
        max(below, above) <= HALF < min(below + chances[inside.low], above + chances[inside.high])
        and 0 <= inside.low <= inside.high
    )


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 150), st.integers(0, 50))
def test_binomial_limits_equal_sums_in_fractions(n: int, part: int) -> None:
    p = Fraction(part, 50)
    chances = [exactly(k, n, p) for k in range(n + 1)]
    inside = binomial_range(n, float(p))
    assert is_the_range(inside, chances)
    outside = sum(chances[: inside.low]) + sum(chances[inside.high + 1 :])
    assert binomial_outside(inside, n, float(p)) == pytest.approx(float(outside), abs=1e-12)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 400))
def test_poisson_limits_equal_sums_in_fractions(tenths: int) -> None:
    expected = Fraction(tenths, 10)
    chances = [expected**k / factorial(k) * Fraction(e ** -float(expected)) for k in range(150)]
    assert is_the_range(poisson_range(float(expected)), chances)


def test_limits_of_a_whole_county_are_reckoned_too() -> None:
    low, high = binomial_range(300_000, 0.9)
    deviation = (300_000 * 0.9 * 0.1) ** 0.5
    assert low == pytest.approx(270_000 - 3.09 * deviation, abs=2)
    assert high == pytest.approx(270_000 + 3.09 * deviation, abs=2)


def test_of_units_that_differ_by_chance_alone_few_stand_out() -> None:
    chance = random.Random(20261129)
    out = looked_at = 0
    for _each in range(150):
        sizes = [chance.randint(20, 300) for _unit in range(22)]
        counts = {str(place): (sum(chance.random() < 0.8 for _one in range(n)), n) for place, n in enumerate(sizes)}
        found = compare(counts)
        assert found.by_chance <= ALPHA * 22
        out, looked_at = out + found.standing_out, looked_at + found.judged
    assert out <= 2 * ALPHA * looked_at


def test_a_unit_that_differs_stands_out_and_keeps_its_place() -> None:
    counts = {"3": (90, 100), "1": (45, 100), "2": (88, 100), "4": (10, 19)}
    found = compare(counts)
    assert list(found.units) == ["3", "1", "2", "4"]
    assert [one.verdict for one in found.units.values()] == [
        *(Verdict.ABOVE, Verdict.BELOW, Verdict.ABOVE, Verdict.TOO_FEW)
    ]
    assert found.units["4"].expected is None
    assert found.share == pytest.approx(233 / 319)


def test_units_of_which_all_differ_widen_the_limits() -> None:
    counts = [(50 + 40 * (place % 2), 100) for place in range(LEAST_UNITS)]
    assert dispersion_of_units(counts, 0.7) == pytest.approx(19.05, abs=0.05)
    assert dispersion_of_units(counts[1:], 0.7) == 1
    assert all(
        one.verdict == Verdict.WITHIN for one in compare(dict(zip("abcdefghij", counts, strict=True))).units.values()
    )


def test_a_single_one_that_stands_out_widens_nothing() -> None:
    counts = {str(place): (80, 100) for place in range(11)} | {"x": (20, 100)}
    found = compare(counts)
    assert (found.factor, found.units["x"].verdict) == (1, Verdict.BELOW)


def test_a_widened_range_never_leaves_what_is_possible() -> None:
    assert widened(Range(2, 20), 10, 4, 20) == Range(0, 20)
    assert widened(Range(2, 20), 10, 1) == Range(2, 20)


@given(st.lists(st.integers(-3, 3), max_size=30))
def test_runs_equal_looking_back_from_every_month(values: list[int]) -> None:
    for place, runs in enumerate(runs_of(values)):
        nine, six = values[: place + 1][-9:], values[: place + 1][-6:]
        steps = list(zip(six, six[1:], strict=False))
        expected = {
            Run.HIGH: len(nine) == 9 and all(one > 0 for one in nine),
            Run.LOW: len(nine) == 9 and all(one < 0 for one in nine),
            Run.RISING: len(six) == 6 and all(one < two for one, two in steps),
            Run.FALLING: len(six) == 6 and all(one > two for one, two in steps),
        }
        assert set(runs) == {run for run, holds in expected.items() if holds}


def test_months_are_held_against_their_days() -> None:
    found = course([(28, 28), (31, 31), (30, 30), (31, 31), (30, 30), (31, 31), (31, 31), (75, 30)])
    assert found
    assert found.months[-1].verdict == Verdict.ABOVE
    assert found.months[0].mean == pytest.approx(found.per_day * 28)
    assert course([(100, 30)] * 7) is None
    assert course([(2, 30)] * 9) is None


# --- the page ----------------------------------------------------------------------------------------------------------


def test_shares_are_rounded_down_as_on_every_other_page() -> None:
    compared = compare({"a": (1999, 2000), "b": (1999, 2000)})
    lines = [
        Line(key, "", *(Number(BY_CODE[code], n, "") for code, n in (("in_time", 1999), ("due", 2000))), judged, None)
        for key, judged in compared.units.items()
    ]
    chart = Chart(RATE_BY_CODE["on_time"], lines, compared, 90, 100, timezone.now())
    assert [chart.share_percent, *(line.percent for line in chart.lines)] == [99.9, 99.9, 99.9]
    expected = compared.units["a"].expected
    assert expected
    assert chart.lines[0].expected_percent == (percent(expected.low, 2000), percent(expected.high, 2000))


@pytest.fixture
def differing(world: World) -> World:
    """Of 30 due in one township nearly all are closed in time, of 30 in the other none; three in a third village."""
    now = timezone.now()
    for place in range(30):
        make_event(world, State.CLOSED, at=now - timedelta(days=40))
        late = make_event(world, at=now - timedelta(days=60), area=world.areas["440881102201001"])
        Event.objects.filter(pk=late.pk).update(due_at=now - timedelta(days=20 + place))
    return world


def test_the_page_says_which_differ_and_every_number_leads_to_its_rows(differing: World) -> None:
    html = page(differing.cast.county, f"/desk/statistics/{COUNTY}/compare/")
    verdicts = re.findall(r'<tr class="is-(\w+)"><th scope="row"><a href="/desk/statistics/(\d+)/compare/', html)
    assert verdicts == [("above", TOWNSHIP), ("below", "440881102")]
    today = timezone.localdate()
    first = today.replace(day=1).replace(year=today.year - 1) + timedelta(days=31)
    whole = slow.table(COUNTY, first.replace(day=1), today, timezone.now(), lambda one: one.event.area_id[:9])
    shown = {(figure, address.split("/")[3]): n for address, figure, n in numbers(html) if "last_12_months" in address}
    assert shown == {
        (figure, code): counts[figure]
        for code, counts in whole.items()
        for figure in ("in_time", "due")
        if counts.get(figure)
    }
    for address, _figure, n in numbers(html):
        assert count_on(page(differing.cast.county, address)) == n


def test_departments_are_compared_and_lead_to_their_own_rows(differing: World) -> None:
    html = page(differing.cast.county, f"/desk/statistics/{COUNTY}/compare/?by=department&rate=closing")
    found = [(address, n) for address, figure, n in numbers(html) if "department=" in address]
    assert found
    for address, n in found:
        assert count_on(page(differing.cast.county, address)) == n


def test_grids_are_not_compared(differing: World) -> None:
    for code in (VILLAGE, GRID):
        html = page(differing.cast.county, f"/desk/statistics/{code}/compare/")
        assert 'id="no-areas"' in html
        assert 'value="areas"' not in html
        assert f'<th scope="row"><a href="/desk/statistics/{GRID}' not in html


def test_months_in_a_row_are_those_of_the_slow_computation(world: World) -> None:
    today = timezone.localdate()
    for back in range(1, 13):
        for _each in range(30 if back == 2 else 3):
            make_event(world, at=_mid_month(today, back))
    html = page(world.cast.county, f"/desk/statistics/{COUNTY}/compare/")
    in_rows = {
        re.search(r"from=([\d-]+)", address).group(1): n  # type: ignore[union-attr]
        for address, figure, n in numbers(html)
        if figure == "reported"
    }
    expected = slow.by_month(
        COUNTY, _mid_month(today, 11).date().replace(day=1), today.replace(day=1) - timedelta(days=1), timezone.now()
    )
    assert in_rows == {month: counts["reported"] for month, counts in expected.items() if counts.get("reported")}
    assert html.count('class="is-above"') == 1


def _mid_month(today: date, back: int) -> datetime:
    count = today.year * 12 + today.month - 1 - back
    return datetime(count // 12, count % 12 + 1, 15, 12, tzinfo=slow.HOME)


@pytest.mark.parametrize("query", ["rate=none", "by=person", "figure=x", "from=x&to=y", "rate=on_time&by=grid"])
def test_a_chart_that_is_not_there_is_refused_in_words(world: World, query: str) -> None:
    assert 'role="alert"' in page(world.cast.county, f"/desk/statistics/{COUNTY}/compare/?{query}", status=422)


def test_nobody_compares_what_they_do_not_see(world: World) -> None:
    for person in (world.cast.neighbour, world.cast.handler, world.cast.nobody, world.cast.system):
        page(person, f"/desk/statistics/{COUNTY}/compare/", status=404)


def test_days_that_were_asked_stay_and_the_months_are_those_within_them(world: World) -> None:
    today = timezone.localdate()
    for back in range(1, 13):
        for _each in range(3):
            make_event(world, at=_mid_month(today, back))
    first, last = _mid_month(today, 5).date().replace(day=1), _mid_month(today, 2).date().replace(day=1)
    days = f"from={first}&to={last - timedelta(days=1)}"
    html = page(world.cast.county, f"/desk/statistics/{COUNTY}/compare/?{days}&rate=closing")
    months = {address.split("from=")[1][:10] for address, figure, _n in numbers(html) if figure == "reported"}
    assert months == {str(_mid_month(today, back).date().replace(day=1)) for back in (5, 4, 3)}
    # Another rate of the same days, another period of the same rate.
    assert f'<input type="hidden" name="from" value="{first}">' in html
    assert '?rate=closing&amp;by=areas&amp;figure=reported&amp;period=this_month"' in html
