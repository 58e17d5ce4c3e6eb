import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import linli.kit.keys


# All that was changed before the first release, in one step; a home that has taken the last of these goes on from there.
class Migration(migrations.Migration):
    replaces = [
        ("notices", "0001_initial"),
        ("notices", "0002_decisions_held_by_channel"),
        ("notices", "0003_channel_installation"),
    ]

    initial = True

    dependencies = [
        ("areas", "0001_initial"),
        ("events", "0001_squashed"),
        ("journal", "0001_initial"),
        ("people", "0001_initial"),
        ("people", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="Follower",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.JSONField(default=dict)),
                ("notices", models.PositiveBigIntegerField(default=0)),
                ("in_inbox_alone", models.PositiveBigIntegerField(default=0)),
                ("with_channels", models.PositiveBigIntegerField(default=0)),
                ("decided", models.PositiveBigIntegerField(default=0)),
                ("forgotten", models.PositiveBigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Channel",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("key", linli.kit.keys.KeyField(default=linli.kit.keys.new_key, unique=True)),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="channels",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "area",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="areas.area",
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
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("web_push", "This browser"),
                            ("mail", "E-mail"),
                            ("sms", "Text message"),
                            ("wecom", "WeCom robot"),
                            ("dingtalk", "DingTalk robot"),
                            ("feishu", "Feishu robot"),
                        ],
                        max_length=10,
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=60)),
                ("sealed", models.BinaryField()),
                ("mark", models.CharField(max_length=64)),
                ("groups", models.JSONField(default=list)),
                ("bundle_minutes", models.PositiveSmallIntegerField()),
                ("most_an_hour", models.PositiveSmallIntegerField()),
                ("is_on", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField()),
                ("verified_at", models.DateTimeField(blank=True, null=True)),
                ("code_asked_at", models.DateTimeField(blank=True, null=True)),
                ("installation", linli.kit.keys.KeyField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("closed_at__isnull", True)), fields=["person"], name="channels_of_person"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("area__isnull", True), ("department__isnull", True), ("person__isnull", False)),
                            models.Q(("area__isnull", False), ("department__isnull", True), ("person__isnull", True)),
                            models.Q(("area__isnull", True), ("department__isnull", False), ("person__isnull", True)),
                            _connector="OR",
                        ),
                        name="a_channel_has_one_owner",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at__isnull", True)),
                        fields=("person", "kind", "mark"),
                        name="channel_once_per_address",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("key", linli.kit.keys.KeyField(default=linli.kit.keys.new_key, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("web_push", "This browser"),
                            ("mail", "E-mail"),
                            ("sms", "Text message"),
                            ("wecom", "WeCom robot"),
                            ("dingtalk", "DingTalk robot"),
                            ("feishu", "Feishu robot"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("notices", "Notices"),
                            ("code", "A code that confirms the channel"),
                            ("test", "A test"),
                            ("reporter", "A message to a reporter"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "channel",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deliveries",
                        to="notices.channel",
                    ),
                ),
                (
                    "reporter_message",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="delivery",
                        to="events.reportermessage",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("sending", "Being sent"),
                            ("delivered", "Delivered"),
                            ("unknown", "No answer known"),
                            ("failed", "Failed"),
                            ("dropped", "Not needed any more"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("made_at", models.DateTimeField()),
                ("due_at", models.DateTimeField(blank=True, null=True)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("repeats", models.PositiveSmallIntegerField(default=0)),
                ("why", models.CharField(blank=True, max_length=60)),
                ("took_ms", models.PositiveIntegerField(blank=True, null=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)), fields=["kind", "due_at"], name="notices_due"
                    ),
                    models.Index(fields=["channel", "-id"], name="notices_of_channel"),
                    models.Index(
                        condition=models.Q(("finished_at__isnull", False)),
                        fields=["finished_at"],
                        name="notices_finished",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("due_at__isnull", False),
                                ("finished_at__isnull", True),
                                ("state__in", ["sending", "waiting"]),
                            ),
                            models.Q(
                                models.Q(("state__in", ["sending", "waiting"]), _negated=True),
                                ("due_at__isnull", True),
                                ("finished_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="unfinished_notices_are_due",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("channel__isnull", True), ("purpose", "reporter"), ("reporter_message__isnull", False)
                            ),
                            models.Q(
                                models.Q(("purpose", "reporter"), _negated=True),
                                ("channel__isnull", False),
                                ("reporter_message__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="a_delivery_goes_to_somebody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "entry",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="journal.entry",
                    ),
                ),
                (
                    "channel",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="notices.channel",
                    ),
                ),
                (
                    "group",
                    models.CharField(
                        choices=[
                            ("to_do", "Something for me to do"),
                            ("due", "Due soon or overdue"),
                            ("mentions", "I am mentioned"),
                            ("supervised", "Supervised or handed up"),
                            ("closed", "Verified or closed"),
                            ("other", "Everything else"),
                        ],
                        max_length=10,
                    ),
                ),
                ("is_pressing", models.BooleanField(default=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("held", "Waits to go out"),
                            ("given", "Went into a delivery"),
                            ("skipped", "Not sent"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "why",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("not_wanted", "this sort was not chosen for it"),
                            ("off", "the channel is off"),
                            ("not_verified", "the channel was never confirmed"),
                            ("read", "read in the inbox before"),
                            ("closed", "the channel was removed"),
                            ("left", "the person does not work here any more"),
                        ],
                        max_length=20,
                    ),
                ),
                ("made_at", models.DateTimeField()),
                ("due_at", models.DateTimeField(blank=True, null=True)),
                (
                    "delivery",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="notices.delivery",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)),
                        fields=["due_at", "channel"],
                        name="decisions_held",
                    ),
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)),
                        fields=["channel"],
                        name="decisions_held_by_channel",
                    ),
                    models.Index(
                        condition=models.Q(("delivery__isnull", False)),
                        fields=["delivery"],
                        name="decisions_of_delivery",
                    ),
                    models.Index(
                        condition=models.Q(("state", "skipped")), fields=["made_at"], name="decisions_skipped"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("channel", "entry"), name="decided_once_per_notice"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("delivery__isnull", True), ("due_at__isnull", False), ("state", "held"), ("why", "")
                            ),
                            models.Q(
                                ("delivery__isnull", False), ("due_at__isnull", True), ("state", "given"), ("why", "")
                            ),
                            models.Q(
                                ("delivery__isnull", True),
                                ("due_at__isnull", True),
                                ("state", "skipped"),
                                models.Q(("why", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="a_decision_is_one_thing",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="QuietHours",
            fields=[
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="quiet_hours",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("from_time", models.TimeField(blank=True, null=True)),
                ("to_time", models.TimeField(blank=True, null=True)),
                ("on_days_off", models.BooleanField(default=False)),
                ("lets_pressing", models.BooleanField(default=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("from_time__isnull", True), ("to_time__isnull", True)),
                            models.Q(("from_time__isnull", False), ("to_time__isnull", False)),
                            _connector="OR",
                        ),
                        name="quiet_hours_begin_and_end",
                    )
                ],
            },
        ),
    ]
