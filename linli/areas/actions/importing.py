"""Bringing areas in: national divisions from tables, boundaries from GeoJSON. All of a file or nothing of it."""

import unicodedata
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
from django.db import transaction
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from linli.areas.actions.boundaries import new_boundary
from linli.areas.actions.register import EVER, clean_code, clean_name, ground_changed, kind_of
from linli.areas.codes import contains, lineage, numbering, parent_of
from linli.areas.geometry import Cleaned, clean_outline, joined, to_wkb
from linli.areas.models import Area, Boundary
from linli.kit.progress import progress
from linli.kit.refusal import BadInput
from linli.kit.tables import open_binary, read_rows

_BATCH = 1000
#: Bytes of GeoJSON: all 7,700 villages of Taiwan have some 30 MB.
_LARGEST = 400_000_000


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
    above = set(lineage(county))
    wanted: dict[str, _Wanted] = {}
    near: dict[str, str] = {}
    for path in files:
        for line, code, row in progress(_divisions(path), label=path.name):
            if code.startswith(county) or code in above:
                name = clean_name(row["name"], what=_line(path, line))
                wanted[code] = _Wanted(code, name, national_code=row["code"])
            elif len(code) == len(county) and code.startswith(county[:4]):
                near[code] = row["name"]
    if not any(code.startswith(county) for code in wanted):
        raise _no_county(county, near)
    report = Imported()
    _put_areas(wanted, report)
    return report


def _no_county(county: str, near: dict[str, str]) -> BadInput:
    """The prefecture's own code is what people try first: 嘉峪关 is 620200 to most and 620201 in the statistics' files."""
    if not near:
        words = _("The files name no county %(county)s. Check the code and the files.")
        return BadInput("county_not_in_files", words, county=county)
    names = [f"{code} {name}" for code, name in sorted(near.items())[:5]]
    words = _("The files name no county %(county)s. Near it they name: %(near)s.")
    return BadInput("county_not_in_files", words, county=county, near=", ".join(names))


def _divisions(path: Path) -> Iterator[tuple[int, str, dict[str, str]]]:
    """Line, code without padding, and the row with its code as given, of every row a level of this home has."""
    has_level = numbering().level
    for line, row in read_rows(path):
        given = row.get("code", row.get("code12"))
        if given is None or "name" not in row:
            raise BadInput(
                "no_such_columns",
                _("%(file)s needs the columns code and name. It has: %(columns)s."),
                file=path.name,
                columns=", ".join(row),
            )
        given = given.strip() if given.isascii() else unicodedata.normalize("NFKC", given).strip()
        if not (given.isascii() and given.isdigit() and 2 <= len(given) <= 12):
            raise BadInput(
                "bad_national_code",
                _("%(what)s: “%(code)s” is no national code. It has 2 to 12 digits."),
                what=_line(path, line),
                code=given[:40],
            )
        code = _without_padding(given)
        # Levels the home does not number (a province above a county's home) are no mistake of the file.
        if has_level(code):
            row["code"] = given
            yield line, code, row


def _line(path: Path, line: int) -> str:
    return _now("%(file)s, line %(line)s") % {"file": path.name, "line": line}


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
    """A FeatureCollection, or a Feature by itself, which RFC 7946 allows just as well."""

    type: str
    features: list[_Feature] | None = None
    properties: dict[str, Any] | None = None
    geometry: dict[str, Any] | None = None


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

    Features of one code are joined. A first boundary is drawn from the area's first day, one that takes the place of
    another from `on`. Raises `BadInput`.
    """
    report = Imported()
    wanted: dict[str, _Wanted] = {}
    outlines: dict[str, list[Cleaned]] = {}
    features = _features(path)
    for number, feature in progress(enumerate(features, 1), total=len(features), label=path.name):
        what = _now("%(file)s, feature %(number)s") % {"file": path.name, "number": number}
        if _is_line_without_code(feature, code_field):
            report.notes.append(_now("%(what)s is a line without a code; it was left out.") % {"what": what})
            continue
        code, given = _code(_property(feature, code_field, what), what)
        name = clean_name(_property(feature, name_field, what), what=what)
        cleaned = clean_outline(feature.geometry, crs=crs, what=f"{what} ({code} {name[:20]})")
        if cleaned.repaired:
            report.notes.append(f"{code} {name}: {cleaned.repaired}")
        wanted[code] = _Wanted(code, name, kind, national_code=given, is_demo=is_demo)
        outlines.setdefault(code, []).append(cleaned)
    _note_joined(wanted, outlines, report)
    _put_areas(wanted, report)
    joined_outlines = {code: _join(parts) for code, parts in outlines.items()}
    _put_boundaries(joined_outlines, report, on=on, source=path.name, crs=crs)
    return report


def read_pieces(path: Path, name_field: str) -> list[tuple[str, Any]]:
    """Names and GeoJSON outlines from a file, as a redrawing takes them. Raises `BadInput`."""
    pieces = []
    for number, feature in enumerate(_features(path), 1):
        what = _now("%(file)s, feature %(number)s") % {"file": path.name, "number": number}
        pieces.append((clean_name(_property(feature, name_field, what), what=what), feature.geometry))
    return pieces


def _features(path: Path) -> list[_Feature]:
    try:
        with open_binary(path) as file:
            content = file.read(_LARGEST + 1)
        if len(content) > _LARGEST:
            words = _("%(file)s holds more than %(most)s MB. Bring in a county at a time.")
            raise BadInput("outlines_too_large", words, file=path.name, most=_LARGEST // 1_000_000)
        found = msgspec.json.decode(content.removeprefix(b"\xef\xbb\xbf"), type=_Collection)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadInput(
            "not_geojson",
            _("%(file)s is no GeoJSON FeatureCollection in UTF-8 (%(why)s)."),
            file=path.name,
            why=str(error),
        ) from None
    # gzip has three ways of saying that a file was not copied to its end.
    except (OSError, EOFError, zlib.error):
        raise BadInput(
            "damaged_file", _("%(file)s is damaged or was not copied to its end. Fetch it again."), file=path.name
        ) from None
    if found.type == "Feature":
        return [_Feature(found.properties, found.geometry)]
    if found.type != "FeatureCollection" or not found.features:
        raise BadInput(
            "no_features",
            _("%(file)s holds no features. It must be a FeatureCollection with at least one."),
            file=path.name,
        )
    return found.features


def _is_line_without_code(feature: _Feature, code_field: str) -> bool:
    """Files of China's counties carry the lines of the sea border among the counties."""
    kind = (feature.geometry or {}).get("type")
    return kind in ("LineString", "MultiLineString") and not (feature.properties or {}).get(code_field)


def _code(given: Any, what: str) -> tuple[str, str]:
    """The code, and the code as given if that was another: 天地图 puts the country before it, `156440881`.

    No county begins with 156 (15 is Inner Mongolia, whose prefectures go from 1501 to 1509 and from 1522 to 1529).
    """
    text = unicodedata.normalize("NFKC", str(given)).strip()
    chosen = numbering()
    if 6 in chosen.widths and text.startswith("156") and chosen.level(text[3:]):
        return text[3:], text
    return clean_code(given, what=what), ""


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


def _note_joined(wanted: dict[str, _Wanted], outlines: dict[str, list[Cleaned]], report: Imported) -> None:
    for code, parts in outlines.items():
        if len(parts) > 1:
            words = _now("%(code)s %(name)s: joined from %(count)s features.")
            report.notes.append(words % {"code": code, "name": wanted[code].name, "count": len(parts)})


def _join(parts: list[Cleaned]) -> Cleaned:
    return Cleaned(
        joined([part.outline for part in parts]), "; ".join(part.repaired for part in parts if part.repaired)[:300]
    )


def _put_areas(wanted: dict[str, _Wanted], report: Imported) -> None:
    """Open what is not there, parents first; give new names to what has others; leave alone what is closed."""
    _add_missing_parents(wanted, report)
    stored = _stored(wanted)
    _leave_closed(wanted, stored, report)
    new, changed = [], []
    for code in sorted(wanted, key=lambda code: (len(code), code)):
        row = wanted[code]
        level = numbering().level(code) or ""
        report.by_level[level] = report.by_level.get(level, 0) + 1
        if code not in stored:
            new.append(_area(row, level))
        elif _differs(stored[code], row):
            changed.append(stored[code])
            report.areas_renamed += _take_over(stored[code], row)
        else:
            report.unchanged += 1
    Area.objects.bulk_create(new, batch_size=_BATCH)
    Area.objects.bulk_update(changed, ["name", "kind", "national_code"], batch_size=500)
    report.areas_made += len(new)
    if report.areas_renamed:
        ground_changed()


def _differs(area: Area, row: _Wanted) -> bool:
    return area.name != row.name or bool(row.national_code and not area.national_code)


def _take_over(area: Area, row: _Wanted) -> bool:
    """Give a stored area what the file says of it; whether its name is another. A kind once chosen stays."""
    if area.name == area.code:
        area.kind = row.kind or kind_of(area.level, row.name)
    was, area.name = area.name, row.name
    area.national_code = area.national_code or row.national_code
    return was != row.name


def _leave_closed(wanted: dict[str, _Wanted], stored: dict[str, Area], report: Imported) -> None:
    """A file older than a redrawing must not open anew what it closed, nor anything in it."""
    known = {**_stored(filter(None, map(parent_of, wanted))), **stored}
    for code in sorted(code for code, area in known.items() if not area.is_open):
        left_out = [inner for inner in wanted if contains(code, inner)]
        for inner in left_out:
            del wanted[inner]
        if left_out:
            words = _now("%(code)s is closed: of the file, %(count)s areas in it were left out.")
            report.notes.append(words % {"code": code, "count": len(left_out)})


def _stored(codes: Iterable[str]) -> dict[str, Area]:
    """By range, not by list: a country's villages are too many parameters."""
    wanted = set(codes)
    rows = Area.objects.filter(code__gte=min(wanted, default=""), code__lte=max(wanted, default=""))
    return {area.code: area for area in rows.iterator() if area.code in wanted}


def _add_missing_parents(wanted: dict[str, _Wanted], report: Imported) -> None:
    """An area never stands without the one above it: what neither file nor home has is made under its code as name."""
    parents = {above for code in wanted for above in lineage(code)[:-1]} - set(wanted)
    known = set(_stored(parents))
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
    areas = {code: area for code, area in _stored(outlines).items() if area.is_open}
    former = {
        row.area_id: row
        for row in Boundary.objects.filter(
            valid_to__isnull=True, area__gte=min(areas, default=""), area__lte=max(areas, default="")
        ).iterator()
    }
    new, ended = [], []
    for code, area in areas.items():
        old, cleaned = former.get(code), outlines[code]
        if old is not None and bytes(old.geometry) == to_wkb(cleaned.outline):
            continue
        if old is not None:
            old.valid_to = max(on, old.valid_from)
            ended.append(old)
        new.append(new_boundary(area, cleaned, on=on if old else area.valid_from, source=source, source_crs=crs))
    Boundary.objects.bulk_update(ended, ["valid_to"], batch_size=500)
    Boundary.objects.bulk_create(new, batch_size=200)
    report.boundaries_drawn += len(new)
    if new:
        ground_changed()
