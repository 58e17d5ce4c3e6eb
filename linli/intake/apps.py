"""The room as Django loads it: whoever is signed out everywhere is signed out on phones too."""

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    """Intake."""

    name = "linli.intake"

    def ready(self) -> None:
        """Put where accounts find it what becomes of our phones."""
        from linli.accounts.actions.signing import ENDED_TOO, RENAMED_TOO
        from linli.intake.devices import end_all, follow_session

        ENDED_TOO["phones"] = end_all
        RENAMED_TOO["phones"] = follow_session
