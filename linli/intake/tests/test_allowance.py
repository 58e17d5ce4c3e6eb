"""How much residents may send: floods of a few sources end soon, and a village in a typhoon is heard."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from linli.events.testing import World
from linli.intake import allowance, keys, tokens
from linli.intake.models import Kept, Purpose
from linli.intake.testing import Door
from linli.intake.tests.test_accept import OURS, REPORTS, cookie_of, report
from linli.intake.tokens import Token
from linli.intake.turned import Turned

VILLAGE, NEXT_VILLAGE = "440881101201", "440881101202"
HERE, ELSEWHERE = "203.0.113.1", "198.51.100.1"


@pytest.fixture(autouse=True)
def _nobody_counted() -> Iterator[None]:
    allowance.forget()
    yield
    allowance.forget()


def a_token(*, days_old: int = 0) -> Token:
    token = tokens.read(tokens.mint(datetime.now(UTC) - timedelta(days=days_old)))
    assert token is not None
    return token


def sends(token: Token | None = None, *, address: str = HERE, area: str = VILLAGE, device: UUID | None = None) -> str:
    """Send one report; empty if it passes, else the code of the refusal."""
    try:
        allowance.spend(token=token, address=address, device=device, area=area)
        return ""
    except Turned as turned:
        assert turned.status == 429
        assert turned.retry_after is not None and 60 <= turned.retry_after <= 900
        assert all(number in turned.message for number in ("110", "119", "120"))
        return turned.code


def passed(tries: list[str]) -> int:
    return tries.count("")


def areas() -> Iterator[str]:
    """One after the other, each with little to do."""
    return (f"{VILLAGE}{number:03}" for number in range(1, 1000))


def test_one_phone_sends_as_much_as_a_person_can_see() -> None:
    token, elsewhere = a_token(), areas()
    tries = [sends(token, area=next(elsewhere)) for _each in range(100)]
    assert passed(tries) == allowance.PER_PHONE
    assert set(tries) == {"", "too_many"}
    assert sends(a_token(), area=next(elsewhere)) == ""


def test_a_phone_that_names_itself_without_a_token_is_counted_too() -> None:
    elsewhere = areas()
    tries = [sends(device=UUID(int=1), area=next(elsewhere)) for _each in range(100)]
    assert passed(tries) == allowance.PER_PHONE


def test_without_a_token_an_address_sends_less_than_with_tokens() -> None:
    elsewhere = areas()
    assert passed([sends(area=next(elsewhere)) for _each in range(200)]) == allowance.PER_ADDRESS_BARE
    with_tokens = [sends(a_token(), area=next(elsewhere)) for _each in range(700)]
    assert passed(with_tokens) == allowance.PER_ADDRESS


def test_a_village_behind_one_address_is_heard() -> None:
    """Two hundred households at once, through one address of the mobile network; half of them have had the app before."""
    tries = [sends(a_token(days_old=30 * (number % 2))) for number in range(200)]
    assert passed(tries) == 200


def test_one_source_fills_no_area_however_many_tokens_it_has_gathered() -> None:
    gathered = [a_token(days_old=3) for _each in range(300)]
    flood = [sends(one) for one in gathered for _again in range(3)]
    assert passed(flood) == allowance.PER_AREA_AND_ADDRESS + allowance.MORE_KNOWN
    assert set(flood) == {"", "too_many_there"}
    neighbours = [sends(a_token(), address=ELSEWHERE) for _each in range(100)]
    assert passed(neighbours) == 100


def test_while_a_few_sources_flood_an_area_its_people_are_still_heard() -> None:
    flood = [sends(a_token(), address=f"203.0.113.{number}") for number in range(1, 11) for _each in range(600)]
    assert passed(flood) <= allowance.PER_AREA + 10 * allowance.MORE_NEW
    assert passed([sends(address=ELSEWHERE) for _each in range(30)]) == allowance.MORE_NEW
    known = [sends(a_token(days_old=1), address=ELSEWHERE) for _each in range(100)]
    assert passed(known) == allowance.MORE_KNOWN
    lines = [sends(a_token(), address=f"198.51.100.{number}") for number in range(2, 200)]
    assert passed(lines) == 198
    assert sends(address=ELSEWHERE, area=NEXT_VILLAGE) == ""


def test_who_sends_much_is_known_no_longer_while_the_area_is_full() -> None:
    for number in range(1, 4):
        for _each in range(150):
            sends(a_token(), address=f"203.0.113.{number}")
    eager = a_token(days_old=2)
    tries = [sends(eager, address=ELSEWHERE) for _each in range(40)]
    assert passed(tries) == allowance.KNOWN_SENDS + allowance.MORE_NEW


def test_a_line_has_one_address_however_many_it_writes() -> None:
    elsewhere = areas()
    tries = [sends(address=f"2001:db8:1:1::{number:x}", area=next(elsewhere)) for number in range(1, 200)]
    assert passed(tries) == allowance.PER_ADDRESS_BARE
    assert sends(address="2001:db8:1:2::1", area=next(elsewhere)) == ""
    for _each in range(allowance.PER_ADDRESS_BARE):
        sends(area=next(elsewhere))
    assert sends(address=f"::ffff:{HERE}", area=next(elsewhere)) == "too_many"
    assert sends(address="no address at all", area=next(elsewhere)) == ""


def test_tokens_are_made_for_an_address_within_reason() -> None:
    for _each in range(allowance.TOKENS_PER_ADDRESS):
        allowance.spend_token(HERE)
    with pytest.raises(Turned, match="110") as turned:
        allowance.spend_token(HERE)
    assert turned.value.code == "too_many_tokens"
    allowance.spend_token(ELSEWHERE)


SENDERS = st.lists(
    st.tuples(st.integers(1, 12), st.booleans(), st.sampled_from([VILLAGE, NEXT_VILLAGE])), min_size=1, max_size=40
)


@hypothesis_settings(max_examples=20)
@given(SENDERS)
def test_what_could_not_be_kept_leaves_everybody_as_they_were(senders: list[tuple[int, bool, str]]) -> None:
    allowance.forget()
    token = a_token(days_old=2)
    for address, has_token, area in senders:
        spent = {"token": token if has_token else None, "address": f"203.0.113.{address}", "area": area}
        allowance.spend(device=None, **spent)  # type: ignore[arg-type]
        allowance.give_back(**spent)  # type: ignore[arg-type]
    own = [sends(token, area=area) for area in islice(areas(), 61)]
    assert passed(own) == allowance.PER_PHONE
    flood = [sends(a_token(), address=f"203.0.113.{number}") for number in (201, 202, 203) for _each in range(200)]
    assert passed(flood) == allowance.PER_AREA + 3 * allowance.MORE_NEW


def test_a_key_that_runs_wild_is_told_to_wait_and_no_other(door: Door, world: World, settings: Any) -> None:
    settings.KEY_REPORTS = 3
    wild, other = (keys.create(name, purpose=Purpose.INTAKE, at=timezone.now())[1] for name in ("wild", "other"))
    told = [door.post(REPORTS, report(n), authorization=f"Bearer {wild}") for n in range(1, 6)]
    assert [status for status, _answer in told] == [201, 201, 201, 429, 429]
    assert told[-1][1]["error"]["code"] == "too_many"
    assert door.post(REPORTS, report(9), authorization=f"Bearer {other}")[0] == 201


def test_one_of_the_staff_sends_weeks_at_once_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(allowance, "PER_PERSON", 3)
    for _each in range(3):
        allowance.spend_of_staff(7)
    with pytest.raises(Turned) as turned:
        allowance.spend_of_staff(7)
    assert (turned.value.status, turned.value.code) == (429, "too_many")
    allowance.spend_of_staff(8)
    allowance.give_back_of_staff(7)
    allowance.spend_of_staff(7)


@pytest.mark.django_db(transaction=True)
def test_at_the_door_staff_are_told_that_the_rest_comes_later(
    door: Door, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(allowance, "PER_PERSON", 2)
    cookie = cookie_of(world.cast.worker)
    answers = [door.post(REPORTS, report(number), cookie=cookie, **OURS) for number in (1, 2, 3)]
    assert [status for status, _told in answers] == [201, 201, 429]
    assert Kept.objects.count() == 2
