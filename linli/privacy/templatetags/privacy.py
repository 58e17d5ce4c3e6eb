"""The short notice beside a form that collects something of a person, from the register."""

from typing import Any

from django import template

from linli.privacy.rules.forms import COLLECTING
from linli.privacy.terms import kept_words

register = template.Library()


@register.inclusion_tag("privacy/_notice.html")
def privacy_notice(form: str, query: str = "") -> dict[str, Any]:
    """What the form collects, why, on what base and how long it is kept. `query`: of a page that says its language there."""
    lines = COLLECTING[form].lines
    kept = kept_words(one.kept for one in lines)
    rows = [{"line": one, "kept": kept[one.kept]} for one in lines]
    return {"rows": rows, "form": form, "query": query}
