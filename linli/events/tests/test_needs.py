"""What a matter still needs: over every state and question, in the queue and on its page."""

from datetime import timedelta
from itertools import product

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.events import actions, queue
from linli.events.models import Event
from linli.events.queue import Filters
from linli.events.rules import ENDED, OPEN, Question, State
from linli.events.rules.needs import Matter, Need, What, Who, is_mine, needs
from linli.events.testing import NOON, World, make_event, make_world
from linli.events.tests.pages import desk_of, page_of, recent, words_of
from linli.people.actions import scope_of
from linli.people.models import Person
from linli.people.rules import Role

QUESTIONS = [
    frozenset(one for one, is_open in zip(Question, chosen, strict=True) if is_open)
    for chosen in product((False, True), repeat=len(Question))
]
MISSING = [{}, {"has_category": False, "has_place": False, "is_provisional": True, "photos_are_awaited": True}]


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.mark.parametrize("state", sorted(OPEN))
def test_an_open_matter_always_needs_something_of_somebody(state: str) -> None:
    for questions, missing, parts in product(QUESTIONS, MISSING, (frozenset[str](), frozenset({"water"}))):
        matter = Matter(state, questions, unsigned=parts, unanswered=parts, not_come=parts, **missing)  # type: ignore[arg-type]
        found = needs(matter)
        assert found, (state, questions)
        assert len({one.what for one in found}) == len(found)
        # Beside what is missing, the course itself goes on by somebody's act.
        assert {one.what for one in found} - {What.PUBLISH_CALENDAR, What.SEND_PHOTOS, What.SEE_TO_IT}


@pytest.mark.parametrize("state", sorted(ENDED))
def test_an_ended_one_needs_nothing(state: str) -> None:
    for questions, missing in product(QUESTIONS, MISSING):
        assert needs(Matter(state, questions, has_added=True, **missing)) == ()  # type: ignore[arg-type]


def test_every_question_is_somebodys_to_answer() -> None:
    asked = {
        Question.EXTENSION: (State.HANDLING, What.ANSWER_EXTENSION),
        Question.SUPERVISION: (State.HANDLING, What.SEE_TO_IT),
        Question.WHISTLE: (State.HANDLING, What.END_WHISTLE),
        Question.BOUNCED: (State.OBJECTED, What.SETTLE),
    }
    # What the lot falls on has ended and needs nothing; it waits on the page of draws.
    assert asked.keys() == set(Question) - {Question.DRAWN}
    for question, (state, what) in asked.items():
        assert what in [one.what for one in needs(Matter(state, frozenset({question})))]
        assert what not in [one.what for one in needs(Matter(state))]


def test_whose_move_it_is() -> None:
    nobody: frozenset[Role] = frozenset()
    assert is_mine(Need(Who.DESK, What.DISPATCH), frozenset({Role.DESK}), [], 1)
    assert not is_mine(Need(Who.DESK, What.DISPATCH), frozenset({Role.VERIFIER}), [], 1)
    assert is_mine(Need(Who.DEPARTMENTS, What.SIGN, frozenset({"water"})), nobody, ["water"], 1)
    assert not is_mine(Need(Who.DEPARTMENTS, What.SIGN, frozenset({"water"})), nobody, ["housing"], 1)
    assert is_mine(Need(Who.COORDINATOR, What.SETTLE, person=7), nobody, [], 7)
    assert not is_mine(Need(Who.COORDINATOR, What.SETTLE, person=7), frozenset({Role.DESK}), [], 1)


def _first(world: World, person: Person, event: Event) -> tuple[str, bool]:
    page = queue.page_of(scope_of(person, NOON), Filters(), at=timezone.now(), person=person.pk)
    need = next(row for row in page.rows if row.event.pk == event.pk).needs[0]
    return need.what, need.is_mine


def test_the_queue_says_whose_move_it_is_and_ones_own_comes_first(world: World) -> None:
    event = recent(world, State.HANDLING)
    until = timezone.now() + timedelta(days=9)
    actions.ask_extension(event, until=until, text="等材料", by=world.cast.handler, at=timezone.now())
    # At the end of a year the days of the next one are not published yet, which is a need of its own.
    Event.objects.filter(pk=event.pk).update(due_is_provisional=False)
    assert _first(world, world.cast.desk, event) == (str(What.ANSWER_EXTENSION.label), True)
    assert _first(world, world.cast.handler, event) == (str(What.RESULT.label), True)
    assert _first(world, world.cast.worker, event) == (str(What.ANSWER_EXTENSION.label), False)
    words = words_of(desk_of(world.cast.desk).get("/desk/"))
    assert str(What.ANSWER_EXTENSION.label) in words and _("Your move:") in words and "+2" in words


def test_what_the_reporter_added_is_to_be_read_until_somebody_acts(world: World) -> None:
    event = recent(world, State.ACCEPTED)
    actions.supplement(event, text="又流出来了", by=None, at=timezone.now())
    assert _first(world, world.cast.desk, event)[0] == str(What.READ_ADDED.label)
    actions.classify(event, category=world.wall, by=world.cast.desk, at=timezone.now())
    assert _first(world, world.cast.desk, event)[0] == str(What.DISPATCH.label)


def test_a_matter_says_all_it_needs_at_the_top_of_its_next_step(world: World) -> None:
    event = recent(world, State.SIGNED_FOR)
    Event.objects.filter(pk=event.pk).update(due_is_provisional=True)
    page = words_of(desk_of(world.cast.handler).get(page_of(event)))
    assert str(What.RESULT.label) in page and str(What.PUBLISH_CALENDAR.label) in page and _("Your move") in page
    assert _("What it still needs") not in words_of(desk_of(world.cast.desk).get(page_of(recent(world, State.CLOSED))))


def test_seven_rows_and_fifty_cost_the_same_queries(world: World) -> None:
    asked = []
    for more in (7, 43):
        for number in range(more):
            make_event(world, (State.DISPATCHED, State.OBJECTED, State.REPORTED)[number % 3])
        with CaptureQueriesContext(connection) as queries:
            assert len(queue.page_of(scope_of(world.cast.county, NOON), Filters(), at=NOON).rows) >= more
        asked.append(len(queries))
    assert asked[0] == asked[1]
