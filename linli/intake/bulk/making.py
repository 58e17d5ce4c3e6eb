"""A map made by choosing columns, and the maps that lie ready: those that come with linli, and the county's own."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings

from linli.intake.importing.maps import TOP, ImportMap

#: Ways in which systems here write a time, tried in this order.
FORMATS = (
    "%Y-%m-%d %H:%M:%S",
    "%Y/%m/%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y/%m/%d %H:%M",
    "%Y年%m月%d日 %H:%M",
    "%Y年%m月%d日",
    "%Y/%m/%d",
    "%Y%m%d%H%M%S",
    "iso",
)
#: Words of a matter, each taken from one column.
WORDS = ("title", "text", "place", "outcome")
TIMES = ("reported_at", "due_at", "closed_at")


def ready() -> dict[str, Path]:
    """The maps to choose from, by name; the county's own (`maps/` in the home) win over those that come with linli."""
    folders = (settings.CHECKOUT / "examples" / "maps", Path(settings.HOME) / "maps")
    return {path.stem: path for folder in folders if folder.is_dir() for path in sorted(folder.glob("*.toml"))}


def map_text(chosen: Mapping[str, str]) -> str:
    """The map as TOML. `chosen`: columns by what they become; and `source`, `area_by`, `area_otherwise`, `crs`."""
    top = [f"source = {_quoted(chosen['source'])}", f"number = {_quoted(chosen['number'])}"]
    top += [f"{name} = {_quoted(chosen[name])}" for name in WORDS if chosen.get(name)]
    tables = [_time(name, chosen[name]) for name in TIMES if chosen.get(name)]
    tables.append(_area(chosen))
    if chosen.get("lon") and chosen.get("lat"):
        lines = {name: chosen[name] for name in ("lon", "lat")} | {"crs": chosen.get("crs") or "wgs84"}
        tables.append(_table("position", lines))
    if chosen.get("category"):
        tables.append(_table("category", {"column": chosen["category"]}))
    return "\n\n".join(["\n".join(top), *tables]) + "\n"


def chosen_of(found: ImportMap) -> dict[str, Any]:
    """The choices a map was made by, as far as a form can show them: to change one of them and try again."""
    columns = {name: "".join(getattr(found, name)[:1]) for name in WORDS}
    times = {name: when.column for name in TIMES if (when := getattr(found, name))}
    return {
        **columns,
        **times,
        "source": found.source,
        "number": found.number,
        "category": found.category.column if found.category else "",
        "area_by": found.area.by,
        "area_column": found.area.column,
        "area_otherwise": found.area.otherwise == TOP,
        "lon": found.lon,
        "lat": found.lat,
        "crs": found.crs,
    }


def source_from(file_name: str) -> str:
    """A name for the source, taken from that of the file; it can be changed."""
    plain = re.sub(r"[^a-z0-9_.-]+", "-", file_name.lower().split(".")[0]).strip("-._")
    return plain[:40] or "table"


def _time(name: str, column: str) -> str:
    formats = ", ".join(_quoted(one) for one in FORMATS)
    return f"[{name}]\ncolumn = {_quoted(column)}\nformat = [{formats}]"


def _area(chosen: Mapping[str, str]) -> str:
    by = chosen["area_by"]
    if by == "fixed":
        return _table("area", {"by": "fixed", "code": "top"})
    lines = {"by": by} | ({"column": chosen["area_column"]} if by in ("code", "name") else {})
    return _table("area", lines | ({"otherwise": "top"} if chosen.get("area_otherwise") else {}))


def _table(name: str, lines: Mapping[str, str]) -> str:
    return "\n".join([f"[{name}]", *(f"{key} = {_quoted(value)}" for key, value in lines.items())])


def _quoted(word: str) -> str:
    """A basic string of TOML: JSON's, but for the one control sign JSON leaves as it is."""
    return json.dumps(word, ensure_ascii=False).replace("\x7f", "\\u007f")
