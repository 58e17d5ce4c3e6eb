"""Who needs a second factor: whoever administers, or sees what is sealed, once others than this machine reach this home."""

from datetime import datetime

from django.conf import settings
from django.utils import timezone

from linli.accounts.rules import NEED_FACTOR
from linli.mediation.models import Mediator
from linli.people.actions import scope_of
from linli.people.models import Person


def needs_factor(person: Person, at: datetime) -> bool:
    """Whether a password alone does not let them in. Heads and members of mediation bodies open disputes too."""
    if not settings.HOSTS:
        return False
    return settings.SECOND_FACTOR == "all" or opens_sealed(person, at)


def opens_sealed(person: Person, at: datetime) -> bool:
    """Whether they administer, or see what is sealed, in whatever home."""
    if scope_of(person, at).holds(*NEED_FACTOR):
        return True
    return Mediator.objects.serving_on(timezone.localdate(at)).filter(person=person).exists()
