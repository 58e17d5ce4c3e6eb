"""Who is invited to a session; nothing: all parties."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("mediation", "0014_named_by_the_parties"),
    ]

    operations = [
        migrations.AddField(
            model_name="session",
            name="invited",
            field=models.JSONField(blank=True, null=True),
        ),
    ]
