"""The JSON below `/m/`: what one phone keeps at hand for its holder."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from linli.field.answering import for_staff, told
from linli.field.grid import grid_for
from linli.field.reference import reference_for, reference_for_everybody
from linli.field.tasks import tasks_for
from linli.people.models import Person
from linli.people.rules import Scope


@require_safe
@for_staff
def reference(request: HttpRequest, person: Person, scope: Scope) -> HttpResponse:
    """What changes seldom: the ground, who is on duty, the categories and which of them are likely where and when."""
    return told(request, reference_for(person, scope, timezone.now()))


@require_safe
def reference_public(request: HttpRequest) -> HttpResponse:
    """Of it what a resident's phone needs: no people, and outlines of townships only."""
    return told(request, reference_for_everybody(timezone.now()))


@require_safe
@for_staff
def tasks(request: HttpRequest, person: Person, scope: Scope) -> HttpResponse:
    """What waits for this person, with its clock and the steps open to them."""
    return told(request, tasks_for(person, scope, timezone.now()))


@require_safe
@for_staff
def grid(request: HttpRequest, person: Person, scope: Scope) -> HttpResponse:
    """What is open in this person's grids, and what they were told."""
    return told(request, grid_for(person, scope, timezone.now()))
