"""Digest: kept reports become matters once each, in order, whatever crashes; and what cannot be taken in waits apart."""

import contextlib
import json
import random
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction
from django.utils import timezone, translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linli.areas import actions as areas
from linli.events.actions import open_contact, open_receipt
from linli.events.models import Contact, Event, Receipt
from linli.events.rules import Source, State
from linli.events.testing import GRID, IN_GRID, NOON, World
from linli.intake import allowance, digest
from linli.intake.accept import Sender, accept, receipt_code
from linli.intake.answering import Answering
from linli.intake.models import Kept, KeptState, SenderKind
from linli.intake.testing import a_report
from linli.journal.models import Entry, Notice
from linli.journal.proving import verify_chain

pytestmark = pytest.mark.django_db
PUBLIC = Sender(SenderKind.PUBLIC)
LATER = NOON + timedelta(minutes=1)


@pytest.fixture
def answering(world: World) -> Answering:
    known = Answering()
    known.renew()
    return known


def kept(answering: Answering, seed: int = 1, *, sender: Sender = PUBLIC, **more: Any) -> Kept:
    """A report accepted and stored as the writer stores it."""
    sent = a_report(random.Random(seed), **{"area": GRID} | more)
    row = accept(json.dumps(sent).encode(), sender, answering, received_at=NOON, sent_at=None)
    return Kept.objects.create(**row._asdict())


def test_a_kept_report_becomes_a_matter_with_its_promise(world: World, answering: Answering) -> None:
    row = kept(answering, occurred_at="2026-11-16T08:00:00+08:00", title="水沟", accuracy_m=12.5)
    assert digest.digest_all(LATER) == 1
    event = Event.objects.get()
    promised = json.loads(bytes(row.answer))["accept_by"]
    assert event.pk == row.pk
    assert event.due_at is not None
    assert event.due_at.isoformat(timespec="milliseconds").replace("+00:00", "Z") == promised
    assert (event.state, event.source, event.category, event.reported_at) == (
        State.REPORTED, Source.RESIDENT, world.drain, NOON,
    )  # fmt: skip
    assert (event.number, event.title, event.accuracy_m) == ("440881101-202611-000001", "水沟", 12.5)
    assert event.occurred_at == NOON - timedelta(hours=4)
    row.refresh_from_db()
    assert (row.state, row.digested_at) == (KeptState.DIGESTED, LATER)
    assert Entry.objects.get().verb == "event.reported"
    assert {notice.person for notice in Notice.objects.all()} == {world.cast.worker, world.cast.desk}


def test_it_is_stored_as_one_reported_at_the_form_is(world: World, answering: Answering) -> None:
    from linli.events import actions

    row = kept(answering, urgency="urgent")
    sent = json.loads(bytes(row.content))
    digest.digest_all(LATER)
    # `made_at` is 11:58 of the same day.
    plain = actions.report(
        text=sent["text"], area=world.grid, at=NOON, source=Source.RESIDENT, place=sent["place"], category=world.drain,
        urgency="urgent", occurred_at=NOON - timedelta(minutes=2),
    ).event  # fmt: skip
    rows = {one["id"]: one for one in Event.objects.values()}
    differing = {name for name in rows[plain.pk] if rows[plain.pk][name] != rows[row.pk][name]}
    assert differing == {"id", "number"}
    entries = Entry.objects.order_by("position").values("verb", "on_kind", "area", "by", "at", "facts")
    assert entries[0] == entries[1]


def test_the_code_of_the_answer_opens_the_matter(answering: Answering) -> None:
    row = kept(answering)
    digest.digest_all(LATER)
    event = Event.objects.get()
    assert open_receipt(event.number, receipt_code(row.pk)) == event


def test_the_contact_goes_over_sealed_and_leaves_the_kept_row(world: World, answering: Answering) -> None:
    row = kept(answering, contact=" 19900000099 ")
    digest.digest_all(LATER)
    row.refresh_from_db()
    assert bytes(row.sealed_contact) == b""
    event = Event.objects.get()
    assert open_contact(event, by=world.cast.desk, at=LATER, reason="回访") == "19900000099"
    assert b"19900000099" not in bytes(Contact.objects.get().sealed)


def test_staff_report_under_their_own_name_and_role(world: World, answering: Answering) -> None:
    for person, source in ((world.cast.worker, Source.GRID), (world.cast.desk, Source.DESK)):
        row = kept(answering, sender=Sender(SenderKind.PERSON, person.pk))
        digest.digest_all(LATER)
        event = Event.objects.get(pk=row.pk)
        assert (event.reported_by, event.source) == (person, source)
        assert not Notice.objects.filter(entry__on_key=str(row.pk), person=person).exists()
    assert not Receipt.objects.exists()


def test_other_coordinates_are_turned_into_ours(answering: Answering, world: World) -> None:
    from linli.areas.crs import from_wgs84
    from linli.events.testing import draw_boundaries

    draw_boundaries(world)
    answering.renew()
    lon, lat = from_wgs84(*IN_GRID, "gcj02")
    kept(answering, lon=float(lon), lat=float(lat), crs="gcj02")
    digest.digest_all(LATER)
    event = Event.objects.get()
    assert (event.lon, event.lat) == pytest.approx(IN_GRID, abs=1e-6)
    assert event.source_crs == "gcj02"


@pytest.mark.parametrize("more", [{"category": "ZZ"}, {"category": ""}, {"urgency": "whenever", "category": "ZZ"}])
def test_what_the_form_does_not_know_is_unclassified(answering: Answering, more: dict[str, Any]) -> None:
    kept(answering, **more)
    digest.digest_all(LATER)
    event = Event.objects.get()
    assert (event.category, event.urgency) == (None, "normal")


def test_answers_of_another_edition_of_the_form_do_not_hold_it_up(world: World, answering: Answering) -> None:
    world.drain.questions = [{"code": "depth", "ask": "多深？", "type": "number", "required": True}]
    world.drain.save()
    fitting = kept(answering, 1, answers={"depth": "3"})
    kept(answering, 2, answers={"depth": "knee-deep"})
    unanswered = kept(answering, 3)
    digest.digest_all(LATER)
    found = {event.pk: (event.category, event.answers) for event in Event.objects.all()}
    assert found.pop(fitting.pk) == (world.drain, {"depth": "3"})
    # Three taps answer nothing: what has to be answered is asked for on the receipt.
    assert found.pop(unanswered.pk) == (world.drain, {})
    assert list(found.values()) == [(None, {})]


def test_one_that_cannot_be_read_is_set_aside_and_the_rest_go_on(answering: Answering) -> None:
    first, bad, other_kind, last = (kept(answering, seed) for seed in range(4))
    Kept.objects.filter(pk=bad.pk).update(content=b"{")
    Kept.objects.filter(pk=other_kind.pk).update(kind="patrol")
    digest.digest_all(LATER)
    assert list(Event.objects.order_by("number").values_list("pk", flat=True)) == [first.pk, last.pk]
    aside = {row.pk: row.reason["code"] for row in Kept.objects.set_aside() if row.reason}
    assert aside == {bad.pk: "not_json", other_kind.pk: "unknown_kind"}
    with translation.override("en"):
        assert Kept.objects.get(pk=bad.pk).why.startswith("What was sent is no JSON")
    assert digest.digest_all(LATER) == 0


def test_one_that_the_store_refuses_is_found_among_the_others(
    answering: Answering, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [kept(answering, seed, text="毒" if seed == 2 else "水沟堵了") for seed in range(5)]
    store = digest.KINDS["report"].take_in

    def refuse_poison(ready: Any) -> None:
        store(ready)
        if any(one.draft.text == "毒" for one in ready):
            raise IntegrityError("poison")

    monkeypatch.setitem(digest.KINDS, "report", digest.Kind(digest.KINDS["report"].prepare, refuse_poison))
    digest.digest_all(LATER)
    assert Event.objects.count() == 4
    assert [row.pk for row in Kept.objects.set_aside()] == [rows[2].pk]
    # Numbers without gaps: what was written with the poison was taken back.
    assert sorted(Event.objects.values_list("number", flat=True))[-1].endswith("-000004")
    assert list(verify_chain()) == []


def test_a_store_that_is_away_sets_nothing_aside(answering: Answering, monkeypatch: pytest.MonkeyPatch) -> None:
    kept(answering)

    def away(ready: Any) -> None:
        raise OperationalError("disk is full")

    with monkeypatch.context() as patch:
        patch.setitem(digest.KINDS, "report", digest.Kind(digest.KINDS["report"].prepare, away))
        with pytest.raises(OperationalError):
            digest.digest_all(LATER)
    assert Kept.objects.waiting().count() == 1
    digest.digest_all(LATER)
    assert Event.objects.count() == 1


def test_a_mark_lost_with_a_restored_backup_makes_no_second_matter(answering: Answering) -> None:
    row = kept(answering)
    digest.digest_all(LATER)
    Kept.objects.filter(pk=row.pk).update(state=KeptState.WAITING, digested_at=None)
    digest.digest_all(LATER)
    assert (Event.objects.count(), Kept.objects.get().state) == (1, KeptState.DIGESTED)


def test_a_grid_redrawn_meanwhile_hands_over_to_what_followed(world: World, answering: Answering) -> None:
    kept(answering)
    areas.close_area(world.grid, on=NOON.date(), successor=world.areas["440881101201006"])
    digest.digest_all(LATER)
    assert Event.objects.get().area_id == "440881101201006"


def test_reports_of_one_sender_keep_their_order(answering: Answering, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digest, "BATCH", 20)
    rows = [kept(answering, seed) for seed in range(50)]
    digest.digest_all(LATER)
    assert list(Event.objects.order_by("number").values_list("pk", flat=True)) == [row.pk for row in rows]


@pytest.mark.parametrize(("at", "together"), [(NOON, [3, 3, 1]), (LATER, [7])])
def test_few_are_taken_in_together_while_reports_arrive_and_many_when_none_do(
    answering: Answering, monkeypatch: pytest.MonkeyPatch, at: datetime, together: list[int]
) -> None:
    """Those of `kept` have arrived at noon."""
    monkeypatch.setattr(digest, "BATCH_BESIDE_THE_HATCH", 3)
    for seed in range(7):
        kept(answering, seed)
    taken, report = [], digest.KINDS["report"]

    def take_in(ready: Any) -> None:
        taken.append(len(ready))
        report.take_in(ready)

    monkeypatch.setitem(digest.KINDS, "report", digest.Kind(report.prepare, take_in))
    assert digest.digest_all(at) == 7
    assert taken == together


def test_one_taken_by_another_worker_meanwhile_is_left_to_it(
    answering: Answering, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [kept(answering, seed) for seed in range(3)]
    around = digest._around

    def another_worker(batch: Any, lasting: Any) -> Any:
        found = around(batch, lasting)
        monkeypatch.setattr(digest, "_around", around)
        digest.digest_one(rows[1], LATER)
        return found

    monkeypatch.setattr(digest, "_around", another_worker)
    digest.digest_all(LATER)
    assert Event.objects.count() == 3
    assert list(verify_chain()) == []


class Crash(BaseException):
    """The process ends here: nothing but the store remembers."""


#: Six reports, one that cannot be read and one of a kind that nobody knows; and statements of a digest of all of them.
REPORTS, POISON, MOST_STATEMENTS = 6, 2, 60
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("keep"), st.integers(0, REPORTS + POISON - 1)),
        st.tuples(st.just("digest"), st.integers(1, 5)),
        st.tuples(st.just("crash"), st.integers(1, MOST_STATEMENTS)),
    ),
    max_size=16,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_any_order_repeats_and_crashes_end_alike(
    world: World, answering: Answering, steps: list[tuple[str, int]]
) -> None:
    """Reports kept in any order and again, digested few or many at a time, with the process dying before any statement."""
    with transaction.atomic():
        for act, number in [*steps, *(("keep", one) for one in range(REPORTS + POISON))]:
            if act == "keep":
                _keep_once(answering, number)
            elif act == "digest":
                digest.digest_some(LATER, number)
            else:
                _crash_before(number)
        digest.digest_all(LATER)
        _assert_the_one_end(answering)
        transaction.set_rollback(True)


def _assert_the_one_end(answering: Answering) -> None:
    rows = list(Kept.objects.order_by("pk"))
    assert Counter(row.state for row in rows) == {KeptState.DIGESTED: REPORTS, KeptState.SET_ASIDE: POISON}
    events = list(Event.objects.order_by("number"))
    # In the order of arrival, numbered without gaps, each with the words it was sent with.
    assert [event.pk for event in events] == [row.pk for row in rows if row.state == KeptState.DIGESTED]
    assert [event.number[-6:] for event in events] == [f"{number:06}" for number in range(1, REPORTS + 1)]
    assert sorted(event.text for event in events) == sorted(_sent(seed)["text"] for seed in range(REPORTS))
    # One act each, told to each person once; one receipt each.
    entries = Entry.objects.filter(verb="event.reported").order_by("position")
    assert [entry.on_key for entry in entries] == [str(event.pk) for event in events]
    told = Counter(Notice.objects.values_list("entry__on_key", flat=True))
    assert set(told.values()) == {2}, "the grid worker and the desk"
    assert Receipt.objects.count() == len(told) == REPORTS
    assert not any(bytes(row.sealed_contact) for row in rows)
    assert Contact.objects.count() == 1
    assert list(verify_chain()) == []


def _sent(seed: int) -> dict[str, Any]:
    more = {"contact": "19900000099"} if seed == 0 else {}
    return a_report(random.Random(seed), area=GRID, **more)


def _keep_once(answering: Answering, seed: int) -> None:
    allowance.forget()
    row = accept(json.dumps(_sent(seed)).encode(), PUBLIC, answering, received_at=NOON, sent_at=None)
    spoilt = {REPORTS: {"content": b"{"}, REPORTS + 1: {"kind": "unheard_of"}}.get(seed, {})
    Kept.objects.bulk_create([Kept(**row._asdict() | spoilt)], ignore_conflicts=True)


def _crash_before(statement: int) -> None:
    """Begin to digest, and die before this statement, if there are so many."""
    left = statement

    def die(execute: Any, *statement: Any) -> Any:
        nonlocal left
        left -= 1
        if left == 0:
            raise Crash
        return execute(*statement)

    with contextlib.suppress(Crash), connection.execute_wrapper(die):
        digest.digest_all(LATER)


def test_dying_before_each_single_statement_in_turn_ends_alike(world: World, answering: Answering) -> None:
    for statement in range(1, MOST_STATEMENTS):
        with transaction.atomic():
            for seed in range(REPORTS + POISON):
                _keep_once(answering, seed)
            _crash_before(statement)
            digest.digest_all(LATER)
            _assert_the_one_end(answering)
            transaction.set_rollback(True)


def test_waiting_reports_are_found_without_reading_the_digested(answering: Answering) -> None:
    kept(answering)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            sql, values = Kept.objects.waiting()[:100].query.sql_with_params()
            cursor.execute("EXPLAIN QUERY PLAN " + sql, values)
            assert "kept_to_digest" in str(cursor.fetchall())
    assert timezone.is_aware(Kept.objects.get().received_at)
