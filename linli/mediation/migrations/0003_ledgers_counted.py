"""What the ledgers count ahead, and the limits of open disputes in their order."""

from django.db import migrations, models

import linli.kit.keys


class Migration(migrations.Migration):
    dependencies = [("mediation", "0002_words_and_sound")]

    operations = [
        migrations.CreateModel(
            name="CountedDispute",
            fields=[
                ("dispute", linli.kit.keys.KeyField(primary_key=True, serialize=False)),
                ("area", models.CharField(max_length=30)),
                ("kind", models.CharField(max_length=2)),
                ("items", models.JSONField(default=list)),
                ("took", models.JSONField(default=list)),
                ("next_at", models.DateTimeField(null=True)),
                ("is_called_again", models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name="LedgerCell",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("grain", models.CharField(max_length=4)),
                ("area", models.CharField(max_length=30)),
                ("day", models.DateField()),
                ("kind", models.CharField(max_length=2)),
                ("registered", models.IntegerField(default=0)),
                ("screened_in", models.IntegerField(default=0)),
                ("engaged", models.IntegerField(default=0)),
                ("heard", models.IntegerField(default=0)),
                ("agreed", models.IntegerField(default=0)),
                ("performed", models.IntegerField(default=0)),
                ("over_90", models.IntegerField(default=0)),
                ("held_90", models.IntegerField(default=0)),
                ("over_180", models.IntegerField(default=0)),
                ("held_180", models.IntegerField(default=0)),
                ("not_accepted", models.IntegerField(default=0)),
                ("accepted", models.IntegerField(default=0)),
                ("closed", models.IntegerField(default=0)),
                ("concluded", models.IntegerField(default=0)),
                ("settled", models.IntegerField(default=0)),
                ("failed", models.IntegerField(default=0)),
                ("within_30", models.IntegerField(default=0)),
                ("agreements", models.IntegerField(default=0)),
                ("settled_90", models.IntegerField(default=0)),
                ("kept_90", models.IntegerField(default=0)),
                ("settled_180", models.IntegerField(default=0)),
                ("kept_180", models.IntegerField(default=0)),
                ("confirmable", models.IntegerField(default=0)),
                ("applied", models.IntegerField(default=0)),
                ("applied_in_time", models.IntegerField(default=0)),
                ("confirmed", models.IntegerField(default=0)),
                ("due", models.IntegerField(default=0)),
                ("done_in_time", models.IntegerField(default=0)),
                ("done_late", models.IntegerField(default=0)),
                ("waived", models.IntegerField(default=0)),
                ("not_done", models.IntegerField(default=0)),
                ("called", models.IntegerField(default=0)),
                ("verified", models.IntegerField(default=0)),
                ("not_verified", models.IntegerField(default=0)),
                ("unreached", models.IntegerField(default=0)),
                ("open", models.IntegerField(default=0)),
                ("in_mediation", models.IntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="LedgerFollower",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("place", models.JSONField(default=dict)),
                ("version", models.PositiveBigIntegerField(default=0)),
                ("counted_at", models.DateTimeField(null=True)),
                ("edition", models.TextField(blank=True)),
                ("walked_to", linli.kit.keys.KeyField(null=True)),
                ("is_walking", models.BooleanField(default=True)),
                ("compared_on", models.DateField(null=True)),
                ("compared_to", models.CharField(blank=True, max_length=30)),
                ("differing", models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="LedgerHours",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("grain", models.CharField(max_length=4)),
                ("area", models.CharField(max_length=30)),
                ("day", models.DateField()),
                ("stretch", models.CharField(max_length=20)),
                ("hours", models.JSONField(default=list)),
            ],
        ),
        migrations.AddIndex(
            model_name="dispute",
            index=models.Index(
                condition=models.Q(("ended_at__isnull", True), ("due_at__isnull", False)),
                fields=["due_at", "area"],
                name="open_disputes_by_limit",
            ),
        ),
        migrations.AddIndex(
            model_name="counteddispute",
            index=models.Index(
                condition=models.Q(("next_at__isnull", False)), fields=["next_at"], name="counted_disputes_to_come"
            ),
        ),
        migrations.AddIndex(
            model_name="counteddispute",
            index=models.Index(
                condition=models.Q(("is_called_again", True)), fields=["area"], name="counted_disputes_called"
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgercell",
            constraint=models.UniqueConstraint(
                fields=("grain", "area", "day", "kind"), name="one_ledger_cell_of_a_kind"
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgerhours",
            constraint=models.UniqueConstraint(
                fields=("grain", "area", "day", "stretch"), name="one_of_ledger_hours_of_a_stretch"
            ),
        ),
    ]
