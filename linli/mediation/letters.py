"""Letters to parties that gave a mail address: a promise falls due, waits for their answer, or was not kept in time.

A letter names the case and a day, never the matter, an amount or the other side: whoever else reads the mailbox learns no more.
"""

import uuid
from datetime import datetime
from enum import StrEnum

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from linli.mediation.models import Obligation, Party
from linli.mediation.rules import OBLIGATION_SETTLED, AgreementState, Language
from linli.notices.letters import Words, write
from linli.notices.models import Letter

TOPIC = "promise"


class What(StrEnum):
    """What a letter says."""

    DUE = "due"
    UNANSWERED = "unanswered"
    BREACHED = "breached"


def tell(obligation: Obligation, what: What, *, at: datetime) -> int:
    """Write to those whom it concerns, if they gave an address; to how many. Each of them once for each rung."""
    return sum(_wrote(party, obligation, what, at) for party in _concerned(obligation, what) if party.words.get("mail"))


def _concerned(obligation: Obligation, what: What) -> list[Party]:
    owing, others = [obligation.owed_by], obligation.agreement.dispute.parties.present()
    receiving = [obligation.owed_to] if obligation.owed_to else list(others.exclude(pk=obligation.owed_by_id))
    concerned = {What.DUE: owing, What.UNANSWERED: receiving, What.BREACHED: owing + receiving}[what]
    return [party for party in concerned if party.left_at is None]


def _wrote(party: Party, obligation: Obligation, what: What, at: datetime) -> bool:
    key = uuid.uuid5(obligation.pk, f"{what} {obligation.rung} {party.pk}")
    return write(key=key, topic=TOPIC, to=party.pk, facts={"what": what, "obligation": str(obligation.pk)}, at=at)


class Writing:
    """Asked by the courier at the moment of sending."""

    def address(self, letter: Letter) -> dict[str, str] | None:
        """Where it goes; None once the party has left, or the promise was kept, waived or replaced meanwhile."""
        party = Party.objects.filter(pk=letter.to, left_at__isnull=True).first()
        waiting = Obligation.objects.filter(pk=letter.facts["obligation"], agreement__state=AgreementState.IN_FORCE)
        if party is None or not waiting.exclude(state__in=sorted(OBLIGATION_SETTLED)).exists():
            return None
        mail = party.words.get("mail")
        return {"to": mail} if mail else None

    def words(self, letter: Letter) -> Words:
        """In the language of the party; no link: that to their own page is kept nowhere here."""
        party = Party.objects.get(pk=letter.to)
        obligation = Obligation.objects.select_related("agreement__dispute").get(pk=letter.facts["obligation"])
        with translation.override("en" if party.language == Language.ENGLISH else "zh-hans"):
            sentence = _SENTENCES[letter.facts["what"]]() % {
                "case": obligation.agreement.dispute.case_no,
                "day": _day(obligation),
            }
            more = _(
                "What it is stands on your own page: open it by the link the committee gave you, or ask the committee for a "
                "new one. If you want no more such letters, tell the committee."
            )
            return Words(sentence, "", more)


_SENTENCES = {
    What.DUE: lambda: _("Case %(case)s: something you promised is to be done by %(day)s."),
    What.UNANSWERED: lambda: _(
        "Case %(case)s: the other side says that it did what was due on %(day)s. Please answer."
    ),
    What.BREACHED: lambda: _(
        "Case %(case)s: what was due on %(day)s was not done in time. The committee urges it; an action in court is open too."
    ),
}


def _day(obligation: Obligation) -> str:
    day = obligation.due_on or obligation.agreement.effective_at
    return date_format(day, "DATE_FORMAT") if day else ""
