"""The page of terms: what holds where, since when and why; setting one anew, and who may."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from linli.mediation.actions import clocks
from linli.mediation.models import Clock, TermRule
from linli.mediation.rules import ClockKind, State, Term, TermCode, Unit, term_of
from linli.mediation.rules.terms import SEEDED, Standing, standings
from linli.mediation.testing import Mediation, make_dispute, make_mediation
from linli.mediation.tests.desks import Desk, days_ago

COUNTY, SOURCE = "440881", "廉江市人民调解工作规定第八条"


@pytest.fixture
def here(db: None) -> Mediation:
    return make_mediation()


def sent(**changed: Any) -> dict[str, Any]:
    told = {"area": COUNTY, "amount": "20", "unit": "day", "source": SOURCE}
    return {**told, "valid_from": timezone.localdate().isoformat(), **changed}


def place(code: str = "mediation") -> str:
    return reverse("mediation:term_set", args=[code])


def test_all_terms_stand_there_with_their_sources(here: Mediation) -> None:
    page = Desk(here.world.cast.system).client.get(reverse("mediation:terms")).content.decode()
    assert all(str(TermCode(one.code).label) in page and one.source in page for one in SEEDED)
    assert page.count('class="state term-holds"') == len(SEEDED)


def test_a_term_is_set_anew_and_what_runs_keeps_its_own(here: Mediation) -> None:
    running = make_dispute(here, State.ACCEPTED, at=days_ago(2))
    client = Desk(here.world.cast.system).client
    assert client.post(place(), sent()).status_code == 302
    rule = TermRule.objects.get()
    assert (rule.area_id, rule.amount, rule.unit, rule.source) == (COUNTY, 20, Unit.DAY, SOURCE)
    terms = {one.code: one for one in client.get(reverse("mediation:terms")).context["terms"]}
    assert [one.source for one in terms["mediation"].holds] == [SOURCE]
    assert [one.number for one in terms["mediation"].before] == [0]
    later = make_dispute(here, State.ACCEPTED, at=timezone.now())
    kept = {one.dispute_id: one.amount for one in Clock.objects.filter(kind=ClockKind.TERM)}
    assert kept == {running.pk: 1, later.pk: 20}


def test_what_is_set_for_a_later_day_has_not_begun(here: Mediation) -> None:
    client, later = Desk(here.world.cast.system).client, timezone.localdate() + timedelta(days=40)
    client.post(place(), sent(valid_from=later.isoformat()))
    page = client.get(reverse("mediation:terms")).content.decode()
    assert page.count("term-begins") == 1 and page.count('class="state term-holds"') == len(SEEDED)
    assert clocks.term_for(TermCode.MEDIATION, COUNTY, timezone.now()).amount == 1


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("amount", "0"),
        ("amount", "4000"),
        ("unit", "week"),
        ("source", " "),
        ("valid_from", "1999-01-01"),
        ("area", ""),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(here: Mediation, field: str, typed: str) -> None:
    answer = Desk(here.world.cast.system).client.post(place(), sent(**{field: typed}))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not TermRule.objects.exists()


def test_whoever_mediates_reads_them_and_sets_none(here: Mediation) -> None:
    client = Desk(here.mediator).client
    page = client.get(reverse("mediation:terms"))
    assert page.status_code == 200 and place() not in page.content.decode()
    assert (client.get(place()).status_code, client.post(place(), sent()).status_code) == (404, 404)
    assert Desk(here.world.cast.nobody).client.get(reverse("mediation:terms")).status_code == 404
    assert Desk(here.world.cast.system).client.get(place("nothing")).status_code == 404
    assert not TermRule.objects.exists()


DAYS = st.dates(date(2026, 1, 1), date(2026, 1, 12))


@given(st.lists(st.tuples(st.sampled_from([COUNTY, "440881101"]), DAYS), max_size=8), DAYS)
def test_what_is_said_to_hold_is_what_clocks_count(set_in_order: list[tuple[str, date]], on: date) -> None:
    versions = [(area, number, first) for number, (area, first) in enumerate(set_in_order, 1)]
    stand = standings(versions, on, top=COUNTY)
    among = [Term(TermCode.MEDIATION, Unit.DAY, number, "x", first, area, number) for area, number, first in versions]
    holding = {key for key, one in stand.items() if one == Standing.HOLDS}
    for area in (COUNTY, "440881101"):
        counted = term_of(TermCode.MEDIATION, area=area, on=on, among=among)
        assert (counted.area, counted.version) in holding
    # Nothing else is said to hold: one for each area, and the seeded one only where the county has none.
    assert len(holding) <= 2 and len({area for area, _version in holding}) == len(holding)
    assert all(first > on for area, version, first in versions if stand[area, version] == Standing.BEGINS)
