"""Whom the parties name as mediator beyond the proposals, who of them said so and how."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("mediation", "0013_entrustment_letter"),
    ]

    operations = [
        migrations.AddField(
            model_name="assignment",
            name="named_by",
            field=models.JSONField(blank=True, db_default=models.Value({}, models.JSONField()), default=dict),
        ),
        migrations.AlterField(
            model_name="assignment",
            name="state",
            field=models.CharField(
                choices=[
                    ("proposed", "Proposed"),
                    ("named", "Named by a side"),
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
    ]
