"""How each act of the plan is done, as far as the table: the public act of the product, by whoever may do it."""

from collections.abc import Callable

from bench.disputes.case import PLACE, WAYS, Case, told_of
from bench.disputes.pen import Act
from linli.events import actions as events
from linli.events.rules import Source
from linli.mediation.actions import assigning, clocks, noting, own, parties, proving, registering, screening, sessions
from linli.mediation.ledgers.narrowing import LARGE_FROM
from linli.mediation.rules import AssignmentState, CompanionKind, Door, SessionState, Stance, Way
from linli.people.models import Person

# --- at the door --------------------------------------------------------------------------------------------------------


def _report(case: Case, act: Act) -> None:
    by, area = case.county.workers[case.life.area], case.county.areas[case.life.area]
    case.event = events.report(text="两家为一件事争起来了", area=area, at=act.at, source=Source.GRID, by=by).event


def _to_mediation(case: Case, act: Act) -> None:
    assert case.event is not None
    events.to_mediation(case.event, by=case.county.desks[case.life.town], at=act.at)


def _register(case: Case, act: Act) -> None:
    life, facts = case.life, act.facts
    sides = [told_of(life, side) for side in range(facts["parties"])]
    told = registering.Told(
        "两家起了争执",
        life.kind,
        claims="请求当面说清",
        parties=sides,
        people_count=life.people if life.people >= LARGE_FROM else 0,
    )
    area = case.county.areas[life.area]
    if life.door == Door.ONLINE:
        case.registered = own.apply(told, area=area, at=act.at).dispute
        return
    case.registered = registering.register(
        told,
        area=area,
        door=life.door,
        by=_by_the_door(case),
        at=act.at,
        body=case.county.bodies[facts["body"]] if facts["body"] else None,
        event=case.event,
        entruster=facts.get("entruster", ""),
        entrusted_by="廉江市人民法院立案庭" if "entruster" in facts else "",
    ).dispute


def _by_the_door(case: Case) -> Person:
    life, county = case.life, case.county
    if life.door == Door.EARLY:
        return county.workers[life.area]
    if life.door == Door.WINDOW and life.level == "village":
        return county.cadres[life.area[:12]]
    if life.door == Door.PHONE and life.place % 2:
        return county.mediators[life.town][0].person
    return county.desks[life.town]


def _add_party(case: Case, act: Act) -> None:
    place = {"respondent": 1, "third": 2}[act.facts["side"]]
    parties.add_party(case.dispute, told_of(case.life, place), by=case.keeper, at=act.at)
    case.known = []


def _offer(case: Case, act: Act) -> None:
    screening.offer(case.dispute, by=case.keeper, at=act.at)


def _note_consent(case: Case, act: Act) -> None:
    is_own = act.facts["own"]
    parties.note_consent(
        case.party(act.facts["party"]),
        agrees=act.facts["agrees"],
        way=Way.ONLINE if is_own else Way.PHONE,
        by=None if is_own else case.keeper,
        at=act.at,
        own=is_own,
    )


def _accept(case: Case, act: Act) -> None:
    screening.accept(case.dispute, by=case.keeper, at=act.at)


def _not_accept(case: Case, act: Act) -> None:
    reason = act.facts["reason"]
    screening.not_accept(case.dispute, reason=reason, why="说明了理由", ways=WAYS, by=case.keeper, at=act.at)


def _hand_over(case: Case, act: Act) -> None:
    screening.hand_over(case.dispute, body=case.county.bodies[act.facts["to"]], by=case.keeper, at=act.at)


# --- the mediator -------------------------------------------------------------------------------------------------------


def _propose(case: Case, act: Act) -> None:
    assigning.propose(case.dispute, by=case.keeper, at=act.at)


def _choose(case: Case, act: Act) -> None:
    body = case.dispute.body
    assert body is not None
    mediator = case.county.mediators[body.area_id][act.facts["mediator"]]
    place = act.facts["party"]
    party = None if place is None else case.party(place)
    if party is None:
        assigning.choose(case.dispute, mediator=mediator, by=case.keeper, at=act.at)
        return
    asked = assigning.choose(case.dispute, mediator=mediator, by=None, at=act.at, party=party)
    # Beyond the proposals the others are to name the same.
    for other in clocks.missing_consents(case.dispute, asked.named_by) if asked.state == AssignmentState.NAMED else ():
        assigning.choose(case.dispute, mediator=mediator, by=None, at=act.at, party=other)


def _take_on(case: Case, act: Act) -> None:
    assigning.take_on(case.dispute, declares_none=act.facts["declares"], by=case.mediator, at=act.at)


def _decline(case: Case, act: Act) -> None:
    assigning.decline(case.dispute, why="手上事多", by=case.mediator, at=act.at)


def _declare(case: Case, act: Act) -> None:
    assigning.declare_interest(case.dispute, interest=act.facts["interest"], by=case.mediator, at=act.at)


def _object(case: Case, act: Act) -> None:
    party = case.party(act.facts["party"])
    if act.facts["own"]:
        own.object_to_mediator(party, words="想换一位", at=act.at)
    else:
        assigning.object_to_mediator(party, by=case.keeper, at=act.at)


def _give_back(case: Case, act: Act) -> None:
    assigning.give_back(case.dispute, why="病了", by=case.mediator, at=act.at)


# --- at the table -------------------------------------------------------------------------------------------------------


def _tell_rights(case: Case, act: Act) -> None:
    party = case.party(act.facts["party"])
    if act.facts["own"]:
        own.acknowledge_rights(party, at=act.at)
    else:
        parties.tell_rights(party, by=case.mediator, at=act.at)


def _see_identity(case: Case, act: Act) -> None:
    parties.see_identity(case.party(act.facts["party"]), by=case.mediator, at=act.at)


def _plan_session(case: Case, act: Act) -> None:
    sessions.plan_session(case.dispute, planned_at=act.facts["planned_at"], by=case.mediator, at=act.at, place=PLACE)


def _move_session(case: Case, act: Act) -> None:
    planned = case.session(SessionState.PLANNED)
    sessions.move_session(planned, planned_at=act.facts["planned_at"], by=case.mediator, at=act.at, why="有人来不了")


def _cancel_session(case: Case, act: Act) -> None:
    sessions.cancel_session(case.session(SessionState.PLANNED), why="有人来不了", by=case.mediator, at=act.at)


def _hold_session(case: Case, act: Act) -> None:
    planned = case.session(SessionState.PLANNED)
    sessions.hold_session(planned, **act.facts, present=case.parties, by=case.mediator, at=act.at)


def _hold_unplanned(case: Case, act: Act) -> None:
    sessions.hold_unplanned(case.dispute, **act.facts, present=case.parties, place=PLACE, by=case.mediator, at=act.at)


def _write_record(case: Case, act: Act) -> None:
    sessions.write_record(case.session(SessionState.HELD), text="双方说了经过。", by=case.mediator, at=act.at)


def _agree_to_record(case: Case, act: Act) -> None:
    written = sessions.latest_record(case.session(SessionState.HELD))
    assert written is not None
    is_own = act.facts["own"]
    by = None if is_own else case.mediator
    sessions.agree_to_record(written, party=case.party(act.facts["party"]), by=by, at=act.at, own=is_own)


def _evidence(case: Case, act: Act) -> None:
    item = proving.add_evidence(case.party(0), name="收条", by=None, at=act.at, own=True)
    proving.see_original(item, by=case.mediator, at=act.at)
    proving.take_stance(item, party=case.party(1), stance=Stance.ACCEPTS, by=None, at=act.at, own=True)


def _companion(case: Case, act: Act) -> None:
    parties.add_companion(
        case.dispute, kind=CompanionKind.RELATIVE, name="某亲戚", agreed_by=case.parties, by=case.mediator, at=act.at
    )


def _risk(case: Case, act: Act) -> None:
    screening.note_risk(case.dispute, words="话说得很重", by=case.mediator, at=act.at)
    screening.end_risk(case.dispute, by=case.mediator, at=act.at)


def _note(case: Case, act: Act) -> None:
    noting.write_note(case.dispute, text="先让双方冷静", by=case.mediator, at=act.at)


def _doubles(case: Case, act: Act) -> None:
    assert parties.find_doubles(case.dispute, by=case.mediator, at=act.at) == []


def _classify(case: Case, act: Act) -> None:
    screening.classify(case.dispute, kind=act.facts["kind"], by=case.mediator, at=act.at)


def _ask_extension(case: Case, act: Act) -> None:
    place = act.facts["party"]
    party = None if place is None else case.party(place)
    by = case.mediator if party is None else None
    clocks.ask_extension(case.dispute, until=act.facts["until"], by=by, at=act.at, party=party)


def _agree_to_extension(case: Case, act: Act) -> None:
    is_own = act.facts["own"]
    by = None if is_own else case.mediator
    clocks.agree_to_extension(case.party(act.facts["party"]), by=by, at=act.at, own=is_own)


ACTS: dict[str, Callable[[Case, Act], None]] = {
    "report": _report,
    "to_mediation": _to_mediation,
    "register": _register,
    "add_party": _add_party,
    "offer": _offer,
    "note_consent": _note_consent,
    "accept": _accept,
    "not_accept": _not_accept,
    "hand_over": _hand_over,
    "propose": _propose,
    "choose": _choose,
    "take_on": _take_on,
    "decline": _decline,
    "declare_interest": _declare,
    "object": _object,
    "give_back": _give_back,
    "tell_rights": _tell_rights,
    "see_identity": _see_identity,
    "plan_session": _plan_session,
    "move_session": _move_session,
    "cancel_session": _cancel_session,
    "hold_session": _hold_session,
    "hold_unplanned": _hold_unplanned,
    "write_record": _write_record,
    "agree_to_record": _agree_to_record,
    "evidence": _evidence,
    "companion": _companion,
    "risk": _risk,
    "note": _note,
    "doubles": _doubles,
    "classify": _classify,
    "ask_extension": _ask_extension,
    "agree_to_extension": _agree_to_extension,
}
