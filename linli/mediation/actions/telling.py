"""Who must be told of an act: persons, to whom a notice names the dispute by its number alone."""

from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from linli.areas.codes import lineage
from linli.kit.prepared import Prepared
from linli.mediation.models import Assignment, Body, Dispute, Mediator
from linli.people.actions import Posts
from linli.people.models import Person
from linli.people.rules import Role


def heads_of(dispute: Dispute, at: datetime) -> list[Person]:
    """The heads of the body that has it; while none has, of the nearest body around its place that has a head.

    Of what a closed body had, those of the nearest around that body.
    """
    area, day = dispute.area_id, timezone.localdate(at)
    if dispute.body_id is not None:
        found = heads_of_body(dispute.body_id, at)
        closed = None if found else Body.objects.filter(pk=dispute.body_id, closed_on__lte=day).first()
        if closed is None:
            return found
        area = closed.area_id
    around = list(Body.objects.open_on(day).above(area))
    for code in reversed(lineage(area)):
        found = [person for body in around if body.area_id == code for person in heads_of_body(body.pk, at)]
        if found:
            return found
    return []


def heads_of_body(body: int, at: datetime) -> list[Person]:
    """Who heads a body now."""
    return [one.person for one in _heads(body, timezone.localdate(at))]


def mediators_of(dispute: Dispute) -> list[Person]:
    """Whoever is asked to mediate it, or does."""
    return [one.mediator.person for one in _asked(dispute.pk)]


def keepers_and_mediators(dispute: Dispute, at: datetime) -> list[Person]:
    """Both, each once."""
    return list({person.pk: person for person in [*mediators_of(dispute), *heads_of(dispute, at)]}.values())


def around(dispute: Dispute, at: datetime) -> list[Person]:
    """The desk and the duty leader on duty for the place, who must know when it may turn violent."""
    posts = Posts(dispute.area_id, at, Role.DESK, Role.LEADER)
    return [turn.person for role in (Role.DESK, Role.LEADER) for turn in posts.on_duty(role)]


# Asked in almost every act.
@Prepared
def _heads(body: int, day: date) -> QuerySet[Mediator]:
    return Mediator.objects.serving_on(day).heads().filter(body=body).select_related("person")


@Prepared
def _asked(dispute: UUID) -> QuerySet[Assignment]:
    return Assignment.objects.in_force().filter(dispute=dispute).select_related("mediator__person")[:1]
