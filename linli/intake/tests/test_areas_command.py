"""`linli areas` as an operator uses it: lines in, lines out, and how it ends."""

import gzip
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from csv import DictReader
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import translation

from linli.areas import ground
from linli.areas.actions import set_boundary
from linli.areas.actions.register import EVER
from linli.areas.geometry import clean_outline
from linli.areas.models import Area
from linli.areas.testing import draw, feature, middle, polygon, square, write_geojson
from linli.events.models import Event
from linli.events.testing import GRID, World, make_event
from linli.journal.models import Entry
from linli.kit.refusal import BadInput, Refused

pytestmark = pytest.mark.django_db
VILLAGE = "440881101201"


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def areas(*words: str | Path) -> str:
    out = io.StringIO()
    call_command("areas", *map(str, words), stdout=out)
    return out.getvalue()


@pytest.fixture
def locate(monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """`linli areas locate` with these bytes on standard input; the lines of its answer."""

    def ask(given: bytes | str, *words: str) -> list[str]:
        given = given.encode() if isinstance(given, str) else given
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given)))
        return areas("locate", *words).splitlines()

    return ask


@pytest.fixture
def two_grids() -> None:
    draw(VILLAGE + "001", polygon(square(0, 0)))
    draw(VILLAGE + "002", polygon(square(1, 0)))


ONE, TWO, NONE = ("{},{}".format(*middle(*place)) for place in ((0, 0), (1, 0), (9, 9)))


# --- numbering ----------------------------------------------------------------------------------------------------------


def test_the_numbering_is_chosen_and_shown() -> None:
    assert areas("numbering", "5,8,11") == areas("numbering")
    assert areas("numbering").splitlines()[-1].endswith("11 digits")


# --- locate -------------------------------------------------------------------------------------------------------------


def test_every_line_has_its_answer_in_order(two_grids: None, locate) -> None:  # type: ignore[no-untyped-def]
    assert locate("\n".join([TWO, NONE, ONE, TWO])) == [VILLAGE + "002", "-", VILLAGE + "001", VILLAGE + "002"]


def test_more_lines_than_are_taken_at_once_stay_in_order(two_grids: None, locate) -> None:  # type: ignore[no-untyped-def]
    answers = locate("\n".join([ONE] * 30_000 + [TWO] * 15_000 + [NONE]))
    assert (len(answers), answers[29_999], answers[30_000], answers[-1]) == (
        45_001,
        VILLAGE + "001",
        VILLAGE + "002",
        "-",
    )


@pytest.mark.parametrize(
    "given",
    [
        f"{ONE}\r\n",
        f"\ufeff{ONE}\n",
        f"  {ONE.replace(',', ' , ')}  \n\n\n",
        ONE.replace(",", "，"),
        f"{middle(0, 0)[0] / 100}e2,{middle(0, 0)[1] * 1000}e-3",
        f"{middle(0, 0)[0]:.40f},{middle(0, 0)[1]:.40f}",
    ],
)
def test_a_point_may_be_written_in_many_ways(two_grids: None, locate, given: str) -> None:  # type: ignore[no-untyped-def]
    assert locate(given) == [VILLAGE + "001"]


def test_no_lines_have_no_answers(two_grids: None, locate) -> None:  # type: ignore[no-untyped-def]
    assert locate("") == locate("\n\n") == []


def test_shifted_points_are_turned_back(locate) -> None:  # type: ignore[no-untyped-def]
    draw(
        "110101",
        polygon(
            [[116.4039, 39.9149], [116.4041, 39.9149], [116.4041, 39.9151], [116.4039, 39.9151], [116.4039, 39.9149]]
        ),
    )
    assert locate("116.41024449916938,39.91640428150164", "--crs", "gcj02") == ["110101"]
    assert locate("116.41662724378733,39.922699552216216", "--crs", "bd09") == ["110101"]
    assert locate("116.41024449916938,39.91640428150164") == ["-"]


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        ("lon,lat", "no_point"),
        ("110.25", "no_point"),
        ("110.25 21.5", "no_point"),
        ("110.25,21.5,3", "no_point"),
        ("nan,21.5", "no_point"),
        ("110.25,inf", "no_point"),
        ("1_10,21", "no_point"),
        ("110.25,\0", "no_point"),
        ("🏠", "no_point"),
        ("9" * 1_000_000, "no_point"),
        ("21.5,110.25", "point_off_the_earth"),
        ("180.0000001,0", "point_off_the_earth"),
    ],
)
def test_a_line_that_is_no_point_is_named(two_grids: None, locate, bad: str, code: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(BadInput) as refused:
        locate(f"{ONE}\n{bad}\n{ONE}\n")
    assert refused.value.code == code
    assert "Line 2" in refused.value.message
    assert len(refused.value.message) < 200


def test_an_empty_line_before_a_point_is_named(two_grids: None, locate) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(BadInput) as refused:
        locate(f"{ONE}\n\n{ONE}\n")
    assert "Line 2" in refused.value.message


def test_bytes_that_are_no_text_are_no_point(two_grids: None, locate) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(BadInput):
        locate(b"\xff\xfe1\x002\x00\n")


def test_points_may_come_from_a_file(two_grids: None, tmp_path: Path) -> None:
    path = tmp_path / "points.csv"
    path.write_text(f"{ONE}\n{NONE}\n")
    assert areas("locate", path) == f"{VILLAGE}001\n-\n"


# --- import, divisions, check, list -------------------------------------------------------------------------------------


def test_an_import_says_what_it_did_and_writes_it_down(tmp_path: Path) -> None:
    path = write_geojson(tmp_path, feature(polygon(square(0, 0)), gb="440881", name="廉江市"))
    said = areas("import", path, "--code-field", "gb", "--name-field", "name")
    assert said.splitlines() == ["County: 1", "1 areas made, 0 renamed, 0 as they were; 1 boundaries drawn."]
    assert Entry.objects.filter(verb="area.boundaries_imported").count() == 1


def test_divisions_say_what_they_did(tmp_path: Path) -> None:
    path = tmp_path / "divisions.csv"
    path.write_text("code,name\n440881,廉江市\n440881101,石城镇\n")
    assert areas("divisions", path, "--county", "440881").splitlines()[:2] == ["County: 1", "Township: 1"]
    assert areas("list", "440881").split() == ["440881101", "石城镇", "Township"]


def test_a_clean_ground_ends_well_and_findings_do_not(tmp_path: Path) -> None:
    draw("440881", polygon(square(0, 0)))
    assert "0 findings" in areas("check")
    draw("440882", polygon(square(0.5, 0)))
    with pytest.raises(Refused) as refused:
        areas("check")
    assert refused.value.code == "findings"


# --- redraw -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def drawn_world(world: World) -> World:
    """The small world, with the worker's grid two squares wide and high."""
    set_boundary(world.grid, clean_outline(polygon(square(0, 0, 2))), on=EVER)
    return world


def halves(folder: Path) -> Path:
    """The worker's grid, cut in two by its middle."""
    west, south = square(0, 0)[0]
    middle_lon, north = square(1, 2)[0]
    east = square(2, 0)[0][0]
    rings = {
        name: [[left, south], [right, south], [right, north], [left, north], [left, south]]
        for name, left, right in (("西网格", west, middle_lon), ("东网格", middle_lon, east))
    }
    return write_geojson(folder, *(feature(polygon(ring), 名称=name) for name, ring in rings.items()))


def test_a_grid_is_redrawn_and_its_open_matters_go_where_they_lie(drawn_world: World, tmp_path: Path) -> None:
    in_the_east = make_event(drawn_world)
    lon, lat = middle(1, 0)
    Event.objects.filter(pk=in_the_east.pk).update(lon=lon, lat=lat)
    said = areas("redraw", GRID, halves(tmp_path), "--name-field", "名称").splitlines()
    assert [line.split("  ")[1:] for line in said[1:]] == [
        ["西网格", "0 open matters carried over"],
        ["东网格", "1 open matter carried over"],
    ]
    assert Event.objects.get(pk=in_the_east.pk).area.name == "东网格"
    assert not Area.objects.get(pk=GRID).is_open


@pytest.mark.parametrize(
    ("code", "field", "reason"),
    [
        ("440881101201999", "名称", "no_such_area"),
        (GRID, "name", "no_such_field"),
        ("440881101201", "名称", "not_a_leaf"),
    ],
)
def test_a_redrawing_that_cannot_be_is_refused(
    drawn_world: World, tmp_path: Path, code: str, field: str, reason: str
) -> None:
    count = Area.objects.count()
    with pytest.raises(BadInput) as refused:
        areas("redraw", code, halves(tmp_path), "--name-field", field)
    assert refused.value.code == reason
    assert Area.objects.count() == count


# --- as a program -------------------------------------------------------------------------------------------------------


def test_as_a_program_it_ends_with_one_or_two_and_a_sentence(tmp_path: Path) -> None:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("LINLI_", "DJANGO_"))}
    environment = {**inherited, "LINLI_HOME": str(tmp_path / "home"), "LINLI_LANGUAGE": "en"}

    def linli(*words: str, given: str = "") -> "subprocess.CompletedProcess[str]":
        program = [sys.executable, "-m", "linli.command", "areas", *words]
        return subprocess.run(program, env=environment, input=given, capture_output=True, text=True, timeout=60)

    assert linli().returncode == 2
    path = tmp_path / "cut.geojson.gz"
    path.write_bytes(gzip.compress(json.dumps({"type": "FeatureCollection"}).encode(), mtime=0)[:-9])
    refused = linli("import", str(path), "--code-field", "gb", "--name-field", "name")
    assert (refused.returncode, refused.stdout, refused.stderr.count("\n")) == (1, "", 1)
    assert "cut.geojson.gz" in refused.stderr
    assert linli("locate", given="110.25,21.5\n").stdout == "-\n"


# --- real files ---------------------------------------------------------------------------------------------------------


@pytest.mark.real
def test_taiwan_is_imported_located_and_checked(shared: Path, locate) -> None:  # type: ignore[no-untyped-def]
    folder = shared / "data" / "boundaries"
    areas("numbering", "5,8,11")
    for level, field in (("counties", "COUNTY"), ("towns", "TOWN"), ("villages", "VILL")):
        said = areas(
            "import", folder / f"tw_{level}.geojson.gz", "--code-field", f"{field}CODE", "--name-field", f"{field}NAME"
        )
    assert said.count("repaired") == 7
    assert Area.objects.count() == 22 + 368 + 7701
    with gzip.open(folder / "tw_villages_points_oracle.csv.gz", "rt", encoding="utf-8") as rows:
        oracle = [(f"{row['lon']},{row['lat']}", row["covering_codes"] or "-") for row in DictReader(rows)]
    answers = locate("\n".join(point for point, _codes in oracle))
    wrong = [
        (point, codes, answer)
        for (point, codes), answer in zip(oracle, answers, strict=True)
        if answer not in codes.split("|")
    ]
    assert (len(answers), wrong) == (10_000, [])
    assert ground.current().version > 0
    out = io.StringIO()
    with pytest.raises(Refused):
        call_command("areas", "check", stdout=out)
    findings = out.getvalue().splitlines()
    # 金湖鎮 is an islet upstream, while its villages are right.
    assert sum(line.startswith("outside") and "09020030" in line for line in findings) == 8
    assert not [line for line in findings if line.startswith(("overlap", "orphan"))]
