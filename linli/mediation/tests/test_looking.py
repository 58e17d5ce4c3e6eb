"""Who sees a file, what all others see of it, and that each look is told."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from linli.events.testing import NOON
from linli.journal.models import Entry
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.mediation.actions import assigning, bodies, looking, registering
from linli.mediation.actions.registering import Told
from linli.mediation.models import Dispute, Look, Outline
from linli.mediation.rules import Door, Kind, Purpose, Side, State
from linli.mediation.testing import APPLICANT, RESPONDENT, Mediation, make_dispute, make_mediation, party_of
from linli.people.actions import scope_of
from linli.people.models import Person

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=9)
CAST = (
    *("worker", "deputy", "cadre", "desk", "county", "handler", "co_handler", "verifier", "mediator"),
    *("leader", "auditor", "security", "system", "neighbour", "nobody"),
)


def everybody(here: Mediation) -> dict[str, Person]:
    own = ("head", "second", "third", "village_head", "county_head", "stranger")
    return {name: getattr(here.world.cast, name) for name in CAST} | {name: getattr(here, name) for name in own}


def who_sees(here: Mediation, at: object = LATER) -> set[str]:
    return {name for name, who in everybody(here).items() if Dispute.objects.visible_to(who, at).exists()}  # type: ignore[arg-type]


@pytest.mark.parametrize("state", State)
def test_only_its_mediator_and_the_head_of_its_body_see_a_file(state: str) -> None:
    here = make_mediation()
    make_dispute(here, state)
    taken_on = state in {State.MEDIATING, State.SETTLED, State.FAILED, State.TERMINATED, State.CLOSED}
    assert who_sees(here) == {"head"} | ({"mediator"} if taken_on else set())


def test_while_no_body_has_it_the_heads_around_its_place_see_it() -> None:
    here = make_mediation()
    told = Told("争执", Kind.NEIGHBOURS, parties=(APPLICANT, RESPONDENT))
    registering.register(told, area=here.world.grid, door=Door.EARLY, by=here.world.cast.worker, at=NOON)
    assert who_sees(here) == {"village_head", "head", "county_head"}


def test_whoever_was_asked_sees_it_until_they_decline() -> None:
    here = make_mediation()
    dispute = make_dispute(here, State.ACCEPTED)
    assigning.propose(dispute, by=here.head, at=LATER)
    assert who_sees(here) == {"head"}
    assigning.choose(dispute, mediator=here.seat(here.second), by=here.head, at=LATER)
    assert who_sees(here) == {"head", "second"}
    assigning.decline(dispute, why="太忙", by=here.second, at=LATER)
    assert who_sees(here) == {"head"}


def test_whoever_no_longer_mediates_or_has_left_sees_nothing() -> None:
    here = make_mediation()
    make_dispute(here, State.CLOSED)
    bodies.end_mediator(here.seat(here.mediator), on=date(2026, 12, 1), by=here.world.cast.system, at=LATER)
    assert who_sees(here) == {"head", "mediator"}
    assert who_sees(here, LATER + timedelta(days=30)) == {"head"}
    Person.objects.filter(pk=here.head.pk).update(is_active=False)
    here.head.refresh_from_db()
    assert who_sees(here) == {"mediator"}
    assert not Dispute.objects.visible_to(None, LATER).exists()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "count"), [("worker", 1), ("desk", 1), ("leader", 1), ("neighbour", 0), ("auditor", 0)]
)
def test_all_others_see_number_kind_village_and_state(name: str, count: int) -> None:
    here = make_mediation()
    dispute = make_dispute(here, State.MEDIATING)
    found = Dispute.objects.outlines(scope_of(getattr(here.world.cast, name), LATER), most=9)
    outline = Outline(dispute.number, Kind.NEIGHBOURS, "440881101201", State.MEDIATING)
    assert found == [outline] * count


def test_outlines_are_read_page_by_page_and_no_page_holds_more_than_it_shows() -> None:
    here = make_mediation()
    # Two of one moment stand in both orders of their keys.
    numbers = [make_dispute(here, at=NOON + timedelta(minutes=minute)).number for minute in (0, 1, 1, 2, 3)][::-1]
    scope = scope_of(here.world.cast.desk, LATER)
    whole = [one.number for one in Dispute.objects.outlines(scope, most=9)]
    assert (whole[:2], sorted(whole)) == (numbers[:2], sorted(numbers))
    read: list[str] = []
    while page := Dispute.objects.outlines(scope, most=2, after=read[-1] if read else ""):
        assert len(page) <= 2
        read += [one.number for one in page]
    assert read == whole
    # The number of a dispute elsewhere leads nowhere.
    assert [one.number for one in Dispute.objects.outlines(scope, most=9, after="440881102-2026-00001")] == whole


def test_a_look_is_an_act_with_a_purpose_that_holds_for_a_while() -> None:
    here = make_mediation()
    dispute = make_dispute(here, State.MEDIATING)
    with pytest.raises(Refused) as closed:
        looking.require_look(dispute, by=here.mediator, at=LATER)
    assert closed.value.code == "say_what_for"
    for purpose in ("", Purpose.OWN, "curiosity"):
        with pytest.raises(BadInput):
            looking.look(dispute, by=here.mediator, purpose=purpose, at=LATER)
    with pytest.raises(NotYours):
        looking.look(dispute, by=here.world.cast.leader, purpose=Purpose.OVERSEE, at=LATER)
    looking.look(dispute, by=here.mediator, purpose=Purpose.MEDIATE, at=LATER, words="准备开会")
    looking.require_look(dispute, by=here.mediator, at=LATER + timedelta(hours=3))
    with pytest.raises(Refused):
        looking.require_look(dispute, by=here.mediator, at=LATER + timedelta(hours=5))
    assert Entry.objects.get(verb="dispute.looked_at").facts == {"purpose": "mediate"}


def test_an_identity_is_shown_for_a_reason_and_the_party_is_told() -> None:
    here = make_mediation()
    dispute = make_dispute(here, State.MEDIATING)
    party = party_of(dispute, Side.RESPONDENT)
    with pytest.raises(BadInput):
        looking.reveal(party, reason=" ", by=here.mediator, at=LATER)
    with pytest.raises(NotYours):
        looking.reveal(party, reason="想知道", by=here.world.cast.desk, at=LATER)
    shown = looking.reveal(party, reason="约时间", by=here.mediator, at=LATER)
    assert shown["telephone"] == RESPONDENT.telephone and "id_number" not in shown
    looking.look_as_party(party, at=LATER + timedelta(minutes=1))
    looking.look_as_party(party, at=LATER + timedelta(minutes=2))
    seen = looking.who_looked(dispute)
    assert [(one.purpose, one.person, one.party, one.was_identity) for one in seen] == [
        (Purpose.OWN, None, 2, False),
        (Purpose.MEDIATE, here.mediator, None, True),
    ]
    assert Look.objects.get(person=here.mediator).words == {"words": "约时间"}


def test_lists_ask_as_often_for_twenty_as_for_one(django_assert_max_num_queries: object) -> None:
    here = make_mediation()
    for _n in range(3):
        make_dispute(here)
    with django_assert_max_num_queries(2):  # type: ignore[operator]
        assert len(list(Dispute.objects.visible_to(here.head, timezone.now()))) == 3
