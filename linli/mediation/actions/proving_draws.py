"""Whether a draw of call-backs is as it was drawn, and from when on its lots are laid open."""

from datetime import datetime
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from linli.journal.models import Entry
from linli.mediation.actions.calling_back import drawn_again, fingerprint
from linli.mediation.models import CallBackDraw


def opens_at(draw: CallBackDraw) -> datetime | None:
    """When the time to call is over for all of them; None where none of them waits any more."""
    latest: datetime | None = draw.call_backs.filter(done_at__isnull=True).aggregate(last=Max("due_at"))["last"]
    return latest


def is_laid_open(draw: CallBackDraw, at: datetime) -> bool:
    """Whether list, seed and lots may be read: all parties were asked, or the time to ask them is over.

    Before, whoever mediated would know whom another committee is about to call.
    """
    until = opens_at(draw)
    return until is None or until <= at


def wrong_with(draw: CallBackDraw) -> list[Any]:
    """What a draw says that cannot be, recomputed from its list, its seed and the journal; nothing if it is as drawn."""
    entry = Entry.objects.filter(verb="mediation.call_backs_drawn", on_key=str(draw.pk)).first()
    if entry is None:
        return [_("The journal does not know it.")]
    facts = entry.facts
    # The journal leaves out what is nothing.
    counted = [len(draw.population), draw.call_backs.count(), draw.without_caller]
    told = [facts.get(name) or 0 for name in ("agreements", "drawn", "without_caller")]
    checks = (
        (fingerprint(draw.population) == draw.frozen == facts["frozen"], _("The list was changed.")),
        (draw.seed == facts["seed"], _("The seed was changed.")),
        (counted == told, _("The journal says another count.")),
        (_lots_are_as_drawn(draw), _("Other disputes are to be called than were drawn.")),
    )
    return [words for holds, words in checks if not holds]


def _lots_are_as_drawn(draw: CallBackDraw) -> bool:
    """Every call-back is of a lot, for the reasons of that lot; the lots without one had nobody to call them."""
    lots = {lot.key: [str(sign) for sign in lot.why] for lot in drawn_again(draw)}
    calls = dict(draw.call_backs.values_list("dispute__number", "why"))
    return all(lots.get(number) == why for number, why in calls.items()) and (
        len(lots) - len(calls) == draw.without_caller
    )
