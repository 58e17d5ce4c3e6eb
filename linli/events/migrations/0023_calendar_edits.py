# What was changed in the calendar, so that it can be taken back.

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0022_choices_name_lines"),
        ("journal", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="CalendarEdit",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("before", models.JSONField(default=dict)),
                ("after", models.JSONField(default=dict)),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("moved", models.PositiveIntegerField(default=0)),
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="journal.entry"
                    ),
                ),
                (
                    "taken_back_by",
                    models.OneToOneField(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="takes_back",
                        to="events.calendaredit",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("taken_back_by", models.F("id")), _negated=True),
                        name="no_edit_undoes_itself",
                    )
                ],
            },
        ),
    ]
