"""The room of the clock and of the program; it also brings the checks of a safe start."""

from django.apps import AppConfig


class ChoresConfig(AppConfig):
    """Work that nobody asks for: by the clock, behind the pages."""

    name = "linli.chores"

    def ready(self) -> None:
        """Let Django know the checks."""
        from linli import checks  # noqa: F401
