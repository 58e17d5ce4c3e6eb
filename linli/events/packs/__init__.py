"""Packs of categories: those that come with linli, loading one into this home, choosing the one in use, writing one out."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.areas.models import Area
from linli.events.models import Category, Pack
from linli.events.packs.form import CategoryRow, LeftOut, PackFile, read, shipped
from linli.journal.actions import record
from linli.kit.refusal import BadInput
from linli.people.models import Department, Person

__all__ = ["DEFAULT", "export", "left_out", "load", "read", "shipped", "use"]

DEFAULT = "grid-cn-lite"
#: What of a category the file decides, until the county edits it.
_FIELDS = (
    "name",
    "name_en",
    "icon",
    "gb_code",
    "severity",
    "urgency",
    "limit_working_days",
    "limit_hours",
    "limit_natural_days",
    "limit_shift_hours",
    "is_public",
    "public_place",
    "for_mediation",
    "emergency_call",
    "questions",
)


@transaction.atomic
def load(
    name_or_path: str | Path,
    use: bool = True,
    *,
    overwrite: bool = False,
    by: Person | None = None,
    at: datetime | None = None,
) -> Pack:
    """Bring a pack into this home beside its other versions, and (`use`) give new reports its categories.

    May be repeated. Categories which the county edited stay as they are unless `overwrite`. Raises `BadInput`.
    """
    content = read(name_or_path)
    at = at or timezone.now()
    _add_departments(content)
    pack, is_new = Pack.objects.update_or_create(
        code=content.code,
        version=content.version,
        defaults={"name": content.name, "name_en": content.name_en, "source": content.source},
    )
    changed = _put_categories(pack, content, overwrite)
    if is_new or changed:
        record("pack.loaded", on=pack, by=by, at=at, pack=pack.code, version=pack.version, categories=changed)
    if use:
        _put_in_use(pack, by, at)
    return pack


@transaction.atomic
def use(code: str, version: str | None = None, *, by: Person | None = None, at: datetime | None = None) -> Pack:
    """Give new reports the categories of a loaded pack, the newest version unless one is named. Raises `BadInput`."""
    pack = find(code, version)
    _put_in_use(pack, by, at or timezone.now())
    return pack


def find(code: str, version: str | None = None) -> Pack:
    """A pack of this home, the version loaded last unless one is named. Raises `BadInput`."""
    packs = Pack.objects.filter(code=code)
    pack = (packs.filter(version=version) if version else packs.order_by("-pk")).first()
    if pack is None:
        wanted = f"{code} {version or ''}".strip()
        raise BadInput("pack_not_loaded", _("The pack %(pack)s is not in this home. Load it first."), pack=wanted)
    return pack


def export(pack: Pack) -> str:
    """A pack as it stands in this home, with the county's edits, as the text of a pack file."""
    categories = list(pack.categories.select_related("department", "parent"))
    departments = {row.department.code: row.department for row in categories if row.department}
    content = {
        "code": pack.code,
        "version": pack.version,
        "name": pack.name,
        "name_en": pack.name_en,
        "source": pack.source,
        "departments": [{"code": one.code, "name": one.name, "name_en": one.name_en} for one in departments.values()],
        "categories": [_exported(row) for row in categories if row.closed_on is None],
        "left_out": [{"code": one.code, "name": one.name, "reason": one.reason} for one in left_out(pack)],
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def left_out(pack: Pack) -> list[LeftOut]:
    """What a pack leaves out of its source on purpose, where it comes with linli; of others the home does not know."""
    for name in shipped():
        content = read(name)
        if (content.code, content.version) == (pack.code, pack.version):
            return content.left_out
    return []


def _exported(row: Category) -> dict[str, Any]:
    above = {"code": row.code, "parent": row.parent.code if row.parent else "", "department": row.department_id or ""}
    return above | {field: getattr(row, field) for field in _FIELDS if getattr(row, field) is not None}


def _put_in_use(pack: Pack, by: Person | None, at: datetime) -> None:
    if Pack.objects.filter(pk=pack.pk, in_use=True).exists():
        return
    Pack.objects.filter(in_use=True).update(in_use=False)
    pack.in_use = True
    pack.save(update_fields=["in_use"])
    record("pack.put_in_use", on=pack, by=by, at=at, pack=pack.code, version=pack.version)


def _add_departments(content: PackFile) -> None:
    """Departments the home lacks; those it has keep the names the county gave them."""
    counties = list(Area.objects.open().filter(level="county")[:2])
    area = counties[0] if len(counties) == 1 else None
    rows = [Department(code=one.code, name=one.name, name_en=one.name_en, area=area) for one in content.departments]
    Department.objects.bulk_create(rows, ignore_conflicts=True)
    if area is not None:
        # Loaded before the county was: it was nobody's until now.
        Department.objects.filter(code__in=[row.code for row in rows], area__isnull=True).update(area=area)


def _put_categories(pack: Pack, content: PackFile, overwrite: bool) -> int:
    """How many categories are new or different now."""
    stored = {row.code: row for row in pack.categories.all()}
    changed = 0
    # A parent stands before its children in every checked file, so level by level the parents have keys.
    waiting = list(content.categories)
    while waiting:
        ready = [row for row in waiting if not row.parent or row.parent in stored]
        waiting = [row for row in waiting if row.parent and row.parent not in stored]
        new = [_category(pack, row, stored) for row in ready if row.code not in stored]
        changed += len(new) + sum(
            _refresh(stored[row.code], row, stored, overwrite) for row in ready if row.code in stored
        )
        stored |= {row.code: row for row in Category.objects.bulk_create(new)}
    return changed


def _category(pack: Pack, row: CategoryRow, stored: dict[str, Category]) -> Category:
    return Category(pack=pack, code=row.code, **_decided(row, stored))


def _decided(row: CategoryRow, stored: dict[str, Category]) -> dict[str, Any]:
    above = {"parent_id": stored[row.parent].pk if row.parent else None, "department_id": row.department or None}
    return above | {field: getattr(row, field) for field in _FIELDS}


def _refresh(category: Category, row: CategoryRow, stored: dict[str, Category], overwrite: bool) -> bool:
    differing = {field: value for field, value in _decided(row, stored).items() if getattr(category, field) != value}
    if not differing or (category.edition > 1 and not overwrite):
        return False
    for field, value in differing.items():
        setattr(category, field, value)
    category.save(update_fields=list(differing))
    return True
