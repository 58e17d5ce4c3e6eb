"""The list of supervised matters 挂牌督办: `/desk/supervised/`."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from linli.events import actions
from linli.events.models import Event


@login_required
@require_safe
def supervised(request: HttpRequest) -> HttpResponse:
    """The supervised matters in sight, the first due first."""
    rows = actions.open_supervisions(Event.objects.visible_to(request.scope))  # type: ignore[attr-defined]
    return render(request, "events/supervised.html", {"rows": rows, "now": timezone.now(), "room": "supervised"})
