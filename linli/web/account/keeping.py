"""Around every page: the session of whoever uses it goes on; whoever has come to need a second factor is led to set it up."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from linli.accounts.actions import note_seen
from linli.people.signing_in import person_of
from linli.web.account import pending, timing
from linli.web.account.needing import needs_factor

Answer = Callable[[HttpRequest], HttpResponse]
#: The app on phones asks by itself, whoever holds it. A wall has nobody before it, and stays on to its end.
_BY_ITSELF = ("/m/", "/live", "/healthz")


def kept_while_used(get_response: Answer) -> Answer:
    """Move the end of a session that is used; once a minute, and not for what pages ask by themselves."""

    def answer(request: HttpRequest) -> HttpResponse:
        at = timezone.now()
        if not timing.is_to_note(request.session, at) or _asks_by_itself(request):
            return get_response(request)
        if _needs_more(request):
            return pending.lead_to_set_up(request)
        note_seen(str(request.session.session_key), at=at, ends_at=timing.go_on(request.session, at))
        return get_response(request)

    return answer


def _needs_more(request: HttpRequest) -> bool:
    """Signed in by password alone, and appointed since to what needs a second factor."""
    if request.session.get(pending.FACTOR) or request.path == reverse("sign_out"):
        return False
    return request.user.is_authenticated and needs_factor(person_of(request), timezone.now())


def _asks_by_itself(request: HttpRequest) -> bool:
    is_of_app = request.path.startswith(_BY_ITSELF) and request.headers.get("Sec-Fetch-Mode") != "navigate"
    return is_of_app or "X-By-Itself" in request.headers
