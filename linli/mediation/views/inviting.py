"""A session as an entry for calendars (RFC 5545): the number of the dispute, time and place, and nobody's name."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from linli.mediation.models import Dispute, Session
from linli.mediation.rules import SessionState


def as_calendar(dispute: Dispute, session: Session, *, at: datetime) -> bytes:
    """The file. Moved or called off, it takes the place of the entry that was there, by its UID and sequence."""
    words, cancelled = session.words, session.state == SessionState.CANCELLED
    entry = Event()
    entry.add("uid", f"{session.pk}@linli")
    entry.add("sequence", session.moved + cancelled)
    entry.add("dtstamp", at)
    entry.add("dtstart", session.planned_at)
    entry.add("dtend", session.planned_at + timedelta(minutes=session.minutes))
    entry.add("summary", _("Mediation session %(number)s") % {"number": dispute.number})
    entry.add("location", words.get("link" if session.is_remote else "place", ""))
    entry.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    entry.add("class", "CONFIDENTIAL")
    calendar = Calendar()
    calendar.add("prodid", "-//linli//mediation//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if cancelled else "PUBLISH")
    calendar.add_component(entry)
    return calendar.to_ical()
