"""Versions of the duty list before their day: begun as a copy, corrected line by line, taken back, or thrown away."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.areas.models import Area
from linli.events.actions.categories import require_editor
from linli.events.actions.duties import LONGEST
from linli.events.models import Category, Duty, DutyList
from linli.events.rules import clean_words
from linli.journal.actions import record
from linli.journal.models import Entry
from linli.kit.refusal import BadInput, Refused
from linli.people.models import Department, Person


@dataclass(frozen=True)
class LineDraft:
    """What a line says beside where it holds."""

    lead: Department
    co_handlers: tuple[Department, ...]
    basis: str
    hours: str = ""
    contact: str = ""


@transaction.atomic
def start_draft(of: DutyList, *, name: str, by: Person, at: datetime) -> DutyList:
    """A version with the lines of another, to be corrected and then put in use. Raises `NotYours`, `BadInput`."""
    require_editor(by, at)
    called = clean_words(name, field="name", required=True, longest=100)
    if DutyList.objects.filter(name=called).exists():
        raise BadInput("name_taken", _("There is a duty list of this name. Give this version another."), field="name")
    made = DutyList.objects.create(name=called, source=of.source, brought_in_at=at)
    rows = list(of.duties.prefetch_related("co_handlers"))
    copies = Duty.objects.bulk_create(_copy(one, made, one.area_id) for one in rows)
    _store_co_handlers(
        (copy, [other.pk for other in one.co_handlers.all()]) for copy, one in zip(copies, rows, strict=True)
    )
    record("duty_list.drafted", on=made, by=by, at=at, rows=len(rows), copied_from=of.pk)
    return made


def _copy(one: Duty, made: DutyList, area: str) -> Duty:
    return Duty(
        list=made,
        category_id=one.category_id,
        area_id=area,
        lead_id=one.lead_id,
        basis=one.basis,
        hours=one.hours,
        contact=one.contact,
    )


def _store_co_handlers(pairs: Iterable[tuple[Duty, list[str]]]) -> None:
    through = Duty.co_handlers.through
    rows = [(duty.pk, code) for duty, codes in pairs for code in codes]
    through.objects.bulk_create(through(duty_id=duty, department_id=code) for duty, code in rows)


@transaction.atomic
def add_line(made: DutyList, *, category: Category, area: Area, line: LineDraft, by: Person, at: datetime) -> Duty:
    """A line more in a draft. Raises `NotYours`, `BadInput`; `Refused` for a version in use."""
    _lock_draft(made, by, at)
    clean = _checked(line)
    if not area.is_open:
        raise BadInput("area_closed", _("%(area)s is closed. Choose an open area."), area=area.name, field="area")
    if made.duties.filter(category=category, area=area).exists():
        words = _("A line of this version already names who leads this category in this area. Change that line.")
        raise BadInput("duty_twice", words, field="area")
    duty = Duty.objects.create(
        list=made,
        category=category,
        area=area,
        lead=clean.lead,
        basis=clean.basis,
        hours=clean.hours,
        contact=clean.contact,
    )
    duty.co_handlers.set(clean.co_handlers)
    _record_line("duty_list.line_added", duty, by, at)
    return duty


@transaction.atomic
def change_line(duty: Duty, *, line: LineDraft, by: Person, at: datetime) -> Duty:
    """Another lead, basis or hours in a line of a draft. Raises as `add_line`."""
    _lock_draft(duty.list, by, at)
    clean = _checked(line)
    before = duty.lead_id
    duty.lead, duty.basis, duty.hours, duty.contact = clean.lead, clean.basis, clean.hours, clean.contact
    duty.save(update_fields=["lead", "basis", "hours", "contact"])
    duty.co_handlers.set(clean.co_handlers)
    _record_line("duty_list.line_changed", duty, by, at, lead_before=before)
    return duty


@transaction.atomic
def remove_line(duty: Duty, *, by: Person, at: datetime) -> None:
    """Take a line out of a draft. Raises `NotYours`; `Refused` for a version in use."""
    _lock_draft(duty.list, by, at)
    _record_line("duty_list.line_removed", duty, by, at)
    duty.delete()


def _record_line(verb: str, duty: Duty, by: Person, at: datetime, *, lead_before: str | None = None) -> None:
    record(
        verb,
        on=duty.list,
        by=by,
        at=at,
        category=duty.category.code,
        in_area=duty.area_id,
        lead=duty.lead_id,
        lead_before=lead_before,
    )


def _checked(line: LineDraft) -> LineDraft:
    if line.lead.closed_on is not None:
        raise BadInput("department_closed", _("This department no longer exists. Choose another."), field="lead")
    if line.lead in line.co_handlers:
        raise BadInput("lead_is_co_handler", _("The lead is among the co-handlers."), field="co_handlers")
    words = {
        name: clean_words(getattr(line, name), field=name, required=name == "basis", longest=longest)
        for name, longest in LONGEST.items()
    }
    return LineDraft(line.lead, tuple(dict.fromkeys(line.co_handlers)), **words)


def _lock_draft(made: DutyList, by: Person, at: datetime) -> None:
    """Two who correct the same draft come one after the other; a version with a day is not changed any more."""
    require_editor(by, at)
    if DutyList.objects.select_for_update().get(pk=made.pk).in_use_from is not None:
        words = _("This version is put in use. Take it back first, or begin a new version as a copy of it.")
        raise Refused("list_in_use", words)


@transaction.atomic
def take_back_list(made: DutyList, *, by: Person, at: datetime) -> None:
    """Not use a version from the day that was said: before that day only. Raises `NotYours`, `Refused`."""
    require_editor(by, at)
    ahead = DutyList.objects.filter(pk=made.pk, in_use_from__gt=timezone.localdate(at))
    if not ahead.update(in_use_from=None):
        raise Refused("day_has_come", _("Only a version whose day has not come yet is taken back."))
    made.refresh_from_db()
    record("duty_list.taken_back", on=made, by=by, at=at)


@transaction.atomic
def discard_list(made: DutyList, *, by: Person, at: datetime) -> None:
    """Throw away a version that was never in use. Raises `NotYours`, `Refused`."""
    _lock_draft(made, by, at)
    record("duty_list.discarded", on=made, by=by, at=at, rows=made.duties.count())
    made.duties.all().delete()
    made.delete()


def dangling(made: DutyList) -> QuerySet[Duty]:
    """Its lines that name an area which is closed: they speak for nothing any more."""
    return made.duties.filter(area__valid_to__isnull=False)


def heirs_of(codes: Iterable[str]) -> dict[str, list[Area]]:
    """The open areas that took the place of closed ones, by the code of the closed: all pieces of a redrawn grid."""
    heirs: dict[str, list[str]] = {code: [code] for code in codes}
    known: dict[str, Area] = {}
    while True:
        asked = {code for each in heirs.values() for code in each} - known.keys()
        if not asked:
            return {code: [known[one] for one in dict.fromkeys(each) if one != code] for code, each in heirs.items()}
        known |= {area.pk: area for area in Area.objects.filter(pk__in=asked)}
        pieces = _pieces_of([code for code in asked if not known[code].is_open])
        for code, each in heirs.items():
            heirs[code] = [heir for one in each for heir in _next(known[one], pieces)]


def _next(area: Area, pieces: dict[str, list[str]]) -> list[str]:
    if area.is_open:
        return [area.pk]
    return pieces.get(area.pk) or ([area.successor_id] if area.successor_id else [])


def _pieces_of(codes: list[str]) -> dict[str, list[str]]:
    redrawn = Entry.objects.filter(verb="area.redrawn", on_key__in=codes).order_by("id")
    return {entry.on_key: list(entry.facts.get("into", ())) for entry in redrawn}


@transaction.atomic
def follow_areas(made: DutyList, *, by: Person, at: datetime) -> int:
    """Move the lines of a draft that name closed areas to those that took their place; how many lines were moved.

    Where a line speaks for the new area already, that one stays. Lines whose area nobody followed are left as they are.
    """
    _lock_draft(made, by, at)
    lines = list(dangling(made).select_related("category").prefetch_related("co_handlers"))
    heirs = heirs_of({one.area_id for one in lines})
    taken = set(made.duties.values_list("category", "area"))
    moved = [one for one in lines if heirs[one.area_id]]
    copies: list[tuple[Duty, list[str]]] = []
    for one in moved:
        for area in heirs[one.area_id]:
            if (one.category_id, area.pk) not in taken:
                taken.add((one.category_id, area.pk))
                copies.append((_copy(one, made, area.pk), [other.pk for other in one.co_handlers.all()]))
    Duty.objects.bulk_create(copy for copy, _others in copies)
    _store_co_handlers(copies)
    Duty.objects.filter(pk__in=[one.pk for one in moved]).delete()
    if moved:
        record(
            "duty_list.areas_followed", on=made, by=by, at=at, rows=len(moved), areas=sorted({o.area_id for o in moved})
        )
    return len(moved)
