"""mySociety's service request updates: what happened to public matters, and what another system adds to its own."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _

from linli.areas.codes import within
from linli.events import actions
from linli.events.models import Event
from linli.events.published import NOTES, PHOTO_ACTS, touched_since
from linli.events.rules import MAX_TEXT, Source
from linli.intake.models import ApiKey, Sending
from linli.intake.open311.catalogue import moment
from linli.intake.open311.door import key_of
from linli.intake.open311.parameters import LONGEST, Parameters, jurisdiction
from linli.intake.open311.reading import Public, one
from linli.intake.open311.records import words_of
from linli.intake.open311.rendering import Problem
from linli.intake.open311.writing import digest_of_update, media_urls, once, told_urls, uploaded
from linli.journal.models import Entry
from linli.kit.keys import KeyText
from linli.kit.media.keeping import keep

#: Its own arrival is no update of a matter, and a photo shown after its end must not open it again elsewhere.
_UPDATES = [verb for verb, sort in NOTES.items() if sort != "submitted" and verb not in PHOTO_ACTS]


def updates(sent: Parameters, public: Public, at: datetime) -> list[dict[str, Any]]:
    """Public acts on public matters between `start_date` and `end_date` (the last 90 days without), oldest first."""
    start, end = sent.window("start_date", "end_date") or (at - LONGEST, None)
    keys = touched_since(public.events(), start).values_list(KeyText("pk"))
    found = Entry.objects.filter(on_kind="event", verb__in=_UPDATES, at__gte=start, on_key__in=keys)
    if end is not None:
        found = found.filter(at__lte=end)
    entries = list(found.select_related("remark").order_by("id")[sent.page()])
    events = Event.objects.in_bulk([UUID(entry.on_key) for entry in entries])
    return [_update(entry, events[UUID(entry.on_key)]) for entry in entries]


def _update(entry: Entry, event: Event) -> dict[str, Any]:
    return {
        "update_id": str(entry.pk),
        "service_request_id": event.number,
        "status": "closed" if NOTES[entry.verb] == "closed" else "open",
        "updated_datetime": moment(entry.at),
        "description": words_of(entry, event),
        "media_url": None,
        "external_status_code": entry.verb.removeprefix("event."),
        "customer_reference": None,
    }


def add(request: HttpRequest, at: datetime) -> tuple[dict[str, Any], bool]:
    """Add what was sent to its matter; what to answer, and whether it is new. Raises `Problem`, `Refused`."""
    sent = Parameters(request)
    key = key_of(sent, at)
    jurisdiction(sent)
    event = Event.objects.get(pk=one(sent.text("service_request_id"), _of_others(key)))
    words, urls, files = sent.text("description", MAX_TEXT - 1000), media_urls(sent), uploaded(request)
    if not (words or urls or files):
        raise Problem(400, _("description is missing: an update says something."))
    text = told_urls(_("Through Open311 (%(name)s): %(words)s") % {"name": key.name, "words": words}, urls)
    digest = digest_of_update(sent.text("update_id"), [event.number, words, urls], files)
    photos = [keep(file) for file in files]

    def take(sending: Sending) -> None:
        actions.supplement(event, text=text, photos=photos, by=None, at=at)  # type: ignore[arg-type]
        entries = Entry.objects.filter(on_key=str(event.pk), verb="event.supplemented")
        sending.event, sending.entry = event, entries.order_by("-id").first()

    sending, is_new = once(key, digest, at, take)
    return {"update_id": str(sending.entry_id)}, is_new


def _of_others(key: ApiKey) -> Any:
    """What came in by Open311, in the area of the key: whoever holds one speaks for reporters there, and nowhere else."""
    events = Event.objects.filter(source=Source.OPEN311)
    return events if key.area_id is None else events.filter(within(key.area_id))
