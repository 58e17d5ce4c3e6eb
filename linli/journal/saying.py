"""What is the matter with a journal that does not hold, in sentences: the same for command, page and examination."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.journal.proving import Break

#: By `Break.why`. Each says what differs; where it is stands before it.
SENTENCES: dict[str, Any] = {
    "changed": gettext_lazy("the content of the entry was changed; its digest is the one it was written with"),
    "digest": gettext_lazy("the digest of the entry was changed; its content is as it was written"),
    "replaced": gettext_lazy("another entry stands here than the one that was written"),
    "unproven": gettext_lazy("cannot be proved, since the entry before it is not the one that was written"),
    "twice": gettext_lazy("a second entry has this number"),
    "missing": gettext_lazy("entries are missing up to number %(until)s"),
    "one_more": gettext_lazy("from here on all numbers are higher by %(until)s: before this one an entry was put in"),
    "one_less": gettext_lazy("from here on all numbers are lower by %(until)s: before this one an entry was taken out"),
    "row": gettext_lazy("the row was given another number, so that the order of rows is not that of the chain"),
    "cut": gettext_lazy("the end is cut off: entries are missing up to number %(until)s"),
    "beyond": gettext_lazy("entries up to number %(until)s stand behind the end of the chain"),
    "head": gettext_lazy("the end of the chain was changed: it is not the digest of the last entry"),
    "no_head": gettext_lazy("the chain has no end: entries up to number %(until)s belong to no chain that was begun"),
    "cut_anchored": gettext_lazy(
        "the chain is shorter than its anchor of %(to)s says, which has number %(until)s; the last that it meets: %(since)s"
    ),
    "rewritten": gettext_lazy(
        "the chain holds in itself, but is not the one that was anchored: it was written anew between the anchors "
        "%(since)s and %(to)s, numbers %(position)s to %(until)s"
    ),
    "anchors_edited": gettext_lazy(
        "lines up to %(until)s are not as they were appended: some were changed, or taken out"
    ),
    "anchors_unreadable": gettext_lazy("the file cannot be read; see who owns it, and whether its folder is there"),
    "anchors_short": gettext_lazy("the file is too short: the journal knows of %(until)s lines on %(to)s"),
    "anchors_missing": gettext_lazy("the file is missing: the journal knows of %(until)s lines on %(to)s"),
    "anchors_other": gettext_lazy("the lines until then are not those that the journal knows of on %(to)s"),
}


def said(one: Break) -> str:
    """Where and what, in a line."""
    sentence = str(SENTENCES[one.why])
    facts = {"until": one.until, "position": one.position, "since": one.since or _("(none)"), "to": one.to}
    return _("%(where)s: %(what)s") % {"where": where(one), "what": sentence % facts if "%" in sentence else sentence}


def where(one: Break) -> str:
    """The chain, the number, the day it was written down, and which row holds it now."""
    if not one.chain:
        return _("Anchors, line %(line)s") % {"line": one.position} if one.position else _("Anchors")
    parts = [_("Journal %(chain)s, number %(position)s") % {"chain": one.chain, "position": one.position}]
    if one.day:
        parts.append(_("written down on %(day)s") % {"day": _day(one.day)})
    if one.row:
        parts.append(_("row %(row)s") % {"row": one.row})
    if one.verb:
        parts.append(one.verb)
    return str(_(", ")).join(parts)


def _day(text: str) -> str:
    """The day here of a moment in UTC; a day as it is."""
    try:
        return timezone.localdate(datetime.fromisoformat(text)).isoformat() if "T" in text else text
    except ValueError:
        return text
