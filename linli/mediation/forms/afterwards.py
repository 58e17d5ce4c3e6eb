"""Forms about the agreement and what comes of it: signing, performing, the court, visits; and about the end."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.kit.papers.asking import available
from linli.mediation.actions.confirming import LONGEST_COURT, NEXT, needs_a_word_on_status
from linli.mediation.actions.performing import LONGEST_WORDS
from linli.mediation.forms.fields import (
    ActForm,
    Scan,
    choice,
    day,
    line,
    several,
    text_box,
    tick,
    untried_words,
    ways_told,
)
from linli.mediation.forms.sessions import OfParty
from linli.mediation.models import Dispute
from linli.mediation.rules import (
    ENDINGS_OF,
    CallBackResult,
    CourtAnswer,
    NextWay,
    ObligationKind,
    ProofKind,
    SignatureWay,
)


class OfferAgreement(ActForm):
    """Put it before the parties."""

    as_it_stands = tick(_("I have compared text and obligations, and want it as it stands"))


class SignOnPaper(OfParty):
    """The scan of a paper somebody signed."""

    party = choice(
        _("Which party signed"), (), radio=True, help_text=_("Of a group all its representatives, on the one paper.")
    )
    way = choice(_("How"), [one for one in SignatureWay.choices if one[0] != SignatureWay.PHONE], radio=True)
    scan = Scan(_("Scan of the signed paper"), required=True)


class Claim(ActForm):
    """What shows that a promise was kept."""

    amount = line(
        _("How much was paid"),
        longest=40,
        required=False,
        help_text=_("Left empty: all that is still owed. 1.2万元 and 12,000 are both read."),
    )
    kind = choice(_("What shows it"), ProofKind.choices)
    words = text_box(_("In few words"), longest=LONGEST_WORDS, required=False, rows=2)
    file = Scan(_("Receipt, slip or photograph"))

    def prepare(self) -> None:
        """What was agreed as proof; an amount for payments alone."""
        self.initial["kind"] = self.target.proof_kind
        if self.target.kind != ObligationKind.PAY:
            del self.fields["amount"]

    def values(self) -> dict[str, Any]:
        """The file as bytes, empty for none."""
        return self.cleaned_data | {"file": self.cleaned_data["file"] or b""}


class Said(ActForm):
    """What was said."""

    words = text_box(_("What was said"), longest=LONGEST_WORDS, rows=3)


class ApplyConfirmation(ActForm):
    """To which court, and when."""

    court = line(_("Court"), longest=LONGEST_COURT)
    applied_on = day(_("On which day they applied"), required=False)
    about_status = tick(
        _("It is about identity, adoption or whether a marriage exists"),
        help_text=_("No court confirms that (法释〔2011〕5号 art. 4)."),
    )

    def prepare(self) -> None:
        """The court of the body; the question only where it may come up."""
        self.initial["court"] = self.target.court
        self.initial["applied_on"] = timezone.localdate(self.at)
        if not needs_a_word_on_status(self.target):
            del self.fields["about_status"]

    def values(self) -> dict[str, Any]:
        """Not about status, where that was not asked."""
        return {"about_status": False} | self.cleaned_data


class NoteAnswer(ActForm):
    """What the court answered."""

    answer = choice(_("What the court answered"), (), radio=True)
    answered_on = day(_("On which day it answered"), required=False)
    court_no = line(_("Number of the court"), longest=LONGEST_COURT, required=False)
    words = text_box(_("In few words"), longest=1000, required=False, rows=2)

    def prepare(self) -> None:
        """What may come next."""
        self.initial["answered_on"] = timezone.localdate(self.at)
        following = NEXT.get(self.target.answer, ())
        self.fields["answer"].choices = [(one, CourtAnswer(one).label) for one in following]  # type: ignore[attr-defined]


_SAID = (("yes", _("Yes")), ("no", _("No")), ("unknown", _("Nobody could say")))
_READ = {"yes": True, "no": False, "unknown": None}


class Visit(ActForm):
    """What a visit found."""

    performed = choice(_("Was it performed as agreed?"), _SAID, radio=True)
    satisfied = choice(_("Are the parties content?"), _SAID, radio=True)
    words = text_box(_("What was said"), longest=2000, rows=4)
    new_risk = tick(_("It may turn violent, or break out again"))
    risk = text_box(_("What may happen"), longest=2000, required=False, rows=2)

    def values(self) -> dict[str, Any]:
        """Yes, no, or None."""
        told = self.cleaned_data
        return told | {"performed": _READ[told["performed"]], "satisfied": _READ[told["satisfied"]]}


class CallBackNote(ActForm):
    """What the parties said when another unit called."""

    result = choice(_("What came of it"), CallBackResult.choices, radio=True)
    words = text_box(_("What was said"), longest=2000, rows=4)


# --- the end ----------------------------------------------------------------------------------------------------------


class _End(ActForm):
    step = ""

    ending = choice(_("How it ended"), (), radio=True)
    why = text_box(_("In your own words"), longest=1000, rows=3)

    def prepare(self) -> None:
        """The endings of the step."""
        self.fields["ending"].choices = [(one, one.label) for one in ENDINGS_OF[self.step]]  # type: ignore[attr-defined]


class Withdraw(_End):
    """Taken back."""

    step = "withdraw"


class _EndWithWays(_End):
    ways = ways_told(_("Say it in plain words: what they may do now, where, and until when."))


class Fail(_EndWithWays):
    """No agreement."""

    step = "fail"


class Terminate(_EndWithWays):
    """Broken off."""

    step = "terminate"

    def prepare(self) -> None:
        """Whether tries to reach a party are lacking, too."""
        super().prepare()
        self.fields["ending"].help_text = untried_words(self.dispute)


class Close(ActForm):
    """All done; or what was not, and what the parties were told."""

    why = text_box(
        _("Why it is closed although something was not performed"),
        longest=1000,
        required=False,
        rows=3,
        help_text=_("Only where a promise was broken."),
    )
    ways = several(_("Ways of which the parties were told (art. 26)"), NextWay.choices, required=False)


class Reopen(ActForm):
    """Why it goes on."""

    why = text_box(_("Why it goes on"), longest=1000, rows=3)


def is_bound_here(dispute: Dispute) -> bool:
    """Whether its dossier is bound as it is laid in the archive: there is one, and this home sets papers."""
    return available() and bool(dispute.case_no)


class Bind(ActForm):
    """Who looked the dossier through before it is bound; nothing is asked where none is."""

    checked_by = line(_("Who looked it through"), longest=50, required=False)
    note = text_box(
        _("Note on the dossier"),
        longest=1000,
        required=False,
        rows=2,
        help_text=_("What a later reader should know, such as a paper kept elsewhere (卷宗情况说明)."),
    )

    def prepare(self) -> None:
        """Only of what is bound."""
        if not is_bound_here(self.dispute):
            self.fields.clear()
