"""What the doctor finds, and that a healthy home has nothing broken."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import translation

from linli.chores.examining import Level, examine
from linli.chores.models import Chore
from linli.events import actions
from linli.events.models import Event, NumberSeries, Pack
from linli.events.testing import NOON, World, make_event
from linli.journal.models import Entry
from linli.kit.models import CalendarDay
from linli.kit.refusal import Refused


@pytest.fixture
def healthy(world: World) -> Iterator[World]:
    for _each in range(2):
        make_event(world)
    make_event(world, area=world.areas["440881102201001"])
    Chore.objects.create(name="search_index", due_at=NOON, done_at=NOON)
    Entry.objects.update(recorded_at=NOON)
    _rechain()
    return world


def _rechain() -> None:
    """The entries as if they had been written at noon of the world, not now."""
    from linli.journal.actions import digest_of
    from linli.journal.models import ChainHead

    head = ChainHead.objects.get()
    previous = bytes(32)
    for entry in Entry.objects.order_by("position"):
        previous = digest_of(entry, previous)
        Entry.objects.filter(pk=entry.pk).update(digest=previous)
    ChainHead.objects.filter(pk=head.pk).update(digest=previous)


def sentences(level: Level, days: float = 0) -> str:
    return "\n".join(one.sentence for one in examine(NOON + timedelta(days=days)) if one.level == level)


def test_nothing_is_broken_in_a_healthy_home(healthy: World) -> None:
    assert sentences(Level.FAIL) == ""
    assert "石城" not in sentences(Level.WARN)


def test_a_changed_entry_is_found(healthy: World) -> None:
    Entry.objects.filter(position=2).update(facts={"source": "desk"})
    assert "440881" in sentences(Level.FAIL)
    assert "2" in sentences(Level.FAIL)


def test_an_entry_taken_out_is_found(healthy: World) -> None:
    from linli.journal.models import Notice

    last = Entry.objects.get(position=3)
    Notice.objects.filter(entry=last).delete()
    last.delete()
    assert "440881" in sentences(Level.FAIL)


@pytest.mark.parametrize("fault", ["deleted", "series", "no series", "renumbered"])
def test_a_gap_in_the_numbers_is_found(healthy: World, fault: str) -> None:
    match fault:
        case "deleted":
            Event.objects.filter(number="440881101-202611-000001").delete()
        case "series":
            NumberSeries.objects.filter(township="440881101").update(last=3)
        case "no series":
            NumberSeries.objects.filter(township="440881101").delete()
        case "renumbered":
            Event.objects.filter(number="440881101-202611-000002").update(number="440881101-202611-000004")
    assert "440881101-202611" in sentences(Level.FAIL)
    assert "440881102-202611" not in sentences(Level.FAIL)


def test_a_clock_before_the_last_entry_is_found(healthy: World) -> None:
    assert sentences(Level.FAIL, days=-1)


def test_a_calendar_that_ends_soon_is_told(healthy: World) -> None:
    assert "2026" in sentences(Level.OK)
    assert "2026" in sentences(Level.WARN, days=30)
    CalendarDay.objects.all().delete()
    assert "linli holidays" in sentences(Level.WARN)


def test_missing_categories_and_an_idle_worker_are_told(healthy: World) -> None:
    Pack.objects.update(in_use=False)
    assert "linli categories load" in sentences(Level.WARN)
    assert "linli up" in sentences(Level.WARN, days=1)
    Chore.objects.update(failures=1)
    assert "search_index" in sentences(Level.WARN)


def test_the_command_ends_with_a_refusal_when_something_is_broken(
    healthy: World, capsys: pytest.CaptureFixture[str]
) -> None:
    Entry.objects.filter(position=1).update(verb="event.closed")
    with pytest.raises(Refused):
        call_command("doctor")
    assert "fail " in capsys.readouterr().out


def test_keys_of_the_vault_that_were_lost_are_told(healthy: World, settings: Any, tmp_path: Path) -> None:
    actions.report(
        text="水沟堵了", area=healthy.grid, category=healthy.drain, at=NOON, source="resident", contact="13800138000"
    )
    assert "linli vault take" not in sentences(Level.FAIL)
    settings.HOME = tmp_path  # where another ring is made
    assert "linli vault take" in sentences(Level.FAIL)


def test_a_store_of_photos_that_cannot_be_written_is_broken(healthy: World, settings: Any, tmp_path: Path) -> None:
    assert str(settings.MEDIA_ROOT) not in sentences(Level.FAIL)
    settings.MEDIA_ROOT = tmp_path / "file"
    settings.MEDIA_ROOT.write_text("no folder")
    assert str(settings.MEDIA_ROOT) in sentences(Level.FAIL)


def test_a_clock_that_nobody_looks_at_is_told(world: World) -> None:
    make_event(world)
    waiting = "A clock has waited"
    with translation.override("en"):
        assert not any(waiting in one.sentence for one in examine(NOON + timedelta(hours=1)))
        late = [one for one in examine(NOON + timedelta(days=3)) if waiting in one.sentence]
    assert [one.level for one in late] == [Level.WARN]
