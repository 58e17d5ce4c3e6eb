"""Cells of an area are found by their days whatever they are told apart by, and those of one facet over all areas."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("statistics", "0002_walk_by_area")]

    operations = [
        migrations.RemoveConstraint("cell", "one_cell_of_a_kind"),
        migrations.AddIndex("cell", models.Index(fields=["kind", "facet", "day", "area"], name="cells_of_a_facet")),
        migrations.AddConstraint(
            "cell", models.UniqueConstraint(fields=["kind", "area", "day", "facet"], name="one_cell_of_a_kind")
        ),
    ]
