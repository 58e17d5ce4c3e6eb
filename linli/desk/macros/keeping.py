"""Keeping macros: made, changed (a new version), taken away. They do nothing by themselves."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from linli.areas.models import Area
from linli.desk.commands.filling import fill
from linli.desk.commands.known import known_to
from linli.desk.models import Macro
from linli.desk.models.macros import KEEPERS
from linli.desk.rules.bulk import IN_MACROS, MOST_STEPS
from linli.desk.rules.commands import Known, parse
from linli.events.models import Category
from linli.journal.actions import record
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.people.actions import scope_of
from linli.people.models import Person
from linli.people.rules import Scope, not_yours

LONGEST_NAME = 40


def may_keep(macro: Macro, by: Person, scope: Scope) -> bool:
    """Their own, or a shared one of an area in which they are at the desk."""
    if macro.owner_id is not None:
        return macro.owner_id == by.pk
    return bool(scope.roles_in(macro.area_id) & KEEPERS)


def require_desk(area: str, scope: Scope) -> None:
    """Raises `NotYours` unless they are at the desk of this area."""
    if not scope.roles_in(area) & KEEPERS:
        raise not_yours()


@transaction.atomic
def keep(
    *,
    name: str,
    lines: list[str],
    area: Area,
    by: Person,
    at: datetime,
    is_shared: bool = False,
    category: Category | None = None,
    follows: Macro | None = None,
) -> Macro:
    """Keep a macro, or the next version of one. Raises `BadInput` for a name or a line that is not possible."""
    scope = scope_of(by, at)
    require_desk(area.pk, scope)
    clean = _clean_name(name, known_to(by, scope))
    checked = check_lines(lines, known_to(by, scope), at)
    if follows is not None:
        _close(follows, by, scope, at)
    macro = Macro(
        name=clean,
        lines=checked,
        area=area,
        owner=None if is_shared else by,
        category=category,
        version=follows.version + 1 if follows else 1,
        follows=follows,
        made_by=by,
        made_at=at,
    )
    try:
        with transaction.atomic():
            macro.save(force_insert=True)
    except IntegrityError:
        raise BadInput("macro_named_twice", _("There is a macro of this name. Choose another."), field="name") from None
    record("macro.kept", on=macro, by=by, at=at, area=area.pk, version=macro.version)
    return macro


def close(macro: Macro, *, by: Person, at: datetime) -> None:
    """Take it away; what was run stays as it was."""
    with transaction.atomic():
        _close(macro, by, scope_of(by, at), at)
        record("macro.closed", on=macro, by=by, at=at, area=macro.area_id)


def _close(macro: Macro, by: Person, scope: Scope, at: datetime) -> None:
    if not may_keep(macro, by, scope):
        raise NotYours("not_your_macro", _("It is kept by somebody else. Make one of your own."))
    if not Macro.objects.current().filter(pk=macro.pk).update(closed_at=at):
        raise Refused("macro_changed", _("Somebody has changed it meanwhile. Look at it again."))


def _clean_name(name: str, known: Known) -> str:
    clean = " ".join(name.split())
    if not clean or len(clean) > LONGEST_NAME:
        raise BadInput("macro_name", _("A macro needs a name of at most 40 characters."), field="name")
    if any(sign.isspace() for sign in clean) or parse(clean, Known()).verb is not None or clean[:1] in "/#":
        raise BadInput(
            "macro_name_is_a_verb",
            _("The bar would read this name as a command. Choose another, without spaces."),
            field="name",
        )
    return clean


def check_lines(lines: list[str], known: Known, at: datetime) -> list[str]:
    """The steps of a macro as they are kept. Raises `BadInput` and says which line, and why."""
    said = [line.strip() for line in lines if line.strip()]
    if not said:
        raise BadInput("macro_is_empty", _("A macro needs at least one step, one on a line."), field="lines")
    if len(said) > MOST_STEPS:
        raise BadInput("macro_too_long", _("%(most)s steps at most."), most=MOST_STEPS, field="lines")
    for number, line in enumerate(said, 1):
        _check(number, line, known, at)
    return [line if line.startswith("/") else f"/{line}" for line in said]


def _check(number: int, line: str, known: Known, at: datetime) -> None:
    command = parse(line, known)
    if command.verb is None or command.unread or command.ambiguous:
        wrong = [*command.unread, *(one.word for one in command.ambiguous)]
        raise BadInput(
            "line_unclear",
            _("Line %(number)s is not understood: %(what)s"),
            number=number,
            what=" ".join(wrong) or line,
            field="lines",
        )
    if not set(command.verb.steps) & IN_MACROS:
        raise BadInput(
            "line_not_in_macros",
            _("Line %(number)s: this step needs words of its own for each matter and stands in no macro."),
            number=number,
            field="lines",
        )
    if problems := fill(command, command.verb.steps[-1], at).problems:
        raise BadInput(
            "line_unclear",
            _("Line %(number)s is not understood: %(what)s"),
            number=number,
            what=problems[0],
            field="lines",
        )
