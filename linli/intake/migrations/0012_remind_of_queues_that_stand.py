"""Queues that began before the hour of their reminder was kept are told of on the second day after, as they would have been."""

from datetime import datetime, time, timedelta
from typing import Any

from django.db import migrations
from django.utils import timezone


def set_the_hour(apps: Any, _schema: Any) -> None:
    standing = apps.get_model("intake", "Device").objects.filter(waiting__gt=0, waits_since__isnull=False)
    for device in standing.filter(remind_at__isnull=True, reminded_on__isnull=True):
        morning = datetime.combine(device.waits_since + timedelta(days=2), time(8))
        device.remind_at = timezone.make_aware(morning)
        device.save(update_fields=["remind_at"])


class Migration(migrations.Migration):
    dependencies = [("intake", "0011_device_remind_at")]

    operations = [migrations.RunPython(set_the_hour, migrations.RunPython.noop)]
