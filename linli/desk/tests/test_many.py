"""A step on many matters, and macros: shown before, done once each, gone on with where it stopped, refused in its own words."""

import html
from typing import Any

import pytest
from django.utils import timezone

from linli.desk.bulk import runs
from linli.desk.macros.keeping import close, keep
from linli.desk.models import BulkRow, BulkRun, Macro, RowState, RunState
from linli.events import actions
from linli.events.models import Event
from linli.events.rules import State
from linli.events.testing import World
from linli.events.tests.pages import desk_of, recent, words_of
from linli.journal.models import Entry
from linli.kit.refusal import BadInput, NotYours, Refused


def looked(world: World, events: list[Event], step: str = "remind", **fields: list[str]) -> BulkRun:
    at = timezone.now()
    run = runs.choose(events, by=world.cast.desk, at=at)
    runs.look(run, step=step, fields=fields)
    while runs.go_on(at, run):
        pass
    return run


def states(run: BulkRun) -> list[str]:
    return list(run.rows.values_list("state", flat=True))


def done(run: BulkRun) -> BulkRun:
    runs.begin(run, at=timezone.now())
    while runs.go_on(timezone.now(), run):
        pass
    return run


def test_before_anything_is_done_it_is_shown_for_each(world: World) -> None:
    new, accepted = recent(world), recent(world, State.ACCEPTED)
    entries = Entry.objects.count()
    run = looked(world, [new, accepted], "accept")
    assert states(run) == [RowState.POSSIBLE, RowState.IMPOSSIBLE]
    assert run.rows.last().why_not  # type: ignore[union-attr]
    assert Entry.objects.count() == entries
    page = html.unescape(words_of(desk_of(world.cast.desk).get(f"/desk/many/{run.pk}/")))
    assert new.number in page
    assert run.rows.last().why_not in page  # type: ignore[union-attr]


def test_confirmed_twice_it_is_done_once_and_says_so_in_the_journal(world: World) -> None:
    events = [recent(world), recent(world)]
    run = looked(world, events, "accept")
    client = desk_of(world.cast.desk)
    for _each in range(2):
        client.post(f"/desk/many/{run.pk}/do")
    run.refresh_from_db()
    assert (run.state, states(run)) == (RunState.DONE, [RowState.DONE] * 2)
    accepted = Entry.objects.filter(verb="event.accepted", facts__bulk=run.pk.hex)
    assert accepted.count() == 2
    assert Entry.objects.filter(verb="bulk.ended", facts__done=2).count() == 1


def test_killed_half_way_it_goes_on_where_it_stopped(world: World) -> None:
    events = [recent(world) for _each in range(4)]
    run = looked(world, events, "accept")
    runs.begin(run, at=timezone.now())
    runs.go_on(timezone.now(), run, most=1)
    assert states(run).count(RowState.DONE) == 1
    again = BulkRun.objects.get(pk=run.pk)
    while runs.go_on(timezone.now(), again, most=1):
        pass
    assert states(again) == [RowState.DONE] * 4
    assert Entry.objects.filter(verb="event.accepted").count() == 4


def test_what_has_moved_on_since_is_refused_in_its_own_words_and_the_rest_is_done(world: World) -> None:
    first, second = recent(world), recent(world)
    run = looked(world, [first, second], "accept")
    actions.void(first, text="误报", by=world.cast.desk, at=timezone.now())
    done(run)
    assert states(run) == [RowState.REFUSED, RowState.DONE]


def test_what_is_left_empty_is_as_each_matter_proposes(world: World) -> None:
    drain, wall = recent(world, State.ACCEPTED), recent(world, State.ACCEPTED, category=world.wall)
    done(looked(world, [drain, wall], "dispatch"))
    leads = [Event.objects.get(pk=one.pk).parts.get(leads=True).department for one in (drain, wall)]
    assert leads == [world.water, world.housing]


def test_a_check_or_a_closing_is_never_done_in_bulk(world: World) -> None:
    run = runs.choose([recent(world, State.VERIFIED)], by=world.cast.desk, at=timezone.now())
    for step in ("close", "verify", "reject", "explode"):
        with pytest.raises(BadInput):
            runs.look(run, step=step)
    assert (
        desk_of(world.cast.desk).post(f"/desk/many/{run.pk}/look", {"step": "close", "text": "好"}).status_code == 422
    )


def test_two_hundred_at_most_and_one_at_least(world: World) -> None:
    with pytest.raises(BadInput):
        runs.choose([], by=world.cast.desk, at=timezone.now())
    some = [Event(pk=None) for _each in range(1)]
    assert some
    with pytest.raises(BadInput):
        runs.choose([Event() for _each in range(201)], by=world.cast.desk, at=timezone.now())


def test_a_run_is_seen_by_whoever_made_it_alone(world: World) -> None:
    run = looked(world, [recent(world)])
    other = desk_of(world.cast.county)
    assert other.get(f"/desk/many/{run.pk}/").status_code == 404
    assert other.post(f"/desk/many/{run.pk}/do").status_code == 404


def test_a_run_cannot_be_done_before_it_was_looked_at(world: World) -> None:
    run = runs.choose([recent(world)], by=world.cast.desk, at=timezone.now())
    with pytest.raises(Refused):
        runs.begin(run, at=timezone.now())


def test_by_the_pages_matters_are_chosen_tried_and_done(world: World) -> None:
    client, events = desk_of(world.cast.desk), [recent(world) for _each in range(3)]
    chosen = client.post("/desk/many/", {"event": [str(one.pk) for one in events]})
    address = chosen.headers["Location"]
    assert client.get(address).status_code == 200
    form = words_of(client.get(f"{address}?step=accept"))
    assert 'name="severity"' in form
    client.post(f"{address}look", {"step": "accept", "urgency": "urgent"})
    page = words_of(client.get(address))
    assert "3 件" in page
    client.post(f"{address}do")
    assert set(Event.objects.values_list("state", "urgency")) == {(State.ACCEPTED, "urgent")}
    all_of_them = client.post("/desk/many/", {"all": "1", "query": "show=open"})
    assert BulkRun.objects.get(pk=all_of_them.headers["Location"].split("/")[-2]).rows.count() == 3


def test_a_line_of_the_bar_for_many_leads_to_what_it_would_do(world: World) -> None:
    client, events = desk_of(world.cast.desk), [recent(world, State.ACCEPTED) for _each in range(2)]
    keys = [str(one.pk) for one in events]
    said = words_of(client.get("/desk/commands/reading", {"q": "派 水务局 3日", "event": keys}))
    assert 'name="line"' in said
    client.post("/desk/many/", {"event": keys, "line": "派 水务局 3日"})
    run = BulkRun.objects.get()
    assert (run.state, run.step, run.fields["lead"]) == (RunState.LOOKED, "dispatch", ["water"])


# --- macros -----------------------------------------------------------------------------------------------------------


def macro(world: World, *lines: str, **more: Any) -> Macro:
    said: dict[str, Any] = {"name": "占道日常", "area": world.areas["440881101"], "by": world.cast.desk} | more
    return keep(lines=list(lines), at=timezone.now(), **said)


def test_a_macro_takes_its_steps_by_the_same_rules_and_the_journal_says_which(world: World) -> None:
    event, made = recent(world), macro(world, "受理", "派 水务局 3工作日", "催 ：请尽快")
    client = desk_of(world.cast.desk)
    shown = html.unescape(words_of(client.get("/desk/commands/reading", {"q": "宏 占道日常", "event": event.pk})))
    assert "派遣给水务局" in shown
    assert f"/desk/macros/{made.pk}/run" in shown
    key = shown.split('name="key" value="')[1].split('"')[0]
    for _each in range(2):
        client.post(f"/desk/macros/{made.pk}/run", {"event": event.pk, "key": key})
    event.refresh_from_db()
    assert event.state == State.DISPATCHED
    assert Entry.objects.filter(on_key=str(event.pk), facts__macro=str(made.pk)).count() == 3


def test_a_macro_stops_at_the_first_step_that_is_refused_and_says_where_it_stands(world: World) -> None:
    event, made = recent(world), macro(world, "受理", "受理", "派 水务局")
    client = desk_of(world.cast.desk)
    response = client.post(f"/desk/macros/{made.pk}/run", {"event": event.pk}, follow=True)
    event.refresh_from_db()
    row = BulkRow.objects.get()
    assert (event.state, row.state, row.steps_done) == (State.ACCEPTED, RowState.REFUSED, 1)
    assert row.why_not in html.unescape(words_of(response))


def test_a_macro_is_kept_only_with_lines_that_are_understood(world: World) -> None:
    for lines in ([], ["派 火星局"], ["结 ：办结了"], ["受理"] * 7, ["查 1"], ["宏 占道日常"], ["挂 3小时 ：等"]):
        with pytest.raises(BadInput):
            macro(world, *lines)
    with pytest.raises(BadInput):
        macro(world, "受理", name="派")
    macro(world, "受理")
    with pytest.raises(BadInput):
        macro(world, "受理")


def test_a_change_is_a_new_version_and_what_was_run_stays(world: World) -> None:
    first = macro(world, "受理")
    second = keep(
        name="占道日常", lines=["受理", "催"], area=first.area, by=world.cast.desk, at=timezone.now(), follows=first
    )
    first.refresh_from_db()
    assert (second.version, first.lines, first.closed_at is not None) == (2, ["/受理"], True)
    close(second, by=world.cast.desk, at=timezone.now())
    assert not Macro.objects.current().exists()


def test_a_personal_macro_is_its_owners_and_a_shared_one_its_areas(world: World) -> None:
    own, shared = (
        macro(world, "受理"),
        macro(world, "受理", name="县里通用", area=world.areas["440881"], by=world.cast.county, is_shared=True),
    )
    mine = words_of(desk_of(world.cast.desk).get("/desk/macros/"))
    assert own.name in mine
    assert shared.name in mine
    assert own.name not in words_of(desk_of(world.cast.county).get("/desk/macros/"))
    assert shared.name not in words_of(desk_of(world.cast.worker).get("/desk/macros/"))
    with pytest.raises(NotYours):
        close(shared, by=world.cast.desk, at=timezone.now())
    with pytest.raises(NotYours):
        macro(world, "受理", name="我的", by=world.cast.worker)
    assert desk_of(world.cast.desk).get(f"/desk/macros/{shared.pk}/").status_code == 403


def test_by_its_pages_a_macro_is_made_and_changed(world: World) -> None:
    client, town = desk_of(world.cast.desk), "440881101"
    assert client.get("/desk/macros/new").status_code == 200
    wrong = client.post("/desk/macros/new", {"name": "日常", "lines": "派 火星局", "area": town})
    assert wrong.status_code == 422
    assert "火星局" in words_of(wrong)
    client.post("/desk/macros/new", {"name": "日常", "lines": "受理\n派 水务局", "area": town, "is_shared": "on"})
    made = Macro.objects.get()
    assert (made.lines, made.owner) == (["/受理", "/派 水务局"], None)
    client.post(f"/desk/macros/{made.pk}/", {"name": "日常", "lines": "受理", "area": town})
    assert Macro.objects.current().get().version == 2
