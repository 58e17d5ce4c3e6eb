"""What of a figure's rows is asked for beside the figure itself: a state, a category, a department, or an area without its
children.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.db.models.lookups import Exact, IsNull
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from linli.events.models import Category
from linli.events.rules import SOLVED, State
from linli.kit.refusal import BadInput
from linli.people.models import Department
from linli.statistics.facts import lead_of

#: In an address: the matters without a category.
NO_CATEGORY = "none"
#: Those that no department leads. No code is a dash.
NO_DEPARTMENT = "-"
#: Those closed or handled at the grid.
SOLVED_IN_ALL = "solved"


class Categories:
    """All categories, of every pack, as the tree they are. One query."""

    def __init__(self) -> None:
        self.by_key: dict[int, Category] = {one.pk: one for one in Category.objects.order_by("code", "pk")}

    def top_of(self, key: int) -> Category:
        """The domain a category belongs to; itself, if it is one."""
        one = self.by_key[key]
        while one.parent_id is not None:
            one = self.by_key[one.parent_id]
        return one

    def branch(self, key: int) -> list[int]:
        """The keys of a category and all below it."""
        return [key] + [below for one in self.by_key.values() if one.parent_id == key for below in self.branch(one.pk)]


@dataclass(frozen=True)
class Narrowing:
    """Empty means: all rows of the figure."""

    state: str = ""
    category: int | None = None
    unclassified: bool = False
    #: Not what lies below: in the category itself, in the area itself.
    only_category: bool = False
    only_area: bool = False
    #: The code of the department that leads them.
    department: str = ""

    @classmethod
    def parse(cls, sent: Mapping[str, str], categories: Categories) -> "Narrowing":
        """From the parameters of an address; others are passed over. Raises `BadInput`."""
        state, category, only = sent.get("state", ""), sent.get("category", ""), sent.get("only", "")
        _choice(state, [*State.values, SOLVED_IN_ALL])
        _choice(only, ["area", "category"])
        _choice(category, [NO_CATEGORY, *map(str, categories.by_key)])
        department = sent.get("department", "")
        if department and department != NO_DEPARTMENT:
            _choice(department, Department.objects.filter(pk=department.replace("\0", "")).values_list("pk", flat=True))
        return cls(
            state,
            int(category) if category.isdigit() else None,
            category == NO_CATEGORY,
            only == "category",
            only == "area",
            department,
        )

    @property
    def asked(self) -> dict[str, str]:
        """The parameters of an address that asks for it."""
        category = NO_CATEGORY if self.unclassified else str(self.category or "")
        only = "category" if self.only_category else "area" if self.only_area else ""
        asked = {"state": self.state, "category": category, "only": only, "department": self.department}
        return {name: value for name, value in asked.items() if value}

    def condition(self, code: str, categories: Categories) -> Q:
        """Of the matters of the area with this code, those asked for."""
        wanted = Q(state=self.state) if self.state else Q()
        if self.state == SOLVED_IN_ALL:
            wanted = Q(state__in=sorted(SOLVED))
        if self.unclassified:
            wanted &= Q(category__isnull=True)
        elif self.category is not None:
            keys = [self.category] if self.only_category else categories.branch(self.category)
            wanted &= Q(category__in=keys)
        if self.department == NO_DEPARTMENT:
            wanted &= Q(IsNull(lead_of(), True))
        elif self.department:
            wanted &= Q(Exact(lead_of(), self.department))
        return wanted & Q(area=code) if self.only_area else wanted

    def words(self, categories: Categories) -> list[str]:
        """What was asked for, as people say it."""
        said: list[Any] = [self._state_in_words] if self.state else []
        if self.unclassified:
            said.append(gettext("Not classified"))
        elif self.category is not None:
            said.append(categories.by_key[self.category])
        if self.only_category:
            said.append(gettext("No closer class"))
        if self.only_area:
            said.append(gettext("In no area below"))
        if self.department == NO_DEPARTMENT:
            said.append(gettext("No department"))
        elif self.department:
            said.append(Department.objects.get(pk=self.department))
        return [str(one) for one in said]

    @property
    def _state_in_words(self) -> str:
        return gettext("Solved") if self.state == SOLVED_IN_ALL else str(State(self.state).label)


def _choice(sent: str, possible: Iterable[str]) -> None:
    if sent and sent not in possible:
        raise BadInput("not_a_choice", _("“%(value)s” is not possible here. Choose one of the list."), value=sent[:40])
