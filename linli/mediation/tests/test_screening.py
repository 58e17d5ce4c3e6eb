"""Screening, consent, acceptance; danger told at once; parties and who helps them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from linli.events.testing import NOON
from linli.journal.models import Entry, Notice
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.mediation.actions import parties, registering, screening
from linli.mediation.actions.registering import Told
from linli.mediation.models import Clock, Dispute
from linli.mediation.rules import (
    ClockKind,
    CompanionKind,
    Consent,
    Door,
    Kind,
    NextWay,
    NotAccepted,
    PersonKind,
    Side,
    State,
    Way,
)
from linli.mediation.rules.parties import Particulars, Representative
from linli.mediation.testing import APPLICANT, RESPONDENT, make_dispute, make_mediation, party_of
from linli.notices.about import about

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=5)
#: The example of GB 11643-1999.
ID_NUMBER = "11010519491231002X"


def test_accepted_it_has_a_case_number_and_a_month() -> None:
    here = make_mediation()
    dispute = make_dispute(here, State.ACCEPTED)
    assert dispute.case_no == "(2026)石人调字第1号"
    assert make_dispute(here, State.ACCEPTED).case_no == "(2026)石人调字第2号"
    # Accepted on Monday 16 November; the day of the same number is a Wednesday.
    assert dispute.due_at == datetime(2026, 12, 16, 9, 30, tzinfo=UTC)
    assert not Clock.objects.running().filter(dispute=dispute, kind=ClockKind.SCREENING).exists()


def test_nothing_is_accepted_before_every_side_said_yes() -> None:
    here = make_mediation()
    dispute = make_dispute(here, State.OFFERED)
    assert party_of(dispute, Side.RESPONDENT).consent == Consent.ASKED
    with pytest.raises(Refused) as refusal:
        screening.accept(dispute, by=here.head, at=LATER)
    assert refusal.value.code == "consent_missing"


def test_one_side_that_refuses_is_told_of_the_other_ways() -> None:
    here = make_mediation()
    dispute = make_dispute(here, State.OFFERED)
    other = party_of(dispute, Side.RESPONDENT)
    parties.note_consent(other, agrees=False, way=Way.ONLINE, by=None, at=LATER, own=True)
    with pytest.raises(Refused) as refusal:
        screening.accept(dispute, by=here.head, at=LATER)
    assert refusal.value.code == "side_refuses"
    with pytest.raises(BadInput) as nothing_told:
        screening.not_accept(dispute, reason=NotAccepted.REFUSED, why="不同意", ways=[], by=here.head, at=LATER)
    assert nothing_told.value.code == "ways_missing"
    screening.not_accept(
        dispute, reason=NotAccepted.REFUSED, why="不同意", ways=["court", "arbitration"], by=here.head, at=LATER
    )
    dispute.refresh_from_db()
    assert dispute.state == State.NOT_ACCEPTED
    assert dispute.ways_told == [NextWay.ARBITRATION, NextWay.COURT]
    assert dispute.case_no == "" and dispute.due_at is None


def test_a_dispute_with_one_side_is_not_offered() -> None:
    here = make_mediation()
    told = Told("争执", Kind.NEIGHBOURS, parties=(APPLICANT,))
    dispute = registering.register(
        told, area=here.world.grid, door=Door.WINDOW, by=here.mediator, at=NOON, body=here.township
    ).dispute
    with pytest.raises(Refused) as refusal:
        screening.offer(dispute, by=here.head, at=LATER)
    assert refusal.value.code == "side_missing"
    parties.add_party(dispute, RESPONDENT, by=here.head, at=LATER)
    screening.offer(dispute, by=here.head, at=LATER)


def test_while_no_body_has_it_the_nearest_that_screens_it_takes_it() -> None:
    here = make_mediation()
    told = Told("争执", Kind.NEIGHBOURS, parties=(APPLICANT, RESPONDENT))
    dispute = registering.register(
        told, area=here.world.grid, door=Door.WINDOW, by=here.world.cast.desk, at=NOON
    ).dispute
    with pytest.raises(NotYours):
        screening.offer(dispute, by=here.stranger, at=LATER)
    screening.offer(dispute, by=here.village_head, at=LATER)
    assert dispute.body == here.village
    screening.hand_over(dispute, body=here.county, by=here.village_head, at=LATER)
    assert Dispute.objects.visible_to(here.county_head, LATER).get() == dispute
    assert not Dispute.objects.visible_to(here.village_head, LATER).exists()
    with pytest.raises(BadInput):
        screening.hand_over(dispute, body=here.elsewhere, by=here.county_head, at=LATER)


def test_danger_is_told_at_once_to_heads_desk_and_leader_by_number_alone() -> None:
    here = make_mediation()
    dispute = make_dispute(here, State.MEDIATING)
    screening.note_risk(dispute, words="扬言动刀", by=here.mediator, at=LATER)
    entry = Entry.objects.get(verb="dispute.risk_noted")
    told = set(Notice.objects.filter(entry=entry).values_list("person__username", flat=True))
    assert told == {"head", "desk", "leader"}
    assert entry.facts == {"number": dispute.number}
    assert dispute.number in about(entry).words(entry.facts)  # type: ignore[union-attr]
    assert dispute.may_intensify and dispute.informed_at == LATER
    assert dispute.words["risk"] == "扬言动刀"
    screening.end_risk(dispute, by=here.head, at=LATER)
    assert not dispute.may_intensify


def test_danger_told_at_the_door_is_told_at_once_by_whoever_registers() -> None:
    """A grid worker who found it may not open the file, and does not wait for somebody who may."""
    here = make_mediation()
    about_it = Told("争水沟", Kind.NEIGHBOURS, parties=(APPLICANT, RESPONDENT), risk="扬言动刀")
    facts = {"area": here.world.grid, "at": LATER, "body": here.township}
    dispute = registering.register(about_it, door=Door.EARLY, by=here.world.cast.worker, **facts).dispute  # type: ignore[arg-type]
    entry = Entry.objects.get(verb="dispute.risk_noted")
    told = set(Notice.objects.filter(entry=entry).values_list("person__username", flat=True))
    assert (entry.by, told, entry.facts) == (
        here.world.cast.worker,
        {"head", "desk", "leader"},
        {"number": dispute.number},
    )
    dispute.refresh_from_db()
    assert dispute.may_intensify and dispute.words["risk"] == "扬言动刀" and dispute.words["summary"] == "争水沟"
    with pytest.raises(BadInput) as refusal:
        registering.register(replace(about_it, risk="刀" * 1001), door=Door.EARLY, by=here.world.cast.worker, **facts)  # type: ignore[arg-type]
    assert refusal.value.facts["field"] == "risk"


# --- parties -------------------------------------------------------------------------------------------------------------


def speakers(count: int) -> tuple[Representative, ...]:
    return tuple(Representative(f"代表{number}", f"1390000010{number}") for number in range(count))


GROUP = Particulars(Side.THIRD, "上县村种植户", speaks_for_group=True, group_size=23, representatives=speakers(5))


@pytest.mark.parametrize(
    ("told", "code"),
    [
        (replace(GROUP, representatives=speakers(6)), "too_many_representatives"),
        (replace(GROUP, representatives=()), "group_without_speaker"),
        (replace(GROUP, group_size=1), "group_without_speaker"),
        (Particulars(Side.THIRD, "某公司", kind=PersonKind.LEGAL), "nobody_speaks"),
        (Particulars(Side.THIRD, "赵六", representatives=speakers(1)), "speaks_for_themselves"),
        (Particulars(Side.THIRD, "赵六", group_size=2), "bad_group_size"),
        (Particulars(Side.THIRD, " · "), "name_missing"),
        (Particulars(Side.THIRD, "赵六", telephone="12"), "bad_telephone"),
        (Particulars(Side.THIRD, "赵六", mail="赵六"), "bad_mail"),
        (Particulars(Side.THIRD, "赵六", address="村" * 201), "too_long"),
        (Particulars("neutral", "赵六"), "not_offered"),
        (Particulars(Side.THIRD, "王 小明", telephone="+86 139-0000-0001"), "same_person_on_both_sides"),
        (Particulars(Side.THIRD, "王小明"), "cannot_be_told_apart"),
        (replace(GROUP, representatives=(Representative("李大力", "13900000002"),)), "same_person_on_both_sides"),
    ],
)
def test_a_party_told_wrongly_is_refused_in_a_sentence(told: Particulars, code: str) -> None:
    here = make_mediation()
    dispute = make_dispute(here)
    with pytest.raises(BadInput) as refusal:
        parties.add_party(dispute, told, by=here.head, at=LATER)
    assert refusal.value.code == code
    assert dispute.parties.count() == 2


def test_a_group_speaks_through_five_and_a_namesake_is_somebody_else() -> None:
    here = make_mediation()
    dispute = make_dispute(here)
    party = parties.add_party(dispute, GROUP, by=here.head, at=LATER)
    assert len(party.words["representatives"]) == 5
    namesake = Particulars(Side.THIRD, "王小明", telephone="13911111111")
    assert parties.add_party(dispute, namesake, by=here.head, at=LATER).position == 4


def test_a_dispute_has_no_fewer_people_than_its_parties_are() -> None:
    here = make_mediation()
    dispute = make_dispute(here)
    assert dispute.people_count == 2
    village = replace(APPLICANT, representatives=(Representative("陈一"),), speaks_for_group=True)
    parties.correct_party(party_of(dispute), replace(village, group_size=40), by=here.head, at=LATER)
    third = replace(village, side=Side.THIRD, name="二队村民", telephone="", address="", group_size=3)
    parties.add_party(dispute, third, by=here.head, at=LATER)
    dispute.refresh_from_db()
    assert dispute.people_count == 44
    # Whoever was there may have told of more.
    screening.classify(dispute, people_count=60, by=here.head, at=LATER)
    parties.correct_party(party_of(dispute), replace(village, group_size=5), by=here.head, at=LATER)
    dispute.refresh_from_db()
    assert dispute.people_count == 60


def test_correcting_keeps_what_the_party_said() -> None:
    here = make_mediation()
    dispute = make_dispute(here, State.ACCEPTED)
    party = party_of(dispute)
    parties.correct_party(party, replace(APPLICANT, telephone="13922222222"), by=here.head, at=LATER)
    party.refresh_from_db()
    assert party.words["telephone"] == "13922222222" and party.consent == Consent.AGREED
    with pytest.raises(BadInput):
        parties.correct_party(party, replace(RESPONDENT, side=Side.APPLICANT), by=here.head, at=LATER)


def test_an_identity_number_is_kept_only_for_the_court_and_goes_when_none_is_wanted() -> None:
    here = make_mediation()
    dispute = make_dispute(here, State.MEDIATING)
    party = party_of(dispute)
    with pytest.raises(Refused) as refusal:
        parties.keep_id_number(party, id_number=ID_NUMBER, by=here.mediator, at=LATER)
    assert refusal.value.code == "id_number_not_needed"
    parties.want_confirmation(dispute, wanted=True, by=None, at=LATER, party=party)
    with pytest.raises(BadInput) as slip:
        parties.keep_id_number(party, id_number="110105194912310021", by=here.mediator, at=LATER)
    assert "1101" not in slip.value.message
    parties.keep_id_number(party, id_number=f" {ID_NUMBER.lower()} ", by=here.mediator, at=LATER)
    assert party.words["id_number"] == ID_NUMBER
    parties.want_confirmation(dispute, wanted=False, by=here.mediator, at=LATER)
    party.refresh_from_db()
    assert "id_number" not in party.words


def test_who_helps_needs_the_consent_of_all_and_an_agent_that_of_their_party() -> None:
    here = make_mediation()
    dispute = make_dispute(here, State.MEDIATING)
    one, other = party_of(dispute), party_of(dispute, Side.RESPONDENT)
    with pytest.raises(BadInput) as refusal:
        parties.add_companion(
            dispute, kind=CompanionKind.RELATIVE, name="王叔", agreed_by=[one], by=here.mediator, at=LATER, party=one
        )
    assert refusal.value.code == "consent_missing"
    parties.add_companion(
        dispute, kind=CompanionKind.RELATIVE, name="王叔", agreed_by=[one, other], by=here.mediator, at=LATER, party=one
    )
    agent = {"kind": CompanionKind.AGENT, "name": "陈律师", "agreed_by": [one], "by": here.mediator, "at": LATER}
    with pytest.raises(BadInput):
        parties.add_companion(dispute, party=one, **agent)
    made = parties.add_companion(dispute, party=one, powers="一般代理", **agent)
    parties.end_companion(made, by=here.mediator, at=LATER)
    made.refresh_from_db()
    assert made.left_at == LATER


def test_a_double_is_found_by_both_sides_and_told_by_number_alone() -> None:
    here = make_mediation()
    first, second = make_dispute(here), make_dispute(here)
    swapped = make_dispute(
        here,
        applicant=replace(RESPONDENT, side=Side.APPLICANT),
        respondent=replace(APPLICANT, side=Side.RESPONDENT),
    )
    make_dispute(here, respondent=Particulars(Side.RESPONDENT, "张三", telephone="13933333333"))
    assert parties.find_doubles(first, by=here.head, at=LATER) == [second.number, swapped.number]
    entry = Entry.objects.get(verb="dispute.doubles_searched")
    assert entry.facts == {"found": 2} and entry.by == here.head
    with pytest.raises(NotYours):
        parties.find_doubles(first, by=here.stranger, at=LATER)


def test_a_name_alone_finds_nobody() -> None:
    here = make_mediation()
    bare = {
        "applicant": Particulars(Side.APPLICANT, "王小明"),
        "respondent": Particulars(Side.RESPONDENT, "李大力"),
    }
    one, _other = make_dispute(here, **bare), make_dispute(here, **bare)
    assert parties.find_doubles(one, by=here.head, at=LATER) == []
