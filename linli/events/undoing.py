"""Taking a step back: what was done, in words, with the step beside it that leads back where the course has one."""

from datetime import datetime

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from linli.events import actions
from linli.events.forms import ACTS
from linli.events.models import Event
from linli.people.models import Person
from linli.people.rules import Scope

#: The step that leads back, by the one that was taken. Of all others nothing leads back but a new step with its own reason.
LEADS_BACK: dict[str, str] = {
    "defer": "resume",
    "merge": "separate",
    "supervise": "end_supervision",
    "whistle": "end_whistle",
    "reject": "reopen",
    "void": "reopen",
    "refer_out": "reopen",
    "to_mediation": "reopen",
    "close": "reopen",
}


def done(event: Event, step: str, by: Person, at: datetime, scope: Scope) -> str:
    """What was done, and a link to the step that leads back if it is open to whoever did it."""
    said = _("Done: %(act)s") % {"act": ACTS[step].label}
    back = LEADS_BACK.get(step)
    if back is None or back not in actions.steps_for(event, by, at, scope):
        return said
    address = reverse("events:act", args=[event.pk, back])
    return format_html('{} <a href="{}">{}: {}</a>', said, address, _("Undo"), ACTS[back].label)
