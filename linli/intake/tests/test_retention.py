"""What was sent goes after a time; what tells a repeat from a new report stays."""

import random
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from linli.chores.running import run_once
from linli.chores.table import CHORES
from linli.events.models import Event
from linli.events.testing import GRID
from linli.intake import digest, retention
from linli.intake.models import Kept, KeptState
from linli.intake.testing import Door, a_report

pytestmark = pytest.mark.django_db(transaction=True)
CHORE = [work for work in CHORES if work.name == "sent_reports"]


def sent(door: Door, seed: int = 1, **more: Any) -> tuple[int, Any]:
    return door.post("/intake/v1/reports", a_report(random.Random(seed), **{"area": GRID} | more))


def after(days: int) -> Any:
    return lambda: timezone.now() + timedelta(days=days)


def test_a_month_later_what_was_sent_is_gone_and_a_repeat_is_answered_as_before(door: Door) -> None:
    first = sent(door)[1]
    digest.digest_all(timezone.now())
    assert run_once(after(31), CHORE) == []
    row = Kept.objects.get()
    assert (bytes(row.content), row.state) == (b"", KeptState.DIGESTED)
    assert sent(door) == (200, first)
    assert sent(door, text="别的")[0] == 409
    assert Event.objects.get().text.startswith("村口")
    status, told = door.get(first["see"])
    assert (status, told["state"], told["number"]) == (200, "taken_in", Event.objects.get().number)


def test_what_is_newer_or_no_matter_yet_stays(door: Door) -> None:
    sent(door)
    digest.digest_all(timezone.now())
    sent(door, 2)
    sent(door, 3)
    Kept.objects.waiting().filter(pk=Kept.objects.waiting().reverse()[0].pk).update(state=KeptState.SET_ASIDE)
    assert run_once(after(29), CHORE) == []
    assert not Kept.objects.filter(content=b"").exists()
    assert run_once(after(400), CHORE) == []
    assert {row.state for row in Kept.objects.exclude(content=b"")} == {KeptState.WAITING, KeptState.SET_ASIDE}


def test_it_may_be_kept_for_good(door: Door, settings: Any) -> None:
    settings.SENT_KEPT_DAYS = 0
    sent(door)
    digest.digest_all(timezone.now())
    assert run_once(after(4000), CHORE) == []
    assert bytes(Kept.objects.get().content)


def test_many_go_in_short_steps_without_reading_the_rest(door: Door) -> None:
    for seed in range(7):
        sent(door, seed)
    digest.digest_all(timezone.now())
    later = timezone.now() + timedelta(days=1)
    assert [retention.empty_sent(digested_before=later, at=later, most=3) for _each in range(4)] == [3, 3, 1, 0]
    if connection.vendor == "sqlite":
        due = Kept.objects.to_empty().filter(digested_at__lt=later).order_by("digested_at").values_list("pk")[:3]
        sql, values = due.query.sql_with_params()
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN QUERY PLAN " + sql, values)
            assert "kept_to_empty" in str(cursor.fetchall())
