"""Pressing on with a matter by hand: remind, supervise and its end, and handing it up to the next level."""

from datetime import datetime, time

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.areas.codes import lineage
from linli.events.actions import promise
from linli.events.actions.bound import bound_by, level_above
from linli.events.actions.course import act, take_step
from linli.events.models import Clock, Event, EventQuerySet, Supervision
from linli.events.rules import SUPERVISED_WITHIN, clean_words, pace_of
from linli.journal.models import Entry
from linli.kit.refusal import BadInput, Refused
from linli.people.actions import Posts, scope_of
from linli.people.models import Person
from linli.people.rules import Role

#: Who may be named: they see the matter's area and answer for more than one grid.
SUPERVISORS = (Role.LEADER, Role.DESK)


@act
def remind(event: Event, *, by: Person | None, at: datetime, text: str = "") -> None:
    """Press whoever has it (催办). Once a day for a matter: a reminder that comes by the hour is read by nobody."""
    midnight = timezone.make_aware(datetime.combine(timezone.localdate(at), time.min))
    today = Entry.objects.filter(on_key=str(event.pk), verb="event.reminded", at__gte=midnight, by__isnull=False)
    if today.exists():
        raise Refused("reminded_today", _("They were reminded today already. Have it supervised if it is urgent."))
    running = Clock.objects.running().filter(event=event).select_related("part")
    told = [person for clock in running for person in bound_by(clock, event, at)]
    take_step(event, "remind", by=by, at=at, text=text, tell=told)


@act
def supervise(
    event: Event,
    *,
    supervisor: Person,
    text: str,
    by: Person | None,
    at: datetime,
    due_at: datetime | None = None,
    is_listed: bool = True,
) -> None:
    """Name somebody who sees to it that it moves, by a date of their own (督办)."""
    if not scope_of(supervisor, at).roles_in(event.area_id) & set(SUPERVISORS):
        raise BadInput(
            "no_supervisor",
            _("%(name)s supervises nothing here. Choose another."),
            name=supervisor.name,
            field="supervisor",
        )
    if due_at is not None and due_at <= at:
        raise BadInput("due_in_the_past", _("The day lies in the past. Choose a later one."), field="due_on")
    take_step(
        event, "supervise", by=by, at=at, text=text, reason_needed=True, tell=[supervisor], supervisor=supervisor.pk
    )
    put_under_supervision(event, supervisor, by=by, at=at, due_at=due_at, is_listed=is_listed)


@act
def end_supervision(event: Event, *, text: str, by: Person | None, at: datetime) -> None:
    """The supervision has done its work; the words say what came of it."""
    take_step(event, "end_supervision", by=by, at=at, text=text, reason_needed=True)
    open_now = Supervision.objects.filter(event=event, ended_at__isnull=True)
    open_now.update(ended_at=at, next_at=None, result=clean_words(text, field="text"))


@act
def escalate(event: Event, *, text: str, by: Person | None, at: datetime) -> None:
    """Hand it up: the desk of the next level hears of it and why (提级). The matter stays where it is."""
    take_step(event, "escalate", by=by, at=at, text=text, reason_needed=True, tell=level_above(event, at))


def supervisor_for(event: Event, at: datetime) -> Person | None:
    """Whom the ladder names: the duty leader nearest to the matter, else somebody of the desk furthest up."""
    posts = Posts(event.area_id, at, Role.LEADER, Role.DESK)
    leaders = posts.on_duty(Role.LEADER)
    if leaders:
        return leaders[0].person
    desks = posts.on_duty(Role.DESK, lineage(event.area_id)[0])
    return desks[0].person if desks else None


def put_under_supervision(
    event: Event,
    supervisor: Person,
    *,
    by: Person | None,
    at: datetime,
    due_at: datetime | None = None,
    is_listed: bool = True,
) -> Supervision:
    """The supervision of this event: the one there is, or a new one with a date of its own."""
    if due_at is None:
        due_at = promise.runs_out(SUPERVISED_WITHIN[pace_of(event.severity, event.urgency)], at)
    found, _is_new = Supervision.objects.get_or_create(
        event=event,
        ended_at=None,
        defaults={
            "supervisor": supervisor,
            "ordered_by": by,
            "ordered_at": at,
            "due_at": due_at,
            "next_at": due_at,
            "is_listed": is_listed,
        },
    )
    return found


def open_supervisions(events: EventQuerySet) -> list[Supervision]:
    """The listed supervisions of these events that have not ended, the first due first; two hundred at most."""
    rows = Supervision.objects.filter(ended_at__isnull=True, is_listed=True, event__in=events.order_by())
    return list(rows.select_related("event__area", "event__category", "supervisor").order_by("due_at", "id")[:200])
