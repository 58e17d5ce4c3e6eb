"""Words of the steps for the app: what was done on a phone is named there without asking the server."""

from django import template

from linli.events.forms import ACTS, PART_FORMS

register = template.Library()


@register.simple_tag
def field_steps() -> list[tuple[str, str]]:
    """Every step with its label, in the language of the page; those of a department's part are sent under the same name."""
    labels = {name: act.label for name, act in PART_FORMS.items()} | {name: act.label for name, act in ACTS.items()}
    return [(name, str(label)) for name, label in labels.items()]
