"""What the pages of the duty list have in common: which version is looked at, who may edit, its lines with what hangs on them."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import get_language

from linli.areas.models import Area
from linli.events.actions import heirs_of
from linli.events.actions.categories import may_edit
from linli.events.models import Category, Duty, DutyList
from linli.events.rules import Line, Spoken


def version_of(request: HttpRequest) -> DutyList | None:
    """The version asked for (`?version=`), else that in force today; None if there is none."""
    asked = request.GET.get("version", "")
    if asked.isascii() and asked.isdigit() and len(asked) < 18:
        return get_object_or_404(DutyList, pk=int(asked))
    return DutyList.objects.in_force_on(timezone.localdate())


def is_in_force(made: DutyList | None) -> bool:
    """Whether the desk is recommended by this version today."""
    return made is not None and made == DutyList.objects.in_force_on(timezone.localdate())


def edits(request: HttpRequest) -> bool:
    """Whether this person keeps the duty list."""
    return may_edit(request.user, timezone.now())  # type: ignore[arg-type]


def lines_of(made: DutyList) -> list[Duty]:
    """All its lines with what they name, in as many queries whatever their number."""
    related = made.duties.select_related("category__parent", "area", "lead").prefetch_related("co_handlers")
    return sorted(related, key=lambda one: (one.category.code, len(one.area_id), one.area_id))


def spoken(lines: Iterable[Duty]) -> Spoken:
    """Which of these lines speaks where; those of departments that no longer exist speak nowhere."""
    rows = list(lines)
    closed = {one.lead_id for one in rows if one.lead.closed_on is not None}
    return Spoken((Line(one.pk, one.category.code, one.area_id, one.lead_id) for one in rows), closed)


@dataclass
class Row:
    """A line of a list, with what is wrong with it."""

    duty: Duty
    #: Areas that took the place of its own, which is closed.
    heirs: list[Area] = field(default_factory=list)

    @property
    def is_dangling(self) -> bool:
        """Its area is closed: it speaks for nothing."""
        return not self.duty.area.is_open

    @property
    def is_lead_gone(self) -> bool:
        """Its department no longer exists."""
        return self.duty.lead.closed_on is not None

    @property
    def is_category_gone(self) -> bool:
        """Its category is closed: no new matter is given it."""
        return self.duty.category.closed_on is not None

    @property
    def is_sound(self) -> bool:
        """Nothing is wrong with it."""
        return not (self.is_dangling or self.is_lead_gone or self.is_category_gone)


def rows_of(duties: Iterable[Duty]) -> list[Row]:
    """Lines with those who follow their closed areas."""
    lines = list(duties)
    closed = {one.area_id for one in lines if not one.area.is_open}
    heirs = heirs_of(closed) if closed else {}
    return [Row(one, heirs.get(one.area_id, [])) for one in lines]


def leaves() -> list[Category]:
    """The open categories of the pack in use that matters are given, by code."""
    rows = Category.objects.filter(pack__in_use=True, closed_on__isnull=True).select_related("parent", "department")
    found = list(rows.order_by("code"))
    parents = {one.parent_id for one in found}
    return [one for one in found if one.pk not in parents and not _is_empty_domain(one)]


def _is_empty_domain(one: Category) -> bool:
    return one.parent_id is None and one.limit_hours is None and one.limit_working_days is None


def folded(text: str) -> str:
    """Text as it is searched: full-width signs made plain, large letters small."""
    return unicodedata.normalize("NFKC", text)[:600].casefold()


def words_of(duty: Duty) -> str:
    """All that a line is found by."""
    category, above = duty.category, duty.category.parent
    texts = [category.code, category.name, category.name_en, duty.area_id, duty.area.name, duty.basis, duty.contact]
    texts += [above.name, above.name_en] if above else []
    for office in (duty.lead, *duty.co_handlers.all()):
        texts += [office.code, office.name, office.name_en]
    return folded(" ".join(texts))


def comma() -> str:
    """Between the members of a list."""
    return ", " if (get_language() or "").startswith("en") else "、"


def last_day_of(made: DutyList, following: DutyList | None) -> date | None:
    """The first day on which another version holds; None while none does."""
    return following.in_use_from if following and made.in_use_from else None
