"""What people read when a page has failed: whoever keeps this machine can mend a full disk or a store that is away, if told."""

import sys

from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import loader
from django.utils.translation import gettext as _

from linli.kit.full_disk import is_full
from linli.kit.health import trouble

#: By cause: the status, and the page in both languages, which asks nothing of the store.
_PAGES = {"disk_full": (507, "507.html"), "store_away": (503, "503.html"), "failed": (500, "500.html")}


def failed(request: HttpRequest) -> HttpResponse:
    """Answer what nobody has caught, wherever it arose; Django has logged it."""
    code = _cause(sys.exc_info()[1])
    status, page = _PAGES[code]
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"error": {"code": code, "message": _sentence(code)}}, status=status)
    answer = HttpResponse(loader.get_template(page).render(), status=status)
    if code == "store_away":
        answer.headers["Retry-After"] = "10"
    return answer


def _cause(error: BaseException | None) -> str:
    if is_full(error):
        return "disk_full"
    # Only what came from the store is a reason to ask it again.
    is_of_store = isinstance(error, DatabaseError | InterfaceError)
    return "store_away" if is_of_store and trouble() == "store" else "failed"


def _sentence(code: str) -> str:
    if code == "disk_full":
        return _("The disk of the server is full; nothing was saved. Tell the administrator, and try again afterwards.")
    if code == "store_away":
        return _("The database is away; nothing was saved. Try again in a minute.")
    return _("Something went wrong; nothing was saved. Try again in a moment.")
