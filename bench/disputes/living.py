"""Living the year: each act of the plan by the act of the product that a person would do, in the order of time.

Between them the worker comes, twice a day, and the committees are called back each month. Nothing here writes a row. What an
act needs to know of the dispute is asked of the product as a page would ask; what is to happen is in the plan alone.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from bench.disputes import doing, doing_afterwards
from bench.disputes.calling import CALLED_ON, DRAWN_ON, called_at, result_of, seed_of
from bench.disputes.case import Case
from bench.disputes.county import County, make_county
from bench.disputes.days import DAY, TICKS, day_of, moment
from bench.disputes.pen import Act, Life
from bench.disputes.plan import COUNTY, UNTIL, YEAR, Plan
from linli.kit.refusal import Refused
from linli.mediation.actions import calling_back, clocks, performing, visiting
from linli.mediation.ledgers import counting
from linli.mediation.models import CallBack

ACTS = doing.ACTS | doing_afterwards.ACTS
#: On these days the worker counts ahead: pages have sums to read, and what was done since.
COUNTED_ON = (5, 15, 25)
BEGINS = moment(date(YEAR, 1, 1), TICKS[0])


@dataclass
class Lived:
    """A year as it is lived: what was done, and what went otherwise than planned."""

    plan: Plan
    county: County
    cases: dict[int, Case] = field(default_factory=dict)
    done: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    at: datetime = BEGINS
    _place: int = 0

    def live(self, until: datetime = UNTIL) -> None:
        """All that happens before that moment, from where it was left."""
        acts = self._acts
        while True:
            following = acts[self._place][1].at if self._place < len(acts) else until
            if self.at < min(following, until):
                self._work(self.at)
                self.at = _next_tick(self.at)
            elif following < until:
                life, act = acts[self._place]
                self._place += 1
                self._do(life, act)
            else:
                return

    def __post_init__(self) -> None:
        """The acts in their order, put there once."""
        self._acts = self.plan.acts()

    def _do(self, life: Life, act: Act) -> None:
        case = self.cases.setdefault(life.place, Case(self.county, life))
        self.done[act.name] += 1
        try:
            ACTS[act.name](case, act)
        except Refused as refusal:
            if refusal.code != act.refused:
                self.faults.append(f"{_told(life, act)}: refused as {refusal.code}: {refusal}")
        else:
            if act.refused:
                self.faults.append(f"{_told(life, act)}: was not refused as {act.refused}")

    def _work(self, at: datetime) -> None:
        """The chores of disputes, as `linli.chores.table` does them."""
        for waits, chore in _CHORES:
            while waits(at):
                chore(at)
        if at.time() == TICKS[0]:
            self._call_back(at)
        elif day_of(at).day in COUNTED_ON:
            while counting.follow(at):
                pass

    def _call_back(self, at: datetime) -> None:
        """As the plan says: a month is drawn of on the first of the next, and the parties are called on the ninth."""
        day = day_of(at)
        if day.day == DRAWN_ON and day > date(YEAR, 1, 1):
            last = day - DAY
            calling_back.draw_call_backs(
                self.county.areas[COUNTY],
                from_on=last.replace(day=1),
                to_on=last,
                by=self.county.heads[COUNTY],
                at=at,
                seed=seed_of(self.plan, last),
            )
        if day.day == CALLED_ON:
            lives = {case.dispute.pk: case.life for case in self.cases.values() if case.registered}
            calls = CallBack.objects.filter(draw__to_on=day.replace(day=1) - DAY).select_related("dispute", "body")
            for place, call in enumerate(calls.order_by("dispute__number")):
                if result := result_of(lives[call.dispute_id], place):
                    head = self.county.heads[call.body.area_id]
                    note = calling_back.note_call_back
                    note(call, result=result, words="打电话问过双方", by=head, at=called_at(day, place))
                    self.done["note_call_back"] += 1


def live(plan: Plan) -> Lived:
    """The county, and nothing lived yet."""
    return Lived(plan, make_county(plan.ground))


def _next_tick(at: datetime) -> datetime:
    day = day_of(at)
    return moment(day, TICKS[1]) if at == moment(day, TICKS[0]) else moment(day + DAY, TICKS[0])


def _told(life: Life, act: Act) -> str:
    return f"{life.place} ({life.course.name}, {life.door}, {life.level}) at {act.at:%Y-%m-%d %H:%M:%S}: {act.name}"


_CHORES: tuple[tuple[Callable[[datetime], bool], Callable[[datetime], int]], ...] = (
    (clocks.is_due, clocks.climb),
    (performing.is_due, performing.remind),
    (visiting.is_due, visiting.remind),
)
