"""The calls of GeoReport v2, each a few lines: read what was sent, ask, answer."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.events.models import Event
from linli.events.rules import Source
from linli.intake.open311 import catalogue, reading, updates, writing
from linli.intake.open311.door import door, nothing_here
from linli.intake.open311.parameters import Parameters, jurisdiction
from linli.intake.open311.records import records
from linli.intake.open311.rendering import Answer, Problem

__all__ = ["discovery", "nothing_here", "one_request", "requests", "service", "services", "token", "updated"]


def _discovery(request: HttpRequest) -> Answer:
    return Answer("discovery", catalogue.discovery(request))


def _services(request: HttpRequest) -> Answer:
    sent = Parameters(request)
    jurisdiction(sent)
    return Answer("services", catalogue.services(sent))


def _service(request: HttpRequest, code: str) -> Answer:
    jurisdiction(Parameters(request))
    category = catalogue.offered().filter(code=code).first() if len(code) <= 60 else None
    if category is None:
        raise Problem(404, _("There is no service with this service_code. services.xml lists the codes."))
    return Answer("service_definition", catalogue.definition(category))


def _requests(request: HttpRequest) -> Answer:
    sent = Parameters(request)
    public = reading.Public(jurisdiction(sent))
    keys = reading.page(sent, public, timezone.now())
    return Answer("service_requests", _records(request, sent, keys, public))


def _one_request(request: HttpRequest, number: str) -> Answer:
    sent = Parameters(request)
    public = reading.Public(jurisdiction(sent))
    key = reading.one(number, public.events())
    return Answer("service_requests", _records(request, sent, [key], public))


def _records(request: HttpRequest, sent: Parameters, keys: list[UUID], public: reading.Public) -> list[dict[str, Any]]:
    extended, address = sent.truth("extensions"), request.build_absolute_uri
    return records(keys, public.categories, extended=extended, address=address)


def _report(request: HttpRequest) -> Answer:
    answer, is_new = writing.report(request, timezone.now())
    return Answer("service_requests", [answer], 201 if is_new else 200)


def _token(request: HttpRequest, number: str) -> Answer:
    """Every id is given at once, so a token is the id itself; not only of public matters: its holder was given it."""
    jurisdiction(Parameters(request))
    try:
        reading.one(number, Event.objects.filter(source=Source.OPEN311))
    except Problem:
        raise Problem(404, _("There is no such token. Ids are given at once here.")) from None
    return Answer("service_requests", [{"service_request_id": number, "token": number}])


def _updates(request: HttpRequest) -> Answer:
    sent = Parameters(request)
    found = updates.updates(sent, reading.Public(jurisdiction(sent)), timezone.now())
    return Answer("service_request_updates", found)


def _add_update(request: HttpRequest) -> Answer:
    answer, is_new = updates.add(request, timezone.now())
    return Answer("service_request_updates", [answer], 201 if is_new else 200)


discovery = door(GET=_discovery)
services = door(GET=_services)
service = door(GET=_service)
requests = door(GET=_requests, POST=_report)
one_request = door(GET=_one_request)
token = door(GET=_token)
updated = door(GET=_updates, POST=_add_update)
