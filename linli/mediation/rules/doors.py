"""Who may register a dispute through which door, beside the mediators of the bodies around its place."""

from linli.mediation.rules.kinds import Door
from linli.people.rules import Role

R = Role
#: The application online comes from a resident: nobody here enters it for them.
REGISTERS: dict[str, frozenset[Role]] = {
    Door.EVENT: frozenset({R.CADRE, R.DESK, R.MEDIATOR}),
    Door.WINDOW: frozenset({R.CADRE, R.DESK, R.MEDIATOR}),
    Door.PHONE: frozenset({R.CADRE, R.DESK, R.MEDIATOR}),
    Door.TRANSFER: frozenset({R.DESK, R.MEDIATOR}),
    Door.EARLY: frozenset({R.GRID_WORKER, R.CADRE, R.DESK, R.MEDIATOR}),
    Door.ONLINE: frozenset(),
}
