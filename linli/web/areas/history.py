"""What became of an area: its outlines over time, and the journal of its register in words."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.areas.crs import Crs
from linli.areas.models import Area, Boundary, Place, PlaceKind
from linli.events.telling import told
from linli.journal.models import Entry
from linli.people.models import Appointment, Person
from linli.people.rules import Role

#: Entries shown; and appointments and places whose entries are looked for.
_SHOWN, _LOOKED_AT = 30, 300


@dataclass(frozen=True)
class Outline:
    """One outline in the history. `change_m2` is against the outline before it; None for the first."""

    boundary: Boundary
    change_m2: float | None
    is_predecessor: bool

    @property
    def crs(self) -> str:
        """The coordinate system it was given in, in words."""
        return str(dict(Crs.choices).get(self.boundary.source_crs, self.boundary.source_crs))


def outlines_of(area: Area, predecessors: list[Area]) -> list[Outline]:
    """The outlines of the area and of those it took the place of, the latest first. One query, without the geometry."""
    former = {one.code for one in predecessors}
    rows = list(
        Boundary.objects.filter(area__in=[area.code, *former])
        .defer("geometry")
        .select_related("area")
        .order_by("valid_from", "id")
    )
    rows.sort(key=lambda row: (row.area_id not in former, row.valid_from, row.pk))
    shown, before = [], None
    for row in rows:
        shown.append(Outline(row, row.area_m2 - before.area_m2 if before else None, row.area_id in former))
        before = row
    return shown[::-1]


@dataclass(frozen=True)
class Line:
    """One act on the register in words, with the areas it speaks of."""

    entry: Entry
    words: str
    areas: list[Area]


#: Sentences that name whom or what, where the journal's own (events/telling.py) need not.
_NAMING: dict[str, Any] = {
    "appointment.made": gettext_lazy("appointed %(who)s as %(role)s"),
    "appointment.ended": gettext_lazy("ended the appointment of %(who)s as %(role)s"),
    "appointment.leave_added": gettext_lazy("entered leave of %(who)s (%(role)s)"),
    "place.added": gettext_lazy("added the place %(place)s"),
    "place.closed": gettext_lazy("took the place %(place)s away"),
}


@dataclass(frozen=True)
class Journal:
    """The entries of one area with what they name."""

    entries: list[Entry]
    appointments: dict[str, Appointment]
    places: dict[str, Place]
    areas: dict[str, Area]
    persons: dict[int, Person]

    @property
    def lines(self) -> list[Line]:
        """The acts in words, the latest first."""
        return [Line(entry, self._words(entry), self._areas(entry)) for entry in self.entries]

    @property
    def followers(self) -> list[Area]:
        """The areas that came in the place of this one."""
        return [area for entry in self.entries if entry.verb == "area.redrawn" for area in self._areas(entry)]

    @property
    def predecessors(self) -> list[Area]:
        """The area this one came in the place of, as its opening says."""
        return [area for entry in self.entries if "in_place_of" in entry.facts for area in self._areas(entry)]

    def _areas(self, entry: Entry) -> list[Area]:
        return [self.areas[code] for code in _codes(entry) if code in self.areas]

    def _words(self, entry: Entry) -> str:
        if entry.facts.get("in_place_of"):
            return _("opened it in the place of")
        if entry.verb in _NAMING:
            return str(_NAMING[entry.verb]) % self._named(entry)
        return told(entry)

    def _named(self, entry: Entry) -> dict[str, str]:
        held, place = self.appointments.get(entry.on_key), self.places.get(entry.on_key)
        person = self.persons.get(entry.facts.get("person", 0)) or (held.person if held else None)
        role = entry.facts.get("role") or (held.role if held else "")
        return {
            "who": person.name if person else "",
            "role": str(dict(Role.choices).get(role, role)),
            "place": f"{place.name}（{PlaceKind(place.kind).label}）" if place else "",
        }


def _codes(entry: Entry) -> list[str]:
    facts = entry.facts
    into = facts.get("into", [])
    single = [facts.get(name) for name in ("in_place_of", "successor", "settlement")]
    return [*(into if isinstance(into, list) else [into]), *(code for code in single if code)]


def journal_of(area: Area) -> Journal:
    """The latest acts on the area, the appointments and the places in it; five queries, however many."""
    appointments = {
        str(one.pk): one
        for one in Appointment.objects.filter(area=area).select_related("person").order_by("-pk")[:_LOOKED_AT]
    }
    places = {str(one.pk): one for one in Place.objects.filter(area=area).order_by("-pk")[:_LOOKED_AT]}
    mine = Q(on_kind="area", on_key=area.code)
    mine |= Q(on_kind="appointment", on_key__in=list(appointments)) | Q(on_kind="place", on_key__in=list(places))
    entries = list(Entry.objects.filter(mine).select_related("by").order_by("-id")[:_SHOWN])
    codes = {code for entry in entries for code in _codes(entry)}
    persons = {entry.facts["person"] for entry in entries if "person" in entry.facts}
    return Journal(
        entries, appointments, places, Area.objects.in_bulk(sorted(codes)), Person.objects.in_bulk(sorted(persons))
    )
