"""Photos and videos on their way after their reports."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("intake", "0004_devices"),
    ]

    operations = [
        migrations.CreateModel(
            name="Upload",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("sha256", models.CharField(max_length=64)),
                ("size", models.PositiveBigIntegerField()),
                ("media_type", models.CharField(blank=True, max_length=60)),
                ("received", models.PositiveBigIntegerField(default=0)),
                (
                    "state",
                    models.CharField(
                        choices=[("coming", "Coming"), ("received", "Received"), ("refused", "Refused")],
                        default="coming",
                        max_length=10,
                    ),
                ),
                ("reason", models.JSONField(null=True)),
                ("found", models.JSONField(null=True)),
                ("changed_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(null=True)),
                (
                    "kept",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="uploads",
                        to="intake.kept",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("settled_at__isnull", True)),
                        fields=["state", "id"],
                        name="uploads_to_settle",
                    )
                ],
                "constraints": [models.UniqueConstraint(fields=("kept", "sha256"), name="upload_once_per_report")],
            },
        ),
    ]
