"""The schedule: what is due is shown without being done, goes only once the county has approved it, and never while held."""

import io
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import Client

from linli.events import actions as events
from linli.events.models import Contact, Event
from linli.events.rules import State
from linli.events.testing import NOON, World, make_event
from linli.holds import actions as holds
from linli.holds.models import Hold
from linli.intake.models import Kept
from linli.intake.retention import empty_sent
from linli.journal.models import Entry
from linli.kit.keys import new_key
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.kit.sealing import seal
from linli.mediation.models import Dispute
from linli.mediation.rules import State as DisputeState
from linli.mediation.testing import make_dispute, make_mediation
from linli.opinions import actions as opinions
from linli.opinions.models import Opinion
from linli.privacy.models import Term
from linli.privacy.retention import Planned, plan, run
from linli.privacy.rules.schedule import SCHEDULE
from linli.privacy.terms import promise, set_term

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(days=400)


def ended(world: World, contact: str = "13800138000") -> Event:
    event = make_event(world, State.CLOSED, at=NOON)
    sealed = seal(contact, bound_to=event.pk.bytes, place="events.contact.sealed")
    Contact.objects.update_or_create(event=event, defaults={"sealed": sealed})
    return event


def planned(code: str) -> Planned:
    return next(one for one in plan(LATER) if one.keeping.code == code)


def approve(world: World, code: str, days: int = 180) -> Term:
    return set_term(code, days=days, source="廉综治〔2026〕3号", by=world.cast.security, at=NOON)


def test_a_proposal_shows_what_is_due_and_deletes_nothing(world: World) -> None:
    ended(world)
    assert (planned("contact").due, planned("contact").goes) == (1, 0)
    assert run(LATER) == 0
    assert Contact.objects.count() == 1


def test_once_approved_it_goes_with_an_entry_for_each(world: World) -> None:
    event = ended(world)
    running = events.report(text="还没办完", area=world.grid, at=NOON, source="resident", contact="13900139000").event
    approve(world, "contact")
    assert planned("contact").goes == 1
    assert run(LATER) == 1
    assert list(Contact.objects.values_list("event", flat=True)) == [running.pk]
    assert Entry.objects.filter(verb="event.contact_forgotten", on_key=str(event.pk), by=None).count() == 1
    assert run(LATER) == 0


def test_it_goes_in_small_steps(world: World) -> None:
    for _each in range(3):
        ended(world)
    approve(world, "contact")
    assert [run(LATER, most=2), run(LATER, most=2), run(LATER, most=2)] == [2, 1, 0]


def test_what_is_held_stays_until_the_hold_ends(world: World) -> None:
    event = ended(world)
    approve(world, "contact")
    hold = holds.place(event, reason="检察院调取", by=world.cast.security, at=NOON)
    assert (planned("contact").due, planned("contact").held, planned("contact").goes) == (1, 1, 0)
    assert run(LATER) == 0 and Contact.objects.exists()
    holds.end(hold, reason="已结案", by=world.cast.security, at=NOON)
    assert run(LATER) == 1


def test_a_report_as_it_was_sent_stays_whole_while_its_matter_is_held(world: World) -> None:
    event = ended(world)
    sent = {"device_id": new_key(), "sender": "key", "kind": "report", "digest": b"1" * 32, "content": b"{}"}
    Kept.objects.create(
        id=event.pk, answer=b"", received_at=NOON, made_at=NOON, state="digested", digested_at=NOON, area="", **sent
    )
    hold = holds.place(event, reason="诉讼", by=world.cast.security, at=NOON)
    assert empty_sent(digested_before=LATER, at=LATER) == 0
    holds.end(hold, reason="撤诉", by=world.cast.security, at=NOON)
    assert empty_sent(digested_before=LATER, at=LATER) == 1


def test_answered_opinions_go_and_those_that_wait_stay(world: World) -> None:
    for words in ("一", "二"):
        opinions.leave(kind="complaint", words=words, page="", by=None, at=NOON)
    opinions.answer(Opinion.objects.get(words="一"), words="好", by=world.cast.system, at=NOON)
    approve(world, "opinion", 365)
    assert run(LATER) == 1
    assert Opinion.objects.get().words == "二"


def test_dossiers_whose_term_is_over_are_told_of_and_none_goes_by_itself(db: None) -> None:
    here = make_mediation()
    over, held, running = (make_dispute(here, DisputeState.CLOSED, at=NOON) for _each in range(3))
    Dispute.objects.filter(pk__in=[over.pk, held.pk]).update(retention_until=LATER.date() - timedelta(days=1))
    Dispute.objects.filter(pk=running.pk).update(retention_until=LATER.date())
    holds.place(held, reason="诉讼", by=here.world.cast.security, at=NOON)
    told = planned("dossier")
    assert (told.due, told.held, told.goes, told.is_counted) == (2, 1, 0, True)
    assert run(LATER) == 0 and Dispute.objects.count() == 3


def test_the_plan_by_command_names_nobody_and_changes_nothing(world: World) -> None:
    ended(world, "13812345678")
    out = io.StringIO()
    call_command("retention", "plan", stdout=out)
    assert len(out.getvalue().splitlines()) == len(SCHEDULE)
    assert "13812345678" not in out.getvalue()
    assert Contact.objects.count() == 1


def test_days_are_set_by_the_office_within_bounds_and_in_versions(world: World) -> None:
    assert promise().working_days == 15
    with pytest.raises(BadInput):
        approve(world, "answer", 31)
    with pytest.raises(BadInput):
        approve(world, "journal")
    with pytest.raises(NotYours):
        set_term("answer", days=10, source="x", by=world.cast.system, at=NOON)
    assert [approve(world, "answer", days).version for days in (12, 10)] == [1, 2]
    assert promise().working_days == 10


def test_a_hold_stands_once_and_ends_once(world: World) -> None:
    event = ended(world)
    hold = holds.place(event, reason="诉讼", by=world.cast.security, at=NOON)
    with pytest.raises(Refused):
        holds.place(event, reason="再来", by=world.cast.security, at=NOON)
    with pytest.raises(NotYours):
        holds.end(hold, reason="不用了", by=world.cast.desk, at=NOON)
    holds.end(hold, reason="撤诉", by=world.cast.security, at=NOON)
    with pytest.raises(Refused):
        holds.end(hold, reason="又来", by=world.cast.security, at=NOON)


def test_the_page_holds_by_number_and_says_nothing_of_what_lies_elsewhere(world: World) -> None:
    event = ended(world)
    client = Client()
    client.force_login(world.cast.security)
    assert client.post("/desk/privacy/holds", {"number": "X-1", "reason": "诉讼"}).status_code == 422
    assert client.post("/desk/privacy/holds", {"number": event.number, "reason": "诉讼"}).status_code == 302
    page = client.get("/desk/privacy/holds").content.decode()
    assert event.number in page and event.text not in page
    hold = Hold.objects.get()
    assert client.post(f"/desk/privacy/holds/{hold.pk}/end", {"reason": "撤诉"}).status_code == 302
    assert client.post("/desk/privacy/schedule", {"code": "contact", "days": 5, "source": "x"}).status_code == 422
    assert client.post("/desk/privacy/schedule", {"code": "contact", "days": 90, "source": "x"}).status_code == 302
    assert Term.objects.get().days == 90


def test_what_is_held_stands_before_all_that_was_however_much_that_is(world: World) -> None:
    standing, over, by = ended(world), ended(world), world.cast.security
    held = holds.place(standing, reason="诉讼", by=by, at=NOON)
    told = {"on_kind": "event", "on_key": str(over.pk), "reason": "诉讼", "placed_by": by, "placed_at": NOON}
    Hold.objects.bulk_create([Hold(**told, ended_by=by, ended_at=NOON, ended_for="撤诉") for _each in range(205)])
    client = Client()
    client.force_login(by)
    page = client.get("/desk/privacy/holds").content.decode()
    assert f"/holds/{held.pk}/end" in page and page.count(over.number) == 29
    assert client.get("/desk/privacy/holds?page=7").content.decode().count(over.number) == 26
