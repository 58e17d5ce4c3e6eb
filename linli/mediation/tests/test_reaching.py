"""A party that does not answer: each try is written down behind the seal, and the journal says only that it was tried."""

from datetime import timedelta

import pytest

from linli.events.testing import NOON
from linli.journal.models import Entry
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.mediation.actions import parties, reaching
from linli.mediation.actions.reaching import note_try, tries_of
from linli.mediation.rules import Side, State, Way
from linli.mediation.testing import make_dispute, make_mediation, party_of

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(days=3)


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
