"""Putting the demo county together: ground, people, categories, and a year of matters by the real actions."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.areas.codes import DEFAULT
from linli.areas.models import Area, stored_numbering
from linli.demo.briefing import make_briefing
from linli.demo.cast import Cast, make_cast
from linli.demo.course import Act, Plan
from linli.demo.courses import Album
from linli.demo.duties import choice_of, use_duty_list
from linli.demo.hotspots import make_hot_spots
from linli.demo.land import COUNTY, make_land
from linli.demo.mediation import make_disputes
from linli.demo.plans import make_plans
from linli.demo.rhythm import Year
from linli.desk.texts.actions import load_starting_texts
from linli.events import actions, packs
from linli.events.actions.awaiting_answers import note_silence
from linli.events.models import Category, Event
from linli.kit.holidays import load_calendar
from linli.kit.models import CalendarDay
from linli.kit.progress import progress
from linli.kit.refusal import Refused
from linli.kit.workdays import stored_calendar
from linli.people.models import Person

#: Long enough for some of its lines to be overruled, short enough not to be asked for a year of matters.
_LIST_USED_FOR = timedelta(days=45)


@dataclass
class Built:
    """What was made: counts, and how many steps the rules refused (none, unless the plans are wrong)."""

    grids: int
    events: int = 0
    acts: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    has_duty_list: bool = False


def is_demo_home() -> bool:
    """Whether this home holds the demo county."""
    return Area.objects.filter(pk=COUNTY, is_demo=True).exists()


def is_empty_home() -> bool:
    """Whether nobody has put anything into this home yet, nor chosen a numbering that the demo does not have."""
    holds_anything = Area.objects.exists() or Person.objects.exists() or Event.objects.exists()
    return not holds_anything and stored_numbering() == DEFAULT


@transaction.atomic
def build(*, now: datetime, seed: int = 1, events: int = 3000, small: bool = False) -> Built:
    """Make the demo county, all of it or nothing. Raises `Refused` in a home that holds anything."""
    if is_demo_home():
        raise Refused("demo_already", _("This home already holds the demo county. Nothing was changed."))
    if not is_empty_home():
        raise Refused(
            "home_not_empty",
            _("This home holds data of its own; a demo must not mix with it. Set LINLI_HOME to an empty folder."),
        )
    rng = Random(seed)
    load_calendar()
    land = make_land(rng, small=small)
    packs.load(packs.DEFAULT, at=now)
    load_starting_texts(land.areas[COUNTY], by=None, at=now)
    cast = make_cast(land, rng, now)
    drawn = (land, cast, _year(now), Album(rng, 1 if small else 4), categories(), rng, events)
    plans = [*make_plans(*drawn), *make_hot_spots(*drawn)]
    built = _live(plans, land.areas, cast, Built(len(land.grids)), now - _LIST_USED_FOR)
    make_disputes(land, cast, now, rng)
    if not small:
        make_briefing(land.areas[COUNTY], desk=cast.at_county["county"], leader=cast.at_county["leader"], now=now)
    return built


def _year(now: datetime) -> Year:
    zone = ZoneInfo(timezone.get_current_timezone_name())
    festival = CalendarDay.objects.filter(name="春节", is_working=False).values_list("day", flat=True)
    return Year(now, zone, stored_calendar(), frozenset(festival))


def _live(plans: Sequence[Plan], areas: dict[str, Area], cast: Cast, built: Built, list_at: datetime) -> Built:
    """Report every matter and take every step, all in the order of time; from `list_at` on by a duty list."""
    stored: dict[int, Event] = {}
    noted_on = None
    for at, plan, act in progress(in_order(plans), total=sum(1 + len(plan.acts) for plan in plans), label="demo"):
        if at >= list_at and not built.has_duty_list:
            use_duty_list(cast.at_county["county"], list_at)
            built.has_duty_list = True
        if at.date() != noted_on:
            # As the worker does: reporters who let the day pass have given no answer.
            noted_on = at.date()
            note_silence(at)
        try:
            if act is None:
                _report(plan, areas, stored)
                built.events += 1
            elif id(plan) in stored:
                _take(plan, act, stored, built)
        # A matter whose next step the rules refuse stays where it is: better one step short than no demo at all.
        except Refused as refusal:
            built.refused[f"{act.step if act else 'report'}:{refusal.code}"] += 1
            stored.pop(id(plan), None)
    return built


def in_order(plans: Sequence[Plan]) -> list[tuple[datetime, Plan, Act | None]]:
    """All reports (no act) and steps of all plans in the order of time; those of one plan in their own order."""
    rows: list[tuple[datetime, Plan, Act | None]] = []
    for plan in plans:
        if plan.report is not None:
            rows.append((plan.reported_at, plan, None))
        rows += [(act.at, plan, act) for act in plan.acts]
    return sorted(rows, key=lambda row: row[0])


def _report(plan: Plan, areas: dict[str, Area], stored: dict[int, Event]) -> None:
    assert plan.report is not None
    stored[id(plan)] = actions.report(area=areas[plan.grid], at=plan.reported_at, is_demo=True, **plan.report).event


def _take(plan: Plan, act: Act, stored: dict[int, Event], built: Built) -> None:
    below: dict[str, Any] = dict(act.below)
    if isinstance(below.get("into"), Plan):
        other = stored.get(id(below["into"]))
        if other is None:
            return
        below["into"] = other
    event, built.acts = stored[id(plan)], built.acts + 1
    if act.step in actions.PART_ACTS:
        part = event.parts.get(department=below.pop("part"))
        actions.PART_ACTS[act.step](part, by=act.by, at=act.at, **below)
        return
    if act.step == "dispatch" and built.has_duty_list:
        below["choice"] = choice_of(built.acts)
    made = getattr(actions, act.step)(event, by=act.by, at=act.at, **below)
    for child, event in zip(act.children, made or (), strict=False):
        stored[id(child)] = event
        built.events += 1


def categories() -> dict[str, Category]:
    """The leaves of the pack in use, by code."""
    rows = Category.objects.filter(pack__in_use=True, children__isnull=True).select_related("department")
    return {row.code: row for row in rows}
