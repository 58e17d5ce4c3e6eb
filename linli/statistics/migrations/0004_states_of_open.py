"""States of what is open become sums. All is counted anew in any case, since the figures have changed."""

from typing import Any

from django.db import migrations, models

_STATES = (
    *("accepted", "checking", "deferred", "dispatched", "handling", "objected", "reported", "result_submitted"),
    *("signed_for", "supplement_asked", "verified"),
)


def forget_sums(apps: Any, schema_editor: Any) -> None:
    """An empty table is changed at once, whatever its size was."""
    apps.get_model("statistics", "Cell").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("statistics", "0003_cells_by_facet")]

    operations = [
        migrations.RunPython(forget_sums, migrations.RunPython.noop),
        *(
            migrations.AddField("cell", f"stands_{state}", models.IntegerField(default=0, db_default=0))
            for state in _STATES
        ),
    ]
