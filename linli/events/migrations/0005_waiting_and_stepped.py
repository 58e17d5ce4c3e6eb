"""The wall of many open matters: the most urgent, and those acted on today, each from an index of its own."""

from django.db import migrations, models
from django.db.models.functions import Coalesce, Greatest


class Migration(migrations.Migration):
    dependencies = [("events", "0004_open_by_area_wider")]

    operations = [
        migrations.AddIndex(
            "event",
            models.Index(
                fields=["urgency", "due_at", "id", "area"],
                condition=models.Q(ended_at__isnull=True, paused_at__isnull=True),
                name="waiting_by_urgency",
            ),
        ),
        migrations.AddIndex(
            "event",
            models.Index(
                Greatest(
                    Coalesce("handled_at", "dispatched_at", "accepted_at"),
                    Coalesce("dispatched_at", "accepted_at", "handled_at"),
                    Coalesce("accepted_at", "handled_at", "dispatched_at"),
                ),
                *("area", "accepted_at", "dispatched_at", "handled_at", "ended_at"),
                condition=models.Q(ended_at__isnull=True),
                name="open_by_step",
            ),
        ),
    ]
