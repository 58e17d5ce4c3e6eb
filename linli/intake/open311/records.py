"""A matter as the public may know it: never a name, a contact or who reported it; words only where their writer knew.

Whoever reports at another door of linli writes to those who handle it, not to the world: those words stay inside. Words
sent by Open311, and the answers to them, are published, with telephone and identity numbers blotted out.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Prefetch
from django.urls import reverse
from django.utils.translation import get_language

from linli.areas.codes import lineage
from linli.areas.models import Area
from linli.events.models import Event, Part, Release
from linli.events.published import NOTES, UPDATED, area_shown, blotted, speaks, spot_of
from linli.events.released import public_pictures
from linli.events.rules import State
from linli.events.telling import SENTENCES
from linli.intake.open311.catalogue import in_language, moment
from linli.journal.models import Entry


def records(
    keys: Sequence[UUID], public: Iterable[int], *, extended: bool, address: Callable[[str], str]
) -> list[dict[str, Any]]:
    """The records of these matters in this order; `public` are the categories the public may see.

    As many queries for one as for a thousand. `extended` adds what only some clients ask for. `address` makes a path of
    ours one that others can ask for.
    """
    parts = Prefetch("parts", Part.objects.select_related("department"))
    fetched = Event.objects.filter(pk__in=keys).annotate(updated=UPDATED).prefetch_related(parts)
    events = {event.pk: event for event in fetched.select_related("category__department", "merged_into")}
    found = [events[key] for key in keys if key in events]
    names = _names_of_areas(found)
    photos = {key: _photos(releases, address) for key, releases in public_pictures(found).items()}
    rows = [_record(event, names, photos.get(event.pk, [])) for event in found]
    if extended:
        notes, categories = _notes_of(found), frozenset(public)
        for event, row in zip(found, rows, strict=True):
            row["extended_attributes"] = _extended(event, categories) | {"photos": photos.get(event.pk, [])}
            row["attributes"] = _answers(event)
            row["notes"] = notes[str(event.pk)]
    return rows


def _photos(releases: Iterable[Release], address: Callable[[str], str]) -> list[dict[str, Any]]:
    """Only what somebody has looked at and confirmed: no face, no plate, nothing hidden in the file."""
    return [
        {
            "media_url": address(reverse("public_photo", args=[release.public_sha256])),
            "kind": release.picture.kind,
            "confirmed_datetime": moment(release.confirmed_at) if release.confirmed_at else None,
        }
        for release in releases
    ]


def _record(event: Any, names: dict[str, str], photos: list[dict[str, Any]]) -> dict[str, Any]:
    spot = spot_of(event)
    lead = next((part.department for part in event.parts.all() if part.leads), event.category.department)
    return {
        "service_request_id": event.number,
        "status": "open" if event.is_open else "closed",
        "status_notes": blotted(event.outcome) if speaks(event) and event.outcome else _state(event),
        "service_name": str(event.category),
        "service_code": event.category.code,
        "description": blotted(event.text) if speaks(event) else None,
        "agency_responsible": str(lead) if lead else None,
        "service_notice": None,
        "requested_datetime": moment(event.reported_at),
        "updated_datetime": moment(event.updated),
        "expected_datetime": moment(event.due_at) if event.due_at else None,
        "address": _address(event, names),
        "address_id": area_shown(event),
        "zipcode": None,
        "lat": spot.lat if spot else None,
        "long": spot.lon if spot else None,
        "media_url": photos[0]["media_url"] if photos else None,
    }


def _state(event: Event) -> str:
    return str(State(event.state).label)


def _names_of_areas(events: Iterable[Event]) -> dict[str, str]:
    codes = {code for event in events for code in lineage(event.area_id)}
    return dict(Area.objects.filter(pk__in=codes).values_list("pk", "name"))


def _address(event: Event, names: dict[str, str]) -> str:
    """From the most specific on. Where exactly, in the reporter's words, only if they were written for the public."""
    areas = [names[code] for code in reversed(lineage(area_shown(event))) if code in names]
    place = [blotted(event.place)] if event.place and speaks(event) else []
    return (", " if (get_language() or "").startswith("en") else "，").join(place + areas)


def _extended(event: Any, public: frozenset[int]) -> dict[str, Any]:
    parent = event.merged_into
    return {
        "status": event.state,
        "status_name": _state(event),
        "channel": event.source,
        "area": area_shown(event),
        "severity": event.severity,
        "urgency": event.urgency,
        "is_demo": event.is_demo,
        "duplicate": parent is not None,
        "parent_service_request_id": parent.number if parent and parent.category_id in public else None,
        "departments": [
            {
                "code": part.department_id,
                "name": str(part.department),
                "leads": part.leads,
                "signed_datetime": moment(part.signed_at) if part.signed_at else None,
            }
            for part in event.parts.all()
        ],
    }


def _answers(event: Any) -> list[dict[str, Any]]:
    """The answers to the questions of the category; those in free words only if they were written for the public."""
    rows = []
    for question in event.category.questions:
        given = event.answers.get(question["code"])
        if given is None or (question["type"] == "text" and not speaks(event)):
            continue
        chosen = next((one for one in question.get("choices", []) if one["code"] == given), None)
        rows.append(
            {
                "code": question["code"],
                "label": in_language(question, "ask"),
                "value": given if chosen else blotted(given),
                "value_name": in_language(chosen, "name") if chosen else None,
            }
        )
    return rows


def _notes_of(events: Iterable[Event]) -> dict[str, list[dict[str, Any]]]:
    of = {str(event.pk): event for event in events}
    entries = Entry.objects.filter(on_key__in=of, on_kind="event", verb__in=NOTES).select_related("remark")
    notes: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for entry in entries.order_by("id"):
        notes[entry.on_key].append(
            {
                "datetime": moment(entry.at),
                "type": NOTES[entry.verb],
                "summary": str(SENTENCES[entry.verb]),
                "description": words_of(entry, of[entry.on_key]),
            }
        )
    return notes


def words_of(entry: Any, event: Event) -> str | None:
    """The words an official wrote to the reporter with an act, where the public reads along; else None."""
    remark = getattr(entry, "remark", None)
    if remark is None or not remark.for_reporter or entry.by_id is None or not speaks(event):
        return None
    return blotted(remark.text)
