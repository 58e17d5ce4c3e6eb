"""Which representative of a group signed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("mediation", "0007_dispute_complaints_to")]

    operations = [
        migrations.RemoveConstraint(model_name="signature", name="signed_once_per_party"),
        migrations.AddField(
            model_name="signature",
            name="speaker",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddConstraint(
            model_name="signature",
            constraint=models.UniqueConstraint(
                condition=models.Q(("party__isnull", False)),
                fields=("agreement", "party", "speaker"),
                name="signed_once_per_speaker",
            ),
        ),
    ]
