"""What a channel holds is found without reading all that it was ever given."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("journal", "0001_initial"),
        ("notices", "0001_initial"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="decision",
            index=models.Index(
                condition=models.Q(("due_at__isnull", False)), fields=["channel"], name="decisions_held_by_channel"
            ),
        ),
    ]
