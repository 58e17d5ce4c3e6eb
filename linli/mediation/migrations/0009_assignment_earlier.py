"""Earlier matters of a mediator with one of the sides, and the tie by which they are declared."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("mediation", "0008_signature_speaker")]

    operations = [
        migrations.AddField(model_name="assignment", name="earlier", field=models.JSONField(blank=True, default=list)),
        migrations.AlterField(
            model_name="assignment",
            name="interest",
            field=models.CharField(
                blank=True,
                choices=[
                    ("none", "None of these"),
                    ("relative", "Close relative of a party or its agent"),
                    ("stake", "Has an interest in the dispute"),
                    ("same_unit", "Same unit as a party"),
                    ("earlier", "Had an earlier matter with a party"),
                    ("other", "Another tie that may influence"),
                ],
                max_length=10,
            ),
        ),
    ]
