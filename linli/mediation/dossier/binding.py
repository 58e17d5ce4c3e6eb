"""The whole dossier: what it is made of, what a draft of it still lacks, and binding it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from linli.kit.refusal import Refused
from linli.mediation.dossier.parts import Head, Sign, Some
from linli.mediation.dossier.values import (
    Agreement,
    Application,
    ConfirmationApplication,
    Disclosure,
    Ending,
    Entrusted,
    Evidence,
    FollowUp,
    Form,
    Identity,
    Inquiry,
    Note,
    OralAgreement,
    PowerOfAttorney,
    Receipt,
    Register,
    RightsNotice,
    Ruling,
    ServiceAddress,
    Session,
    Termination,
    Tries,
)


@dataclass(frozen=True)
class Retention:
    """How long it is kept: 长期, 十年 …; `until` None where it is kept for good."""

    words: str
    until: date | None


@dataclass(frozen=True)
class Filing:
    """Who bound it, who looked it through, and how long it is kept."""

    by: str
    on: date
    retention: Retention
    checked_by: str = ""
    remark: str = ""


@dataclass(frozen=True)
class Settled:
    """A course with an agreement has a session before it."""

    sessions: Some[Session]
    agreement: Agreement | OralAgreement


@dataclass(frozen=True)
class Ended:
    """A course without agreement; where no session came about, the termination says why."""

    sessions: tuple[Session, ...]
    termination: Termination


@dataclass(frozen=True)
class Dossier:
    """A whole dossier. The five obligatory forms (1, 2, 3, 7, 8) cannot be absent; cover and contents come by themselves."""

    head: Head
    filing: Filing
    opening: Application | Register
    rights: RightsNotice
    identity: Identity
    course: Settled | Ended
    entrusted: Entrusted | None = None
    addresses: tuple[ServiceAddress, ...] = ()
    disclosures: tuple[Disclosure, ...] = ()
    powers: tuple[PowerOfAttorney, ...] = ()
    inquiries: tuple[Inquiry, ...] = ()
    tries: Tries | None = None
    evidence: Evidence | None = None
    receipts: tuple[Receipt, ...] = ()
    follow_ups: tuple[FollowUp, ...] = ()
    confirmation: ConfirmationApplication | None = None
    ruling: Ruling | None = None
    note: Note | None = None

    @property
    def forms(self) -> list[tuple[int, Form]]:
        """All forms with their number in the list of the ministry, in its order."""
        ending = self.course.agreement if isinstance(self.course, Settled) else self.course.termination
        listed: list[tuple[int, Form | None]] = [
            (1, self.entrusted),
            (1, self.opening),
            (2, self.rights),
            *((2, one) for one in self.disclosures),
            (3, self.identity),
            *((3, one) for one in self.addresses),
            *((4, one) for one in self.powers),
            *((5, one) for one in self.inquiries),
            (5, self.tries),
            (6, self.evidence),
            *((7, one) for one in self.course.sessions),
            (8, ending),
            *((9, one) for one in self.receipts),
            *((10, one) for one in self.follow_ups),
            (11, self.confirmation),
            (11, self.ruling),
            (12, self.note),
        ]
        return [(number, form) for number, form in listed if form is not None]


# --- from a draft -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Draft:
    """A dossier as far as it has come."""

    head: Head
    filing: Filing
    opening: Application | Register | None = None
    rights: RightsNotice | None = None
    identity: Identity | None = None
    sessions: tuple[Session, ...] = ()
    ending: Ending | None = None
    entrusted: Entrusted | None = None
    addresses: tuple[ServiceAddress, ...] = ()
    disclosures: tuple[Disclosure, ...] = ()
    powers: tuple[PowerOfAttorney, ...] = ()
    inquiries: tuple[Inquiry, ...] = ()
    tries: Tries | None = None
    evidence: Evidence | None = None
    receipts: tuple[Receipt, ...] = ()
    follow_ups: tuple[FollowUp, ...] = ()
    confirmation: ConfirmationApplication | None = None
    ruling: Ruling | None = None
    note: Note | None = None


def missing(draft: Draft) -> list[Refused]:
    """What is lacking and what to do about it, in the order of the forms; empty where it can be bound."""
    return list(_missing(draft))


def bind(draft: Draft) -> Dossier:
    """The whole dossier. Raises `Refused` with all that is lacking."""
    lacks = missing(draft)
    opening, rights, identity, ending = draft.opening, draft.rights, draft.identity, draft.ending
    if lacks or opening is None or rights is None or identity is None or ending is None:
        words = " ".join(str(one) for one in lacks)
        raise Refused("dossier_lacks", _("The dossier cannot be bound yet. %(words)s"), words=words)
    course: Settled | Ended
    if isinstance(ending, Termination):
        course = Ended(draft.sessions, ending)
    else:
        course = Settled((draft.sessions[0], *draft.sessions[1:]), ending)
    rest: dict[str, Any] = {one.name: getattr(draft, one.name) for one in fields(draft) if one.name not in _OWN}
    return Dossier(opening=opening, rights=rights, identity=identity, course=course, **rest)


#: What a draft has otherwise than the dossier.
_OWN = {"opening", "rights", "identity", "sessions", "ending"}


def _missing(draft: Draft) -> Iterator[Refused]:
    if not draft.head.case_no:
        yield Refused("no_case_no", _("The dispute has no case number: accept it first."))
    if draft.opening is None:
        yield Refused("no_opening", _("The application or the acceptance register is missing: write one of them."))
    if draft.rights is None:
        yield Refused("no_rights", _("The notice of rights and duties is missing: make it."))
    if draft.identity is None:
        yield Refused("no_identity", _("The check of identities is missing: make it."))
    told = Counter(one.name for one in draft.rights.told if one.at) if draft.rights else Counter()
    seen = Counter(one.name for one in draft.identity.shown if one.seen_at) if draft.identity else Counter()
    # Whoever did not come to a mediation that failed cannot be told any more; the forms say that they were not.
    for party in () if isinstance(draft.ending, Termination) else draft.head.parties:
        # Two may have the same name: each is told, each shows who it is.
        told[party.name] -= 1
        seen[party.name] -= 1
        if told[party.name] < 0:
            yield Refused(
                "not_told", _("%(name)s has not been told rights and duties: tell and note it."), name=party.name
            )
        if seen[party.name] < 0:
            yield Refused(
                "not_shown", _("%(name)s has not shown who it is: look at a document and tick it."), name=party.name
            )
    if not draft.sessions and not isinstance(draft.ending, Termination):
        yield Refused("no_session", _("There is no session record: write one of the session that was held."))
    for session in draft.sessions:
        if not session.text.strip():
            yield Refused(
                "empty_record", _("The record of session %(number)s is empty: write it."), number=session.number
            )
    yield from _missing_at_the_end(draft.ending)


def _missing_at_the_end(ending: Ending | None) -> Iterator[Refused]:
    if ending is None:
        yield Refused(
            "no_ending", _("There is neither an agreement nor a notice that mediation ended: make one of them.")
        )
        return
    signs: tuple[Sign, ...] = ()
    if isinstance(ending, Agreement):
        signs = (*ending.signs, *ending.mediators)
    elif isinstance(ending, OralAgreement):
        signs = ending.mediators
    for one in signs:
        if not one.is_signed:
            yield Refused(
                "not_signed", _("%(name)s has not signed: have it signed, or scan the signed paper."), name=one.name
            )
    if isinstance(ending, Agreement) and ending.stamp.at is None:
        yield Refused("not_stamped", _("The seal of the committee is missing: stamp the agreement."))
