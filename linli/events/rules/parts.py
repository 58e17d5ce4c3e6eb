"""The parts of a joint handling: one lead, named co-handlers, each with a state of its own."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PartState(models.TextChoices):
    """Where a department's part stands."""

    #: Named now, called later: no clock runs.
    RESERVED = "reserved", _("Reserved for later")
    ASKED = "asked", _("Asked")
    SIGNED_FOR = "signed_for", _("Signed for")
    ANSWERED = "answered", _("Answered")
    VERIFIED = "verified", _("Verified")
    #: The lead has recorded why it is not needed, or not waited for.
    DROPPED = "dropped", _("Not needed")


#: Nothing more is waited for.
PART_ENDED = frozenset({PartState.VERIFIED, PartState.DROPPED})
