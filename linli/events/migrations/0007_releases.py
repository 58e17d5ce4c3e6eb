"""What a desk has done towards showing a picture to everybody."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0006_media"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Release",
            fields=[
                (
                    "picture",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="release",
                        serialize=False,
                        to="events.picture",
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("wanted_at", models.DateTimeField(blank=True, null=True)),
                ("failed_at", models.DateTimeField(blank=True, null=True)),
                ("draft_sha256", models.CharField(blank=True, max_length=64, null=True)),
                ("machine_looked", models.BooleanField(default=False)),
                ("public_sha256", models.CharField(blank=True, max_length=64, null=True)),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("wanted_at__isnull", False)), fields=["wanted_at"], name="drafts_wanted"
                    ),
                    models.Index(
                        condition=models.Q(("public_sha256__isnull", False)),
                        fields=["public_sha256"],
                        name="public_pictures",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("public_sha256__isnull", True),
                            models.Q(("confirmed_at__isnull", False), ("confirmed_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="public_pictures_were_confirmed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("wanted_at__isnull", True), ("draft_sha256__isnull", True), _connector="OR"
                        ),
                        name="a_draft_is_wanted_or_there",
                    ),
                ],
            },
        ),
    ]
