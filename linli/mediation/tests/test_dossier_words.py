"""Every code that a paper may say has words there: a code without would break the papers of the disputes that have it."""

from enum import Enum

import pytest

from linli.mediation import rules
from linli.mediation.dossier import outcome, words

TABLES: dict[type[Enum], dict[str, str]] = {
    rules.Kind: words.KIND,
    rules.MediationType: words.MEDIATION_TYPE,
    rules.Door: words.DOOR,
    rules.Side: words.SIDE,
    rules.PersonKind: words.PERSON_KIND,
    rules.CompanionKind: words.COMPANION,
    rules.Way: words.WAY,
    rules.Stance: words.STANCE,
    rules.Interest: words.INTEREST,
    rules.Chosen: words.CHOSEN,
    rules.SignatureWay: words.SIGNED,
    rules.Ending: words.ENDING,
    rules.NotAccepted: words.NOT_ACCEPTED,
    rules.NextWay: words.NEXT_WAY,
    rules.CourtAnswer: words.COURT_ANSWER,
    rules.VisitWhy: words.VISIT,
    rules.SoundGone: words.GONE,
    rules.ProofKind: outcome._PROOFS,
}


@pytest.mark.parametrize("codes", TABLES, ids=lambda codes: codes.__name__)
def test_every_code_has_words_of_its_own(codes: type[Enum]) -> None:
    table = TABLES[codes]
    assert set(table) == {one.value for one in codes}
    assert len(set(table.values())) == len(table) and all(table.values())
