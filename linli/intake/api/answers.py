"""The form of every answer. The words beside a field are in the document and on the page, in the language of whoever reads.

Times are UTC. A field that is not known is null and is never left out.
"""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.utils.translation import gettext_noop as _
from msgspec import Meta, Struct

#: Where the forms stand in the document.
FORM = "#/components/schemas/"
Time = Annotated[datetime, Meta(tz=True)]
Next = Annotated[str | None, Meta(description=_("The `after` of the page that follows; null: this was the last."))]
Place = Annotated[
    str,
    Meta(description=_("A place in the journal: the `after` of `/changes`, from which on nothing is missed.")),
]


class Problem(Struct, frozen=True):
    """A refusal."""

    code: Annotated[str, Meta(description=_("A word that stays the same, for programs."))]
    message: Annotated[str, Meta(description=_("What happened and what to do, in the language asked for."))]
    field: Annotated[str | None, Meta(description=_("The parameter that is meant, or null."))]


class Refusal(Struct, frozen=True):
    """Every refusal has this form."""

    error: Problem


class Words(Struct, frozen=True):
    """A text in both languages."""

    zh: str
    en: str


class Photo(Struct, frozen=True):
    """A picture that somebody has looked at, covered and confirmed."""

    url: Annotated[str, Meta(description=_("For everybody, without a key. Gone once it is taken back."))]
    kind: Annotated[str, Meta(description=_("When it was taken in the course of the matter."))]
    confirmed_at: Time | None


class Public(Struct, frozen=True):
    """What everybody may read of a matter, as Open311 and the pages of areas show it."""

    area: Annotated[str, Meta(description=_("The area in which the public sees it."))]
    description: Annotated[
        str | None, Meta(description=_("Only where it was written for the public; numbers blotted out."))
    ]
    place: Annotated[str | None, Meta(description=_("In words, by the same rule."))]
    answer: Annotated[str | None, Meta(description=_("What was answered to the public."))]
    lon: Annotated[float | None, Meta(description=_("WGS-84, as closely as the category allows."))]
    lat: float | None
    photos: list[Photo]


class Matter(Struct, frozen=True):
    """A matter: codes and times, as webhooks tell them."""

    id: Annotated[UUID, Meta(description=_("Never changes; webhooks call it `event`."))]
    number: Annotated[str, Meta(description=_("For people."))]
    area: Annotated[str, Meta(description=_("The code of the area that answers for it."))]
    category: Annotated[str | None, Meta(description=_("Its code; null while it is not classified."))]
    state: Annotated[str, Meta(description=_("One of `states` of `/codes`."))]
    severity: str
    urgency: str
    departments: Annotated[list[str], Meta(description=_("Their codes, the lead first."))]
    into: Annotated[str | None, Meta(description=_("The number of the matter it was merged into."))]
    reported_at: Time
    accepted_at: Time | None
    dispatched_at: Time | None
    handled_at: Time | None
    verified_at: Time | None
    ended_at: Time | None
    due_at: Annotated[Time | None, Meta(description=_("The limit that binds now, or bound last."))]
    is_demo: Annotated[bool, Meta(description=_("Made up for a demonstration."))]
    public: Annotated[
        Public | None,
        Meta(description=_("What everybody may read of it; null where its category is not public.")),
    ]


class Matters(Struct, frozen=True):
    """A page of matters."""

    matters: list[Matter]
    next: Next
    place: Place


class Changes(Struct, frozen=True):
    """What has changed since a place in the journal."""

    matters: Annotated[list[Matter], Meta(description=_("As they stand now. One may come again on a later page."))]
    gone: Annotated[list[UUID], Meta(description=_("No longer in the area of the key. Remove what you keep of them."))]
    place: Place
    more: Annotated[bool, Meta(description=_("Whether to ask again at once."))]


class Act(Struct, frozen=True):
    """Something that was done; by whom is not told."""

    chain: Annotated[str, Meta(description=_("Within a chain a later act has the greater position."))]
    position: int
    verb: Annotated[str, Meta(description=_("One of `verbs` of `/codes`."))]
    at: Annotated[Time, Meta(description=_("When it was done."))]
    recorded_at: Annotated[
        Time, Meta(description=_("When it was written down; later for what was done without network."))
    ]
    area: str
    departments: Annotated[list[str], Meta(description=_("Codes of those it was given to, where the act gave it."))]


class Course(Struct, frozen=True):
    """A page of acts, the first first."""

    acts: list[Act]
    next: Next


class Area(Struct, frozen=True):
    """An area of any level."""

    code: Annotated[str, Meta(description=_("Begins with the code of the area above it; never used again."))]
    name: str
    level: str
    kind: str
    parent: str | None
    national_code: Annotated[str, Meta(description=_("As its source gave it, or empty."))]
    valid_from: date
    valid_to: Annotated[date | None, Meta(description=_("The first day on which it no longer exists."))]
    successor: Annotated[str | None, Meta(description=_("The area that took its place."))]


class Areas(Struct, frozen=True):
    """A page of areas."""

    areas: list[Area]
    next: Next


class Outline(Struct, frozen=True):
    """An outline as a GeoJSON feature."""

    type: Literal["Feature"]
    id: str
    properties: dict[str, Any]
    geometry: Annotated[dict[str, Any], Meta(description=_("Polygon or MultiPolygon, WGS-84."))]


class Limit(Struct, frozen=True):
    """How long something may take."""

    amount: int
    unit: Annotated[str, Meta(description=_("One of `units` of `/codes`."))]


class Category(Struct, frozen=True):
    """A category of the pack in use."""

    code: str
    parent: str | None
    name: Words
    icon: str
    severity: str
    urgency: str
    limit: Annotated[
        Limit | None, Meta(description=_("Within which it is to be handled; null: the county's usual one."))
    ]
    department: Annotated[str | None, Meta(description=_("The department it usually goes to."))]
    is_public: Annotated[bool, Meta(description=_("Whether everybody may see its matters."))]
    public_place: Annotated[str, Meta(description=_("How closely: one of `public_places` of `/codes`."))]
    closed_on: Annotated[date | None, Meta(description=_("From then on nothing is reported under it."))]


class Categories(Struct, frozen=True):
    """A page of categories."""

    pack: Annotated[str, Meta(description=_("The pack of categories in use."))]
    categories: list[Category]
    next: Next


class Department(Struct, frozen=True):
    """A department that handles matters."""

    code: str
    name: Words
    area: Annotated[str | None, Meta(description=_("The area it belongs to."))]
    closed_on: date | None


class Departments(Struct, frozen=True):
    """A page of departments."""

    departments: list[Department]
    next: Next


class Day(Struct, frozen=True):
    """A day of the calendar."""

    day: date
    is_working: bool
    is_known: Annotated[
        bool, Meta(description=_("False: holidays of that year are not published, it goes by the weekday."))
    ]


class Calendar(Struct, frozen=True):
    """Days, and how many of them are worked."""

    days: list[Day]
    working_days: Annotated[int, Meta(description=_("How many of them are working days."))]


class Count(Struct, frozen=True):
    """A number of matters."""

    code: str
    value: Annotated[int | None, Meta(description=_("Null: kept back, because it would tell of a few."))]


class Rate(Struct, frozen=True):
    """A number of matters as a share of another."""

    code: str
    numerator: Annotated[int | None, Meta(description=_("Null: kept back, because it would tell of a few."))]
    denominator: int | None
    percent: Annotated[float | None, Meta(description=_("Null also where fewer than twenty stand behind it."))]


class Duration(Struct, frozen=True):
    """How long a step took, of the matters closed in the period."""

    code: str
    median_hours: Annotated[int | None, Meta(description=_("Null where fewer than twenty stand behind it."))]
    ninetieth_hours: Annotated[int | None, Meta(description=_("Nine of ten took no longer."))]


class Row(Struct, frozen=True):
    """The figures of one area, category, department or month, or of the whole."""

    key: Annotated[str, Meta(description=_("By `by`: a code, or a first day; `-` for none; empty for the whole."))]
    counts: list[Count]
    rates: list[Rate]
    durations: Annotated[list[Duration], Meta(description=_("Of the whole alone."))]


class Figures(Struct, frozen=True):
    """All figures of an area and a period."""

    area: str
    first: date
    last: date
    by: str
    as_of: Annotated[Time, Meta(description=_("The moment for which the figures hold."))]
    rows: list[Row]


class Definition(Struct, frozen=True):
    """What a figure means."""

    code: str
    kind: Literal["count", "rate", "duration"]
    name: Words
    formula: Words
    left_out: Words
    note: Words
    unit: Words
    source: Words
    numerator: Annotated[str | None, Meta(description=_("Of a rate: the code of the count above the line."))]
    denominator: str | None


class Definitions(Struct, frozen=True):
    """What all figures mean."""

    definitions: list[Definition]


class Code(Struct, frozen=True):
    """A word of the interface, and what people say."""

    code: str
    name: Words


class Codes(Struct, frozen=True):
    """All words of the interface."""

    states: list[Code]
    severities: list[Code]
    urgencies: list[Code]
    levels: list[str]
    kinds: Annotated[list[Code], Meta(description=_("Sorts of areas."))]
    units: Annotated[list[Code], Meta(description=_("What limits are counted in."))]
    public_places: Annotated[list[Code], Meta(description=_("How closely the public sees the place of a matter."))]
    verbs: Annotated[list[Code], Meta(description=_("Acts of the course."))]
