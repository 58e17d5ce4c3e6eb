"""One message: from the elements of a file to an `Alert`, with everything that is wrong with it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import Any

from linli.kit.cap import rules, shape
from linli.kit.cap.model import Alert, Area, Info, Resource
from linli.kit.cap.notes import Notes
from linli.kit.cap.problems import Problem
from linli.kit.cap.trees import Element

_MOST_INFOS, _MOST_AREAS, _MOST_RESOURCES = 100, 1000, 100


@dataclass(frozen=True)
class Message:
    """What one `alert` element came to. `alert` is None where a problem is fatal; `name` is its identifier, if it has one."""

    alert: Alert | None
    problems: tuple[Problem, ...]
    name: str
    line: int


def read_message(element: Element, zone: tzinfo) -> Message:
    """The message in an `alert` element; `zone` is taken for moments that name none."""
    notes = Notes(zone)
    notes.stands("", element.line)
    version = _version(notes, element)
    found = _fill(shape.ALERT, element, notes, "", parts={"info": _MOST_INFOS})
    infos = tuple(_info(child, notes, f"info[{at}]") for at, child in _parts(element, "info", _MOST_INFOS))
    alert = None
    if not notes.is_fatal:
        is_signed = any((child.space, child.name) == shape.SIGNATURE for child in element.children)
        alert = Alert(version=version, infos=infos, is_signed=is_signed, **found)
        for code, where, facts in rules.findings(alert):
            notes.tell(code, where, facts)
    return Message(alert, tuple(notes.problems), found.get("identifier", ""), element.line)


def _version(notes: Notes, element: Element) -> str:
    if not element.space:
        notes.tell("no_namespace", "")
    elif element.space not in shape.NAMESPACES:
        notes.tell("no_such_version", "", {"found": element.space})
    return shape.NAMESPACES.get(element.space, "1.2")


def _info(element: Element, notes: Notes, where: str) -> Info:
    notes.stands(where, element.line)
    parts = {"resource": _MOST_RESOURCES, "area": _MOST_AREAS}
    info = Info(**_fill(shape.INFO, element, notes, where, parts=parts))
    resources = (
        _resource(one, notes, f"{where}/resource[{at}]") for at, one in _parts(element, "resource", _MOST_RESOURCES)
    )
    areas = (_area(one, notes, f"{where}/area[{at}]") for at, one in _parts(element, "area", _MOST_AREAS))
    return replace(info, resources=tuple(resources), areas=tuple(areas))


def _resource(element: Element, notes: Notes, where: str) -> Resource:
    notes.stands(where, element.line)
    return Resource(**_fill(shape.RESOURCE, element, notes, where))


def _area(element: Element, notes: Notes, where: str) -> Area:
    notes.stands(where, element.line)
    return Area(**_fill(shape.AREA, element, notes, where))


def _parts(element: Element, name: str, most: int) -> list[tuple[int, Element]]:
    """The children of this name with their numbers from 1 on."""
    named = [child for child in element.children if child.name == name and child.space == element.space]
    return list(enumerate(named[:most], 1))


def _fill(
    fields: Sequence[shape.Field], element: Element, notes: Notes, where: str, parts: dict[str, int] | None = None
) -> dict[str, Any]:
    """The values of the element's children by the names they go into; `parts` are children that others read."""
    known, counts = {field.name: field for field in fields}, Counter[str]()
    found: dict[str, list[Any]] = {}
    for child in element.children:
        # What others add to a message stands in a namespace of its own, as a signature does.
        if child.space != element.space:
            continue
        field = known.get(child.name)
        most = field.most if field else (parts or {}).get(child.name, 0)
        counts[child.name] += 1
        if _is_one_too_many(child, counts[child.name], most, notes, where):
            continue
        if field is not None:
            at = _path(where, child.name, counts[child.name] if most > 1 else 0)
            notes.stands(at, child.line)
            value = _read(field, child, notes, at)
            if value is not None:
                found.setdefault(field.into, []).append(value)
    _tell_missing(fields, element, notes, where)
    many = {field.into for field in fields if field.most > 1}
    return {into: tuple(values) if into in many else values[0] for into, values in found.items()}


def _read(field: shape.Field, child: Element, notes: Notes, where: str) -> Any:
    """The value; an empty element is no value, and told where it could not be one."""
    is_empty = not child.text and not child.children
    if is_empty and not field.missing and field.read not in shape.MAY_BE_EMPTY:
        notes.tell("empty", where, {"name": child.name})
    return None if is_empty else field.read(notes, child, where)


def _is_one_too_many(child: Element, count: int, most: int, notes: Notes, where: str) -> bool:
    """Told of the first that is."""
    if count <= most:
        return False
    if count == most + 1:
        at = _path(where, child.name, 0)
        notes.stands(at, child.line)
        notes.tell({0: "unknown_element", 1: "twice"}.get(most, "too_many"), at, {"name": child.name, "most": most})
    return True


def _tell_missing(fields: Sequence[shape.Field], element: Element, notes: Notes, where: str) -> None:
    filled = {child.name for child in element.children if child.space == element.space and child.text}
    for field in fields:
        if field.missing and field.name not in filled:
            notes.tell(field.missing, _path(where, field.name, 0), {"name": field.name})


def _path(where: str, name: str, number: int) -> str:
    own = f"{name}[{number}]" if number else name
    return f"{where}/{own}" if where else own
