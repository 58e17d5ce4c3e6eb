# Where each day is known from, and the hours of the office.

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("kit", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="calendarday",
            name="note",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="calendarday",
            name="origin",
            field=models.CharField(
                choices=[
                    ("notice", "Notices that come with linli"),
                    ("file", "A file that was brought in"),
                    ("county", "Entered by the county"),
                ],
                default="notice",
                max_length=10,
            ),
        ),
        migrations.CreateModel(
            name="OfficeHours",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("hours", models.CharField(max_length=47)),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="office_hours_once")],
            },
        ),
    ]
