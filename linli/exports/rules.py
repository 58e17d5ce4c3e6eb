"""What is asked of whoever takes a list away: by kind of list, in one table."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from linli.people.rules import Role

#: More rows than that need another person's yes.
FREE_ROWS = 500
#: A file is deleted after so long; a yes not made use of ends after so long too.
LASTS = timedelta(hours=24)
#: What nobody has answered for so long is given up: the reason is stale, and may be said anew.
ANSWERED_WITHIN = timedelta(days=7)
LONGEST_REASON = 200


class State(models.TextChoices):
    """Where an export stands."""

    WAITING = "waiting", _("Waiting for an approver")
    GRANTED = "granted", _("May be made")
    REFUSED = "refused", _("Refused")
    MADE = "made", _("Made")
    ENDED = "ended", _("Deleted")
    LAPSED = "lapsed", _("Not answered in time")


@dataclass(frozen=True)
class Kind:
    """A kind of list: what it is called, who approves it, and which of its columns is masked unless asked for."""

    name: Any
    approvers: frozenset[Role]
    #: What is masked by default; none: nothing in it names anybody.
    masked: Any = ""


#: Lists of more than figures. None of them holds a contact, or words of people.
KINDS = {
    "matters": Kind(_("Rows of matters"), frozenset({Role.LEADER, Role.DESK})),
    "disputes": Kind(_("Rows of disputes"), frozenset({Role.LEADER, Role.DESK})),
    "journal": Kind(_("Entries of the journal"), frozenset({Role.SECURITY_ADMIN}), _("accounts of staff")),
}


def needs_approver(rows: int, *, unmasked: bool) -> bool:
    """Whether another person has to say yes."""
    return unmasked or rows > FREE_ROWS
