"""`/healthz`: whether this server can do its work now, that is: commit; and `/live`. The front answers both itself."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from linli.kit.health import trouble


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 `ok`, or 503 with a word for the cause: `store`, `read-only`, `disk`."""
    found = trouble()
    return HttpResponse(f"{found or 'ok'}\n", status=503 if found else 200, content_type="text/plain")


@never_cache
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """Nothing to listen to without the front: 204, and the page goes on as it is."""
    return HttpResponse(status=204)
