"""Browsers that ring from within the field app: of which installation, so that they end when the phone is signed out."""

from django.db import migrations

from linli.kit.keys import KeyField


class Migration(migrations.Migration):
    dependencies = [("notices", "0002_decisions_held_by_channel")]

    operations = [migrations.AddField("channel", "installation", KeyField(null=True, blank=True))]
