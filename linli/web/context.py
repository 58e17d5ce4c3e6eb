"""What every page shows around its content."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from linli.areas.models import Area
from linli.desk.shifts.views import late_handovers
from linli.journal import following
from linli.journal.models import Notice
from linli.web import rooms

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
    may = rooms.offers(request.scope, user)  # type: ignore[attr-defined]
    return common | {
        "unread": lambda: _unread(user),
        "works_in": lambda: _works_in(request),
        "may": may,
        "menu_rooms": lambda: rooms.offered(may),
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
