"""The queue is ordered by when a running clock runs out: matters whose clock stands still come last.

The index by area gains the column of its condition, without which SQLite reads every row beside it.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("events", "0002_search")]

    operations = [
        migrations.RemoveIndex(model_name="event", name="open_by_area"),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                fields=["area", "due_at", "id", "state", "paused_at", "review_on", "extension_asked_until", "ended_at"],
                condition=models.Q(("ended_at__isnull", True)),
                name="open_by_area",
            ),
        ),
        migrations.RemoveIndex(model_name="event", name="open_by_due"),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                models.Case(models.When(paused_at__isnull=True, then=models.F("due_at"))),
                models.F("id"),
                models.F("area"),
                models.F("state"),
                condition=models.Q(("ended_at__isnull", True)),
                name="open_by_clock",
            ),
        ),
    ]
