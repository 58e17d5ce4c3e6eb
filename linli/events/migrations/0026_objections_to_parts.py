"""A co-handler may object to its own part: whose objection it is, and to whom the part passed."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0001_initial"),
        ("events", "0025_deferrals"),
    ]

    operations = [
        migrations.AddField(
            model_name="objection",
            name="of_lead",
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name="objection",
            name="passed_to",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="people.department",
            ),
        ),
        migrations.AlterField(
            model_name="part",
            name="state",
            field=models.CharField(
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
    ]
