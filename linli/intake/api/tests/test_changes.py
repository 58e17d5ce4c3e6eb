"""Keeping a copy by the changes: nothing is lost, whatever is done meanwhile and however small the pages are."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linli.areas.models import Area
from linli.events import actions
from linli.events.models import Event
from linli.events.rules import State
from linli.events.testing import NOON, World, make_event
from linli.intake.api import matters
from linli.intake.api.tests.asking import ask, make_key
from linli.intake.webhooks.rules import NEVER_TOLD
from linli.journal import following
from linli.journal.actions import record

HERE, NEXT_TOWN = "440881101", "440881102"


def follow(key: str, copy: dict[str, Any], place: str | None, limit: int) -> str:
    """Ask for changes until there are no more, and keep them."""
    while True:
        told = ask(key, "changes", limit=limit, **({"after": place} if place else {}))
        assert len(told["matters"]) + len(told["gone"]) <= limit
        copy.update({one["id"]: one for one in told["matters"]})
        for gone in told["gone"]:
            copy.pop(gone, None)
        assert told["more"] is False or told["place"] != place
        place = str(told["place"])
        if not told["more"]:
            return place


def as_it_is(key: str) -> dict[str, Any]:
    """All matters, by turning the pages."""
    found, after = {}, {}
    while True:
        page = ask(key, "matters", limit=3, **after)
        found.update({one["id"]: one for one in page["matters"]})
        if page["next"] is None:
            return found
        after = {"after": page["next"]}


@pytest.mark.django_db
def test_a_copy_begun_with_the_list_goes_on_with_the_changes(world: World) -> None:
    key = make_key(HERE)
    make_event(world)
    page = ask(key, "matters")
    copy = {one["id"]: one for one in page["matters"]}
    late = make_event(world, State.CLOSED)
    place = follow(key, copy, page["place"], 1)
    assert copy == as_it_is(key)
    assert ask(key, "changes", after=place)["matters"] == []
    assert str(late.pk) in copy


@pytest.mark.django_db
def test_a_matter_that_left_is_told_as_gone_to_those_it_left_and_to_nobody_else(world: World) -> None:
    event, at = make_event(world), NOON + timedelta(hours=1)
    ours, theirs, bystander = make_key(HERE, "甲"), make_key(NEXT_TOWN, "乙"), make_key("440881101202", "丙")
    places = {key: ask(key, "changes")["place"] for key in (ours, theirs, bystander)}
    there = Area.objects.get(pk="440881102201001")
    actions.move(event, area=there, by=world.cast.county, at=at)
    told = {key: ask(key, "changes", after=place) for key, place in places.items()}
    assert (told[ours]["matters"], told[ours]["gone"]) == ([], [str(event.pk)])
    assert [one["area"] for one in told[theirs]["matters"]] == [there.pk]
    assert (told[bystander]["matters"], told[bystander]["gone"]) == ([], [])
    # What was done here before is not told there.
    assert "event.reported" not in [one["verb"] for one in ask(theirs, f"matters/{event.pk}/course")["acts"]]


@pytest.mark.django_db
def test_a_place_tells_nothing_of_other_counties(world: World) -> None:
    there = Area.objects.create(code="440882", name="邻县", level="county", kind="county")
    make_event(world)
    ours, of_all = make_key(HERE, "甲"), make_key("", "乙")
    before = ask(ours, "changes")
    far = make_event(world, area=there)
    assert ask(ours, "changes") == before
    assert ask(ours, "matters")["place"] == before["place"]
    assert before["place"].startswith("440881.") and "," not in before["place"]
    told = ask(of_all, "changes")
    assert set(following.read(told["place"]) or {}) == {"440881", "440882"}
    assert str(far.pk) in [one["id"] for one in told["matters"]]
    for after in ("440882.1", f"{before['place']},440882.1"):
        assert ask(ours, "changes", 422, after=after)["error"]["code"] == "bad_after"


@pytest.mark.django_db
def test_what_is_never_told_is_no_change_either(world: World) -> None:
    event, key = make_event(world), make_key(HERE)
    place = ask(key, "changes")["place"]
    with transaction.atomic():
        for verb in sorted(NEVER_TOLD - matters.CHANGES):
            record(verb, on=event, by=world.cast.desk, at=NOON)
    told = ask(key, "changes", after=place)
    assert (told["matters"], told["more"]) == ([], False)
    assert told["place"] != place
    assert matters.CHANGES & NEVER_TOLD == {
        *("event.picture_released", "event.release_withdrawn", "event.own_words_forgotten")
    }
    assert [one["verb"] for one in ask(key, f"matters/{event.pk}/course")["acts"]] == ["event.reported"]


@pytest.mark.django_db
def test_a_page_reads_so_many_entries_and_no_more(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matters, "SLICE", 3)
    key, copy = make_key(HERE), {}
    for _each in range(3):
        make_event(world, State.CLOSED)
    first = ask(key, "changes")
    assert (len(first["matters"]), first["more"], first["place"]) == (1, True, "440881.3")
    follow(key, copy, first["place"], 50)
    assert len(copy) == 3


def _report(world: World, event: Event | None) -> None:
    make_event(world)


def _close(world: World, event: Event | None) -> None:
    make_event(world, State.CLOSED)


def _classify(world: World, event: Event | None) -> None:
    if event is not None and event.is_open:
        category = world.wall if event.category_id != world.wall.pk else world.drain
        actions.classify(event, category=category, by=world.cast.desk, at=NOON + timedelta(hours=2))


def _leave(world: World, event: Event | None) -> None:
    if event is not None and event.is_open and event.area_id.startswith(HERE):
        there = Area.objects.get(pk="440881102201001")
        actions.move(event, area=there, by=world.cast.county, at=NOON + timedelta(hours=2))


ACTS: tuple[Callable[[World, Event | None], None], ...] = (_report, _close, _classify, _leave)


@pytest.mark.django_db
@settings(max_examples=12, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.tuples(st.sampled_from(range(len(ACTS))), st.integers(0, 9), st.booleans()), max_size=8),
    st.integers(1, 3),
)
def test_whatever_is_done_between_the_pages_a_copy_is_the_same_in_the_end(
    world: World, course: list[tuple[int, int, bool]], limit: int
) -> None:
    with transaction.atomic():
        key, copy, place = make_key(HERE), {}, None
        for act, which, asks in course:
            known = list(Event.objects.filter(area_id__gte=HERE, area_id__lt=NEXT_TOWN).order_by("pk"))
            ACTS[act](world, known[which % len(known)] if known else None)
            if asks:
                told = ask(key, "changes", limit=limit, **({"after": place} if place else {}))
                copy.update({one["id"]: one for one in told["matters"]})
                for gone in told["gone"]:
                    copy.pop(gone, None)
                place = told["place"]
        follow(key, copy, place, limit)
        assert copy == as_it_is(key)
        transaction.set_rollback(True)
