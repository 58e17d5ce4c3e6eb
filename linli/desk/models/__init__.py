"""What the tools of the desk keep: one file per topic."""

from linli.desk.models.bulk import AT_WORK, MOST_MATTERS, BulkRow, BulkRun, RowState, RunState
from linli.desk.models.macros import Macro, MacroQuerySet
from linli.desk.models.shifts import Handover, HandoverQuerySet, Pin, ShiftQuestion
from linli.desk.models.texts import ReadyText, ReadyTextQuerySet

__all__ = [
    "AT_WORK",
    "MOST_MATTERS",
    "BulkRow",
    "BulkRun",
    "Handover",
    "HandoverQuerySet",
    "Macro",
    "MacroQuerySet",
    "Pin",
    "ReadyText",
    "ReadyTextQuerySet",
    "RowState",
    "RunState",
    "ShiftQuestion",
]
