"""What the page of a matter says of mediation beside it: the matter knows nothing of disputes, its template asks for this."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.db.models import Q
from django.utils import timezone

from linli.areas.codes import contains, within
from linli.events.models import Event
from linli.events.rules import State as EventState
from linli.mediation.models import Dispute
from linli.mediation.rules import Door
from linli.mediation.rules import State as DisputeState
from linli.mediation.views.reaching import person_of, scope_of
from linli.mediation.views.registering import places

register = template.Library()


@dataclass(frozen=True)
class Beside:
    """The open dispute of a matter by its outline; or that one may be registered of it, by whoever reads the page."""

    number: str = ""
    state: str = ""
    state_label: Any = ""
    may_register: bool = False
    went_to_mediation: bool = False


@register.simple_tag(takes_context=True)
def beside(context: dict[str, Any], event: Event) -> Beside | None:
    """What to say of mediation on the page of this matter; None: nothing."""
    request, at = context["request"], timezone.now()
    dispute = Dispute.objects.open().filter(event=event).first()
    if dispute is not None:
        outlined = Q(within(*scope_of(request).area_codes))
        mine = Dispute.objects.visible_to(person_of(request), at).filter(pk=dispute.pk)
        if not (Dispute.objects.filter(outlined, pk=dispute.pk).exists() or mine.exists()):
            return None
        return Beside(dispute.number, dispute.state, DisputeState(dispute.state).label)
    # For events it has ended with going to mediation; for mediation it begins there.
    went = event.state == EventState.IN_MEDIATION
    if not (event.is_open or went) or not any(contains(one, event.area_id) for one in places(request, Door.EVENT, at)):
        return None
    return Beside(may_register=True, went_to_mediation=went)
