# Limits of the steps as a county sets them, and two more units for those of categories.

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("areas", "0001_initial"),
        ("events", "0023_calendar_edits"),
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="StepLimit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("accept", "Time to accept"),
                            ("dispatch", "Time to dispatch"),
                            ("sign", "Time to sign for"),
                            ("handle", "Time to handle"),
                            ("verify", "Time to verify"),
                            ("answer", "Time to answer the objection"),
                            ("arrive", "Time to be on the spot"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "urgency",
                    models.CharField(
                        choices=[("normal", "Normal"), ("urgent", "Urgent"), ("immediate", "Immediate")], max_length=20
                    ),
                ),
                (
                    "unit",
                    models.CharField(
                        choices=[
                            ("working_days", "working days"),
                            ("natural_days", "natural days"),
                            ("shift_hours", "working hours"),
                            ("hours", "hours by the clock"),
                            ("moment", "a fixed moment"),
                        ],
                        max_length=15,
                    ),
                ),
                ("amount", models.PositiveSmallIntegerField()),
            ],
            options={
                "ordering": ["area", "kind", "urgency"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="category",
            name="one_limit_per_category",
        ),
        migrations.AddField(
            model_name="category",
            name="limit_natural_days",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="category",
            name="limit_shift_hours",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="category",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("limit_hours__isnull", True),
                        ("limit_natural_days__isnull", True),
                        ("limit_shift_hours__isnull", True),
                    ),
                    models.Q(
                        ("limit_natural_days__isnull", True),
                        ("limit_shift_hours__isnull", True),
                        ("limit_working_days__isnull", True),
                    ),
                    models.Q(
                        ("limit_hours__isnull", True),
                        ("limit_shift_hours__isnull", True),
                        ("limit_working_days__isnull", True),
                    ),
                    models.Q(
                        ("limit_hours__isnull", True),
                        ("limit_natural_days__isnull", True),
                        ("limit_working_days__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="one_limit_per_category",
            ),
        ),
        migrations.AddField(
            model_name="steplimit",
            name="area",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="areas.area"),
        ),
        migrations.AddConstraint(
            model_name="steplimit",
            constraint=models.UniqueConstraint(fields=("area", "kind", "urgency"), name="step_limit_once"),
        ),
        migrations.AddConstraint(
            model_name="steplimit",
            constraint=models.CheckConstraint(condition=models.Q(("amount__gte", 1)), name="step_limit_above_zero"),
        ),
        migrations.AddConstraint(
            model_name="steplimit",
            constraint=models.CheckConstraint(
                condition=models.Q(("unit__in", ["working_days", "natural_days", "shift_hours", "hours"])),
                name="step_limit_in_a_unit",
            ),
        ),
    ]
