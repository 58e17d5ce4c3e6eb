"""Registering through every door: who may, what it is numbered, what is refused in a sentence."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from linli.events.rules import State as EventState
from linli.events.testing import NOON, make_event
from linli.journal.models import Entry, Notice
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.mediation.actions import parties, registering
from linli.mediation.actions.registering import Told
from linli.mediation.dossier.forms import blocks_of
from linli.mediation.dossier.reading import read
from linli.mediation.models import Clock, Dispute
from linli.mediation.rules import Consent, Door, Entruster, Kind, Purpose, Side, State
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


# --- the letter of who entrusts it ---------------------------------------------------------------------------------------

LETTER = b"%PDF-1.7 " + "委托你会调解".encode()
BY_COURT: dict[str, Any] = {"entruster": Entruster.COURT, "entrusted_by": "廉江市人民法院，(2026)粤0881诉前调8号"}


@pytest.fixture
def media(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def test_the_letter_is_kept_as_ciphertext_opens_for_the_head_and_lies_in_the_dossier(media: Path) -> None:
    here = make_mediation()
    dispute = register(here, Door.TRANSFER, here.world.cast.county, letter=LETTER, body=here.township, **BY_COURT)
    (stored,) = [one.read_bytes() for one in media.rglob("*") if one.is_file()]
    assert LETTER not in stored and "委托你会调解".encode() not in stored
    client = Client()
    client.force_login(here.head)
    client.post(reverse("mediation:look", args=[dispute.pk]), {"purpose": Purpose.SCREEN})
    address = reverse("mediation:kept_file", args=[dispute.pk, "letter", dispute.letter.pk])
    assert address in client.get(reverse("mediation:file", args=[dispute.pk])).content.decode()
    assert client.get(address).content == LETTER
    paper = read(dispute, with_scans=True).entrusted
    assert paper is not None and paper.scan is not None and paper.scan.content == LETTER
    assert any(block["is"] == "scans" for block in blocks_of(paper, read(dispute).head))


@pytest.mark.parametrize(
    ("door", "letter", "more", "code"),
    [
        (Door.WINDOW, LETTER, {}, "not_offered"),
        (Door.TRANSFER, b"MZ program", BY_COURT, "file_type"),
        (Door.TRANSFER, b"", BY_COURT, "file_empty"),
    ],
)
def test_no_letter_at_other_doors_and_none_that_is_no_scan(
    media: Path, door: str, letter: bytes, more: dict[str, Any], code: str
) -> None:
    here = make_mediation()
    with pytest.raises(BadInput) as refusal:
        register(here, door, here.world.cast.county, letter=letter, **more)
    assert refusal.value.code == code
    assert not Dispute.objects.exists() and not any(one.is_file() for one in media.rglob("*"))


def test_the_desk_sends_the_letter_with_the_form_and_what_is_wrong_with_it_is_said_beside_it(media: Path) -> None:
    here = make_mediation()
    client = Client()
    client.force_login(here.world.cast.county)
    address = f"{reverse('mediation:new')}?door=transfer"
    assert 'enctype="multipart/form-data"' in client.get(address).content.decode()
    told = {"area": "440881101201", "kind": "02", "summary": "争水沟", "mediation_type": "peoples", **BY_COURT}
    told |= {f"{side}_{part}": value for side in ("applicant", "respondent") for part, value in PERSON.items()}
    wrong = client.post(address, told | {"letter": SimpleUploadedFile("a.exe", b"MZ program")})
    assert wrong.status_code == 422 and "letter" in wrong.context["form"].errors
    assert client.post(address, told | {"letter": SimpleUploadedFile("a.pdf", LETTER)}).status_code == 302
    assert Dispute.objects.get().letter.file_type == "application/pdf"


PERSON = {"name": "", "kind": "natural", "language": "mandarin"}
