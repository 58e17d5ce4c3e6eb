"""The reporter behind the seal: who may see it, who writes through the matter, how messages to reporters stand."""

from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from linli.people.rules import Role


class MessageState(models.TextChoices):
    """How far a message to a reporter has come outside the status page."""

    NONE = "none", _("No way to be reached was left")
    WAITING = "waiting", _("Waiting")
    SENT = "sent", _("Sent")
    UNKNOWN = "unknown", _("No answer known")
    FAILED = "failed", _("Could not be delivered")


#: Who may open a sealed contact: those who have to ask the reporter something, on the side of the area. Officers of the
#: departments write through the matter, since the matter may be about their own work.
MAY_CALL = frozenset({Role.DESK, Role.GRID_WORKER, Role.CADRE, Role.VERIFIER})
#: Of a reporter who wishes to stay unnamed, the desk alone knows more than the matter.
MAY_KNOW = frozenset({Role.DESK})
#: Acts around the seal, and whose they are.
RELAYING: dict[str, frozenset[Role]] = {
    "write_to_reporter": MAY_CALL | {Role.HANDLER},
    "ask_reveal": frozenset({Role.HANDLER}),
    "grant_reveal": frozenset({Role.DESK}),
    "refuse_reveal": frozenset({Role.DESK}),
    "shield": frozenset({Role.DESK}),
}
#: How long an opened contact stands on the page.
CONTACT_SHOWN = timedelta(seconds=60)
#: For how many hours a reveal may be granted.
REVEAL_HOURS = (4, 24, 72)
LONGEST_REVEAL = timedelta(hours=max(REVEAL_HOURS))
