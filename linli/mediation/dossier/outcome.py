"""How a dispute ended, read into values: the agreement with its signatures, the notice, what was received, what a court said."""

import base64
import binascii
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Prefetch
from django.utils import timezone

from linli.mediation.actions.agreeing import speakers_of, still_counts
from linli.mediation.agreeing.amounts import in_figures
from linli.mediation.agreeing.assembling import AGREED
from linli.mediation.dossier import values as v
from linli.mediation.dossier import words as w
from linli.mediation.dossier.parts import Party as Named
from linli.mediation.dossier.parts import Picture, Scan, Side, Sign, Some, Stamp
from linli.mediation.models import Agreement, Confirmation, Dispute, FollowUp, Obligation, Party, Proof, Signature
from linli.mediation.rules import AgreementForm, AgreementState, Ending, NotAccepted, State

if TYPE_CHECKING:
    from linli.mediation.dossier.reading import File


def last_agreement(file: "File") -> Agreement | None:
    """The one in force; else the last that was made."""
    signatures = Signature.objects.select_related("party", "mediator__person").order_by("signed_at", "key")
    rows = list(
        file.dispute.agreements.select_related("made_by").prefetch_related(
            Prefetch("signatures", signatures, to_attr="given")
        )
    )
    in_force = [one for one in rows if one.state == AgreementState.IN_FORCE]
    return max(in_force or rows, key=lambda one: one.version, default=None)


def agreement_of(file: "File") -> v.Agreement | v.OralAgreement | None:
    """With the signatures to the very text, and empty places for those that lack."""
    row = last_agreement(file)
    if row is None:
        return None
    text, stamp = str(row.words["text"]), Stamp(file.body, row.stamped_at)
    if row.form == AgreementForm.ORAL:
        registered = Sign("人民调解员", row.made_by.name, "系统登记", row.made_at)
        return v.OralAgreement(text, row.effective_at or row.made_at, (registered,), stamp)
    given: list[Signature] = [
        one
        for one in row.given  # type: ignore[attr-defined]
        if one.text_sha256 == row.text_sha256 and still_counts(one)
    ]
    by_party = {(one.party_id, one.speaker): one for one in given if one.party_id}
    parties = [
        sign
        for said, one in zip(file.head.parties, file.parties, strict=True)
        for sign in _signs_of(said, one, by_party)
    ]
    mediators = [_sign("人民调解员", one.mediator.person.name, one) for one in given if one.mediator] or [
        Sign("人民调解员", file.mediator)
    ]
    return v.Agreement(
        text=text,
        signs=(parties[0], *parties[1:]),
        mediators=(mediators[0], *mediators[1:]),
        stamp=stamp,
        version=row.version,
        scans=_scans(file, row, given),
        text_sha256=row.text_sha256,
        effective_at=row.effective_at,
    )


def _signs_of(said: Named, party: Party, given: dict[tuple[UUID, int], Signature]) -> list[Sign]:
    """Where a party signs; of a group each representative, unless all of them signed one paper."""
    whole, speakers = given.get((party.pk, 0)), speakers_of(party)
    if whole or not speakers:
        return [_sign(said.side, said.name, whole)]
    role = f"{said.side}推选的代表"
    return [_sign(role, name, given.get((party.pk, place))) for place, name in enumerate(speakers, 1)]


def _scans(file: "File", row: Agreement, given: Iterable[Signature]) -> tuple[Scan, ...]:
    """The signed paper as a whole, and those that single parties signed."""
    named = [("调解协议书签署件扫描件", row), *((f"{_signer(file, one)}签署件扫描件", one) for one in given)]
    return tuple(scan for name, one in named if (scan := file.scan(one, name)))


def _signer(file: "File", row: Signature) -> str:
    return row.mediator.person.name if row.mediator else file.name(row.party_id)


def _sign(role: str, name: str, row: Signature | None) -> Sign:
    if row is None:
        return Sign(role, name)
    said = row.words
    way = "手机输入姓名确认" if said.get("typed") else w.SIGNED[row.way]
    return Sign(role, name, way, row.signed_at, _picture(str(said.get("image", ""))))


def _picture(encoded: str) -> Picture | None:
    try:
        return Picture(base64.b64decode(encoded, validate=True)) if encoded else None
    except (binascii.Error, ValueError):
        return Picture(b"")


def termination_of(file: "File") -> v.Termination | None:
    """Why it ended without agreement, and the ways that were told."""
    dispute = file.dispute
    if dispute.ended_at is None:
        return None
    return v.Termination(
        ending=w.ENDING[dispute.ending],
        why=str(file.told.get("why", "")),
        ways=_ways_of(dispute),
        at=dispute.ended_at,
        stamp=Stamp(file.body),
        tries=_tries(file, dispute.ending == Ending.UNREACHABLE),
    )


def not_accepted_of(file: "File") -> v.NotAccepted | None:
    """The notice that it is not mediated; None where nothing was decided, or otherwise."""
    dispute, parties = file.dispute, file.head.parties
    if dispute.state != State.NOT_ACCEPTED or dispute.screened_at is None:
        return None
    why = [w.NOT_ACCEPTED[dispute.not_accepted_for], str(file.told.get("why", ""))]
    return v.NotAccepted(
        to="、".join(one.name for one in parties if one.side == Side.APPLICANT) or parties[0].name,
        applied_on=timezone.localdate(dispute.registered_at),
        why="\n".join(one for one in why if one),
        ways=_ways_of(dispute),
        at=dispute.screened_at,
        stamp=Stamp(file.body),
        tries=_tries(file, dispute.not_accepted_for == NotAccepted.UNREACHABLE),
    )


def _tries(file: "File", is_why: bool) -> tuple[v.Try, ...]:
    """All of them where it ended for that reason."""
    return file.tries.items if is_why and file.tries else ()


def _ways_of(dispute: Dispute) -> Some[str]:
    """The other ways the parties were told of; where none were written down, those of the law (art. 26)."""
    told = [w.NEXT_WAY[one] for one in dispute.ways_told] or ["依法通过仲裁、行政、司法等途径维护自己的权利。"]
    return (told[0], *told[1:])


def follow_ups_of(file: "File") -> tuple[v.FollowUp, ...]:
    """Visits that were made, in their order."""
    rows = file.dispute.follow_ups.filter(done_at__isnull=False).select_related("by").order_by("done_at", "key")
    return tuple(_follow_up(one, one.done_at) for one in rows if one.done_at)


def _follow_up(row: FollowUp, at: datetime) -> v.FollowUp:
    said, by = row.words, row.by.name if row.by else ""
    lines = [str(said.get("words", "")), str(said.get("risk", ""))]
    return v.FollowUp(
        at=at,
        by=by,
        asked="各方当事人",
        way=w.VISIT[row.why],
        performed=row.performed,
        satisfied=row.satisfied,
        new_risk=row.new_risk,
        words="\n".join(one for one in lines if one),
        sign=Sign("回访人", by, "系统记录", at),
    )


def receipts_of(file: "File") -> tuple[v.Receipt, ...]:
    """One of each proof that who receives has confirmed."""
    return tuple(_receipt(file, one) for one in confirmed_proofs(file))


def confirmed_proofs(file: "File") -> list[Proof]:
    """In the order of their receipts."""
    proofs = Proof.objects.filter(obligation__agreement__dispute=file.dispute, confirmed_at__isnull=False)
    return list(proofs.select_related("obligation").order_by("at", "key"))


def _receipt(file: "File", proof: Proof) -> v.Receipt:
    owed: Obligation = proof.obligation
    said, promised = proof.words, owed.words
    amount = str(said.get("amount") or promised.get("amount") or "")
    to = file.name(owed.owed_to_id) or "其他各方当事人"
    return v.Receipt(
        owed_by=file.name(owed.owed_by_id),
        owed_to=to,
        what=str(promised.get("what", "")),
        at=proof.at,
        amount=in_figures(Decimal(amount)) if amount else "",
        evidence=_PROOFS[proof.kind] + (f"：{said['words']}" if said.get("words") else ""),
        signs=(Sign("受领人", to, "确认收到", proof.confirmed_at),),
        scan=file.scan(proof, "履行凭证"),
    )


def confirmation_of(file: "File") -> tuple[v.ConfirmationApplication | None, v.Ruling | None]:
    """The application, pre-filled with who applies and what was agreed, and what the court answered; None before."""
    row = Confirmation.objects.filter(dispute=file.dispute).order_by("-deadline_at").first()
    agreement = file.agreement
    if row is None or agreement is None or agreement.effective_at is None:
        return None, None
    signs = [Sign("申请人", one.name) for one in file.head.parties]
    court = row.court or "有管辖权的人民法院"
    application = v.ConfirmationApplication(
        court=court,
        agreed_on=timezone.localdate(agreement.effective_at),
        deadline_on=timezone.localdate(row.deadline_at),
        items=agreed_in(agreement.text),
        signs=(signs[0], *signs[1:]),
        applied_on=timezone.localdate(row.applied_at) if row.applied_at else None,
    )
    if row.answered_at is None:
        return application, None
    number = str(row.words.get("court_no", ""))
    return application, v.Ruling(court, w.COURT_ANSWER[row.answer], timezone.localdate(row.answered_at), number)


def agreed_in(text: str) -> Some[str]:
    """The lines of a text in which something is agreed, without their numbers; the whole text where they cannot be told apart."""
    _before, found, agreed = text.partition(AGREED)
    lines = [one.strip() for one in (agreed if found else text).splitlines() if one.strip()]
    items = []
    for line in lines:
        if found and line[0] in "一二三四五六七八九十" and line[1:3].count("、"):
            break
        items.append(line.split(".", 1)[1].strip() if line[0].isdigit() and "." in line[:4] else line)
    return (items[0], *items[1:]) if items else (text.strip(),)


_PROOFS = {"word": "受领人确认", "receipt": "收条", "transfer": "转账凭证", "photo": "照片"}
