"""What a phone tells of its queue: since when it waits, whether it grows, how often it tried, and the version of the app."""

from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("intake", "0009_phone_acts")]

    operations = [
        migrations.AddField("device", "tries", models.PositiveIntegerField(null=True, blank=True)),
        migrations.AddField(
            "device", "app", models.CharField(max_length=20, blank=True, default=""), preserve_default=False
        ),
        migrations.AddField("device", "waits_since", models.DateField(null=True, blank=True)),
        migrations.AddField("device", "grown_on", models.DateField(null=True, blank=True)),
        migrations.AddField("device", "reminded_on", models.DateField(null=True, blank=True)),
        migrations.AddConstraint(
            "device",
            models.CheckConstraint(
                condition=Q(waits_since__isnull=True, grown_on__isnull=True) | Q(grown_on__gte=F("waits_since")),
                name="a_queue_grows_after_it_begins",
            ),
        ),
        migrations.AddIndex(
            "device",
            models.Index(fields=["waits_since"], condition=Q(waiting__gt=0), name="phones_with_a_queue"),
        ),
    ]
