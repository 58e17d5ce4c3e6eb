"""What can be reported: the categories in use as services, their questions as attributes, and the discovery document."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db.models import Max, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from linli.areas import ground
from linli.areas.models import Area
from linli.events.models import Category
from linli.events.rules import Unit
from linli.intake.open311.parameters import Parameters
from linli.intake.open311.rendering import CONTENT_TYPES
from linli.journal.models import Entry

#: When these addresses took the form they have; categories changed later count from their change.
_SINCE = datetime(2026, 11, 1, tzinfo=UTC)
_DATATYPES = {"choice": "singlevaluelist", "number": "number", "text": "string"}


def offered() -> QuerySet[Category]:
    """The categories a report may have: those of the pack in use under which there is no finer one."""
    in_use = Category.objects.filter(pack__in_use=True, closed_on__isnull=True)
    finer = in_use.filter(parent__isnull=False).values("parent")
    return in_use.filter(parent__isnull=False).exclude(pk__in=finer)


def services(sent: Parameters) -> list[dict[str, Any]]:
    """All services; none for a point (`lat`, `long`) outside the area that is served."""
    position = sent.position()
    if position is not None and ground.locate(*position) is None:
        return []
    return [_service(one) for one in offered().select_related("parent").order_by("parent__code", "code")]


def _service(category: Category) -> dict[str, Any]:
    return {
        "service_code": category.code,
        "service_name": str(category),
        "description": _described(category),
        "metadata": bool(category.questions),
        "type": "realtime",
        # FixMyStreet keeps what is reported under this flag from its own public pages.
        "keywords": "" if category.is_public else "private",
        "group": str(category.parent),
    }


_WITHIN: dict[str, Callable[[int], str]] = {
    Unit.WORKING_DAYS: lambda n: ngettext(
        "Handled within %(count)s working day.", "Handled within %(count)s working days.", n
    ),
    Unit.HOURS: lambda n: ngettext("Handled within %(count)s hour.", "Handled within %(count)s hours.", n),
    Unit.NATURAL_DAYS: lambda n: ngettext(
        "Handled within %(count)s natural day.", "Handled within %(count)s natural days.", n
    ),
    Unit.SHIFT_HOURS: lambda n: ngettext(
        "Handled within %(count)s working hour.", "Handled within %(count)s working hours.", n
    ),
}


def _described(category: Category) -> str:
    words = []
    if category.emergency_call:
        words.append(_("In danger call %(number)s first.") % {"number": category.emergency_call})
    if (limit := category.limit) is not None:
        words.append(_WITHIN[limit.unit](limit.amount) % {"count": limit.amount})
    return (" " if _in_english() else "").join(words)


def definition(category: Category) -> dict[str, Any]:
    """The questions of a service, in their order."""
    attributes = [_attribute(question, order) for order, question in enumerate(category.questions, 1)]
    return {"service_code": category.code, "attributes": attributes}


def _attribute(question: dict[str, Any], order: int) -> dict[str, Any]:
    attribute: dict[str, Any] = {
        "variable": True,
        "code": question["code"],
        "datatype": _DATATYPES[question["type"]],
        "required": bool(question.get("required")),
        "datatype_description": None,
        "order": order,
        "description": in_language(question, "ask"),
    }
    if question["type"] == "choice":
        attribute["values"] = [
            {"key": choice["code"], "name": in_language(choice, "name")} for choice in question.get("choices", [])
        ]
    return attribute


def in_language(row: dict[str, Any], field: str) -> str:
    """A text of a category's question, in the language of the answer."""
    english = row.get(f"{field}_en")
    return str(english if english and _in_english() else row.get(field, ""))


def _in_english() -> bool:
    return (get_language() or "").startswith("en")


def discovery(request: HttpRequest) -> dict[str, Any]:
    """Where the endpoint is, what it speaks, whom to ask, and when its services changed last."""
    changeset = moment(_changed_at())
    tops = Area.objects.open().filter(parent__isnull=True).order_by("code")[:20]
    counties = (", " if _in_english() else "、").join(area.name for area in tops)
    return {
        "changeset": changeset,
        "contact": _("The county desk of %(counties)s.") % {"counties": counties or "linli"},
        "key_service": _("Write to the county desk: who you are, and what you will send. A key is made for you there."),
        "endpoints": [
            {
                "specification": "http://wiki.open311.org/GeoReport_v2",
                "url": _root(request),
                "changeset": changeset,
                "type": "test" if any(area.is_demo for area in tops) else "production",
                "formats": [kind.partition(";")[0] for kind in CONTENT_TYPES.values()],
            }
        ],
    }


def _root(request: HttpRequest) -> str:
    """The address of the endpoint. In production a proxy before us speaks https, which we cannot see."""
    host = request.get_host()
    scheme = "https" if host.partition(":")[0] in settings.HOSTS else request.scheme
    return f"{scheme}://{host}/open311/v2"


def _changed_at() -> datetime:
    """When a category or the pack in use changed last: clients keep what they read until this changes."""
    rows = list(Category.objects.filter(pack__in_use=True).values_list("pk", "pack_id"))
    named = {str(key) for row in rows for key in row}
    kinds = Entry.objects.filter(on_key__in=named, on_kind__in=["category", "pack"])
    return max(kinds.aggregate(last=Max("recorded_at"))["last"] or _SINCE, _SINCE)


def moment(at: datetime) -> str:
    """A time as the contract writes it, in the zone of the home."""
    return timezone.localtime(at).isoformat(timespec="seconds")
