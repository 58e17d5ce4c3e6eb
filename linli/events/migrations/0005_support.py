import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0004_source_open311"),
    ]

    operations = [
        migrations.CreateModel(
            name="Support",
            fields=[
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="support",
                        serialize=False,
                        to="events.event",
                    ),
                ),
                ("supported_at", models.DateTimeField()),
                (
                    "of",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="supports", to="events.event"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("event", models.F("of")), _negated=True), name="no_matter_supports_itself"
                    )
                ],
            },
        ),
    ]
