"""Screens that show a wall with nobody signed in."""

import django.db.models.deletion
import linli.kit.keys
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("areas", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Screen",
            fields=[
                ("key", linli.kit.keys.KeyField(default=linli.kit.keys.new_key, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=60)),
                ("sha256", models.CharField(max_length=64, unique=True)),
                ("made_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField()),
                ("warned_at", models.DateTimeField(blank=True, null=True)),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="screens", to="areas.area"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="screens", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["area", "name", "key"],
                "indexes": [models.Index(fields=["ends_at"], name="screens_by_end")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("made_at"))), name="a_screen_lasts"
                    )
                ],
            },
        ),
    ]
