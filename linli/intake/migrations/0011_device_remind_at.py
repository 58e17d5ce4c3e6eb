"""When the holder of a phone is told of what waits on it: a day after it began, instead of on the second day after."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("intake", "0010_device_queue")]

    operations = [
        migrations.AddField("device", "remind_at", models.DateTimeField(null=True, blank=True)),
        migrations.AddIndex(
            "device", models.Index(fields=["remind_at"], condition=Q(waiting__gt=0), name="phones_to_remind_of")
        ),
        migrations.RemoveIndex("device", "phones_with_a_queue"),
    ]
