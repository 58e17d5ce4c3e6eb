"""Nothing sealed of a dispute is on any address for anybody outside its file: every role × every address × every field."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from linli.events.testing import GRID, draw_boundaries
from linli.intake.api.tests.asking import everything, make_key
from linli.intake.live import news
from linli.mediation.actions import complaining, noting, own, parties, proving, screening, sessions
from linli.mediation.models import Dispute, Mediator
from linli.mediation.rules import CompanionKind, Side, State
from linli.mediation.rules.parties import Particulars
from linli.mediation.testing import Mediation, hold, make_dispute, make_mediation, party_of
from linli.people.models import Person
from tests.addresses import NAMES
from tests.test_sweeps import address, body, signed_in
from tests.things import HERE, Things, things

pytestmark = pytest.mark.django_db

#: One mark for each sealed field, so that a failure says which.
MARKS = {
    what: f"密{number}鼠{what}"
    for number, what in enumerate(
        (
            *("summary", "claims", "applicant", "respondent", "address", "risk", "companion", "powers", "place"),
            *("record", "undisputed", "concession", "note", "evidence", "evidence_words", "complaint", "answer"),
        )
    )
}
NUMBERS = ("13987600001", "13987600002", "13987600003")
#: One of every role that mediates nowhere.
WALKERS = ("worker", "cadre", "desk", "handler", "verifier", "leader", "auditor", "security", "system")


@pytest.fixture
def here() -> Mediation:
    made = make_mediation()
    draw_boundaries(made.world)
    return made


@pytest.fixture
def dispute(here: Mediation) -> Dispute:
    """In mediation, with every field behind the seal filled."""
    at = timezone.now() - timedelta(days=3)
    applicant = Particulars(Side.APPLICANT, MARKS["applicant"], telephone=NUMBERS[0], address=MARKS["address"])
    respondent = Particulars(Side.RESPONDENT, MARKS["respondent"], telephone=NUMBERS[1])
    words = {"summary": MARKS["summary"], "claims": MARKS["claims"]}
    made = make_dispute(here, State.MEDIATING, at=at, applicant=applicant, respondent=respondent, **words)
    later = at + timedelta(hours=12)
    screening.note_risk(made, words=MARKS["risk"], by=here.head, at=later)
    one = party_of(made)
    parties.add_companion(
        made,
        kind=CompanionKind.AGENT,
        name=MARKS["companion"],
        telephone=NUMBERS[2],
        powers=MARKS["powers"],
        party=one,
        agreed_by=[one],
        by=here.head,
        at=later,
    )
    session = hold(here, made, later)
    sessions.write_record(
        session,
        text=MARKS["record"],
        undisputed=MARKS["undisputed"],
        concessions=MARKS["concession"],
        by=here.mediator,
        at=later,
    )
    sessions.plan_session(made, planned_at=later + timedelta(days=9), place=MARKS["place"], by=here.mediator, at=later)
    noting.write_note(made, text=MARKS["note"], session=session, by=here.mediator, at=later)
    proving.add_evidence(
        one,
        name=MARKS["evidence"],
        words=MARKS["evidence_words"],
        content=b"%PDF-1.7 " + MARKS["evidence"].encode(),
        by=here.mediator,
        at=later,
    )
    own.complain(one, words=MARKS["complaint"], at=later)
    complaining.answer(made.complaints.get(), words=MARKS["answer"], by=here.head, at=later)
    return made


@pytest.fixture
def whole(here: Mediation, dispute: Dispute) -> Things:
    """Everything that has an address, and the marked dispute among it."""
    of = things(here.world, GRID, HERE, here.world.cast.desk)
    return replace(of, numbers=of.numbers | {"dispute": dispute.pk})


def seen(page: str, fields: dict[str, str] | None = None) -> list[str]:
    """The fields of which something stands there."""
    marks = (fields or MARKS) | ({} if fields else dict(zip(NUMBERS, NUMBERS, strict=True)))
    return [what for what, mark in marks.items() if mark in page]


def pages(of: Things, client: Client, dispute: Dispute) -> Iterator[tuple[str, str]]:
    """Every address as this client gets it, those of the room also when something is sent; and what is found by number."""
    for name in sorted(set(NAMES) - {"sign_out"}):
        place = address(name, of)
        yield name, body(client.get(place))
        if name.startswith(("mediation", "ledgers")):
            yield f"{name} (sent)", body(client.post(place, {"text": "试试"}))
    for asked in (dispute.number, dispute.case_no):
        yield "search by number", body(client.get(reverse("desk"), {"q": asked}))
        yield "mediation by number", body(client.get(reverse("mediation:list"), {"q": asked}))


@pytest.mark.parametrize("walker", WALKERS)
def test_whoever_is_outside_the_file_finds_nothing_of_it_anywhere(
    here: Mediation, whole: Things, dispute: Dispute, walker: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Nor do the logs hold any of it after all these requests."""
    caplog.set_level(logging.DEBUG)
    person: Person = getattr(here.world.cast, walker)
    client = signed_in(person)
    assert client.get(reverse("mediation:file", args=[dispute.pk])).status_code == 404
    found = {name: seen(page) for name, page in pages(whole, client, dispute)}
    assert {name: fields for name, fields in found.items() if fields} == {}
    assert seen(caplog.text) == []


def test_nobody_who_listens_hears_of_a_dispute(dispute: Dispute) -> None:
    """The live stream tells of matters; of all that was done here it has nothing but that somebody has a notice."""
    told = news.read({})
    assert told.changes == [] and told.told
    assert str(dispute.pk) not in repr(told) and dispute.number not in repr(told)


def test_neither_does_whoever_is_not_signed_in_nor_the_head_of_another_committee(
    here: Mediation, whole: Things, dispute: Dispute
) -> None:
    for client in (Client(), signed_in(here.stranger)):
        assert {name: seen(page) for name, page in pages(whole, client, dispute) if seen(page)} == {}


def test_neither_does_another_system_with_a_key_for_everything(whole: Things, dispute: Dispute) -> None:
    told = dict(everything(make_key()))
    assert len(told) > 20
    marks = {"key": str(dispute.pk), "number": dispute.number, "case": dispute.case_no} | MARKS
    assert {path: seen(page, marks) for path, page in told.items() if seen(page, marks)} == {}


def test_a_head_reads_the_file_after_saying_what_for_and_names_and_numbers_not_even_then(
    here: Mediation, dispute: Dispute
) -> None:
    client, place = signed_in(here.head), reverse("mediation:file", args=[dispute.pk])
    assert seen(body(client.get(reverse("mediation:list")))) == []
    assert seen(body(client.get(place))) == []
    client.post(reverse("mediation:look", args=[dispute.pk]), {"purpose": "oversee"})
    opened = seen(body(client.get(place)))
    assert {"summary", "claims", "evidence"} <= set(opened)
    assert not {"applicant", "respondent", "address", "companion", "note", *NUMBERS} & set(opened)


def test_a_head_who_mediates_finds_no_complaint_about_themselves_anywhere(
    here: Mediation, whole: Things, dispute: Dispute
) -> None:
    """Every address, with the file opened: the head of the committee above finds it in the file, and nowhere else."""
    Mediator.objects.filter(person=here.mediator).update(is_head=True)
    said = {"complaint": "密鼠投诉：偏袒对方"}
    own.complain(party_of(dispute), words=said["complaint"], at=timezone.now())
    found = {}
    for person in (here.mediator, here.head, here.county_head):
        client = signed_in(person)
        client.post(reverse("mediation:look", args=[dispute.pk]), {"purpose": "complaint"})
        found[person] = {name for name, page in pages(whole, client, dispute) if seen(page, said)}
    assert found == {here.mediator: set(), here.head: set(), here.county_head: {"mediation:file"}}
