"""The journal proves itself untouched."""

import pytest

from linli.events.models import ReporterMessage
from linli.events.rules import State
from linli.events.testing import NOON, World, make_event
from linli.journal.actions import Act, record, record_many
from linli.journal.models import ChainHead, Entry
from linli.journal.proving import verify_chain

pytestmark = pytest.mark.django_db


def test_each_county_has_a_chain_of_its_own(world: World) -> None:
    make_event(world, State.CLOSED)
    record_many(
        [
            Act("area.imported", "area", "025025", "025025", None, NOON),
            Act("home.checked", "home", "-", None, None, NOON),
        ]
    )
    assert set(ChainHead.objects.values_list("chain", flat=True)) == {"440881", "025025", "-"}
    assert list(verify_chain()) == []


def test_a_changed_entry_is_found(world: World) -> None:
    make_event(world, State.CLOSED)
    Entry.objects.filter(position=3).update(verb="event.closed")
    assert [(one.position, one.why) for one in verify_chain()] == [(3, "changed")]


def test_changed_facts_times_and_persons_are_found(world: World) -> None:
    event = make_event(world, State.DISPATCHED)
    for changes in ({"facts": {"lead": "housing"}}, {"at": NOON}, {"by": None}, {"on_key": str(world.grid.pk)}):
        entry = Entry.objects.filter(on_key=str(event.pk)).latest("id")
        kept = {name: getattr(entry, name) for name in changes}
        Entry.objects.filter(pk=entry.pk).update(**changes)
        assert [one.why for one in verify_chain("440881")] == ["changed"]
        Entry.objects.filter(pk=entry.pk).update(**kept)
    assert list(verify_chain()) == []


def test_a_removed_entry_and_a_cut_end_are_found(world: World) -> None:
    make_event(world, State.ACCEPTED)
    last = Entry.objects.latest("id")
    last.notices.all().delete()
    ReporterMessage.objects.filter(entry=last).delete()
    Entry.objects.filter(pk=last.pk).delete()
    assert [one.why for one in verify_chain()] == ["cut"]


def test_facts_hold_plain_values_only(world: World) -> None:
    entry = record(
        "area.edited", on=world.grid, area=world.grid.pk, by=None, at=NOON, until=NOON, who=world.water, nothing=""
    )
    assert entry.facts == {"until": "2026-11-16T04:00:00.000000+00:00", "who": "water"}
    with pytest.raises(TypeError):
        record("area.edited", on=world.grid, area=world.grid.pk, by=None, at=NOON, size=1.5)
