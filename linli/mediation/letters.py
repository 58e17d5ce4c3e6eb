"""Letters and text messages to parties: something is due, waits for their answer or was not kept; an appointment; a new link.

A letter goes where a mail address was left, a text message where a mobile number was left and its holder agreed. Neither names
the matter, an amount or the other side; a message, which a shared telephone shows to whoever holds it, says number and what to
do and not even that it is about mediation. Neither carries the link to their own page: it is a secret (decision 14).
"""

import uuid
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from linli.journal.actions import record
from linli.mediation.models import Assignment, Complaint, Obligation, Party, Session
from linli.mediation.rules import OBLIGATION_SETTLED, AgreementState, AssignmentState, Language, SessionState
from linli.mediation.rules.parties import mobile_among
from linli.notices.letters import Words, write
from linli.notices.models import Letter
from linli.notices.rules import Kind
from linli.notices.rules import State as Sent
from linli.notices.sending import ways_set

TOPIC = "promise"
#: A party is told of an appointment again so long before it.
BEFORE_SESSION = timedelta(days=1)


class What(StrEnum):
    """What a letter says."""

    DUE = "due"
    UNANSWERED = "unanswered"
    BREACHED = "breached"
    SESSION_PLANNED = "session_planned"
    SESSION_MOVED = "session_moved"
    SESSION_SOON = "session_soon"
    SESSION_CANCELLED = "session_cancelled"
    LINK = "link"
    ANSWERED = "answered"
    NAMED = "named"


def sends_messages() -> bool:
    """Whether this home has a gateway for text messages: without one nobody is asked whether they want any."""
    return Kind.SMS in ways_set()


# --- writing them -------------------------------------------------------------------------------------------------------


def tell(obligation: Obligation, what: What, *, at: datetime) -> int:
    """Write to those whom it concerns, by the ways they left; how many letters. Each of them once for each rung."""
    facts = {"what": what, "obligation": str(obligation.pk)}
    concerned = _concerned(obligation, what)
    return sum(_wrote(party, obligation.pk, f"{what} {obligation.rung}", facts, at) for party in concerned)


def tell_of_session(session: Session, what: What, *, at: datetime) -> int:
    """Tell those invited of an appointment, and of one to come again the day before; how many letters."""
    facts = {"session": str(session.pk), "moved": session.moved}
    parties = [one for one in session.dispute.parties.present() if session.invites(one)]
    told = sum(_wrote(one, session.pk, f"{what} {session.moved}", facts | {"what": what}, at) for one in parties)
    if what == What.SESSION_CANCELLED:
        return told
    morning = session.planned_at - BEFORE_SESSION
    if morning <= at:
        return told
    again = facts | {"what": What.SESSION_SOON}
    return told + sum(_wrote(one, session.pk, f"soon {session.moved}", again, morning) for one in parties)


def tell_of_link(party: Party, *, at: datetime) -> int:
    """Tell a party that its page has a new link: whoever did not get it learns that somebody else might have."""
    return _wrote(party, party.pk, f"link {at.isoformat()}", {"what": What.LINK, "day": at.isoformat()}, at)


def tell_of_answer(complaint: Complaint, *, at: datetime) -> int:
    """Tell a party that what it complained of was answered: what, it reads on its own page."""
    facts = {"what": What.ANSWERED, "complaint": str(complaint.pk), "day": at.isoformat()}
    return _wrote(complaint.party, complaint.pk, "answered", facts, at)


def tell_of_name(assignment: Assignment, by: Party, *, at: datetime) -> int:
    """Tell those who have not named this mediator that `by` has; how many letters. Once of each, whoever takes a name back."""
    facts = {"what": What.NAMED, "assignment": assignment.pk, "day": at.isoformat()}
    others = [one for one in by.dispute.parties.present() if str(one.pk) not in assignment.named_by]
    return sum(_wrote(one, by.pk, f"named {assignment.mediator_id}", facts, at) for one in others)


def _concerned(obligation: Obligation, what: What) -> list[Party]:
    owing, others = [obligation.owed_by], obligation.agreement.dispute.parties.present()
    receiving = [obligation.owed_to] if obligation.owed_to else list(others.exclude(pk=obligation.owed_by_id))
    concerned = {What.DUE: owing, What.UNANSWERED: receiving, What.BREACHED: owing + receiving}[what]
    return [party for party in concerned if party.left_at is None]


def _wrote(party: Party, about: uuid.UUID, which: str, facts: dict[str, Any], at: datetime) -> int:
    """One letter by each way that this party left. `at`: when it is to go out."""
    made = 0
    for way in _ways_of(party):
        # Letters by mail were there first, and have no way in their keys.
        key = uuid.uuid5(about, f"{which} {party.pk}{'' if way == Kind.MAIL else f' {way}'}")
        made += write(key=key, topic=TOPIC, to=party.pk, facts=facts | {"way": way}, at=at, kind=way)
    return made


def _ways_of(party: Party) -> Iterable[str]:
    return [way for way in _ADDRESSES if _address_of(party, way)]


def _address_of(party: Party, way: str) -> str:
    """Where a party is reached by this way; empty where it is not, or does not want to be."""
    return _ADDRESSES[way](party)


def _number_of(party: Party) -> str:
    return mobile_among(party.words) if party.sms_agreed_at and sends_messages() else ""


_ADDRESSES: dict[str, Callable[[Party], str]] = {
    Kind.MAIL: lambda party: str(party.words.get("mail") or ""),
    Kind.SMS: _number_of,
}


# --- what the courier asks ----------------------------------------------------------------------------------------------


class Writing:
    """Asked by the courier at the moment of sending."""

    def address(self, letter: Letter) -> dict[str, str] | None:
        """Where it goes; None once the party has left or took its yes back, or there is nothing left to tell."""
        party = Party.objects.filter(pk=letter.to, left_at__isnull=True).first()
        if party is None or not _is_wanted(letter, party):
            return None
        address = _address_of(party, letter.facts.get("way", Kind.MAIL))
        return {"to": address} if address else None

    def words(self, letter: Letter) -> Words:
        """In the language of the party; no link: that to their own page is kept nowhere here."""
        party = Party.objects.select_related("dispute").get(pk=letter.to)
        by_mail = letter.facts.get("way", Kind.MAIL) == Kind.MAIL
        with translation.override("en" if party.language == Language.ENGLISH else "zh-hans"):
            sentence = (_BY_MAIL if by_mail else _BY_SMS)[letter.facts["what"]]() % {
                "case": party.dispute.case_no or party.dispute.number,
                "number": party.dispute.number,
                "when": _when(letter),
            }
            return Words(sentence, "", _more()) if by_mail else Words(f"{sentence} {_tail()}", "")

    def settled(self, letter: Letter, state: str, why: str, at: datetime) -> None:
        """What came of it, in the journal of the dispute: which party, which way, and never where to."""
        if why == "no_contact" or state not in (Sent.DELIVERED, Sent.UNKNOWN, Sent.FAILED):
            return
        party = Party.objects.filter(pk=letter.to).select_related("dispute").first()
        if party is None:
            return
        told = {"way": letter.facts.get("way", Kind.MAIL), "about": letter.facts["what"], "outcome": state}
        record("dispute.party_messaged", on=party.dispute, by=None, at=at, party=party, **told)


def _is_wanted(letter: Letter, party: Party) -> bool:
    """Whether what it tells is still so."""
    facts = letter.facts
    if "obligation" in facts:
        waiting = Obligation.objects.filter(pk=facts["obligation"], agreement__state=AgreementState.IN_FORCE)
        return waiting.exclude(state__in=sorted(OBLIGATION_SETTLED)).exists()
    if "session" in facts:
        state = SessionState.CANCELLED if facts["what"] == What.SESSION_CANCELLED else SessionState.PLANNED
        return Session.objects.filter(pk=facts["session"], state=state, moved=facts["moved"]).exists()
    if "assignment" in facts:
        named = Assignment.objects.filter(pk=facts["assignment"], state=AssignmentState.NAMED).first()
        return named is not None and str(party.pk) not in named.named_by
    # Without a link it asks for one: the answer is its own.
    return "complaint" in facts or party.secret_sha256 is not None


def _when(letter: Letter) -> str:
    facts = letter.facts
    if "obligation" in facts:
        owed = Obligation.objects.select_related("agreement").get(pk=facts["obligation"])
        day = owed.due_on or owed.agreement.effective_at
        return date_format(day, "DATE_FORMAT") if day else ""
    if "session" in facts:
        planned = Session.objects.values_list("planned_at", flat=True).get(pk=facts["session"])
        return date_format(timezone.localtime(planned), "DATETIME_FORMAT")
    return date_format(timezone.localtime(datetime.fromisoformat(facts["day"])), "DATE_FORMAT")


def _more() -> str:
    return _(
        "What it is stands on your own page: open it by the link the committee gave you, or ask the committee for a "
        "new one. If you want no more such letters, tell the committee."
    )


def _tail() -> str:
    return _("More on your own page or from the staff who gave you this number; there you also end these messages.")


_OF_BOTH: dict[str, Callable[[], str]] = {
    What.SESSION_PLANNED: lambda: _("%(number)s: you have an appointment at %(when)s."),
    What.SESSION_MOVED: lambda: _("%(number)s: your appointment was moved to %(when)s."),
    What.SESSION_SOON: lambda: _("%(number)s: remember your appointment at %(when)s."),
    What.SESSION_CANCELLED: lambda: _("%(number)s: your appointment at %(when)s is called off."),
    What.LINK: lambda: _(
        "%(number)s: your own page was given a new link on %(when)s; the one before opens nothing any more. "
        "If you did not get it, ask for another."
    ),
    What.ANSWERED: lambda: _("%(number)s: what you wrote was answered on %(when)s."),
}
_BY_MAIL = _OF_BOTH | {
    What.DUE: lambda: _("Case %(case)s: something you promised is to be done by %(when)s."),
    What.UNANSWERED: lambda: _(
        "Case %(case)s: the other side says that it did what was due on %(when)s. Please answer."
    ),
    What.NAMED: lambda: _(
        "Case %(case)s: on %(when)s a party named a mediator. Please say whether you want the same or somebody else."
    ),
    What.BREACHED: lambda: _(
        "Case %(case)s: what was due on %(when)s was not done in time. The committee urges it; an action in court is open too."
    ),
}
#: A telephone lies on a table: nothing here says what it is about, or that somebody is late.
_BY_SMS = _OF_BOTH | {
    What.DUE: lambda: _("%(number)s: something is to be done by %(when)s."),
    What.UNANSWERED: lambda: _("%(number)s: something of %(when)s waits for your answer."),
    What.NAMED: lambda: _("%(number)s: something of %(when)s waits for your answer."),
    What.BREACHED: lambda: _("%(number)s: something of %(when)s is still open."),
}
