"""The register of bodies, and that what is told of disputes is put into words."""

import ast
from datetime import date, timedelta
from pathlib import Path

import pytest

from linli.events.testing import NOON
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.mediation.actions import bodies, ending, performing, registering, screening, telling
from linli.mediation.models import Body, Dispute, Obligation
from linli.mediation.rules import LADDER, Level, State
from linli.mediation.testing import Mediation, make_dispute, make_mediation
from linli.notices.about_disputes import SENTENCES
from linli.people.testing import FROM


def add(here: Mediation, **changed: object) -> Body:
    told = {
        "area": here.world.areas["440881102"],
        "name": "新民镇乡贤理事会",
        "level": Level.TOWNSHIP,
        "kind": "elders",
        "prefix": "新贤调字",
        "by": here.world.cast.system,
        "at": NOON,
    }
    return bodies.add_body(**{**told, **changed})  # type: ignore[arg-type]


@pytest.mark.django_db
def test_a_council_of_elders_is_a_body_like_others() -> None:
    here = make_mediation()
    body = add(here)
    assert body in bodies.bodies_around("440881102201", NOON)
    assert [one.prefix for one in bodies.bodies_around("440881101201005", NOON)] == ["上县调字", "石人调字", "廉专调字"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changed", "code"),
    [({"prefix": "石人调字"}, "prefix_taken"), ({"name": " "}, "body_unnamed"), ({"level": "street"}, "not_offered")],
)
def test_a_body_told_wrongly_is_refused(changed: dict[str, object], code: str) -> None:
    here = make_mediation()
    with pytest.raises(BadInput) as refusal:
        add(here, **changed)
    assert refusal.value.code == code
    with pytest.raises(NotYours):
        add(here, by=here.head)


@pytest.mark.django_db
def test_nobody_leaves_while_disputes_wait_for_them() -> None:
    here = make_mediation()
    make_dispute(here, State.MEDIATING)
    facts = {"on": date(2026, 12, 1), "by": here.world.cast.system, "at": NOON + timedelta(days=1)}
    with pytest.raises(Refused) as has_disputes:
        bodies.close_body(here.township, **facts)
    assert has_disputes.value.code == "body_has_disputes"
    with pytest.raises(Refused) as mediates:
        bodies.end_mediator(here.seat(here.mediator), **facts)
    assert mediates.value.code == "mediator_has_disputes"
    bodies.end_mediator(here.seat(here.third), **facts)
    bodies.close_body(here.elsewhere, **facts)
    assert not Dispute.objects.visible_to(here.stranger, NOON + timedelta(days=20)).exists()
    with pytest.raises(Refused):
        bodies.add_mediator(here.township, person=here.second, from_on=FROM, by=here.world.cast.system, at=NOON)


@pytest.mark.django_db
def test_what_is_settled_holds_nobody_in_office_and_is_looked_after_all_the_same() -> None:
    here, at = make_mediation(), NOON + timedelta(days=20)
    dispute = make_dispute(here, State.SETTLED, due_on="2027-06-30")
    facts = {"on": date(2026, 12, 1), "by": here.world.cast.system, "at": NOON + timedelta(days=1)}
    bodies.end_mediator(here.seat(here.mediator), **facts)
    owed = Obligation.objects.get()
    with pytest.raises(NotYours):
        performing.claim(owed, by=here.mediator, at=at)
    performing.claim(owed, by=here.head, amount="2000", at=at)
    screening.hand_over(dispute, body=here.county, by=here.head, at=at)
    bodies.close_body(here.township, **facts)
    performing.confirm(owed.proofs.get(), by=here.county_head, at=at)
    assert performing.received(owed) == 2000
    performing.claim(owed, by=here.county_head, at=at)
    assert dispute.case_no == "(2026)石人调字第1号"


def test_whatever_is_told_of_disputes_is_put_into_words() -> None:
    told = {
        ast.literal_eval(call.args[0])
        for path in Path(registering.__file__).parent.glob("*.py")
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "record" and isinstance(call.args[0], ast.Constant)
        if any(keyword.arg == "tell" for keyword in call.keywords)
    }
    assert len(told) > 20
    assert told - set(SENTENCES) == set()
    assert {warned.verb for ladder in LADDER.values() for warned in ladder} <= set(SENTENCES)


@pytest.mark.django_db
def test_what_a_closed_body_had_is_kept_by_the_heads_around_it() -> None:
    here, at = make_mediation(), NOON + timedelta(days=20)
    dispute, other = make_dispute(here, State.FAILED), make_dispute(here, State.SETTLED)
    screening.hand_over(other, body=here.county, by=here.head, at=NOON + timedelta(days=1))
    for person in (here.county_head, here.village_head, here.stranger):
        assert dispute not in Dispute.objects.visible_to(person, at)
    on = {"on": date(2026, 12, 1), "by": here.world.cast.system, "at": NOON + timedelta(days=1)}
    bodies.close_body(here.township, **on)
    dispute = Dispute.objects.get(pk=dispute.pk)
    later = NOON + timedelta(days=60)
    assert set(Dispute.objects.visible_to(here.county_head, later)) == {dispute, other}
    for person in (here.head, here.village_head, here.stranger):
        assert dispute not in Dispute.objects.visible_to(person, later)
    assert telling.heads_of(dispute, later) == [here.county_head]
    with pytest.raises(NotYours):
        ending.archive(dispute, by=here.village_head, at=later)
    ending.archive(dispute, by=here.county_head, at=later)
    assert dispute.archived_at == later
    # What had ended and goes on again is handed over by them, too.
    again = Dispute.objects.filter(pk=dispute.pk)
    again.update(archived_at=None, retention_until=None)
    ending.reopen(dispute, why="又起争执", by=here.county_head, at=later)
    assert Dispute.objects.kept_by(here.county_head, later).filter(pk=dispute.pk).exists()
