"""Where an imported matter belongs: by code, by name, by its point, or where the map sends all others."""

from pathlib import Path

import pytest

from linli.areas.crs import from_wgs84
from linli.areas.models import Area
from linli.areas.testing import draw, middle, polygon, square
from linli.events.models import Event
from linli.events.testing import World
from linli.intake.tests.files import MAP, bring, good, table
from linli.kit.refusal import BadInput

BY_CODE = '[area]\nby = "code"\ncolumn = "where"\n'
BY_NAME = BY_CODE.replace('"code"', '"name"')
BY_POINT = '[area]\nby = "point"\n'
DRAWN = "440881103201001"


def by(area: str, crs: str = "wgs84") -> str:
    return MAP.replace(BY_CODE, area).replace('lat = "lat"', f'lat = "lat"\ncrs = "{crs}"')


def at(column: float, row: float) -> dict[str, str]:
    lon, lat = middle(column, row)
    return {"lon": f"{lon:.6f}", "lat": f"{lat:.6f}", "where": ""}


@pytest.fixture
def drawn(world: World) -> Area:
    """A grid with an outline, in a township beside those of the cast."""
    return draw(DRAWN, polygon(square(0, 0)), name="画出的网格")


def areas() -> dict[str, str]:
    return dict(Event.objects.values_list("external_no", "area_id"))


def test_a_national_code_is_as_good_as_ours(world: World, tmp_path: Path) -> None:
    Area.objects.filter(pk="440881101").update(national_code="440881101000")
    Area.objects.filter(pk="440881102").update(national_code="440881101000", valid_to="2026-01-01")
    bring(tmp_path, table(good(no="1", where="440881101000"), good(no="2", where="440881101")))
    assert areas() == {"1": "440881101", "2": "440881101"}


def test_codes_of_the_source_go_through_the_table(world: World, tmp_path: Path) -> None:
    bring(tmp_path, table(good(where="SX")), by(BY_CODE + 'values = { "SX" = "440881101201" }\n'))
    assert areas() == {"7": "440881101201"}


def test_a_name_finds_its_area_and_one_borne_twice_does_not(world: World, tmp_path: Path) -> None:
    Area.objects.filter(pk="440881102201").update(name="下县村")
    Area.objects.filter(pk="440881101201").update(name="上县村（东）")
    rows = table(good(no="1", where=" 上县村（东）"), good(no="2", where="下县村"), good(no="3", where="月亮村"))
    _report, refused = bring(tmp_path, rows, by(BY_NAME))
    assert areas() == {"1": "440881101201"}
    assert refused == ["several_areas", "unknown_area"]


def test_names_may_be_looked_for_under_one_area(world: World, tmp_path: Path) -> None:
    Area.objects.filter(pk="440881102201").update(name="下县村")
    bring(tmp_path, table(good(where="下县村")), by(BY_NAME + 'under = "440881102"\n'))
    assert areas() == {"7": "440881102201"}


@pytest.mark.parametrize("crs", ["wgs84", "gcj02", "bd09"])
def test_a_point_finds_the_grid_it_lies_in(drawn: Area, tmp_path: Path, crs: str) -> None:
    lon, lat = from_wgs84(*middle(0, 0), crs)
    bring(tmp_path, table(good(lon=str(lon), lat=str(lat), where="")), by(BY_POINT, crs))
    event = Event.objects.get()
    assert (event.area_id, event.source_crs) == (DRAWN, crs)
    assert (event.lon, event.lat) == pytest.approx(middle(0, 0), abs=1e-6)


def test_a_point_outside_swapped_or_missing_is_refused(drawn: Area, tmp_path: Path) -> None:
    lon, lat = at(0, 0)["lon"], at(0, 0)["lat"]
    rows = [good(no="1", **at(5, 5)), good(no="2", where="", lon="0", lat="0"), good(no="3", where="")]
    report, refused = bring(tmp_path, table(*rows, good(no="4", lon=lat, lat=lon)), by(BY_POINT))
    assert refused == ["outside", "position_missing", "position_missing", "off_the_earth"]
    assert "110.255" in report.examples["off_the_earth"][1]


def test_swapped_degrees_are_told_where_both_could_be_on_the_earth(drawn: Area, tmp_path: Path) -> None:
    draw("440881104201001", polygon([[60.0, 21.0], [61.0, 21.0], [61.0, 22.0], [60.0, 22.0], [60.0, 21.0]]))
    _report, refused = bring(tmp_path, table(good(lon="21.5", lat="60.5")))
    assert refused == ["swapped"]


def test_a_point_elsewhere_does_not_overrule_the_code_but_is_counted(drawn: Area, tmp_path: Path) -> None:
    rows = [good(no="1", **(at(0, 0) | {"where": "440881101"})), good(no="2", **(at(0, 0) | {"where": DRAWN}))]
    report, refused = bring(tmp_path, table(*rows))
    assert (areas(), refused) == ({"1": "440881101", "2": DRAWN}, [])
    assert report.notes.counts["elsewhere", ""] == 1


def test_rows_without_an_area_may_go_to_the_county_and_are_counted(world: World, tmp_path: Path) -> None:
    rows = table(good(no="1", where="月亮村"), good(no="2", where=""), good(no="3", where="上县村"))
    report, refused = bring(tmp_path, rows, by(BY_NAME + 'otherwise = "top"\n'))
    assert (areas(), refused) == ({"1": "440881", "2": "440881", "3": "440881101201"}, [])
    assert report.notes.counts["area", "where"] == 2
    assert Event.objects.get(external_no="1").number == "440881000-202611-000001"


def test_all_rows_may_go_to_one_area(world: World, tmp_path: Path) -> None:
    bring(tmp_path, table(good(where="?")), by('[area]\nby = "fixed"\ncode = "440881102"\n'))
    assert areas() == {"7": "440881102"}


def test_top_is_no_answer_in_a_home_of_several_counties(world: World, tmp_path: Path) -> None:
    draw("440882", polygon(square(20, 20)))
    with pytest.raises(BadInput) as refused:
        bring(tmp_path, table(good()), by(BY_NAME + 'otherwise = "top"\n'))
    assert refused.value.code == "several_tops"


def test_a_map_that_names_no_area_of_this_home_is_refused(world: World, tmp_path: Path) -> None:
    for area in (
        BY_CODE + 'otherwise = "999999"\n',
        BY_NAME + 'under = "999999"\n',
        '[area]\nby = "fixed"\ncode = "999999"\n',
    ):
        with pytest.raises(BadInput, match="999999"):
            bring(tmp_path, table(good()), by(area))


@pytest.mark.django_db
def test_a_home_without_areas_is_told_what_to_do_first(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="linli areas divisions"):
        bring(tmp_path, table(good()))
