"""Papers leave the house by an act alone; the dossier is bound once and laid in the archive; anybody may verify a hash."""

import hashlib
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.journal.actions import record
from linli.kit.addresses import own_address
from linli.kit.keys import new_key
from linli.kit.refusal import BadInput, Refused
from linli.mediation.actions import clocks, ending, looking
from linli.mediation.actions.course import lock, require_party, who_of
from linli.mediation.actions.files import keep_sealed, open_sealed
from linli.mediation.dossier.binding import Dossier, Filing, Retention, missing
from linli.mediation.dossier.binding import bind as bound_of
from linli.mediation.dossier.outcome import confirmed_proofs, last_agreement
from linli.mediation.dossier.papers import HASH, Papers, set_dossier, set_paper
from linli.mediation.dossier.parts import sha256_of
from linli.mediation.dossier.reading import File, read
from linli.mediation.dossier.values import Claim, Form, ServiceAddress, Session
from linli.mediation.models import Dispute, IssuedPaper, Party, sealed_words
from linli.mediation.rules import AgreementState, Purpose, Side, Term, TermCode, Unit, Who, moved_on, not_yours, require
from linli.people.models import Person

#: The whole, beside the codes of single papers.
WHOLE = "dossier"
#: A bound dossier with all its scans, in bytes.
MOST_BOUND = 100_000_000
#: What a party may take from its own page; how it ended besides, and records of sessions where it was present with all.
FOR_PARTIES = frozenset({"rights", "confirmation", "ruling", "not_accepted"})


@dataclass(frozen=True)
class Offered:
    """A paper that can be had: its code and its name in Chinese, as it is printed."""

    code: str
    title: str


@dataclass(frozen=True)
class Verified:
    """All that a hash tells anybody: it is genuine, under which number, and from which day."""

    number: str
    made_at: datetime


# --- what there is ------------------------------------------------------------------------------------------------------


def papers_of(dispute: Dispute) -> list[Offered]:
    """Single papers of a dispute, in the order of the dossier. For whoever has opened the file."""
    file = read(dispute)
    return _offered(file, file.single())


def papers_for(party: Party) -> list[Offered]:
    """Those that a party may take from its own page."""
    file = read(party.dispute)
    return _offered(file, {code: form for code, form in file.single().items() if _is_for(party, file, code)})


def lacks_of(dispute: Dispute, *, at: datetime) -> list[Refused]:
    """What is lacking before the dossier can be bound, in words; empty where it can be."""
    try:
        return missing(read(dispute).draft(_filing(dispute, "", at)))
    except Refused as refusal:
        return [refusal]


def _offered(file: File, papers: Mapping[str, Form]) -> list[Offered]:
    """Each by its title; several of one kind are told apart, without a name."""
    kinds = Counter(code.partition("-")[0] for code in papers)
    return [Offered(code, _title(file, code, form, kinds)) for code, form in papers.items()]


def _title(file: File, code: str, form: Form, kinds: Mapping[str, int]) -> str:
    if isinstance(form, Session):
        return f"{form.title}（第{form.number}次）"
    kind, _dash, place = code.partition("-")
    if isinstance(form, Claim):
        # By its number on its side, as everywhere; not every party has a claim.
        claimant = file.claimants[int(place) - 1]
        number = [one.pk for one in file.parties if one.side == claimant.side].index(claimant.pk) + 1
        return f"{form.title}（{form.by.side}{number}）"
    if kinds[kind] < 2:
        return form.title
    return f"{form.title}（当事人{place}）" if isinstance(form, ServiceAddress) else f"{form.title}（第{place}份）"


def _is_for(party: Party, file: File, code: str) -> bool:
    if file.dispute.accepted_at is None and party.side != Side.APPLICANT and not code.startswith("address-"):
        # Papers name all sides, and whoever never said yes is not told by name who applied: as on its own page.
        return False
    if code == "ending":
        return file.ending is not None or _lies_before_parties(file)
    if code in FOR_PARTIES:
        return True
    if code.startswith("receipt-"):
        owed = confirmed_proofs(file)[int(code.partition("-")[2]) - 1].obligation
        # As its promises on its own page: what is between two others shows what they paid by.
        return party.pk == owed.owed_by_id or owed.owed_to_id in (None, party.pk)
    if code.startswith("address-"):
        return [one.pk for one in file.parties].index(party.pk) + 1 == int(code.partition("-")[2])
    if code.startswith("claim-"):
        return file.claimants[int(code.partition("-")[2]) - 1] == party
    if not code.startswith("session-"):
        return False
    session = file.sessions[int(code.partition("-")[2]) - 1]
    here = next(one for one in file.held if one.number == session.number)
    return not session.is_apart and str(party.pk) in here.present


def _lies_before_parties(file: File) -> bool:
    """Whether the agreement was put before the parties: a draft is the mediator's alone."""
    last = last_agreement(file)
    return last is not None and last.state in (AgreementState.OFFERED, AgreementState.IN_FORCE)


# --- papers that leave ----------------------------------------------------------------------------------------------------


def export(dispute: Dispute, *, what: str, purpose: str, by: Person, at: datetime, words: str = "") -> Papers:
    """Take one paper, or the whole dossier, out of the house, for a purpose that the parties can see.

    For a court without what was conceded; the application for confirmation alone has identity numbers then. Raises `NotYours`,
    `BadInput`, `Refused`: what lacks, or that this home sets no papers.
    """
    who = who_of(dispute, by=by, at=at)
    if what == WHOLE:
        require("export", dispute.state, who)
    elif not who & {Who.KEEPER, Who.MEDIATOR}:
        raise not_yours()
    if purpose not in Purpose.values or purpose == Purpose.OWN:
        raise BadInput(
            "purpose_missing", _("Say what you open this file for. Choose one of the list."), field="purpose"
        )
    papers = _set(dispute, what, by.name, at, for_court=purpose == Purpose.COURT)
    with transaction.atomic():
        looking.look(dispute, by=by, purpose=purpose, at=at, words=words)
        _note(dispute, what, papers, purpose=purpose, at=at, words=words, made_by=by)
        record("dispute.exported", on=dispute, by=by, at=at, what=what, purpose=purpose, sha256=papers.sha256)
    return papers


def export_for_party(party: Party, *, what: str, at: datetime) -> Papers:
    """A party takes a paper from its own page. Raises `NotYours` for one that is not for it."""
    dispute = party.dispute
    require_party(dispute, party)
    if what not in {one.code for one in papers_for(party)}:
        raise not_yours()
    papers = _set(dispute, what, "", at, for_party=party)
    with transaction.atomic():
        looking.look_as_party(party, at=at)
        _note(dispute, what, papers, purpose=Purpose.OWN, at=at, words="", party=party)
        record(
            "dispute.exported",
            on=dispute,
            by=None,
            at=at,
            what=what,
            purpose=Purpose.OWN,
            sha256=papers.sha256,
            party=party,
        )
    return papers


def _set(
    dispute: Dispute, what: str, by: str, at: datetime, *, for_court: bool = False, for_party: Party | None = None
) -> Papers:
    reader = for_party.pk if for_party else None
    file = read(dispute, for_court=for_court, for_party=reader, with_scans=True)
    if what == WHOLE and file.parties:
        filing, note = _as_bound(dispute) or (_filing(dispute, by, at), "")
        return set_dossier(bound_of(file.draft(filing, note=note)), verify_at=_verify_at(), at=at)
    paper = file.paper(what)
    if paper is None:
        raise BadInput("no_such_paper", _("There is no such paper in this dispute yet."), field="what")
    # The one place where a number of an identity paper is printed: a court asks for it.
    head = file.head_with(id_numbers=for_court and what == "confirmation")
    return set_paper(paper, head, verify_at=_verify_at(), at=at)


def _verify_at() -> str:
    return own_address(f"/mediation/verify/{HASH}")


def _note(
    dispute: Dispute,
    what: str,
    papers: Papers,
    *,
    purpose: str,
    at: datetime,
    words: str,
    sealed: Mapping[str, str] | None = None,
    **more: Any,
) -> IssuedPaper:
    key = more.pop("key", None) or new_key()
    made: IssuedPaper = IssuedPaper.objects.create(
        key=key,
        dispute=dispute,
        what=what,
        content_sha256=papers.sha256,
        pdf_sha256=hashlib.sha256(papers.pdf).hexdigest(),
        docx_sha256=hashlib.sha256(papers.docx).hexdigest(),
        purpose=purpose,
        made_at=at,
        sealed=sealed_words(IssuedPaper, key, {"words": words, **(sealed or {})}),
        **more,
    )
    return made


# --- the archive --------------------------------------------------------------------------------------------------------


def bind(dispute: Dispute, *, by: Person, at: datetime, checked_by: str = "", note: str = "") -> IssuedPaper:
    """Bind the dossier, seal it, and lay it in the archive until its term is over.

    Raises `NotYours`, and `Refused` with all that is lacking, or where something changed while it was set.
    """
    require("archive", dispute.state, who_of(dispute, by=by, at=at))
    if dispute.archived_at is not None:
        raise moved_on()
    dossier = _dossier(dispute, by, at, checked_by, note)
    papers = set_dossier(dossier, verify_at=_verify_at(), at=at)
    with transaction.atomic():
        lock(dispute)
        # Setting it took a while: what is bound is what is there now.
        if sha256_of(_dossier(dispute, by, at, checked_by, note)) != papers.sha256:
            raise moved_on()
        ending.archive(dispute, by=by, at=at)
        key = new_key()
        file = keep_sealed(papers.pdf, model=IssuedPaper, key=key, most=MOST_BOUND)
        made = _note(
            dispute,
            WHOLE,
            papers,
            purpose=Purpose.ARCHIVE,
            at=at,
            words="",
            sealed={"checked_by": checked_by.strip(), "note": note.strip()},
            key=key,
            made_by=by,
            is_bound=True,
            **file.fields,
        )
        record("dispute.bound", on=dispute, by=by, at=at, sha256=papers.sha256, until=dispute.retention_until)
    return made


def open_bound(dispute: Dispute, *, purpose: str, by: Person, at: datetime, words: str = "") -> bytes:
    """The bound dossier as it was sealed, a PDF. An act like any export. Raises `NotYours`, `BadInput`, `Refused`."""
    require("export", dispute.state, who_of(dispute, by=by, at=at))
    if purpose == Purpose.COURT:
        raise Refused(
            "conceded",
            _("The bound dossier holds what was conceded. For a court export the dossier anew: that leaves it out."),
        )
    bound = IssuedPaper.objects.filter(dispute=dispute, is_bound=True).first()
    if bound is None:
        raise Refused("not_bound", _("This dossier has not been bound yet. Bind it, or take single papers."))
    with transaction.atomic():
        looking.look(dispute, by=by, purpose=purpose, at=at, words=words)
        record("dispute.exported", on=dispute, by=by, at=at, what="bound", purpose=purpose, sha256=bound.content_sha256)
    return open_sealed(bound)


def _as_bound(dispute: Dispute) -> tuple[Filing, str] | None:
    """Who bound it when, and the note on it, so that it says the same whenever it is set anew; None before."""
    bound = IssuedPaper.objects.filter(dispute=dispute, is_bound=True).select_related("made_by").first()
    if bound is None or bound.made_by is None:
        return None
    said = bound.words
    return _filing(dispute, bound.made_by.name, bound.made_at, said["checked_by"]), said["note"]


def _dossier(dispute: Dispute, by: Person, at: datetime, checked_by: str, note: str) -> Dossier:
    return bound_of(read(dispute, with_scans=True).draft(_filing(dispute, by.name, at, checked_by), note=note.strip()))


def _filing(dispute: Dispute, by: str, at: datetime, checked_by: str = "") -> Filing:
    term = clocks.term_for(TermCode.RETENTION, dispute.area_id, at)
    until = dispute.retention_until or clocks.last_day_of(term, timezone.localdate(dispute.ended_at or at))
    return Filing(by, timezone.localdate(at), Retention(_kept(term), until), checked_by.strip())


def _kept(term: Term) -> str:
    """How long it is kept, in the Chinese of its cover."""
    if term.unit == Unit.MONTH:
        return f"{term.amount // 12}年" if term.amount % 12 == 0 else f"{term.amount}个月"
    return f"{term.amount}{'个工作日' if term.unit == Unit.WORKING_DAY else '日'}"


# --- for anybody --------------------------------------------------------------------------------------------------------


def verify(sha256: str) -> Verified | None:
    """What a hash on a paper, or of a file, tells anybody: its number and day. None where no paper of this house has it."""
    wanted = re.sub(r"\s+", "", sha256).lower()
    if not re.fullmatch(r"[0-9a-f]{64}", wanted):
        return None
    found = IssuedPaper.objects.with_hash(wanted).select_related("dispute").order_by("made_at").first()
    return Verified(found.dispute.case_no or found.dispute.number, found.made_at) if found else None
