import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import linli.kit.keys


# All that was changed before the first release, in one step; a home that has taken the last of these goes on from there.
class Migration(migrations.Migration):
    replaces = [
        ("events", "0001_initial"),
        ("events", "0003_queue_by_running_clock"),
        ("events", "0004_source_open311"),
        ("events", "0005_support"),
        ("events", "0006_media"),
        ("events", "0007_releases"),
        ("events", "0008_statement"),
        ("events", "0009_parts_and_clocks"),
        ("events", "0010_parts_signed"),
        ("events", "0011_supervision"),
        ("events", "0012_settled_objections"),
        ("events", "0013_conversation"),
        ("events", "0014_joint"),
        ("events", "0015_duties"),
        ("events", "0016_calls_name_departments"),
        ("events", "0017_calls_outlive_parts"),
        ("events", "0018_failed_messages"),
        ("events", "0019_verification_rules"),
        ("events", "0020_what_fell_and_bounced"),
        ("events", "0021_reinspections"),
        ("events", "0022_choices_name_lines"),
        ("events", "0023_calendar_edits"),
        ("events", "0024_limits"),
        ("events", "0025_deferrals"),
        ("events", "0026_objections_to_parts"),
        ("events", "0027_taken_back"),
        ("events", "0028_voices"),
        ("events", "0029_picture_from_album"),
    ]

    initial = True

    dependencies = [
        ("areas", "0001_initial"),
        ("journal", "0001_initial"),
        ("people", "0001_initial"),
        ("people", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="DutyList",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100, unique=True)),
                ("source", models.CharField(blank=True, max_length=300)),
                ("valid_from", models.DateField(blank=True, null=True)),
                ("in_use_from", models.DateField(blank=True, null=True)),
                ("brought_in_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="IndexedUpTo",
            fields=[
                ("chain", models.CharField(max_length=30, primary_key=True, serialize=False)),
                ("position", models.PositiveBigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Draw",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "area",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="areas.area"),
                ),
                ("from_on", models.DateField()),
                ("to_on", models.DateField()),
                ("share_percent", models.PositiveSmallIntegerField()),
                ("at_most", models.PositiveSmallIntegerField()),
                ("population", models.JSONField()),
                ("frozen", models.CharField(max_length=64)),
                ("commitment", models.CharField(max_length=64)),
                ("secret", models.CharField(max_length=64)),
                ("seed", models.CharField(max_length=64)),
                ("drawn_at", models.DateTimeField()),
                (
                    "drawn_by",
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
                "ordering": ["-to_on", "-id"],
                "constraints": [
                    models.UniqueConstraint(fields=("area", "from_on"), name="a_period_is_drawn_once"),
                    models.CheckConstraint(
                        condition=models.Q(("to_on__gte", models.F("from_on"))), name="a_draw_ends_after_it_begins"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DrawPlan",
            fields=[
                (
                    "area",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="areas.area",
                    ),
                ),
                ("share_percent", models.PositiveSmallIntegerField()),
                ("at_most", models.PositiveSmallIntegerField()),
                ("working_days", models.PositiveSmallIntegerField()),
                ("is_weekly", models.BooleanField(default=True)),
                ("secret", models.BinaryField()),
                ("commitment", models.CharField(max_length=64)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("share_percent__range", (1, 100))), name="a_share_of_one_to_hundred"
                    ),
                    models.CheckConstraint(condition=models.Q(("at_most__gte", 1)), name="one_at_least_is_drawn"),
                ],
            },
        ),
        migrations.CreateModel(
            name="NumberSeries",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("township", models.CharField(max_length=30)),
                ("month", models.CharField(max_length=6)),
                ("last", models.PositiveIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("township", "month"), name="one_series_per_township_and_month")
                ],
            },
        ),
        migrations.CreateModel(
            name="Pack",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=40)),
                ("version", models.CharField(max_length=20)),
                ("name", models.CharField(max_length=100)),
                ("name_en", models.CharField(blank=True, max_length=100)),
                ("source", models.CharField(blank=True, max_length=300)),
                ("in_use", models.BooleanField(default=False)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("code", "version"), name="pack_version_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("in_use", True)), fields=("in_use",), name="one_pack_in_use"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Category",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "pack",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="categories", to="events.pack"
                    ),
                ),
                ("code", models.CharField(max_length=20)),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="events.category",
                    ),
                ),
                ("name", models.CharField(max_length=60)),
                ("name_en", models.CharField(blank=True, max_length=100)),
                ("icon", models.CharField(blank=True, max_length=40)),
                ("gb_code", models.CharField(blank=True, max_length=20)),
                (
                    "severity",
                    models.CharField(
                        choices=[
                            ("general", "General"),
                            ("considerable", "Considerable"),
                            ("major", "Major"),
                            ("grave", "Grave"),
                        ],
                        default="general",
                        max_length=20,
                    ),
                ),
                (
                    "urgency",
                    models.CharField(
                        choices=[("normal", "Normal"), ("urgent", "Urgent"), ("immediate", "Immediate")],
                        default="normal",
                        max_length=20,
                    ),
                ),
                ("limit_working_days", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("limit_hours", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("limit_natural_days", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("limit_shift_hours", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "department",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="categories",
                        to="people.department",
                    ),
                ),
                ("is_public", models.BooleanField(default=False)),
                ("for_mediation", models.BooleanField(default=False)),
                ("emergency_call", models.CharField(blank=True, max_length=10)),
                ("questions", models.JSONField(blank=True, default=list)),
                ("edition", models.PositiveIntegerField(default=1)),
                ("closed_on", models.DateField(blank=True, null=True)),
            ],
            options={
                "ordering": ["code"],
                "constraints": [
                    models.UniqueConstraint(fields=("pack", "code"), name="category_once_per_pack"),
                    models.CheckConstraint(
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
                ],
            },
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", linli.kit.keys.KeyField(default=linli.kit.keys.new_key, primary_key=True, serialize=False)),
                ("number", models.CharField(max_length=40, unique=True)),
                (
                    "area",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="areas.area",
                    ),
                ),
                (
                    "category",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="events.category",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("reported", "Reported"),
                            ("checking", "Being checked"),
                            ("supplement_asked", "Waiting for details"),
                            ("accepted", "Accepted"),
                            ("dispatched", "Dispatched"),
                            ("objected", "Objected to"),
                            ("signed_for", "Signed for"),
                            ("handling", "Being handled"),
                            ("deferred", "Deferred"),
                            ("result_submitted", "Result submitted"),
                            ("verified", "Verified"),
                            ("closed", "Closed"),
                            ("self_handled", "Handled at the grid"),
                            ("rejected", "Not accepted"),
                            ("voided", "Voided"),
                            ("referred_out", "Referred elsewhere"),
                            ("in_mediation", "Gone to mediation"),
                            ("merged", "Merged into another"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "state_before",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("reported", "Reported"),
                            ("checking", "Being checked"),
                            ("supplement_asked", "Waiting for details"),
                            ("accepted", "Accepted"),
                            ("dispatched", "Dispatched"),
                            ("objected", "Objected to"),
                            ("signed_for", "Signed for"),
                            ("handling", "Being handled"),
                            ("deferred", "Deferred"),
                            ("result_submitted", "Result submitted"),
                            ("verified", "Verified"),
                            ("closed", "Closed"),
                            ("self_handled", "Handled at the grid"),
                            ("rejected", "Not accepted"),
                            ("voided", "Voided"),
                            ("referred_out", "Referred elsewhere"),
                            ("in_mediation", "Gone to mediation"),
                            ("merged", "Merged into another"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("resident", "Resident"),
                            ("grid", "Grid worker"),
                            ("desk", "Desk or hotline"),
                            ("open311", "Open311"),
                            ("mail", "E-mail"),
                            ("import", "Imported"),
                            ("split", "Split from another matter"),
                            ("demo", "Demonstration"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "severity",
                    models.CharField(
                        choices=[
                            ("general", "General"),
                            ("considerable", "Considerable"),
                            ("major", "Major"),
                            ("grave", "Grave"),
                        ],
                        default="general",
                        max_length=20,
                    ),
                ),
                (
                    "urgency",
                    models.CharField(
                        choices=[("normal", "Normal"), ("urgent", "Urgent"), ("immediate", "Immediate")],
                        default="normal",
                        max_length=20,
                    ),
                ),
                ("title", models.CharField(blank=True, max_length=200)),
                ("text", models.TextField(blank=True)),
                ("place", models.CharField(blank=True, max_length=300)),
                ("lon", models.FloatField(blank=True, null=True)),
                ("lat", models.FloatField(blank=True, null=True)),
                ("accuracy_m", models.FloatField(blank=True, null=True)),
                ("source_crs", models.CharField(default="wgs84", max_length=10)),
                ("answers", models.JSONField(blank=True, default=dict)),
                (
                    "reported_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reported_events",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("occurred_at", models.DateTimeField(blank=True, null=True)),
                ("reported_at", models.DateTimeField()),
                ("received_at", models.DateTimeField()),
                ("accepted_at", models.DateTimeField(blank=True, null=True)),
                ("dispatched_at", models.DateTimeField(blank=True, null=True)),
                ("handled_at", models.DateTimeField(blank=True, null=True)),
                ("verified_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("due_at", models.DateTimeField(blank=True, null=True)),
                ("clock_from", models.DateTimeField(blank=True, null=True)),
                ("due_is_provisional", models.BooleanField(default=False)),
                ("paused_at", models.DateTimeField(blank=True, null=True)),
                ("review_on", models.DateField(blank=True, null=True)),
                ("taken_back_at", models.DateTimeField(blank=True, null=True)),
                ("extension_asked_until", models.DateTimeField(blank=True, null=True)),
                ("extensions", models.PositiveSmallIntegerField(default=0)),
                ("reopened", models.PositiveSmallIntegerField(default=0)),
                ("reworked", models.PositiveSmallIntegerField(default=0)),
                ("outcome", models.TextField(blank=True)),
                (
                    "referred_to",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("110", "110 police"),
                            ("119", "119 fire brigade"),
                            ("120", "120 ambulance"),
                            ("12345", "12345 hotline"),
                            ("court", "Court"),
                            ("petition", "Petition office"),
                            ("other", "Elsewhere"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "rating",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("satisfied", "Satisfied"),
                            ("partly", "Partly satisfied"),
                            ("not_satisfied", "Not satisfied"),
                            ("unreached", "Could not be reached"),
                            ("no_answer", "No answer by the deadline"),
                        ],
                        max_length=20,
                    ),
                ),
                ("followed_up_at", models.DateTimeField(blank=True, null=True)),
                ("answer_by", models.DateTimeField(blank=True, null=True)),
                ("bounces", models.PositiveSmallIntegerField(default=0)),
                (
                    "merged_into",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merged",
                        to="events.event",
                    ),
                ),
                (
                    "split_from",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="split_off",
                        to="events.event",
                    ),
                ),
                ("external_source", models.CharField(blank=True, max_length=40)),
                ("external_no", models.CharField(blank=True, max_length=80)),
                ("is_demo", models.BooleanField(default=False)),
            ],
            options={
                "ordering": ["-reported_at"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=[
                            "area",
                            "due_at",
                            "id",
                            "state",
                            "paused_at",
                            "review_on",
                            "extension_asked_until",
                            "ended_at",
                        ],
                        name="open_by_area",
                    ),
                    models.Index(
                        models.Case(models.When(paused_at__isnull=True, then=models.F("due_at"))),
                        models.F("id"),
                        models.F("area"),
                        models.F("state"),
                        condition=models.Q(("ended_at__isnull", True)),
                        name="open_by_clock",
                    ),
                    models.Index(
                        condition=models.Q(("ended_at__isnull", False)),
                        fields=["ended_at", "id", "area"],
                        name="ended_by_time",
                    ),
                    models.Index(fields=["area", "reported_at", "id"], name="event_by_area_and_time"),
                    models.Index(fields=["reported_at", "id", "area"], name="event_by_time"),
                    models.Index(
                        condition=models.Q(("answer_by__isnull", False), ("rating", "")),
                        fields=["answer_by"],
                        name="answers_waited_for",
                    ),
                    models.Index(
                        condition=models.Q(("merged_into__isnull", False)),
                        fields=["merged_into"],
                        name="event_merged_into",
                    ),
                    models.Index(
                        condition=models.Q(("split_from__isnull", False)),
                        fields=["split_from"],
                        name="event_split_from",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("external_no", ""), _negated=True),
                        fields=("external_source", "external_no"),
                        name="event_once_per_external_no",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("lat__isnull", True), ("lon__isnull", True)),
                            models.Q(("lat__isnull", False), ("lon__isnull", False)),
                            _connector="OR",
                        ),
                        name="both_coordinates_or_neither",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("ended_at__isnull", False),
                                (
                                    "state__in",
                                    [
                                        "closed",
                                        "in_mediation",
                                        "merged",
                                        "referred_out",
                                        "rejected",
                                        "self_handled",
                                        "voided",
                                    ],
                                ),
                            ),
                            models.Q(
                                models.Q(
                                    (
                                        "state__in",
                                        [
                                            "closed",
                                            "in_mediation",
                                            "merged",
                                            "referred_out",
                                            "rejected",
                                            "self_handled",
                                            "voided",
                                        ],
                                    ),
                                    _negated=True,
                                ),
                                ("ended_at__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="ended_events_have_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("merged_into__isnull", False), ("state", "merged")),
                            models.Q(models.Q(("state", "merged"), _negated=True), ("merged_into__isnull", True)),
                            _connector="OR",
                        ),
                        name="merged_events_name_the_other",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("taken_back_at__isnull", True), ("state", "voided"), _connector="OR"),
                        name="taken_back_events_are_voided",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Picture",
            fields=[
                ("id", linli.kit.keys.KeyField(default=linli.kit.keys.new_key, primary_key=True, serialize=False)),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="pictures", to="events.event"
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pictures",
                        to="journal.entry",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("report", "Report"), ("before", "Before"), ("after", "After"), ("check", "Check")],
                        max_length=10,
                    ),
                ),
                ("sha256", models.CharField(max_length=64)),
                ("media_type", models.CharField(default="image/jpeg", max_length=30)),
                ("width", models.PositiveIntegerField()),
                ("height", models.PositiveIntegerField()),
                ("size", models.PositiveIntegerField()),
                ("duration_s", models.FloatField(blank=True, null=True)),
                ("taken_at", models.DateTimeField(blank=True, null=True)),
                ("lon", models.FloatField(blank=True, null=True)),
                ("lat", models.FloatField(blank=True, null=True)),
                ("from_album", models.BooleanField(default=False)),
                ("mark_1", models.PositiveIntegerField(blank=True, null=True)),
                ("mark_2", models.PositiveIntegerField(blank=True, null=True)),
                ("mark_3", models.PositiveIntegerField(blank=True, null=True)),
                ("mark_4", models.PositiveIntegerField(blank=True, null=True)),
            ],
            options={
                "ordering": ["id"],
                "indexes": [
                    models.Index(fields=["sha256"], name="picture_by_content"),
                    models.Index(
                        condition=models.Q(("mark_1__isnull", False)), fields=["mark_1"], name="picture_by_mark_1"
                    ),
                    models.Index(
                        condition=models.Q(("mark_2__isnull", False)), fields=["mark_2"], name="picture_by_mark_2"
                    ),
                    models.Index(
                        condition=models.Q(("mark_3__isnull", False)), fields=["mark_3"], name="picture_by_mark_3"
                    ),
                    models.Index(
                        condition=models.Q(("mark_4__isnull", False)), fields=["mark_4"], name="picture_by_mark_4"
                    ),
                ],
                "constraints": [models.UniqueConstraint(fields=("event", "sha256"), name="picture_once_per_event")],
            },
        ),
        migrations.CreateModel(
            name="Contact",
            fields=[
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="contact",
                        serialize=False,
                        to="events.event",
                    ),
                ),
                ("sealed", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="Receipt",
            fields=[
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="receipt",
                        serialize=False,
                        to="events.event",
                    ),
                ),
                ("secret_sha256", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="AwaitedPicture",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "event",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="awaited",
                        to="events.event",
                    ),
                ),
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
                ("sha256", models.CharField(max_length=64)),
                ("size", models.PositiveBigIntegerField()),
                ("media_type", models.CharField(blank=True, max_length=60)),
                ("received", models.PositiveBigIntegerField(default=0)),
                ("refusal", models.JSONField(null=True)),
            ],
            options={
                "ordering": ["id"],
                "constraints": [models.UniqueConstraint(fields=("event", "sha256"), name="awaited_once_per_event")],
            },
        ),
        migrations.CreateModel(
            name="Deferral",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="deferrals", to="events.event"
                    ),
                ),
                ("deferred_at", models.DateTimeField()),
                (
                    "deferred_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("ends_on", models.DateField()),
                ("next_on", models.DateField()),
                ("review_every", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("review_on", models.DateField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["next_on", "id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=["next_on", "id"],
                        name="deferrals_by_next_day",
                    ),
                    models.Index(
                        condition=models.Q(("ended_at__isnull", True), ("review_on__isnull", False)),
                        fields=["review_on"],
                        name="deferrals_to_review",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)), fields=("event",), name="one_deferral_at_a_time"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("next_on__lte", models.F("ends_on"))), name="a_deferral_has_an_end"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Duty",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "list",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="duties",
                        to="events.dutylist",
                    ),
                ),
                (
                    "category",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="duties",
                        to="events.category",
                    ),
                ),
                (
                    "area",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="areas.area"
                    ),
                ),
                (
                    "lead",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="duties", to="people.department"
                    ),
                ),
                ("basis", models.CharField(max_length=500)),
                ("hours", models.CharField(blank=True, max_length=100)),
                ("contact", models.CharField(blank=True, max_length=200)),
                ("co_handlers", models.ManyToManyField(blank=True, related_name="+", to="people.department")),
            ],
            options={
                "ordering": ["category", "area"],
                "constraints": [
                    models.UniqueConstraint(fields=("list", "category", "area"), name="one_duty_per_category_and_area")
                ],
            },
        ),
        migrations.CreateModel(
            name="DispatchChoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="choices", to="events.event"
                    ),
                ),
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="journal.entry"
                    ),
                ),
                (
                    "recommended",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.department",
                    ),
                ),
                (
                    "chosen",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.department",
                    ),
                ),
                (
                    "duty",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="overruled",
                        to="events.duty",
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("list_outdated", "The duty list is out of date here"),
                            ("already_there", "Another department is already on the spot"),
                            ("agreed", "Agreed between the departments"),
                            ("other_matter", "At its core it is another sort of matter"),
                            ("not_reached", "The recommended department cannot be reached"),
                            ("other", "Another reason"),
                        ],
                        max_length=20,
                    ),
                ),
                ("words", models.CharField(blank=True, max_length=500)),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reason", "other"), _negated=True),
                            models.Q(("words", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="another_reason_is_in_words",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Hand",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="hands", to="events.event"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="hands", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("event", "person"), name="hand_once_per_person")],
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "event",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="messages",
                        to="events.event",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("words", models.TextField(blank=True)),
                (
                    "heard_by",
                    models.CharField(
                        choices=[("everyone", "Everybody who sees this matter"), ("unit", "Only our own unit")],
                        default="everyone",
                        max_length=10,
                    ),
                ),
                (
                    "department",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.department",
                    ),
                ),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["id"],
                "indexes": [models.Index(fields=["event", "id"], name="messages_of_event")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("withdrawn_at__isnull", True), ("words", ""), _connector="OR"),
                        name="withdrawn_messages_have_no_words",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Mention",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="mentions", to="events.message"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("message", "person"), name="mention_once_per_message")],
            },
        ),
        migrations.CreateModel(
            name="Milestone",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "deferral",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="milestones", to="events.deferral"
                    ),
                ),
                ("due_on", models.DateField()),
                ("what", models.CharField(blank=True, max_length=200)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Awaited"),
                            ("done", "It is done"),
                            ("missed", "Missed"),
                            ("dropped", "No longer needed"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("noted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "noted_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("words", models.TextField(blank=True)),
            ],
            options={
                "ordering": ["due_on", "id"],
                "indexes": [
                    models.Index(condition=models.Q(("state", "waiting")), fields=["due_on"], name="milestones_awaited")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("deferral", "due_on"), name="one_milestone_a_day"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["waiting", "dropped"]), ("noted_at__isnull", False), _connector="OR"
                        ),
                        name="a_milestone_is_noted",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Objection",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="objections", to="events.event"
                    ),
                ),
                (
                    "department",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="objections", to="people.department"
                    ),
                ),
                ("of_lead", models.BooleanField(default=True)),
                ("round", models.PositiveSmallIntegerField(default=0)),
                ("bounce", models.PositiveSmallIntegerField(default=1)),
                (
                    "next_owner",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.department",
                    ),
                ),
                ("basis", models.CharField(max_length=500)),
                (
                    "objected_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("objected_at", models.DateTimeField()),
                (
                    "coordinator",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="objections_to_answer",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
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
                    "settled_on",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.department",
                    ),
                ),
                (
                    "passed_to",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.department",
                    ),
                ),
                ("was_upheld", models.BooleanField(blank=True, null=True)),
            ],
            options={
                "ordering": ["id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("answered_at__isnull", True), ("coordinator__isnull", False)),
                        fields=["coordinator", "event"],
                        name="objections_of_coordinator",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("event", "department", "round"), name="one_objection_per_department"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answered_at__isnull", True), ("was_upheld__isnull", True)),
                            models.Q(("answered_at__isnull", False), ("was_upheld__isnull", False)),
                            _connector="OR",
                        ),
                        name="an_answer_says_yes_or_no",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Part",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="parts", to="events.event"
                    ),
                ),
                (
                    "department",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="parts", to="people.department"
                    ),
                ),
                ("leads", models.BooleanField(default=False)),
                (
                    "under",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="below",
                        to="events.part",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("reserved", "Reserved for later"),
                            ("asked", "Asked to handle"),
                            ("objected", "Objected to"),
                            ("signed_for", "Signed for"),
                            ("answered", "Has answered"),
                            ("verified", "Verified"),
                            ("dropped", "Not needed"),
                        ],
                        default="asked",
                        max_length=12,
                    ),
                ),
                ("task", models.CharField(blank=True, max_length=500)),
                ("asked_at", models.DateTimeField(blank=True, null=True)),
                ("signed_at", models.DateTimeField(blank=True, null=True)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("verified_at", models.DateTimeField(blank=True, null=True)),
                (
                    "answered_with",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="journal.entry",
                    ),
                ),
                ("answer", models.TextField(blank=True)),
            ],
            options={
                "ordering": ["-leads", "department"],
                "constraints": [
                    models.UniqueConstraint(fields=("event", "department"), name="one_part_per_department"),
                    models.UniqueConstraint(
                        condition=models.Q(("leads", True)), fields=("event",), name="one_lead_per_event"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("leads", False), ("under__isnull", True), _connector="OR"),
                        name="a_lead_is_under_nobody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Clock",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="clocks", to="events.event"
                    ),
                ),
                (
                    "part",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="clocks",
                        to="events.part",
                    ),
                ),
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
                ("started_at", models.DateTimeField()),
                ("from_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("is_provisional", models.BooleanField(default=False)),
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
                ("amount", models.PositiveIntegerField(blank=True, null=True)),
                ("paused_at", models.DateTimeField(blank=True, null=True)),
                (
                    "pause_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("supplement", "Waiting for details from the reporter"),
                            ("objection", "Waiting for the answer to an objection"),
                            ("deferral", "Deferred until a day of review"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "paused_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("paused_until", models.DateTimeField(blank=True, null=True)),
                ("extension_asked_until", models.DateTimeField(blank=True, null=True)),
                ("extensions", models.PositiveSmallIntegerField(default=0)),
                ("stopped_at", models.DateTimeField(blank=True, null=True)),
                ("rung", models.PositiveSmallIntegerField(default=0)),
                ("next_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_at__isnull", False)),
                        fields=["next_at", "id"],
                        name="clocks_to_look_at",
                    ),
                    models.Index(
                        condition=models.Q(("paused_until__isnull", False)),
                        fields=["paused_until"],
                        name="pauses_that_end",
                    ),
                    models.Index(condition=models.Q(("part__isnull", False)), fields=["part"], name="clocks_of_part"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("part__isnull", True), ("stopped_at__isnull", True)),
                        fields=("event", "kind"),
                        name="one_running_clock_of_a_kind",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("part__isnull", False), ("stopped_at__isnull", True)),
                        fields=("part", "kind"),
                        name="one_running_clock_of_a_part",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("pause_reason", ""), ("paused_at__isnull", True)),
                            models.Q(("paused_at__isnull", False), models.Q(("pause_reason", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="a_pause_has_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("next_at__isnull", True),
                            models.Q(("paused_at__isnull", True), ("stopped_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="a_clock_that_stands_still_warns_nobody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("due_at__gte", models.F("started_at"))), name="a_clock_ends_after_it_starts"
                    ),
                ],
            },
        ),
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
                ("wanted_at", models.DateTimeField(blank=True, null=True)),
                ("failed_at", models.DateTimeField(blank=True, null=True)),
                ("draft_sha256", models.CharField(blank=True, max_length=64, null=True)),
                ("machine_looked", models.BooleanField(default=False)),
                ("public_sha256", models.CharField(blank=True, max_length=64, null=True)),
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
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
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
        migrations.CreateModel(
            name="Reinspection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "draw",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reinspections", to="events.draw"
                    ),
                ),
                ("lot", models.PositiveIntegerField()),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reinspections", to="events.event"
                    ),
                ),
                (
                    "inspector",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("due_at", models.DateTimeField()),
                (
                    "finding",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("held", "It holds"),
                            ("not_held", "It does not hold"),
                            ("not_seen", "Could not be seen"),
                        ],
                        max_length=10,
                    ),
                ),
                ("found_at", models.DateTimeField(blank=True, null=True)),
                (
                    "found_by",
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
                "ordering": ["due_at", "id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("found_at__isnull", True)),
                        fields=["due_at", "id"],
                        name="reinspections_waiting",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("draw", "lot"), name="one_matter_a_lot"),
                    models.UniqueConstraint(fields=("draw", "event"), name="a_matter_is_drawn_once_a_draw"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("finding", ""), ("found_at__isnull", True)),
                            models.Q(models.Q(("finding", ""), _negated=True), ("found_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="a_finding_has_a_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Remark",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="remarks", to="events.event"
                    ),
                ),
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="remark", to="journal.entry"
                    ),
                ),
                ("text", models.TextField()),
                ("for_reporter", models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name="Reopening",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="reopenings", to="events.event"
                    ),
                ),
                ("closed_at", models.DateTimeField()),
                ("due_at", models.DateTimeField(blank=True, null=True)),
                ("reopened_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["id"],
                "indexes": [models.Index(fields=["closed_at", "event"], name="reopenings_by_closing")],
                "constraints": [models.UniqueConstraint(fields=("event", "closed_at"), name="a_closing_falls_once")],
            },
        ),
        migrations.CreateModel(
            name="ReporterMessage",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "event",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="told_reporter",
                        to="events.event",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="journal.entry",
                    ),
                ),
                ("made_at", models.DateTimeField()),
                ("office", models.CharField(blank=True, max_length=500)),
                ("promised_at", models.DateTimeField(blank=True, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("none", "No way to be reached was left"),
                            ("waiting", "Waiting"),
                            ("sent", "Sent"),
                            ("unknown", "No answer known"),
                            ("failed", "Could not be delivered"),
                        ],
                        max_length=10,
                    ),
                ),
                ("read_at", models.DateTimeField(blank=True, null=True)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("read_at__isnull", True), ("state", "waiting")),
                        fields=["id"],
                        name="messages_to_reporters",
                    )
                ],
                "constraints": [models.UniqueConstraint(fields=("event", "entry"), name="told_once_per_turning_point")],
            },
        ),
        migrations.CreateModel(
            name="Reveal",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="reveals", to="events.event"
                    ),
                ),
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
                ("why", models.CharField(max_length=200)),
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
                ("until", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("answered_at__isnull", True)),
                        fields=("event", "asked_by"),
                        name="asked_once_to_reveal",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("until__isnull", True),
                            models.Q(("answered_at__isnull", False), ("until__gt", models.F("answered_at"))),
                            _connector="OR",
                        ),
                        name="a_reveal_is_granted_for_a_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="saved_views",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("name", models.CharField(max_length=40)),
                ("query", models.CharField(max_length=500)),
            ],
            options={
                "ordering": ["name"],
                "constraints": [models.UniqueConstraint(fields=("person", "name"), name="view_name_once")],
            },
        ),
        migrations.CreateModel(
            name="StepLimit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "area",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="areas.area"),
                ),
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
                "constraints": [
                    models.UniqueConstraint(fields=("area", "kind", "urgency"), name="step_limit_once"),
                    models.CheckConstraint(condition=models.Q(("amount__gte", 1)), name="step_limit_above_zero"),
                    models.CheckConstraint(
                        condition=models.Q(("unit__in", ["working_days", "natural_days", "shift_hours", "hours"])),
                        name="step_limit_in_a_unit",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Supervision",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="supervisions", to="events.event"
                    ),
                ),
                (
                    "supervisor",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="supervisions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "ordered_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("ordered_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("next_at", models.DateTimeField(blank=True, null=True)),
                ("is_listed", models.BooleanField(default=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("result", models.TextField(blank=True)),
            ],
            options={
                "ordering": ["due_at", "id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_at__isnull", False)),
                        fields=["next_at"],
                        name="supervisions_to_look_at",
                    ),
                    models.Index(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=["supervisor"],
                        name="supervisions_of_person",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("event",),
                        name="one_supervision_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ended_at__isnull", True), ("next_at__isnull", True), _connector="OR"),
                        name="an_ended_supervision_warns_nobody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="VerificationRule",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "area",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="areas.area"),
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
                ("other_unit", models.BooleanField(default=False)),
                ("result_photo", models.BooleanField(default=False)),
                ("check_photo", models.BooleanField(default=False)),
                ("near_m", models.PositiveIntegerField(blank=True, null=True)),
                ("after_dispatch", models.BooleanField(default=False)),
                ("answer_days", models.PositiveSmallIntegerField(default=7)),
                (
                    "changed_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("changed_at", models.DateTimeField()),
                ("removed_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["area", models.OrderBy(models.F("category__code"), nulls_first=True), "id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("removed_at__isnull", True)),
                        fields=("area", "category"),
                        name="one_rule_per_area_and_category",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("category__isnull", True), ("removed_at__isnull", True)),
                        fields=("area",),
                        name="one_rule_per_area_for_all_categories",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("near_m__isnull", True),
                            models.Q(("near_m__gte", 20), ("near_m__lte", 5000)),
                            _connector="OR",
                        ),
                        name="near_is_20_to_5000_metres",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("answer_days__gte", 1), ("answer_days__lte", 30)),
                        name="answers_have_1_to_30_days",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Voice",
            fields=[
                ("id", linli.kit.keys.KeyField(default=linli.kit.keys.new_key, primary_key=True, serialize=False)),
                (
                    "event",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="voices",
                        to="events.event",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="voices",
                        to="journal.entry",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("report", "Report"), ("before", "Before"), ("after", "After"), ("check", "Check")],
                        max_length=10,
                    ),
                ),
                ("sha256", models.CharField(max_length=64)),
                ("media_type", models.CharField(max_length=30)),
                ("size", models.PositiveIntegerField()),
                ("duration_s", models.FloatField()),
            ],
            options={
                "ordering": ["id"],
                "indexes": [models.Index(fields=["sha256"], name="voice_by_content")],
                "constraints": [models.UniqueConstraint(fields=("event", "sha256"), name="voice_once_per_event")],
            },
        ),
        migrations.CreateModel(
            name="Whistle",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="whistles", to="events.event"
                    ),
                ),
                (
                    "blown_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("blown_at", models.DateTimeField()),
                ("place", models.CharField(max_length=300)),
                ("be_there_by", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("agreed", models.TextField(blank=True)),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)), fields=("event",), name="one_whistle_at_a_time"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Call",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "whistle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="calls", to="events.whistle"
                    ),
                ),
                (
                    "department",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.department",
                    ),
                ),
                (
                    "part",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="calls",
                        to="events.part",
                    ),
                ),
                ("arrived_at", models.DateTimeField(blank=True, null=True)),
                (
                    "noted_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("excused", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(fields=("whistle", "department"), name="a_department_is_called_once"),
                    models.CheckConstraint(
                        condition=models.Q(("arrived_at__isnull", True), ("excused", ""), _connector="OR"),
                        name="who_came_needs_no_excuse",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CalendarEdit",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="journal.entry"
                    ),
                ),
                ("before", models.JSONField(default=dict)),
                ("after", models.JSONField(default=dict)),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("moved", models.PositiveIntegerField(default=0)),
                (
                    "taken_back_by",
                    models.OneToOneField(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="takes_back",
                        to="events.calendaredit",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("taken_back_by", models.F("id")), _negated=True),
                        name="no_edit_undoes_itself",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Shield",
            fields=[
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="shield",
                        serialize=False,
                        to="events.event",
                    ),
                ),
                (
                    "department",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.department",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Statement",
            fields=[
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="statement",
                        serialize=False,
                        to="events.event",
                    ),
                ),
                (
                    "door",
                    models.CharField(
                        choices=[
                            ("telephone", "Telephone"),
                            ("window", "Reception window"),
                            ("letter", "Letter"),
                            ("hotline", "Transferred from 12345"),
                            ("mail", "E-mail"),
                        ],
                        max_length=20,
                    ),
                ),
                ("words", models.TextField(blank=True)),
                ("wants_call_back", models.BooleanField(default=False)),
                ("stays_unnamed", models.BooleanField(default=False)),
                (
                    "entered_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entered_statements",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Support",
            fields=[
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="support",
                        serialize=False,
                        to="events.event",
                    ),
                ),
                (
                    "of",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="supports", to="events.event"
                    ),
                ),
                ("supported_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("event", models.F("of")), _negated=True), name="no_matter_supports_itself"
                    )
                ],
            },
        ),
    ]
