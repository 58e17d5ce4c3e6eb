"""What a matrix of a county and the figures of a village are found by."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("mediation", "0005_remind_of_waiting_call_backs"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="counteddispute",
            index=models.Index(fields=["area"], name="counted_disputes_by_area"),
        ),
        migrations.AddIndex(
            model_name="ledgercell",
            index=models.Index(
                fields=["grain", "area", "day", "kind", "registered", "accepted", "concluded", "settled", "agreements"],
                name="ledger_cells_of_a_matrix",
            ),
        ),
    ]
