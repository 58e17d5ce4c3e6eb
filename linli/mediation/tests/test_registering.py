"""Registering through every door: who may, what it is numbered, what is refused in a sentence."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from linli.events.rules import State as EventState
from linli.events.testing import NOON, make_event
from linli.journal.models import Entry, Notice
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.mediation.actions import parties, registering
from linli.mediation.actions.registering import Told
from linli.mediation.models import Clock, Dispute
from linli.mediation.rules import Consent, Door, Entruster, Kind, Side, State
from linli.mediation.testing import APPLICANT, RESPONDENT, Mediation, make_dispute, make_mediation, party_of
from linli.people.models import Person

pytestmark = pytest.mark.django_db
TOLD = Told("争水沟", Kind.NEIGHBOURS, parties=(APPLICANT, RESPONDENT))


def register(here: Mediation, door: str, by: Person | None, told: Told = TOLD, **more: object) -> Dispute:
    area = more.pop("area", here.world.grid)
    return registering.register(told, area=area, door=door, by=by, at=NOON, **more).dispute  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("door", "who", "more"),
    [
        (Door.WINDOW, "desk", {}),
        (Door.WINDOW, "mediator", {}),
        (Door.PHONE, "cadre", {}),
        (Door.EARLY, "worker", {}),
        (Door.TRANSFER, "county", {"entruster": Entruster.COURT, "entrusted_by": "廉江市人民法院石城法庭"}),
    ],
)
def test_each_door_gives_a_number_and_starts_the_clock(door: str, who: str, more: dict[str, str]) -> None:
    here = make_mediation()
    dispute = register(here, door, getattr(here.world.cast, who), **more)
    assert dispute.number == "440881101-2026-00001"
    assert dispute.state == State.REGISTERED
    assert Clock.objects.get(dispute=dispute).source == "受理承诺，无法定期限"
    # Three working days from Monday noon.
    assert dispute.due_at == datetime(2026, 11, 19, 9, 30, tzinfo=UTC)


def test_whoever_applies_has_said_yes_and_the_other_side_is_not_asked_yet() -> None:
    here = make_mediation()
    dispute = register(here, Door.WINDOW, here.world.cast.desk)
    assert party_of(dispute).consent == Consent.AGREED
    assert party_of(dispute, Side.RESPONDENT).consent == Consent.UNASKED
    early = register(here, Door.EARLY, here.world.cast.worker)
    assert party_of(early).consent == Consent.UNASKED


def test_a_resident_applies_online_and_holds_a_link_that_opens_their_own_page() -> None:
    here = make_mediation()
    made = registering.register(TOLD, area=here.world.grid, door=Door.ONLINE, by=None, at=NOON)
    found = parties.party_of_link(made.secret)
    assert found is not None and found.dispute_id == made.dispute.pk and found.side == Side.APPLICANT
    assert parties.party_of_link(made.secret + "x") is None
    assert parties.party_of_link("") is None


def test_a_new_link_shuts_the_one_before() -> None:
    here = make_mediation()
    dispute = make_dispute(here)
    first = parties.give_link(party_of(dispute), by=here.head, at=NOON)
    second = parties.give_link(party_of(dispute), by=here.head, at=NOON)
    assert parties.party_of_link(first) is None
    assert parties.party_of_link(second) == party_of(dispute)
    parties.withdraw_link(party_of(dispute), by=here.head, at=NOON)
    assert parties.party_of_link(second) is None


def test_nobody_registers_elsewhere_or_for_a_resident_online() -> None:
    here = make_mediation()
    for door, who in ((Door.WINDOW, here.stranger), (Door.WINDOW, here.world.cast.nobody)):
        with pytest.raises(NotYours):
            register(here, door, who)
    with pytest.raises(NotYours):
        register(here, Door.TRANSFER, here.world.cast.worker, entruster=Entruster.POLICE, entrusted_by="派出所")
    for door, who in ((Door.ONLINE, here.world.cast.desk), (Door.WINDOW, None)):
        with pytest.raises(BadInput):
            register(here, door, who)


def test_an_event_that_went_to_mediation_is_mediated_once() -> None:
    here = make_mediation()
    event = make_event(here.world, EventState.IN_MEDIATION, category=here.world.quarrel)
    dispute = register(here, Door.EVENT, here.world.cast.desk, event=event)
    assert dispute.event == event
    with pytest.raises(Refused, match=dispute.number):
        register(here, Door.EVENT, here.world.cast.desk, event=event)


def test_another_event_needs_the_consent_of_the_parties() -> None:
    here = make_mediation()
    event = make_event(here.world, EventState.ACCEPTED)
    with pytest.raises(Refused) as refusal:
        register(here, Door.EVENT, here.world.cast.desk, event=event)
    assert refusal.value.code == "event_not_for_mediation"
    assert register(here, Door.EVENT, here.world.cast.desk, event=event, parties_agree=True).event == event


def test_the_heads_of_the_nearest_body_are_told() -> None:
    here = make_mediation()
    dispute = register(here, Door.WINDOW, here.world.cast.desk)
    entry = Entry.objects.get(on_key=str(dispute.pk))
    assert set(Notice.objects.filter(entry=entry).values_list("person", flat=True)) == {here.village_head.pk}


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"summary": " "}, "text_missing"),
        ({"summary": "长" * 4001}, "text_too_long"),
        ({"kind": "77"}, "not_offered"),
        ({"people_count": -1}, "bad_people_count"),
        ({"parties": ()}, "applicant_missing"),
        ({"parties": (RESPONDENT,)}, "applicant_missing"),
        ({"parties": (APPLICANT, replace(APPLICANT, side=Side.RESPONDENT))}, "same_person_on_both_sides"),
        ({"parties": (APPLICANT, APPLICANT)}, "party_twice"),
    ],
)
def test_bad_input_is_refused_in_a_sentence_and_uses_up_no_number(changed: dict[str, object], code: str) -> None:
    here = make_mediation()
    with pytest.raises(BadInput) as refusal:
        register(here, Door.WINDOW, here.world.cast.desk, replace(TOLD, **changed))  # type: ignore[arg-type]
    assert refusal.value.code == code
    assert refusal.value.message.endswith((".", "。"))
    assert register(here, Door.WINDOW, here.world.cast.desk).number == "440881101-2026-00001"
    assert Dispute.objects.count() == 1


def test_numbers_run_by_township_and_year() -> None:
    here = make_mediation()
    numbers = [register(here, Door.WINDOW, here.world.cast.desk).number for _n in range(3)]
    other = register(here, Door.WINDOW, here.world.cast.county, area=here.world.areas["440881102201"])
    at_county = register(here, Door.WINDOW, here.world.cast.county, area=here.world.areas["440881"])
    new_year = NOON + timedelta(days=60)
    later = registering.register(
        TOLD, area=here.world.grid, door=Door.WINDOW, by=here.world.cast.desk, at=new_year
    ).dispute
    assert numbers == [f"440881101-2026-{running:05d}" for running in (1, 2, 3)]
    assert other.number == "440881102-2026-00001"
    assert at_county.number == "440881000-2026-00001"
    assert later.number == "440881101-2027-00001"


def test_what_was_told_lies_behind_the_seal_of_its_own_row() -> None:
    here = make_mediation()
    one, other = make_dispute(here, summary="甲的事"), make_dispute(here, summary="乙的事")
    assert one.words["summary"] == "甲的事"
    assert "甲的事".encode() not in bytes(one.sealed)
    Dispute.objects.filter(pk=one.pk).update(sealed=other.sealed)
    one.refresh_from_db()
    with pytest.raises(Refused) as refusal:
        _ = one.words
    assert refusal.value.code == "seal_broken"
