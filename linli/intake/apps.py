"""The room as Django loads it: whoever is signed out everywhere is signed out on phones too."""

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    """Intake."""

    name = "linli.intake"

    def ready(self) -> None:
        """Put the end of our phones where accounts find it."""
        from linli.accounts.actions.signing import ENDED_TOO
        from linli.intake.devices import end_all

        ENDED_TOO["phones"] = end_all
