"""Complaints of parties as rows that are answered; a party that cannot be reached as a reason not to accept."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import linli.kit.keys


class Migration(migrations.Migration):
    dependencies = [
        ("mediation", "0010_ledgers_of_a_kind"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="dispute",
            name="not_accepted_for",
            field=models.CharField(
                blank=True,
                choices=[
                    ("refused", "One side clearly refuses"),
                    ("out_of_scope", "Not a civil dispute that may be mediated"),
                    ("other_authority", "The law leaves it to another authority"),
                    ("in_court", "A court has accepted or decided it"),
                    ("criminal", "It may be a crime or an offence against public order"),
                    ("no_party", "The other side is unknown"),
                    ("unreachable", "A party cannot be reached"),
                    ("other", "Another reason"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="termrule",
            name="code",
            field=models.CharField(
                choices=[
                    ("screening", "Answer to the application"),
                    ("mediation", "Term of mediation"),
                    ("confirmation", "Joint application for judicial confirmation"),
                    ("court_accepts", "The court decides whether it accepts"),
                    ("court_decides", "The court decides"),
                    ("court_extends", "The court takes longer to decide"),
                    ("follow_up", "Follow-up visit"),
                    ("call_back", "Call-back by another unit"),
                    ("complaint", "Answer to a complaint of a party"),
                    ("retention", "Keeping the dossier"),
                ],
                max_length=20,
            ),
        ),
        migrations.CreateModel(
            name="Complaint",
            fields=[
                ("key", linli.kit.keys.KeyField(default=linli.kit.keys.new_key, primary_key=True, serialize=False)),
                ("sealed", models.BinaryField()),
                ("is_objection", models.BooleanField(default=False)),
                ("at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("next_at", models.DateTimeField(blank=True, null=True)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "body",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="mediation.body",
                    ),
                ),
                (
                    "dispute",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="complaints", to="mediation.dispute"
                    ),
                ),
                (
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="complaints", to="mediation.party"
                    ),
                ),
            ],
            options={
                "ordering": ["dispute", "at", "key"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("answered_at__isnull", True)),
                        fields=["body", "due_at"],
                        name="complaints_to_answer",
                    ),
                    models.Index(
                        condition=models.Q(("next_at__isnull", False)),
                        fields=["next_at", "key"],
                        name="complaints_to_remind_of",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answered_at__isnull", True), ("answered_by__isnull", True)),
                            models.Q(
                                ("answered_at__isnull", False),
                                ("answered_by__isnull", False),
                                ("next_at__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="an_answer_is_somebodys",
                    )
                ],
            },
        ),
    ]
