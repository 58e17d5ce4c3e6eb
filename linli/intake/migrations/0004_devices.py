"""Phones of staff: somebody signed in on an installation of the app, sessions or not."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import linli.kit.keys


class Migration(migrations.Migration):
    dependencies = [
        ("intake", "0003_kept_reports"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Device",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("installation", linli.kit.keys.KeyField()),
                ("name", models.CharField(blank=True, max_length=60)),
                ("sha256", models.CharField(max_length=64, unique=True)),
                ("session", models.CharField(blank=True, max_length=40)),
                ("created_at", models.DateTimeField()),
                ("last_used_on", models.DateField()),
                ("waiting", models.PositiveIntegerField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "ended_for",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("own", "Signed out by its holder"),
                            ("lost", "Lost or stolen"),
                            ("handed_on", "Handed on or replaced"),
                            ("left", "Its holder has left"),
                            ("unsafe", "Something on it looks wrong"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="devices", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("revoked_at__isnull", True)),
                        fields=("person", "installation"),
                        name="signed_in_once_per_installation",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_for", ""), ("revoked_at__isnull", True)),
                            models.Q(("revoked_at__isnull", False), models.Q(("ended_for", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="signed_out_devices_have_a_reason",
                    ),
                ],
            },
        ),
    ]
