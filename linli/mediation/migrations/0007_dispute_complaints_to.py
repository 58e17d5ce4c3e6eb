"""Which committee above reads what parties complain of where the head of their own mediates."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("mediation", "0006_ledgers_indexed")]

    operations = [
        migrations.AddField(
            model_name="dispute",
            name="complaints_to",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="mediation.body",
            ),
        ),
        migrations.AddIndex(
            model_name="dispute",
            index=models.Index(
                fields=["complaints_to", "key"],
                condition=models.Q(complaints_to__isnull=False),
                name="disputes_complained_above",
            ),
        ),
    ]
