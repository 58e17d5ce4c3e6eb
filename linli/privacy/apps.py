"""The room as Django loads it: it says what its letters say and whom they go to."""

from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    """Privacy."""

    name = "linli.privacy"

    def ready(self) -> None:
        """Put the writer of our letters where the courier finds it."""
        from linli.notices.letters import WRITERS
        from linli.privacy.letters import TOPIC, Writing

        WRITERS[TOPIC] = Writing()
