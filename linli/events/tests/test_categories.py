"""How a county keeps its categories."""

from typing import Any

import pytest

from linli.events.actions.categories import add_category, close_category, edit_category, may_edit
from linli.events.models import Category
from linli.events.testing import NOON, World
from linli.journal.models import Entry
from linli.kit.refusal import BadInput, NotYours, Refused


def test_an_edit_is_counted_and_kept_in_the_journal(world: World) -> None:
    edit_category(world.drain, limit_hours=48, is_public=False, by=world.cast.county, at=NOON)
    assert (world.drain.limit_hours, world.drain.limit_working_days, world.drain.edition) == (48, None, 2)
    entry = Entry.objects.get(verb="category.edited")
    assert entry.facts["category"] == "C01" and "limit_hours:->48" in entry.facts["changed"]


def test_an_edit_that_changes_nothing_leaves_no_trace(world: World) -> None:
    edit_category(world.drain, name=world.drain.name, by=world.cast.county, at=NOON)
    assert world.drain.edition == 1 and not Entry.objects.filter(verb="category.edited").exists()


def test_only_those_who_keep_the_county_register_may_edit(world: World) -> None:
    for person in (world.cast.desk, world.cast.worker, world.cast.handler, world.cast.auditor, world.cast.nobody):
        assert not may_edit(person, NOON)
        with pytest.raises(NotYours):
            edit_category(world.drain, name="别的", by=person, at=NOON)
    assert may_edit(world.cast.system, NOON) and may_edit(world.cast.county, NOON)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"limit_hours": 0}, "bad_limit"),
        ({"limit_hours": True}, "bad_limit"),
        ({"limit_hours": 4, "limit_working_days": 2}, "one_limit_only"),
        ({"limit_working_days": None}, "one_limit_only"),
        ({"name": " "}, "needs_names"),
        ({"name_en": "x" * 101}, "text_too_long"),
        ({"department": "moon"}, "no_such_department"),
        ({"department": None}, "needs_department"),
        ({"severity": "terrible"}, "not_a_choice"),
        ({"is_public": "yes"}, "not_a_choice"),
        ({"code": "X"}, "not_editable"),
        ({"questions": [{"ask": "?"}]}, "missing_field"),
    ],
)
def test_values_that_are_not_possible_are_refused(world: World, changes: dict[str, Any], code: str) -> None:
    with pytest.raises(BadInput) as refused:
        edit_category(world.drain, **changes, by=world.cast.county, at=NOON)
    assert refused.value.code == code and str(refused.value)
    assert Category.objects.get(pk=world.drain.pk).edition == 1


def test_of_two_who_edit_at_once_the_second_is_told(world: World) -> None:
    stale = Category.objects.get(pk=world.drain.pk)
    edit_category(world.drain, name="排水", by=world.cast.county, at=NOON)
    with pytest.raises(Refused) as refused:
        edit_category(stale, name="下水", by=world.cast.system, at=NOON)
    assert refused.value.code == "edited_meanwhile"


def test_a_county_adds_a_category_of_its_own_and_closes_it(world: World) -> None:
    pack = world.drain.pack
    fields = {"name": "荔枝虫害", "name_en": "Lychee pests", "limit_working_days": 5, "department": world.water}
    made = add_category(pack, code="C90", parent=world.drain.parent, by=world.cast.county, at=NOON, **fields)
    close_category(made, by=world.cast.county, at=NOON)
    assert made.closed_on is not None and made.edition == 3
    with pytest.raises(Refused):
        edit_category(made, name="虫害", by=world.cast.county, at=NOON)


def test_an_incomplete_or_taken_category_is_not_added(world: World) -> None:
    common = {"parent": world.drain.parent, "by": world.cast.county, "at": NOON}
    with pytest.raises(BadInput):
        add_category(world.drain.pack, code="C01", name="又", name_en="Again", **common)  # type: ignore[arg-type]
    with pytest.raises(BadInput):
        add_category(world.drain.pack, code="C91", name="无限期", name_en="No limit", **common)  # type: ignore[arg-type]


def test_a_domain_with_open_categories_is_not_closed(world: World) -> None:
    assert world.drain.parent is not None
    with pytest.raises(Refused):
        close_category(world.drain.parent, by=world.cast.county, at=NOON)
