from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("journal", "0002_audit")]

    operations = [
        migrations.RemoveIndex(model_name="entry", name="entry_by_person"),
        migrations.RemoveIndex(model_name="entry", name="entry_by_verb"),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["at", "id"], name="entry_by_day"),
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(
                condition=models.Q(("by__isnull", False)), fields=["by", "at", "id"], name="entry_by_person"
            ),
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["verb", "at", "id"], name="entry_by_verb"),
        ),
    ]
