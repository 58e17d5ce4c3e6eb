"""Pictures may be videos and say of what kind they are; and what a report named but has not brought yet has a place."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0005_support"),
        ("journal", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="picture",
            name="duration_s",
            field=models.FloatField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="picture",
            name="media_type",
            field=models.CharField(default="image/jpeg", max_length=30),
        ),
        migrations.CreateModel(
            name="AwaitedPicture",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("sha256", models.CharField(max_length=64)),
                ("size", models.PositiveBigIntegerField()),
                ("media_type", models.CharField(blank=True, max_length=60)),
                ("received", models.PositiveBigIntegerField(default=0)),
                ("refusal", models.JSONField(null=True)),
                (
                    "entry",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="journal.entry",
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="awaited",
                        to="events.event",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [models.UniqueConstraint(fields=("event", "sha256"), name="awaited_once_per_event")],
            },
        ),
    ]
