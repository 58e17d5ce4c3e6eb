"""Call-backs that wait already are reminded of when they are due."""

from typing import Any

from django.db import migrations
from django.db.models import F


def remind_when_due(apps: Any, schema_editor: Any) -> None:
    apps.get_model("mediation", "CallBack").objects.filter(done_at__isnull=True).update(next_at=F("due_at"))


class Migration(migrations.Migration):
    dependencies = [("mediation", "0004_call_back_next_at")]

    operations = [migrations.RunPython(remind_when_due, migrations.RunPython.noop)]
