"""Emergency access: who may ask, which two decide, for how long, and which addresses it opens. Tables and pure functions."""

from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from linli.areas.codes import lineage
from linli.people.rules import ADMINISTERED, Role, Scope

#: Longer is no emergency: then somebody is appointed. No setting makes it longer.
MOST_HOURS = 4
#: What two persons have not granted by then is not granted any more.
LAPSES_AFTER = timedelta(hours=24)
LONGEST_REASON = 500
#: So many accesses on a page.
A_PAGE = 30

#: Whoever works here may ask, but for the auditor, who reads the journal and nothing else.
ASKERS = frozenset(Role) - {Role.RESIDENT, Role.AUDITOR}


class Hand(models.TextChoices):
    """The two decisions; one person never has both."""

    SECURITY = "security", _("Security administrator")
    SECOND = "second", _("Leader or desk of the county")


#: Who may decide as what: the security administrator of the area, and somebody who answers for the matters of the county.
DECIDES: dict[Hand, frozenset[Role]] = {
    Hand.SECURITY: frozenset({ADMINISTERED["emergencies"]}),
    Hand.SECOND: frozenset({Role.LEADER, Role.DESK}),
}


class State(models.TextChoices):
    """How far an access has come. Kept nowhere: it follows from the times of the row and the clock."""

    ASKED = "asked", _("Waits for two decisions")
    OPEN = "open", _("Open")
    ENDED = "ended", _("Ended")
    REFUSED = "refused", _("Not granted")
    LAPSED = "lapsed", _("Lapsed: not decided in time")


#: What it opens, to look at alone. All other addresses are closed meanwhile: what a person does by their own
#: appointments, they do after they have left it. No list is taken away, no contact and no mediation file is opened.
OPENS = frozenset(
    {
        *("desk", "map", "events:map_areas", "events:map_events", "events:show"),
        *("photo", "thumb", "film", "voice"),
    }
)
#: Of these each opening is a look of its own; a small picture is looked at with its page, a piece of the map with the map.
LOOKS = OPENS - {"thumb", "events:map_areas", "events:map_events"}
#: Addresses that are as always: leaving it, ending it, signing out, the language, and what holds nothing.
AS_ALWAYS = frozenset(
    {
        *(f"administration:{name}" for name in ("emergencies", "emergency_leave", "emergency_end")),
        *("sign_in", "sign_out", "language", "healthz", "live", "home"),
    }
)


def hands_of(scope: Scope, area: str) -> list[Hand]:
    """As what somebody may decide on an access to this area."""
    here, county = scope.roles_in(area), scope.roles_in(lineage(area)[0])
    return [hand for hand, roles in DECIDES.items() if roles & (here if hand == Hand.SECURITY else county)]


def may_ask(scope: Scope) -> bool:
    """Whether somebody may ask for an emergency access at all."""
    return scope.holds(*ASKERS)
