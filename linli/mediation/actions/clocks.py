"""The clocks of a dispute: started and stopped by acts, extended by consent, their warnings given by the worker."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.areas.models import Area
from linli.journal.actions import record
from linli.kit.prepared import Prepared
from linli.kit.refusal import BadInput, Refused
from linli.kit.workdays import WorkCalendar, stored_calendar
from linli.mediation.actions import telling
from linli.mediation.actions.course import lock, require_party, require_step
from linli.mediation.actions.parties import forget_id_numbers
from linli.mediation.models import Clock, Dispute, Party, TermRule
from linli.mediation.rules import (
    BOTH_SIDES,
    LADDER,
    LONGEST,
    AgreementState,
    ClockKind,
    Term,
    TermCode,
    Unit,
    add_months,
    closing_on,
    end_of,
    moments,
    moved_on,
    next_after,
    term_of,
)
from linli.mediation.rules.terms import FIRST_DAY, LONGEST_AHEAD
from linli.people.actions import require_register
from linli.people.models import Person

#: So many clocks are looked at in one slice of work.
SLICE = 200
#: Which term each clock counts.
TERM_OF: dict[str, TermCode] = {
    ClockKind.SCREENING: TermCode.SCREENING,
    ClockKind.TERM: TermCode.MEDIATION,
    ClockKind.CONFIRMATION: TermCode.CONFIRMATION,
}
#: The clocks that a dispute shows as its own limit.
_BINDING = frozenset({ClockKind.SCREENING, ClockKind.TERM})
#: More time than this at once is a slip of the hand.
LONGEST_EXTENSION = timedelta(days=366)


def term_for(code: str, area: str, at: datetime) -> Term:
    """The term that holds at a place and moment, with its source."""
    return term_of(code, area=area, on=timezone.localdate(at), among=TermRule.objects.filter(code=code).terms())


def last_day_of(term: Term, begins: date) -> date:
    """The last day of a term that begins on a day and ends with one, whatever it is counted in."""
    if term.unit == Unit.WORKING_DAY:
        return stored_calendar(begins).nth_working_day(begins, term.amount)
    return add_months(begins, term.amount) if term.unit == Unit.MONTH else begins + timedelta(days=term.amount)


def start(dispute: Dispute, kind: str, at: datetime) -> Clock:
    """Begin a clock; one of its kind that still runs is stopped. Part of the act that calls it."""
    stop(dispute, kind, at=at)
    term, calendar, zone = term_for(TERM_OF[kind], dispute.area_id, at), stored_calendar(at.date()), home_zone()
    due = end_of(term.unit, term.amount, at, calendar, zone)
    clock = Clock.objects.create(
        dispute=dispute,
        kind=kind,
        started_at=at,
        due_at=due,
        is_provisional=calendar.is_provisional(due, zone),
        unit=term.unit,
        amount=term.amount,
        source=term.source,
        next_at=next_after(kind, 0, at, due),
    )
    _show(dispute, clock)
    return clock


def stop(dispute: Dispute, *kinds: str, at: datetime) -> None:
    """What these clocks waited for is done; every kind, if none is named."""
    running = Clock.objects.running().filter(dispute=dispute)
    running = running.filter(kind__in=kinds) if kinds else running
    running.update(stopped_at=at, next_at=None)
    if not kinds or _BINDING & set(kinds):
        _store(dispute, due_at=None, due_is_provisional=False)


def _show(dispute: Dispute, clock: Clock) -> None:
    """The limit of a binding clock stands at the dispute itself, for lists."""
    if clock.kind in _BINDING:
        _store(dispute, due_at=clock.due_at, due_is_provisional=clock.is_provisional)


def _store(dispute: Dispute, *, due_at: datetime | None, due_is_provisional: bool) -> None:
    Dispute.objects.filter(pk=dispute.pk).update(due_at=due_at, due_is_provisional=due_is_provisional)
    dispute.due_at, dispute.due_is_provisional = due_at, due_is_provisional


def home_zone() -> ZoneInfo:
    """The zone whose days are counted."""
    return ZoneInfo(timezone.get_current_timezone_name())


# --- more time, by consent of both sides ---------------------------------------------------------------------------------


@transaction.atomic
def ask_extension(
    dispute: Dispute, *, until: date, by: Person | None, at: datetime, party: Party | None = None
) -> Clock:
    """Ask for more time to mediate. It is given when a party of each side, and everybody asked, has said yes."""
    require_step("extend", dispute, by=by, at=at, party=party)
    clock = _term(dispute)
    if until <= timezone.localdate(clock.due_at):
        raise BadInput("not_later", _("The new day lies before the present end. Choose a later one."), field="until")
    if until > timezone.localdate(clock.due_at) + LONGEST_EXTENSION:
        raise BadInput(
            "too_long_extended", _("More than a year at once is not given. Choose an earlier day."), field="until"
        )
    clock.extension_asked_until = until
    clock.extension_consents = [str(party.pk)] if party else []
    clock.save(update_fields=["extension_asked_until", "extension_consents"])
    told = telling.keepers_and_mediators(dispute, at)
    record("dispute.extension_asked", on=dispute, by=by, at=at, tell=told, until=until, party=party)
    return clock


@transaction.atomic
def agree_to_extension(party: Party, *, by: Person | None, at: datetime, own: bool = False) -> bool:
    """A party says yes to more time; whether all have now, so that it is given.

    `own`: the party did it by its own link; else the mediator writes down what it said.
    """
    dispute = party.dispute
    require_step("extend", dispute, by=by, at=at, party=party if own else None)
    require_party(dispute, party)
    clock = _term(dispute)
    if clock.extension_asked_until is None:
        raise Refused("no_extension_asked", _("Nobody has asked for more time. Ask first, then write down who agrees."))
    agreed = sorted({*clock.extension_consents, str(party.pk)})
    clock.extension_consents = agreed
    clock.save(update_fields=["extension_consents"])
    record("dispute.extension_agreed", on=dispute, by=by, at=at, party=party)
    if missing_consents(dispute, agreed):
        return False
    _extend(dispute, clock, clock.extension_asked_until, at)
    told = telling.keepers_and_mediators(dispute, at)
    record("dispute.extended", on=dispute, by=by, at=at, tell=told, until=clock.extended_until, clock=clock)
    return True


def missing_consents(dispute: Dispute, agreed: Iterable[str]) -> list[Party]:
    """Applicants and respondents who have not said yes; a third party need not."""
    said = set(agreed)
    return [one for one in dispute.parties.present() if one.side in BOTH_SIDES and str(one.pk) not in said]


def _extend(dispute: Dispute, clock: Clock, until: date, at: datetime) -> None:
    calendar, zone = stored_calendar(clock.started_at.date()), home_zone()
    clock.due_at = closing_on(until, calendar, zone)
    clock.is_provisional = calendar.is_provisional(clock.due_at, zone)
    clock.extended_until, clock.extension_asked_until, clock.extension_consents = until, None, []
    clock.extensions += 1
    # Its ladder begins anew: those warnings were of the former end.
    clock.rung, clock.next_at = 0, next_after(clock.kind, 0, at, clock.due_at)
    clock.save()
    _show(dispute, clock)


def _term(dispute: Dispute) -> Clock:
    clock = Clock.objects.running().filter(dispute=dispute, kind=ClockKind.TERM).first()
    if clock is None:
        raise moved_on()
    return clock


# --- the worker ----------------------------------------------------------------------------------------------------------


def is_due(at: datetime) -> bool:
    """Whether a clock waits to be looked at."""
    return bool(_looked_at(at))


@Prepared
def _looked_at(at: datetime) -> QuerySet[Any, Any]:
    return Clock.objects.to_look_at(at).order_by().values_list("pk")[:1]


def climb(at: datetime, limit: int = SLICE) -> int:
    """Give the warnings that are due, each once; how many clocks were looked at."""
    waiting = list(Clock.objects.to_look_at(at).order_by("next_at", "id").select_related("dispute")[:limit])
    for clock in waiting:
        _look(clock, at)
    return len(waiting)


@transaction.atomic
def _look(clock: Clock, at: datetime) -> None:
    dispute = clock.dispute
    # The dispute first, as in every act, so that an act and a warning never wait for each other crosswise.
    lock(dispute)
    given = [warned for warned, moment in moments(clock.kind, clock.started_at, clock.due_at) if moment <= at]
    last = given[-1] if given else None
    rung = last.rung if last else clock.rung
    moved = Clock.objects.filter(pk=clock.pk, rung=clock.rung, next_at=clock.next_at, due_at=clock.due_at).update(
        rung=rung, next_at=next_after(clock.kind, rung, clock.started_at, clock.due_at)
    )
    if moved and last and last.rung > clock.rung:
        told = telling.keepers_and_mediators(dispute, at)
        record(last.verb, on=dispute, by=None, at=at, tell=told, clock=clock, kind=clock.kind, rung=last.rung)
    if moved and clock.kind == ClockKind.CONFIRMATION and clock.due_at <= at:
        _let_lapse(dispute)


def _let_lapse(dispute: Dispute) -> None:
    """No court is asked any more where a party had not said yes by then: identity numbers were for its eyes alone.

    Where all had, they may have handed in on the last day what is written down later.
    """
    waiting = dispute.confirmations.filter(applied_at__isnull=True, agreement__state=AgreementState.IN_FORCE).first()
    if waiting is None or {str(one.pk) for one in dispute.parties.present()} <= set(waiting.wanted_by):
        return
    forget_id_numbers(dispute)
    Dispute.objects.filter(pk=dispute.pk).update(wants_confirmation=False)


def reckon_provisional(at: datetime) -> int:
    """Reckon again what lay beyond the published calendar; how many limits moved or became firm."""
    waiting = Clock.objects.running().filter(is_provisional=True).order_by("pk").values_list("pk", flat=True)
    return sum(_reckon(pk) for pk in list(waiting))


@transaction.atomic
def _reckon(pk: int) -> bool:
    clock = Clock.objects.select_related("dispute").get(pk=pk)
    lock(clock.dispute)
    clock.refresh_from_db()
    calendar, zone = stored_calendar(clock.started_at.date()), home_zone()
    due = _reckoned(clock, calendar, zone)
    firm = not calendar.is_provisional(due, zone)
    if clock.stopped_at is not None or (due == clock.due_at and not firm):
        return False
    clock.due_at, clock.is_provisional = due, not firm
    if clock.rung < len(LADDER[clock.kind]):
        clock.next_at = next_after(clock.kind, clock.rung, clock.started_at, due)
    clock.save()
    _show(clock.dispute, clock)
    return True


def _reckoned(clock: Clock, calendar: WorkCalendar, zone: ZoneInfo) -> datetime:
    if clock.extended_until is not None:
        return closing_on(clock.extended_until, calendar, zone)
    return end_of(clock.unit, clock.amount, clock.started_at, calendar, zone)


# --- terms that a county sets --------------------------------------------------------------------------------------------


@transaction.atomic
def set_term(
    code: str, *, area: Area, unit: str, amount: int, source: str, valid_from: date, by: Person, at: datetime
) -> TermRule:
    """Add a version of a term for an area and all within it. What runs already keeps its term. Raises `BadInput`."""
    require_register(by, area.code, at)
    if code not in TermCode.values or unit not in Unit.values:
        raise BadInput("not_offered", _("This is not one of the choices. Choose one of the list."), field="code")
    if not 1 <= amount <= LONGEST[Unit(unit)]:
        raise BadInput(
            "bad_amount",
            _("Such a term has 1 to %(longest)s of these. Correct the number."),
            field="amount",
            longest=LONGEST[Unit(unit)],
        )
    rests_on = " ".join(source.split())
    if not 2 <= len(rests_on) <= 200:
        raise BadInput(
            "source_missing",
            _("Name the text this term rests on, with its article, in 200 characters."),
            field="source",
        )
    if not FIRST_DAY <= valid_from <= timezone.localdate(at) + LONGEST_AHEAD:
        raise BadInput(
            "bad_first_day",
            _("A term begins on a day from 2011 on, and within the next three years. Correct the day."),
            field="valid_from",
        )
    last = TermRule.objects.filter(code=code, area=area).order_by("-version").values_list("version", flat=True).first()
    rule = TermRule.objects.create(
        code=code,
        area=area,
        version=(last or 0) + 1,
        unit=unit,
        amount=amount,
        source=rests_on,
        valid_from=valid_from,
        set_by=by,
        set_at=at,
    )
    record("mediation.term_set", on=rule, by=by, at=at, code=code, unit=unit, amount=amount, version=rule.version)
    return rule
