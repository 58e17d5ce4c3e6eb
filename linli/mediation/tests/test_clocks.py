"""Clocks that run: warnings once each, more time by consent, terms a county sets, limits beyond the calendar."""

from datetime import UTC, date, datetime, timedelta

import pytest

from linli.events.testing import NOON
from linli.journal.models import Entry, Notice
from linli.kit.models import CalendarDay
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.mediation.actions import clocks, ending, filing
from linli.mediation.dossier.binding import Retention
from linli.mediation.models import Clock, Dispute
from linli.mediation.rules import ClockKind, Side, State, TermCode, Unit
from linli.mediation.testing import Mediation, make_dispute, make_mediation, party_of

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
#: Accepted on 16 November; the term ends on Wednesday, 16 December, at closing time.
END = datetime(2026, 12, 16, 9, 30, tzinfo=UTC)


def said(dispute: Dispute) -> list[tuple[str, int]]:
    verbs = ["dispute.term_ends_soon", "dispute.term_over"]
    rows = Entry.objects.filter(on_key=str(dispute.pk), verb__in=verbs).order_by("pk")
    return [(entry.verb.removeprefix("dispute."), entry.facts["rung"]) for entry in rows]


def test_each_warning_comes_once_to_mediator_and_head() -> None:
    here = make_mediation()
    dispute = make_dispute(here, State.MEDIATING)
    assert not clocks.is_due(END - 8 * DAY)
    for at in (END - 7 * DAY, END - 7 * DAY, END - 2 * DAY, END, END + DAY):
        clocks.climb(at)
    assert said(dispute) == [("term_ends_soon", 1), ("term_ends_soon", 2), ("term_over", 3)]
    told = Notice.objects.filter(entry__verb="dispute.term_over").values_list("person__username", flat=True)
    assert set(told) == {"mediator", "head"}
    assert not clocks.is_due(END + 100 * DAY)


def test_a_worker_that_slept_gives_only_the_last_warning() -> None:
    here = make_mediation()
    dispute = make_dispute(here, State.MEDIATING)
    clocks.climb(END + DAY)
    assert said(dispute) == [("term_over", 3)]


def test_what_has_ended_warns_nobody() -> None:
    here = make_mediation()
    for state in (State.SETTLED, State.FAILED, State.NOT_ACCEPTED, State.WITHDRAWN):
        dispute = make_dispute(here, state)
        assert not Clock.objects.running().filter(dispute=dispute, kind__in=[ClockKind.TERM, ClockKind.SCREENING])
    waiting = make_dispute(here, State.REGISTERED)
    clocks.climb(END)
    over = Entry.objects.filter(verb="dispute.term_over").exclude(facts__kind=ClockKind.CONFIRMATION)
    assert over.get().on_key == str(waiting.pk)


def test_the_clock_only_warns_and_ends_no_mediation() -> None:
    here = make_mediation()
    dispute = make_dispute(here, State.MEDIATING)
    clocks.climb(END + 30 * DAY)
    dispute.refresh_from_db()
    assert dispute.state == State.MEDIATING
    assert Dispute.objects.overdue_at(END + DAY).get() == dispute


def test_a_limit_reckons_with_the_month_end_and_the_day_off() -> None:
    here = make_mediation()
    # 31 December 2026 in Shanghai; the month ends on Sunday, 31 January 2027.
    at = datetime(2026, 12, 31, 1, 0, tzinfo=UTC)
    dispute = make_dispute(here, State.ACCEPTED, at=at)
    assert dispute.due_at == datetime(2027, 2, 1, 9, 30, tzinfo=UTC)
    assert dispute.due_is_provisional  # 2027 is not announced in the calendar that comes with linli


def test_a_limit_beyond_the_calendar_is_reckoned_again_when_the_year_is_announced() -> None:
    here = make_mediation()
    dispute = make_dispute(here, State.ACCEPTED, at=datetime(2026, 12, 31, 1, 0, tzinfo=UTC))
    assert clocks.reckon_provisional(NOON) == 0
    holidays = [date(2027, 2, 1) + n * DAY for n in range(3)] + [date(2027, 5, 1) + n * DAY for n in range(9)]
    CalendarDay.objects.bulk_create(CalendarDay(day=day, is_working=False) for day in holidays)
    assert clocks.reckon_provisional(NOON) == 1
    dispute.refresh_from_db()
    assert dispute.due_at == datetime(2027, 2, 4, 9, 30, tzinfo=UTC)
    assert not dispute.due_is_provisional


# --- more time -----------------------------------------------------------------------------------------------------------


def test_more_time_needs_both_sides() -> None:
    here = make_mediation()
    dispute = make_dispute(here, State.MEDIATING)
    one, other = party_of(dispute), party_of(dispute, Side.RESPONDENT)
    at = END - 3 * DAY
    with pytest.raises(Refused) as unasked:
        clocks.agree_to_extension(one, by=here.mediator, at=at)
    assert unasked.value.code == "no_extension_asked"
    clocks.ask_extension(dispute, until=date(2027, 1, 2), by=here.mediator, at=at)
    assert not clocks.agree_to_extension(one, by=None, at=at, own=True)
    assert not clocks.agree_to_extension(one, by=here.mediator, at=at)
    dispute.refresh_from_db()
    assert dispute.due_at == END
    assert clocks.agree_to_extension(other, by=here.mediator, at=at)
    dispute.refresh_from_db()
    # 2 January 2027 is a Saturday.
    assert dispute.due_at == datetime(2027, 1, 4, 9, 30, tzinfo=UTC)
    clock = Clock.objects.get(dispute=dispute, kind=ClockKind.TERM)
    assert (clock.extensions, clock.extended_until, clock.rung) == (1, date(2027, 1, 2), 0)
    clocks.climb(END + DAY)
    assert said(dispute) == []


def test_a_party_that_asks_has_said_yes() -> None:
    here = make_mediation()
    dispute = make_dispute(here, State.ACCEPTED)
    one, other = party_of(dispute), party_of(dispute, Side.RESPONDENT)
    clocks.ask_extension(dispute, until=date(2027, 1, 15), by=None, at=NOON + DAY, party=one)
    assert clocks.agree_to_extension(other, by=None, at=NOON + DAY, own=True)


@pytest.mark.parametrize(
    ("until", "code"), [(date(2026, 12, 16), "not_later"), (date(2028, 1, 1), "too_long_extended")]
)
def test_a_day_that_is_none_is_refused(until: date, code: str) -> None:
    here = make_mediation()
    dispute = make_dispute(here, State.MEDIATING)
    with pytest.raises(BadInput) as refusal:
        clocks.ask_extension(dispute, until=until, by=here.mediator, at=NOON + DAY)
    assert refusal.value.code == code


def test_opened_again_it_has_a_new_month() -> None:
    here = make_mediation()
    dispute = make_dispute(here, State.FAILED)
    at = datetime(2026, 12, 1, 4, 0, tzinfo=UTC)
    ending.reopen(dispute, why="愿意再谈", by=here.mediator, at=at)
    assert dispute.due_at == datetime(2027, 1, 1, 9, 30, tzinfo=UTC) or dispute.due_at > at + 30 * DAY
    assert Clock.objects.filter(dispute=dispute, kind=ClockKind.TERM).count() == 2


def test_a_limit_that_was_stopped_meanwhile_does_not_run_again(monkeypatch: pytest.MonkeyPatch) -> None:
    dispute = make_dispute(make_mediation(), State.ACCEPTED)
    Clock.objects.filter(dispute=dispute).update(is_provisional=True)

    def somebody_was_quicker(locked: Dispute) -> None:
        clocks.stop(locked, at=NOON + DAY)

    monkeypatch.setattr(clocks, "lock", somebody_was_quicker)
    assert clocks.reckon_provisional(NOON + DAY) == 0
    clock = Clock.objects.filter(dispute=dispute).latest("pk")
    assert (clock.stopped_at, clock.next_at) == (NOON + DAY, None)
    dispute.refresh_from_db()
    assert dispute.due_at is None


# --- terms a county sets -------------------------------------------------------------------------------------------------


def set_term(here: Mediation, **changed: object) -> object:
    told = {
        "code": TermCode.MEDIATION,
        "area": here.world.areas["440881"],
        "unit": Unit.DAY,
        "amount": 20,
        "source": "廉江市人民调解工作规定第八条",
        "valid_from": date(2026, 11, 1),
        "by": here.world.cast.system,
        "at": NOON,
    }
    return clocks.set_term(**{**told, **changed})  # type: ignore[arg-type]


def test_a_county_sets_a_term_and_what_runs_keeps_its_own() -> None:
    here = make_mediation()
    running = make_dispute(here, State.MEDIATING)
    set_term(here)
    set_term(here, amount=25)
    later = make_dispute(here, State.MEDIATING)
    assert running.due_at == END
    assert later.due_at == datetime(2026, 12, 11, 9, 30, tzinfo=UTC)
    clock = Clock.objects.get(dispute=later, kind=ClockKind.TERM)
    assert (clock.amount, clock.unit, clock.source) == (25, Unit.DAY, "廉江市人民调解工作规定第八条")


@pytest.mark.parametrize(
    ("unit", "amount", "until", "words"),
    [
        (Unit.MONTH, 120, date(2036, 11, 16), "10年"),
        (Unit.MONTH, 30, date(2029, 5, 16), "30个月"),
        (Unit.DAY, 3650, date(2036, 11, 13), "3650日"),
        (Unit.WORKING_DAY, 5, date(2026, 11, 23), "5个工作日"),
    ],
)
def test_a_dossier_is_kept_as_long_as_its_term_says_whatever_it_is_counted_in(
    unit: str, amount: int, until: date, words: str
) -> None:
    here = make_mediation()
    set_term(here, code=TermCode.RETENTION, unit=unit, amount=amount)
    dispute = make_dispute(here, State.FAILED)
    assert filing._filing(dispute, "黄主任", NOON + DAY).retention == Retention(words, until)
    ending.archive(dispute, by=here.head, at=NOON + DAY)
    assert dispute.retention_until == until


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"amount": 0}, "bad_amount"),
        ({"amount": 4000}, "bad_amount"),
        ({"source": ""}, "source_missing"),
        ({"unit": "week"}, "not_offered"),
    ],
)
def test_a_term_without_length_or_source_is_refused(changed: dict[str, object], code: str) -> None:
    here = make_mediation()
    with pytest.raises(BadInput) as refusal:
        set_term(here, **changed)
    assert refusal.value.code == code
    with pytest.raises(NotYours):
        set_term(here, by=here.mediator)
