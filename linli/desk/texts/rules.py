"""What a ready text may hold and how it is filled: a small closed set of placeholders, and which text is nearer."""

import re
from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from linli.areas.codes import contains
from linli.events.rules import STEP_NAMES
from linli.kit.refusal import BadInput

#: Steps with words of whoever takes them, in the order of the course. The others ask for none, or for several things.
TEXT_STEPS: tuple[str, ...] = tuple(name for name in STEP_NAMES if name not in ("sign_for", "split"))


class Placeholder(models.TextChoices):
    """What a matter can fill. The value is what is written between braces."""

    NUMBER = "number", _("number of the matter")
    PLACE = "place", _("place")
    CATEGORY = "category", _("category")
    LEAD = "lead", _("lead department")
    DUE = "due", _("day of the limit")
    OFFICE = "office", _("office that answers")
    TODAY = "today", _("day of today")


_BRACES = re.compile(r"\{([^{}\n]{0,40})\}")


def check_placeholders(words: str, *, field: str) -> None:
    """Raises `BadInput` for braces that hold anything but a placeholder, or do not close."""
    unknown = next((name for name in _BRACES.findall(words) if name not in Placeholder.values), None)
    if unknown is not None:
        raise BadInput(
            "unknown_placeholder",
            _("“{%(name)s}” is not known. Use %(known)s, or 【…】 for what is filled in by hand."),
            name=unknown,
            known=" ".join(f"{{{name}}}" for name in Placeholder.values),
            field=field,
        )
    if {"{", "}"} & set(_BRACES.sub("", words)):
        raise BadInput("open_brace", _("A brace is left open. Write it as {number}."), field=field)


def fill(words: str, values: Mapping[str, str]) -> str:
    """The words with each placeholder filled; what the matter does not say stays visible as 【…】."""

    def filled(found: re.Match[str]) -> str:
        name = found.group(1)
        return values.get(name) or f"【{Placeholder(name).label}】"

    return _BRACES.sub(filled, words)


def nearness(text_area: str, text_category: Any, text_parent: Any, *, area: str, category: Any, domain: Any) -> Any:
    """The key by which texts are sorted, nearest first when reversed; None for one that does not fit the matter.

    The most specific area goes first, then the category before its domain before any.
    """
    if not contains(text_area, area):
        return None
    if text_category is None:
        return len(text_area), 0
    if text_category == category:
        return len(text_area), 2
    return (len(text_area), 1) if text_parent is None and text_category == domain else None
