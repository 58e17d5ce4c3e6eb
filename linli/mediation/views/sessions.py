"""One session: its record version by version, and as an entry for a calendar."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from linli.mediation.actions.course import who_of
from linli.mediation.actions.sessions import latest_record
from linli.mediation.agreeing.comparing import compare
from linli.mediation.forms.fields import called
from linli.mediation.models import Dispute, Record
from linli.mediation.views.coming import Steps, listed
from linli.mediation.views.inviting import as_calendar
from linli.mediation.views.reaching import file_page, person_of

#: The parts of a record, in the order of the page.
_PARTS = ("text", "undisputed", "concessions")


@file_page
@require_safe
def show(request: HttpRequest, dispute: Dispute, session: UUID) -> HttpResponse:
    """The record as it stands, or one of its versions; beside it what was changed since another one."""
    row = get_object_or_404(dispute.sessions.all(), pk=session)
    records = list(row.records.select_related("written_by").order_by("-version"))
    shown = _chosen(records, request.GET.get("version", "")) or latest_record(row)
    other = _chosen(records, request.GET.get("with", ""))
    steps = Steps(dispute, who_of(dispute, by=person_of(request), at=timezone.now()))
    names = called(list(dispute.parties.present()))
    context = {
        "dispute": dispute,
        "session": row,
        "records": records,
        "shown": shown,
        "words": shown.words if shown else {},
        "other": other,
        "spans": _compared(shown, other),
        "present": listed(name for key, name in names.items() if str(key) in row.present),
        "agreed": listed(name for key, name in names.items() if shown and str(key) in shown.read_by),
        "acts": steps.on(row.pk, "write_record") if row.state == "held" else [],
        "room": "mediation",
    }
    return render(request, "mediation/session.html", context)


def _chosen(records: list[Record], version: str) -> Record | None:
    return next((one for one in records if str(one.version) == version), None)


def _compared(shown: Record | None, other: Record | None) -> dict[str, object]:
    if shown is None or other is None:
        return {}
    now, before = shown.words, other.words
    return {part: compare(before.get(part, ""), now.get(part, "")) for part in _PARTS}


@file_page
@require_safe
def calendar(request: HttpRequest, dispute: Dispute, session: UUID) -> HttpResponse:
    """The session for a calendar: number, time and place, and nobody's name."""
    row = get_object_or_404(dispute.sessions.all(), pk=session)
    response = HttpResponse(as_calendar(dispute, row, at=timezone.now()), content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{dispute.number}-{row.number}.ics"'
    return response
