"""The index that serves the ledger of an area holds the times of all figures of a matrix: none is looked up in its row."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("areas", "0001_initial"),
        ("events", "0004_open_by_area_wider"),
        ("mediation", "0011_complaints"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="dispute",
            name="dispute_by_area_and_time",
        ),
        migrations.AddIndex(
            model_name="dispute",
            index=models.Index(
                fields=["area", "registered_at", "kind", "state", "accepted_at", "concluded_at", "settled_at"],
                name="disputes_of_an_area_by_time",
            ),
        ),
    ]
