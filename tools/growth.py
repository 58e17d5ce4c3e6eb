"""How the tables that grow stand to a cluster: the table of docs/growth.md, read off the models; `python -m tools.growth`.

Citus parts rows by one column, which must then be in every unique key of the table, and in every reference to another table
that is parted. A partition by month asks the same of its time. Both ask: which keys hold without that column?
"""

import os
from collections.abc import Iterator

from django.apps import apps
from django.db import models

#: What takes a row or more for each matter, report, act or notice; everything else is a county's furniture.
GROWING = (
    "journal.Entry",
    "journal.Notice",
    "events.Event",
    "events.Part",
    "events.Clock",
    "events.Remark",
    "events.Picture",
    "events.Contact",
    "intake.Kept",
    "notices.Delivery",
    "notices.Decision",
    "statistics.Counted",
    "statistics.Took",
    "mediation.Dispute",
    "mediation.CountedDispute",
)
HEAD = "| table | area | time | keys without the area | references to others that grow |\n|---|---|---|---|---|"


def lines() -> Iterator[str]:
    """The table, row by row."""
    yield from HEAD.split("\n")
    growing = {apps.get_model(label) for label in GROWING}
    for model in (apps.get_model(label) for label in GROWING):
        known = {field.name for field in model._meta.concrete_fields}
        times = [
            str(f.column) for f in model._meta.concrete_fields if isinstance(f, models.DateTimeField) and not f.null
        ]
        keys = [f"({', '.join(key)})" for key in _unique(model) if "area" not in key]
        others = sorted(
            str(field.column)
            for field in model._meta.concrete_fields
            if field.is_relation and field.db_constraint and field.related_model in growing
        )
        told = [_said(words) for words in (times, keys, others)]
        cells = (f"`{model._meta.db_table}`", "yes" if "area" in known else "no", *told)
        yield f"| {' | '.join(cells)} |"


def _unique(model: type[models.Model]) -> Iterator[tuple[str, ...]]:
    yield (model._meta.pk.name,)
    yield from ((field.name,) for field in model._meta.concrete_fields if field.unique and not field.primary_key)
    yield from (tuple(together) for together in model._meta.unique_together)
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint):
            yield tuple(constraint.fields) or (constraint.name,)


def _said(words: list[str]) -> str:
    return ", ".join(f"`{word}`" for word in words) or "none"


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.settings")
    import django

    django.setup()
    print("\n".join(lines()))
