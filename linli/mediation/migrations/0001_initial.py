"""The dispute room. Constraints and indexes stand with their tables: added one by one they cost more than all else of a new home."""

import django.db.models.deletion
import linli.kit.keys
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("areas", "0001_initial"),
        ("events", "0003_public_place"),
        ("people", "0001_initial"),
        ("people", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="Agreement",
            fields=[
                ("key", linli.kit.keys.KeyField(default=linli.kit.keys.new_key, primary_key=True, serialize=False)),
                ("sealed", models.BinaryField()),
                ("file_sha256", models.CharField(blank=True, max_length=64)),
                ("file_size", models.PositiveBigIntegerField(default=0)),
                ("file_type", models.CharField(blank=True, max_length=40)),
                ("version", models.PositiveSmallIntegerField()),
                (
                    "form",
                    models.CharField(
                        choices=[("written", "Written agreement"), ("oral", "Oral agreement, registered")],
                        max_length=10,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft agreement"),
                            ("offered", "Before the parties to sign"),
                            ("in_force", "In force"),
                            ("replaced", "Replaced by a later version"),
                        ],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("text_sha256", models.CharField(max_length=64)),
                ("made_at", models.DateTimeField()),
                ("offered_at", models.DateTimeField(blank=True, null=True)),
                ("effective_at", models.DateTimeField(blank=True, null=True)),
                ("stamped_at", models.DateTimeField(blank=True, null=True)),
                (
                    "made_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "stamped_by",
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
                "ordering": ["dispute", "version"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "in_force"), _negated=True),
                            ("effective_at__isnull", False),
                            _connector="OR",
                        ),
                        name="an_agreement_in_force_has_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("form", "written"), ("state", "in_force"), _negated=True),
                            ("stamped_at__isnull", False),
                            _connector="OR",
                        ),
                        name="a_written_agreement_is_stamped",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Body",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=100)),
                ("name_en", models.CharField(blank=True, max_length=100)),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("village", "Village or community level"),
                            ("township", "Township level"),
                            ("county", "County level"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("people", "People's mediation committee"),
                            ("specialist", "Specialist mediation committee"),
                            ("elders", "Elders' council"),
                        ],
                        default="people",
                        max_length=10,
                    ),
                ),
                ("court_name", models.CharField(blank=True, max_length=100)),
                ("prefix", models.CharField(max_length=20)),
                ("closed_on", models.DateField(blank=True, null=True)),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="mediation_bodies", to="areas.area"
                    ),
                ),
            ],
            options={
                "ordering": ["area", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("prefix",), name="one_body_per_prefix"),
                    models.CheckConstraint(
                        condition=models.Q(("prefix", ""), _negated=True), name="a_body_numbers_its_cases"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CallBackDraw",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("from_on", models.DateField()),
                ("to_on", models.DateField()),
                ("population", models.JSONField(default=list)),
                ("frozen", models.CharField(max_length=64)),
                ("seed", models.CharField(max_length=64)),
                ("of_flagged_percent", models.PositiveSmallIntegerField()),
                ("of_all_percent", models.PositiveSmallIntegerField()),
                ("at_most", models.PositiveSmallIntegerField()),
                ("without_caller", models.PositiveSmallIntegerField(default=0)),
                ("drawn_at", models.DateTimeField()),
                (
                    "area",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="areas.area"
                    ),
                ),
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
                "ordering": ["area", "from_on", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("area", "from_on", "to_on"), name="one_draw_per_area_and_days")
                ],
            },
        ),
        migrations.CreateModel(
            name="Dispute",
            fields=[
                ("key", linli.kit.keys.KeyField(default=linli.kit.keys.new_key, primary_key=True, serialize=False)),
                ("sealed", models.BinaryField()),
                ("number", models.CharField(max_length=40, unique=True)),
                ("case_no", models.CharField(blank=True, max_length=60)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("01", "Marriage and family"),
                            ("02", "Between neighbours"),
                            ("03", "House and homestead"),
                            ("04", "Contract"),
                            ("05", "Production and business"),
                            ("06", "Damages"),
                            ("07", "Forest and land"),
                            ("08", "Land taking and demolition"),
                            ("09", "Pollution"),
                            ("10", "Labour"),
                            ("11", "Tourism"),
                            ("12", "Consumer"),
                            ("13", "Medical"),
                            ("14", "Road accident"),
                            ("15", "Property management"),
                            ("16", "Intellectual property"),
                            ("17", "Internet"),
                            ("99", "Other dispute"),
                        ],
                        max_length=2,
                    ),
                ),
                (
                    "mediation_type",
                    models.CharField(
                        choices=[
                            ("peoples", "People's mediation"),
                            ("administrative", "Administrative mediation"),
                            ("trade", "Trade and professional mediation"),
                            ("judicial", "Judicial mediation"),
                            ("commercial", "Commercial mediation"),
                            ("petition", "Mediation of a petition"),
                        ],
                        default="peoples",
                        max_length=15,
                    ),
                ),
                (
                    "door",
                    models.CharField(
                        choices=[
                            ("event", "From an event"),
                            ("window", "Applied at the window"),
                            ("phone", "Applied by telephone"),
                            ("online", "Applied online"),
                            ("transfer", "Entrusted by a court or authority"),
                            ("early", "Found early"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "entruster",
                    models.CharField(
                        blank=True,
                        choices=[("court", "Court"), ("police", "Police"), ("department", "Government department")],
                        max_length=10,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("registered", "To be screened"),
                            ("offered", "Sides are asked"),
                            ("accepted", "Accepted for mediation"),
                            ("mediating", "In mediation"),
                            ("settled", "Agreement in force"),
                            ("not_accepted", "Mediation not accepted"),
                            ("failed", "Mediation failed"),
                            ("withdrawn", "Mediation withdrawn"),
                            ("terminated", "Mediation terminated"),
                            ("closed", "Dispute closed"),
                        ],
                        default="registered",
                        max_length=15,
                    ),
                ),
                ("registered_at", models.DateTimeField()),
                ("screened_at", models.DateTimeField(blank=True, null=True)),
                ("accepted_at", models.DateTimeField(blank=True, null=True)),
                ("due_at", models.DateTimeField(blank=True, null=True)),
                ("due_is_provisional", models.BooleanField(default=False)),
                ("first_session_at", models.DateTimeField(blank=True, null=True)),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                ("fell_at", models.DateTimeField(blank=True, null=True)),
                ("performed_at", models.DateTimeField(blank=True, null=True)),
                ("concluded_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "ending",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("agreement", "Agreement reached"),
                            ("own_settlement", "Settled among themselves"),
                            ("unreachable", "A party cannot be reached"),
                            ("declined", "One side will not go on"),
                            ("too_far_apart", "Too far apart"),
                            ("term_over", "Term over, not extended"),
                            ("refuses_to_sign", "A party refuses to sign"),
                            ("other", "Ended otherwise"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "not_accepted_for",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("refused", "One side clearly refuses"),
                            ("out_of_scope", "Not a civil dispute that may be mediated"),
                            ("other_authority", "The law leaves it to another authority"),
                            ("in_court", "A court has accepted or decided it"),
                            ("criminal", "It may be a crime or an offence against public order"),
                            ("no_party", "The other side is unknown"),
                            ("other", "Another reason"),
                        ],
                        max_length=20,
                    ),
                ),
                ("ways_told", models.JSONField(blank=True, default=list)),
                ("reopened", models.PositiveSmallIntegerField(default=0)),
                ("reopened_at", models.DateTimeField(blank=True, null=True)),
                ("is_public", models.BooleanField(default=False)),
                ("people_count", models.PositiveIntegerField(default=2)),
                ("may_intensify", models.BooleanField(default=False)),
                ("informed_at", models.DateTimeField(blank=True, null=True)),
                ("wants_confirmation", models.BooleanField(default=False)),
                ("retention_until", models.DateField(blank=True, null=True)),
                ("archived_at", models.DateTimeField(blank=True, null=True)),
                ("is_demo", models.BooleanField(default=False)),
                (
                    "area",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="disputes",
                        to="areas.area",
                    ),
                ),
                (
                    "body",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="disputes",
                        to="mediation.body",
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="disputes",
                        to="events.event",
                    ),
                ),
                (
                    "registered_by",
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
                "ordering": ["-registered_at"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=["body", "due_at", "key"],
                        name="open_disputes_of_body",
                    ),
                    models.Index(
                        condition=models.Q(("body__isnull", True)), fields=["area", "key"], name="disputes_without_body"
                    ),
                    models.Index(fields=["area", "registered_at", "kind", "state"], name="dispute_by_area_and_time"),
                    models.Index(
                        condition=models.Q(("concluded_at__isnull", False)),
                        fields=["concluded_at", "key", "area"],
                        name="disputes_by_concluded",
                    ),
                    models.Index(
                        condition=models.Q(("accepted_at__isnull", False)),
                        fields=["accepted_at", "key", "area"],
                        name="disputes_by_accepted",
                    ),
                    models.Index(
                        condition=models.Q(("settled_at__isnull", False)),
                        fields=["settled_at", "key", "area"],
                        name="disputes_by_settled",
                    ),
                    models.Index(fields=["body", "registered_at"], name="dispute_by_body_and_time"),
                    models.Index(
                        fields=["registered_at", "key", "area", "kind", "state", "body"], name="disputes_by_time"
                    ),
                    models.Index(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=["area", "registered_at", "key"],
                        name="open_disputes_by_area",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True), ("event__isnull", False)),
                        fields=("event",),
                        name="one_open_dispute_per_event",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("case_no", ""), _negated=True),
                        fields=("case_no",),
                        name="a_case_number_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("ended_at__isnull", False),
                                ("state__in", ["closed", "failed", "not_accepted", "terminated", "withdrawn"]),
                            ),
                            models.Q(
                                models.Q(
                                    ("state__in", ["closed", "failed", "not_accepted", "terminated", "withdrawn"]),
                                    _negated=True,
                                ),
                                ("ended_at__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="ended_disputes_have_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "not_accepted"), models.Q(("not_accepted_for", ""), _negated=True)),
                            models.Q(models.Q(("state", "not_accepted"), _negated=True), ("not_accepted_for", "")),
                            _connector="OR",
                        ),
                        name="not_accepted_disputes_say_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["failed", "withdrawn", "terminated", "closed"]), _negated=True),
                            models.Q(("ending", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="ended_mediations_say_how",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("state__in", ["accepted", "mediating", "settled", "failed", "terminated", "closed"]),
                                _negated=True,
                            ),
                            models.Q(
                                ("accepted_at__isnull", False),
                                ("body__isnull", False),
                                models.Q(("case_no", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="accepted_disputes_have_a_body_and_number",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("door", "transfer"), models.Q(("entruster", ""), _negated=True)),
                            models.Q(models.Q(("door", "transfer"), _negated=True), ("entruster", "")),
                            _connector="OR",
                        ),
                        name="entrusted_disputes_say_by_whom",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("may_intensify", False), ("informed_at__isnull", False), _connector="OR"),
                        name="whoever_must_know_of_a_risk_was_told",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Confirmation",
            fields=[
                ("key", linli.kit.keys.KeyField(default=linli.kit.keys.new_key, primary_key=True, serialize=False)),
                ("sealed", models.BinaryField()),
                ("deadline_at", models.DateTimeField()),
                ("court", models.CharField(blank=True, max_length=100)),
                ("wanted_by", models.JSONField(default=list)),
                ("applied_at", models.DateTimeField(blank=True, null=True)),
                (
                    "answer",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("accepted", "Accepted by the court"),
                            ("confirmed", "Confirmed by ruling"),
                            ("refused", "Refused by the court"),
                            ("withdrawn", "Application withdrawn"),
                        ],
                        max_length=10,
                    ),
                ),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "agreement",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="confirmation",
                        to="mediation.agreement",
                    ),
                ),
                (
                    "dispute",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="confirmations",
                        to="mediation.dispute",
                    ),
                ),
            ],
            options={
                "ordering": ["dispute", "deadline_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answer", ""), ("answered_at__isnull", True)),
                            models.Q(models.Q(("answer", ""), _negated=True), ("answered_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="an_answer_of_a_court_has_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("answer", ""), ("applied_at__isnull", False), _connector="OR"),
                        name="a_court_answers_what_was_applied_for",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Clock",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("screening", "Answer to the application"),
                            ("term", "Term of mediation"),
                            ("confirmation", "Joint application for judicial confirmation"),
                        ],
                        max_length=15,
                    ),
                ),
                ("started_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("is_provisional", models.BooleanField(default=False)),
                (
                    "unit",
                    models.CharField(
                        choices=[("month", "Months"), ("day", "Calendar days"), ("working_day", "Working days")],
                        max_length=15,
                    ),
                ),
                ("amount", models.PositiveSmallIntegerField()),
                ("source", models.CharField(max_length=200)),
                ("extension_asked_until", models.DateField(blank=True, null=True)),
                ("extension_consents", models.JSONField(default=list)),
                ("extended_until", models.DateField(blank=True, null=True)),
                ("extensions", models.PositiveSmallIntegerField(default=0)),
                ("stopped_at", models.DateTimeField(blank=True, null=True)),
                ("rung", models.PositiveSmallIntegerField(default=0)),
                ("next_at", models.DateTimeField(blank=True, null=True)),
                (
                    "dispute",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="clocks", to="mediation.dispute"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_at__isnull", False)),
                        fields=["next_at", "id"],
                        name="dispute_clocks_to_look_at",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("stopped_at__isnull", True)),
                        fields=("dispute", "kind"),
                        name="one_running_clock_per_dispute",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("next_at__isnull", True), ("stopped_at__isnull", True), _connector="OR"),
                        name="a_stopped_clock_warns_nobody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("due_at__gte", models.F("started_at"))),
                        name="a_dispute_clock_ends_after_it_starts",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CallBack",
            fields=[
                ("key", linli.kit.keys.KeyField(default=linli.kit.keys.new_key, primary_key=True, serialize=False)),
                ("sealed", models.BinaryField()),
                ("drawn_at", models.DateTimeField()),
                ("why", models.JSONField(default=list)),
                (
                    "result",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("verified", "Verified by call-back"),
                            ("not_verified", "Not verified"),
                            ("unreached", "Nobody reached"),
                        ],
                        max_length=15,
                    ),
                ),
                ("due_at", models.DateTimeField(blank=True, null=True)),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="call_backs", to="mediation.body"
                    ),
                ),
                (
                    "by",
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
                    "draw",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="call_backs",
                        to="mediation.callbackdraw",
                    ),
                ),
                (
                    "dispute",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="call_backs", to="mediation.dispute"
                    ),
                ),
            ],
            options={
                "ordering": ["dispute", "drawn_at", "key"],
                "constraints": [
                    models.UniqueConstraint(fields=("draw", "dispute"), name="called_back_once_per_draw"),
                    models.UniqueConstraint(
                        condition=models.Q(("done_at__isnull", True)),
                        fields=("dispute",),
                        name="one_call_back_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("done_at__isnull", True), ("result", "")),
                            models.Q(models.Q(("result", ""), _negated=True), ("done_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="a_call_back_done_has_a_result",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="agreement",
            name="dispute",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="agreements",
                to="mediation.dispute",
            ),
        ),
        migrations.CreateModel(
            name="FollowUp",
            fields=[
                ("key", linli.kit.keys.KeyField(default=linli.kit.keys.new_key, primary_key=True, serialize=False)),
                ("sealed", models.BinaryField()),
                (
                    "why",
                    models.CharField(
                        choices=[
                            ("in_force", "After it came into force"),
                            ("performed", "After all was performed"),
                            ("first_look", "After 90 days"),
                            ("last_look", "After 180 days"),
                        ],
                        max_length=15,
                    ),
                ),
                ("due_on", models.DateField()),
                ("told_at", models.DateTimeField(blank=True, null=True)),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                ("performed", models.BooleanField(blank=True, null=True)),
                ("satisfied", models.BooleanField(blank=True, null=True)),
                ("new_risk", models.BooleanField(default=False)),
                (
                    "by",
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
                    "dispute",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="follow_ups", to="mediation.dispute"
                    ),
                ),
            ],
            options={
                "ordering": ["dispute", "due_on", "key"],
                "indexes": [
                    models.Index(condition=models.Q(("done_at__isnull", True)), fields=["due_on"], name="visits_to_do"),
                    models.Index(
                        condition=models.Q(("done_at__isnull", True), ("told_at__isnull", True)),
                        fields=["due_on", "key"],
                        name="visits_to_tell",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("done_at__isnull", True), ("by__isnull", False), _connector="OR"),
                        name="a_visit_was_made_by_somebody",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Mediator",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("is_head", models.BooleanField(default=False)),
                ("skills", models.JSONField(blank=True, default=list)),
                ("languages", models.JSONField(blank=True, default=list)),
                ("from_on", models.DateField()),
                ("to_on", models.DateField(blank=True, null=True)),
                (
                    "body",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mediators",
                        to="mediation.body",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mediating",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["body", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("to_on__isnull", True)),
                        fields=("body", "person"),
                        name="mediates_once_in_a_body",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("to_on__isnull", True), ("to_on__gte", models.F("from_on")), _connector="OR"
                        ),
                        name="a_mediator_ends_after_they_start",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="NumberSeries",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("holder", models.CharField(max_length=60)),
                ("year", models.PositiveSmallIntegerField()),
                ("last", models.PositiveIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("holder", "year"), name="one_series_per_holder_and_year")
                ],
            },
        ),
        migrations.CreateModel(
            name="Party",
            fields=[
                ("key", linli.kit.keys.KeyField(default=linli.kit.keys.new_key, primary_key=True, serialize=False)),
                ("sealed", models.BinaryField()),
                ("position", models.PositiveSmallIntegerField()),
                (
                    "side",
                    models.CharField(
                        choices=[("applicant", "Applicant"), ("respondent", "Respondent"), ("third", "Third party")],
                        max_length=10,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("natural", "Natural person"),
                            ("legal", "Legal person"),
                            ("unincorporated", "Unincorporated organisation"),
                        ],
                        default="natural",
                        max_length=15,
                    ),
                ),
                ("mark", models.CharField(blank=True, max_length=64)),
                ("telephone_mark", models.CharField(blank=True, max_length=64)),
                ("speaks_for_group", models.BooleanField(default=False)),
                ("group_size", models.PositiveIntegerField(default=1)),
                (
                    "language",
                    models.CharField(
                        choices=[
                            ("mandarin", "Mandarin"),
                            ("cantonese", "Cantonese"),
                            ("leizhou", "Leizhou Min"),
                            ("hakka", "Hakka"),
                            ("english", "English, spoken"),
                            ("sign", "Sign language"),
                        ],
                        default="mandarin",
                        max_length=10,
                    ),
                ),
                (
                    "consent",
                    models.CharField(
                        choices=[
                            ("unasked", "Not asked yet"),
                            ("asked", "Has been asked"),
                            ("agreed", "Agrees to mediation"),
                            ("refused", "Refuses mediation"),
                        ],
                        default="unasked",
                        max_length=10,
                    ),
                ),
                ("consent_at", models.DateTimeField(blank=True, null=True)),
                (
                    "consent_way",
                    models.CharField(
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
                ("rights_told_at", models.DateTimeField(blank=True, null=True)),
                ("identity_seen_at", models.DateTimeField(blank=True, null=True)),
                ("secret_sha256", models.BinaryField(blank=True, null=True)),
                ("link_given_at", models.DateTimeField(blank=True, null=True)),
                ("left_at", models.DateTimeField(blank=True, null=True)),
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
                (
                    "dispute",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="parties",
                        to="mediation.dispute",
                    ),
                ),
                (
                    "identity_seen_by",
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
                "ordering": ["dispute", "position"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("mark", ""), _negated=True), fields=["mark"], name="parties_by_mark"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("dispute", "position"), name="one_party_per_place"),
                    models.UniqueConstraint(
                        condition=models.Q(("secret_sha256__isnull", False)),
                        fields=("secret_sha256",),
                        name="one_party_per_link",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("consent__in", ["agreed", "refused"]), _negated=True),
                            ("consent_at__isnull", False),
                            _connector="OR",
                        ),
                        name="a_consent_has_a_time",
                    ),
                    models.CheckConstraint(condition=models.Q(("group_size__gte", 1)), name="a_party_is_somebody"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Obligation",
            fields=[
                ("key", linli.kit.keys.KeyField(default=linli.kit.keys.new_key, primary_key=True, serialize=False)),
                ("sealed", models.BinaryField()),
                ("number", models.PositiveSmallIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("pay", "Pay money"),
                            ("deliver", "Hand over a thing"),
                            ("do", "Do something"),
                            ("refrain", "Leave something be"),
                            ("apologise", "Apologise"),
                        ],
                        max_length=10,
                    ),
                ),
                ("due_on", models.DateField(blank=True, null=True)),
                ("due_at", models.DateTimeField(blank=True, null=True)),
                (
                    "proof_kind",
                    models.CharField(
                        choices=[
                            ("word", "Word of who receives"),
                            ("receipt", "Signed receipt"),
                            ("transfer", "Bank transfer slip"),
                            ("photo", "Photograph"),
                        ],
                        default="word",
                        max_length=10,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("owed", "Still owed"),
                            ("claimed", "Said to be done"),
                            ("performed", "Performed"),
                            ("breached", "Not performed in time"),
                            ("waived", "Waived by who it was owed to"),
                        ],
                        default="owed",
                        max_length=10,
                    ),
                ),
                ("state_at", models.DateTimeField()),
                ("rung", models.PositiveSmallIntegerField(default=0)),
                ("next_at", models.DateTimeField(blank=True, null=True)),
                (
                    "agreement",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="obligations",
                        to="mediation.agreement",
                    ),
                ),
                (
                    "owed_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="owes",
                        to="mediation.party",
                    ),
                ),
                (
                    "owed_to",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="is_owed",
                        to="mediation.party",
                    ),
                ),
            ],
            options={
                "ordering": ["agreement", "number"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_at__isnull", False)),
                        fields=["next_at", "key"],
                        name="obligations_to_look_at",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("agreement", "number"), name="obligation_once_per_number"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("next_at__isnull", True),
                            models.Q(("state__in", ["performed", "waived"]), _negated=True),
                            _connector="OR",
                        ),
                        name="what_was_performed_reminds_nobody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Look",
            fields=[
                ("key", linli.kit.keys.KeyField(default=linli.kit.keys.new_key, primary_key=True, serialize=False)),
                ("sealed", models.BinaryField()),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("mediate", "To mediate it"),
                            ("screen", "To screen it"),
                            ("oversee", "To oversee the committee's work"),
                            ("complaint", "To answer a complaint"),
                            ("court", "For a court"),
                            ("archive", "To keep the dossier"),
                            ("call_back", "To call the parties back"),
                            ("own", "A party's own page"),
                        ],
                        max_length=10,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("until", models.DateTimeField()),
                (
                    "dispute",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="looks", to="mediation.dispute"
                    ),
                ),
                (
                    "person",
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
                    "party",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="mediation.party",
                    ),
                ),
                (
                    "revealed",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="mediation.party",
                    ),
                ),
            ],
            options={
                "ordering": ["dispute", "at", "key"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("party__isnull", True), ("person__isnull", False)),
                            models.Q(("party__isnull", False), ("person__isnull", True)),
                            _connector="OR",
                        ),
                        name="a_person_or_a_party_looks",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="IssuedPaper",
            fields=[
                ("key", linli.kit.keys.KeyField(default=linli.kit.keys.new_key, primary_key=True, serialize=False)),
                ("sealed", models.BinaryField()),
                ("file_sha256", models.CharField(blank=True, max_length=64)),
                ("file_size", models.PositiveBigIntegerField(default=0)),
                ("file_type", models.CharField(blank=True, max_length=40)),
                ("what", models.CharField(max_length=30)),
                ("content_sha256", models.CharField(max_length=64)),
                ("pdf_sha256", models.CharField(max_length=64)),
                ("docx_sha256", models.CharField(max_length=64)),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("mediate", "To mediate it"),
                            ("screen", "To screen it"),
                            ("oversee", "To oversee the committee's work"),
                            ("complaint", "To answer a complaint"),
                            ("court", "For a court"),
                            ("archive", "To keep the dossier"),
                            ("call_back", "To call the parties back"),
                            ("own", "A party's own page"),
                        ],
                        max_length=10,
                    ),
                ),
                ("made_at", models.DateTimeField()),
                ("is_bound", models.BooleanField(default=False)),
                (
                    "dispute",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="issued", to="mediation.dispute"
                    ),
                ),
                (
                    "made_by",
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
                    "party",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="mediation.party",
                    ),
                ),
            ],
            options={
                "ordering": ["dispute", "made_at", "key"],
                "indexes": [
                    models.Index(fields=["content_sha256"], name="issued_by_content"),
                    models.Index(fields=["pdf_sha256"], name="issued_by_pdf"),
                    models.Index(fields=["docx_sha256"], name="issued_by_docx"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_bound", True)), fields=("dispute",), name="bound_once_per_dispute"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_bound", False), models.Q(("file_sha256", ""), _negated=True), _connector="OR"
                        ),
                        name="a_bound_dossier_has_its_file",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("made_by__isnull", False), ("party__isnull", True)),
                            models.Q(("made_by__isnull", True), ("party__isnull", False)),
                            _connector="OR",
                        ),
                        name="a_person_or_a_party_takes_a_paper",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Evidence",
            fields=[
                ("key", linli.kit.keys.KeyField(default=linli.kit.keys.new_key, primary_key=True, serialize=False)),
                ("sealed", models.BinaryField()),
                ("file_sha256", models.CharField(blank=True, max_length=64)),
                ("file_size", models.PositiveBigIntegerField(default=0)),
                ("file_type", models.CharField(blank=True, max_length=40)),
                ("position", models.PositiveSmallIntegerField()),
                ("given_at", models.DateTimeField()),
                ("original_seen_at", models.DateTimeField(blank=True, null=True)),
                ("stances", models.JSONField(default=dict)),
                (
                    "dispute",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="evidence",
                        to="mediation.dispute",
                    ),
                ),
                (
                    "given_by",
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
                    "party",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="evidence",
                        to="mediation.party",
                    ),
                ),
            ],
            options={
                "ordering": ["dispute", "position"],
                "constraints": [
                    models.UniqueConstraint(fields=("dispute", "position"), name="evidence_once_per_place")
                ],
            },
        ),
        migrations.CreateModel(
            name="Companion",
            fields=[
                ("key", linli.kit.keys.KeyField(default=linli.kit.keys.new_key, primary_key=True, serialize=False)),
                ("sealed", models.BinaryField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("agent", "Agent with power of attorney"),
                            ("relative", "Relative"),
                            ("neighbour", "Neighbour"),
                            ("colleague", "Colleague"),
                            ("expert", "Expert"),
                            ("interpreter", "Interpreter"),
                        ],
                        max_length=15,
                    ),
                ),
                ("agreed_by", models.JSONField(default=list)),
                ("added_at", models.DateTimeField()),
                ("left_at", models.DateTimeField(blank=True, null=True)),
                (
                    "dispute",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="companions", to="mediation.dispute"
                    ),
                ),
                (
                    "party",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="companions",
                        to="mediation.party",
                    ),
                ),
            ],
            options={
                "ordering": ["dispute", "added_at", "key"],
            },
        ),
        migrations.CreateModel(
            name="Assignment",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "Proposed"),
                            ("asked", "Asked to take it on"),
                            ("accepted", "Has taken it on"),
                            ("declined", "Has declined"),
                            ("objected", "Objected to by a party"),
                            ("ended", "No longer"),
                        ],
                        default="proposed",
                        max_length=10,
                    ),
                ),
                (
                    "chosen",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("by_parties", "Chosen by the parties"),
                            ("proposed", "Chosen from three proposals"),
                            ("by_committee", "Named by the committee"),
                        ],
                        max_length=15,
                    ),
                ),
                ("reasons", models.JSONField(default=list)),
                ("load", models.PositiveIntegerField(default=0)),
                (
                    "interest",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("none", "None of these"),
                            ("relative", "Close relative of a party or its agent"),
                            ("stake", "Has an interest in the dispute"),
                            ("same_unit", "Same unit as a party"),
                            ("other", "Another tie that may influence"),
                        ],
                        max_length=10,
                    ),
                ),
                ("declared_at", models.DateTimeField(blank=True, null=True)),
                ("proposed_at", models.DateTimeField()),
                ("from_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "dispute",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="assignments", to="mediation.dispute"
                    ),
                ),
                (
                    "mediator",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assignments",
                        to="mediation.mediator",
                    ),
                ),
                (
                    "chosen_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="mediation.party",
                    ),
                ),
                (
                    "objected_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="mediation.party",
                    ),
                ),
            ],
            options={
                "ordering": ["dispute", "id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["asked", "accepted"])),
                        fields=["mediator", "dispute"],
                        name="disputes_of_a_mediator",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["asked", "accepted"])),
                        fields=("dispute",),
                        name="one_mediator_in_force",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("objected_by__isnull", False)),
                        fields=("objected_by",),
                        name="one_objection_per_party",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "accepted"), _negated=True),
                            models.Q(("declared_at__isnull", False), ("from_at__isnull", False), ("interest", "none")),
                            _connector="OR",
                        ),
                        name="a_mediator_has_declared_no_interest",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Proof",
            fields=[
                ("key", linli.kit.keys.KeyField(default=linli.kit.keys.new_key, primary_key=True, serialize=False)),
                ("sealed", models.BinaryField()),
                ("file_sha256", models.CharField(blank=True, max_length=64)),
                ("file_size", models.PositiveBigIntegerField(default=0)),
                ("file_type", models.CharField(blank=True, max_length=40)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("word", "Word of who receives"),
                            ("receipt", "Signed receipt"),
                            ("transfer", "Bank transfer slip"),
                            ("photo", "Photograph"),
                        ],
                        max_length=10,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                ("denied_at", models.DateTimeField(blank=True, null=True)),
                (
                    "by",
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
                    "by_party",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="mediation.party",
                    ),
                ),
                (
                    "obligation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="proofs", to="mediation.obligation"
                    ),
                ),
            ],
            options={
                "ordering": ["obligation", "at", "key"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmed_at__isnull", True), ("denied_at__isnull", True), _connector="OR"
                        ),
                        name="a_proof_has_one_answer",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Session",
            fields=[
                ("key", linli.kit.keys.KeyField(default=linli.kit.keys.new_key, primary_key=True, serialize=False)),
                ("sealed", models.BinaryField()),
                ("number", models.PositiveSmallIntegerField()),
                (
                    "manner",
                    models.CharField(
                        choices=[("together", "Face to face"), ("apart", "One side at a time"), ("inquiry", "Inquiry")],
                        default="together",
                        max_length=10,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "Session planned"),
                            ("held", "Session held"),
                            ("cancelled", "Session cancelled"),
                        ],
                        default="planned",
                        max_length=10,
                    ),
                ),
                ("planned_at", models.DateTimeField()),
                ("minutes", models.PositiveSmallIntegerField(default=60)),
                ("is_remote", models.BooleanField(default=False)),
                ("moved", models.PositiveSmallIntegerField(default=0)),
                ("began_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("present", models.JSONField(default=list)),
                ("audio_consents", models.JSONField(default=list)),
                ("has_audio", models.BooleanField(default=False)),
                ("entered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "dispute",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sessions",
                        to="mediation.dispute",
                    ),
                ),
            ],
            options={
                "ordering": ["dispute", "number"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "planned")), fields=["planned_at", "key"], name="sessions_to_come"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("dispute", "number"), name="session_once_per_number"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "held"), _negated=True),
                            models.Q(
                                ("began_at__isnull", False), ("ended_at__isnull", False), ("entered_at__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="held_sessions_have_their_times",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_at__isnull", True), ("ended_at__gte", models.F("began_at")), _connector="OR"
                        ),
                        name="a_session_ends_after_it_began",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Record",
            fields=[
                ("key", linli.kit.keys.KeyField(default=linli.kit.keys.new_key, primary_key=True, serialize=False)),
                ("sealed", models.BinaryField()),
                ("version", models.PositiveSmallIntegerField()),
                ("text_sha256", models.CharField(max_length=64)),
                ("written_at", models.DateTimeField()),
                ("read_by", models.JSONField(default=list)),
                (
                    "written_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="records",
                        to="mediation.session",
                    ),
                ),
            ],
            options={
                "ordering": ["session", "version"],
                "constraints": [models.UniqueConstraint(fields=("session", "version"), name="record_once_per_version")],
            },
        ),
        migrations.CreateModel(
            name="Note",
            fields=[
                ("key", linli.kit.keys.KeyField(default=linli.kit.keys.new_key, primary_key=True, serialize=False)),
                ("sealed", models.BinaryField()),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "dispute",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="notes", to="mediation.dispute"
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notes",
                        to="mediation.session",
                    ),
                ),
            ],
            options={
                "ordering": ["dispute", "at", "key"],
            },
        ),
        migrations.CreateModel(
            name="Signature",
            fields=[
                ("key", linli.kit.keys.KeyField(default=linli.kit.keys.new_key, primary_key=True, serialize=False)),
                ("sealed", models.BinaryField()),
                ("file_sha256", models.CharField(blank=True, max_length=64)),
                ("file_size", models.PositiveBigIntegerField(default=0)),
                ("file_type", models.CharField(blank=True, max_length=40)),
                (
                    "way",
                    models.CharField(
                        choices=[
                            ("phone", "On their own phone"),
                            ("paper", "On paper, scanned"),
                            ("fingerprint", "By fingerprint on paper, scanned"),
                        ],
                        max_length=12,
                    ),
                ),
                ("image_mark", models.CharField(blank=True, max_length=64)),
                ("stroke_count", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("timing_varies", models.BooleanField(blank=True, null=True)),
                ("signed_at", models.DateTimeField()),
                ("text_sha256", models.CharField(max_length=64)),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="signatures", to="mediation.agreement"
                    ),
                ),
                (
                    "mediator",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="mediation.mediator",
                    ),
                ),
                (
                    "party",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signatures",
                        to="mediation.party",
                    ),
                ),
            ],
            options={
                "ordering": ["agreement", "signed_at", "key"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("image_mark", ""), _negated=True),
                        fields=["image_mark"],
                        name="signatures_by_mark",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("party__isnull", False)),
                        fields=("agreement", "party"),
                        name="signed_once_per_party",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("mediator__isnull", False)),
                        fields=("agreement", "mediator"),
                        name="signed_once_per_mediator",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("mediator__isnull", True), ("party__isnull", False)),
                            models.Q(("mediator__isnull", False), ("party__isnull", True)),
                            _connector="OR",
                        ),
                        name="a_party_or_a_mediator_signs",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TermRule",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "code",
                    models.CharField(
                        choices=[
                            ("screening", "Answer to the application"),
                            ("mediation", "Term of mediation"),
                            ("confirmation", "Joint application for judicial confirmation"),
                            ("court_accepts", "The court decides whether it accepts"),
                            ("court_decides", "The court decides"),
                            ("court_extends", "The court takes longer to decide"),
                            ("follow_up", "Follow-up visit"),
                            ("call_back", "Call-back by another unit"),
                            ("retention", "Keeping the dossier"),
                        ],
                        max_length=20,
                    ),
                ),
                ("version", models.PositiveSmallIntegerField()),
                (
                    "unit",
                    models.CharField(
                        choices=[("month", "Months"), ("day", "Calendar days"), ("working_day", "Working days")],
                        max_length=15,
                    ),
                ),
                ("amount", models.PositiveSmallIntegerField()),
                ("source", models.CharField(max_length=200)),
                ("valid_from", models.DateField()),
                ("set_at", models.DateTimeField()),
                (
                    "area",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="areas.area"
                    ),
                ),
                (
                    "set_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["code", "area", "version"],
                "constraints": [
                    models.UniqueConstraint(fields=("code", "area", "version"), name="term_once_per_version"),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gte", 1), ("version__gte", 1)), name="a_term_has_a_length"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("source", ""), _negated=True), name="a_term_names_its_source"
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="agreement",
            index=models.Index(
                condition=models.Q(("effective_at__isnull", False)),
                fields=["effective_at", "dispute"],
                name="agreements_by_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.UniqueConstraint(fields=("dispute", "version"), name="agreement_once_per_version"),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "in_force")), fields=("dispute",), name="one_agreement_in_force"
            ),
        ),
    ]
