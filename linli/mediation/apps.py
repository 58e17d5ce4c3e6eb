"""The room as Django loads it: it says what its letters to parties say and whom they go to."""

from django.apps import AppConfig


class MediationConfig(AppConfig):
    """Mediation."""

    name = "linli.mediation"

    def ready(self) -> None:
        """Put the writer of our letters where the courier finds it."""
        from linli.mediation.letters import TOPIC, Writing
        from linli.notices.letters import WRITERS

        WRITERS[TOPIC] = Writing()
