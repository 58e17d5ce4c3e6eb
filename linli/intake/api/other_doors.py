"""The other doors of programs, so that one document names all: where reports are sent, and Open311 as far as it is JSON.

They have pages of their own (docs/intake.md, docs/open311.md), and their answers are made there; a test and `make fuzz`
hold them against what is said here.
"""

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext_noop as _
from msgspec import UNSET, Meta, Struct, UnsetType

from linli.intake.api.answers import FORM, Time
from linli.intake.reports import Report


class Receipt(Struct, frozen=True):
    """A report is on the disk."""

    id: Annotated[UUID, Meta(description=_("The one the sender made."))]
    received_at: Time
    state: str
    area: str
    area_name: str
    office: Annotated[str, Meta(description=_("Whose desk has it."))]
    accept_by: Time
    see: Annotated[str, Meta(description=_("Where to ask how far it has come."))]
    code: Annotated[
        str | UnsetType, Meta(description=_("Of the receipt: with the number it opens the status page."))
    ] = UNSET


class Progress(Struct, frozen=True):
    """How far a report has come."""

    id: UUID
    state: Annotated[str, Meta(description=_("`taken_in` once there is a matter."))]
    number: Annotated[str | UnsetType | None, Meta(description=_("Of the matter."))] = UNSET


class OfBatch(Struct, frozen=True):
    """What came of one report of several."""

    status: Annotated[int, Meta(description=_("The status it would have had alone; the rest as then."))]


class Turned(Struct, frozen=True):
    """Why something was not kept."""

    code: str
    message: str
    field: str | UnsetType = UNSET


class TurnedAway(Struct, frozen=True):
    """As it is told."""

    error: Turned


class Service(Struct, frozen=True):
    """A category as Open311 names it."""

    service_code: str
    service_name: str
    description: str
    metadata: bool
    type: str
    keywords: str
    group: str


class Request(Struct, frozen=True):
    """A public matter as Open311 names it."""

    service_request_id: str
    status: str
    status_notes: str
    service_name: str
    service_code: str
    description: str | None
    agency_responsible: str | None
    service_notice: str | None
    requested_datetime: Time
    updated_datetime: Time
    expected_datetime: Time | None
    address: str
    address_id: str
    zipcode: str | None
    lat: float | None
    long: float | None
    media_url: str | None


class Accepted(Struct, frozen=True):
    """A report that came by Open311."""

    service_request_id: str


class Error(Struct, frozen=True):
    """Why not, in Open311's form."""

    code: int
    description: str


FORMS = (Report, Receipt, Progress, OfBatch, TurnedAway, Service, Request, Accepted, Error)
TAGS = {"intake": gettext_lazy("Sending reports"), "open311": gettext_lazy("Open311, as JSON")}
_TEXT: dict[str, Any] = {"type": "string"}
_OF_HATCH, _OF_OPEN311 = (400, 401, 404, 405, 409, 413, 422, 429, 503, 507), (400, 403, 404, 413, 429)
_FILTERS = (
    *("service_request_id", "service_code", "status", "start_date", "end_date", "updated_after", "updated_before"),
    *("lat", "long", "radius", "q", "page", "page_size", "jurisdiction_id"),
)
_SENT = ("service_code", "lat", "long", "address_string", "address_id", "description", "first_name", "phone", "email")


@dataclass(frozen=True)
class Call:
    """One of them: what is sent, what comes back, and whether that is a list."""

    method: str
    path: str
    name: str
    words: str
    answer: type
    statuses: tuple[int, ...] = (200,)
    is_list: bool = False
    query: tuple[str, ...] = ()
    body: dict[str, Any] | None = None

    @property
    def form(self) -> str:
        """The name of the answer's form."""
        return self.answer.__name__

    @property
    def title(self) -> str:
        """In the language of whoever reads."""
        return gettext(self.words)

    @property
    def tag(self) -> str:
        """Whose door it is."""
        return "intake" if self.path.startswith("/intake/") else "open311"


_REPORT = {"$ref": FORM + Report.__name__}
_BY_FORM = {
    "type": "object",
    "required": ["api_key", "service_code"],
    "properties": {"api_key": _TEXT} | dict.fromkeys(_SENT, _TEXT),
}
_OPEN311 = "/open311/v2"
CALLS = (
    Call("post", "/intake/v1/reports", "send_report", _("Send a report"), Receipt, (200, 201), body=_REPORT),
    Call("get", "/intake/v1/reports/{id}", "report", _("How far a report has come"), Progress),
    Call(
        "post",
        "/intake/v1/batch",
        "send_reports",
        _("Send many reports"),
        OfBatch,
        is_list=True,
        body={"type": "array", "items": _REPORT, "maxItems": 200},
    ),
    Call(
        "get",
        f"{_OPEN311}/services.json",
        "services",
        _("What can be reported"),
        Service,
        is_list=True,
        query=("jurisdiction_id",),
    ),
    Call("get", f"{_OPEN311}/requests.json", "requests", _("Public matters"), Request, is_list=True, query=_FILTERS),
    Call("get", f"{_OPEN311}/requests/{{number}}.json", "request", _("One public matter"), Request, is_list=True),
    Call(
        "post",
        f"{_OPEN311}/requests.json",
        "send_request",
        _("Report by Open311"),
        Accepted,
        (200, 201),
        is_list=True,
        body=_BY_FORM,
    ),
)


def paths() -> dict[str, Any]:
    """By address and method, as OpenAPI has them."""
    found: dict[str, Any] = {}
    for call in CALLS:
        found.setdefault(call.path, {})[call.method] = _operation(call)
    return found


def _operation(call: Call) -> dict[str, Any]:
    is_hatch = call.tag == "intake"
    refusal: dict[str, Any] = {"$ref": FORM + (TurnedAway if is_hatch else Error).__name__}
    answers = dict.fromkeys(call.statuses, _listed({"$ref": FORM + call.form}, call.is_list))
    refusals = dict.fromkeys(_OF_HATCH if is_hatch else _OF_OPEN311, _listed(refusal, not is_hatch))
    in_path = re.findall(r"\{(\w+)\}", call.path)
    told: dict[str, Any] = {
        "operationId": call.name,
        "tags": [call.tag],
        "summary": call.title,
        "parameters": [
            {"name": name, "in": "path" if name in in_path else "query", "required": name in in_path, "schema": _TEXT}
            for name in (*in_path, *call.query)
        ],
        "responses": {
            str(status): {"description": HTTPStatus(status).phrase, "content": {"application/json": {"schema": schema}}}
            for status, schema in (answers | refusals).items()
        },
        # Reports may be sent without a key, and Open311 has its own, in the form.
        "security": [{}, {"key": []}] if is_hatch else [],
    }
    sent_as = "application/json" if is_hatch else "application/x-www-form-urlencoded"
    body = {"requestBody": {"required": True, "content": {sent_as: {"schema": call.body}}}} if call.body else {}
    return told | body


def _listed(schema: dict[str, Any], is_list: bool) -> dict[str, Any]:
    return {"type": "array", "items": schema} if is_list else schema
