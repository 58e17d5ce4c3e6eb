"""The rooms of the desk: who is offered which, in the order of the menu. The first is where somebody lands after signing in."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from linli.areas.codes import lineage
from linli.mediation.models import Mediator
from linli.people.actions import scope_of
from linli.people.models import Person
from linli.people.rules import ADMINISTERED, KEEPS_REGISTER, Role, Scope


@dataclass(frozen=True)
class Room:
    """A line of the menu: `may` are the words of `offers` of which one is enough, `marks` what the room's pages call themselves.

    `seldom` are words too: whoever has one of them finds it on a telephone in the menu of their name alone.
    """

    address: str
    icon: str
    label: Promise
    may: tuple[str, ...]
    marks: tuple[str, ...]
    seldom: tuple[str, ...] = ()


ROOMS: tuple[Room, ...] = (
    Room("desk", "inbox", _("Matters"), ("see_matters",), ("queue",)),
    Room("events:new", "square-pen", _("New report"), ("report",), ("new",)),
    Room("events:call", "phone", _("Hotline"), ("report",), ("call",), seldom=("report",)),
    Room("map", "map", _("Map"), ("see_matters",), ("map",)),
    Room("areas", "map-pinned", _("Areas"), ("see_areas", "keep_register"), ("areas",)),
    Room("statistics:mine", "chart-column", _("Figures"), ("see_figures",), ("statistics",)),
    Room("wall:mine", "monitor", _("Wall"), ("see_areas",), ("wall",), seldom=("see_areas",)),
    Room(
        *("events:supervised", "gavel", _("Watched"), ("see_areas",)),
        marks=("supervised", "deferred", "reinspections"),
        seldom=("see_areas",),
    ),
    Room("mediation:list", "handshake", _("Mediation"), ("mediate",), ("mediation",), seldom=("see_areas",)),
    Room("audit:search", "scroll-text", _("Audit"), ("audit",), ("audit",)),
    Room("privacy:requests", "shield-check", _("Privacy"), ("privacy",), ("privacy",)),
    Room("administration:persons", "users", _("Persons"), ("keep_persons",), ("persons",)),
    Room("intake:keys", "key-round", _("Keys"), ("keep_keys",), ("keys",)),
    Room("administration:emergencies", "siren", _("Emergencies"), ("see_emergencies",), ("emergency",)),
    Room("intake:index", "archive", _("Set aside"), ("desk",), ("intake",), seldom=("desk",)),
    Room("webhooks:index", "cable", _("Webhooks"), ("keep_webhooks",), ("webhooks",), seldom=("keep_webhooks",)),
    Room("bulk:index", "upload", _("Import"), ("bring_in",), ("import",), seldom=("bring_in",)),
    Room(
        *("categories", "book-open", _("Rules"), ("see_rules",)),
        marks=("categories", "duties", "calendar", "limits", "texts", "macros", "verification"),
        seldom=("see_rules",),
    ),
)


def offers(scope: Scope, person: AbstractBaseUser | AnonymousUser) -> dict[str, Callable[[], bool]]:
    """What the menu asks, each answered when it is asked; the rooms themselves decide who comes in."""
    held: Callable[..., Callable[[], bool]] = lambda *roles: lambda: scope.holds(*roles)  # noqa: E731
    areas = (Role.GRID_WORKER, Role.CADRE, Role.DESK, Role.VERIFIER, Role.LEADER)
    return {
        "see_matters": lambda: scope.lent is not None or not (scope.administers or _only_mediates(scope, person)),
        "see_rules": lambda: scope.lent is None,
        "report": held(*areas),
        "see_areas": held(*areas),
        "see_figures": held(*areas, Role.HANDLER),
        "keep_register": held(*KEEPS_REGISTER),
        "desk": held(Role.DESK),
        "keep_webhooks": held(Role.SYSTEM_ADMIN),
        "bring_in": lambda: _holds_the_top(scope),
        "audit": held(Role.AUDITOR),
        "privacy": held(Role.SECURITY_ADMIN),
        "keep_persons": held(ADMINISTERED["persons"]),
        "keep_keys": held(ADMINISTERED["keys"]),
        "see_emergencies": held(ADMINISTERED["emergencies"], ADMINISTERED["journal"]),
        # Whoever keeps the register enters who mediates there, and sets the terms.
        "mediate": lambda: _mediates(scope, person, (*areas, *KEEPS_REGISTER)),
    }


def offered(may: dict[str, Callable[[], bool]]) -> list[dict[str, Any]]:
    """The rooms of the menu, as the template draws them."""
    return [
        {"room": room, "is_seldom": any(may[word]() for word in room.seldom)}
        for room in ROOMS
        if any(may[word]() for word in room.may)
    ]


def first_room(person: Person) -> str:
    """The name of the address where somebody lands who asked for no page: the first room they are offered."""
    may = offers(scope_of(person, timezone.now()), person)
    return next((room.address for room in ROOMS if any(may[word]() for word in room.may)), "account")


def _mediates(scope: Scope, person: AbstractBaseUser | AnonymousUser, roles: tuple[Role, ...]) -> bool:
    """Whoever holds one of these, is appointed to mediate, or serves in a mediation body."""
    if scope.holds(*roles, Role.MEDIATOR):
        return True
    serving = Mediator.objects.serving_on(timezone.localdate())
    return serving.filter(person=person).exists()  # type: ignore[misc]


def _only_mediates(scope: Scope, person: AbstractBaseUser | AnonymousUser) -> bool:
    """Whoever has disputes and no matters: no area and no department of theirs opens any."""
    return not (scope.area_codes or scope.departments) and _mediates(scope, person, ())


def _holds_the_top(scope: Scope) -> bool:
    """The county desk and the system administrator, who bring in tables."""
    return any(one.role in (Role.DESK, Role.SYSTEM_ADMIN) and lineage(one.area)[0] == one.area for one in scope.held)
