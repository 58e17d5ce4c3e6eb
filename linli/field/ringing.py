"""`/m/push`: whether the app on this phone rings when there is news, switched on and off by whoever holds it.

A browser is known by its subscription alone, as its push service made it. What is pushed says a sentence and a number, never a
name or a place (docs/notices.md); its link leads into the app.
"""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import msgspec
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from linli.field.answering import for_staff, refusal
from linli.kit.refusal import BadInput, Refused
from linli.kit.throttle import too_many
from linli.notices import actions
from linli.notices.sending.push import public_key
from linli.people.models import Person
from linli.people.rules import Scope

_LONGEST, _MOST_BYTES = 1000, 4096
#: Acts of one person in a quarter of an hour; a phone asks once when its holder looks.
_MOST, _WITHIN_S = 60, 900


class NoToken(Refused):
    """Sent without the token of a phone (HTTP 401)."""

    status = 401


class Browser(msgspec.Struct, frozen=True):
    """A subscription as a browser tells it, and the number of the app on this phone."""

    endpoint: str
    p256dh: str
    auth: str
    installation: UUID


@require_safe
def key(request: HttpRequest) -> HttpResponse:
    """The public key of this home, which a browser wants to know before it subscribes."""
    return JsonResponse({"key": public_key()})


@csrf_exempt
@require_POST
def act(request: HttpRequest, act: str) -> HttpResponse:
    """`known`, `on` or `off`; the answer says whether it rings now: `{"is_on"}`.

    By the token of the phone and never by a session: no other site can send that, so that no form's token is needed.
    """
    if act not in ACTS:
        raise Http404
    if not request.headers.get("Authorization"):
        return refusal(NoToken("sign_in_again", _("Sign in first. What is on this phone stays on it.")))
    return _of_holder(act)(request)


def _of_holder(name: str) -> Callable[[HttpRequest], HttpResponse]:
    @for_staff
    def answer(request: HttpRequest, person: Person, _scope: Scope) -> HttpResponse:
        try:
            if too_many(f"field push {person.pk}", most=_MOST, within_s=_WITHIN_S):
                raise Refused("too_often", _("Too many tries. Wait a quarter of an hour."))
            return JsonResponse({"is_on": ACTS[name](person, _read(request.body), timezone.now())})
        except Refused as refused:
            return refusal(refused)

    return answer


def _read(body: bytes) -> Browser:
    """Raises `BadInput`."""
    try:
        browser = msgspec.json.decode(body[:_MOST_BYTES], type=Browser)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        browser = None
    if browser is None or max(map(len, (browser.endpoint, browser.p256dh, browser.auth))) > _LONGEST:
        raise BadInput(
            "bad_subscription", _("The browser sent no usable subscription. Refresh the page and try again.")
        )
    return browser


def _known(person: Person, browser: Browser, _at: datetime) -> bool:
    return actions.rings(person, endpoint=browser.endpoint, p256dh=browser.p256dh, auth=browser.auth)


def _on(person: Person, browser: Browser, at: datetime) -> bool:
    actions.add_browser(
        person,
        endpoint=browser.endpoint,
        p256dh=browser.p256dh,
        auth=browser.auth,
        at=at,
        name=_("Field app"),
        installation=browser.installation,
    )
    return True


def _off(person: Person, browser: Browser, at: datetime) -> bool:
    actions.close_installation(person, browser.installation, at=at)
    return _known(person, browser, at)


ACTS: dict[str, Callable[[Person, Browser, datetime], bool]] = {"known": _known, "on": _on, "off": _off}
