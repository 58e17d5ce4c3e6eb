"""What matters refer to: areas and their outlines, categories, departments, the calendar, and the words of the interface."""

from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from linli.areas.actions import feature_of
from linli.areas.codes import lineage, numbering, within
from linli.areas.models import Area, Boundary, Kind
from linli.events.models import Category, Pack
from linli.events.rules import PublicPlace, Severity, State, Unit, Urgency
from linli.events.telling import SENTENCES
from linli.intake.api import answers
from linli.intake.api.declaring import Asking, NotThere, nothing_there, require_span
from linli.intake.api.matters import TOLD
from linli.kit.refusal import BadInput
from linli.kit.workdays import stored_calendar
from linli.people.models import Department


def areas(asking: Asking) -> answers.Areas:
    """A page of areas, by their codes."""
    inside = asking.require_area()
    rows = Area.objects.all() if inside is None else Area.objects.filter(within(inside, field="code"))
    if asking["parent"] is not None:
        asking.area(asking["parent"], "parent")
        rows = rows.filter(parent=asking["parent"])
    if asking["level"] is not None:
        if asking["level"] not in numbering().levels:
            words = _("The levels here are: %(levels)s.")
            raise BadInput("bad_value", words, levels=", ".join(numbering().levels), field="level")
        rows = rows.filter(level=asking["level"])
    if not asking["closed"]:
        rows = rows.open()
    found, following = asking.page(rows, "code")
    return answers.Areas([_area(one) for one in found], following)


def area(asking: Asking) -> answers.Area:
    """One of them, closed or not."""
    return _area(_of_path(asking))


def outline(asking: Asking) -> answers.Outline:
    """Its present outline."""
    found = _of_path(asking)
    row = Boundary.objects.filter(valid_to__isnull=True, area=found).select_related("area").first()
    if row is None:
        raise NotThere("no_outline", _("No outline is known of this area."))
    return answers.Outline(**feature_of(row))


def _of_path(asking: Asking) -> Area:
    found = Area.objects.filter(pk=asking["code"]).first() if asking.sees(asking["code"]) else None
    if found is None:
        raise nothing_there()
    return found


def _area(one: Area) -> answers.Area:
    return answers.Area(
        code=one.code,
        name=one.name,
        level=one.level,
        kind=one.kind,
        parent=one.parent_id,
        national_code=one.national_code,
        valid_from=one.valid_from,
        valid_to=one.valid_to,
        successor=one.successor_id,
    )


def categories(asking: Asking) -> answers.Categories:
    """A page of those of the pack in use, by their codes: the tree is in `parent`."""
    pack = Pack.objects.filter(in_use=True).first()
    rows = Category.objects.filter(pack=pack).select_related("parent")
    found, following = asking.page(rows, "code")
    return answers.Categories(pack.code if pack else "", [_category(one) for one in found], following)


def _category(one: Category) -> answers.Category:
    limit = one.limit
    return answers.Category(
        code=one.code,
        parent=one.parent.code if one.parent else None,
        name=answers.Words(one.name, one.name_en or one.name),
        icon=one.icon,
        severity=one.severity,
        urgency=one.urgency,
        limit=answers.Limit(limit.amount, str(limit.unit)) if limit else None,
        department=one.department_id,
        is_public=one.is_public,
        public_place=one.public_place,
        closed_on=one.closed_on,
    )


def departments(asking: Asking) -> answers.Departments:
    """A page of those that handle matters in the area of the key: of it, of those inside it and of those around it."""
    rows = Department.objects.all()
    if asking.key.area_id:
        around = Q(area__in=lineage(asking.key.area_id)) | Q(area__isnull=True)
        rows = rows.filter(within(asking.key.area_id) | around)
    found, following = asking.page(rows, "code")
    return answers.Departments([_department(one) for one in found], following)


def _department(one: Department) -> answers.Department:
    return answers.Department(one.code, answers.Words(one.name, one.name_en or one.name), one.area_id, one.closed_on)


def calendar(asking: Asking) -> answers.Calendar:
    """Day by day, both ends included."""
    first, last = asking["from"], asking["to"]
    require_span(first, last, ("from", "to"))
    known = stored_calendar(max(first, date(1, 1, 2)))
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    rows = [answers.Day(day, known.is_working(day), day.year in known.published_years) for day in days]
    return answers.Calendar(rows, sum(row.is_working for row in rows))


def codes(_asking: Asking) -> answers.Codes:
    """The words that stand in other answers, in both languages."""
    return answers.Codes(
        states=_choices(State),
        severities=_choices(Severity),
        urgencies=_choices(Urgency),
        levels=list(numbering().levels),
        kinds=_choices(Kind),
        units=_choices(Unit),
        public_places=_choices(PublicPlace),
        verbs=[answers.Code(verb, both(SENTENCES[verb])) for verb in sorted(TOLD)],
    )


def _choices(of: Any) -> list[answers.Code]:
    return [answers.Code(one.value, both(one.label)) for one in of]


def both(lazy: Any) -> answers.Words:
    """A sentence that is translated when it is read, in both languages."""
    said = {}
    for language in ("zh-hans", "en"):
        with translation.override(language):
            said[language] = str(lazy)
    return answers.Words(said["zh-hans"], said["en"])
