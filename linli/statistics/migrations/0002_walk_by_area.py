"""A walk goes from area to area; one that is under way begins again, and counts nothing twice."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("statistics", "0001_squashed")]

    operations = [
        migrations.RemoveField("follower", "walked_to"),
        migrations.AddField("follower", "walked_to", models.JSONField(null=True)),
    ]
