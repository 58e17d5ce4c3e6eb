"""Figures: those of the statistics, told to a key with what would tell of a few kept back."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from linli.events import actions
from linli.events.models import Event
from linli.events.rules import Rating, State
from linli.events.testing import NOON, World, make_event
from linli.intake.api import figures
from linli.intake.api.tests.asking import ask, make_key
from linli.people.rules import Held, Role, Scope
from linli.statistics import reading
from linli.statistics.periods import Period
from linli.statistics.rules import BY_CODE, INTERVALS, RATE_BY_CODE

pytestmark = pytest.mark.django_db
COUNTY, HERE, NEXT_TOWN = "440881", "440881101", "440881102"
DAYS = {"from_": "2026-11-01", "to": "2026-11-30"}


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    """The matters of the world are of November 2026, and no figures are of days to come."""
    monkeypatch.setattr(timezone, "now", lambda: NOON + timedelta(days=60))


def counts(row: dict[str, Any]) -> dict[str, int | None]:
    return {one["code"]: one["value"] for one in row["counts"]}


def many(world: World, n: int, state: str = State.CLOSED, **more: Any) -> None:
    for minute in range(n):
        make_event(world, state, at=NOON + timedelta(minutes=minute), **more)


def test_the_numbers_are_those_of_the_statistics(world: World) -> None:
    many(world, 6)
    many(world, 5, State.REPORTED)
    key = make_key(COUNTY)
    told = ask(key, "figures", area=COUNTY, **DAYS)
    (row,) = told["rows"]
    period = Period.parse({"from": "2026-11-01", "to": "2026-11-30"}, timezone.localdate())
    scope = Scope((Held(Role.LEADER, COUNTY),))
    known = reading.figures(scope, COUNTY, period, at=timezone.now()).whole.counts
    assert counts(row)["reported"] == 11
    told_of_them = {code: n for code, n in counts(row).items() if n is not None and code in known}
    assert told_of_them == {code: n for code, n in known.items() if not 0 < (n or 0) < 5}
    assert (told["area"], told["first"], told["last"], told["by"]) == (COUNTY, "2026-11-01", "2026-11-30", "")


def test_few_are_kept_back_and_one_more_so_that_it_cannot_be_reckoned(world: World) -> None:
    many(world, 7)
    make_event(world, State.CLOSED, area=world.areas["440881102201001"])
    key = make_key(COUNTY)
    rows = {one["key"]: counts(one)["reported"] for one in ask(key, "figures", area=COUNTY, by="below", **DAYS)["rows"]}
    assert rows == {HERE: None, NEXT_TOWN: None}
    assert counts(ask(key, "figures", area=COUNTY, **DAYS)["rows"][0])["reported"] == 8
    assert counts(ask(key, "figures", area=NEXT_TOWN, **DAYS)["rows"][0])["reported"] is None


@pytest.mark.parametrize("by", ["", "below", "category", "department", "month"])
def test_what_is_kept_back_beside_its_siblings_is_not_told_alone_or_in_parts(world: World, by: str) -> None:
    many(world, 7)
    make_event(world, State.CLOSED, area=world.areas["440881102201001"])
    key = make_key(COUNTY)
    asked = {"by": by} if by else {}
    for area in (HERE, "440881101201", "440881101201005"):
        if (area, by) == ("440881101201005", "below"):
            continue
        rows = ask(key, "figures", area=area, **DAYS, **asked)["rows"]
        assert {counts(one)["reported"] for one in rows} == {None}, area
    many(world, 4, area=world.areas["440881102201001"])
    assert sum(counts(one)["reported"] for one in ask(key, "figures", area=HERE, **DAYS, **asked)["rows"]) == 7


MONTHS = [("2026-11-01", "2026-11-30"), ("2026-10-01", "2026-11-30"), ("2026-11-01", "2027-01-15")]
NO_MONTHS = [("2026-11-02", "2026-11-30"), ("2026-11-01", "2026-11-29"), ("2026-11-16", "2026-11-16")]


def test_what_neighbours_answered_is_told_of_months_alone(world: World) -> None:
    assert timezone.localdate().isoformat() == "2027-01-15"
    many(world, 5)
    Event.objects.update(rating=Rating.SATISFIED)
    key = make_key(HERE)
    for first, last in MONTHS + NO_MONTHS:
        (row,) = ask(key, "figures", area=HERE, from_=first, to=last)["rows"]
        assert counts(row)["satisfied"] == (5 if (first, last) in MONTHS else None), (first, last)
        assert counts(row)["reported"] == 5


def satisfied(key: Any, first: str, last: str, **asked: str) -> dict[str, int | None]:
    rows = ask(key, "figures", from_=first, to=last, **asked)["rows"]
    return {one["key"]: counts(one)["satisfied"] for one in rows}


def test_what_neighbours_answered_in_a_month_does_not_follow_from_longer_periods(world: World) -> None:
    for n, days in ((3, 31), (7, 0)):
        for minute in range(n):
            make_event(world, State.CLOSED, at=NOON - timedelta(days=days, minutes=minute))
    Event.objects.update(rating=Rating.SATISFIED)
    key = make_key(COUNTY)
    assert satisfied(key, "2026-10-01", "2026-10-31", area=COUNTY) == {"": None}
    assert satisfied(key, "2026-11-01", "2026-11-30", area=COUNTY) == {"": 7}
    # Ten, less the seven.
    for asked in (
        {"area": COUNTY},
        {"area": HERE},
        {"area": COUNTY, "by": "below"},
        {"area": COUNTY, "by": "category"},
    ):
        assert set(satisfied(key, "2026-10-01", "2026-11-30", **asked).values()) == {None}, asked
    assert satisfied(key, "2026-10-01", "2026-11-30", area=COUNTY, by="month")["2026-10-01"] is None


def test_what_neighbours_answered_of_a_category_is_told_of_the_top_alone(world: World) -> None:
    many(world, 5)
    Event.objects.update(rating=Rating.SATISFIED)
    key = make_key(COUNTY)
    for by in ("category", "department"):
        assert list(satisfied(key, "2026-11-01", "2026-11-30", area=COUNTY, by=by).values()) == [5]
        # The township follows from the county less the other townships.
        assert list(satisfied(key, "2026-11-01", "2026-11-30", area=HERE, by=by).values()) == [None]


def test_of_the_parts_of_what_was_answered_one_alone_is_not_kept_back(world: World) -> None:
    many(world, 12)
    for n, rating in ((7, Rating.SATISFIED), (2, Rating.NOT_SATISFIED)):
        some = list(Event.objects.filter(rating="").values_list("pk", flat=True)[:n])
        Event.objects.filter(pk__in=some).update(rating=rating)
    (row,) = ask(make_key(COUNTY), "figures", area=COUNTY, **DAYS)["rows"]
    told = counts(row)
    # Nine answered: seven and two. Twelve were closed: nine answered and three did not.
    assert (told["closed"], told["unknown"], told["answered"]) == (12, None, None)
    assert (told["satisfied"], told["not_satisfied"]) == (None, None)


def test_what_neighbours_answered_is_not_told_of_villages(world: World) -> None:
    many(world, 24)
    Event.objects.update(rating=Rating.SATISFIED)
    key = make_key(HERE)

    def satisfaction(**asked: str) -> tuple[Any, Any]:
        row = ask(key, "figures", **DAYS, **asked)["rows"][0]
        rate = next(one for one in row["rates"] if one["code"] == "satisfaction")
        return counts(row)["satisfied"], rate["percent"]

    assert satisfaction(area=HERE) == (24, 100.0)
    for asked in ({"area": "440881101201"}, {"area": "440881101201005"}, {"area": HERE, "by": "below"}):
        assert satisfaction(**asked) == (None, None)


def test_the_whole_tells_which_closings_held_and_how_long_steps_took(world: World) -> None:
    many(world, 20)
    key = make_key(HERE)
    (row,) = ask(key, "figures", area=HERE, **DAYS)["rows"]
    period = Period.parse({"from": "2026-11-01", "to": "2026-11-30"}, timezone.localdate())
    for code in figures.OF_WHOLE:
        assert counts(row)[code] == reading.opens(code, HERE, period, at=timezone.now()).count(), code
    assert (counts(row)["closings"], counts(row)["held"], counts(row)["fell"]) == (20, 20, 0)
    took = {one["code"]: one["median_hours"] for one in row["durations"]}
    assert (took["in_all"], set(took)) == (1, {one.code for one in INTERVALS})
    (few,) = ask(key, "figures", area=HERE, from_="2026-11-17", to="2026-11-30")["rows"]
    assert {one["median_hours"] for one in few["durations"]} == {None}


def test_of_two_parts_neither_is_told_where_one_is_a_few(world: World) -> None:
    many(world, 9)
    for event in Event.objects.all()[:2]:
        actions.reopen(event, text="又堵了", by=world.cast.desk, at=NOON + timedelta(days=1))
    (row,) = ask(make_key(HERE), "figures", area=HERE, **DAYS)["rows"]
    told = counts(row)
    assert (told["closings"], told["held"], told["fell"]) == (9, None, None)
    assert next(one for one in row["rates"] if one["code"] == "holding")["percent"] is None


@pytest.mark.parametrize(
    ("by", "key"), [("category", "C01"), ("department", "water"), ("month", "2026-11-01"), ("below", HERE)]
)
def test_rows_are_named_by_codes_and_first_days(world: World, by: str, key: str) -> None:
    many(world, 6)
    rows = ask(make_key(COUNTY), "figures", area=COUNTY, by=by, **DAYS)["rows"]
    assert [one["key"] for one in rows if counts(one)["reported"]] == [key]


def test_figures_of_an_area_outside_are_not_there_and_below_a_grid_there_is_nothing(world: World) -> None:
    key = make_key(HERE)
    for area in (NEXT_TOWN, COUNTY, "1"):
        assert ask(key, "figures", 404, area=area, **DAYS)["error"]["field"] == "area"
    told = ask(key, "figures", 422, area="440881101201005", by="below", **DAYS)["error"]
    assert (told["code"], told["field"]) == ("not_below", "by")


def test_every_figure_that_is_told_is_defined_in_both_languages(world: World) -> None:
    key = make_key(HERE)
    told = {(one["kind"], one["code"]): one for one in ask(key, "figures/definitions")["definitions"]}
    (row,) = ask(key, "figures", area=HERE, **DAYS)["rows"]
    kinds = {"count": "counts", "rate": "rates", "duration": "durations"}
    assert {(kind, one["code"]) for kind, name in kinds.items() for one in row[name]} == set(told)
    assert told["count", "reported"]["name"]["en"] == "Reported"
    assert told["count", "reported"]["name"]["zh"] == "已上报"
    assert told["rate", "on_time"]["numerator"] in BY_CODE
    assert {code for kind, code in told if kind == "rate"} == set(RATE_BY_CODE)
