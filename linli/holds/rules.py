"""What can be held, by whom, and how a hold is refused. Pure."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from linli.kit.refusal import Refused
from linli.people.rules import Role

LONGEST = 200
#: Who places and ends holds.
HOLDERS = frozenset({Role.SECURITY_ADMIN})


class HeldKind(models.TextChoices):
    """What a hold may be on."""

    EVENT = "event", _("Event")
    DISPUTE = "dispute", _("Dispute")


def held() -> Refused:
    """It must be kept."""
    return Refused(
        "held",
        _(
            "By order of an authority or for a proceeding this must be kept for now. Ask the county's office for privacy."
        ),
    )
