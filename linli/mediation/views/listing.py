"""What needs me: disputes to screen, asked of me, mine, and what runs out; and outlines for those who only see an area."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from linli.areas.models import Area
from linli.mediation.actions import complaining
from linli.mediation.actions.bodies import seats_of
from linli.mediation.models import CallBack, Clock, Complaint, Dispute, FollowUp, Mediator, Obligation
from linli.mediation.rules import (
    OBLIGATION_SETTLED,
    AgreementState,
    AssignmentState,
    ClockKind,
    Kind,
    ObligationKind,
    State,
)
from linli.mediation.views.reaching import person_of, scope_of, sealed_page
from linli.mediation.views.registering import doors_open
from linli.people.models import Person
from linli.people.rules import KEEPS_REGISTER

A_PAGE = 30
#: What falls due within so many days needs somebody now.
SOON = timedelta(days=7)


@dataclass(frozen=True)
class Row:
    """One line: a dispute by its number and sort, what is to be done, and until when."""

    dispute: Dispute
    what: Any
    due_at: datetime | None = None
    due_on: date | None = None
    is_late: bool = False


@dataclass(frozen=True)
class Mine:
    """Who asks, when, and as what they serve."""

    person: Person
    at: datetime
    seats: Sequence[Mediator]

    @property
    def today(self) -> date:
        """The day in the county."""
        return timezone.localdate(self.at)

    @property
    def headed(self) -> list[int]:
        """Bodies they head."""
        return [seat.body_id for seat in self.seats if seat.is_head]

    @property
    def visible(self) -> QuerySet[Dispute]:
        """Disputes whose file they may open."""
        return Dispute.objects.visible_to(self.person, self.at)

    @property
    def kept(self) -> QuerySet[Dispute]:
        """Disputes on which they have something to do themselves; others they only call back, or answer a complaint of."""
        return Dispute.objects.kept_by(self.person, self.at)


@dataclass(frozen=True)
class Tab:
    """One sort of work: its rows as a queryset, and how one becomes a line."""

    name: str
    label: Any
    rows: Callable[[Mine], QuerySet[Any]]
    line: Callable[[Mine, Any], Row]
    #: What stands where there is nothing.
    nothing: Any
    for_heads: bool = False
    needs_somebody: bool = True
    #: Seldom anything: offered only where something is.
    is_seldom: bool = False


def _line(what: Any = None) -> Callable[[Mine, Dispute], Row]:
    def line(mine: Mine, dispute: Dispute) -> Row:
        late = dispute.due_at is not None and dispute.due_at < mine.at
        return Row(dispute, what or _NEXT.get(dispute.state, ""), due_at=dispute.due_at, is_late=late)

    return line


_NEXT: dict[str, Any] = {
    State.REGISTERED: _("Screen it"),
    State.OFFERED: _("Ask the sides"),
    State.ACCEPTED: _("Find a mediator"),
    State.MEDIATING: _("Mediate"),
    State.SETTLED: _("See that it is performed"),
}


def _disputes(rows: QuerySet[Dispute]) -> QuerySet[Dispute]:
    return rows.select_related("area", "area__parent", "body").order_by("due_at", "registered_at", "pk")


def _to_screen(mine: Mine) -> QuerySet[Dispute]:
    states = [State.REGISTERED, State.OFFERED, State.ACCEPTED]
    waiting = mine.kept.filter(state__in=states).exclude(assignments__state=AssignmentState.ASKED)
    return _disputes(waiting)


def _assigned(state: str) -> Callable[[Mine], QuerySet[Dispute]]:
    def rows(mine: Mine) -> QuerySet[Dispute]:
        assigned = {"assignments__mediator__in": [seat.pk for seat in mine.seats], "assignments__state": state}
        return _disputes(Dispute.objects.open().filter(**assigned))

    return rows


def _promises(mine: Mine) -> QuerySet[Obligation]:
    in_force = {"agreement__state": AgreementState.IN_FORCE, "agreement__dispute__in": mine.kept}
    open_ones = Obligation.objects.filter(**in_force).exclude(state__in=sorted(OBLIGATION_SETTLED))
    near = open_ones.filter(due_on__lte=mine.today + SOON) | open_ones.filter(due_on__isnull=True).exclude(
        kind=ObligationKind.REFRAIN
    )
    rows = near.select_related("agreement__dispute__area__parent", "agreement__dispute__body")
    return rows.order_by("due_on", "key")


def _promise_line(mine: Mine, one: Obligation) -> Row:
    late = one.due_on is not None and one.due_on < mine.today
    what = f"{one.get_kind_display()} · {one.get_state_display()}"
    return Row(one.agreement.dispute, what, due_on=one.due_on, is_late=late)


def _confirmations(mine: Mine) -> QuerySet[Clock]:
    """Those for which the parties may still apply; whoever waited too long was told."""
    running = Clock.objects.running().filter(kind=ClockKind.CONFIRMATION, due_at__gte=mine.at, dispute__in=mine.kept)
    return running.select_related("dispute__area__parent", "dispute__body").order_by("due_at", "id")


def _clock_line(mine: Mine, clock: Clock) -> Row:
    return Row(clock.dispute, clock.get_kind_display(), due_at=clock.due_at, is_late=clock.due_at < mine.at)


def _visits(mine: Mine) -> QuerySet[FollowUp]:
    due = FollowUp.objects.to_do().filter(dispute__in=mine.kept, due_on__lte=mine.today + SOON)
    return due.select_related("dispute__area__parent", "dispute__body").order_by("due_on", "key")


def _visit_line(mine: Mine, visit: FollowUp) -> Row:
    return Row(visit.dispute, visit.get_why_display(), due_on=visit.due_on, is_late=visit.due_on < mine.today)


def _calls(mine: Mine) -> QuerySet[CallBack]:
    waiting = CallBack.objects.filter(body__in=mine.headed, done_at__isnull=True)
    return waiting.select_related("dispute__area__parent", "dispute__body").order_by("due_at", "key")


def _call_line(mine: Mine, call: CallBack) -> Row:
    late = call.due_at is not None and call.due_at < mine.at
    return Row(call.dispute, _("Call the parties back"), due_at=call.due_at, is_late=late)


def _complained(mine: Mine) -> QuerySet[Complaint]:
    """Those this person has to answer. Of a complaint about themselves they find none here."""
    keys = [one.pk for one in complaining.waiting_for(mine.person, mine.seats, mine.at)]
    rows = Complaint.objects.filter(pk__in=keys).select_related("dispute__area__parent", "dispute__body")
    return rows.order_by("due_at", "key")


def _complaint_line(mine: Mine, one: Complaint) -> Row:
    since = {"day": date_format(timezone.localtime(one.at), "MONTH_DAY_FORMAT")}
    what = (
        _("A party said on %(day)s why it wants another mediator: answer")
        if one.is_objection
        else _("A party complained on %(day)s: answer")
    )
    return Row(one.dispute, what % since, due_at=one.due_at, is_late=one.due_at < mine.at)


def _of_my_bodies(mine: Mine) -> QuerySet[Dispute]:
    return _disputes(Dispute.objects.open().filter(body__in=mine.headed))


def _ended(mine: Mine) -> QuerySet[Dispute]:
    ended = mine.kept.filter(ended_at__isnull=False)
    return ended.select_related("area", "area__parent", "body").order_by("-ended_at", "pk")


def _ended_line(mine: Mine, dispute: Dispute) -> Row:
    return Row(dispute, dispute.get_ending_display() if dispute.ending else dispute.get_not_accepted_for_display())


_QUIET = _("Nothing waits here")
TABS: tuple[Tab, ...] = (
    Tab("mine", _("My disputes"), _assigned(AssignmentState.ACCEPTED), _line(), _("You mediate no dispute just now")),
    Tab("asked", _("Asked of me"), _assigned(AssignmentState.ASKED), _line(_("Take it on, or say no")), _QUIET),
    Tab("screen", _("To screen and assign"), _to_screen, _line(), _QUIET, for_heads=True),
    Tab("promises", _("Promises"), _promises, _promise_line, _("No promise runs out within a week")),
    Tab("court", _("Court, 30 days"), _confirmations, _clock_line, _("No time to apply to the court is running")),
    Tab("visits", _("Visits"), _visits, _visit_line, _("No visit is due within a week")),
    Tab("calls", _("Call-backs"), _calls, _call_line, _("No call-back was drawn for your body"), for_heads=True),
    Tab(
        "complaints",
        _("Complaints"),
        _complained,
        _complaint_line,
        _QUIET,
        for_heads=True,
        is_seldom=True,
    ),
    Tab(
        "body",
        _("All of my body"),
        _of_my_bodies,
        _line(),
        _("Your body has no open dispute"),
        for_heads=True,
        needs_somebody=False,
    ),
    Tab("ended", _("Ended"), _ended, _ended_line, _("No dispute has ended yet"), needs_somebody=False),
)


@dataclass(frozen=True)
class Shown:
    """A tab as the page shows it."""

    address: str
    label: Any
    is_shown: bool
    count: int | None = None
    alarms: bool = False


@dataclass(frozen=True)
class Line:
    """An outline with the name of its village."""

    number: str
    kind: Any
    village: str
    state: str
    state_label: Any = field(default="")


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The list: work for mediators and heads, outlines for those who see an area, a clear word for everybody else."""
    at = timezone.now()
    mine = Mine(person_of(request), at, seats_of(person_of(request), at))
    context: dict[str, Any] = {"room": "mediation", "now": at, "doors": doors_open(request, at)}
    context["keeps_register"] = scope_of(request).holds(*KEEPS_REGISTER)
    context["sees_area"] = bool(scope_of(request).area_codes)
    context["heads"] = bool(mine.headed)
    if not mine.seats:
        return sealed_page(render(request, "mediation/list.html", context | _outlines(request)))
    number = " ".join(request.GET.get("q", "").replace("\0", " ").split())[:60]
    found = _by_number(mine, number) if number else None
    if found is not None:
        return redirect("mediation:file", found.pk)
    return sealed_page(render(request, "mediation/list.html", context | _work(request, mine) | {"number": number}))


def _by_number(mine: Mine, number: str) -> Dispute | None:
    """By number or case number alone, whole: nothing of what is behind the seal can be looked for."""
    return mine.visible.filter(number=number).first() or mine.visible.filter(case_no=number).first()


def _work(request: HttpRequest, mine: Mine) -> dict[str, Any]:
    tabs = [tab for tab in TABS if mine.headed or not tab.for_heads]
    counts = {tab.name: tab.rows(mine).count() for tab in tabs if tab.needs_somebody}
    tabs = [tab for tab in tabs if counts.get(tab.name) or not tab.is_seldom]
    wished = request.GET.get("show", "")
    first = next((tab for tab in tabs if counts.get(tab.name)), tabs[0])
    chosen = next((tab for tab in tabs if tab.name == wished), first)
    page = Paginator(chosen.rows(mine), A_PAGE).get_page(request.GET.get("page"))
    shown = [Shown(f"?show={tab.name}", tab.label, tab is chosen, counts.get(tab.name)) for tab in tabs]
    rows = [chosen.line(mine, one) for one in page.object_list]
    return {"tabs": shown, "chosen": chosen, "page": page, "rows": rows, "query": f"show={chosen.name}"}


def _outlines(request: HttpRequest) -> dict[str, Any]:
    if not scope_of(request).area_codes:
        return {"lines": []}
    after = request.GET.get("after", "").replace("\0", "")[:40]
    found = Dispute.objects.outlines(scope_of(request), after=after, most=A_PAGE + 1)
    shown = found[:A_PAGE]
    names = dict(Area.objects.filter(code__in={one.village for one in shown}).values_list("code", "name"))
    kinds, states = dict(Kind.choices), dict(State.choices)
    lines = [
        Line(one.number, kinds[one.kind], names.get(one.village, one.village), one.state, states[one.state])
        for one in shown
    ]
    return {"lines": lines, "after": after, "next_cursor": shown[-1].number if len(found) > A_PAGE else ""}
