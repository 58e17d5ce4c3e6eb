"""How numbers of a ledger are written: as links to their rows, with what they mean. A page has hundreds of them."""

from html import escape
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from linli.mediation.ledgers.matrix import Cell, Line
from linli.mediation.ledgers.sheet import Number

register = template.Library()
_NOUGHT = SafeString('<span class="zero">0</span>')


@register.simple_tag
def ledger_number(number: Number) -> SafeString:
    """The count, leading to its rows where it has any that are listed."""
    if number.address:
        return format_html('<a href="{}" data-figure="{}">{}</a>', number.address, number.figure.code, number.n)
    return format_html("<span>{}</span>", number.n) if number.n else _NOUGHT


@register.simple_tag
def matrix_cells(line: Line) -> SafeString:
    """A row of the matrix; a nought leads nowhere. Written at once: of a county there are hundreds."""
    return SafeString("".join(f'<td class="figure">{_cell(cell)}</td>' for cell in line.cells))


def _cell(cell: Cell) -> str:
    return f'<a href="{escape(cell.address)}">{cell.n}</a>' if cell.address else _NOUGHT


@register.simple_tag(takes_context=True)
def meaning(context: Any, figure: Any) -> SafeString:
    """What a figure or rate counts and leaves out, to be unfolded under the page's `help_sign`, with the address of more."""
    left_out = format_html(" {} {}", _("Left out:"), figure.left_out) if figure.left_out else ""
    return format_html(
        '<details class="meaning"><summary><span class="visually-hidden">{}</span>{}</summary>'
        '<p>{}{}{} <a href="{}#{}">{}</a></p></details>',
        _("What “%(name)s” means") % {"name": figure.name},
        context["help_sign"],
        figure.formula,
        left_out,
        format_html(" {}", figure.note) if figure.note else "",
        context["definitions"],
        figure.code,
        _("Definition"),
    )
