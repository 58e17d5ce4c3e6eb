"""One session: its record version by version, and as an entry for a calendar."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from linli.mediation.actions.course import who_of
from linli.mediation.actions.looking import look_to_hear, may_hear
from linli.mediation.actions.sessions import latest_record
from linli.mediation.actions.sound import open_sound
from linli.mediation.agreeing.comparing import compare
from linli.mediation.forms.fields import called
from linli.mediation.models import Dispute, Record, Recording, Session
from linli.mediation.playing import length_of, played
from linli.mediation.rules import Purpose
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
        "acts": steps.on(row.pk, "write_record", "keep_sound") if row.state == "held" else [],
        "sounds": _sounds(request, row, steps),
        "sound_acts": steps.on(row.pk, "end_sound") if row.audio_consents else [],
        "purposes": [one for one in Purpose.choices if one[0] != Purpose.OWN],
        "room": "mediation",
    }
    return render(request, "mediation/session.html", context)


def _sounds(request: HttpRequest, row: Session, steps: Steps) -> list[dict[str, object]]:
    by, at = person_of(request), timezone.now()
    return [
        {
            "row": one,
            "length": length_of(one.seconds),
            "plays": one.deleted_at is None and may_hear(one, by=by, at=at),
            "acts": steps.on(one.pk, "drop_sound") if one.deleted_at is None else [],
        }
        for one in row.recordings.select_related("added_by").order_by("number")
    ]


@file_page
@require_http_methods(["GET", "HEAD", "POST"])
def sound(request: HttpRequest, dispute: Dispute, session: UUID, recording: UUID) -> HttpResponseBase:
    """Say what a recording is heard for, and back to the page, where it plays now; or the sound itself, for its player."""
    found = get_object_or_404(_recordings(dispute, session), pk=recording)
    by, at = person_of(request), timezone.now()
    if request.method == "POST":
        look_to_hear(found, by=by, purpose=request.POST.get("purpose", ""), at=at)
        return redirect(reverse("mediation:session", args=[dispute.pk, session]) + "#sound")
    return played(request, open_sound(found, by=by, at=at), found.file_type)


def _recordings(dispute: Dispute, session: UUID) -> QuerySet[Recording]:
    held = Recording.objects.filter(session=session, session__dispute=dispute)
    return held.select_related("session__dispute")


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
