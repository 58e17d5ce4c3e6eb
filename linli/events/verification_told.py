"""Rules of verification in words: what each asks, and what was changed by whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from linli.events import telling
from linli.events.models import ASKED, VerificationRule
from linli.events.rules import Verification
from linli.journal.models import Entry

#: So many changes of a rule are shown.
_SHOWN = 50


def asked(asks: Verification) -> list[str]:
    """What is asked, a few words each; the days for the answer last."""
    said = [
        (asks.other_unit, _("another unit verifies")),
        (asks.result_photo, _("a photo with the result")),
        (asks.check_photo, _("a photo with the verification")),
        (asks.near_m is not None, _("photos within %(m)s m of the place") % {"m": asks.near_m}),
        (asks.after_dispatch, _("photos taken after the dispatch")),
    ]
    days = ngettext("%(n)s day for the reporter's answer", "%(n)s days for the reporter's answer", asks.answer_days)
    return [words for is_asked, words in said if is_asked] + [days % {"n": asks.answer_days}]


def in_a_row(asks: Verification) -> str:
    """The same in one line."""
    return _(", ").join(asked(asks))


@dataclass(frozen=True)
class Change:
    """One change: who did what when, and what the rule asked from then on."""

    by: str
    at: datetime
    did: str
    asked: str


def history(rule: VerificationRule) -> list[Change]:
    """The changes of a rule, the newest first. One query."""
    entries = Entry.objects.filter(on_kind="verificationrule", on_key=str(rule.pk)).select_related("by").order_by("-id")
    return [Change(telling.who(one), one.at, telling.told(one), in_a_row(_asks(one.facts))) for one in entries[:_SHOWN]]


def _asks(facts: Mapping[str, Any]) -> Verification:
    return Verification(**{name: facts[name] for name in ASKED if name in facts})
