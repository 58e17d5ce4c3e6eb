from django.db import migrations, models


# All that was changed before the first release, in one step; a home that has taken the last of these goes on from there.
class Migration(migrations.Migration):
    replaces = [("kit", "0001_initial"), ("kit", "0002_calendar_sources_and_office_hours")]

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="CalendarDay",
            fields=[
                ("day", models.DateField(primary_key=True, serialize=False)),
                ("is_working", models.BooleanField()),
                ("name", models.CharField(blank=True, max_length=40)),
                (
                    "origin",
                    models.CharField(
                        choices=[
                            ("notice", "Notices that come with linli"),
                            ("file", "A file that was brought in"),
                            ("county", "Entered by the county"),
                        ],
                        default="notice",
                        max_length=10,
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "ordering": ["day"],
            },
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
