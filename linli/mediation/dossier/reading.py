"""A dispute with all that belongs to it, read into the values of its papers, in as many queries for many rows as for few."""

import re
from collections.abc import Callable, Sequence
from functools import cached_property
from uuid import UUID

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.kit.refusal import Refused
from linli.mediation.actions.files import open_sealed
from linli.mediation.dossier import asked, claims, outcome
from linli.mediation.dossier import values as v
from linli.mediation.dossier import words as w
from linli.mediation.dossier.binding import Draft, Filing
from linli.mediation.dossier.parts import Head, Party, Scan, Side, Sign
from linli.mediation.models import Assignment, Companion, Dispute, Evidence, KeptFile, Record, Session
from linli.mediation.models import Party as PartyRow
from linli.mediation.rules import CompanionKind, Manner, PersonKind, SessionState, State


class File:
    """What a dispute's papers say, each part read once and when it is asked for.

    `for_court`: without what was conceded, which must not be used there (人民法院在线调解规则 art. 20). `for_party`: for this
    one, without how the others can be reached. `with_scans`: with the files that belong to papers, opened.
    """

    def __init__(
        self, dispute: Dispute, *, for_court: bool = False, for_party: UUID | None = None, with_scans: bool = False
    ) -> None:
        self.dispute, self.told = dispute, dispute.words
        self.for_court, self.for_party = for_court, for_party
        self.with_scans, self._room = with_scans, _MOST_BYTES

    # --- who ---

    @cached_property
    def parties(self) -> list[PartyRow]:
        """Those who have not left, in their order."""
        return list(self.dispute.parties.present().select_related("identity_seen_by"))

    @cached_property
    def names(self) -> dict[UUID, str]:
        """Names of all parties and companions by their keys, also of those who left."""
        rows = [*self.dispute.parties.all(), *self.companions]
        return {row.pk: str(row.words.get("name", "")) for row in rows}

    @cached_property
    def companions(self) -> list[Companion]:
        """Agents and helpers, also those who left."""
        return list(self.dispute.companions.order_by("added_at", "key"))

    @cached_property
    def assignments(self) -> list[Assignment]:
        """Those who declared something, in their order."""
        rows = self.dispute.assignments.filter(declared_at__isnull=False)
        return list(rows.select_related("mediator__person").order_by("id"))

    @cached_property
    def mediator(self) -> str:
        """Whoever mediated last; empty before."""
        taken = [one for one in self.assignments if one.from_at is not None]
        return taken[-1].mediator.person.name if taken else ""

    @cached_property
    def head(self) -> Head:
        """What stands on every paper."""
        return self.head_with()

    def head_with(self, *, id_numbers: bool = False) -> Head:
        """The same, with the numbers of identity papers where a court needs them."""
        shown = [_party(one, id_number=id_numbers, reach=self._may_reach(one)) for one in self.parties]
        dispute, (first, *others) = self.dispute, shown
        last = self.records[-1] if self.records else None
        return Head(
            key=str(dispute.pk),
            case_no=dispute.case_no or dispute.number,
            body=self.body,
            kind=w.KIND[dispute.kind],
            parties=(first, *others),
            mediators=(self.mediator,) if self.mediator else (),
            recorder=last.written_by.name if last else "",
            mediation_type=w.MEDIATION_TYPE[dispute.mediation_type],
            accepted_on=timezone.localdate(dispute.accepted_at) if dispute.accepted_at else None,
            concluded_on=timezone.localdate(dispute.concluded_at) if dispute.concluded_at else None,
        )

    def _may_reach(self, party: PartyRow) -> bool:
        return self.for_party is None or party.pk == self.for_party

    def scan(self, row: KeptFile, name: str) -> Scan | None:
        """The file of a row, opened; None where it has none, or files are not wanted."""
        if not self.with_scans or not row.file_sha256:
            return None
        if row.file_size > self._room:
            return Scan(name, b"")
        self._room -= row.file_size
        return Scan(name, open_sealed(row))

    @property
    def body(self) -> str:
        """The committee; before one has it, that there is none yet."""
        return self.dispute.body.name if self.dispute.body else "人民调解委员会"

    def name(self, key: str | UUID | None) -> str:
        """Of a party or companion; empty for none."""
        return self.names.get(UUID(str(key)), "") if key else ""

    # --- 1 to 4 ---

    @cached_property
    def register(self) -> v.Register:
        """The acceptance register: how it came, and what was told."""
        dispute, told = self.dispute, self.told
        by = dispute.registered_by.name if dispute.registered_by else "当事人本人（网上登记）"
        return v.Register(
            at=dispute.registered_at,
            door=w.DOOR[dispute.door],
            summary=str(told.get("summary", "")),
            claims=str(told.get("claims", "")),
            entrusted_by=str(told.get("entrusted_by", "")),
            registrar=Sign("登记人", by, "系统登记", dispute.registered_at),
            accepted_at=dispute.accepted_at,
        )

    @cached_property
    def entrusted(self) -> v.Entrusted | None:
        """The register of the letter by which others entrusted it."""
        return asked.entrusted_of(self)

    @cached_property
    def rights(self) -> v.RightsNotice:
        """Every party, told or not."""
        told = [
            v.Told(self.name(one.pk), one.rights_told_at, "已逐项告知" if one.rights_told_at else "")
            for one in self.parties
        ]
        return v.RightsNotice((told[0], *told[1:]))

    @cached_property
    def identity(self) -> v.Identity:
        """Every party, whether it has shown who it is or not."""
        shown = [
            v.Shown(
                self.name(one.pk),
                "身份证件原件" if one.kind == PersonKind.NATURAL else "主体资格证明原件",
                one.identity_seen_at,
                one.identity_seen_by.name if one.identity_seen_by else "",
            )
            for one in self.parties
        ]
        return v.Identity((shown[0], *shown[1:]))

    @cached_property
    def powers(self) -> tuple[v.PowerOfAttorney, ...]:
        """Agents."""
        return tuple(
            v.PowerOfAttorney(
                principal=self.name(one.party_id),
                agent=self.name(one.pk),
                relation=str(one.words.get("tie", "")),
                telephone=str(one.words.get("telephone", "")),
                special=str(one.words.get("powers", "")),
                signs=(Sign("委托人", self.name(one.party_id)), Sign("受委托人", self.name(one.pk))),
                at=one.added_at,
            )
            for one in self.companions
            if one.kind == CompanionKind.AGENT
        )

    @cached_property
    def disclosures(self) -> tuple[v.Disclosure, ...]:
        """What mediators declared, and who objected."""
        return tuple(
            v.Disclosure(
                mediator=one.mediator.person.name,
                interest=w.INTEREST[one.interest],
                objection=f"{self.name(one.objected_by_id)}提出异议，已更换" if one.objected_by_id else "未提出异议",
                sign=Sign("人民调解员", one.mediator.person.name, "系统确认", one.declared_at),
                declared_at=one.declared_at,
                chosen=w.how_chosen(one.chosen, {self.name(key): way for key, way in one.named_by.items()}),
            )
            for one in self.assignments
            if one.declared_at and one.interest
        )

    @cached_property
    def addresses(self) -> tuple[v.ServiceAddress, ...]:
        """Pre-filled, to be signed: they are no part of the dossier before that."""
        return tuple(
            v.ServiceAddress(
                party=one.name,
                address=one.address,
                telephone=one.telephone,
                receiver=one.name,
                sign=Sign("当事人", one.name),
                is_electronic=bool(row.secret_sha256),
                mail=str(row.words.get("mail", "")),
            )
            for one, row in zip(self.head.parties, self.parties, strict=True)
        )

    # --- 5 to 7 ---

    @cached_property
    def held(self) -> list[Session]:
        """Sessions that took place, with all versions of their records."""
        records = Prefetch(
            "records", Record.objects.select_related("written_by").order_by("version"), to_attr="written"
        )
        held = self.dispute.sessions.filter(state=SessionState.HELD).order_by("number")
        return list(held.prefetch_related(records, "recordings"))

    @cached_property
    def records(self) -> list[Record]:
        """The last version of each."""
        return [session.written[-1] for session in self.held if session.written]  # type: ignore[attr-defined]

    @cached_property
    def sessions(self) -> tuple[v.Session, ...]:
        """With their last record; empty words where none was written yet."""
        return tuple(self._session(one) for one in self.held if one.manner != Manner.INQUIRY)

    def _session(self, session: Session) -> v.Session:
        record = self.record_of(session)
        said = record.words if record else {}
        present = [self.called(key) for key in session.present]
        mediator = self.mediator or "（未记载）"
        read = record.read_by if record else []
        signs = [Sign("当事人", self.name(key), "已阅并确认无误") for key in read]
        unread = [
            Sign("当事人", self.name(one.pk))
            for one in self.parties
            if str(one.pk) in session.present and str(one.pk) not in read
        ]
        by = record.written_by.name if record else mediator
        written = Sign("记录人", by, "系统记录" if record else "", record.written_at if record else None)
        return v.Session(
            number=session.number,
            began_at=session.began_at or session.planned_at,
            ended_at=session.ended_at or session.planned_at,
            place=str(session.words.get("place", "")) or ("在线" if session.is_remote else ""),
            present=(mediator, *present),
            text=str(said.get("text", "")) or w.instead_of_words(session),
            undisputed=str(said.get("undisputed", "")),
            concessions="" if self.for_court else str(said.get("concessions", "")),
            result=self._result(session),
            signs=(written, *[*signs, *unread]),
            is_remote=session.is_remote,
            is_apart=session.manner == Manner.APART,
            sound=w.sound_of(session),
            helpers=tuple(self.called(key) for key in session.present if self._is_helper(key)),
        )

    def _result(self, session: Session) -> str:
        """What is known of it: an agreement of the same day, or that it went on."""
        agreement = self.agreement
        is_last = session.number == max(one.number for one in self.held)
        if is_last and agreement is not None and agreement.effective_at:
            return "各方达成协议，详见" + ("调解协议书。" if isinstance(agreement, v.Agreement) else "口头协议登记表。")
        if is_last and self.dispute.state in _WITHOUT:
            return "未达成协议。"
        return "继续调解。" if self.held else ""

    def record_of(self, session: Session) -> Record | None:
        """The last version of the record of a session; None where none was written."""
        written: list[Record] = session.written  # type: ignore[attr-defined]
        return written[-1] if written else None

    def called(self, key: str) -> str:
        """A name with what somebody is, if they are no party."""
        kind = next((one.kind for one in self.companions if str(one.pk) == key), "")
        return self.name(key) + (f"（{w.COMPANION[kind]}）" if kind else "")

    def _is_helper(self, key: str) -> bool:
        return any(str(one.pk) == key and one.kind != CompanionKind.AGENT for one in self.companions)

    @cached_property
    def inquiries(self) -> tuple[v.Inquiry, ...]:
        """Sessions in which somebody was only asked."""
        return asked.inquiries_of(self)

    @cached_property
    def tries(self) -> v.Tries | None:
        """Every try to reach a party in vain; None where all were reached at once."""
        return asked.tries_of(self)

    @cached_property
    def evidence(self) -> v.Evidence | None:
        """Item by item, with what each party says of it; None where nothing was given."""
        rows = list(Evidence.objects.filter(dispute=self.dispute).order_by("position"))
        # What a party showed the mediator alone is no paper of the dossier, like the mediator's own notes.
        rows = [one for one in rows if not one.words.get("for_mediator")]
        items = [self._item(one) for one in rows]
        return v.Evidence((items[0], *items[1:])) if items else None

    def _item(self, row: Evidence) -> v.Item:
        said = row.words
        stances = [f"{self.name(key)}：{w.STANCE[code]}" for key, code in sorted(row.stances.items())]
        return v.Item(
            name=str(said.get("name", "")),
            given_by=self.name(row.party_id),
            given_at=row.given_at,
            kind=_FILES.get(row.file_type, ""),
            words=str(said.get("words", "")),
            original_seen_at=row.original_seen_at,
            stances=tuple(stances),
            scan=self.scan(row, f"证据{row.position}：{said.get('name', '')}"),
        )

    # --- 8 to 12 ---

    @cached_property
    def agreement(self) -> v.Agreement | v.OralAgreement | None:
        """The one in force; else the last version, to be signed."""
        return outcome.agreement_of(self)

    @cached_property
    def ending(self) -> v.Ending | None:
        """The agreement in force, or the notice that mediation ended without one; None while neither is."""
        if self.dispute.state in _WITHOUT:
            return outcome.termination_of(self)
        return self.agreement if self.dispute.state in _WITH else None

    @cached_property
    def receipts(self) -> tuple[v.Receipt, ...]:
        """What was received, as far as who receives has said so."""
        return outcome.receipts_of(self)

    @cached_property
    def confirmation(self) -> tuple[v.ConfirmationApplication | None, v.Ruling | None]:
        """The joint application, pre-filled or handed in, and the court's answer."""
        return outcome.confirmation_of(self)

    @cached_property
    def follow_ups(self) -> tuple[v.FollowUp, ...]:
        """Visits that were made."""
        return outcome.follow_ups_of(self)

    @cached_property
    def claimants(self) -> list[PartyRow]:
        """Those who find a claim for the next way among their papers."""
        return claims.claimants(self)

    @cached_property
    def not_accepted(self) -> v.NotAccepted | None:
        """The notice that it is not mediated, where that was decided."""
        return outcome.not_accepted_of(self)

    def draft(self, filing: Filing, *, note: str = "") -> Draft:
        """The dossier as far as it has come. Raises `Refused` where nobody is a party: papers name them."""
        if not self.parties:
            raise Refused("no_parties", _("No party is entered yet."))
        application, ruling = self.confirmation
        return Draft(
            head=self.head,
            filing=filing,
            opening=self.register,
            rights=self.rights,
            identity=self.identity,
            sessions=self.sessions,
            ending=self.ending,
            entrusted=self.entrusted,
            disclosures=self.disclosures,
            powers=self.powers,
            inquiries=self.inquiries,
            tries=self.tries,
            evidence=self.evidence,
            receipts=self.receipts,
            follow_ups=self.follow_ups,
            # What was not handed in is no part of the dossier.
            confirmation=application if application and application.applied_on else None,
            ruling=ruling,
            note=v.Note(note, filing.by, filing.on) if note else None,
        )

    def single(self) -> dict[str, v.Form]:
        """All papers that can be had alone, by codes that stay; those to be signed are pre-filled. None without a party."""
        if not self.parties:
            return {}
        found = {code: form for code, of in _ONE.items() if (form := of(self)) is not None}
        return found | {f"{code}-{place}": form for code, of in _MANY.items() for place, form in enumerate(of(self), 1)}

    def paper(self, code: str) -> v.Form | None:
        """One of them, and only what it needs is read; None where there is none."""
        if not self.parties:
            return None
        if code in _ONE:
            return _ONE[code](self)
        kind, _dash, place = code.partition("-")
        if kind not in _MANY or not re.fullmatch("[1-9][0-9]{0,3}", place):
            return None
        return next(iter(_MANY[kind](self)[int(place) - 1 :]), None)


_ONE: dict[str, Callable[[File], v.Form | None]] = {
    "register": lambda file: file.register,
    "entrusted": lambda file: file.entrusted,
    "rights": lambda file: file.rights,
    "identity": lambda file: file.identity,
    "tries": lambda file: file.tries,
    "evidence": lambda file: file.evidence,
    "ending": lambda file: file.ending or file.agreement,
    "confirmation": lambda file: file.confirmation[0],
    "ruling": lambda file: file.confirmation[1],
    "not_accepted": lambda file: file.not_accepted,
}
_MANY: dict[str, Callable[[File], Sequence[v.Form]]] = {
    "address": lambda file: file.addresses,
    "disclosure": lambda file: file.disclosures,
    "power": lambda file: file.powers,
    "inquiry": lambda file: file.inquiries,
    "session": lambda file: file.sessions,
    "receipt": lambda file: file.receipts,
    "visit": lambda file: file.follow_ups,
    "claim": claims.claims_of,
}
#: Bytes of files opened for one export; what goes beyond is named and stays where it is kept.
_MOST_BYTES = 100_000_000
_WITH = frozenset({State.SETTLED, State.CLOSED})
_WITHOUT = frozenset({State.FAILED, State.WITHDRAWN, State.TERMINATED})
_FILES = {"application/pdf": "PDF 文件", "image/jpeg": "照片", "image/png": "图片"}


def _party(row: PartyRow, *, id_number: bool, reach: bool) -> Party:
    said = row.words
    speakers = [str(one.get("name", "")) for one in said.get("representatives", [])]
    return Party(
        side=Side(w.SIDE[row.side]),
        name=str(said.get("name", "")),
        kind=w.PERSON_KIND[row.kind],
        telephone=str(said.get("telephone", "")) if reach else "",
        address=str(said.get("address", "")) if reach else "",
        representative="、".join(speakers),
        id_number=str(said.get("id_number", "")) if id_number else "",
        stands_for=row.group_size if row.speaks_for_group else 0,
    )


def read(dispute: Dispute, *, for_court: bool = False, for_party: UUID | None = None, with_scans: bool = False) -> File:
    """The file of a dispute, its rows read once with what they refer to."""
    fresh = Dispute.objects.select_related("body", "registered_by").get(pk=dispute.pk)
    return File(fresh, for_court=for_court, for_party=for_party, with_scans=with_scans)
