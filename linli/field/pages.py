"""The app itself as a phone gets it: its one page, its service worker and what puts it on the first screen of the phone.

Nothing in them is anybody's: a phone keeps them for whoever holds it next.
"""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

#: Sides of the icons in pixels, each plain and with the room around it that phones cut away ("maskable").
ICONS = (192, 512)
_YEAR_S = 365 * 86400


@require_safe
def shell(request: HttpRequest) -> HttpResponse:
    """The one page of the staff's app."""
    return _shell(request, "staff")


@require_safe
def public_shell(request: HttpRequest) -> HttpResponse:
    """The same for residents, who need no account."""
    return _shell(request, "public")


def _shell(request: HttpRequest, door: str) -> HttpResponse:
    """In the language of the reader. One that the address names is remembered: so the phone says which it was set to."""
    page = render(request, "field/shell.html", {"door": door})
    wanted = request.GET.get("language", "")
    if wanted in {code for code, _name in settings.LANGUAGES}:
        cookie, secure = settings.LANGUAGE_COOKIE_NAME, settings.SESSION_COOKIE_SECURE
        page.set_cookie(cookie, wanted, max_age=_YEAR_S, samesite="Lax", httponly=True, secure=secure)
    return page


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker: a script at an address above the static files, so that it looks after all of `/m/`."""
    script = render(request, "field/sw.js", content_type="text/javascript; charset=utf-8")
    script.headers["Cache-Control"] = "no-cache"
    return script


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """What a phone needs to put the app on its first screen."""
    told: dict[str, Any] = {
        "id": "/m/",
        "name": _("linli, in the field"),
        "short_name": _("linli"),
        "lang": request.LANGUAGE_CODE,  # type: ignore[attr-defined]
        "start_url": "/m/",
        "scope": "/m/",
        "display": "standalone",
        "background_color": "#f4f6f5",
        "theme_color": "#07514d",
        "icons": [
            {
                "src": static(f"field/icons/{side}{mark}.png"),
                "sizes": f"{side}x{side}",
                "type": "image/png",
                "purpose": purpose,
            }
            for side in ICONS
            for mark, purpose in (("", "any"), ("-maskable", "maskable"))
        ],
    }
    answer = JsonResponse(told, content_type="application/manifest+json")
    answer.headers["Cache-Control"] = "no-cache"
    return answer
