"""How each act of the plan is done, from the agreement on."""

from collections.abc import Callable, Sequence
from typing import Any

from bench.disputes.case import PLACE, WAYS, Case
from bench.disputes.pen import Act
from linli.mediation.actions import agreeing, confirming, ending, performing, signing, visiting
from linli.mediation.models import Confirmation
from linli.mediation.rules import AgreementState

#: A picture is told by its first signs alone; what follows tells one hand's from another's.
_PNG = b"\x89PNG\r\n\x1a\n"

# --- the agreement ------------------------------------------------------------------------------------------------------


def _clauses(case: Case, promised: Sequence[tuple[str, Any]]) -> list[dict[str, Any]]:
    owed = {"owed_by": str(case.party(1).pk), "owed_to": str(case.party(0).pk)}
    pays = [due for kind, due in promised if kind == "pay"]
    if len(pays) > 1:
        plan = "\n".join(f"{due:%Y-%m-%d} 1000" for due in pays)
        return [{"code": "pay_instalments", "values": {**owed, "reason": "货款", "plan": plan}}, _END]
    return [*(_clause(owed, kind, due) for kind, due in promised), _END]


_END = {"code": "end_of_matter", "values": {}}
_FILLED: dict[str, tuple[str, dict[str, str]]] = {
    "pay": ("pay_once", {"reason": "修缮费", "amount": "2600"}),
    "repair": ("repair", {"thing": "水沟"}),
    "do": ("do", {"matter": "清走杂物"}),
    "refrain": ("refrain", {"matter": "夜里放音乐"}),
    "apologise": ("apologise", {"way": "face"}),
}


def _clause(owed: dict[str, str], kind: str, due: Any) -> dict[str, Any]:
    code, values = _FILLED[kind]
    when = {"due_on": f"{due:%Y-%m-%d}"} if due else {}
    return {"code": code, "values": {**owed, **values, **when}}


def _register_oral(case: Case, act: Act) -> None:
    agreeing.register_oral(
        case.dispute,
        clauses=_clauses(case, act.facts["clauses"]),
        story=agreeing.Story(facts="双方说清了。", place=PLACE),
        agreed_by=[party.pk for party in case.parties],
        by=case.mediator,
        at=act.at,
    )


def _draft(case: Case, act: Act) -> None:
    story = agreeing.Story(facts="双方说清了。", place=PLACE)
    clauses = _clauses(case, act.facts["clauses"])
    made = agreeing.draft_agreement(case.dispute, clauses=clauses, story=story, by=case.mediator, at=act.at)
    if more := act.facts.get("text"):
        text = f"{made.words['text']}{more}"
        agreeing.draft_agreement(case.dispute, clauses=clauses, story=story, by=case.mediator, at=act.at, text=text)


def _offer_agreement(case: Case, act: Act) -> None:
    agreeing.offer_agreement(case.agreement(AgreementState.DRAFT), by=case.mediator, at=act.at)


def _sign(case: Case, act: Act) -> None:
    agreement, party = case.agreement(AgreementState.OFFERED), case.party(act.facts["party"])
    if act.facts["way"] == "paper":
        scan = _PNG + f"{case.life.place} {act.facts['party']}".encode()
        signing.sign_on_paper(agreement, party=party, scan=scan, by=case.mediator, at=act.at)
        return
    # Of a group each who speaks for it.
    for speaker in range(1, len(agreeing.speakers_of(party)) + 1) or (0,):
        drawn, digest = _drawn(case, made_up=act.facts["way"] == "made_up"), agreement.text_sha256
        signing.sign_on_phone(agreement, party=party, drawn=drawn, text_sha256=digest, at=act.at, speaker=speaker)


def _drawn(case: Case, *, made_up: bool = False) -> signing.Drawn:
    """By a hand, each time another; or by somebody who draws one for both, at a pace no hand has."""
    case.signed += 0 if made_up else 1
    image = _PNG + f"{case.life.place} {case.signed}".encode()
    stroke = tuple((float(one), one * 1.5, one * 16.0 + (0 if made_up else one * one % 7)) for one in range(14))
    return signing.Drawn(image=image, strokes=(stroke,))


def _sign_as_mediator(case: Case, act: Act) -> None:
    agreement = case.agreement(AgreementState.OFFERED)
    signing.sign_as_mediator(
        agreement, drawn=_drawn(case), text_sha256=agreement.text_sha256, by=case.mediator, at=act.at
    )


def _stamp(case: Case, act: Act) -> None:
    signing.stamp(case.agreement(AgreementState.OFFERED), by=case.keeper, at=act.at)


# --- what comes of it ---------------------------------------------------------------------------------------------------


def _said_by(case: Case, act: Act, place: int) -> dict[str, Any]:
    """Who owes (1) or receives (0), on their own page or to the mediator."""
    return {"by": case.mediator} if act.facts["by_mediator"] else {"party": case.party(place)}


def _claim(case: Case, act: Act) -> None:
    promise, amount = case.obligation(act.facts["promise"]), act.facts.get("amount", "")
    performing.claim(promise, at=act.at, amount=amount, **_said_by(case, act, 1))


def _confirm(case: Case, act: Act) -> None:
    performing.confirm(case.proof(act.facts["promise"]), at=act.at, **_said_by(case, act, 0))


def _deny(case: Case, act: Act) -> None:
    performing.deny(case.proof(act.facts["promise"]), at=act.at, words="没有收到", party=case.party(0))


def _waive(case: Case, act: Act) -> None:
    performing.waive(case.obligation(act.facts["promise"]), at=act.at, party=case.party(0))


def _note_breach(case: Case, act: Act) -> None:
    performing.note_breach(case.obligation(act.facts["promise"]), at=act.at, party=case.party(0))


def _confirmation(case: Case) -> Confirmation:
    return case.agreement().confirmation


def _want(case: Case, act: Act) -> None:
    confirming.want(_confirmation(case), party=case.party(act.facts["party"]), at=act.at, own=True)


def _apply(case: Case, act: Act) -> None:
    is_status = act.facts.get("about_status", False)
    confirming.apply(_confirmation(case), court="", about_status=is_status, by=case.mediator, at=act.at)


def _answer(case: Case, act: Act) -> None:
    answer = act.facts["answer"]
    number = f"(2025)粤0881民特{case.life.place}号" if answer == "confirmed" else ""
    confirming.note_answer(_confirmation(case), answer=answer, court_no=number, by=case.mediator, at=act.at)


def _visit(case: Case, act: Act) -> None:
    planned = case.dispute.follow_ups.to_do().filter(why=act.facts["why"]).get()
    kept = act.facts["performed"]
    visiting.visit(
        planned, by=case.mediator, at=act.at, performed=kept, satisfied=kept, new_risk=False, words="打电话问过"
    )


# --- the end ------------------------------------------------------------------------------------------------------------


def _fail(case: Case, act: Act) -> None:
    ending.fail(case.dispute, ending=act.facts["ending"], why="谈不拢", ways=WAYS, by=case.mediator, at=act.at)


def _withdraw(case: Case, act: Act) -> None:
    place = act.facts["party"]
    party = None if place is None else case.party(place)
    by = case.mediator if party is None else None
    ending.withdraw(case.dispute, ending=act.facts["ending"], why="不想再谈", by=by, at=act.at, party=party)


def _terminate(case: Case, act: Act) -> None:
    ending.terminate(case.dispute, ending=act.facts["ending"], why="谈不下去", ways=WAYS, by=case.mediator, at=act.at)


def _close(case: Case, act: Act) -> None:
    told: dict[str, Any] = {} if act.facts["kept"] else {"why": "没有履行", "ways": WAYS}
    ending.close(case.dispute, by=case.mediator, at=act.at, **told)


def _reopen(case: Case, act: Act) -> None:
    has_mediator = case.dispute.assignments.in_force().exists()
    ending.reopen(case.dispute, why="又起争执", by=case.mediator if has_mediator else case.keeper, at=act.at)


ACTS: dict[str, Callable[[Case, Act], None]] = {
    "register_oral": _register_oral,
    "draft": _draft,
    "offer_agreement": _offer_agreement,
    "sign": _sign,
    "sign_as_mediator": _sign_as_mediator,
    "stamp": _stamp,
    "claim": _claim,
    "confirm": _confirm,
    "deny": _deny,
    "waive": _waive,
    "note_breach": _note_breach,
    "want": _want,
    "apply": _apply,
    "answer": _answer,
    "visit": _visit,
    "fail": _fail,
    "withdraw": _withdraw,
    "terminate": _terminate,
    "close": _close,
    "reopen": _reopen,
}
