"""The pages of draws: who sees them, drawing by hand, drawing again, and what stays closed while parties are being asked."""

import hashlib
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from linli.events.testing import NOON
from linli.journal.models import Notice
from linli.kit.refusal import Refused
from linli.mediation.actions.calling_back import Share, draw_call_backs, draw_of_last_month, note_call_back
from linli.mediation.actions.proving_draws import is_laid_open, wrong_with
from linli.mediation.models import CallBack, CallBackDraw
from linli.mediation.rules import CallBackResult, State
from linli.mediation.testing import Mediation, make_dispute, make_mediation
from linli.mediation.tests.desks import Desk
from linli.notices.about import about
from linli.people.models import Person

DAY = timedelta(days=1)
ALL = Share(100, 100, 9)


@pytest.fixture
def here(db: None) -> Mediation:
    return make_mediation()


def drawn(here: Mediation, days_ago: int = 3, count: int = 2) -> CallBackDraw:
    """A draw of the county, so many days ago, of agreements of the township."""
    at = timezone.now() - days_ago * DAY
    for _n in range(count):
        make_dispute(here, State.SETTLED, at=at - 30 * DAY)
    first = timezone.localdate(at - 30 * DAY)
    return draw_call_backs(here.county.area, from_on=first, to_on=first + 2 * DAY, by=None, at=at, share=ALL)


def call(here: Mediation, one: CallBack, result: str = CallBackResult.VERIFIED) -> None:
    heads = {here.village: here.village_head, here.county: here.county_head, here.elsewhere: here.stranger}
    note_call_back(one, result=result, words="问过双方", by=heads[one.body], at=timezone.now())


def page(person: Person, name: str, *args: int) -> Any:
    return Desk(person).client.get(reverse(f"mediation:{name}", args=args))


def sent(here: Mediation, first: date, last: date) -> dict[str, str]:
    return {"area": here.county.area_id, "from_on": first.isoformat(), "to_on": last.isoformat()}


def test_a_head_draws_by_hand_and_is_shown_the_draw(here: Mediation) -> None:
    dispute = make_dispute(here, State.SETTLED, at=timezone.now() - 9 * DAY)
    day = timezone.localdate(dispute.settled_at)
    client, place = Desk(here.county_head).client, reverse("mediation:draws")
    made = client.post(place, sent(here, day, day))
    draw = CallBackDraw.objects.get()
    assert made.headers["Location"] == reverse("mediation:draw", args=[draw.pk])
    assert (draw.drawn_by, len(draw.population)) == (here.county_head, 1)
    again = client.post(place, sent(here, day, day + DAY))
    assert again.status_code == 409 and again.context["form"].non_field_errors()
    early = client.post(place, sent(here, day, timezone.localdate()))
    assert early.status_code == 409
    wrong = client.post(place, sent(here, day, day - DAY))
    assert (wrong.status_code, list(wrong.context["form"].errors)) == (422, ["to_on"])
    assert CallBackDraw.objects.count() == 1


@pytest.mark.parametrize("who", ["head", "village_head", "stranger"])
def test_heads_see_the_draws_of_their_own_areas_alone(here: Mediation, who: str) -> None:
    draw = drawn(here)
    listed = page(getattr(here, who), "draws")
    assert listed.status_code == 200 and listed.context["rows"] == []
    assert page(getattr(here, who), "draw", draw.pk).status_code == 404
    assert page(getattr(here, who), "draw_population", draw.pk).status_code == 404


@pytest.mark.parametrize("who", ["desk", "leader", "auditor", "system", "nobody"])
def test_whoever_heads_no_committee_sees_no_draw(here: Mediation, who: str) -> None:
    assert page(getattr(here.world.cast, who), "draws").status_code == 404
    assert Desk(here.mediator).client.get(reverse("mediation:draws")).status_code == 404


def test_while_parties_are_asked_nobody_reads_whom_the_lot_fell_on(here: Mediation) -> None:
    draw = drawn(here)
    shown = page(here.county_head, "draw", draw.pk).content.decode()
    assert draw.frozen in shown and draw.seed not in shown
    assert not any(number in shown for number, _signs in draw.population)
    assert page(here.county_head, "draw_population", draw.pk).status_code == 409
    first, last = draw.call_backs.select_related("body")
    call(here, first)
    assert not is_laid_open(draw, timezone.now())
    call(here, last, CallBackResult.NOT_VERIFIED)
    shown = page(here.county_head, "draw", draw.pk).content.decode()
    assert draw.seed in shown and all(number in shown for number, _signs in draw.population)


def test_a_call_that_is_never_made_keeps_nothing_closed(here: Mediation) -> None:
    draw = drawn(here, days_ago=40)
    assert is_laid_open(draw, timezone.now())
    assert draw.seed in page(here.county_head, "draw", draw.pk).content.decode()


def test_shares_are_counts_until_twenty_were_called(here: Mediation) -> None:
    draw = drawn(here)
    first, last = draw.call_backs.select_related("body")
    call(here, first)
    call(here, last, CallBackResult.NOT_VERIFIED)
    outcomes = page(here.county_head, "draws").context["rows"][0]["outcomes"]
    assert [(one.code, one.count, one.percent) for one in outcomes] == [
        ("verified", 1, None),
        ("not_verified", 1, None),
        ("unreached", 0, None),
    ]


def test_the_list_is_the_one_whose_hash_was_kept(here: Mediation) -> None:
    draw = drawn(here, days_ago=40)
    answer = page(here.county_head, "draw_population", draw.pk)
    assert hashlib.sha256(answer.content).hexdigest() == draw.frozen


@pytest.mark.parametrize("what", ["population", "seed", "call", "why", "without_caller"])
def test_a_draw_that_was_tampered_with_is_found_out(here: Mediation, what: str) -> None:
    draw = drawn(here)
    assert wrong_with(draw) == []
    if what == "population":
        draw.population = draw.population[1:]
    elif what == "seed":
        draw.seed = "0" * 64
    elif what == "call":
        draw.call_backs.all()[0].delete()
    elif what == "why":
        draw.call_backs.update(why=["even_strokes"])
    else:
        draw.without_caller = 1
    draw.save()
    assert wrong_with(draw)
    assert 'class="problem"' in page(here.county_head, "draw", draw.pk).content.decode()


def test_a_draw_by_hand_of_one_day_spares_none_of_the_others(here: Mediation) -> None:
    dispute = make_dispute(here, State.SETTLED, at=NOON)
    day = timezone.localdate(dispute.settled_at)
    quiet = day - 3 * DAY
    draw_call_backs(here.county.area, from_on=quiet, to_on=quiet, by=here.county_head, at=NOON + DAY)
    at = datetime(2026, 12, 1, 9, tzinfo=timezone.get_current_timezone())
    assert (draw_of_last_month(at), draw_of_last_month(at)) == (1, 0)
    drawn_of = CallBackDraw.objects.get(from_on__gt=quiet)
    assert (drawn_of.from_on, drawn_of.to_on) == (quiet + DAY, date(2026, 11, 30))
    assert CallBack.objects.get().dispute == dispute


def test_what_waits_to_be_called_is_not_drawn_a_second_time(here: Mediation) -> None:
    at = NOON + 40 * DAY
    dispute = make_dispute(here, State.SETTLED, at=NOON)
    first = timezone.localdate(NOON)
    days = {"from_on": first, "to_on": first + 2 * DAY}
    small = draw_call_backs(here.township.area, **days, by=None, at=at, share=ALL)
    large = draw_call_backs(here.county.area, **days, by=None, at=at, share=ALL)
    assert [len(one.population) for one in (small, large)] == [1, 0]
    assert CallBack.objects.get().dispute == dispute
    with pytest.raises(Refused):
        draw_call_backs(here.township.area, **days, by=here.head, at=at)


def test_whoever_drew_by_hand_is_led_to_the_draws_and_not_to_a_file_they_may_not_open(here: Mediation) -> None:
    at = timezone.now()
    dispute = make_dispute(here, State.SETTLED, at=at - 9 * DAY)
    day = timezone.localdate(dispute.settled_at)
    draw = draw_call_backs(here.county.area, from_on=day, to_on=day, by=here.county_head, at=at, share=ALL)
    draw.call_backs.update(body=here.elsewhere)
    call(here, draw.call_backs.get())
    told = Notice.objects.get(entry__verb="dispute.called_back", person=here.county_head).entry
    said = about(told)
    assert said is not None and Desk(here.county_head).client.get(said.link(told.on_key)).status_code == 200
