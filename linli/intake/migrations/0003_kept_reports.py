"""Reports as they arrived, kept until they are matters."""

from django.db import migrations, models

import linli.kit.keys


class Migration(migrations.Migration):
    dependencies = [
        ("intake", "0002_sendings"),
    ]

    operations = [
        migrations.CreateModel(
            name="Kept",
            fields=[
                ("id", linli.kit.keys.KeyField(default=linli.kit.keys.new_key, primary_key=True, serialize=False)),
                ("device_id", linli.kit.keys.KeyField()),
                (
                    "sender",
                    models.CharField(
                        choices=[("person", "Person"), ("key", "Another system"), ("public", "Resident")], max_length=10
                    ),
                ),
                ("sender_key", models.BigIntegerField(default=0)),
                ("kind", models.CharField(max_length=20)),
                ("area", models.CharField(max_length=30)),
                ("digest", models.BinaryField()),
                ("content", models.BinaryField()),
                ("sealed_contact", models.BinaryField(default=bytes)),
                ("answer", models.BinaryField()),
                ("received_at", models.DateTimeField()),
                ("made_at", models.DateTimeField(null=True)),
                ("sent_at", models.DateTimeField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "Kept"), ("digested", "Taken in"), ("set_aside", "Set aside")],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("reason", models.JSONField(null=True)),
                ("digested_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("digested_at__isnull", True)),
                        fields=["state", "id", "digested_at"],
                        name="kept_to_digest",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("device_id", "sender", "sender_key"), name="kept_once_per_sender"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("digested_at__isnull", False), ("state", "digested")),
                            models.Q(models.Q(("state", "digested"), _negated=True), ("digested_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="digested_reports_have_a_time",
                    ),
                ],
            },
        ),
    ]
