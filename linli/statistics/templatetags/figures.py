"""How a number of the figures is written: as a link to its rows."""

from datetime import date
from decimal import Decimal

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from linli.statistics.official.listing import plain
from linli.statistics.periods import Period
from linli.statistics.rules import signed
from linli.statistics.sheet import Number

register = template.Library()


@register.simple_tag
def number(counted: Number) -> SafeString:
    """The count, leading to its rows; a nought leads nowhere."""
    if not counted.n:
        return SafeString('<span class="zero">0</span>')
    return format_html('<a href="{}" data-figure="{}">{}</a>', counted.address, counted.figure.code, grouped(counted.n))


@register.filter
def grouped(n: int | None) -> str:
    """A count in groups of three, `31,307`, as reports and briefings have it."""
    return "" if n is None else f"{n:,}"


@register.simple_tag
def percent(share: float) -> str:
    """A share in percent with one decimal, without the sign."""
    return f"{100 * share:.1f}"


@register.filter
def official_number(value: Decimal) -> str:
    """An official value as it is shown."""
    return plain(value)


@register.filter
def with_sign(change: Decimal) -> str:
    """A change in percent with its sign."""
    return signed(change)


@register.filter
def signed_percent(percent: Decimal) -> str:
    """A change with its sign and two decimals."""
    return signed(percent)


@register.filter
def whole_day(on: date) -> str:
    """A day with its year always: a sheet of figures is printed and kept."""
    return date_format(on, "j M Y" if _is_english() else "Y年n月j日")


@register.filter
def step_name(step: Period) -> str:
    """A day, month or year of the chart; its days, where it is cut off."""
    if step.first == step.last:
        return whole_day(step.first)
    if step.first.day != 1 or step.end.day != 1:
        return f"{whole_day(step.first)} – {whole_day(step.last)}"
    if (step.first.month, step.last.month) == (1, 12):
        return date_format(step.first, "Y" if _is_english() else "Y年")
    return date_format(step.first, "F Y" if _is_english() else "Y年n月")


@register.filter
def step_mark(step: Period) -> str:
    """The few letters that fit below a bar."""
    if step.first == step.last:
        return str(step.first.day)
    if step.first.month != step.last.month:
        return str(step.first.year)
    return date_format(step.first, "M" if _is_english() else "n月")


def _is_english() -> bool:
    return (get_language() or "").startswith("en")
