"""`linli areas`: numbering, import of divisions and boundaries, point to area, and what is wrong with the ground."""

import argparse
import io
import math
import sys
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from linli.areas import actions, ground
from linli.areas.codes import numbering
from linli.areas.crs import Crs, to_wgs84
from linli.areas.models import Area, Kind
from linli.events.actions import register
from linli.kit.refusal import BadInput, Refused

_LINES_AT_ONCE = 20_000


class Command(BaseCommand):
    """One subcommand per act."""

    help = gettext_noop(
        "Areas: choose the numbering, import divisions and boundaries, locate points, check the ground."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """The acts and what each takes."""
        acts = parser.add_subparsers(dest="act", required=True)
        chosen = acts.add_parser("numbering", help=_("Digits per level, once per home, before the first area."))
        chosen.add_argument("widths", type=_widths, metavar="6,9,12,15", nargs="?")
        chosen.add_argument(
            "--levels", metavar="county,township,village,grid", help=_("Their names, from the top down.")
        )
        bring = acts.add_parser("import", help=_("Areas with boundaries from a GeoJSON file, plain or gzipped."))
        bring.add_argument("file", type=Path, metavar="FILE.geojson[.gz]")
        bring.add_argument("--code-field", required=True, metavar="F", help=_("The property that holds the code."))
        bring.add_argument("--name-field", required=True, metavar="F", help=_("The property that holds the name."))
        bring.add_argument("--crs", choices=Crs.values, default=Crs.WGS84, help=_("Coordinate system of the file."))
        bring.add_argument(
            "--kind", choices=Kind.values, help=_("Kind of all its areas; without, told by level and name.")
        )
        bring.add_argument("--demo", action="store_true", help=_("Mark its areas as drawn for a demonstration."))
        divisions = acts.add_parser(
            "divisions", help=_("National divisions from CSV files with the columns code,name.")
        )
        divisions.add_argument("files", type=Path, nargs="+", metavar="FILE.csv[.gz]")
        divisions.add_argument("--county", required=True, metavar="440881")
        locate = acts.add_parser("locate", help=_("Lines `lon,lat` in, the code of the area or `-` out, in order."))
        locate.add_argument("file", type=Path, nargs="?", metavar="FILE", help=_("Without, standard input."))
        locate.add_argument("--crs", choices=Crs.values, default=Crs.WGS84, help=_("Coordinate system of the points."))
        check = acts.add_parser("check", help=_("Orphans, overlaps and gaps, with their size. Exit status 1 if any."))
        check.add_argument(
            "--at-least", type=float, default=actions.SLIVER_M2, metavar="M2", help=_("Smallest size told.")
        )
        redraw = acts.add_parser("redraw", help=_("Close a grid and open those of a file in its place."))
        redraw.add_argument("code", metavar="CODE")
        redraw.add_argument("file", type=Path, metavar="FILE.geojson[.gz]")
        redraw.add_argument("--name-field", required=True, metavar="F", help=_("The property that holds the name."))
        redraw.add_argument("--crs", choices=Crs.values, default=Crs.WGS84, help=_("Coordinate system of the file."))
        show = acts.add_parser("list", help=_("The areas in this home, or those in one of them."))
        show.add_argument("code", nargs="?", metavar="CODE")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do the act named."""
        getattr(self, f"_{options['act']}")(options, timezone.now())

    def _numbering(self, options: dict[str, Any], at: datetime) -> None:
        if options["widths"] is not None:
            levels = options["levels"].split(",") if options["levels"] else None
            actions.set_numbering(options["widths"], levels)
        chosen = numbering()
        for level, width in zip(chosen.levels, chosen.widths, strict=True):
            self.stdout.write(_("%(level)s: %(width)s digits") % {"level": _level(level), "width": width})

    def _import(self, options: dict[str, Any], at: datetime) -> None:
        report = register.import_geojson(
            options["file"],
            at=at,
            code_field=options["code_field"],
            name_field=options["name_field"],
            crs=options["crs"],
            kind=options["kind"],
            is_demo=options["demo"],
        )
        self._tell(report)

    def _divisions(self, options: dict[str, Any], at: datetime) -> None:
        self._tell(register.import_divisions(options["files"], options["county"], at=at))

    def _tell(self, report: actions.Imported) -> None:
        for level, count in report.by_level.items():
            self.stdout.write(_("%(level)s: %(count)s") % {"level": _level(level), "count": count})
        words = _("%(made)s areas made, %(renamed)s renamed, %(unchanged)s as they were; %(drawn)s boundaries drawn.")
        counts = {"made": report.areas_made, "renamed": report.areas_renamed, "unchanged": report.unchanged}
        self.stdout.write(words % {**counts, "drawn": report.boundaries_drawn})
        for note in report.notes:
            self.stdout.write(f"! {note}")

    def _locate(self, options: dict[str, Any], at: datetime) -> None:
        source = options["file"].open("rb") if options["file"] else sys.stdin.buffer
        # What is no text is no point either; its line is told like any other.
        with io.TextIOWrapper(source, encoding="utf-8-sig", errors="replace") as lines:
            self._answer(lines, options["crs"])

    def _answer(self, lines: Iterable[str], crs: str) -> None:
        points = _points(lines)
        while batch := list(islice(points, _LINES_AT_ONCE)):
            lons, lats = (_floats(column) for column in zip(*batch, strict=True))
            lons, lats = to_wgs84(lons, lats, crs)
            found = ground.locate_many(lons, lats, leaves_only=True)
            self.stdout.write("\n".join(code or "-" for code in found))

    def _redraw(self, options: dict[str, Any], at: datetime) -> None:
        area = Area.objects.filter(pk=options["code"]).first()
        if area is None:
            raise BadInput("no_such_area", _("There is no area %(code)s."), code=options["code"][:40])
        outlines = actions.read_pieces(options["file"], options["name_field"])
        plan = register.plan_redraw(area, outlines, crs=options["crs"])
        made = register.redraw(area, outlines, by=None, at=at, crs=options["crs"], source=options["file"].name)
        self.stdout.write(_("%(code)s %(name)s is closed. In its place:") % {"code": area.code, "name": area.name})
        for one, planned in zip(made, plan, strict=True):
            self.stdout.write("  ".join([one.code, one.name, _matters(planned.matters)]))
            if planned.piece.cleaned.repaired:
                self.stdout.write(f"! {one.name}: {planned.piece.cleaned.repaired}")

    def _check(self, options: dict[str, Any], at: datetime) -> None:
        count = 0
        for finding in actions.check_ground(options["at_least"]):
            count += 1
            self.stdout.write(f"{finding.kind:8} {finding.words}")
        open_areas = Area.objects.open()
        drawn = open_areas.filter(boundaries__valid_to__isnull=True, boundaries__isnull=False).count()
        summary = _("%(areas)s areas, %(drawn)s with a boundary: %(count)s findings.")
        self.stdout.write(summary % {"areas": open_areas.count(), "drawn": drawn, "count": count})
        if count:
            raise Refused("findings", _("Draw these boundaries again, or import a corrected file."))

    def _list(self, options: dict[str, Any], at: datetime) -> None:
        inside = Area.objects.order_by("code")
        inside = inside.filter(parent=options["code"]) if options["code"] else inside.filter(parent__isnull=True)
        for area in inside:
            closed = "" if area.is_open else _("closed %(day)s") % {"day": area.valid_to}
            self.stdout.write("  ".join(filter(None, [area.code, area.name, str(area.get_kind_display()), closed])))


def _level(name: str) -> str:
    """The name of a level in the language of the home; what a county calls its own stays as it is."""
    return str(dict(Kind.choices).get(name, name))


def _widths(text: str) -> list[int]:
    try:
        return [int(width) for width in text.split(",")]
    except ValueError:
        raise argparse.ArgumentTypeError("6,9,12,15") from None


def _matters(count: int) -> str:
    return ngettext("%(count)s open matter carried over", "%(count)s open matters carried over", count) % {
        "count": count
    }


def _points(lines: Iterable[str]) -> Iterator[tuple[float, float]]:
    blank = 0
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if not text:
            blank = blank or number
            continue
        # Empty lines at the end are nothing; before a point they would shift every answer after them.
        if blank:
            raise _no_point(blank, "")
        yield _point(number, text)


def _point(number: int, text: str) -> tuple[float, float]:
    try:
        lon, lat = (float(part) for part in text.replace("，", ",").split(","))
    except ValueError:
        raise _no_point(number, text) from None
    # Python reads 1_0 as ten; nobody who writes it means that.
    if "_" in text or not (math.isfinite(lon) and math.isfinite(lat)):
        raise _no_point(number, text)
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        words = _("Line %(line)s: %(text)s lies off the earth. Longitude comes first, then latitude.")
        raise BadInput("point_off_the_earth", words, line=number, text=text[:60])
    return lon, lat


def _no_point(number: int, text: str) -> BadInput:
    words = _("Line %(line)s: “%(text)s” is no point. Write longitude and latitude, e.g. 110.2863,21.6115.")
    return BadInput("no_point", words, line=number, text=text[:60])


def _floats(values: Iterable[float]) -> Any:
    return np.array(values, float)
