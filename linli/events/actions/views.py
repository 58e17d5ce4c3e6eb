"""Filters of the queue kept under a name. They are a person's own and no act on anything, so the journal has none."""

from django.utils.translation import gettext_lazy as _

from linli.events.models import SavedView
from linli.events.rules import clean_words
from linli.kit.refusal import BadInput
from linli.people.models import Person

_MOST = 30


def save_view(person: Person, *, name: str, query: str) -> SavedView:
    """Keep a filter under a name; the same name again replaces it. Raises `BadInput`."""
    words = clean_words(name, field="name", required=True, longest=40)
    others = SavedView.objects.filter(person=person).exclude(name=words)
    if others.count() >= _MOST:
        raise BadInput("too_many_views", _("You have 30 saved views. Delete one first."), field="name")
    view, _is_new = SavedView.objects.update_or_create(person=person, name=words, defaults={"query": query[:500]})
    return view


def delete_view(view: SavedView) -> None:
    """Take it away."""
    view.delete()
