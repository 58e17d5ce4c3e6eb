"""Call-backs that wait: the calling committee is reminded once before its time is over and once when it is, and nobody else."""

from datetime import datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from linli.events.testing import NOON
from linli.journal.models import Entry, Notice
from linli.kit.refusal import NotYours
from linli.mediation.actions import looking
from linli.mediation.actions.calling_back import Share, draw_call_backs, note_call_back
from linli.mediation.actions.reminding_callers import is_due, next_reminder, remind
from linli.mediation.models import CallBack, Dispute
from linli.mediation.rules import CallBackResult, Purpose, State
from linli.mediation.testing import Mediation, make_dispute, make_mediation, party_of
from linli.mediation.tests.desks import Desk
from linli.people.models import Person

DAY = timedelta(days=1)
PLACE = "/mediation/"
DUE, LATE = "dispute.call_back_due", "dispute.call_back_overdue"


@pytest.fixture
def here(db: None) -> Mediation:
    return make_mediation()


def drawn(here: Mediation, at: datetime = NOON + 40 * DAY) -> CallBack:
    """A call-back of a dispute of the township, drawn at this moment."""
    make_dispute(here, State.SETTLED, at=at - 40 * DAY)
    first = timezone.localdate(at - 40 * DAY)
    days = {"from_on": first, "to_on": first + 2 * DAY}
    draw_call_backs(here.county.area, **days, by=None, at=at, share=Share(100, 100, 9))
    return CallBack.objects.select_related("body", "dispute").get()


def caller_of(here: Mediation, call: CallBack) -> Person:
    heads = {here.village: here.village_head, here.county: here.county_head, here.elsewhere: here.stranger}
    return heads[call.body]


def told(verb: str) -> list[int]:
    return list(Notice.objects.filter(entry__verb=verb).values_list("person", flat=True))


def test_the_callers_are_reminded_before_the_end_and_at_it_each_once(here: Mediation) -> None:
    call = drawn(here)
    due, caller = call.due_at, caller_of(here, call)
    assert due is not None and not is_due(due - 2 * DAY - timedelta(minutes=1))
    before = due - 2 * DAY
    assert is_due(before) and (remind(before), remind(before)) == (1, 0)
    assert (told(DUE), told(LATE)) == ([caller.pk], [])
    assert (remind(due), remind(due), remind(due + 30 * DAY)) == (1, 0, 0)
    assert (told(DUE), told(LATE)) == ([caller.pk], [caller.pk])


def test_a_worker_that_was_away_tells_what_is_so_now(here: Mediation) -> None:
    call = drawn(here)
    assert call.due_at is not None
    assert (remind(call.due_at + DAY), remind(call.due_at + 2 * DAY)) == (1, 0)
    assert (len(told(DUE)), len(told(LATE))) == (0, 1)


def test_whoever_has_called_is_reminded_no_more(here: Mediation) -> None:
    call = drawn(here)
    at, caller = NOON + 41 * DAY, caller_of(here, call)
    note_call_back(call, result=CallBackResult.VERIFIED, words="双方都说是真的", by=caller, at=at)
    assert call.due_at is not None and remind(call.due_at + DAY) == 0
    assert not Entry.objects.filter(verb__in=[DUE, LATE]).exists()


def test_nothing_is_left_to_tell_when_the_time_is_over() -> None:
    assert next_reminder(None, NOON) is None
    assert next_reminder(NOON, NOON - 9 * DAY) == NOON - 2 * DAY
    assert next_reminder(NOON, NOON - DAY) == NOON
    assert next_reminder(NOON, NOON) is None


def test_it_stands_first_in_the_list_and_in_the_file_of_whoever_is_to_call(here: Mediation) -> None:
    call = drawn(here, timezone.now() - 30 * DAY)
    desk = Desk(caller_of(here, call))
    listed = desk.client.get(reverse("mediation:list"), {"show": "calls"})
    assert [(row.dispute.pk, row.is_late) for row in listed.context["rows"]] == [(call.dispute_id, True)]
    desk.open(call.dispute)
    page = desk.client.get(reverse("mediation:file", args=[call.dispute_id]))
    address = reverse("mediation:act_on", args=[call.dispute_id, "note_call_back", call.pk])
    assert page.context["steps"][0].address == address
    assert page.context["milestones"]["coming"][0].is_late
    desk.do(call.dispute, "note_call_back", call, result="verified", words="双方都说是真的")
    after = desk.client.get(reverse("mediation:list"), {"show": "calls"})
    assert list(after.context["rows"]) == []


def looked_by(desk: Desk, place: str) -> set[Person | None]:
    return {one.person for one, _purpose in desk.client.get(place).context["looks"]}


def test_whoever_mediated_sees_nothing_of_it_before_the_parties_were_asked(here: Mediation) -> None:
    call = drawn(here, timezone.now() - 30 * DAY)
    assert remind(timezone.now()) == 1
    place, desks = reverse("mediation:file", args=[call.dispute_id]), [Desk(here.head), Desk(here.mediator)]
    for desk in desks:
        desk.open(call.dispute)
        assert desk.client.get(place).context["call_backs"] == []
        assert not Notice.objects.filter(person=desk.person, entry__verb__in=[DUE, LATE]).exists()
    caller = Desk(caller_of(here, call))
    caller.open(call.dispute)
    # That somebody else has opened the file would say it all the same.
    assert [caller.person in looked_by(desk, place) for desk in (*desks, caller)] == [False, False, True]
    note_call_back(call, result=CallBackResult.VERIFIED, words="都说是", by=caller.person, at=timezone.now())
    assert all(len(desk.client.get(place).context["call_backs"]) == 1 for desk in desks)
    assert all(caller.person in looked_by(desk, place) for desk in desks)


def test_whoever_calls_opens_who_a_party_is_under_that_purpose_and_no_identity_number(here: Mediation) -> None:
    call = drawn(here, timezone.now() - 30 * DAY)
    dispute, party = call.dispute, party_of(call.dispute)
    Dispute.objects.filter(pk=dispute.pk).update(wants_confirmation=True)
    caller, place = Desk(caller_of(here, call)), reverse("mediation:reveal", args=[dispute.pk, party.pk])
    caller.client.post(reverse("mediation:look", args=[dispute.pk]), {"purpose": Purpose.CALL_BACK})
    assert "with_id_number" not in caller.client.get(place).context["form"].fields
    assert caller.client.post(place, {"reason": "回访", "with_id_number": "on"}).context["words"]["name"] == "王小明"
    (opened,) = [one for one in looking.who_looked(dispute) if one.was_identity]
    assert (opened.person, opened.purpose) == (caller.person, Purpose.CALL_BACK)
    with pytest.raises(NotYours):
        looking.reveal(party, reason="回访", by=caller.person, at=timezone.now(), with_id_number=True)
    desk = Desk(here.mediator)
    desk.open(dispute)
    assert "with_id_number" in desk.client.get(place).context["form"].fields


def test_whoever_calls_has_nothing_else_to_do_there(here: Mediation) -> None:
    call = drawn(here, timezone.now() - 60 * DAY)
    counts = {tab.address: tab.count for tab in Desk(caller_of(here, call)).client.get(PLACE).context["tabs"]}
    assert counts.pop("?show=calls") == 1
    assert not any(counts.values())
    kept = {tab.address: tab.count for tab in Desk(here.head).client.get(PLACE).context["tabs"]}
    assert kept["?show=visits"]
