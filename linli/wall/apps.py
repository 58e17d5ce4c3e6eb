"""The room as Django loads it: whoever is signed out everywhere leaves no screen behind."""

from django.apps import AppConfig


class WallConfig(AppConfig):
    """The wall."""

    name = "linli.wall"

    def ready(self) -> None:
        """Put where accounts find it what becomes of the screens somebody answers for."""
        from linli.accounts.actions.signing import ENDED_TOO
        from linli.wall.screens import end_all

        ENDED_TOO["screens"] = end_all
