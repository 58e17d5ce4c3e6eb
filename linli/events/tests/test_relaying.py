"""The reporter behind the seal: who knows who reported, who may open the contact, what is written through the matter."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from linli.events import actions
from linli.events.models import Event, Remark, Reveal
from linli.events.rules import Door, State
from linli.events.testing import World, make_event
from linli.events.tests.pages import desk_of, page_of, recent, words_of
from linli.journal.models import Entry, Notice
from linli.kit.refusal import BadInput, NotYours, Refused

NAME, PHONE, OWN = "卖豆腐的王婶", "19900000077", "喂，我是卖豆腐的王婶，沟又堵了"


def called(world: World, *, stays_unnamed: bool = False, to: Any = None) -> Event:
    """A matter that was taken down for a caller and is with a department."""
    at = timezone.now() - timedelta(hours=1)
    taken = actions.Taken(Door.TELEPHONE, OWN, stays_unnamed=stays_unnamed)
    event = actions.report(
        text="水沟堵塞", area=world.grid, category=world.drain, at=at, source="desk", by=world.cast.desk,
        contact=f"{NAME} {PHONE}", taken=taken,
    ).event  # fmt: skip
    actions.accept(event, by=world.cast.desk, at=at)
    actions.dispatch(event, lead=to or world.water, co_handlers=[world.housing], by=world.cast.desk, at=at)
    actions.sign_for(event, by=world.cast.handler, at=at)
    return event


#: What an officer may open: the page of the matter, its preview, the queue, notices.
PLACES = ("page", "preview", "/desk/", "/notices")


@pytest.mark.parametrize("stays_unnamed", [True, False])
@pytest.mark.parametrize("officer", ["handler", "co_handler"])
def test_no_page_tells_a_department_who_reported(world: World, officer: str, stays_unnamed: bool) -> None:
    event = called(world, stays_unnamed=stays_unnamed)
    browser = desk_of(getattr(world.cast, officer))
    for where in PLACES:
        headers = {"X-Preview": "1"} if where == "preview" else {}
        page = words_of(browser.get(page_of(event) if where in ("page", "preview") else where, headers=headers))
        for secret in (NAME, PHONE, OWN):
            assert secret not in page, where
    for sought in ("王婶", PHONE):
        assert event.number not in words_of(browser.get("/desk/", {"q": sought}))
    for step in actions.steps_for(event, getattr(world.cast, officer), timezone.now()):
        assert NAME not in words_of(browser.get(reverse("events:act", args=[event.pk, step])))


def test_a_department_does_not_learn_which_grid_worker_reported_and_the_desk_does(world: World) -> None:
    event = make_event(world, State.DISPATCHED, by=world.cast.worker, source="grid", at=timezone.now())
    assert world.cast.worker.name in words_of(desk_of(world.cast.desk).get(page_of(event)))
    for headers in ({}, {"X-Preview": "1"}):
        assert world.cast.worker.name not in words_of(desk_of(world.cast.handler).get(page_of(event), headers=headers))


def test_an_officer_may_not_open_the_contact_and_the_side_of_the_area_may(world: World) -> None:
    event = called(world)
    with pytest.raises(NotYours):
        actions.open_contact(event, by=world.cast.handler, at=timezone.now(), reason="问路")
    for name in ("desk", "worker", "cadre", "verifier"):
        assert PHONE in actions.open_contact(event, by=getattr(world.cast, name), at=timezone.now(), reason="回访")


def test_the_desk_lets_an_officer_open_it_for_a_time_and_each_opening_is_written_down(world: World) -> None:
    event, at = called(world), timezone.now()
    officer = world.cast.handler
    reveal = actions.ask_reveal(event, reason="要进院子施工", by=officer, at=at)
    assert Notice.objects.filter(entry__verb="event.reveal_asked", person=world.cast.desk).exists()
    with pytest.raises(NotYours):
        actions.grant_reveal(reveal, hours=4, by=officer, at=at)
    actions.grant_reveal(reveal, hours=4, by=world.cast.desk, at=at)
    assert PHONE in actions.open_contact(event, by=officer, at=at + timedelta(hours=3), reason="约时间")
    with pytest.raises(NotYours):
        actions.open_contact(event, by=officer, at=at + timedelta(hours=4), reason="约时间")
    with pytest.raises(NotYours):
        actions.open_contact(event, by=world.cast.co_handler, at=at, reason="约时间")
    verbs = ["event.reveal_asked", "event.reveal_granted", "event.contact_opened"]
    assert list(Entry.objects.filter(verb__in=verbs).order_by("id").values_list("verb", flat=True)) == verbs


def test_what_the_desk_refuses_stays_sealed_and_can_be_asked_again(world: World) -> None:
    event, at = called(world), timezone.now()
    reveal = actions.ask_reveal(event, reason="想问", by=world.cast.handler, at=at)
    with pytest.raises(Refused):
        actions.ask_reveal(event, reason="再问", by=world.cast.handler, at=at)
    actions.refuse_reveal(reveal, by=world.cast.desk, at=at)
    with pytest.raises(NotYours):
        actions.open_contact(event, by=world.cast.handler, at=at, reason="想问")
    with pytest.raises(Refused):
        actions.grant_reveal(reveal, hours=4, by=world.cast.desk, at=at)
    actions.ask_reveal(event, reason="这回要入户", by=world.cast.handler, at=at)
    assert Reveal.objects.count() == 2


@pytest.mark.parametrize("hours", [0, 73])
def test_it_is_granted_for_one_to_seventy_two_hours(world: World, hours: int) -> None:
    event, at = called(world), timezone.now()
    reveal = actions.ask_reveal(event, reason="想问", by=world.cast.handler, at=at)
    with pytest.raises(BadInput):
        actions.grant_reveal(reveal, hours=hours, by=world.cast.desk, at=at)


def test_whoever_stays_unnamed_is_revealed_to_no_department(world: World) -> None:
    with pytest.raises(Refused) as refused:
        actions.ask_reveal(called(world, stays_unnamed=True), reason="想问", by=world.cast.handler, at=timezone.now())
    assert refused.value.code == "stays_unnamed"


def test_an_officer_writes_to_the_reporter_and_the_answer_stands_in_the_matter(world: World) -> None:
    event = called(world)
    due_at = event.due_at
    address = reverse("events:write_to_reporter", args=[event.pk])
    assert desk_of(world.cast.handler).post(address, {"text": "明早八点方便开门吗？"}).status_code == 302
    assert Remark.objects.get(text="明早八点方便开门吗？").for_reporter
    actions.supplement(event, text="方便，我在家", by=None, at=timezone.now())
    assert "方便，我在家" in words_of(desk_of(world.cast.handler).get(page_of(event)))
    event.refresh_from_db()
    assert (event.due_at, event.paused_at) == (due_at, None)


def test_without_a_receipt_nobody_is_written_to(world: World) -> None:
    event = recent(world, State.SIGNED_FOR, source="grid", by=world.cast.worker)
    with pytest.raises(Refused):
        actions.write_to_reporter(event, text="在吗", by=world.cast.handler, at=timezone.now())


def test_a_matter_about_a_department_goes_to_it_only_with_a_word_on_why(world: World) -> None:
    event, at, desk = recent(world, State.ACCEPTED), timezone.now(), world.cast.county
    actions.shield(event, department=world.water, by=desk, at=at)
    with pytest.raises(BadInput) as refused:
        actions.dispatch(event, lead=world.water, by=desk, at=at)
    assert refused.value.code == "about_the_lead"
    actions.dispatch(event, lead=world.water, text="只有该局有设备，县办督促", by=desk, at=at)


def test_of_a_matter_about_them_its_officers_may_not_even_ask(world: World) -> None:
    event, at = called(world), timezone.now()
    reveal = actions.ask_reveal(event, reason="想问", by=world.cast.handler, at=at)
    actions.shield(event, department=world.water, by=world.cast.desk, at=at)
    with pytest.raises(Refused):
        actions.grant_reveal(reveal, hours=4, by=world.cast.desk, at=at)
    actions.refuse_reveal(reveal, by=world.cast.desk, at=at)
    with pytest.raises(NotYours):
        actions.ask_reveal(event, reason="想问", by=world.cast.handler, at=at)
