"""Acts of heads that are no step of a dispute: another committee calls the parties back, or answers what one complains of."""

from django.utils.translation import gettext_lazy as _

from linli.mediation.actions import calling_back, complaining
from linli.mediation.forms.acts import Act
from linli.mediation.forms.afterwards import CallBackNote
from linli.mediation.forms.fields import ActForm, text_box

CALL_BACK_NAME, ANSWER_NAME = "note_call_back", "answer_complaint"


class AnswerComplaint(ActForm):
    """What the party is answered."""

    words = text_box(
        _("Answer to the complaint"),
        longest=complaining.LONGEST_ANSWER,
        rows=6,
        help_text=_(
            "The party reads this on its own page. Say whom you heard, what you found, and what follows from it."
        ),
    )

    def prepare(self) -> None:
        """What it answers stands above it."""
        self.quoted = self.target.words["words"]


CALL_BACK = Act(
    _("Write down the call"), "phone-call", CallBackNote, calling_back.note_call_back, "call_back", section="visits"
)
ANSWER = Act(
    _("Answer the complaint"),
    "message-square",
    AnswerComplaint,
    complaining.answer,
    "complaint",
    section="from-parties",
    hint=_("Neither whoever it is about nor the other side reads complaint or answer."),
    require=complaining.require_reader,
)
#: By the name in their address.
BY_HEADS: dict[str, Act] = {CALL_BACK_NAME: CALL_BACK, ANSWER_NAME: ANSWER}
