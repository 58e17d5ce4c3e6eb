"""What notices say of disputes: that something was done or is due, never who is in it or what it is about."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

#: By verb. Whoever is told opens the file for a purpose and reads the rest there.
SENTENCES: dict[str, Any] = {
    "dispute.registered": _("A dispute was registered. Screen it."),
    "dispute.handed_over": _("A dispute was handed over to your committee. Screen it."),
    "dispute.offered": _("A dispute is for mediation. Ask the parties whether they want it."),
    "dispute.consent_noted": _("A party said whether it wants mediation."),
    "dispute.accepted": _("A dispute was accepted. Propose mediators to the parties."),
    "dispute.mediator_asked": _(
        "You are asked to mediate a dispute. Declare ties if there are any, then take it on or decline."
    ),
    "dispute.mediator_named": _("A party has named a mediator. Ask the other side whether it names the same."),
    "dispute.taken_on": _("A mediator has taken a dispute on."),
    "dispute.mediator_declined": _("A mediator has declined. Ask somebody else."),
    "dispute.interest_declared": _("A mediator declared a tie to a party. Ask somebody else."),
    "dispute.mediator_objected": _("A party wants another mediator. Ask somebody else."),
    "dispute.mediator_released": _("Dispute %(number)s is yours no longer: somebody else is to mediate it."),
    "dispute.given_back": _("A dispute was given back. Ask another mediator."),
    "dispute.risk_noted": _("Danger: dispute %(number)s may turn violent. Call its committee at once."),
    "dispute.risk_ended": _("Dispute %(number)s has calmed down."),
    "dispute.term_ends_soon": _("A term of a dispute ends soon."),
    "dispute.term_over": _("A term of a dispute is over."),
    "dispute.extension_asked": _("More time is asked for in a dispute."),
    "dispute.extended": _("Both sides agreed to more time."),
    "dispute.agreement_offered": _("An agreement lies before the parties to sign."),
    "dispute.agreement_signed": _("An agreement was signed by one more."),
    "dispute.paper_wanted": _("A party wants to sign on paper."),
    "dispute.settled": _("An agreement is in force."),
    "dispute.failed": _("A mediation has failed."),
    "dispute.withdrawn": _("A mediation was taken back."),
    "dispute.terminated": _("A mediation was terminated."),
    "dispute.reopened": _("A dispute was opened again."),
    "dispute.performance_claimed": _("A party says that it has done what it promised."),
    "dispute.part_performed": _("A part of what was promised was received."),
    "dispute.performed": _("A promise of an agreement was kept."),
    "dispute.waived": _("A promise of an agreement was waived."),
    "dispute.performance_denied": _("What was said to be done is denied."),
    "dispute.performance_due": _("A promise of an agreement is due soon."),
    "dispute.performance_unanswered": _("Nobody has confirmed what was said to be done. Ask who receives."),
    "dispute.breached": _("A promise of an agreement was not kept in time."),
    "dispute.all_performed": _("All that an agreement promised was done."),
    "dispute.confirmation_wanted": _("A party wants the court to confirm an agreement."),
    "dispute.confirmation_applied": _("The court was asked to confirm an agreement."),
    "dispute.confirmation_answered": _("The court has answered."),
    "dispute.visit_due": _("A follow-up visit is due."),
    "dispute.visited": _("A follow-up visit was written down."),
    "dispute.call_back_drawn": _("The lot fell on a dispute of another committee. Call its parties back."),
    "dispute.call_back_due": _("The parties of a dispute of another committee still wait for your call."),
    "dispute.call_back_overdue": _("A call-back by your committee is late. Call the parties now."),
    "dispute.called_back": _("Another committee has called the parties back."),
    "dispute.complained": _("A party complains. Answer it."),
    "dispute.complaint_due": _("A complaint of a party still waits for your answer."),
    "dispute.complaint_overdue": _("The answer to a complaint of a party is late. Answer it now."),
}
#: A verb that nobody has put into words is told rather than lost.
OTHERWISE = _("Something was done in a dispute of yours.")
#: Told to those who may not open the file, or no longer: the sentence names the number.
_BY_NUMBER = frozenset({"dispute.risk_noted", "dispute.risk_ended", "dispute.mediator_released"})
#: Where they are led instead of the file. Whoever drew lots reads what came of them at the draws.
_LINKS = dict.fromkeys(_BY_NUMBER, "mediation:list") | {"dispute.called_back": "mediation:draws"}


def words_of(verb: str, facts: dict[str, Any]) -> str:
    """The sentence of a notice, in the language of the reader."""
    words = str(SENTENCES.get(verb, OTHERWISE))
    return words % {"number": facts.get("number", "")} if verb in _BY_NUMBER else words


def link_of(verb: str, key: str) -> str:
    """The file, which asks what it is opened for; a list for those who may not open it."""
    return reverse(_LINKS[verb]) if verb in _LINKS else reverse("mediation:file", args=[key])
