"""When those who are to call parties back are reminded next."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("mediation", "0003_ledgers_counted")]

    operations = [
        migrations.AddField(
            model_name="callback",
            name="next_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name="callback",
            index=models.Index(
                fields=["next_at", "key"], condition=Q(next_at__isnull=False), name="call_backs_to_remind_of"
            ),
        ),
    ]
