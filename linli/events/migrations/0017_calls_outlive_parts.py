import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("events", "0016_calls_name_departments")]

    operations = [
        migrations.RemoveConstraint(model_name="call", name="called_once_by_a_whistle"),
        migrations.AlterField(
            model_name="call",
            name="department",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="people.department",
            ),
        ),
        migrations.AlterField(
            model_name="call",
            name="part",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="calls",
                to="events.part",
            ),
        ),
        migrations.AddConstraint(
            model_name="call",
            constraint=models.UniqueConstraint(fields=("whistle", "department"), name="a_department_is_called_once"),
        ),
    ]
