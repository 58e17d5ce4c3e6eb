# Deferrals with an end and milestones; matters that are deferred now get one whose only milestone is their day of review.

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def give_deferrals(apps, schema_editor):
    """Matters that are deferred have an end already: it becomes their only milestone."""
    Event, Deferral, Milestone = (apps.get_model("events", name) for name in ("Event", "Deferral", "Milestone"))
    for event in Event.objects.filter(state="deferred", review_on__isnull=False).iterator():
        deferral = Deferral.objects.create(
            event=event,
            deferred_at=event.paused_at or event.reported_at,
            ends_on=event.review_on,
            next_on=event.review_on,
        )
        Milestone.objects.create(deferral=deferral, due_on=event.review_on)


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0024_limits"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Deferral",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("deferred_at", models.DateTimeField()),
                ("ends_on", models.DateField()),
                ("next_on", models.DateField()),
                ("review_every", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("review_on", models.DateField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
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
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="deferrals", to="events.event"
                    ),
                ),
            ],
            options={
                "ordering": ["next_on", "id"],
            },
        ),
        migrations.CreateModel(
            name="Milestone",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
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
                ("words", models.TextField(blank=True)),
                (
                    "deferral",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="milestones", to="events.deferral"
                    ),
                ),
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
            ],
            options={
                "ordering": ["due_on", "id"],
            },
        ),
        migrations.AddIndex(
            model_name="deferral",
            index=models.Index(
                condition=models.Q(("ended_at__isnull", True)), fields=["next_on", "id"], name="deferrals_by_next_day"
            ),
        ),
        migrations.AddIndex(
            model_name="deferral",
            index=models.Index(
                condition=models.Q(("ended_at__isnull", True), ("review_on__isnull", False)),
                fields=["review_on"],
                name="deferrals_to_review",
            ),
        ),
        migrations.AddConstraint(
            model_name="deferral",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)), fields=("event",), name="one_deferral_at_a_time"
            ),
        ),
        migrations.AddConstraint(
            model_name="deferral",
            constraint=models.CheckConstraint(
                condition=models.Q(("next_on__lte", models.F("ends_on"))), name="a_deferral_has_an_end"
            ),
        ),
        migrations.AddIndex(
            model_name="milestone",
            index=models.Index(condition=models.Q(("state", "waiting")), fields=["due_on"], name="milestones_awaited"),
        ),
        migrations.AddConstraint(
            model_name="milestone",
            constraint=models.UniqueConstraint(fields=("deferral", "due_on"), name="one_milestone_a_day"),
        ),
        migrations.AddConstraint(
            model_name="milestone",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["waiting", "dropped"]), ("noted_at__isnull", False), _connector="OR"),
                name="a_milestone_is_noted",
            ),
        ),
        migrations.RunPython(give_deferrals, migrations.RunPython.noop),
    ]
