"""An address that only takes what a form sends, opened like a page.

So it is opened by whoever signs in again after a form was sent too late, or changes the language beside a form that was
refused. They are led to the page above it, and told that nothing is certain to be saved.
"""

from collections.abc import Callable, Iterator

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import is_valid_path
from django.utils.translation import gettext as _

Answer = Callable[[HttpRequest], HttpResponse]


def led_to_the_page(get_response: Answer) -> Answer:
    """For browsers alone: a program is told which methods there are."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if not isinstance(response, HttpResponseNotAllowed) or not _wants_a_page(request):
            return response
        if request.user.is_authenticated:
            words = _("What you sent last may not have been saved. Look here, and send it again if it is missing.")
            messages.warning(request, words)
        return redirect(next(_pages_above(request.path)))

    return answer


def _wants_a_page(request: HttpRequest) -> bool:
    return request.method == "GET" and "text/html" in request.headers.get("Accept", "")


def _pages_above(path: str) -> Iterator[str]:
    """Of `/desk/events/…/conversation` that is `/desk/events/…/`; the last is the front page, which always is one."""
    parts = path.strip("/").split("/")
    for length in range(len(parts) - 1, 0, -1):
        above = "/" + "/".join(parts[:length])
        yield from (page for page in (f"{above}/", above) if is_valid_path(page))
    yield "/"
