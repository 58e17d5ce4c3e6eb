"""The command bar by its addresses: what it offers, what it would do, and that it does nothing by itself."""

import html
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from linli.desk.rules.verbs import FIELDS, VERBS, Takes
from linli.events import actions
from linli.events.forms import ACTS
from linli.events.models import Category, Clock, Event
from linli.events.rules import State
from linli.events.testing import World
from linli.events.tests.pages import desk_of, recent, words_of
from linli.events.tests.test_pages_steps import PLACES, prepared, somebody
from linli.journal.models import Entry
from linli.people.models import Department
from linli.people.rules import Role


@pytest.fixture
def urban(world: World) -> Department:
    return Department.objects.create(code="cg", name="城管局", area=world.areas["440881"])


def read(world: World, event: Event | None, line: str, **more: Any) -> str:
    query = {"q": line, **({"event": event.pk} if event else {})}
    return html.unescape(words_of(desk_of(more.get("by", world.cast.desk)).get("/desk/commands/reading", query)))


def test_a_line_says_in_a_sentence_what_it_would_do_and_does_nothing(world: World, urban: Department) -> None:
    Category.objects.filter(pk=world.drain.pk).update(department=urban)
    event = recent(world, State.ACCEPTED)
    entries = Entry.objects.count()
    said = read(world, event, "/派 城管局 3日")
    assert "派遣给城管局，3个工作日内，截至" in said
    assert "17:30" in said
    assert f'action="/desk/events/{event.pk}/dispatch"' in said
    assert 'value="3"' in said
    assert '<option value="cg" selected>' in said
    event.refresh_from_db()
    assert (event.state, Entry.objects.count()) == (State.ACCEPTED, entries)


def test_what_the_form_would_refuse_is_said_in_its_own_words(world: World, urban: Department) -> None:
    said = read(world, recent(world, State.ACCEPTED), "派 城管局 90日")
    assert "晚于" in said or "承诺" in said
    assert "data-confirm" not in said
    assert "不能办理“派遣”" in read(world, recent(world), "派 水务局")


def test_nothing_is_said_of_a_matter_out_of_sight(world: World) -> None:
    event = recent(world)
    assert event.number not in read(world, event, "受理", by=world.cast.neighbour)
    assert event.text not in read(world, None, f"查 {event.number}", by=world.cast.neighbour)


def test_a_matter_is_opened_by_its_number(world: World) -> None:
    event = recent(world)
    client = desk_of(world.cast.desk)
    for said in (event.number, event.number.rpartition("-")[2]):
        response = client.get("/desk/commands/reading", {"q": f"查 {said}", "event": event.pk})
        assert response.headers["Location"] == f"/desk/events/{event.pk}/"
    other = client.get("/desk/commands/reading", {"q": f"催 #{event.number}"})
    assert event.number in words_of(other)


def test_only_the_steps_that_are_open_are_offered(world: World) -> None:
    client, event = desk_of(world.cast.desk), recent(world)
    offered = words_of(client.get("/desk/commands/offers", {"event": event.pk}))
    assert 'data-line="/受理"' in offered
    assert 'data-line="/派"' not in offered
    assert 'role="option"' in offered
    worker = words_of(desk_of(world.cast.worker).get("/desk/commands/offers", {"event": event.pk}))
    assert 'data-line="/催"' not in worker


@pytest.mark.parametrize(("step", "state"), PLACES)
def test_every_step_form_can_be_filled_in_by_its_address(world: World, step: str, state: str) -> None:
    event = prepared(world, step, state)
    person = somebody(world, event, step)
    assert person is not None
    form = ACTS[step].form(event=event)
    wanted = {name: "一二三" for name in form.fields if name in ("text", "into", "place", "area", "basis", "texts")}
    page = html.unescape(
        words_of(desk_of(person).get(f"/desk/events/{event.pk}/{step}", {**wanted, "nothing": "四五"}))
    )
    assert page.count("一二三") >= len(wanted)
    assert "四五" not in page.split('class="act-form')[1].split("</form>")[0]


def test_what_an_address_fills_in_changes_nothing_of_what_is_taken(world: World) -> None:
    event = recent(world)
    client = desk_of(world.cast.desk)
    page = words_of(client.get(f"/desk/events/{event.pk}/accept?urgency=immediate"))
    assert '<option value="immediate" selected>' in page
    client.post(f"/desk/events/{event.pk}/accept?urgency=immediate", {"category": world.drain.pk})
    event.refresh_from_db()
    assert event.urgency == "normal"


def test_fields_of_commands_are_fields_of_their_forms(world: World) -> None:
    event = recent(world, State.HANDLING)
    for step, fields in FIELDS.items():
        form = ACTS[step].form(event=event)
        # A whistle names its lead only while nobody handles the matter.
        assert set(fields.values()) <= set(form.fields) | {"lead"}, step


def test_what_a_verb_needs_is_what_its_form_cannot_do_without(world: World) -> None:
    event = recent(world, State.HANDLING)
    for verb in VERBS:
        for step in verb.steps[:1]:
            form = ACTS[step].form(event=event)
            text = FIELDS.get(step, {}).get(Takes.TEXT, "text")
            needed = text in form.fields and form.fields[text].required
            assert (Takes.TEXT in verb.needs) == needed or step in ("add_part", "supplement"), step


def test_a_lead_has_a_limit_of_its_own_within_the_promise(world: World) -> None:
    event = recent(world, State.ACCEPTED, category=world.quarrel)
    actions.dispatch(event, lead=world.water, days=6, by=world.cast.desk, at=event.reported_at)
    clock = Clock.objects.unstopped().get(event=event, part__leads=True, kind="handle")
    assert clock.due_at < event.due_at  # type: ignore[operator]
    actions.sign_for(event, by=world.cast.handler, at=event.reported_at)
    assert Clock.objects.unstopped().filter(pk=clock.pk).exists()
    actions.submit_result(event, text="已办", by=world.cast.handler, at=event.reported_at)
    assert not Clock.objects.unstopped().filter(pk=clock.pk).exists()


def test_after_a_step_the_way_back_is_offered_and_the_list_opens_again(world: World) -> None:
    event = recent(world, State.ACCEPTED)
    review = (timezone.localdate() + timedelta(days=30)).isoformat()
    client = desk_of(world.cast.desk)
    sent = {"review_on": review, "text": "正值雨季，水位过高无法施工，雨季过后再办。", "back": "/desk/?show=open"}
    response = client.post(f"/desk/events/{event.pk}/defer", sent)
    assert response.headers["Location"] == "/desk/?show=open"
    assert f"/desk/events/{event.pk}/resume" in words_of(client.get("/desk/"))


@pytest.mark.parametrize(
    "wrong", ["//elsewhere.example/", "https://elsewhere.example/", "javascript:1", "/\\elsewhere.example"]
)
def test_the_way_back_leads_nowhere_else(world: World, wrong: str) -> None:
    event = recent(world)
    response = desk_of(world.cast.desk).post(f"/desk/events/{event.pk}/accept", {"back": wrong})
    assert response.headers["Location"] == f"/desk/events/{event.pk}/"


def test_a_search_that_is_a_command_offers_to_run_it(world: World) -> None:
    page = words_of(desk_of(world.cast.desk).get("/desk/", {"q": "/派 城管局 3日"}))
    assert "/desk/commands/?q=" in page


def test_roles_without_matters_have_nothing_to_command(world: World) -> None:
    assert Role.AUDITOR
    page = words_of(desk_of(world.cast.auditor).get("/desk/commands/offers", {"event": recent(world).pk}))
    assert 'data-line="/受理"' not in page
