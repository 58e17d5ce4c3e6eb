"""Bringing areas in: national divisions from tables, boundaries from GeoJSON. All of a file or nothing of it."""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
from django.db import transaction
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from linli.areas.actions.boundaries import ground_changed, new_boundary
from linli.areas.actions.register import EVER, clean_code, clean_name, kind_of
from linli.areas.codes import lineage, numbering, parent_of
from linli.areas.geometry import Cleaned, clean_outline, joined, to_wkb
from linli.areas.models import Area, Boundary
from linli.kit.progress import progress
from linli.kit.refusal import BadInput
from linli.kit.tables import open_binary, read_rows

_BATCH = 1000


@dataclass
class Imported:
    """What an import did: how many areas and boundaries are new or changed, and what people should know of it."""

    areas_made: int = 0
    areas_renamed: int = 0
    boundaries_drawn: int = 0
    unchanged: int = 0
    by_level: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Wanted:
    """An area as a file gives it."""

    code: str
    name: str
    kind: str | None = None
    national_code: str = ""
    is_demo: bool = False


@transaction.atomic
def import_divisions(files: Iterable[Path], county: str) -> Imported:
    """National divisions of one county from tables with the columns `code` and `name`, in any order of files and rows.

    Codes may be cut to their level or padded with zeros to 12 digits. What lies above the county is taken where the
    numbering of the home has such levels. May be repeated. Raises `BadInput`.
    """
    county = clean_code(county, what=_now("county"))
    wanted: dict[str, _Wanted] = {}
    for path in files:
        for row in progress(_divisions(path), label=path.name):
            if row.code.startswith(county) or row.code in lineage(county):
                wanted[row.code] = row
    if county not in wanted:
        raise BadInput(
            "county_not_in_files",
            _("The files name no county %(county)s. Check the code and the files."),
            county=county,
        )
    report = Imported()
    _put_areas(wanted, report)
    return report


def _divisions(path: Path) -> Iterator[_Wanted]:
    for line, row in read_rows(path):
        code_column = next((name for name in ("code", "code12") if name in row), None)
        if code_column is None or "name" not in row:
            raise BadInput(
                "no_such_columns",
                _("%(file)s needs the columns code and name. It has: %(columns)s."),
                file=path.name,
                columns=", ".join(row),
            )
        what = _now("%(file)s, line %(line)s") % {"file": path.name, "line": line}
        given = unicodedata.normalize("NFKC", row[code_column]).strip()
        if not (given.isascii() and given.isdigit() and 2 <= len(given) <= 12):
            raise BadInput(
                "bad_national_code",
                _("%(what)s: “%(code)s” is no national code. It has 2 to 12 digits."),
                what=what,
                code=given[:40],
            )
        code = _without_padding(given)
        # Levels the home does not number (a province above a county's home) are no mistake of the file.
        if numbering().level(code):
            yield _Wanted(code, clean_name(row["name"], what=what), national_code=given)


def _without_padding(given: str) -> str:
    """`440881102000` is township `440881102`, `440881000000` county `440881` (民政部 and 统计局 write either)."""
    if len(given) == 12 and given.endswith("000"):
        given = given[:9]
        if given.endswith("000"):
            given = given[:6]
    return given


class _Feature(msgspec.Struct):
    properties: dict[str, Any] | None = None
    geometry: dict[str, Any] | None = None


class _Collection(msgspec.Struct):
    type: str
    features: list[_Feature] = []


@transaction.atomic
def import_geojson(
    path: Path,
    *,
    code_field: str,
    name_field: str,
    crs: str = "wgs84",
    kind: str | None = None,
    on: date = EVER,
    is_demo: bool = False,
) -> Imported:
    """Areas with their boundaries from a GeoJSON file. The code's length gives the level; a missing parent is made.

    Features of one code are joined. A boundary that differs from the stored one is drawn from `on`. Raises `BadInput`.
    """
    report = Imported()
    wanted: dict[str, _Wanted] = {}
    outlines: dict[str, list[Cleaned]] = {}
    features = _features(path)
    for number, feature in progress(enumerate(features, 1), total=len(features), label=path.name):
        what = _now("%(file)s, feature %(number)s") % {"file": path.name, "number": number}
        code = clean_code(_property(feature, code_field, what), what=what)
        name = clean_name(_property(feature, name_field, what), what=what)
        cleaned = clean_outline(feature.geometry, crs=crs, what=f"{what} ({code} {name[:20]})")
        if cleaned.repaired:
            report.notes.append(f"{code} {name}: {cleaned.repaired}")
        wanted[code] = _Wanted(code, name, kind, is_demo=is_demo)
        outlines.setdefault(code, []).append(cleaned)
    _put_areas(wanted, report)
    _put_boundaries({code: _join(parts) for code, parts in outlines.items()}, report, on=on, source=path.name, crs=crs)
    return report


def _features(path: Path) -> list[_Feature]:
    try:
        with open_binary(path) as file:
            collection = msgspec.json.decode(file.read().removeprefix(b"\xef\xbb\xbf"), type=_Collection)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadInput(
            "not_geojson",
            _("%(file)s is no GeoJSON FeatureCollection in UTF-8 (%(why)s)."),
            file=path.name,
            why=str(error),
        ) from None
    # gzip raises OSError and EOFError for a file that was not copied to its end; zlib has an error of its own.
    except Exception:
        raise BadInput(
            "damaged_file", _("%(file)s is damaged or was not copied to its end. Fetch it again."), file=path.name
        ) from None
    if collection.type != "FeatureCollection" or not collection.features:
        raise BadInput(
            "no_features",
            _("%(file)s holds no features. It must be a FeatureCollection with at least one."),
            file=path.name,
        )
    return collection.features


def _property(feature: _Feature, name: str, what: str) -> Any:
    properties = feature.properties or {}
    if properties.get(name) is None:
        raise BadInput(
            "no_such_field",
            _("%(what)s has no field “%(name)s”. Its fields: %(fields)s."),
            what=what,
            name=name,
            fields=", ".join(properties) or "-",
        )
    return properties[name]


def _join(parts: list[Cleaned]) -> Cleaned:
    return Cleaned(
        joined([part.outline for part in parts]), "; ".join(part.repaired for part in parts if part.repaired)[:300]
    )


def _put_areas(wanted: dict[str, _Wanted], report: Imported) -> None:
    """Open what is not there, parents first; give new names to what has others."""
    _add_missing_parents(wanted, report)
    stored = Area.objects.in_bulk(list(wanted)) if len(wanted) <= _BATCH else _stored_within(wanted)
    new = []
    for code in sorted(wanted, key=lambda code: (len(code), code)):
        row = wanted[code]
        level = numbering().level(code) or ""
        report.by_level[level] = report.by_level.get(level, 0) + 1
        if code not in stored:
            new.append(_area(row, level))
        elif stored[code].name != row.name:
            Area.objects.filter(pk=code).update(name=row.name)
            report.areas_renamed += 1
        else:
            report.unchanged += 1
    Area.objects.bulk_create(new, batch_size=_BATCH)
    report.areas_made += len(new)


def _stored_within(wanted: dict[str, _Wanted]) -> dict[str, Area]:
    rows = Area.objects.filter(code__gte=min(wanted), code__lte=max(wanted))
    return {area.code: area for area in rows.iterator() if area.code in wanted}


def _add_missing_parents(wanted: dict[str, _Wanted], report: Imported) -> None:
    """An area never stands without the one above it: what neither file nor home has is made under its code as name."""
    parents = {above for code in wanted for above in lineage(code)[:-1]} - set(wanted)
    known = set(Area.objects.filter(code__in=parents).values_list("code", flat=True)) if parents else set()
    for code in sorted(parents - known):
        wanted[code] = _Wanted(code, code)
        report.notes.append(
            _now("%(code)s was missing and has been made; import it to give it a name and an outline.") % {"code": code}
        )


def _area(row: _Wanted, level: str) -> Area:
    return Area(
        code=row.code,
        name=row.name,
        level=level,
        kind=row.kind or kind_of(level, row.name),
        parent_id=parent_of(row.code),
        national_code=row.national_code,
        is_demo=row.is_demo,
    )


def _put_boundaries(outlines: dict[str, Cleaned], report: Imported, *, on: date, source: str, crs: str) -> None:
    areas = _stored_within({code: _Wanted(code, "") for code in outlines})
    former = {
        row.area_id: row
        for row in Boundary.objects.filter(
            valid_to__isnull=True, area__gte=min(outlines), area__lte=max(outlines)
        ).iterator()
    }
    new, ended = [], []
    for code, cleaned in outlines.items():
        old = former.get(code)
        if old is not None and bytes(old.geometry) == to_wkb(cleaned.outline):
            continue
        if old is not None:
            old.valid_to = max(on, old.valid_from)
            ended.append(old)
        new.append(new_boundary(areas[code], cleaned, on=on, source=source, source_crs=crs))
    Boundary.objects.bulk_update(ended, ["valid_to"], batch_size=500)
    Boundary.objects.bulk_create(new, batch_size=200)
    report.boundaries_drawn += len(new)
    if new:
        ground_changed()
