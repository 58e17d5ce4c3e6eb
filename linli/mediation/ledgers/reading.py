"""The figures of an area as the store counts them: one question per cohort, whatever the number of disputes."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import BigIntegerField, Count, Exists, F, Func, OuterRef, Q
from django.db.models.expressions import Combinable
from django.utils import timezone

from linli.areas.codes import within
from linli.mediation.ledgers.figures import BY_CODE, FIGURES, USUAL_DAYS, WATCHED, Cohort
from linli.mediation.models import IS_OPEN, CallBack, Confirmation, Dispute, DisputeQuerySet, Mediator, Obligation
from linli.mediation.rules import (
    IN_TERM,
    NOT_CONFIRMED_AS_A_WHOLE,
    AgreementState,
    AssignmentState,
    CallBackResult,
    CourtAnswer,
    NotAccepted,
    ObligationState,
    State,
)
from linli.statistics.periods import Period
from linli.statistics.rules import SMALL, quantile, quantile_of_counts

MEDIAN, NINETIETH = 0.5, 0.9
#: By law not for mediation: left to others at the screening.
_NOT_FOR_MEDIATION = [NotAccepted.OUT_OF_SCOPE, NotAccepted.OTHER_AUTHORITY, NotAccepted.IN_COURT, NotAccepted.CRIMINAL]
_SETTLED = [State.SETTLED, State.CLOSED]
#: The time by which disputes of a cohort fall into a period, and are listed.
CLOCK: dict[str, str] = {
    Cohort.REGISTERED: "registered_at",
    Cohort.ACCEPTED: "accepted_at",
    Cohort.CONCLUDED: "concluded_at",
    Cohort.SETTLED: "settled_at",
    Cohort.CALLED: "registered_at",
    Cohort.NOW: "registered_at",
}


class Seconds(Func):
    """Whole seconds of a moment since 1970, so that both stores take the same differences."""

    output_field = BigIntegerField()
    arity = 1

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        """Moments are kept there as text in UTC."""
        # Twice doubled: once for this template, once for the parameters of the statement.
        template = "CAST(strftime('%%%%s', %(expressions)s) AS INTEGER)"
        return self.as_sql(compiler, connection, template=template, **more)

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        """Fractions are cut off, as the other store does."""
        template = "CAST(FLOOR(EXTRACT(EPOCH FROM %(expressions)s)) AS bigint)"
        return self.as_sql(compiler, connection, template=template, **more)


def _after(begin: str, end: str) -> Combinable:
    return Seconds(F(end)) - Seconds(F(begin))


@dataclass(frozen=True)
class Asked:
    """Of which area and period, and as disputes stand at which moment."""

    area: str
    period: Period
    at: datetime

    @property
    def disputes(self) -> DisputeQuerySet:
        """All of the area."""
        return Dispute.objects.filter(within(self.area))

    def cohort(self, cohort: str) -> Q:
        """Which of them fall into the period."""
        if cohort == Cohort.NOW:
            # That they were registered before now says how they are sorted, and so by which index they are found.
            return IS_OPEN & Q(registered_at__lte=self.at)
        if cohort == Cohort.CALLED:
            return Q(Exists(self._call_backs()))
        return in_period(CLOCK[cohort], self.period)

    def rows(self, code: str) -> DisputeQuerySet:
        """The disputes that a figure counts."""
        found = with_lengths(self.disputes, code).filter(self.cohort(BY_CODE[code].cohort))
        return found.filter(self.condition(code))

    def condition(self, code: str) -> Q:
        """Which of its cohort a figure counts."""
        if code in CALL_BACKS:
            results = CALL_BACKS[code]
            return Q(Exists(self._call_backs().filter(result__in=results))) if results else Q()
        if code == "overdue":
            return Q(due_at__lt=self.at)
        days = days_of(code)
        over = Q(settled_at__lte=self.at - timedelta(days=days)) if days else Q()
        return over & STANDING[code]

    def _call_backs(self) -> Any:
        calls = CallBack.objects.filter(dispute=OuterRef("pk"))
        return calls.filter(done_at__gte=self.period.start, done_at__lt=self.period.end)


def in_period(clock: str, period: Period) -> Q:
    """Whose time lies in it."""
    return Q(**{f"{clock}__gte": period.start, f"{clock}__lt": period.end})


def days_of(code: str) -> int | None:
    """After how many days a figure looks again; None for the others."""
    return next((days for days in WATCHED if code.endswith(f"_{days}")), None)


def with_lengths(disputes: DisputeQuerySet, *codes: str) -> DisputeQuerySet:
    """With the lengths that the conditions of these figures ask for."""
    if "within_30" in codes:
        disputes = disputes.annotate(took_s=_after("accepted_at", "concluded_at"))
    if any(days_of(code) for code in codes):
        disputes = disputes.annotate(held_s=_after("settled_at", "fell_at"))
    return disputes


CALL_BACKS: dict[str, list[str]] = {
    "called": [],
    "verified": [CallBackResult.VERIFIED],
    "not_verified": [CallBackResult.NOT_VERIFIED],
    "unreached": [CallBackResult.UNREACHED],
}
_CONFIRMABLE = ~Q(kind__in=sorted(NOT_CONFIRMED_AS_A_WHOLE))


#: Which of the applications that were made.
_APPLICATIONS: dict[str, Q] = {
    "applied": Q(),
    "applied_in_time": Q(applied_at__lte=F("deadline_at")),
    "confirmed": Q(answer=CourtAnswer.CONFIRMED),
}


def _applied(condition: Q) -> Q:
    rows = Confirmation.objects.filter(condition, dispute=OuterRef("pk"), applied_at__isnull=False)
    return _CONFIRMABLE & Q(Exists(rows))


def _kept(days: int) -> Q:
    return Q(fell_at__isnull=True) | Q(held_s__gte=days * 86400)


#: Which of its cohort a figure counts, whatever the moment and the period; those of `WATCHED` once their days are over.
STANDING: dict[str, Q] = {
    **{code: Q() for code in ("registered", "accepted", "agreements", "open")},
    "screened_in": Q(screened_at__isnull=False)
    & ~Q(state=State.REGISTERED)
    & ~Q(not_accepted_for__in=_NOT_FOR_MEDIATION),
    "engaged": Q(accepted_at__isnull=False),
    "heard": Q(first_session_at__isnull=False),
    "agreed": Q(settled_at__isnull=False),
    "performed": Q(performed_at__isnull=False),
    "not_accepted": Q(state=State.NOT_ACCEPTED),
    "closed": Q(ended_at__isnull=False),
    "concluded": Q(accepted_at__isnull=False),
    "settled": Q(accepted_at__isnull=False, state__in=_SETTLED),
    "failed": Q(accepted_at__isnull=False) & ~Q(state__in=_SETTLED),
    "within_30": Q(accepted_at__isnull=False, took_s__lte=USUAL_DAYS * 86400),
    "confirmable": _CONFIRMABLE,
    **{code: _applied(condition) for code, condition in _APPLICATIONS.items()},
    "in_mediation": Q(state__in=sorted(IN_TERM)),
    **{f"over_{days}": Q(performed_at__isnull=False) for days in WATCHED},
    **{f"held_{days}": Q(performed_at__isnull=False) & _kept(days) for days in WATCHED},
    **{f"settled_{days}": Q() for days in WATCHED},
    **{f"kept_{days}": _kept(days) for days in WATCHED},
}
_DONE, _WAIVED = Q(state=ObligationState.PERFORMED), Q(state=ObligationState.WAIVED)
#: Which of the promises that fell due.
PROMISES: dict[str, Q] = {
    "due": Q(),
    "done_in_time": _DONE & Q(state_at__lte=F("due_at")),
    "done_late": _DONE & ~Q(state_at__lte=F("due_at")),
    "waived": _WAIVED,
    "not_done": ~_DONE & ~_WAIVED,
}
#: Told apart by the cohort: each is one question.
_CODES: dict[str, list[str]] = defaultdict(list)
for _figure in FIGURES:
    _CODES[_figure.cohort].append(_figure.code)
#: What is compared with earlier periods: counts whose meaning does not depend on how long ago it was.
COMPARED = ("registered", "accepted", "concluded", "settled", "agreements", "not_accepted", "failed")


def counts(asked: Asked, among: Iterable[str] = BY_CODE) -> dict[str, int]:
    """By code of the figure."""
    wanted = set(among)
    found: dict[str, int] = {}
    for cohort, codes in _CODES.items():
        if chosen := [code for code in codes if code in wanted]:
            found |= _COUNTED.get(cohort, _counted)(asked, chosen)
    return found


def _counted(asked: Asked, codes: list[str]) -> dict[str, int]:
    """Figures of one cohort: one question."""
    rows = with_lengths(asked.disputes, *codes).filter(asked.cohort(BY_CODE[codes[0]].cohort))
    of = {f"n_{code}": Count("pk", filter=asked.condition(code)) for code in codes}
    found = rows.order_by().aggregate(**of)
    return {code: found[f"n_{code}"] for code in codes}


def promises(asked: Asked) -> Any:
    """Those of agreements in force that fell due in the period and whose day has passed by now."""
    return Obligation.objects.filter(
        within(asked.area, field="agreement__dispute__area"),
        agreement__state=AgreementState.IN_FORCE,
        due_at__gt=asked.period.start,
        due_at__lte=min(asked.period.end, asked.at),
    )


def _of_settled(asked: Asked, codes: list[str]) -> dict[str, int]:
    """Applications are few beside agreements: they are counted from their own rows."""
    own = [code for code in codes if code not in _APPLICATIONS]
    found = _counted(asked, own)
    if len(own) < len(codes):
        rows = Confirmation.objects.filter(
            within(asked.area, field="dispute__area"),
            ~Q(dispute__kind__in=sorted(NOT_CONFIRMED_AS_A_WHOLE)),
            in_period("dispute__settled_at", asked.period),
            applied_at__isnull=False,
        )
        found |= rows.order_by().aggregate(**_distinct(_APPLICATIONS))
    return found


def _of_called(asked: Asked, codes: list[str]) -> dict[str, int]:
    """Likewise from the call-backs; of one dispute called twice each result counts once."""
    rows = CallBack.objects.filter(within(asked.area, field="dispute__area"), in_period("done_at", asked.period))
    results = {code: Q(result__in=of) if of else Q() for code, of in CALL_BACKS.items()}
    return rows.order_by().aggregate(**_distinct(results))


def _distinct(conditions: Mapping[str, Q]) -> dict[str, Count]:
    return {code: Count("dispute", distinct=True, filter=condition) for code, condition in conditions.items()}


def _promises(asked: Asked, codes: list[str]) -> dict[str, int]:
    return promises(asked).order_by().aggregate(**{code: Count("pk", filter=of) for code, of in PROMISES.items()})


_COUNTED: dict[str, Callable[[Asked, list[str]], dict[str, int]]] = {
    Cohort.SETTLED: _of_settled,
    Cohort.CALLED: _of_called,
    Cohort.DUE: _promises,
}


# --- how long it took ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Length:
    """Of how many, and the days that half and nine tenths of them did not exceed; None of none."""

    n: int
    median: float | None
    ninetieth: float | None


#: The figure whose disputes a stretch is of, and the times it lies between.
BETWEEN = {
    "to_session": ("heard", "registered_at", "first_session_at"),
    "to_conclusion": ("concluded", "registered_at", "concluded_at"),
}


def lengths(asked: Asked) -> dict[str, Length]:
    """By code of the stretch, from counts of hours begun."""
    return {code: _length(_hours(asked, *of)) for code, of in BETWEEN.items()}


def hours_begun(begin: str, end: str) -> Combinable:
    """Of whole seconds between two moments of a dispute."""
    return (_after(begin, end) + 3599) / 3600


def _hours(asked: Asked, code: str, begin: str, end: str) -> Counter[int]:
    rows = asked.rows(code).filter(**{f"{end}__gte": F(begin)}).order_by()
    hours = rows.values(hours=hours_begun(begin, end)).annotate(n=Count("pk"))
    return Counter({int(row["hours"]): row["n"] for row in hours})


def _length(hours: Mapping[int, int]) -> Length:
    def days(share: float) -> float | None:
        found = quantile_of_counts(hours, share)
        return None if found is None else in_days(found)

    return Length(sum(hours.values()), days(MEDIAN), days(NINETIETH))


def in_days(hours: int) -> float:
    """Days of 24 hours, with one decimal."""
    return round(hours / 24, 1)


@dataclass(frozen=True)
class Caseload:
    """How many mediators serve in bodies of the area, and the quantiles of their open disputes; None where they are few."""

    mediators: int
    median: int | None
    ninetieth: int | None


def caseload(asked: Asked) -> Caseload:
    """Never by person: too few mediators, and nothing is said."""
    serving = Mediator.objects.serving_on(timezone.localdate(asked.at)).filter(within(asked.area, field="body__area"))
    has_now = Q(assignments__state=AssignmentState.ACCEPTED, assignments__dispute__ended_at__isnull=True)
    loads = sorted(serving.order_by().annotate(n=Count("assignments", filter=has_now)).values_list("n", flat=True))
    if len(loads) < SMALL:
        return Caseload(len(loads), None, None)
    return Caseload(len(loads), _whole(quantile(loads, MEDIAN)), _whole(quantile(loads, NINETIETH)))


def _whole(found: float | None) -> int | None:
    return None if found is None else int(found)
