"""Who follows a matter is found by indexes: it is asked at each turning point, however many matters there are."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.events.actions.telling_reporters import followers_of
from linli.events.models import Event, Support
from linli.events.testing import NOON, World, make_event


def test_those_merged_into_it_and_those_said_to_be_the_same_follow_in_turn(world: World) -> None:
    leading, merged, same, same_as_merged, other = (make_event(world) for _each in range(5))
    Event.objects.filter(pk=merged.pk).update(
        merged_into=leading, state="merged", state_before="reported", ended_at=NOON
    )
    Support.objects.create(event=same, of=leading, supported_at=NOON)
    Support.objects.create(event=same_as_merged, of=merged, supported_at=NOON)
    assert set(followers_of(leading)) == {merged.pk, same.pk, same_as_merged.pk}
    assert followers_of(other) == []


def test_no_matter_is_read_that_does_not_follow(world: World) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("Another store plans by how many rows it has.")
    event = make_event(world)
    with CaptureQueriesContext(connection) as asked, connection.cursor() as cursor:
        followers_of(event)
        (query,) = asked.captured_queries
        cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}")
        plan = " / ".join(str(row[-1]) for row in cursor.fetchall())
    assert "SCAN" not in plan
