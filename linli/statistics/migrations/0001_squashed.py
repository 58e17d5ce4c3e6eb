import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import linli.kit.keys


# All that was changed before the first release, in one step; a home that has taken the last of these goes on from there.
class Migration(migrations.Migration):
    replaces = [("statistics", "0001_counters"), ("statistics", "0002_closed_in_time"), ("statistics", "0003_official")]

    initial = True

    dependencies = [
        ("areas", "0001_initial"),
        ("people", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="Difference",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("found_at", models.DateTimeField()),
                ("kind", models.CharField(max_length=6)),
                ("area", models.CharField(max_length=30)),
                ("facet", models.CharField(blank=True, max_length=40)),
                ("day", models.CharField(blank=True, max_length=10)),
                ("column", models.CharField(max_length=40)),
                ("stored", models.BigIntegerField()),
                ("recounted", models.BigIntegerField()),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="Follower",
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
            ],
        ),
        migrations.CreateModel(
            name="Cell",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=6)),
                ("area", models.CharField(max_length=30)),
                ("facet", models.CharField(blank=True, max_length=40)),
                ("day", models.DateField()),
                ("reported", models.IntegerField(default=0)),
                ("accepted", models.IntegerField(default=0)),
                ("reopened", models.IntegerField(default=0)),
                ("reworked", models.IntegerField(default=0)),
                ("bounced", models.IntegerField(default=0)),
                ("bounced_again", models.IntegerField(default=0)),
                ("without_limit", models.IntegerField(default=0)),
                ("due", models.IntegerField(default=0)),
                ("in_time", models.IntegerField(default=0)),
                ("late", models.IntegerField(default=0)),
                ("due_closed", models.IntegerField(default=0)),
                ("due_open", models.IntegerField(default=0)),
                ("due_otherwise", models.IntegerField(default=0)),
                ("extended", models.IntegerField(default=0)),
                ("closed", models.IntegerField(default=0)),
                ("closed_in_time", models.IntegerField(default=0)),
                ("rejected", models.IntegerField(default=0)),
                ("voided", models.IntegerField(default=0)),
                ("referred_out", models.IntegerField(default=0)),
                ("in_mediation", models.IntegerField(default=0)),
                ("merged", models.IntegerField(default=0)),
                ("taken_back", models.IntegerField(default=0)),
                ("asked", models.IntegerField(default=0)),
                ("answered", models.IntegerField(default=0)),
                ("satisfied", models.IntegerField(default=0)),
                ("partly", models.IntegerField(default=0)),
                ("not_satisfied", models.IntegerField(default=0)),
                ("unknown", models.IntegerField(default=0)),
                ("no_answer", models.IntegerField(default=0)),
                ("open", models.IntegerField(default=0)),
                ("overdue", models.IntegerField(default=0)),
                ("paused", models.IntegerField(default=0)),
                ("valid", models.IntegerField(default=0)),
                ("turned_away", models.IntegerField(default=0)),
                ("withdrawn", models.IntegerField(default=0)),
                ("duplicate", models.IntegerField(default=0)),
                ("passed_on", models.IntegerField(default=0)),
                ("filed", models.IntegerField(default=0)),
                ("sent", models.IntegerField(default=0)),
                ("ended_once", models.IntegerField(default=0)),
                ("to_dispatch", models.IntegerField(default=0)),
                ("dispatched_in_time", models.IntegerField(default=0)),
                ("to_handle", models.IntegerField(default=0)),
                ("handled", models.IntegerField(default=0)),
                ("handled_in_time", models.IntegerField(default=0)),
                ("unhandled", models.IntegerField(default=0)),
                ("handle_extended", models.IntegerField(default=0)),
                ("due_reworked", models.IntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "area", "facet", "day"), name="one_cell_of_a_kind")
                ],
            },
        ),
        migrations.CreateModel(
            name="Counted",
            fields=[
                ("event", linli.kit.keys.KeyField(primary_key=True, serialize=False)),
                ("area", models.CharField(max_length=30)),
                ("category", models.BigIntegerField(null=True)),
                ("department", models.CharField(max_length=40, null=True)),
                ("reported_on", models.DateField()),
                ("due_at", models.DateTimeField(null=True)),
                ("due_on", models.DateField(null=True)),
                ("dispatch_at", models.DateTimeField(null=True)),
                ("dispatch_on", models.DateField(null=True)),
                ("ended_on", models.DateField(null=True)),
                ("bits", models.BigIntegerField()),
                ("took", models.JSONField(default=list)),
                ("x", models.IntegerField(null=True)),
                ("y", models.IntegerField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)),
                        fields=["due_at", "area"],
                        name="counted_by_limit",
                    ),
                    models.Index(
                        condition=models.Q(("dispatch_at__isnull", False)),
                        fields=["dispatch_at", "area"],
                        name="counted_by_dispatch_limit",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MapCell",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("zoom", models.SmallIntegerField()),
                ("month", models.CharField(blank=True, max_length=6)),
                ("x", models.IntegerField()),
                ("y", models.IntegerField()),
                ("area", models.CharField(max_length=30)),
                ("reported", models.IntegerField(default=0)),
                ("open", models.IntegerField(default=0)),
            ],
            options={
                "indexes": [models.Index(fields=["area"], name="map_cells_of_area")],
                "constraints": [
                    models.UniqueConstraint(fields=("zoom", "month", "x", "y", "area"), name="one_map_cell_of_an_area")
                ],
            },
        ),
        migrations.CreateModel(
            name="OfficialSeries",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("indicator", models.CharField(max_length=100)),
                (
                    "area",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="areas.area"
                    ),
                ),
                ("unit", models.CharField(max_length=30)),
                ("source", models.CharField(max_length=200)),
                ("figure", models.CharField(blank=True, max_length=30)),
            ],
            options={
                "ordering": ["area", "indicator", "source", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("area", "indicator", "unit", "source"), name="one_official_series_of_a_name"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="OfficialValue",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "series",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="values",
                        to="statistics.officialseries",
                    ),
                ),
                ("first_on", models.DateField()),
                ("last_on", models.DateField()),
                ("value", models.DecimalField(decimal_places=4, max_digits=20)),
                ("change_percent", models.DecimalField(blank=True, decimal_places=2, max_digits=9, null=True)),
                ("published_on", models.DateField()),
                ("note", models.CharField(blank=True, max_length=300)),
                (
                    "imported_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("imported_at", models.DateTimeField()),
                ("replaced_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["series", "-last_on", "-first_on", "-id"],
                "indexes": [models.Index(fields=["series", "first_on", "last_on"], name="official_versions")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("replaced_at__isnull", True)),
                        fields=("series", "first_on", "last_on"),
                        name="one_official_value_in_force",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("first_on__lte", models.F("last_on"))), name="official_periods_run_forwards"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Took",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=6)),
                ("area", models.CharField(max_length=30)),
                ("facet", models.CharField(blank=True, max_length=40)),
                ("day", models.DateField()),
                ("interval", models.CharField(max_length=20)),
                ("hours", models.JSONField(default=dict)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("kind", "area", "facet", "day", "interval"), name="one_took_of_a_kind"
                    )
                ],
            },
        ),
    ]
