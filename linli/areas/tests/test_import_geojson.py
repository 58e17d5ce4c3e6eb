"""Areas with boundaries from GeoJSON: what is taken, what is reported, and what is refused whole."""

import gzip
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from linli.areas import ground
from linli.areas.actions import close_area, import_geojson, set_numbering
from linli.areas.actions.register import EVER
from linli.areas.crs import from_wgs84
from linli.areas.geometry import area_m2, clean_outline
from linli.areas.models import Area, Boundary, Kind
from linli.areas.testing import SIDE, SOUTH, WEST, feature, middle, polygon, square, write_geojson
from linli.kit.refusal import BadInput

pytestmark = pytest.mark.django_db
TOWN, VILLAGE = "440881101", "440881101201"
TODAY = date(2026, 11, 16)
BOW = [[110.0, 21.0], [110.2, 21.2], [110.2, 21.0], [110.0, 21.2], [110.0, 21.0]]


def bring(path: Path, **how: Any) -> Any:
    return import_geojson(path, code_field="code", name_field="name", **how)


def village(column: float = 0, code: Any = VILLAGE, name: Any = "城内村") -> dict[str, Any]:
    return feature(polygon(square(column, 0)), code=code, name=name)


def stored() -> dict[str, str]:
    return dict(Area.objects.values_list("code", "name"))


def test_an_area_is_opened_with_its_outline(tmp_path: Path) -> None:
    report = bring(write_geojson(tmp_path, feature(polygon(square(0, 0)), code="440881", name="廉江市")))
    assert (report.areas_made, report.boundaries_drawn, report.notes) == (1, 1, [])
    assert ground.locate(*middle(0, 0)) == "440881"


def test_missing_parents_are_made_and_reported(tmp_path: Path) -> None:
    report = bring(write_geojson(tmp_path, village()))
    assert stored() == {"440881": "440881", TOWN: TOWN, VILLAGE: "城内村"}
    assert len(report.notes) == 2
    assert "440881" in report.notes[0] and TOWN not in report.notes[0] and TOWN in report.notes[1]
    assert report.by_level == {"county": 1, "township": 1, "village": 1}


def test_a_parent_that_was_made_gets_its_name_kind_and_outline_later(tmp_path: Path) -> None:
    bring(write_geojson(tmp_path, village()))
    report = bring(write_geojson(tmp_path, feature(polygon(square(0, 0)), code=TOWN, name="城北街道")))
    town = Area.objects.get(pk=TOWN)
    assert (town.name, town.kind, report.areas_renamed, report.boundaries_drawn) == ("城北街道", Kind.SUBDISTRICT, 1, 1)


def test_the_order_of_levels_in_a_file_does_not_matter(tmp_path: Path) -> None:
    report = bring(write_geojson(tmp_path, village(), feature(polygon(square(0, 0)), code="440881", name="廉江市")))
    assert len(report.notes) == 1 and TOWN in report.notes[0]


def test_a_second_run_changes_nothing(tmp_path: Path) -> None:
    path = write_geojson(tmp_path, village(), village(1, "440881101202", "城外村"))
    bring(path)
    before = list(Boundary.objects.order_by("id").values())
    again = bring(path, on=TODAY)
    assert (again.areas_made, again.areas_renamed, again.boundaries_drawn, again.unchanged) == (0, 0, 0, 2)
    assert list(Boundary.objects.order_by("id").values()) == before


def test_another_outline_takes_the_place_of_the_first_which_is_kept(tmp_path: Path) -> None:
    bring(write_geojson(tmp_path, village()))
    bring(write_geojson(tmp_path, village(3)), on=TODAY)
    drawn = Boundary.objects.order_by("valid_from").values_list("valid_from", "valid_to")
    assert list(drawn) == [(EVER, TODAY), (TODAY, None)]
    ground.look_again()
    assert [ground.locate(*middle(0, 0)), ground.locate(*middle(3, 0))] == [None, VILLAGE]


def test_holes_and_islands_are_kept(tmp_path: Path) -> None:
    islands = {"type": "MultiPolygon", "coordinates": [[square(0, 0), square(0.4, 0.4, 0.2)], [square(3, 0)]]}
    bring(write_geojson(tmp_path, feature(islands, code=VILLAGE, name="城内村")))
    assert [
        ground.locate(*middle(0, 0)),
        ground.locate(WEST + 0.1 * SIDE, SOUTH + 0.1 * SIDE),
        ground.locate(*middle(3, 0)),
    ] == [
        None,
        VILLAGE,
        VILLAGE,
    ]


def test_a_ring_that_crosses_itself_is_repaired_and_reported(tmp_path: Path) -> None:
    report = bring(write_geojson(tmp_path, feature(polygon(BOW), code="440881", name="廉江市")))
    assert len(report.notes) == 1 and "440881 廉江市" in report.notes[0] and "110.1 21.1" in report.notes[0]
    assert Boundary.objects.get().repaired
    assert [ground.locate(110.05, 21.1), ground.locate(110.15, 21.1), ground.locate(110.1, 21.15)] == [
        "440881",
        "440881",
        None,
    ]


def test_features_of_one_code_are_joined_and_reported(tmp_path: Path) -> None:
    report = bring(write_geojson(tmp_path, village(0), village(1)))
    one = clean_outline(polygon(square(0, 0))).outline
    assert Boundary.objects.get().area_m2 == pytest.approx(2 * area_m2(one), rel=1e-4)
    assert any("城内村" in note and "2" in note for note in report.notes)


@pytest.mark.parametrize(
    "code", [440881101201, 440881101201.0, "440881101201", " 440881101201 ", "４４０８８１１０１２０１"]
)
def test_a_code_may_be_a_number_or_full_width(tmp_path: Path, code: Any) -> None:
    bring(write_geojson(tmp_path, village(code=code)))
    assert VILLAGE in stored()


def test_a_code_with_the_country_before_it_is_taken_and_kept_as_given(tmp_path: Path) -> None:
    bring(write_geojson(tmp_path, village(code="156440881", name="廉江市")))
    assert list(Area.objects.values_list("code", "national_code")) == [("440881", "156440881")]


def test_the_country_before_a_code_means_nothing_in_another_numbering(tmp_path: Path) -> None:
    set_numbering([3, 9])
    bring(write_geojson(tmp_path, village(code="156440881")))
    assert set(stored()) == {"156", "156440881"}


def test_a_line_without_a_code_is_left_out_and_reported(tmp_path: Path) -> None:
    line = feature({"type": "LineString", "coordinates": [[110, 21], [111, 22]]}, code="", name="境界线")
    report = bring(write_geojson(tmp_path, line, village(code="440881")))
    assert (set(stored()), len(report.notes)) == ({"440881"}, 1)


def test_a_feature_by_itself_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "one.geojson"
    path.write_text(json.dumps(village(code="440881")))
    assert bring(path).areas_made == 1


@pytest.mark.parametrize(
    "wrap", [lambda text: b"\xef\xbb\xbf" + text, gzip.compress, lambda text: b"\n " + text + b"\n"]
)
def test_a_mark_or_gzip_around_it_is_no_matter(tmp_path: Path, wrap: Any) -> None:
    path = write_geojson(tmp_path, village(code="440881"))
    path.write_bytes(wrap(path.read_bytes()))
    assert bring(path).areas_made == 1


@pytest.mark.parametrize("name", ["🏠村", "ab cd", "长" * 100, 12])
def test_a_name_may_be_unusual(tmp_path: Path, name: Any) -> None:
    bring(write_geojson(tmp_path, village(code="440881", name=name)))
    assert stored() == {"440881": str(name)}


def test_a_name_is_kept_on_one_line(tmp_path: Path) -> None:
    bring(write_geojson(tmp_path, village(code="440881", name="城内\n 村\t")))
    assert stored() == {"440881": "城内 村"}


@pytest.mark.parametrize("crs", ["gcj02", "bd09"])
def test_shifted_coordinates_are_turned_back(tmp_path: Path, crs: str) -> None:
    ring = [list(map(float, from_wgs84(*point, crs))) for point in square(0, 0)]
    bring(write_geojson(tmp_path, feature(polygon(ring), code="440881", name="廉江市")), crs=crs)
    boundary = Boundary.objects.get()
    assert (boundary.west, boundary.south) == pytest.approx((WEST, SOUTH), abs=1e-8)
    assert boundary.source_crs == crs


def test_a_closed_area_is_left_as_it_is(tmp_path: Path) -> None:
    path = write_geojson(tmp_path, village())
    bring(path)
    close_area(Area.objects.get(pk=VILLAGE), on=TODAY)
    report = bring(write_geojson(tmp_path, village(5), village(6, VILLAGE + "001", "第一网格")), on=TODAY)
    assert (report.areas_made, report.boundaries_drawn, len(report.notes)) == (0, 0, 1)
    assert VILLAGE in report.notes[0]
    assert Boundary.objects.filter(valid_to__isnull=True).count() == 0


GOOD = village(9, "440881", "廉江市")


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (feature(None, code=VILLAGE, name="甲"), "not_an_outline"),
        (feature({"type": "Point", "coordinates": [110, 21]}, code=VILLAGE, name="甲"), "not_an_outline"),
        (feature({"type": "GeometryCollection", "geometries": []}, code=VILLAGE, name="甲"), "not_an_outline"),
        (
            feature({"type": "LineString", "coordinates": [[110, 21], [111, 22]]}, code=VILLAGE, name="甲"),
            "not_an_outline",
        ),
        (feature(polygon([[lat, lon] for lon, lat in square(0, 0)]), code=VILLAGE, name="甲"), "off_the_earth_outline"),
        (feature(polygon([[110, 21], [111, 21], [110, 21], [110, 21]]), code=VILLAGE, name="甲"), "no_area"),
        (village(code="44088110"), "bad_code"),
        (village(code="44088110120x"), "bad_code"),
        (village(code=""), "bad_code"),
        (village(code=440881.5), "bad_code"),
        (village(code=True), "bad_code"),
        (village(code=["440881"]), "bad_code"),
        (village(code=None), "no_such_field"),
        (feature(polygon(square(0, 0)), name="甲"), "no_such_field"),
        (feature(polygon(square(0, 0)), code=VILLAGE), "no_such_field"),
        ({"type": "Feature", "properties": None, "geometry": polygon(square(0, 0))}, "no_such_field"),
        (village(name=""), "bad_area_name"),
        (village(name=" \n "), "bad_area_name"),
        (village(name="长" * 101), "bad_area_name"),
        (village(name="长" * 1_000_000), "bad_area_name"),
        (village(name="城\0内"), "bad_area_name"),
        (village(name="城\x1b[2J内"), "bad_area_name"),
        (village(name={"zh": "甲"}), "bad_area_name"),
    ],
)
def test_one_bad_feature_refuses_the_file_and_names_it(tmp_path: Path, bad: dict[str, Any], code: str) -> None:
    with pytest.raises(BadInput) as refused:
        bring(write_geojson(tmp_path, GOOD, bad, name="村界.geojson"))
    assert refused.value.code == code
    assert "村界.geojson" in refused.value.message and "2" in refused.value.message
    assert len(refused.value.message) < 400
    assert (Area.objects.count(), Boundary.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "not_geojson"),
        (b"code,name\n440881,x\n", "not_geojson"),
        (b"null", "not_geojson"),
        (b"[]", "not_geojson"),
        (b"{}", "not_geojson"),
        (b'{"type": "FeatureCollection", "features": {}}', "not_geojson"),
        (b'{"type": "FeatureCollection", "features": [null]}', "not_geojson"),
        (b'{"type": "FeatureCollection", "features": []}', "no_features"),
        (b'{"type": "FeatureCollection"}', "no_features"),
        (b'{"type": "Topology", "objects": {}}', "no_features"),
        (b'{"type": "Polygon", "coordinates": []}', "no_features"),
        (b'{"type": "Feature", "properties": {"code": "\xff"}, "geometry": null}', "not_geojson"),
        (b'{"type": "Feature", "properties": {"code": NaN}, "geometry": null}', "not_geojson"),
        (b'{"type": "Feature", "properties": {"a": ' + b"[" * 100_000, "not_geojson"),
        (b'{"type": "Feature", "properties": {"code": "440881", "name": "\\ud800"}, "geometry": null}', None),
        (json.dumps(GOOD).encode()[:-20], "not_geojson"),
        (gzip.compress(json.dumps(GOOD).encode(), mtime=0)[:-20], "damaged_file"),
        (b"\x1f\x8b\x08\x00" + b"x" * 50, "damaged_file"),
        (json.dumps(GOOD).encode("utf-16"), "not_geojson"),
        (b"PK\x03\x04 a shapefile in a zip", "not_geojson"),
    ],
)
def test_what_is_no_geojson_is_refused(tmp_path: Path, content: bytes, code: str | None) -> None:
    path = tmp_path / "村界.geojson"
    path.write_bytes(content)
    with pytest.raises(BadInput) as refused:
        bring(path)
    assert code is None or refused.value.code == code
    assert "村界.geojson" in refused.value.message
    assert not Area.objects.exists()


def test_what_cannot_be_opened_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none.geojson", tmp_path):
        with pytest.raises(BadInput) as refused:
            bring(path)
        assert refused.value.code == "no_such_file"


@pytest.mark.real
def test_the_counties_of_china_come_whole(shared: Path) -> None:
    path = shared / "data" / "boundaries" / "china_counties.geojson.gz"
    report = import_geojson(path, code_field="gb", name_field="name")
    # 2,898 features, of them seven lines of the sea border and one ring that touches itself.
    assert (report.by_level, len(report.notes)) == ({"county": 2891}, 8)
    assert ground.locate(110.2863, 21.6115) == "440881"


@pytest.mark.real
def test_the_counties_around_come_with_their_divisions(shared: Path) -> None:
    path = shared / "data" / "boundaries" / "zhanjiang_counties.geojson"
    assert import_geojson(path, code_field="gb", name_field="name").by_level == {"county": 9}
    assert ground.locate_many([110.2863, 110.77], [21.6115, 21.44]) == ["440881", "440883"]


def test_more_than_can_be_read_at_once_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("linli.areas.actions.importing._LARGEST", 1000)
    path = tmp_path / "areas.geojson.gz"
    path.write_bytes(gzip.compress(b" " * 100_000))
    with pytest.raises(BadInput) as told:
        bring(path)
    assert told.value.code == "outlines_too_large"
