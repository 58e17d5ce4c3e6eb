"""From what a command says to the fields of a step's form."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from linli.desk.rules.commands import Command
from linli.desk.rules.terms import Term, day_of, moment_of, working_days_of
from linli.desk.rules.verbs import DAYS_ON, FIELDS, OTHERS, Takes
from linli.desk.taking import Fields, Planned
from linli.kit.workdays import stored_calendar


@dataclass
class Filled:
    """A step with its fields, and what of the command it cannot take, in words."""

    planned: Planned
    problems: list[str] = field(default_factory=list)


def fill(command: Command, step: str, at: datetime) -> Filled:
    """The fields of this step's form as the command says them, seen from the moment `at`."""
    takes: Mapping[Takes, str] = FIELDS.get(step, {})
    fields: dict[str, list[str]] = {}
    filled = Filled(Planned(step, fields))
    departments = [one.key for one in command.departments]
    if departments and Takes.DEPARTMENT in takes:
        first, others = takes[Takes.DEPARTMENT], OTHERS.get(step, "")
        fields[first] = departments[:1]
        if others:
            fields[others] = fields.get(others, []) + departments[1:]
        elif departments[1:]:
            filled.problems.append(_("One department at a time here."))
    if command.category and Takes.CATEGORY in takes:
        fields[takes[Takes.CATEGORY]] = [command.category.key]
    if command.place and Takes.PLACE in takes:
        fields[takes[Takes.PLACE]] = [command.place]
    if command.number and Takes.NUMBER in takes:
        fields[takes[Takes.NUMBER]] = [command.number]
    for name, value in command.grades:
        fields[name] = [value]
    if command.text:
        fields[takes.get(Takes.TEXT, "text")] = [command.text]
    if command.term is not None and Takes.TERM in takes:
        _fill_term(filled, fields, takes[Takes.TERM], command.term, at)
    return filled


def _fill_term(filled: Filled, fields: dict[str, list[str]], name: str, term: Term, at: datetime) -> None:
    value = term_in(name, term, at)
    if value:
        fields[name] = [value]
    else:
        filled.problems.append(_("This term is not possible here. Write it as 3日, 明天 or 12-05."))


def term_in(name: str, term: Term, at: datetime) -> str:
    """A term as the field of this name takes it; empty if it does not."""
    now = timezone.localtime(at)
    calendar = stored_calendar(since=now.date())
    if name == "days":
        return str(working_days_of(term, now, calendar.is_working) or "")
    if name in DAYS_ON:
        day = day_of(term, now, calendar.is_working)
        return day.isoformat() if day else ""
    moment = moment_of(term, now, calendar.is_working, calendar.closes)
    return moment.strftime("%Y-%m-%dT%H:%M") if moment else ""


def pick(command: Command, open_steps: list[str]) -> str | None:
    """The step a verb stands for: the first of its steps that is open, else the first; None if it stands for none."""
    if command.verb is None or not command.verb.steps:
        return None
    return next((step for step in command.verb.steps if step in open_steps), command.verb.steps[0])


__all__ = ["Fields", "Filled", "fill", "pick", "term_in"]
