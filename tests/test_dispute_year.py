"""A year of disputes is lived by a plan, act by act, and its ledgers say exactly what the plan says, and nothing else.

Here it is a thin one: each way a dispute can go, once at the least. `python -m bench disputes` lives the year of 2,418.
"""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from bench.disputes import courses, laws
from bench.disputes.calling import standing
from bench.disputes.days import midnight_after
from bench.disputes.living import ACTS, Lived, live
from bench.disputes.plan import COUNTY, UNTIL, YEAR, Ground, Plan, plan_of
from linli.exports.models import Export
from linli.journal.models import Entry, Notice
from linli.kit.testing import BuiltOnce
from linli.mediation.ledgers.listing import TIMES
from linli.mediation.ledgers.narrowing import LARGE_FROM
from linli.mediation.ledgers.rates import RATES, percent_of
from linli.mediation.models import Dispute, Mediator, Obligation
from linli.mediation.rules import STEP_NAMES, Door, Kind, State
from linli.mediation.tests import slow_ledgers as slow
from linli.statistics.periods import Period

ACCEPTED = 56
THE_YEAR = Period(date(YEAR, 1, 1), date(YEAR, 12, 31))
TOWN, OTHER_TOWN, VILLAGE = "440881101", "440881102", "440881101201"


def _live() -> Lived:
    """Held against the plan four times on the way: later nobody sees any more how it stood then."""
    lived = live(plan_of(ACCEPTED, Ground(townships=2, villages=2), 2025))
    for month, day in ((3, 31), (6, 30), (9, 30), (12, 31)):
        until = midnight_after(date(YEAR, month, day))
        lived.live(until)
        period = Period(date(YEAR, max(month - 2, 1), 1), date(YEAR, month, day))
        for area in (COUNTY, TOWN):
            lived.faults += laws.figures(lived.plan, area, period, until)
    lived.live()
    return lived


year_once = BuiltOnce(_live)


@pytest.fixture
def lived(db: None) -> Lived:
    """The whole year, as it stands half a year after."""
    return year_once()


# --- the plan -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def whole() -> Plan:
    """The year of the county's report, which nobody lives here."""
    return plan_of(courses.ACCEPTED, Ground(), 2025)


def test_the_plan_of_the_whole_year_is_the_countys_report(whole: Plan) -> None:
    known = whole.standing(UNTIL)
    found = slow.figures([one.history for one in known], COUNTY, THE_YEAR, UNTIL)
    assert (found["closed"], found["accepted"]) == (2359, 2418)
    assert percent_of(found["closed"], found["accepted"]) == Decimal("97.56")
    large = [one.history for one in known if one.life.people >= LARGE_FROM]
    solved = [one for one in large if one.state == State.CLOSED and one.ending == "agreement"]
    assert (len(solved), len(large)) == (582, 603)
    assert percent_of(len(solved), len(large)) == Decimal("96.52")
    assert [one.history.state for one in known if one.body == COUNTY] == [State.CLOSED] * 12
    assert {one.history.state for one in known} == set(State)


def test_a_plan_is_the_same_for_the_same_seed_and_goes_forward_in_time(whole: Plan) -> None:
    assert plan_of(60, Ground(2, 2), 1).acts() == plan_of(60, Ground(2, 2), 1).acts()
    assert plan_of(60, Ground(2, 2), 1).acts() != plan_of(60, Ground(2, 2), 2).acts()
    assert all(one.at <= other.at for life in whole.lives for one, other in pairwise(life.acts))
    doors = Counter(life.door for life in whole.lives)
    assert {door: round(100 * count / len(whole.lives)) for door, count in doors.items()} == courses.DOORS


@pytest.mark.parametrize("count", [36, 37, 50, 2359])
def test_shares_add_up_and_leave_nothing_out(count: int) -> None:
    found = Counter(courses.shares({number: number + 1 for number in range(36)}, count))
    assert found.total() == count and len(found) == 36


# --- the year -----------------------------------------------------------------------------------------------------------


def test_everything_went_as_planned(lived: Lived) -> None:
    assert lived.faults == []
    assert {name: count for name, count in lived.done.items() if name in ACTS} == Counter(
        act.name for _life, act in lived.plan.acts()
    )
    refused = {act.refused for _life, act in lived.plan.acts()} - {""}
    assert {"still_owed", "term_runs", "too_late", "changed_once", "side_refuses", "not_together"} <= refused


def test_every_way_a_dispute_can_go_was_gone(lived: Lived) -> None:
    assert set(ACTS) - set(lived.done) <= {"cancel_session", "companion", "risk"}
    taken = {verb.removeprefix("dispute.") for verb in Entry.objects.values_list("verb", flat=True)}
    assert {"extended", "reopened", "breached", "part_performed", "confirmation_answered", "called_back"} <= taken
    assert {one.state for one in lived.plan.histories(UNTIL)} == set(State)


@pytest.mark.parametrize("area", [COUNTY, TOWN, OTHER_TOWN, VILLAGE])
def test_every_figure_of_every_area_is_what_the_plan_says(lived: Lived, area: str) -> None:
    months = THE_YEAR.months() if area == COUNTY else []
    for period in (THE_YEAR, *months):
        assert list(laws.figures(lived.plan, area, period, UNTIL)) == []


@pytest.mark.parametrize("area", [COUNTY, TOWN])
def test_every_cell_of_township_kind_and_month_is_what_the_plan_says(lived: Lived, area: str) -> None:
    assert list(laws.tables(lived.plan, area, THE_YEAR, UNTIL)) == []


def test_every_line_of_the_ledger_is_what_the_plan_says(lived: Lived) -> None:
    assert list(laws.lines(lived.plan, COUNTY, THE_YEAR, UNTIL)) == []
    assert list(laws.lines(lived.plan, OTHER_TOWN, THE_YEAR, UNTIL)) == []


def test_everybody_is_told_on_just_the_day_they_must_be(lived: Lived) -> None:
    told = Counter(one.verb for life in lived.plan.lives for one in life.told)
    assert len(told) == 6 and min(told.values()) >= 3
    assert list(laws.warnings(lived.plan, UNTIL)) == []


def test_the_lot_falls_on_whom_the_seed_says_and_on_what_was_made_up(lived: Lived) -> None:
    assert list(laws.lots(lived.plan)) == []
    calls = [call for one in standing(lived.plan, UNTIL) for call in one.history.calls]
    assert {result for result, _at in calls} >= {"verified", "not_verified"}


def test_every_dispute_can_go_on_or_be_opened_again_and_the_journal_is_whole(lived: Lived) -> None:
    assert list(laws.ends(lived.plan, UNTIL)) == []
    assert list(laws.journal()) == []
    assert {row.name for row in laws.exits(State.CLOSED)} == {"reopen"} <= set(STEP_NAMES)


# --- what people read ---------------------------------------------------------------------------------------------------


@pytest.fixture
def client(lived: Lived) -> Client:
    """The duty leader of the county, half a year or more after."""
    client = Client()
    client.force_login(lived.county.leader)
    return client


ASKED = {"from": f"{YEAR}-01-01", "to": f"{YEAR}-12-31"}


def count_of(client: Client, **asked: str) -> int:
    count: int = client.get(f"/mediation/ledgers/{COUNTY}/", {**ASKED, **asked}).context["count"]
    return count


def _fetched(client: Client, address: str) -> bytes:
    """A file, or a list that is taken away with a reason."""
    answer = client.get(address)
    if answer["Content-Type"].startswith("text/html"):
        client.post(address, {"reason": "对账"})
        answer = client.get(reverse("exports:file", args=[Export.objects.latest("asked_at").pk]))
    return answer.getvalue()


def rows_of(client: Client, file: str) -> list[list[Any]]:
    """The lines of a workbook below the one that names its columns."""
    content = _fetched(client, f"/mediation/ledgers/{COUNTY}/{file}?{urlencode(ASKED)}")
    sheet = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()
    top = max(number for number, row in enumerate(sheet[:12]) if not any(row)) + 1
    return sheet[top + 1 :]


def test_the_page_and_the_workbook_of_figures_say_what_the_plan_says(lived: Lived, client: Client) -> None:
    now = timezone.now()
    expected = slow.figures([one.history for one in standing(lived.plan, now)], COUNTY, THE_YEAR, now)
    sheet = client.get(f"/mediation/ledgers/{COUNTY}/figures/", ASKED).context["sheet"]
    assert {code: one.n for code, one in sheet.numbers.items()} == expected
    for rate in RATES:
        assert sheet.shares[rate.code].percent == percent_of(expected[rate.numerator], expected[rate.denominator])
    # 50 of 56 here, 2,359 of 2,418 in the whole year.
    assert (expected["closed"], expected["accepted"], sheet.shares["closing"].percent) == (50, 56, Decimal("89.29"))
    lines = {row[0]: row[2] for row in rows_of(client, "figures/figures.xlsx")}
    assert {code: lines[code] for code in expected} == expected


def test_the_workbook_of_the_ledger_has_the_line_of_each_dispute(lived: Lived, client: Client) -> None:
    found = rows_of(client, "ledger.xlsx")
    lines = [laws.line_of(one) for one in reversed(standing(lived.plan, UNTIL))]
    assert [row[:2] for row in found] == [[one["number"], one["case_no"]] for one in lines]
    assert [row[2:4] for row in found] == [[Kind(one["kind"]).label, Door(one["door"]).label] for one in lines]
    assert [row[6:13] for row in found] == [
        [State(one["state"]).label, *(one[name] for name in TIMES)] for one in lines
    ]


def test_the_countys_own_ledger_is_twelve_of_twelve(lived: Lived, client: Client) -> None:
    assert count_of(client, level="county", figure="accepted") == 12
    assert count_of(client, level="county", figure="closed") == 12
    assert count_of(client, level="county", figure="open") == 0
    assert percent_of(12, 12) is None


def test_of_the_larger_ones_all_but_one_are_solved(client: Client) -> None:
    # 582 of 603 in the whole year.
    assert count_of(client, size="large", figure="accepted") == 14
    assert count_of(client, size="large", figure="closed") == count_of(client, size="large", state="closed") == 13
    (still_open,) = (
        client.get(f"/mediation/ledgers/{COUNTY}/", {**ASKED, "size": "large", "figure": "open"}).context["page"].rows
    )
    assert still_open.state not in ("closed", "failed")


# --- the laws find what they are for ------------------------------------------------------------------------------------


def test_a_year_that_went_otherwise_is_found(lived: Lived) -> None:
    """A law that holds whatever happens would prove nothing."""
    plan = lived.plan
    closed = Dispute.objects.filter(state=State.CLOSED, kind="02").order_by("registered_at")[0]
    Dispute.objects.filter(pk=closed.pk).update(
        kind="03", first_session_at=None, accepted_at=closed.accepted_at + timedelta(days=40)
    )
    assert any("heard" in one for one in laws.figures(plan, COUNTY, THE_YEAR, UNTIL))
    assert any("02" in one for one in laws.tables(plan, COUNTY, THE_YEAR, UNTIL))
    assert any(closed.number in one for one in laws.lines(plan, COUNTY, THE_YEAR, UNTIL))
    entry = Entry.objects.filter(verb="dispute.visit_due").order_by("pk")[0]
    Notice.objects.filter(entry=entry).delete()
    Entry.objects.filter(pk=entry.pk).delete()
    (missing,) = laws.warnings(plan, UNTIL)
    assert "nobody was told" in missing
    assert list(laws.journal())
    Dispute.objects.filter(state=State.OFFERED).update(state=State.REGISTERED)
    assert len(list(laws.ends(plan, UNTIL))) == 1


def test_nobody_is_left_with_a_promise_the_plan_does_not_know(lived: Lived) -> None:
    """Of agreements in force: each promise became what the plan says."""
    found = Counter(Obligation.objects.filter(agreement__state="in_force").values_list("state", flat=True))
    assert found == Counter(str(one.state) for history in lived.plan.histories(UNTIL) for one in history.promises)
    assert Mediator.objects.filter(is_head=True).count() == 7
