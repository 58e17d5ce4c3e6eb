"""What a step will do, in one sentence before it is done: 「派遣给城管局，3个工作日内，截至12月3日 17:30」."""

from collections.abc import Callable
from datetime import datetime
from functools import reduce
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from linli.desk.taking import Outlook
from linli.events.forms import ACTS
from linli.events.rules import ReferredTo, Severity, Urgency


def sentence(outlook: Outlook) -> str:
    """What would happen; of a step that is refused, why not, in the refusal's own words."""
    if outlook.refusal is not None:
        return outlook.refusal.message
    assert outlook.planned is not None
    say = _SAYS.get(outlook.planned.step, _plain)
    said = [one for one in say(outlook) if one]
    return reduce(lambda first, rest: _("%(first)s, %(rest)s") % {"first": first, "rest": rest}, said)


def until_of(outlook: Outlook) -> datetime | None:
    """When the promise, or the lead's own limit, runs out after a step; None where no clock runs."""
    after = outlook.after
    if after is None or not after.is_open or after.paused_at is not None:
        return None
    return outlook.lead_until or after.due_at


def moment(at: datetime | None) -> str:
    """A moment as people write it; the year only where it is another."""
    if at is None:
        return ""
    local = timezone.localtime(at)
    is_english = (get_language() or "").startswith("en")
    this_year = local.year == timezone.localdate().year
    if is_english:
        return date_format(local, "j M, H:i" if this_year else "j M Y, H:i")
    return date_format(local, "n月j日 H:i" if this_year else "Y年n月j日 H:i")


def _step(outlook: Outlook) -> str:
    return outlook.planned.step if outlook.planned else ""


def _until(outlook: Outlook) -> str:
    at = until_of(outlook)
    return _("until %(moment)s") % {"moment": moment(at)} if at else ""


def _plain(outlook: Outlook) -> list[str]:
    return [str(ACTS[_step(outlook)].label), *_words(outlook)]


def _words(outlook: Outlook) -> list[str]:
    text = str(outlook.cleaned.get("text") or "").strip()
    return [_("“%(words)s”") % {"words": text if len(text) <= 60 else f"{text[:59]}…"}] if text else []


def _dispatch(outlook: Outlook) -> list[str]:
    clean, days = outlook.cleaned, outlook.cleaned.get("days")
    others = str(_(", ")).join(str(one) for one in clean.get("co_handlers", []) if one != clean["lead"])
    return [
        _("Dispatch to %(department)s") % {"department": clean["lead"]},
        ngettext("within %(n)s working day", "within %(n)s working days", days) % {"n": days} if days else "",
        _until(outlook),
        _("together with %(departments)s") % {"departments": others} if others else "",
        *_words(outlook),
    ]


def _class(outlook: Outlook) -> list[str]:
    after = outlook.after
    assert after is not None
    grades = [
        label
        for name, choices in (("severity", Severity), ("urgency", Urgency))
        if outlook.planned and outlook.planned.fields.get(name)
        for value, label in choices.choices
        if value == getattr(after, name)
    ]
    label = str(ACTS[_step(outlook)].label)
    return [label, str(after.category or ""), *map(str, grades), _until(outlook), *_words(outlook)]


def _day(name: str) -> Callable[[Outlook], list[str]]:
    def say(outlook: Outlook) -> list[str]:
        day = outlook.cleaned[name]
        who = outlook.cleaned.get("supervisor")
        is_english = (get_language() or "").startswith("en")
        return [
            str(ACTS[_step(outlook)].label),
            f"{_('Supervisor')} {who}" if who else "",
            _("until %(moment)s") % {"moment": date_format(day, "j M Y" if is_english else "Y年n月j日")},
            *_words(outlook),
        ]

    return say


def _merge(outlook: Outlook) -> list[str]:
    return [_("Merge into %(number)s") % {"number": outlook.cleaned["into"]}, *_words(outlook)]


def _refer(outlook: Outlook) -> list[str]:
    to = dict(ReferredTo.choices)[outlook.cleaned["to"]]
    return [_("Refer to %(place)s") % {"place": to}, *_words(outlook)]


def _one(name: str, words: Any) -> Callable[[Outlook], list[str]]:
    return lambda outlook: [
        str(ACTS[_step(outlook)].label),
        str(outlook.cleaned.get(name) or words),
        *_words(outlook),
    ]


def _whistle(outlook: Outlook) -> list[str]:
    called = str(_(", ")).join(str(one) for one in outlook.cleaned["departments"])
    by = _("until %(moment)s") % {"moment": moment(outlook.cleaned["be_there_by"])}
    return [f"{ACTS['whistle'].label} {called}".strip(), outlook.cleaned["place"], by, *_words(outlook)]


_SAYS: dict[str, Callable[[Outlook], list[str]]] = {
    "dispatch": _dispatch,
    "accept": _class,
    "classify": _class,
    "defer": _day("review_on"),
    "ask_extension": _day("until"),
    "supervise": _day("due_on"),
    "merge": _merge,
    "refer_out": _refer,
    "settle": _one("lead", ""),
    "add_part": _one("department", ""),
    "object": _one("next_owner", ""),
    "whistle": _whistle,
}
