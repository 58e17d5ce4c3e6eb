"""A group signs through its representatives: each on the phone, or all on one paper. Through the acts, on the database."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.translation import override

from linli.events.testing import NOON
from linli.kit.refusal import BadInput, Refused
from linli.mediation.actions import agreeing, signing
from linli.mediation.actions.parties import correct_party
from linli.mediation.actions.signing import Drawn, sign_on_paper, sign_on_phone
from linli.mediation.dossier.outcome import agreement_of
from linli.mediation.dossier.reading import read
from linli.mediation.models import Agreement, Party
from linli.mediation.rules import PersonKind, Side, State
from linli.mediation.rules.parties import Particulars, Representative
from linli.mediation.testing import APPLICANT, RESPONDENT, Mediation, make_dispute, make_mediation, party_of
from linli.mediation.tests.desks import Desk, days_ago

pytestmark = pytest.mark.django_db
AT = NOON + timedelta(days=2)
SPEAKERS = (Representative("陈一"), Representative("陈二"))
CLAUSES, STORY = [{"code": "end_of_matter", "values": {}}], agreeing.Story()
GROUP = Particulars(Side.APPLICANT, "一队村民", representatives=SPEAKERS, speaks_for_group=True, group_size=12)


def offered(here: Mediation, applicant: Particulars = GROUP) -> tuple[Agreement, Party]:
    dispute = make_dispute(here, State.MEDIATING, applicant=applicant, respondent=RESPONDENT)
    made = agreeing.draft_agreement(dispute, clauses=CLAUSES, story=STORY, by=here.mediator, at=AT)
    agreeing.offer_agreement(made, by=here.mediator, at=AT)
    return made, party_of(dispute)


def sign(agreement: Agreement, party: Party, typed: str, speaker: int = 0) -> None:
    sha = agreement.text_sha256
    sign_on_phone(agreement, party=party, drawn=Drawn(typed=typed), text_sha256=sha, at=AT, speaker=speaker)


def test_every_representative_signs_before_the_stamp() -> None:
    here = make_mediation()
    agreement, group = offered(here)
    assert agreeing.missing(agreement, but_stamp=True)[:2] == ["陈一", "陈二"]
    sign(agreement, group, "陈二", 2)
    assert agreeing.missing(agreement, but_stamp=True)[:2] == ["陈一", "李大力"]
    with pytest.raises(Refused) as refusal:
        signing.stamp(agreement, by=here.head, at=AT)
    assert "陈一" in refusal.value.message
    sign(agreement, group, "陈一", 1)
    assert agreeing.missing(agreement, but_stamp=True)[0] == "李大力"


@pytest.mark.parametrize("speaker", [0, 3])
def test_it_is_asked_which_of_them_signs(speaker: int) -> None:
    agreement, group = offered(make_mediation())
    with pytest.raises(BadInput) as refusal:
        sign(agreement, group, "陈一", speaker)
    assert refusal.value.code == "nobody_signs"


def test_a_representative_signs_with_their_own_name_and_once() -> None:
    agreement, group = offered(make_mediation())
    with pytest.raises(BadInput) as differs:
        sign(agreement, group, "陈二", 1)
    assert differs.value.code == "name_differs"
    sign(agreement, group, "陈一", 1)
    with pytest.raises(Refused) as again:
        sign(agreement, group, "陈一", 1)
    assert again.value.code == "signed_already"


def test_one_paper_that_all_of_them_signed_is_enough() -> None:
    here = make_mediation()
    agreement, group = offered(here)
    sign_on_paper(agreement, party=group, scan=b"%PDF-1.7 scan", by=here.mediator, at=AT)
    assert agreeing.missing(agreement, but_stamp=True)[0] == "李大力"
    with pytest.raises(Refused) as again:
        sign(agreement, group, "陈一", 1)
    assert again.value.code == "signed_already"


def test_an_organisation_signs_by_the_name_of_who_speaks_for_it_too() -> None:
    firm = Particulars(Side.APPLICANT, "石城建材行", kind=PersonKind.LEGAL, representatives=(Representative("陈老板"),))
    agreement, party = offered(make_mediation(), firm)
    sign(agreement, party, "陈老板")
    assert agreeing.missing(agreement, but_stamp=True)[0] == "李大力"


def test_the_paper_has_a_place_for_each_representative_and_says_for_how_many_they_speak() -> None:
    agreement, group = offered(make_mediation())
    sign(agreement, group, "陈一", 1)
    file = read(agreement.dispute)
    made = agreement_of(file)
    assert made is not None
    signs = [(one.role, one.name, one.is_signed) for one in made.signs]
    assert signs == [
        ("申请人推选的代表", "陈一", True),
        ("申请人推选的代表", "陈二", False),
        ("被申请人", "李大力", False),
    ]
    assert (file.head.parties[0].representative, file.head.parties[0].stands_for) == ("陈一、陈二", 12)


def test_whoever_comes_to_speak_for_a_group_has_not_signed_by_the_signature_of_another() -> None:
    here = make_mediation()
    agreement, group = offered(here)
    sign(agreement, group, "陈一", 1)
    sign(agreement, group, "陈二", 2)
    changed = replace(GROUP, representatives=(Representative("陈二"), Representative("陈三")))
    correct_party(group, changed, by=here.mediator, at=AT)
    assert agreeing.missing(agreement, but_stamp=True)[:2] == ["陈二", "陈三"]
    made = agreement_of(read(agreement.dispute))
    assert made is not None and not any(one.is_signed for one in made.signs)
    with pytest.raises(Refused) as refusal:
        sign(agreement, group, "陈三", 2)
    assert refusal.value.code == "speakers_changed"
    anew = agreeing.draft_agreement(agreement.dispute, clauses=CLAUSES, story=STORY, by=here.mediator, at=AT)
    agreeing.offer_agreement(anew, by=here.mediator, at=AT)
    sign(anew, group, "陈三", 2)
    assert agreeing.missing(anew, but_stamp=True)[:2] == ["陈二", "李大力"]


def test_what_one_signed_before_it_was_a_group_is_not_the_word_of_all() -> None:
    here = make_mediation()
    agreement, party = offered(here, APPLICANT)
    sign(agreement, party, APPLICANT.name)
    correct_party(party, GROUP, by=here.mediator, at=AT)
    assert agreeing.missing(agreement, but_stamp=True)[:2] == ["陈一", "陈二"]


def test_who_is_missing_is_told_as_the_language_of_the_page_does_it() -> None:
    here = make_mediation()
    agreement, _group = offered(here)
    with override("zh-hans"), pytest.raises(Refused) as refusal:
        signing.stamp(agreement, by=here.head, at=AT)
    assert "陈一、陈二、" in refusal.value.message and ", " not in refusal.value.message


def test_names_after_each_other_in_one_line_are_several_people_and_a_sixth_is_refused() -> None:
    here = make_mediation()
    dispute = make_dispute(here, State.MEDIATING, at=days_ago(2))
    party, desk = party_of(dispute), Desk(here.mediator)
    desk.open(dispute)
    known = {"side": "applicant", "kind": "natural", "language": "mandarin", "name": "一队村民"}
    group = known | {"speaks_for_group": "on", "group_size": "12"}
    address = reverse("mediation:act_on", args=[dispute.pk, "correct_party", party.pk])
    six = desk.client.post(address, group | {"speaker_name_1": "一甲、二乙、三丙，四丁;五戊", "speaker_name_2": "六己"})
    assert six.status_code == 422 and "三丙，四丁;五戊" in six.content.decode()
    five = group | {"speaker_name_1": "一甲、二乙、三丙，四丁;五戊", "speaker_telephone_1": "13900000011"}
    assert desk.client.post(address, five).status_code == 302
    party.refresh_from_db()
    told = [(one["name"], one["telephone"]) for one in party.words["representatives"]]
    assert told == [("一甲", "13900000011"), ("二乙", ""), ("三丙", ""), ("四丁", ""), ("五戊", "")]
