"""Scope is proved: every role in every place × every address × reading and acting, against the rows of `scope_rows`."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import get_resolver, path
from django.utils import timezone

from linli.events.models import Event
from linli.events.rules import State
from linli.events.testing import GRID, make_event
from linli.journal.actions import record
from linli.journal.anchors import anchor
from linli.mediation.testing import make_dispute
from linli.people.rules import Role
from tests.addresses import PUBLIC
from tests.scope_rows import REACHES, ROWS
from tests.scope_walking import (
    answer,
    expected,
    faults,
    questions,
    rows_of_every_table,
    settled,
    urls,
    visitor,
    wrong_questions,
)
from tests.test_sweeps import named
from tests.things import set_aside
from tests.walkers import AT_HOME, HOME, NEIGHBOUR, ROLES, STRANGER, WALKERS, Ground, make_ground

pytestmark = pytest.mark.django_db
#: Who walks all rows outside of home, those too that are the same for everybody, and gets the page that says 404.
WHOLE = [f"{NEIGHBOUR} desk", f"{NEIGHBOUR} system", f"{STRANGER} county", f"{STRANGER} auditor", "nobody", "anonymous"]


@pytest.fixture
def ground(db: None, settings: Any, tmp_path: Path) -> Ground:
    made = make_ground()
    settings.ANCHORS = tmp_path
    anchor(timezone.now())
    return made


def test_every_address_has_its_row_and_every_role_its_walker() -> None:
    assert sorted(ROWS) == sorted(named(get_resolver().url_patterns))
    assert set(ROLES.values()) == set(Role) - {Role.RESIDENT}
    public = {name for name, known in ROWS.items() if any(one != "-" and REACHES[one].is_public for one in known)}
    assert public <= PUBLIC


@pytest.mark.parametrize("walker", WALKERS)
def test_everybody_is_told_what_their_row_says_and_writes_nothing_beyond(
    ground: Ground, settings: Any, walker: str
) -> None:
    if walker not in WHOLE:
        settings.ROOT_URLCONF = urls()
    before = rows_of_every_table()
    assert faults(walker, ground, questions(ground, for_everybody=walker in (*AT_HOME, *WHOLE))) == []
    assert rows_of_every_table() == before


@pytest.mark.parametrize("walker", ["home county", "nobody", "anonymous"])
def test_an_address_takes_no_other_method_than_its_row_says(ground: Ground, settings: Any, walker: str) -> None:
    settings.ROOT_URLCONF = urls()
    assert faults(walker, ground, wrong_questions(ground)) == []


# --- forms of everybody ------------------------------------------------------------------------------------------------

#: Pages for everybody with something to type and no notice beside it, and why.
TELLS_NOTHING = {
    "field:shell": "of staff, who read it where they sign in",
    "home": "a number",
    "look_up": "a number",
    "status": "number and code of a receipt",
    "opinions:status": "a code",
    "privacy:prove": "digits that were sent",
    "privacy:answer": "a code",
    "mediation_public:verify_ask": "a hash of a paper",
    "mediation_public:verify": "a hash of a paper",
    "second_factor": "digits, of somebody who has just read it",
}
_TYPED = re.compile(
    r"<textarea|<input(?![^>]*type=.(?:hidden|radio|checkbox|search|submit|range|number|date))[^>]*name=(?!.language)"
)


def test_beside_every_form_for_everybody_stands_what_it_collects(ground: Ground) -> None:
    who, typed, told = visitor("anonymous", ground), set(), set()
    for question in questions(ground):
        if question.method == "GET" and question.name in PUBLIC:
            page = answer(who, question)[1]
            found = (
                page if question.name == "field:public" else re.sub(r"<header.*?</header>", "", page, flags=re.DOTALL)
            )
            typed |= {question.name} if _TYPED.search(found) else set()
            told |= {question.name} if "privacy-notice" in page else set()
    assert typed - told - set(TELLS_NOTHING) == set()
    assert told >= {"report", "field:public", "mediation_public:party", "mediation_public:apply", "opinions:leave"}


# --- the proof can fail -----------------------------------------------------------------------------------------------


def _wide(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A page whose author forgot `visible_to`."""
    return HttpResponse(Event.objects.get(pk=pk).text)


def _hasty(request: HttpRequest, pk: UUID) -> HttpResponse:
    """An act whose author looked too late whether it is theirs."""
    event = Event.objects.get(pk=pk)
    record("event.reminded", on=event, by=None, at=event.reported_at)
    raise Http404


def test_a_view_that_forgets_who_asks_is_caught(ground: Ground, settings: Any) -> None:
    settings.ROOT_URLCONF = urls(
        path("desk/events/<uuid:pk>/", _wide, name="wide"), path("desk/events/<uuid:pk>/contact", _hasty, name="hasty")
    )
    asked = [one for one in questions(ground) if one.name in ("events:show", "events:contact")]
    for walker in (f"{NEIGHBOUR} desk", f"{STRANGER} county", f"{HOME} system", "ended", "tomorrow"):
        told = "\n".join(faults(walker, ground, asked))
        assert "open, not unseen" in told and "shows the words of the matter" in told
        assert "unseen, and yet wrote to" in told and "journal_entry" in told
    assert "open, not asked to sign in" in "\n".join(faults("anonymous", ground, asked))


def test_a_new_address_without_a_row_is_caught() -> None:
    more = urls(path("desk/everything/", _wide, name="everything"))
    assert set(named(more.urlpatterns)) - set(ROWS) == {"everything"}


# --- what lies elsewhere changes no page ------------------------------------------------------------------------------


#: Told to everybody, or about the whole home, and so of home too.
ABOUT_ALL = {name for name, known in ROWS.items() if "public" in known} | {
    *("healthz", "live", "audit:chains", "audit:export", "audit:search", "statistics:department"),
    *(f"statistics:department_{name}" for name in ("table", "rows", "rows_csv")),
}


@pytest.mark.parametrize("walker", [f"{NEIGHBOUR} desk", f"{STRANGER} county", f"{STRANGER} system", f"{HOME} system"])
def test_what_lies_elsewhere_changes_no_page_not_even_a_count(ground: Ground, settings: Any, walker: str) -> None:
    settings.ROOT_URLCONF = urls()
    before = pages(walker, ground)
    _more_matters(ground)
    assert {name for name, page in pages(walker, ground).items() if page != before[name]} == set()


def test_what_lies_at_home_changes_the_pages_at_home(ground: Ground, settings: Any) -> None:
    settings.ROOT_URLCONF = urls()
    before = pages(f"{HOME} desk", ground)
    _more_matters(ground)
    changed = {name.split(" ")[1] for name, page in pages(f"{HOME} desk", ground).items() if page != before[name]}
    assert {"desk", "areas", "statistics:area", "intake:index", "ledgers:area", "wall:now", "field:grid"} <= changed


def pages(walker: str, ground: Ground) -> dict[str, str]:
    """All pages this walker opens, without what is made anew each time."""
    who, found = visitor(walker, ground), {}
    for question in questions(ground):
        if question.method == "GET" and question.name not in ABOUT_ALL and expected(walker, question) == {"open"}:
            found[str(question)] = settled(answer(who, question)[1])
    return found


def _more_matters(ground: Ground) -> None:
    """Three matters, a report set aside and a dispute, all at home."""
    world = ground.things.world
    for state in (State.REPORTED, State.HANDLING, State.CLOSED):
        make_event(world, state, at=timezone.now() - timedelta(hours=1))
    set_aside(GRID, "又一件")
    make_dispute(ground.mediation, at=timezone.now() - timedelta(hours=1))
