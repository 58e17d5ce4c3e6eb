"""Who looks at a wall: somebody signed in who may see its area, or a screen that shows just this one."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from linli.areas.models import Area
from linli.statistics.sight import area_in_sight
from linli.wall import screens
from linli.wall.models import Screen

#: The token of the screen that this browser is.
COOKIE = "linli_screen"
#: The home decides when a screen ends; browsers keep nothing longer than this.
_KEPT_S = 400 * 86400


@dataclass(frozen=True)
class Watched:
    """The area whose wall is looked at; `screen`: nobody is signed in, and this one shows it."""

    area: Area
    screen: Screen | None = None


Watching = Callable[[HttpRequest, Watched], HttpResponse]


def for_watchers(view: Watching) -> Callable[[HttpRequest, str], HttpResponse]:
    """A door of the wall with this code. Who may see neither it nor its area is told 404, and asked to sign in who is nobody."""

    @wraps(view)
    def answer(request: HttpRequest, code: str) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, Watched(area_in_sight(request, code)))
        screen = screen_of(request)
        if screen is None:
            return redirect_to_login(request.get_full_path())
        if screen.area_id != code:
            raise Http404
        return view(request, Watched(screen.area, screen))

    return answer


def token_of(request: HttpRequest) -> str:
    """The token this browser sends; empty: it is no screen, or was none yet."""
    return request.COOKIES.get(COOKIE, "")


def screen_of(request: HttpRequest) -> Screen | None:
    """The screen this browser is, as long as it may show anything."""
    token = token_of(request)
    return screens.find(token, timezone.now()) if token else None


def keep(answer: HttpResponse, token: str) -> HttpResponse:
    """This browser is a screen from now on."""
    answer.set_cookie(
        COOKIE, token, max_age=_KEPT_S, samesite="Lax", httponly=True, secure=settings.SESSION_COOKIE_SECURE
    )
    return answer
