"""What a dossier still lacks is said in words; what lacks nothing can be bound, and nothing else can."""

from datetime import UTC
from typing import Any

import pytest

from linli.kit.refusal import Refused
from linli.mediation.dossier import values as v
from linli.mediation.dossier.binding import Ended, Settled, bind, missing
from linli.mediation.dossier.parts import Party, Side, Sign, Stamp
from linli.mediation.dossier.testing import AT, BODY, WAYS, make_agreement, make_draft, make_head, make_session, signed

LACKS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "nothing": ({}, []),
    "application and register": ({"opening": None}, ["no_opening"]),
    "notice of rights": ({"rights": None}, ["no_rights", "not_told", "not_told"]),
    "one who was not told": ({"rights": v.RightsNotice((v.Told("陈亚水", AT, "当面"),))}, ["not_told"]),
    "identity": ({"identity": None}, ["no_identity", "not_shown", "not_shown"]),
    "session record": ({"sessions": ()}, ["no_session"]),
    "words of a record": ({"sessions": (make_session(text=" \n"),)}, ["empty_record"]),
    "agreement": ({"ending": None}, ["no_ending"]),
    "a signature": ({"ending": make_agreement(make_head(), signs=(Sign("申请人", "陈亚水"),))}, ["not_signed"]),
    "the seal": ({"ending": make_agreement(make_head(), stamp=Stamp(BODY))}, ["not_stamped"]),
    "the number": ({"head": make_head(case_no="")}, ["no_case_no"]),
}


@pytest.mark.parametrize("what", LACKS)
def test_what_lacks_is_named(what: str) -> None:
    changes, codes = LACKS[what]
    draft = make_draft(**changes)
    assert [one.code for one in missing(draft)] == codes
    if not codes:
        assert isinstance(bind(draft).course, Settled)
        return
    with pytest.raises(Refused) as refused:
        bind(draft)
    assert all(str(one) in str(refused.value) for one in missing(draft))


def test_two_of_the_same_name_are_each_told() -> None:
    head = make_head(parties=(Party(Side.APPLICANT, "张伟"), Party(Side.RESPONDENT, "张伟")))
    one = make_draft(head=head, rights=v.RightsNotice((v.Told("张伟", AT, "当面"),)))
    assert [lack.code for lack in missing(one)] == ["not_told"]


def test_an_oral_agreement_is_signed_by_the_mediator_alone() -> None:
    said: dict[str, Any] = {"text": "乙", "effective_at": AT, "stamp": Stamp(BODY)}
    assert missing(make_draft(ending=v.OralAgreement(mediators=(signed("人民调解员", "林国强"),), **said))) == []
    unsigned = v.OralAgreement(mediators=(Sign("人民调解员", "林国强"),), **said)
    assert [one.code for one in missing(make_draft(ending=unsigned))] == ["not_signed"]


def test_without_agreement_a_dossier_is_bound_also_when_no_session_came_about() -> None:
    ended = v.Termination("一方不同意继续调解", "电话告知。", WAYS, AT, Stamp(BODY))
    dossier = bind(make_draft(ending=ended, sessions=(), receipts=(), confirmation=None))
    assert isinstance(dossier.course, Ended)
    # Whoever never came is in the forms as such, and holds nothing up.
    untold = v.RightsNotice((v.Told("陈亚水", None, "未能联系"),))
    assert missing(make_draft(ending=ended, rights=untold)) == []
    titles = [form.title for _number, form in dossier.forms]
    assert "终止调解通知书" in titles
    assert "人民调解协议书" not in titles


def test_the_forms_stand_in_the_order_of_the_ministry() -> None:
    numbers = [number for number, _form in bind(make_draft()).forms]
    assert numbers == sorted(numbers)
    assert set(range(1, 13)) == set(numbers)


def test_times_are_said_in_the_time_of_the_home() -> None:
    from linli.mediation.dossier.blocks import moment, span

    assert moment(AT) == "2026年11月9日15时05分"
    assert AT.tzinfo is UTC
    assert span(AT, AT.replace(hour=8)) == "2026年11月9日15时05分至16时05分"
    assert span(AT, AT.replace(hour=18)) == "2026年11月9日15时05分至2026年11月10日2时05分"
