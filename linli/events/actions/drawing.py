"""Drawing closed matters for re-inspection by lot 双随机复查: the plan of an area, the draw, and proving a draw."""

import secrets
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.areas.codes import within
from linli.areas.models import Area
from linli.events.actions import promise
from linli.events.models import Draw, DrawPlan, Event, Hand, Reinspection
from linli.events.rules import (
    LONGEST_LIST,
    SOLVED,
    USUAL_AT_MOST,
    USUAL_SHARE_PERCENT,
    USUAL_WORKING_DAYS,
    Limit,
    commitment,
    drawn,
    fingerprint,
    inspector_of,
    left_of,
    overlap,
    seed_of,
)
from linli.journal.actions import record
from linli.journal.models import Entry
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.kit.sealing import seal, unseal
from linli.people.actions import on_duty, scope_of
from linli.people.models import Person
from linli.people.rules import Role, not_yours

#: Who checked or ended a matter does not look at it again.
CHECKED = ("event.verified", "event.closed", "event.self_handled")
#: Who looks: verifiers, and where none may, the desk.
LOOKERS = (Role.VERIFIER, Role.DESK)


@transaction.atomic
def plan_draws(
    area: Area,
    *,
    by: Person | None,
    at: datetime,
    share_percent: int = USUAL_SHARE_PERCENT,
    at_most: int = USUAL_AT_MOST,
    working_days: int = USUAL_WORKING_DAYS,
    is_weekly: bool = True,
) -> DrawPlan:
    """Set how an area draws. The desk of the area, or of one above it; `by=None` is the command line.

    The secret of the next draw stays as it is, so that nobody tries until they like what would come.
    """
    _require_desk(area, by, at)
    _in_bounds("share_percent", share_percent, 1, 100)
    _in_bounds("at_most", at_most, 1, 1000)
    _in_bounds("working_days", working_days, 1, 60)
    plan = DrawPlan.objects.select_for_update().filter(pk=area.pk).first() or _with_secret(DrawPlan(area=area))
    plan.share_percent, plan.at_most, plan.working_days, plan.is_weekly = (
        share_percent,
        at_most,
        working_days,
        is_weekly,
    )
    plan.save()
    record(
        "draw.planned",
        on=plan,
        by=by,
        at=at,
        area=area.pk,
        share_percent=share_percent,
        at_most=at_most,
        working_days=working_days,
        is_weekly=is_weekly,
        next=plan.commitment,
    )
    return plan


@transaction.atomic
def draw_lots(area: Area, *, from_on: date, to_on: date, by: Person | None, at: datetime) -> Draw:
    """Draw of what was closed in an area from one day to another, both included; each matter drawn gets who looks at it.

    Raises `Refused` without a plan, before the last day is over, for days that were drawn of already, and for a list
    too long to be drawn at once.
    """
    _require_desk(area, by, at)
    plan = DrawPlan.objects.select_for_update().filter(pk=area.pk).first()
    if plan is None:
        raise Refused(
            "no_plan", _("First set how %(area)s draws: the secret of a draw is fixed before."), area=area.name
        )
    _refuse_days(area, from_on, to_on, at)
    closed = _closed_in(area, from_on, to_on)
    if len(closed) > LONGEST_LIST:
        raise Refused("list_too_long", _("That are too many matters to draw from at once. Choose fewer days."))
    made = _frozen(plan, closed, from_on, to_on, by, at)
    lucky = drawn(made.population, made.seed, plan.share_percent, plan.at_most)
    events = {event.number: event for event in Event.objects.filter(number__in=lucky)}
    _share_out(made, [events[number] for number in lucky], plan, at)
    _with_secret(plan).save()
    record(
        "draw.drawn", on=made, by=by, at=at, secret=made.secret, seed=made.seed, drawn=len(lucky), next=plan.commitment
    )
    return made


def draw_of_last_week(at: datetime) -> int:
    """Draw for every area with a weekly plan of the week that ended last Sunday; how many draws.

    Of each day that was not drawn of by hand: else a draw of one quiet day would spare all the others.
    """
    monday = timezone.localdate(at) - timedelta(days=timezone.localdate(at).weekday())
    week = monday - timedelta(days=7), monday - timedelta(days=1)
    near = Draw.objects.filter(from_on__lte=week[1], to_on__gte=week[0])
    done: dict[str, list[tuple[date, date]]] = defaultdict(list)
    for code, first, last in near.values_list("area", "from_on", "to_on"):
        done[code].append((first, last))
    plans = DrawPlan.objects.filter(is_weekly=True).select_related("area").order_by("pk")
    todo = [(plan.area, days) for plan in plans for days in left_of(week, done[plan.area_id])]
    return sum(_drew(area, days, at) for area, days in todo)


def _drew(area: Area, days: tuple[date, date], at: datetime) -> bool:
    """Whether it was drawn now; two at once: the other was quicker."""
    try:
        draw_lots(area, from_on=days[0], to_on=days[1], by=None, at=at)
    except Refused as refusal:
        if refusal.code != "drawn_already":
            raise
        return False
    return True


def wrong_with(draw: Draw) -> list[Any]:
    """What a draw says that cannot be, recomputed from its list, its secret and the journal; nothing if it is as drawn."""
    entries = {entry.verb: entry for entry in Entry.objects.filter(on_kind="draw", on_key=str(draw.pk))}
    if not entries.keys() >= {"draw.frozen", "draw.drawn"}:
        return [_("The journal does not know it.")]
    frozen, done = entries["draw.frozen"], entries["draw.drawn"]
    try:
        secret = bytes.fromhex(draw.secret)
    except ValueError:
        secret = b""
    matters = list(draw.reinspections.order_by("lot").values_list("event__number", flat=True))
    days = [draw.from_on.isoformat(), draw.to_on.isoformat()]
    checks = (
        (fingerprint(draw.population) == draw.frozen == frozen.facts["frozen"], _("The list was changed.")),
        (
            commitment(secret) == draw.commitment == frozen.facts["commitment"],
            _("It is another secret than was fixed."),
        ),
        (_was_fixed(draw, frozen), _("The secret was not fixed before the list.")),
        (seed_of(secret, draw.frozen) == draw.seed == done.facts["seed"], _("The seed was changed.")),
        (
            [draw.share_percent, draw.at_most] == [frozen.facts["share_percent"], frozen.facts["at_most"]],
            _("The share was changed."),
        ),
        (days == [frozen.facts["from_on"], frozen.facts["to_on"]], _("The days were changed.")),
        (
            drawn(draw.population, draw.seed, draw.share_percent, draw.at_most) == matters,
            _("Other matters are listed than were drawn."),
        ),
        (_looks_as_drawn(draw), _("Somebody else is to look than was drawn.")),
    )
    return [words for holds, words in checks if not holds]


def lost_draws() -> list[int]:
    """Keys of draws that the journal knows and the store does not: somebody took them out."""
    known = {int(key) for key in Entry.objects.filter(verb="draw.drawn").values_list("on_key", flat=True)}
    return sorted(known - set(Draw.objects.values_list("pk", flat=True)))


def candidates_for(event: Event, at: datetime) -> list[int]:
    """Keys of those who may look at a matter again: verifiers on duty, else the desk; none who handled, checked or closed it."""
    had = set(Hand.objects.filter(event=event).values_list("person", flat=True))
    had |= set(Entry.objects.filter(on_key=str(event.pk), verb__in=CHECKED).values_list("by", flat=True))
    for role in LOOKERS:
        free = sorted({turn.person.pk for turn in on_duty(event.area_id, at, role)} - had)
        if free:
            return free
    return []


def barred_from_looking(event: Event, by: Person, at: datetime) -> NotYours | None:
    """Why somebody may not look again at a matter that was drawn; None if they may, or if none was drawn.

    Never whoever verified or closed it. Chance chose who looks; others may only where nobody was chosen, or where the chosen
    one is away or late.
    """
    rows = list(Reinspection.objects.waiting().filter(event=event).select_related("inspector"))
    if not rows:
        return None
    verbs = Entry.objects.filter(on_key=str(event.pk), verb__in=CHECKED, by=by).values_list("verb", flat=True)
    if "event.verified" in verbs:
        return NotYours("verified_it", _("You verified this matter yourself. Somebody else looks at it again."))
    if verbs:
        return NotYours("closed_it", _("You closed this matter yourself. Somebody else looks at it again."))
    if any(row.inspector is None or row.inspector == by or row.due_at < at for row in rows):
        return None
    here = {turn.person.pk for role in LOOKERS for turn in on_duty(event.area_id, at, role)}
    if any(row.inspector_id not in here for row in rows):
        return None
    return NotYours(
        "drawn_for_another",
        _("The lot chose %(name)s to look. Others may when they are away, or once the day is over."),
        name=rows[0].inspector.name,  # type: ignore[union-attr]
    )


def _require_desk(area: Area, by: Person | None, at: datetime) -> None:
    if by is not None and Role.DESK not in scope_of(by, at).roles_in(area.pk):
        raise not_yours()


def _in_bounds(field: str, number: int, least: int, most: int) -> None:
    if not least <= number <= most:
        raise BadInput(
            "out_of_bounds",
            _("Between %(least)s and %(most)s."),
            least=least,
            most=most,
            field=field,
        )


def _with_secret(plan: DrawPlan) -> DrawPlan:
    """A new secret for the next draw: sealed in the store, its SHA-256 beside it."""
    secret = secrets.token_bytes(32)
    plan.secret = seal(secret.hex(), bound_to=plan.area_id.encode(), place="events.drawplan.secret")
    plan.commitment = commitment(secret)
    return plan


def _refuse_days(area: Area, from_on: date, to_on: date, at: datetime) -> None:
    if to_on < from_on:
        raise BadInput("ends_before_it_begins", _("The last day lies before the first."), field="to_on")
    if to_on >= timezone.localdate(at):
        raise BadInput("not_over_yet", _("The last day is not over yet. Choose one before today."), field="to_on")
    near = Draw.objects.filter(area=area, from_on__lte=to_on, to_on__gte=from_on).values_list("from_on", "to_on")
    if any(overlap((from_on, to_on), days) for days in near):
        raise Refused("drawn_already", _("Some of these days were drawn of already. A draw is not repeated."))


def _closed_in(area: Area, from_on: date, to_on: date) -> list[str]:
    """The numbers of what was closed on these days, sorted; one more than may be, if there are too many."""
    begins = timezone.make_aware(datetime.combine(from_on, time.min))
    ends = timezone.make_aware(datetime.combine(to_on + timedelta(days=1), time.min))
    rows = Event.objects.filter(within(area.pk), state__in=sorted(SOLVED), ended_at__gte=begins, ended_at__lt=ends)
    return sorted(rows.order_by("number").values_list("number", flat=True)[: LONGEST_LIST + 1])


def _frozen(plan: DrawPlan, numbers: list[str], from_on: date, to_on: date, by: Person | None, at: datetime) -> Draw:
    """The draw with its list, in the journal before its seed is known to anybody."""
    secret = bytes.fromhex(unseal(bytes(plan.secret), bound_to=plan.area_id.encode(), place="events.drawplan.secret"))
    frozen = fingerprint(numbers)
    draw = Draw.objects.create(
        area_id=plan.area_id,
        from_on=from_on,
        to_on=to_on,
        share_percent=plan.share_percent,
        at_most=plan.at_most,
        population=numbers,
        frozen=frozen,
        commitment=plan.commitment,
        secret=secret.hex(),
        seed=seed_of(secret, frozen),
        drawn_at=at,
        drawn_by=by,
    )
    record(
        "draw.frozen",
        on=draw,
        by=by,
        at=at,
        count=len(numbers),
        frozen=frozen,
        commitment=plan.commitment,
        share_percent=plan.share_percent,
        at_most=plan.at_most,
        from_on=from_on,
        to_on=to_on,
    )
    return draw


def _share_out(draw: Draw, events: Iterable[Event], plan: DrawPlan, at: datetime) -> None:
    due_at = promise.runs_out(Limit(working_days=plan.working_days), at)
    for lot, event in enumerate(events, 1):
        among = candidates_for(event, at)
        inspector = inspector_of(event.number, draw.seed, among)
        Reinspection.objects.create(draw=draw, lot=lot, event=event, inspector_id=inspector, due_at=due_at)
        told = Person.objects.filter(pk=inspector) if inspector else Person.objects.none()
        record("event.drawn", on=event, by=draw.drawn_by, at=at, tell=told, draw=draw.pk, lot=lot, among=among)


def _looks_as_drawn(draw: Draw) -> bool:
    """Whether each of those who look is whom the seed gives of those who could; the journal has among whom."""
    drawn_of = Entry.objects.filter(
        on_kind="event", verb="event.drawn", on_key__in=[str(key) for key in _events_of(draw)]
    )
    among = {
        facts["lot"]: facts["among"] for facts in drawn_of.values_list("facts", flat=True) if facts["draw"] == draw.pk
    }
    rows = draw.reinspections.values_list("lot", "event__number", "inspector")
    return all(inspector == inspector_of(number, draw.seed, among.get(lot, [])) for lot, number, inspector in rows)


def _events_of(draw: Draw) -> Iterable[Any]:
    return draw.reinspections.values_list("event", flat=True)


def _was_fixed(draw: Draw, frozen: Entry) -> bool:
    """Whether the secret's SHA-256 stood in the journal before the list."""
    # By the keys of plan and draws: the journal has no order of verbs, and is read here for every look at a draw.
    earlier = Draw.objects.filter(area=draw.area_id, pk__lt=draw.pk).values_list("pk", flat=True)
    keys = [draw.area_id, *(str(pk) for pk in earlier)]
    before = Entry.objects.filter(on_key__in=keys, verb__in=("draw.planned", "draw.drawn"), id__lt=frozen.pk)
    return any(facts.get("next") == draw.commitment for facts in before.values_list("facts", flat=True))
