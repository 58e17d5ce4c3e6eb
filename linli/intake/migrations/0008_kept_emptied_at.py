"""When the content of a kept report was deleted; found by an index that holds only what is still to be deleted."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("intake", "0007_bulk_and_mail")]

    operations = [
        migrations.AddField("kept", "emptied_at", models.DateTimeField(null=True)),
        migrations.AddIndex(
            "kept",
            models.Index(
                fields=["digested_at"],
                condition=models.Q(("digested_at__isnull", False), ("emptied_at__isnull", True)),
                name="kept_to_empty",
            ),
        ),
    ]
