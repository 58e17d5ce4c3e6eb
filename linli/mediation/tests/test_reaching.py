"""A party that does not answer: each try is written down behind the seal, and the journal says only that it was tried."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import translation

from linli.events.testing import NOON
from linli.journal.models import Entry
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.mediation.actions import ending, parties, reaching, screening
from linli.mediation.actions.filing import papers_for, papers_of
from linli.mediation.actions.reaching import note_try, tries_of
from linli.mediation.dossier.forms import blocks_of
from linli.mediation.dossier.reading import read
from linli.mediation.forms import ACTS
from linli.mediation.rules import Ending, NotAccepted, Side, State, Way
from linli.mediation.testing import WAYS, make_dispute, make_mediation, party_of

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(days=3)
HOURS = timedelta(hours=2)


def test_tries_are_kept_in_their_order_behind_the_seal_whatever_is_corrected_later() -> None:
    here = make_mediation()
    dispute = make_dispute(here, State.MEDIATING)
    party = party_of(dispute, Side.RESPONDENT)
    tried_at = LATER - timedelta(hours=2)
    note_try(party, way=Way.PHONE, tried_at=tried_at, words="无人接听", by=here.mediator, at=LATER)
    note_try(party, way=Way.IN_PERSON, tried_at=LATER, words="家中无人", by=here.mediator, at=LATER)
    parties.correct_party(party, parties.particulars_of(party), by=here.mediator, at=LATER)
    party.refresh_from_db()
    kept = [(one["at"], one["way"], one["words"]) for one in tries_of(party)]
    assert kept == [(tried_at.isoformat(), "phone", "无人接听"), (LATER.isoformat(), "in_person", "家中无人")]
    entry = Entry.objects.filter(verb="dispute.reach_tried").latest("pk")
    assert "家中无人" not in str(entry.facts) and entry.facts["way"] == "in_person"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"words": " "}, "text_missing"),
        ({"tried_at": LATER + timedelta(minutes=1)}, "bad_time_of_try"),
        ({"tried_at": NOON - timedelta(minutes=1)}, "bad_time_of_try"),
        ({"way": "pigeon"}, "not_offered"),
    ],
)
def test_a_try_that_cannot_have_been_is_refused(changed: dict[str, object], code: str) -> None:
    here = make_mediation()
    party = party_of(make_dispute(here, State.OFFERED))
    told = {"way": Way.PHONE, "tried_at": LATER, "words": "无人接听", "by": here.head, "at": LATER}
    with pytest.raises(BadInput) as refusal:
        note_try(party, **{**told, **changed})  # type: ignore[arg-type]
    assert refusal.value.code == code


def test_a_try_in_the_very_minute_of_the_registration_is_one() -> None:
    here = make_mediation()
    party = party_of(make_dispute(here, State.REGISTERED, at=NOON + timedelta(seconds=40)))
    note_try(party, way=Way.PHONE, tried_at=NOON, words="无人接听", by=here.head, at=NOON + timedelta(minutes=1))
    assert len(tries_of(party)) == 1


def test_only_who_has_the_dispute_notes_a_try_and_not_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    here = make_mediation()
    party = party_of(make_dispute(here, State.MEDIATING))

    def try_once(by: object = here.mediator) -> None:
        note_try(party, way=Way.PHONE, tried_at=LATER, words="无人接听", by=by, at=LATER)  # type: ignore[arg-type]

    with pytest.raises(NotYours):
        try_once(by=here.second)
    monkeypatch.setattr(reaching, "MOST_TRIES", 1)
    try_once()
    with pytest.raises(Refused) as refusal:
        try_once()
    assert refusal.value.code == "too_many_tries"


# --- on paper -----------------------------------------------------------------------------------------------------------


def test_the_notice_says_when_how_and_whom_and_a_paper_of_the_dossier_what_came_of_it() -> None:
    here = make_mediation()
    dispute = make_dispute(here, State.MEDIATING)
    party = party_of(dispute, Side.RESPONDENT)
    note_try(party, way=Way.IN_PERSON, tried_at=LATER, words="邻居说住院了", by=here.mediator, at=LATER)
    note_try(party, way=Way.PHONE, tried_at=LATER - HOURS, words="停机", by=here.mediator, at=LATER)
    ending.terminate(dispute, ending=Ending.UNREACHABLE, why="多次联系不上", ways=WAYS, by=here.mediator, at=LATER)
    file = read(dispute)
    notice, register = said(file.ending, file.head), said(file.tries, file.head)
    assert "本会先后2次与当事人联系，均未取得联系：" in notice
    assert notice.index("10时00分") < notice.index("12时00分")
    assert notice.count("被申请人李大力") >= 2 and "当面" in notice and "电话" in notice
    # The notice goes to the other side too: what a neighbour said of somebody is not for it.
    assert "住院" not in notice and "停机" not in notice
    assert register.index("停机") < register.index("邻居说住院了") and register.count(here.mediator.name) == 2
    assert "tries" not in {one.code for one in papers_for(party_of(dispute))}
    assert "tries" in {one.code for one in papers_of(dispute)}


def test_an_end_for_another_reason_does_not_tell_of_tries() -> None:
    here = make_mediation()
    dispute = make_dispute(here, State.MEDIATING)
    note_try(party_of(dispute), way=Way.PHONE, tried_at=LATER, words="停机", by=here.mediator, at=LATER)
    ending.terminate(dispute, ending=Ending.DECLINED, why="不愿再谈", ways=WAYS, by=here.mediator, at=LATER)
    file = read(dispute)
    assert "未取得联系" not in said(file.ending, file.head) and file.tries is not None


def test_it_is_not_accepted_because_nobody_was_reached_and_the_notice_names_no_side() -> None:
    here = make_mediation()
    dispute = make_dispute(here, State.OFFERED)
    party = party_of(dispute, Side.RESPONDENT)
    note_try(party, way=Way.PHONE, tried_at=LATER, words="停机", by=here.head, at=LATER)
    screening.not_accept(dispute, reason=NotAccepted.UNREACHABLE, why="三次联系未果", ways=WAYS, by=here.head, at=LATER)
    dispute.refresh_from_db()
    assert (dispute.state, dispute.not_accepted_for) == (State.NOT_ACCEPTED, "unreachable")
    file = read(dispute)
    assert file.not_accepted is not None
    rows = [block for block in blocks_of(file.not_accepted, file.head) if block["is"] == "table"]
    assert [row[2:] for row in rows[0]["rows"]] == [["电话", "被申请人"]]
    assert "无法与一方当事人取得联系" in said(file.not_accepted, file.head)


def test_whoever_never_said_yes_takes_no_paper_that_names_who_applied() -> None:
    here = make_mediation()
    dispute = make_dispute(here, State.NOT_ACCEPTED)
    assert {one.code for one in papers_for(party_of(dispute))} >= {"not_accepted", "rights"}
    assert {one.code for one in papers_for(party_of(dispute, Side.RESPONDENT))} == {"address-2"}


@pytest.mark.parametrize(("state", "act"), [(State.OFFERED, "not_accept"), (State.MEDIATING, "terminate")])
def test_whoever_ends_it_so_is_told_where_no_try_is_written_down(state: str, act: str) -> None:
    here = make_mediation()
    dispute = make_dispute(here, state)
    told = {"dispute": dispute, "target": None, "by": here.head, "at": LATER}
    assert "no try is written down yet" in untried(ACTS[act].form(**told))
    note_try(party_of(dispute), way=Way.PHONE, tried_at=LATER, words="停机", by=here.head, at=LATER)
    assert untried(ACTS[act].form(**told)) == ""


def untried(form: Any) -> str:
    """What stands below the reasons, in English."""
    with translation.override("en"):
        return str(next(iter(form.fields.values())).help_text)


def said(paper: Any, head: Any) -> str:
    """All words of a paper."""
    return json.dumps(blocks_of(paper, head), ensure_ascii=False, default=str)
