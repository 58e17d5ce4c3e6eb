"""Two versions side by side: lines added, removed, changed; and how many open matters would be recommended to somebody else."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.utils.functional import Promise

from linli.areas.models import Area
from linli.events.duty_files import LABELS
from linli.events.models import Category, Duty, Event
from linli.people.models import Department
from linli.people.rules import Scope
from linli.web.duties import told

#: What of a line can differ between versions.
_COMPARED = ("lead", "co_handlers", "basis", "hours", "contact")


@dataclass(frozen=True)
class Difference:
    """One column of a line that differs, in words."""

    label: "str | Promise"
    before: str
    after: str


@dataclass(frozen=True)
class Changed:
    """A line of both versions that says something else."""

    duty: Duty
    differences: list[Difference]


@dataclass(frozen=True)
class Comparison:
    """What the second version has more, less and otherwise than the first."""

    added: list[Duty]
    removed: list[Duty]
    changed: list[Changed]
    same: int

    @property
    def is_same(self) -> bool:
        """Nothing differs."""
        return not (self.added or self.removed or self.changed)


def compare(before: Iterable[Duty], after: Iterable[Duty]) -> Comparison:
    """Lines are the same that name the same category, by code, and area."""
    old, new = _by_place(before), _by_place(after)
    both = [(old[place], new[place]) for place in new if place in old]
    changed = [Changed(now, found) for then, now in both if (found := _differences(then, now))]
    return Comparison(
        [duty for place, duty in new.items() if place not in old],
        [duty for place, duty in old.items() if place not in new],
        changed,
        len(both) - len(changed),
    )


def _by_place(lines: Iterable[Duty]) -> dict[tuple[str, str], Duty]:
    return {(one.category.code, one.area_id): one for one in lines}


def _differences(then: Duty, now: Duty) -> list[Difference]:
    was, is_ = _compared(then), _compared(now)
    return [Difference(LABELS[name], was[name][1], is_[name][1]) for name in _COMPARED if was[name][0] != is_[name][0]]


def _compared(one: Duty) -> dict[str, tuple[Any, str]]:
    """Each column as it is compared, and in words."""
    others = sorted(one.co_handlers.all(), key=lambda office: office.pk)
    plain: dict[str, tuple[Any, str]] = {name: (getattr(one, name),) * 2 for name in ("basis", "hours", "contact")}
    return plain | {
        "lead": (one.lead_id, str(one.lead)),
        "co_handlers": ([office.pk for office in others], told.comma().join(map(str, others))),
    }


@dataclass(frozen=True)
class Move:
    """So many open matters of a category that would be recommended to another department than now."""

    category: Category
    area: Area | None
    before: Department | None
    after: Department | None
    count: int


def moves(scope: Scope, before: Sequence[Duty], after: Sequence[Duty]) -> tuple[int, int, list[Move]]:
    """Of the open matters in sight: how many there are, how many would be recommended otherwise, and which, most first.

    By the list alone: who is on leave, and objections, are left out, for they pass.
    """
    open_ones = Event.objects.visible_to(scope).open().filter(category__isnull=False).order_by()
    counted = open_ones.values_list("category", "area").annotate(n=Count("pk"))
    groups = [(category, area, n) for category, area, n in counted]
    categories = Category.objects.select_related("parent").in_bulk({category for category, _area, _n in groups})
    then, now = told.spoken(before), told.spoken(after)
    moved: Counter[tuple[int, str, str | None, str | None]] = Counter()
    for pk, area, n in groups:
        one = categories[pk]
        above = one.parent.code if one.parent else ""
        was, is_ = then.of(one.code, above, area), now.of(one.code, above, area)
        old, new = (was.lead if was else one.department_id), (is_.lead if is_ else one.department_id)
        if old != new:
            moved[pk, area[:9], old, new] += n
    return sum(n for _c, _a, n in groups), sum(moved.values()), _told(moved, categories)


def _told(moved: Counter[tuple[int, str, str | None, str | None]], categories: dict[int, Category]) -> list[Move]:
    most = moved.most_common(30)
    offices = Department.objects.in_bulk({code for (_pk, _area, *both), _n in most for code in both if code})
    areas = Area.objects.in_bulk({area for (_pk, area, *_both), _n in most})
    return [
        Move(categories[pk], areas.get(area), offices.get(old or ""), offices.get(new or ""), n)
        for (pk, area, old, new), n in most
    ]
