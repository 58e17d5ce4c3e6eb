"""The files of an area for whoever keeps a copy: Atom, GeoJSON and CSV of its matters, and its open figures as CSV.

All of them hold just what the page shows. Each says under which terms it may be used and in which coordinates it speaks.
"""

import csv
import io
import json
import re
import uuid
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from linli.areas.models import Area
from linli.kit.addresses import own_address
from linli.kit.tables import harmless
from linli.openness.figures import Line, Number, OpenFigures, Shown
from linli.openness.reading import Asked, Matter, Page
from linli.openness.rules import COUNT, DAYS, RATE
from linli.statistics.periods import Period
from linli.statistics.rules import BY_CODE
from linli.statistics.table_files import as_csv
from linli.statistics.tables import COUNT as COUNTS
from linli.statistics.tables import PERCENT, TEXT, Cell, Column, Table
from linli.statistics.taking_away import MARK

#: Of our own; ids stay the same whatever the host is called.
_NAMES = uuid.UUID("0b1f7c0e-7d55-5c4e-9a3c-6a0f3e5b8d21")
_SPACES = 'xmlns="http://www.w3.org/2005/Atom" xmlns:georss="http://www.georss.org/georss"'
#: What XML 1.0 cannot hold, not even escaped.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def licence() -> str:
    """Under which terms the data may be used."""
    return settings.OPEN_DATA_LICENCE or _(
        "No terms of use have been set yet: ask the county before you publish copies."
    )


def coordinates() -> str:
    """The coordinate system in words."""
    return _(
        "Longitude and latitude in degrees, WGS-84, the same as CGCS2000 here: not shifted as on web maps in China. "
        "A point is the middle of a cell, no closer than the county shows the places of its category."
    )


def address(name: str, area: str, query: str = "") -> str:
    """The whole address of a page or file of an area, in the language it is asked in."""
    return own_address(asked_of(reverse(f"openness:{name}", args=[area]), query))


def asked_of(path: str, query: str = "") -> str:
    """A path with what is asked of it, in the language spoken now."""
    asked = "&".join(part for part in (query, in_language().removeprefix("?")) if part)
    return f"{path}?{asked}" if asked else path


def in_language() -> str:
    """What an address needs to be answered in the language spoken now. That of the home is named too: the browser that follows
    it may have chosen another.
    """
    return f"?language={get_language() or settings.LANGUAGE_CODE}"


def following(name: str, page: Page) -> str:
    """The address of the page after this one; empty: there is none."""
    return address(name, page.following.area, page.following.query) if page.following else ""


# --- Atom ---------------------------------------------------------------------------------------------------------------


def atom(area: Area, asked: Asked, page: Page, at: datetime) -> bytes:
    """Atom 1.0 (RFC 4287), paged (RFC 5005), with points (GeoRSS Simple)."""
    updated = max((matter.updated_on for matter in page.matters), default=date(at.year, 1, 1))
    links = {"self": address("feed", area.code, asked.query), "alternate": address("area", area.code)}
    if more := following("feed", page):
        links["next"] = more
    head = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f"<feed {_SPACES} xml:lang={_attribute(get_language() or 'zh-hans')}>",
        f"<id>{_id(f'area {area.code}')}</id>",
        f"<title>{_text(_('Matters in %(area)s') % {'area': area.name})}</title>",
        f"<updated>{_begins(updated)}</updated>",
        f"<author><name>{_text(area.name)}</name></author>",
        f"<rights>{_text(licence())}</rights>",
        f"<subtitle>{_text(coordinates())}</subtitle>",
        *(f"<link rel={_attribute(rel)} href={_attribute(url)}/>" for rel, url in links.items()),
    ]
    return "\n".join([*head, *(line for one in page.matters for line in _entry(one)), "</feed>\n"]).encode()


def _entry(matter: Matter) -> Iterator[str]:
    yield "<entry>"
    yield f"<id>{_id(f'matter {matter.number}')}</id>"
    yield f"<title>{_text(f'{matter.category} · {matter.area_name} · {matter.words}')}</title>"
    # The day alone is public: who was seen there at that minute is nobody's business.
    yield f"<updated>{_begins(matter.updated_on)}</updated>"
    yield f"<published>{_begins(matter.reported_on)}</published>"
    yield f'<link rel="alternate" href={_attribute(address("area", matter.area))}/>'
    yield f"<category term={_attribute(matter.category_code)} label={_attribute(matter.category)}/>"
    yield f"<summary>{_text(told(matter))}</summary>"
    if matter.spot:
        yield f"<georss:point>{matter.spot.lat} {matter.spot.lon}</georss:point>"
    yield "</entry>"


def told(matter: Matter) -> str:
    """A matter in a line of words."""
    days = [_("reported on %(day)s") % {"day": matter.reported_on}]
    if matter.due_on:
        days.append(_("due on %(day)s") % {"day": matter.due_on})
    if matter.ended_on:
        days.append(_("ended on %(day)s") % {"day": matter.ended_on})
    parts = [matter.number, matter.words, *days, matter.department, matter.answer]
    return " · ".join(part for part in parts if part)


def _id(words: str) -> str:
    return f"urn:uuid:{uuid.uuid5(_NAMES, words)}"


def _begins(day: date) -> str:
    return timezone.make_aware(datetime.combine(day, time())).isoformat()


def _text(words: str) -> str:
    return escape(_NOT_XML.sub("", words))


def _attribute(words: str) -> str:
    return quoteattr(_NOT_XML.sub("", words))


# --- GeoJSON and CSV ----------------------------------------------------------------------------------------------------


def geojson(area: Area, page: Page) -> bytes:
    """GeoJSON (RFC 7946). Of a matter whose place is not shown the geometry is null; its area is named all the same."""
    content = {
        "type": "FeatureCollection",
        "title": _("Matters in %(area)s") % {"area": area.name},
        "licence": licence(),
        "coordinates_are": coordinates(),
        "next": following("geojson", page) or None,
        "features": [
            {
                "type": "Feature",
                "id": matter.number,
                "geometry": {"type": "Point", "coordinates": [matter.spot.lon, matter.spot.lat]}
                if matter.spot
                else None,
                "properties": _properties(matter),
            }
            for matter in page.matters
        ],
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def _properties(matter: Matter) -> dict[str, Any]:
    return {
        "number": matter.number,
        "category_code": matter.category_code,
        "category": matter.category,
        "area_code": matter.area,
        "area": matter.area_name,
        "state": matter.state,
        "state_in_words": matter.words,
        "is_open": matter.is_open,
        "reported_on": str(matter.reported_on),
        "due_on": str(matter.due_on) if matter.due_on else None,
        "ended_on": str(matter.ended_on) if matter.ended_on else None,
        "is_late": matter.is_late,
        "department": matter.department,
        "answer": matter.answer or None,
        "photos": [own_address(one) for one in matter.photos],
        "cell_degrees": matter.spot.size if matter.spot else None,
        "updated": _begins(matter.updated_on),
    }


_COLUMNS = (
    *("number", "category_code", "category", "area_code", "area", "state", "state_in_words", "is_open", "reported_on"),
    *("due_on", "ended_on", "is_late", "department", "answer", "photos", "lon", "lat", "cell_degrees", "updated"),
)


def matters_csv(area: Area, page: Page) -> bytes:
    """The same as CSV: what holds for all of it in lines that begin with `#`, then the names of the columns."""
    text = io.StringIO()
    said = [_("Matters in %(area)s") % {"area": area.name}, licence(), coordinates()]
    if more := following("csv", page):
        said.append(f"next: {more}")
    for words in said:
        text.write(f"# {' '.join(words.split())}\r\n")
    writer = csv.writer(text)
    writer.writerow(_COLUMNS)
    for matter in page.matters:
        lon_lat = {"lon": matter.spot.lon, "lat": matter.spot.lat} if matter.spot else {}
        cells = _properties(matter) | {"photos": " ".join(map(own_address, matter.photos))} | lon_lat
        # Numbers are numbers: a longitude west of Greenwich is no formula.
        writer.writerow([_cell(cells.get(column)) for column in _COLUMNS])
    return (MARK + text.getvalue()).encode()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return harmless(value) if isinstance(value, str) else str(value).lower()


# --- figures ------------------------------------------------------------------------------------------------------------


def figures_csv(area: Area, figures: OpenFigures) -> bytes:
    """The open figures: a line for each, of each period, and of each category."""
    columns = [
        Column("figure", _("Figure"), TEXT),
        Column("name", _("Name"), TEXT),
        Column("category_code", _("Category code"), TEXT),
        Column("category", _("Category"), TEXT),
        Column("first_day", _("First day"), TEXT),
        Column("last_day", _("Last day"), TEXT),
        Column("n", _("Number"), COUNTS),
        Column("numerator", _("Numerator"), COUNTS),
        Column("denominator", _("Denominator"), COUNTS),
        Column("percent", _("Percent"), PERCENT),
        Column("days", _("Days"), PERCENT),
    ]
    asked = [
        (_("Area"), f"{area.name} {area.code}"),
        (_("As of"), f"{timezone.localtime(figures.as_of):%Y-%m-%d %H:%M}"),
        (_("Which matters"), which_matters(figures)),
        (_("Terms of use"), licence()),
        *((number.name, number.meaning) for number in figures.numbers),
    ]
    rows = [row for number in figures.numbers for row in _rows(number, figures)]
    rows += [row for line in figures.lines for row in _rows_of(line, figures.year)]
    return as_csv(Table(_("Open figures of %(area)s") % {"area": area.name}, asked, columns, rows))


def which_matters(figures: OpenFigures) -> str:
    """What the whole is made of, in a sentence."""
    if figures.is_of_all:
        return _("All matters of the area, those of categories that are not public among them, in sums alone.")
    return _("The matters of public categories. The others are only in the figures of the whole county.")


def _rows(number: Number, figures: OpenFigures) -> Iterator[list[Cell]]:
    yield _row(number, figures.year, number.year)
    if not number.tile.is_now:
        yield _row(number, figures.month, number.month)


def _row(number: Number, period: Period, shown: Shown) -> list[Cell]:
    days: list[Cell] = ["", ""] if number.tile.is_now else [str(period.first), str(period.last)]
    counted: dict[str, list[Cell]] = {
        COUNT: [shown.n, None, None, None, None],
        DAYS: [shown.of, *[None] * 3, shown.days],
    }
    value = shown.value
    counted[RATE] = [None, value.numerator, value.denominator, value.percent, None] if value else [None] * 5
    return [number.tile.code, number.name, "", "", *days, *counted[number.tile.kind]]


def _rows_of(line: Line, period: Period) -> Iterator[list[Cell]]:
    for code, n in line.counts.items():
        days = ["", ""] if code == "open" else [str(period.first), str(period.last)]
        yield [code, str(BY_CODE[code].name), line.code, line.name, *days, n, None, None, None, None]
