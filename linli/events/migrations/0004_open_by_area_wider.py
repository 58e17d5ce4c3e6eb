"""Open matters are read from an index that holds only those, for the wall and the figures too; what was due, by its limit."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("events", "0003_public_place")]

    operations = [
        migrations.RemoveIndex("event", "open_by_area"),
        migrations.AddIndex(
            "event",
            models.Index(
                fields=[
                    *("area", "due_at", "id", "state", "paused_at", "review_on", "extension_asked_until", "ended_at"),
                    *("reported_at", "accepted_at", "dispatched_at", "handled_at", "urgency", "lon", "lat"),
                ],
                condition=models.Q(ended_at__isnull=True),
                name="open_by_area",
            ),
        ),
        migrations.AddIndex(
            "event",
            models.Index(
                fields=["due_at", "id", "area"],
                condition=models.Q(due_at__isnull=False),
                name="event_by_limit",
            ),
        ),
    ]
