"""What a pack of categories looks like as a file, and telling in a sentence what is wrong with one."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db.models import Choices
from django.utils.translation import gettext_lazy as _

from linli.events.rules import LIMIT_FIELDS, PublicPlace, Severity, Urgency
from linli.kit.refusal import BadInput

FOLDER = Path(__file__).parent
MAX_BYTES = 5_000_000
QUESTION_TYPES = ("choice", "text", "number")


@dataclass(frozen=True)
class CategoryRow:
    """One category as the file gives it; `parent` empty for a domain, which alone has neither limit nor department."""

    code: str
    name: str
    name_en: str
    parent: str = ""
    icon: str = ""
    gb_code: str = ""
    severity: str = Severity.GENERAL
    urgency: str = Urgency.NORMAL
    limit_working_days: int | None = None
    limit_hours: int | None = None
    limit_natural_days: int | None = None
    limit_shift_hours: int | None = None
    department: str = ""
    is_public: bool = False
    public_place: str = PublicPlace.NEAR
    for_mediation: bool = False
    emergency_call: str = ""
    questions: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class DepartmentRow:
    """One department as the file gives it."""

    code: str
    name: str
    name_en: str = ""


@dataclass(frozen=True)
class LeftOut:
    """A category of the source which the pack leaves out on purpose."""

    code: str
    name: str
    reason: str


@dataclass(frozen=True)
class PackFile:
    """A whole pack, checked."""

    code: str
    version: str
    name: str
    name_en: str
    source: str
    departments: list[DepartmentRow]
    categories: list[CategoryRow]
    left_out: list[LeftOut]


def shipped() -> list[str]:
    """The names of the packs that come with linli."""
    return sorted(path.stem for path in FOLDER.glob("*.json"))


def read(name_or_path: str | Path) -> PackFile:
    """A pack that comes with linli, by name, or a JSON file. Raises `BadInput`, saying which category and field."""
    name = str(name_or_path)
    path = FOLDER / f"{name}.json" if name in shipped() else Path(name_or_path)
    try:
        if path.stat().st_size > MAX_BYTES:
            raise BadInput(
                "pack_too_large", _("%(name)s is too large for a pack of categories (5 MB at most)."), name=name
            )
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError:
        raise BadInput(
            "pack_not_found",
            _("There is no pack and no file %(name)s. Packs that come with linli: %(known)s."),
            name=name,
            known=", ".join(shipped()),
        ) from None
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
        raise BadInput(
            "pack_not_json", _("%(name)s is not a pack of categories: it is not JSON in UTF-8."), name=name
        ) from None
    return checked(content, name)


def checked(content: Any, name: str) -> PackFile:
    """The content of a pack file as typed rows. Raises `BadInput`."""
    if not isinstance(content, dict):
        raise BadInput("pack_not_json", _("%(name)s is not a pack of categories: it is not JSON in UTF-8."), name=name)
    head = _Reader(content, name, "-")
    pack = PackFile(
        code=head.text("code", 40, needed=True),
        version=head.text("version", 20, needed=True),
        name=head.text("name", 100, needed=True),
        name_en=head.text("name_en", 100),
        source=head.text("source", 300),
        departments=[_department(row, name) for row in head.rows("departments")],
        categories=[_category(row, name) for row in head.rows("categories")],
        left_out=[_left_out(row, name) for row in head.rows("left_out")],
    )
    _check_links(pack, name)
    return pack


def _department(row: Any, name: str) -> DepartmentRow:
    reader = _Reader(row, name, "departments")
    return DepartmentRow(
        reader.text("code", 40, needed=True), reader.text("name", 100, needed=True), reader.text("name_en", 100)
    )


def _left_out(row: Any, name: str) -> LeftOut:
    reader = _Reader(row, name, "left_out")
    return LeftOut(reader.text("code", 20), reader.text("name", 60), reader.text("reason", 300, needed=True))


def _category(row: Any, name: str) -> CategoryRow:
    code = _Reader(row, name, "-").text("code", 20, needed=True)
    reader = _Reader(row, name, code)
    return CategoryRow(
        code=code,
        name=reader.text("name", 60, needed=True),
        name_en=reader.text("name_en", 100, needed=True),
        parent=reader.text("parent", 20),
        icon=reader.text("icon", 40),
        gb_code=reader.text("gb_code", 20),
        severity=reader.one_of("severity", Severity, Severity.GENERAL),
        urgency=reader.one_of("urgency", Urgency, Urgency.NORMAL),
        limit_working_days=reader.count("limit_working_days", 366),
        limit_hours=reader.count("limit_hours", 8784),
        limit_natural_days=reader.count("limit_natural_days", 366),
        limit_shift_hours=reader.count("limit_shift_hours", 2000),
        department=reader.text("department", 40),
        is_public=reader.truth("is_public"),
        public_place=reader.one_of("public_place", PublicPlace, PublicPlace.NEAR),
        for_mediation=reader.truth("for_mediation"),
        emergency_call=reader.text("emergency_call", 10),
        questions=[check_question(question, name, code) for question in reader.rows("questions")],
    )


def check_question(row: Any, name: str, category: str) -> dict[str, Any]:
    """An extra question as stored. Raises `BadInput`."""
    reader = _Reader(row, name, category)
    kind = reader.text("type", 10, needed=True)
    if kind not in QUESTION_TYPES:
        reader.refuse("questions.type", kind)
    choices = [_Reader(choice, name, category) for choice in reader.rows("choices")]
    if (kind == "choice") != bool(choices):
        reader.refuse("questions.choices", len(choices))
    return {
        "code": reader.text("code", 40, needed=True),
        "ask": reader.text("ask", 200, needed=True),
        "ask_en": reader.text("ask_en", 200, needed=True),
        "type": kind,
        "choices": [
            {part: choice.text(part, 100, needed=True) for part in ("code", "name", "name_en")} for choice in choices
        ],
        "required": reader.truth("required"),
    }


def _check_links(pack: PackFile, name: str) -> None:
    departments = {one.code for one in pack.departments}
    codes: set[str] = set()
    parents = {row.parent for row in pack.categories}
    if not pack.categories:
        raise BadInput("pack_empty", _("%(name)s holds no category."), name=name)
    for row in pack.categories:
        where = _Reader({}, name, row.code)
        if row.code in codes:
            raise BadInput("code_twice", _("%(name)s: the code %(code)s occurs twice."), name=name, code=row.code)
        if row.parent and row.parent not in codes:
            where.refuse("parent", row.parent)
        if row.department and row.department not in departments:
            where.refuse("department", row.department)
        codes.add(row.code)
    for row in pack.categories:
        if row.code not in parents:
            _check_leaf(row, _Reader({}, name, row.code))


def _check_leaf(row: CategoryRow, where: "_Reader") -> None:
    if not row.department:
        where.missing("department")
    if sum(getattr(row, field) is not None for field in LIMIT_FIELDS) != 1:
        raise BadInput(
            "one_limit",
            _("%(name)s, category %(code)s: one time limit is needed, and no second one."),
            name=where.name,
            code=row.code,
        )


class _Reader:
    """Reads the fields of one JSON object, refusing with the file, the category and the field."""

    def __init__(self, row: Any, name: str, code: str) -> None:
        self.name, self.code = name, code
        if not isinstance(row, dict):
            self.refuse("{}", row)
        self.row: dict[str, Any] = row

    def refuse(self, field_name: str, value: Any) -> None:
        """Raises `BadInput`: this value is not possible here."""
        raise BadInput(
            "bad_value",
            _("%(name)s, category %(code)s: “%(value)s” is not possible for %(field)s."),
            name=self.name,
            code=self.code,
            field=field_name,
            value=str(value)[:60],
        )

    def missing(self, field_name: str) -> None:
        """Raises `BadInput`: this field is needed."""
        raise BadInput(
            "missing_field",
            _("%(name)s, category %(code)s: %(field)s is missing."),
            name=self.name,
            code=self.code,
            field=field_name,
        )

    def text(self, field_name: str, longest: int, *, needed: bool = False) -> str:
        """A string; empty when absent."""
        value = self.row.get(field_name)
        if value is None or value == "":
            if needed:
                self.missing(field_name)
            return ""
        if not isinstance(value, str) or len(value) > longest or not value.isprintable():
            self.refuse(field_name, value)
        return str(value).strip()

    def count(self, field_name: str, largest: int) -> int | None:
        """A whole number from 1; None when absent."""
        value = self.row.get(field_name)
        if value is not None and (type(value) is not int or not 1 <= value <= largest):
            self.refuse(field_name, value)
        return value

    def truth(self, field_name: str) -> bool:
        """True or false; false when absent."""
        value = self.row.get(field_name, False)
        if not isinstance(value, bool):
            self.refuse(field_name, value)
        return bool(value)

    def one_of(self, field_name: str, choices: type[Choices], default: str) -> str:
        """One of the values of an enumeration."""
        value = self.row.get(field_name, default)
        if value not in choices.values:
            self.refuse(field_name, value)
        return str(value)

    def rows(self, field_name: str) -> list[Any]:
        """A list; empty when absent."""
        value = self.row.get(field_name, [])
        if not isinstance(value, list):
            self.refuse(field_name, value)
        return list(value)
