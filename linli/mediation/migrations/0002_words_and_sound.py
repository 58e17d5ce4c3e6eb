"""Whether a party wants text messages; the sound of sessions, and who heard it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import linli.kit.keys


class Migration(migrations.Migration):
    dependencies = [
        ("mediation", "0001_initial"),
        ("people", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Recording",
            fields=[
                ("key", linli.kit.keys.KeyField(default=linli.kit.keys.new_key, primary_key=True, serialize=False)),
                ("sealed", models.BinaryField()),
                ("file_sha256", models.CharField(blank=True, max_length=64)),
                ("file_size", models.PositiveBigIntegerField(default=0)),
                ("file_type", models.CharField(blank=True, max_length=40)),
                ("number", models.PositiveSmallIntegerField()),
                ("seconds", models.PositiveIntegerField()),
                ("added_at", models.DateTimeField()),
                ("deleted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "deleted_why",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("withdrawn", "A consent was taken back"),
                            ("retention", "The time it is kept was over"),
                            ("mistake", "It was added by mistake"),
                        ],
                        max_length=10,
                    ),
                ),
            ],
            options={
                "ordering": ["session", "number"],
            },
        ),
        migrations.AddField(
            model_name="party",
            name="sms_agreed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="party",
            name="sms_agreed_way",
            field=models.CharField(
                blank=True,
                choices=[
                    ("in_person", "In person"),
                    ("phone", "By telephone"),
                    ("online", "On their own page"),
                    ("written", "In writing"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="party",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("sms_agreed_at__isnull", True), ("sms_agreed_way", "")),
                    models.Q(("sms_agreed_at__isnull", False), models.Q(("sms_agreed_way", ""), _negated=True)),
                    _connector="OR",
                ),
                name="a_yes_to_messages_says_how",
            ),
        ),
        migrations.AddField(
            model_name="recording",
            name="added_by",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="recording",
            name="session",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="recordings",
                to="mediation.session",
            ),
        ),
        migrations.AddField(
            model_name="look",
            name="recording",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="mediation.recording",
            ),
        ),
        migrations.AddIndex(
            model_name="recording",
            index=models.Index(
                condition=models.Q(("deleted_at__isnull", False), models.Q(("file_sha256", ""), _negated=True)),
                fields=["deleted_at"],
                name="recordings_to_wipe",
            ),
        ),
        migrations.AddConstraint(
            model_name="recording",
            constraint=models.UniqueConstraint(fields=("session", "number"), name="recording_once_per_number"),
        ),
        migrations.AddConstraint(
            model_name="recording",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("deleted_at__isnull", True), ("deleted_why", ""), models.Q(("file_sha256", ""), _negated=True)
                    ),
                    models.Q(("deleted_at__isnull", False), models.Q(("deleted_why", ""), _negated=True)),
                    _connector="OR",
                ),
                name="a_recording_has_sound_or_says_why_not",
            ),
        ),
    ]
