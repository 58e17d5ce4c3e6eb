"""The papers a party may take from its own page. Each leaves by an act that stands among the looks at the file."""

from typing import Any
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from linli.kit.papers.asking import available
from linli.kit.refusal import Refused
from linli.kit.throttle import too_many
from linli.mediation.actions import filing
from linli.mediation.models import Party
from linli.mediation.public.doors import by_link, other_languages
from linli.mediation.public.reading import Own

_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
#: Setting a paper takes seconds of a processor.
_AN_HOUR = 30


@require_safe
@by_link
def index(request: HttpRequest, party: Party, token: str) -> HttpResponse:
    """The papers there are."""
    return _page(request, party, token)


def _page(request: HttpRequest, party: Party, token: str, status: int = 200, **more: Any) -> HttpResponse:
    context = {
        "own": Own(party, timezone.now()),
        "token": token,
        "languages": other_languages(),
        "papers": filing.papers_for(party) if available() else [],
        "are_made": available(),
        **more,
    }
    return render(request, "mediation/public/papers.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@by_link
def take(request: HttpRequest, party: Party, token: str, what: str, kind: str) -> HttpResponse:
    """One paper as a file. Asked for without the form, the page with the form answers."""
    if kind not in _TYPES:
        raise Http404
    if request.method != "POST":
        return _page(request, party, token)
    if too_many(f"papers {party.pk}", most=_AN_HOUR, within_s=3600):
        return _page(request, party, token, 429, slowed=True)
    try:
        made = filing.export_for_party(party, what=what, at=timezone.now())
    except Refused as refusal:
        return _page(request, party, token, refusal.status, problem=refusal.message)
    response = HttpResponse(made.pdf if kind == "pdf" else made.docx, content_type=_TYPES[kind])
    name = f"{party.dispute.number}-{what}.{kind}"
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response
