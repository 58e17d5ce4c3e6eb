"""`/live`: server-sent events. One task in each front process reads the journal for all who listen; see docs/live.md."""

from linli.intake.live.hub import PATH, Hub

__all__ = ["PATH", "Hub"]
