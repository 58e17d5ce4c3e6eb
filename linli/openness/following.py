"""The doors for whoever follows an area by mail: asking for it, and the page behind the link of a letter."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from linli.kit.refusal import BadInput
from linli.kit.senders import sender
from linli.kit.throttle import too_many
from linli.openness import actions, letters
from linli.openness.feeds import in_language
from linli.openness.models import Subscription
from linli.openness.reading import public_categories
from linli.openness.rules import MOST_CATEGORIES, MOST_REQUESTS
from linli.openness.views import area_or_404, languages


@csrf_exempt
@require_POST
def follow(request: HttpRequest, code: str) -> HttpResponse:
    """Ask to be written to. The page it comes from is one for everybody and holds no token of a form; nothing of a session
    is used here. The answer is the same whether the address was known or not.
    """
    area = area_or_404(code)
    if not letters.are_sent():
        raise Http404
    sent = request.POST
    # Whatever a program fills into the field people do not see is not kept, and it is not told so.
    if sent.get("website"):
        return _page(request, area=area, said="asked")
    if too_many(f"follow {sender(request)}", most=MOST_REQUESTS, within_s=3600):
        problem = _("Many came from here within the hour. Wait a while, then send it again.")
        return _page(request, status=429, area=area, problem=problem)
    wish = {"address": sent.get("address", ""), "pace": sent.get("pace", "")}
    categories = [code[:20].replace("\0", "") for code in sent.getlist("category")[:MOST_CATEGORIES]]
    language = get_language() or ""
    try:
        actions.ask(area=area, categories=categories, language=language, at=timezone.now(), **wish)
    except BadInput as refusal:
        return _page(request, status=422, area=area, problem=refusal.message)
    return _page(request, area=area, said="asked")


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def letter(request: HttpRequest, token: str) -> HttpResponse:
    """Confirm, look, stop. Who has the link has the mailbox; a look changes nothing, since programs look at every link."""
    key = actions.key_in(token)
    if key is None:
        return _page(request, status=404, said="unknown")
    subscription = Subscription.objects.select_related("area").filter(pk=key).first()
    if subscription is None:
        # Stopped before: to a mail program that says so once more it is done.
        return _page(request, status=200 if request.method == "POST" else 404, said="gone")
    act = request.POST.get("act", "")
    if act == "stop" or "List-Unsubscribe" in request.POST:
        actions.stop(subscription)
        return _page(request, area=subscription.area, said="gone")
    if act == "confirm":
        actions.confirm(subscription, at=timezone.now())
    names = [str(one) for one in public_categories(subscription.categories)] if subscription.categories else []
    return _page(request, area=subscription.area, said="shown", subscription=subscription, categories=names)


def _page(request: HttpRequest, *, status: int = 200, **context: Any) -> HttpResponse:
    # The page behind a link can be asked for again in another language; an answer to a form cannot.
    others = languages(request.path, "") if request.method == "GET" else []
    spoken = {"languages": others, "language_query": in_language()}
    response = render(request, "openness/letter.html", context | spoken, status=status)
    patch_cache_control(response, no_store=True)
    # The link is a key.
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
