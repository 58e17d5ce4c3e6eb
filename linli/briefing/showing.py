"""Briefings as pages show them: lines of the list, and what one says with its bars drawn."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone, translation

from linli.briefing import actions
from linli.briefing.models import Briefing, Schedule
from linli.briefing.rules import Rhythm, State, whole
from linli.briefing.saying import issue_of, name_of
from linli.kit.refusal import in_words


@dataclass(frozen=True)
class ListLine:
    """A briefing in the list."""

    briefing: Briefing
    period: str
    issue: str
    #: Why it could not be made.
    failure: str

    @property
    def is_waiting(self) -> bool:
        """Somebody has it in hand, or soon will."""
        return self.briefing.state == State.WAITING

    @property
    def is_failed(self) -> bool:
        """Nobody has it in hand any more."""
        return self.briefing.state == State.FAILED

    @property
    def lacks_files(self) -> bool:
        """It can be read, and not taken away."""
        return self.briefing.state == State.MADE and not self.briefing.has_files


def line_of(briefing: Briefing) -> ListLine:
    """Its period and issue in the language of whoever reads."""
    one = briefing.whole
    return ListLine(briefing, name_of(one), issue_of(one, briefing.edition), in_words(briefing.failure))


@dataclass(frozen=True)
class Scheduled:
    """A schedule in the list, with what it makes next."""

    schedule: Schedule
    next_name: str
    next_at: Any


def scheduled(schedule: Schedule) -> Scheduled:
    """What it makes next, and when."""
    one = whole(Rhythm(schedule.rhythm), timezone.localdate())
    if one.before.last >= schedule.since_on and actions.due_at(one.before) > timezone.now():
        one = one.before
    return Scheduled(schedule, name_of(one), actions.due_at(one))


def file_name(briefing: Briefing) -> str:
    """`廉江市简报2026年10月`, with the edition where it is not the first."""
    with translation.override(briefing.language):
        name = translation.gettext("%(area)s briefing %(period)s") % {
            "area": briefing.area.name,
            "period": name_of(briefing.whole),
        }
    edition = f"-{briefing.edition}" if briefing.edition > 1 else ""
    return f"{name}{edition}"


def shown(content: dict[str, Any]) -> dict[str, Any]:
    """What it says, its charts with how tall and wide each bar is, in percent of the largest."""
    sections = [{**one, "charts": [_drawn(chart) for chart in one["charts"]]} for one in content["sections"]]
    language = "en" if str(content["language"]).startswith("en") else "zh-Hans"
    return {**content, "sections": sections, "html_language": language}


def _drawn(chart: dict[str, Any]) -> dict[str, Any]:
    most = max((_count(value) for bar in chart["bars"] for value in bar["values"]), default=0) or 1
    bars = [
        {
            "name": bar["name"],
            "values": [
                {"text": value[0], "address": value[1], "size": f"{100 * _count(value) / most:.1f}"}
                for value in bar["values"]
            ],
        }
        for bar in chart["bars"]
    ]
    return {**chart, "bars": bars, "is_columns": chart["kind"] == "columns"}


def _count(value: list[str]) -> int:
    return int(value[0].replace(",", ""))
