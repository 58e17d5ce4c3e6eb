"""What a run means for one matter: its step with the values of the form, or the steps of its macro."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from linli.desk.commands.filling import fill, pick
from linli.desk.commands.known import known_to
from linli.desk.models import BulkRun, Macro
from linli.desk.rules.commands import Known, parse
from linli.desk.taking import Meant, Planned
from linli.events import actions
from linli.events.models import Event
from linli.kit.refusal import Refused
from linli.people.models import Person
from linli.people.rules import Scope


def meant_by(run: BulkRun, scope: Scope, at: datetime) -> list[Meant]:
    """The steps of a run, in their order."""
    if run.macro is not None:
        return meant_by_macro(run.macro, run.by, scope, at)
    planned = Planned(run.step, run.fields)
    return [lambda event: planned]


def meant_by_macro(macro: Macro, by: Person, scope: Scope, at: datetime, known: Known | None = None) -> list[Meant]:
    """The steps of a macro. A line that is no longer understood, a department closed since, is refused in its turn."""
    known = known or known_to(by, scope)
    return [_line(line, known, by, scope, at) for line in macro.lines]


def _line(line: str, known: Known, by: Person, scope: Scope, at: datetime) -> Meant:
    def meant(event: Event) -> Planned:
        command = parse(line, known)
        step = pick(command, actions.steps_for(event, by, at, scope))
        filled = fill(command, step, at) if step else None
        if filled is None or not command.is_clear or filled.problems:
            raise Refused(
                "line_not_understood",
                _("The line “%(line)s” of the macro is not understood any more. Change the macro."),
                line=line,
            )
        return filled.planned

    return meant
