"""What the tools of the desk keep: one file per topic."""

from linli.desk.models.bulk import AT_WORK, MOST_MATTERS, BulkRow, BulkRun, RowState, RunState
from linli.desk.models.macros import Macro, MacroQuerySet

__all__ = ["AT_WORK", "MOST_MATTERS", "BulkRow", "BulkRun", "Macro", "MacroQuerySet", "RowState", "RunState"]
