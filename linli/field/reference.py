"""What a phone keeps at hand: the ground of its holder, who is on duty there, the categories, and which are likely.

It changes seldom. Its version is a digest of all it says, so whatever changes in it changes the version, and nothing else does.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count
from django.db.models.functions import Length
from django.utils import timezone
from django.utils.translation import get_language

from linli import __version__
from linli.areas.actions import boundaries_geojson
from linli.areas.codes import lineage, numbering, within
from linli.areas.models import ANSWERING, Area, Place
from linli.events.models import Category
from linli.field.likely import likely_in
from linli.field.rules import COARSE, TOLERANCE, by_turns
from linli.people.actions import rosters
from linli.people.models import Department, Person
from linli.people.rules import Role, Scope

#: More areas are not kept on a phone: of a wide ground the upper levels alone, whole levels at a time.
MOST_AREAS = 400
MOST_PLACES = 1000
#: Whom people of the field look for.
_ON_DUTY = (Role.GRID_WORKER, Role.CADRE, Role.DESK, Role.VERIFIER, Role.LEADER)


def reference_for(person: Person, scope: Scope, at: datetime) -> dict[str, Any]:
    """For somebody on the staff. As many queries for one grid as for a township of them."""
    mine = _areas_of(scope.area_codes)
    codes = {area.code for area in mine}
    around = _around(mine, scope) - codes
    categories = _categories()
    offered_in = [area.code for area in mine] or sorted(_tops(scope))
    return {
        "person": {"id": person.pk, "name": person.name},
        "areas": _areas(mine, around, at),
        "categories": categories,
        "likely": likely_in(offered_in, _order(categories)),
        "choices": _choices(categories),
        "app": {"version": __version__},
    }


def reference_for_everybody(at: datetime) -> dict[str, Any]:
    """For residents: no people, and of the ground the names and coarse outlines of townships."""
    categories = _categories()
    width = numbering().widths[min(1, len(numbering().widths) - 1)]
    rows = Area.objects.valid_on(timezone.localdate(at)).filter(kind__in=ANSWERING).alias(width=Length("code"))
    areas = list(rows.filter(width__lte=width).order_by("width", "code")[:MOST_AREAS])
    outlines = _outlines([area for area in areas if len(area.code) == width], COARSE)
    return {
        "areas": [_area(area, outlines) for area in areas],
        "categories": categories,
        "likely": likely_in([area.code for area in areas if area.parent_id is None], _order(categories)),
        "app": {"version": __version__},
    }


# --- the ground --------------------------------------------------------------------------------------------------------


def _areas_of(codes: Sequence[str]) -> list[Area]:
    """The areas a person answers for, the widest first; of too many the upper levels."""
    inside: Any = Area.objects.open().filter(within(*codes, field="code"), kind__in=ANSWERING)
    inside = inside.annotate(width=Length("code"))
    found: list[Area] = list(inside.filter(width__lte=_deepest(inside)).order_by("width", "code"))
    return found


def _deepest(inside: Any) -> int:
    """Digits of the deepest level that is kept."""
    kept, deepest = 0, 0
    for width, count in inside.order_by("width").values_list("width").annotate(Count("pk")):
        kept += count
        if deepest and kept > MOST_AREAS:
            break
        deepest = width
    return deepest


def _around(mine: Iterable[Area], scope: Scope) -> set[str]:
    """The areas that hold theirs: by name, and who is on duty there."""
    held = [*(area.code for area in mine), *(one.area for one in scope.held)]
    return {code for one in held for code in lineage(one)}


def _tops(scope: Scope) -> set[str]:
    return {lineage(one.area)[0] for one in scope.held}


def _areas(mine: list[Area], around: set[str], at: datetime) -> list[dict[str, Any]]:
    above = list(Area.objects.filter(pk__in=around).order_by("code"))
    outlines = _outlines(mine)
    on_duty = on_duty_in([area.code for area in [*above, *mine]], at)
    places = _places([area.code for area in mine])
    return [
        _area(area, outlines)
        | {
            "is_mine": area.code not in around,
            "on_duty": on_duty.get(area.code, []),
            "places": places.get(area.code, []),
        }
        for area in [*above, *mine]
    ]


def _area(area: Area, outlines: dict[str, Any]) -> dict[str, Any]:
    feature = outlines.get(area.code)
    return {
        "code": area.code,
        "name": area.name,
        "level": area.level,
        "kind": area.kind,
        "outline": feature["geometry"] if feature else None,
        "label": feature["properties"]["label"] if feature else None,
    }


def _outlines(areas: Iterable[Area], tolerance: float | None = None) -> dict[str, Any]:
    """By code the outline as a GeoJSON feature, as coarse as its level bears or as said; kept by the process."""
    by_level: dict[float, list[str]] = {}
    for area in areas:
        by_level.setdefault(tolerance or TOLERANCE.get(area.level, COARSE), []).append(area.code)
    features = [one for how, codes in by_level.items() for one in boundaries_geojson(codes, how)["features"]]
    return {one["id"]: one for one in features}


def on_duty_in(codes: Iterable[str], at: datetime) -> dict[str, list[dict[str, Any]]]:
    """Who is on duty in just these areas, by name and role: never how to call them."""
    order = list(_ON_DUTY)
    return {
        code: [
            {"name": turn.person.name, "role": Role(turn.appointment.role).label, "role_code": turn.appointment.role}
            for turn in sorted(turns, key=lambda one: order.index(Role(one.appointment.role)))
            if turn.is_on_duty
        ]
        for code, turns in rosters(codes, at, *_ON_DUTY).items()
    }


def _places(codes: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    rows = Place.objects.filter(area__in=codes, closed_on__isnull=True, lon__isnull=False)
    for place in rows.order_by("area", "name", "pk")[:MOST_PLACES]:
        told = {"name": place.name, "kind": place.kind, "kind_words": place.get_kind_display()}
        found.setdefault(place.area_id, []).append(told | {"lon": place.lon, "lat": place.lat})
    return found


# --- categories, and what forms choose from ----------------------------------------------------------------------------


def _categories() -> list[dict[str, Any]]:
    """Those in use, domains among them, each with its questions in the language of the reader."""
    english = (get_language() or "").startswith("en")
    rows = Category.objects.filter(pack__in_use=True, closed_on__isnull=True).order_by("code")
    found = list(rows.select_related("parent"))
    domains = {one.parent_id for one in found if one.parent_id}
    return [
        {
            "code": one.code,
            "key": one.pk,
            "name": str(one),
            "parent": one.parent.code if one.parent else None,
            "icon": one.icon,
            "is_domain": one.pk in domains,
            "questions": [_question(question, english) for question in one.questions],
            "emergency_call": one.emergency_call,
        }
        for one in found
    ]


def _question(question: dict[str, Any], english: bool) -> dict[str, Any]:
    def said(row: dict[str, Any], name: str) -> str:
        return str((row.get(f"{name}_en") if english else "") or row.get(name) or "")

    return {
        "code": question["code"],
        "ask": said(question, "ask"),
        "type": question.get("type", "text"),
        "choices": [{"code": one["code"], "name": said(one, "name")} for one in question.get("choices", [])],
        "required": bool(question.get("required")),
    }


def _order(categories: Iterable[dict[str, Any]]) -> list[str]:
    """The order of the pack, a category of each domain in turn."""
    by_domain: dict[str, list[str]] = {}
    for one in categories:
        if not one["is_domain"]:
            by_domain.setdefault(one["parent"] or one["code"], []).append(one["code"])
    return by_turns(by_domain.values())


def _choices(categories: Iterable[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """The long lists that fields of the steps choose from (`choices_from`), told once and not with every task."""
    departments = Department.objects.filter(closed_on__isnull=True).order_by("code")
    return {
        "departments": [{"value": one.code, "label": str(one)} for one in departments],
        "categories": [
            {"value": one["key"], "label": f"　{one['name']}" if one["parent"] else one["name"]} for one in categories
        ],
    }
