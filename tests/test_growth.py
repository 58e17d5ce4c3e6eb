"""docs/growth.md says of the tables that grow what the models say."""

import re
from pathlib import Path

from django.apps import apps
from django.db import models

from tools.growth import GROWING, lines

PAGE = Path(__file__).resolve().parent.parent / "docs" / "growth.md"


def test_the_page_on_growth_says_what_the_models_say() -> None:
    on_counties = PAGE.read_text(encoding="utf-8").partition("## Partitions by month")[0]
    shown = [line for line in on_counties.splitlines() if line.startswith("|")]
    assert shown == list(lines()), "Print it anew: python -m tools.growth"


def test_nothing_that_grows_has_the_county_in_its_key_as_the_page_says() -> None:
    parted = [label for label in GROWING if "area" in re.findall(r"\w+", apps.get_model(label)._meta.pk.name)]
    assert parted == []


def test_no_reference_leaves_the_schema_of_a_county() -> None:
    """A table is named without a schema, so all of them lie in the one that the address of the database names."""
    named = [model._meta.db_table for model in apps.get_models(include_auto_created=True)]
    assert [name for name in named if '"' in name or "." in name] == []
    fields = [field for model in apps.get_models() for field in model._meta.concrete_fields]
    assert [f for f in fields if isinstance(f, models.ForeignKey) and "." in f.related_model._meta.db_table] == []
