"""Small files and maps for the tests of the import."""

import csv
import io
from datetime import UTC, datetime
from pathlib import Path

from linli.intake.importing import Report, import_events, read_map

#: When the tests import: a working Monday, noon in Shanghai.
AT = datetime(2026, 11, 16, 4, 0, tzinfo=UTC)
COLUMNS = ("no", "opened", "promised", "closed", "what", "words", "where", "lon", "lat", "kind", "answer")
GOOD = {
    "no": "7",
    "opened": "2026-11-01 08:30",
    "what": "水沟堵塞",
    "words": "村口水沟堵了",
    "where": "440881101201",
    "kind": "排水",
}
MAP = """
source = "hotline"
number = "no"
title = "what"
text = "words"
outcome = "answer"
due_at = "promised"
closed_at = "closed"

[reported_at]
column = "opened"
format = ["%Y-%m-%d %H:%M", "iso"]

[area]
by = "code"
column = "where"

[position]
lon = "lon"
lat = "lat"

[category]
column = "kind"
values = { "排水" = "C01" }
"""


def table(*rows: dict[str, str], columns: tuple[str, ...] = COLUMNS) -> str:
    """A CSV file with these rows; what a row does not say is as in `GOOD`, or empty."""
    file = io.StringIO()
    writer = csv.DictWriter(file, columns, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()


def good(**changes: str) -> dict[str, str]:
    """A row that can be brought in, with changes."""
    return GOOD | changes


def write(path: Path, content: str | bytes) -> Path:
    """A file with this content."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def bring(
    folder: Path, content: str | bytes, chosen: str = MAP, *, at: datetime = AT, dry_run: bool = False
) -> tuple[Report, list[str]]:
    """Import a file in this folder; the report, and the reasons in the list of refused rows, in order."""
    report = Report()
    path, map_path = write(folder / "rows.csv", content), write(folder / "map.toml", chosen)
    import_events(path, read_map(map_path), report, at=at, dry_run=dry_run, refused_to=folder / "refused.csv")
    with (folder / "refused.csv").open(encoding="utf-8-sig", newline="") as file:
        return report, [row["reason"] for row in csv.DictReader(file)]
