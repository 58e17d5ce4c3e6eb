"""What a briefing says: sentences, tables and charts from the same functions that the pages of figures use.

Nothing is counted here. What is kept is what was said at that moment, number by number with the address of its rows.
"""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from linli.briefing.composing.areas import areas_and_departments
from linli.briefing.composing.categories import by_category
from linli.briefing.composing.course import backlog, how_long, in_general
from linli.briefing.composing.meanings import meanings
from linli.briefing.composing.parts import Kept, Look, paragraph
from linli.briefing.composing.places import places
from linli.briefing.models import Briefing
from linli.briefing.saying import day, issue_of, moment, name_of, say
from linli.kit.addresses import own_address
from linli.statistics.figures import Moment
from linli.statistics.sheet import sheet_of

#: In this order; how each is numbered is the language's.
_SECTIONS = (in_general, how_long, by_category, areas_and_departments, places, backlog)
_NUMERALS = "一二三四五六七八九"


class TooEarly(Exception):
    """The sums are older than the end of the period: the worker still counts."""


def compose(briefing: Briefing, at: datetime, *, is_trial: bool = False) -> dict[str, Any]:
    """All of it, in the language of the briefing, as it is kept. Raises `TooEarly`, but not of a trial that nobody reads."""
    with translation.override(briefing.language or settings.LANGUAGE_CODE):
        return _compose(briefing, at, is_trial)


def _compose(briefing: Briefing, at: datetime, is_trial: bool) -> dict[str, Any]:
    look = look_of(briefing, at)
    if look.sheet.as_of < look.period.end and not is_trial:
        raise TooEarly
    sections = [section(look) for section in _SECTIONS]
    for place, section in enumerate(sections):
        section.heading = _("%(number)s. %(heading)s") % {"number": _numeral(place), "heading": section.heading}
    name = {"area": look.area.name, "period": name_of(briefing.whole)}
    return {
        "language": briefing.language,
        "masthead": _("Governance briefing"),
        "issue": issue_of(briefing.whole, briefing.edition),
        "office": briefing.office or _("Governance centre of %(area)s") % {"area": look.area.name},
        "day": day(timezone.localdate(at)),
        "title": _("How matters were handled in %(area)s, %(period)s") % name,
        "lead": _lead(look),
        "sections": [section.kept for section in sections],
        "behind": _("The numbers behind the bars"),
        "meanings_heading": _("Annex: what the figures mean"),
        "meanings": meanings(),
        "notes": _notes(look),
        "as_of": look.sheet.as_of.isoformat(),
    }


def look_of(briefing: Briefing, at: datetime) -> Look:
    """What its sentences are made from."""
    period = Look.period_of(briefing.whole)
    return Look(briefing.area, period, at, sheet_of(briefing.area, Moment(period, at)))


def _numeral(place: int) -> str:
    return _NUMERALS[place] if translation.get_language() == "zh-hans" else str(place + 1)


def _lead(look: Look) -> Kept:
    words = _("Period of the figures: %(first)s to %(last)s. As matters stood on %(moment)s.")
    said = say(words, first=day(look.period.first), last=day(look.period.last), moment=moment(look.sheet.as_of))
    return paragraph(said)


def _notes(look: Look) -> list[Kept]:
    """What holds for all of it."""
    page = reverse("statistics:area", args=[look.area.code]) + f"?{look.period.query}"
    compared = [
        _("%(short)s against %(first)s to %(last)s")
        % {
            "short": one.comparison.short,
            "first": day(one.period.first),
            "last": day(one.period.last),
        }
        for one in look.sheet.earlier
    ]
    said = [
        say(
            _("As of: %(moment)s. What is done later is not in here; the page of figures shows it."),
            moment=moment(look.sheet.as_of),
        ),
        say(_("Compared: %(periods)s."), periods=_("; ").join(compared)),
        say(
            _(
                "Below 20 there is no percentage, and a change is stated only where the earlier number is 20 or more. "
                "Percentages are rounded down."
            )
        ),
        say(
            _(
                "Areas and departments stand in the order of their codes. They differ in people, roads and tasks: "
                "this is no ranking, and nothing is counted by person."
            )
        ),
        say(_("Disputes are in the figures; as places that come back they are left out: their place is a household.")),
        say(_("Every number opens its rows at %(address)s."), address=own_address(page)),
    ]
    return [paragraph(one) for one in said]
