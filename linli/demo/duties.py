"""The duty list of the demo county: by the departments of its categories, with laws that exist; and a draft of the next one."""

from datetime import datetime
from functools import lru_cache
from pathlib import Path

from django.utils import timezone

from linli.areas.models import Area
from linli.events import actions, duty_files
from linli.events.models import Category, Duty
from linli.events.rules import ChoiceReason, Line, Spoken
from linli.kit.tables import read_rows
from linli.people.models import Department, Person

FILE = Path(__file__).parent / "duties.csv"
NAME, NEXT = "权责清单（2026年版）", "权责清单（2027年版）草案"
#: Streets and drains of the towns go to those who have them in the subdistricts, in the draft.
_MOVES = {"C03": "housing", "C04": "housing"}
#: Why the desk of the demo sends a matter elsewhere; none that needs words.
_REASONS = (ChoiceReason.OTHER_MATTER, ChoiceReason.ALREADY_THERE, ChoiceReason.AGREED, ChoiceReason.LIST_OUTDATED)


def use_duty_list(by: Person, at: datetime) -> None:
    """Bring in the list, as far as this home has its areas, and use it from that day on; and begin the next as a draft."""
    known = set(Area.objects.values_list("pk", flat=True))
    rows = [(line, row) for line, row in duty_files.read_list(FILE) if row["area"] in known]
    made = actions.load_list(rows, name=NAME, source="演示数据，依据为现行法律法规", by=by, at=at)
    actions.put_in_use(made, from_on=timezone.localdate(at), by=by, at=at)
    draft = actions.start_draft(made, name=NEXT, by=by, at=at)
    offices = Department.objects.in_bulk(_MOVES.values())
    for code, office in _MOVES.items():
        for duty in draft.duties.filter(category__code=code, area__level="county").select_related("list", "category"):
            _move(duty, offices[office], by, at)


@lru_cache(maxsize=1)
def _spoken() -> Spoken:
    rows = (row for _line, row in read_rows(FILE))
    return Spoken(Line(number, row["category"], row["area"], row["lead"]) for number, row in enumerate(rows))


def lead_in(category: Category, grid: str) -> str:
    """The department to which the desk of the demo sends matters of this category in this grid, as the list says."""
    line = _spoken().of(category.code, category.code[:1], grid)
    return line.lead if line else category.department_id or "urban-management"


def _move(duty: Duty, lead: Department, by: Person, at: datetime) -> None:
    others = (duty.lead, *(one for one in duty.co_handlers.all() if one != lead))
    line = actions.LineDraft(lead, others, duty.basis, duty.hours, duty.contact)
    actions.change_line(duty, line=line, by=by, at=at)


def choice_of(number: int) -> actions.Choice:
    """Why a dispatch goes elsewhere, should it: another reason for every other matter."""
    return actions.Choice(_REASONS[number % len(_REASONS)])
