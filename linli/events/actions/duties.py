"""The duty list 权责清单: bringing in a version, putting it in use, and what it recommends to the desk for a matter."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.areas.models import Area
from linli.events.actions.categories import require_editor
from linli.events.actions.objecting import next_owner, upheld_in
from linli.events.actions.promise import calendar_from, home_zone
from linli.events.models import Category, DispatchChoice, Duty, DutyList, Event, Shield
from linli.events.rules import ChoiceReason, Line, Opening, WhyNot, clean_words, opening_at, parse_hours, weigh
from linli.journal.actions import record
from linli.journal.models import Entry
from linli.kit.prepared import Prepared
from linli.kit.refusal import BadInput, Refused
from linli.people.models import Appointment, Department, Leave, Person
from linli.people.rules import Role

COLUMNS = ("category", "area", "lead", "co_handlers", "basis", "hours", "contact")
NEEDED = frozenset({"category", "area", "lead", "basis"})
LONGEST = {"basis": 500, "hours": 100, "contact": 200}
#: How many refused rows a refusal names.
_NAMED = 20
_BETWEEN = re.compile(r"[、;；|]")
#: As told by `tables.read_rows`: the line of the file, and its fields by column.
Row = tuple[int, dict[str, str]]


@dataclass(frozen=True)
class Draft:
    """One row as it would be stored: keys, and words."""

    category: int
    area: str
    lead: str
    co_handlers: tuple[str, ...]
    basis: str
    hours: str
    contact: str


@dataclass(frozen=True)
class Checked:
    """The rows that are good, and per line that is not what is wrong with it."""

    good: list[Draft]
    refused: list[tuple[int, BadInput]]


@transaction.atomic
def load_list(
    rows: Iterable[Row], *, name: str, by: Person | None, at: datetime, source: str = "", valid_from: date | None = None
) -> DutyList:
    """Bring in a version, all of it or nothing; it is not in use yet. `by` None: whoever has the machine.

    Raises `NotYours`; `BadInput`, with the refused rows and their lines in its words.
    """
    if by is not None:
        require_editor(by, at)
    called = clean_words(name, field="name", required=True, longest=100)
    if DutyList.objects.filter(name=called).exists():
        raise BadInput("name_taken", _("There is a duty list of this name. Give this version another."), field="name")
    checked = check_rows(rows)
    _refuse(checked)
    made = DutyList.objects.create(
        name=called,
        source=clean_words(source, field="source", longest=300),
        valid_from=valid_from,
        brought_in_at=at,
    )
    _store(made, checked.good)
    record("duty_list.brought_in", on=made, by=by, at=at, rows=len(checked.good))
    return made


def _refuse(checked: Checked) -> None:
    if checked.refused:
        told = "\n".join(f"{line}: {refused.message}" for line, refused in checked.refused[:_NAMED])
        words = _("Nothing was brought in. Rows that are not possible: %(count)s. By line:\n%(rows)s")
        raise BadInput("rows_refused", words, count=len(checked.refused), rows=told)
    if not checked.good:
        raise BadInput("no_rows", _("The table has no rows. Nothing was brought in."))


def _store(made: DutyList, drafts: list[Draft]) -> None:
    duties = Duty.objects.bulk_create(
        Duty(
            list=made,
            category_id=one.category,
            area_id=one.area,
            lead_id=one.lead,
            basis=one.basis,
            hours=one.hours,
            contact=one.contact,
        )
        for one in drafts
    )
    through = Duty.co_handlers.through
    pairs = [(duty.pk, code) for duty, one in zip(duties, drafts, strict=True) for code in one.co_handlers]
    through.objects.bulk_create(through(duty_id=duty, department_id=code) for duty, code in pairs)


def check_rows(rows: Iterable[Row]) -> Checked:
    """What `load_list` would store and refuse; writes nothing."""
    reader = Reader()
    good: list[Draft] = []
    refused: list[tuple[int, BadInput]] = []
    for line, fields in rows:
        try:
            good.append(reader.read(fields, line))
        except BadInput as wrong:
            refused.append((line, wrong))
    return Checked(good, refused)


class Reader:
    """Finds categories, open areas and open departments by code or by a name that only one of them has."""

    def __init__(self) -> None:
        categories = Category.objects.filter(pack__in_use=True, closed_on__isnull=True)
        self._categories = _by_name(categories.values_list("pk", "code", "name", "name_en"))
        self._areas = _by_name((code, code, name) for code, name in Area.objects.open().values_list("pk", "name"))
        departments = Department.objects.filter(closed_on__isnull=True)
        self._departments = _by_name(
            (pk, pk, name, en) for pk, name, en in departments.values_list("pk", "name", "name_en")
        )
        self._seen: dict[tuple[int, str], int] = {}

    def names_only(self, among: str) -> dict[Any, str]:
        """By key, a name that is told apart from all others: of `categories`, `areas` or `departments`."""
        found: dict[str, set[Any]] = getattr(self, f"_{among}")
        # Backwards, so that of several names the first given stays: the Chinese one, before the code.
        return {next(iter(keys)): name for name, keys in reversed(found.items()) if len(keys) == 1}

    def category(self, typed: str) -> int:
        """The key of the category of this code or name. Raises `BadInput`."""
        return int(_one(self._categories, typed, "category"))

    def area(self, typed: str) -> str:
        """The code of the open area of this code or name. Raises `BadInput`."""
        return str(_one(self._areas, typed, "area"))

    def read(self, row: dict[str, str], line: int) -> Draft:
        """The row as it would be stored. Raises `BadInput`."""
        fields = {column: row.get(column, "").strip() for column in COLUMNS}
        empty = [column for column in COLUMNS if column in NEEDED and not fields[column]]
        if empty:
            raise BadInput("field_empty", _("%(column)s is empty."), column=empty[0])
        for column, longest in LONGEST.items():
            if len(fields[column]) > longest:
                words = _("%(column)s has more than %(longest)s characters.")
                raise BadInput("field_too_long", words, column=column, longest=longest)
        category, area = self.category(fields["category"]), self.area(fields["area"])
        lead = _one(self._departments, fields["lead"], "lead")
        named = [one.strip() for one in _BETWEEN.split(fields["co_handlers"]) if one.strip()]
        others = tuple(dict.fromkeys(_one(self._departments, one, "co_handlers") for one in named))
        if lead in others:
            raise BadInput("lead_is_co_handler", _("The lead is among the co-handlers."))
        before = self._seen.setdefault((category, area), line)
        if before != line:
            words = _("Line %(line)s already names who leads this category in this area.")
            raise BadInput("duty_twice", words, line=before)
        return Draft(category, area, lead, others, fields["basis"], fields["hours"], fields["contact"])


def _by_name(rows: Iterable[tuple[Any, ...]]) -> dict[str, set[Any]]:
    """The keys of rows (key, code, name …) by code and by name."""
    found: dict[str, set[Any]] = {}
    codes: dict[str, set[Any]] = {}
    for key, code, *names in rows:
        codes[code] = {key}
        for name in filter(None, names):
            found.setdefault(name, set()).add(key)
    # A code goes before a name of the same letters.
    return found | codes


def _one(among: dict[str, set[Any]], typed: str, column: str) -> Any:
    found = among.get(typed, set())
    if not found:
        raise BadInput("not_found", _("%(column)s: there is no “%(value)s” here."), column=column, value=typed[:60])
    if len(found) > 1:
        words = _("%(column)s: several have the name “%(value)s”. Give the code.")
        raise BadInput("several_found", words, column=column, value=typed[:60])
    return next(iter(found))


@transaction.atomic
def put_in_use(made: DutyList, *, from_on: date, by: Person | None, at: datetime) -> None:
    """Recommend by this version from that day on, until a later one follows. Raises `NotYours`, `BadInput`, `Refused`.

    What was in force on a day that has passed stays so: a version already in use is not moved.
    """
    if by is not None:
        require_editor(by, at)
    if from_on < timezone.localdate(at):
        raise BadInput("day_past", _("This day has passed. Choose today or a later one."), field="from_on")
    begun = DutyList.objects.filter(pk=made.pk, in_use_from__lte=timezone.localdate(at))
    if begun.exists():
        raise Refused("in_use_already", _("This version has been in use already. Bring in a new version."))
    DutyList.objects.filter(pk=made.pk).update(in_use_from=from_on)
    made.refresh_from_db()
    record("duty_list.put_in_use", on=made, by=by, at=at, from_on=from_on.isoformat())


@dataclass(frozen=True)
class Recommendation:
    """Who should lead and why. `duty` None: the list says nothing, and `lead` is the category's own department, if any."""

    lead: Department | None
    duty: Duty | None
    #: How many officers of the lead are not on leave; never who.
    present: int
    others: list[tuple[Duty, WhyNot]]
    #: The matter is about the work of the lead itself.
    is_about_lead: bool
    at: datetime

    @property
    def opening(self) -> Opening | None:
        """Whether the office answers now by the hours of its line; None: it has none, or none that can be reckoned with."""
        return opening_of(self.duty, self.at) if self.duty else None


def recommend(event: Event, at: datetime) -> Recommendation:
    """What the version in force says of a matter, in as many queries whatever the length of the list."""
    category, in_force = event.category, _in_force.one(timezone.localdate(at))
    duties = _duties(in_force, category) if in_force and category else {}
    fallback = category.department if category else None
    keys = {duty.lead_id for duty in duties.values()} | ({fallback.pk} if fallback else set())
    present, upheld = _present(keys, at), upheld_in(event)
    weighed = weigh(
        (Line(duty.pk, duty.category.code, duty.area_id, duty.lead_id) for duty in duties.values()),
        category=category.code if category else "",
        area=event.area_id,
        closed={duty.lead_id for duty in duties.values() if duty.lead.closed_on is not None},
        upheld=upheld,
        present=present,
    )
    duty = duties[weighed.line.pk] if weighed.line else None
    if fallback and (fallback.closed_on is not None or fallback.pk in upheld):
        fallback = None
    lead = duty.lead if duty else fallback
    shielded = _shielded.one(event.pk)
    others = [(duties[line.pk], why) for line, why in weighed.others if lead is None or line.lead != lead.pk]
    is_about_lead = bool(lead and lead.pk == shielded)
    return Recommendation(lead, duty, present[lead.pk] if lead else 0, others, is_about_lead, at)


@Prepared
def _in_force(day: date) -> QuerySet[DutyList]:
    return DutyList.objects.begun_on(day)[:1]


@Prepared
def _shielded(event: UUID) -> QuerySet[Any, str]:
    return Shield.objects.filter(event=event).values_list("department", flat=True)


def opening_of(duty: Duty, at: datetime) -> Opening | None:
    """Whether the office of a line answers at this moment; None where its hours are not said, or only in words."""
    hours = parse_hours(duty.hours)
    return opening_at(hours, at, home_zone(), calendar_from(at).is_working) if hours else None


def _duties(in_force: DutyList, category: Category) -> dict[int, Duty]:
    """By code: a pack in its next version has other rows for the same categories."""
    codes = [category.code, *([category.parent.code] if category.parent else [])]
    rows = Duty.objects.filter(list=in_force, category__code__in=codes, category__pack__code=category.pack.code)
    related = rows.select_related("lead", "area", "category")
    return {duty.pk: duty for duty in related.prefetch_related("co_handlers")}


def _present(departments: Iterable[str], at: datetime) -> Counter[str]:
    """How many officers of each department are not on leave."""
    return Counter(code for code, _person in set(_there(list(departments), at, timezone.localdate(at))) if code)


@Prepared
def _there(departments: list[str], at: datetime, day: date) -> QuerySet[Any, Any]:
    away = Leave.objects.filter(appointment=OuterRef("pk"), from_at__lte=at, to_at__gt=at)
    held = Appointment.objects.filter(department__in=departments, role=Role.HANDLER, person__is_active=True)
    there = held.valid_on(day).exclude(Exists(away))
    return there.order_by().values_list("department", "person")


@dataclass(frozen=True)
class Choice:
    """Why the desk chooses another lead than is recommended: a reason of the list, with words for another one."""

    reason: str
    words: str = ""


def keep_choice(event: Event, entry: Entry, *, chosen: Department, choice: Choice | None, at: datetime) -> None:
    """Keep why a dispatch went elsewhere; nothing when it went where it was recommended.

    Raises `BadInput` where the list names another lead and no reason is given. Whom an upheld objection named needs none.
    """
    found = recommend(event, at)
    if found.lead is None or chosen.pk in (found.lead.pk, next_owner(event)) or (choice is None and found.duty is None):
        return
    if choice is None or choice.reason not in ChoiceReason.values:
        raise BadInput("no_reason", _("Say why another department is chosen."), field="reason")
    words = clean_words(choice.words, field="reason_words", required=choice.reason == ChoiceReason.OTHER, longest=500)
    DispatchChoice.objects.create(
        event=event,
        entry=entry,
        duty=found.duty,
        recommended=found.lead,
        chosen=chosen,
        reason=choice.reason,
        words=words,
    )
