"""How a number of the figures is written: as a link to its rows."""

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from linli.statistics.periods import Period
from linli.statistics.sheet import Number

register = template.Library()


@register.simple_tag
def number(counted: Number) -> SafeString:
    """The count, leading to its rows; a nought leads nowhere."""
    if not counted.n:
        return SafeString('<span class="zero">0</span>')
    return format_html('<a href="{}" data-figure="{}">{}</a>', counted.address, counted.figure.code, counted.n)


@register.filter
def step_name(step: Period) -> str:
    """A day, month or year of the chart, with its days where it is cut off."""
    if step.first == step.last:
        return date_format(step.first, "j M Y" if _is_english() else "Y年n月j日")
    if step.first.month != step.last.month:
        return _with_days(step, str(step.first.year), is_whole=step.first.month == 1 and step.last.month == 12)
    name = date_format(step.first, "F Y" if _is_english() else "Y年n月")
    return _with_days(step, name, is_whole=step.first.day == 1 and _is_last_of_month(step))


@register.filter
def step_mark(step: Period) -> str:
    """The few letters that fit below a bar."""
    if step.first == step.last:
        return str(step.first.day)
    if step.first.month != step.last.month:
        return str(step.first.year)
    return date_format(step.first, "M" if _is_english() else "n月")


def _with_days(step: Period, name: str, *, is_whole: bool) -> str:
    return name if is_whole else f"{name} ({step.first:%m-%d} – {step.last:%m-%d})"


def _is_last_of_month(step: Period) -> bool:
    return step.end.day == 1


def _is_english() -> bool:
    return (get_language() or "").startswith("en")
