"""What is stored of the tools of a desk: ready texts, notes between shifts."""

from linli.desk.models.shifts import Handover, HandoverQuerySet, Pin, ShiftQuestion
from linli.desk.models.texts import ReadyText, ReadyTextQuerySet

__all__ = [
    "Handover",
    "HandoverQuerySet",
    "Pin",
    "ReadyText",
    "ReadyTextQuerySet",
    "ShiftQuestion",
]
