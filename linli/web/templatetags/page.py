"""Small pieces that pages of every room use."""

from datetime import date, datetime, timedelta
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from linli.events.telling import who
from linli.journal.models import Entry

register = template.Library()
_sprite: str | None = None


@register.simple_tag
def icon(name: str, words: str = "") -> SafeString:
    """An icon of the sprite. Without `words` it is an ornament that screen readers pass over."""
    global _sprite
    _sprite = _sprite or static("vendor/lucide.svg")
    if words:
        return format_html(
            '<svg class="icon" role="img" aria-label="{}"><use href="{}#{}"/></svg>', words, _sprite, name
        )
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>', _sprite, name)


@register.filter
def moment(at: datetime | None) -> str:
    """A time as people write it, with the year only when it is another one."""
    if at is None:
        return ""
    local = timezone.localtime(at)
    this_year = local.year == timezone.localdate().year
    if _is_english():
        return date_format(local, "j M, H:i" if this_year else "j M Y, H:i")
    return date_format(local, "n月j日 H:i" if this_year else "Y年n月j日 H:i")


@register.filter
def day(on: date | datetime | None) -> str:
    """A day as people write it."""
    if on is None:
        return ""
    local = timezone.localdate(on) if isinstance(on, datetime) else on
    this_year = local.year == timezone.localdate().year
    if _is_english():
        return date_format(local, "j M" if this_year else "j M Y")
    return date_format(local, "n月j日" if this_year else "Y年n月j日")


@register.filter
def due_words(due_at: datetime | None, now: datetime | None = None) -> str:
    """How long is left, or by how much it is late, in the words people use."""
    if due_at is None:
        return ""
    now = now or timezone.now()
    if due_at < now:
        return _("%(span)s overdue") % {"span": span(now - due_at)}
    local, today = timezone.localtime(due_at), timezone.localdate(now)
    if due_at - now < timedelta(hours=1):
        return _("%(span)s left") % {"span": span(due_at - now)}
    if local.date() == today:
        return _("today before %(time)s") % {"time": local.strftime("%H:%M")}
    if local.date() == today + timedelta(days=1):
        return _("tomorrow before %(time)s") % {"time": local.strftime("%H:%M")}
    return _("before %(moment)s") % {"moment": moment(due_at)}


@register.filter
def span(length: timedelta) -> str:
    """A length of time in its largest unit."""
    minutes = max(int(length.total_seconds() // 60), 0)
    if minutes < 60:
        return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
    if minutes < 48 * 60:
        return ngettext("%(n)s hour", "%(n)s hours", minutes // 60) % {"n": minutes // 60}
    return ngettext("%(n)s day", "%(n)s days", minutes // 1440) % {"n": minutes // 1440}


@register.filter
def actor(entry: Entry) -> str:
    """Who did an act of the journal."""
    return who(entry)


@register.filter
def in_language(row: Any) -> str:
    """The name of a department, category or question in the language of the page."""
    if isinstance(row, dict):
        return str(
            (row.get("ask_en") or row.get("name_en")) if _is_english() else row.get("ask") or row.get("name") or ""
        )
    return str((getattr(row, "name_en", "") if _is_english() else "") or row.name)


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """The value under a key, where a template cannot write it."""
    return mapping.get(key) if mapping is not None else None


def _is_english() -> bool:
    return (get_language() or "").startswith("en")
