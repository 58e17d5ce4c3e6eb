"""What must hold of a year that was lived: each law says in words what does not."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime

from bench.disputes.calling import draws, standing
from bench.disputes.days import ZONE, day_of
from bench.disputes.pen import SOON, Told, by_day
from bench.disputes.plan import Plan, Standing, area_name
from linli.journal.models import Entry
from linli.journal.proving import verify_chain
from linli.mediation.ledgers.ahead import Rows, answer
from linli.mediation.ledgers.listing import TIMES, Row, all_rows
from linli.mediation.ledgers.matrix import AREA, KIND, MONTH, OF, Matrix, matrix_from, matrix_of
from linli.mediation.ledgers.narrowing import Narrowing
from linli.mediation.ledgers.reading import Asked
from linli.mediation.models import CallBackDraw, Dispute
from linli.mediation.rules import STEPS, Step, To, Who
from linli.mediation.tests import slow_ledgers as slow
from linli.statistics.periods import Period


def figures(plan: Plan, area: str, period: Period, at: datetime) -> Iterator[str]:
    """Every figure of a ledger is what the plan says, written out plainly."""
    histories = [one.history for one in standing(plan, at)]
    asked, expected = Asked(area, period, at), slow.figures(histories, area, period, at)
    took = slow.lengths(histories, area, period)
    # From the rows, and as pages have them: from what was counted ahead, with what was done since.
    for how, source in (("by rows", Rows()), ("counted ahead", None)):
        found = source.counts(asked) if source else answer(asked, lambda one: one.counts(asked))
        stretches = source.lengths(asked) if source else answer(asked, lambda one: one.lengths(asked))
        for code, number in expected.items():
            if found[code] != number:
                yield f"{area} {period.first} – {period.last} at {at:%Y-%m-%d}, {how}: {code} is {found[code]}, not {number}"
        for code, one in stretches.items():
            if (one.n, one.median, one.ninetieth) != took[code]:
                yield f"{area} {period.first} – {period.last} at {at:%Y-%m-%d}, {how}: {code} is {one}, not {took[code]}"


def tables(plan: Plan, area: str, period: Period, at: datetime) -> Iterator[str]:
    """Every cell of every matrix of an area is what the plan says, its sums included."""
    known = plan.standing(at)
    for rows, cols in ((AREA, KIND), (AREA, MONTH), (KIND, MONTH)):
        for of in OF:
            asked = Asked(area, period, at)
            for matrix in (matrix_from(Rows(), asked, rows, cols, of), matrix_of(asked, rows, cols, of)):
                yield from _table(known, matrix, area, period)


def _table(known: list[Standing], matrix: Matrix, area: str, period: Period) -> Iterator[str]:
    counted = Counter(
        key
        for one in known
        if _is_of(one, matrix.of, area, period)
        for row in (_key(one, matrix.by_rows, matrix.of, area), "")
        for key in ((row, _key(one, matrix.by_cols, matrix.of, area)), (row, ""))
    )
    rows = [_head_key(line.head, matrix.by_rows) for line in matrix.rows]
    cols = [_head_key(head, matrix.by_cols) for head in matrix.cols]
    for row, line in zip(rows, matrix.rows, strict=True):
        for col, cell in zip(cols, line.cells, strict=True):
            if cell.n != counted.pop((row, col), 0):
                yield f"{matrix.of}: {row} × {col} says {cell.n}"
    yield from (f"{matrix.of}: {key} is not in the table, with {n}" for key, n in counted.items())


def _is_of(one: Standing, of: str, area: str, period: Period) -> bool:
    moment, history = _clock(one, of), one.history
    is_counted = {
        "concluded": history.accepted_at is not None,
        "settled": history.accepted_at is not None and history.state in ("settled", "closed"),
    }.get(of, True)
    return is_counted and one.life.area.startswith(area) and moment is not None and period.start <= moment < period.end


def _clock(one: Standing, of: str) -> datetime | None:
    name = {"registered": "registered_at", "accepted": "accepted_at", "agreements": "settled_at"}.get(
        of, "concluded_at"
    )
    found: datetime | None = getattr(one.history, name)
    return found


def _key(one: Standing, by: str, of: str, area: str) -> str:
    moment = _clock(one, of)
    assert moment is not None
    below = {6: 9, 9: 12}.get(len(area), len(area))
    return {AREA: one.life.area[:below], KIND: one.history.kind, MONTH: f"{day_of(moment):%Y-%m}"}[by]


def _head_key(head: object, by: str) -> str:
    area, asked, period = head.area, head.asked, head.period  # type: ignore[attr-defined]
    return {AREA: area, KIND: asked.get("kind", ""), MONTH: f"{period.first:%Y-%m}" if period else ""}[by]


# --- lines --------------------------------------------------------------------------------------------------------------


def lines(plan: Plan, area: str, period: Period, at: datetime) -> Iterator[str]:
    """Every line of the ledger is what the plan says, the latest first."""
    expected = [line_of(one) for one in reversed(plan.standing(at)) if one.life.area.startswith(area)]
    found = [_shown(row) for row in all_rows(Asked(area, period, at), Narrowing())]
    yield from (
        f"the ledger says {one}, not {other}" for one, other in zip(found, expected, strict=False) if one != other
    )
    if len(found) != len(expected):
        yield f"the ledger has {len(found)} lines, not {len(expected)}"


def _shown(row: Row) -> dict[str, str]:
    return {
        **{name: str(getattr(row, name)) for name in ("number", "case_no", "kind", "door", "state")},
        "body": (row.body or "").removesuffix("人民调解委员会"),
        "ending": row.ending_code or row.not_accepted_for,
        "reopened": str(row.reopened or ""),
        **{name: row.days.get(name, "") for name in TIMES},
    }


def line_of(one: Standing) -> dict[str, str]:
    """What the ledger says of a dispute, by the code of the column."""
    history = one.history
    return {
        "number": one.number,
        "case_no": one.case_no,
        "kind": history.kind,
        "door": str(history.door),
        "state": str(history.state),
        "body": area_name(one.body) if one.body else "",
        "ending": str(history.ending or history.not_accepted_for),
        "reopened": str(history.reopened or ""),
        **{name: _day(getattr(history, name)) for name in TIMES},
    }


def _day(at: datetime | None) -> str:
    return f"{at.astimezone(ZONE):%Y-%m-%d}" if at else ""


# --- clocks -------------------------------------------------------------------------------------------------------------


def warnings(plan: Plan, until: datetime) -> Iterator[str]:
    """Everybody was told on just the day they must be, of nothing else and of nothing twice."""
    number_of = {one.life.place: one.number for one in plan.standing(until)}
    expected = Counter(
        (number_of[life.place], *key)
        for life in plan.lives
        for key, times in by_day([one for one in life.told if one.at < until]).items()
        for _each in range(times)
    )
    found = Counter(_said())
    yield from (f"nobody was told {key}, {n} times" for key, n in (expected - found).items())
    yield from (f"somebody was told {key}, {n} times too often" for key, n in (found - expected).items())


_TOLD = (SOON, "dispute.term_over", "dispute.performance_due", "dispute.performance_unanswered", "dispute.visit_due")


def _said() -> Iterator[tuple[str, date, str, str]]:
    numbers = {str(key): number for key, number in Dispute.objects.values_list("pk", "number")}
    by_clock = Entry.objects.filter(verb__in=[*_TOLD, "dispute.breached"], by__isnull=True)
    for key, verb, at, facts in by_clock.values_list("on_key", "verb", "at", "facts"):
        if facts.get("party"):
            continue
        of = f"{facts['kind']} {facts['rung']}" if "rung" in facts else facts.get("why", "")
        (said,) = by_day([Told(at, verb, of)])
        yield numbers[key], *said


# --- the end ------------------------------------------------------------------------------------------------------------


def ends(plan: Plan, at: datetime) -> Iterator[str]:
    """Each dispute stands where the plan says, and from there somebody here can end it, or open it again."""
    states = dict(Dispute.objects.values_list("number", "state"))
    for one in plan.standing(at):
        if states[one.number] != one.history.state:
            yield f"{one.number} is {states[one.number]}, not {one.history.state}"
    for state in sorted(set(states.values())):
        if not exits(state):
            yield f"nothing leads on from {state}"


def exits(state: str) -> list[Step]:
    """The steps by which somebody of the committee leads a dispute on from here, or ends it."""
    ours = {Who.KEEPER, Who.MEDIATOR, Who.ASKED}
    return [row for row in STEPS if state in row.sources and row.who & ours and row.target not in (To.SAME, state)]


def lots(plan: Plan) -> Iterator[str]:
    """Each month was drawn of, and the lot fell on those the seed says."""
    kept = {draw.drawn_at: draw for draw in CallBackDraw.objects.all()}
    for at, numbers in draws(plan):
        found = sorted(kept[at].call_backs.values_list("dispute__number", flat=True))
        if found != numbers:
            yield f"drawn on {at:%Y-%m-%d}: {found}, not {numbers}"


def journal() -> Iterator[str]:
    """Nothing in the journal was changed."""
    yield from (f"{one.chain} {one.position}: {one.why}" for one in verify_chain())
