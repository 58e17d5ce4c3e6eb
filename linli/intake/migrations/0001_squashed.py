import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import linli.kit.keys


# All that was changed before the first release, in one step; a home that has taken the last of these goes on from there.
class Migration(migrations.Migration):
    replaces = [
        ("intake", "0001_api_keys"),
        ("intake", "0002_sendings"),
        ("intake", "0003_kept_reports"),
        ("intake", "0004_devices"),
        ("intake", "0005_uploads"),
        ("intake", "0006_webhooks"),
        ("intake", "0007_bulk_and_mail"),
        ("intake", "0008_kept_emptied_at"),
        ("intake", "0009_phone_acts"),
        ("intake", "0010_device_queue"),
        ("intake", "0011_device_remind_at"),
        ("intake", "0012_remind_of_queues_that_stand"),
    ]

    initial = True

    dependencies = [
        ("areas", "0001_initial"),
        ("events", "0001_squashed"),
        ("journal", "0001_initial"),
        ("people", "__first__"),
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
                        choices=[
                            ("person", "Person"),
                            ("key", "Another system"),
                            ("hook", "Another system, by webhook"),
                            ("public", "Resident"),
                        ],
                        max_length=10,
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
                        choices=[
                            ("waiting", "Kept"),
                            ("held", "Waits for what belongs to it"),
                            ("digested", "Taken in"),
                            ("set_aside", "Set aside"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("reason", models.JSONField(null=True)),
                ("digested_at", models.DateTimeField(null=True)),
                ("emptied_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("digested_at__isnull", True)),
                        fields=["state", "id", "digested_at"],
                        name="kept_to_digest",
                    ),
                    models.Index(
                        condition=models.Q(("digested_at__isnull", False), ("emptied_at__isnull", True)),
                        fields=["digested_at"],
                        name="kept_to_empty",
                    ),
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
        migrations.CreateModel(
            name="MailApart",
            fields=[
                ("id", linli.kit.keys.KeyField(default=linli.kit.keys.new_key, primary_key=True, serialize=False)),
                ("message", linli.kit.keys.KeyField(unique=True)),
                ("mailbox", models.CharField(max_length=200)),
                ("area", models.CharField(max_length=30)),
                ("reason", models.CharField(max_length=20)),
                ("set_apart_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Pusher",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", linli.kit.keys.KeyField(default=linli.kit.keys.new_key, unique=True)),
                ("sealed_secret", models.BinaryField()),
                ("sealed_old_secret", models.BinaryField(default=bytes)),
                ("old_until", models.DateTimeField(blank=True, null=True)),
                ("name", models.CharField(max_length=40)),
                ("title", models.CharField(max_length=60)),
                (
                    "area",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="areas.area"
                    ),
                ),
                (
                    "scheme",
                    models.CharField(
                        choices=[("standard", "Standard Webhooks"), ("github", "X-Hub-Signature-256 (GitHub)")],
                        default="standard",
                        max_length=10,
                    ),
                ),
                ("mapping", models.TextField()),
                (
                    "standing",
                    models.CharField(
                        choices=[
                            ("active", "In use"),
                            ("paused", "Paused"),
                            ("gone", "Ended by the receiver"),
                            ("closed", "Closed"),
                        ],
                        default="active",
                        max_length=10,
                    ),
                ),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["name", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("standing", "closed"), _negated=True),
                        fields=("name",),
                        name="open_pusher_name_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Arrival",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "pusher",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="arrivals",
                        to="intake.pusher",
                    ),
                ),
                ("at", models.DateTimeField()),
                ("message_id", models.CharField(blank=True, max_length=100)),
                ("status", models.PositiveSmallIntegerField()),
                ("code", models.CharField(blank=True, max_length=40)),
                ("kept", linli.kit.keys.KeyField(null=True)),
            ],
            options={
                "ordering": ["-pk"],
                "indexes": [models.Index(fields=["pusher", "-id"], name="arrival_log")],
            },
        ),
        migrations.CreateModel(
            name="Subscription",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", linli.kit.keys.KeyField(default=linli.kit.keys.new_key, unique=True)),
                ("sealed_secret", models.BinaryField()),
                ("sealed_old_secret", models.BinaryField(default=bytes)),
                ("old_until", models.DateTimeField(blank=True, null=True)),
                ("name", models.CharField(max_length=60)),
                ("address", models.CharField(max_length=500)),
                (
                    "area",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="areas.area"
                    ),
                ),
                ("groups", models.JSONField(default=list)),
                (
                    "standing",
                    models.CharField(
                        choices=[
                            ("active", "In use"),
                            ("paused", "Paused"),
                            ("gone", "Ended by the receiver"),
                            ("closed", "Closed"),
                        ],
                        default="active",
                        max_length=10,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("position", models.PositiveBigIntegerField(default=0)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("rest_until", models.DateTimeField(blank=True, null=True)),
                ("last_success_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["name", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("standing", "closed"), _negated=True),
                        fields=("name",),
                        name="open_subscription_name_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Upload",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "kept",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="uploads",
                        to="intake.kept",
                    ),
                ),
                ("sha256", models.CharField(max_length=64)),
                ("size", models.PositiveBigIntegerField()),
                ("media_type", models.CharField(blank=True, max_length=60)),
                ("received", models.PositiveBigIntegerField(default=0)),
                (
                    "state",
                    models.CharField(
                        choices=[("coming", "Coming"), ("received", "Received"), ("refused", "Refused")],
                        default="coming",
                        max_length=10,
                    ),
                ),
                ("reason", models.JSONField(null=True)),
                ("found", models.JSONField(null=True)),
                ("changed_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("settled_at__isnull", True)),
                        fields=["state", "id"],
                        name="uploads_to_settle",
                    )
                ],
                "constraints": [models.UniqueConstraint(fields=("kept", "sha256"), name="upload_once_per_report")],
            },
        ),
        migrations.CreateModel(
            name="ApiKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60)),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("open311", "Open311"),
                            ("intake", "Reports from devices and systems"),
                            ("api", "Programming interface"),
                        ],
                        max_length=10,
                    ),
                ),
                ("sha256", models.CharField(max_length=64, unique=True)),
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
                ("created_at", models.DateTimeField()),
                ("last_used_on", models.DateField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["name", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("revoked_at__isnull", True)), fields=("name",), name="valid_key_name_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Sending",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "key",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="intake.apikey",
                    ),
                ),
                ("digest", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                (
                    "event",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="events.event"
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
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("key", "digest"), name="sending_once_per_key")],
            },
        ),
        migrations.CreateModel(
            name="Device",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="devices", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("installation", linli.kit.keys.KeyField()),
                ("name", models.CharField(blank=True, max_length=60)),
                ("sha256", models.CharField(max_length=64, unique=True)),
                ("session", models.CharField(blank=True, max_length=40)),
                ("created_at", models.DateTimeField()),
                ("last_used_on", models.DateField()),
                ("waiting", models.PositiveIntegerField(blank=True, null=True)),
                ("tries", models.PositiveIntegerField(blank=True, null=True)),
                ("app", models.CharField(blank=True, max_length=20)),
                ("waits_since", models.DateField(blank=True, null=True)),
                ("grown_on", models.DateField(blank=True, null=True)),
                ("remind_at", models.DateTimeField(blank=True, null=True)),
                ("reminded_on", models.DateField(blank=True, null=True)),
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
            ],
            options={
                "ordering": ["pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("waiting__gt", 0)), fields=["remind_at"], name="phones_to_remind_of"
                    )
                ],
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
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("grown_on__isnull", True), ("waits_since__isnull", True)),
                            ("grown_on__gte", models.F("waits_since")),
                            _connector="OR",
                        ),
                        name="a_queue_grows_after_it_begins",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportRun",
            fields=[
                ("id", linli.kit.keys.KeyField(default=linli.kit.keys.new_key, primary_key=True, serialize=False)),
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
                    "area",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="areas.area"
                    ),
                ),
                ("file_name", models.CharField(max_length=120)),
                ("map_name", models.CharField(blank=True, max_length=120)),
                ("map_text", models.TextField(blank=True)),
                ("source", models.CharField(blank=True, max_length=40)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("sent", "Sent"),
                            ("looking", "Being tried"),
                            ("looked", "Tried"),
                            ("running", "Being brought in"),
                            ("done", "Brought in"),
                            ("cancelled", "Cancelled"),
                            ("failed", "Cannot be brought in"),
                        ],
                        default="sent",
                        max_length=10,
                    ),
                ),
                ("rows", models.PositiveIntegerField(default=0)),
                ("rows_read", models.PositiveIntegerField(default=0)),
                ("new", models.PositiveIntegerField(default=0)),
                ("known", models.PositiveIntegerField(default=0)),
                ("refused", models.PositiveIntegerField(default=0)),
                ("refused_bytes", models.PositiveBigIntegerField(default=0)),
                ("reasons", models.JSONField(default=dict)),
                ("first_refused", models.JSONField(default=list)),
                ("notes", models.JSONField(default=dict)),
                ("problem", models.JSONField(null=True)),
                ("claimed_by", models.CharField(blank=True, max_length=32)),
                ("claimed_until", models.DateTimeField(null=True)),
                ("sent_at", models.DateTimeField()),
                ("begun_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["-id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ("looking", "running"))),
                        fields=["state", "id"],
                        name="import_at_work",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PhoneAct",
            fields=[
                (
                    "kept",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="act",
                        serialize=False,
                        to="intake.kept",
                    ),
                ),
                ("report", linli.kit.keys.KeyField(null=True)),
                (
                    "event",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="events.event",
                    ),
                ),
                (
                    "waits_for",
                    models.CharField(
                        blank=True, choices=[("report", "its report"), ("photos", "its photos")], max_length=10
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[("done", "Done"), ("noted", "Kept as a note"), ("refused", "Refused")],
                        max_length=10,
                    ),
                ),
                ("reason", models.JSONField(null=True)),
                ("has_note", models.BooleanField(default=False)),
                (
                    "meanwhile",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="journal.entry",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("outcome", "")), fields=["report"], name="acts_that_wait")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("outcome", ""), ("waits_for", ""), _connector="OR"),
                        name="ended_acts_wait_for_nothing",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome__in", ("done", "noted")), _negated=True),
                            ("event__isnull", False),
                            _connector="OR",
                        ),
                        name="acts_taken_in_name_a_matter",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Attempt",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("unknown", "no answer known"),
                            ("answered", "answered"),
                            ("not_reached", "not reached"),
                            ("no_name", "the name of the host is not known"),
                            ("forbidden", "an address that may not be reached from here"),
                            ("not_safe", "no trusted certificate"),
                            ("garbled", "answered with no HTTP"),
                        ],
                        default="unknown",
                        max_length=20,
                    ),
                ),
                ("status", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("took_ms", models.PositiveIntegerField(blank=True, null=True)),
                ("words", models.TextField(blank=True)),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("message_id", linli.kit.keys.KeyField(unique=True)),
                (
                    "subscription",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deliveries",
                        to="intake.subscription",
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
                ("verb", models.CharField(max_length=60)),
                ("on_key", models.CharField(blank=True, max_length=40)),
                ("number", models.CharField(blank=True, max_length=40)),
                ("body", models.TextField()),
                ("made_at", models.DateTimeField()),
                ("wanted_since", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("unknown", "No answer known"),
                            ("delivered", "Delivered"),
                            ("given_up", "Given up"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("due_at", models.DateTimeField(null=True)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                (
                    "attempt",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="intake.attempt",
                    ),
                ),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(fields=["subscription", "state", "-id"], name="delivery_log"),
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)),
                        fields=["due_at", "subscription"],
                        name="delivery_due",
                    ),
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)),
                        fields=["subscription", "on_key", "id", "due_at"],
                        name="delivery_order",
                    ),
                    models.Index(
                        condition=models.Q(("finished_at__isnull", False)),
                        fields=["finished_at"],
                        name="delivery_finished",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("entry__isnull", False)),
                        fields=("subscription", "entry"),
                        name="delivery_once_per_act",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("due_at__isnull", False), ("state__in", ["unknown", "waiting"])),
                            models.Q(
                                models.Q(("state__in", ["unknown", "waiting"]), _negated=True), ("due_at__isnull", True)
                            ),
                            _connector="OR",
                        ),
                        name="unfinished_deliveries_are_due",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="attempt",
            name="delivery",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="attempts", to="intake.delivery"
            ),
        ),
    ]
