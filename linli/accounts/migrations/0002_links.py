"""Links with the identity provider, and by which way somebody signed in."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="signin",
            name="way",
            field=models.CharField(
                choices=[("password", "password"), ("provider", "single sign-on")],
                db_default="password",
                default="password",
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="signin",
            name="factor",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "password alone"),
                    ("authenticator", "code of an authenticator"),
                    ("passkey", "passkey"),
                    ("recovery", "recovery code"),
                    ("provider", "second factor shown there"),
                ],
                max_length=20,
            ),
        ),
        migrations.CreateModel(
            name="Link",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("issuer", models.CharField(max_length=500)),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("added_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(blank=True, null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="links", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("person", "issuer"), name="one_link_with_a_provider")],
            },
        ),
    ]
