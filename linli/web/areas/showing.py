"""One area of any level: `/desk/areas/<code>`."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from linli.web.areas.sight import seen


@login_required
@require_safe
def area(request: HttpRequest, code: str) -> HttpResponse:
    """The page of an area."""
    return render(request, "web/areas/show.html", {"room": "areas", "area": seen(request, code), "now": timezone.now()})
