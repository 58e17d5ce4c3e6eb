"""Real messages and feeds that nobody here wrote: what becomes of each, and counted against the list that came with them."""

import csv
from collections.abc import Callable
from datetime import UTC
from pathlib import Path
from xml.etree import ElementTree

import pytest

from linli.kit.cap import Alert, Found, read_file
from linli.kit.refusal import BadInput

pytestmark = pytest.mark.real

#: File, then for each message in it the codes of its problems; or how many addresses it names; or why it is refused.
EXPECTED: dict[str, list[list[str]] | int | str] = {
    "cap__KAR0-0306112239-SW.cap": [[]],
    "cap__amber.atom": [[]],
    "cap__amber.rss": 1,
    "cap__australia.cap": [[]],
    "cap__canada.cap": [[]],
    "cap__canada_errors.cap": [["no_references"]],
    "cap__canada_signed.atom": [[]],
    "cap__cap_amber_alert_example.xml": [[]],
    "cap__earthquake-iso8859-1.cap": [[]],
    "cap__earthquake.atom": [[]],
    "cap__earthquake_signed.cap": [[]],
    "cap__invalid.rss": "alert_none",
    "cap__invalid_element.atom": "alert_none",
    "cap__no_id.atom": "alert_none",
    "cap__no_link.atom": "alert_none",
    "cap__no_optional_fields.cap": [[]],
    "cap__no_title.atom": "alert_none",
    "cap__noaa_errors.cap": [["missing_here", "missing_here", "missing_here", "bad_point", "empty"]],
    "cap__ny_index.rss": 2,
    "cap__weather.cap": [[]],
    "cap__weather_index.atom": 2,
    "cap__xee.atom": "alert_with_doctype",
    "cap__xee.cap": "alert_with_doctype",
    "foss__alertswiss-POA-1216107687-4.xml": [["missing_here", "missing_here"]],
    "foss__gdacs-cap_1001150.xml": [[]],
    # A polygon that goes on past the 180th degree.
    "foss__gdacs-cap_1470644.xml": [["bad_point"]],
    "foss__ie-2.49.0.1.372.0.250413231648.N_Norm002_SmallCraft.xml": [[]],
    "foss__kz-2.49.0.0.398.0-20250306-133701-0284797-00-EN.xml": [[]],
    # The cancellation of a signal has the identifier and the moment of the signal.
    "foss__mo-cap_monsoon.xml": [["refers_to_itself"]],
    "foss__ru-20250301222516-0086037.xml": [[]],
    "foss__test_cap_data_1.xml": [["not_closed"]],
    "foss__test_cap_data_expired_alert.xml": [["not_closed"]],
    "foss__test_cap_data_without_polygon_EMMA_ID_AT001.xml": [[]],
}
#: Polygons that were left out, beside those the list counts: one that is no ring, and an empty one.
LEFT_OUT = {"cap__noaa_errors.cap": 2, "foss__gdacs-cap_1470644.xml": 1}


@pytest.fixture
def folder(shared: Path) -> Path:
    return shared / "data" / "cap"


def test_there_is_an_expectation_for_each(folder: Path) -> None:
    assert {path.name for path in folder.iterdir()} - {"manifest.csv"} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_each_is_read_or_refused_as_it_should(name: str, folder: Path) -> None:
    expected = EXPECTED[name]
    if isinstance(expected, str):
        with pytest.raises(BadInput) as caught:
            read_file(folder / name)
        assert caught.value.code == expected
        return
    found = read_file(folder / name, UTC)
    if isinstance(expected, int):
        assert len(found.pointers) == expected and found.messages == ()
    else:
        assert [[problem.code for problem in message.problems] for message in found.messages] == expected
        assert found.pointers == ()


def _messages(found: Found) -> list[Alert]:
    return [message.alert for message in found.messages if message.alert]


#: Columns of the list to what they are here.
COLUMNS: dict[str, Callable[[Alert], str]] = {
    "msgType": lambda alert: alert.message_type,
    "status": lambda alert: alert.status,
    "event": lambda alert: ";".join(info.event for info in alert.infos),
    "n_info": lambda alert: f"{len(alert.infos)}.0",
    "n_circle": lambda alert: f"{sum(len(area.circles) for info in alert.infos for area in info.areas)}.0",
    "n_geocode": lambda alert: f"{sum(len(area.geocodes) for info in alert.infos for area in info.areas)}.0",
    "signed": lambda alert: str(alert.is_signed),
}


def test_they_hold_what_the_list_that_came_with_them_counts(folder: Path) -> None:
    with (folder / "manifest.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["file"]: row for row in csv.DictReader(file)}
    compared = 0
    for name, expected in EXPECTED.items():
        if not isinstance(expected, list):
            continue
        (alert,), row = _messages(read_file(folder / name, UTC)), rows[name]
        # The list names two events of a message in three languages.
        events = COLUMNS["event"](alert)
        assert events.startswith(row["event"]), name
        assert {column: take(alert) for column, take in COLUMNS.items() if column != "event"} == {
            column: row[column] for column in COLUMNS if column != "event"
        }, name
        polygons = sum(len(area.polygons) for info in alert.infos for area in info.areas)
        assert float(row["n_polygon"]) == polygons + LEFT_OUT.get(name, 0), name
        compared += 1
    assert compared == 23


def test_points_are_those_of_the_file_with_the_longitude_first(folder: Path) -> None:
    """Against another reader of XML, all points of all polygons."""
    name = "foss__mo-cap_monsoon.xml"
    (alert,) = _messages(read_file(folder / name))
    texts = [one.text or "" for one in ElementTree.parse(folder / name).iter() if one.tag.endswith("}polygon")]
    told = [[tuple(map(float, pair.split(",")))[::-1] for pair in text.split()] for text in texts]
    assert [list(ring) for info in alert.infos for area in info.areas for ring in area.polygons] == told
    assert all(113 < east < 114 and 22 < north < 23 for ring in told for east, north in ring)
