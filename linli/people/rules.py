"""Roles, and what the appointments of a person let them see and do."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import models
from django.utils.translation import gettext_lazy as _

from linli.areas.codes import contains, outermost
from linli.kit.refusal import NotYours


class Role(models.TextChoices):
    """The roles a person may hold in an area. `RESIDENT` is held by nobody: it is whoever holds a receipt."""

    RESIDENT = "resident", _("Resident")
    GRID_WORKER = "grid_worker", _("Grid worker")
    CADRE = "cadre", _("Village cadre")
    DESK = "desk", _("Desk")
    HANDLER = "handler", _("Department officer")
    VERIFIER = "verifier", _("Verifier")
    MEDIATOR = "mediator", _("Mediator")
    LEADER = "leader", _("Duty leader")
    AUDITOR = "auditor", _("Auditor")
    SECURITY_ADMIN = "security_admin", _("Security administrator")
    SYSTEM_ADMIN = "system_admin", _("System administrator")


#: Roles whose area opens its matters to them. A department officer sees the matters their department has a part in,
#: and the three administrators see none (separation of the three: GB/T 22239).
SEES_AREA = frozenset({Role.GRID_WORKER, Role.CADRE, Role.DESK, Role.VERIFIER, Role.LEADER})

#: Roles that keep the register of areas, people and categories.
KEEPS_REGISTER = frozenset({Role.SYSTEM_ADMIN, Role.DESK})

#: The three administrators; only a system administrator gives their roles.
ADMINISTRATORS = frozenset({Role.AUDITOR, Role.SECURITY_ADMIN, Role.SYSTEM_ADMIN})


def roles_to_give(keeper: Iterable[Role]) -> list[Role]:
    """The roles that somebody who holds these may give others, in their order; none without the register."""
    held = frozenset(keeper)
    if not held & KEEPS_REGISTER:
        return []
    withheld = {Role.RESIDENT} if Role.SYSTEM_ADMIN in held else {Role.RESIDENT, *ADMINISTRATORS}
    return [role for role in Role if role not in withheld]


@dataclass(frozen=True)
class Held:
    """One role held now: in which area, for which department."""

    role: Role
    area: str
    department: str | None = None


@dataclass(frozen=True)
class Scope:
    """What a person may see at one moment. Made by `people.actions.scope_of`; empty for nobody."""

    held: tuple[Held, ...] = field(default=())

    @property
    def area_codes(self) -> list[str]:
        """The outermost areas whose matters they see."""
        return outermost(one.area for one in self.held if one.role in SEES_AREA)

    def sees(self, area: str) -> bool:
        """Whether an appointment of theirs opens the matters of this area."""
        return any(contains(code, area) for code in self.area_codes)

    @property
    def departments(self) -> list[str]:
        """Departments they act for."""
        return sorted({one.department for one in self.held if one.role == Role.HANDLER and one.department})

    def roles_in(self, area: str) -> set[Role]:
        """The roles they hold in an area or in one that contains it, department roles left out."""
        return {one.role for one in self.held if one.role != Role.HANDLER and contains(one.area, area)}

    def holds(self, *roles: Role) -> bool:
        """Whether they hold one of these roles anywhere."""
        return any(one.role in roles for one in self.held)


def not_yours() -> NotYours:
    """No appointment of theirs includes the act."""
    return NotYours("not_yours", _("None of your appointments includes this act. Ask the desk that has the matter."))
