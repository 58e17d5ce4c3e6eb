"""The journal can be read: every verb that is written has its sentence."""

import ast
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import translation

import linli
from linli.events import actions
from linli.events.actions.course import PAST
from linli.events.actions.reminding import remind_of_reviews
from linli.events.rules import State
from linli.events.telling import SENTENCES, details, told, who
from linli.events.testing import NOON, World, make_event
from linli.journal.models import Entry
from linli.mediation.actions.ending import ENDED_AS

LATER = NOON + timedelta(hours=3)
ROOMS = Path(linli.__file__).parent
#: Whatever these are called with first is a verb of the journal.
WRITERS = {"record", "Act", "Caution", "_write", "write", "_record_line", "_note", "_record"}


def _written(source: str) -> Iterator[str]:
    """The verbs that a module writes: given as they stand, or by the name of a constant of the module."""
    tree = ast.parse(source)
    constants = {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in WRITERS and node.args:
            verb = next(iter(node.args[1:2])) if node.func.id == "Caution" else node.args[0]
            for one in (verb.body, verb.orelse) if isinstance(verb, ast.IfExp) else (verb,):
                given = one.value if isinstance(one, ast.Constant) else constants.get(getattr(one, "id", ""), "")
                if isinstance(given, str) and "." in given:
                    yield given


def _verbs() -> set[str]:
    modules = [path for path in ROOMS.rglob("*.py") if "tests" not in path.parts]
    found = {verb for path in modules for verb in _written(path.read_text(encoding="utf-8"))}
    return found | {f"event.{past}" for past in PAST.values()} | _verbs_of_disputes()


def _verbs_of_disputes() -> set[str]:
    """There a verb passes through several hands before it is written."""
    modules = [path for shelf in ("actions", "rules") for path in (ROOMS / "mediation" / shelf).rglob("*.py")]
    found = {verb for path in modules for verb in re.findall(r'"((?:dispute|mediation)\.[a-z_]+)"', path.read_text())}
    return found | {f"dispute.{past}" for past in ENDED_AS.values()}


def test_every_verb_that_is_written_has_a_sentence() -> None:
    verbs = _verbs()
    assert {"event.reported", "event.review_due", "area.redrawn", "category.edited"} <= verbs
    assert verbs - SENTENCES.keys() == set()


def test_no_sentence_is_for_a_verb_that_nobody_writes() -> None:
    assert SENTENCES.keys() - _verbs() == set()


@pytest.mark.parametrize("verb", sorted(SENTENCES))
def test_a_sentence_is_said_in_both_languages(verb: str) -> None:
    with translation.override("en"):
        assert SENTENCES[verb].isascii() and "." not in str(SENTENCES[verb])
    with translation.override("zh-hans"):
        assert not str(SENTENCES[verb]).isascii()


def test_an_entry_tells_who_did_what_and_with_what_beside(world: World) -> None:
    event = make_event(world, State.RESULT_SUBMITTED)
    actions.verify(event, text="", by=world.cast.verifier, at=LATER)
    actions.close(event, text="已修好", by=world.cast.desk, at=LATER)
    actions.follow_up(event, rating="satisfied", by=None, at=LATER)
    entries = Entry.objects.filter(on_key=str(event.pk)).order_by("-pk")[:3]
    with translation.override("en"):
        assert [(who(one), told(one), details(one)) for one in entries] == [
            ("The reporter", "followed up", ["Satisfied"]),
            (world.cast.desk.name, "closed it", []),
            (world.cast.verifier.name, "verified the result", []),
        ]


def test_what_nobody_did_is_not_laid_on_the_reporter(world: World) -> None:
    event = make_event(world, State.ACCEPTED)
    review = NOON.date() + timedelta(days=7)
    actions.defer(event, review_on=review, text="等材料", by=world.cast.desk, at=LATER)
    remind_of_reviews(NOON + timedelta(days=8))
    entry = Entry.objects.filter(on_key=str(event.pk)).latest("pk")
    with translation.override("en"):
        assert (who(entry), told(entry)) == ("This matter", "has come to its day of review")
