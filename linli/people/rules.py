"""Roles, and what the appointments of a person let them see and do."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

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

#: What is administered, and by which of the three (GB/T 22239-2019 8.1.5): no act is in two hands, and nobody holds two
#: of these roles. The desk keeps its part of the register and its field staff too; of the rest it has nothing.
ADMINISTERED: dict[str, Role] = {
    "areas": Role.SYSTEM_ADMIN,
    "categories": Role.SYSTEM_ADMIN,
    "calendar": Role.SYSTEM_ADMIN,
    "limits": Role.SYSTEM_ADMIN,
    "webhooks": Role.SYSTEM_ADMIN,
    "phones": Role.SYSTEM_ADMIN,
    "deliveries": Role.SYSTEM_ADMIN,
    "opinions": Role.SYSTEM_ADMIN,
    "persons": Role.SECURITY_ADMIN,
    "appointments": Role.SECURITY_ADMIN,
    "accounts": Role.SECURITY_ADMIN,
    "keys": Role.SECURITY_ADMIN,
    "emergencies": Role.SECURITY_ADMIN,
    "journal": Role.AUDITOR,
}

#: The three administrators: they see no matter, and hold no other role beside theirs.
ADMINISTRATORS = frozenset(ADMINISTERED.values())

#: Roles that keep the register of areas and categories.
KEEPS_REGISTER = frozenset({ADMINISTERED["areas"], Role.DESK})

#: Roles that appoint people; a desk those who work in the field and with departments.
KEEPS_APPOINTMENTS = frozenset({ADMINISTERED["appointments"], Role.DESK})


def roles_to_give(keeper: Iterable[Role]) -> list[Role]:
    """The roles that somebody who holds these may give others, in their order; only one of the three gives theirs."""
    held = frozenset(keeper)
    if not held & KEEPS_APPOINTMENTS:
        return []
    withheld = {Role.RESIDENT} if ADMINISTERED["appointments"] in held else {Role.RESIDENT, *ADMINISTRATORS}
    return [role for role in Role if role not in withheld]


def clash(role: Role, others: Iterable[Role]) -> bool:
    """Whether this role is not held together with those: an administrator holds nothing else."""
    return any(one != role and (role in ADMINISTRATORS or one in ADMINISTRATORS) for one in others)


@dataclass(frozen=True)
class Held:
    """One role held now: in which area, for which department."""

    role: Role
    area: str
    department: str | None = None


@dataclass(frozen=True)
class Lent:
    """What an emergency access opens for a time: an area with all inside it, or one matter."""

    area: str = ""
    matter: UUID | None = None


@dataclass(frozen=True)
class Scope:
    """What a person may see at one moment. Made by `people.actions.scope_of`; empty for nobody."""

    held: tuple[Held, ...] = field(default=())
    #: Read under an emergency access, which gives no role: nothing can be done with it.
    lent: Lent | None = None

    @property
    def area_codes(self) -> list[str]:
        """The outermost areas whose matters they see."""
        areas = [] if self.administers else [one.area for one in self.held if one.role in SEES_AREA]
        return outermost([*areas, self.lent.area] if self.lent and self.lent.area else areas)

    @property
    def administers(self) -> bool:
        """Whether they are one of the three, who see no matter, whatever else an old appointment says."""
        return self.holds(*ADMINISTRATORS)

    @property
    def lent_matters(self) -> list[UUID]:
        """Matters that are theirs to read one by one."""
        return [self.lent.matter] if self.lent and self.lent.matter else []

    def sees(self, area: str) -> bool:
        """Whether an appointment of theirs opens the matters of this area."""
        return any(contains(code, area) for code in self.area_codes)

    @property
    def departments(self) -> list[str]:
        """Departments they act for."""
        if self.administers:
            return []
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
