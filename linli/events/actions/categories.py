"""How a county keeps its categories: adding, editing and closing them, each edit counted and kept in the journal."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Choices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.areas.codes import numbering
from linli.events import packs
from linli.events.models import Category, Pack
from linli.events.packs.form import check_question
from linli.events.rules import LARGEST_LIMIT, LIMIT_FIELDS, PublicPlace, Severity, Urgency
from linli.journal.actions import record
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.people.actions import scope_of
from linli.people.models import Department, Person
from linli.people.rules import KEEPS_REGISTER

LONGEST = {"name": 60, "name_en": 100, "icon": 40, "gb_code": 20, "emergency_call": 10}
LARGEST = {field: LARGEST_LIMIT[unit] for field, unit in LIMIT_FIELDS.items()}
TRUTHS = frozenset({"is_public", "for_mediation"})
CHOICES: dict[str, type[Choices]] = {"severity": Severity, "urgency": Urgency, "public_place": PublicPlace}
EDITABLE = frozenset({*LONGEST, *LARGEST, *TRUTHS, *CHOICES, "department", "questions"})
#: Kept in the journal with their values before and after; of the questions it keeps which were added, dropped, changed.
_TOLD = (*LONGEST, *LARGEST, *sorted(TRUTHS), *CHOICES, "department_id")


def may_edit(by: Person, at: datetime) -> bool:
    """Whether this person keeps the register of a whole county (or more), and so its categories."""
    levels = numbering()
    county = levels.width("county") if "county" in levels.levels else levels.widths[0]
    return any(one.role in KEEPS_REGISTER and len(one.area) <= county for one in scope_of(by, at).held)


@transaction.atomic
def edit_category(category: Category, *, by: Person, at: datetime, **changes: Any) -> Category:
    """Change what new reports of this category get; matters already taken on keep their limits.

    `changes`: fields of `EDITABLE`; giving one limit clears the other. Raises `BadInput`, `NotYours`, `Refused`.
    """
    require_editor(by, at)
    if category.closed_on is not None:
        raise Refused(
            "category_closed", _("%(category)s is closed. Add a new category instead."), category=category.name
        )
    before = {field: getattr(category, field) for field in (*_TOLD, "questions")}
    clean = {
        field: value for field, value in _checked(changes, category.code).items() if getattr(category, field) != value
    }
    if not clean:
        return category
    _check_limits(category, clean)
    edition = category.edition
    changed = Category.objects.filter(pk=category.pk, edition=edition).update(**clean, edition=edition + 1)
    if not changed:
        raise Refused(
            "edited_meanwhile",
            _("Somebody else has just changed this category. Refresh the page, then change it again."),
        )
    category.refresh_from_db()
    told = [f"{field}:{_short(before[field])}>{_short(clean[field])}" for field in _TOLD if field in clean]
    facts: dict[str, Any] = {
        "category": category.code,
        "edition": category.edition,
        "fields": sorted(clean),
        "changed": told,
        "questions": _turned(before["questions"], clean.get("questions", before["questions"])) or None,
    }
    record("category.edited", on=category, by=by, at=at, **facts)
    return category


@transaction.atomic
def add_category(
    pack: Pack, *, code: str, parent: Category | None, by: Person, at: datetime, **fields: Any
) -> Category:
    """A category of the county's own in a pack. It needs both names, a department and one limit. Raises as above."""
    require_editor(by, at)
    code = code.strip()
    if not code or len(code) > 20 or not code.isprintable():
        raise BadInput("bad_code", _("A category needs a code of 1 to 20 characters."))
    if Category.objects.filter(pack=pack, code=code).exists():
        raise BadInput("code_taken", _("The code %(code)s is taken. Choose another."), code=code)
    if parent is not None and parent.pack_id != pack.pk:
        raise BadInput("other_pack", _("The domain belongs to another pack. Choose one of this pack."))
    category = Category(pack=pack, code=code, parent=parent, edition=2)
    clean = _checked({"name": "", "name_en": "", **fields}, code)
    for field, value in clean.items():
        setattr(category, field, value)
    if parent is not None:
        _check_complete(category)
    category.save()
    record(
        "category.edited",
        on=category,
        by=by,
        at=at,
        category=code,
        edition=category.edition,
        fields=["code", *sorted(clean)],
    )
    return category


@transaction.atomic
def close_category(category: Category, *, by: Person, at: datetime) -> Category:
    """Give no more reports this category; matters that have it keep it. Raises `NotYours`, `Refused`."""
    require_editor(by, at)
    if category.children.filter(closed_on__isnull=True).exists():
        raise Refused(
            "domain_in_use", _("%(category)s still has open categories. Close those first."), category=category.name
        )
    edition, day = category.edition, timezone.localdate(at)
    open_one = Category.objects.filter(pk=category.pk, closed_on__isnull=True, edition=edition)
    if not open_one.update(closed_on=day, edition=edition + 1):
        raise Refused(
            "edited_meanwhile",
            _("Somebody else has just changed this category. Refresh the page, then change it again."),
        )
    category.refresh_from_db()
    record(
        "category.edited",
        on=category,
        by=by,
        at=at,
        category=category.code,
        edition=category.edition,
        fields=["closed_on"],
    )
    return category


@transaction.atomic
def use_pack(pack: Pack, *, by: Person, at: datetime) -> Pack:
    """Give new reports the categories of this pack; matters keep theirs. Raises `NotYours`."""
    require_editor(by, at)
    return packs.use(pack.code, pack.version, by=by, at=at)


@transaction.atomic
def load_pack(name: str, *, by: Person, at: datetime) -> Pack:
    """Bring a pack that comes with linli into this home, beside the one in use. Raises `NotYours`, `BadInput`."""
    require_editor(by, at)
    if name not in packs.shipped():
        raise BadInput("not_a_choice", _("“%(value)s” is not possible here. Choose one of the list."), value=name[:60])
    return packs.load(name, use=False, by=by, at=at)


def require_editor(by: Person, at: datetime) -> None:
    """Raises `NotYours` for whoever may not edit."""
    if not may_edit(by, at):
        raise NotYours(
            "not_yours",
            _("Categories are kept by the county desk and the county's system administrator. Ask one of them."),
        )


def _check_limits(category: Category, clean: dict[str, Any]) -> None:
    """One limit given clears the other; a leaf is never left without one."""
    given = [field for field in LARGEST if clean.get(field)]
    if len(given) > 1:
        raise _one_limit()
    if given:
        clean.update({field: None for field in LARGEST if field != given[0] and getattr(category, field) is not None})
    elif LARGEST.keys() & clean.keys() and not any(clean.get(field, getattr(category, field)) for field in LARGEST):
        raise _one_limit()
    if "department_id" in clean and clean["department_id"] is None:
        raise BadInput("needs_department", _("A category needs a responsible department. Choose one."))


def _check_complete(category: Category) -> None:
    if sum(getattr(category, field) is not None for field in LARGEST) != 1:
        raise _one_limit()
    if category.department_id is None:
        raise BadInput("needs_department", _("A category needs a responsible department. Choose one."))


def _one_limit() -> BadInput:
    return BadInput("one_limit_only", _("A category has one time limit: in one unit, not in several."))


def _checked(changes: dict[str, Any], code: str) -> dict[str, Any]:
    """The changes as columns with clean values. Raises `BadInput` for the first that is not possible."""
    unknown = sorted(changes.keys() - EDITABLE)
    if unknown:
        raise BadInput("not_editable", _("%(field)s of a category cannot be edited."), field=unknown[0])
    clean = {field: _value(field, value, code) for field, value in changes.items()}
    if "department" in clean:
        clean["department_id"] = clean.pop("department")
    return clean


def _value(field: str, value: Any, code: str) -> Any:
    if field in LONGEST:
        return _text(field, value)
    if field in LARGEST:
        return _limit(field, value)
    if field == "department":
        return _department(value)
    if field == "questions":
        return [
            check_question(one, str(_("Extra questions")), code)
            for one in (value if isinstance(value, list) else [value])
        ]
    possible = (True, False) if field in TRUTHS else CHOICES[field].values
    if value not in possible:
        raise BadInput(
            "not_a_choice", _("“%(value)s” is not possible here. Choose one of the list."), value=str(value)[:60]
        )
    return value


def _text(field: str, value: Any) -> str:
    text = str(value or "").strip()
    if not text and field in ("name", "name_en"):
        raise BadInput("needs_names", _("A category needs a Chinese and an English name."))
    if len(text) > LONGEST[field] or not text.isprintable():
        raise BadInput(
            "text_too_long", _("This may have %(longest)s characters at most, on one line."), longest=LONGEST[field]
        )
    return text


def _limit(field: str, value: Any) -> int | None:
    if value is None:
        return None
    if type(value) is not int or not 1 <= value <= LARGEST[field]:
        raise BadInput("bad_limit", _("A time limit is a whole number from 1 to %(largest)s."), largest=LARGEST[field])
    return value


def _department(value: Any) -> str | None:
    code = value.pk if isinstance(value, Department) else value
    if code is not None and not Department.objects.filter(pk=code, closed_on__isnull=True).exists():
        raise BadInput(
            "no_such_department",
            _("There is no department %(code)s here. Choose one of the list."),
            code=str(code)[:40],
        )
    return code


def _short(value: Any) -> str:
    return "-" if value is None or value == "" else str(value).replace(">", "＞")


def _turned(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> list[str]:
    """The codes of the questions added (`+`), dropped (`-`) and changed (`~`)."""
    old, new = ({one["code"]: one for one in questions} for questions in (before, after))
    added = [f"+{code}" for code in new if code not in old]
    dropped = [f"-{code}" for code in old if code not in new]
    return added + dropped + [f"~{code}" for code in new if code in old and new[code] != old[code]]
