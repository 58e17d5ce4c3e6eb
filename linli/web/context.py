"""What every page shows around its content."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from linli.areas.codes import lineage
from linli.areas.models import Area
from linli.desk.shifts.views import late_handovers
from linli.journal import following
from linli.journal.models import Notice
from linli.mediation.models import Mediator
from linli.people.rules import ADMINISTERED, KEEPS_REGISTER, Role

#: More unread notices than this are shown as "99+".
_COUNTED = 100


def page(request: HttpRequest) -> dict[str, Any]:
    """Unread notices, where the person works, and the marks every map and page must carry."""
    common = {
        "approval_number": settings.MAP_APPROVAL_NUMBER,
        "language": getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE),
        "is_demo_home": _is_demo,
        "type_size": request.COOKIES.get("linli_type", ""),
    }
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return common
    return common | {
        "unread": lambda: _unread(user),
        "works_in": lambda: _works_in(request),
        "may": _may(request),
        "late_handovers": lambda: late_handovers(request.scope, timezone.now()),  # type: ignore[attr-defined]
        # From here on the page listens. What it shows was read before; views that show more than notices say an earlier place.
        "live_after": lambda: following.spelled(following.place()),
    }


def _is_demo() -> bool:
    return Area.objects.filter(parent__isnull=True, is_demo=True).exists()


def _unread(user: Any) -> int:
    return Notice.objects.filter(person_id=user.pk, read_at__isnull=True)[:_COUNTED].count()


def _works_in(request: HttpRequest) -> list[Area]:
    return list(Area.objects.filter(pk__in=request.scope.area_codes[:5]))  # type: ignore[attr-defined]


def _may(request: HttpRequest) -> dict[str, Any]:
    """Which rooms the navigation offers; the rooms themselves decide who comes in."""
    held = lambda *roles: lambda: request.scope.holds(*roles)  # type: ignore[attr-defined]  # noqa: E731
    areas = (Role.GRID_WORKER, Role.CADRE, Role.DESK, Role.VERIFIER, Role.LEADER)
    return {
        "see_matters": lambda: request.scope.lent is not None or not request.scope.administers,  # type: ignore[attr-defined]
        "report": held(*areas),
        "see_areas": held(*areas),
        "see_figures": held(*areas, Role.HANDLER),
        "keep_register": held(*KEEPS_REGISTER),
        "desk": held(Role.DESK),
        "keep_webhooks": held(Role.SYSTEM_ADMIN),
        "bring_in": lambda: _holds_the_top(request),
        "audit": held(Role.AUDITOR),
        "privacy": held(Role.SECURITY_ADMIN),
        "keep_persons": held(ADMINISTERED["persons"]),
        "keep_keys": held(ADMINISTERED["keys"]),
        "see_emergencies": held(ADMINISTERED["emergencies"], ADMINISTERED["journal"]),
        # Whoever keeps the register enters who mediates there, and sets the terms.
        "mediate": lambda: _mediates(request, (*areas, *KEEPS_REGISTER)),
    }


def _mediates(request: HttpRequest, roles: tuple[Role, ...]) -> bool:
    """Whoever holds one of these, is appointed to mediate, or serves in a mediation body."""
    if request.scope.holds(*roles, Role.MEDIATOR):  # type: ignore[attr-defined]
        return True
    serving = Mediator.objects.serving_on(timezone.localdate())
    return serving.filter(person=request.user).exists()  # type: ignore[misc]


def _holds_the_top(request: HttpRequest) -> bool:
    """The county desk and the system administrator, who bring in tables."""
    held = request.scope.held  # type: ignore[attr-defined]
    return any(one.role in (Role.DESK, Role.SYSTEM_ADMIN) and lineage(one.area)[0] == one.area for one in held)
