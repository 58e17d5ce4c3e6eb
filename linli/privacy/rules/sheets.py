"""Sheets that are filled in and kept in versions: impact assessments, breach reports, the register of processors. Pure.

A new kind is one entry of `SHEETS`; its form, its pages and its print follow. Sources are cited in their own language.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """What a sheet is."""

    IMPACT = "impact", _("Impact assessment")
    BREACH = "breach", _("Breach report")
    PROCESSOR = "processor", _("Processor")


class Answer(StrEnum):
    """How a question is answered: it chooses the box."""

    LINE = "line"
    WORDS = "words"
    DAY = "day"
    MOMENT = "moment"


@dataclass(frozen=True)
class Question:
    """One question of a sheet. An optional one may wait for a later version."""

    name: str
    label: Any
    answer: Answer = Answer.WORDS
    is_optional: bool = False
    hint: Any = ""


@dataclass(frozen=True)
class SheetKind:
    """What a kind asks, why, and which of its answers names it in a list. `is_urgent_until`: it is urgent while that is empty."""

    kind: Kind
    name: Any
    lead: Any
    source: str
    questions: tuple[Question, ...]
    named_by: str
    dated_by: str = ""
    is_urgent_until: str = ""


SHEETS: dict[str, SheetKind] = {
    one.kind: one
    for one in (
        SheetKind(
            Kind.IMPACT,
            _("Impact assessments"),
            _(
                "Before sensitive data, automated decisions, processors, sharing, publishing. Kept for three years at least."
            ),
            "个人信息保护法第五十五条、第五十六条",
            (
                Question("what", _("What is planned?"), Answer.LINE),
                Question(
                    "why_now",
                    _("Why an assessment: sensitive data, automated decision, processor, sharing, publishing?"),
                ),
                Question("lawful", _("Are purpose and manner lawful, justified and necessary?")),
                Question("effect", _("What could it do to people, and how likely is that?")),
                Question("safeguards", _("Which safeguards are there, and do they fit the risk?")),
                Question("result", _("Result: begin, begin with conditions, or leave it?")),
                Question("assessed_on", _("Assessed on"), Answer.DAY),
                Question("again_on", _("To be looked at again on"), Answer.DAY, is_optional=True),
            ),
            named_by="what",
            dated_by="assessed_on",
        ),
        SheetKind(
            Kind.BREACH,
            _("Breach reports"),
            _("At once: stop it, then tell the supervising department and the people. Write what is known; add later."),
            "个人信息保护法第五十七条",
            (
                Question("what", _("What happened, in a line?"), Answer.LINE),
                Question("found_at", _("Found at"), Answer.MOMENT),
                Question("kinds", _("Which kinds of data, of how many people? No names here")),
                Question("cause", _("The cause, as far as known"), is_optional=True),
                Question("harm", _("What harm may follow?"), is_optional=True),
                Question("done", _("What was done to stop it?"), is_optional=True),
                Question("people_can", _("What can people do to protect themselves?"), is_optional=True),
                Question("department", _("Which department was told, and by whom is it supervised?"), is_optional=True),
                Question("department_at", _("Department told at"), Answer.MOMENT, is_optional=True),
                Question(
                    "people_at",
                    _("People told at"),
                    Answer.MOMENT,
                    is_optional=True,
                    hint=_(
                        "May be left out if harm is avoided; say above why. The department may order it all the same."
                    ),
                ),
            ),
            named_by="what",
            dated_by="found_at",
            is_urgent_until="department_at",
        ),
        SheetKind(
            Kind.PROCESSOR,
            _("Processors"),
            _("Whoever handles personal data for the county: with a written agreement, and records for three years."),
            "个人信息保护法第二十一条；网络数据安全管理条例第十二条",
            (
                Question("who", _("Who?"), Answer.LINE),
                Question("purpose", _("What for, for how long, in what manner?")),
                Question("kinds", _("Which kinds of data?")),
                Question(
                    "safeguards", _("What is agreed: protection, supervision, no passing on, deletion at the end?")
                ),
                Question("agreed_on", _("Agreement of"), Answer.DAY),
                Question("until_on", _("Until"), Answer.DAY, is_optional=True),
                Question("ended_on", _("Ended on"), Answer.DAY, is_optional=True),
                Question("proof", _("How was it shown that the data were given back or deleted?"), is_optional=True),
            ),
            named_by="who",
            dated_by="agreed_on",
        ),
    )
}
LONGEST = {Answer.LINE: 120, Answer.WORDS: 4000}
