"""The scan of the letter by which a court or an authority entrusts a dispute."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import linli.kit.keys


class Migration(migrations.Migration):
    dependencies = [
        ("mediation", "0012_matrix_of_a_township"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="EntrustmentLetter",
            fields=[
                ("key", linli.kit.keys.KeyField(default=linli.kit.keys.new_key, primary_key=True, serialize=False)),
                ("sealed", models.BinaryField()),
                ("file_sha256", models.CharField(blank=True, max_length=64)),
                ("file_size", models.PositiveBigIntegerField(default=0)),
                ("file_type", models.CharField(blank=True, max_length=40)),
                ("added_at", models.DateTimeField()),
                (
                    "added_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "dispute",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="letter", to="mediation.dispute"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
    ]
