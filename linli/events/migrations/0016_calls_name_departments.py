"""A call to the spot names its department, so that who came stays recorded when the parts of a matter change."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def name_them(apps, schema_editor):
    Call, Part = apps.get_model("events", "Call"), apps.get_model("events", "Part")
    own = Part.objects.filter(pk=OuterRef("part")).values("department")[:1]
    Call.objects.filter(department__isnull=True).update(department=Subquery(own))


class Migration(migrations.Migration):
    dependencies = [("events", "0015_duties"), ("people", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="call",
            name="department",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="people.department",
            ),
        ),
        migrations.RunPython(name_them, migrations.RunPython.noop),
    ]
