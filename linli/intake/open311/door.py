"""What happens around every call: its form by the suffix, keys, and every refusal in the form that was asked for."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from linli.events.rules import MAX_PHOTOS
from linli.intake import keys
from linli.intake.models import ApiKey, Purpose
from linli.intake.open311.parameters import Parameters
from linli.intake.open311.rendering import Answer, Problem, render
from linli.kit import throttle
from linli.kit.media.checking import MAX_BYTES
from linli.kit.refusal import NotYours, Refused

View = Callable[..., Answer]
#: A city's client sends in bursts after it could not reach us; this is ten a second for a minute.
_POSTS_PER_MINUTE = 600
#: As many photos as a matter may have, and the words.
_LARGEST_BODY = MAX_PHOTOS * MAX_BYTES + settings.DATA_UPLOAD_MAX_MEMORY_SIZE


def door(**methods: View) -> Callable[..., HttpResponse]:
    """A Django view of the calls by method, e.g. `door(GET=requests, POST=report)`. It takes a suffix, `xml` or `json`."""

    @csrf_exempt
    def answer(request: HttpRequest, suffix: str = "xml", **named: str) -> HttpResponse:
        reads = request.method in ("GET", "HEAD")
        view = methods.get("GET" if reads else str(request.method))
        response = render(_answer(view, request, named), suffix)
        if view is None:
            response.headers["Allow"] = ", ".join(methods)
        if reads:
            # Read by pages of other sites too; nothing here depends on who asks.
            response.headers["Access-Control-Allow-Origin"] = "*"
        if response.status_code == 429:
            response.headers["Retry-After"] = "60"
        return response

    return answer


def _answer(view: View | None, request: HttpRequest, named: dict[str, str]) -> Answer:
    try:
        if view is None:
            raise Problem(405, _("This address does not take %(method)s.") % {"method": request.method})
        if int(request.META.get("CONTENT_LENGTH") or 0) > _LARGEST_BODY:
            # Said before it is read: files would fill the disk first.
            raise RequestDataTooBig
        return view(request, **named)
    except Problem as problem:
        return problem.answer()
    except NotYours as refusal:
        return Problem(403, refusal.message).answer()
    except Refused as refusal:
        return Problem(400, refusal.message).answer()
    except RequestDataTooBig:
        return Problem(413, _("This is too much at once. Shorten the description, or send fewer photos.")).answer()
    except (SuspiciousOperation, MultiPartParserError):
        return Problem(400, _("What was sent cannot be read. Send it as a form (urlencoded or multipart).")).answer()


def key_of(sent: Parameters, at: datetime) -> ApiKey:
    """The key a call was sent with. Raises `Problem`: 403 without a valid one, 429 for too many calls with it."""
    key = keys.find(sent.text("api_key"), purpose=Purpose.OPEN311, at=at)
    if key is None:
        raise Problem(403, _("api_key is missing or not valid. Ask the county for one, see key_service in discovery."))
    if throttle.too_many(f"open311 {key.pk}", most=_POSTS_PER_MINUTE, within_s=60):
        raise Problem(429, _("Too many calls with this key within a minute. Send it again a minute later."))
    return key


@csrf_exempt
def nothing_here(request: HttpRequest, **named: str) -> HttpResponse:
    """Any other address below ours: told in the form its ending asks for, never as a page."""
    suffix = "json" if request.path.endswith(".json") else "xml"
    return _nothing(request, suffix=suffix)


def _no_such_address(request: HttpRequest) -> Answer:
    raise Problem(404, _("There is nothing at this address. discovery.xml names the addresses there are."))


_nothing: Any = door(**dict.fromkeys(("GET", "POST", "PUT", "PATCH", "DELETE"), _no_such_address))
