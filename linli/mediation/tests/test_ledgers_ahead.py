"""Figures of ledgers that were counted ahead equal the slow computation, whatever was done and wherever a worker was stopped."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, timedelta
from random import Random
from typing import TypeVar

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext

from linli.events.testing import NOON
from linli.journal.actions import record
from linli.journal.models import Entry, Notice
from linli.kit.refusal import BadInput, Refused
from linli.mediation.actions.calling_back import note_call_back
from linli.mediation.actions.confirming import apply, note_answer, want
from linli.mediation.actions.ending import reopen
from linli.mediation.actions.performing import claim, confirm, waive
from linli.mediation.ledgers import ahead
from linli.mediation.ledgers.ahead import Source, answer
from linli.mediation.ledgers.comparing import compare_all, compare_next, is_due
from linli.mediation.ledgers.counting import begin_anew, follow, has_news
from linli.mediation.ledgers.figures import BY_CODE
from linli.mediation.ledgers.matrix import OF, matrix_of
from linli.mediation.ledgers.pairs import AREA, KIND, MONTH, pairs
from linli.mediation.ledgers.reading import Asked
from linli.mediation.ledgers.sheet import sheet_of
from linli.mediation.ledgers.testing import History, Promise, store
from linli.mediation.models import (
    COUNTED_FIGURES,
    CallBack,
    CallBackDraw,
    CountedDispute,
    Dispute,
    LedgerCell,
    LedgerFollower,
    LedgerHours,
    sealed_words,
)
from linli.mediation.rules import AgreementState, CallBackResult, CourtAnswer, Kind, Side, State
from linli.mediation.testing import PATHS, Mediation, make_dispute, make_mediation, party_of
from linli.mediation.tests import slow_ledgers as slow
from linli.mediation.tests.test_ledgers import AREAS, COUNTY, PERIODS, TOWNSHIP, VILLAGE, YEAR, made
from linli.statistics.periods import Period

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
#: The acts of a random life begin here, and are over a year later.
BEGUN, LATER = NOON, NOON + 400 * DAY
LIFE = (
    Period(date(2026, 11, 1), date(2027, 12, 21)),
    Period(date(2026, 11, 20), date(2027, 3, 7)),
    Period(date(2027, 2, 1), date(2027, 2, 28)),
)
WAYS = ((AREA, KIND), (KIND, AREA), (AREA, MONTH), (KIND, MONTH))
T = TypeVar("T")


@pytest.fixture
def here(db: None) -> Mediation:
    return make_mediation()


def count_all(at: datetime = NOON, slice_size: int = 500, stride: int = 2000) -> None:
    while follow(at, slice_size, stride):
        pass


def from_sums(asked: Asked, ask: Callable[[Source], T]) -> T:
    """The answer of the sums; that of the rows would prove nothing."""
    sources = []

    def asking(source: Source) -> T:
        sources.append(source)
        return ask(source)

    found = answer(asked, asking)
    assert isinstance(sources[-1], ahead.Ahead)
    return found


def assert_all_figures(histories: list[History], at: datetime, periods: tuple[Period, ...]) -> None:
    for area in (COUNTY, TOWNSHIP, VILLAGE):
        for place, period in enumerate(periods):
            asked = Asked(area, period, at)
            found, took = from_sums(asked, lambda source, of=asked: (source.counts(of), source.lengths(of)))
            assert found == slow.figures(histories, area, period, at)
            quantiles = {code: (one.n, one.median, one.ninetieth) for code, one in took.items()}
            assert quantiles == slow.lengths(histories, area, period)
            for of in OF[place::3]:
                for ways in WAYS:
                    told = from_sums(asked, lambda source, a=asked, w=ways, f=of: source.pairs(a, *w, f))
                    assert told == pairs(asked, *ways, of)


# --- states in bulk -----------------------------------------------------------------------------------------------------


class Killed(BaseException):
    """The worker ended here."""


def work(at: datetime, dies_after: int, slice_size: int) -> None:
    """A turn of the worker, which dies between two of its statements; its transaction undoes the turn."""
    left = dies_after

    def passing(execute: Callable[..., object], *arguments: object) -> object:
        nonlocal left
        left -= 1
        if left == 0:
            raise Killed
        return execute(*arguments)

    with suppress(Killed), connection.execute_wrapper(passing), transaction.atomic():
        follow(at, slice_size, slice_size)


def test_hundreds_of_states_counted_by_workers_that_die_are_what_the_slow_computation_says(here: Mediation) -> None:
    found = made(here, 300, 51)
    draw = Random(4)
    for _turn in range(25):
        work(NOON, draw.randrange(1, 25), draw.choice((7, 30, 60)))
    count_all()
    assert CountedDispute.objects.count() == 300
    assert_all_figures(found, NOON, PERIODS)
    # By time alone disputes become 90 and 180 days old, and promises fall due: what a page adds, then the worker.
    for days in (11, 60, 200):
        at = NOON + days * DAY
        if days == 11:
            assert_all_figures(found, at, PERIODS[:1])
        while has_news_at(at):
            work(at, draw.randrange(4, 40), 500)
            follow(at)
        assert_all_figures(found, at, (YEAR, Period(date(2026, 1, 1), date(2027, 6, 30))))
    assert list(compare_all(NOON + 200 * DAY)) == []


def has_news_at(at: datetime) -> bool:
    return CountedDispute.objects.filter(next_at__lte=at).exists()


# --- acts ---------------------------------------------------------------------------------------------------------------


def _perform(here: Mediation, dispute: Dispute, at: datetime) -> None:
    promise = dispute.agreements.get(state=AgreementState.IN_FORCE).obligations.get()
    confirm(claim(promise, words="已付", by=here.mediator, at=at), by=here.mediator, at=at + DAY)


def _waive(here: Mediation, dispute: Dispute, at: datetime) -> None:
    promise = dispute.agreements.get(state=AgreementState.IN_FORCE).obligations.get()
    waive(promise, words="不要了", by=here.mediator, at=at)


def _reopen(here: Mediation, dispute: Dispute, at: datetime) -> None:
    reopen(dispute, why="又起争执", by=here.head, at=at)


def _to_court(here: Mediation, dispute: Dispute, at: datetime) -> None:
    confirmation = dispute.confirmations.get()
    at = min(at, confirmation.deadline_at - DAY)
    for side in (Side.APPLICANT, Side.RESPONDENT):
        want(confirmation, party=party_of(dispute, side), by=here.mediator, at=at)
    apply(confirmation, court="廉江市人民法院", about_status=False, by=here.mediator, at=at)
    note_answer(confirmation, answer=CourtAnswer.ACCEPTED, by=here.mediator, at=at)
    note_answer(confirmation, answer=CourtAnswer.CONFIRMED, court_no="12", by=here.mediator, at=at)


def _call(here: Mediation, dispute: Dispute, at: datetime, result: str = CallBackResult.VERIFIED) -> None:
    """Twice it may be called: by each draw once."""
    day = date(2026, 1, 1) + CallBackDraw.objects.count() * DAY
    drawn = CallBackDraw.objects.create(
        area=here.world.areas[COUNTY],
        from_on=day,
        to_on=day,
        frozen="0" * 64,
        seed="0" * 64,
        of_flagged_percent=1,
        of_all_percent=1,
        at_most=1,
        drawn_at=at,
    )
    made = CallBack(dispute=dispute, draw=drawn, drawn_at=at, body=here.county)
    made.sealed = sealed_words(CallBack, made.pk, {})
    made.save()
    note_call_back(made, result=result, words="都说好", by=here.county_head, at=at)


ACTS = (_perform, _waive, _reopen, _to_court, _call, _call)


def live(here: Mediation, seed: int, lives: int) -> None:
    """Disputes through all their acts, other acts on them afterwards, and turns of a worker in between, some of which die."""
    draw, disputes = Random(seed), []
    states = [*PATHS, State.SETTLED, State.SETTLED, State.CLOSED]
    for number in range(lives):
        at = BEGUN + timedelta(days=draw.randrange(150), seconds=draw.randrange(80_000))
        due_on = str((at + draw.randrange(1, 80) * DAY).date()) if draw.random() < 0.7 else ""
        state = states[(seed + number) % len(states)]
        due_on = "" if state == State.CLOSED else due_on
        disputes.append(make_dispute(here, state, at=at, kind=draw.choice(Kind.values), due_on=due_on))
        for _act in range(3):
            dispute = draw.choice(disputes)
            dispute.refresh_from_db()
            moment = max(filter(None, (dispute.registered_at, dispute.settled_at, dispute.ended_at, dispute.fell_at)))
            with suppress(Refused, BadInput, ObjectDoesNotExist), transaction.atomic():
                draw.choice(ACTS)(here, dispute, moment + timedelta(hours=draw.randrange(1, 900)))
        if draw.random() < 0.6:
            work(BEGUN + draw.randrange(400) * DAY, draw.randrange(1, 60), draw.choice((3, 20, 200)))


def history_of(dispute: Dispute) -> History:
    """What the slow computation takes, from the rows as they are."""
    one = History(dispute.area_id, dispute.kind, dispute.body_id, dispute.registered_at, state=dispute.state)
    for name in ("screened", "accepted", "first_session", "settled", "performed", "fell", "concluded", "ended", "due"):
        setattr(one, f"{name}_at", getattr(dispute, f"{name}_at"))
    one.not_accepted_for = dispute.not_accepted_for
    for agreement in dispute.agreements.filter(state=AgreementState.IN_FORCE):
        one.promises = [Promise(each.due_at, each.state, each.state_at) for each in agreement.obligations.all()]
    for applied in dispute.confirmations.exclude(applied_at=None):
        one.applied_at, one.apply_until, one.court = applied.applied_at, applied.deadline_at, applied.answer
    one.calls = [(call.result, call.done_at) for call in dispute.call_backs.all()]
    return one


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_is_done_the_sums_with_their_tail_say_what_the_slow_computation_says(
    here: Mediation, seed: int
) -> None:
    live(here, seed, 15)
    assert Entry.objects.filter(on_kind="dispute").count() > 150
    count_walked()
    found = [history_of(one) for one in Dispute.objects.all()]
    reached = {code for code, n in slow.figures(found, COUNTY, LIFE[0], LATER).items() if n}
    assert reached > {"performed", "held_180", "kept_90", "due", "called", "confirmed"}
    # First with all that was done since, then as the worker leaves it.
    assert_all_figures(found, LATER, LIFE[:1])
    count_all(LATER)
    assert_all_figures(found, LATER, LIFE)
    assert list(compare_all(LATER)) == []


def count_walked() -> None:
    """Until every dispute was walked over; what was done since is left in the journal."""
    while not LedgerFollower.objects.filter(is_walking=False).exists():
        follow(BEGUN, 5, 50)


def test_a_dispute_called_back_twice_counts_once_in_every_period(here: Mediation) -> None:
    dispute = make_dispute(here, State.CLOSED)
    count_all()
    at = NOON + 40 * DAY
    _call(here, dispute, at)
    _call(here, dispute, at + 3 * DAY, CallBackResult.UNREACHED)
    for first, last, expected in ((1, 31, (1, 1, 1)), (1, 27, (1, 1, 0)), (28, 31, (1, 0, 1)), (1, 20, (0, 0, 0))):
        asked = Asked(COUNTY, Period(date(2026, 12, first), date(2026, 12, last)), at + 9 * DAY)
        codes = ("called", "verified", "unreached")
        for _time in range(2):
            found = from_sums(asked, lambda source, of=asked: source.counts(of))
            assert tuple(found[code] for code in codes) == expected
            count_all(at + 9 * DAY)


# --- what is kept, and what is not believed -----------------------------------------------------------------------------


def test_every_figure_but_one_has_a_column() -> None:
    assert set(COUNTED_FIGURES) == set(BY_CODE) - {"overdue"}


def test_an_act_costs_no_question_more_for_being_counted(here: Mediation) -> None:
    count_all()
    with CaptureQueriesContext(connection) as queries:
        make_dispute(here, State.CLOSED)
    assert not [one for one in queries if "ledger" in one["sql"] or "counteddispute" in one["sql"]]
    assert has_news()


def test_pages_read_the_rows_until_all_is_counted_and_where_too_much_was_done_since(
    here: Mediation, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = made(here, 40, 3)
    asked = Asked(COUNTY, YEAR, NOON)
    assert answer(asked, type) is ahead.Rows
    count_all()
    assert answer(asked, type) is ahead.Ahead
    assert answer(Asked(VILLAGE, YEAR, NOON), type) is ahead.Ahead
    monkeypatch.setattr(ahead, "FEW", 1)
    assert answer(Asked(VILLAGE, YEAR, NOON), type) is ahead.Rows
    assert answer(Asked(COUNTY, YEAR, NOON - DAY), type) is ahead.Rows
    monkeypatch.setattr(ahead, "TAIL", 2)
    for dispute in Dispute.objects.all()[:3]:
        record("dispute.looked_at", on=dispute, by=None, at=NOON)
    assert answer(asked, type) is ahead.Rows
    count_all()
    assert {code: one.n for code, one in sheet_of(asked).numbers.items()} == slow.figures(found, COUNTY, YEAR, NOON)
    begin_anew(NOON)
    assert answer(asked, type) is ahead.Rows


def test_what_is_counted_while_a_page_reads_makes_it_read_again(here: Mediation) -> None:
    make_dispute(here, State.SETTLED)
    count_all()
    asked, seen = Asked(COUNTY, YEAR, NOON), []

    def ask(source: Source) -> int:
        if not seen:
            make_dispute(here, State.REGISTERED)
            count_all()
        seen.append(source.counts(asked, ["registered"])["registered"])
        return seen[-1]

    # The first look had an old tail beside new sums.
    assert answer(asked, ask) == 2
    assert len(seen) == 2


def test_figures_are_the_same_from_sums_and_rows_on_the_page(here: Mediation) -> None:
    made(here, 120, 5)
    client = Client()
    client.force_login(here.world.cast.leader)
    address = f"/mediation/ledgers/{COUNTY}/figures/?from=2025-12-01&to=2026-11-16&rows=area&cols=month"
    plain = client.get(address)
    count_all(plain.context["now"])
    counted = client.get(address)
    assert answer(Asked(COUNTY, YEAR, counted.context["now"]), type) is ahead.Ahead
    for name in ("numbers", "shares", "funnel", "lengths", "caseload"):
        assert getattr(counted.context["sheet"], name) == getattr(plain.context["sheet"], name)
    assert counted.context["matrix"] == plain.context["matrix"]


@pytest.mark.parametrize("count", [1, 60])
def test_questions_of_figures_counted_ahead_do_not_grow_with_the_rows(here: Mediation, count: int) -> None:
    made(here, count, 23, days=300)
    count_all()
    asked = Asked(COUNTY, YEAR, NOON)
    sheet_of(asked), matrix_of(asked, AREA, KIND)
    with CaptureQueriesContext(connection) as queries:
        sheet_of(asked)
    assert len(queries) == 14
    with CaptureQueriesContext(connection) as queries:
        matrix_of(asked, AREA, KIND)
    assert len(queries) == 10


# --- the comparison -----------------------------------------------------------------------------------------------------


def test_a_corrupted_sum_is_found_in_the_night_told_and_not_believed(here: Mediation) -> None:
    found = made(here, 60, 9)
    night = NOON.replace(hour=19) + DAY
    count_all(night)
    while compare_next(night):
        pass
    assert LedgerFollower.objects.get().differing == 0 and not is_due(night)
    cell = LedgerCell.objects.filter(grain="d9", registered__gt=0).first()
    assert cell is not None
    LedgerCell.objects.filter(pk=cell.pk).update(settled=F("settled") + 1)
    assert is_due(night + DAY)
    while compare_next(night + DAY):
        pass
    # Of the township itself, and of the county whose sum it no longer is.
    assert LedgerFollower.objects.get().differing == 2
    entry = Entry.objects.filter(verb="ledgers.differ", area=cell.area).get()
    assert Notice.objects.filter(entry=entry, person=here.world.cast.system).exists()
    asked = Asked(COUNTY, YEAR, night + DAY)
    assert answer(asked, type) is ahead.Rows
    assert sheet_of(asked).numbers["settled"].n == slow.figures(found, COUNTY, YEAR, night + DAY)["settled"]


def test_the_command_counts_anew_and_compares(here: Mediation, capsys: pytest.CaptureFixture[str]) -> None:
    store([History(AREAS[3], "02", here.township.pk, NOON)], here.head)
    call_command("ledgers", "rebuild")
    LedgerCell.objects.filter(grain="m6", registered=1).update(registered=99)
    LedgerHours.objects.create(grain="d9", area=TOWNSHIP, day=NOON.date(), stretch="to_session", hours=[[7], [0, 1]])
    with pytest.raises(Refused) as refusal:
        call_command("ledgers", "compare")
    assert "linli ledgers rebuild" in refusal.value.message
    told = capsys.readouterr().out
    assert "m6 440881 2026-11-01 02 registered\t99\t1" in told
    assert "d9 440881101 2026-11-16 to_session 7\t1\t0" in told
    call_command("ledgers", "rebuild")
    call_command("ledgers", "compare")
    assert LedgerFollower.objects.get().differing == 0
