"""What a party takes to the next way where mediation was in vain, or what was promised was not kept: a claim, filled in.

It holds what this party said itself, what nobody disputed where it was present, and what was agreed: never how the other side
is reached, what that said, or what anybody conceded (人民法院在线调解规则 art. 20).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils import timezone

from linli.mediation.agreeing.amounts import in_figures
from linli.mediation.dossier import blocks as b
from linli.mediation.dossier import values as v
from linli.mediation.dossier import words as w
from linli.mediation.models import Obligation, Party
from linli.mediation.rules import BOTH_SIDES, Kind, Manner, ObligationState, Side, State

if TYPE_CHECKING:
    from linli.mediation.dossier.reading import File

IN_VAIN = frozenset({State.NOT_ACCEPTED, State.FAILED, State.TERMINATED})


@dataclass(frozen=True)
class Way:
    """How a claim of this way is called, to whom it goes, how the sides are called there, and what is asked for."""

    title: str
    to: str
    roles: tuple[str, str]
    heading: str


_COURT = Way("民事起诉状（草稿）", "有管辖权的人民法院", ("原告", "被告"), "诉讼请求")
#: Of these a court hears after the arbitration alone (劳动争议调解仲裁法 art. 5).
_FIRST: dict[str, Way] = {
    Kind.LABOUR: Way(
        "劳动人事争议仲裁申请书（草稿）", "有管辖权的劳动人事争议仲裁委员会", ("申请人", "被申请人"), "仲裁请求"
    )
}


def has_claim(party: Party) -> bool:
    """Whether a party finds one among its papers after a mediation in vain: not where it never said yes to it."""
    dispute = party.dispute
    said_yes = dispute.accepted_at is not None or party.side == Side.APPLICANT
    return dispute.state in IN_VAIN and party.side in BOTH_SIDES and said_yes


def claimants(file: "File") -> list[Party]:
    """The parties for whom a claim can be filled in, in their order; none while it is mediated, or all was kept."""
    owed = _broken(file)
    if owed:
        return [one for one in file.parties if any(_is_owed(promise, one) for promise in owed)]
    if file.dispute.state not in IN_VAIN:
        return []
    sides = {one.side for one in file.parties}
    return [one for one in file.parties if one.side in BOTH_SIDES] if set(BOTH_SIDES) <= sides else []


def claims_of(file: "File") -> tuple[v.Claim, ...]:
    """One for each of them."""
    owed = _broken(file)
    return tuple(_of_promises(file, one, owed) if owed else _in_vain(file, one) for one in file.claimants)


def _in_vain(file: "File", party: Party) -> v.Claim:
    way = _FIRST.get(file.dispute.kind, _COURT)
    applies = party.side == Side.APPLICANT
    told = [str(file.told.get("summary", ""))] if applies else []
    facts = [*told, *(f"各方在调解中无争议的事实：{one}" for one in _undisputed(file, party)), _how_it_ended(file)]
    notice = "不予受理通知书" if file.dispute.state == State.NOT_ACCEPTED else "终止调解通知书"
    return v.Claim(
        title=way.title,
        to=way.to,
        roles=way.roles,
        heading=way.heading,
        by=file.head.parties[file.parties.index(party)],
        against=tuple(file.name(one.pk) for one in file.parties if one.side in BOTH_SIDES and one.side != party.side),
        claims=tuple(filter(None, [str(file.told.get("claims", "")) if applies else ""])),
        facts=tuple(filter(None, facts)),
        law="《中华人民共和国人民调解法》第二十六条",
        evidence=(*_evidence(file, party), notice),
    )


def _of_promises(file: "File", party: Party, owed: Sequence[Obligation]) -> v.Claim:
    mine = [one for one in owed if _is_owed(one, party)]
    agreement = mine[0].agreement
    assert agreement.effective_at is not None
    called = f"{b.day(agreement.effective_at)}达成的{file.dispute.case_no}人民调解协议"
    reached = (
        f"各方因{file.head.kind}发生争议，经{file.body}调解，于{called}，约定了下列义务，至今没有履行或者没有全部履行："
    )
    debtors = dict.fromkeys(one.owed_by_id for one in mine)
    court = file.dispute.body.court_name if file.dispute.body else ""
    return v.Claim(
        title=_COURT.title,
        to=court or _COURT.to,
        roles=_COURT.roles,
        heading=_COURT.heading,
        by=file.head.parties[file.parties.index(party)],
        against=tuple(file.name(key) for key in debtors),
        claims=tuple(f"判令{file.name(one.owed_by_id)}履行{called}约定的义务：{_what(one)}。" for one in mine),
        facts=(reached, *(f"{_what(one)}，应于{b.day(one.due_on)}前履行。" for one in mine if one.due_on)),
        law="《中华人民共和国人民调解法》第三十一条、第三十二条",
        evidence=(*_evidence(file, party), f"{file.dispute.case_no}人民调解协议"),
    )


# --- what is known ------------------------------------------------------------------------------------------------------


def _broken(file: "File") -> list[Obligation]:
    """Promises of the agreement in force that were not kept in time."""
    rows = Obligation.objects.filter(agreement__in=file.dispute.agreements.in_force(), state=ObligationState.BREACHED)
    return list(rows.select_related("agreement").prefetch_related("proofs").order_by("number"))


def _is_owed(promise: Obligation, party: Party) -> bool:
    return promise.owed_by_id != party.pk and promise.owed_to_id in (None, party.pk)


def _what(promise: Obligation) -> str:
    """What was promised, and of a payment what is still open."""
    said = promise.words
    if not said["amount"]:
        return str(said["what"])
    parts = (one.words.get("amount") for one in promise.proofs.all() if one.confirmed_at)
    open_still = Decimal(said["amount"]) - sum((Decimal(part) for part in parts if part), Decimal(0))
    return f"{said['what']}，尚欠{in_figures(open_still)}"


def _undisputed(file: "File", party: Party) -> list[str]:
    """Of sessions with both sides where this party was."""
    here = [one for one in file.held if one.manner == Manner.TOGETHER and str(party.pk) in one.present]
    records = [record for one in here if (record := file.record_of(one))]
    return list(dict.fromkeys(said for one in records if (said := str(one.words.get("undisputed", "")).strip())))


def _how_it_ended(file: "File") -> str:
    dispute = file.dispute
    day = b.day(timezone.localdate(dispute.ended_at)) if dispute.ended_at else ""
    if dispute.state == State.NOT_ACCEPTED:
        return f"本纠纷曾向人民调解委员会申请调解，{day}不予受理：{w.NOT_ACCEPTED[dispute.not_accepted_for]}"
    return f"本纠纷经{file.body}调解，案号{dispute.case_no}，{day}终止：{w.ENDING[dispute.ending]}。"


def _evidence(file: "File", party: Party) -> list[str]:
    """What this party handed in, that for the mediator alone included: it is its own."""
    return [str(one.words["name"]) for one in file.dispute.evidence.order_by("position") if one.party_id == party.pk]
