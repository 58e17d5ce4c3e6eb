"""What an operation is: its address, what may be asked, how that is read, and the form of its answer."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from linli.areas.codes import contains, within
from linli.areas.models import Area
from linli.intake.models import ApiKey
from linli.kit.refusal import BadInput, Refused

#: Rows of a page: as many without being asked, and at most.
USUAL, MOST = 50, 200
#: What is asked for by days or times reaches over so many days at most.
LONGEST_DAYS = 366


class NotThere(Refused):
    """Nothing of that name lies in the area of the key (HTTP 404), whether or not there is one elsewhere."""

    status = 404


@dataclass(frozen=True)
class Kind:
    """A sort of value: as JSON Schema says it, and how its text is read. `says` follows “needs” in a refusal."""

    schema: Mapping[str, Any]
    pattern: str
    read: Callable[[str], Any]
    says: Any


def _moment(text: str) -> datetime | None:
    found = parse_datetime(text)
    return found if found and 1970 <= found.year <= 2200 else None


#: A blank where the sign of the zone stands was a plus on its way.
_ZONED = r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,6})?([Zz]|[+-]\d\d:\d\d)"
CODE = Kind({"type": "string", "pattern": "^[0-9A-Za-z_.-]{1,40}$"}, "[0-9A-Za-z_.-]{1,40}", str, _("a code"))
AREA = Kind({"type": "string", "pattern": "^[0-9]{1,30}$"}, "[0-9]{1,30}", str, _("the code of an area, all digits"))
DAY = Kind({"type": "string", "format": "date"}, r"\d{4}-\d\d-\d\d", date.fromisoformat, _("a day such as 2026-11-16"))
MOMENT = Kind(
    {"type": "string", "format": "date-time"},
    _ZONED,
    lambda text: _moment(text.upper()),
    _("date, time and zone, such as 2026-11-16T08:00:00Z or 2026-11-16T08:00:00+08:00"),
)
TRUTH = Kind({"type": "boolean"}, "true|false", lambda text: text == "true", _("true or false"))
SIZE = Kind(
    {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL},
    "0*[1-9][0-9]{0,2}",
    lambda text: size if (size := int(text)) <= MOST else None,
    _("a whole number from 1 to 200"),
)
CURSOR = Kind(
    {"type": "string", "pattern": "^[0-9A-Za-z_.,-]{0,4000}$"},
    "[0-9A-Za-z_.,-]{0,4000}",
    str,
    _("what an answer gave before, as it was"),
)


@dataclass(frozen=True)
class _OneOf:
    """Said when it is read, in the language of then."""

    words: list[str]

    def __str__(self) -> str:
        return gettext("one of: %(words)s") % {"words": ", ".join(self.words)}


def choice(values: Iterable[str]) -> Kind:
    """One of these words."""
    words = sorted(values)
    return Kind({"type": "string", "enum": words}, "|".join(map(re.escape, words)), str, _OneOf(words))


@dataclass(frozen=True)
class Parameter:
    """Something that may be asked. In the path it is always there."""

    name: str
    kind: Kind
    words: Any
    is_needed: bool = False
    otherwise: Any = None
    #: Shown on the page of the interface and in its document.
    example: str = ""

    def read(self, text: str) -> Any:
        """Its value. Raises `BadInput`."""
        try:
            value = self.kind.read(text) if re.fullmatch(self.kind.pattern, text, re.ASCII) else None
        except ValueError:
            value = None
        if value is None:
            words = _("%(field)s needs %(says)s, not “%(value)s”.")
            raise BadInput("bad_value", words, field=self.name, says=self.kind.says, value=text[:40])
        return value


LIMIT = Parameter("limit", SIZE, _("Rows of a page, 200 at most."), otherwise=USUAL)
AFTER = Parameter("after", CURSOR, _("`next` of the page before; begin without it."))


@dataclass(frozen=True)
class Asking:
    """One call: whose key, when, what was asked, and how a path of ours becomes an address."""

    key: ApiKey
    at: datetime
    given: Mapping[str, Any]
    address: Callable[[str], str]

    def __getitem__(self, name: str) -> Any:
        return self.given[name]

    def sees(self, code: str) -> bool:
        """Whether an area lies in that of the key."""
        return self.key.area_id is None or contains(self.key.area_id, code)

    def seen(self, field: str = "area") -> Q:
        """The rows in the area of the key."""
        return Q() if self.key.area_id is None else within(self.key.area_id, field=field)

    def require_area(self) -> str | None:
        """The code of the area that is asked for, else of that of the key; None: all. Raises `NotThere`."""
        asked = self["area"]
        return self.key.area_id if asked is None else self.area(asked).code

    def area(self, code: str, name: str = "area") -> Area:
        """The area of this code. Raises `NotThere`."""
        found = Area.objects.filter(pk=code).first() if self.sees(code) else None
        if found is None:
            raise NotThere("no_such_area", _("No area with this code lies in the area of the key."), field=name)
        return found

    def page(self, rows: QuerySet[Any], by: str) -> tuple[list[Any], str | None]:
        """The rows after the last one that was given, in the order of a column that is unique, and the next `after`."""
        if self["after"] is not None:
            rows = rows.filter(**{f"{by}__gt": self["after"]})
        found = list(rows.order_by(by)[: self["limit"] + 1])
        shown = found[: self["limit"]]
        return shown, str(getattr(shown[-1], by)) if len(found) > len(shown) else None


@dataclass(frozen=True)
class Operation:
    """One line of the interface. `words` is its name, `more` what else there is to know."""

    name: str
    path: str
    tag: str
    words: Any
    more: Any
    answer: type
    ask: Callable[[Asking], Any]
    query: tuple[Parameter, ...] = ()
    in_path: tuple[Parameter, ...] = field(default=())
    content_type: str = "application/json"

    @property
    def route(self) -> str:
        """The path as Django writes it."""
        return re.sub(r"\{(\w+)\}", r"<str:\1>", self.path)


def given_of(operation: Operation, request: HttpRequest, named: Mapping[str, str]) -> dict[str, Any]:
    """Everything that may be asked, read. Raises `BadInput` for what cannot be meant, `NotThere` for what no address can be."""
    known = {one.name: one for one in operation.query}
    for name, values in request.GET.lists():
        if name not in known:
            words = _("There is no parameter %(name)s here. The page /api/v1/docs lists them.")
            raise BadInput("unknown_parameter", words, name=name[:40], field=name[:40])
        if len(values) > 1:
            raise BadInput("given_twice", _("%(field)s is given more than once."), field=name)
    given = {one.name: _in_path(one, named[one.name]) for one in operation.in_path}
    for name, one in known.items():
        if one.is_needed and name not in request.GET:
            raise BadInput("missing", _("%(field)s is needed: %(says)s."), field=name, says=one.kind.says)
        given[name] = one.read(_mended(one, request.GET[name])) if name in request.GET else one.otherwise
    return given


def _mended(one: Parameter, text: str) -> str:
    return re.sub(r" (?=\d\d:\d\d\Z)", "+", text) if one.kind is MOMENT else text


def _in_path(one: Parameter, text: str) -> Any:
    try:
        return one.read(text)
    except BadInput:
        raise nothing_there() from None


def nothing_there() -> NotThere:
    """What is asked for is not in the area of the key, or nowhere."""
    return NotThere("not_found", _("There is nothing of this name in the area of the key."))


def require_span(first: Any, last: Any, names: tuple[str, str]) -> None:
    """Raises `BadInput` where a span of days or times runs backwards or is too long to be asked at once."""
    if first > last:
        raise BadInput("backwards", _("%(field)s lies after %(last)s. Change one."), field=names[0], last=names[1])
    if (last - first).days > LONGEST_DAYS:
        words = _("From %(field)s to %(last)s there may be %(days)s days at most. Ask several times.")
        raise BadInput("too_long", words, field=names[0], last=names[1], days=LONGEST_DAYS)


def span_of(first: datetime | None, last: datetime | None, names: tuple[str, str]) -> tuple[datetime, datetime] | None:
    """From when until when; what is missing of it lies 366 days from the other, None: both are. Raises `BadInput`."""
    if first is None and last is None:
        return None
    if first is None:
        assert last is not None
        first = last - timedelta(days=LONGEST_DAYS)
    last = first + timedelta(days=LONGEST_DAYS) if last is None else last
    require_span(first, last, names)
    return first, last
