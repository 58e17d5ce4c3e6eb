"""Parts that were signed for before parts had a state say so."""

from django.db import migrations
from django.db.migrations.state import StateApps


def signed(apps: StateApps, _editor: object) -> None:
    parts = apps.get_model("events", "Part").objects
    parts.filter(signed_at__isnull=False).update(state="signed_for")


class Migration(migrations.Migration):
    dependencies = [("events", "0009_parts_and_clocks")]

    operations = [migrations.RunPython(signed, migrations.RunPython.noop)]
