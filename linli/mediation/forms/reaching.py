"""The form for a try to reach a party in vain."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.mediation.actions.reaching import LONGEST_WORDS
from linli.mediation.forms.fields import ActForm, choice, moment, text_box
from linli.mediation.rules import Way


class NoteTry(ActForm):
    """How it was tried, when, and what came of it."""

    way = choice(_("How it was tried"), [one for one in Way.choices if one[0] != Way.ONLINE], radio=True)
    tried_at = moment(_("When it was tried"))
    words = text_box(_("What came of it"), longest=LONGEST_WORDS, rows=2)

    def prepare(self) -> None:
        """Just now."""
        self.initial.setdefault("tried_at", timezone.localtime(self.at).replace(second=0, microsecond=0))
