import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import linli.kit.keys


# All that was changed before the first release, in one step; a home that has taken the last of these goes on from there.
class Migration(migrations.Migration):
    replaces = [("desk", "0001_macros"), ("desk", "0002_texts_and_shifts")]

    initial = True

    dependencies = [
        ("areas", "0001_initial"),
        ("events", "0001_squashed"),
        ("people", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="Handover",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "area",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="areas.area"
                    ),
                ),
                ("since", models.DateTimeField()),
                ("handed_at", models.DateTimeField()),
                (
                    "handed_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("next_until", models.DateTimeField()),
                ("take_by", models.DateTimeField()),
                ("words", models.TextField(blank=True)),
                ("figures", models.JSONField(default=dict)),
                ("taken_at", models.DateTimeField(blank=True, null=True)),
                (
                    "taken_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-handed_at", "-id"],
                "indexes": [models.Index(fields=["area", "-handed_at"], name="handovers_of_area")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("taken_at__isnull", True), ("withdrawn_at__isnull", True)),
                        fields=("area",),
                        name="one_waiting_handover_per_area",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("taken_at__isnull", True), ("taken_by__isnull", True)),
                            models.Q(
                                ("taken_at__isnull", False), ("taken_by__isnull", False), ("withdrawn_at__isnull", True)
                            ),
                            _connector="OR",
                        ),
                        name="a_handover_is_taken_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("taken_by__isnull", True),
                            models.Q(("taken_by", models.F("handed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="a_handover_is_taken_by_somebody_else",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("next_until__gt", models.F("handed_at")),
                            ("since__lte", models.F("handed_at")),
                            ("take_by__gte", models.F("handed_at")),
                        ),
                        name="a_handover_lies_between_shifts",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Macro",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=40)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "follows",
                    models.OneToOneField(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="followed_by",
                        to="desk.macro",
                    ),
                ),
                (
                    "area",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="areas.area"),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "category",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="events.category",
                    ),
                ),
                ("lines", models.JSONField(default=list)),
                (
                    "made_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("made_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["name", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at__isnull", True), ("owner__isnull", True)),
                        fields=("area", "name"),
                        name="shared_macro_once_per_name",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at__isnull", True), ("owner__isnull", False)),
                        fields=("owner", "name"),
                        name="own_macro_once_per_name",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BulkRun",
            fields=[
                ("id", linli.kit.keys.KeyField(default=linli.kit.keys.new_key, primary_key=True, serialize=False)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("step", models.CharField(blank=True, max_length=30)),
                (
                    "macro",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="runs",
                        to="desk.macro",
                    ),
                ),
                ("fields", models.JSONField(default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("chosen", "Matters are chosen"),
                            ("looking", "Being tried out"),
                            ("looked", "Tried out"),
                            ("running", "Being done"),
                            ("done", "Done"),
                        ],
                        default="chosen",
                        max_length=10,
                    ),
                ),
                ("made_at", models.DateTimeField()),
                ("begun_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ("looking", "running"))),
                        fields=["state", "id"],
                        name="bulk_at_work",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("macro__isnull", True), ("step", ""), _connector="OR"),
                        name="a_run_has_a_step_or_a_macro",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Pin",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "handover",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="pins", to="desk.handover"
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="events.event"
                    ),
                ),
                ("remark", models.CharField(max_length=300)),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(fields=("handover", "event"), name="a_matter_is_pinned_once"),
                    models.CheckConstraint(condition=models.Q(("remark", ""), _negated=True), name="a_pin_says_why"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReadyText",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "area",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="areas.area"
                    ),
                ),
                (
                    "category",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="events.category",
                    ),
                ),
                ("step", models.CharField(max_length=30)),
                ("title", models.CharField(max_length=80)),
                ("words", models.TextField()),
                ("words_en", models.TextField(blank=True)),
                ("edition", models.PositiveIntegerField(default=1)),
                ("made_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["step", "area", "title", "id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("closed_at__isnull", True)),
                        fields=["step", "area"],
                        name="ready_texts_of_step",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("category__isnull", False), ("closed_at__isnull", True)),
                        fields=("area", "step", "category", "title"),
                        name="one_ready_text_per_category_and_title",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("category__isnull", True), ("closed_at__isnull", True)),
                        fields=("area", "step", "title"),
                        name="one_ready_text_per_title",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("words", ""), _negated=True), models.Q(("title", ""), _negated=True)
                        ),
                        name="a_ready_text_has_words",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ShiftQuestion",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "handover",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="questions", to="desk.handover"
                    ),
                ),
                ("words", models.CharField(max_length=500)),
                (
                    "asked_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("answer", models.CharField(blank=True, max_length=500)),
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
                ("answered_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answer", ""), ("answered_at__isnull", True), ("answered_by__isnull", True)),
                            models.Q(
                                ("answered_at__isnull", False),
                                ("answered_by__isnull", False),
                                models.Q(("answer", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="an_answer_has_words_and_a_name",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="BulkRow",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="rows", to="desk.bulkrun"
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="events.event"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Not looked at yet"),
                            ("possible", "Possible"),
                            ("impossible", "Not possible"),
                            ("row_done", "Step taken"),
                            ("refused", "Refused since"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("steps_done", models.PositiveSmallIntegerField(default=0)),
                ("refusal", models.JSONField(blank=True, null=True)),
            ],
            options={
                "ordering": ["position"],
                "constraints": [models.UniqueConstraint(fields=("run", "event"), name="matter_once_per_run")],
            },
        ),
    ]
