"""Letters go to parties of a dispute too: the purpose says so."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notices", "0002_letters"),
    ]

    operations = [
        migrations.AlterField(
            model_name="delivery",
            name="purpose",
            field=models.CharField(
                choices=[
                    ("notices", "Notices"),
                    ("code", "A code that confirms the channel"),
                    ("test", "A test"),
                    ("reporter", "A message to a reporter"),
                    ("letter", "A letter to somebody without an account"),
                ],
                max_length=10,
            ),
        ),
    ]
