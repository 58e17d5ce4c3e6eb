"""Closings that did not hold and bounces, of matters from before these were kept, out of the journal."""

from collections import Counter
from uuid import UUID

from django.db import migrations


def keep(apps, schema_editor):
    Event, Objection, Reopening = (apps.get_model("events", name) for name in ("Event", "Objection", "Reopening"))
    Entry = apps.get_model("journal", "Entry")
    bounces = Counter(Objection.objects.values_list("event", flat=True))
    handed_back = Entry.objects.filter(on_kind="event", verb="event.handed_back").order_by("id")
    bounces.update(UUID(key) for key in handed_back.values_list("on_key", flat=True).iterator())
    for key, count in bounces.items():
        Event.objects.filter(pk=key).update(bounces=count)
    for key in list(Event.objects.filter(reopened__gt=0).order_by().values_list("pk", flat=True)):
        Reopening.objects.bulk_create(fallen(Entry, Reopening, key), ignore_conflicts=True)


def fallen(Entry, Reopening, key):
    """The limit each was closed under is known no more."""
    closed_at, found = None, []
    verbs = ["event.closed", "event.self_handled", "event.reopened"]
    entries = Entry.objects.filter(on_key=str(key), on_kind="event", verb__in=verbs).order_by("id")
    for verb, at in entries.values_list("verb", "at"):
        if verb != "event.reopened":
            closed_at = at
        elif closed_at is not None:
            found.append(Reopening(event_id=key, closed_at=closed_at, reopened_at=max(at, closed_at)))
            closed_at = None
    return found


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0019_verification_rules"),
        ("journal", "0001_initial"),
    ]

    operations = [migrations.RunPython(keep, migrations.RunPython.noop)]
